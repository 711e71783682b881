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

// TransferInput moves a person to another village, branch, group or school from a day on.
type TransferInput struct {
	Person  PersonID   `path:"id" json:"-"`
	Village org.UnitID `json:"village" form:"village"`
	Branch  org.UnitID `json:"branch" form:"branch"` // zero for none; follows from the group
	Group   org.UnitID `json:"group" form:"group"`   // zero for none
	From    org.SiteID `json:"from" form:"from"`     // school that he leaves; zero for none
	To      org.SiteID `json:"to" form:"to"`         // school that he joins; zero for none
	On      date.Date  `json:"on" form:"on"`         // first day at the new place; zero means today

	VillageGroup org.UnitID `json:"village_group" form:"village_group"` // 村民小组 of the village; zero for none
}

// Transfer moves a person. What held until the day before stays in the history, and so do rolls and study hours. Locks the
// person. Permission: PeopleEdit on the person, on the village that he moves to, and on the schools.
func Transfer(tx *db.Tx, by access.Actor, in TransferInput) (View, error) {
	p, err := lockToEdit(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	on := notFuture(tx, &c, "on", in.On)
	r := personRow{ID: p.ID, VillageID: in.Village}
	if err := village(unitsOf(tx), by, &c, in.Village); err != nil {
		return View{}, err
	}
	if err := affiliation(unitsOf(tx), &c, Details{Village: in.Village, VillageGroup: in.VillageGroup, Branch: in.Branch, Group: in.Group}, &r); err != nil {
		return View{}, err
	}
	c.If(!in.From.IsZero() && in.From == in.To, "to", "people.same_school")
	for field, site := range map[string]org.SiteID{"from": in.From, "to": in.To} {
		if err := schoolOf(tx, by, &c, field, site); err != nil {
			return View{}, err
		}
	}
	c.If(!p.Gone.IsZero() && !in.To.IsZero(), "to", "people.gone")
	if err := c.Err(); err != nil {
		return View{}, err
	}
	old, err := placeOn(tx, p.ID, on)
	if err != nil {
		return View{}, err
	}
	if err := moveTo(tx, r, old, on); err != nil {
		return View{}, err
	}
	if err := changeSchool(tx, in, on); err != nil {
		return View{}, err
	}
	return changed(tx, by, p, "person.transfer", places(old, r).ID("from_site", org.SiteID{}, in.From).ID("to_site", org.SiteID{}, in.To).
		Code("since", "", on.String()))
}

// schoolOf asks for PeopleEdit at a school that the input names. One that is not there is a fault of the field.
func schoolOf(tx *db.Tx, by access.Actor, c *fail.Check, field string, site org.SiteID) error {
	if site.IsZero() {
		return nil
	}
	err := requireAt(tx, by, site)
	if fail.KindOf(err) == fail.Missing {
		c.Add(field, "input.id")
		return nil
	}
	return err
}

// placeOn is where a person lives and belongs on the day; what holds now when the history begins later.
func placeOn(tx *db.Tx, person PersonID, day date.Date) (affiliationRow, error) {
	rows, err := db.All[affiliationRow](tx.Where("person_id = ? AND since <= ?", person, day).Order("since DESC").Limit(1))
	if err != nil || len(rows) > 0 {
		return first(rows), err
	}
	now, err := db.One[personRow](tx.Select("village_id", "branch_id", "group_id", "village_group_id").Where("id = ?", person), "people.missing")
	return affiliationRow{PersonID: person, VillageID: now.VillageID, BranchID: now.BranchID, GroupID: now.GroupID, VillageGroupID: now.VillageGroupID}, err
}

func first[T any](rows []T) (one T) {
	if len(rows) > 0 {
		one = rows[0]
	}
	return one
}

func places(old affiliationRow, r personRow) audit.Changes {
	return audit.Changes{}.ID("village_id", old.VillageID, r.VillageID).ID("village_group_id", id.Or(old.VillageGroupID), id.Or(r.VillageGroupID)).ID("branch_id", id.Or(old.BranchID), id.Or(r.BranchID)).
		ID("group_id", id.Or(old.GroupID), id.Or(r.GroupID))
}

// moveTo keeps the new place in the history, and beside the person when it is the newest.
func moveTo(tx *db.Tx, r personRow, old affiliationRow, on date.Date) error {
	if !places(old, r).Empty() {
		now := affiliationRow{PersonID: r.ID, Since: on, VillageID: r.VillageID, BranchID: r.BranchID, GroupID: r.GroupID, VillageGroupID: r.VillageGroupID}
		if err := upsert(tx, &now); err != nil {
			return err
		}
	}
	return keepPlace(tx, r.ID)
}

// keepPlace keeps the newest place beside the person.
func keepPlace(tx *db.Tx, person PersonID) error {
	rows, err := db.All[affiliationRow](tx.Where("person_id = ?", person).Order("since DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		return err
	}
	_, err = db.Set(tx.Model(&personRow{}).Where("id = ?", person), map[string]any{
		"village_id": rows[0].VillageID, "branch_id": rows[0].BranchID, "group_id": rows[0].GroupID, "village_group_id": rows[0].VillageGroupID, "changed_at": tx.Now,
	})
	return err
}

// changeSchool ends the place on one roster and begins one on the other.
func changeSchool(tx *db.Tx, in TransferInput, on date.Date) error {
	if !in.From.IsZero() {
		if _, err := leave(tx, in.From, in.Person, on); err != nil {
			return err
		}
	}
	if in.To.IsZero() {
		return nil
	}
	return enrol(tx, in.To, in.Person, on)
}

// leave ends a place on a roster with the day before; one that would end before it began is taken away.
func leave(tx *db.Tx, site org.SiteID, person PersonID, from date.Date) (rosterRow, error) {
	r, err := db.One[rosterRow](tx.Where("site_id = ? AND person_id = ? AND `until` IS NULL", site, person), "people.not_enrolled")
	if err != nil {
		return r, err
	}
	if from.After(r.Since) {
		_, err = db.Set(tx.Model(&rosterRow{}).Where("id = ?", r.ID), map[string]any{"until": from.AddDays(-1)})
	} else if err = tx.Where("id = ?", r.ID).Delete(&rosterRow{}).Error; err != nil {
		err = fmt.Errorf("people: %w", err)
	}
	return r, err
}

// enrol begins a place on a roster; conflict when one holds on the day or later.
func enrol(tx *db.Tx, site org.SiteID, person PersonID, since date.Date) error {
	held, err := db.Ask[int](tx, "SELECT COUNT(*) FROM rosters WHERE site_id = ? AND person_id = ? AND (`until` IS NULL OR `until` >= ?)", site, person, since)
	if err != nil {
		return err
	}
	if held[0] > 0 {
		return fail.Conflict("people.already_enrolled")
	}
	return db.Insert(tx, &rosterRow{ID: id.New[rosterTag](), SiteID: site, PersonID: person, Since: since})
}

// DropInput names a line of a person's history.
type DropInput struct {
	Person PersonID  `path:"id" json:"-"`
	Kind   string    `json:"kind" form:"kind"` // standing, place or exemption
	Since  date.Date `json:"since" form:"since"`
}

// Drop takes away a line of a person's history that was entered by mistake; what holds then is what the line before says. The
// only line of a standing or a place stays: conflict. Locks the person. Permission: PeopleEdit on the person.
func Drop(tx *db.Tx, by access.Actor, in DropInput) (View, error) {
	p, err := lockToEdit(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	tables := map[string]string{"standing": "standings", "place": "affiliations", "exemption": "exemptions"}
	table, ok := tables[in.Kind]
	var c fail.Check
	c.If(!ok, "kind", "input.choice")
	c.If(in.Since.IsZero(), "since", "input.required")
	if err := c.Err(); err != nil {
		return View{}, err
	}
	rows, err := db.Ask[date.Date](tx, "SELECT since FROM "+table+" WHERE person_id = ?", p.ID)
	if err != nil {
		return View{}, err
	}
	if in.Kind != "exemption" && len(rows) < 2 {
		return View{}, fail.Conflict("people.only_line")
	}
	res := tx.Exec("DELETE FROM "+table+" WHERE person_id = ? AND since = ?", p.ID, in.Since)
	if res.Error != nil {
		return View{}, fmt.Errorf("people: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return View{}, fail.NotFound("people.line_missing")
	}
	if in.Kind == "place" {
		if err := keepPlace(tx, p.ID); err != nil {
			return View{}, err
		}
	}
	return changed(tx, by, p, "person.drop", audit.Changes{}.Code("kind", in.Kind, "").Code("since", in.Since.String(), ""))
}
