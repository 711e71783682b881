package calendar

import (
	"cmp"
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// Horizon is how far days are planned ahead: to the end of the year, and at least three months.
func Horizon(today date.Date) date.Month {
	end := date.NewMonth(today.Year(), 12)
	if m := today.Month().Add(3); m.After(end) {
		return m
	}
	return end
}

// PlanInput says for which township and months to plan.
type PlanInput struct {
	Unit org.UnitID `path:"unit" json:"-"` // a township
	From date.Month `json:"from" form:"from"`
	To   date.Month `json:"to" form:"to"` // zero means [Horizon]
}

// farthest is the most months that one planning may span.
const farthest = 36

// PlanResult counts what planning did to the activity days.
type PlanResult struct {
	Added     int `json:"added"`
	Moved     int `json:"moved"`
	Cancelled int `json:"cancelled"` // the school lost its licence
	Restored  int `json:"restored"`  // and has it again
	Kept      int `json:"kept"`
	Unruled   int `json:"unruled"` // licensed schools without a rule in some month
}

// Changed reports whether anything was written.
func (r PlanResult) Changed() bool { return r.Added+r.Moved+r.Cancelled+r.Restored > 0 }

// Plan gives every licensed school of a township its activity days by the rules; run twice it
// changes nothing. It adds days from today on, never in the past. Days after today
// that nobody touched follow a changed rule or holiday; a school without a licence has its future days
// cancelled, and restored when it is licensed again. A day that was moved by hand,
// held, or said not to be held, stays. From zero means this month. Locks the township; the days themselves change
// by compare-and-set, since people may move them meanwhile. Permission: CalendarPlan on the township.
func Plan(tx *db.Tx, by access.Actor, in PlanInput) (PlanResult, error) {
	u, err := org.LockUnit(tx, in.Unit)
	if err != nil {
		return PlanResult{}, err
	}
	if err := by.Require(access.CalendarPlan, u.Path); err != nil {
		return PlanResult{}, err
	}
	if u.Kind != org.Township {
		return PlanResult{}, fail.Invalid("calendar.not_a_township")
	}
	if in.From.IsZero() {
		in.From = tx.Today().Month()
	}
	if in.To.IsZero() {
		in.To = Horizon(tx.Today())
	}
	var c fail.Check
	c.If(in.To.Before(in.From) || !in.To.Before(in.From.Add(farthest)), "to", "calendar.months_range", farthest)
	if err := c.Err(); err != nil {
		return PlanResult{}, err
	}
	return plan(tx, by, u, in.From, in.To)
}

// plan does Plan's work on a locked township.
func plan(tx *db.Tx, by access.Actor, township org.Unit, from, to date.Month) (PlanResult, error) {
	p := planner{tx: tx, today: tx.Today(), dates: map[dated]dates{}}
	if err := p.load(township, from, to); err != nil {
		return PlanResult{}, err
	}
	for _, s := range p.sites {
		p.site(township, s, from, to)
	}
	if err := p.store(); err != nil || !p.Changed() {
		return p.PlanResult, err
	}
	return p.PlanResult, audit.Add(tx, by, audit.Row{
		Act: "calendar.plan", Object: "unit", ID: township.ID, Unit: audit.Unit(township.ID),
		Change: audit.Changes{}.Code("from", "", from.String()).Code("to", "", to.String()).Int("added", 0, p.Added).
			Int("moved", 0, p.Moved).Int("cancelled", 0, p.Cancelled).Int("restored", 0, p.Restored),
	})
}

// dated asks for the date of a rule in a month, which most schools of a township share.
type dated struct {
	rule  Rule
	month date.Month
}

// dates is the answer.
type dates struct {
	planned, ruled date.Date
	shift          Shift
}

// change is what rows of the same kind become.
type change struct {
	state State // before
	to    State
	dates
}

type planner struct {
	PlanResult
	tx      *db.Tx
	today   date.Date
	sites   []site
	rules   rules
	days    Days
	dates   map[dated]dates
	have    map[DayID]Day
	fresh   []Day
	changes map[change][]DayID
}

// load reads everything that planning needs in four queries.
func (p *planner) load(township org.Unit, from, to date.Month) (err error) {
	p.changes = map[change][]DayID{}
	if p.sites, err = sitesUnder(p.tx, township.Path); err != nil {
		return err
	}
	if p.rules, err = loadRules(p.tx); err != nil {
		return err
	}
	if p.days, err = LoadDays(p.tx, from, to); err != nil {
		return err
	}
	rows, err := db.All[Day](p.tx.Scopes(db.Under("site_id", access.Scope{Paths: []string{township.Path}})).
		Where("`month` >= ? AND `month` <= ?", from, to))
	p.have = make(map[DayID]Day, len(rows))
	for _, r := range rows {
		p.have[r.ID] = r
	}
	return err
}

func (p *planner) site(township org.Unit, s site, from, to date.Month) {
	unruled := false
	for m := from; !m.After(to); m = m.Add(1) {
		id := IDOf(s.ID, m, 1)
		old, there := p.have[id]
		if s.Licence != org.Licensed {
			if there {
				p.cancel(old)
			}
			continue
		}
		rule := p.rules.at(m, org.SiteUnit(s.ID), township.ID)
		switch {
		case there:
			p.follow(old, rule)
		case rule.IsSet():
			p.add(id, s, m, p.date(rule, m))
		default:
			unruled = true
		}
	}
	if unruled {
		p.Unruled++
	}
}

func (p *planner) date(rule Rule, m date.Month) dates {
	k := dated{rule, m}
	d, ok := p.dates[k]
	if !ok {
		d.planned, d.ruled, d.shift = rule.On(m, p.days)
		p.dates[k] = d
	}
	return d
}

func (p *planner) add(id DayID, s site, m date.Month, d dates) {
	if d.planned.Before(p.today) {
		return
	}
	p.Added++
	p.fresh = append(p.fresh, Day{
		ID: id, SiteID: s.ID, Month: m, Nth: 1, PlannedOn: d.planned, RuledOn: d.ruled, Shift: d.shift, State: Planned,
		SessionID: SessionOf(id), MadeAt: p.tx.Now, ChangedAt: p.tx.Now,
	})
}

func (p *planner) cancel(old Day) {
	if old.State != Planned || !old.PlannedOn.After(p.today) {
		p.Kept++
		return
	}
	p.change(old, Cancelled, dates{old.PlannedOn, old.RuledOn, old.Shift})
}

// follow brings a day in line with the rule and with the licence, which is there.
func (p *planner) follow(old Day, rule Rule) {
	now := dates{old.PlannedOn, old.RuledOn, old.Shift}
	want := now
	if old.Shift != ByHand && rule.IsSet() {
		if d := p.date(rule, old.Month); !d.planned.Before(p.today) {
			want = d
		}
	}
	cancelled := old.State == Cancelled && !want.planned.Before(p.today)
	moves := old.State == Planned && old.PlannedOn.After(p.today) && want != now
	if !cancelled && !moves {
		p.Kept++
		return
	}
	p.change(old, Planned, want)
}

func (p *planner) change(old Day, to State, d dates) {
	k := change{old.State, to, d}
	p.changes[k] = append(p.changes[k], old.ID)
}

// store writes new days in batches, and one update for all days that become the same.
func (p *planner) store() error {
	if len(p.fresh) > 0 {
		if err := db.Insert(p.tx, &p.fresh); err != nil {
			return err
		}
	}
	keys := make([]change, 0, len(p.changes))
	for k := range p.changes {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b change) int {
		return cmp.Or(a.planned.Compare(b.planned), a.ruled.Compare(b.ruled), cmp.Compare(a.state, b.state), cmp.Compare(a.to, b.to))
	})
	for _, k := range keys {
		for ids := range slices.Chunk(p.changes[k], 500) {
			if err := p.update(k, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// update writes a change to rows that still are what they were when planning read them. What people
// moved meanwhile keeps its date.
func (p *planner) update(k change, ids []DayID) error {
	q := p.tx.Model(&Day{}).Where("id IN ? AND state = ?", ids, k.state)
	columns := map[string]any{"state": k.to, "changed_at": p.tx.Now}
	if k.to == Planned && k.shift != ByHand {
		q = q.Where("shift <> ?", ByHand)
		columns["planned_on"], columns["ruled_on"], columns["shift"] = k.planned, k.ruled, k.shift
	}
	n, err := db.Set(q, columns)
	switch {
	case k.to == Cancelled:
		p.Cancelled += int(n)
	case k.state == Cancelled:
		p.Restored += int(n)
	default:
		p.Moved += int(n)
	}
	p.Kept += len(ids) - int(n)
	return err
}

// Add adds another planning's counts.
func (r *PlanResult) Add(o PlanResult) {
	r.Added += o.Added
	r.Moved += o.Moved
	r.Cancelled += o.Cancelled
	r.Restored += o.Restored
	r.Kept += o.Kept
	r.Unruled += o.Unruled
}
