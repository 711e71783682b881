package people

import (
	"encoding/json"
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/seal"
)

// ownMoved is what a merge moves of this area's own rows.
type ownMoved struct {
	Rosters    []rosterKey  `json:"rosters"`    // given to the kept person
	Joined     []joined     `json:"joined"`     // of schools where both stood at the same time
	Posts      []postRow    `json:"posts"`      // given, as they were
	Offices    []OfficeID   `json:"offices"`    // given
	Exemptions []date.Date  `json:"exemptions"` // given
	Filled     filled       `json:"filled"`
	Household  *HouseholdID `json:"household"`

	Handed map[string][]HandoverID `json:"handed"` // hand-overs, by the column that named the person
}

type rosterKey = id.ID[rosterTag]

// joined is the places of both at a school, and what became of them.
type joined struct {
	Before []rosterRow `json:"before"`
	After  []rosterRow `json:"after"`
}

// filled is what the kept person took because he had none.
type filled struct {
	Gender    Gender `json:"gender"`
	BirthYear int    `json:"birth_year"`
	Phone     string `json:"phone"` // index of the number
}

func ownPart(phones *seal.Ring) Part {
	return Part{
		Name: "people",
		Move: func(tx *db.Tx, _ access.Actor, m Merging) (any, error) { return moveOwn(tx, phones, m) },
		Back: func(tx *db.Tx, _ access.Actor, m Merging, moved []byte) error {
			var o ownMoved
			if err := json.Unmarshal(moved, &o); err != nil {
				return fmt.Errorf("people: %w", err)
			}
			return o.back(tx, m)
		},
	}
}

func moveOwn(tx *db.Tx, phones *seal.Ring, m Merging) (*ownMoved, error) {
	o := &ownMoved{}
	for _, move := range []func(*db.Tx, Merging) error{o.rosters, o.posts, o.offices, o.exemptions, o.handovers} {
		if err := move(tx, m); err != nil {
			return nil, err
		}
	}
	return o, o.fill(tx, phones, m)
}

// rosters gives the places on rosters. Where both stand on a school's roster at the same time, their days there become one
// place.
func (o *ownMoved) rosters(tx *db.Tx, m Merging) error {
	all, err := db.All[rosterRow](tx.Where("person_id IN ?", []PersonID{m.Kept, m.Gone}).Order("site_id, since, id"))
	if err != nil {
		return err
	}
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].SiteID == all[0].SiteID {
			n++
		}
		if err := o.rosterAt(tx, m, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// rosterAt gives the places at one school.
func (o *ownMoved) rosterAt(tx *db.Tx, m Merging, places []rosterRow) error {
	after := union(places, m)
	if len(after) == len(places) {
		for _, p := range places {
			if p.PersonID == m.Gone {
				o.Rosters = append(o.Rosters, p.ID)
			}
		}
		_, err := db.Set(tx.Model(&rosterRow{}).Where("person_id = ? AND site_id = ?", m.Gone, places[0].SiteID), map[string]any{"person_id": m.Kept})
		return err
	}
	o.Joined = append(o.Joined, joined{places, after})
	return replaceRosters(tx, places, after)
}

// union makes one place of those that overlap, under the ID of the kept person's.
func union(places []rosterRow, m Merging) []rosterRow {
	var out []rosterRow
	for _, p := range places {
		last := len(out) - 1
		if last < 0 || !out[last].Until.IsZero() && out[last].Until.Before(p.Since) {
			p.PersonID = m.Kept
			out = append(out, p)
			continue
		}
		if !out[last].Until.IsZero() && (p.Until.IsZero() || p.Until.After(out[last].Until)) {
			out[last].Until = p.Until
		}
		if p.PersonID == m.Kept && !slices.ContainsFunc(places, func(x rosterRow) bool { return x.ID == out[last].ID && x.PersonID == m.Kept }) {
			out[last].ID = p.ID
		}
	}
	return out
}

func replaceRosters(tx *db.Tx, old, now []rosterRow) error {
	ids := make([]rosterKey, len(old))
	for i, p := range old {
		ids[i] = p.ID
	}
	if err := tx.Where("id IN ?", ids).Delete(&rosterRow{}).Error; err != nil {
		return fmt.Errorf("people: %w", err)
	}
	return db.Insert(tx, &now)
}

func (o *ownMoved) posts(tx *db.Tx, m Merging) (err error) {
	if o.Posts, err = db.All[postRow](tx.Where("person_id = ?", m.Gone).Order("site_id, post, since")); err != nil {
		return err
	}
	_, err = db.Set(tx.Model(&postRow{}).Where("person_id = ?", m.Gone), map[string]any{"person_id": m.Kept})
	return err
}

// offices gives the terms in offices but for those that the kept person has alike.
func (o *ownMoved) offices(tx *db.Tx, m Merging) (err error) {
	o.Offices, err = db.Ask[OfficeID](tx, "SELECT o.id FROM offices o WHERE o.person_id = ? AND NOT EXISTS (SELECT 1 FROM offices k WHERE k.person_id = ? "+
		"AND k.unit_id = o.unit_id AND k.office = o.office AND k.since = o.since) ORDER BY o.id", m.Gone, m.Kept)
	if err != nil || len(o.Offices) == 0 {
		return err
	}
	_, err = db.Set(tx.Model(&officeRow{}).Where("id IN ?", o.Offices), map[string]any{"person_id": m.Kept})
	return err
}

// exemptions gives those that begin on a day on which none of the kept person's does.
func (o *ownMoved) exemptions(tx *db.Tx, m Merging) (err error) {
	o.Exemptions, err = db.Ask[date.Date](tx, "SELECT e.since FROM exemptions e WHERE e.person_id = ? AND NOT EXISTS "+
		"(SELECT 1 FROM exemptions k WHERE k.person_id = ? AND k.since = e.since) ORDER BY e.since", m.Gone, m.Kept)
	if err != nil || len(o.Exemptions) == 0 {
		return err
	}
	_, err = db.Set(tx.Model(&exemptionRow{}).Where("person_id = ? AND since IN ?", m.Gone, o.Exemptions), map[string]any{"person_id": m.Kept})
	return err
}

// handedColumns name somebody in a hand-over.
var handedColumns = []string{"host_before", "host_after", "head_before", "head_after"}

// handovers names the kept person where a school was handed to or by the other one.
func (o *ownMoved) handovers(tx *db.Tx, m Merging) error {
	o.Handed = map[string][]HandoverID{}
	for _, column := range handedColumns {
		which, err := db.Ask[HandoverID](tx, "SELECT id FROM handovers WHERE "+column+" = ? ORDER BY id", m.Gone)
		if err == nil && len(which) > 0 {
			o.Handed[column] = which
			_, err = db.Set(tx.Model(&handoverRow{}).Where("id IN ?", which), map[string]any{column: m.Kept})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *ownMoved) handoversBack(tx *db.Tx, m Merging) error {
	for _, column := range handedColumns {
		if len(o.Handed[column]) == 0 {
			continue
		}
		if _, err := db.Set(tx.Model(&handoverRow{}).Where("id IN ? AND "+column+" = ?", o.Handed[column], m.Kept), map[string]any{column: m.Gone}); err != nil {
			return err
		}
	}
	return nil
}

// fill takes what the kept person lacks.
func (o *ownMoved) fill(tx *db.Tx, phones *seal.Ring, m Merging) error {
	kept, err := db.One[personRow](tx.Where("id = ?", m.Kept), "people.missing")
	if err != nil {
		return err
	}
	gone, err := db.One[personRow](tx.Where("id = ?", m.Gone), "people.missing")
	if err != nil {
		return err
	}
	set := map[string]any{}
	if kept.Gender == "" && gone.Gender != "" {
		o.Filled.Gender, set["gender"] = gone.Gender, gone.Gender
	}
	if kept.BirthYear == 0 && gone.BirthYear != 0 {
		o.Filled.BirthYear, set["birth_year"] = gone.BirthYear, gone.BirthYear
	}
	if kept.HouseholdID == nil && gone.HouseholdID != nil {
		o.Household, set["household_id"] = gone.HouseholdID, gone.HouseholdID
	}
	if kept.PhoneIndex == "" && gone.PhoneIndex != "" {
		phone, err := open(phones, gone.Phone, m.Gone)
		if err != nil {
			return err
		}
		o.Filled.Phone = gone.PhoneIndex
		set["phone"], set["phone_index"] = phones.Seal(phone, bound(m.Kept)), gone.PhoneIndex
	}
	if len(set) == 0 {
		return nil
	}
	_, err = db.Set(tx.Model(&personRow{}).Where("id = ?", m.Kept), set)
	return err
}

func (o *ownMoved) back(tx *db.Tx, m Merging) error {
	if len(o.Rosters) > 0 {
		q := tx.Model(&rosterRow{}).Where("id IN ? AND person_id = ?", o.Rosters, m.Kept)
		if _, err := db.Set(q, map[string]any{"person_id": m.Gone}); err != nil {
			return err
		}
	}
	if err := o.rostersBack(tx, m); err != nil {
		return err
	}
	for _, p := range o.Posts {
		q := tx.Model(&postRow{}).Where("site_id = ? AND post = ? AND since = ? AND person_id = ?", p.SiteID, p.Post, p.Since, m.Kept)
		if _, err := db.Set(q, map[string]any{"person_id": m.Gone}); err != nil {
			return err
		}
	}
	if len(o.Offices) > 0 {
		q := tx.Model(&officeRow{}).Where("id IN ? AND person_id = ?", o.Offices, m.Kept)
		if _, err := db.Set(q, map[string]any{"person_id": m.Gone}); err != nil {
			return err
		}
	}
	for _, since := range o.Exemptions {
		q := tx.Model(&exemptionRow{}).Where("person_id = ? AND since = ?", m.Kept, since)
		if _, err := db.Set(q, map[string]any{"person_id": m.Gone}); err != nil {
			return err
		}
	}
	if err := o.handoversBack(tx, m); err != nil {
		return err
	}
	return o.empty(tx, m)
}

// rostersBack takes joined places apart. Where somebody has changed the kept person's places since, those stay as they are,
// and only the other person's come back.
func (o *ownMoved) rostersBack(tx *db.Tx, m Merging) error {
	for _, j := range o.Joined {
		now, err := db.All[rosterRow](tx.Where("person_id = ? AND site_id = ?", m.Kept, j.After[0].SiteID).Order("since, id"))
		if err != nil {
			return err
		}
		if slices.EqualFunc(now, j.After, rosterRow.same) {
			err = replaceRosters(tx, j.After, j.Before)
		} else {
			gone := slices.DeleteFunc(slices.Clone(j.Before), func(p rosterRow) bool {
				return p.PersonID == m.Kept || slices.ContainsFunc(now, func(x rosterRow) bool { return x.ID == p.ID })
			})
			if len(gone) > 0 {
				err = db.Insert(tx, &gone)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// empty takes away again what the kept person took, unless it was changed since.
func (o *ownMoved) empty(tx *db.Tx, m Merging) error {
	for _, f := range []struct {
		took bool
		cond string
		is   any
		set  map[string]any
	}{
		{o.Filled.Gender != "", "gender = ?", o.Filled.Gender, map[string]any{"gender": ""}},
		{o.Filled.BirthYear != 0, "birth_year = ?", o.Filled.BirthYear, map[string]any{"birth_year": 0}},
		{o.Filled.Phone != "", "phone_index = ?", o.Filled.Phone, map[string]any{"phone": nil, "phone_index": ""}},
		{o.Household != nil, "household_id = ?", o.Household, map[string]any{"household_id": nil}},
	} {
		if !f.took {
			continue
		}
		if _, err := db.Set(tx.Model(&personRow{}).Where("id = ? AND "+f.cond, m.Kept, f.is), f.set); err != nil {
			return err
		}
	}
	return nil
}
