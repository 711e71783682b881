package attendance_test

import (
	"testing"

	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db/dbtest"
)

func TestSubmit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 5, 3)
		a := attendance.New()
		opened := s.Open(t, e, a)
		if opened.ID != s.Day.SessionID || opened.State != attendance.Opened || opened.Revision != 0 {
			t.Fatalf("opened %+v", opened)
		}
		marks := attendancetest.All(s.Members[:3], attendance.Present)
		marks = append(marks, attendancetest.All(s.Villagers[:1], attendance.Observer)...)
		r := attendancetest.MustSubmit(t, e, a, s.Host, s.Item(marks...))
		if r.Revision != 1 || r.Due != 5 || r.Present != 3 || r.Unmarked != 2 || r.Observers != 1 || r.Attendances != 4 {
			t.Fatalf("%+v", r)
		}
		attendancetest.Sound(t, e)
	})
}
