package people

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

type rosterPage struct {
	web.Base
	School                    org.School
	Roster                    people.Roster
	Away                      map[people.PersonID]bool
	Noted                     map[people.PersonID]string // items that can be taken back
	MayEdit, MayAway, MayCall bool
	MayTake                   bool // today's roster as a file
	Today                     bool
	Q                         string
	Found                     []people.View // to be enrolled
}

type rosterQuery struct {
	Site org.SiteID `path:"id"`
	On   date.Date  `query:"on"`
	Q    string     `query:"q"`
}

// roster shows a school's roster on a day with its history.
func roster(r *web.Request) error {
	var in rosterQuery
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showRoster(r, in, web.Form{})
}

func showRoster(r *web.Request, in rosterQuery, form web.Form) error {
	page := rosterPage{Away: map[people.PersonID]bool{}, Noted: map[people.PersonID]string{}, Q: in.Q}
	err := r.Read(func(tx *db.Tx, by access.Actor) error { return page.read(tx, by, in) })
	if err != nil {
		return err
	}
	page.Base, page.Form = r.Base("people.roster_title", page.School.Name), form
	return r.Render("people/roster", page)
}

func (p *rosterPage) read(tx *db.Tx, by access.Actor, in rosterQuery) (err error) {
	if p.Roster, err = people.RosterOf(tx, by, people.RosterInput{Site: in.Site, On: in.On}); err != nil {
		return err
	}
	if p.School, err = org.FindSchool(tx, in.Site); err != nil {
		return err
	}
	p.Today = p.Roster.On == tx.Today()
	p.MayEdit = by.Can(access.PeopleEdit, p.School.Paths()...)
	p.MayAway = p.Today && by.Can(access.PeopleAway, p.School.Paths()...)
	p.MayCall = p.Today && by.Can(access.PeoplePhone, p.School.Paths()...)
	p.MayTake = p.Today && by.Can(access.PeopleSee, p.School.Paths()...)
	for _, person := range p.Roster.Away {
		p.Away[person] = true
	}
	if p.MayAway || p.MayEdit {
		noted, err := people.Unconfirmed(tx, by, people.UnconfirmedInput{Site: in.Site})
		if err != nil {
			return err
		}
		for _, n := range noted.Items {
			p.Noted[n.Person] = n.Item
		}
	}
	if !p.MayEdit || in.Q == "" {
		return nil
	}
	village, err := org.FindUnit(tx, p.School.ParentID)
	if err != nil {
		return err
	}
	found, err := people.List(tx, by, people.ListInput{Q: in.Q, Unit: village.Code, NotSite: in.Site, Limit: 50})
	p.Found = found.Items
	return err
}

func enrolMany(r *web.Request) error {
	var in people.EnrolManyInput
	err := r.Bind(&in)
	var done people.Settled
	if err == nil {
		done, err = web.Do(r, people.EnrolMany, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showRoster(r, rosterQuery{Site: in.Site, Q: f.Value("q")}, f) })
	}
	return r.SeeNote("/sites/"+in.Site.String()+"/roster", "people.roster_enrolled", done.Count)
}

func leave(r *web.Request) error {
	var in people.LeaveInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, people.Leave, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showRoster(r, rosterQuery{Site: in.Site}, f) })
	}
	return r.SeeNote("/sites/"+in.Site.String()+"/roster", "people.roster_left_ok")
}
