package attendance_test

import (
	"context"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
)

// Who may do what: the village clerk, the host and the head of the school write, others do not.
func TestRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 2, 1)
		a := attendance.New()
		s.Open(t, e, a)
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(attendancetest.All(s.Members, attendance.Present)...))
		writers := map[access.Role]bool{access.Village: true, access.Host: true, access.Head: true}
		seers := map[access.Role]bool{
			access.County: true, access.Auditor: true, access.TownshipAdmin: true, access.Township: true, access.Secretary: true,
			access.GroupLeader: true, access.Resident: true,
		}
		type act struct {
			name  string
			write bool
			do    func(tx *db.Tx, by access.Actor) error
		}
		ref := attendance.SessionInput{ID: s.Day.SessionID}
		acts := []act{
			{"open", true, func(tx *db.Tx, by access.Actor) error {
				_, err := a.Open(tx, by, attendance.OpenInput{ActivityDay: s.Day.ID})
				return err
			}},
			{"open ad hoc", true, func(tx *db.Tx, by access.Actor) error {
				_, err := a.Open(tx, by, attendance.OpenInput{Site: s.School.ID, Kinds: []attendance.Kind{attendance.PartyClass}})
				return err
			}},
			{"submit", true, func(tx *db.Tx, by access.Actor) error {
				in := s.Item(mark(s.Members[0], attendance.Present))
				_, err := a.Submit(tx, by, in)
				return err
			}},
			{"roll", true, func(tx *db.Tx, by access.Actor) error { _, err := attendance.Roll(tx, by, ref); return err }},
			{"phone", true, func(tx *db.Tx, by access.Actor) error {
				_, err := attendance.Phone(tx, by, attendance.PhoneInput{Site: s.School.ID})
				return err
			}},
			{"waiting", true, func(tx *db.Tx, by access.Actor) error {
				_, err := attendance.Waiting(tx, by, attendance.TodayInput{Site: s.School.ID})
				return err
			}},
			{"receipt", true, func(tx *db.Tx, by access.Actor) error {
				_, err := attendance.ReadReceipt(tx, by, attendance.ReceiptInput{ID: ref.ID})
				return err
			}},
			{"settle", true, func(tx *db.Tx, by access.Actor) error {
				_, err := a.Settle(tx, by, attendance.SettleInput{Session: ref.ID, Person: s.Members[0]})
				return err
			}},
			{"void", true, func(tx *db.Tx, by access.Actor) error {
				_, err := a.Void(tx, by, attendance.VoidInput{Session: ref.ID})
				return err
			}},
			{"get", false, func(tx *db.Tx, by access.Actor) error { _, err := attendance.Get(tx, by, ref); return err }},
			{"list", false, func(tx *db.Tx, by access.Actor) error {
				_, err := attendance.List(tx, by, attendance.ListInput{Site: s.School.ID})
				return err
			}},
			{"today", false, func(tx *db.Tx, by access.Actor) error {
				_, err := attendance.Today(tx, by, attendance.TodayInput{Site: s.School.ID})
				return err
			}},
			{"summary", false, func(tx *db.Tx, by access.Actor) error {
				_, err := attendance.SummaryOfSite(tx, by, attendance.SummaryInput{Site: s.School.ID})
				return err
			}},
		}
		check := func(t *testing.T, by access.Actor, do act, want fail.Kind) {
			t.Helper()
			err := e.Write(context.Background(), func(tx *db.Tx) error { return do.do(tx, by) })
			if got := fail.KindOf(err); got != want && !(want == "" && got == fail.Conflicting) {
				t.Errorf("%s: got %q (%v), want %q", do.name, got, err, want)
			}
		}
		noSite := act{"open nowhere", true, func(tx *db.Tx, by access.Actor) error {
			_, err := a.Open(tx, by, attendance.OpenInput{Kinds: []attendance.Kind{attendance.PartyClass}})
			return err
		}}
		nobody := act{"settle for nobody", true, func(tx *db.Tx, by access.Actor) error {
			_, err := a.Settle(tx, by, attendance.SettleInput{Session: ref.ID})
			return err
		}}
		check(t, s.Host, noSite, fail.InvalidInput)
		check(t, orgtest.As(access.Trainee, s.School.Path), noSite, fail.ForbiddenAct)
		check(t, access.Visitor(), noSite, fail.Unauthenticated)
		check(t, s.Host, nobody, fail.InvalidInput)
		for _, seat := range s.Inside() {
			t.Run("inside "+seat.Name, func(t *testing.T) {
				by := attendancetest.Seated(t, e, seat)
				for _, do := range acts {
					want := fail.Missing
					switch {
					case writers[seat.Role] || seers[seat.Role] && !do.write:
						want = ""
					case seers[seat.Role]:
						want = fail.ForbiddenAct
					}
					check(t, by, do, want)
				}
			})
		}
		for _, seat := range s.Outside() {
			t.Run("outside "+seat.Name, func(t *testing.T) {
				by := attendancetest.Seated(t, e, seat)
				for _, do := range acts {
					check(t, by, do, fail.Missing)
				}
			})
		}
		t.Run("visitor", func(t *testing.T) {
			for _, do := range acts {
				check(t, access.Visitor(), do, fail.Unauthenticated)
			}
		})
		attendancetest.Sound(t, e)
	})
}
