package calendar_test

import (
	"testing"
	"time"

	lunar "github.com/6tail/lunar-go/calendar"

	"huotang/models/calendar"
	"huotang/models/date"
)

// Days whose lunar date is printed in every almanac, a leap month among them.
func TestLunarOf(t *testing.T) {
	for s, want := range map[string]string{
		"2026-02-17": "正月初一", "2026-11-24": "十月十六", "2026-08-06": "六月廿四", "2025-07-25": "闰六月初一", "2027-02-06": "正月初一",
	} {
		if got := calendar.LunarOf(day(s)); got != want {
			t.Errorf("%s is %s, want %s", s, got, want)
		}
	}
}

// What is remembered of a year is what the library reckons for each of its days, over all years that there are pages of and at the edges
// of what is remembered.
func TestLunarYears(t *testing.T) {
	for _, span := range [][2]int{{1899, 1901}, {2000, 2100}, {2199, 2201}} {
		for d := date.New(span[0], time.January, 1); d.Year() <= span[1]; d = d.AddDays(1) {
			y, m, n := d.UTC().Date()
			l := lunar.NewLunarFromSolar(lunar.NewSolarFromYmd(y, int(m), n))
			if got, want := calendar.LunarOf(d), l.GetMonthInChinese()+"月"+l.GetDayInChinese(); got != want {
				t.Fatalf("%s is %s, want %s", d, got, want)
			}
		}
	}
}
