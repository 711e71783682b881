package people

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

// formPage is a form about one person, new or known.
type formPage struct {
	web.Base
	Person                                                   people.View
	VillageGroups                                            []web.Option // none where nobody has entered any
	Villages, Branches, Groups, Standings, Genders, From, To []web.Option
	Site                                                     org.School
}

// newForm is the form of a new person; Site enrols him at once.
type newForm struct {
	people.AddInput
	Phone string     `form:"phone"`
	Site  org.SiteID `form:"site" query:"site"`
}

func newPerson(r *web.Request) error {
	var in newForm
	if err := r.Bind(&in); err != nil {
		return err
	}
	in.Standing = people.Full
	return editNew(r, in.Site, web.FormOf(in))
}

func editNew(r *web.Request, site org.SiteID, form web.Form) error {
	var page formPage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err := by.RequireAnywhere(access.PeopleEdit); err != nil {
			return err
		}
		if !site.IsZero() {
			if page.Site, err = org.FindSchool(tx, site); err != nil {
				return err
			}
		}
		return page.units(tx, by)
	})
	if err != nil {
		return err
	}
	page.Base, page.Form = r.Base("people.add"), form
	page.words()
	return r.Render("people/new", page)
}

// units offers the villages on which the actor may enter people, and the branches and groups.
func (p *formPage) units(tx *db.Tx, by access.Actor) (err error) {
	if p.Villages, err = options(tx, by, org.Administrative, org.Village, access.PeopleEdit); err != nil {
		return err
	}
	all := access.System("people.form")
	if p.Branches, err = options(tx, all, org.Party, org.Branch, access.PeopleEdit); err != nil {
		return err
	}
	if p.Groups, err = options(tx, all, org.Party, org.Group, access.PeopleEdit); err != nil {
		return err
	}
	return p.villageGroups(tx, by)
}

// villageGroups offers the villagers' groups of those villages, each beside its village where there are several.
func (p *formPage) villageGroups(tx *db.Tx, by access.Actor) (err error) {
	villages := map[string]string{}
	for _, v := range p.Villages {
		villages[v.Value] = v.Label + " "
	}
	if len(villages) == 1 {
		clear(villages)
	}
	p.VillageGroups, err = optionsOf(tx, by, org.Administrative, org.VillageGroup, access.PeopleEdit, func(u org.UnitView) string {
		return villages[u.Parent.String()] + u.Name
	})
	return err
}

func (p *formPage) words() {
	p.Branches, p.Groups = first(p.Branches, p.T("people.no_branch")), first(p.Groups, p.T("people.no_group"))
	if len(p.VillageGroups) > 0 {
		p.VillageGroups = first(p.VillageGroups, p.T("people.no_village_group"))
	}
	p.Standings, p.Genders = standings(p.Base), genders(p.Base)
}

// options lists the open units of a kind on which the actor has the permission.
func options(tx *db.Tx, by access.Actor, tree org.Tree, kind org.Kind, may access.Permission) ([]web.Option, error) {
	return optionsOf(tx, by, tree, kind, may, func(u org.UnitView) string { return u.Name })
}

func optionsOf(tx *db.Tx, by access.Actor, tree org.Tree, kind org.Kind, may access.Permission, label func(org.UnitView) string) ([]web.Option, error) {
	var out []web.Option
	for after := ""; ; {
		units, err := org.Units(tx, by, org.UnitsInput{Tree: tree, Kind: kind, After: after, Limit: 500, Open: true})
		if err != nil {
			return nil, err
		}
		for _, u := range units.Items {
			if by.Can(may, u.Path) {
				out = append(out, web.Option{Value: u.ID.String(), Label: label(u)})
			}
		}
		if after = units.Next; after == "" {
			return out, nil
		}
	}
}

// addAndEnrol adds a person with a number and puts him on a school's roster in one act of the form.
func addAndEnrol(a *people.Area) web.Op[newForm, people.View] {
	return func(tx *db.Tx, by access.Actor, in newForm) (people.View, error) {
		v, err := people.Add(tx, by, in.AddInput)
		if err == nil && in.Phone != "" {
			_, err = a.SetPhone(tx, by, people.SetPhoneInput{Person: v.ID, Phone: in.Phone})
		}
		if err != nil || in.Site.IsZero() {
			return v, err
		}
		return people.Enrol(tx, by, people.EnrolInput{Site: in.Site, Person: v.ID, Since: date.Date{}})
	}
}

func addPerson(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in newForm
		err := r.Bind(&in)
		var v people.View
		if err == nil {
			v, err = web.Do(r, addAndEnrol(a), in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return editNew(r, in.Site, f) })
		}
		return r.SeeNote("/people/"+v.ID.String(), "people.added")
	}
}

// of reads the person of a form for who may edit him.
func (p *formPage) of(tx *db.Tx, by access.Actor, a *people.Area, person people.PersonID) (err error) {
	if p.Person, err = a.Get(tx, by, people.GetInput{ID: person}); err != nil {
		return err
	}
	who, err := people.Find(tx, person)
	if err != nil {
		return err
	}
	if err := by.Require(access.PeopleEdit, who.Home()...); fail.KindOf(err) == fail.Missing {
		return fail.Forbidden("access.forbidden") // the name was seen
	} else if err != nil {
		return err
	}
	return p.units(tx, by)
}

func editPerson(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.GetInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return showEdit(r, a, in.ID, nil)
	}
}

func showEdit(r *web.Request, a *people.Area, person people.PersonID, form *web.Form) error {
	var page formPage
	err := r.Read(func(tx *db.Tx, by access.Actor) error { return page.of(tx, by, a, person) })
	if err != nil {
		return err
	}
	v := page.Person
	page.Base = r.Base("people.edit_title")
	page.Form = web.FormOf(people.Details{
		Name: v.Name, Gender: v.Gender, BirthYear: v.BirthYear, Village: v.VillageID, Branch: v.BranchID, Group: v.GroupID, Mobile: v.Mobile,
		VillageGroup: v.VillageGroupID,
	})
	if form != nil {
		page.Form = *form
	}
	page.words()
	return r.Render("people/edit", page)
}

func keepPerson(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.EditInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, people.Edit, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showEdit(r, a, in.Person, &f) })
		}
		return r.SeeNote("/people/"+in.Person.String(), "people.kept")
	}
}

func transfer(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.GetInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return showTransfer(r, a, in.ID, nil)
	}
}

func showTransfer(r *web.Request, a *people.Area, person people.PersonID, form *web.Form) error {
	var page formPage
	in := people.TransferInput{}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		if err := page.of(tx, by, a, person); err != nil {
			return err
		}
		in.VillageGroup = page.Person.VillageGroupID
		in.Village, in.Branch, in.Group, in.On = page.Person.VillageID, page.Person.BranchID, page.Person.GroupID, tx.Today()
		here, err := people.Schools(tx, person, tx.Today())
		for _, s := range here {
			page.From = append(page.From, web.Option{Value: s.ID.String(), Label: s.Name})
		}
		if err != nil {
			return err
		}
		schools, err := options(tx, by, org.Administrative, org.Site, access.PeopleEdit)
		page.To = schools
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("people.transfer_title", page.Person.Name)
	page.Form = web.FormOf(in)
	if form != nil {
		page.Form = *form
	}
	page.words()
	page.From, page.To = first(page.From, page.T("people.no_school")), first(page.To, page.T("people.no_school"))
	return r.Render("people/transfer", page)
}

func doTransfer(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.TransferInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, people.Transfer, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showTransfer(r, a, in.Person, &f) })
		}
		return r.SeeNote("/people/"+in.Person.String(), "people.transferred")
	}
}
