package people

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

type personPage struct {
	web.Base
	Person                               people.View
	Schools                              []org.School
	History                              *people.History // nil for who may know the name only
	Names                                map[accounts.AccountID]string
	MayEdit, MayStudy, MayMerge, MayCall bool
	Standings, Lives                     []web.Option
	Offices, Bodies                      []web.Option       // to be given
	Account                              accounts.AccountID // his, for who looks after accounts
	MayAccount                           bool               // one may be made for him
	Number                               string             // the whole telephone number, once
	Open                                 string             // the act whose form has faults
}

func show(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.GetInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return showPerson(r, a, in.ID, personPage{})
	}
}

// readAccount finds his account, or whether one may be made.
func (p *personPage) readAccount(tx *db.Tx, by access.Actor, paths []string) error {
	if !by.Can(access.AccountsSee, paths...) {
		return nil
	}
	have, err := accounts.WithAccount(tx, p.Person.ID)
	if err != nil {
		return err
	}
	account, ok := have[p.Person.ID]
	if !ok {
		p.MayAccount = p.Person.Gone.IsZero() && by.Can(access.AccountsManage, paths...)
		return nil
	}
	if _, err = accounts.Get(tx, by, accounts.AccountInput{ID: account}); err == nil {
		p.Account = account
	} else if fail.KindOf(err) == fail.Missing {
		err = nil // its roles lie elsewhere
	}
	return err
}

func showPerson(r *web.Request, a *people.Area, person people.PersonID, page personPage) error {
	err := r.Read(func(tx *db.Tx, by access.Actor) error { return page.read(tx, by, a, person) })
	if err != nil {
		return err
	}
	if page.Person.ID != person {
		return r.See("/people/" + page.Person.ID.String()) // the record was merged
	}
	form := page.Form
	page.Base = r.Base("people.person_title", page.Person.Name)
	page.Standings, page.Lives, page.Offices, page.Form = standings(page.Base), lives(page.Base), offices(page.Base), form
	return r.Render("people/person", page)
}

func (p *personPage) read(tx *db.Tx, by access.Actor, a *people.Area, person people.PersonID) (err error) {
	if p.Person, err = a.Get(tx, by, people.GetInput{ID: person}); err != nil {
		return err
	}
	who, err := people.Find(tx, p.Person.ID)
	if err != nil {
		return err
	}
	p.MayEdit, p.MayStudy, p.MayMerge = by.Can(access.PeopleEdit, who.Home()...), by.Can(access.ProgressSee, who.Home()...), by.Can(access.PeopleMerge, who.Home()...)
	if p.Schools, err = people.Schools(tx, p.Person.ID, tx.Today()); err != nil {
		return err
	}
	paths := who.Home()
	for _, s := range p.Schools {
		paths = append(paths, s.Path)
	}
	if p.MayEdit {
		if err := p.bodies(tx, by, who); err != nil {
			return err
		}
	}
	p.MayCall = by.Can(access.PeoplePhone, paths...)
	if err := p.readAccount(tx, by, paths); err != nil {
		return err
	}
	if !p.Person.Shown && !by.Is(p.Person.ID) {
		return nil
	}
	h, err := people.HistoryOf(tx, by, people.PersonInput{Person: p.Person.ID})
	if err != nil {
		return err
	}
	p.History = &h
	var noted []accounts.AccountID
	for _, l := range h.Lives {
		noted = append(noted, l.NotedBy, l.ConfirmedBy)
	}
	for _, m := range h.Merges {
		noted = append(noted, m.MergedBy)
	}
	if len(noted) > 0 {
		p.Names, err = accounts.Names(tx, noted)
	}
	return err
}

// bodies offers the party's bodies that the person belongs to, the nearest first, and those of the same township that the actor keeps.
func (p *personPage) bodies(tx *db.Tx, by access.Actor, who people.Person) error {
	have := map[string]bool{}
	add := func(unit, name string) {
		if !have[unit] {
			have[unit] = true
			p.Bodies = append(p.Bodies, web.Option{Value: unit, Label: name})
		}
	}
	township := ""
	if who.Party != "" {
		own, err := org.PathUnit(tx, who.Party)
		if err != nil {
			return err
		}
		chain, err := org.Chain(tx, own.ID)
		if err != nil {
			return err
		}
		for _, u := range chain {
			if u.Kind != org.CountyCommittee {
				add(u.ID.String(), u.Name)
			}
			if u.Kind == org.TownshipCommittee {
				township = u.Code
			}
		}
	}
	if township == "" && by.Has(access.County) { // a thousand of them
		return nil
	}
	for _, kind := range []org.Kind{org.GeneralBranch, org.Branch, org.Group} {
		more, err := org.Units(tx, by, org.UnitsInput{Tree: org.Party, Kind: kind, Under: township, Open: true, Limit: 500})
		if err != nil {
			return err
		}
		for _, u := range more.Items {
			if by.Can(access.OrgEdit, u.Path) {
				add(u.ID.String(), u.Name)
			}
		}
	}
	return nil
}

// Item names a life state for the forms that settle it.
func (p personPage) Item(l people.LifeLine) string {
	return p.Person.ID.String() + "_" + l.Since.String()
}

// act answers one of the small forms on a person's page.
func act[In any](a *people.Area, op web.Op[In, people.View], note string) web.PageFunc {
	return func(r *web.Request) error {
		var in In
		err := r.Bind(&in)
		var v people.View
		if err == nil {
			v, err = web.Do(r, op, in)
		}
		if err != nil {
			var who people.GetInput
			if bad := r.Bind(&who); bad != nil && who.ID.IsZero() {
				return bad
			}
			return r.Again(err, func(f web.Form) error {
				page := personPage{Open: r.Form().Get("act")}
				page.Form = f
				return showPerson(r, a, who.ID, page)
			})
		}
		return r.SeeNote("/people/"+v.ID.String(), note)
	}
}

// showPhone shows the person's page with the whole number, this once.
func showPhone(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.PersonInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		n, err := web.Do(r, a.RevealPhone, in)
		if err != nil {
			return err
		}
		r.Header("Cache-Control", "no-store")
		return showPerson(r, a, n.Person, personPage{Number: n.Phone})
	}
}

type callPage struct {
	web.Base
	School  org.School
	Numbers []people.Number
}

// callList opens the numbers of a school's roster, on a page of its own.
func callList(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.CallListInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		found, err := web.Do(r, a.CallList, in)
		if err != nil {
			return err
		}
		page := callPage{Numbers: found.Items}
		err = r.Read(func(tx *db.Tx, _ access.Actor) (err error) {
			page.School, err = org.FindSchool(tx, in.Site)
			return err
		})
		if err != nil {
			return err
		}
		page.Base = r.Base("people.call_list_of", page.School.Name)
		r.Header("Cache-Control", "no-store")
		return r.Render("people/calls", page)
	}
}
