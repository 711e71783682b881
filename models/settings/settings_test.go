package settings_test

import (
	"context"
	"testing"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/settings"
)

type rule struct {
	Day  int    `json:"day"`
	Name string `json:"name"`
}

var (
	key    = settings.Key[rule]{Name: "test.rule", Default: rule{Day: 5}}
	job    = access.System("test")
	county = settings.Unit(id.Must[struct{}]("0190b3a2-7c51-7def-8abc-000000000001"))
	school = settings.Unit(id.Must[struct{}]("0190b3a2-7c51-7def-8abc-000000000002"))
	first  = date.New(2026, 1, 1)
)

func put(t *testing.T, e *dbtest.Env, unit settings.UnitID, from date.Date, v rule) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error { return settings.Put(tx, job, key, unit, from, v) })
}

// The nearest unit's latest value that is valid on the day counts; an old figure can still be explained.
func TestWhichValueCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		get := func(on date.Date, units ...settings.UnitID) (f settings.Found[rule]) {
			e.See(t, func(tx *db.Tx) (err error) { f, err = settings.Get(tx, key, on, units...); return err })
			return f
		}
		if f := get(first, school, county); f.Value.Day != 5 || !f.ValidFrom.IsZero() || !f.Unit.IsZero() {
			t.Errorf("default: %+v", f)
		}
		put(t, e, settings.UnitID{}, first, rule{10, "全县"})
		put(t, e, county, first.AddDays(10), rule{20, "𬭩䶮"})
		put(t, e, county, first.AddDays(20), rule{21, "再改"})
		put(t, e, school, first.AddDays(30), rule{30, "本校"})
		for day, want := range map[int]settings.Found[rule]{
			-1: {Value: rule{Day: 5}},
			0:  {Value: rule{10, "全县"}, ValidFrom: first},
			9:  {Value: rule{10, "全县"}, ValidFrom: first},
			10: {Value: rule{20, "𬭩䶮"}, Unit: county, ValidFrom: first.AddDays(10)},
			20: {Value: rule{21, "再改"}, Unit: county, ValidFrom: first.AddDays(20)},
			30: {Value: rule{30, "本校"}, Unit: school, ValidFrom: first.AddDays(30)},
		} {
			if got := get(first.AddDays(day), school, county); got != want {
				t.Errorf("day %d: %+v, want %+v", day, got, want)
			}
		}
		if f := get(first.AddDays(30), county); f.Value.Day != 21 {
			t.Errorf("another school: %+v", f)
		}
		put(t, e, school, first.AddDays(30), rule{31, "同一天再改"})
		if f := get(first.AddDays(40), school, county); f.Value.Day != 31 {
			t.Errorf("put again on the same day: %+v", f)
		}
		e.See(t, func(tx *db.Tx) error {
			all, err := settings.All(tx, key)
			if len(all) != 3 || len(all[county]) != 2 || all[county][1].Value.Day != 21 || len(all[school]) != 1 {
				t.Errorf("%+v", all)
			}
			var rows, named int
			if err := tx.Raw("SELECT COUNT(*) FROM audit_rows WHERE act = 'settings.put'").Scan(&rows).Error; err != nil {
				return err
			}
			if err := tx.Raw("SELECT COUNT(*) FROM audit_rows WHERE changed LIKE '%校%'").Scan(&named).Error; err != nil {
				return err
			}
			if rows != 5 || named != 0 {
				t.Errorf("%d audit rows, %d with text", rows, named)
			}
			return err
		})
	})
}

// Asking must not change the list of units that the caller holds.
func TestGetLeavesTheUnitsAlone(t *testing.T) {
	e := dbtest.SQLite(t)
	units := append(make([]settings.UnitID, 0, 4), school, county)
	e.See(t, func(tx *db.Tx) error { _, err := settings.Get(tx, key, first, units[:1]...); return err })
	if units[1] != county {
		t.Error("the second unit is gone")
	}
}

// A value that no longer fits its key is an error with its place, not a silent default.
func TestBrokenValue(t *testing.T) {
	e := dbtest.SQLite(t)
	e.Do(t, func(tx *db.Tx) error {
		return settings.Put(tx, job, settings.Key[string]{Name: key.Name}, county, first, "text")
	})
	err := e.Read(context.Background(), func(tx *db.Tx) error { _, err := settings.Get(tx, key, first, county); return err })
	if err == nil {
		t.Error("a text was read as a rule")
	}
}
