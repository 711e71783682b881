package reports

import (
	"context"
	"slices"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula/curriculatest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// What a school has against a date: a session in that week, nothing to teach, equipment, the licence; each says why, and where another
// date is better, which one.
func TestHintsOfASchool(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		clerk := orgtest.As(access.Township, w.Township.Path)
		calendartest.Rule(t, w.Env, w.Township.ID, calendartest.OnDay(25)) // a Wednesday; today is Monday the 23rd
		d := calendartest.Day(t, w.Env, w.Site.ID, date.NewMonth(2026, 11))
		look := func(on date.Date) []calendar.Hint {
			t.Helper()
			var v calendar.HintsView
			w.See(t, func(tx *db.Tx) (err error) {
				v, err = Hints(tx, clerk, calendar.HintsInput{ID: d.ID, On: on})
				return err
			})
			return v.Hints
		}
		if got := look(date.Date{}); !slices.Equal(got, []calendar.Hint{{Code: HintContent}}) {
			t.Errorf("nothing to teach this month, nor the next: %+v", got)
		}
		author, reviewer := coursestest.Actor(t, w.Env, access.Township, w.Township.Path), coursestest.Actor(t, w.Env, access.TownshipAdmin, w.Township.Path)
		lessons := curriculatest.Lessons(coursestest.Reviewed(t, w.Env, author, reviewer, w.Township.ID, "春茶", "采摘"))
		curriculatest.Published(t, w.Env, author, w.Township.ID, lessons)
		if got := look(date.Date{}); len(got) != 0 {
			t.Errorf("something to teach: %+v", got)
		}
		if got := look(date.New(2026, 12, 1)); len(got) != 1 || got[0].Code != HintContent {
			t.Errorf("nothing to teach in December: %+v", got)
		}
		w.Hold(t, w.Site, date.New(2026, 11, 23))
		if got := look(date.Date{}); !slices.Equal(got, []calendar.Hint{{Code: HintHeld, Arg: "2026-11-23", Better: date.New(2026, 11, 30)}}) {
			t.Errorf("held on Monday: %+v", got)
		}
		if got := look(date.New(2026, 11, 30)); len(got) != 0 {
			t.Errorf("the Monday after: %+v", got)
		}
		w.Do(t, func(tx *db.Tx) error {
			_, err := org.SetEquipment(tx, orgtest.By, org.SetEquipmentInput{Site: w.Site.ID, Items: []org.Item{
				{Kind: "player", Count: 1, State: "broken"}, {Kind: "television", Count: 1, State: "repair"}, {Kind: "speaker", Count: 1, State: "good"}, {Kind: "desks", Count: 4, State: "broken"},
			}})
			return err
		})
		if got := look(date.New(2026, 11, 30)); !slices.Equal(got, []calendar.Hint{{Code: HintEquipment, Arg: "television"}, {Code: HintEquipment, Arg: "player"}}) {
			t.Errorf("what is at fault, in the order of the register: %+v", got)
		}
		if got := look(date.Date{}); got[0].Better != date.New(2026, 11, 30) {
			t.Errorf("a fault on every date keeps no date from being better: %+v", got)
		}
		if got := look(orgtest.LicensedOn.AddDays(-1)); !slices.ContainsFunc(got, func(h calendar.Hint) bool { return h.Code == HintLicence }) {
			t.Errorf("before the licence: %+v", got)
		}
		w.Do(t, func(tx *db.Tx) error {
			_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: w.Site.ID, State: org.Suspended, Note: "整改"})
			return err
		})
		if got := look(date.New(2026, 11, 30)); !slices.ContainsFunc(got, func(h calendar.Hint) bool { return h.Code == HintLicence && h.Better.IsZero() }) {
			t.Errorf("suspended: %+v", got)
		}
		err := w.Read(context.Background(), func(tx *db.Tx) error {
			_, err := Hints(tx, orgtest.As(access.Host, w.Site.Path), calendar.HintsInput{ID: d.ID})
			return err
		})
		if fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("the host reads hints: %v", err)
		}
	})
}

// The day's own session is no reason against its date.
func TestOwnSessionIsNoHint(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		calendartest.Rule(t, w.Env, w.Township.ID, calendartest.OnDay(24))
		d := calendartest.Day(t, w.Env, w.Site.ID, date.NewMonth(2026, 11))
		w.Clock.Set(date.New(2026, 11, 24).At(21, 0))
		w.Do(t, func(tx *db.Tx) error {
			v, err := w.Area.Open(tx, orgtest.By, attendance.OpenInput{ActivityDay: d.ID})
			if err == nil {
				minutes := 60
				_, err = w.Area.Submit(tx, orgtest.By, attendance.SubmitInput{
					Session: v.ID, Minutes: minutes, Marks: []attendance.MarkInput{{Person: w.Members[w.Site.ID][0], Value: attendance.Value{State: attendance.Present}}},
					Stamp: attendance.Stamp{Device: "own", Seq: 1},
				})
			}
			return err
		})
		w.See(t, func(tx *db.Tx) error {
			v, err := Hints(tx, orgtest.As(access.Township, w.Township.Path), calendar.HintsInput{ID: d.ID})
			if slices.ContainsFunc(v.Hints, func(h calendar.Hint) bool { return h.Code == HintHeld }) {
				t.Errorf("%+v", v.Hints)
			}
			return err
		})
	})
}
