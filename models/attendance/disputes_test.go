package attendance_test

import (
	"context"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// Whose row is not right says so; the host answers by one tap, and in a closed roll the township agrees.
func TestDispute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 1)
		a := attendance.New()
		mine := accountstest.Of(t, e, s.Members[0], access.Trainee, org.SiteUnit(s.School.ID))
		clerk := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Township, Path: s.Township.Path})
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Absent)[0], mark(s.Members[1], attendance.Present)))
		say := func(by access.Actor, state attendance.State) (v attendance.DisputeView, err error) {
			err = e.Write(context.Background(), func(tx *db.Tx) (err error) {
				v, err = attendance.Dispute(tx, by, attendance.DisputeInput{Session: s.Day.SessionID, State: state})
				return err
			})
			return v, err
		}
		settle := func(by access.Actor, d attendance.DisputeID, right bool) (v attendance.DisputeView, err error) {
			err = e.Write(context.Background(), func(tx *db.Tx) (err error) {
				v, err = a.SettleDispute(tx, by, attendance.SettleDisputeInput{Dispute: d, Right: right})
				return err
			})
			return v, err
		}
		if _, err := say(mine, attendance.Absent); !hasField(err, "state") {
			t.Errorf("what the roll says already: %v", err)
		}
		if _, err := say(mine, attendance.MadeUp); !hasField(err, "state") {
			t.Errorf("made up: %v", err)
		}
		nobody := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Trainee, Path: s.School.Path})
		if _, err := say(nobody, attendance.Present); fail.KindOf(err) != fail.Missing {
			t.Errorf("who has no row: %v", err)
		}
		first, err := say(mine, attendance.OnLeave)
		if err != nil {
			t.Fatal(err)
		}
		v, err := say(mine, attendance.Present) // thinks again
		if err != nil || v.ID != first.ID || v.Said != attendance.Present || v.Standing.State != attendance.Absent {
			t.Fatalf("%+v %v", v, err)
		}
		e.See(t, func(tx *db.Tx) error {
			rows, err := attendance.OwnRows(tx, mine, attendance.OwnRowsInput{})
			if len(rows.Items) != 1 || rows.Items[0].State != attendance.Absent || rows.Items[0].Dispute == nil {
				t.Errorf("his rows %+v", rows.Items)
			}
			list, _ := attendance.Disputes(tx, s.Host, attendance.DisputesInput{})
			if len(list.Items) != 1 || list.Items[0].Person != s.Members[0] {
				t.Errorf("the host sees %+v", list.Items)
			}
			if _, err := attendance.Disputes(tx, clerk, attendance.DisputesInput{}); fail.KindOf(err) != fail.ForbiddenAct {
				t.Errorf("the township lists them: %v", err)
			}
			return err
		})
		if _, err := settle(mine, v.ID, true); fail.KindOf(err) == "" {
			t.Error("he answers himself")
		}
		if v, err := settle(s.Host, v.ID, true); err != nil || v.Outcome != attendance.HeIsRight || v.Waits || v.Standing.State != attendance.Present {
			t.Fatalf("%+v %v", v, err)
		}
		if again, err := settle(s.Host, v.ID, false); err != nil || again.Outcome != attendance.HeIsRight {
			t.Errorf("settled twice: %+v %v", again, err)
		}
		e.Clock.Add(80 * time.Hour)
		if v, err = say(mine, attendance.OnLeave); err != nil {
			t.Fatal(err)
		}
		if v, err = settle(s.Host, v.ID, true); err != nil || !v.Waits || v.Standing.State != attendance.Present {
			t.Fatalf("in a closed roll: %+v %v", v, err)
		}
		list := corrections(t, e, clerk, attendance.CorrectionsInput{})
		if len(list) != 1 || len(list[0].Marks) != 1 || list[0].Marks[0].After.State != attendance.OnLeave {
			t.Fatalf("the township sees %+v", list)
		}
		if _, err := decide(e, a, clerk, attendance.DecideInput{IDs: []attendance.CorrectionID{list[0].ID}, Agree: true}); err != nil {
			t.Fatal(err)
		}
		if v := get(t, e, s); v.OnLeave != 1 || v.Present != 1 {
			t.Errorf("%+v", v.SessionView)
		}
		if v, err = say(mine, attendance.Present); err != nil {
			t.Fatal(err)
		}
		if v, err = settle(s.Host, v.ID, false); err != nil || v.Outcome != attendance.RollIsRight || v.Standing.State != attendance.OnLeave {
			t.Errorf("the roll stands: %+v %v", v, err)
		}
		attendancetest.Sound(t, e)
	})
}

// 请核对: at most one open for a school and month, nothing twice, and nobody above the township sees one.
func TestQuestions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		e.Do(t, func(tx *db.Tx) error {
			_, err := people.Enrol(tx, orgtest.By, people.EnrolInput{Site: s.Neighbour.ID, Person: s.Members[0], Since: date.New(2026, 11, 1)})
			return err
		})
		neighbour := attendancetest.Seated(t, e, orgtest.Seat{Role: access.Host, Path: s.Neighbour.Path})
		at := func(h int) *time.Time { x := date.Of(dbtest.Start).At(h, 0); return &x }
		hold := func(by access.Actor, site org.SiteID, from, to int) attendance.SessionID {
			in := s.Item(mark(s.Members[0], attendance.Present))
			in.Session, in.ActivityDay, in.Site = attendance.SessionID(id.New[School]()), calendar.DayID{}, site
			in.HeldOn, in.BeganAt, in.EndedAt = date.Of(dbtest.Start), at(from), at(to)
			attendancetest.MustSubmit(t, e, a, by, in)
			return in.Session
		}
		hold(s.Host, s.School.ID, 9, 11)
		hold(neighbour, s.Neighbour.ID, 11, 12) // he walked over
		ask := func(want int) {
			t.Helper()
			e.Do(t, func(tx *db.Tx) error {
				n, err := attendance.AskQuestions(tx, access.System("rolls.ask"))
				if n.Asked != want {
					t.Errorf("%d questions, want %d", n.Asked, want)
				}
				return err
			})
		}
		ask(0)
		hold(neighbour, s.Neighbour.ID, 10, 12)
		clock := dbtest.Start.Add(48 * time.Hour) // of a phone
		in := s.Item(mark(s.Members[1], attendance.Present))
		in.Session, in.ActivityDay, in.Site, in.HeldOn, in.RecordedAt = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID, date.Of(clock), &clock
		attendancetest.MustSubmit(t, e, a, s.Host, in)
		ask(2) // of each school one, though three things look odd
		ask(0)
		var list db.Page[attendance.QuestionView]
		e.See(t, func(tx *db.Tx) (err error) {
			for _, role := range []access.Role{access.County, access.Auditor} {
				if _, err := attendance.Questions(tx, orgtest.As(role, s.County.Path), attendance.QuestionsInput{}); fail.KindOf(err) != fail.ForbiddenAct {
					t.Errorf("%s: %v", role, err)
				}
			}
			for who, n := range map[*access.Actor]int{&s.Host: 1, &neighbour: 1} {
				if list, _ := attendance.Questions(tx, *who, attendance.QuestionsInput{}); len(list.Items) != n || !list.Items[0].MayAnswer {
					t.Errorf("a host sees %+v", list.Items)
				}
			}
			list, err = attendance.Questions(tx, orgtest.As(access.Township, s.Township.Path), attendance.QuestionsInput{})
			return err
		})
		if len(list.Items) != 2 || list.Items[0].MayAnswer {
			t.Fatalf("the township sees %+v", list.Items)
		}
		answer := func(by access.Actor, q attendance.QuestionID) error {
			return e.Write(context.Background(), func(tx *db.Tx) error {
				_, err := attendance.AnswerQuestion(tx, by, attendance.AnswerInput{Question: q, Answer: attendance.ItIsRight})
				return err
			})
		}
		if err := answer(neighbour, list.Items[0].ID); fail.KindOf(err) != fail.Missing {
			t.Errorf("another school answers: %v", err)
		}
		for _, q := range list.Items {
			by := s.Host
			if q.Site == s.Neighbour.ID {
				by = neighbour
			}
			for range 2 { // the second tap does nothing
				if err := answer(by, q.ID); err != nil {
					t.Error(err)
				}
			}
		}
		ask(1) // what is left of the first school
		ask(0)
	})
}
