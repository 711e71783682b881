package attendance_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
)

// BenchmarkSubmit hands in rolls of 20 people, each in its own session that was opened before.
func BenchmarkSubmit(b *testing.B) {
	e := dbtest.SQLite(b)
	s := attendancetest.New(b, e, 20, 6)
	a := attendance.New()
	items := make([]attendance.SubmitInput, b.N)
	for i := range items {
		items[i] = s.Item(append(attendancetest.All(s.Members, attendance.Present), attendancetest.All(s.Villagers, attendance.Observer)...)...)
		items[i].Session, items[i].ActivityDay, items[i].Site = attendance.SessionID(id.New[School]()), calendar.DayID{}, s.School.ID
		items[i].Lessons = s.Lessons[:1]
		e.Do(b, func(tx *db.Tx) error {
			_, err := a.Open(tx, s.Host, attendance.OpenInput{Session: items[i].Session, Site: s.School.ID})
			return err
		})
	}
	b.ResetTimer()
	defer spent(b)()
	for _, in := range items {
		attendancetest.MustSubmit(b, e, a, s.Host, in)
	}
}

// BenchmarkRoll reads a roll of 20 people before it is called.
func BenchmarkRoll(b *testing.B) {
	e := dbtest.SQLite(b)
	s := attendancetest.New(b, e, 20, 6)
	s.Open(b, e, attendance.New())
	in := attendance.SessionInput{ID: s.Day.SessionID}
	defer spent(b)()
	for b.Loop() {
		err := e.Read(context.Background(), func(tx *db.Tx) error {
			_, err := attendance.Roll(tx, s.Host, in)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// spent reports the processor time of an operation, which decides, beside the time on the clock, which other
// work on the machine stretches.
func spent(b *testing.B) func() {
	b.Helper()
	start := cpu()
	return func() { b.ReportMetric(float64(cpu()-start)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op") }
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
