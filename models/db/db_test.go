package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
)

type tally struct {
	Job       string `gorm:"primaryKey"`
	Holder    string
	Fence     int64
	ExpiresAt time.Time
}

func (tally) TableName() string { return "job_leases" }

func TestErrorsAreTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		row := tally{Job: "a", ExpiresAt: dbtest.Start}
		e.Do(t, func(tx *db.Tx) error { return db.Insert(tx, &row) })
		err := e.Write(context.Background(), func(tx *db.Tx) error { return db.Insert(tx, &row) })
		if !db.IsDuplicate(err) {
			t.Errorf("duplicate: %v", err)
		}
		err = e.Write(context.Background(), func(tx *db.Tx) error {
			return tx.Exec("INSERT INTO unit_aliases (unit_id, name) VALUES (?, 'x')", id.New[tally]()).Error
		})
		if !db.IsReference(err) {
			t.Errorf("reference: %v", err)
		}
		err = e.Read(context.Background(), func(tx *db.Tx) error { return tx.Exec("DELETE FROM job_leases").Error })
		if err == nil {
			t.Error("a read unit of work wrote")
		}
		err = e.Write(context.Background(), func(tx *db.Tx) error {
			return e.Read(tx.Statement.Context, func(*db.Tx) error { return nil })
		})
		if err == nil {
			t.Error("nesting was not refused")
		}
	})
}

// Two hundred increments of one row, four at a time: with the root locked none is lost.
func TestRootFirstLocking(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Do(t, func(tx *db.Tx) error { return db.Insert(tx, &tally{Job: "count", ExpiresAt: tx.Now}) })
		var wg sync.WaitGroup
		errs := make(chan error, 200)
		for range 4 {
			wg.Go(func() {
				for range 50 {
					errs <- e.Write(context.Background(), func(tx *db.Tx) error {
						row, err := db.One[tally](tx.Locked().Where("job = ?", "count"), "test.missing")
						if err != nil {
							return err
						}
						_, err = db.Set(tx.Model(&tally{}).Where("job = ?", "count"), map[string]any{"fence": row.Fence + 1})
						return err
					})
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			row, err := db.One[tally](tx.Where("job = ?", "count"), "test.missing")
			if row.Fence != 200 {
				t.Errorf("%d of 200 increments are there", row.Fence)
			}
			return err
		})
	})
}

func TestWriteRepeats(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		n := 0
		e.Do(t, func(tx *db.Tx) error {
			if n++; n < 3 {
				return db.Repeat(errors.New("raced"))
			}
			return nil
		})
		if n != 3 {
			t.Errorf("ran %d times, want 3", n)
		}
	})
}

// Times with different fractions come back in order, and days and rare characters whole.
func TestValuesKeepTheirOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		offsets := []time.Duration{100 * time.Millisecond, 0, 5 * time.Millisecond, time.Second, 999 * time.Millisecond}
		e.Do(t, func(tx *db.Tx) error {
			for i, o := range offsets {
				if err := db.Insert(tx, &tally{Job: string(rune('a' + i)), ExpiresAt: base.Add(o)}); err != nil {
					return err
				}
			}
			return tx.Exec("INSERT INTO calendar_days (day, kind, name, source) VALUES (?, 'holiday', ?, '')", date.New(2028, 2, 29), "𬭩䶮").Error
		})
		e.See(t, func(tx *db.Tx) error {
			rows, err := db.All[tally](tx.Order("expires_at"))
			if err != nil {
				return err
			}
			var got string
			for _, r := range rows {
				got += r.Job
			}
			if got != "bcaed" || !rows[1].ExpiresAt.Equal(base.Add(5*time.Millisecond)) {
				t.Errorf("order %s, %v", got, rows[1].ExpiresAt)
			}
			var d struct {
				Day  date.Date
				Name string
			}
			if err := tx.Raw("SELECT day, name FROM calendar_days WHERE name = ?", "𬭩䶮").Scan(&d).Error; err != nil {
				return err
			}
			if d.Day != date.New(2028, 2, 29) || d.Name != "𬭩䶮" {
				t.Errorf("%v", d)
			}
			return nil
		})
	})
}

func TestMigrateTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		n, err := e.Migrate(context.Background(), nil)
		if err != nil || n != 0 {
			t.Errorf("%d steps, %v", n, err)
		}
		if err := e.Current(context.Background()); err != nil {
			t.Error(err)
		}
	})
}
