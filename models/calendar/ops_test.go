package calendar_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

func write(e *dbtest.Env, fn func(tx *db.Tx) error) error { return e.Write(context.Background(), fn) }

func wantFault(t *testing.T, err error, field, code string) {
	t.Helper()
	f, ok := fail.As(err)
	if !ok || len(f.Fields) == 0 || f.Fields[0].Name != field || f.Fields[0].Code != code {
		t.Errorf("%v, want %s: %s", err, field, code)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if !fail.Is(err, code) {
		t.Errorf("%v, want %s", err, code)
	}
}

func TestMoveAndUndo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		host := orgtest.As(access.Host, tree.Site.Path)
		calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
		nov := calendartest.Day(t, e, tree.Site.ID, month("2026-11"))
		move := func(to string) (v calendar.DayView, err error) {
			err = write(e, func(tx *db.Tx) error {
				v, err = calendar.Move(tx, host, calendar.MoveInput{ID: nov.ID, To: day(to), Reason: calendar.Road})
				return err
			})
			return v, err
		}
		_, err := move("2026-11-22")
		wantFault(t, err, "to", "calendar.move_past")
		_, err = move("2026-12-14")
		wantFault(t, err, "to", "calendar.move_far")
		calendartest.Rule(t, e, org.SiteUnit(tree.Site.ID), on(12, calendar.Keep)) // 12 December
		_, err = move("2026-12-12")
		wantFault(t, err, "to", "calendar.move_taken")
		calendartest.Rule(t, e, org.SiteUnit(tree.Site.ID), on(28, calendar.Keep))
		v, err := move("2026-12-13")
		if err != nil || v.PlannedOn != day("2026-12-13") || v.RuledOn != nov.RuledOn || v.Shift != calendar.ByHand || v.Reason != calendar.Road {
			t.Fatalf("%+v %v", v, err)
		}
		e.Do(t, func(tx *db.Tx) error {
			v, err := calendar.Undo(tx, host, calendar.UndoInput{ID: nov.ID})
			nov.Sequence = 2 // it was moved, and moved back
			if v != nov {
				t.Errorf("%+v, want %+v", v, nov)
			}
			return err
		})
		wantCode(t, write(e, func(tx *db.Tx) error {
			_, err := calendar.Undo(tx, host, calendar.UndoInput{ID: nov.ID})
			return err
		}), "calendar.nothing_to_undo")
		e.Do(t, func(tx *db.Tx) error { return calendar.SetHeld(tx, nov.ID) })
		_, err = move("2026-11-29")
		wantCode(t, err, "calendar.not_open")
		e.Do(t, func(tx *db.Tx) error { return calendar.SetUnheld(tx, nov.ID) })
		if got := calendartest.Day(t, e, tree.Site.ID, month("2026-11")); got != nov {
			t.Errorf("%+v", got)
		}
	})
}

func TestNotHeldAndUndo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		host := orgtest.As(access.Host, tree.Site.Path)
		calendartest.Rule(t, e, tree.Township.ID, on(24, calendar.Keep))
		nov := calendartest.Day(t, e, tree.Site.ID, month("2026-11"))
		dec := calendartest.Day(t, e, tree.Site.ID, month("2026-12"))
		e.Clock.Set(day("2026-11-25").At(9, 0))
		if got := calendartest.Day(t, e, tree.Site.ID, month("2026-11")).State; got != calendar.NoRecord {
			t.Errorf("a day without a record is %s", got)
		}
		say := func(d calendar.DayView, r calendar.Reason) (v calendar.DayView, err error) {
			err = write(e, func(tx *db.Tx) error {
				v, err = calendar.SetNotHeld(tx, host, calendar.NotHeldInput{ID: d.ID, Reason: r})
				return err
			})
			return v, err
		}
		_, err := say(nov, "")
		wantFault(t, err, "reason", "calendar.reason_required")
		_, err = say(nov, "lazy")
		wantFault(t, err, "reason", "calendar.reason_required")
		_, err = say(dec, calendar.Power)
		wantCode(t, err, "calendar.not_yet")
		for _, r := range calendar.Reasons {
			if v, err := say(nov, r); err != nil || v.State != calendar.NotHeld || v.Reason != r {
				t.Errorf("%+v %v", v, err)
			}
		}
		e.Do(t, func(tx *db.Tx) error {
			v, err := calendar.Undo(tx, host, calendar.UndoInput{ID: nov.ID})
			if v.State != calendar.NoRecord || v.Reason != "" {
				t.Errorf("%+v", v)
			}
			return err
		})
		if _, err := say(nov, calendar.FarmWork); err != nil {
			t.Fatal(err)
		}
		e.Do(t, func(tx *db.Tx) error { // said not to be, then held after all
			if err := calendar.SetHeld(tx, nov.ID); err != nil {
				return err
			}
			v, err := calendar.FindDay(tx, nov.ID)
			if v.State != calendar.Held || v.Reason != "" {
				t.Errorf("%+v", v)
			}
			return err
		})
	})
}

func TestTodayAndLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, on(24, calendar.Keep))
		calendartest.Rule(t, e, tree.Township2.ID, on(25, calendar.Keep))
		host := orgtest.As(access.Host, tree.Site.Path)
		dates := func() (due, next string) {
			e.See(t, func(tx *db.Tx) error {
				v, err := calendar.Today(tx, host, calendar.TodayInput{Site: tree.Site.ID})
				if v.Due != nil {
					due = v.Due.PlannedOn.String() + " " + string(v.Due.State)
				}
				if v.Next != nil {
					next = v.Next.PlannedOn.String()
				}
				return err
			})
			return due, next
		}
		for _, c := range []struct{ today, due, next string }{
			{"2026-11-23", "", "2026-11-24"},
			{"2026-11-24", "2026-11-24 due_today", "2026-12-24"},
			{"2026-11-30", "2026-11-24 no_record", "2026-12-24"},
			{"2026-12-24", "2026-12-24 due_today", "2027-01-24"},
		} {
			e.Clock.Set(day(c.today).At(20, 0))
			if due, next := dates(); due != c.due || next != c.next {
				t.Errorf("%s: due %q next %q", c.today, due, next)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			d, err := calendar.DayOfSite(tx, tree.Site.ID, day("2026-11-24"))
			if err != nil || d.SessionID != calendar.SessionOf(d.ID) || d.ID != calendar.IDOf(tree.Site.ID, month("2026-11"), 1) {
				t.Errorf("%+v %v", d, err)
			}
			_, err = calendar.DayOfSite(tx, tree.Site.ID, day("2026-11-25"))
			wantCode(t, err, "calendar.no_day")
			_, err = calendar.Due(tx, tree.Site.ID, month("2028-11"))
			wantCode(t, err, "calendar.no_day")
			return nil
		})
		var codes []string
		in := calendar.DaysInput{Month: month("2026-12"), Limit: 3}
		for {
			var page db.Page[calendar.DayView]
			e.See(t, func(tx *db.Tx) (err error) {
				page, err = calendar.ListDays(tx, orgtest.By, in)
				return err
			})
			for _, d := range page.Items {
				codes = append(codes, d.Code)
			}
			if page.Next == "" {
				break
			}
			in.After = page.Next
		}
		if diff := cmp.Diff([]string{tree.Site.Code, tree.Sister.Code, tree.Neighbour.Code, tree.Far.Code}, codes); diff != "" {
			t.Error(diff)
		}
	})
}

// Each role on its own unit, and where it sees nothing of the school.
func TestWhoSeesAndMoves(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	calendartest.Rule(t, e, tree.Township.ID, on(28, calendar.Keep))
	nov := calendartest.Day(t, e, tree.Site.ID, month("2026-11"))
	moves := map[access.Role]bool{
		access.County: true, access.TownshipAdmin: true, access.Township: true, access.Village: true, access.Host: true, access.Head: true,
	}
	ops := func(by access.Actor) map[string]error {
		return map[string]error{
			"move": write(e, func(tx *db.Tx) error {
				_, err := calendar.Move(tx, by, calendar.MoveInput{ID: nov.ID, To: day("2026-11-27")})
				return err
			}),
			"not held": write(e, func(tx *db.Tx) error {
				_, err := calendar.SetNotHeld(tx, by, calendar.NotHeldInput{ID: nov.ID, Reason: calendar.Power})
				return err
			}),
			"undo": write(e, func(tx *db.Tx) error {
				if _, err := calendar.SetNotHeld(tx, orgtest.By, calendar.NotHeldInput{ID: nov.ID, Reason: calendar.Power}); err != nil {
					return err
				}
				_, err := calendar.Undo(tx, by, calendar.UndoInput{ID: nov.ID})
				return err
			}),
		}
	}
	sees := func(by access.Actor) (n int) {
		e.See(t, func(tx *db.Tx) error {
			page, err := calendar.ListDays(tx, by, calendar.DaysInput{Site: tree.Site.ID, Month: month("2026-11")})
			n = len(page.Items)
			_, e1 := calendar.GetDay(tx, by, calendar.GetDayInput{ID: nov.ID})
			_, e2 := calendar.Today(tx, by, calendar.TodayInput{Site: tree.Site.ID})
			_, e3 := calendar.GetRule(tx, by, calendar.GetRuleInput{Unit: org.SiteUnit(tree.Site.ID)})
			for _, err := range []error{e1, e2, e3} {
				if (err == nil) != (n == 1) {
					t.Errorf("the list has %d, but: %v", n, err)
				}
			}
			return err
		})
		return n
	}
	for _, s := range tree.Inside() {
		for op, err := range ops(s.Actor) {
			if (err == nil) != moves[s.Role] {
				t.Errorf("%s inside, %s: %v", s.Name, op, err)
			} else if err != nil && fail.KindOf(err) != fail.ForbiddenAct {
				t.Errorf("%s inside, %s: %v, want forbidden", s.Name, op, err)
			}
		}
		if sees(s.Actor) != 1 {
			t.Errorf("%s does not see the day", s.Name)
		}
	}
	for _, s := range tree.Outside() {
		for op, err := range ops(s.Actor) {
			if fail.KindOf(err) != fail.Missing {
				t.Errorf("%s outside, %s: %v", s.Name, op, err)
			}
		}
		if sees(s.Actor) != 0 {
			t.Errorf("%s sees the day", s.Name)
		}
	}
	lists := map[string]func(tx *db.Tx, by access.Actor) error{
		"days": func(tx *db.Tx, by access.Actor) error {
			_, err := calendar.ListDays(tx, by, calendar.DaysInput{})
			return err
		},
		"rules": func(tx *db.Tx, by access.Actor) error {
			_, err := calendar.Rules(tx, by, calendar.RulesInput{})
			return err
		},
	}
	bare := access.New(access.AccountID{1}, access.PersonID{}, "", access.Visitor().Grants())
	readers := map[string]access.Actor{"days": orgtest.As(access.Trainee, tree.Site.Path), "rules": orgtest.As(access.Lecturer, tree.Township.Path)}
	for name, list := range lists {
		for want, by := range map[fail.Kind]access.Actor{fail.Unauthenticated: access.Visitor(), fail.ForbiddenAct: bare, "": readers[name]} {
			if err := e.Read(t.Context(), func(tx *db.Tx) error { return list(tx, by) }); fail.KindOf(err) != want {
				t.Errorf("the list of %s: %v, want %q", name, err, want)
			}
		}
	}
	trainee := func(tx *db.Tx) error { return lists["rules"](tx, readers["days"]) }
	if err := e.Read(t.Context(), trainee); fail.KindOf(err) != fail.ForbiddenAct {
		t.Errorf("the list of rules by a trainee: %v", err)
	}
	if err := ops(access.Visitor())["move"]; fail.KindOf(err) != fail.Unauthenticated {
		t.Error(err)
	}
}

func TestHolidayTable(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		county := orgtest.As(access.County, tree.County.Path)
		put := func(in calendar.PutDayInput) (v calendar.YearView, err error) {
			err = write(e, func(tx *db.Tx) error {
				v, err = calendar.PutDay(tx, county, in)
				return err
			})
			return v, err
		}
		_, err := put(calendar.PutDayInput{})
		f, _ := fail.As(err)
		if f == nil || len(f.Fields) != 3 {
			t.Fatalf("not every fault at once: %v", err)
		}
		_, err = put(calendar.PutDayInput{Day: day("2027-10-01"), Until: day("2027-09-01"), Kind: calendar.Holiday, Name: "国庆节"})
		wantFault(t, err, "until", "calendar.until_range")
		v, err := put(calendar.PutDayInput{Day: day("2027-10-01"), Until: day("2027-10-07"), Kind: calendar.Holiday, Name: "国庆节"})
		if err != nil || len(v.Days) != 7 || v.Loaded {
			t.Fatalf("%+v %v", v, err)
		}
		e.Do(t, func(tx *db.Tx) error {
			v, err := calendar.RemoveDay(tx, county, calendar.RemoveDayInput{Day: day("2027-10-07")})
			if len(v.Days) != 6 {
				t.Errorf("%+v", v)
			}
			return err
		})
		wantCode(t, write(e, func(tx *db.Tx) error {
			_, err := calendar.RemoveDay(tx, county, calendar.RemoveDayInput{Day: day("2027-10-07")})
			return err
		}), "calendar.day_missing")
		wantFault(t, write(e, func(tx *db.Tx) error {
			_, err := calendar.LoadYear(tx, county, calendar.YearInput{Year: 2027})
			return err
		}), "year", "calendar.year_unknown")
		e.Do(t, func(tx *db.Tx) error {
			v, err := calendar.FinishYear(tx, county, calendar.YearInput{Year: 2027})
			if !v.Loaded || v.Source != "county" {
				t.Errorf("%+v", v)
			}
			return err
		})
		// What the county entered stays when the library's year is loaded.
		if _, err := put(calendar.PutDayInput{Day: day("2026-10-01"), Kind: calendar.Workday, Name: "试"}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			e.Do(t, func(tx *db.Tx) error {
				v, err := calendar.LoadYear(tx, county, calendar.YearInput{Year: 2026})
				if !v.Loaded || len(v.Days) != len(calendar.Known(2026)) {
					t.Errorf("%+v", v)
				}
				return err
			})
		}
		e.See(t, func(tx *db.Tx) error {
			d, err := calendar.LoadDays(tx, month("2026-10"), month("2026-10"))
			if !d.IsWorking(day("2026-10-01")) || !d.IsHoliday(day("2026-10-02")) || !d.YearLoaded(2026) || d.YearLoaded(2025) {
				t.Error("the county's day was overwritten, or the library's are not there")
			}
			return err
		})
		for _, s := range tree.Inside() {
			err := write(e, func(tx *db.Tx) error {
				_, err := calendar.PutDay(tx, s.Actor, calendar.PutDayInput{Day: day("2028-01-01"), Kind: calendar.Holiday, Name: "元旦"})
				return err
			})
			if (err == nil) != (s.Role == access.County) {
				t.Errorf("%s: %v", s.Name, err)
			}
			e.See(t, func(tx *db.Tx) error {
				_, err := calendar.Year(tx, s.Actor, calendar.YearInput{Year: 2026})
				return err
			})
		}
	})
}

func TestRuleInput(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	for _, c := range []struct {
		in          calendar.SetRuleInput
		field, code string
	}{
		{calendar.SetRuleInput{}, "kind", "input.choice"},
		{calendar.SetRuleInput{Kind: calendar.Follow}, "kind", "input.choice"},
		{calendar.SetRuleInput{Kind: calendar.OnDay, Day: 32, Holiday: calendar.Keep}, "day", "input.range"},
		{calendar.SetRuleInput{Kind: calendar.OnWeekday, Nth: 6, Weekday: 1, Holiday: calendar.Keep}, "nth", "input.range"},
		{calendar.SetRuleInput{Kind: calendar.OnWeekday, Nth: 1, Weekday: 0, Holiday: calendar.Keep}, "weekday", "input.range"},
		{calendar.SetRuleInput{Kind: calendar.OnDay, Day: 1}, "holiday", "input.choice"},
		{calendar.SetRuleInput{Kind: calendar.OnDay, Day: 1, Holiday: calendar.Keep, From: month("2026-10")}, "from", "calendar.from_past"},
		{calendar.SetRuleInput{Kind: calendar.OnDay, Day: 1, Holiday: calendar.Keep, From: month("2029-10")}, "from", "calendar.from_far"},
	} {
		c.in.Unit = tree.Township.ID
		for name, op := range map[string]func(tx *db.Tx) error{
			"set":     func(tx *db.Tx) error { _, err := calendar.SetRule(tx, orgtest.By, c.in); return err },
			"preview": func(tx *db.Tx) error { _, err := calendar.Preview(tx, orgtest.By, c.in); return err },
		} {
			t.Run(name+" "+c.field, func(t *testing.T) { wantFault(t, write(e, op), c.field, c.code) })
		}
	}
	wantCode(t, write(e, func(tx *db.Tx) error {
		_, err := calendar.SetRule(tx, orgtest.By, calendar.SetRuleInput{Unit: tree.Village.ID, Kind: calendar.OnDay, Day: 1, Holiday: calendar.Keep})
		return err
	}), "calendar.no_rule_unit")
	e.See(t, func(tx *db.Tx) error {
		v, err := calendar.Preview(tx, orgtest.By, calendar.SetRuleInput{Unit: tree.Township.ID, Kind: calendar.OnDay, Day: 31, Holiday: calendar.Keep})
		if len(v.Days) != 12 || v.Days[3].PlannedOn != day("2027-02-28") || v.Days[0].YearLoaded {
			t.Errorf("%+v", v)
		}
		return err
	})
}

func TestHorizon(t *testing.T) {
	for today, want := range map[string]string{"2026-01-01": "2026-12", "2026-09-30": "2026-12", "2026-10-01": "2027-01", "2026-12-31": "2027-03"} {
		if got := calendar.Horizon(day(today)); got != month(want) {
			t.Errorf("%s: %s", today, got)
		}
	}
}
