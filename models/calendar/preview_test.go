package calendar_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// A change of rule is shown before it applies: which days move, which stay and why. What was shown must still hold when it
// is set.
func TestPreviewAndSet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		clerk := orgtest.As(access.Township, tree.Township.Path)
		calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
		look := func(in calendar.SetRuleInput) (v calendar.PreviewView) {
			e.See(t, func(tx *db.Tx) (err error) { v, err = calendar.Preview(tx, clerk, in); return err })
			return v
		}
		set := func(in calendar.SetRuleInput) error {
			return write(e, func(tx *db.Tx) error { _, err := calendar.SetRule(tx, clerk, in); return err })
		}
		confirm := func(site org.SiteID, m string) {
			e.Do(t, func(tx *db.Tx) error {
				_, err := calendar.Confirm(tx, clerk, calendar.ConfirmInput{ID: calendar.IDOf(site, month(m), 1)})
				return err
			})
		}
		confirm(tree.Site.ID, "2026-12")
		in := calendar.SetRuleInput{Unit: tree.Township.ID, From: month("2026-12"), Kind: calendar.OnWeekday, Nth: 1, Weekday: 5, Hour: "20:00", Holiday: calendar.NextWorkingDay}
		before := days(t, e, tree.County.Code)
		v := look(in)
		if len(v.Moves) != 8 || v.Schools != 3 || len(v.Gone) != 0 || len(v.Days) != 12 { // 3 schools × 3 months, one of them confirmed
			t.Fatalf("%d moves of %d schools, %d gone, %d dates", len(v.Moves), v.Schools, len(v.Gone), len(v.Days))
		}
		if len(v.Kept) != 1 || v.Kept[0].Why != calendar.WhyConfirmed || v.Kept[0].Site != tree.Site.ID || v.Kept[0].To != day("2026-12-04") {
			t.Errorf("%+v", v.Kept)
		}
		if m := v.Moves[0]; m.From != day("2027-01-28") || m.To != day("2027-01-01") || m.Hour != "20:00" {
			t.Errorf("%+v", m)
		}
		wantCode(t, set(in), "calendar.look_first")
		confirm(tree.Sister.ID, "2026-12")
		in.Seen = v.Fingerprint
		wantCode(t, set(in), "calendar.look_again")
		if got := days(t, e, tree.County.Code); got[tree.Sister.Code+" 2027-01"] != before[tree.Sister.Code+" 2027-01"] {
			t.Error("a refused rule moved days")
		}
		in.Seen = look(in).Fingerprint
		if err := set(in); err != nil {
			t.Fatal(err)
		}
		got := days(t, e, tree.County.Code)
		for code, want := range map[string]string{
			tree.Site.Code + " 2026-12": "2026-12-28 confirmed ", tree.Sister.Code + " 2026-12": "2026-12-28 confirmed ",
			tree.Neighbour.Code + " 2026-12": "2026-12-04 upcoming ", tree.Site.Code + " 2027-02": "2027-02-05 upcoming ",
		} {
			if got[code] != want {
				t.Errorf("%s: %s, want %s", code, got[code], want)
			}
		}
		if d := calendartest.Day(t, e, tree.Neighbour.ID, month("2026-12")); d.Hour != "20:00" || d.Sequence != 1 {
			t.Errorf("%+v", d)
		}
		if v := look(in); len(v.Moves) != 0 || len(v.Kept) != 2 {
			t.Errorf("set, and still %d to move", len(v.Moves))
		}
	})
}

// A digit rule that counts each of its days gives several; one that counts a single day again takes the others back, but for
// what people have said of them.
func TestEachDayOfADigit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, calendar.Rule{Kind: calendar.OnDigit, Digit: 6, Holiday: calendar.Keep})
		list := func() (out []string) {
			e.See(t, func(tx *db.Tx) error {
				page, err := calendar.ListDays(tx, orgtest.By, calendar.DaysInput{Site: tree.Site.ID, Month: month("2026-12")})
				for _, d := range page.Items {
					if d.State != calendar.Cancelled {
						out = append(out, d.PlannedOn.String())
					}
				}
				return err
			})
			return out
		}
		if got := list(); len(got) != 3 || got[2] != "2026-12-26" {
			t.Fatal(got)
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := calendar.Confirm(tx, orgtest.By, calendar.ConfirmInput{ID: calendar.IDOf(tree.Site.ID, month("2026-12"), 2)})
			return err
		})
		calendartest.Rule(t, e, tree.Township.ID, on(16, calendar.Keep))
		if got := list(); len(got) != 1 || got[0] != "2026-12-16" {
			t.Errorf("the sixteenth stands twice, or not at all: %v", got)
		}
		calendartest.Rule(t, e, tree.Township.ID, calendar.Rule{Kind: calendar.OnDigit, Digit: 6, Holiday: calendar.Keep})
		if got := list(); len(got) != 3 {
			t.Errorf("%v", got)
		}
	})
}

// A school differs for one month, and follows as before from the next.
func TestOneMonth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
		unit := org.SiteUnit(tree.Site.ID)
		once := calendar.SetRuleInput{Unit: unit, From: month("2026-12"), Only: true, Kind: calendar.OnDay, Day: 9, Holiday: calendar.Keep}
		e.Do(t, func(tx *db.Tx) error { _, err := calendar.SetRule(tx, orgtest.By, once); return err })
		got := days(t, e, tree.Site.Code)
		if got[tree.Site.Code+" 2026-12"] != "2026-12-09 upcoming " || got[tree.Site.Code+" 2027-01"] != "2027-01-28 upcoming " {
			t.Error(got)
		}
		once.Unit = tree.Township.ID
		wantFault(t, write(e, func(tx *db.Tx) error { _, err := calendar.SetRule(tx, orgtest.By, once); return err }), "only", "calendar.only_schools")
	})
}

// After months without any planning the missed months are made up for, once.
func TestPlanAfterDowntime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, on(10, calendar.Keep)) // to February 2027
		e.Clock.Set(day("2027-06-15").At(9, 0))
		plan := func() (r calendar.PlanResult) {
			e.Do(t, func(tx *db.Tx) (err error) {
				r, err = calendar.Plan(tx, orgtest.By, calendar.PlanInput{Unit: tree.Township.ID})
				return err
			})
			return r
		}
		if r := plan(); r.Added != 3*10 { // March to December
			t.Errorf("%+v", r)
		}
		got := days(t, e, tree.Site.Code)
		if got[tree.Site.Code+" 2027-04"] != "2027-04-10 no_record " || got[tree.Site.Code+" 2027-06"] != "2027-06-10 no_record " {
			t.Error(got)
		}
		if r := plan(); r.Changed() {
			t.Errorf("again: %+v", r)
		}
	})
}
