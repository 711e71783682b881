package reports

import (
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// Coverage is 覆盖率: of the members due on the last day, how many took part at least once in the span.
type Coverage struct {
	Trained int `json:"trained"` // numerator
	Due     int `json:"due"`     // denominator
}

// Permille is the rate in thousandths, rounded down so that it never claims too much; 0 when nobody was due.
func (c Coverage) Permille() int {
	if c.Due == 0 {
		return 0
	}
	return 1000 * c.Trained / c.Due
}

// dueRow is a school's members, or one member of several schools.
type dueRow struct {
	SiteID   org.SiteID
	PersonID access.PersonID
	Due      int
	Trained  int
}

// coverage counts for each unit and for the whole. A member of several schools counts once in each unit that has one of
// them, and once in the whole.
func (p place) coverage(tx *db.Tx, v *UnitsView, of map[org.SiteID]int) error {
	c, trained := p.due(), p.trained()
	args := append(trained.args, c.args...)
	const from = " AS trained FROM rosters r JOIN persons p ON p.id = r.person_id JOIN sites h ON h.id = r.site_id WHERE "
	rows, err := db.Ask[dueRow](tx, "SELECT r.site_id, COUNT(*) AS due, SUM(CASE WHEN EXISTS ("+trained.text+") THEN 1 ELSE 0 END)"+
		from+c.text+" GROUP BY r.site_id", args...)
	if err != nil {
		return err
	}
	day := p.rosterDay()
	twice, err := db.Ask[dueRow](tx, "SELECT r.site_id, r.person_id, 1 AS due, CASE WHEN EXISTS ("+trained.text+") THEN 1 ELSE 0 END"+
		from+c.text+" AND r.person_id IN (SELECT x.person_id FROM rosters x WHERE x.since <= ? AND (x.`until` IS NULL OR x.`until` >= ?) "+
		"GROUP BY x.person_id HAVING COUNT(*) > 1)", append(args, day, day)...)
	if err != nil {
		return err
	}
	v.Coverage = &Coverage{}
	for i := range v.Items {
		v.Items[i].Coverage = &Coverage{}
	}
	for _, r := range rows {
		v.count(r, of[r.SiteID], 1)
	}
	v.once(twice, of)
	return nil
}

// count adds a row to its unit and to the whole, or takes it away.
func (v *UnitsView) count(r dueRow, unit, sign int) {
	v.Coverage.add(r, sign)
	if unit >= 0 {
		v.Items[unit].Coverage.add(r, sign)
	}
}

func (c *Coverage) add(r dueRow, sign int) {
	c.Due += sign * r.Due
	c.Trained += sign * r.Trained
}

// once takes away what members of several schools were counted too often.
func (v *UnitsView) once(twice []dueRow, of map[org.SiteID]int) {
	type seat struct {
		person access.PersonID
		unit   int
	}
	seen, inUnit := map[access.PersonID]bool{}, map[seat]bool{}
	for _, r := range twice {
		if seen[r.PersonID] {
			v.Coverage.add(r, -1)
		}
		seen[r.PersonID] = true
		s := seat{r.PersonID, of[r.SiteID]}
		if s.unit >= 0 && inUnit[s] {
			v.Items[s.unit].Coverage.add(r, -1)
		}
		inUnit[s] = true
	}
}

// rosterDay is the day whose rosters say who is due.
func (p place) rosterDay() date.Date {
	if day := date.Of(p.AsOf); p.To.After(day) {
		return day
	}
	return p.To
}

// due is the condition on rosters r, persons p and sites h for those who are due at a school with a licence.
func (p place) due() condition {
	day := p.rosterDay()
	c := condition{"h.licence = 'licensed'", nil}
	c.and("r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?)", day, day)
	expected, args := people.DueOn(day)
	c.and(expected, args...)
	p.schools(&c, "r.site_id")
	return c
}

// trained is a query that has a row when the person of r took part in the span, at whichever school.
func (p place) trained() condition {
	c := condition{"", nil}
	switch {
	case p.From.IsZero() && p.open():
		return condition{"SELECT 1 FROM person_sites t WHERE t.person_id = r.person_id", nil}
	case p.months():
		c.and("t.person_id = r.person_id")
		p.inMonths(&c)
		return condition{"SELECT 1 FROM person_months t WHERE " + c.text, c.args}
	}
	anywhere := p
	anywhere.whole = true
	c = anywhere.sessions()
	c.and("m.person_id = r.person_id AND m.state IN ?", cameStates)
	return condition{"SELECT 1 FROM marks m JOIN sessions s ON s.id = m.session_id WHERE " + c.text, c.args}
}

var cameStates = []attendance.State{attendance.Present, attendance.MadeUp, attendance.Observer}
