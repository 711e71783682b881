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

// The host asks, the township agrees or says why not; what was called off stays so at the next planning, and can be taken back.
func TestCancel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		host, clerk := orgtest.As(access.Host, tree.Site.Path), orgtest.As(access.Township, tree.Township.Path)
		calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
		dec := calendartest.Day(t, e, tree.Site.ID, month("2026-12"))
		see := func() (d calendar.DayView) {
			e.See(t, func(tx *db.Tx) (err error) { d, err = calendar.FindDay(tx, dec.ID); return err })
			return d
		}
		cancel := func(by access.Actor, r calendar.Reason) error {
			return write(e, func(tx *db.Tx) error {
				_, err := calendar.Cancel(tx, by, calendar.CancelInput{ID: dec.ID, Reason: r})
				return err
			})
		}
		undo := func(by access.Actor) error {
			return write(e, func(tx *db.Tx) error { _, err := calendar.Undo(tx, by, calendar.UndoInput{ID: dec.ID}); return err })
		}
		waiting := func() (ids []calendar.CancellationID) {
			e.See(t, func(tx *db.Tx) error {
				page, err := calendar.Requests(tx, clerk, calendar.RequestsInput{})
				for _, r := range page.Items {
					ids = append(ids, r.ID)
				}
				return err
			})
			return ids
		}
		decide := func(agree bool, answer string) error {
			return write(e, func(tx *db.Tx) error {
				_, err := calendar.DecideCancel(tx, clerk, calendar.DecideInput{IDs: waiting(), Agree: agree, Answer: answer})
				return err
			})
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		wantFault(t, cancel(host, ""), "reason", "calendar.reason_required")
		must(cancel(host, calendar.FarmWork))
		wantCode(t, cancel(host, calendar.Road), "calendar.cancel_asked")
		if d := see(); d.State != calendar.Upcoming || d.CancelAsked != calendar.FarmWork || d.Sequence != 0 {
			t.Errorf("asked: %+v", d)
		}
		must(undo(host))
		if see().CancelAsked != "" || len(waiting()) != 0 {
			t.Error("withdrawn, and still waiting")
		}
		must(cancel(host, calendar.FarmWork))
		wantFault(t, decide(false, ""), "answer", "calendar.answer_required")
		must(decide(false, "改到晚上"))
		if d := see(); d.State != calendar.Upcoming || d.CancelAsked != "" {
			t.Errorf("refused: %+v", d)
		}
		must(cancel(host, calendar.FarmWork))
		must(decide(true, ""))
		called := see()
		if called.State != calendar.Cancelled || called.Reason != calendar.FarmWork || called.Sequence != 1 {
			t.Errorf("agreed: %+v", called)
		}
		calendartest.Rule(t, e, tree.Township.ID, on(10, calendar.Keep))
		if d := see(); d != called {
			t.Errorf("planning touched a day that was called off: %+v", d)
		}
		if err := undo(host); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("the host lets it take place: %v", err)
		}
		must(undo(clerk))
		if d := see(); d.State != calendar.Upcoming || d.Sequence != 2 {
			t.Errorf("taken back: %+v", d)
		}
		must(cancel(host, calendar.Road))
		must(cancel(clerk, calendar.Power))
		if d := see(); d.State != calendar.Cancelled || d.Reason != calendar.Power || len(waiting()) != 0 {
			t.Errorf("the township's own word: %+v, %d waiting", d, len(waiting()))
		}
	})
}

// Each role calls off, asks, or is refused, within its unit and without.
func TestWhoMayCancelAndConfirm(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
	decides := map[access.Role]bool{access.County: true, access.TownshipAdmin: true, access.Township: true}
	asks := map[access.Role]bool{access.Village: true, access.Host: true, access.Head: true}
	dec := calendar.IDOf(tree.Site.ID, month("2026-12"), 1)
	try := func(by access.Actor) (state calendar.State, confirm, cancel error) {
		undone := func(fn func(tx *db.Tx) error) error {
			return write(e, func(tx *db.Tx) error {
				if err := fn(tx); err != nil {
					return err
				}
				_, err := calendar.Undo(tx, orgtest.By, calendar.UndoInput{ID: dec})
				return err
			})
		}
		confirm = undone(func(tx *db.Tx) error { _, err := calendar.Confirm(tx, by, calendar.ConfirmInput{ID: dec}); return err })
		cancel = undone(func(tx *db.Tx) error {
			d, err := calendar.Cancel(tx, by, calendar.CancelInput{ID: dec, Reason: calendar.Road})
			state = d.State
			return err
		})
		return state, confirm, cancel
	}
	for _, s := range tree.Inside() {
		state, confirm, cancel := try(s.Actor)
		may := decides[s.Role] || asks[s.Role]
		if (confirm == nil) != may || (cancel == nil) != may || (state == calendar.Cancelled) != decides[s.Role] {
			t.Errorf("%s: confirm %v, cancel %v, %q", s.Name, confirm, cancel, state)
		}
	}
	for _, s := range tree.Outside() {
		if _, confirm, cancel := try(s.Actor); confirm == nil || cancel == nil {
			t.Errorf("%s outside was allowed", s.Name)
		}
	}
}
