package calendar

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// PreviewDay is a date that a rule would give.
type PreviewDay struct {
	Month      date.Month `json:"month"`
	PlannedOn  date.Date  `json:"planned_on"`
	RuledOn    date.Date  `json:"ruled_on"`
	Shift      Shift      `json:"shift"`
	Hour       string     `json:"hour"`
	Lunar      string     `json:"lunar"`
	YearLoaded bool       `json:"year_loaded"`
	Hints      []Hint     `json:"hints"` // what the place has against the date
}

// RuleChange is a school's day that a rule would move, or would like to.
type RuleChange struct {
	Site  org.SiteID `json:"site"`
	Code  string     `json:"code"`
	Name  string     `json:"name"`
	Host  string     `json:"host"` // whom it concerns; "" when there is none, or the reader may not know names
	Day   DayID      `json:"day"`
	Month date.Month `json:"month"`
	From  date.Date  `json:"from"`
	To    date.Date  `json:"to,omitzero"` // none when the rule has no such day any more
	Hour  string     `json:"hour"`        // that the rule would give
	Told  bool       `json:"told"`        // the day was announced already
	Why   Why        `json:"why"`         // of one that stays
	same  bool       // date and hour stay; what changes is only what is said of the date
}

// PreviewView is what a rule would do: the dates of twelve months, and what becomes of the days that are planned, by school
// and month.
type PreviewView struct {
	Days        []PreviewDay `json:"days"`
	Moves       []RuleChange `json:"moves"`
	Gone        []RuleChange `json:"gone"` // cancelled, since the rule has fewer days
	Kept        []RuleChange `json:"kept"` // they do not follow, each with its why
	Added       int          `json:"added"`
	Schools     int          `json:"schools"` // that Moves and Gone are of
	Fingerprint string       `json:"seen"`    // for [SetRuleInput].Seen
}

// Preview says which dates a rule would give in the twelve months from its first, which days would move and whom
// that concerns, and which would stay and why; it changes nothing. Permission: CalendarRule on the unit; names of hosts
// are shown to those with PeopleNames.
func Preview(tx *db.Tx, by access.Actor, in SetRuleInput) (PreviewView, error) {
	t, err := try(tx, by, in, false)
	if err != nil {
		return PreviewView{}, err
	}
	v := PreviewView{Moves: []RuleChange{}, Gone: []RuleChange{}, Kept: []RuleChange{}, Added: t.planner.Added, Fingerprint: t.fingerprint()}
	if v.Days, err = t.dates(tx); err != nil {
		return v, err
	}
	hosts := map[org.SiteID]people.Holder{}
	if by.Can(access.PeopleNames, t.paths...) {
		if hosts, err = people.HostsOf(tx, t.sites(), tx.Today()); err != nil {
			return v, err
		}
	}
	touched := map[org.SiteID]bool{}
	for _, c := range t.changes(hosts) {
		switch {
		case c.same && c.Why == "" && !c.To.IsZero():
			continue
		case c.Why != "":
			v.Kept = append(v.Kept, c)
			continue
		case c.To.IsZero():
			v.Gone = append(v.Gone, c)
		default:
			v.Moves = append(v.Moves, c)
		}
		touched[c.Site] = true
	}
	v.Schools = len(touched)
	return v, nil
}

func (t trial) sites() []org.SiteID {
	out := make([]org.SiteID, len(t.planner.sites))
	for i, s := range t.planner.sites {
		out[i] = s.ID
	}
	return out
}

// dates are those of the twelve months.
func (t trial) dates(tx *db.Tx) ([]PreviewDay, error) {
	place, err := OutlookOf(tx, t.unit.ID, t.from, t.from.Add(11))
	days, out := place.days, []PreviewDay{}
	for m := t.from; m.Before(t.from.Add(12)); m = m.Add(1) {
		r := t.rules.at(m, t.unit.ID, t.township.ID)
		if !r.IsSet() {
			continue
		}
		for _, o := range r.Days(m, days) {
			out = append(out, PreviewDay{m, o.PlannedOn, o.RuledOn, o.Shift, o.Hour, LunarOf(o.PlannedOn), days.YearLoaded(m.Year()), place.At(o.PlannedOn)})
		}
	}
	return out, err
}

// changes lists what the planner decided, by school, month and number.
func (t trial) changes(hosts map[org.SiteID]people.Holder) []RuleChange {
	place := make(map[org.SiteID]int, len(t.planner.sites))
	for i, s := range t.planner.sites {
		place[s.ID] = i
	}
	all := slices.Concat(t.planner.moves, t.planner.kept)
	slices.SortStableFunc(all, func(a, b decision) int {
		if n := place[a.old.SiteID] - place[b.old.SiteID]; n != 0 {
			return n
		}
		if n := a.old.Month.First().Compare(b.old.Month.First()); n != 0 {
			return n
		}
		return a.old.Nth - b.old.Nth
	})
	out := make([]RuleChange, len(all))
	for i, d := range all {
		s := t.planner.sites[place[d.old.SiteID]]
		out[i] = RuleChange{
			Site: s.ID, Code: s.Code, Name: s.Name, Host: hosts[s.ID].Name, Day: d.old.ID, Month: d.old.Month, From: d.old.PlannedOn,
			To: d.want.PlannedOn, Hour: d.want.Hour, Told: d.old.AnnouncedAt != nil, Why: d.why,
			same: d.old.PlannedOn == d.want.PlannedOn && d.old.Hour == d.want.Hour && d.old.State != Cancelled,
		}
		if d.to == Cancelled {
			out[i].To = date.Date{}
		}
	}
	return out
}

// touches reports that days which are there would change.
func (p *planner) touches() bool { return len(p.moves) > 0 }

// fingerprint stands for all that a preview shows of days that are there: another decision on any of them is another
// fingerprint.
func (t trial) fingerprint() string {
	var b strings.Builder
	b.WriteString(fmt.Sprintln(t.unit.ID, t.entries))
	for _, c := range t.changes(nil) {
		b.WriteString(fmt.Sprintln(c.Day, c.From, c.To, c.Hour, c.Told, c.Why))
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}
