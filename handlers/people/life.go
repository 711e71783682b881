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

type awayPage struct {
	web.Base
	Noted      []people.Noted
	Names      map[accounts.AccountID]string
	MayConfirm bool // at least one of them
}

// away lists what hosts noted at their roll calls, for the village to confirm.
func away(r *web.Request) error { return showAway(r, web.Form{}) }

func showAway(r *web.Request, form web.Form) error {
	var page awayPage
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := people.Unconfirmed(tx, by, people.UnconfirmedInput{})
		if err != nil {
			return err
		}
		page.Noted = found.Items
		var who []accounts.AccountID
		for _, n := range page.Noted {
			who = append(who, n.NotedBy)
			page.MayConfirm = page.MayConfirm || n.MayConfirm
		}
		page.Names, err = accounts.Names(tx, who)
		return err
	})
	if err != nil {
		return err
	}
	page.Base, page.Form = r.Base("people.life_title"), form
	return r.Render("people/away", page)
}

// settleAway confirms or takes back what was chosen.
func settleAway(r *web.Request) error {
	var in people.LifeInput
	err := r.Bind(&in)
	op, note := people.ConfirmLife, "people.life_confirmed"
	if r.Form().Get("act") == "undo" {
		op, note = people.UndoLife, "people.life_undone"
	}
	var done people.Settled
	if err == nil {
		done, err = web.Do(r, op, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showAway(r, f) })
	}
	to := "/people/away"
	if back := r.Form().Get("person"); back != "" {
		var person people.PersonID
		if person.UnmarshalText([]byte(back)) == nil {
			to = "/people/" + person.String()
		}
	}
	if back := r.Form().Get("site"); back != "" {
		var site org.SiteID
		if site.UnmarshalText([]byte(back)) == nil {
			to = "/sites/" + site.String() + "/roster"
		}
	}
	return r.SeeNote(to, note, done.Count)
}

type askPage struct {
	web.Base
	School org.School
	Person people.Person
	States []web.Option
}

// askAway asks where somebody of a roster is.
func askAway(r *web.Request) error {
	var in people.NoteAwayInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showAsk(r, in, web.Form{})
}

func showAsk(r *web.Request, in people.NoteAwayInput, form web.Form) error {
	var page askPage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.School, err = org.FindSchool(tx, in.Site); err != nil {
			return err
		}
		if err = by.Require(access.PeopleAway, page.School.Paths()...); err != nil {
			return err
		}
		if page.Person, err = people.Named(tx, by, in.Person); fail.KindOf(err) == fail.Conflicting {
			err = fail.NotFound("people.missing")
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base, page.Form = r.Base("people.note_away_ask", page.Person.Name), form
	for _, l := range []people.Life{people.Away, people.Moved, people.Dead} {
		page.States = append(page.States, web.Option{Value: string(l), Label: page.T("people.note." + string(l))})
	}
	return r.Render("people/ask", page)
}

func noteAway(r *web.Request) error {
	var in people.NoteAwayInput
	err := r.Bind(&in)
	var v people.View
	if err == nil {
		v, err = web.Do(r, people.NoteAway, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showAsk(r, in, f) })
	}
	return r.SeeNote("/sites/"+in.Site.String()+"/roster", "people.noted_away", v.Name)
}
