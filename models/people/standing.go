package people

import (
	"fmt"
	"slices"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
)

// SetStandingInput gives a person a standing from a day on.
type SetStandingInput struct {
	Person   PersonID  `path:"id" json:"-"`
	Standing Standing  `json:"standing" form:"standing"`
	Since    date.Date `json:"since" form:"since"` // zero means today; not in the future
}

// SetStanding adds a standing to the person's history, or corrects the one that begins on the same day.
// Rolls that were submitted keep what held then. Locks the person. Permission: PeopleEdit on the person.
func SetStanding(tx *db.Tx, by access.Actor, in SetStandingInput) (View, error) {
	p, err := lockToEdit(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	since := checkStanding(tx, &c, in.Standing, in.Since)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	before, err := standingOn(tx, in.Person, since)
	if err != nil {
		return View{}, err
	}
	if err := upsert(tx, &standingRow{PersonID: in.Person, Since: since, Standing: in.Standing}); err != nil {
		return View{}, err
	}
	change := audit.Changes{}.Code("standing", string(before), string(in.Standing)).Code("since", "", since.String())
	return changed(tx, by, p, "person.standing", change)
}

func checkStanding(tx *db.Tx, c *fail.Check, s Standing, since date.Date) date.Date {
	c.If(!slices.Contains(Standings, s), "standing", "input.choice")
	return notFuture(tx, c, "since", since)
}

// notFuture gives today for the zero day, and refuses a later one.
func notFuture(tx *db.Tx, c *fail.Check, field string, d date.Date) date.Date {
	if d.IsZero() {
		return tx.Today()
	}
	c.If(d.After(tx.Today()), field, "people.future")
	return d
}

// standingOn is the standing that counts on the day, "" before the first one.
func standingOn(tx *db.Tx, person PersonID, day date.Date) (Standing, error) {
	rows, err := db.All[standingRow](tx.Where("person_id = ? AND since <= ?", person, day).Order("since DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].Standing, nil
}

// ExemptInput frees a person from the study requirement for a time (免学).
type ExemptInput struct {
	Person     PersonID  `path:"id" json:"-"`
	ApprovedBy string    `json:"approved_by" form:"approved_by"` // the body that approved, "凤山镇党委"
	Since      date.Date `json:"since" form:"since"`             // zero means today
	Until      date.Date `json:"until" form:"until"`             // last day
}

// Exempt stores an exemption, or corrects the one that begins on the same day: an earlier last day
// ends it. Why is never asked. Locks the person. Permission: PeopleEdit on the person.
func Exempt(tx *db.Tx, by access.Actor, in ExemptInput) (View, error) {
	p, err := lockToEdit(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	since := in.Since
	if since.IsZero() {
		since = tx.Today()
	}
	approved := c.Text("approved_by", in.ApprovedBy, 1, 60)
	if !c.If(in.Until.IsZero(), "until", "input.required") {
		c.If(in.Until.Before(since), "until", "people.until_before_since")
	}
	if err := c.Err(); err != nil {
		return View{}, err
	}
	if err := upsert(tx, &exemptionRow{PersonID: in.Person, Since: since, Until: in.Until, ApprovedBy: approved}); err != nil {
		return View{}, err
	}
	change := audit.Changes{}.Code("exempt_since", "", since.String()).Code("exempt_until", "", in.Until.String())
	return changed(tx, by, p, "person.exempt", change)
}

// DepartInput says that a person is no longer here: moved away for good.
type DepartInput struct {
	Person PersonID  `path:"id" json:"-"`
	On     date.Date `json:"on" form:"on"` // first day he is not here; zero means today
}

// Depart is [SetLife] with [Moved]: it takes a person off all rolls and posts from a day on; what was recorded stays.
func Depart(tx *db.Tx, by access.Actor, in DepartInput) (View, error) {
	v, err := SetLife(tx, by, SetLifeInput{Person: in.Person, State: Moved, Since: in.On})
	if e, ok := fail.As(err); ok {
		for i := range e.Fields {
			e.Fields[i].Name = "on"
		}
	}
	return v, err
}

func lockToEdit(tx *db.Tx, by access.Actor, person PersonID) (Person, error) {
	p, err := lock(tx, person)
	if err != nil {
		return Person{}, err
	}
	return p, requireEdit(tx, by, p)
}

// Act is what the audit keeps of an act on the person: in the village where he lives, so that whoever answers for it finds it.
func (p Person) Act(act string, change audit.Changes) audit.Row {
	return audit.Row{Act: act, Object: "person", ID: p.ID, Unit: audit.Unit(p.Lives), Change: change}
}

// AuditOf adds what is done with a person to the audit, where he lives.
func AuditOf(tx *db.Tx, by access.Actor, person PersonID, act string, change audit.Changes) error {
	p, err := Find(tx, person)
	if err == nil {
		err = audit.Add(tx, by, p.Act(act, change))
	}
	return err
}

// changed audits an act on a person, where he lives, and reads him again.
func changed(tx *db.Tx, by access.Actor, p Person, act string, change audit.Changes) (View, error) {
	if err := audit.Add(tx, by, p.Act(act, change)); err != nil {
		return View{}, err
	}
	return read(tx, by, p.ID)
}

// upsert stores a dated row, in place of one that begins on the same day.
func upsert(tx *db.Tx, row any) error {
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(row).Error; err != nil {
		return fmt.Errorf("people: %w", err)
	}
	return nil
}
