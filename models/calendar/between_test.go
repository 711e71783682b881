package calendar_test

import (
	"slices"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
)

func between(t *testing.T, e *dbtest.Env, by access.Actor, in calendar.BetweenInput) (out []calendar.PlacedDay) {
	t.Helper()
	for {
		var page db.Page[calendar.PlacedDay]
		e.See(t, func(tx *db.Tx) (err error) { page, err = calendar.Between(tx, by, in); return err })
		if out = append(out, page.Items...); page.Next == "" {
			return out
		}
		in.After = page.Next
	}
}

// The same days as in the lists by school, by date, page by page; a moved one where it now stands.
func TestBetween(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, calendar.Rule{Kind: calendar.OnDigit, Digit: 6, Pick: calendar.EachDay, Holiday: calendar.Keep, Hour: "20:00"})
		calendartest.Rule(t, e, tree.Township2.ID, on(28, calendar.Keep))
		clerk := orgtest.As(access.Township, tree.Township.Path)
		moved := calendartest.Day(t, e, tree.Sister.ID, month("2026-12"))
		e.Do(t, func(tx *db.Tx) error {
			_, err := calendar.Move(tx, clerk, calendar.MoveInput{ID: moved.ID, To: day("2026-11-30")})
			return err
		})
		in := calendar.BetweenInput{From: day("2026-11-23"), To: day("2026-12-31")}
		all := between(t, e, clerk, in)
		in.Limit = 2
		if paged := between(t, e, clerk, in); !slices.Equal(paged, all) {
			t.Errorf("by pages %d days, at once %d", len(paged), len(all))
		}
		var want []calendar.DayView
		for _, m := range []string{"2026-11", "2026-12"} {
			e.See(t, func(tx *db.Tx) error {
				page, err := calendar.ListDays(tx, clerk, calendar.DaysInput{Month: month(m)})
				want = append(want, page.Items...)
				return err
			})
		}
		slices.SortFunc(want, func(a, b calendar.DayView) int {
			return strings.Compare(a.PlannedOn.String()+a.Code+a.Month.String(), b.PlannedOn.String()+b.Code+b.Month.String())
		})
		if len(all) != 12 || len(want) != 12 { // 26 November and three in December, of three schools
			t.Fatalf("%d days, %d in the lists", len(all), len(want))
		}
		for i, d := range all {
			if d.DayView != want[i] || !d.MayMove || !d.Looks || d.Lunar != calendar.LunarOf(d.PlannedOn) || d.Hour != "20:00" {
				t.Errorf("%d: %+v, want %+v", i, d, want[i])
			}
		}
		if all[3].ID != moved.ID || all[3].PlannedOn != day("2026-11-30") {
			t.Errorf("the moved day: %+v", all[3])
		}
	})
}

// Everybody has his own calendar, and what he may do in it.
func TestWhoseBetween(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
	calendartest.Rule(t, e, tree.Township2.ID, on(28, calendar.Keep))
	in := calendar.BetweenInput{From: day("2026-11-28"), To: day("2026-11-28")}
	for name, c := range map[string]struct {
		by    access.Actor
		in    func(in *calendar.BetweenInput)
		n     int
		moves bool
		looks bool
	}{
		"county":                 {orgtest.As(access.County, tree.County.Path), nil, 4, true, true},
		"county, one township":   {orgtest.As(access.County, tree.County.Path), func(in *calendar.BetweenInput) { in.Under = tree.Township2.Code }, 1, true, true},
		"township":               {orgtest.As(access.Township, tree.Township.Path), nil, 3, true, true},
		"township, another":      {orgtest.As(access.Township, tree.Township.Path), func(in *calendar.BetweenInput) { in.Under = tree.Township2.Code }, 0, true, true},
		"township, other school": {orgtest.As(access.Township, tree.Township.Path), func(in *calendar.BetweenInput) { in.Site = tree.Far.ID }, 0, true, true},
		"host":                   {orgtest.As(access.Host, tree.Site.Path), nil, 1, true, false},
		"secretary":              {orgtest.As(access.Secretary, tree.Branch.Path), nil, 2, false, false},
		"auditor":                {orgtest.As(access.Auditor, tree.County.Path), nil, 4, false, false},
	} {
		in := in
		if c.in != nil {
			c.in(&in)
		}
		days := between(t, e, c.by, in)
		if len(days) != c.n {
			t.Errorf("%s: %d days", name, len(days))
		}
		for _, d := range days {
			if d.MayMove != c.moves || d.Looks != c.looks {
				t.Errorf("%s: moves %v, looks %v", name, d.MayMove, d.Looks)
			}
		}
	}
	e.See(t, func(tx *db.Tx) error {
		_, err := calendar.Between(tx, access.Visitor(), in)
		if k := fail.KindOf(err); k != fail.Unauthenticated && k != fail.ForbiddenAct {
			t.Errorf("a visitor: %v", err)
		}
		_, err = calendar.Between(tx, orgtest.By, calendar.BetweenInput{From: day("2026-11-28"), To: day("2028-11-28")})
		wantFault(t, err, "to", "calendar.span")
		_, err = calendar.Between(tx, orgtest.By, calendar.BetweenInput{From: in.From, To: in.To, After: "x"})
		wantCode(t, err, "input.type")
		return nil
	})
}

// What the county sees of a date is what its townships see together.
func TestTowns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
		calendartest.Rule(t, e, tree.Township2.ID, on(28, calendar.Keep))
		off := calendartest.Day(t, e, tree.Sister.ID, month("2026-12"))
		var got db.Page[calendar.TownDays]
		e.Do(t, func(tx *db.Tx) (err error) {
			if _, err = calendar.Cancel(tx, orgtest.By, calendar.CancelInput{ID: off.ID, Reason: calendar.Road}); err != nil {
				return err
			}
			got, err = calendar.Towns(tx, orgtest.By, calendar.TownsInput{From: day("2026-12-01"), To: day("2026-12-31")})
			return err
		})
		on := day("2026-12-28")
		want := []calendar.TownDays{{on, tree.Township.Code, "凤山镇", 2, 1}, {on, tree.Township2.Code, "鲁史镇", 1, 0}}
		if !slices.Equal(got.Items, want) {
			t.Errorf("%+v", got.Items)
		}
		e.See(t, func(tx *db.Tx) error {
			own, err := calendar.Towns(tx, orgtest.As(access.Host, tree.Far.Path), calendar.TownsInput{From: on, To: on})
			if !slices.Equal(own.Items, want[1:]) {
				t.Errorf("a host sees %+v", own.Items)
			}
			return err
		})
	})
}

func TestUnloaded(t *testing.T) {
	e := dbtest.SQLite(t)
	e.Do(t, func(tx *db.Tx) error {
		_, err := calendar.LoadYear(tx, orgtest.By, calendar.YearInput{Year: 2026})
		return err
	})
	for _, c := range []struct {
		from, to string
		want     []int
	}{{"2026-01-01", "2026-12-31", nil}, {"2026-11-30", "2027-02-28", []int{2027}}, {"2025-12-31", "2027-01-01", []int{2025, 2027}}} {
		e.See(t, func(tx *db.Tx) error {
			got, err := calendar.Unloaded(tx, day(c.from), day(c.to))
			if !slices.Equal(got, c.want) {
				t.Errorf("%s to %s: %v, want %v", c.from, c.to, got, c.want)
			}
			return err
		})
	}
}
