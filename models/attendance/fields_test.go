package attendance_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
)

// What a correction changes beside marks is kept before and after for ever, whoever made it and whether the township agreed to it; a
// text is not, for it may hold a name.
func TestFieldsBeforeAndAfter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		clerk := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township.Path})
		first := s.Item(attendancetest.All(s.Members, attendance.Present)...)
		first.Lessons, first.Kinds = s.Lessons[:1], []attendance.Kind{attendance.ActivityDay}
		attendancetest.MustSubmit(t, e, a, s.Host, first)
		day, two, place := first.HeldOn, 2, "村委会"
		if day.IsZero() {
			day = get(t, e, s).HeldOn
		}
		in := correction(t, e, s)
		in.Minutes, in.Adults, in.Place, in.Guests = 60, &two, &place, []string{"字过客"}
		in.Kinds, in.Lessons, in.HeldOn = []attendance.Kind{attendance.ActivityDay, attendance.PartyClass}, []courses.LessonID{}, day.AddDays(-1)
		attendancetest.MustSubmit(t, e, a, s.Host, in)
		began, ended := day.AddDays(-1).At(20, 0), day.AddDays(-1).At(21, 30)
		e.Clock.Add(80 * time.Hour)
		in = correction(t, e, s)
		in.Minutes, in.BeganAt, in.EndedAt = 0, &began, &ended
		r := attendancetest.MustSubmit(t, e, a, s.Host, in)
		if r.Waiting.IsZero() {
			t.Fatalf("%+v", r)
		}
		if _, err := decide(e, a, clerk, attendance.DecideInput{IDs: []attendance.CorrectionID{r.Waiting}, Agree: true}); err != nil {
			t.Fatal(err)
		}
		title := courseTitle(t, e, s.Lessons[0])
		utc := func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04Z") }
		want := [][]attendance.FieldChange{
			{},
			{
				{Field: "held_on", Before: day.String(), After: day.AddDays(-1).String()},
				{Field: "minutes", Before: "90", After: "60"},
				{Field: "kinds", Before: "activity_day", After: "activity_day,party_class"},
				{Field: "lessons", Before: title},
				{Field: "guests", Before: "0", After: "1"},
				{Field: "adults", Before: "0", After: "2"},
			},
			{{Field: "began_at", After: utc(began)}, {Field: "ended_at", After: utc(ended)}, {Field: "minutes", Before: "60", After: "90"}},
		}
		check := func() {
			t.Helper()
			var got [][]attendance.FieldChange
			v := get(t, e, s)
			for _, r := range v.Revisions {
				got = append(got, r.Fields)
				if r.Account != s.Host.Account {
					t.Errorf("revision %d is by %s", r.Revision, r.Account)
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		}
		check()
		e.Do(t, func(tx *db.Tx) error { // the receipts are kept for a time only
			return tx.Exec("DELETE FROM roll_items").Error
		})
		want = want[1:]
		check()
		e.See(t, func(tx *db.Tx) error {
			_, diff, err := attendance.Replay(tx, s.Day.SessionID)
			if len(diff) > 0 {
				t.Errorf("%+v", diff)
			}
			return err
		})
		e.Do(t, func(tx *db.Tx) error { return tx.Exec("UPDATE sessions SET minutes = 91").Error })
		e.See(t, func(tx *db.Tx) error {
			_, diff, err := attendance.Replay(tx, s.Day.SessionID)
			if len(diff) != 1 || diff[0].Stored != "90" || diff[0].Rows != "91" {
				t.Errorf("a figure that has no history: %+v", diff)
			}
			return err
		})
	})
}

func courseTitle(t *testing.T, e *dbtest.Env, lesson courses.LessonID) string {
	t.Helper()
	var titles []string
	e.See(t, func(tx *db.Tx) (err error) {
		titles, err = db.Ask[string](tx, "SELECT title FROM lessons WHERE id = ?", lesson)
		return err
	})
	return titles[0]
}

// A roll that nobody corrected has no such history, and neither has what is changed before it is handed in.
func TestFieldsOfAFreshRoll(t *testing.T) {
	e := dbtest.SQLite(t)
	s := attendancetest.New(t, e, 2, 0)
	a := attendance.New()
	in := s.Item(attendancetest.All(s.Members, attendance.Present)...)
	in.HeldOn = date.Of(dbtest.Start).AddDays(-1)
	s.Open(t, e, a)
	attendancetest.MustSubmit(t, e, a, s.Host, in)
	attendancetest.MustSubmit(t, e, a, s.Host, correction(t, e, s, mark(s.Members[0], attendance.Absent)))
	e.See(t, func(tx *db.Tx) error {
		n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM session_changes")
		if n[0] != 0 {
			t.Errorf("%d rows", n[0])
		}
		return err
	})
}
