package people

import (
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/org"
)

// Details are what is kept of a person beside the standing.
type Details struct {
	Name      string     `json:"name" form:"name"`             // as written on papers; rare characters whole
	Gender    Gender     `json:"gender" form:"gender"`         // may be ""
	BirthYear int        `json:"birth_year" form:"birth_year"` // 0 is unknown
	Village   org.UnitID `json:"village" form:"village"`
	Branch    org.UnitID `json:"branch" form:"branch"` // may be zero; follows from the group
	Group     org.UnitID `json:"group" form:"group"`   // may be zero
	Mobile    bool       `json:"mobile" form:"mobile"` // 流动党员: works away

	VillageGroup org.UnitID `json:"village_group" form:"village_group"` // 村民小组 of the village; may be zero
}

// AddInput describes a new person.
type AddInput struct {
	Details
	Standing Standing  `json:"standing" form:"standing"`
	Since    date.Date `json:"since" form:"since"` // of the standing; zero means today
}

// leastAge of a person who is named at all; younger ones are a head count.
const leastAge = 14

// Add stores a person with a first standing. Permission: PeopleEdit on the village.
func Add(tx *db.Tx, by access.Actor, in AddInput) (View, error) {
	n, err := newcomer(tx, by, unitsOf(tx), in)
	if err == nil {
		err = store(tx, by, []newRows{n})
	}
	if err != nil {
		return View{}, err
	}
	return read(tx, by, n.person.ID)
}

// EditInput corrects what is kept of a person.
type EditInput struct {
	Person PersonID `path:"id" json:"-"`
	Details
}

// Edit corrects a person; village, branch and group are corrected from the day on from which the last ones held, see
// [Transfer] for a move. Locks the person. Permission: PeopleEdit on the person and, for a move,
// on the village that he moves to.
func Edit(tx *db.Tx, by access.Actor, in EditInput) (View, error) {
	p, err := lock(tx, in.Person)
	if err != nil {
		return View{}, err
	}
	if err := requireEdit(tx, by, p); err != nil {
		return View{}, err
	}
	old, err := db.One[personRow](tx.Where("id = ?", in.Person), "people.missing")
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	r, err := details(tx, by, stays(unitsOf(tx), old), &c, in.Details)
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		return View{}, err
	}
	_, err = db.Set(tx.Model(&personRow{}).Where("id = ?", in.Person), map[string]any{
		"name": r.Name, "search_key": r.SearchKey, "gender": r.Gender, "birth_year": r.BirthYear, "village_id": r.VillageID,
		"branch_id": r.BranchID, "group_id": r.GroupID, "village_group_id": r.VillageGroupID, "mobile": r.Mobile, "changed_at": tx.Now,
	})
	if err != nil {
		return View{}, err
	}
	if err := correctPlace(tx, in.Person, r); err != nil {
		return View{}, err
	}
	err = audit.Add(tx, by, audit.Row{Act: "person.edit", Object: "person", ID: in.Person, Unit: audit.Unit(r.VillageID), Change: edits(old, r)})
	if err != nil {
		return View{}, err
	}
	return read(tx, by, in.Person)
}

// stays reads the units where a person is already as if they were open: one who has left may stand in a village that is no more.
func stays(find unitFinder, old personRow) unitFinder {
	return func(unit org.UnitID) (org.Unit, error) {
		u, err := find(unit)
		if slices.Contains([]org.UnitID{old.VillageID, id.Or(old.VillageGroupID), id.Or(old.BranchID), id.Or(old.GroupID)}, unit) {
			u.Until = date.Date{}
		}
		return u, err
	}
}

// correctPlace corrects the newest line of where the person belongs.
func correctPlace(tx *db.Tx, person PersonID, r personRow) error {
	rows, err := db.All[affiliationRow](tx.Where("person_id = ?", person).Order("since DESC").Limit(1))
	if err != nil || len(rows) == 0 || places(rows[0], r).Empty() {
		return err
	}
	_, err = db.Set(tx.Model(&affiliationRow{}).Where("person_id = ? AND since = ?", person, rows[0].Since),
		map[string]any{"village_id": r.VillageID, "branch_id": r.BranchID, "group_id": r.GroupID, "village_group_id": r.VillageGroupID})
	return err
}

// edits lists what differs; values only where they are no personal data.
func edits(old, now personRow) audit.Changes {
	var ch audit.Changes
	for _, f := range []struct {
		name string
		same bool
	}{
		{"name", old.Name == now.Name},
		{"gender", old.Gender == now.Gender},
		{"birth_year", old.BirthYear == now.BirthYear},
		{"mobile", old.Mobile == now.Mobile},
	} {
		if !f.same {
			ch = ch.Field(f.name)
		}
	}
	return ch.ID("village_id", old.VillageID, now.VillageID).ID("village_group_id", id.Or(old.VillageGroupID), id.Or(now.VillageGroupID)).
		ID("branch_id", id.Or(old.BranchID), id.Or(now.BranchID)).ID("group_id", id.Or(old.GroupID), id.Or(now.GroupID))
}

// details checks an input and makes the row of it. The permission is asked of the village; without
// a village there is nothing to ask of, and the fault of the input is all that is told.
func details(tx *db.Tx, by access.Actor, find unitFinder, c *fail.Check, in Details) (personRow, error) {
	r := personRow{Gender: in.Gender, BirthYear: in.BirthYear, VillageID: in.Village, Mobile: in.Mobile, ChangedAt: tx.Now}
	if err := village(find, by, c, in.Village); err != nil {
		return r, err
	}
	r.Name = c.Text("name", in.Name, 1, 60)
	r.SearchKey = lang.SearchKey(r.Name)
	c.If(!slices.Contains([]Gender{"", Female, Male}, in.Gender), "gender", "input.choice")
	if in.BirthYear != 0 {
		year := tx.Today().Year()
		if !c.If(in.BirthYear > year-leastAge && in.BirthYear <= year, "birth_year", "people.too_young") {
			c.Range("birth_year", in.BirthYear, 1900, year-leastAge)
		}
	}
	return r, affiliation(find, c, in, &r)
}

func village(find unitFinder, by access.Actor, c *fail.Check, unit org.UnitID) error {
	u, err := find(unit)
	switch {
	case unit.IsZero():
		c.Add("village", "input.required")
		return mayAnywhere(by)
	case fail.KindOf(err) == fail.Missing:
		c.Add("village", "input.id")
		return mayAnywhere(by)
	case err != nil:
		return err
	}
	c.If(u.Kind != org.Village, "village", "people.not_a_village")
	c.If(!u.Until.IsZero(), "village", "people.unit_closed")
	return by.Require(access.PeopleEdit, u.Path)
}

func mayAnywhere(by access.Actor) error { return by.RequireAnywhere(access.PeopleEdit) }

// affiliation checks the villagers' group, the branch and the party group; the branch follows from its group.
func affiliation(find unitFinder, c *fail.Check, in Details, r *personRow) error {
	r.BranchID, r.GroupID, r.VillageGroupID = in.Branch.Ptr(), in.Group.Ptr(), in.VillageGroup.Ptr()
	if !in.VillageGroup.IsZero() {
		g, err := find(in.VillageGroup)
		if err != nil && fail.KindOf(err) != fail.Missing {
			return err
		}
		if !c.If(err != nil || g.Kind != org.VillageGroup, "village_group", "input.id") {
			c.If(id.Or(g.ParentID) != in.Village, "village_group", "people.village_group_elsewhere")
			c.If(!g.Until.IsZero(), "village_group", "people.unit_closed")
		}
	}
	if !in.Branch.IsZero() {
		b, err := find(in.Branch)
		if err != nil && fail.KindOf(err) != fail.Missing {
			return err
		}
		c.If(err != nil || b.Kind != org.Branch, "branch", "input.id")
		c.If(err == nil && !b.Until.IsZero(), "branch", "people.unit_closed")
	}
	if in.Group.IsZero() {
		return nil
	}
	g, err := find(in.Group)
	if err != nil && fail.KindOf(err) != fail.Missing {
		return err
	}
	if c.If(err != nil || g.Kind != org.Group, "group", "input.id") {
		return nil
	}
	c.If(!g.Until.IsZero(), "group", "people.unit_closed")
	if r.BranchID == nil {
		r.BranchID = g.ParentID
	}
	c.If(*r.BranchID != *g.ParentID, "group", "people.group_elsewhere")
	return nil
}
