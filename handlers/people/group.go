package people

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

type groupPage struct {
	web.Base
	School       org.School
	Groups, Ways []web.Option
	Preview      *people.GroupPreview // nil until a group is chosen
	Acts         []people.GroupMoved
	Again        bool // what was sent is not done
}

// group offers the villagers' groups of a school's village, and shows who of the chosen one would come onto the roster or leave it.
func group(r *web.Request) error {
	var in people.GroupInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showGroup(r, in, nil)
}

func showGroup(r *web.Request, in people.GroupInput, form *web.Form) error {
	if in.Way == "" {
		in.Way = people.GoesOn
	}
	var page groupPage
	err := r.Read(func(tx *db.Tx, by access.Actor) error { return page.read(tx, by, in, form == nil) })
	if err != nil {
		return err
	}
	page.Base = r.Base("people.group_title", page.School.Name)
	page.Form = web.FormOf(in)
	if form != nil {
		page.Form, page.Again = *form, form.Value("group") != "" || form.Value("way") != ""
	}
	for _, w := range []people.Way{people.GoesOn, people.GoesOff} {
		page.Ways = append(page.Ways, web.Option{Value: string(w), Label: page.T("people.group_way." + string(w))})
	}
	return r.Render("people/group", page)
}

func (p *groupPage) read(tx *db.Tx, by access.Actor, in people.GroupInput, preview bool) (err error) {
	if p.School, err = org.FindSchool(tx, in.Site); err != nil {
		return err
	}
	acts, err := people.GroupActs(tx, by, people.RosterInput{Site: in.Site})
	if err != nil {
		return err
	}
	p.Acts = acts.Items
	village, err := org.FindUnit(tx, p.School.ParentID)
	if err != nil {
		return err
	}
	groups, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.VillageGroup, Under: village.Code, Limit: 500})
	if err != nil {
		return err
	}
	for _, u := range groups.Items {
		if by.Can(access.PeopleEdit, u.Path) {
			p.Groups = append(p.Groups, web.Option{Value: u.ID.String(), Label: u.Name})
		}
	}
	if !preview || in.Group.IsZero() {
		return nil
	}
	found, err := people.PreviewGroup(tx, by, in)
	p.Preview = &found
	return err
}

func moveGroup(r *web.Request) error {
	var in people.GroupInput
	err := r.Bind(&in)
	var done people.GroupMoved
	if err == nil {
		done, err = web.Do(r, people.MoveGroup, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showGroup(r, in, &f) })
	}
	return r.SeeNote("/sites/"+in.Site.String()+"/roster/group", "people.group_"+string(done.Way)+"_done", done.Name, done.People)
}

func undoGroup(r *web.Request) error {
	var in people.UndoGroupInput
	err := r.Bind(&in)
	var done people.Settled
	if err == nil {
		done, err = web.Do(r, people.UndoGroup, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showGroup(r, people.GroupInput{Site: in.Site}, &f) })
	}
	return r.SeeNote("/sites/"+in.Site.String()+"/roster/group", "people.group_taken_back", done.Count)
}
