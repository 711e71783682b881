package messages

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/messages"
)

type sendingPage struct {
	web.Base
	messages.DeliveriesView
	More  string
	MayDo bool
}

// sending shows the county what was not sent to telephones: neither to whom nor what.
func sending(a *messages.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in messages.DeliveriesInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		if _, err := r.Signed(); err != nil {
			return err
		}
		var page sendingPage
		err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
			page.DeliveriesView, err = a.Deliveries(tx, by, in)
			page.MayDo = page.On && by.Can(access.JobsRun)
			return err
		})
		if err != nil {
			return err
		}
		if page.Next != "" {
			page.More = "/messages/sending?after=" + page.Next
		}
		page.Base = r.Base("messages.sending")
		return r.Render("messages/sending", page)
	}
}

func sendAgain(a *messages.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in messages.AgainInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		v, err := web.Do(r, a.SendAgain, in)
		if err != nil {
			return err
		}
		return r.SeeNote("/messages/sending", "messages.again_done", v.Again)
	}
}
