package reports

import (
	"slices"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// The codes of hints that need more than the calendar knows.
const (
	HintHeld      = "held"      // a session was held in that week; Arg is its date
	HintContent   = "content"   // nothing reviewed is to be taught in that month
	HintEquipment = "equipment" // a thing to play lessons with is at fault; Arg is one of [org.Equipment]
	HintLicence   = "licence"   // no licence, or not yet on that date
)

// players are the kinds of equipment without which a lesson cannot be played.
var players = []string{"television", "player", "receiver", "computer", "projector", "speaker"}

// Hints looks at an activity day for who plans: what the township's calendar has against the date, and what the school has. Permission:
// CalendarMove on the school, by an office; people of the house are refused, since a hint to them would be a rule.
func Hints(tx *db.Tx, by access.Actor, in calendar.HintsInput) (calendar.HintsView, error) {
	d, s, on, err := calendar.Looked(tx, by, in)
	if err != nil {
		return calendar.HintsView{}, err
	}
	hints, err := HintsOf(tx, d, s, on)
	return calendar.HintsView{On: on, Lunar: calendar.LunarOf(on), Hints: hints}, err
}

// HintsOf is [Hints] of a day of a school that the caller has read; no permission is asked.
func HintsOf(tx *db.Tx, d calendar.DayView, s org.School, on date.Date) ([]calendar.Hint, error) {
	var causes []calendar.Cause
	for _, read := range []func(*db.Tx, calendar.DayView, org.School, date.Date) (calendar.Cause, error){heldThatWeek, noContent, atFault, unlicensed} {
		c, err := read(tx, d, s, on)
		if err != nil {
			return nil, err
		}
		causes = append(causes, c)
	}
	return calendar.Look(tx, d, on, causes...)
}

// monday begins the week of a day.
func monday(d date.Date) date.Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

// heldThatWeek knows the sessions of the school on other days than this one.
func heldThatWeek(tx *db.Tx, d calendar.DayView, s org.School, on date.Date) (calendar.Cause, error) {
	since := on
	if tx.Today().Before(since) {
		since = tx.Today()
	}
	rows, err := db.Ask[struct{ HeldOn date.Date }](tx, "SELECT held_on FROM sessions WHERE site_id = ? AND state = ? AND id <> ? AND held_on >= ? ORDER BY held_on",
		s.ID, attendance.HandedIn, d.SessionID, monday(since))
	weeks := map[date.Date]date.Date{}
	for _, r := range rows {
		weeks[monday(r.HeldOn)] = r.HeldOn
	}
	return func(on date.Date) []calendar.Hint {
		if held, ok := weeks[monday(on)]; ok {
			return []calendar.Hint{{Code: HintHeld, Arg: held.String()}}
		}
		return nil
	}, err
}

// noContent knows for the months within reach whether the school has something reviewed to study.
func noContent(tx *db.Tx, d calendar.DayView, s org.School, on date.Date) (calendar.Cause, error) {
	has := map[date.Month]bool{}
	months := []date.Month{on.Month()}
	for m := d.Month.Add(-1); !m.After(d.Month.Add(1)); m = m.Add(1) { // a day may be moved a little beyond its month
		if m != on.Month() && !m.Before(tx.Today().Month()) {
			months = append(months, m)
		}
	}
	for _, m := range months {
		items, err := curricula.PlanOf(tx, s, m)
		if err != nil {
			return nil, err
		}
		has[m] = s.Licence != org.Licensed || slices.ContainsFunc(items, func(i curricula.PlanItem) bool { return i.Reviewed })
	}
	return func(on date.Date) []calendar.Hint {
		if has[on.Month()] {
			return nil
		}
		return []calendar.Hint{{Code: HintContent}}
	}, nil
}

// atFault knows what is to be repaired or broken; that holds on every date.
func atFault(tx *db.Tx, _ calendar.DayView, s org.School, _ date.Date) (calendar.Cause, error) {
	rows, err := db.Ask[struct{ Kind string }](tx, "SELECT kind FROM site_items WHERE site_id = ? AND state <> 'good' AND kind IN ?", s.ID, players)
	slices.SortFunc(rows, func(a, b struct{ Kind string }) int {
		return slices.Index(players, a.Kind) - slices.Index(players, b.Kind)
	})
	var hints []calendar.Hint
	for _, r := range rows {
		hints = append(hints, calendar.Hint{Code: HintEquipment, Arg: r.Kind})
	}
	return func(date.Date) []calendar.Hint { return hints }, err
}

// unlicensed knows the school's licence.
func unlicensed(_ *db.Tx, _ calendar.DayView, s org.School, _ date.Date) (calendar.Cause, error) {
	return func(on date.Date) []calendar.Hint {
		if s.Licence == org.Licensed && !on.Before(s.LicensedOn) {
			return nil
		}
		return []calendar.Hint{{Code: HintLicence}}
	}, nil
}
