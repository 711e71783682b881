package calendar

import (
	"time"

	"huotang/models/date"
	"huotang/models/fail"
	"huotang/models/settings"
)

// Kind is how a rule finds its day.
type Kind string

// The kinds. Follow is for a school: from then on the township's rule holds again.
const (
	OnDay     Kind = "day"     // the n-th of the month
	OnWeekday Kind = "weekday" // the n-th Friday
	Follow    Kind = "follow"
)

// Policy is what happens when the day is a statutory holiday. A weekend is none: schools meet in the evening.
type Policy string

// The policies.
const (
	Keep           Policy = "keep"
	NextWorkingDay Policy = "next_working_day"
)

// LastWeek as Nth means the last such weekday of the month.
const LastWeek = 5

// Rule says on which day of a month a school meets.
type Rule struct {
	Kind    Kind   `json:"kind"`
	Day     int    `json:"day,omitempty"`     // 1–31; in a shorter month its last day
	Nth     int    `json:"nth,omitempty"`     // 1–4, 5 = the last
	Weekday int    `json:"weekday,omitempty"` // 1 Monday to 7 Sunday
	Holiday Policy `json:"holiday,omitempty"`
}

// ruleKey is the dated setting of townships and schools. The zero Rule is "none".
var ruleKey = settings.Key[Rule]{Name: "calendar.activity_rule"}

// IsSet reports a rule that gives days.
func (r Rule) IsSet() bool { return r.Kind == OnDay || r.Kind == OnWeekday }

// check notes what is wrong with the rule and drops the fields that its kind does not use.
func (r Rule) check(c *fail.Check, school bool) Rule {
	out := Rule{Kind: r.Kind, Holiday: r.Holiday}
	switch {
	case r.Kind == OnDay:
		c.Range("day", r.Day, 1, 31)
		out.Day = r.Day
	case r.Kind == OnWeekday:
		c.Range("nth", r.Nth, 1, LastWeek)
		c.Range("weekday", r.Weekday, 1, 7)
		out.Nth, out.Weekday = r.Nth, r.Weekday
	case r.Kind == Follow && school:
		return Rule{Kind: Follow}
	default:
		c.Add("kind", "input.choice")
	}
	c.If(r.Holiday != Keep && r.Holiday != NextWorkingDay, "holiday", "input.choice")
	return out
}

// On gives the date that the rule names in the month, the date to meet on, and how
// they differ. A holiday's day goes to the next working day of the month; where the month has
// none left to the last working day before, and over the month's end only if the month
// has none at all.
func (r Rule) On(month date.Month, days Days) (planned, ruled date.Date, shift Shift) {
	ruled = r.ruled(month)
	if !days.IsHoliday(ruled) {
		return ruled, ruled, AsRuled
	}
	if r.Holiday != NextWorkingDay {
		return ruled, ruled, Kept
	}
	next := ruled.AddDays(1)
	for !days.IsWorking(next) {
		next = next.AddDays(1)
	}
	if next.Month() == month {
		return next, ruled, Later
	}
	for d := ruled.AddDays(-1); d.Month() == month; d = d.AddDays(-1) {
		if days.IsWorking(d) {
			return d, ruled, Earlier
		}
	}
	return next, ruled, Later
}

func (r Rule) ruled(month date.Month) date.Date {
	if r.Kind == OnDay {
		return month.First().AddDays(min(r.Day, month.Days()) - 1)
	}
	want := time.Weekday(r.Weekday % 7)
	if r.Nth >= LastWeek {
		last := month.Last()
		return last.AddDays(-int((last.Weekday() - want + 7) % 7))
	}
	first := month.First()
	return first.AddDays(int((want-first.Weekday()+7)%7) + 7*(r.Nth-1))
}
