package calendar

import (
	"maps"
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
	Only    bool       `json:"only" form:"only"` // of a school: for that month alone
	Kind    Kind       `json:"kind" form:"kind"`
	Day     int        `json:"day" form:"day"`
	Nth     int        `json:"nth" form:"nth"`
	Weekday int        `json:"weekday" form:"weekday"` // 1 Monday to 7 Sunday
	Digit   int        `json:"digit" form:"digit"`     // 1–10, 10 for 逢十
	Pick    int        `json:"pick" form:"pick"`       // which of the digit's days counts, 1–3; 0 means each
	Hour    string     `json:"hour" form:"hour"`       // "20:00", may be empty
	Holiday Policy     `json:"holiday" form:"holiday"`
	Seen    string     `json:"seen" form:"seen"` // fingerprint of the preview that was looked at
}

func (in SetRuleInput) rule() Rule {
	return Rule{
		Kind: in.Kind, Day: in.Day, Nth: in.Nth, Weekday: in.Weekday, Digit: in.Digit, Pick: in.Pick, Hour: in.Hour, Holiday: in.Holiday,
	}
}

// farthestRule is how many months ahead a rule may begin.
const farthestRule = 24

func (in SetRuleInput) check(tx *db.Tx, u ruled) (Rule, date.Month, error) {
	var c fail.Check
	from, this := in.From, tx.Today().Month()
	if from.IsZero() {
		from = this
	}
	school := u.unit.Kind == org.Site
	c.If(from.Before(this), "from", "calendar.from_past")
	c.If(from.After(this.Add(farthestRule)), "from", "calendar.from_far", farthestRule)
	c.If(in.Only && !school, "only", "calendar.only_schools")
	r := in.rule().check(&c, school)
	return r, from, c.Err()
}

// entries are what the input puts: the rule, and for one month alone what held before from the next month on.
func (in SetRuleInput) entries(rs rules, rule Rule, from date.Month) []RuleEntry {
	out := []RuleEntry{{from, rule}}
	if !in.Only {
		return out
	}
	next := from.Add(1)
	before, ok := rs.own(next, in.Unit)
	if !ok {
		before = Rule{Kind: Follow}
	}
	return append(out, RuleEntry{next, before})
}

// with are the rules as they would be with the entries.
func (rs rules) with(unit org.UnitID, entries []RuleEntry) rules {
	out := maps.Clone(rs)
	if out == nil {
		out = rules{}
	}
	list := slices.Clone(rs[settings.Unit(unit)])
	for _, e := range entries {
		list = slices.DeleteFunc(list, func(f settings.Found[Rule]) bool { return f.ValidFrom == e.From.First() })
		list = append(list, settings.Found[Rule]{Value: e.Rule, Unit: settings.Unit(unit), ValidFrom: e.From.First()})
	}
	slices.SortFunc(list, func(a, b settings.Found[Rule]) int { return a.ValidFrom.Compare(b.ValidFrom) })
	out[settings.Unit(unit)] = list
	return out
}

// SetRule sets a rule and plans the township anew: future days that nobody moved or confirmed follow the new rule. Where days that
// are there would move or go, a person must have seen which: Seen is the fingerprint of the [Preview] that he looked at, and
// it is a conflict when another one would be shown now. A job has nobody to show it to, and needs none.
// Locks the township. Permission: CalendarRule on the unit.
func SetRule(tx *db.Tx, by access.Actor, in SetRuleInput) (RuleView, error) {
	t, err := try(tx, by, in, true)
	if err != nil {
		return RuleView{}, err
	}
	if by.Job() == "" && t.planner.touches() && in.Seen != t.fingerprint() {
		if in.Seen == "" {
			return RuleView{}, fail.Conflict("calendar.look_first")
		}
		return RuleView{}, fail.Conflict("calendar.look_again")
	}
	for _, e := range t.entries {
		if err := settings.Put(tx, by, ruleKey, settings.Unit(in.Unit), e.From.First(), e.Rule); err != nil {
			return RuleView{}, err
		}
	}
	p := planner{tx: tx, today: tx.Today()}
	if _, err := p.plan(by, t.township, tx.Today().Month(), Horizon(tx.Today())); err != nil {
		return RuleView{}, err
	}
	return readRule(tx, t.ruled)
}

// trial is a rule that is tried before it is set.
type trial struct {
	ruled
	rule    Rule
	from    date.Month
	entries []RuleEntry
	rules   rules // with the entries
	planner planner
}

// try asks the permission, checks the input and lets the planner decide what the rule would do; it writes nothing.
func try(tx *db.Tx, by access.Actor, in SetRuleInput, lock bool) (t trial, err error) {
	if t.ruled, err = findRuled(tx, in.Unit, lock); err != nil {
		return t, err
	}
	if err := by.Require(access.CalendarRule, t.paths...); err != nil {
		return t, err
	}
	if t.rule, t.from, err = in.check(tx, t.ruled); err != nil {
		return t, err
	}
	rs, err := loadRules(tx)
	if err != nil {
		return t, err
	}
	t.entries = in.entries(rs, t.rule, t.from)
	t.rules = rs.with(in.Unit, t.entries)
	t.planner = planner{tx: tx, today: tx.Today(), rules: t.rules}
	return t, t.planner.decide(t.township, tx.Today().Month(), Horizon(tx.Today()))
}
