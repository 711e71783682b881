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

// check runs the job if it is due and no replica has done it, or writes that it is skipped. It reports false when
// another goroutine of this scheduler is at the job.
func (s *Scheduler) check(j entry) bool {
	due, what, err := s.due(s.base, j)
	switch {
	case err != nil:
		s.log.Warn("job not checked", "job", j.Name, "err", err)
	case what == overlapping:
		s.skip(j, due)
	case what == toRun:
		return s.runDue(j, due)
	}
	return !s.isBusy(j.Name)
}

func (s *Scheduler) runDue(j entry, due time.Time) bool {
	leave, ok := s.enter(j.Name)
	if !ok {
		return false
	}
	defer leave()
	r, err := s.begin(s.base, j, runs.Asked{ID: runs.NewID(), Due: due}, access.System(j.Name))
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

// skip says that the job was not run at its time, since the run before is still at work.
func (s *Scheduler) skip(j entry, due time.Time) {
	var wrote bool
	err := s.db.Write(s.base, func(tx *db.Tx) (err error) {
		wrote, err = runs.Skip(tx, j.Name, s.host, due)
		return err
	})
	switch {
	case err != nil:
		s.log.Warn("job not skipped", "job", j.Name, "due", due, "err", err)
	case wrote:
		s.metrics.ended(j.Name, runs.Skipped)
		s.log.Warn("job skipped: the run before is still at work", "job", j.Name, "due", due)
	}
}

// verdict is what to do about a job now.
type verdict int

const (
	nothingDue  verdict = iota
	toRun               // the latest time is due and not done, or its holder was killed
	overlapping         // it is due, and the run before is still at work
)

// due says for which time the job should run now: the latest one, if it is later than
// the last row's, or that of a row whose holder was killed.
func (s *Scheduler) due(ctx context.Context, j entry) (due time.Time, what verdict, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		now, err := s.here(tx)
		if err != nil {
			return err
		}
		st, err := runs.Stand(tx, j.Name)
		if err != nil {
			return err
		}
		tick, ok := latest(j.schedule, now)
		fresh := ok && st.Last.Before(tick) && (j.CatchUp || !tick.Before(s.started()))
		switch {
		case fresh && !st.Open.IsZero() && st.Held:
			due, what = tick, overlapping
		case fresh:
			due, what = tick, toRun
		case !st.Open.IsZero() && !st.Held:
			due, what = st.Open, toRun
		}
		return nil
	})
	return due, what, err
}

func (s *Scheduler) started() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.since
}

func (s *Scheduler) isBusy(job string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.busy[job]
}
