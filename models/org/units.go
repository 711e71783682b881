package org

import (
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
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
}

func view(u Unit) UnitView { return UnitView{u.ID, u.Tree, u.Kind, u.Code, u.Name, u.Path} }

// AddUnitInput describes a new unit that is not a school.
type AddUnitInput struct {
	Tree   Tree   `json:"tree"`
	Kind   Kind   `json:"kind"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Parent UnitID `json:"parent"` // zero for a root
}

// AddUnit adds a unit below its parent. Permission: OrgEdit on the parent; a root only by a job.
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
	code := c.Text("code", in.Code, 1, 32)
	c.If(!safeCode(code), "code", "org.code_form")
	above, known := parents[in.Kind]
	c.If(!known || in.Tree != Administrative && in.Tree != Party, "kind", "input.choice")
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
	parent, err := FindUnit(tx, in.Parent)
	if err != nil {
		return Unit{}, err
	}
	c.If(parent.Tree != in.Tree || !slices.Contains(above, parent.Kind), "parent", "org.wrong_parent")
	u.Path = parent.Path + code + "/"
	if err := by.Require(access.OrgEdit, parent.Path); err != nil {
		return Unit{}, err
	}
	return u, c.Err()
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
}

// Units lists units that the actor sees, in code order. Permission: OrgSee.
func Units(tx *db.Tx, by access.Actor, in UnitsInput) (db.Page[UnitView], error) {
	limit := in.Limit
	if limit < 1 || limit > 500 {
		limit = 200
	}
	q := tx.Scopes(db.Under("units.id", by.Visible(access.OrgSee))).Where("code > ?", in.After)
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
