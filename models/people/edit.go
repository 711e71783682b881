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
	var c fail.Check
	r, err := details(tx, by, &c, in.Details)
	if err != nil {
		return View{}, err
	}
	since := checkStanding(tx, &c, in.Standing, in.Since)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	r.ID, r.MadeAt = PersonID(id.New[personRow]()), tx.Now
	if err := db.Insert(tx, &r); err != nil {
		return View{}, err
	}
	if err := db.Insert(tx, &standingRow{PersonID: r.ID, Since: since, Standing: in.Standing}); err != nil {
		return View{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "person.add", Object: "person", ID: r.ID, Unit: audit.Unit(r.VillageID),
		Change: audit.Changes{}.Field("name").Code("standing", "", string(in.Standing)),
	})
	if err != nil {
		return View{}, err
	}
	return read(tx, by, r.ID)
}

// EditInput corrects what is kept of a person.
type EditInput struct {
	Person PersonID `path:"id" json:"-"`
	Details
}

// Edit corrects a person. Locks the person. Permission: PeopleEdit on the person and, for a move,
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
	r, err := details(tx, by, &c, in.Details)
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		return View{}, err
	}
	_, err = db.Set(tx.Model(&personRow{}).Where("id = ?", in.Person), map[string]any{
		"name": r.Name, "search_key": r.SearchKey, "gender": r.Gender, "birth_year": r.BirthYear, "village_id": r.VillageID,
		"branch_id": r.BranchID, "group_id": r.GroupID, "mobile": r.Mobile, "changed_at": tx.Now,
	})
	if err != nil {
		return View{}, err
	}
	err = audit.Add(tx, by, audit.Row{Act: "person.edit", Object: "person", ID: in.Person, Unit: audit.Unit(r.VillageID), Change: edits(old, r)})
	if err != nil {
		return View{}, err
	}
	return read(tx, by, in.Person)
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
	return ch.ID("village_id", old.VillageID, now.VillageID).
		ID("branch_id", id.Or(old.BranchID), id.Or(now.BranchID)).ID("group_id", id.Or(old.GroupID), id.Or(now.GroupID))
}

// details checks an input and makes the row of it. The permission is asked of the village; without
// a village there is nothing to ask of, and the fault of the input is all that is told.
func details(tx *db.Tx, by access.Actor, c *fail.Check, in Details) (personRow, error) {
	r := personRow{Gender: in.Gender, BirthYear: in.BirthYear, VillageID: in.Village, Mobile: in.Mobile, ChangedAt: tx.Now}
	if err := village(tx, by, c, in.Village); err != nil {
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
	return r, affiliation(tx, c, in, &r)
}

func village(tx *db.Tx, by access.Actor, c *fail.Check, unit org.UnitID) error {
	u, err := org.FindUnit(tx, unit)
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
	return by.Require(access.PeopleEdit, u.Path)
}

func mayAnywhere(by access.Actor) error {
	if by.Visible(access.PeopleEdit).Empty() {
		return by.Require(access.PeopleEdit)
	}
	return nil
}

// affiliation checks branch and group; the branch follows from the group.
func affiliation(tx *db.Tx, c *fail.Check, in Details, r *personRow) error {
	r.BranchID, r.GroupID = in.Branch.Ptr(), in.Group.Ptr()
	if !in.Branch.IsZero() {
		b, err := org.FindUnit(tx, in.Branch)
		if err != nil && fail.KindOf(err) != fail.Missing {
			return err
		}
		c.If(err != nil || b.Kind != org.Branch, "branch", "input.id")
	}
	if in.Group.IsZero() {
		return nil
	}
	g, err := org.FindUnit(tx, in.Group)
	if err != nil && fail.KindOf(err) != fail.Missing {
		return err
	}
	if c.If(err != nil || g.Kind != org.Group, "group", "input.id") {
		return nil
	}
	if r.BranchID == nil {
		r.BranchID = g.ParentID
	}
	c.If(*r.BranchID != *g.ParentID, "group", "people.group_elsewhere")
	return nil
}
