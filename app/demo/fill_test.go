package demo_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"huotang/app/demo"
	"huotang/media"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/progress"
	"huotang/models/service"
	"huotang/models/videos"
)

// fill makes the demo county as of an instant in a folder of the test's, up to a share of the whole.
func fill(t *testing.T, now time.Time, share float64) *db.DB {
	t.Helper()
	dir := t.TempDir()
	clock := demo.NewClock(now)
	d, err := db.Open(t.Context(), db.Config{Driver: db.SQLite, Path: filepath.Join(dir, "county.db"), Unsafe: true}, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if _, err := d.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	store, err := media.OpenDisk(filepath.Join(dir, "objects"), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	deps := demo.Deps{
		DB: d, Clock: clock, Library: &media.Library{DB: d, Store: store, Limit: videos.MaxBytes},
		Accounts: accounts.New(make([]byte, 32)), Courses: courses.New(), Curricula: curricula.New(),
		Attendance: attendance.New(), Service: service.New(),
	}
	deps.Courses.OnReview(videos.BeforeReview)
	deps.Attendance.OnSubmitted(progress.Credit)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	begin := time.Now()
	step, at := "", begin
	err = demo.Fill(ctx, deps, demo.DefaultSeed, now, func(name string, done float64) {
		if name != step {
			t.Logf("%-16s %v", step, time.Since(at).Round(time.Millisecond))
			step, at = name, time.Now()
		}
		if done > share {
			stop()
		}
	})
	if stopped := errors.Is(err, context.Canceled); err != nil && !stopped || stopped != (share < 1) {
		t.Fatal(err)
	}
	t.Logf("filled in %v", time.Since(begin).Round(time.Millisecond))
	return d
}

// figures are counted from the rows.
type figures struct{ Sites, People, Sessions, Attendances, Late, Today int }

func count(t *testing.T, d *db.DB) figures {
	t.Helper()
	var got figures
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		err := tx.Raw(`SELECT (SELECT COUNT(*) FROM sites) AS sites, (SELECT COUNT(*) FROM persons) AS people,
(SELECT COUNT(*) FROM sessions WHERE state = 'submitted') AS sessions,
(SELECT SUM(present + made_up + observers + adults + children) FROM sessions) AS attendances,
(SELECT COUNT(*) FROM sessions WHERE held_on >= ?) AS late,
(SELECT COUNT(*) FROM activity_days WHERE planned_on = ?) AS today`, tx.Today(), tx.Today()).Scan(&got).Error
		if err != nil {
			return err
		}
		faults, err := attendance.CheckTallies(tx)
		if len(faults) > 0 {
			t.Errorf("tallies differ from the rows: %v", faults[:1])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", got)
	return got
}

// The whole takes its time, so the fast run has only the founding and the first weeks of life.
func TestFillHasTheSourcesFigures(t *testing.T) {
	now, share := date.New(2026, 11, 23).At(15, 0), 1.0
	if !dbtest.All() {
		share = 0.44
	}
	got := count(t, fill(t, now, share))
	if got.Sites != 583 || got.People < 11_800 || got.Late != 0 {
		t.Errorf("%+v", got)
	}
	if share < 1 {
		if got.Sessions < 100 || got.Attendances < 10*got.Sessions {
			t.Errorf("the first weeks: %+v", got)
		}
		return
	}
	if got.Sessions != 7996 || got.Attendances < 100_000 || got.Today != 1 {
		t.Errorf("%+v", got)
	}
}
