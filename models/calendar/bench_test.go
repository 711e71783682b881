package calendar_test

import (
	"slices"
	"testing"
	"time"

	"huotang/models/calendar/calendartest"
	"huotang/models/db/dbtest"
)

// BenchmarkPlan plans every school of a county for 16 months, and of a province for one, township by township, on both databases; in the same run it
// plans again, which must write nothing, and inserts the same rows in batches without anything else. A province is 129 counties, some 75,000
// schools, and takes minutes: `make bench` runs it once, among the figures of the README, and ten times only where BENCH names it. Each figure is the median of the rounds; times are of the clock,
// cpu is this process's and the server's processor time.
func BenchmarkPlan(b *testing.B) {
	for _, server := range []string{"sqlite", "mysql"} {
		for _, size := range []calendartest.Size{calendartest.CountyYear, calendartest.ProvinceMonth} {
			b.Run(server+"/"+size.Name, func(b *testing.B) {
				e := benchDB(b, server)
				towns := size.Fill(b, e)
				var rounds []calendartest.Costs
				for b.Loop() {
					rounds = append(rounds, size.Measure(b, e, towns))
				}
				report(b, "plan", rounds, func(c calendartest.Costs) calendartest.Cost { return c.Plan })
				report(b, "again", rounds, func(c calendartest.Costs) calendartest.Cost { return c.Again })
				report(b, "bare", rounds, func(c calendartest.Costs) calendartest.Cost { return c.Bare })
			})
		}
	}
}

// report gives the medians of a part.
func report(b *testing.B, name string, rounds []calendartest.Costs, part func(calendartest.Costs) calendartest.Cost) {
	b.Helper()
	median := func(of func(calendartest.Cost) time.Duration) float64 {
		all := make([]time.Duration, len(rounds))
		for i, r := range rounds {
			all[i] = of(part(r))
		}
		slices.Sort(all)
		return float64(all[len(all)/2].Milliseconds())
	}
	b.ReportMetric(median(func(c calendartest.Cost) time.Duration { return c.Wall }), name+"-ms")
	b.ReportMetric(median(func(c calendartest.Cost) time.Duration { return c.CPU }), name+"-cpu-ms")
}

// benchDB is a database of the kind.
func benchDB(b *testing.B, server string) *dbtest.Env {
	b.Helper()
	if server == "sqlite" {
		return dbtest.SQLite(b)
	}
	return dbtest.Server(b, server)
}
