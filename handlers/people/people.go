// Package people serves the pages and endpoints of persons and rosters (models/people).
package people

import (
	"embed"
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API) {
	p.Views("people", views)
	p.Get("/people", list)
	p.Get("/people/new", newPerson)
	p.Post("/people/new", addPerson)
	p.Get("/people/:id", show)
	p.Post("/people/:id/standing", act(people.SetStanding))
	p.Post("/people/:id/exempt", act(people.Exempt))
	p.Post("/people/:id/depart", act(people.Depart))

	web.Get(api, "/people", people.List)
	web.Post(api, "/people", people.Add)
	web.Get(api, "/people/:id", people.Get)
	web.Put(api, "/people/:id", people.Edit)
	web.Post(api, "/people/:id/standing", people.SetStanding)
	web.Post(api, "/people/:id/exempt", people.Exempt)
	web.Post(api, "/people/:id/depart", people.Depart)
	web.Post(api, "/sites/:id/roster", people.Enrol)
	web.Post(api, "/sites/:id/roster/:person/leave", people.Leave)
	web.Post(api, "/sites/:id/posts", people.Assign)
}

type listPage struct {
	web.Base
	In     people.ListInput
	Site   org.School // zero unless the list is of one school's roster
	People []people.View
	Next   string
	MayAdd bool
}

func list(r *web.Request) error {
	var in people.ListInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := listPage{In: in}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := people.List(tx, by, in)
		if err != nil {
			return err
		}
		page.People, page.MayAdd = found.Items, !by.Visible(access.PeopleEdit).Empty()
		if found.Next != "" {
			q := url.Values{"site": {in.Site.String()}, "unit": {in.Unit}, "branch": {in.Branch}, "q": {in.Q}, "after": {found.Next}}
			page.Next = "/people?" + q.Encode()
		}
		if !in.Site.IsZero() {
			page.Site, err = org.FindSchool(tx, in.Site)
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("people.title")
	return r.Render("people/list", page)
}

type personPage struct {
	web.Base
	Person    people.View
	Schools   []org.School
	MayEdit   bool
	MayStudy  bool
	Standings []web.Option
	Open      string // the act whose form has faults
}

func show(r *web.Request) error {
	var in people.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showPerson(r, in.ID, "", web.Form{})
}

func showPerson(r *web.Request, person people.PersonID, open string, form web.Form) error {
	page := personPage{Open: open}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Person, err = people.Get(tx, by, people.GetInput{ID: person}); err != nil {
			return err
		}
		who, err := people.Find(tx, person)
		if err != nil {
			return err
		}
		page.MayEdit = by.Can(access.PeopleEdit, who.Home()...)
		page.MayStudy = by.Can(access.ProgressSee, who.Home()...)
		page.Schools, err = people.Schools(tx, person, tx.Today())
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("people.person_title", page.Person.Name)
	page.Standings, page.Form = standings(page.Base), form
	return r.Render("people/person", page)
}

func standings(b web.Base) []web.Option {
	out := make([]web.Option, len(people.Standings))
	for i, s := range people.Standings {
		out[i] = web.Option{Value: string(s), Label: b.T("people.standing." + string(s))}
	}
	return out
}

// act answers one of the small forms on a person's page.
func act[In any](op web.Op[In, people.View]) web.PageFunc {
	return func(r *web.Request) error {
		var in In
		err := r.Bind(&in)
		var v people.View
		if err == nil {
			v, err = web.Do(r, op, in)
		}
		if err != nil {
			var who people.GetInput
			if bad := r.Bind(&who); bad != nil {
				return bad
			}
			return r.Again(err, func(f web.Form) error { return showPerson(r, who.ID, r.Form().Get("act"), f) })
		}
		return r.SeeNote("/people/"+v.ID.String(), "people.kept")
	}
}

type newPage struct {
	web.Base
	Villages, Branches, Standings, Genders []web.Option
	Site                                   org.School
}

// newForm is the form of a new person; Site enrols him at once.
type newForm struct {
	people.AddInput
	Site org.SiteID `form:"site" query:"site"`
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
	var page newPage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if by.Visible(access.PeopleEdit).Empty() {
			return by.Require(access.PeopleEdit)
		}
		if !site.IsZero() {
			if page.Site, err = org.FindSchool(tx, site); err != nil {
				return err
			}
		}
		if page.Villages, err = options(tx, by, org.Administrative, org.Village); err != nil {
			return err
		}
		page.Branches, err = options(tx, access.System("people.new"), org.Party, org.Branch)
		return err
	})
	if err != nil {
		return err
	}
	page.Base, page.Form = r.Base("people.add"), form
	page.Branches = append([]web.Option{{Label: page.T("people.no_branch")}}, page.Branches...)
	page.Standings = standings(page.Base)
	page.Genders = []web.Option{{Label: page.T("people.gender_unknown")}}
	for _, g := range []people.Gender{people.Female, people.Male} {
		page.Genders = append(page.Genders, web.Option{Value: string(g), Label: page.T("people.gender." + string(g))})
	}
	return r.Render("people/new", page)
}

// options lists the units of a kind on which the actor may enter people.
func options(tx *db.Tx, by access.Actor, tree org.Tree, kind org.Kind) ([]web.Option, error) {
	units, err := org.Units(tx, by, org.UnitsInput{Tree: tree, Kind: kind, Limit: 500})
	var out []web.Option
	for _, u := range units.Items {
		if by.Can(access.PeopleEdit, u.Path) {
			out = append(out, web.Option{Value: u.ID.String(), Label: u.Name})
		}
	}
	return out, err
}

// addAndEnrol adds a person and puts him on a school's roster in one act of the form.
func addAndEnrol(tx *db.Tx, by access.Actor, in newForm) (people.View, error) {
	v, err := people.Add(tx, by, in.AddInput)
	if err != nil || in.Site.IsZero() {
		return v, err
	}
	return people.Enrol(tx, by, people.EnrolInput{Site: in.Site, Person: v.ID, Since: date.Date{}})
}

func addPerson(r *web.Request) error {
	var in newForm
	err := r.Bind(&in)
	var v people.View
	if err == nil {
		v, err = web.Do(r, addAndEnrol, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return editNew(r, in.Site, f) })
	}
	return r.SeeNote("/people/"+v.ID.String(), "people.added")
}
