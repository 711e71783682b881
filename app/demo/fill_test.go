package demo_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/app/demo"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/people/peopletest"
	"huotang/models/progress"
	"huotang/models/reports"
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
		People: peopletest.Area(t), Accounts: accounts.New(make([]byte, 32)), Courses: courses.New(), Curricula: curricula.New(), Exchange: exchange.New(),
		Attendance: attendance.New(), Service: service.New(),
	}
	deps.Courses.OnReview(videos.BeforeReview)
	deps.People.OnHandover(attendance.SiteKeeper())
	deps.People.OnHandover(accounts.SiteKeeper())
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
type figures struct {
	Sites, People, Sessions, Attendances int
	Silent                               int // schools without a session
	Due                                  int // activity days planned for today
	First, Last                          date.Date
}

// attended are the attendances of the submitted sessions by their rolls, not by what was summed up.
const attended = `(SELECT COUNT(*) FROM marks m JOIN sessions s ON s.id = m.session_id
 WHERE s.state = 'submitted' AND m.state IN ('present', 'made_up', 'observer'))
 + (SELECT COUNT(*) FROM guests g JOIN sessions s ON s.id = g.session_id WHERE s.state = 'submitted')
 + (SELECT SUM(adults + children) FROM sessions WHERE state = 'submitted')`

func count(t *testing.T, d *db.DB) figures {
	t.Helper()
	var got figures
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		err := tx.Raw(`SELECT (SELECT COUNT(*) FROM sites) AS sites, (SELECT COUNT(*) FROM persons) AS people,
(SELECT COUNT(*) FROM sessions WHERE state = 'submitted') AS sessions, `+attended+` AS attendances,
(SELECT COUNT(*) FROM sites WHERE id NOT IN (SELECT site_id FROM sessions)) AS silent,
(SELECT COUNT(*) FROM activity_days WHERE planned_on = ? AND state IN ('planned', 'announced')) AS due,
(SELECT MIN(held_on) FROM sessions) AS first, (SELECT MAX(held_on) FROM sessions) AS last`, tx.Today()).Scan(&got).Error
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

// checkCounty holds a whole county to the figures of the source, in its rows and in the county's report.
func checkCounty(t *testing.T, d *db.DB, today date.Date) {
	t.Helper()
	got := count(t, d)
	if got.Sites != 583 || got.People < 11_800 || got.People > 12_200 || got.Sessions != 7996 || got.Attendances < 100_000 {
		t.Errorf("%+v", got)
	}
	y, m, n := today.UTC().AddDate(-2, 0, 0).Date()
	if got.Silent != 1 || got.Due != 1 || got.First.Before(date.New(y, m, n)) || got.Last != today.AddDays(-1) {
		t.Errorf("as of %s: %+v", today, got)
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		s, err := reports.Summary(tx, access.System("demo.test"), reports.SummaryInput{})
		if want := (reports.Figures{Schools: got.Sites, Sessions: got.Sessions, Attendances: got.Attendances, Minutes: s.Minutes}); s.Figures != want {
			t.Errorf("the report says %+v, the rows %+v", s.Figures, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	checkTimes(t, d)
	checkHouses(t, d)
	checkCalls(t, d)
}

// checkHouses finds the schools that changed hands, with what both hosts recorded, the registers, and what became of licences.
func checkHouses(t *testing.T, d *db.DB) {
	t.Helper()
	var got struct{ Handed, Old, New, Moved, Equipped, Events, Unnumbered, Lapsed int }
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Raw(`SELECT COUNT(*) AS handed,
(SELECT COUNT(DISTINCT h.site_id) FROM handovers h JOIN sessions s ON s.site_id = h.site_id AND s.held_on < h.on_day JOIN accounts a ON a.id = s.submitted_by AND a.person_id = h.host_before) AS old,
(SELECT COUNT(DISTINCT h.site_id) FROM handovers h JOIN sessions s ON s.site_id = h.site_id AND s.held_on >= h.on_day JOIN accounts a ON a.id = s.submitted_by AND a.person_id = h.host_after) AS new,
(SELECT COUNT(*) FROM handovers h JOIN sites s ON s.id = h.site_id WHERE s.address = h.address_after AND h.address_after <> h.address_before) AS moved,
(SELECT COUNT(DISTINCT site_id) FROM site_items) AS equipped,
(SELECT COUNT(*) FROM audit_rows WHERE act = 'site.licence') AS events,
(SELECT COUNT(*) FROM licence_events e WHERE e.number = '' AND e.note <> '') AS unnumbered,
(SELECT COUNT(*) FROM sites WHERE licence <> 'licensed') AS lapsed FROM handovers`).Scan(&got).Error
	})
	if err != nil || got.Handed != 6 || got.Old != 6 || got.New != 6 || got.Moved != 6 || got.Equipped < 40 || got.Events != 6 || got.Unnumbered != 0 || got.Lapsed != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// checkCalls finds days that were announced, confirmed, moved and called off.
func checkCalls(t *testing.T, d *db.DB) {
	t.Helper()
	var got struct{ Announced, Confirmed, Moved, Cancelled int }
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.Raw(`SELECT SUM(announced_at IS NOT NULL) AS announced, SUM(state = 'confirmed') AS confirmed, SUM(shift = 'by_hand') AS moved,
SUM(state = 'cancelled' AND reason <> '') AS cancelled FROM activity_days`).Scan(&got).Error
	})
	// Besides the one that was moved in a month's time: those that meet soon, of whom one host has confirmed.
	if soon := got.Moved - 1; err != nil || got.Announced == 0 || soon < 3 || soon > 6 || got.Confirmed < 3 || got.Confirmed > 4 || got.Cancelled != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

// checkTimes finds acts that were done after now, and those of the first day of the demo's host that is due.
func checkTimes(t *testing.T, d *db.DB) {
	t.Helper()
	var late, due int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		err := tx.Raw(`SELECT (SELECT COUNT(*) FROM audit_rows WHERE at > ?) + (SELECT COUNT(*) FROM sessions WHERE submitted_at > ?)
 + (SELECT COUNT(*) FROM feedback WHERE made_at > ? OR answered_at > ?) + (SELECT COUNT(*) FROM notices WHERE made_at > ?)`,
			tx.Now, tx.Now, tx.Now, tx.Now, tx.Now).Scan(&late).Error
		if err != nil {
			return err
		}
		cards, err := accounts.DemoCards(tx)
		if err != nil {
			return err
		}
		host := cards[slices.IndexFunc(cards, func(c accounts.DemoCard) bool { return c.Role == access.Host })]
		return tx.Raw(`SELECT COUNT(*) FROM activity_days a JOIN grants g ON g.unit_id = a.site_id
WHERE g.account_id = ? AND a.planned_on = ?`, host.Account, tx.Today()).Scan(&due).Error
	})
	if err != nil {
		t.Fatal(err)
	}
	if late != 0 || due != 1 {
		t.Errorf("%d acts lie in the future; %d days are due for the host of the demo's card", late, due)
	}
}

// The whole takes its time, so the fast run has only the founding and the first weeks of life.
func TestFillBegins(t *testing.T) {
	got := count(t, fill(t, date.New(2026, 11, 23).At(15, 0), 0.44))
	if got.Sites != 583 || got.People < 11_800 || got.Sessions < 100 || got.Attendances < 10*got.Sessions {
		t.Errorf("%+v", got)
	}
}

// Whole counties as of days at which calendars go wrong, at the hours at which days begin and end. The last is made
// twice: seed and day say what is in it.
func TestFillHasTheSourcesFigures(t *testing.T) {
	if !dbtest.All() {
		t.Log("whole counties are filled in the full run only")
		return
	}
	leap := date.New(2028, time.February, 29).At(23, 59)
	twice := make(chan map[string]string, 2)
	for name, now := range map[string]time.Time{
		"new year":        date.New(2027, time.January, 1).At(0, 0),
		"national day":    date.New(2026, time.October, 1).At(8, 30),
		"spring festival": date.New(2026, time.February, 17).At(20, 0),
		"leap day":        leap, "leap day again": leap,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fill(t, now, 1)
			checkCounty(t, d, date.Of(now))
			if now == leap {
				twice <- digests(t, d)
			}
		})
	}
	t.Cleanup(func() {
		if len(twice) < 2 {
			return // failed before
		}
		if d := cmp.Diff(<-twice, <-twice); d != "" {
			t.Errorf("the same seed and day gave other rows: %s", d)
		}
	})
}
