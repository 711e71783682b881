package calendar_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
)

func announce(t *testing.T, e *dbtest.Env, op func(*db.Tx, access.Actor, calendar.DueInput) (calendar.DueView, error)) int {
	t.Helper()
	var v calendar.DueView
	e.Do(t, func(tx *db.Tx) (err error) {
		v, err = op(tx, calendartest.By, calendar.DueInput{})
		return err
	})
	return len(v.Days)
}

// A day is announced three days ahead, once; when it has passed there is no record yet, until somebody hands in or says why.
func TestAnnounceAndNoRecord(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, on(27, calendar.Keep)) // four days ahead
		see := func() calendar.DayView { return calendartest.Day(t, e, tree.Site.ID, month("2026-11")) }
		if n := announce(t, e, calendar.Announce); n != 0 {
			t.Errorf("announced %d too early", n)
		}
		e.Clock.Set(day("2026-11-24").At(7, 0))
		if n, again := announce(t, e, calendar.Announce), announce(t, e, calendar.Announce); n != 3 || again != 0 {
			t.Errorf("announced %d, again %d", n, again)
		}
		if d := see(); d.State != calendar.Announced || d.AnnouncedAt == nil || d.Sequence != 0 {
			t.Errorf("%+v", d)
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := calendar.Move(tx, orgtest.By, calendar.MoveInput{ID: see().ID, To: day("2026-11-30")})
			return err
		})
		if d := see(); d.AnnouncedAt != nil || d.State != calendar.Upcoming {
			t.Errorf("moved, and announced for the old day: %+v", d)
		}
		calendartest.Rule(t, e, tree.Township.ID, on(26, calendar.Keep))
		if n := announce(t, e, calendar.Announce); n != 2 {
			t.Errorf("%d announced anew", n)
		}
		e.Clock.Set(day("2026-12-01").At(0, 30))
		if n, again := announce(t, e, calendar.MarkNoRecord), announce(t, e, calendar.MarkNoRecord); n != 3 || again != 0 {
			t.Errorf("%d without a record, again %d", n, again)
		}
		e.Do(t, func(tx *db.Tx) error { return calendar.SetHeld(tx, see().ID) })
		if d := see(); d.State != calendar.Held {
			t.Errorf("%+v", d)
		}
		sister := calendar.IDOf(tree.Sister.ID, month("2026-11"), 1)
		e.Do(t, func(tx *db.Tx) error {
			if _, err := calendar.SetNotHeld(tx, orgtest.By, calendar.NotHeldInput{ID: sister, Reason: calendar.Power}); err != nil {
				return err
			}
			_, err := calendar.Undo(tx, orgtest.By, calendar.UndoInput{ID: sister})
			return err
		})
		if n := announce(t, e, calendar.MarkNoRecord); n != 1 {
			t.Errorf("%d marked again", n)
		}
		for _, r := range access.Roles {
			err := write(e, func(tx *db.Tx) error {
				_, err := calendar.Announce(tx, orgtest.As(r, tree.County.Path), calendar.DueInput{})
				return err
			})
			if fail.KindOf(err) != fail.ForbiddenAct {
				t.Errorf("%s announces: %v", r, err)
			}
		}
	})
}
