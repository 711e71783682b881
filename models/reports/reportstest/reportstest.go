// Package reportstest builds a small county with a history that went through the rolls.
package reportstest

import (
	"math/rand/v2"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// County is orgtest's, with a roster of members and two villagers for each school. One member stands on the rosters of two
// schools of a village, one on those of two townships, and one is exempt.
type County struct {
	orgtest.Tree
	Env     *dbtest.Env
	Area    *attendance.Area
	Members map[org.SiteID][]access.PersonID
	Others  map[org.SiteID][]access.PersonID
	seq     int64
	rnd     *rand.Rand
}

// New makes it in an empty database.
func New(t testing.TB, e *dbtest.Env) *County {
	t.Helper()
	w := &County{
		Env: e, Tree: orgtest.County(t, e), Area: attendance.New(), rnd: rand.New(rand.NewPCG(3, 4)),
		Members: map[org.SiteID][]access.PersonID{}, Others: map[org.SiteID][]access.PersonID{},
	}
	for i, s := range w.Schools() {
		w.Members[s.ID], w.Others[s.ID] = peopletest.Roster(t, e, w.Tree, s, 4+i, 2)
	}
	w.enrol(t, w.Sister, w.Members[w.Site.ID][1])
	w.enrol(t, w.Far, w.Members[w.Site.ID][2])
	e.Do(t, func(tx *db.Tx) error {
		_, err := people.Exempt(tx, orgtest.By, people.ExemptInput{
			Person: w.Members[w.Far.ID][3], Since: date.New(2026, 1, 1), Until: date.New(2026, 12, 31), ApprovedBy: "镇党委",
		})
		return err
	})
	return w
}

func (w *County) enrol(t testing.TB, s org.School, p access.PersonID) {
	t.Helper()
	w.Env.Do(t, func(tx *db.Tx) error {
		_, err := people.Enrol(tx, orgtest.By, people.EnrolInput{Site: s.ID, Person: p, Since: orgtest.LicensedOn})
		return err
	})
	w.Members[s.ID] = append(w.Members[s.ID], p)
}

// History hands in eight rolls on the edges of months, and leaves one session open.
func (w *County) History(t testing.TB) {
	t.Helper()
	for _, h := range []struct {
		school org.School
		day    date.Date
	}{
		{w.Site, date.New(2026, 9, 5)},
		{w.Far, date.New(2026, 10, 1)},
		{w.Sister, date.New(2026, 10, 15)},
		{w.Site, date.New(2026, 10, 31)},
		{w.Neighbour, date.New(2026, 11, 1)},
		{w.Site, date.New(2026, 11, 1)},
		{w.Far, date.New(2026, 11, 20)},
		{w.Site, date.New(2026, 11, 20)},
	} {
		w.Env.Clock.Set(h.day.At(21, 30))
		w.Hold(t, h.school, h.day)
	}
	w.Env.Clock.Set(date.New(2026, 11, 22).At(20, 0))
	w.Env.Do(t, func(tx *db.Tx) error {
		_, err := w.Area.Open(tx, orgtest.By, attendance.OpenInput{Site: w.Sister.ID})
		return err
	})
	w.Env.Clock.Set(dbtest.Start)
}

// Hold hands in a roll with what chance says of each person.
func (w *County) Hold(t testing.TB, s org.School, day date.Date) attendance.Receipt {
	t.Helper()
	w.seq++
	adults, children := w.rnd.IntN(4), w.rnd.IntN(3)
	in := attendance.SubmitInput{
		Session: attendance.SessionID(id.New[struct{}]()), Site: s.ID, HeldOn: day, Minutes: 60 + w.rnd.IntN(60), Adults: &adults, Children: &children,
		Guests: []string{"王老三", "李四嫂"}[:w.rnd.IntN(3)], Stamp: attendance.Stamp{Device: "test", Seq: w.seq},
	}
	states := []attendance.State{attendance.Present, attendance.Present, attendance.Present, attendance.OnLeave, attendance.Absent, attendance.MadeUp}
	for i, p := range w.Members[s.ID] {
		state := states[w.rnd.IntN(len(states))]
		if i == 0 {
			state = attendance.Present
		}
		m := attendance.MarkInput{Person: p, Value: attendance.Value{State: state}}
		if state == attendance.MadeUp {
			m.MadeUpOn = day
		}
		in.Marks = append(in.Marks, m)
	}
	for _, p := range w.Others[s.ID] {
		if w.rnd.IntN(2) == 0 {
			in.Marks = append(in.Marks, attendance.MarkInput{Person: p, Value: attendance.Value{State: attendance.Observer}})
		}
	}
	var r attendance.Receipt
	w.Env.Do(t, func(tx *db.Tx) (err error) {
		r, err = w.Area.Submit(tx, orgtest.By, in)
		return err
	})
	if r.Refused > 0 {
		t.Fatalf("refused %+v", r.Marks)
	}
	return r
}
