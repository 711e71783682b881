// Package attendancetest builds a school with an activity day due today, and sessions of it, through
// attendance's own ops.
package attendancetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// School is a school with a roster, a host with an account, an activity day due on dbtest.Start,
// and two reviewed lessons of 30 minutes that were published to it.
type School struct {
	orgtest.Tree
	School             org.School
	Host               access.Actor
	Members, Villagers []people.PersonID
	Day                calendar.DayView
	Lessons            []courses.LessonID
}

// New makes it in an empty database.
func New(t testing.TB, e *dbtest.Env, due, villagers int) School {
	t.Helper()
	s := School{Tree: orgtest.County(t, e)}
	s.School = s.Site
	s.Members, s.Villagers = peopletest.Roster(t, e, s.Tree, s.Site, due, villagers)
	s.Host = coursestest.Actor(t, e, access.Host, s.Site.Path)
	calendartest.Rule(t, e, s.Township.ID, calendartest.OnDay(23))
	s.Day = calendartest.Day(t, e, s.Site.ID, date.Of(dbtest.Start).Month())
	s.Lessons = s.Publish(t, e, "春茶管理", "茶园施肥")
	return s
}

var devices atomic.Int64

// Device names a phone of its own.
func Device() string { return fmt.Sprintf("phone-%d", devices.Add(1)) }

// All marks everyone with the same state.
func All(persons []people.PersonID, state attendance.State) []attendance.MarkInput {
	out := make([]attendance.MarkInput, len(persons))
	for i, p := range persons {
		out[i] = attendance.MarkInput{Person: p, Value: attendance.Value{State: state}}
	}
	return out
}

// Open opens the session of the activity day.
func (s School) Open(t testing.TB, e *dbtest.Env, a *attendance.Area) attendance.SessionView {
	t.Helper()
	var v attendance.SessionView
	e.Do(t, func(tx *db.Tx) (err error) {
		v, err = a.Open(tx, s.Host, attendance.OpenInput{ActivityDay: s.Day.ID})
		return err
	})
	return v
}

// Item is an item of the day's session from a new phone, of 90 minutes.
func (s School) Item(marks ...attendance.MarkInput) attendance.SubmitInput {
	recorder := "杨桂芳"
	return attendance.SubmitInput{
		Session: s.Day.SessionID, ActivityDay: s.Day.ID, Minutes: 90, Recorder: &recorder, Marks: marks,
		Stamp: attendance.Stamp{Device: Device(), Seq: 1},
	}
}

// Submit hands an item in and gives the error.
func Submit(e *dbtest.Env, a *attendance.Area, by access.Actor, in attendance.SubmitInput) (attendance.Receipt, error) {
	var r attendance.Receipt
	err := e.Write(context.Background(), func(tx *db.Tx) (err error) {
		r, err = a.Submit(tx, by, in)
		return err
	})
	return r, err
}

// MustSubmit hands an item in.
func MustSubmit(t testing.TB, e *dbtest.Env, a *attendance.Area, by access.Actor, in attendance.SubmitInput) attendance.Receipt {
	t.Helper()
	r, err := Submit(e, a, by, in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Admit lets in every roll of the school that waits for the township.
func Admit(t testing.TB, e *dbtest.Env, a *attendance.Area, s School) {
	t.Helper()
	clerk := coursestest.Actor(t, e, access.Township, s.Township.Path)
	e.Do(t, func(tx *db.Tx) error {
		late, err := attendance.LateRolls(tx, clerk, attendance.LateInput{Site: s.School.ID})
		if err != nil || len(late.Items) == 0 {
			return err
		}
		var in attendance.AdmitInput
		for _, v := range late.Items {
			in.Sessions = append(in.Sessions, v.ID)
		}
		_, err = a.Admit(tx, clerk, in)
		return err
	})
}

// Sound fails the test when a tally differs from the rows.
func Sound(t testing.TB, e *dbtest.Env) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		diff, err := attendance.CheckTallies(tx)
		for _, d := range diff {
			t.Errorf("tally differs: %+v", d)
		}
		return err
	})
}

// Seated is the actor of a seat with an account that stands in its table.
func Seated(t testing.TB, e *dbtest.Env, seat orgtest.Seat) access.Actor {
	t.Helper()
	return coursestest.Actor(t, e, seat.Role, seat.Path)
}
