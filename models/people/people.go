// Package people holds who studies and who teaches: persons with their standing over time,
// the schools' rosters, and the posts of host and head.
//
// It is no register of members; the national system is. It holds the least that a roll call
// and study hours need: a name, a year of birth, a village and the villagers' group in it, the party branch or group that the person
// formally belongs to (组织关系), a standing, whether he is here ([Life]), and a telephone number for who wants to
// give one, sealed. Never an ID number, a religion or anything about health; an exemption says who approved it and until
// when, not why.
//
// What holds over time is kept with days and never overwritten: a standing, a place and a life state count from a day until the
// next one, a roster place, a post and an exemption from a day to a day, both included. A session counts everybody by what
// held on its day. What is entered afterwards for an earlier day changes no roll that was handed in; it counts from
// the next correction of that roll on, so that a figure never changes behind the back of who answers for it.
//
// Two records of one person are merged by [Area.Merge] and taken apart again by [Area.Unmerge]. The root of the
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

// Life is where a person is, from a day on.
type Life string

// The states (在村 / 外出 / 转出 / 去世). One with none is at home.
const (
	AtHome Life = "at_home"
	Away   Life = "away"  // works or lives elsewhere for a time and comes back
	Moved  Life = "moved" // belongs elsewhere now
	Dead   Life = "dead"
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

	VillageGroupID *org.UnitID // 村民小组, within the village
	GoneOn         date.Date   // first day that he is no longer here
	MadeAt         time.Time
	ChangedAt      time.Time

	Phone       *[]byte // sealed
	PhoneIndex  string  // finds equal numbers
	HouseholdID *HouseholdID
	MergedInto  *PersonID // the record of the same person that is kept, see [Area.Merge]
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
	ID        id.ID[rosterTag] `gorm:"primaryKey"`
	SiteID    org.SiteID
	PersonID  PersonID
	Since     date.Date
	Until     date.Date   // zero while on the roster
	CameActID *GroupActID // the act on a whole group that began it
	LeftActID *GroupActID // and the one that ended it
}

func (rosterRow) TableName() string { return "rosters" }

// same reports the same place, whichever acts began and ended it.
func (r rosterRow) same(o rosterRow) bool {
	r.CameActID, r.LeftActID, o.CameActID, o.LeftActID = nil, nil, nil, nil
	return r == o
}

type postRow struct {
	SiteID   org.SiteID `gorm:"primaryKey"`
	Post     Post       `gorm:"primaryKey"`
	Since    date.Date  `gorm:"primaryKey"`
	Until    date.Date
	PersonID PersonID
}

func (postRow) TableName() string { return "posts" }

type lifeRow struct {
	PersonID    PersonID  `gorm:"primaryKey"`
	Since       date.Date `gorm:"primaryKey"`
	State       Life
	NotedBy     *access.AccountID
	NotedAt     time.Time
	ConfirmedBy *access.AccountID
	ConfirmedAt *time.Time // nil while the village has not said whether it is so
}

func (lifeRow) TableName() string { return "life_states" }

// affiliationRow says where a person lives and belongs from a day on; the persons row holds the newest.
type affiliationRow struct {
	PersonID  PersonID  `gorm:"primaryKey"`
	Since     date.Date `gorm:"primaryKey"`
	VillageID org.UnitID
	BranchID  *org.UnitID
	GroupID   *org.UnitID

	VillageGroupID *org.UnitID
}

func (affiliationRow) TableName() string { return "affiliations" }

type householdTag struct{}

// HouseholdID identifies a household (户).
type HouseholdID = id.ID[householdTag]

type householdRow struct {
	ID        HouseholdID `gorm:"primaryKey"`
	VillageID org.UnitID
	Code      string // within the village
	Name      string // mostly the head's
	SearchKey string
	MadeAt    time.Time
}

func (householdRow) TableName() string { return "households" }

type mergeTag struct{}

// MergeID identifies a merge of two persons.
type MergeID = id.ID[mergeTag]

type mergeRow struct {
	ID       MergeID `gorm:"primaryKey"`
	KeptID   PersonID
	GoneID   PersonID
	Moved    string // JSON: what each area moved, as it was
	MergedBy *access.AccountID
	MergedAt time.Time
	UndoneBy *access.AccountID
	UndoneAt *time.Time
}

func (mergeRow) TableName() string { return "merges" }

// distinctRow says that two persons who look alike are two; the smaller ID stands first.
type distinctRow struct {
	PersonID PersonID `gorm:"primaryKey"`
	OtherID  PersonID `gorm:"primaryKey"`
	SaidBy   *access.AccountID
	SaidAt   time.Time
}

func (distinctRow) TableName() string { return "distinct_persons" }

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any {
	return []any{
		personRow{},
		standingRow{},
		exemptionRow{},
		rosterRow{},
		groupActRow{},
		postRow{},
		officeRow{},
		lifeRow{},
		affiliationRow{},
		householdRow{},
		mergeRow{},
		distinctRow{},
		handoverRow{},
		handoverItem{},
	}
}

// Person is a person as other areas use it.
type Person struct {
	ID      PersonID
	Name    string
	Lives   org.UnitID // the village
	Village string     // its path
	Party   string     // path of the group or else the branch he belongs to, "" for none
	Gone    date.Date

	MergedInto PersonID // zero unless the record was found to be another person's, see [Area.Merge]
}

// Home are the paths under which a person is administered: where he lives, and where he
// formally belongs. An op on the person names them. Where he attends is not among them, see [Schools].
func (p Person) Home() []string { return []string{p.Village, p.Party} }

const personQuery = `SELECT p.id, p.name, p.village_id AS lives, v.path AS village, COALESCE(g.path, '') AS party, p.gone_on AS gone, p.merged_into
FROM persons p JOIN units v ON v.id = p.village_id LEFT JOIN units g ON g.id = COALESCE(p.group_id, p.branch_id) WHERE p.id = ?`

// Find reads a person; not_found when there is none. No permission is asked: the caller's op does.
func Find(tx *db.Tx, person PersonID) (Person, error) {
	var p Person
	err := db.Each(tx, personQuery, []any{person}, func(scan func(...any) error) error {
		return scan(&p.ID, &p.Name, &p.Lives, &p.Village, &p.Party, &p.Gone, &p.MergedInto)
	})
	if err == nil && p.ID.IsZero() {
		err = fail.NotFound("people.missing")
	}
	return p, err
}

// lock locks a person's row and reads the person. Conflict for a record that was merged into another one.
func lock(tx *db.Tx, person PersonID) (Person, error) {
	if err := tx.Lock("persons", person); err != nil {
		return Person{}, err
	}
	p, err := Find(tx, person)
	if err == nil && !p.MergedInto.IsZero() {
		err = fail.Conflict("people.merged")
	}
	return p, err
}

// Named reads a person for an op of another area about whom the actor names; not_found when he may not know the name, conflict
// for a record that was merged into another one.
func Named(tx *db.Tx, by access.Actor, person PersonID) (Person, error) {
	p, err := Find(tx, person)
	if err == nil {
		err = requireName(tx, by, p)
	}
	if err == nil && !p.MergedInto.IsZero() {
		err = fail.Conflict("people.merged")
	}
	return p, err
}

// Resolve says which of the persons were merged into which; what was not merged is left out. Phones that were offline name
// records that are merged meanwhile. No permission is asked.
func Resolve(tx *db.Tx, persons []PersonID) (map[PersonID]PersonID, error) {
	into := map[PersonID]PersonID{}
	for left := persons; len(left) > 0; {
		rows, err := db.Ask[struct {
			ID         PersonID
			MergedInto PersonID
		}](tx, "SELECT id, merged_into FROM persons WHERE id IN ? AND merged_into IS NOT NULL", left)
		if err != nil {
			return nil, err
		}
		left = nil
		for _, r := range rows {
			into[r.ID] = r.MergedInto
			left = append(left, r.MergedInto)
		}
	}
	out := map[PersonID]PersonID{}
	for _, p := range persons {
		for to, ok := into[p]; ok; to, ok = into[to] {
			out[p] = to
		}
	}
	return out, nil
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

// requireEdit asks for PeopleEdit as [requireOf] does.
func requireEdit(tx *db.Tx, by access.Actor, p Person) error {
	return requireOf(tx, by, access.PeopleEdit, p)
}

// requireOf asks for a permission where the person is administered. One who sees the name only because the person attends his school is
// told so (forbidden).
func requireOf(tx *db.Tx, by access.Actor, perm access.Permission, p Person) error {
	err := by.Require(perm, p.Home()...)
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

// requireAnswer asks for a permission about more than the person's name: where he lives or belongs, or attends a school of an
// administrative unit. A branch keeps schools that members of others attend, and knows those by name alone (forbidden).
func requireAnswer(tx *db.Tx, by access.Actor, perm access.Permission, p Person) error {
	paths := p.Home()
	schools, err := Schools(tx, p.ID, tx.Today())
	if err != nil {
		return err
	}
	for _, s := range schools {
		paths = append(paths, s.Path)
	}
	if err = by.Require(perm, paths...); fail.KindOf(err) == fail.Missing && requireName(tx, by, p) == nil {
		return fail.Forbidden("access.forbidden")
	}
	return err
}
