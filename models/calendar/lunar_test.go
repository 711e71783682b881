package calendar_test

import (
	"testing"

	"huotang/models/calendar"
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
