package attendance_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

func write[In, Out any](e *dbtest.Env, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) error {
	return e.Write(context.Background(), func(tx *db.Tx) error { _, err := op(tx, by, in); return err })
}

func guests(t *testing.T, e *dbtest.Env, s attendancetest.School) []attendance.GuestLine {
	t.Helper()
	var out []attendance.GuestLine
	e.See(t, func(tx *db.Tx) error {
		page, err := attendance.Guests(tx, s.Host, attendance.SessionInput{ID: s.Day.SessionID})
		out = page.Items
		return err
	})
	return out
}

// A name outside the roster becomes a person's mark and a mere name again, and whatever is done is counted once.
func TestGuests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 1)
		a := attendance.New()
		far := peopletest.Add(t, e, s.Tree, peopletest.Person{Name: "何永贵", Village: s.Village3.ID, Site: s.Far.ID})
		in := s.Item(mark(s.Members[0], attendance.Present), mark(s.Members[1], attendance.Absent))
		names, two := []string{"何永贵", "桂芬", "三嫂"}, 2
		in.Guests, in.Adults, in.Lessons = names, &two, s.Lessons
		attendancetest.MustSubmit(t, e, a, s.Host, in)
		list := guests(t, e, s)
		if len(list) != 3 || len(list[0].Likely) != 0 { // the host may not know who lives elsewhere
			t.Fatalf("%+v", list)
		}
		ref := func(i int) attendance.GuestInput {
			return attendance.GuestInput{Session: s.Day.SessionID, Guest: list[i].ID}
		}
		clerk := access.New(s.Host.Account, access.PersonID{}, "", []access.Grant{{Role: access.Village, Path: s.County.Path}})
		attach := func(i int, p people.PersonID) error {
			return write(e, a.AttachGuest, clerk, attendance.AttachInput{GuestInput: ref(i), Person: p})
		}
		expect := func(step string, want attendance.Tally) {
			t.Helper()
			if d := cmp.Diff(want, get(t, e, s).Tally); d != "" {
				t.Errorf("%s: %s", step, d)
			}
			attendancetest.Sound(t, e)
		}
		if got := fail.KindOf(write(e, a.AttachGuest, s.Host, attendance.AttachInput{GuestInput: ref(0), Person: far})); got != fail.Missing {
			t.Errorf("by a host who may not know the person: %q", got)
		}
		for _, err := range []error{attach(0, far), attach(1, s.Members[1]), attach(2, s.Members[0])} {
			if err != nil {
				t.Fatal(err)
			}
		}
		// The stranger observes, the absent member was there after all, and who was there already is counted once.
		expect("attached", attendance.Tally{Due: 3, Present: 2, Unmarked: 1, Observers: 1, Adults: 2})
		if got := guests(t, e, s)[0]; got.Person != far || got.PersonName != "何永贵" || got.AttachedBy != s.Host.Account || got.AttachedAt == nil {
			t.Errorf("%+v", got)
		}
		// A phone that knows nothing of it hands in the old names: nobody is counted twice.
		again := s.Item()
		again.BaseRevision, again.Guests, again.Why = get(t, e, s).Revision, names, "核对"
		attendancetest.MustSubmit(t, e, a, s.Host, again)
		expect("handed in again", attendance.Tally{Due: 3, Present: 2, Unmarked: 1, Observers: 1, Adults: 2})
		for i := range 3 {
			if err := write(e, a.DetachGuest, clerk, ref(i)); err != nil {
				t.Fatal(err)
			}
			if err := write(e, a.DetachGuest, clerk, ref(i)); err != nil { // twice is once
				t.Fatal(err)
			}
		}
		expect("detached", attendance.Tally{Due: 3, Present: 1, Absent: 1, Unmarked: 1, Guests: 3, Adults: 2})
		if got := fail.KindOf(write(e, a.DetachGuest, clerk, attendance.GuestInput{Session: s.Day.SessionID, Guest: attendance.GuestID(id.Random[people.Person]())})); got != fail.Missing {
			t.Errorf("no such guest: %q", got)
		}
	})
}

// One of two who attach the same name at once to different persons comes second, and what he says stands.
func TestGuestsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 8, 0)
		a := attendance.New()
		in := s.Item(mark(s.Members[0], attendance.Absent))
		in.Guests = []string{"桂芬"}
		attendancetest.MustSubmit(t, e, a, s.Host, in)
		g := guests(t, e, s)[0].ID
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				in := attendance.AttachInput{GuestInput: attendance.GuestInput{Session: s.Day.SessionID, Guest: g}, Person: s.Members[i]}
				if err := write(e, a.AttachGuest, s.Host, in); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := get(t, e, s).Tally; got.Present != 1 || got.Guests != 0 || got.Due != 8 {
			t.Errorf("%+v", got)
		}
		attendancetest.Sound(t, e)
	})
}

// A standing that is entered afterwards for the day of a roll changes nothing until the roll is corrected; then the marks that
// stand on the wrong list are counted anew, with a trace.
func TestStandingEnteredAfterwards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 1)
		a := attendance.New()
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(mark(s.Members[0], attendance.Present), mark(s.Members[1], attendance.Absent), mark(s.Villagers[0], attendance.Observer)))
		day := date.Of(dbtest.Start).AddDays(-1)
		for p, standing := range map[people.PersonID]people.Standing{s.Members[0]: people.Villager, s.Members[1]: people.Applicant, s.Villagers[0]: people.Probationary} {
			if err := write(e, people.SetStanding, orgtest.By, people.SetStandingInput{Person: p, Standing: standing, Since: day}); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := get(t, e, s).Tally, (attendance.Tally{Due: 3, Present: 1, Absent: 1, Unmarked: 1, Observers: 1}); got != want {
			t.Errorf("before the correction %+v", got)
		}
		attendancetest.Sound(t, e)
		fix := s.Item()
		one := 1
		fix.BaseRevision, fix.Adults, fix.Why = 1, &one, "身份改了"
		attendancetest.MustSubmit(t, e, a, s.Host, fix)
		if got, want := get(t, e, s).Tally, (attendance.Tally{Due: 2, Present: 1, Unmarked: 1, Observers: 1, Adults: 1}); got != want {
			t.Errorf("after it %+v", got)
		}
		attendancetest.Sound(t, e)
	})
}

// Who is noted as away leaves the roll that is being called at once; one who was due in a roll handed in stays there until
// it is corrected.
func TestAwayLeavesTheRoll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		s.Open(t, e, a)
		note := func(p people.PersonID) {
			t.Helper()
			if err := write(e, people.NoteAway, s.Host, people.NoteAwayInput{Site: s.Site.ID, Person: p, State: people.Away}); err != nil {
				t.Fatal(err)
			}
		}
		note(s.Members[0])
		if v := roll(t, e, s); len(v.DueList) != 2 {
			t.Errorf("%d on the roll", len(v.DueList))
		}
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(mark(s.Members[1], attendance.Present)))
		note(s.Members[2])
		if got := get(t, e, s).Tally; got.Due != 2 {
			t.Errorf("%+v", got)
		}
		attendancetest.Sound(t, e)
	})
}
