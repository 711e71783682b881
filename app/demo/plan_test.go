package demo

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"huotang/models/date"
)

const seed = DefaultSeed

// todays are days at which plans have gone wrong elsewhere, and plain ones.
func todays() map[string]date.Date {
	return map[string]date.Date{
		"plain":           date.New(2026, time.June, 17),
		"new year":        date.New(2026, time.January, 1),
		"new year 2027":   date.New(2027, time.January, 1),
		"leap day":        date.New(2028, time.February, 29),
		"national day":    date.New(2026, time.October, 1),
		"spring festival": date.New(2027, time.February, 6),
		"31st":            date.New(2026, time.August, 31),
		"long ago":        date.New(2021, time.May, 5),
	}
}

func plan(t testing.TB, seed uint64, today date.Date) *County {
	t.Helper()
	c, err := New(seed, today)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// planned stands in for the calendar: it knows weekends and no holidays.
func planned(c *County) []Planned {
	rules := map[int]Rule{}
	for _, r := range c.Rules {
		rules[r.Township] = r
	}
	own := map[int]Rule{}
	for _, o := range c.Overrides {
		own[o.Site] = o.Rule
	}
	var out []Planned
	for i, s := range c.Sites {
		rule, ok := own[i]
		if !ok {
			rule = rules[s.Township]
		}
		for m := c.HistoryFrom.Month(); !m.After(c.Today.Month()); m = m.Add(1) {
			if day, ok := dayOf(rule, m); ok && !day.Before(c.HistoryFrom) && !day.After(c.HistoryTo) {
				out = append(out, Planned{Site: i, On: day})
			}
		}
	}
	slices.SortFunc(out, func(a, b Planned) int {
		return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.Site, b.Site))
	})
	return out
}

func dayOf(r Rule, m date.Month) (date.Date, bool) {
	day, ok := r.Nominal(m)
	for r.Holiday == HolidayNextWorkingDay && (day.Weekday() == time.Saturday || day.Weekday() == time.Sunday) {
		day = day.AddDays(1)
	}
	return day, ok
}

func sessions(t testing.TB, c *County, days []Planned) []Session {
	t.Helper()
	seq, err := c.History(days)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(seq)
}

// digest is a fingerprint of the whole plan and its history.
func digest(t *testing.T, c *County) [32]byte {
	t.Helper()
	raw, err := json.Marshal(struct {
		County   *County
		Sessions []Session
	}{c, sessions(t, c, planned(c))})
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(raw)
}

// each runs the test for every one of todays.
func each(t *testing.T, test func(t *testing.T, c *County)) {
	t.Helper()
	for name, today := range todays() {
		t.Run(name, func(t *testing.T) { test(t, plan(t, seed, today)) })
	}
}

// distinct fails on a value that occurs twice.
func distinct[T any](t *testing.T, what string, list []T, key func(T) string) {
	t.Helper()
	seen := make(map[string]bool, len(list))
	for _, v := range list {
		k := key(v)
		if k == "" || seen[k] {
			t.Errorf("%s %q is empty or occurs twice", what, k)
		}
		seen[k] = true
	}
}

func TestSameSeedSamePlan(t *testing.T) {
	today := todays()["plain"]
	first := digest(t, plan(t, seed, today))
	if again := digest(t, plan(t, seed, today)); again != first {
		t.Error("the same seed and day gave another plan")
	}
	if other := digest(t, plan(t, seed+1, today)); other == first {
		t.Error("another seed gave the same plan")
	}
	if other := digest(t, plan(t, seed, today.AddDays(1))); other == first {
		t.Error("another day gave the same plan")
	}
}

func BenchmarkPlan(b *testing.B) {
	today := todays()["plain"]
	for b.Loop() {
		c := plan(b, seed, today)
		seq, err := c.History(planned(c))
		if err != nil {
			b.Fatal(err)
		}
		for s := range seq {
			_ = s
		}
	}
}
