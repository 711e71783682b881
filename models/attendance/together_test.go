package attendance_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/people"
)

const rounds = 20

// Phones that submit at the same moment: the host's and the head's, with marks that overlap. No mark
// is lost, the tallies are those of the rows, and what they said differently is there twice.
func TestSubmitTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 12, 4)
		head := coursestest.Actor(t, e, access.Head, s.School.Path)
		a := attendance.New()
		for round := range rounds {
			session := attendance.SessionID(id.New[School]())
			items := make([]attendance.SubmitInput, 4)
			for i := range items {
				items[i] = overlapping(s, session, i)
				if round%2 == 0 {
					items[i].ActivityDay, items[i].Site = calendar.DayID{}, s.School.ID // nobody has opened it
				}
			}
			if round%2 == 1 {
				e.Do(t, func(tx *db.Tx) error {
					_, err := a.Open(tx, s.Host, attendance.OpenInput{Session: session, Site: s.School.ID})
					return err
				})
			}
			receipts := together(t, e, a, []access.Actor{s.Host, head}, items)
			held(t, e, s, session, items, receipts)
		}
		attendancetest.Sound(t, e)
	})
}

// overlapping is the item of the i-th phone: its own four people, and the first one, of whom each phone
// says something else.
func overlapping(s attendancetest.School, session attendance.SessionID, i int) attendance.SubmitInput {
	marks := attendancetest.All(s.Members[i*3:i*3+3], attendance.Present)
	marks = append(marks, mark(s.Villagers[i%2], attendance.Observer))
	first := attendance.States[1:4] // present, on leave, absent
	if i > 0 {
		marks = append(marks, mark(s.Members[0], first[i%3]))
	}
	in := s.Item(marks...)
	in.Session, in.ActivityDay = session, calendar.DayID{}
	in.Site = s.School.ID
	in.Guests = []string{"何永贵", string(rune('甲' + i))}
	in.Lessons = s.Lessons[:1]
	return in
}

func together(t *testing.T, e *dbtest.Env, a *attendance.Area, who []access.Actor, items []attendance.SubmitInput) []attendance.Receipt {
	t.Helper()
	out := make([]attendance.Receipt, len(items))
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i, in := range items {
		wg.Go(func() {
			<-start
			var err error
			if out[i], err = attendancetest.Submit(e, a, who[i%len(who)], in); err != nil {
				t.Errorf("phone %d: %v", i, err)
			}
		})
	}
	close(start)
	wg.Wait()
	return out
}

// held compares the session with what the phones were told.
func held(t *testing.T, e *dbtest.Env, s attendancetest.School, session attendance.SessionID, items []attendance.SubmitInput, receipts []attendance.Receipt) {
	t.Helper()
	var v attendance.RollView
	e.See(t, func(tx *db.Tx) (err error) {
		v, err = attendance.Get(tx, s.Host, attendance.SessionInput{ID: session})
		return err
	})
	standing := map[people.PersonID]attendance.Value{}
	for _, p := range append(v.DueList, v.CameList...) {
		standing[p.Person] = p.Value
	}
	said := map[people.PersonID]map[attendance.State]bool{}
	disputes := 0
	for i, in := range items {
		for j, m := range in.Marks {
			if said[m.Person] == nil {
				said[m.Person] = map[attendance.State]bool{}
			}
			said[m.Person][m.State] = true
			switch out := receipts[i].Marks[j].Outcome; out {
			case attendance.Accepted:
				if standing[m.Person] != m.Value {
					t.Errorf("accepted %+v, the roll says %+v", m, standing[m.Person])
				}
			case attendance.Disputed:
				disputes++
			case attendance.Refused:
				t.Errorf("refused %+v", receipts[i].Marks[j])
			}
		}
	}
	kept := 0
	for _, c := range v.Conflicts {
		kept += len(c.Said)
	}
	if len(v.GuestList) != len(items)+1 || v.Observers != 2 || v.Unmarked != 0 || kept > disputes || kept != len(said[s.Members[0]])-1 {
		t.Errorf("guests %d, observers %d, unmarked %d, kept %d of %d disputes", len(v.GuestList), v.Observers, v.Unmarked, kept, disputes)
	}
}

// The same item from both ends of a bad line at once: one effect, one receipt.
func TestSameItemTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 4, 0)
		a := attendance.New()
		for range rounds {
			in := s.Item(attendancetest.All(s.Members, attendance.Present)...)
			in.Session, in.ActivityDay, in.Site = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID
			r := together(t, e, a, []access.Actor{s.Host}, []attendance.SubmitInput{in, in, in})
			for _, x := range r {
				if x.Revision != 1 || x.Present != 4 || x.Marks[0].Outcome != attendance.Accepted {
					t.Errorf("receipt %+v", x)
				}
			}
		}
		attendancetest.Sound(t, e)
	})
}

// Two hosts start the evening at once: one session.
func TestOpenTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 1, 0)
		a := attendance.New()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				err := e.Write(context.Background(), func(tx *db.Tx) error {
					_, err := a.Open(tx, s.Host, attendance.OpenInput{ActivityDay: s.Day.ID})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		e.See(t, func(tx *db.Tx) error {
			page, err := attendance.List(tx, s.Host, attendance.ListInput{Site: s.School.ID})
			if len(page.Items) != 1 {
				t.Errorf("%d sessions", len(page.Items))
			}
			return err
		})
	})
}

// Whatever phones send in whatever order, the tallies are those of the rows.
func TestRandomItems(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 6, 4)
		a := attendance.New()
		d := rand.New(rand.NewPCG(7, 11))
		sessions := make([]attendance.SessionID, 4)
		for i := range sessions {
			sessions[i] = attendance.SessionID(id.New[School]())
		}
		revisions := map[attendance.SessionID]int{}
		for step := range 120 {
			in := randomItem(d, s, sessions[d.IntN(len(sessions))], revisions)
			r, err := attendancetest.Submit(e, a, s.Host, in)
			if err != nil {
				continue // an item that cannot stand leaves nothing behind
			}
			revisions[in.Session] = r.Revision
			if step%20 == 19 {
				attendancetest.Sound(t, e)
			}
		}
		if len(revisions) != len(sessions) {
			t.Errorf("only %d sessions were handed in", len(revisions))
		}
		attendancetest.Sound(t, e)
	})
}

func randomItem(d *rand.Rand, s attendancetest.School, session attendance.SessionID, revisions map[attendance.SessionID]int) attendance.SubmitInput {
	all := append(append([]people.PersonID{}, s.Members...), s.Villagers...)
	var marks []attendance.MarkInput
	for range d.IntN(8) {
		m := mark(all[d.IntN(len(all))], attendance.States[d.IntN(len(attendance.States))])
		if m.State == attendance.MadeUp {
			m.MadeUpOn = s.Day.PlannedOn
		}
		marks = append(marks, m)
	}
	in := s.Item(marks...)
	in.Session, in.ActivityDay, in.Site = session, calendar.DayID{}, s.School.ID
	in.BaseRevision, in.Why, in.Minutes = d.IntN(revisions[session]+1), "改", 30+d.IntN(3)*30
	if d.IntN(4) == 0 {
		in.HeldOn = s.Day.PlannedOn.AddDays(-d.IntN(45))
	}
	if d.IntN(3) == 0 {
		in.Guests = []string{"何永贵", "李三嫂", "马春香"}[:d.IntN(4)]
		n := d.IntN(5)
		in.Adults = &n
	}
	if d.IntN(3) == 0 {
		in.Lessons = s.Lessons[:d.IntN(3)]
	}
	return in
}
