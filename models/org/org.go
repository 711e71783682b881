// Package org holds the two trees of units and the family schools in them.
//
// The administrative tree runs from the county over townships and village units
// to the schools and the villagers' groups (paths "/a/530921/530921101/…/"), the party tree from the county committee to
// party groups ("/p/…/"). A school is a unit of the administrative tree, below its
// village, with the licence and what belongs to the house beside it; it is linked to the party
// branch that keeps it. Codes are the official ones; names change, so matching goes by code, then by alias.
//
// The root of the aggregate is the unit; for a school its row in sites, which [LockSite] locks.
package org

import (
	"time"

	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

type (
	unitTag struct{}
	siteTag struct{}
)

// UnitID identifies a unit of either tree.
type UnitID = id.ID[unitTag]

// SiteID identifies a school. It is the ID of the school's unit, see [SiteUnit].
type SiteID = id.ID[siteTag]

// SiteUnit is the unit that a school is.
func SiteUnit(s SiteID) UnitID { return id.As[unitTag](s) }

// UnitSite is the school that a unit of kind Site is.
func UnitSite(u UnitID) SiteID { return id.As[siteTag](u) }

// Tree is one of the two trees.
type Tree string

// The trees.
const (
	Administrative Tree = "a"
	Party          Tree = "p"
)

// Kind is the level of a unit.
type Kind string

// The levels of both trees, from the top.
const (
	County   Kind = "county"
	Township Kind = "township"
	Village  Kind = "village"
	Site     Kind = "site"

	VillageGroup Kind = "village_group" // 村民小组: has no official code

	CountyCommittee   Kind = "county_committee"
	TownshipCommittee Kind = "township_committee"
	GeneralBranch     Kind = "general_branch"
	Branch            Kind = "branch"
	Group             Kind = "group"
)

// parents says which kinds may stand above a kind; none for the two roots.
var parents = map[Kind][]Kind{
	County: nil, Township: {County}, Village: {Township}, Site: {Village}, VillageGroup: {Village},
	CountyCommittee: nil, TownshipCommittee: {CountyCommittee}, GeneralBranch: {TownshipCommittee},
	Branch: {GeneralBranch, TownshipCommittee, CountyCommittee}, Group: {Branch},
}

// Unit is a row of units.
type Unit struct {
	ID        UnitID `gorm:"primaryKey"`
	Tree      Tree   `gorm:"column:tree"`
	Kind      Kind   `gorm:"column:kind"`
	Code      string
	Name      string
	SearchKey string
	ParentID  *UnitID
	Path      string
	Since     date.Date
	Until     date.Date
}

// TableName is units.
func (Unit) TableName() string { return "units" }

// Licence is the state of a school's licence.
type Licence string

// The states of a licence (授牌 / 暂停 / 摘牌).
const (
	Licensed  Licence = "licensed"
	Suspended Licence = "suspended"
	Revoked   Licence = "revoked"
)

type siteRow struct {
	ID         SiteID `gorm:"primaryKey"`
	BranchID   *UnitID
	Plaque     string
	Licence    Licence
	LicensedOn date.Date
	ChangedOn  date.Date
	Address    string
	Equipment  string
	Network    string
	Seats      int // how many can sit in the house, 0 while nobody has said
	MadeAt     time.Time

	VillageGroupID *UnitID // 村民小组 in which the house stands; nil while nobody has said
}

func (siteRow) TableName() string { return "sites" }

// School is a school with its unit, as other areas use it.
type School struct {
	ID         SiteID
	Code       string
	Name       string
	Path       string // administrative
	Party      string // path of the branch that keeps it, "" for none
	Licence    Licence
	LicensedOn date.Date // first day of the licence
	ChangedOn  date.Date // day from which Licence holds
	ParentID   UnitID    // the village
}

// Paths are the paths that an op on the school names: administrative, and the branch's.
func (s School) Paths() []string { return []string{s.Path, s.Party} }

const schoolQuery = `SELECT s.id, u.code, u.name, u.path, COALESCE(b.path, '') AS party, s.licence,
s.licensed_on, s.changed_on, u.parent_id
FROM sites s JOIN units u ON u.id = s.id LEFT JOIN units b ON b.id = s.branch_id WHERE s.id = ?`

// FindSchool reads a school; not_found when there is none. No permission is asked: the caller's op does.
func FindSchool(tx *db.Tx, site SiteID) (School, error) {
	var s School
	err := db.Each(tx, schoolQuery, []any{site}, func(scan func(...any) error) error {
		return scan(&s.ID, &s.Code, &s.Name, &s.Path, &s.Party, &s.Licence, &s.LicensedOn, &s.ChangedOn, &s.ParentID)
	})
	if err == nil && s.ID.IsZero() {
		err = fail.NotFound("org.site_missing")
	}
	return s, err
}

// LockSite locks a school's row, the root of its sessions and activity days, and reads it.
func LockSite(tx *db.Tx, site SiteID) (School, error) {
	if err := tx.Lock("sites", site); err != nil {
		return School{}, err
	}
	return FindSchool(tx, site)
}

// FindUnit reads a unit; not_found when there is none. No permission is asked: the caller's op does.
func FindUnit(tx *db.Tx, unit UnitID) (Unit, error) { return findUnit(tx, "id = ?", unit) }

func findUnit(tx *db.Tx, cond string, args ...any) (Unit, error) {
	var u Unit
	err := db.Each(tx, "SELECT id, tree, kind, code, name, search_key, parent_id, path, since, `until` FROM units WHERE "+cond, args,
		func(scan func(...any) error) error {
			return scan(&u.ID, &u.Tree, &u.Kind, &u.Code, &u.Name, &u.SearchKey, &u.ParentID, &u.Path, &u.Since, &u.Until)
		})
	if err == nil && u.ID.IsZero() {
		err = fail.NotFound("org.unit_missing")
	}
	return u, err
}

// LockUnit is [FindUnit] with the row locked, for work on what hangs on the unit as a whole.
func LockUnit(tx *db.Tx, unit UnitID) (Unit, error) {
	if err := tx.Lock("units", unit); err != nil {
		return Unit{}, err
	}
	return FindUnit(tx, unit)
}

// FindCode reads a unit by its code.
func FindCode(tx *db.Tx, tree Tree, code string) (Unit, error) {
	return findUnit(tx, "tree = ? AND code = ?", tree, code)
}

// PathUnit reads the unit with the path.
func PathUnit(tx *db.Tx, path string) (Unit, error) { return findUnit(tx, "path = ?", path) }

// Chain lists a unit and those above it, nearest first.
func Chain(tx *db.Tx, unit UnitID) ([]Unit, error) {
	u, err := FindUnit(tx, unit)
	if err != nil {
		return nil, err
	}
	chain := []Unit{u}
	for u.ParentID != nil {
		if u, err = FindUnit(tx, *u.ParentID); err != nil {
			return nil, err
		}
		chain = append(chain, u)
	}
	return chain, nil
}

// UnitOf is the unit behind an ID that another package keeps in a form of its own, such as an audit row's.
func UnitOf[T any](v id.ID[T]) UnitID { return id.As[unitTag](v) }

// Names gives the names of those of the units that exist. No permission is asked.
func Names(tx *db.Tx, units []UnitID) (map[UnitID]string, error) {
	rows, err := db.All[Unit](tx.Select("id", "name").Where("id IN ?", units))
	out := make(map[UnitID]string, len(rows))
	for _, u := range rows {
		out[u.ID] = u.Name
	}
	return out, err
}
