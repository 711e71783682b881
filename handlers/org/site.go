package org

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

type sitePage struct {
	web.Base
	Site      org.SiteView
	Equipment org.EquipmentView
	Holders   []people.Holder
	History   []org.LicenceView
	Posts     []people.SchoolPost
	Handovers []people.HandoverView
	Licences  []web.Option
	May       map[string]bool // which acts and links to other areas are of use to this reader
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
	err := r.Read(func(tx *db.Tx, by access.Actor) error { return page.read(tx, by, org.GetSiteInput{ID: site}) })
	if err != nil {
		return err
	}
	page.Base = r.Base("org.site_title", page.Site.Name)
	for _, l := range []org.Licence{org.Licensed, org.Suspended, org.Revoked} {
		if l != page.Site.Licence || form != nil && form.Has("state", string(l)) { // what was sent comes back
			key := "org.become." + string(l)
			if l == org.Licensed && page.Site.Licence == org.Suspended {
				key = "org.become.resumed"
			}
			page.Licences = append(page.Licences, web.Option{Value: string(l), Label: page.T(key)})
		}
	}
	page.Form = web.FormOf(org.SetLicenceInput{})
	if form != nil {
		page.Form = *form
	}
	return r.Render("org/site", page)
}

func (p *sitePage) read(tx *db.Tx, by access.Actor, in org.GetSiteInput) (err error) {
	if p.Site, err = org.GetSite(tx, by, in); err != nil {
		return err
	}
	school, err := org.FindSchool(tx, in.ID)
	if err != nil {
		return err
	}
	p.May = map[string]bool{}
	for what, permission := range map[string]access.Permission{
		"license": access.SitesLicense, "edit": access.OrgEdit, "equip": access.SitesEquip, "hand": access.PeopleEdit,
		"sessions": access.SessionsSee, "people": access.PeopleNames,
	} {
		p.May[what] = by.Can(permission, school.Paths()...)
	}
	p.May["papers"] = by.Can(access.SessionsMarks, school.Path)
	if p.Equipment, err = org.GetEquipment(tx, by, in); err != nil {
		return err
	}
	history, err := org.Licences(tx, by, in)
	p.History = history.Items
	if err != nil || !p.May["people"] {
		return err
	}
	return p.readPeople(tx, by, in.ID)
}

func (p *sitePage) readPeople(tx *db.Tx, by access.Actor, site org.SiteID) (err error) {
	if p.Holders, err = people.Holders(tx, site, tx.Today()); err != nil {
		return err
	}
	posts, err := people.PostsOf(tx, by, people.SchoolInput{Site: site})
	if err != nil {
		return err
	}
	moves, err := people.Handovers(tx, by, people.SchoolInput{Site: site})
	p.Posts, p.Handovers = posts.Items, moves.Items
	return err
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

type editPage struct {
	web.Base
	Site     org.SiteView
	Branches []web.Option
	Groups   []web.Option // villagers' groups of the village; none where nobody has entered any
}

func edit(r *web.Request) error { return showEdit(r, nil) }

func showEdit(r *web.Request, form *web.Form) error {
	var in org.GetSiteInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := editPage{Branches: []web.Option{{}}}
	kept := org.EditSiteInput{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Site, err = org.GetSite(tx, by, in); err != nil {
			return err
		}
		school, err := org.FindSchool(tx, in.ID)
		if err == nil {
			err = by.Require(access.OrgEdit, school.Paths()...)
		}
		if err != nil {
			return err
		}
		branches, err := org.Units(tx, by, org.UnitsInput{Tree: org.Party, Kind: org.Branch, Limit: 500})
		if err != nil {
			return err
		}
		kept = org.EditSiteInput{Name: page.Site.Name, Plaque: page.Site.Plaque, Address: page.Site.Address, VillageGroup: page.Site.VillageGroupID}
		if page.Groups, err = groupsOf(tx, by, school.ParentID); err != nil {
			return err
		}
		if school.Party != "" {
			own, err := org.PathUnit(tx, school.Party)
			if err != nil {
				return err
			}
			kept.Branch = own.ID
			page.Branches = append(page.Branches, web.Option{Value: own.ID.String(), Label: own.Name})
		}
		for _, b := range branches.Items {
			if b.ID != kept.Branch {
				page.Branches = append(page.Branches, web.Option{Value: b.ID.String(), Label: b.Name})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.edit_title", page.Site.Name)
	page.Branches[0].Label = page.T("org.no_branch")
	if len(page.Groups) > 0 {
		page.Groups[0].Label = page.T("org.no_village_group")
	}
	page.Form = web.FormOf(kept)
	if form != nil {
		page.Form = *form
	}
	return r.Render("org/edit", page)
}

// groupsOf offers the villagers' groups of a village after an empty choice.
func groupsOf(tx *db.Tx, by access.Actor, village org.UnitID) (out []web.Option, err error) {
	v, err := org.FindUnit(tx, village)
	if err != nil {
		return nil, err
	}
	groups, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.VillageGroup, Under: v.Code, Limit: 500, Open: true})
	for _, g := range groups.Items {
		if len(out) == 0 {
			out = append(out, web.Option{})
		}
		out = append(out, web.Option{Value: g.ID.String(), Label: g.Name})
	}
	return out, err
}

func saveSite(r *web.Request) error {
	var in org.EditSiteInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, org.EditSite, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showEdit(r, &f) })
	}
	return r.SeeNote("/sites/"+in.Site.String(), "org.site_kept")
}
