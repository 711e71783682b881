package reports

import (
	"context"
	"syscall"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// BenchmarkCounty is the county's summary, beside the same figures from a bare statement on the rows that the rolls
// left, and the overview that the county's page shows.
func BenchmarkCounty(b *testing.B) {
	e := dbtest.SQLite(b)
	fill(b, e)
	by := access.New(access.AccountID{1}, access.PersonID{}, "", []access.Grant{{Role: access.County, Path: "/a/530921/"}})
	run := func(name string, do func(tx *db.Tx) error) {
		b.Run(name, func(b *testing.B) {
			defer spent(b)()
			for b.Loop() {
				if err := e.Read(context.Background(), do); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("bare", func(tx *db.Tx) error {
		var schools, sessions, attendances, minutes, people int
		err := tx.Raw("SELECT COUNT(*) FROM sites").Row().Scan(&schools)
		if err == nil {
			err = tx.Raw("SELECT COUNT(*), SUM(present + made_up + observers + guests + adults + children), SUM(minutes) FROM sessions WHERE state = 'submitted'").
				Row().Scan(&sessions, &attendances, &minutes)
		}
		if err == nil {
			err = tx.Raw("SELECT COUNT(DISTINCT person_id) FROM marks WHERE state IN ('present', 'made_up', 'observer')").Row().Scan(&people)
		}
		return err
	})
	run("summary", func(tx *db.Tx) error { _, err := Summary(tx, by, SummaryInput{}); return err })
	run("year", func(tx *db.Tx) error {
		_, err := Summary(tx, by, SummaryInput{Span{From: tx.Today().AddDays(-300).Month().First()}})
		return err
	})
	run("township", func(tx *db.Tx) error { _, err := Summary(tx, by, SummaryInput{Span{Unit: "530921105"}}); return err })
	run("trend", func(tx *db.Tx) error { _, err := Trend(tx, by, TrendInput{}); return err })
	run("month", func(tx *db.Tx) error { _, err := Month(tx, by, MonthInput{}); return err })
	run("units", func(tx *db.Tx) error { _, err := ByUnit(tx, by, UnitsInput{}); return err })
	run("overview", func(tx *db.Tx) error { _, err := Overview(tx, by, OverviewInput{}); return err })
}

// spent reports the processor time of an operation, which decides, beside the time on the clock, which other work on the
// machine stretches.
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
