package calendar_test

import (
	"slices"
	"testing"
	"time"

	"huotang/models/calendar"
	"huotang/models/date"
)

func day(s string) date.Date {
	d, err := date.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func month(s string) date.Month {
	m, err := date.ParseMonth(s)
	if err != nil {
		panic(err)
	}
	return m
}

// arranged is the arrangement of the years as the government published it.
func arranged(years ...int) calendar.Days {
	kinds := map[date.Date]calendar.DayKind{}
	for _, y := range years {
		for _, h := range calendar.Known(y) {
			kinds[h.Day] = h.Kind
		}
	}
	return calendar.NewDays(kinds, years...)
}

func on(n int, p calendar.Policy) calendar.Rule {
	return calendar.Rule{Kind: calendar.OnDay, Day: n, Holiday: p}
}

func weekday(nth, w int, p calendar.Policy) calendar.Rule {
	return calendar.Rule{Kind: calendar.OnWeekday, Nth: nth, Weekday: w, Holiday: p}
}

func TestRuleOn(t *testing.T) {
	const keep, next = calendar.Keep, calendar.NextWorkingDay
	const friday, monday, sunday = 5, 1, 7
	known := arranged(2024, 2025, 2026)
	for _, c := range []struct {
		name           string
		rule           calendar.Rule
		month          string
		planned, ruled string
		shift          calendar.Shift
	}{
		{"plain", on(6, next), "2026-11", "2026-11-06", "2026-11-06", calendar.AsRuled},
		{"a Sunday is no holiday", on(15, next), "2026-11", "2026-11-15", "2026-11-15", calendar.AsRuled},
		{"31st of a short month", on(31, keep), "2026-11", "2026-11-30", "2026-11-30", calendar.AsRuled},
		{"29 February in a leap year", on(29, next), "2024-02", "2024-02-29", "2024-02-29", calendar.AsRuled},
		{"29 February in another", on(29, keep), "2025-02", "2025-02-28", "2025-02-28", calendar.AsRuled},
		{"30 February", on(30, keep), "2024-02", "2024-02-29", "2024-02-29", calendar.AsRuled},
		{"first Friday", weekday(1, friday, next), "2026-11", "2026-11-06", "2026-11-06", calendar.AsRuled},
		{"fourth Monday", weekday(4, monday, keep), "2026-11", "2026-11-23", "2026-11-23", calendar.AsRuled},
		{"first Sunday on the first", weekday(1, sunday, keep), "2026-11", "2026-11-01", "2026-11-01", calendar.AsRuled},
		{"last Sunday of five", weekday(5, sunday, keep), "2026-11", "2026-11-29", "2026-11-29", calendar.AsRuled},
		{"last Friday of four", weekday(5, friday, keep), "2026-11", "2026-11-27", "2026-11-27", calendar.AsRuled},
		{"National Day kept", on(1, keep), "2026-10", "2026-10-01", "2026-10-01", calendar.Kept},
		{"National Day shifted over the week", on(1, next), "2026-10", "2026-10-08", "2026-10-01", calendar.Later},
		{"last day of the week off", on(7, next), "2026-10", "2026-10-08", "2026-10-07", calendar.Later},
		{"first Friday in the National Day week", weekday(1, friday, next), "2026-10", "2026-10-08", "2026-10-02", calendar.Later},
		{"a make-up Saturday is a working day", on(10, next), "2026-10", "2026-10-10", "2026-10-10", calendar.AsRuled},
		{"Spring Festival", on(17, next), "2026-02", "2026-02-24", "2026-02-17", calendar.Later},
		{"New Year to the make-up Sunday", on(1, next), "2026-01", "2026-01-04", "2026-01-01", calendar.Later},
		{"Qingming over a weekend", on(4, next), "2026-04", "2026-04-07", "2026-04-04", calendar.Later},
		{"holiday up to the month's end goes back", on(31, next), "2025-01", "2025-01-27", "2025-01-31", calendar.Earlier},
		{"year not loaded", on(1, next), "2027-10", "2027-10-01", "2027-10-01", calendar.AsRuled},
	} {
		t.Run(c.name, func(t *testing.T) {
			planned, ruled, shift := c.rule.On(month(c.month), known)
			if planned != day(c.planned) || ruled != day(c.ruled) || shift != c.shift {
				t.Errorf("%s, ruled %s, %q; want %s, %s, %q", planned, ruled, shift, c.planned, c.ruled, c.shift)
			}
		})
	}
}

// A month that is a holiday as a whole has no working day of its own.
func TestRuleOnWithoutAWorkingDay(t *testing.T) {
	kinds := map[date.Date]calendar.DayKind{}
	for d := day("2026-10-01"); d.Before(day("2026-11-01")); d = d.AddDays(1) {
		kinds[d] = calendar.Holiday
	}
	planned, _, shift := on(20, calendar.NextWorkingDay).On(month("2026-10"), calendar.NewDays(kinds, 2026))
	if planned != day("2026-11-02") || shift != calendar.Later {
		t.Errorf("%s %q", planned, shift)
	}
}

func TestKnownYears(t *testing.T) {
	for year, want := range map[int]bool{2001: false, 2002: true, 2015: true, 2020: true, 2025: true, 2026: true, 2027: false} {
		if got := len(calendar.Known(year)) > 0; got != want {
			t.Errorf("%d known: %v", year, got)
		}
	}
	d := arranged(2026)
	for s, working := range map[string]bool{
		"2026-01-04": true, "2026-02-14": true, "2026-02-16": false, "2026-02-28": true, "2026-10-07": false,
		"2026-10-08": true, "2026-10-10": true, "2026-10-11": false, "2026-11-23": true, "2026-11-22": false,
	} {
		if d.IsWorking(day(s)) != working {
			t.Errorf("%s working: %v", s, !working)
		}
	}
}

// The weekend days that are worked in 2026, and no others.
func TestMakeUpDaysOf2026(t *testing.T) {
	var got []string
	for _, d := range calendar.Known(2026) {
		if d.Kind == calendar.Workday {
			got = append(got, d.Day.String()[len("2026-"):])
		}
	}
	want := []string{"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("worked on %v, want %v", got, want)
	}
	d := arranged(2026)
	for _, s := range want {
		if on := day("2026-" + s); !d.IsWorking(on) || on.Weekday() != time.Saturday && on.Weekday() != time.Sunday {
			t.Errorf("%s is a %s, working: %v", s, on.Weekday(), d.IsWorking(on))
		}
	}
}

// Whatever the rule, the day lies in its month, is found again, and is a working day when it was shifted.
func FuzzRuleOn(f *testing.F) {
	f.Add(uint16(9), uint8(0), uint8(31), uint8(5), uint8(5), true)
	f.Add(uint16(1), uint8(1), uint8(1), uint8(1), uint8(7), true)
	f.Add(uint16(25), uint8(1), uint8(29), uint8(5), uint8(1), false)
	known := arranged(2020, 2021, 2022, 2023, 2024, 2025, 2026)
	f.Fuzz(func(t *testing.T, months uint16, kind, n, nth, w uint8, next bool) {
		m := date.NewMonth(2020, time.January).Add(int(months % 120))
		r := calendar.Rule{Kind: calendar.OnDay, Day: int(n)%31 + 1, Nth: int(nth)%5 + 1, Weekday: int(w)%7 + 1, Holiday: calendar.Keep}
		if kind%2 == 1 {
			r.Kind = calendar.OnWeekday
		}
		if next {
			r.Holiday = calendar.NextWorkingDay
		}
		planned, ruled, shift := r.On(m, known)
		if ruled.Month() != m || planned.Month() != m {
			t.Errorf("%s: ruled %s, planned %s", m, ruled, planned)
		}
		if r.Kind == calendar.OnWeekday && int(ruled.Weekday()) != r.Weekday%7 {
			t.Errorf("%s is a %s", ruled, ruled.Weekday())
		}
		if moved := planned != ruled; moved != (shift == calendar.Later || shift == calendar.Earlier) || moved && !known.IsWorking(planned) {
			t.Errorf("%s → %s as %q", ruled, planned, shift)
		}
		if (shift != calendar.AsRuled) != known.IsHoliday(ruled) {
			t.Errorf("%s as %q", ruled, shift)
		}
	})
}
