package jobs

import (
	"context"
	"time"

	"github.com/robfig/cron/v3"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/runs"
)

// latest is the last time at or before now that the schedule names. The windows keep the search short for
// a job of every minute, and long enough for one of 29 February.
func latest(schedule cron.Schedule, now time.Time) (time.Time, bool) {
	now = now.In(date.Zone)
	const day = 24 * time.Hour
	for _, back := range []time.Duration{time.Hour, day, 32 * day, 366 * day, 9 * 366 * day} {
		t := schedule.Next(now.Add(-back))
		if t.IsZero() || t.After(now) {
			continue
		}
		for {
			next := schedule.Next(t)
			if next.IsZero() || next.After(now) {
				return t.UTC(), true
			}
			t = next
		}
	}
	return time.Time{}, false
}

// check runs the job if it is due and no replica has done it. It reports false when
// another goroutine of this scheduler is at the job.
func (s *Scheduler) check(j entry) bool {
	leave, ok := s.enter(j.Name)
	if !ok {
		return false
	}
	defer leave()
	due, ok, err := s.due(s.base, j)
	if err != nil {
		s.log.Warn("job not checked", "job", j.Name, "err", err)
	}
	if err != nil || !ok {
		return true
	}
	r, err := s.begin(s.base, j, runs.NewID(), due, false, access.System(j.Name))
	switch {
	case err == nil:
		s.work(s.base, r)
	case isBusy(err) || runs.IsTaken(err):
		s.log.Debug("job done elsewhere", "job", j.Name, "due", due)
	default:
		s.log.Warn("job not begun", "job", j.Name, "due", due, "err", err)
	}
	return true
}

// due says for which time the job should run now: the latest one, if it is later than
// the last row's, or if that row's holder was killed.
func (s *Scheduler) due(ctx context.Context, j entry) (due time.Time, ok bool, err error) {
	due, ok = latest(j.schedule, s.now())
	if !ok {
		return due, false, nil
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		last, ran, err := runs.LastDue(tx, j.Name)
		switch {
		case err != nil:
			return err
		case ran && !last.Before(due):
			ok, err = runs.Unfinished(tx, j.Name, due)
			return err
		}
		ok = j.CatchUp || !due.Before(s.started())
		return nil
	})
	return due, ok, err
}

func (s *Scheduler) started() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since
}
