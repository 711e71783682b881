package attendance_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// The facts are right for each way of marking, in the order of names, for the secretary alone and of his own members alone.
func TestAbsences(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := attendancetest.New(t, e, 4, 1)
		join := func(p people.PersonID, branch org.UnitID) {
			e.Do(t, func(tx *db.Tx) error {
				v, err := people.Get(tx, orgtest.By, people.GetInput{ID: p})
				if err != nil {
					return err
				}
				_, err = people.Edit(tx, orgtest.By, people.EditInput{Person: p, Details: people.Details{Name: v.Name, Gender: v.Gender, BirthYear: v.BirthYear, Village: v.VillageID, Branch: branch}})
				return err
			})
		}
		for i, p := range h.Members {
			if i == 3 {
				join(p, h.Branch2.ID)
			} else {
				join(p, h.Branch.ID)
			}
		}
		states := []attendance.State{attendance.Absent, attendance.OnLeave, attendance.Present, attendance.Absent}
		var marks []attendance.MarkInput
		for i, p := range h.Members {
			value := attendance.Value{State: states[i]}
			if states[i] == attendance.OnLeave {
				value.Reason = "farm"
			}
			marks = append(marks, attendance.MarkInput{Person: p, Value: value})
		}
		attendancetest.MustSubmit(t, e, attendance.New(), h.Host, h.Item(marks...))
		secretary := orgtest.As(access.Secretary, h.Branch.Path)
		var held date.Date
		e.See(t, func(tx *db.Tx) error {
			v, err := attendance.AbsencesOf(tx, secretary, attendance.AbsencesInput{})
			if err != nil {
				return err
			}
			got := map[people.PersonID][6]int{}
			for i, l := range v.Items {
				got[l.Person] = [6]int{l.Due, l.Came, l.OnLeave, l.Absent, l.Unmarked, l.SinceLast}
				if i > 0 && v.Items[i-1].Name > l.Name {
					t.Errorf("%s stands before %s", v.Items[i-1].Name, l.Name)
				}
				if l.Absent > 0 {
					held = l.AbsentSince
				}
			}
			want := map[people.PersonID][6]int{h.Members[0]: {1, 0, 0, 1, 0, 1}, h.Members[1]: {1, 0, 1, 0, 0, 0}, h.Members[2]: {1, 1, 0, 0, 0, 0}}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			one, err := attendance.AbsencesOfMember(tx, secretary, attendance.AbsencesOfInput{Person: h.Members[0]})
			if len(one.Sessions) != 1 || one.Sessions[0].State != attendance.Absent || !one.Sessions[0].MayOpen || one.Sessions[0].HeldOn != held {
				t.Errorf("%+v", one)
			}
			return err
		})
		e.See(t, func(tx *db.Tx) error { // an earlier span has nobody due, and is no fault
			v, err := attendance.AbsencesOf(tx, secretary, attendance.AbsencesInput{To: held.AddDays(-1)})
			if len(v.Items) != 3 || v.Items[0].Due+v.Items[1].Due+v.Items[2].Due != 0 {
				t.Errorf("%+v", v.Items)
			}
			if _, bad := attendance.AbsencesOf(tx, secretary, attendance.AbsencesInput{From: held, To: held.AddDays(-1)}); fail.KindOf(bad) != fail.InvalidInput {
				t.Errorf("backwards: %v", bad)
			}
			return err
		})
		for _, seat := range h.Inside() {
			e.See(t, func(tx *db.Tx) error {
				_, err := attendance.AbsencesOf(tx, seat.Actor, attendance.AbsencesInput{})
				if want := seat.Role == access.Secretary; (err == nil) != want {
					t.Errorf("%s: %v", seat.Name, err)
				}
				return nil
			})
		}
		e.See(t, func(tx *db.Tx) error {
			in := attendance.AbsencesOfInput{Person: h.Members[3]}
			if _, err := attendance.AbsencesOfMember(tx, secretary, in); fail.KindOf(err) != fail.Missing {
				t.Errorf("a member of another branch at his school: %v", err)
			}
			return nil
		})
		e.Clock.Add(48 * time.Hour)
		e.See(t, func(tx *db.Tx) error { // what is before the span tells since when somebody is away
			v, err := attendance.AbsencesOf(tx, secretary, attendance.AbsencesInput{From: held.AddDays(1)})
			for _, l := range v.Items {
				var want attendance.AbsenceLine
				switch l.Person {
				case h.Members[0]:
					want.AbsentSince, want.SinceLast = held, 1
				case h.Members[2]:
					want.LastCame = held
				}
				if l.Due != 0 || l.LastCame != want.LastCame || l.AbsentSince != want.AbsentSince || l.SinceLast != want.SinceLast {
					t.Errorf("%+v, want %+v", l, want)
				}
			}
			return err
		})
	})
}
