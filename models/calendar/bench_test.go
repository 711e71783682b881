package calendar_test

import (
	"fmt"
	"testing"
	"time"

	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/settings"
)

// BenchmarkPlan plans every school of a county for 16 months, and of a province for one, township by township; in the same run it inserts
// the same rows in batches without anything else, and plans again, which must write nothing. A province is 129 counties, some 75,000
// schools. Times are of the clock; cpu is this process's and the server's processor time.
func BenchmarkPlan(b *testing.B) {
	for _, server := range []string{"sqlite", "mysql"} {
		for _, c := range []struct {
			name               string
			townships, schools int
			from, to           date.Month
		}{
			{"county-year", 13, 583, month("2026-01"), month("2027-04")},
			{"province-month", 1677, 75000, month("2026-03"), month("2026-03")},
		} {
			b.Run(server+"/"+c.name, func(b *testing.B) {
				e := benchDB(b, server)
				e.Clock.Set(time.Date(2026, 1, 1, 4, 0, 0, 0, time.UTC))
				towns := fillSchools(b, e, c.townships, c.schools)
				months := 0
				for m := c.from; !m.After(c.to); m = m.Add(1) {
					months++
				}
				want := c.schools * months
				for b.Loop() {
					planOnce(b, e, towns, c.from, c.to, want)
				}
			})
		}
	}
}

// benchDB is a database of the kind.
func benchDB(b *testing.B, server string) *dbtest.Env {
	b.Helper()
	if server == "sqlite" {
		return dbtest.SQLite(b)
	}
	return dbtest.Server(b, server)
}

// planOnce plans, plans again, and inserts the same rows bare.
func planOnce(b *testing.B, e *dbtest.Env, towns []org.UnitID, from, to date.Month, want int) {
	b.Helper()
	measured := func(name string, do func()) {
		b.Helper()
		start, spent := time.Now(), e.CPU(b)
		do()
		b.ReportMetric(float64(time.Since(start).Milliseconds()), name+"-ms")
		b.ReportMetric(float64((e.CPU(b) - spent).Milliseconds()), name+"-cpu-ms")
	}
	empty := func() {
		e.Do(b, func(tx *db.Tx) error { return tx.Exec("DELETE FROM activity_days").Error })
	}
	empty()
	measured("plan", func() {
		added := 0
		for _, u := range towns {
			added += calendartest.Plan(b, e, u, from, to).Added
		}
		if added != want {
			b.Fatalf("%d days, want %d", added, want)
		}
	})
	measured("again", func() {
		for _, u := range towns {
			if r := calendartest.Plan(b, e, u, from, to); r.Changed() {
				b.Fatalf("planning again writes: %+v", r)
			}
		}
	})
	var rows []calendar.Day
	e.See(b, func(tx *db.Tx) (err error) { rows, err = db.All[calendar.Day](tx.DB); return err })
	empty()
	measured("bare", func() {
		for len(rows) > 0 { // a township's worth in a unit of work, as planning does
			n := min(len(rows), want/len(towns)+1)
			part := rows[:n]
			e.Do(b, func(tx *db.Tx) error { return db.Insert(tx, &part) })
			rows = rows[n:]
		}
	})
}

// fillSchools writes townships with licensed schools straight into the tables, each with the rule of the fifteenth, which plans nothing yet.
func fillSchools(b *testing.B, e *dbtest.Env, townships, schools int) (towns []org.UnitID) {
	b.Helper()
	top := id.New[struct{}]()
	rule := settings.Key[calendar.Rule]{Name: "calendar.activity_rule"}
	e.Do(b, func(tx *db.Tx) error {
		units := [][]any{{top, "a", "county", "530921", "某县", "某县", nil, "/a/530921/"}}
		var sites [][]any
		for i := range townships {
			town, village := id.New[struct{}](), id.New[struct{}]()
			code := fmt.Sprintf("53092%04d", i)
			path := "/a/530921/" + code + "/"
			units = append(units, []any{town, "a", "township", code, "某镇", "某镇", top, path}, []any{village, "a", "village", code + "201", "某村", "某村", town, path + code + "201/"})
			towns = append(towns, org.UnitID(town))
			for n := i; n < schools; n += townships {
				site := id.New[struct{}]()
				own := fmt.Sprintf("%s201%05d", code, n/townships)
				units = append(units, []any{site, "a", "site", own, "某家庭党校", "某家庭党校", village, path + code + "201/" + own + "/"})
				sites = append(sites, []any{site, own, "licensed", orgtest.LicensedOn, orgtest.LicensedOn, "", "", "none", tx.Now})
			}
		}
		if err := (db.Bulk{Table: "units", Columns: []string{"id", "tree", "kind", "code", "name", "search_key", "parent_id", "path"}}).Fill(tx, units); err != nil {
			return err
		}
		return (db.Bulk{Table: "sites", Columns: []string{"id", "plaque", "licence", "licensed_on", "changed_on", "address", "equipment", "network", "made_at"}}).Fill(tx, sites)
	})
	e.Do(b, func(tx *db.Tx) error {
		for _, u := range towns {
			r := calendar.Rule{Kind: calendar.OnDay, Day: 15, Holiday: calendar.NextWorkingDay}
			if err := settings.Put(tx, orgtest.By, rule, settings.Unit(u), month("2026-01").First(), r); err != nil {
				return err
			}
		}
		return nil
	})
	return towns
}
