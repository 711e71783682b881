package papers_test

import (
	"slices"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/papers"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// The host of an exchange meeting prints his roster and that of each guest school, everybody once, and the code on them leads to the
// meeting, before it is opened and after.
func TestTwinsOfAMeeting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 1)
		guests, _ := peopletest.Roster(t, e, s.Tree, s.Sister, 2, 1)
		weeks, quarter := exchange.New(), date.NewQuarter(2026, 4)
		var group exchange.GroupView
		e.Do(t, func(tx *db.Tx) error {
			if _, err := people.Enrol(tx, orgtest.By, people.EnrolInput{Site: s.School.ID, Person: guests[0], Since: orgtest.LicensedOn}); err != nil {
				return err
			}
			if _, err := weeks.SetWeek(tx, orgtest.By, exchange.SetWeekInput{Unit: s.Township.ID, Quarter: quarter, Day: tx.Today()}); err != nil {
				return err
			}
			v, err := weeks.Plan(tx, orgtest.By, exchange.PlanInput{Unit: s.Township.ID, Quarter: quarter})
			if err != nil {
				return err
			}
			group, err = weeks.SetHost(tx, orgtest.By, exchange.HostInput{ID: v.Groups[0].ID, Host: s.School.ID})
			return err
		})
		code := papers.CodeOf(group.SessionID)
		check := func(when string, v papers.TwinsView, err error) {
			t.Helper()
			all := slices.DeleteFunc(slices.Clone(v.Twins), func(w papers.Twin) bool { return w.Code != code })
			at := slices.IndexFunc(all, func(w papers.Twin) bool { return w.Site == s.Sister.ID })
			if err != nil || len(all) != 1+len(group.Guests) || at < 1 {
				t.Fatalf("%s: %+v %v", when, v, err)
			}
			host, guest := all[0], all[at]
			if host.Site != s.School.ID || len(host.Due) != 3 || len(host.Others) != 1 || host.HeldOn != group.HeldOn || !slices.Equal(host.Kinds, []attendance.Kind{attendance.Exchange}) {
				t.Errorf("%s, of the host: %+v", when, host)
			}
			if guest.Site != s.Sister.ID || len(guest.Due) != 1 || len(guest.Others) != 1 || guest.Session != group.SessionID {
				t.Errorf("%s, of the guest: %+v", when, guest)
			}
		}
		far := coursestest.Actor(t, e, access.Host, s.Far.Path)
		resolve := func(when string, opened bool) {
			t.Helper()
			e.See(t, func(tx *db.Tx) error {
				r, err := papers.Resolve(tx, s.Host, papers.ResolveInput{Code: code})
				if err != nil || r.Site != s.School.ID || r.HeldOn != group.HeldOn || r.Opened != opened || !r.MayEnter || r.Group != group.ID {
					t.Errorf("%s: %+v %v", when, r, err)
				}
				if _, err := papers.Resolve(tx, far, papers.ResolveInput{Code: code}); fail.KindOf(err) != fail.Missing {
					t.Errorf("%s: another finds it: %v", when, err)
				}
				return nil
			})
			one, err := twins(t, e, s.Host, papers.TwinsInput{Session: group.SessionID})
			check(when, one, err)
			month, err := twins(t, e, s.Host, papers.TwinsInput{Site: s.School.ID})
			check(when+", of the school", month, err)
		}
		resolve("planned", false)
		sister := coursestest.Actor(t, e, access.Host, s.Sister.Path)
		if v, err := twins(t, e, sister, papers.TwinsInput{Site: s.Sister.ID}); err != nil || slices.ContainsFunc(v.Twins, func(w papers.Twin) bool { return w.Code == code }) {
			t.Errorf("the guest prints it too: %+v %v", v, err)
		}
		if _, err := twins(t, e, sister, papers.TwinsInput{Session: group.SessionID}); err == nil {
			t.Error("the guest reads the host's roster")
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := attendance.New().Open(tx, s.Host, attendance.OpenInput{Session: group.SessionID, Site: s.School.ID})
			return err
		})
		resolve("opened", true)
	})
}
