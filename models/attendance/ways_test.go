package attendance_test

import (
	"slices"
	"testing"

	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
)

// How an evening was taught beside its lessons: what two phones say adds up, a correction says all of it, and the change is kept.
func TestWays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 3, 0)
		a := attendance.New()
		first := s.Item(attendancetest.All(s.Members, attendance.Present)...)
		first.Ways = []courses.Medium{courses.Talk, courses.Disc, courses.Disc}
		attendancetest.MustSubmit(t, e, a, s.Host, first)
		other := s.Item()
		other.Device, other.Ways = "another", []courses.Medium{courses.Broadcast}
		attendancetest.MustSubmit(t, e, a, s.Host, other)
		hold := func(want ...courses.Medium) {
			t.Helper()
			if v := get(t, e, s); !slices.Equal(v.Ways, want) {
				t.Errorf("taught by %v, want %v", v.Ways, want)
			}
		}
		hold(courses.Disc, courses.Broadcast, courses.Talk)
		silent := correction(t, e, s)
		silent.Minutes = 60
		attendancetest.MustSubmit(t, e, a, s.Host, silent)
		hold(courses.Disc, courses.Broadcast, courses.Talk)
		none := correction(t, e, s)
		none.Minutes, none.Ways = 60, []courses.Medium{}
		attendancetest.MustSubmit(t, e, a, s.Host, none)
		hold()
		v := get(t, e, s)
		last := v.Revisions[len(v.Revisions)-1].Fields
		if want := []attendance.FieldChange{{Field: "ways", Before: "disc,broadcast,talk"}}; !slices.Equal(last, want) {
			t.Errorf("the history tells %+v, want %+v", last, want)
		}
		for _, way := range []courses.Medium{courses.Video, "film"} {
			in := correction(t, e, s)
			in.Ways = []courses.Medium{way}
			if _, err := attendancetest.Submit(e, a, s.Host, in); fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("%s: %v", way, err)
			}
		}
		attendancetest.Sound(t, e)
	})
}
