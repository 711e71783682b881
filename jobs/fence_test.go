package jobs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/runs"
)

// A holder that hangs loses its lease; another replica takes the run over, and what the
// first one still tries is refused.
func TestTheFence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Clock.Set(local(23, 3, 10))
		hanging, goOn := make(chan struct{}), make(chan struct{})
		late := make(chan error, 2)
		mark := func(name string) func(tx *db.Tx, _ access.Actor) error {
			return func(tx *db.Tx, _ access.Actor) error {
				return tx.Exec("INSERT INTO setup_codes (hash, purpose, made_at, expires_at) VALUES (?, 'test', ?, ?)", name, tx.Now, tx.Now).Error
			}
		}
		hang := jobs.Job{Name: "test.fence", Spec: "10 3 * * *", CatchUp: true, Run: func(ctx context.Context, r *jobs.Run) (string, error) {
			close(hanging)
			<-goOn
			late <- r.Write(context.WithoutCancel(ctx), mark("old"))
			return "", ctx.Err()
		}}
		work := hang
		work.Run = func(ctx context.Context, r *jobs.Run) (string, error) { return "new", r.Write(ctx, mark("new")) }
		a := replica(t, e, "a", hang)
		b := replica(t, e, "b", work)
		a.LeaseTTL = 5 * time.Second // long enough for a busy machine to keep it
		done := make(chan struct{})
		go func() { a.Tick(); close(done) }()
		<-hanging
		b.Tick()
		if got := history(t, e); len(got) != 1 || got[0].Host != "a" {
			t.Fatalf("%+v", got)
		}
		// The holder is killed: its lease is no longer renewed and runs out. Here it is taken away.
		e.Do(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE job_leases SET expires_at = '2000-01-01 00:00:00.000', fence = fence").Error
		})
		for range 100 { // a renewal may come between
			b.Tick()
			if got := history(t, e); got[0].State == runs.Finished {
				break
			}
			e.Do(t, func(tx *db.Tx) error {
				return tx.Exec("UPDATE job_leases SET expires_at = '2000-01-01 00:00:00.000'").Error
			})
		}
		close(goOn)
		<-done
		if err := <-late; !runs.IsLost(err) {
			t.Errorf("the old holder committed: %v", err)
		}
		got := history(t, e)
		if len(got) != 1 || got[0].Host != "b" || got[0].Summary != "new" || got[0].State != runs.Finished {
			t.Errorf("%+v", got)
		}
		var names []string
		e.See(t, func(tx *db.Tx) error { return tx.Raw("SELECT hash FROM setup_codes").Scan(&names).Error })
		if len(names) != 1 || names[0] != "new" {
			t.Errorf("stored %v", names)
		}
	})
}

// A lost lease ends the run's context.
func TestLostLeaseCancels(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		var cause error
		s := replica(t, e, "a", jobs.Job{Name: "test.lost", Spec: "10 3 * * *", CatchUp: true, Run: func(ctx context.Context, _ *jobs.Run) (string, error) {
			e.Do(t, func(tx *db.Tx) error { return tx.Exec("UPDATE job_leases SET fence = fence + 1, holder = 'b'").Error })
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
			}
			cause = context.Cause(ctx)
			return "", ctx.Err()
		}})
		s.LeaseTTL = 100 * time.Millisecond
		s.Tick()
		if !runs.IsLost(cause) {
			t.Errorf("%v", cause)
		}
	})
}

// A run longer than the lease keeps it.
func TestTheLeaseIsRenewed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := replica(t, e, "a", jobs.Job{Name: "test.long", Spec: "10 3 * * *", CatchUp: true, Run: func(ctx context.Context, r *jobs.Run) (string, error) {
			time.Sleep(4 * time.Second)
			var taken bool
			err := e.Write(context.Background(), func(tx *db.Tx) error {
				_, ok, err := runs.Acquire(tx, "test.long", "b", time.Minute)
				taken = ok
				return err
			})
			if taken {
				t.Error("the lease ran out")
			}
			return "", errors.Join(err, ctx.Err(), r.Write(ctx, func(*db.Tx, access.Actor) error { return nil }))
		}})
		s.LeaseTTL = 3 * time.Second
		s.Tick()
		if got := history(t, e); len(got) != 1 || got[0].State != runs.Finished {
			t.Errorf("%+v", got)
		}
	})
}
