package people

import (
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// EnrolInput puts a person on a school's roster.
type EnrolInput struct {
	Site   org.SiteID `path:"id" json:"-"`
	Person PersonID   `json:"person" form:"person"`
	Since  date.Date  `json:"since" form:"since"` // first day; zero means today
}

// Enrol puts a person on a school's roster from a day on. He may stand on another school's, too, but not
// twice on one school's at any time: conflict. Locks the person. Permission: PeopleEdit on the school or
// its branch, and the person's name must be one that the actor may know.
func Enrol(tx *db.Tx, by access.Actor, in EnrolInput) (View, error) {
	if err := requireAt(tx, by, in.Site); err != nil {
		return View{}, err
	}
	var c fail.Check
	since := notFuture(tx, &c, "since", in.Since)
	if c.If(in.Person.IsZero(), "person", "input.required") {
		return View{}, c.Err()
	}
	p, err := lockNamed(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	c.If(!p.Gone.IsZero(), "person", "people.gone")
	if err := c.Err(); err != nil {
		return View{}, err
	}
	if err := enrol(tx, in.Site, in.Person, since); err != nil {
		return View{}, err
	}
	if err := audit.Add(tx, by, enrolAct(in.Site, p.ID, since)); err != nil {
		return View{}, err
	}
	return read(tx, by, p.ID)
}

func enrolAct(site org.SiteID, person PersonID, since date.Date) audit.Row {
	return audit.Row{Act: "roster.enrol", Object: "person", ID: person, Unit: audit.Unit(site), Change: audit.Changes{}.Code("since", "", since.String())}
}

// LeaveInput takes a person off a school's roster.
type LeaveInput struct {
	Site   org.SiteID `path:"id" json:"-"`
	Person PersonID   `path:"person" json:"-"`
	From   date.Date  `json:"from" form:"from"` // first day off the roster; zero means today
}

// Leave ends a person's place on a roster. One that would end before it began was a mistake and is taken
// away whole. Locks the person. Permission: PeopleEdit on the school or its branch.
func Leave(tx *db.Tx, by access.Actor, in LeaveInput) (View, error) {
	if err := requireAt(tx, by, in.Site); err != nil {
		return View{}, err
	}
	p, err := lockNamed(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	from := in.From
	if from.IsZero() {
		from = tx.Today()
	}
	if _, err := leave(tx, in.Site, in.Person, from); err != nil {
		return View{}, err
	}
	return auditAt(tx, by, in.Site, p, "roster.leave", audit.Changes{}.Code("from", "", from.String()))
}

// EnrolManyInput puts several persons on a school's roster.
type EnrolManyInput struct {
	Site    org.SiteID `path:"id" json:"-"`
	Persons []PersonID `json:"persons" form:"persons"`
	Since   date.Date  `json:"since" form:"since"` // first day; zero means today
}

// EnrolMany is [Enrol] for several persons at once, all or none. Those who stand on the roster already count as done.
func EnrolMany(tx *db.Tx, by access.Actor, in EnrolManyInput) (Settled, error) {
	if err := requireAt(tx, by, in.Site); err != nil {
		return Settled{}, err
	}
	var c fail.Check
	c.If(len(in.Persons) == 0, "persons", "people.choose_some")
	c.If(len(in.Persons) > 200, "persons", "input.range", 1, 200)
	since := notFuture(tx, &c, "since", in.Since)
	if err := c.Err(); err != nil {
		return Settled{}, err
	}
	var out Settled
	for _, person := range inOrder(in.Persons) {
		_, err := Enrol(tx, by, EnrolInput{Site: in.Site, Person: person, Since: since})
		switch {
		case err == nil:
			out.Count++
		case !fail.Is(err, "people.already_enrolled"):
			return Settled{}, err
		}
	}
	return out, nil
}

// requireAt asks for PeopleEdit at a school.
func requireAt(tx *db.Tx, by access.Actor, site org.SiteID) error {
	s, err := org.FindSchool(tx, site)
	if err != nil {
		return err
	}
	return by.Require(access.PeopleEdit, s.Paths()...)
}

// lockNamed locks a person whose name the actor may know.
func lockNamed(tx *db.Tx, by access.Actor, person PersonID) (Person, error) {
	p, err := lock(tx, person)
	if err != nil {
		return Person{}, err
	}
	return p, requireName(tx, by, p)
}

func auditAt(tx *db.Tx, by access.Actor, site org.SiteID, p Person, act string, change audit.Changes) (View, error) {
	err := audit.Add(tx, by, audit.Row{Act: act, Object: "person", ID: p.ID, Unit: audit.Unit(site), Change: change})
	if err != nil {
		return View{}, err
	}
	return read(tx, by, p.ID)
}

// Member is one on a school's roster, as things stand on a day.
type Member struct {
	Person   PersonID
	Name     string
	Site     org.SiteID
	Standing Standing // "" for one whose first standing comes later
	Exempt   bool     // leaves the number due (应到)
	Mobile   bool
}

const rosterQuery = "SELECT p.id, p.name, p.mobile, COALESCE((SELECT s.standing FROM standings s WHERE s.person_id = p.id AND s.since <= ? " +
	"ORDER BY s.since DESC LIMIT 1), ''), EXISTS(SELECT 1 FROM exemptions e WHERE e.person_id = p.id AND e.since <= ? AND e.`until` >= ?) " +
	"FROM rosters r JOIN persons p ON p.id = r.person_id WHERE r.site_id = ? AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) " +
	"AND " + atHome + " ORDER BY p.name, p.id"

// atHome holds for a person p who was at home on the day, which it needs once.
const atHome = "COALESCE((SELECT l.state FROM life_states l WHERE l.person_id = p.id AND l.since <= ? ORDER BY l.since DESC LIMIT 1), 'at_home') = 'at_home'"

// dueStandings are the standings of those who are due.
var dueStandings = slices.DeleteFunc(slices.Clone(Standings), func(s Standing) bool { return !s.Due() })

// DueOn is the condition, in SQL on persons p, that holds for who is expected at activities on the day (应到) if he stands on a
// roster then: a full or probationary member, at home, and not exempt. It says of many at once what [RosterOn] says of a
// school's members; whatever counts those due counts by one of the two. The list
// among the arguments is for [db.Ask].
func DueOn(day date.Date) (sql string, args []any) {
	c := inLife(AtHome, day)
	c = c.and(condition{"COALESCE((SELECT s.standing FROM standings s WHERE s.person_id = p.id AND s.since <= ? ORDER BY s.since DESC LIMIT 1), '') IN ?", []any{day, dueStandings}})
	c = c.and(condition{"NOT EXISTS (SELECT 1 FROM exemptions e WHERE e.person_id = p.id AND e.since <= ? AND e.`until` >= ?)", []any{day, day}})
	return c.sql, c.args
}

// RosterOn lists who stands on the school's roster on the day, in the order of names, with the standing
// and exemption of that day; who was away or gone on that day is left out. One query. No permission is asked: the caller's op does.
func RosterOn(tx *db.Tx, site org.SiteID, day date.Date) ([]Member, error) {
	members := make([]Member, 0, 24)
	err := db.Each(tx, rosterQuery, []any{day, day, day, site, day, day, day}, func(scan func(...any) error) error {
		m := Member{Site: site}
		err := scan(&m.Person, &m.Name, &m.Mobile, &m.Standing, &m.Exempt)
		members = append(members, m)
		return err
	})
	return members, err
}

const schoolsQuery = "SELECT s.id, u.code, u.name, u.path, COALESCE(b.path, '') AS party, s.licence, s.licensed_on, s.changed_on, u.parent_id " +
	"FROM rosters r JOIN sites s ON s.id = r.site_id JOIN units u ON u.id = s.id LEFT JOIN units b ON b.id = s.branch_id " +
	"WHERE r.person_id = ? AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) ORDER BY u.code"

// Schools lists the schools whose roster the person stands on that day, in code order. No permission is
// asked: the caller's op does.
func Schools(tx *db.Tx, person PersonID, day date.Date) ([]org.School, error) {
	return db.Ask[org.School](tx, schoolsQuery, person, day, day)
}

// Size is how many stand on a school's roster, and how many of them are due (应到).
type Size struct {
	People int `json:"people"`
	Due    int `json:"due"`
}

// sizesQuery takes of each person's states and standings the last one of the day by looking whether a later one is there: as joins these cost
// a fraction of the same question asked anew for each person, on MySQL above all.
const sizesQuery = "SELECT r.site_id, COUNT(*) AS people, SUM(CASE WHEN s.standing IN ? AND NOT EXISTS (SELECT 1 FROM exemptions e " +
	"WHERE e.person_id = r.person_id AND e.since <= ? AND e.`until` >= ?) THEN 1 ELSE 0 END) AS due FROM rosters r " +
	"LEFT JOIN life_states l ON l.person_id = r.person_id AND l.since <= ? " +
	"LEFT JOIN life_states l2 ON l2.person_id = l.person_id AND l2.since > l.since AND l2.since <= ? " +
	"LEFT JOIN standings s ON s.person_id = r.person_id AND s.since <= ? " +
	"LEFT JOIN standings s2 ON s2.person_id = s.person_id AND s2.since > s.since AND s2.since <= ? " +
	"WHERE r.site_id IN ? AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) AND l2.person_id IS NULL AND s2.person_id IS NULL " +
	"AND (l.state IS NULL OR l.state = ?) GROUP BY r.site_id"

// SizesOf counts the rosters of many schools as [RosterOn] lists them on the day; a school without anybody is left out. No
// permission is asked: the caller's op does.
func SizesOf(tx *db.Tx, sites []org.SiteID, day date.Date) (map[org.SiteID]Size, error) {
	out := make(map[org.SiteID]Size, len(sites))
	for part := range slices.Chunk(sites, namesChunk) {
		rows, err := db.Ask[struct {
			SiteID org.SiteID
			Size
		}](tx, sizesQuery, dueStandings, day, day, day, day, day, day, part, day, day, AtHome)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			out[r.SiteID] = r.Size
		}
	}
	return out, nil
}
