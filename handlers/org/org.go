// Package org serves the pages and endpoints of units and schools (models/org).
package org

import (
	"embed"
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area; hand-overs are an act of people's.
func Mount(p *web.Pages, api *web.API, a *people.Area) {
	p.Views("org", views)
	p.Get("/sites", list)
	p.Get("/sites/new", newSite)
	p.Post("/sites/new", addSite)
	p.Get("/sites/:id", show)
	p.Post("/sites/:id/licence", setLicence)
	p.Get("/sites/:id/edit", edit)
	p.Post("/sites/:id/edit", saveSite)
	p.Get("/sites/:id/equipment", equipment)
	p.Post("/sites/:id/equipment", saveEquipment)
	p.Get("/sites/:id/handover", handover)
	p.Post("/sites/:id/handover", handOver(a))
	p.Get("/sites/:id/handovers/:handover", sheet)
	p.Post("/sites/:id/handovers/:handover/undo", undoHandover(a))
	p.Get("/sites/:id/duties", duties)
	p.Get("/units", units)
	p.Get("/units/:id", unit)
	p.Post("/units/:id/add", actUnit("add", addUnit, "org.unit_kept"))
	p.Post("/units/:id/rename", actUnit("rename", org.Rename, "org.unit_kept"))
	p.Post("/units/:id/move", actUnit("move", org.Move, "org.unit_kept"))
	p.Post("/units/:id/close", actUnit("close", people.CloseUnit, "org.unit_kept"))
	p.Post("/units/:id/reopen", actUnit("reopen", org.Reopen, "org.unit_kept"))
	p.Get("/townships/:id/duties", dutyLines)
	p.Post("/townships/:id/duties", saveDutyLines)

	web.Get(api, "/units", org.Units)
	web.Post(api, "/units", org.AddUnit)
	web.Get(api, "/units/:id", org.GetUnit)
	web.Post(api, "/units/:id/rename", org.Rename)
	web.Post(api, "/units/:id/move", org.Move)
	web.Post(api, "/units/:id/close", people.CloseUnit)
	web.Post(api, "/units/:id/reopen", org.Reopen)
	web.Get(api, "/sites", org.Sites)
	web.Post(api, "/sites", org.AddSite)
	web.Get(api, "/sites/:id", org.GetSite)
	web.Get(api, "/sites/:id/licence", org.Licences)
	web.Post(api, "/sites/:id/licence", org.SetLicence)
	web.Put(api, "/sites/:id", org.EditSite)
	web.Get(api, "/sites/:id/equipment", org.GetEquipment)
	web.Put(api, "/sites/:id/equipment", org.SetEquipment)
	web.Get(api, "/sites/:id/posts", people.PostsOf)
	web.Get(api, "/sites/:id/handovers", people.Handovers)
	web.Post(api, "/sites/:id/handovers", a.HandOver)
	web.Get(api, "/sites/:id/handovers/:handover", people.GetHandover)
	web.Delete(api, "/sites/:id/handovers/:handover", a.UndoHandover)
	web.Get(api, "/sites/:id/duties", org.DutiesOf)
	web.Get(api, "/townships/:id/duties", org.GetDuties)
	web.Put(api, "/townships/:id/duties", org.SetDuties)
}

type listPage struct {
	web.Base
	In        org.SitesInput
	Sites     []org.SiteView
	Townships []web.Option
	Licences  []web.Option
	Next      string
	MayAdd    bool
}

func list(r *web.Request) error {
	var in org.SitesInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := listPage{In: in}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := org.Sites(tx, by, in)
		if err != nil {
			return err
		}
		towns, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.Township, Limit: 500})
		page.Sites, page.Next = found.Items, nextSites(in, found.Next)
		for _, t := range towns.Items {
			page.Townships = append(page.Townships, web.Option{Value: t.Code, Label: t.Name})
		}
		page.MayAdd = !by.Visible(access.SitesLicense).Empty()
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.sites")
	page.Licences = licences(page.Base)
	return r.Render("org/list", page)
}

// nextSites is the address of what follows, with the same filters.
func nextSites(in org.SitesInput, next string) string {
	if next == "" {
		return ""
	}
	q := url.Values{"q": {in.Q}, "under": {in.Under}, "licence": {string(in.Licence)}, "after": {next}}
	return "/sites?" + q.Encode()
}

func licences(b web.Base) []web.Option {
	var out []web.Option
	for _, l := range []org.Licence{org.Licensed, org.Suspended, org.Revoked} {
		out = append(out, web.Option{Value: string(l), Label: b.T("org.licence." + string(l))})
	}
	return out
}

type newPage struct {
	web.Base
	Village  org.UnitView
	Villages []web.Option
}

func newSite(r *web.Request) error {
	return editSite(r, web.FormOf(siteForm{Village: r.Query("village")}))
}

// siteForm is the form of a new school.
type siteForm struct {
	Village string `form:"village"`
}

func editSite(r *web.Request, form web.Form) error {
	page := newPage{}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		if err := by.RequireAnywhere(access.SitesLicense); err != nil {
			return err
		}
		villages, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.Village, Limit: 500})
		for _, v := range villages.Items {
			if by.Can(access.SitesLicense, v.Path) {
				page.Villages = append(page.Villages, web.Option{Value: v.ID.String(), Label: v.Name + " " + v.Code})
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.add_site")
	page.Form = form
	return r.Render("org/new", page)
}

func addSite(r *web.Request) error {
	var in org.AddSiteInput
	err := r.Bind(&in)
	var site org.SiteView
	if err == nil {
		site, err = web.Do(r, org.AddSite, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return editSite(r, f) })
	}
	return r.SeeNote("/sites/"+site.ID.String(), "org.site_added")
}
