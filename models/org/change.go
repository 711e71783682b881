package org

import (
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
)

// aliasRow is a name that a unit had, by which lists are still matched.
type aliasRow struct {
	UnitID UnitID `gorm:"primaryKey"`
	Name   string `gorm:"primaryKey"`
	Since  date.Date
	Until  date.Date // last day of the name
}

func (aliasRow) TableName() string { return "unit_aliases" }

// RenameInput gives a unit another name.
type RenameInput struct {
	ID    UnitID    `path:"id" json:"-"`
	Name  string    `json:"name" form:"name"`
	Since date.Date `json:"since" form:"since"` // first day of the new name; zero means today
}

// Rename gives a unit another name. The one before stays as an alias with its days: lists and searches find the unit by it,
// and the code never changes. Locks the unit. A school is renamed by [EditSite]. Permission: OrgEdit on the unit, for a
// villagers' group PeopleEdit.
func Rename(tx *db.Tx, by access.Actor, in RenameInput) (UnitView, error) {
	u, err := lockUnit(tx, by, in.ID)
	if err != nil {
		return UnitView{}, err
	}
	var c fail.Check
	name := c.Text("name", in.Name, 1, 100)
	since := in.Since
	if since.IsZero() {
		since = tx.Today()
	}
	c.If(since.After(tx.Today()), "since", "org.unit_future")
	begun, err := nameSince(tx, u)
	if err != nil {
		return UnitView{}, err
	}
	c.If(since.Before(begun), "since", "org.name_later", begun.String())
	if err := c.Err(); err != nil {
		return UnitView{}, err
	}
	if name == u.Name {
		return view(u), nil
	}
	if err := keepAlias(tx, u.ID, u.Name, begun, since.AddDays(-1)); err != nil {
		return UnitView{}, err
	}
	u.Name, u.SearchKey = name, lang.SearchKey(name, u.Code)
	if _, err := db.Set(tx.Model(&Unit{}).Where("id = ?", u.ID), map[string]any{"name": u.Name, "search_key": u.SearchKey}); err != nil {
		return UnitView{}, err
	}
	return changedUnit(tx, by, u, "unit.rename", audit.Changes{}.Field("name").Code("since", "", since.String()))
}

// lockUnit locks a unit that is no school, for who may change it.
func lockUnit(tx *db.Tx, by access.Actor, unit UnitID) (Unit, error) {
	u, err := LockUnit(tx, unit)
	if err == nil {
		err = by.Require(keeps(u.Kind), u.Path)
	}
	if err == nil && u.Kind == Site {
		err = fail.Conflict("org.unit_is_site")
	}
	return u, err
}

// nameSince is the first day of the name that a unit has.
func nameSince(tx *db.Tx, u Unit) (date.Date, error) {
	last, err := db.Ask[date.Date](tx, "SELECT `until` FROM unit_aliases WHERE unit_id = ? AND `until` IS NOT NULL ORDER BY `until` DESC LIMIT 1", u.ID)
	if err != nil || len(last) == 0 {
		return u.Since, err
	}
	return last[0].AddDays(1), nil
}

// keepAlias keeps a name that a unit had; of a name that it had twice, the later days.
func keepAlias(tx *db.Tx, unit UnitID, name string, since, until date.Date) error {
	n, err := db.Set(tx.Model(&aliasRow{}).Where("unit_id = ? AND name = ?", unit, name), map[string]any{"since": since, "until": until})
	if err != nil || n > 0 {
		return err
	}
	return db.Insert(tx, &aliasRow{UnitID: unit, Name: name, Since: since, Until: until})
}

func changedUnit(tx *db.Tx, by access.Actor, u Unit, act string, change audit.Changes) (UnitView, error) {
	return view(u), audit.Add(tx, by, audit.Row{Act: act, Object: "unit", ID: u.ID, Unit: audit.Unit(u.ID), Change: change})
}

// MoveInput puts a unit below another one.
type MoveInput struct {
	ID     UnitID `path:"id" json:"-"`
	Parent UnitID `json:"parent" form:"parent"`
}

// movable are the kinds that may come below another unit with all that is below them. People of a villagers' group or a party
// group would be left in the old village or branch: they are transferred one by one.
var movable = []Kind{Village, GeneralBranch, Branch}

// Move puts a village, a general branch or a branch with everything below it below another unit of the right kind. Codes stay,
// and so does what was recorded; rights that are held above follow the new place from now on. Locks the unit, the
// new parent and all below. Permission: OrgEdit on the unit and on the new parent.
func Move(tx *db.Tx, by access.Actor, in MoveInput) (UnitView, error) {
	if in.Parent.IsZero() {
		return UnitView{}, noParent(tx, by, in.ID)
	}
	for _, unit := range sorted(in.ID, in.Parent) {
		if err := tx.Lock("units", unit); err != nil {
			return UnitView{}, err
		}
	}
	u, err := lockUnit(tx, by, in.ID)
	if err != nil {
		return UnitView{}, err
	}
	var c fail.Check
	to, err := FindUnit(tx, in.Parent)
	switch {
	case fail.KindOf(err) == fail.Missing:
		c.Add("parent", "input.id")
		return UnitView{}, c.Err()
	case err != nil:
		return UnitView{}, err
	}
	if err := by.Require(access.OrgEdit, to.Path); err != nil {
		return UnitView{}, err
	}
	c.If(!slices.Contains(movable, u.Kind), "parent", "org.not_movable")
	c.If(to.Tree != u.Tree || !slices.Contains(parents[u.Kind], to.Kind), "parent", "org.wrong_parent")
	c.If(!to.Until.IsZero(), "parent", "org.parent_closed")
	if err := c.Err(); err != nil {
		return UnitView{}, err
	}
	if id.Or(u.ParentID) == to.ID {
		return view(u), nil
	}
	before := id.Or(u.ParentID)
	if err := moveBelow(tx, u, to); err != nil {
		return UnitView{}, err
	}
	u.ParentID, u.Path = to.ID.Ptr(), to.Path+u.Code+"/"
	return changedUnit(tx, by, u, "unit.move", audit.Changes{}.ID("parent_id", before, to.ID))
}

func noParent(tx *db.Tx, by access.Actor, unit UnitID) error {
	if _, err := lockUnit(tx, by, unit); err != nil {
		return err
	}
	var c fail.Check
	c.Add("parent", "input.required")
	return c.Err()
}

// sorted gives two units in the order in which they are locked.
func sorted(a, b UnitID) []UnitID {
	list := []UnitID{a, b}
	slices.SortFunc(list, func(x, y UnitID) int { return slices.Compare(x[:], y[:]) })
	return slices.Compact(list)
}

// moveBelow writes the new paths of a unit and of all below it.
func moveBelow(tx *db.Tx, u, to Unit) error {
	cond, args := db.PathRange("path", access.Scope{Paths: []string{u.Path}})
	all, err := db.All[Unit](tx.Locked().Where(cond, args...).Order("path"))
	if err != nil {
		return err
	}
	for _, one := range all {
		path := to.Path + u.Code + "/" + one.Path[len(u.Path):]
		if _, err := db.Set(tx.Model(&Unit{}).Where("id = ?", one.ID), map[string]any{"path": path}); err != nil {
			return err
		}
	}
	_, err = db.Set(tx.Model(&Unit{}).Where("id = ?", u.ID), map[string]any{"parent_id": to.ID})
	return err
}

// ShutInput closes a unit.
type ShutInput struct {
	ID UnitID    `path:"id" json:"-"`
	On date.Date `json:"on" form:"on"` // last day; zero means today
}

// Shut closes a unit below which nothing is open: nobody can be added to it and no list finds it from then on; what was
// recorded stays. Whether people are still there is for [huotang/models/people.CloseUnit] to ask, by which pages and clients do it.
// Locks the unit. Permission: OrgEdit on the unit, for a villagers' group PeopleEdit; conflict for a root, a school, or what
// has something open below.
func Shut(tx *db.Tx, by access.Actor, in ShutInput) (UnitView, error) {
	u, err := lockUnit(tx, by, in.ID)
	if err != nil {
		return UnitView{}, err
	}
	if u.ParentID == nil {
		return UnitView{}, fail.Conflict("org.root_stays")
	}
	if !u.Until.IsZero() {
		return UnitView{}, fail.Conflict("org.closed_already")
	}
	on := in.On
	if on.IsZero() {
		on = tx.Today()
	}
	var c fail.Check
	c.If(on.After(tx.Today()), "on", "org.unit_future")
	c.If(on.Before(u.Since), "on", "org.before_it_began", u.Since.String())
	if err := c.Err(); err != nil {
		return UnitView{}, err
	}
	open, err := openBelow(tx, u)
	if err != nil {
		return UnitView{}, err
	}
	if open > 0 {
		return UnitView{}, fail.Conflict("org.open_below", open)
	}
	u.Until = on
	if _, err := db.Set(tx.Model(&Unit{}).Where("id = ?", u.ID), map[string]any{"until": on}); err != nil {
		return UnitView{}, err
	}
	return changedUnit(tx, by, u, "unit.close", audit.Changes{}.Code("until", "", on.String()))
}

// openBelow counts the units right below one that are open; schools while they have not lost their licence, and those that a
// branch keeps.
func openBelow(tx *db.Tx, u Unit) (int, error) {
	n, err := db.Ask[int](tx, "SELECT (SELECT COUNT(*) FROM units c WHERE c.parent_id = ? AND c.`until` IS NULL AND c.kind <> ?) + "+
		"(SELECT COUNT(*) FROM sites s JOIN units c ON c.id = s.id WHERE (c.parent_id = ? OR s.branch_id = ?) AND s.licence <> ?)", u.ID, Site, u.ID, u.ID, Revoked)
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// ReopenInput names a unit.
type ReopenInput struct {
	ID UnitID `path:"id" json:"-"`
}

// Reopen takes the closing of a unit back; conflict while the one above is closed. Locks the unit. Permission: as [Shut].
func Reopen(tx *db.Tx, by access.Actor, in ReopenInput) (UnitView, error) {
	u, err := lockUnit(tx, by, in.ID)
	if err != nil {
		return UnitView{}, err
	}
	if u.Until.IsZero() {
		return UnitView{}, fail.Conflict("org.open_already")
	}
	above, err := FindUnit(tx, id.Or(u.ParentID))
	if err != nil {
		return UnitView{}, err
	}
	if !above.Until.IsZero() {
		return UnitView{}, fail.Conflict("org.parent_closed")
	}
	before := u.Until
	u.Until = date.Date{}
	if _, err := db.Set(tx.Model(&Unit{}).Where("id = ?", u.ID), map[string]any{"until": nil}); err != nil {
		return UnitView{}, err
	}
	return changedUnit(tx, by, u, "unit.reopen", audit.Changes{}.Code("until", before.String(), ""))
}

// UnitInput names a unit.
type UnitInput struct {
	ID UnitID `path:"id"`
}

// AliasView is a name that a unit had.
type AliasView struct {
	Name  string    `json:"name"`
	Since date.Date `json:"since,omitzero"`
	Until date.Date `json:"until,omitzero"`
}

// UnitDetail is a unit with what stands above it and the names that it had.
type UnitDetail struct {
	UnitView
	Above   []UnitView  `json:"above"` // nearest first
	Aliases []AliasView `json:"aliases"`
	Below   int         `json:"below"` // units right below it, closed ones too
}

// GetUnit reads a unit. Permission: OrgSee on it.
func GetUnit(tx *db.Tx, by access.Actor, in UnitInput) (UnitDetail, error) {
	chain, err := Chain(tx, in.ID)
	if err != nil {
		return UnitDetail{}, err
	}
	if err := by.Require(access.OrgSee, chain[0].Path); err != nil {
		return UnitDetail{}, err
	}
	v := UnitDetail{UnitView: view(chain[0]), Above: []UnitView{}}
	for _, u := range chain[1:] {
		v.Above = append(v.Above, view(u))
	}
	if v.Aliases, err = db.Ask[AliasView](tx, "SELECT name, since, `until` FROM unit_aliases WHERE unit_id = ? ORDER BY `until` DESC, name", in.ID); err != nil {
		return v, err
	}
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM units WHERE parent_id = ?", in.ID)
	if err != nil {
		return v, fmt.Errorf("org: %w", err)
	}
	v.Below = n[0]
	return v, nil
}

// KindsBelow lists the kinds that may stand right below one, but for schools, which get a licence instead.
func KindsBelow(k Kind) []Kind {
	var out []Kind
	for _, below := range []Kind{Township, Village, VillageGroup, TownshipCommittee, GeneralBranch, Branch, Group} {
		if slices.Contains(parents[below], k) {
			out = append(out, below)
		}
	}
	return out
}

// KindsAbove lists the kinds of unit below which one of the kind may be moved; none for what is not moved.
func KindsAbove(k Kind) []Kind {
	if !slices.Contains(movable, k) {
		return nil
	}
	return slices.Clone(parents[k])
}

// MayChange reports whether the actor may rename, close and reopen the unit.
func MayChange(by access.Actor, u UnitView) bool {
	return u.Kind != Site && by.Can(keeps(u.Kind), u.Path)
}

// MayAdd reports whether the actor may add a unit of the kind below one.
func MayAdd(by access.Actor, below UnitView, k Kind) bool { return by.Can(keeps(k), below.Path) }
