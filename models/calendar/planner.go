package calendar

import (
	"cmp"
	"slices"

	"gorm.io/gorm"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/settings"
)

// planner decides for the schools of a township what becomes of their days, and then stores it or shows it.
type planner struct {
	PlanResult
	tx    *db.Tx
	today date.Date
	since date.Date // days before it are not added; zero means today
	sites []site
	rules rules
	days  Days
	known map[dated][]Occurrence
	have  map[slot][]Day // by nth
	fresh []Day
	moves []decision
	kept  []decision // where the rule would have had it otherwise
}

// dated asks for the days of a rule in a month, which most schools of a township share.
type dated struct {
	rule  Rule
	month date.Month
}

// slot is a school's month.
type slot struct {
	site  org.SiteID
	month date.Month
}

// decision is what becomes of a day, or why it stays.
type decision struct {
	old  Day
	to   State
	want Occurrence
	why  Why
}

// Why says what keeps a day from following a rule.
type Why string

// The whys.
const (
	WhyConfirmed Why = "confirmed"
	WhyMoved     Why = "moved"
	WhyHeld      Why = "held"
	WhyNotHeld   Why = "not_held"
	WhyCancelled Why = "cancelled"
	WhyPassed    Why = "passed" // it has come due, or the rule's day has passed
	WhyTaken     Why = "taken"  // the school has another day on that date
)

// why says why planning must not touch the day; "" when it may.
func (d Day) why(today date.Date) Why {
	switch {
	case d.State == Held:
		return WhyHeld
	case d.State == NotHeld:
		return WhyNotHeld
	case d.State == Cancelled && d.Reason != "":
		return WhyCancelled
	case d.ConfirmedAt != nil:
		return WhyConfirmed
	case d.Shift == ByHand:
		return WhyMoved
	case !d.PlannedOn.After(today) && d.State != Cancelled:
		return WhyPassed
	}
	return ""
}

// is reports that the day stands where the occurrence has it.
func (d Day) is(o Occurrence) bool {
	return d.PlannedOn == o.PlannedOn && d.RuledOn == o.RuledOn && d.Shift == o.Shift && d.Hour == o.Hour
}

// plan does Plan's work on a locked township.
func (p *planner) plan(by access.Actor, township org.Unit, from, to date.Month) (PlanResult, error) {
	if err := p.decide(township, from, to); err != nil {
		return PlanResult{}, err
	}
	if err := p.store(); err != nil || !p.Changed() {
		return p.PlanResult, err
	}
	if err := p.tell(by); err != nil {
		return p.PlanResult, err
	}
	return p.PlanResult, audit.Add(p.tx, by, audit.Row{
		Act: "calendar.plan", Object: "unit", ID: township.ID, Unit: audit.Unit(township.ID),
		Change: audit.Changes{}.Code("from", "", from.String()).Code("to", "", to.String()).Int("added", 0, p.Added).
			Int("moved", 0, p.Moved).Int("cancelled", 0, p.Cancelled).Int("restored", 0, p.Restored),
	})
}

// decide reads everything and writes nothing. Rules that stand in the planner already, as those that a preview tries, stay.
func (p *planner) decide(township org.Unit, from, to date.Month) (err error) {
	if p.sites, err = sitesUnder(p.tx, township.Path); err != nil {
		return err
	}
	if p.rules == nil {
		units := []settings.UnitID{settings.Unit(township.ID)}
		for _, s := range p.sites {
			units = append(units, settings.Unit(s.ID))
		}
		if p.rules, err = settings.Of(p.tx, ruleKey, units); err != nil {
			return err
		}
	}
	if p.days, err = LoadDays(p.tx, from, to); err != nil {
		return err
	}
	rows, err := db.All[Day](p.tx.Scopes(db.Under("site_id", access.Scope{Paths: []string{township.Path}})).
		Where("`month` >= ? AND `month` <= ?", from, to).Order("nth"))
	if err != nil {
		return err
	}
	p.known, p.have = map[dated][]Occurrence{}, make(map[slot][]Day, len(rows))
	for _, r := range rows {
		k := slot{r.SiteID, r.Month}
		p.have[k] = append(p.have[k], r)
	}
	if p.since.IsZero() {
		p.since = p.today
	}
	for _, s := range p.sites {
		p.site(township, s, from, to)
	}
	return nil
}

func (p *planner) site(township org.Unit, s site, from, to date.Month) {
	unruled := false
	for m := from; !m.After(to); m = m.Add(1) {
		old := p.have[slot{s.ID, m}]
		rule := p.rules.at(m, org.SiteUnit(s.ID), township.ID)
		switch {
		case s.Licence != org.Licensed:
			for _, d := range old {
				p.unlicense(d)
			}
		case rule.IsSet():
			p.month(s, m, old, p.occurrences(rule, m))
		default:
			unruled = unruled || len(old) == 0
			for _, d := range old {
				p.follow(d, Occurrence{d.PlannedOn, d.RuledOn, d.Shift, d.Hour})
			}
		}
	}
	if unruled {
		p.Unruled++
	}
}

func (p *planner) occurrences(rule Rule, m date.Month) []Occurrence {
	k := dated{rule, m}
	o, ok := p.known[k]
	if !ok {
		o = rule.Days(m, p.days)
		p.known[k] = o
	}
	return o
}

// month brings a school's month in line with the rule. A day that stays where it is holds its date: no other day of the
// month goes there.
func (p *planner) month(s site, m date.Month, old []Day, want []Occurrence) {
	taken := p.taken(old, want)
	there := map[int]bool{}
	for _, d := range old {
		there[d.Nth] = true
		if d.Nth > len(want) {
			p.drop(d)
			continue
		}
		o := want[d.Nth-1]
		goes := o.PlannedOn
		if p.stays(d, o) {
			goes = d.PlannedOn
		}
		if nth, ok := taken[goes]; ok && nth != d.Nth {
			p.drop(d)
			continue
		}
		p.follow(d, o)
	}
	for i, o := range want {
		nth, ok := taken[o.PlannedOn]
		if !there[i+1] && (!ok || nth == i+1) {
			p.add(s, m, i+1, o)
		}
	}
}

// taken are the dates that days of a month hold, with the day that holds each: first what people have touched, then what
// stays because the rule's date has passed.
func (p *planner) taken(old []Day, want []Occurrence) map[date.Date]int {
	dates := map[date.Date]int{}
	for _, d := range old {
		if d.why(p.today) != "" && d.State != Cancelled {
			dates[d.PlannedOn] = d.Nth
		}
	}
	for _, d := range old {
		if d.Nth > len(want) || !p.stays(d, want[d.Nth-1]) || d.State == Cancelled && !p.restorable(d) {
			continue
		}
		if _, ok := dates[d.PlannedOn]; !ok {
			dates[d.PlannedOn] = d.Nth
		}
	}
	return dates
}

// stays reports that the day keeps its date, whatever the rule has.
func (p *planner) stays(d Day, want Occurrence) bool {
	return d.why(p.today) != "" || want.PlannedOn.Before(p.today)
}

// restorable reports that planning itself cancelled the day, and that it is still to come.
func (p *planner) restorable(d Day) bool {
	return d.State == Cancelled && d.Reason == "" && !d.PlannedOn.Before(p.today)
}

// add plans a new day, unless it has passed, or was before the school's licence.
func (p *planner) add(s site, m date.Month, nth int, o Occurrence) {
	if o.PlannedOn.Before(p.since) || o.PlannedOn.Before(s.LicensedOn) {
		return
	}
	id := IDOf(s.ID, m, nth)
	p.Added++
	p.fresh = append(p.fresh, Day{
		ID: id, SiteID: s.ID, Month: m, Nth: nth, PlannedOn: o.PlannedOn, RuledOn: o.RuledOn, Shift: o.Shift, Hour: o.Hour,
		State: Planned, SessionID: SessionOf(id), MadeAt: p.tx.Now, ChangedAt: p.tx.Now,
	})
}

// unlicense cancels the days of a school without a licence that are still to come, whatever was said of them.
func (p *planner) unlicense(old Day) {
	if !old.State.Open() || !old.PlannedOn.After(p.today) {
		p.Kept++
		return
	}
	p.moves = append(p.moves, decision{old: old, to: Cancelled, want: old.occurrence()})
}

// drop cancels a day that the rule has no more.
func (p *planner) drop(old Day) {
	why := old.why(p.today)
	if why == "" && old.State != Cancelled {
		p.moves = append(p.moves, decision{old: old, to: Cancelled, want: old.occurrence()})
		return
	}
	p.Kept++
	if why != "" && old.State != Cancelled {
		p.kept = append(p.kept, decision{old: old, why: why})
	}
}

func (d Day) occurrence() Occurrence { return Occurrence{d.PlannedOn, d.RuledOn, d.Shift, d.Hour} }

// follow brings a day in line with the rule and with the licence, which is there.
func (p *planner) follow(old Day, want Occurrence) {
	why := old.why(p.today)
	if why == "" && want.PlannedOn.Before(p.today) {
		why = WhyPassed
	}
	switch {
	case p.restorable(old) && (why != "" || old.is(want)): // moved or confirmed before the licence went
		p.moves = append(p.moves, decision{old: old, to: old.opened(), want: old.occurrence()})
	case why == "" && !old.is(want):
		p.moves = append(p.moves, decision{old: old, to: Planned, want: want})
	case why == "" && old.State == Cancelled:
		p.moves = append(p.moves, decision{old: old, to: Planned, want: want})
	default:
		p.Kept++
		if !old.is(want) {
			p.kept = append(p.kept, decision{old: old, want: want, why: why})
		}
	}
}

// change is what rows of the same kind become.
type change struct {
	from, to State
	Occurrence
}

// store writes new days in batches, and one update for all days that become the same.
func (p *planner) store() error {
	if len(p.fresh) > 0 {
		if err := db.Insert(p.tx, &p.fresh); err != nil {
			return err
		}
	}
	groups := map[change][]DayID{}
	for _, d := range p.moves {
		k := change{d.old.State, d.to, d.want}
		groups[k] = append(groups[k], d.old.ID)
	}
	keys := make([]change, 0, len(groups))
	for k := range groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b change) int {
		return cmp.Or(a.PlannedOn.Compare(b.PlannedOn), a.RuledOn.Compare(b.RuledOn), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to),
			cmp.Compare(a.Hour, b.Hour), cmp.Compare(a.Shift, b.Shift))
	})
	for _, k := range keys {
		for ids := range slices.Chunk(groups[k], 500) {
			if err := p.update(k, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// update writes a change to rows that still are what they were when planning read them. What people
// moved or confirmed meanwhile keeps its date.
func (p *planner) update(k change, ids []DayID) error {
	q := p.tx.Model(&Day{}).Where("id IN ? AND state = ?", ids, k.from)
	columns := map[string]any{"state": k.to, "sequence": gorm.Expr("sequence + 1"), "changed_at": p.tx.Now}
	if k.to == Planned && k.Shift != ByHand {
		q = q.Where("shift <> ? AND confirmed_at IS NULL", ByHand)
		columns["planned_on"], columns["ruled_on"], columns["shift"], columns["hour"] = k.PlannedOn, k.RuledOn, k.Shift, k.Hour
		columns["announced_at"] = nil
	}
	n, err := db.Set(q, columns)
	switch {
	case k.to == Cancelled:
		p.Cancelled += int(n)
	case k.from == Cancelled:
		p.Restored += int(n)
	default:
		p.Moved += int(n)
	}
	p.Kept += len(ids) - int(n)
	return err
}
