package attendance

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/people"
)

type guestsPage struct {
	web.Base
	Session attendance.SessionView
	Heading string
	Guests  []attendance.GuestLine
	Names   map[accounts.AccountID]string
	Q       string
	Found   []people.View
}

type guestsQuery struct {
	ID attendance.SessionID `path:"id"`
	Q  string               `query:"q" form:"q"`
}

// guests lists the names outside the roster, to say who they are.
func guests(r *web.Request) error {
	var in guestsQuery
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showGuests(r, in, web.Form{})
}

func showGuests(r *web.Request, in guestsQuery, f web.Form) error {
	page := guestsPage{Q: in.Q}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := attendance.Guests(tx, by, attendance.SessionInput{ID: in.ID})
		if err != nil {
			return err
		}
		page.Guests = found.Items
		v, err := attendance.Get(tx, by, attendance.SessionInput{ID: in.ID})
		if err != nil {
			return err
		}
		page.Session = v.SessionView
		var who []accounts.AccountID
		for _, g := range page.Guests {
			who = append(who, g.AttachedBy)
		}
		if page.Names, err = accounts.Names(tx, who); err != nil || in.Q == "" {
			return err
		}
		list, err := people.List(tx, by, people.ListInput{Q: in.Q, Limit: 20})
		page.Found = list.Items
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("attendance.guests_title")
	page.Heading, page.Form = heading(page.Base, page.Session), f
	return r.Render("attendance/guests", page)
}

// actGuest answers the forms on that page.
func actGuest[In any](op web.Op[In, attendance.SessionView], note string) web.PageFunc {
	return func(r *web.Request) error {
		var at guestsQuery
		if err := r.Bind(&at); err != nil {
			return err
		}
		var in In
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, op, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showGuests(r, at, f) })
		}
		return r.SeeNote("/sessions/"+at.ID.String()+"/guests", note)
	}
}
