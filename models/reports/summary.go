package reports

import (
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// SummaryInput is the span of a summary.
type SummaryInput struct{ Span }

// Figures are what is counted of any set of schools.
type Figures struct {
	Schools     int `json:"schools"`     // 所, with a licence today
	Sessions    int `json:"sessions"`    // 次
	Attendances int `json:"attendances"` // 人次
	Minutes     int `json:"minutes"`
}

// SummaryView is the report in five figures.
type SummaryView struct {
	Figures
	People int `json:"people"` // 人数: different named persons
	Head
}

// Summary counts a unit's schools, and its sessions in a span. Permission: ReportsSee on the unit.
func Summary(tx *db.Tx, by access.Actor, in SummaryInput) (SummaryView, error) {
	p, err := in.find(tx, by, access.ReportsSee)
	if err != nil {
		return SummaryView{}, err
	}
	return p.summary(tx)
}

func (p place) summary(tx *db.Tx) (SummaryView, error) {
	v := SummaryView{Head: p.Head}
	var err error
	if v.Schools, err = p.licensed(tx); err != nil {
		return v, err
	}
	c := p.sessions()
	rows, err := db.Ask[Figures](tx, "SELECT COUNT(*) AS sessions, COALESCE(SUM(s.attended), 0) AS attendances, COALESCE(SUM(s.minutes), 0) AS minutes "+
		"FROM sessions s WHERE "+c.text, c.args...)
	if err != nil {
		return v, err
	}
	v.Sessions, v.Attendances, v.Minutes = rows[0].Sessions, rows[0].Attendances, rows[0].Minutes
	v.People, err = p.people(tx)
	return v, err
}

// licensed counts the schools of the place that have a licence.
func (p place) licensed(tx *db.Tx) (int, error) {
	c := condition{"h.licence = ?", []any{org.Licensed}}
	p.schools(&c, "h.id")
	return count(tx, "SELECT COUNT(*) FROM sites h WHERE "+c.text, c.args...)
}

func count(tx *db.Tx, query string, args ...any) (int, error) {
	n, err := db.Ask[int](tx, query, args...)
	if err != nil || len(n) == 0 {
		return 0, err
	}
	return n[0], nil
}

// people counts the different persons: from the tallies when the span is all of time or whole months, else from the marks.
func (p place) people(tx *db.Tx) (int, error) {
	var c condition
	switch {
	case p.From.IsZero() && p.open():
		p.schools(&c, "t.site_id")
		return count(tx, "SELECT COUNT(DISTINCT t.person_id) FROM person_sites t"+where(c), c.args...)
	case p.months():
		if year, ok := p.year(); ok {
			c.and("t.`year` = ?", year)
		}
		p.inMonths(&c)
		p.schools(&c, "t.site_id")
		return count(tx, "SELECT COUNT(DISTINCT t.person_id) FROM person_months t"+where(c), c.args...)
	}
	c = p.sessions()
	c.and("m.state IN ?", cameStates)
	return count(tx, "SELECT COUNT(DISTINCT m.person_id) FROM marks m JOIN sessions s ON s.id = m.session_id"+where(c), c.args...)
}

// months reports that the span is made of whole months, and that nothing handed in is left out.
func (p place) months() bool {
	return !p.past && (p.From.IsZero() || p.From.Day() == 1) && (p.open() || p.To == p.To.Month().Last())
}

// year is the one in which the whole span lies.
func (p place) year() (int, bool) {
	last := p.To
	if p.open() {
		last = date.Of(p.AsOf)
	}
	return p.From.Year(), !p.From.IsZero() && p.From.Year() == last.Year()
}

// inMonths is the condition on the tallies by month t.
func (p place) inMonths(c *condition) {
	if !p.From.IsZero() {
		c.and("t.`month` >= ?", p.From.Month())
	}
	if !p.open() {
		c.and("t.`month` <= ?", p.To.Month())
	}
}

func where(c condition) string {
	if c.text == "" {
		return ""
	}
	return " WHERE " + c.text
}
