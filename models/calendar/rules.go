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

// rules are all rules that were ever set, by unit and in the order of their months.
type rules map[settings.UnitID][]settings.Found[Rule]

func loadRules(tx *db.Tx) (rules, error) { return settings.All(tx, ruleKey) }

// at is the rule of a month for units from the nearest to the farthest; the zero Rule when nobody set one.
func (rs rules) at(month date.Month, units ...org.UnitID) Rule {
	for _, u := range units {
		r, ok := rs.own(month, u)
		if ok && r.IsSet() {
			return r
		}
	}
	return Rule{}
}

func (rs rules) own(month date.Month, unit org.UnitID) (Rule, bool) {
	list := rs[settings.Unit(unit)]
	for i := len(list) - 1; i >= 0; i-- {
		if !list[i].ValidFrom.After(month.First()) {
			return list[i].Value, true
		}
	}
	return Rule{}, false
}

// ruled is a unit that may have a rule, a township or a school, with its township.
type ruled struct {
	unit     org.Unit
	township org.Unit
	paths    []string
}

// findRuled reads the unit; lock locks the township, the root of planning.
func findRuled(tx *db.Tx, unit org.UnitID, lock bool) (ruled, error) {
	chain, err := org.Chain(tx, unit)
	if err != nil {
		return ruled{}, err
	}
	u := ruled{unit: chain[0], paths: []string{chain[0].Path}}
	at := slices.IndexFunc(chain, func(u org.Unit) bool { return u.Kind == org.Township })
	if at < 0 || (u.unit.Kind != org.Township && u.unit.Kind != org.Site) {
		return ruled{}, fail.NotFound("calendar.no_rule_unit")
	}
	u.township = chain[at]
	if lock {
		if u.township, err = org.LockUnit(tx, u.township.ID); err != nil {
			return ruled{}, err
		}
	}
	if u.unit.Kind == org.Site {
		s, err := org.FindSchool(tx, org.UnitSite(u.unit.ID))
		if err != nil {
			return ruled{}, err
		}
		u.paths = s.Paths()
	}
	return u, nil
}

// SetRuleInput sets the rule of a township, or of one school, from a month on.
type SetRuleInput struct {
	Unit    org.UnitID `path:"unit" json:"-"`
	From    date.Month `json:"from" form:"from"` // this month or later; zero means this month
	Kind    Kind       `json:"kind" form:"kind"`
	Day     int        `json:"day" form:"day"`
	Nth     int        `json:"nth" form:"nth"`
	Weekday int        `json:"weekday" form:"weekday"` // 1 Monday to 7 Sunday
	Holiday Policy     `json:"holiday" form:"holiday"`
}

func (in SetRuleInput) check(tx *db.Tx, u ruled) (Rule, date.Month, error) {
	var c fail.Check
	from := in.From
	if from.IsZero() {
		from = tx.Today().Month()
	}
	c.If(from.Before(tx.Today().Month()), "from", "calendar.from_past")
	c.If(from.After(tx.Today().Month().Add(24)), "from", "calendar.from_far", 24)
	r := Rule{in.Kind, in.Day, in.Nth, in.Weekday, in.Holiday}.check(&c, u.unit.Kind == org.Site)
	return r, from, c.Err()
}

// SetRule sets a rule and plans the township anew: future days that nobody moved follow the new rule.
// Locks the township. Permission: CalendarRule on the unit.
func SetRule(tx *db.Tx, by access.Actor, in SetRuleInput) (RuleView, error) {
	u, err := findRuled(tx, in.Unit, true)
	if err != nil {
		return RuleView{}, err
	}
	if err := by.Require(access.CalendarRule, u.paths...); err != nil {
		return RuleView{}, err
	}
	rule, from, err := in.check(tx, u)
	if err != nil {
		return RuleView{}, err
	}
	if err := settings.Put(tx, by, ruleKey, settings.Unit(in.Unit), from.First(), rule); err != nil {
		return RuleView{}, err
	}
	today := tx.Today().Month()
	if _, err := plan(tx, by, u.township, today, Horizon(tx.Today())); err != nil {
		return RuleView{}, err
	}
	return readRule(tx, u)
}

// PreviewDay is a date that a rule would give.
type PreviewDay struct {
	Month      date.Month `json:"month"`
	PlannedOn  date.Date  `json:"planned_on"`
	RuledOn    date.Date  `json:"ruled_on"`
	Shift      Shift      `json:"shift"`
	YearLoaded bool       `json:"year_loaded"`
}

// PreviewView is the dates of twelve months.
type PreviewView struct {
	Days []PreviewDay `json:"days"`
}

// Preview says which dates a rule would give in the twelve months from its first; it
// changes nothing. Permission: CalendarRule on the unit.
func Preview(tx *db.Tx, by access.Actor, in SetRuleInput) (PreviewView, error) {
	u, err := findRuled(tx, in.Unit, false)
	if err != nil {
		return PreviewView{}, err
	}
	if err := by.Require(access.CalendarRule, u.paths...); err != nil {
		return PreviewView{}, err
	}
	rule, from, err := in.check(tx, u)
	if err != nil {
		return PreviewView{}, err
	}
	rs, err := loadRules(tx)
	if err != nil {
		return PreviewView{}, err
	}
	days, err := LoadDays(tx, from, from.Add(11))
	if err != nil {
		return PreviewView{}, err
	}
	v := PreviewView{Days: []PreviewDay{}}
	for m := from; m.Before(from.Add(12)); m = m.Add(1) {
		r := rule
		if r.Kind == Follow {
			r = rs.at(m, u.township.ID)
		}
		if r.IsSet() {
			planned, ruled, shift := r.On(m, days)
			v.Days = append(v.Days, PreviewDay{m, planned, ruled, shift, days.YearLoaded(m.Year())})
		}
	}
	return v, nil
}
