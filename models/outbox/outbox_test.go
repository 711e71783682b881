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
		e.Do(t, func(tx *db.Tx) error { return outbox.Done(tx, again[0].ID) })
		e.Clock.Add(time.Hour)
		if left := claim(t, e, "c", 9); len(left) != 0 {
			t.Error("done and claimed again")
		}
	})
}

// After a failure a row waits twice as long each time, up to a day.
func TestFailed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		add(t, e, 1)
		for n := 1; n <= 14; n++ {
			mine := claim(t, e, "a", 9)
			if len(mine) != 1 {
				t.Fatalf("attempt %d: %d rows", n, len(mine))
			}
			e.Do(t, func(tx *db.Tx) error { return outbox.Failed(tx, mine[0], errors.New("网络断了")) })
			wait := min(time.Minute<<n, 24*time.Hour)
			e.Clock.Add(wait - time.Millisecond)
			if early := claim(t, e, "a", 9); len(early) != 0 {
				t.Fatalf("attempt %d: due before %s", n, wait)
			}
			e.Clock.Add(time.Millisecond)
		}
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
