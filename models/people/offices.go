package people

import (
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// Office is what a person does in a body of the party (职务), from a day to a day. It gives an account no right; a grant does.
type Office string

// The offices, in the order of forms.
const (
	Secretary    Office = "secretary"    // 书记: one at a time
	Deputy       Office = "deputy"       // 副书记
	Organisation Office = "organisation" // 组织委员
	Propaganda   Office = "propaganda"   // 宣传委员
	Discipline   Office = "discipline"   // 纪检委员
	Committee    Office = "committee"    // 委员, of another charge or of none
	GroupLeader  Office = "group_leader" // 党小组长: one at a time
)

// Offices lists them in the order of forms.
var Offices = []Office{Secretary, Deputy, Organisation, Propaganda, Discipline, Committee, GroupLeader}

// InCommittee reports an office of the committee of a branch, whose study threshold is another (domain: 支部书记和支委).
func (o Office) InCommittee() bool { return slices.Contains(Offices, o) && o != GroupLeader }

// single reports an office that one person holds at a time.
func (o Office) single() bool { return o == Secretary || o == GroupLeader }

// fits reports a body that has the office.
func (o Office) fits(k org.Kind) bool {
	if o == GroupLeader {
		return k == org.Group
	}
	return k == org.Branch || k == org.GeneralBranch || k == org.TownshipCommittee
}

type officeTag struct{}

// OfficeID identifies a term in an office.
type OfficeID = id.ID[officeTag]

type officeRow struct {
	ID       OfficeID `gorm:"primaryKey"`
	PersonID PersonID
	UnitID   org.UnitID
	Office   Office
	Since    date.Date
	Until    date.Date // last day; zero while it lasts
}

func (officeRow) TableName() string { return "offices" }

// OfficeLine is a term in an office.
type OfficeLine struct {
	ID     OfficeID   `json:"id"`
	Person PersonID   `json:"person"`
	Unit   org.UnitID `json:"unit"`
	Body   string     `json:"body"` // name of the unit
	Kind   org.Kind   `json:"kind"` // of the unit
	Office Office     `json:"office"`
	Since  date.Date  `json:"since"`
	Until  date.Date  `json:"until,omitzero"`
}

const officeLines = "SELECT o.id, o.person_id AS person, o.unit_id AS unit, u.name AS body, u.kind, o.office, o.since, o.`until` FROM offices o JOIN units u ON u.id = o.unit_id WHERE "

// officeOrder is by body, then as forms list them.
const officeOrder = " ORDER BY u.path, CASE o.office WHEN 'secretary' THEN 0 WHEN 'deputy' THEN 1 WHEN 'organisation' THEN 2 WHEN 'propaganda' THEN 3 " +
	"WHEN 'discipline' THEN 4 WHEN 'committee' THEN 5 ELSE 6 END, o.since, o.id"

// GiveOfficeInput gives a person an office.
type GiveOfficeInput struct {
	Person PersonID   `path:"id" json:"-"`
	Unit   org.UnitID `json:"unit" form:"unit"` // a body of the party
	Office Office     `json:"office" form:"office"`
	Since  date.Date  `json:"since" form:"since"` // first day; zero means today
	Until  date.Date  `json:"until" form:"until"` // last day of a term that is over; zero while it lasts
}

// GiveOffice gives a person an office from a day on. A secretary and a group leader follow the one before, whose term ends
// the day before; a body's other offices stand beside each other. Conflict for a term that overlaps one of the same, for
// one that begins before the term of whoever holds a single office now, and where ending that term is not the actor's.
// Locks the unit, then the person. Permission: PeopleEdit on the person; a body to which he does not belong takes OrgEdit there.
func GiveOffice(tx *db.Tx, by access.Actor, in GiveOfficeInput) (View, error) {
	if err := mayGive(tx, by, in.Person); err != nil {
		return View{}, err
	}
	var c fail.Check
	u, err := body(tx, &c, in)
	if err != nil {
		return View{}, err
	}
	p, err := lockToEdit(tx, by, in.Person)
	if err != nil {
		return View{}, err
	}
	since := notFuture(tx, &c, "since", in.Since)
	if !in.Until.IsZero() {
		c.If(in.Until.Before(since), "until", "people.until_before_since")
	}
	if err := c.Err(); err != nil {
		return View{}, err
	}
	if !strings.HasPrefix(p.Party, u.Path) && !by.Can(access.OrgEdit, u.Path) {
		c.Add("unit", "people.office_elsewhere")
		return View{}, c.Err()
	}
	row := officeRow{ID: id.New[officeTag](), PersonID: p.ID, UnitID: u.ID, Office: in.Office, Since: since, Until: in.Until}
	if err := makeRoom(tx, by, row); err != nil {
		return View{}, err
	}
	if err := db.Insert(tx, &row); err != nil {
		return View{}, err
	}
	return auditOffice(tx, by, p, row, "office.give", audit.Changes{}.Code("office", "", string(row.Office)).ID("body_id", org.UnitID{}, u.ID).
		Code("since", "", since.String()).Code("until", "", in.Until.String()))
}

// mayGive asks before the unit is locked, so that nobody waits for what he may not do.
func mayGive(tx *db.Tx, by access.Actor, person PersonID) error {
	p, err := Find(tx, person)
	if err != nil {
		return err
	}
	return requireEdit(tx, by, p)
}

// body locks the unit that the office is of.
func body(tx *db.Tx, c *fail.Check, in GiveOfficeInput) (org.Unit, error) {
	c.If(!slices.Contains(Offices, in.Office), "office", "input.choice")
	if c.If(in.Unit.IsZero(), "unit", "input.required") {
		return org.Unit{}, c.Err()
	}
	u, err := org.LockUnit(tx, in.Unit)
	if fail.KindOf(err) == fail.Missing {
		c.Add("unit", "input.id")
		return u, c.Err()
	}
	if err != nil {
		return u, err
	}
	if !c.If(u.Tree != org.Party, "unit", "input.id") && slices.Contains(Offices, in.Office) {
		c.If(!in.Office.fits(u.Kind), "unit", "people.office_not_here")
	}
	c.If(!u.Until.IsZero() && in.Until.IsZero(), "unit", "org.parent_closed")
	return u, c.Err()
}

// makeRoom ends the term that a new one follows, and refuses one that overlaps.
func makeRoom(tx *db.Tx, by access.Actor, row officeRow) error {
	cond, args := "unit_id = ? AND office = ?", []any{row.UnitID, row.Office}
	if !row.Office.single() {
		cond, args = cond+" AND person_id = ?", append(args, row.PersonID)
	}
	held, err := db.All[officeRow](tx.Where(cond, args...).Order("since"))
	if err != nil {
		return err
	}
	for _, h := range held {
		apart := !h.Until.IsZero() && h.Until.Before(row.Since) || !row.Until.IsZero() && row.Until.Before(h.Since)
		switch {
		case apart:
		case h.PersonID == row.PersonID || !h.Until.IsZero() || !h.Since.Before(row.Since):
			return fail.Conflict("people.office_held", h.Since.String())
		default:
			if err := endBefore(tx, by, h, row.Since.AddDays(-1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// endBefore ends the term of whoever held the office, whom the actor must be able to edit.
func endBefore(tx *db.Tx, by access.Actor, h officeRow, last date.Date) error {
	before, err := Find(tx, h.PersonID)
	if err != nil {
		return err
	}
	if !by.Can(access.PeopleEdit, before.Home()...) {
		return fail.Conflict("people.office_not_yours")
	}
	if _, err := db.Set(tx.Model(&officeRow{}).Where("id = ?", h.ID), map[string]any{"until": last}); err != nil {
		return err
	}
	return audit.Add(tx, by, officeAct(h, "office.end", audit.Changes{}.Code("office", string(h.Office), "").Code("until", h.Until.String(), last.String())))
}

func officeAct(r officeRow, act string, change audit.Changes) audit.Row {
	return audit.Row{Act: act, Object: "person", ID: r.PersonID, Unit: audit.Unit(r.UnitID), Change: change}
}

func auditOffice(tx *db.Tx, by access.Actor, p Person, r officeRow, act string, change audit.Changes) (View, error) {
	if err := audit.Add(tx, by, officeAct(r, act, change)); err != nil {
		return View{}, err
	}
	return read(tx, by, p.ID)
}

// EndOfficeInput ends a term, or takes away one that was entered by mistake.
type EndOfficeInput struct {
	Person PersonID  `path:"id" json:"-"`
	Office OfficeID  `path:"office" json:"-"`
	Until  date.Date `json:"until" form:"until"` // last day; zero means today
	Drop   bool      `json:"drop" form:"drop"`   // it never was: the line goes
}

// EndOffice ends a term in an office on a day, or takes a line away that was entered by mistake. Locks the unit, then the person. Permission:
// PeopleEdit on the person.
func EndOffice(tx *db.Tx, by access.Actor, in EndOfficeInput) (View, error) {
	p, r, err := lockTerm(tx, by, in)
	if err != nil {
		return View{}, err
	}
	if in.Drop {
		if err := tx.Where("id = ?", r.ID).Delete(&officeRow{}).Error; err != nil {
			return View{}, fmt.Errorf("people: %w", err)
		}
		return auditOffice(tx, by, p, r, "office.drop", audit.Changes{}.Code("office", string(r.Office), "").Code("since", r.Since.String(), ""))
	}
	last := in.Until
	if last.IsZero() {
		last = tx.Today()
	}
	var c fail.Check
	c.If(last.Before(r.Since), "until", "people.until_before_since")
	c.If(!r.Until.IsZero() && last.After(r.Until), "until", "people.office_over") // who came after may hold it
	if err := c.Err(); err != nil {
		return View{}, err
	}
	if _, err := db.Set(tx.Model(&officeRow{}).Where("id = ?", r.ID), map[string]any{"until": last}); err != nil {
		return View{}, err
	}
	return auditOffice(tx, by, p, r, "office.end", audit.Changes{}.Code("office", string(r.Office), "").Code("until", r.Until.String(), last.String()))
}

// lockTerm locks the body and the person of a term.
func lockTerm(tx *db.Tx, by access.Actor, in EndOfficeInput) (Person, officeRow, error) {
	if err := mayGive(tx, by, in.Person); err != nil {
		return Person{}, officeRow{}, err
	}
	find := func() (officeRow, error) {
		return db.One[officeRow](tx.Where("id = ? AND person_id = ?", in.Office, in.Person), "people.line_missing")
	}
	r, err := find()
	if err == nil {
		err = tx.Lock("units", r.UnitID)
	}
	if err != nil {
		return Person{}, r, err
	}
	p, err := lockToEdit(tx, by, in.Person)
	if err == nil {
		r, err = find()
	}
	return p, r, err
}

// heldOn is for the terms that hold on a day, which it needs twice.
const heldOn = "o.since <= ? AND (o.`until` IS NULL OR o.`until` >= ?)"

// OfficesOn lists the offices that a person holds on the day. No permission is asked: the caller's op does.
func OfficesOn(tx *db.Tx, person PersonID, day date.Date) ([]OfficeLine, error) {
	return db.Ask[OfficeLine](tx, officeLines+"o.person_id = ? AND "+heldOn+officeOrder, person, day, day)
}

// withOffices puts beside the persons what offices they hold on the day, where more than the name is shown.
func withOffices(tx *db.Tx, views []View, day date.Date) error {
	at := map[PersonID]int{}
	var who []PersonID
	for i, v := range views {
		if v.Shown {
			at[v.ID], who = i, append(who, v.ID)
		}
	}
	if len(who) == 0 {
		return nil
	}
	lines, err := db.Ask[OfficeLine](tx, officeLines+"o.person_id IN ? AND "+heldOn+officeOrder, who, day, day)
	for _, l := range lines {
		v := &views[at[l.Person]]
		v.Offices = append(v.Offices, l)
	}
	return err
}

// inOffice holds for persons p who hold an office on the day; "any" is for whichever.
func inOffice(o string, day date.Date) condition {
	c := condition{"SELECT o.person_id FROM offices o WHERE " + heldOn, []any{day, day}}
	if o != AnyOffice {
		c = c.and(condition{"o.office = ?", []any{o}})
	}
	return condition{"p.id IN (" + c.sql + ")", c.args}
}

// AnyOffice narrows a list of persons to those in whatever office, see [ListInput].
const AnyOffice = "any"

// BodyOffices lists who holds which office in a body of the party today. Permission: PeopleNames on
// the body.
func BodyOffices(tx *db.Tx, by access.Actor, unit org.Unit) ([]OfficeHolder, error) {
	if err := by.Require(access.PeopleNames, unit.Path); err != nil {
		return nil, err
	}
	day := tx.Today()
	return db.Ask[OfficeHolder](tx, "SELECT o.person_id AS person, p.name, o.office, o.since FROM offices o JOIN persons p ON p.id = o.person_id JOIN units u ON u.id = o.unit_id "+
		"WHERE o.unit_id = ? AND "+heldOn+" AND (p.gone_on IS NULL OR p.gone_on > ?)"+officeOrder, unit.ID, day, day, day)
}

// OfficeHolder is who holds an office of a body.
type OfficeHolder struct {
	Person PersonID  `json:"person"`
	Name   string    `json:"name"`
	Office Office    `json:"office"`
	Since  date.Date `json:"since"`
}

// Thresholded counts the members who have a study threshold on the day (due, here and not exempt), those in the committee of a branch
// apart. No permission is asked: the caller's op does.
func Thresholded(tx *db.Tx, day date.Date) (members, committees int, err error) {
	sql, args := DueOn(day)
	in := slices.DeleteFunc(slices.Clone(Offices), func(o Office) bool { return !o.InCommittee() })
	held := "EXISTS (SELECT 1 FROM offices o WHERE o.person_id = p.id AND o.office IN ? AND " + heldOn + ")"
	all := append([]any{in, day, day}, args...)
	rows, err := db.Ask[struct{ N, C int }](tx, "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN "+held+" THEN 1 ELSE 0 END), 0) AS c FROM persons p WHERE p.merged_into IS NULL AND "+sql, all...)
	if err != nil || len(rows) == 0 {
		return 0, 0, err
	}
	return rows[0].N - rows[0].C, rows[0].C, nil
}
