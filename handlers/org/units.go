package org

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

type unitsPage struct {
	web.Base
	In    org.UnitsInput
	Units []org.UnitView
	Next  string
	Trees []web.Option
	Tops  bool // the list is of the topmost units, not of a search
}

// units shows the topmost units that the reader sees, or what a search finds.
func units(r *web.Request) error {
	var in org.UnitsInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := unitsPage{In: in, Tops: in.Q == "" && in.Kind == ""}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err := by.RequireAnywhere(access.OrgSee); err != nil {
			return err
		}
		if page.Tops {
			page.Units, err = tops(tx, by, in.Tree)
			return err
		}
		in.Limit = 50
		found, err := org.Units(tx, by, in)
		if page.Units = found.Items; found.Next != "" {
			q := url.Values{"q": {in.Q}, "tree": {string(in.Tree)}, "kind": {string(in.Kind)}, "after": {found.Next}}
			page.Next = "/units?" + q.Encode()
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.units")
	page.Trees = []web.Option{{Label: page.T("org.tree_both")}, {Value: string(org.Administrative), Label: page.T("org.tree.a")}, {Value: string(org.Party), Label: page.T("org.tree.p")}}
	return r.Render("org/units", page)
}

// tops are the units at the top of what the actor sees.
func tops(tx *db.Tx, by access.Actor, tree org.Tree) ([]org.UnitView, error) {
	scope := by.Visible(access.OrgSee)
	var out []org.UnitView
	for _, path := range scope.Paths {
		u, err := org.PathUnit(tx, path)
		if err != nil {
			continue // a committee that is not there
		}
		if tree == "" || tree == u.Tree {
			v, err := org.GetUnit(tx, by, org.UnitInput{ID: u.ID})
			if err != nil {
				return nil, err
			}
			out = append(out, v.UnitView)
		}
	}
	return out, nil
}

type unitPage struct {
	web.Base
	Unit    org.UnitDetail
	Above   []org.UnitView // the highest first, those that the reader sees
	Units   []org.UnitView // right below
	Next    string
	Holders []people.OfficeHolder
	Kinds   []web.Option // that may be added
	Parents []web.Option // where it may be moved
	May     bool         // rename, close, reopen
	Open    string       // the act whose form has faults
}

type unitQuery struct {
	ID    org.UnitID `path:"id"`
	After string     `query:"after"`
}

func unit(r *web.Request) error {
	var in unitQuery
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showUnit(r, in, "", nil)
}

func showUnit(r *web.Request, in unitQuery, open string, form *web.Form) error {
	page := unitPage{Open: open}
	var kinds []org.Kind
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		kinds, err = page.read(tx, by, in)
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.unit_title", page.Unit.Name)
	for _, k := range kinds {
		page.Kinds = append(page.Kinds, web.Option{Value: string(k), Label: page.T("org.kind." + string(k))})
	}
	page.Form = web.FormOf(org.RenameInput{Name: page.Unit.Name})
	if form != nil {
		page.Form = *form
	}
	return r.Render("org/unit", page)
}

func (p *unitPage) read(tx *db.Tx, by access.Actor, in unitQuery) (kinds []org.Kind, err error) {
	if p.Unit, err = org.GetUnit(tx, by, org.UnitInput{ID: in.ID}); err != nil {
		return nil, err
	}
	for i := range p.Unit.Above {
		if u := p.Unit.Above[len(p.Unit.Above)-1-i]; by.Can(access.OrgSee, u.Path) {
			p.Above = append(p.Above, u)
		}
	}
	below, err := org.Units(tx, by, org.UnitsInput{Tree: p.Unit.Tree, Parent: in.ID, After: in.After, Limit: 100})
	if err != nil {
		return nil, err
	}
	if p.Units = below.Items; below.Next != "" {
		p.Next = "/units/" + in.ID.String() + "?after=" + url.QueryEscape(below.Next)
	}
	if p.Unit.Tree == org.Party && by.Can(access.PeopleNames, p.Unit.Path) {
		u, err := org.FindUnit(tx, in.ID)
		if err != nil {
			return nil, err
		}
		if p.Holders, err = people.BodyOffices(tx, by, u); err != nil {
			return nil, err
		}
	}
	p.May = org.MayChange(by, p.Unit.UnitView)
	for _, k := range org.KindsBelow(p.Unit.Kind) {
		if p.Unit.Until.IsZero() && org.MayAdd(by, p.Unit.UnitView, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds, p.parents(tx, by)
}

// parents offers where the unit may be moved.
func (p *unitPage) parents(tx *db.Tx, by access.Actor) error {
	if !p.May || !p.Unit.Until.IsZero() {
		return nil
	}
	for _, k := range org.KindsAbove(p.Unit.Kind) {
		found, err := org.Units(tx, by, org.UnitsInput{Tree: p.Unit.Tree, Kind: k, Open: true, Limit: 500})
		if err != nil {
			return err
		}
		for _, u := range found.Items {
			if u.ID != p.Unit.Parent && by.Can(access.OrgEdit, u.Path) {
				p.Parents = append(p.Parents, web.Option{Value: u.ID.String(), Label: u.Name})
			}
		}
	}
	return nil
}

// actUnit answers one of the forms on a unit's page.
func actUnit[In any](act string, op web.Op[In, org.UnitView], note string) web.PageFunc {
	return func(r *web.Request) error {
		var in In
		var at unitQuery
		err := r.Bind(&in)
		var v org.UnitView
		if err == nil {
			v, err = web.Do(r, op, in)
		}
		if err != nil {
			if bad := r.Bind(&at); bad != nil && at.ID.IsZero() {
				return bad
			}
			return r.Again(err, func(f web.Form) error { return showUnit(r, at, act, &f) })
		}
		return r.SeeNote("/units/"+v.ID.String(), note)
	}
}

// addBelow is [org.AddUnit] below the unit of the address.
type addBelow struct {
	Parent org.UnitID `path:"id" json:"-"`
	Kind   org.Kind   `json:"kind" form:"kind"`
	Code   string     `json:"code" form:"code"`
	Name   string     `json:"name" form:"new_name"`
}

func addUnit(tx *db.Tx, by access.Actor, in addBelow) (org.UnitView, error) {
	above, err := org.GetUnit(tx, by, org.UnitInput{ID: in.Parent})
	if err != nil {
		return org.UnitView{}, err
	}
	v, err := org.AddUnit(tx, by, org.AddUnitInput{Tree: above.Tree, Kind: in.Kind, Code: in.Code, Name: in.Name, Parent: in.Parent})
	if e, ok := fail.As(err); ok { // the page has another name on it
		for i := range e.Fields {
			if e.Fields[i].Name == "name" {
				e.Fields[i].Name = "new_name"
			}
		}
	}
	return v, err
}
