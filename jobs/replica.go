package jobs

import (
	"time"

	"huotang/models/db"
	"huotang/models/runs"
)

// skewed is the difference from which on two clocks are said to differ; below it a job would be late by a minute
// because of the way to the database.
const skewed = 2 * time.Second

// ahead is how far this machine's clock is ahead of the database's, by which replicas agree what is due.
func (s *Scheduler) ahead(tx *db.Tx) (time.Duration, error) {
	before := s.Wall()
	server, err := runs.ServerNow(tx)
	if err != nil {
		return 0, err
	}
	after := s.Wall()
	if server.Before(before) {
		return before.Sub(server), nil
	}
	return min(after.Sub(server), 0), nil
}

// here is the time that counts: by the database's clock where this machine's is wrong.
func (s *Scheduler) here(tx *db.Tx) (time.Time, error) {
	ahead, err := s.ahead(tx)
	if err != nil || ahead.Abs() < skewed {
		return s.now(), err
	}
	return s.now().Add(-ahead), nil
}

// beat stores that this replica lives and how its clock goes, and says so when it goes wrong.
func (s *Scheduler) beat() {
	var r runs.Replica
	err := s.db.Write(s.base, func(tx *db.Tx) error {
		ahead, err := s.ahead(tx)
		if err == nil {
			r, err = runs.Beat(tx, s.host, s.Version, ahead)
		}
		return err
	})
	ahead := time.Duration(r.AheadMS) * time.Millisecond
	s.metrics.skew.Set(ahead.Seconds())
	switch {
	case err != nil && s.base.Err() == nil:
		s.log.Warn("replica not noted", "err", err)
	case ahead.Abs() >= skewed:
		s.log.Warn("this machine's clock differs from the database's", "ahead", ahead)
	}
}
