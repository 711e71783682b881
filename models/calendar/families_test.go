package calendar_test

import (
	"slices"
	"testing"
	"time"

	"huotang/models/calendar"
	"huotang/models/date"
)

// every lists all rules that can be set, but for their hour.
func every() []calendar.Rule {
	var out []calendar.Rule
	for _, p := range calendar.Policies {
		for d := 1; d <= 31; d++ {
			out = append(out, on(d, p))
		}
		for nth := 1; nth <= calendar.LastWeek; nth++ {
			for w := 1; w <= 7; w++ {
				out = append(out, weekday(nth, w, p))
			}
		}
		for digit := 1; digit <= calendar.LastDigit; digit++ {
			for pick := calendar.EachDay; pick <= calendar.LastPick; pick++ {
				out = append(out, calendar.Rule{Kind: calendar.OnDigit, Digit: digit, Pick: pick, Holiday: p})
			}
		}
	}
	return out
}

// named enumerates the days of a month one by one and keeps those that the words of the rule mean.
func named(r calendar.Rule, m date.Month) []date.Date {
	var all, out []date.Date
	for d := m.First(); d.Month() == m; d = d.AddDays(1) {
		switch r.Kind {
		case calendar.OnDay:
			if d.Day() <= r.Day {
				all = []date.Date{d}
			}
		case calendar.OnDigit:
			if d.Day()%10 == r.Digit%10 {
				all = append(all, d)
			}
		default:
			if d.Weekday() == time.Weekday(r.Weekday%7) {
				all = append(all, d)
			}
		}
	}
	for i, d := range all {
		last := i == len(all)-1
		switch {
		case r.Kind == calendar.OnWeekday && (i+1 == r.Nth || r.Nth == calendar.LastWeek && last),
			r.Kind == calendar.OnDigit && (r.Pick == calendar.EachDay || i+1 == r.Pick || last && i+1 < r.Pick),
			r.Kind == calendar.OnDay:
			if r.Kind != calendar.OnWeekday || r.Nth != calendar.LastWeek || last {
				out = append(out, d)
			}
		}
	}
	return out
}

// meets looks through all days around a named one for the one that the words of the policy mean.
func meets(r calendar.Rule, d date.Date, days calendar.Days) date.Date {
	if !days.IsHoliday(d) || r.Holiday == calendar.Keep {
		return d
	}
	year, week := d.UTC().ISOWeek()
	var before, after, weekBefore, weekAfter date.Date
	for c := d.Month().First(); c.Month() == d.Month(); c = c.AddDays(1) {
		y, w := c.UTC().ISOWeek()
		same := y == year && w == week
		switch {
		case !days.IsWorking(c):
		case c.Before(d):
			if before = c; same {
				weekBefore = c
			}
		case c.After(d) && after.IsZero():
			if after = c; same {
				weekAfter = c
			}
		}
	}
	choices := []date.Date{after, before}
	switch r.Holiday {
	case calendar.WeekBefore:
		choices = []date.Date{weekBefore, weekAfter, after, before}
	case calendar.WeekAfter:
		choices = []date.Date{weekAfter, weekBefore, after, before}
	}
	for _, c := range choices {
		if !c.IsZero() {
			return c
		}
	}
	return date.Date{}
}

// Every rule of every family and policy, in every month of five arranged years, gives what enumerating the days gives.
func TestRulesAgainstEnumeration(t *testing.T) {
	days := arranged(2022, 2023, 2024, 2025, 2026)
	tried := 0
	for _, r := range every() {
		for m := month("2022-01"); m.Before(month("2027-01")); m = m.Add(1) {
			var planned, ruled []date.Date
			for _, o := range r.Days(m, days) {
				planned, ruled = append(planned, o.PlannedOn), append(ruled, o.RuledOn)
				if (o.PlannedOn != o.RuledOn) != (o.Shift == calendar.Later || o.Shift == calendar.Earlier) ||
					o.Shift == calendar.Later && o.PlannedOn.Before(o.RuledOn) || o.Shift == calendar.Earlier && o.PlannedOn.After(o.RuledOn) ||
					(o.Shift == calendar.Kept) != (r.Holiday == calendar.Keep && days.IsHoliday(o.RuledOn)) {
					t.Errorf("%+v in %s: %+v", r, m, o)
				}
			}
			var want []date.Date
			for _, d := range named(r, m) {
				if on := meets(r, d, days); len(want) == 0 || want[len(want)-1] != on {
					want = append(want, on)
				}
			}
			if !slices.Equal(planned, want) {
				t.Fatalf("%+v in %s: %v of %v, want %v", r, m, planned, ruled, want)
			}
			tried++
		}
	}
	t.Logf("%d months of rules", tried)
}
