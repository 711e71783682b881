// Package people holds who studies and who teaches: persons with their standing over time,
// the schools' rosters, and the posts of host and head.
//
// It is no register of members; the national system is. It holds the least that a roll call
// and study hours need: a name, a year of birth, a village, the party branch or group that the person
// formally belongs to (组织关系), and a standing. Never a phone number, an ID number, a religion or
// anything about health; an exemption says who approved it and until when, not why.
//
// What holds over time is kept with days and never overwritten: a standing counts from a day until the
// next one, a roster place, a post and an exemption from a day to a day, both included. The root of the
// aggregate is the person's row, which every op here locks; what is about a school locks the school first.
package people

import (
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// PersonID identifies a person.
type PersonID = access.PersonID

// Standing is a person's political standing, from a day on.
type Standing string

// The standings (正式党员 / 预备党员 / 积极分子 / 群众).
const (
	Full         Standing = "full"
	Probationary Standing = "probationary"
	Applicant    Standing = "applicant"
	Villager     Standing = "villager"
)

// Standings lists them in the order of the glossary.
var Standings = []Standing{Full, Probationary, Applicant, Villager}

// Due reports whether one with this standing is expected at activities (应到). The others are
// counted when they come and never missed.
func (s Standing) Due() bool { return s == Full || s == Probationary }

// Gender as people give it; "" is unknown.
type Gender string

// The genders.
const (
	Female Gender = "female"
	Male   Gender = "male"
)

// Post is what a person does for a school.
type Post string

// The posts (户主 / 校长). A school has one of each at a time, often the same person.
const (
	Host Post = "host"
	Head Post = "head"
)

type personRow struct {
	ID        PersonID `gorm:"primaryKey"`
	Name      string
	SearchKey string
	Gender    Gender
	BirthYear int // 0 is unknown
	VillageID org.UnitID
	BranchID  *org.UnitID
	GroupID   *org.UnitID // within the branch
	Mobile    bool
	GoneOn    date.Date // first day that he is no longer here
	MadeAt    time.Time
	ChangedAt time.Time
}

func (personRow) TableName() string { return "persons" }

type standingRow struct {
	PersonID PersonID  `gorm:"primaryKey"`
	Since    date.Date `gorm:"primaryKey"`
	Standing Standing
}

func (standingRow) TableName() string { return "standings" }

type exemptionRow struct {
	PersonID   PersonID  `gorm:"primaryKey"`
	Since      date.Date `gorm:"primaryKey"`
	Until      date.Date
	ApprovedBy string
}

func (exemptionRow) TableName() string { return "exemptions" }

type rosterTag struct{}

type rosterRow struct {
	ID       id.ID[rosterTag] `gorm:"primaryKey"`
	SiteID   org.SiteID
	PersonID PersonID
	Since    date.Date
	Until    date.Date // zero while on the roster
}

func (rosterRow) TableName() string { return "rosters" }

type postRow struct {
	SiteID   org.SiteID `gorm:"primaryKey"`
	Post     Post       `gorm:"primaryKey"`
	Since    date.Date  `gorm:"primaryKey"`
	Until    date.Date
	PersonID PersonID
}

func (postRow) TableName() string { return "posts" }

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any {
	return []any{personRow{}, standingRow{}, exemptionRow{}, rosterRow{}, postRow{}}
}

// Person is a person as other areas use it.
type Person struct {
	ID      PersonID
	Name    string
	Village string // path
	Party   string // path of the group or else the branch he belongs to, "" for none
	Gone    date.Date
}

// Home are the paths under which a person is administered: where he lives, and where he
// formally belongs. An op on the person names them. Where he attends is not among them, see [Schools].
func (p Person) Home() []string { return []string{p.Village, p.Party} }

const personQuery = `SELECT p.id, p.name, v.path AS village, COALESCE(g.path, '') AS party, p.gone_on AS gone
FROM persons p JOIN units v ON v.id = p.village_id LEFT JOIN units g ON g.id = COALESCE(p.group_id, p.branch_id) WHERE p.id = ?`

// Find reads a person; not_found when there is none. No permission is asked: the caller's op does.
func Find(tx *db.Tx, person PersonID) (Person, error) {
	var p Person
	err := db.Each(tx, personQuery, []any{person}, func(scan func(...any) error) error {
		return scan(&p.ID, &p.Name, &p.Village, &p.Party, &p.Gone)
	})
	if err == nil && p.ID.IsZero() {
		err = fail.NotFound("people.missing")
	}
	return p, err
}

// lock locks a person's row and reads the person.
func lock(tx *db.Tx, person PersonID) (Person, error) {
	if err := tx.Lock("persons", person); err != nil {
		return Person{}, err
	}
	return Find(tx, person)
}

// namesChunk bounds the IDs in one query.
const namesChunk = 500

// Names gives the names of persons, for pages that join them at view time. IDs of nobody are left out.
// No permission is asked: the caller's op has checked what the names stand beside.
func Names(tx *db.Tx, persons []PersonID) (map[PersonID]string, error) {
	names := make(map[PersonID]string, len(persons))
	for len(persons) > 0 {
		n := min(len(persons), namesChunk)
		rows, err := db.Ask[struct {
			ID   PersonID
			Name string
		}](tx, "SELECT id, name FROM persons WHERE id IN ?", persons[:n])
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			names[r.ID] = r.Name
		}
		persons = persons[n:]
	}
	return names, nil
}

// requireEdit asks for PeopleEdit where the person is administered. One who sees the
// name only because the person attends his school is told so (forbidden).
func requireEdit(tx *db.Tx, by access.Actor, p Person) error {
	err := by.Require(access.PeopleEdit, p.Home()...)
	if fail.KindOf(err) != fail.Missing {
		return err
	}
	seen, sErr := seenAt(tx, p)
	if sErr != nil {
		return sErr
	}
	if by.Can(access.PeopleNames, seen...) {
		return fail.Forbidden("access.forbidden")
	}
	return err
}

// requireName asks whether the actor may know the person's name.
func requireName(tx *db.Tx, by access.Actor, p Person) error {
	if by.Can(access.PeopleNames, p.Home()...) {
		return nil
	}
	seen, err := seenAt(tx, p)
	if err != nil {
		return err
	}
	return by.Require(access.PeopleNames, seen...)
}

// seenAt are the paths under which a person is seen today: at home and at the schools he attends.
func seenAt(tx *db.Tx, p Person) ([]string, error) {
	paths := p.Home()
	schools, err := Schools(tx, p.ID, tx.Today())
	for _, s := range schools {
		paths = append(paths, s.Paths()...)
	}
	return paths, err
}
