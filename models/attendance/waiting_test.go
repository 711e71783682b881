package attendance_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
)

// A host learns that something waits as long as it does: two phones that differ, or somebody whose own row is not right; never of another
// school's.
func TestWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		mine := accountstest.Of(t, e, s.Members[0], access.Trainee, org.SiteUnit(s.School.ID))
		waits := func(want bool) {
			t.Helper()
			var got bool
			e.See(t, func(tx *db.Tx) (err error) {
				got, err = attendance.Waiting(tx, s.Host, attendance.TodayInput{Site: s.School.ID})
				return err
			})
			if got != want {
				t.Errorf("something waits: %v", got)
			}
		}
		waits(false)
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(mark(s.Members[0], attendance.Absent), mark(s.Members[1], attendance.Present)))
		attendancetest.MustSubmit(t, e, a, s.Host, s.Item(mark(s.Members[1], attendance.Absent)))
		waits(true)
		e.Do(t, func(tx *db.Tx) error {
			_, err := a.Settle(tx, s.Host, attendance.SettleInput{Session: s.Day.SessionID, Person: s.Members[1], Value: attendance.Value{State: attendance.Absent}})
			return err
		})
		waits(false)
		var d attendance.DisputeView
		e.Do(t, func(tx *db.Tx) (err error) {
			d, err = attendance.Dispute(tx, mine, attendance.DisputeInput{Session: s.Day.SessionID, State: attendance.Present})
			return err
		})
		waits(true)
		e.Do(t, func(tx *db.Tx) error {
			_, err := a.SettleDispute(tx, s.Host, attendance.SettleDisputeInput{Dispute: d.ID, Right: true})
			return err
		})
		waits(false)
	})
}
