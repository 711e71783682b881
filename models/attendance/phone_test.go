package attendance_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// phone reads what a phone keeps.
func phone(t *testing.T, e *dbtest.Env, by access.Actor, s attendancetest.School) attendance.PhoneView {
	t.Helper()
	var v attendance.PhoneView
	e.See(t, func(tx *db.Tx) (err error) {
		v, err = attendance.Phone(tx, by, attendance.PhoneInput{Site: s.Site.ID})
		return err
	})
	return v
}

// A phone takes along the days, the roster by name, the lessons, the last roll as it stands, and names to propose.
func TestPhone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := attendance.New()
		s := attendancetest.New(t, e, 3, 2)
		beside, _ := peopletest.Roster(t, e, s.Tree, s.Sister, 1, 0)
		v := phone(t, e, s.Host, s)
		if v.Account != s.Host.Account || v.Site != s.Site.ID || len(v.Roster) != 5 || len(v.Last) != 0 {
			t.Fatalf("the phone has %+v", v)
		}
		due := slices.DeleteFunc(slices.Clone(v.Roster), func(p attendance.PhonePerson) bool { return !p.Due })
		if len(due) != 3 {
			t.Errorf("%d of the roster are due: %+v", len(due), v.Roster)
		}
		i := slices.IndexFunc(v.Days, func(d attendance.PhoneDay) bool { return d.ID == s.Day.ID })
		if i < 0 || v.Days[i].Session != s.Day.SessionID || v.Days[i].State != calendar.DueToday {
			t.Errorf("the days are %+v", v.Days)
		}
		if len(v.Plan) != 2 || v.Plan[0].Taught || v.Plan[0].Minutes != 30 {
			t.Errorf("the lessons are %+v", v.Plan)
		}
		own := func(name string) bool {
			return slices.ContainsFunc(v.Roster, func(p attendance.PhonePerson) bool { return p.Name == name })
		}
		if slices.ContainsFunc(v.Near, own) {
			t.Errorf("people of the roster are proposed: %v", v.Near)
		}

		in := s.Item(attendancetest.All(s.Members[:2], attendance.Present)...)
		in.Guests, in.Lessons = []string{"赵有福"}, s.Lessons[:1]
		attendancetest.MustSubmit(t, e, a, s.Host, in)
		v = phone(t, e, s.Host, s)
		if len(v.Last) != 1 || len(v.Last[0].Marks) != 2 || v.Last[0].Revision != 1 || len(v.Last[0].Guests) != 1 || v.Last[0].Minutes != 90 {
			t.Errorf("the last roll is %+v", v.Last)
		}
		if !v.Plan[0].Taught || v.Plan[1].Taught || !slices.Contains(v.Near, "赵有福") {
			t.Errorf("taught and near: %+v %v", v.Plan, v.Near)
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, never := range []string{"standing", "phone", "full", "villager", beside[0].String()} {
			if strings.Contains(string(b), `"`+never) {
				t.Errorf("the phone has %s: %s", never, b)
			}
		}
	})
}

// Who has left the roster since keeps his name in the last roll; one who lives in the village and is on another school's roster is
// proposed by name.
func TestPhoneNamesWhoIsGone(t *testing.T) {
	e := dbtest.SQLite(t)
	a := attendance.New()
	s := attendancetest.New(t, e, 2, 0)
	attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
	e.Do(t, func(tx *db.Tx) error {
		_, err := people.Leave(tx, orgtest.By, people.LeaveInput{Site: s.Site.ID, Person: s.Members[0], From: tx.Today()})
		return err
	})
	v := phone(t, e, s.Host, s)
	named := slices.DeleteFunc(slices.Clone(v.Last[0].Marks), func(m attendance.PhoneMark) bool { return m.Name == "" })
	if len(v.Roster) != 1 || len(named) != 1 || named[0].Person != s.Members[0] {
		t.Errorf("the roster is %+v, the last roll %+v", v.Roster, v.Last[0].Marks)
	}
}

// The host of an exchange week's meeting has the people of all schools on the phone, each once; a guest is told where to go and has
// nobody else's. The roll that a phone calls of them without a network is taken as it comes, and can be corrected from the phone.
func TestPhoneMeeting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		m := newMeeting(t, e)
		v := phone(t, e, m.Host, m.School)
		if len(v.Meetings) != 1 || v.Meetings[0].Session != m.group.SessionID || v.Meetings[0].Host != "" {
			t.Fatalf("the host's meetings are %+v", v.Meetings)
		}
		i := slices.IndexFunc(v.Meetings[0].Guests, func(g attendance.PhoneGuests) bool { return g.Name == m.Sister.Name })
		if i < 0 || len(v.Meetings[0].Guests[i].Roster) != 2 || len(v.Roster) != 4 {
			t.Errorf("the guests are %+v beside %+v", v.Meetings[0].Guests, v.Roster)
		}
		sister := m.School
		sister.Site = m.Sister
		away := phone(t, e, m.sister, sister)
		if len(away.Meetings) != 1 || away.Meetings[0].Host != m.School.School.Name || len(away.Meetings[0].Guests) != 0 {
			t.Errorf("the guest's meetings are %+v", away.Meetings)
		}

		in := m.item(attendancetest.All(append(slices.Clone(m.Members), m.guests...), attendance.Present)...)
		in.Kinds = []attendance.Kind{attendance.Exchange}
		r := attendancetest.MustSubmit(t, e, m.rolls, m.Host, in)
		if r.Present != 4 || r.Due != 4 || r.Refused != 0 {
			t.Errorf("the receipt is %+v", r)
		}
		m.is(t, exchange.Held)
		v = phone(t, e, m.Host, m.School)
		if len(v.Last) != 1 || len(v.Last[0].Marks) != 4 || v.Meetings[0].State != exchange.Held {
			t.Fatalf("the last roll is %+v, the meeting %+v", v.Last, v.Meetings)
		}
		for _, m := range v.Last[0].Marks {
			if m.Name != "" {
				t.Errorf("%s is named beside the roster", m.Name)
			}
		}
		e.Clock.Add(15 * 24 * time.Hour)
		v = phone(t, e, m.Host, m.School)
		if len(v.Last) != 0 || len(v.Meetings) != 0 {
			t.Errorf("the phone still has %+v of %+v", v.Last, v.Meetings)
		}
		attendancetest.Sound(t, e)
	})
}
