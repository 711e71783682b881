package calendar

import (
	"huotang/models/access"
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
// changes nothing. It adds days from today on; without From it also makes up for the months that no planning has
// reached because none ran, and what passed meanwhile has no record. Days after today
// that nobody touched follow a changed rule or holiday, and are announced again; a school without a licence has its future days
// cancelled, and restored when it is licensed again. The date of a day that was confirmed or moved by hand never changes, and
// one that was held, said not to be held or called off by somebody stays as it is. From zero means this month, or the first that was missed. Locks the township; the days themselves change
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
	var since date.Date
	made := in.From.IsZero()
	if made {
		if in.From, since, err = missed(tx, u); err != nil {
			return PlanResult{}, err
		}
	}
	if in.To.IsZero() {
		in.To = Horizon(tx.Today())
	}
	var c fail.Check
	c.If(in.To.Before(in.From) || !made && !in.To.Before(in.From.Add(farthest)), "to", "calendar.months_range", farthest)
	if err := c.Err(); err != nil {
		return PlanResult{}, err
	}
	return planParts(tx, by, u, in, since)
}

// planParts plans the months, so many at a time that one part is never more than what a person may ask for at once: a downtime may have
// been of any length.
func planParts(tx *db.Tx, by access.Actor, u org.Unit, in PlanInput, since date.Date) (sum PlanResult, err error) {
	for from := in.From; !from.After(in.To); from = from.Add(farthest) {
		to := from.Add(farthest - 1)
		if to.After(in.To) {
			to = in.To
		}
		p := planner{tx: tx, today: tx.Today(), since: since}
		got, err := p.plan(by, u, from, to)
		if err != nil {
			return PlanResult{}, err
		}
		unruled := max(sum.Unruled, got.Unruled) // schools, not their months
		sum.Add(got)
		sum.Unruled = unruled
	}
	return sum, nil
}

// missed is the first month to plan, with the day from which days are added: this month and today, but after a downtime
// the month after the last planned one.
func missed(tx *db.Tx, township org.Unit) (from date.Month, since date.Date, err error) {
	today := tx.Today()
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{township.Path}})
	rows, err := db.Ask[struct{ Last *date.Month }](tx, "SELECT MAX(d.`month`) AS last FROM activity_days d JOIN units u ON u.id = d.site_id WHERE "+cond, args...)
	if err != nil || len(rows) == 0 || rows[0].Last == nil || rows[0].Last.IsZero() || !rows[0].Last.Before(today.Month()) {
		return today.Month(), today, err
	}
	from = rows[0].Last.Add(1)
	return from, from.First(), nil
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
