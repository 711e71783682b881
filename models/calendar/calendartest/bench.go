package calendartest

import (
	"fmt"
	"testing"
	"time"

	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/settings"
)

// Size is what planning is measured on.
type Size struct {
	Name               string
	Townships, Schools int
	From, To           date.Month
}

// CountyYear is the county of 583 schools for 16 months; ProvinceMonth a province, 129 counties, for one.
var (
	CountyYear    = Size{"county-year", 13, 583, date.NewMonth(2026, 1), date.NewMonth(2027, 4)}
	ProvinceMonth = Size{"province-month", 1677, 75000, date.NewMonth(2026, 3), date.NewMonth(2026, 3)}
)

// Days is how many days planning makes.
func (s Size) Days() int {
	n := 0
	for m := s.From; !m.After(s.To); m = m.Add(1) {
		n += s.Schools
	}
	return n
}

// Cost is what a measured part took.
type Cost struct{ Wall, CPU time.Duration } // CPU is this process's and the server's

// Costs are those of planning, of planning again, which must write nothing, and of inserting the same rows in batches without anything
// else, all township by township.
type Costs struct{ Plan, Again, Bare Cost }

// Fill writes the townships with their licensed schools straight into the tables, each township with the rule of the fifteenth, which plans nothing
// yet. The clock is set to the beginning of 2026.
func (s Size) Fill(b *testing.B, e *dbtest.Env) (towns []org.UnitID) {
	b.Helper()
	e.Clock.Set(time.Date(2026, 1, 1, 4, 0, 0, 0, time.UTC))
	top := id.New[struct{}]()
	e.Do(b, func(tx *db.Tx) error {
		units := [][]any{{top, "a", "county", "530921", "某县", "某县", nil, "/a/530921/"}}
		var sites [][]any
		for i := range s.Townships {
			town, village := id.New[struct{}](), id.New[struct{}]()
			code := fmt.Sprintf("53092%04d", i)
			path := "/a/530921/" + code + "/"
			units = append(units, []any{town, "a", "township", code, "某镇", "某镇", top, path}, []any{village, "a", "village", code + "201", "某村", "某村", town, path + code + "201/"})
			towns = append(towns, org.UnitID(town))
			for n := i; n < s.Schools; n += s.Townships {
				site := id.New[struct{}]()
				own := fmt.Sprintf("%s201%05d", code, n/s.Townships)
				units = append(units, []any{site, "a", "site", own, "某家庭党校", "某家庭党校", village, path + code + "201/" + own + "/"})
				sites = append(sites, []any{site, own, "licensed", orgtest.LicensedOn, orgtest.LicensedOn, "", "", "none", tx.Now})
			}
		}
		if err := (db.Bulk{Table: "units", Columns: []string{"id", "tree", "kind", "code", "name", "search_key", "parent_id", "path"}}).Fill(tx, units); err != nil {
			return err
		}
		return (db.Bulk{Table: "sites", Columns: []string{"id", "plaque", "licence", "licensed_on", "changed_on", "address", "equipment", "network", "made_at"}}).Fill(tx, sites)
	})
	rule := settings.Key[calendar.Rule]{Name: "calendar.activity_rule"}
	e.Do(b, func(tx *db.Tx) error {
		for _, u := range towns {
			r := calendar.Rule{Kind: calendar.OnDay, Day: 15, Holiday: calendar.NextWorkingDay}
			if err := settings.Put(tx, orgtest.By, rule, settings.Unit(u), s.From.First(), r); err != nil {
				return err
			}
		}
		return nil
	})
	return towns
}

// Measure plans the townships that [Size.Fill] made, plans them again, and inserts the same rows bare.
func (s Size) Measure(b *testing.B, e *dbtest.Env, towns []org.UnitID) (c Costs) {
	b.Helper()
	empty := func() {
		e.Do(b, func(tx *db.Tx) error { return tx.Exec("DELETE FROM activity_days").Error })
	}
	empty()
	c.Plan = costOf(b, e, func() {
		added := 0
		for _, u := range towns {
			added += Plan(b, e, u, s.From, s.To).Added
		}
		if added != s.Days() {
			b.Fatalf("%d days, want %d", added, s.Days())
		}
	})
	c.Again = costOf(b, e, func() {
		for _, u := range towns {
			if r := Plan(b, e, u, s.From, s.To); r.Changed() {
				b.Fatalf("planning again writes: %+v", r)
			}
		}
	})
	var rows []calendar.Day
	e.See(b, func(tx *db.Tx) (err error) { rows, err = db.All[calendar.Day](tx.DB); return err })
	empty()
	c.Bare = costOf(b, e, func() {
		for len(rows) > 0 { // a township's worth in a unit of work, as planning does
			n := min(len(rows), s.Days()/len(towns)+1)
			part := rows[:n]
			e.Do(b, func(tx *db.Tx) error { return db.Insert(tx, &part) })
			rows = rows[n:]
		}
	})
	return c
}

func costOf(b *testing.B, e *dbtest.Env, do func()) Cost {
	b.Helper()
	start, spent := time.Now(), e.CPU(b)
	do()
	return Cost{time.Since(start), e.CPU(b) - spent}
}
