package calendar_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
)

// A confirmed day stays where it is when the rule changes, until the word is taken back; a moved one is confirmed anew.
func TestConfirm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, calendartest.OnDay(28))
		host := orgtest.As(access.Host, tree.Site.Path)
		clerk := orgtest.As(access.Township, tree.Township.Path)
		dec := date.NewMonth(2026, 12)
		confirm := func(by access.Actor, how calendar.How) (d calendar.DayView, err error) {
			err = write(e, func(tx *db.Tx) (err error) {
				d, err = calendar.Confirm(tx, by, calendar.ConfirmInput{ID: calendar.IDOf(tree.Site.ID, dec, 1), How: how})
				return err
			})
			return d, err
		}
		first, err := confirm(host, "")
		if err != nil || first.State != calendar.Confirmed || first.ConfirmedHow != calendar.ByHost || first.Sequence != 1 {
			t.Fatalf("%+v, %v", first, err)
		}
		again, err := confirm(clerk, calendar.ByPhone)
		if err != nil || again.ConfirmedHow != calendar.ByHost || again.Sequence != 1 {
			t.Errorf("said twice: %+v, %v", again, err)
		}
		if _, err := confirm(clerk, calendar.ByHost); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("an office confirms as the host: %v", err)
		}
		calendartest.Rule(t, e, tree.Township.ID, calendartest.OnDay(10))
		if d := calendartest.Day(t, e, tree.Site.ID, dec); d.PlannedOn.Day() != 28 || d.State != calendar.Confirmed {
			t.Errorf("the rule moved a confirmed day: %+v", d)
		}
		if d := calendartest.Day(t, e, tree.Sister.ID, dec); d.PlannedOn.Day() != 10 || d.Sequence != 1 {
			t.Errorf("the sister's day: %+v", d)
		}
		undo := func() (d calendar.DayView) {
			e.Do(t, func(tx *db.Tx) (err error) {
				d, err = calendar.Undo(tx, host, calendar.UndoInput{ID: first.ID})
				return err
			})
			return d
		}
		if d := undo(); d.State != calendar.Upcoming || d.ConfirmedAt != nil || d.Sequence != 2 {
			t.Errorf("taken back: %+v", d)
		}
		if _, err := confirm(clerk, ""); err != nil {
			t.Error(err)
		}
		e.Do(t, func(tx *db.Tx) error {
			d, err := calendar.Move(tx, host, calendar.MoveInput{ID: first.ID, To: date.New(2026, 12, 20)})
			if d.State != calendar.Upcoming || d.ConfirmedAt != nil {
				t.Errorf("moved: %+v", d)
			}
			return err
		})
		if d, err := confirm(clerk, ""); err != nil || d.ConfirmedHow != calendar.ByPhone || d.Shift != calendar.ByHand {
			t.Errorf("a moved day: %+v, %v", d, err)
		}
		if d := undo(); d.Shift != calendar.ByHand || d.State != calendar.Upcoming {
			t.Errorf("undone once: %+v", d)
		}
		if d := undo(); d.Shift != calendar.AsRuled || d.PlannedOn.Day() != 10 {
			t.Errorf("undone twice: %+v", d)
		}
		e.Clock.Set(date.New(2026, 12, 11).At(8, 0))
		if _, err := confirm(host, ""); fail.KindOf(err) != fail.Conflicting {
			t.Errorf("a day that is over: %v", err)
		}
	})
}
