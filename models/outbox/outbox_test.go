package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/outbox"
)

func add(t *testing.T, e *dbtest.Env, n int) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		for i := range n {
			if err := outbox.Add(tx, "test", map[string]int{"n": i}); err != nil {
				return err
			}
		}
		return nil
	})
}

func claim(t *testing.T, e *dbtest.Env, worker string, limit int) (rows []outbox.Row) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) (err error) {
		rows, err = outbox.Claim(tx, "test", worker, time.Minute, limit)
		return err
	})
	return rows
}

// Of many workers at once each row goes to one.
func TestTwoWorkersOneRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		const rows, workers = 20, 6
		add(t, e, rows)
		var mu sync.Mutex
		claimed := map[outbox.RowID]int{}
		var wg sync.WaitGroup
		errs := make([]error, workers)
		for w := range workers {
			wg.Go(func() {
				errs[w] = e.Write(context.Background(), func(tx *db.Tx) error {
					mine, err := outbox.Claim(tx, "test", fmt.Sprint("worker ", w), time.Minute, rows)
					if err != nil {
						return err
					}
					tx.AfterCommit(func() {
						mu.Lock()
						defer mu.Unlock()
						for _, r := range mine {
							claimed[r.ID]++
						}
					})
					return nil
				})
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		if len(claimed) != rows {
			t.Errorf("%d of %d rows were claimed", len(claimed), rows)
		}
		for id, n := range claimed {
			if n != 1 {
				t.Errorf("%s was claimed %d times", id, n)
			}
		}
	})
}

func TestLeaseAndDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		add(t, e, 1)
		mine := claim(t, e, "a", 9)
		if len(mine) != 1 || mine[0].Attempts != 1 || mine[0].Payload != `{"n":0}` {
			t.Fatalf("%+v", mine)
		}
		if other := claim(t, e, "b", 9); len(other) != 0 {
			t.Error("claimed while leased")
		}
		e.Clock.Add(time.Minute + time.Millisecond)
		again := claim(t, e, "b", 9) // a died
		if len(again) != 1 || again[0].Attempts != 2 {
			t.Fatalf("%+v", again)
		}
		e.Do(t, func(tx *db.Tx) error { return outbox.Done(tx, again[0], "") })
		e.Clock.Add(time.Hour)
		if left := claim(t, e, "c", 9); len(left) != 0 {
			t.Error("done and claimed again")
		}
	})
}

// After a failure a row waits twice as long each time; after the last attempt it is given up, and goes on from the start when
// somebody says so.
func TestFailed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		add(t, e, 2)
		e.Do(t, func(tx *db.Tx) error {
			rows, err := outbox.Claim(tx, "test", "z", time.Minute, 1) // the other is done
			return errors.Join(err, outbox.Done(tx, rows[0], "not needed"))
		})
		for n := 1; n <= outbox.MostAttempts; n++ {
			mine := claim(t, e, "a", 9)
			if len(mine) != 1 || mine[0].Attempts != n {
				t.Fatalf("attempt %d: %+v", n, mine)
			}
			e.Do(t, func(tx *db.Tx) error { return outbox.Failed(tx, mine[0], e.Clock.Now(), errors.New("网络断了")) })
			e.Clock.Add(outbox.Wait(n) - time.Millisecond)
			if early := claim(t, e, "a", 9); len(early) != 0 {
				t.Fatalf("attempt %d: due before %s", n, outbox.Wait(n))
			}
			e.Clock.Add(time.Millisecond)
		}
		if late := claim(t, e, "a", 9); len(late) != 0 {
			t.Fatalf("claimed after it was given up: %+v", late)
		}
		if d := depth(t, e); d.Waiting != 0 || d.GaveUp != 1 || d.Oldest != nil {
			t.Errorf("%+v", d)
		}
		again(t, e, outbox.RowID{}, 1)
		again(t, e, outbox.RowID{}, 0)
		if d := depth(t, e); d.Waiting != 1 || d.GaveUp != 0 || d.Oldest == nil || !d.Oldest.Equal(e.Clock.Now()) {
			t.Errorf("%+v", d)
		}
		if mine := claim(t, e, "b", 9); len(mine) != 1 || mine[0].Attempts != 1 {
			t.Errorf("%+v", mine)
		}
		err := e.Write(context.Background(), func(tx *db.Tx) error { _, err := outbox.Again(tx, "test", outbox.RowID{1}, tx.Now); return err })
		if fail.KindOf(err) != fail.Missing {
			t.Errorf("a row that is none: %v", err)
		}
	})
}

func depth(t *testing.T, e *dbtest.Env) (d outbox.Depth) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		all, err := outbox.Depths(tx)
		if len(all) != 1 {
			t.Fatalf("%+v", all)
		}
		d = all[0]
		return err
	})
	return d
}

func again(t *testing.T, e *dbtest.Env, row outbox.RowID, want int) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		n, err := outbox.Again(tx, "test", row, tx.Now)
		if n != want {
			t.Errorf("%d begin again, want %d", n, want)
		}
		return err
	})
}

// A failed row is not due before the time that the worker names, such as the end of a quiet night.
func TestFailedUntil(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		add(t, e, 1)
		mine := claim(t, e, "a", 1)
		e.Do(t, func(tx *db.Tx) error { return outbox.Failed(tx, mine[0], tx.Now.Add(9*time.Hour), errors.New("down")) })
		e.Clock.Add(9*time.Hour - time.Millisecond)
		if early := claim(t, e, "a", 1); len(early) != 0 {
			t.Error("due in the night")
		}
		e.Clock.Add(time.Millisecond)
		late := claim(t, e, "a", 1)
		if len(late) != 1 {
			t.Fatal("not due in the morning")
		}
		e.Do(t, func(tx *db.Tx) error { return outbox.Yield(tx, late[0]) })
		if back := claim(t, e, "b", 1); len(back) != 1 || back[0].Attempts != 2 {
			t.Errorf("given back, it is not claimed as before: %+v", back)
		}
	})
}

// What a worker says of a row that another has taken over is lost.
func TestTakenOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		add(t, e, 1)
		slow := claim(t, e, "a", 1)[0]
		e.Clock.Add(time.Minute + time.Millisecond)
		quick := claim(t, e, "b", 1)[0]
		e.Do(t, func(tx *db.Tx) error { return outbox.Failed(tx, slow, tx.Now, errors.New("late")) })
		e.Do(t, func(tx *db.Tx) error { return outbox.Done(tx, slow, "") })
		if d := depth(t, e); d.Waiting != 1 {
			t.Fatalf("done by who had lost it: %+v", d)
		}
		e.Do(t, func(tx *db.Tx) error { return outbox.Done(tx, quick, "") })
		e.See(t, func(tx *db.Tx) error {
			all, err := outbox.Depths(tx)
			if len(all) != 0 {
				t.Errorf("%+v", all)
			}
			return err
		})
	})
}

// A unit of work that is rolled back leaves nothing to do.
func TestAddIsPartOfTheWork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		err := e.Write(context.Background(), func(tx *db.Tx) error {
			return errors.Join(outbox.Add(tx, "test", 1), errors.New("no"))
		})
		if err == nil || len(claim(t, e, "a", 9)) != 0 {
			t.Errorf("%v", err)
		}
		err = e.Write(context.Background(), func(tx *db.Tx) error { return outbox.Add(tx, "test", func() {}) })
		if err == nil {
			t.Error("a payload that is no JSON")
		}
	})
}
