package demo

import (
	"time"

	"huotang/models/date"
)

// What happens when the day is a statutory holiday.
const (
	HolidayKeep           = "keep"
	HolidayNextWorkingDay = "next_working_day"
)

// Rule is how a township sets its monthly activity day: day Day of the month when
// Day is positive, else the Nth Weekday.
type Rule struct {
	Township int // index into Divisions; None in a school's own rule
	Day      int
	Nth      int
	Weekday  time.Weekday
	Holiday  string
}

// SiteRule is a school's own rule, which goes before the township's.
type SiteRule struct {
	Site int
	Rule
}

// holidayReach is more than the longest run of days off: a day moved to the next
// working day lands at most this many days later.
const holidayReach = 12

// plantRules gives each township a rule whose day is surely not today, whatever the
// holidays, and the demo's school a rule of its own that falls due today. So one
// activity day is due today, and it is the demo host's. Another school's own rule fell due
// yesterday, so that the history ends there.
func (c *County) plantRules() {
	for i, t := range c.townships {
		d := c.dice("rule", c.Divisions[t].Code)
		rule := drawRule(d, i)
		for !c.clearOfToday(rule) {
			rule = drawRule(d, i)
		}
		rule.Township = t
		c.Rules = append(c.Rules, rule)
	}
	c.Overrides = []SiteRule{
		{c.DemoSite, Rule{Township: None, Day: c.Today.Day(), Holiday: HolidayKeep}},
		{c.LatestSite, Rule{Township: None, Day: c.HistoryTo.Day(), Holiday: HolidayKeep}},
	}
}

// drawRule gives every third township a weekday and the others a day of the month.
func drawRule(d dice, i int) Rule {
	r := Rule{Holiday: pick(d, []string{HolidayKeep, HolidayNextWorkingDay})}
	if i%3 == 1 {
		r.Nth = d.between(1, 4)
		r.Weekday = pick(d, []time.Weekday{time.Monday, time.Thursday, time.Friday, time.Saturday})
		return r
	}
	r.Day = pick(d, []int{5, 6, 8, 10, 12, 15, 16, 18, 20, 22, 25, 26})
	return r
}

// Nominal is the rule's day in the month, before holidays; false where the month has none.
func (r Rule) Nominal(m date.Month) (date.Date, bool) {
	if r.Day > 0 {
		return m.First().AddDays(r.Day - 1), r.Day <= m.Days()
	}
	first := m.First()
	day := first.AddDays((int(r.Weekday)-int(first.Weekday())+7)%7 + 7*(r.Nth-1))
	return day, day.Month() == m
}

// clearOfToday reports that no shift can bring the rule's day to today.
func (c *County) clearOfToday(r Rule) bool {
	reach := 0
	if r.Holiday == HolidayNextWorkingDay {
		reach = holidayReach
	}
	for _, m := range []date.Month{c.Today.Month().Add(-1), c.Today.Month()} {
		day, ok := r.Nominal(m)
		if late := c.Today.Sub(day); ok && late >= 0 && late <= reach {
			return false
		}
	}
	return true
}
