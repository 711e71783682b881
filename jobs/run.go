package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/runs"
)

// Run is one run of a job, given to its function.
type Run struct {
	s     *Scheduler
	job   entry
	row   runs.Run
	lease runs.Lease
}

// Due is the time that the run was due at; by hand, the time it was asked for.
func (r *Run) Due() time.Time { return r.row.DueAt }

// By is the actor of the run.
func (r *Run) By() access.Actor { return access.System(r.job.Name) }

// errDry takes the effects of a dry run back.
var errDry = errors.New("jobs: a dry run")

// Write runs one unit of work. It fails without effect when the run's lease was lost. In a dry run it is
// taken back at its end: a later unit of work does not find what an earlier one wrote.
func (r *Run) Write(ctx context.Context, fn func(tx *db.Tx, by access.Actor) error) error {
	err := r.s.db.Write(ctx, func(tx *db.Tx) error {
		if err := runs.Check(tx, r.lease); err != nil {
			return err
		}
		if err := fn(tx, r.By()); err != nil || !r.row.Dry {
			return err
		}
		return errDry
	})
	if errors.Is(err, errDry) {
		return nil
	}
	return err
}

// Read reads in one unit of work.
func (r *Run) Read(ctx context.Context, fn func(tx *db.Tx, by access.Actor) error) error {
	return r.s.db.Read(ctx, func(tx *db.Tx) error { return fn(tx, r.By()) })
}

// Codes of conflicts: the job runs, and this run was asked for before.
const (
	busy  = "jobs.running"
	taken = "jobs.taken"
)

func isBusy(err error) bool { return fail.Is(err, busy) }

// begin takes the lease and stores the run's row, in one unit of work. Other runs of the
// job that stand as running have lost their holder and are closed. by is audited when a
// person, or a command, asked for the run.
func (s *Scheduler) begin(ctx context.Context, j entry, asked runs.Asked, by access.Actor) (*Run, error) {
	r := &Run{s: s, job: j}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		lease, ok, err := runs.Acquire(tx, j.Name, s.host, s.LeaseTTL)
		if err != nil {
			return err
		}
		if !ok {
			return fail.Conflict(busy)
		}
		if r.row, err = runs.Begin(tx, lease, asked); err != nil {
			return err
		}
		if err := runs.Abandon(tx, lease); err != nil {
			return err
		}
		r.lease = lease
		if !asked.ByHand {
			return nil
		}
		act := "job.run"
		if asked.Dry {
			act = "job.dry_run"
		}
		return audit.Add(tx, by, audit.Row{Act: act, Object: "job_run", ID: r.row.ID, Change: audit.Changes{}.Code("job", "", j.Name)})
	})
	return r, err
}

// work calls the job's function and stores how it ended.
func (s *Scheduler) work(ctx context.Context, r *Run) {
	start := time.Now() //nolint:forbidigo // how long it took, not what time it is
	ctx = db.WithRequestID(ctx, r.row.ID.String())
	summary, err := s.guarded(ctx, r)
	log := s.log.With("job", r.job.Name, "run", r.row.ID.String(), "ms", time.Since(start).Milliseconds())
	if err != nil {
		log.Error("job failed", "err", err)
	} else {
		log.Info("job finished", "summary", summary)
	}
	how := runs.Finished
	if err != nil {
		how = runs.Failed
	}
	if err := s.end(ctx, r, summary, err); err != nil {
		log.Warn("job's end not stored", "err", err)
		return
	}
	s.metrics.ended(r.job.Name, how)
}

// guarded calls the function with the timeout and with the lease being renewed; its context ends when
// the lease is lost. A panic is an error with its stack.
func (s *Scheduler) guarded(ctx context.Context, r *Run) (summary string, err error) {
	ctx, stop := context.WithTimeout(ctx, r.job.Timeout)
	defer stop()
	ctx, lose := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() { defer close(renewed); s.renew(ctx, r, lose) }()
	defer func() { lose(nil); <-renewed }()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("jobs: panic: %v\n%s", p, debug.Stack())
		}
	}()
	summary, err = r.job.Run(ctx, r)
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w (%w)", err, cause)
	}
	return summary, err
}

// renew keeps the lease until ctx ends. A lease that another holder has taken ends the run; an
// unreachable database does not, since nothing can be committed on it either.
func (s *Scheduler) renew(ctx context.Context, r *Run, lose context.CancelCauseFunc) {
	tick := time.NewTicker(s.LeaseTTL / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := s.db.Write(ctx, func(tx *db.Tx) error {
			_, err := runs.Renew(tx, r.lease, s.LeaseTTL)
			return err
		})
		switch {
		case runs.IsLost(err):
			lose(err)
			return
		case err != nil && ctx.Err() == nil:
			s.log.Warn("job's lease not renewed", "job", r.job.Name, "err", err)
		}
	}
}

// end stores the end of the run and gives the lease back, even while the scheduler stops.
func (s *Scheduler) end(ctx context.Context, r *Run, summary string, failure error) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := runs.Check(tx, r.lease); err != nil {
			return err
		}
		var err error
		if failure != nil {
			err = runs.Fail(tx, r.row, failure.Error())
		} else {
			err = runs.Finish(tx, r.row, summary)
		}
		if err != nil {
			return err
		}
		return runs.Release(tx, r.lease)
	})
}

// RunNow runs the job once more, whatever is due, and waits for its end; the view says how it
// went. It is a conflict while the job runs anywhere. Permission: JobsRun.
func (s *Scheduler) RunNow(ctx context.Context, by access.Actor, in LaunchInput) (runs.View, error) {
	r, leave, err := s.byHand(ctx, by, in)
	if err != nil {
		return runs.View{}, err
	}
	defer leave()
	s.work(ctx, r)
	return s.read(context.WithoutCancel(ctx), r.row.ID)
}

// LaunchInput names the job to run.
type LaunchInput struct {
	Name string     `path:"name" json:"-"`
	Dry  bool       `json:"dry" form:"dry"` // only say what would be done
	ID   runs.RunID `json:"-"`              // of the run; launched again it is not run again. Zero for a new one
}

// Launch is [Scheduler.RunNow] without the waiting: the view is of a run that has just begun, or of the one that
// was launched under the ID before. Permission: JobsRun.
func (s *Scheduler) Launch(ctx context.Context, by access.Actor, in LaunchInput) (runs.View, error) {
	r, leave, err := s.byHand(ctx, by, in)
	if err != nil {
		return s.orAsked(ctx, in.ID, err)
	}
	go func() { defer leave(); s.work(s.base, r) }()
	return runs.ViewOf(r.row), nil
}

// orAsked is the run that was asked for before under the same ID, or the error.
func (s *Scheduler) orAsked(ctx context.Context, id runs.RunID, err error) (runs.View, error) {
	if id.IsZero() || fail.KindOf(err) != fail.Conflicting {
		return runs.View{}, err
	}
	v, missing := s.read(ctx, id)
	if missing != nil {
		return runs.View{}, err
	}
	return v, nil
}

func (s *Scheduler) read(ctx context.Context, id runs.RunID) (v runs.View, err error) {
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		v, err = runs.Get(tx, access.System("jobs"), runs.GetInput{ID: id})
		return err
	})
	return v, err
}

func (s *Scheduler) byHand(ctx context.Context, by access.Actor, in LaunchInput) (*Run, func(), error) {
	if err := by.Require(access.JobsRun); err != nil {
		return nil, nil, err
	}
	j, ok := s.find(in.Name)
	if !ok {
		return nil, nil, fail.NotFound("jobs.missing")
	}
	if in.Dry && j.Outside {
		return nil, nil, fail.Conflict("jobs.no_dry_run")
	}
	if !in.ID.IsZero() {
		if _, err := s.read(ctx, in.ID); err == nil {
			return nil, nil, fail.Conflict(taken)
		}
	} else {
		in.ID = runs.NewID()
	}
	leave, ok := s.enter(in.Name)
	if !ok {
		if s.stopping() {
			return nil, nil, fail.Conflict("jobs.stopping")
		}
		return nil, nil, fail.Conflict(busy)
	}
	r, err := s.begin(ctx, j, runs.Asked{ID: in.ID, Due: s.now(), ByHand: true, Dry: in.Dry}, by)
	if err != nil {
		leave()
		return nil, nil, err
	}
	return r, leave, nil
}
