package progress_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/progress"
)

type tag struct{}

func area() *attendance.Area {
	a := attendance.New()
	a.OnSubmitted(progress.Credit)
	return a
}

// session is an item of an ad-hoc session of the school, with the first lesson taught.
func session(s attendancetest.School, marks ...attendance.MarkInput) attendance.SubmitInput {
	in := s.Item(marks...)
	in.Session, in.ActivityDay, in.Site = attendance.SessionID(id.New[tag]()), calendar.DayID{}, s.School.ID
	in.Lessons = s.Lessons[:1]
	return in
}

func of(t *testing.T, e *dbtest.Env, person people.PersonID, year int) progress.StudyView {
	t.Helper()
	var v progress.StudyView
	e.See(t, func(tx *db.Tx) (err error) {
		v, err = progress.OfPerson(tx, access.System("test"), progress.OfPersonInput{Person: person, Year: year})
		return err
	})
	return v
}

// Once a year for one lesson, however often it is attended; taken back by a correction only when no
// other session gives it.
func TestCredit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 1)
		a := area()
		m := s.Members
		first := session(s, append(attendancetest.All(m[:2], attendance.Present), attendancetest.All(s.Villagers, attendance.Observer)...)...)
		second := session(s, attendancetest.All(m, attendance.Present)...)
		second.Lessons = s.Lessons
		attendancetest.MustSubmit(t, e, a, s.Host, first)
		attendancetest.MustSubmit(t, e, a, s.Host, second)
		hours := func(want ...int) {
			t.Helper()
			for i, p := range append(append([]people.PersonID{}, m...), s.Villagers...) {
				if got := of(t, e, p, 0); got.CentiHours != want[i] {
					t.Errorf("person %d has %d, want %d", i, got.CentiHours, want[i])
				}
			}
		}
		hours(200, 200, 200, 100)
		v := of(t, e, m[0], 0)
		if v.Count != 2 || v.Minutes != 180 || v.Threshold != 3200 || v.Category != progress.Member || v.Rule.Code != "yunnan-2024" {
			t.Errorf("study %+v", v)
		}
		sum := 0
		for _, x := range v.Sessions {
			sum += x.CentiHours
			for _, c := range x.Credits {
				if c.Rule != "yunnan-2024" || c.CountedOn.IsZero() || c.Here != (c.CentiHours > 0) {
					t.Errorf("credit %+v", c)
				}
			}
		}
		if sum != v.CentiHours {
			t.Errorf("sessions give %d of %d", sum, v.CentiHours)
		}
		if v := of(t, e, s.Villagers[0], 0); v.Threshold != 0 || v.Category != progress.NoThreshold {
			t.Errorf("a villager's threshold is %+v", v)
		}
		gone := session(s, attendance.MarkInput{Person: m[0], Value: attendance.Value{State: attendance.Absent}})
		gone.Session, gone.BaseRevision, gone.Why, gone.Lessons = first.Session, 1, "点错了", nil
		attendancetest.MustSubmit(t, e, a, s.Host, gone)
		hours(200, 200, 200, 100) // the second session gives it
		gone = session(s, attendance.MarkInput{Person: m[0], Value: attendance.Value{State: attendance.Absent}})
		gone.Session, gone.BaseRevision, gone.Why, gone.Lessons = second.Session, 1, "点错了", nil
		attendancetest.MustSubmit(t, e, a, s.Host, gone)
		hours(0, 200, 200, 100)
		none := session(s)
		none.Session, none.BaseRevision, none.Why, none.Lessons = second.Session, 2, "没讲", []courses.LessonID{}
		attendancetest.MustSubmit(t, e, a, s.Host, none)
		hours(0, 100, 0, 100)
	})
}

// Study made up counts on its own day, and so in the year of that day.
func TestMadeUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 0)
		a := area()
		e.Clock.Set(date.New(2027, 1, 4).At(20, 0))
		in := session(s, attendance.MarkInput{Person: s.Members[0], Value: attendance.Value{State: attendance.MadeUp, Reason: attendance.Delivered, MadeUpOn: date.New(2027, 1, 3)}},
			attendance.MarkInput{Person: s.Members[1], Value: attendance.Value{State: attendance.Present}})
		in.HeldOn = date.New(2026, 12, 30)
		attendancetest.MustSubmit(t, e, a, s.Host, in)
		for i, want := range [][2]int{{0, 100}, {100, 0}} {
			for j, year := range []int{2026, 2027} {
				if v := of(t, e, s.Members[i], year); v.CentiHours != want[j] || v.Count != want[j]/100 {
					t.Errorf("person %d has %d in %d", i, v.CentiHours, year)
				}
			}
		}
	})
}

func TestExempt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 1, 0)
		e.Do(t, func(tx *db.Tx) error {
			_, err := people.Exempt(tx, access.System("test"), people.ExemptInput{Person: s.Members[0], ApprovedBy: "凤山镇党委", Until: tx.Today().AddDays(30)})
			return err
		})
		if v := of(t, e, s.Members[0], 0); !v.Exempt || v.Threshold != 0 {
			t.Errorf("study %+v", v)
		}
	})
}

// A person at two schools whose hosts correct at once never keeps a credit that no session gives, and
// never loses one that a session gives.
func TestTwoSchoolsTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		sister := s
		sister.School = s.Sister
		sister.Host = coursestest.Actor(t, e, access.Host, s.Sister.Path)
		e.Do(t, func(tx *db.Tx) error {
			for _, p := range s.Members {
				if _, err := people.Enrol(tx, access.System("test"), people.EnrolInput{Site: s.Sister.ID, Person: p, Since: s.Sister.LicensedOn}); err != nil {
					return err
				}
			}
			return nil
		})
		a := area()
		schools := []attendancetest.School{s, sister}
		sessions := []attendance.SubmitInput{session(s, attendancetest.All(s.Members, attendance.Present)...), session(sister, attendancetest.All(s.Members, attendance.Present)...)}
		revision := []int{0, 0}
		d := rand.New(rand.NewPCG(3, 5))
		for round := range 20 {
			var wg sync.WaitGroup
			for i := range schools {
				in := sessions[i]
				if round > 0 {
					in = schools[i].Item(attendancetest.All(s.Members, []attendance.State{attendance.Present, attendance.Absent}[d.IntN(2)])...)
					in.Session, in.BaseRevision, in.Why = sessions[i].Session, revision[i], "改"
				}
				wg.Go(func() {
					r, err := attendancetest.Submit(e, a, schools[i].Host, in)
					if err != nil {
						t.Errorf("school %d: %v", i, err)
					}
					revision[i] = r.Revision
				})
			}
			wg.Wait()
			sound(t, e)
		}
		attendancetest.Sound(t, e)
	})
}

// sound fails the test when the credits are not those that the marks give.
func sound(t *testing.T, e *dbtest.Env) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		diff, err := progress.CheckCredits(tx)
		for _, d := range diff {
			t.Errorf("credit differs: %+v", d)
		}
		return err
	})
}

// Whatever is handed in and corrected, the credits are those that the marks give.
func TestRandomCredits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 4, 2)
		a := area()
		d := rand.New(rand.NewPCG(1, 2))
		sessions := make([]attendance.SubmitInput, 5)
		revision := make([]int, len(sessions))
		for i := range sessions {
			sessions[i] = session(s)
		}
		all := append(append([]people.PersonID{}, s.Members...), s.Villagers...)
		for range 80 {
			i := d.IntN(len(sessions))
			in := s.Item()
			in.Session, in.ActivityDay, in.Site = sessions[i].Session, calendar.DayID{}, s.School.ID
			in.BaseRevision, in.Why = revision[i], "改"
			for range d.IntN(6) {
				in.Marks = append(in.Marks, attendance.MarkInput{
					Person: all[d.IntN(len(all))], Value: attendance.Value{State: attendance.States[d.IntN(4)]},
				})
			}
			if d.IntN(3) == 0 {
				in.Lessons = s.Lessons[:d.IntN(3)]
			}
			if d.IntN(4) == 0 {
				in.HeldOn = s.Day.PlannedOn.AddDays(-d.IntN(30))
			}
			if r, err := attendancetest.Submit(e, a, s.Host, in); err == nil {
				revision[i] = r.Revision
				sound(t, e)
			}
		}
	})
}

func TestSeeStudy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 1, 0)
		other := peopletest.Add(t, e, s.Tree, peopletest.Person{Name: "罗成林"})
		can := map[access.Role]bool{access.County: true, access.Auditor: true, access.TownshipAdmin: true, access.Township: true, access.Village: true}
		e.See(t, func(tx *db.Tx) error {
			in := progress.OfPersonInput{Person: s.Members[0]}
			for _, seat := range s.Inside() {
				_, err := progress.OfPerson(tx, seat.Actor, in)
				if got := err == nil; got != can[seat.Role] {
					t.Errorf("inside %s: %v", seat.Name, err)
				}
			}
			for _, seat := range s.Outside() {
				if _, err := progress.OfPerson(tx, seat.Actor, in); fail.KindOf(err) != fail.Missing {
					t.Errorf("outside %s: %v", seat.Name, err)
				}
			}
			own := access.New(access.AccountID(id.New[tag]()), s.Members[0], "", []access.Grant{{Role: access.Trainee, Path: s.School.Path}})
			if v, err := progress.Own(tx, own, progress.OwnInput{}); err != nil || v.Person != s.Members[0] {
				t.Errorf("own: %v", err)
			}
			if _, err := progress.OfPerson(tx, own, in); err != nil {
				t.Errorf("own by address: %v", err)
			}
			if _, err := progress.OfPerson(tx, own, progress.OfPersonInput{Person: other}); fail.KindOf(err) != fail.Missing {
				t.Errorf("another's: %v", err)
			}
			if _, err := progress.Own(tx, own, progress.OwnInput{Year: 1789}); fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("a year before the records: %v", err)
			}
			_, err := progress.Own(tx, access.Visitor(), progress.OwnInput{})
			if fail.KindOf(err) != fail.Unauthenticated {
				t.Errorf("visitor: %v", err)
			}
			return nil
		})
	})
}

func TestPosition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 1, 0)
		trainee := coursestest.Actor(t, e, access.Trainee, s.School.Path)
		stranger := coursestest.Actor(t, e, access.Trainee, s.Far.Path)
		keep := func(by access.Actor, ms int) error {
			return e.Write(context.Background(), func(tx *db.Tx) error {
				_, err := progress.KeepPosition(tx, by, progress.KeepPositionInput{Lesson: s.Lessons[0], PositionMs: ms})
				return err
			})
		}
		for _, ms := range []int{1000, 5000, 3000} {
			if err := keep(trainee, ms); err != nil {
				t.Fatal(err)
			}
		}
		if err := keep(trainee, -1); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("before the start: %v", err)
		}
		if err := keep(stranger, 1); fail.KindOf(err) != fail.Missing {
			t.Errorf("another township's lesson: %v", err)
		}
		if err := keep(access.Visitor(), 1); fail.KindOf(err) != fail.Unauthenticated {
			t.Errorf("visitor: %v", err)
		}
		e.See(t, func(tx *db.Tx) error {
			v, err := progress.Position(tx, trainee, progress.PositionInput{Lesson: s.Lessons[0]})
			if v.PositionMs != 3000 {
				t.Errorf("position %+v", v)
			}
			return err
		})
	})
}
