package org

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
)

// UnitView is a unit as pages and clients see it.
type UnitView struct {
	ID   UnitID `json:"id"`
	Tree Tree   `json:"tree"`
	Kind Kind   `json:"kind"`
	Code string `json:"code"`
	Name string `json:"name"`
	Path string `json:"-"`

	Parent UnitID    `json:"parent,omitzero"`
	Since  date.Date `json:"since,omitzero"`
	Until  date.Date `json:"until,omitzero"` // last day of one that is closed
}

func view(u Unit) UnitView {
	return UnitView{ID: u.ID, Tree: u.Tree, Kind: u.Kind, Code: u.Code, Name: u.Name, Path: u.Path, Parent: id.Or(u.ParentID), Since: u.Since, Until: u.Until}
}

// AddUnitInput describes a new unit that is not a school.
type AddUnitInput struct {
	Tree   Tree   `json:"tree" form:"tree"`
	Kind   Kind   `json:"kind" form:"kind"`
	Code   string `json:"code" form:"code"` // "" takes the next one of the parent, where there is no official code
	Name   string `json:"name" form:"name"`
	Parent UnitID `json:"parent" form:"parent"` // zero for a root
}

// AddUnit adds a unit below its parent, which it locks, so that nothing is added to one that is being closed.
// Permission: OrgEdit on the parent, for a villagers' group PeopleEdit; a root only by a job.
func AddUnit(tx *db.Tx, by access.Actor, in AddUnitInput) (UnitView, error) {
	u, err := newUnit(tx, by, in)
	if err != nil {
		return UnitView{}, err
	}
	if err := db.Insert(tx, &u); err != nil {
		if db.IsDuplicate(err) {
			return UnitView{}, fail.Conflict("org.code_taken", in.Code).Because(err)
		}
		return UnitView{}, err
	}
	return view(u), audit.Add(tx, by, audit.Row{
		Act: "unit.add", Object: "unit", ID: u.ID, Unit: audit.Unit(u.ID),
		Change: audit.Changes{}.Code("kind", "", string(u.Kind)).Code("code", "", u.Code).Field("name"),
	})
}

func newUnit(tx *db.Tx, by access.Actor, in AddUnitInput) (Unit, error) {
	var c fail.Check
	name := c.Text("name", in.Name, 1, 100)
	least := 1
	if slices.Contains(numbered, in.Kind) {
		least = 0
	}
	code := c.Text("code", in.Code, least, 32)
	c.If(!safeCode(code), "code", "org.code_form")
	above, known := parents[in.Kind]
	c.If(!known, "kind", "input.choice")
	c.If(in.Tree != Administrative && in.Tree != Party, "tree", "input.choice")
	if err := c.Err(); err != nil {
		return Unit{}, err
	}
	u := Unit{
		ID: id.New[unitTag](), Tree: in.Tree, Kind: in.Kind, Code: code, Name: name,
		SearchKey: lang.SearchKey(name, code), ParentID: in.Parent.Ptr(), Since: tx.Today(),
	}
	if in.Parent.IsZero() {
		u.Path = "/" + string(in.Tree) + "/" + code + "/"
		c.If(above != nil, "parent", "input.required")
		if err := c.Err(); err != nil {
			return Unit{}, err
		}
		return u, by.Require(access.OrgEdit, "/")
	}
	return below(tx, by, &c, u, above)
}

// below places a new unit below its parent.
func below(tx *db.Tx, by access.Actor, c *fail.Check, u Unit, above []Kind) (Unit, error) {
	parent, err := LockUnit(tx, *u.ParentID)
	if err != nil {
		return Unit{}, err
	}
	if err := by.Require(keeps(u.Kind), parent.Path); err != nil {
		return Unit{}, err
	}
	c.If(parent.Tree != u.Tree || !slices.Contains(above, parent.Kind), "parent", "org.wrong_parent")
	c.If(!parent.Until.IsZero(), "parent", "org.parent_closed")
	if err := c.Err(); err != nil {
		return Unit{}, err
	}
	if u.Code == "" {
		if u.Code, err = nextCode(tx, parent); err != nil {
			return Unit{}, err
		}
		u.SearchKey = lang.SearchKey(u.Name, u.Code)
	}
	u.Path = parent.Path + u.Code + "/"
	return u, nil
}

// numbered are the kinds without an official code.
var numbered = []Kind{VillageGroup, GeneralBranch, Branch, Group}

// keeps is the permission to add and change a unit of the kind: a village knows its groups.
func keeps(k Kind) access.Permission {
	if k == VillageGroup {
		return access.PeopleEdit
	}
	return access.OrgEdit
}

// nextCode numbers the units below one: its code, a hyphen, and the next number. The parent is locked.
func nextCode(tx *db.Tx, parent Unit) (string, error) {
	codes, err := db.Ask[string](tx, "SELECT code FROM units WHERE parent_id = ?", parent.ID)
	if err != nil {
		return "", err
	}
	last := 0
	for _, c := range codes {
		if rest, ok := strings.CutPrefix(c, parent.Code+"-"); ok {
			if n, err := strconv.Atoi(rest); err == nil {
				last = max(last, n)
			}
		}
	}
	return fmt.Sprintf("%s-%d", parent.Code, last+1), nil
}

// safeCode keeps codes fit for paths and URLs.
func safeCode(s string) bool {
	return !slices.ContainsFunc([]byte(s), func(b byte) bool {
		return (b < '0' || b > '9') && (b < 'A' || b > 'Z') && (b < 'a' || b > 'z') && b != '-' && b != '.'
	})
}

// UnitsInput narrows the list of units.
type UnitsInput struct {
	Tree  Tree   `query:"tree"`
	Kind  Kind   `query:"kind"`
	Under string `query:"under"` // code of a unit of the tree; "" for all
	After string `query:"after"` // code
	Limit int    `query:"limit"` // 1–500; 0 means 200

	Q      string `query:"q"`      // name, pinyin, initials or code, or a name that it had
	Open   bool   `query:"open"`   // leaves out those that are closed
	Parent UnitID `query:"parent"` // right below this one
}

// Units lists units that the actor sees, in code order; forbidden for who could see none anywhere. Permission: OrgSee.
func Units(tx *db.Tx, by access.Actor, in UnitsInput) (db.Page[UnitView], error) {
	if err := by.RequireAnywhere(access.OrgSee); err != nil {
		return db.Page[UnitView]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 500 {
		limit = 200
	}
	seen, paths := db.PathRange("path", by.Visible(access.OrgSee))
	q := tx.Where(seen, paths...).Where("code > ?", in.After)
	if in.Tree != "" {
		q = q.Where("tree = ?", in.Tree)
	}
	if in.Kind != "" {
		q = q.Where("kind = ?", in.Kind)
	}
	if in.Under != "" {
		top, err := FindCode(tx, cmpTree(in.Tree), in.Under)
		if err != nil {
			return db.Page[UnitView]{}, err
		}
		cond, args := db.PathRange("path", access.Scope{Paths: []string{top.Path}})
		q = q.Where(cond, args...)
	}
	if in.Open {
		q = q.Where("`until` IS NULL")
	}
	if !in.Parent.IsZero() {
		q = q.Where("parent_id = ?", in.Parent)
	}
	if term := lang.SearchTerm(in.Q); term != "" {
		cond, arg := db.Like("search_key", term)
		alias, old := db.Like("a.name", strings.TrimSpace(in.Q))
		q = q.Where("("+cond+" OR EXISTS (SELECT 1 FROM unit_aliases a WHERE a.unit_id = units.id AND "+alias+"))", arg, old)
	}
	rows, err := db.All[Unit](q.Order("code").Limit(limit + 1))
	if err != nil {
		return db.Page[UnitView]{}, err
	}
	page := db.Page[UnitView]{Items: make([]UnitView, 0, len(rows))}
	for _, u := range rows[:min(len(rows), limit)] {
		page.Items = append(page.Items, view(u))
	}
	if len(rows) > limit {
		page.Next = rows[limit-1].Code
	}
	return page, nil
}

func cmpTree(t Tree) Tree {
	if t == "" {
		return Administrative
	}
	return t
}

// Root is the county in the administrative tree; not_found before the set-up.
func Root(tx *db.Tx) (Unit, error) {
	return db.One[Unit](tx.Where("tree = ? AND kind = ?", Administrative, County), "org.no_county")
}
