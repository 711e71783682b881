package progress

import (
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/id"
)

func TestCentiHours(t *testing.T) {
	for minutes, want := range map[int]int{0: 0, -5: 0, 1: 25, 14: 25, 15: 25, 16: 50, 29: 50, 30: 100, 31: 100, 600: 100} {
		if got := Yunnan.CentiHours(minutes); got != want {
			t.Errorf("%d minutes give %d, want %d", minutes, got, want)
		}
	}
}

func TestDiffer(t *testing.T) {
	p, q := access.PersonID(id.New[creditRow]()), access.PersonID(id.New[creditRow]())
	l, m := courses.LessonID(id.New[creditRow]()), courses.LessonID(id.New[creditRow]())
	day := date.New(2026, 12, 31)
	taught := func(lessons []courses.LessonID, came ...attendance.Attendee) attendance.Taught {
		t := attendance.Taught{Came: came}
		for _, l := range lessons {
			t.Lessons = append(t.Lessons, attendance.Lesson{ID: l, Minutes: 30})
		}
		return t
	}
	for _, tc := range []struct {
		name          string
		before, after attendance.Taught
		gained, lost  int
	}{
		{"first", taught(nil), taught([]courses.LessonID{l, m}, attendance.Attendee{Person: p, On: day}, attendance.Attendee{Person: q, On: day}), 4, 0},
		{"nothing taught", taught(nil), taught(nil, attendance.Attendee{Person: p, On: day}), 0, 0},
		{"one left", taught([]courses.LessonID{l}, attendance.Attendee{Person: p, On: day}, attendance.Attendee{Person: q, On: day}), taught([]courses.LessonID{l}, attendance.Attendee{Person: q, On: day}), 0, 1},
		{"another lesson", taught([]courses.LessonID{l}, attendance.Attendee{Person: p, On: day}), taught([]courses.LessonID{m}, attendance.Attendee{Person: p, On: day}), 1, 1},
		{"another day", taught([]courses.LessonID{l}, attendance.Attendee{Person: p, On: day}), taught([]courses.LessonID{l}, attendance.Attendee{Person: p, On: day.AddDays(-1)}), 0, 1},
		{"another year", taught([]courses.LessonID{l}, attendance.Attendee{Person: p, On: day}), taught([]courses.LessonID{l}, attendance.Attendee{Person: p, On: day.AddDays(1)}), 1, 1},
		{"the same", taught([]courses.LessonID{l}, attendance.Attendee{Person: p, On: day}), taught([]courses.LessonID{l}, attendance.Attendee{Person: p, On: day}), 0, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			gained, lost := differ(pairs(tc.before), pairs(tc.after))
			if len(gained) != tc.gained || len(lost) != tc.lost {
				t.Errorf("gained %d, lost %d; want %d, %d", len(gained), len(lost), tc.gained, tc.lost)
			}
		})
	}
}

func FuzzCentiHours(f *testing.F) {
	f.Add(15, 16)
	f.Fuzz(func(t *testing.T, a, b int) {
		if a > b {
			a, b = b, a
		}
		if x, y := Yunnan.CentiHours(a), Yunnan.CentiHours(b); x > y || x < 0 || y > 100 {
			t.Errorf("%d minutes give %d, %d give %d", a, x, b, y)
		}
	})
}
