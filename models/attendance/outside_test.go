package attendance_test

import (
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// A phone's list is old: who came and was not on the roster of that day is one of 名单外的人, and counts once. Whom the host may not know is not found.
func TestMarksOutsideTheRoster(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		a := attendance.New()
		left := peopletest.Add(t, e, s.Tree, peopletest.Person{Name: "字学开", Site: s.School.ID})
		gone := peopletest.Add(t, e, s.Tree, peopletest.Person{Name: "字学关", Site: s.School.ID})
		for _, p := range []people.PersonID{left, gone} {
			if err := e.Write(t.Context(), func(tx *db.Tx) error {
				return tx.Exec("UPDATE rosters SET since = ?, `until` = ? WHERE person_id = ?", date.New(2026, 1, 1), date.New(2026, 11, 1), p).Error
			}); err != nil {
				t.Fatal(err)
			}
		}
		far := peopletest.Add(t, e, s.Tree, peopletest.Person{Name: "远方人", Site: s.Far.ID})
		in := s.Item(mark(s.Members[0], attendance.Present), mark(left, attendance.Present), mark(gone, attendance.Absent), mark(far, attendance.Present), mark(people.PersonID(id.New[School]()), attendance.Present))
		in.Guests = []string{"字学开"}
		r := attendancetest.MustSubmit(t, e, a, s.Host, in)
		want := []attendance.Outcome{attendance.Accepted, attendance.Accepted, attendance.Duplicate, attendance.Refused, attendance.Refused}
		for i, m := range r.Marks {
			if m.Outcome != want[i] {
				t.Errorf("mark %d: %+v, want %s", i, m, want[i])
			}
		}
		if r.Attendances != 2 || r.Observers != 1 || r.Guests != 0 || r.Marks[1].Code != "attendance.not_on_roster" {
			t.Errorf("%+v", r)
		}
		e.See(t, func(tx *db.Tx) error {
			g, err := attendance.Guests(tx, s.Host, attendance.SessionInput{ID: s.Day.SessionID})
			if len(g.Items) != 1 || g.Items[0].Person != left || g.Items[0].Name != "字学开" {
				t.Errorf("guests %+v", g.Items)
			}
			return err
		})
		attendancetest.Sound(t, e)
	})
}

// A clock that is wrong is told, and nothing that the phone said is changed by it: not even a day that has not come.
func TestClockAhead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 1, 0)
		a := attendance.New()
		at := dbtest.Start.Add(48 * time.Hour)
		in := s.Item(mark(s.Members[0], attendance.Present))
		in.HeldOn, in.RecordedAt, in.SentAt = date.Of(at), &at, &at
		r := attendancetest.MustSubmit(t, e, a, s.Host, in)
		if r.Ahead != 48*3600 {
			t.Errorf("ahead %d s", r.Ahead)
		}
		v := get(t, e, s)
		if v.HeldOn != date.Of(at) || v.Revisions[0].Ahead != 48*3600 {
			t.Errorf("%+v", v)
		}
		later := at.Add(time.Minute)
		in.SentAt = &later // sent again, the same item
		if again := attendancetest.MustSubmit(t, e, a, s.Host, in); again.Revision != 1 {
			t.Errorf("%+v", again)
		}
		behind := dbtest.Start.Add(-48 * time.Hour)
		in = correction(t, e, s)
		in.SentAt = &behind
		if r := attendancetest.MustSubmit(t, e, a, s.Host, in); r.Ahead != -48*3600 {
			t.Errorf("behind: %d s", r.Ahead)
		}
		near := dbtest.Start.Add(4 * time.Minute)
		in = correction(t, e, s)
		in.SentAt = &near
		if r := attendancetest.MustSubmit(t, e, a, s.Host, in); r.Ahead != 0 {
			t.Errorf("near: %d s", r.Ahead)
		}
	})
}

// The marker is who is signed in, whatever name the roll gives for its recorder.
func TestMarkerIsTheSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 1, 0)
		attendancetest.MustSubmit(t, e, attendance.New(), s.Host, s.Item(mark(s.Members[0], attendance.Present)))
		e.See(t, func(tx *db.Tx) error {
			who, err := db.Ask[access.AccountID](tx, "SELECT account_id FROM marks WHERE session_id = ?", s.Day.SessionID)
			v, _ := attendance.Get(tx, s.Host, attendance.SessionInput{ID: s.Day.SessionID})
			if len(who) != 1 || who[0] != s.Host.Account || v.Recorder != "杨桂芳" || v.SubmittedBy != s.Host.Account {
				t.Errorf("marked by %v: %+v", who, v)
			}
			return err
		})
	})
}
