package people

import (
	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// SettleInput says in which household a person lives, the way lists write it.
type SettleInput struct {
	Person  PersonID
	Village org.UnitID
	Code    string // within the village; "" where the list has no numbers
	Name    string // mostly the head's; "" for a household that has a number
}

// Settle puts a person into the household of the village with the code or, without one, with the name; one that is not there is
// made, and gets the next free number where it has none. One who lives there already stays. Conflict when the name is that of
// several households. Locks the village, since it may make the household, then the household and the person. Permission:
// PeopleEdit on the village and on the person.
func Settle(tx *db.Tx, by access.Actor, in SettleInput) error {
	if err := tx.Lock("units", in.Village); err != nil {
		return err
	}
	var c fail.Check
	if err := village(unitsOf(tx), by, &c, in.Village); err != nil {
		return err
	}
	if in.Name == "" && in.Code != "" { // its first member names it
		p, err := Find(tx, in.Person)
		if err != nil {
			return err
		}
		in.Name = p.Name
	}
	r := householdRow{VillageID: in.Village}
	r.named(&c, in.Name, in.Code)
	if err := c.Err(); err != nil {
		return err
	}
	to, err := householdFor(tx, by, r, in.Person)
	if err != nil {
		return err
	}
	if err := tx.Lock("households", to); err != nil {
		return err
	}
	p, err := lockToEdit(tx, by, in.Person)
	if err != nil {
		return err
	}
	return joinHousehold(tx, by, p, to, in.Village)
}

// householdFor finds the household that a list means, or makes it.
func householdFor(tx *db.Tx, by access.Actor, r householdRow, person PersonID) (HouseholdID, error) {
	q := tx.Where("village_id = ? AND name = ?", r.VillageID, r.Name)
	if r.Code != "" {
		q = tx.Where("village_id = ? AND code = ?", r.VillageID, r.Code)
	}
	found, err := db.All[householdRow](q.Order("code, id").Limit(20))
	switch {
	case err != nil:
		return HouseholdID{}, err
	case len(found) == 1:
		return found[0].ID, nil
	case len(found) > 1:
		return ownOf(tx, found, person)
	}
	v, err := AddHousehold(tx, by, AddHouseholdInput{Village: r.VillageID, Name: r.Name, Code: r.Code})
	return v.ID, err
}

// ownOf is that of several households in which the person lives.
func ownOf(tx *db.Tx, found []householdRow, person PersonID) (HouseholdID, error) {
	row, err := db.One[personRow](tx.Select("household_id").Where("id = ?", person), "people.missing")
	for _, h := range found {
		if err == nil && h.ID == id.Or(row.HouseholdID) {
			return h.ID, nil
		}
	}
	if err == nil {
		err = fail.Conflict("people.household_several", found[0].Name, len(found))
	}
	return HouseholdID{}, err
}

// joinHousehold puts a locked person into a locked household; one who is in it stays.
func joinHousehold(tx *db.Tx, by access.Actor, p Person, to HouseholdID, village org.UnitID) error {
	n, err := db.Set(tx.Model(&personRow{}).Where("id = ? AND (household_id IS NULL OR household_id <> ?)", p.ID, to),
		map[string]any{"household_id": to, "changed_at": tx.Now})
	if err != nil || n == 0 {
		return err
	}
	change := audit.Changes{}.ID("household_id", HouseholdID{}, to)
	return audit.Add(tx, by, audit.Row{Act: "household.join", Object: "person", ID: p.ID, Unit: audit.Unit(village), Change: change})
}

// Home is a person's household as a list is ordered by it.
type Home struct {
	ID   HouseholdID
	Code string
	Name string
}

// Homes gives the households of persons; who has none is left out. No permission is asked: the caller's op has checked what
// the names stand beside.
func Homes(tx *db.Tx, persons []PersonID) (map[PersonID]Home, error) {
	out := make(map[PersonID]Home, len(persons))
	if len(persons) == 0 {
		return out, nil
	}
	rows, err := db.Ask[struct {
		Person PersonID
		Home
	}](tx, "SELECT p.id AS person, h.id, h.code, h.name FROM persons p JOIN households h ON h.id = p.household_id WHERE p.id IN ?", persons)
	for _, r := range rows {
		out[r.Person] = r.Home
	}
	return out, err
}
