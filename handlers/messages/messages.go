// Package messages serves the inbox, the words with which a village is told of a day, and the state of what goes to telephones
// (models/messages).
package messages

import (
	"embed"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/messages"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *messages.Area) {
	p.Views("messages", views)
	p.Inbox(messages.Waiting)
	p.Get("/messages", list(a))
	p.Post("/messages/read", readAll)
	p.Post("/messages/sms", setPref(a))
	p.Post("/messages/:id/read", read)
	p.Get("/messages/days/:id", dayNotice(""))
	p.Get("/messages/days/:id/wall", dayNotice("wall"))
	p.Get("/messages/groups/:id", groupNotice(""))
	p.Get("/messages/groups/:id/wall", groupNotice("wall"))
	p.Get("/messages/sending", sending(a))
	p.Post("/messages/sending", sendAgain(a))

	web.Get(api, "/messages", messages.List)
	web.Get(api, "/messages/count", messages.Count)
	web.Post(api, "/messages/read", messages.ReadAll)
	web.Post(api, "/messages/:id/read", messages.Read)
	web.Get(api, "/messages/sms", a.Pref)
	web.Put(api, "/messages/sms", a.SetPref)
	web.Get(api, "/messages/days/:id", messages.Notice)
	web.Get(api, "/messages/groups/:id", messages.GroupNotice)
	web.Get(api, "/messages/sending", a.Deliveries)
	web.Post(api, "/messages/sending", a.SendAgain)
}

type listPage struct {
	web.Base
	Items []messages.View
	First messages.MessageID // the newest that is shown
	Any   bool               // one of them is new
	More  string
	Pref  messages.PrefView
}

// list is the inbox. It marks nothing as read.
func list(a *messages.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in messages.ListInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		if _, err := r.Signed(); err != nil {
			return err
		}
		var page listPage
		err := r.Read(func(tx *db.Tx, by access.Actor) error {
			in.Language = string(r.Lang())
			found, err := messages.List(tx, by, in)
			if err != nil {
				return err
			}
			page.Items = found.Items
			if found.Next != "" {
				page.More = "/messages?after=" + found.Next
			}
			page.Pref, err = a.Pref(tx, by, messages.PrefInput{})
			return err
		})
		if err != nil {
			return err
		}
		for i, m := range page.Items {
			if i == 0 {
				page.First = m.ID
			}
			page.Any = page.Any || m.New()
		}
		page.Base = r.Base("messages.title")
		return r.Render("messages/list", page)
	}
}

type readForm struct {
	messages.ReadInput
	Go bool `form:"go"` // to what it is about
}

func read(r *web.Request) error {
	var in readForm
	if err := r.Bind(&in); err != nil {
		return err
	}
	v, err := web.Do(r, messages.Read, in.ReadInput)
	if err != nil {
		return err
	}
	if in.Go && v.Link != "" {
		return r.See(v.Link)
	}
	return r.SeeNote("/messages", "messages.seen_done")
}

func readAll(r *web.Request) error {
	var in messages.ReadAllInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := web.Do(r, messages.ReadAll, in); err != nil {
		return err
	}
	return r.SeeNote("/messages", "messages.all_seen_done")
}

func setPref(a *messages.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in messages.SetPrefInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		v, err := web.Do(r, a.SetPref, in)
		if err != nil {
			return err
		}
		if v.SMS {
			return r.SeeNote("/messages", "messages.sms_started")
		}
		return r.SeeNote("/messages", "messages.sms_stopped")
	}
}
