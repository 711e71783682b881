package calendar

import (
	"regexp"
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
	OnDigit   Kind = "digit"   // 逢六: the 6th, 16th and 26th, or one of them
	Follow    Kind = "follow"
)

// Policy is what happens when the day is a statutory holiday. A weekend is none: schools meet in the evening.
type Policy string

// The policies. A week is one from Monday to Sunday.
const (
	Keep           Policy = "keep"
	NextWorkingDay Policy = "next_working_day"
	WeekBefore     Policy = "week_before" // the last working day before, in the same week
	WeekAfter      Policy = "week_after"  // the first working day after, in the same week
)

// Policies lists the policies in the order of choices.
var Policies = []Policy{NextWorkingDay, WeekBefore, WeekAfter, Keep}

// Bounds and special values of a rule's fields.
const (
	LastWeek  = 5  // as Nth, the last such weekday of the month
	LastDigit = 10 // as Digit, 逢十: the 10th, 20th and 30th
	EachDay   = 0  // as Pick, every day that has the digit
	LastPick  = 3  // as Pick, the third
)

// Rule says on which day of a month a school meets.
type Rule struct {
	Kind    Kind   `json:"kind"`
	Day     int    `json:"day,omitempty"`     // 1–31; in a shorter month its last day
	Nth     int    `json:"nth,omitempty"`     // 1–4, 5 = the last
	Weekday int    `json:"weekday,omitempty"` // 1 Monday to 7 Sunday
	Digit   int    `json:"digit,omitempty"`   // 1–10: the last digit of the day, 10 for 0
	Pick    int    `json:"pick,omitempty"`    // which of the days with the digit counts for the month: 1–3; 0 means each
	Hour    string `json:"hour,omitempty"`    // at which people usually meet, "20:00"
	Holiday Policy `json:"holiday,omitempty"`
}

// ruleKey is the dated setting of townships and schools. The zero Rule is "none".
var ruleKey = settings.Key[Rule]{Name: "calendar.activity_rule"}

// IsSet reports a rule that gives days.
func (r Rule) IsSet() bool { return r.Kind == OnDay || r.Kind == OnWeekday || r.Kind == OnDigit }

var hourForm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// check notes what is wrong with the rule and drops the fields that its kind does not use.
func (r Rule) check(c *fail.Check, school bool) Rule {
	out := Rule{Kind: r.Kind, Holiday: r.Holiday, Hour: r.Hour}
	switch {
	case r.Kind == OnDay:
		c.Range("day", r.Day, 1, 31)
		out.Day = r.Day
	case r.Kind == OnWeekday:
		c.Range("nth", r.Nth, 1, LastWeek)
		c.Range("weekday", r.Weekday, 1, 7)
		out.Nth, out.Weekday = r.Nth, r.Weekday
	case r.Kind == OnDigit:
		c.Range("digit", r.Digit, 1, LastDigit)
		c.Range("pick", r.Pick, EachDay, LastPick)
		out.Digit, out.Pick = r.Digit, r.Pick
	case r.Kind == Follow && school:
		return Rule{Kind: Follow}
	default:
		c.Add("kind", "input.choice")
	}
	c.If(r.Hour != "" && !hourForm.MatchString(r.Hour), "hour", "input.time")
	c.If(r.Holiday != Keep && r.Holiday != NextWorkingDay && r.Holiday != WeekBefore && r.Holiday != WeekAfter, "holiday", "input.choice")
	return out
}

// Occurrence is a day that a rule gives to a month.
type Occurrence struct {
	PlannedOn date.Date // to meet on
	RuledOn   date.Date // that the rule names
	Shift     Shift     // how they differ
	Hour      string
}

// Days gives the days of a month, by date: one, but for a digit rule that counts each of its days. Two of these that a
// holiday sends to the same day are one.
func (r Rule) Days(month date.Month, days Days) []Occurrence {
	ruled := r.ruled(month)
	out := make([]Occurrence, 0, len(ruled))
	for _, d := range ruled {
		planned, shift := r.avoid(d, days)
		if n := len(out); n == 0 || out[n-1].PlannedOn != planned {
			out = append(out, Occurrence{planned, d, shift, r.Hour})
		}
	}
	return out
}

// On gives the first of [Rule.Days].
func (r Rule) On(month date.Month, days Days) (planned, ruled date.Date, shift Shift) {
	o := r.Days(month, days)[0]
	return o.PlannedOn, o.RuledOn, o.Shift
}

// avoid is where the policy puts a day. A day never leaves its month as long as this has a working day left: a month
// without an activity day is what the county's obligation is about.
func (r Rule) avoid(ruled date.Date, days Days) (date.Date, Shift) {
	if !days.IsHoliday(ruled) {
		return ruled, AsRuled
	}
	monday := ruled.AddDays(-(int(ruled.Weekday()) + 6) % 7)
	before, after := workingBefore(ruled, monday, days), workingAfter(ruled, monday.AddDays(6), days)
	switch {
	case r.Holiday == Keep:
		return ruled, Kept
	case r.Holiday == WeekBefore && !before.IsZero():
		return before, Earlier
	case r.Holiday == WeekBefore && !after.IsZero():
		return after, Later
	case r.Holiday == WeekAfter && !after.IsZero():
		return after, Later
	case r.Holiday == WeekAfter && !before.IsZero():
		return before, Earlier
	}
	return nextWorking(ruled, days)
}

// workingBefore is the last working day before the day, of its month and not before the limit; zero when there is none.
func workingBefore(day, limit date.Date, days Days) date.Date {
	for d := day.AddDays(-1); d.Month() == day.Month() && !d.Before(limit); d = d.AddDays(-1) {
		if days.IsWorking(d) {
			return d
		}
	}
	return date.Date{}
}

// workingAfter is the first working day after the day, likewise.
func workingAfter(day, limit date.Date, days Days) date.Date {
	for d := day.AddDays(1); d.Month() == day.Month() && !d.After(limit); d = d.AddDays(1) {
		if days.IsWorking(d) {
			return d
		}
	}
	return date.Date{}
}

// nextWorking is the next working day of the month; where the month has none left the last one before, and over the
// month's end only if the month has none at all.
func nextWorking(ruled date.Date, days Days) (date.Date, Shift) {
	month := ruled.Month()
	if d := workingAfter(ruled, month.Last(), days); !d.IsZero() {
		return d, Later
	}
	if d := workingBefore(ruled, month.First(), days); !d.IsZero() {
		return d, Earlier
	}
	next := month.Last().AddDays(1)
	for !days.IsWorking(next) {
		next = next.AddDays(1)
	}
	return next, Later
}

// ruled lists the days that the rule names in a month, at least one.
func (r Rule) ruled(month date.Month) []date.Date {
	switch r.Kind {
	case OnDay:
		return []date.Date{month.First().AddDays(min(r.Day, month.Days()) - 1)}
	case OnDigit:
		return r.digits(month)
	}
	want := time.Weekday(r.Weekday % 7)
	if r.Nth >= LastWeek {
		last := month.Last()
		return []date.Date{last.AddDays(-int((last.Weekday() - want + 7) % 7))}
	}
	first := month.First()
	return []date.Date{first.AddDays(int((want-first.Weekday()+7)%7) + 7*(r.Nth-1))}
}

// digits lists the days with the rule's digit, or the one that counts: in a month that ends before it, the last there is.
func (r Rule) digits(month date.Month) []date.Date {
	var all []date.Date
	for n := r.Digit; n <= month.Days(); n += 10 {
		all = append(all, month.First().AddDays(n-1))
	}
	if r.Pick == EachDay {
		return all
	}
	return all[min(r.Pick, len(all))-1:][:1]
}
