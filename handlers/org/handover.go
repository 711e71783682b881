package org

import (
	"net/url"
	"strconv"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

// The hosts that are no person of the register: the one who is host already, and a newcomer.
const (
	sameHost = "same"
	newHost  = "new"
)

type handoverPage struct {
	web.Base
	Site       org.SiteView
	Host, Head people.Holder // today's; without a name for nobody
	Q          string
	Found      []people.View
	Chosen     string // "", sameHost, newHost or a person
	ChosenName string
	Heads      []web.Option
	Standings  []web.Option
	Things     []string
	States     []web.Option
}

// FieldLabel names a field of one of the things, too.
func (p handoverPage) FieldLabel(name string) string { return thingLabel(p.Base, name) }

type handoverQuery struct {
	ID   org.SiteID `path:"id"`
	Q    string     `query:"q"`
	Host string     `query:"host"`
}

// handover asks first who will be host, then for the rest.
func handover(r *web.Request) error {
	var in handoverQuery
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showHandover(r, in, nil)
}

func showHandover(r *web.Request, in handoverQuery, form *web.Form) error {
	page := handoverPage{Q: in.Q, Chosen: in.Host, Things: people.HandedThings}
	var has org.EquipmentView
	var roster []people.RosterLine
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err = page.read(tx, by, in); err != nil || page.Chosen == "" {
			return err
		}
		if has, err = org.GetEquipment(tx, by, org.GetSiteInput{ID: in.ID}); err != nil {
			return err
		}
		list, err := people.RosterOf(tx, by, people.RosterInput{Site: in.ID})
		roster = list.Now
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.handover_title", page.Site.Name)
	page.choices(roster)
	page.Form = web.Form{Values: url.Values{"on": {date.Of(r.App.DB.Now()).String()}, "head": {"keep"}}}
	if page.Head.Person == page.Host.Person && page.Chosen != sameHost {
		page.Form.Values.Set("head", "host")
	}
	for _, i := range has.Items {
		if i.Kind == "others" { // of the register are other things than of this list
			continue
		}
		page.Form.Values.Set("count_"+i.Kind, strconv.Itoa(i.Count))
		page.Form.Values.Set("note_"+i.Kind, i.Note)
		page.Form.Values.Set("state_"+i.Kind, "handed") // as the register has it; who hands over puts it right
		if i.State != org.Conditions[0] {
			page.Form.Values.Set("state_"+i.Kind, "repair")
		}
	}
	if form != nil {
		page.Form = *form
	}
	return r.Render("org/handover", page)
}

func (p *handoverPage) read(tx *db.Tx, by access.Actor, in handoverQuery) (err error) {
	if p.Site, err = org.GetSite(tx, by, org.GetSiteInput{ID: in.ID}); err != nil {
		return err
	}
	school, err := org.FindSchool(tx, in.ID)
	if err == nil {
		err = by.Require(access.PeopleEdit, school.Paths()...)
	}
	if err != nil {
		return err
	}
	holders, err := people.Holders(tx, in.ID, tx.Today())
	for _, h := range holders {
		if h.Post == people.Host {
			p.Host = h
		} else {
			p.Head = h
		}
	}
	if err == nil && in.Q != "" {
		var found db.Page[people.View]
		found, err = people.List(tx, by, people.ListInput{Q: in.Q, Limit: 20})
		p.Found = found.Items
	}
	if err != nil || p.Chosen == "" || p.Chosen == sameHost || p.Chosen == newHost {
		return err
	}
	var person people.PersonID
	if person.UnmarshalText([]byte(p.Chosen)) != nil {
		p.Chosen = ""
		return nil
	}
	chosen, err := people.Named(tx, by, person)
	p.ChosenName = chosen.Name
	return err
}

// choices fills the lists to choose from.
func (p *handoverPage) choices(roster []people.RosterLine) {
	p.Heads = append(p.Heads, web.Option{Value: "keep", Label: p.T("org.head_keep")})
	if p.Head.Name != "" {
		p.Heads[0].Label = p.T("org.head_keep_name", p.Head.Name)
	}
	p.Heads = append(p.Heads, web.Option{Value: "host", Label: p.T("org.head_host")})
	for _, l := range roster {
		p.Heads = append(p.Heads, web.Option{Value: l.Person.String(), Label: l.Name})
	}
	for _, s := range people.Standings {
		p.Standings = append(p.Standings, web.Option{Value: string(s), Label: p.T("people.standing." + string(s))})
	}
	p.States = append([]web.Option{{Label: p.T("org.handed_none")}}, options(p.Base, "org.handed.", people.HandedStates)...)
}

type handoverForm struct {
	ID        org.SiteID      `path:"id"`
	On        date.Date       `form:"on"`
	Host      string          `form:"host"`
	Name      string          `form:"name"`
	Standing  people.Standing `form:"standing"`
	BirthYear int             `form:"birth_year"`
	Head      string          `form:"head"`
	Address   string          `form:"address"`
	Note      string          `form:"note"`
}

func handOver(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in handoverForm
		err := r.Bind(&in)
		var done people.HandoverView
		if err == nil {
			var act people.HandOverInput
			if act, err = in.input(r.Form()); err == nil {
				done, err = web.Do(r, a.HandOver, act)
			}
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error {
				return showHandover(r, handoverQuery{ID: in.ID, Host: f.Value("host")}, &f)
			})
		}
		return r.SeeNote("/sites/"+in.ID.String()+"/handovers/"+done.ID.String(), "org.handover_kept")
	}
}

// input makes the op's input of the form.
func (f handoverForm) input(form url.Values) (people.HandOverInput, error) {
	var c fail.Check
	in := people.HandOverInput{Site: f.ID, On: f.On, Address: f.Address, Note: f.Note}
	switch f.Host {
	case sameHost:
	case newHost:
		in.NewHost = people.Newcomer{Name: f.Name, Standing: f.Standing, BirthYear: f.BirthYear}
		c.If(f.Name == "", "name", "input.required")
	default:
		c.If(in.Host.UnmarshalText([]byte(f.Host)) != nil || in.Host.IsZero(), "host", "input.choice")
	}
	switch f.Head {
	case "keep", "":
	case "host":
		in.HeadToo = true
	default:
		c.If(in.Head.UnmarshalText([]byte(f.Head)) != nil, "head", "input.choice")
	}
	for _, kind := range people.HandedThings {
		item := people.HandedItem{Kind: kind, Count: count(&c, form, "count_"+kind), State: form.Get("state_" + kind), Note: form.Get("note_" + kind)}
		if item.State != "" || item.Note != "" {
			in.Items = append(in.Items, item)
		}
	}
	return in, c.Err()
}

type sheetPage struct {
	web.Base
	Site      org.SiteView
	Handover  people.HandoverView
	MayUndo   bool
	NeedsSlip []newHolder // of a post, without an account
}

// sheet shows a hand-over, to print and sign.
func sheet(r *web.Request) error { return showSheet(r, web.Form{}) }

func showSheet(r *web.Request, form web.Form) error {
	var in people.HandoverInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := sheetPage{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Handover, err = people.GetHandover(tx, by, in); err != nil {
			return err
		}
		if page.Site, err = org.GetSite(tx, by, org.GetSiteInput{ID: in.Site}); err != nil {
			return err
		}
		school, err := org.FindSchool(tx, in.Site)
		if err != nil {
			return err
		}
		page.MayUndo = page.Handover.UndoneAt == nil && by.Can(access.PeopleEdit, school.Paths()...)
		if by.Can(access.AccountsManage, school.Paths()...) && page.Handover.UndoneAt == nil {
			page.NeedsSlip, err = needSlips(tx, school, page.Handover)
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.sheet_title", page.Site.Name)
	page.Form = form
	return r.Render("org/sheet", page)
}

// newHolder is somebody who holds a post and has no account, with the page that makes him one for it.
type newHolder struct{ Name, URL string }

func needSlips(tx *db.Tx, school org.School, v people.HandoverView) ([]newHolder, error) {
	now := map[access.Role]people.Somebody{}
	if v.HostChanged() {
		now[access.Host] = v.HostAfter
	}
	if v.HeadChanged() && v.HeadAfter != v.HostAfter {
		now[access.Head] = v.HeadAfter
	}
	var out []newHolder
	for _, role := range []access.Role{access.Host, access.Head} {
		p := now[role]
		have, err := accounts.WithAccount(tx, p.Person)
		if err != nil {
			return nil, err
		}
		if len(have) == 0 && p.Name != "" {
			q := url.Values{"person": {p.Person.String()}, "role": {string(role)}, "q": {school.Name}}
			out = append(out, newHolder{p.Name, "/accounts/new?" + q.Encode()})
		}
	}
	return out, nil
}

func undoHandover(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.HandoverInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, a.UndoHandover, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showSheet(r, f) })
		}
		return r.SeeNote("/sites/"+in.Site.String(), "org.handover_undone")
	}
}
