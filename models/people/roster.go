package people

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// EnrolInput puts a person on a school's roster.
type EnrolInput struct {
	Site   org.SiteID `path:"id" json:"-"`
	Person PersonID   `json:"person" form:"person"`
	Since  date.Date  `json:"since" form:"since"` // first day; zero means today
}

// Enrol puts a person on a school's roster from a day on. He may stand on another school's, too, but not
// twice on one school's at any time: conflict. Locks the person. Permission: PeopleEdit on the school,
// and the person's name must be one that the actor may know.
func Enrol(tx *db.Tx, by access.Actor, in EnrolInput) (View, error) {
	p, err := lockAt(tx, by, in.Site, in.Person)
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	since := notFuture(tx, &c, "since", in.Since)
	c.If(!p.Gone.IsZero(), "person", "people.gone")
	if err := c.Err(); err != nil {
		return View{}, err
	}
	held, err := db.All[rosterRow](tx.Where("site_id = ? AND person_id = ? AND (`until` IS NULL OR `until` >= ?)", in.Site, in.Person, since))
	if err != nil {
		return View{}, err
	}
	if len(held) > 0 {
		return View{}, fail.Conflict("people.already_enrolled")
	}
	r := rosterRow{ID: id.New[rosterTag](), SiteID: in.Site, PersonID: in.Person, Since: since}
	if err := db.Insert(tx, &r); err != nil {
		return View{}, err
	}
	return auditAt(tx, by, in.Site, p, "roster.enrol", audit.Changes{}.Code("since", "", since.String()))
}

// LeaveInput takes a person off a school's roster.
type LeaveInput struct {
	Site   org.SiteID `path:"id" json:"-"`
	Person PersonID   `path:"person" json:"-"`
	From   date.Date  `json:"from" form:"from"` // first day off the roster; zero means today
}

// Leave ends a person's place on a roster. One that would end before it began was a mistake and is taken
// away whole. Locks the person. Permission: PeopleEdit on the school.
func Leave(tx *db.Tx, by access.Actor, in LeaveInput) (View, error) {
	p, err := lockAt(tx, by, in.Site, in.Person)
	if err != nil {
		return View{}, err
	}
	from := in.From
	if from.IsZero() {
		from = tx.Today()
	}
	r, err := db.One[rosterRow](tx.Where("site_id = ? AND person_id = ? AND `until` IS NULL", in.Site, in.Person), "people.not_enrolled")
	if err != nil {
		return View{}, err
	}
	if from.After(r.Since) {
		_, err = db.Set(tx.Model(&rosterRow{}).Where("id = ?", r.ID), map[string]any{"until": from.AddDays(-1)})
	} else if err = tx.Where("id = ?", r.ID).Delete(&rosterRow{}).Error; err != nil {
		err = fmt.Errorf("people: %w", err)
	}
	if err != nil {
		return View{}, err
	}
	return auditAt(tx, by, in.Site, p, "roster.leave", audit.Changes{}.Code("from", "", from.String()))
}

// lockAt locks a person for work at a school, and asks for both permissions.
func lockAt(tx *db.Tx, by access.Actor, site org.SiteID, person PersonID) (Person, error) {
	s, err := org.FindSchool(tx, site)
	if err != nil {
		return Person{}, err
	}
	if err := by.Require(access.PeopleEdit, s.Path); err != nil {
		return Person{}, err
	}
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
	"AND (p.gone_on IS NULL OR p.gone_on > ?) ORDER BY p.name, p.id"

// RosterOn lists who stands on the school's roster on the day, in the order of names, with the standing
// and exemption of that day; departed persons are left out. One query. No permission is asked: the caller's op does.
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
