package calendar

import (
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/settings"
)

// Hint says why a day is not a good one, and which later one would be better. It never blocks, and is for who plans: the
// township, the county, the village; never for the host.
type Hint struct {
	Code   string    `json:"code"`
	Arg    string    `json:"arg"`             // the name of the season or festival, or what [Cause] says
	Better date.Date `json:"better,omitzero"` // the next date without this hint or a new one to which [Move] would put the day; none when there is none
}

// The codes of hints that the calendar knows by itself.
const (
	HintMarket   = "market"   // 街天
	HintFarm     = "farm"     // 农忙
	HintRain     = "rain"     // 雨季
	HintFestival = "festival" // 过节
)

// Cause is what an area above this one knows against dates of a school, such as a session already held in that week. It is asked
// about many dates, so it must have read what it needs; Better is set by [Look].
type Cause func(on date.Date) []Hint

// Outlook is what a place has against dates: its market days, seasons and festivals.
type Outlook struct {
	market  Market
	seasons Seasons
	days    Days
	known   map[date.Date][]Hint // of dates that were asked about; nil to remember none
}

// OutlookOf reads the outlook of a unit for the months, as it was entered until today. No permission is asked, and whoever shows hints
// must not show them to the host: the caller's op sees to both.
func OutlookOf(tx *db.Tx, unit org.UnitID, from, to date.Month) (o Outlook, err error) {
	chain, err := org.Chain(tx, unit)
	if err != nil {
		return o, err
	}
	units := make([]settings.UnitID, len(chain))
	for i, u := range chain {
		units[i] = settings.Unit(u.ID)
	}
	market, err := settings.Get(tx, marketKey, tx.Today(), units...)
	if err != nil {
		return o, err
	}
	o.market = market.Value
	if o.seasons, _, err = seasonsOf(tx, chain); err != nil {
		return o, err
	}
	o.days, err = LoadDays(tx, from, to)
	return o, err
}

// At are the hints of a date, without better ones.
func (o Outlook) At(on date.Date) []Hint {
	if known, ok := o.known[on]; ok {
		return slices.Clone(known)
	}
	out := o.at(on)
	if o.known != nil {
		o.known[on] = slices.Clone(out)
	}
	return out
}

func (o Outlook) at(on date.Date) []Hint {
	out := []Hint{}
	if o.market.On(on) {
		out = append(out, Hint{Code: HintMarket})
	}
	month, n := lunarOf(on)
	for _, f := range o.seasons.Festivals {
		if f.Month == month && f.Day == n {
			out = append(out, Hint{Code: HintFestival, Arg: f.Name})
		}
	}
	for _, x := range o.seasons.Seasons {
		if x.on(on) {
			out = append(out, Hint{Code: x.Code, Arg: x.Name})
		}
	}
	return out
}

// look is an activity day that is looked at on other dates.
type look struct {
	Outlook
	causes []Cause
	day    DayView
	today  date.Date
	taken  map[date.Date]DayID // by the school's days
}

// Asked is an activity day that is looked at on a date, with what the areas above know against dates of its school.
type Asked struct {
	Day    DayView
	On     date.Date
	Causes []Cause
}

// Look gives the hints of activity days, each on its date, the township's first, and of each hint the next better date. A better date is one to
// which [Move] would put the day now, and no holiday; of a day that cannot be moved there is none. However many days there are, it asks
// a few queries for each township. No permission is asked: see [OutlookOf].
func Look(tx *db.Tx, list []Asked) ([][]Hint, error) {
	if len(list) == 0 {
		return nil, nil
	}
	sites, first, last := make([]org.SiteID, len(list)), tx.Today().Month(), tx.Today().Month()
	for i, a := range list {
		sites[i] = a.Day.Site
		if m := reach(a.Day.Month, a.Day.RuledOn).Month(); last.Before(m) {
			last = m
		}
	}
	towns, err := townshipsOf(tx, sites)
	if err != nil {
		return nil, err
	}
	taken, err := takenBy(tx, sites, last.Last())
	if err != nil {
		return nil, err
	}
	outlooks, out := map[org.UnitID]Outlook{}, make([][]Hint, len(list))
	for i, a := range list {
		o, ok := outlooks[towns[a.Day.Site]]
		if !ok {
			if o, err = OutlookOf(tx, towns[a.Day.Site], first, last); err != nil {
				return nil, err
			}
			o.known = map[date.Date][]Hint{}
			outlooks[towns[a.Day.Site]] = o
		}
		out[i] = look{Outlook: o, causes: a.Causes, day: a.Day, today: tx.Today(), taken: taken[a.Day.Site]}.hints(a.On)
	}
	return out, nil
}

// townshipsOf are the townships of schools: market days and seasons are entered for nothing smaller.
func townshipsOf(tx *db.Tx, sites []org.SiteID) (map[org.SiteID]org.UnitID, error) {
	out := make(map[org.SiteID]org.UnitID, len(sites))
	for part := range slices.Chunk(sites, 500) {
		rows, err := db.Ask[struct {
			Site org.SiteID
			Town org.UnitID
		}](tx, "SELECT u.id AS site, v.parent_id AS town FROM units u JOIN units v ON v.id = u.parent_id WHERE u.id IN ?", part)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.Site] = r.Town
		}
	}
	return out, nil
}

// takenBy are the dates from today until the last one that schools' days stand on.
func takenBy(tx *db.Tx, sites []org.SiteID, last date.Date) (map[org.SiteID]map[date.Date]DayID, error) {
	out := make(map[org.SiteID]map[date.Date]DayID, len(sites))
	for part := range slices.Chunk(sites, 500) {
		rows, err := db.Ask[struct {
			ID        DayID
			SiteID    org.SiteID
			PlannedOn date.Date
		}](tx, "SELECT id, site_id, planned_on FROM activity_days WHERE site_id IN ? AND planned_on >= ? AND planned_on <= ? AND state <> ?", part, tx.Today(), last, Cancelled)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if out[r.SiteID] == nil {
				out[r.SiteID] = map[date.Date]DayID{}
			}
			out[r.SiteID][r.PlannedOn] = r.ID
		}
	}
	return out, nil
}

// takes reports a date on which another day of the school stands.
func (l look) takes(on date.Date) bool {
	other, ok := l.taken[on]
	return ok && other != l.day.ID
}

func (l look) at(on date.Date) []Hint {
	out := l.At(on)
	for _, c := range l.causes {
		out = append(out, c(on)...)
	}
	return out
}

func (l look) hints(on date.Date) []Hint {
	have := l.at(on)
	if !l.day.State.Open() && !l.day.State.Ahead() && l.day.State != DueToday && l.day.State != NotHeld {
		return have
	}
	for i := range have {
		have[i].Better = l.better(on, have, have[i])
	}
	return have
}

// better is the next date where the hint does not hold, and none that does not hold now.
func (l look) better(on date.Date, have []Hint, not Hint) date.Date {
	on = on.AddDays(1)
	if on.Before(l.today) {
		on = l.today
	}
	for d := on; !d.After(reach(l.day.Month, l.day.RuledOn)); d = d.AddDays(1) {
		if !reachable(l.day.Month, l.day.RuledOn, d) || l.takes(d) || l.days.IsHoliday(d) {
			continue
		}
		good := true
		for _, h := range l.at(d) {
			known := slices.ContainsFunc(have, func(o Hint) bool { return o.Code == h.Code && o.Arg == h.Arg })
			good = good && known && (h.Code != not.Code || h.Arg != not.Arg)
		}
		if good {
			return d
		}
	}
	return date.Date{}
}

// HintsInput asks about an activity day, on its date or on another one.
type HintsInput struct {
	ID DayID     `path:"id"`
	On date.Date `query:"on"` // zero means its own
}

// HintsView is a date with its hints.
type HintsView struct {
	On    date.Date `json:"on"`
	Lunar string    `json:"lunar"`
	Hints []Hint    `json:"hints"`
}

// Looked reads a day for who plans it, with its school, and the date that is asked about; it is the beginning of an op that shows hints.
// Permission: CalendarMove on the school, by an office: people of the house are refused, since a hint to them would be a rule.
func Looked(tx *db.Tx, by access.Actor, in HintsInput) (d DayView, s org.School, on date.Date, err error) {
	if d, err = readDay(tx, in.ID); err != nil {
		return d, s, on, err
	}
	if s, err = org.FindSchool(tx, d.Site); err != nil {
		return d, s, on, err
	}
	if err := by.Require(access.CalendarMove, s.Paths()...); err != nil {
		return d, s, on, err
	}
	if !Plans(by, s) {
		return d, s, on, fail.Forbidden("access.forbidden")
	}
	if on = in.On; on.IsZero() {
		on = d.PlannedOn
	}
	return d, s, on, nil
}

// Plans reports an actor who plans the school's days for it, and so sees hints.
func Plans(by access.Actor, s org.School) bool {
	return by.Can(access.CalendarMove, s.Paths()...) && (by.Can(access.CalendarPlan, s.Paths()...) || !OfTheHouse(by, s))
}
