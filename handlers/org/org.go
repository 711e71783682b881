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

// Mount adds the area.
func Mount(p *web.Pages, api *web.API) {
	p.Views("org", views)
	p.Get("/sites", list)
	p.Get("/sites/new", newSite)
	p.Post("/sites/new", addSite)
	p.Get("/sites/:id", show)
	p.Post("/sites/:id/licence", setLicence)

	web.Get(api, "/units", org.Units)
	web.Post(api, "/units", org.AddUnit)
	web.Get(api, "/sites", org.Sites)
	web.Post(api, "/sites", org.AddSite)
	web.Get(api, "/sites/:id", org.GetSite)
	web.Get(api, "/sites/:id/licence", org.Licences)
	web.Post(api, "/sites/:id/licence", org.SetLicence)
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

type sitePage struct {
	web.Base
	Site       org.SiteView
	Holders    []people.Holder
	History    []org.LicenceView
	Licences   []web.Option
	MayLicense bool
	MaySee     map[string]bool // which links to other areas are of use to this reader
}

func show(r *web.Request) error {
	var in org.GetSiteInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showSite(r, in.ID, nil)
}

// showSite shows a school, with the licence form as it was sent when it has faults.
func showSite(r *web.Request, site org.SiteID, form *web.Form) error {
	var page sitePage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Site, err = org.GetSite(tx, by, org.GetSiteInput{ID: site}); err != nil {
			return err
		}
		school, err := org.FindSchool(tx, site)
		if err != nil {
			return err
		}
		page.MayLicense = by.Can(access.SitesLicense, school.Path)
		page.MaySee = map[string]bool{"sessions": by.Can(access.SessionsSee, school.Paths()...), "people": by.Can(access.PeopleNames, school.Paths()...)}
		if page.MaySee["people"] {
			if page.Holders, err = people.Holders(tx, site, tx.Today()); err != nil {
				return err
			}
		}
		history, err := org.Licences(tx, by, org.GetSiteInput{ID: site})
		page.History = history.Items
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.site_title", page.Site.Name)
	page.Licences = licences(page.Base)
	page.Form = web.FormOf(org.SetLicenceInput{State: page.Site.Licence})
	if form != nil {
		page.Form = *form
	}
	return r.Render("org/site", page)
}

func setLicence(r *web.Request) error {
	var in org.SetLicenceInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, org.SetLicence, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showSite(r, in.Site, &f) })
	}
	return r.SeeNote("/sites/"+in.Site.String(), "org.licence_kept")
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
		if err := by.Require(access.SitesLicense, by.Visible(access.SitesLicense).Paths...); err != nil {
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
