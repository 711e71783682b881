package reports

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// world is a small county with a history that went through the rolls.
type world struct {
	*dbtest.Env
	orgtest.Tree
	a       *attendance.Area
	seq     int64
	rnd     *rand.Rand
	members map[org.SiteID][]people.PersonID
	others  map[org.SiteID][]people.PersonID
}

func onEach(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) { fn(t, newWorld(t, e)) })
}

func newWorld(t testing.TB, e *dbtest.Env) *world {
	t.Helper()
	w := &world{
		Env: e, Tree: orgtest.County(t, e), a: attendance.New(), rnd: rand.New(rand.NewPCG(3, 4)),
		members: map[org.SiteID][]people.PersonID{}, others: map[org.SiteID][]people.PersonID{},
	}
	for i, s := range w.Schools() {
		w.members[s.ID], w.others[s.ID] = peopletest.Roster(t, e, w.Tree, s, 4+i, 2)
	}
	w.enrol(t, w.Sister, w.members[w.Site.ID][1]) // a member of two schools of one village
	w.enrol(t, w.Far, w.members[w.Site.ID][2])    // and one of two townships
	e.Do(t, func(tx *db.Tx) error {
		_, err := people.Exempt(tx, orgtest.By, people.ExemptInput{
			Person: w.members[w.Far.ID][3], Since: date.New(2026, 1, 1), Until: date.New(2026, 12, 31), ApprovedBy: "镇党委",
		})
		return err
	})
	return w
}

func (w *world) enrol(t testing.TB, s org.School, p people.PersonID) {
	t.Helper()
	w.Do(t, func(tx *db.Tx) error {
		_, err := people.Enrol(tx, orgtest.By, people.EnrolInput{Site: s.ID, Person: p, Since: orgtest.LicensedOn})
		return err
	})
	w.members[s.ID] = append(w.members[s.ID], p)
}

// history holds sessions on the edges of months, and leaves one open.
func (w *world) history(t testing.TB) {
	t.Helper()
	for _, h := range []struct {
		school org.School
		day    date.Date
	}{
		{w.Site, date.New(2026, 9, 5)}, {w.Far, date.New(2026, 10, 1)}, {w.Sister, date.New(2026, 10, 15)},
		{w.Site, date.New(2026, 10, 31)}, {w.Neighbour, date.New(2026, 11, 1)}, {w.Site, date.New(2026, 11, 1)},
		{w.Far, date.New(2026, 11, 20)}, {w.Site, date.New(2026, 11, 20)},
	} {
		w.Clock.Set(h.day.At(21, 30))
		w.hold(t, h.school, h.day)
	}
	w.Clock.Set(date.New(2026, 11, 22).At(20, 0))
	w.Do(t, func(tx *db.Tx) error {
		_, err := w.a.Open(tx, orgtest.By, attendance.OpenInput{Site: w.Sister.ID})
		return err
	})
	w.Clock.Set(dbtest.Start)
}

// hold hands in a roll with what chance says of each person.
func (w *world) hold(t testing.TB, s org.School, day date.Date) attendance.Receipt {
	t.Helper()
	w.seq++
	adults, children := w.rnd.IntN(4), w.rnd.IntN(3)
	in := attendance.SubmitInput{
		Session: attendance.SessionID(id.New[struct{}]()), Site: s.ID, HeldOn: day, Minutes: 60 + w.rnd.IntN(60), Adults: &adults, Children: &children,
		Guests: []string{"王老三", "李四嫂"}[:w.rnd.IntN(3)], Stamp: attendance.Stamp{Device: "test", Seq: w.seq},
	}
	states := []attendance.State{attendance.Present, attendance.Present, attendance.Present, attendance.OnLeave, attendance.Absent, attendance.MadeUp}
	for i, p := range w.members[s.ID] {
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
	for _, p := range w.others[s.ID] {
		if w.rnd.IntN(2) == 0 {
			in.Marks = append(in.Marks, attendance.MarkInput{Person: p, Value: attendance.Value{State: attendance.Observer}})
		}
	}
	var r attendance.Receipt
	w.Do(t, func(tx *db.Tx) (err error) {
		r, err = w.a.Submit(tx, orgtest.By, in)
		return err
	})
	if r.Refused > 0 {
		t.Fatalf("refused %+v", r.Marks)
	}
	return r
}

// counted is what a slow recount finds.
type counted struct {
	sessions, attendances, minutes int
	people                         map[people.PersonID]bool
}

// recount counts sessions, marks and guests one by one.
func (w *world) recount(t testing.TB, path string, from, to date.Date, asOf time.Time) counted {
	t.Helper()
	c := counted{people: map[people.PersonID]bool{}}
	w.See(t, func(tx *db.Tx) error {
		sessions, err := db.Ask[struct {
			ID                        attendance.SessionID
			HeldOn                    date.Date
			Minutes, Adults, Children int
			State, Path               string
			SubmittedAt               *time.Time
		}](tx, "SELECT s.id, s.held_on, s.minutes, s.adults, s.children, s.state, u.path, s.submitted_at FROM sessions s JOIN units u ON u.id = s.site_id")
		if err != nil {
			return err
		}
		for _, s := range sessions {
			late := s.SubmittedAt == nil || !asOf.IsZero() && s.SubmittedAt.After(asOf)
			if s.State != "submitted" || late || !strings.HasPrefix(s.Path, path) || s.HeldOn.Before(from) || !to.IsZero() && s.HeldOn.After(to) {
				continue
			}
			c.sessions++
			c.minutes += s.Minutes
			c.attendances += s.Adults + s.Children
			marks, err := db.Ask[struct {
				PersonID people.PersonID
				State    string
			}](tx, "SELECT person_id, state FROM marks WHERE session_id = ?", s.ID)
			if err != nil {
				return err
			}
			for _, m := range marks {
				if m.State == "present" || m.State == "made_up" || m.State == "observer" {
					c.attendances++
					c.people[m.PersonID] = true
				}
			}
			guests, err := db.Ask[int](tx, "SELECT COUNT(*) FROM guests WHERE session_id = ?", s.ID)
			if err != nil {
				return err
			}
			c.attendances += guests[0]
		}
		return nil
	})
	return c
}

// ask runs an op that reads.
func ask[In, Out any](w *world, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out, err error) {
	err = w.Read(context.Background(), func(tx *db.Tx) (err error) {
		out, err = op(tx, by, in)
		return err
	})
	return out, err
}

func must[In, Out any](t testing.TB, w *world, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) Out {
	t.Helper()
	out, err := ask(w, op, by, in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func want(t testing.TB, what string, err error, kind fail.Kind) {
	t.Helper()
	if got := fail.KindOf(err); got != kind {
		t.Errorf("%s: %q (%v), want %q", what, got, err, kind)
	}
}
