package progress_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/progress"
)

// merging is a school where two of the roster are one person.
type merging struct {
	attendancetest.School
	e          *dbtest.Env
	people     *people.Area
	attendance *attendance.Area
	kept, gone people.PersonID
	clerk      access.Actor
	sessions   []attendance.SessionID
}

func newMerging(t *testing.T, e *dbtest.Env) *merging {
	t.Helper()
	m := &merging{School: attendancetest.New(t, e, 4, 2), e: e, people: peopletest.Area(t), attendance: attendance.New()}
	for _, p := range []people.Part{accounts.PeoplePart(), attendance.PeoplePart(), progress.PeoplePart()} {
		m.people.OnMerged(p)
	}
	m.attendance.OnSubmitted(progress.Credit)
	m.kept, m.gone = m.Members[1], m.Members[2]
	m.clerk = accountstest.As(t, e, access.Village, m.Village.ID)
	return m
}

// hold hands in a session so many days ago in which the two have the states; "" leaves one unmarked.
func (m *merging) hold(t *testing.T, ago int, kept, gone attendance.State, others ...attendance.MarkInput) attendance.SessionID {
	t.Helper()
	var v attendance.SessionView
	on := date.Of(dbtest.Start).AddDays(-ago)
	m.e.Do(t, func(tx *db.Tx) (err error) {
		v, err = m.attendance.Open(tx, m.Host, attendance.OpenInput{Site: m.Site.ID, HeldOn: on})
		return err
	})
	in := m.Item(append(others, attendance.MarkInput{Person: m.Members[0], Value: attendance.Value{State: attendance.Present}})...)
	in.Session, in.Lessons = v.ID, m.Lessons[:1+ago%2]
	in.ActivityDay = calendar.DayID{}
	for p, s := range map[people.PersonID]attendance.State{m.kept: kept, m.gone: gone} {
		value := attendance.Value{State: s}
		if s == attendance.MadeUp {
			value.MadeUpOn = date.Of(dbtest.Start)
		}
		if s != "" {
			in.Marks = append(in.Marks, attendance.MarkInput{Person: p, Value: value})
		}
	}
	attendancetest.MustSubmit(t, m.e, m.attendance, m.Host, in)
	m.sessions = append(m.sessions, v.ID)
	return v.ID
}

func (m *merging) correct(t *testing.T, session attendance.SessionID, marks ...attendance.MarkInput) {
	t.Helper()
	var now attendance.RollView
	m.e.See(t, func(tx *db.Tx) (err error) {
		now, err = attendance.Get(tx, m.Host, attendance.SessionInput{ID: session})
		return err
	})
	in := m.Item(marks...)
	in.Session, in.BaseRevision, in.Why = session, now.Revision, "补录"
	in.ActivityDay = calendar.DayID{}
	attendancetest.MustSubmit(t, m.e, m.attendance, m.Host, in)
}

func (m *merging) merge(by access.Actor) (out people.Merged, err error) {
	err = m.e.Write(context.Background(), func(tx *db.Tx) (err error) {
		out, err = m.people.Merge(tx, by, people.MergeInput{Kept: m.kept, Gone: m.gone})
		return err
	})
	return out, err
}

func (m *merging) unmerge(by access.Actor, merge people.MergeID) error {
	return m.e.Write(context.Background(), func(tx *db.Tx) error {
		_, err := m.people.Unmerge(tx, by, people.UnmergeInput{ID: merge})
		return err
	})
}

// sound holds all tallies and credits against the rolls, and that nothing hangs on a record that is merged.
func (m *merging) sound(t *testing.T, step string) {
	t.Helper()
	m.e.See(t, func(tx *db.Tx) error {
		diff, err := attendance.CheckTallies(tx)
		if err != nil {
			return err
		}
		credits, err := progress.CheckCredits(tx)
		for _, d := range append(diff, credits...) {
			t.Errorf("%s: %+v", step, d)
		}
		for _, table := range []string{"marks", "mark_changes", "mark_conflicts", "guests", "rosters", "posts", "accounts", "credits", "person_months", "person_sites"} {
			var n int
			if e := tx.Raw("SELECT COUNT(*) FROM " + table + " x JOIN persons p ON p.id = x.person_id WHERE p.merged_into IS NOT NULL").Scan(&n).Error; e != nil {
				return e
			}
			if n > 0 {
				t.Errorf("%s: %d rows of %s hang on a merged record", step, n, table)
			}
		}
		return err
	})
}

var dumped = strings.Fields(`persons standings exemptions rosters posts life_states affiliations households accounts grants sessions session_lessons
marks mark_changes mark_conflicts guests roll_items credits person_months person_sites activity_days`)

// dump is every row of every table that a merge may touch, byte by byte.
func (m *merging) dump(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, table := range dumped {
		rows, err := m.e.Pool().QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range into {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			line := ""
			for i, v := range values {
				if b, ok := v.([]byte); ok {
					v = fmt.Sprintf("%x", b)
				}
				line += fmt.Sprintf("%s=%v ", names[i], v)
			}
			out[table] = append(out[table], line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
		slices.Sort(out[table])
	}
	return out
}

// full gives the two everything that a merge moves: marks of every kind in the same and in different sessions, corrections, two
// phones that disagree, names outside the roster, places, posts, exemptions, a number, a household, an account.
func (m *merging) full(t *testing.T) {
	t.Helper()
	day := date.Of(dbtest.Start)
	states := []attendance.State{"", attendance.Present, attendance.Absent, attendance.OnLeave, attendance.MadeUp}
	ago := 1
	for _, k := range states {
		for _, g := range states {
			m.hold(t, ago, k, g)
			ago++
		}
	}
	m.correct(t, m.sessions[3], attendance.MarkInput{Person: m.gone, Value: attendance.Value{State: attendance.Present}})
	m.correct(t, m.sessions[7], attendance.MarkInput{Person: m.kept, Value: attendance.Value{State: attendance.Absent}})
	dispute := m.Item(attendancetest.All([]people.PersonID{m.kept, m.gone}, attendance.OnLeave)...)
	dispute.Session, dispute.ActivityDay = m.sessions[6], calendar.DayID{}
	attendancetest.MustSubmit(t, m.e, m.attendance, m.Host, dispute)
	names := m.Item()
	names.Session, names.ActivityDay, names.BaseRevision, names.Why, names.Guests = m.sessions[0], calendar.DayID{}, 1, "补", []string{"三嫂"}
	attendancetest.MustSubmit(t, m.e, m.attendance, m.Host, names)
	accountstest.Of(t, m.e, m.gone, access.Trainee, org.SiteUnit(m.Site.ID))
	m.e.Do(t, func(tx *db.Tx) error {
		list, err := attendance.Guests(tx, m.Host, attendance.SessionInput{ID: m.sessions[0]})
		if err != nil {
			return err
		}
		steps := []func() error{
			func() error {
				_, err := m.attendance.AttachGuest(tx, m.Host, attendance.AttachInput{GuestInput: attendance.GuestInput{Session: m.sessions[0], Guest: list.Items[0].ID}, Person: m.gone})
				return err
			},
			func() error {
				_, err := people.Assign(tx, orgtest.By, people.AssignInput{Site: m.Sister.ID, Post: people.Head, Person: m.gone})
				return err
			},
			func() error {
				_, err := people.Enrol(tx, orgtest.By, people.EnrolInput{Site: m.Sister.ID, Person: m.gone, Since: day.AddDays(-40)})
				return err
			},
			func() error {
				_, err := people.Leave(tx, orgtest.By, people.LeaveInput{Site: m.Site.ID, Person: m.kept, From: day})
				return err
			},
			func() error {
				_, err := people.Exempt(tx, orgtest.By, people.ExemptInput{Person: m.gone, ApprovedBy: "镇党委", Since: day.AddDays(-900), Until: day.AddDays(-800)})
				return err
			},
			func() error {
				_, err := m.people.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: m.gone, Phone: "13800138000"})
				return err
			},
			func() error {
				_, err := people.AddHousehold(tx, orgtest.By, people.AddHouseholdInput{Village: m.Village.ID, Name: "杨家", Persons: []people.PersonID{m.gone}})
				return err
			},
			func() error {
				_, err := people.SetLife(tx, orgtest.By, people.SetLifeInput{Person: m.gone, State: people.Away, Since: day.AddDays(-500)})
				return err
			},
			func() error {
				_, err := people.SetLife(tx, orgtest.By, people.SetLifeInput{Person: m.gone, State: people.AtHome, Since: day.AddDays(-450)})
				return err
			},
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
}

// After a merge and its undoing every row is what it was, byte by byte; in between every figure fits the rolls.
func TestMergeAndBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMerging(t, e)
		m.full(t)
		before := m.dump(t)
		m.sound(t, "before")
		merged, err := m.merge(m.clerk)
		if err != nil {
			t.Fatal(err)
		}
		m.sound(t, "merged")
		e.See(t, func(tx *db.Tx) error {
			v, err := m.people.Get(tx, m.clerk, people.GetInput{ID: m.gone}) // an old address
			if v.ID != m.kept || v.Phone != "138****8000" || v.Household != "杨家" {
				t.Errorf("kept %+v", v)
			}
			for _, s := range m.sessions {
				r, err := attendance.Get(tx, m.Host, attendance.SessionInput{ID: s})
				if err != nil || r.Due != 3 {
					t.Errorf("%s: %d due, %v", s, r.Due, err)
				}
			}
			return err
		})
		if err := m.unmerge(m.clerk, merged.ID); err != nil {
			t.Fatal(err)
		}
		m.sound(t, "undone")
		if d := cmp.Diff(before, m.dump(t)); d != "" {
			t.Error(d)
		}
		if err := m.unmerge(m.clerk, merged.ID); fail.KindOf(err) != fail.Conflicting {
			t.Errorf("undone twice: %v", err)
		}
		again, err := m.merge(m.clerk)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.unmerge(m.clerk, again.ID); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(before, m.dump(t)); d != "" {
			t.Error(d)
		}
	})
}

// What is recorded between the merge and its undoing stays with the kept person: new sessions, a correction of a session in which
// both had a mark, and what an offline phone says of the record that is gone.
func TestUnmergeAfterMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMerging(t, e)
		both := m.hold(t, 10, attendance.Absent, attendance.Present)
		alone := m.hold(t, 9, "", attendance.Present)
		merged, err := m.merge(m.clerk)
		if err != nil {
			t.Fatal(err)
		}
		later := m.hold(t, 2, "", attendance.Present) // the phone still knows the record that is gone
		m.correct(t, both, attendance.MarkInput{Person: m.kept, Value: attendance.Value{State: attendance.OnLeave}})
		m.sound(t, "more")
		if err := m.unmerge(m.clerk, merged.ID); err != nil {
			t.Fatal(err)
		}
		m.sound(t, "undone")
		want := map[attendance.SessionID][2]attendance.State{
			both:  {attendance.OnLeave, attendance.Present},
			alone: {attendance.Unmarked, attendance.Present},
			later: {attendance.Present, ""},
		}
		for session, states := range want {
			e.See(t, func(tx *db.Tx) error {
				v, err := attendance.Get(tx, m.Host, attendance.SessionInput{ID: session})
				var got [2]attendance.State
				for _, p := range v.DueList {
					switch p.Person {
					case m.kept:
						got[0] = p.State
					case m.gone:
						got[1] = p.State
					}
				}
				if got != states {
					t.Errorf("%s: %v, want %v", v.HeldOn, got, states)
				}
				return err
			})
		}
	})
}

// Two who work accounts of are not merged; nor is anybody with himself, nor twice.
func TestMergeRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMerging(t, e)
		for _, p := range []people.PersonID{m.kept, m.gone} {
			accountstest.Of(t, e, p, access.Trainee, org.SiteUnit(m.Site.ID))
		}
		if _, err := m.merge(m.clerk); !fail.Is(err, "people.two_accounts") {
			t.Errorf("two accounts: %v", err)
		}
		third := m.Members[3]
		m.gone = third
		first, err := m.merge(m.clerk)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.merge(m.clerk); fail.KindOf(err) != fail.Conflicting {
			t.Errorf("merged already: %v", err)
		}
		m.kept, m.gone = m.Members[0], m.kept
		second, err := m.merge(m.clerk)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.unmerge(m.clerk, first.ID); !fail.Is(err, "people.merged_later") {
			t.Errorf("the older one first: %v", err)
		}
		for _, id := range []people.MergeID{second.ID, first.ID} {
			if err := m.unmerge(m.clerk, id); err != nil {
				t.Fatal(err)
			}
		}
		m.sound(t, "undone")
	})
}

// While rolls are handed in, several merge the same two in both directions and undo it: one at a time, and every figure fits.
func TestMergeAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMerging(t, e)
		for i := range 4 {
			m.hold(t, 20+i, attendance.Present, attendance.Absent)
		}
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				in := people.MergeInput{Kept: m.kept, Gone: m.gone}
				if i%2 == 1 {
					in.Kept, in.Gone = in.Gone, in.Kept
				}
				var done people.Merged
				err := e.Write(context.Background(), func(tx *db.Tx) (err error) {
					done, err = m.people.Merge(tx, m.clerk, in)
					return err
				})
				switch {
				case err == nil:
					if err := m.unmerge(m.clerk, done.ID); err != nil {
						t.Errorf("undo: %v", err)
					}
				case fail.KindOf(err) != fail.Conflicting:
					t.Errorf("merge: %v", err)
				}
			})
			wg.Go(func() {
				in := m.Item(attendancetest.All([]people.PersonID{m.kept, m.gone}, attendance.Present)...)
				in.Session, in.ActivityDay, in.BaseRevision, in.Why = m.sessions[i], calendar.DayID{}, 1, "更正"
				if _, err := attendancetest.Submit(e, m.attendance, m.Host, in); err != nil {
					t.Errorf("submit: %v", err)
				}
			})
		}
		wg.Wait()
		m.sound(t, "after all")
	})
}

// Who may merge two records: those who answer for both, by role and place.
func TestMergeByRole(t *testing.T) {
	const ok, no, hidden = fail.Kind(""), fail.ForbiddenAct, fail.Missing
	may := map[access.Role]bool{access.County: true, access.TownshipAdmin: true, access.Township: true, access.Village: true}
	sees := map[access.Role]bool{access.Auditor: true, access.Secretary: true, access.GroupLeader: true, access.Host: true, access.Head: true, access.Resident: true}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMerging(t, e)
		for _, inside := range []bool{true, false} {
			seats := m.Inside()
			if !inside {
				seats = m.Outside()
			}
			for _, seat := range seats {
				want := no // has the permission nowhere
				switch {
				case may[seat.Role] && inside:
					want = ok
				case may[seat.Role]:
					want = hidden
				case !inside || !sees[seat.Role]:
					want = no
				}
				merged, err := m.merge(seat.Actor)
				if got := fail.KindOf(err); got != want {
					t.Errorf("%s, inside %t: %q, want %q", seat.Name, inside, got, want)
				}
				if err == nil {
					if err := m.unmerge(seat.Actor, merged.ID); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if _, err := m.merge(access.Visitor()); fail.KindOf(err) != fail.Unauthenticated {
			t.Errorf("visitor: %v", err)
		}
		merged, err := m.merge(m.clerk)
		if err != nil {
			t.Fatal(err)
		}
		for _, seat := range m.Outside() {
			if got := fail.KindOf(m.unmerge(seat.Actor, merged.ID)); got != hidden {
				t.Errorf("undone by %s of elsewhere: %q", seat.Name, got)
			}
		}
		for _, seat := range m.Inside() {
			if !may[seat.Role] {
				if err := m.unmerge(seat.Actor, merged.ID); err == nil {
					t.Errorf("undone by %s", seat.Name)
				}
			}
		}
	})
}
