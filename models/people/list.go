package people

import (
	"slices"
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
	Life      Life       `json:"life,omitempty"`  // today's
	Phone     string     `json:"phone,omitempty"` // masked; only of a person that is read by himself, see [Area.Get]
	Shown     bool       `json:"-"`               // more than the name

	VillageGroupID org.UnitID `json:"village_group_id,omitzero"` // 村民小组
	VillageGroup   string     `json:"village_group,omitempty"`

	Offices []OfficeLine `json:"offices,omitempty"` // today's, in bodies of the party

	HouseholdID HouseholdID `json:"household_id,omitzero"`
	Household   string      `json:"household,omitempty"`
}

// viewColumns needs the day four times: for the life state, the standing, and twice for the exemption; see [views].
const viewColumns = "SELECT p.id, p.name, p.gender, p.birth_year, p.village_id, v.name AS village, p.branch_id, COALESCE(b.name, '') AS branch, " +
	"p.group_id, COALESCE(g.name, '') AS `group`, p.village_group_id, COALESCE(n.name, '') AS village_group, p.mobile, p.gone_on AS gone, p.household_id, COALESCE(h.name, '') AS household, COALESCE((SELECT l.state FROM life_states l " +
	"WHERE l.person_id = p.id AND l.since <= ? ORDER BY l.since DESC LIMIT 1), 'at_home') AS life, COALESCE((SELECT s.standing FROM standings s " +
	"WHERE s.person_id = p.id AND s.since <= ? ORDER BY s.since DESC LIMIT 1), '') AS standing, " +
	"(SELECT MAX(e.`until`) FROM exemptions e WHERE e.person_id = p.id AND e.since <= ? AND e.`until` >= ?) AS exempt, "

const viewTables = " AS shown FROM persons p JOIN units v ON v.id = p.village_id LEFT JOIN units b ON b.id = p.branch_id " +
	"LEFT JOIN units g ON g.id = p.group_id LEFT JOIN units n ON n.id = p.village_group_id LEFT JOIN households h ON h.id = p.household_id WHERE "

// condition is a piece of SQL with its arguments.
type condition struct {
	sql  string
	args []any
}

func (c condition) and(d condition) condition {
	return condition{c.sql + " AND " + d.sql, append(c.args[:len(c.args):len(c.args)], d.args...)}
}

// within holds for persons who live, belong or attend today within the scope: whose name is known there. It looks at one
// person after the other and never gathers the scope's units or people first, so it goes behind what finds few persons: a list's
// own index, or IDs.
func within(s access.Scope, today date.Date) condition { return anyOf(s, ways(s, today)) }

// answered holds for persons of whom more than the name is known within the scope. In the party's tree those are the branch's
// own; who belongs to another branch and attends a school that this one keeps is there by name.
func answered(s access.Scope, today date.Date) condition {
	return anyOf(s, slices.DeleteFunc(ways(s, today), func(w way) bool { return w.guest }))
}

func anyOf(s access.Scope, list []way) condition {
	if s.All || s.Empty() {
		sql, _ := db.PathRange("", s)
		return condition{sql, nil}
	}
	c := condition{}
	for i, w := range list {
		if i > 0 {
			c.sql += " OR "
		}
		c.sql, c.args = c.sql+"EXISTS ("+w.one.sql+")", append(c.args, w.one.args...)
	}
	return condition{"(" + c.sql + ")", c.args}
}

// nearby is a query of the IDs of those whom [within] holds for, for a scope with few people.
func nearby(s access.Scope, today date.Date) condition {
	var c condition
	for i, w := range ways(s, today) {
		if i > 0 {
			c.sql += " UNION "
		}
		c.sql, c.args = c.sql+w.all.sql, append(c.args, w.all.args...)
	}
	return c
}

// way is how a person lies within a scope.
type way struct {
	guest bool      // attends a school that a branch keeps
	all   condition // a query of the IDs of all such persons
	one   condition // a query that has a row when p is one
}

// ways lists where people within the scope live, belong or attend today.
func ways(s access.Scope, today date.Date) []way {
	const attends = "r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) AND "
	var out []way
	for _, tree := range []struct {
		root    string
		columns []string
		schools string // those of units
		path    string // of a school r.site_id; a query of its own, since a join would be begun at the wrong end
	}{
		{"/a/", []string{"village_id"}, "", "(SELECT u.path FROM units u WHERE u.id = r.site_id)"},
		{
			"/p/",
			[]string{"branch_id", "group_id"},
			"SELECT h.id FROM sites h WHERE h.branch_id IN (",
			"(SELECT u.path FROM sites h JOIN units u ON u.id = h.branch_id WHERE h.id = r.site_id)",
		},
	} {
		roots := slices.DeleteFunc(slices.Clone(s.Paths), func(path string) bool { return !strings.HasPrefix(path, tree.root) })
		if len(roots) == 0 {
			continue
		}
		units := unitsBelow(roots)
		in, _ := db.PathRange("u.path", access.Scope{Paths: roots})
		at, _ := db.PathRange(tree.path, access.Scope{Paths: roots})
		for _, column := range tree.columns {
			out = append(out, way{
				all: condition{"SELECT id FROM persons WHERE " + column + " IN (" + units.sql + ")", units.args},
				one: condition{"SELECT 1 FROM units u WHERE u.id = p." + column + " AND " + in, units.args},
			})
		}
		schools, args := units.sql, append([]any{today, today}, units.args...)
		if tree.schools != "" {
			schools = tree.schools + units.sql + ")"
		}
		out = append(out, way{
			guest: tree.root == "/p/",
			all:   condition{"SELECT r.person_id AS id FROM rosters r WHERE " + attends + "r.site_id IN (" + schools + ")", args},
			one:   condition{"SELECT 1 FROM rosters r WHERE r.person_id = p.id AND " + attends + at, args},
		})
	}
	return out
}

// broad reports a scope with a county or township in it, whose people are a good part of all.
func broad(s access.Scope) bool {
	return slices.ContainsFunc(s.Paths, func(path string) bool { return strings.Count(path, "/") <= wide })
}

// wide is the most slashes in the path of a county or township, whose people are a good part of all.
const wide = 4

// unitsBelow is a query of the units at or below one of the paths.
func unitsBelow(paths []string) condition {
	sql, args := db.PathRange("path", access.Scope{Paths: paths})
	return condition{"SELECT id FROM units WHERE " + sql, args}
}

// views reads the persons that the actor may know by name and that meet the condition.
func views(tx *db.Tx, by access.Actor, c condition, order string) ([]View, error) {
	return viewsOf(tx, by, within(by.Visible(access.PeopleNames), tx.Today()).and(c), order)
}

// viewsOf reads persons whose names the actor may know, each as far as he may see it.
func viewsOf(tx *db.Tx, by access.Actor, c condition, order string) ([]View, error) {
	day := tx.Today()
	names, sees := by.Visible(access.PeopleNames), by.Visible(access.PeopleSee)
	shown := answered(sees, day)
	party := slices.ContainsFunc(sees.Paths, func(path string) bool { return strings.HasPrefix(path, "/p/") })
	if !party && names.All == sees.All && slices.Equal(names.Paths, sees.Paths) {
		shown = condition{"1 = 1", nil} // every name that he knows
	}
	args := append(append([]any{day, day, day, day}, shown.args...), c.args...)
	rows := []View{}
	err := db.Each(tx, viewColumns+"COALESCE("+shown.sql+", FALSE)"+viewTables+c.sql+order, args, func(scan func(...any) error) error {
		var v View
		err := scan(&v.ID, &v.Name, &v.Gender, &v.BirthYear, &v.VillageID, &v.Village, &v.BranchID, &v.Branch, &v.GroupID, &v.Group, &v.VillageGroupID, &v.VillageGroup,
			&v.Mobile, &v.Gone, &v.HouseholdID, &v.Household, &v.Life, &v.Standing, &v.Exempt, &v.Shown)
		if !v.Shown && !by.Is(v.ID) {
			v = View{ID: v.ID, Name: v.Name}
		}
		rows = append(rows, v)
		return err
	})
	if err == nil {
		err = withOffices(tx, rows, day)
	}
	return rows, err
}

// find gives the persons of a part of a list, in its order; it reads nothing else of them, so that it stays within the index.
func find(tx *db.Tx, by access.Actor, c condition, limit int) ([]any, error) {
	scope, from := by.Visible(access.PeopleNames), "persons p WHERE "
	if scope.All || broad(scope) {
		c = c.and(within(scope, tx.Today()))
	} else {
		near := nearby(scope, tx.Today())
		from = "(" + near.sql + ") near JOIN persons p ON p.id = near.id WHERE "
		c.args = append(near.args, c.args...)
	}
	var found []any
	err := db.Each(tx, "SELECT p.id FROM "+from+c.sql+" ORDER BY p.name, p.id LIMIT ?", append(c.args, limit), func(scan func(...any) error) error {
		var p PersonID
		err := scan(&p)
		found = append(found, p)
		return err
	})
	return found, err
}

// GetInput names a person.
type GetInput struct {
	ID PersonID `path:"id"`
}

// Get reads a person. Permission: PeopleNames where he lives, belongs or attends, for the name;
// PeopleSee for the rest, where attending counts in the administrative tree alone. Everyone may read himself. A record that was merged into another one gives the other.
func Get(tx *db.Tx, by access.Actor, in GetInput) (View, error) {
	p, err := Find(tx, in.ID)
	for err == nil && !p.MergedInto.IsZero() {
		p, err = Find(tx, p.MergedInto)
	}
	if err != nil {
		return View{}, err
	}
	if !by.Is(p.ID) {
		if err := requireName(tx, by, p); err != nil {
			return View{}, err
		}
	}
	return read(tx, by, p.ID)
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
	Unit   string     `query:"unit"`   // code of an administrative unit: lives below it; a villagers' group, too
	Branch string     `query:"branch"` // code of a party unit: belongs to it or below
	Q      string     `query:"q"`      // name, pinyin or initials
	Gone   bool       `query:"gone"`   // the departed, too
	After  string     `query:"after"`
	Limit  int        `query:"limit"` // 1–200; 0 means 50

	Standing Standing   `query:"standing"` // today's; only of persons of whom the actor may see it
	Life     Life       `query:"life"`     // today's; moved and dead bring the departed, too
	NotSite  org.SiteID `query:"not_site"` // not on the school's roster today
	Name     string     `query:"name"`     // exactly this name
	Office   string     `query:"office"`   // held today, or [AnyOffice]; only of persons of whom the actor may see it
	phone    string     // index of a number, see [Area.List]
}

// List lists the persons whose name the actor may know, in the order of names.
// Permission: PeopleNames for the name, PeopleSee for the rest.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[View], error) {
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	c, err := narrow(tx, by, in)
	if err != nil {
		return db.Page[View]{}, err
	}
	if err := by.RequireAnywhere(access.PeopleNames); err != nil {
		return db.Page[View]{}, err
	}
	found, err := find(tx, by, c, limit+1)
	if err != nil || len(found) == 0 {
		return db.Page[View]{Items: []View{}}, err
	}
	these := condition{"p.id IN (?" + strings.Repeat(",?", len(found)-1) + ")", found}
	rows, err := viewsOf(tx, by, these, " ORDER BY p.name, p.id")
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

func narrow(tx *db.Tx, by access.Actor, in ListInput) (condition, error) {
	day := tx.Today()
	c := condition{sql: "COALESCE(p.merged_into, '') = ''"} // not by its index, in which almost everybody is alike
	if term := lang.SearchTerm(in.Q); term != "" {          // what most people are left out by is asked first
		c = holds(tx, "p.search_key", term).and(c)
	}
	if !in.Gone && !in.Life.Left() {
		c = c.and(condition{"(p.gone_on IS NULL OR p.gone_on > ?)", []any{day}})
	}
	const onRoster = "IN (SELECT r.person_id FROM rosters r WHERE r.site_id = ? AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?))"
	if !in.Site.IsZero() {
		c = c.and(condition{"p.id " + onRoster, []any{in.Site, day, day}})
	}
	if !in.NotSite.IsZero() {
		c = c.and(condition{"p.id NOT " + onRoster, []any{in.NotSite, day, day}})
	}
	if in.Standing != "" || in.Life != "" || in.Office != "" {
		c = c.and(answered(by.Visible(access.PeopleSee), day))
	}
	if in.Standing != "" {
		c = c.and(inStanding(in.Standing, day))
	}
	if in.Life != "" {
		c = c.and(inLife(in.Life, day))
	}
	if in.Office != "" {
		c = c.and(inOffice(in.Office, day))
	}
	if in.Name != "" {
		c = c.and(condition{"p.name = ?", []any{strings.TrimSpace(in.Name)}})
	}
	if in.phone != "" {
		c = c.and(condition{"p.phone_index = ?", []any{in.phone}}).and(answered(by.Visible(access.PeoplePhone), day))
	}
	for _, f := range []struct {
		tree         org.Tree
		code, column string
	}{{org.Administrative, in.Unit, "p.village_id"}, {org.Party, in.Branch, "COALESCE(p.group_id, p.branch_id)"}} {
		if f.code == "" {
			continue
		}
		top, err := org.FindCode(tx, f.tree, f.code)
		if err != nil {
			return c, err
		}
		if top.Kind == org.VillageGroup {
			c = c.and(condition{"p.village_group_id = ?", []any{top.ID}}).and(answered(by.Visible(access.PeopleSee), day))
			continue
		}
		units := unitsBelow([]string{top.Path})
		c = c.and(condition{f.column + " IN (" + units.sql + ")", units.args})
	}
	if in.After == "" {
		return c, nil
	}
	return after(c, in.After)
}

// holds is for rows whose column holds the term; by bytes, which servers compare several times as fast as characters.
func holds(tx *db.Tx, column, term string) condition {
	if tx.Driver() == db.MySQL {
		column = "CAST(" + column + " AS BINARY)"
	}
	return condition{"INSTR(" + column + ", ?) > 0", []any{term}}
}

// inLife holds for persons in a life state on the day. Few have any, so those are found first.
func inLife(l Life, day date.Date) condition {
	const latest = "l.since <= ? AND NOT EXISTS (SELECT 1 FROM life_states n WHERE n.person_id = l.person_id AND n.since > l.since AND n.since <= ?)"
	if l == AtHome {
		return condition{"p.id NOT IN (SELECT l.person_id FROM life_states l WHERE l.state <> ? AND " + latest + ")", []any{l, day, day}}
	}
	return condition{"p.id IN (SELECT l.person_id FROM life_states l WHERE l.state = ? AND " + latest + ")", []any{l, day, day}}
}

// inStanding holds for persons with a standing on the day. Those with a rare one are found first; of the others there are
// enough on any page of the list.
func inStanding(s Standing, day date.Date) condition {
	if s == Full || s == Villager {
		return condition{"(SELECT s.standing FROM standings s WHERE s.person_id = p.id AND s.since <= ? ORDER BY s.since DESC LIMIT 1) = ?", []any{day, s}}
	}
	return condition{"p.id IN (SELECT s.person_id FROM standings s WHERE s.standing = ? AND s.since <= ? AND NOT EXISTS " +
		"(SELECT 1 FROM standings n WHERE n.person_id = s.person_id AND n.since > s.since AND n.since <= ?))", []any{s, day, day}}
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
