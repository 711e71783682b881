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
	hints, err := hintsOf(tx, []asked{{d, s, on}})
	if err != nil {
		return calendar.HintsView{}, err
	}
	return calendar.HintsView{On: on, Lunar: calendar.LunarOf(on), Hints: hints[0]}, nil
}

// HintsOf is [Hints] of a day of a school that the caller has read, on its own date; no permission is asked.
func HintsOf(tx *db.Tx, d calendar.DayView, s org.School) ([]calendar.Hint, error) {
	hints, err := hintsOf(tx, []asked{{d, s, d.PlannedOn}})
	if err != nil {
		return nil, err
	}
	return hints[0], nil
}

// HintsAhead is [Hints] of those days of a list that are still to come and are shown hints to who looks, each on its own date: a few queries
// for all of them. No permission is asked: [calendar.PlacedDay] says who is shown hints.
func HintsAhead(tx *db.Tx, days []calendar.PlacedDay) (map[calendar.DayID][]calendar.Hint, error) {
	var list []asked
	for _, d := range days {
		if d.Looks && (d.State == calendar.DueToday || d.State.Ahead()) {
			list = append(list, asked{d.DayView, d.School, d.PlannedOn})
		}
	}
	if len(list) == 0 {
		return nil, nil //nolint:nilnil // a map without entries
	}
	hints, err := hintsOf(tx, list)
	out := make(map[calendar.DayID][]calendar.Hint, len(hints))
	for i, h := range hints {
		out[list[i].day.ID] = h
	}
	return out, err
}

// asked is a day of a school that is looked at on a date.
type asked struct {
	day    calendar.DayView
	school org.School
	on     date.Date
}

func hintsOf(tx *db.Tx, list []asked) ([][]calendar.Hint, error) {
	days := make([]calendar.Asked, len(list))
	for i, a := range list {
		days[i] = calendar.Asked{Day: a.day, On: a.on}
	}
	for _, read := range []func(*db.Tx, []asked) (func(asked) calendar.Cause, error){heldThatWeek, noContent, atFault, unlicensed} {
		of, err := read(tx, list)
		if err != nil {
			return nil, err
		}
		for i, a := range list {
			days[i].Causes = append(days[i].Causes, of(a))
		}
	}
	return calendar.Look(tx, days)
}

// sitesOf are the schools of days, each once.
func sitesOf(list []asked) []org.SiteID {
	out := make([]org.SiteID, 0, len(list))
	seen := make(map[org.SiteID]bool, len(list))
	for _, a := range list {
		if !seen[a.school.ID] {
			seen[a.school.ID] = true
			out = append(out, a.school.ID)
		}
	}
	return out
}

// monday begins the week of a day.
func monday(d date.Date) date.Date { return d.AddDays(-(int(d.Weekday()) + 6) % 7) }

// heldThatWeek knows the sessions of the schools on other days than the one that is looked at.
func heldThatWeek(tx *db.Tx, list []asked) (func(asked) calendar.Cause, error) {
	since := tx.Today()
	for _, a := range list {
		if a.on.Before(since) {
			since = a.on
		}
	}
	type session struct {
		ID     calendar.SessionID
		SiteID org.SiteID
		HeldOn date.Date
	}
	held := map[org.SiteID][]session{}
	for part := range slices.Chunk(sitesOf(list), 500) {
		rows, err := db.Ask[session](tx, "SELECT id, site_id, held_on FROM sessions WHERE site_id IN ? AND state = ? AND held_on >= ? ORDER BY held_on",
			part, attendance.HandedIn, monday(since))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			held[r.SiteID] = append(held[r.SiteID], r)
		}
	}
	return func(a asked) calendar.Cause {
		weeks := map[date.Date]date.Date{}
		for _, s := range held[a.school.ID] {
			if s.ID != a.day.SessionID {
				weeks[monday(s.HeldOn)] = s.HeldOn
			}
		}
		return func(on date.Date) []calendar.Hint {
			if held, ok := weeks[monday(on)]; ok {
				return []calendar.Hint{{Code: HintHeld, Arg: held.String()}}
			}
			return nil
		}
	}, nil
}

// noContent knows for the months within reach whether the schools have something reviewed to study.
func noContent(tx *db.Tx, list []asked) (func(asked) calendar.Cause, error) {
	var months []date.Month
	schools := make([]org.School, len(list))
	for i, a := range list {
		schools[i] = a.school
		for _, m := range a.months(tx.Today()) {
			if !slices.Contains(months, m) {
				months = append(months, m)
			}
		}
	}
	plans, err := curricula.PlansOf(tx, schools, months...)
	if err != nil {
		return nil, err
	}
	return func(a asked) calendar.Cause {
		has := map[date.Month]bool{}
		for _, m := range a.months(tx.Today()) {
			reviewed := func(i curricula.PlanItem) bool { return i.Reviewed }
			has[m] = a.school.Licence != org.Licensed || slices.ContainsFunc(plans.At(a.school, m), reviewed)
		}
		return func(on date.Date) []calendar.Hint {
			if has[on.Month()] {
				return nil
			}
			return []calendar.Hint{{Code: HintContent}}
		}
	}, nil
}

// months are that of the date and those within reach: a day may be moved a little beyond its month.
func (a asked) months(today date.Date) []date.Month {
	months := []date.Month{a.on.Month()}
	for m := a.day.Month.Add(-1); !m.After(a.day.Month.Add(1)); m = m.Add(1) {
		if m != a.on.Month() && !m.Before(today.Month()) {
			months = append(months, m)
		}
	}
	return months
}

// atFault knows what is to be repaired or broken; that holds on every date.
func atFault(tx *db.Tx, list []asked) (func(asked) calendar.Cause, error) {
	hints := map[org.SiteID][]calendar.Hint{}
	for part := range slices.Chunk(sitesOf(list), 500) {
		rows, err := db.Ask[struct {
			SiteID org.SiteID
			Kind   string
		}](tx, "SELECT site_id, kind FROM site_items WHERE site_id IN ? AND state <> 'good' AND kind IN ?", part, players)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			hints[r.SiteID] = append(hints[r.SiteID], calendar.Hint{Code: HintEquipment, Arg: r.Kind})
		}
	}
	for _, h := range hints {
		slices.SortFunc(h, func(a, b calendar.Hint) int { return slices.Index(players, a.Arg) - slices.Index(players, b.Arg) })
	}
	return func(a asked) calendar.Cause {
		return func(date.Date) []calendar.Hint { return hints[a.school.ID] }
	}, nil
}

// unlicensed knows the schools' licences.
func unlicensed(*db.Tx, []asked) (func(asked) calendar.Cause, error) {
	return func(a asked) calendar.Cause {
		return func(on date.Date) []calendar.Hint {
			if a.school.Licence == org.Licensed && !on.Before(a.school.LicensedOn) {
				return nil
			}
			return []calendar.Hint{{Code: HintLicence}}
		}
	}, nil
}
