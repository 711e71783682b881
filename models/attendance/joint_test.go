package attendance_test

import (
	"context"
	"slices"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// meeting is a school of two members and a villager that hosts the exchange week of its township this week; the first of
// the sister's two members is on the host's roster, too.
type meeting struct {
	attendancetest.School
	e      *dbtest.Env
	rolls  *attendance.Area
	weeks  *exchange.Area
	group  exchange.GroupView
	guests []people.PersonID // of the sister school
	sister access.Actor      // its host
}

func newMeeting(t *testing.T, e *dbtest.Env) *meeting {
	t.Helper()
	m := &meeting{School: attendancetest.New(t, e, 2, 1), e: e, rolls: attendance.New(), weeks: exchange.New()}
	m.guests, _ = peopletest.Roster(t, e, m.Tree, m.Sister, 2, 1)
	m.sister = coursestest.Actor(t, e, access.Host, m.Sister.Path)
	quarter := date.NewQuarter(2026, 4)
	e.Do(t, func(tx *db.Tx) error {
		if _, err := people.Enrol(tx, orgtest.By, people.EnrolInput{Site: m.School.School.ID, Person: m.guests[0], Since: orgtest.LicensedOn}); err != nil {
			return err
		}
		if _, err := m.weeks.SetWeek(tx, orgtest.By, exchange.SetWeekInput{Unit: m.Township.ID, Quarter: quarter, Day: tx.Today()}); err != nil {
			return err
		}
		v, err := m.weeks.Plan(tx, orgtest.By, exchange.PlanInput{Unit: m.Township.ID, Quarter: quarter})
		if err != nil {
			return err
		}
		m.group, err = m.weeks.SetHost(tx, orgtest.By, exchange.HostInput{ID: v.Groups[0].ID, Host: m.School.School.ID})
		return err
	})
	return m
}

func (m *meeting) open(by access.Actor, site org.SiteID) (v attendance.SessionView, err error) {
	err = m.e.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = m.rolls.Open(tx, by, attendance.OpenInput{Session: m.group.SessionID, Site: site})
		return err
	})
	return v, err
}

func (m *meeting) void(t *testing.T, by access.Actor) {
	t.Helper()
	m.e.Do(t, func(tx *db.Tx) error {
		_, err := m.rolls.Void(tx, by, attendance.VoidInput{Session: m.group.SessionID})
		return err
	})
}

func (m *meeting) is(t *testing.T, want exchange.State) (v exchange.GroupView) {
	t.Helper()
	m.e.See(t, func(tx *db.Tx) (err error) {
		v, err = m.weeks.Get(tx, orgtest.By, exchange.GroupInput{ID: m.group.ID})
		return err
	})
	if v.State != want {
		t.Errorf("the group is %s, want %s", v.State, want)
	}
	return v
}

// item is a roll of the joint session from a new phone.
func (m *meeting) item(marks ...attendance.MarkInput) attendance.SubmitInput {
	in := m.Item(marks...)
	in.Session, in.ActivityDay, in.Site = m.group.SessionID, calendar.DayID{}, m.School.School.ID
	return in
}

// The joint roll has everybody of all schools once, each mark bears the school whose roster it is of, and handing it in
// makes the group held.
func TestJointSession(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMeeting(t, e)
		if m.group.SessionID != exchange.SessionOf(m.group.ID) {
			t.Errorf("the session is %s", m.group.SessionID)
		}
		if _, err := m.open(m.sister, m.Sister.ID); !hasField(err, "site") {
			t.Errorf("a guest opened it: %v", err)
		}
		v, err := m.open(m.Host, m.School.School.ID)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := m.open(m.Host, m.School.School.ID); err != nil || again.ID != v.ID || v.ID != m.group.SessionID || !slices.Equal(v.Kinds, []attendance.Kind{attendance.Exchange}) {
			t.Errorf("%+v %v", v, err)
		}
		m.is(t, exchange.Begun)
		var r attendance.RollView
		e.See(t, func(tx *db.Tx) (err error) {
			r, err = attendance.Roll(tx, m.Host, attendance.SessionInput{ID: v.ID})
			return err
		})
		times := map[people.PersonID]int{}
		for _, p := range append(slices.Clone(r.DueList), r.CameList...) {
			times[p.Person]++
		}
		for _, p := range append(append(slices.Clone(m.Members), m.guests...), m.Villagers...) {
			if times[p] != 1 {
				t.Errorf("%s is on the roll %d times", p, times[p])
			}
		}
		if len(r.DueList) != 4 || len(r.CameList) != 2 {
			t.Errorf("%d due, %d others", len(r.DueList), len(r.CameList))
		}
		in := m.item(attendancetest.All(append(slices.Clone(m.Members), m.guests...), attendance.Present)...)
		in.Kinds = []attendance.Kind{attendance.ThemeDay}
		if got := attendancetest.MustSubmit(t, e, m.rolls, m.Host, in); got.Refused != 0 || got.Present != 4 || got.Due != 4 {
			t.Errorf("%+v", got)
		}
		m.is(t, exchange.Held)
		m.marks(t)
		attendancetest.Sound(t, e)
	})
}

// marks holds the school of each mark, and that the evening is still an exchange.
func (m *meeting) marks(t *testing.T) {
	t.Helper()
	m.e.See(t, func(tx *db.Tx) error {
		for p, want := range map[people.PersonID]org.SiteID{
			m.Members[0]: m.School.School.ID, m.guests[0]: m.School.School.ID, m.guests[1]: m.Sister.ID,
		} {
			got, err := db.Ask[org.SiteID](tx, "SELECT site_id FROM marks WHERE session_id = ? AND person_id = ?", m.group.SessionID, p)
			if err != nil {
				return err
			}
			if len(got) != 1 || got[0] != want {
				t.Errorf("the mark of %s is of %v, want %s", p, got, want)
			}
		}
		v, err := attendance.Get(tx, m.Host, attendance.SessionInput{ID: m.group.SessionID})
		if !slices.Equal(v.Kinds, []attendance.Kind{attendance.ThemeDay, attendance.Exchange}) {
			t.Errorf("kinds %v", v.Kinds)
		}
		return err
	})
}

// Once the session is open the group is settled; taken back, it can be changed, and the new host opens the same session.
func TestJointSessionSettlesItsGroup(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMeeting(t, e)
		ops := map[string]func(tx *db.Tx) error{
			"host": func(tx *db.Tx) error {
				_, err := m.weeks.SetHost(tx, orgtest.By, exchange.HostInput{ID: m.group.ID, Host: m.Sister.ID})
				return err
			},
			"swap": func(tx *db.Tx) error {
				_, err := m.weeks.Swap(tx, orgtest.By, exchange.SwapInput{ID: m.group.ID, Site: m.Sister.ID, With: m.Far.ID})
				return err
			},
			"call off": func(tx *db.Tx) error {
				_, err := m.weeks.CallOff(tx, orgtest.By, exchange.CallOffInput{ID: m.group.ID, Reason: calendar.HostAway})
				return err
			},
			"move": func(tx *db.Tx) error {
				_, err := m.weeks.Move(tx, m.Host, exchange.MoveInput{ID: m.group.ID, To: tx.Today(), Hour: "19:00"})
				return err
			},
		}
		if _, err := m.open(m.Host, m.School.School.ID); err != nil {
			t.Fatal(err)
		}
		for name, op := range ops {
			if err := e.Write(context.Background(), op); !fail.Is(err, "exchange.begun") {
				t.Errorf("%s: %v", name, err)
			}
		}
		e.Do(t, func(tx *db.Tx) error {
			v, err := m.weeks.Plan(tx, orgtest.By, exchange.PlanInput{Unit: m.Township.ID, Quarter: m.group.Quarter, Anew: true})
			if len(v.Groups) != 1 || v.Groups[0].ID != m.group.ID {
				t.Errorf("drawn anew: %+v", v.Groups)
			}
			return err
		})
		m.void(t, m.Host)
		m.is(t, exchange.Planned)
		e.Do(t, ops["host"])
		if _, err := m.open(m.Host, m.School.School.ID); !hasField(err, "site") {
			t.Errorf("the old host opened it again: %v", err)
		}
		late := m.item(attendancetest.All(m.Members, attendance.Present)...)
		if _, err := attendancetest.Submit(e, m.rolls, m.Host, late); !hasField(err, "site") {
			t.Errorf("the old host handed it in: %v", err)
		}
		v, err := m.open(m.sister, m.Sister.ID)
		if err != nil || v.ID != m.group.SessionID || v.Site != m.Sister.ID || v.Venue != m.Sister.ID {
			t.Fatalf("%+v %v", v, err)
		}
		in := m.item(attendancetest.All(m.guests, attendance.Present)...)
		in.Site = m.Sister.ID
		attendancetest.MustSubmit(t, e, m.rolls, m.sister, in)
		if got := m.is(t, exchange.Held); got.Host.ID != m.Sister.ID {
			t.Errorf("held at %s", got.Host.Name)
		}
		attendancetest.Sound(t, e)
	})
}

// A meeting that was called off is not opened; a roll that comes from a phone without a network shows that it was held.
func TestJointSessionCalledOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMeeting(t, e)
		e.Do(t, func(tx *db.Tx) error {
			_, err := m.weeks.CallOff(tx, orgtest.By, exchange.CallOffInput{ID: m.group.ID, Reason: calendar.Road})
			return err
		})
		if _, err := m.open(m.Host, m.School.School.ID); !fail.Is(err, "exchange.does_not_meet") {
			t.Errorf("opened: %v", err)
		}
		in := m.item(attendancetest.All(append(slices.Clone(m.Members), m.guests...), attendance.Present)...)
		if r := attendancetest.MustSubmit(t, e, m.rolls, m.Host, in); r.Refused != 0 || r.Present != 4 {
			t.Errorf("%+v", r)
		}
		m.is(t, exchange.Held)
		attendancetest.Sound(t, e)
	})
}

// The host opens the session while the clerk gives the hosting to another: either the group stays and the session is there, or
// it goes and the session is refused.
func TestOpenBesideSetHost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMeeting(t, e)
		give := func(host org.SiteID) func() error {
			return func() error {
				return e.Write(context.Background(), func(tx *db.Tx) error {
					_, err := m.weeks.SetHost(tx, orgtest.By, exchange.HostInput{ID: m.group.ID, Host: host})
					return err
				})
			}
		}
		for range 8 {
			errs := beside(func() error { _, err := m.open(m.Host, m.School.School.ID); return err }, give(m.Sister.ID))
			switch opened, given := errs[0], errs[1]; {
			case opened == nil && fail.Is(given, "exchange.begun"):
				m.void(t, m.Host)
			case given == nil && hasField(opened, "site"):
				if err := give(m.School.School.ID)(); err != nil {
					t.Fatal(err)
				}
			default:
				t.Fatalf("opened: %v, given: %v", opened, given)
			}
		}
	})
}
