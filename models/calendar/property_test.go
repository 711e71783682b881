package calendar_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// anyRule picks a rule of any family.
func anyRule(r *rand.Rand) calendar.Rule {
	all := every()
	rule := all[r.IntN(len(all))]
	rule.Hour = []string{"", "19:30", "20:00"}[r.IntN(3)]
	return rule
}

// standing are the days of the township by school and month, those that do not take place left out.
func standing(t *testing.T, e *dbtest.Env) map[string][]calendar.DayView {
	t.Helper()
	out := map[string][]calendar.DayView{}
	e.See(t, func(tx *db.Tx) error {
		for _, year := range []int{2026, 2027} {
			page, err := calendar.ListDays(tx, orgtest.By, calendar.DaysInput{Year: year, Limit: 1000})
			if err != nil {
				return err
			}
			for _, d := range page.Items {
				if d.State != calendar.Cancelled {
					k := d.Site.String() + d.Month.String()
					out[k] = append(out[k], d)
				}
			}
		}
		return nil
	})
	return out
}

// Two hundred changes of rules at random, with people confirming and moving days between them: no school has two days on
// one date of a month, no month without a day, and no day that was confirmed or moved is anywhere else. Planning again writes nothing.
func TestTwoHundredRuleEdits(t *testing.T) {
	for name, seed := range map[string]uint64{
		"a day whose date has passed stays on a date of the rule": 1795501381945866728,
		"at random": uint64(time.Now().UnixNano()),
	} {
		t.Run(name, func(t *testing.T) { twoHundredRuleEdits(t, seed) })
	}
}

func twoHundredRuleEdits(t *testing.T, seed uint64) {
	t.Helper()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	e.Do(t, func(tx *db.Tx) error {
		_, err := calendar.LoadYear(tx, orgtest.By, calendar.YearInput{Year: 2026})
		return err
	})
	calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
	touched := map[calendar.DayID]date.Date{}
	units := []org.UnitID{tree.Township.ID, tree.Township.ID, org.SiteUnit(tree.Site.ID), org.SiteUnit(tree.Sister.ID)}
	for i := range 200 {
		unit, rule := units[r.IntN(len(units))], anyRule(r)
		in := calendar.SetRuleInput{
			Unit: unit, From: month("2026-11").Add(r.IntN(4)), Kind: rule.Kind, Day: rule.Day, Nth: rule.Nth, Weekday: rule.Weekday, Digit: rule.Digit,
			Pick: rule.Pick, Hour: rule.Hour, Holiday: rule.Holiday, Only: unit != tree.Township.ID && r.IntN(3) == 0,
		}
		e.Do(t, func(tx *db.Tx) error { _, err := calendar.SetRule(tx, orgtest.By, in); return err })
		now := standing(t, e)
		for k, list := range now {
			dates := map[date.Date]bool{}
			for _, d := range list {
				if dates[d.PlannedOn] {
					t.Fatalf("edit %d: %s meets twice on %s: %+v", i, k, d.PlannedOn, in)
				}
				dates[d.PlannedOn] = true
				if want, ok := touched[d.ID]; ok && d.PlannedOn != want {
					t.Fatalf("edit %d: a touched day went from %s to %s", i, want, d.PlannedOn)
				}
			}
		}
		for _, s := range []org.School{tree.Site, tree.Sister, tree.Neighbour} {
			for m := month("2026-12"); m.Before(month("2027-03")); m = m.Add(1) {
				if len(now[s.ID.String()+m.String()]) == 0 {
					t.Fatalf("edit %d: %s has no day in %s after %+v", i, s.Name, m, in)
				}
			}
		}
		if i%10 == 9 && len(touched) < 6 {
			touch(t, e, r, now, touched)
		}
		if got := calendartest.Plan(t, e, tree.Township.ID, month("2026-11"), month("2027-02")); got.Changed() {
			t.Fatalf("edit %d: planning again writes: %+v", i, got)
		}
	}
	if len(touched) == 0 {
		t.Error("nobody touched a day")
	}
}

// touch has somebody confirm or move a day that nobody has touched.
func touch(t *testing.T, e *dbtest.Env, r *rand.Rand, now map[string][]calendar.DayView, touched map[calendar.DayID]date.Date) {
	t.Helper()
	var all []calendar.DayView
	for _, list := range now {
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b calendar.DayView) int { return a.PlannedOn.Compare(b.PlannedOn) })
	d := all[r.IntN(len(all))]
	err := write(e, func(tx *db.Tx) (err error) {
		if r.IntN(2) == 0 {
			d, err = calendar.Confirm(tx, orgtest.By, calendar.ConfirmInput{ID: d.ID})
			return err
		}
		d, err = calendar.Move(tx, orgtest.By, calendar.MoveInput{ID: d.ID, To: d.Month.First().AddDays(r.IntN(28))})
		return err
	})
	switch {
	case err == nil:
		touched[d.ID] = d.PlannedOn
	case fail.KindOf(err) != fail.InvalidInput && fail.KindOf(err) != fail.Conflicting:
		t.Fatal(err)
	}
}

// While rules change, days are confirmed and moved: whoever was told yes finds the day as he said.
func TestPlanWhilePeopleConfirmAndMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
		var wg sync.WaitGroup
		var mu sync.Mutex
		said := map[calendar.DayID]date.Date{}
		for i := range 6 {
			wg.Go(func() {
				err := write(e, func(tx *db.Tx) error {
					_, err := calendar.SetRule(tx, orgtest.By, calendar.SetRuleInput{Unit: tree.Township.ID, Kind: calendar.OnDay, Day: 20 + i, Holiday: calendar.Keep})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		for i, s := range []org.School{tree.Site, tree.Sister, tree.Neighbour} {
			wg.Go(func() {
				day := calendar.IDOf(s.ID, month("2027-01"), 1)
				var d calendar.DayView
				err := write(e, func(tx *db.Tx) (err error) {
					if i == 0 {
						d, err = calendar.Move(tx, orgtest.By, calendar.MoveInput{ID: day, To: date.New(2027, 1, 3)})
						return err
					}
					d, err = calendar.Confirm(tx, orgtest.By, calendar.ConfirmInput{ID: day})
					return err
				})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				said[day] = d.PlannedOn
				mu.Unlock()
			})
		}
		wg.Wait()
		for id, want := range said {
			e.See(t, func(tx *db.Tx) error {
				d, err := calendar.FindDay(tx, id)
				if d.PlannedOn != want {
					t.Errorf("%s: said for %s, and is on %s", d.Name, want, d.PlannedOn)
				}
				return err
			})
		}
		if got := days(t, e, tree.Township.Code); len(got) != 12 {
			t.Errorf("%d days", len(got))
		}
	})
}
