package people

import (
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// View is a person as pages and clients see it. One who may know only the name (PeopleNames) gets id and name.
type View struct {
	ID        PersonID   `json:"id"`
	Name      string     `json:"name"`
	Gender    Gender     `json:"gender,omitempty"`
	BirthYear int        `json:"birth_year,omitempty"`
	VillageID org.UnitID `json:"village_id,omitzero"`
	Village   string     `json:"village,omitempty"`
	BranchID  org.UnitID `json:"branch_id,omitzero"`
	Branch    string     `json:"branch,omitempty"`
	GroupID   org.UnitID `json:"group_id,omitzero"`
	Group     string     `json:"group,omitempty"`
	Mobile    bool       `json:"mobile,omitempty"`
	Standing  Standing   `json:"standing,omitempty"`    // today's
	Exempt    date.Date  `json:"exempt_until,omitzero"` // last day of an exemption that holds today
	Gone      date.Date  `json:"gone_on,omitzero"`
	Shown     bool       `json:"-"` // more than the name
}

// viewColumns needs the day twice, once for the standing and twice for the exemption; see [query.views].
const viewColumns = "SELECT p.id, p.name, p.gender, p.birth_year, p.village_id, v.name AS village, p.branch_id, COALESCE(b.name, '') AS branch, " +
	"p.group_id, COALESCE(g.name, '') AS `group`, p.mobile, p.gone_on AS gone, COALESCE((SELECT s.standing FROM standings s " +
	"WHERE s.person_id = p.id AND s.since <= ? ORDER BY s.since DESC LIMIT 1), '') AS standing, " +
	"(SELECT MAX(e.`until`) FROM exemptions e WHERE e.person_id = p.id AND e.since <= ? AND e.`until` >= ?) AS exempt, "

const viewTables = " AS shown FROM persons p JOIN units v ON v.id = p.village_id LEFT JOIN units b ON b.id = p.branch_id " +
	"LEFT JOIN units g ON g.id = p.group_id WHERE "

// condition is a piece of SQL with its arguments.
type condition struct {
	sql  string
	args []any
}

func (c condition) and(d condition) condition {
	return condition{c.sql + " AND " + d.sql, append(c.args[:len(c.args):len(c.args)], d.args...)}
}

// within holds for persons who live, belong or attend today within the scope. The
// branch's path is tried as well as the group's, which lies below it.
func within(s access.Scope, today date.Date) condition {
	if s.All || s.Empty() {
		sql, _ := db.PathRange("", s)
		return condition{sql, nil}
	}
	village, va := db.PathRange("v.path", s)
	branch, ba := db.PathRange("b.path", s)
	group, ga := db.PathRange("g.path", s)
	site, sa := db.PathRange("u.path", s)
	keeper, ka := db.PathRange("k.path", s)
	args := append(append(append(va, ba...), ga...), today, today)
	return condition{
		"(" + village + " OR " + branch + " OR " + group + " OR p.id IN (SELECT r.person_id FROM rosters r JOIN sites h ON h.id = r.site_id " +
			"JOIN units u ON u.id = h.id LEFT JOIN units k ON k.id = h.branch_id " +
			"WHERE r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) AND (" + site + " OR " + keeper + ")))",
		append(append(args, sa...), ka...),
	}
}

// views runs the query of persons that the actor may know by name and that meet the condition.
func views(tx *db.Tx, by access.Actor, c condition, order string) ([]View, error) {
	day := tx.Today()
	named := within(by.Visible(access.PeopleNames), day)
	shown := within(by.Visible(access.PeopleSee), day)
	args := append([]any{day, day, day}, shown.args...)
	args = append(append(args, named.args...), c.args...)
	rows, err := db.Ask[View](tx, viewColumns+shown.sql+viewTables+named.sql+" AND "+c.sql+order, args...)
	for i, r := range rows {
		if !r.Shown && !by.Is(r.ID) {
			rows[i] = View{ID: r.ID, Name: r.Name}
		}
	}
	return rows, err
}

// GetInput names a person.
type GetInput struct {
	ID PersonID `path:"id"`
}

// Get reads a person. Permission: PeopleNames where he lives, belongs or attends, for the name;
// PeopleSee for the rest. Everyone may read himself.
func Get(tx *db.Tx, by access.Actor, in GetInput) (View, error) {
	p, err := Find(tx, in.ID)
	if err != nil {
		return View{}, err
	}
	if !by.Is(in.ID) {
		if err := requireName(tx, by, p); err != nil {
			return View{}, err
		}
	}
	return read(tx, by, in.ID)
}

// read reads a person for an actor who has been let through; the standing only if he may see it.
func read(tx *db.Tx, by access.Actor, person PersonID) (View, error) {
	reader := by
	if by.Is(person) {
		reader = access.System("people.self")
	}
	rows, err := views(tx, reader, condition{"p.id = ?", []any{person}}, "")
	if err != nil {
		return View{}, err
	}
	if len(rows) == 0 {
		return View{}, fail.NotFound("people.missing")
	}
	return rows[0], nil
}

// ListInput narrows the list of persons.
type ListInput struct {
	Site   org.SiteID `query:"site"`   // on the school's roster today
	Unit   string     `query:"unit"`   // code of an administrative unit: lives below it
	Branch string     `query:"branch"` // code of a party unit: belongs to it or below
	Q      string     `query:"q"`      // name, pinyin or initials
	Gone   bool       `query:"gone"`   // the departed, too
	After  string     `query:"after"`
	Limit  int        `query:"limit"` // 1–200; 0 means 50
}

// List lists the persons whose name the actor may know, in the order of names.
// Permission: PeopleNames for the name, PeopleSee for the rest.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[View], error) {
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	c, err := narrow(tx, in)
	if err != nil {
		return db.Page[View]{}, err
	}
	if by.Visible(access.PeopleNames).Empty() {
		return db.Page[View]{}, by.Require(access.PeopleNames)
	}
	c.args = append(c.args, limit+1)
	rows, err := views(tx, by, c, " ORDER BY p.name, p.id LIMIT ?")
	if err != nil {
		return db.Page[View]{}, err
	}
	page := db.Page[View]{Items: rows[:min(len(rows), limit)]}
	if len(rows) > limit {
		last := rows[limit-1]
		page.Next = last.ID.String() + last.Name
	}
	return page, nil
}

func narrow(tx *db.Tx, in ListInput) (condition, error) {
	day := tx.Today()
	c := condition{sql: "1 = 1"}
	if !in.Gone {
		c = c.and(condition{"(p.gone_on IS NULL OR p.gone_on > ?)", []any{day}})
	}
	if !in.Site.IsZero() {
		c = c.and(condition{"p.id IN (SELECT r.person_id FROM rosters r WHERE r.site_id = ? AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?))", []any{in.Site, day, day}})
	}
	for _, f := range []struct {
		tree         org.Tree
		code, column string
	}{{org.Administrative, in.Unit, "v.path"}, {org.Party, in.Branch, "COALESCE(g.path, b.path)"}} {
		if f.code == "" {
			continue
		}
		top, err := org.FindCode(tx, f.tree, f.code)
		if err != nil {
			return c, err
		}
		sql, args := db.PathRange(f.column, access.Scope{Paths: []string{top.Path}})
		c = c.and(condition{sql, args})
	}
	if term := lang.SearchTerm(in.Q); term != "" {
		sql, arg := db.Like("p.search_key", term)
		c = c.and(condition{sql, []any{arg}})
	}
	if in.After == "" {
		return c, nil
	}
	return after(c, in.After)
}

// after continues a list behind the person whose ID and name the mark holds.
func after(c condition, mark string) (condition, error) {
	const idLen = 36
	var person PersonID
	if len(mark) <= idLen || person.UnmarshalText([]byte(mark[:idLen])) != nil {
		return c, fail.Invalid("input.malformed")
	}
	name := strings.Clone(mark[idLen:])
	return c.and(condition{"(p.name > ? OR (p.name = ? AND p.id > ?))", []any{name, name, person}}), nil
}
