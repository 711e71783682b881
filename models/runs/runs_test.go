package runs_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/runs"
)

const job = "test.job"

func acquire(t *testing.T, e *dbtest.Env, holder string, ttl time.Duration) (l runs.Lease, ok bool) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) (err error) {
		l, ok, err = runs.Acquire(tx, job, holder, ttl)
		return err
	})
	return l, ok
}

func check(e *dbtest.Env, l runs.Lease) error {
	return e.Write(context.Background(), func(tx *db.Tx) error { return runs.Check(tx, l) })
}

// The database's clock counts, whatever the program's says.
func TestServerNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Clock.Set(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC))
		e.See(t, func(tx *db.Tx) error {
			now, err := runs.ServerNow(tx)
			if d := time.Since(now); d > time.Minute || d < -time.Minute || now.Location() != time.UTC {
				t.Errorf("%s", now)
			}
			return err
		})
	})
}

func TestLease(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a, ok := acquire(t, e, "a", 300*time.Millisecond)
		if !ok || a.Fence != 1 {
			t.Fatalf("%+v %v", a, ok)
		}
		for _, holder := range []string{"a", "b"} {
			if _, ok := acquire(t, e, holder, time.Minute); ok {
				t.Errorf("%s took a lease that is held", holder)
			}
		}
		e.Do(t, func(tx *db.Tx) (err error) { a, err = runs.Renew(tx, a, 300*time.Millisecond); return err })
		time.Sleep(350 * time.Millisecond)
		if err := check(e, a); err != nil {
			t.Errorf("the lease ran out, but nobody has it: %v", err)
		}
		b, ok := acquire(t, e, "b", time.Minute)
		if !ok || b.Fence != 2 {
			t.Fatalf("%+v %v", b, ok)
		}
		if err := check(e, a); !runs.IsLost(err) {
			t.Errorf("the old holder passes: %v", err)
		}
		err := e.Write(context.Background(), func(tx *db.Tx) error { _, err := runs.Renew(tx, a, time.Minute); return err })
		if !runs.IsLost(err) {
			t.Errorf("the old holder renews: %v", err)
		}
		e.Do(t, func(tx *db.Tx) error { return runs.Release(tx, a) })
		if err := check(e, b); err != nil {
			t.Errorf("the old holder released the new one's lease: %v", err)
		}
		e.Do(t, func(tx *db.Tx) error { return runs.Release(tx, b) })
		if c, ok := acquire(t, e, "b", time.Minute); !ok || c.Fence != 3 {
			t.Errorf("%+v %v", c, ok)
		}
	})
}

// Of many that want the lease at once exactly one gets it.
func TestAcquireAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		var got atomic.Int32
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				err := e.Write(context.Background(), func(tx *db.Tx) error {
					_, ok, err := runs.Acquire(tx, job, "x", time.Minute)
					if ok {
						tx.AfterCommit(func() { got.Add(1) })
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got.Load() != 1 {
			t.Errorf("%d got it", got.Load())
		}
	})
}

func TestRunRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		due := dbtest.Start.Add(-time.Hour)
		begin := func(l runs.Lease, byHand bool) (r runs.Run, err error) {
			err = e.Write(context.Background(), func(tx *db.Tx) error {
				r, err = runs.Begin(tx, l, runs.Asked{ID: runs.NewID(), Due: due, ByHand: byHand})
				return err
			})
			return r, err
		}
		a, _ := acquire(t, e, "a", 100*time.Millisecond)
		first, err := begin(a, false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := begin(a, false); !runs.IsTaken(err) {
			t.Errorf("begun twice: %v", err)
		}
		if _, err := begin(a, true); err != nil {
			t.Errorf("by hand beside it: %v", err)
		}
		time.Sleep(150 * time.Millisecond)
		e.See(t, func(tx *db.Tx) error {
			st, err := runs.Stand(tx, job)
			if st.Held || !st.Open.Equal(due) {
				t.Errorf("the killed holder's run does not show as open: %+v", st)
			}
			return err
		})
		b, _ := acquire(t, e, "b", time.Minute)
		second, err := begin(b, false)
		if err != nil || second.ID != first.ID || second.Fence != 2 || second.Host != "b" {
			t.Fatalf("%+v %v", second, err)
		}
		if err := e.Write(context.Background(), func(tx *db.Tx) error { return runs.Finish(tx, first, "old") }); !runs.IsLost(err) {
			t.Errorf("the old holder finished the run: %v", err)
		}
		e.Do(t, func(tx *db.Tx) error {
			if err := runs.Abandon(tx, b); err != nil {
				return err
			}
			return runs.Finish(tx, second, "new")
		})
		e.See(t, func(tx *db.Tx) error {
			st, err := runs.Stand(tx, job)
			if err != nil || !st.Last.Equal(due) || !st.Open.IsZero() {
				t.Errorf("it stands %+v %v", st, err)
			}
			if st, err := runs.Stand(tx, "other"); st != (runs.Standing{}) || err != nil {
				t.Errorf("a job that never ran stands %+v: %v", st, err)
			}
			page, err := runs.List(tx, orgtest.By, runs.ListInput{Job: job, Limit: 1})
			if err != nil || len(page.Items) != 1 || page.Next == "" || page.Items[0].State != runs.Failed || !page.Items[0].ByHand {
				t.Errorf("%+v %v", page, err)
			}
			page, err = runs.List(tx, orgtest.By, runs.ListInput{Job: job, After: page.Next})
			if err != nil || len(page.Items) != 1 || page.Next != "" || page.Items[0].Summary != "new" || page.Items[0].State != runs.Finished {
				t.Errorf("%+v %v", page, err)
			}
			v, err := runs.Get(tx, orgtest.By, runs.GetInput{ID: first.ID})
			if v != page.Items[0] {
				t.Errorf("%+v %v", v, err)
			}
			return err
		})
	})
}

// A time that comes while the run before is at work gets a row of its own, once, and the run before is still taken over
// when its holder was killed.
func TestSkip(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		due, next := dbtest.Start.Add(-time.Hour), dbtest.Start
		skip := func(want bool) {
			t.Helper()
			e.Do(t, func(tx *db.Tx) error {
				ok, err := runs.Skip(tx, job, "b", next)
				if ok != want {
					t.Errorf("skipped: %v, want %v", ok, want)
				}
				return err
			})
		}
		a, _ := acquire(t, e, "a", time.Minute)
		skip(false)
		var r runs.Run
		e.Do(t, func(tx *db.Tx) (err error) {
			r, err = runs.Begin(tx, a, runs.Asked{ID: runs.NewID(), Due: due})
			return err
		})
		skip(true)
		skip(false)
		stands := func(want runs.Standing) {
			t.Helper()
			e.See(t, func(tx *db.Tx) error {
				st, err := runs.Stand(tx, job)
				if !st.Last.Equal(want.Last) || !st.Open.Equal(want.Open) || st.Held != want.Held {
					t.Errorf("%+v, want %+v", st, want)
				}
				return err
			})
		}
		stands(runs.Standing{Last: next, Open: due, Held: true})
		e.Do(t, func(tx *db.Tx) error { return runs.Release(tx, a) })
		stands(runs.Standing{Last: next, Open: due})
		b, _ := acquire(t, e, "b", time.Minute)
		e.Do(t, func(tx *db.Tx) error {
			again, err := runs.Begin(tx, b, runs.Asked{ID: runs.NewID(), Due: due})
			if again.ID != r.ID || again.Host != "b" {
				t.Errorf("%+v", again)
			}
			return errors.Join(err, runs.Finish(tx, again, "done"))
		})
		stands(runs.Standing{Last: next, Held: true})
	})
}

func TestReplicas(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		for _, r := range []runs.Replica{{Host: "b", AheadMS: -90_000}, {Host: "a"}, {Host: "b", AheadMS: 12}} {
			e.Do(t, func(tx *db.Tx) error {
				_, err := runs.Beat(tx, r.Host, "1.0", time.Duration(r.AheadMS)*time.Millisecond)
				return err
			})
		}
		e.Do(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE replicas SET seen_at = ? WHERE host = ?", time.Now().Add(-61*time.Minute).UTC(), "a").Error
		})
		e.Do(t, func(tx *db.Tx) error { _, err := runs.Beat(tx, "c", "1.0", 0); return err })
		e.See(t, func(tx *db.Tx) error {
			page, err := runs.Replicas(tx, orgtest.By, runs.ReplicasInput{})
			if len(page.Items) != 2 || page.Items[0].Host != "b" || page.Items[0].AheadMS != 12 || page.Items[1].Host != "c" {
				t.Errorf("%+v", page)
			}
			return err
		})
	})
}

func TestWhoSeesRuns(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	for _, s := range append(tree.Inside(), orgtest.Seat{Name: "visitor", Actor: access.Visitor()}) {
		e.See(t, func(tx *db.Tx) error {
			_, list := runs.List(tx, s.Actor, runs.ListInput{})
			_, get := runs.Get(tx, s.Actor, runs.GetInput{})
			_, latest := runs.Latest(tx, s.Actor, []string{job})
			_, replicas := runs.Replicas(tx, s.Actor, runs.ReplicasInput{})
			may := s.Role == access.County || s.Role == access.Auditor
			if (list == nil) != may || (latest == nil) != may || (replicas == nil) != may || fail.Is(get, "jobs.run_missing") != may {
				t.Errorf("%s: %v; %v; %v", s.Name, list, get, latest)
			}
			return nil
		})
	}
}
