// Package feeds serves the addresses that calendars of phones read, and the pages on which people make them (models/feeds).
package feeds

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/feeds"
	"huotang/models/org"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *feeds.Area) {
	p.Views("feeds", views)
	p.Get("/feeds", list)
	p.Post("/feeds", makeFeed(a))
	p.Get("/feeds/:id", show(a))
	p.Post("/feeds/:id/renew", renew(a))
	p.Post("/feeds/:id/revoke", revoke(a))
	p.Get("/ics/:secret", serve(a))

	web.Get(api, "/feeds", feeds.Mine)
	web.Post(api, "/feeds", a.Make)
	web.Get(api, "/feeds/:id", a.Get)
	web.Post(api, "/feeds/:id/renew", a.Renew)
	web.Delete(api, "/feeds/:id", a.Revoke)
}

// listInput says from which calendar the reader comes.
type listInput struct {
	Site  org.SiteID `query:"site"`
	Under string     `query:"under"`
}

type listPage struct {
	web.Base
	In    listInput
	Here  string // the name of the school or township that he comes from
	Feeds []feeds.View
}

func list(r *web.Request) error {
	var in listInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderList(r, in, nil)
}

func renderList(r *web.Request, in listInput, form *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := listPage{In: in}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		mine, err := feeds.Mine(tx, by, struct{}{})
		if page.Feeds = mine.Items; err != nil {
			return err
		}
		switch {
		case !in.Site.IsZero():
			s, err := org.FindSchool(tx, in.Site)
			if page.Here = s.Name; err != nil {
				return err
			}
			return by.Require(access.CalendarSee, s.Paths()...)
		case in.Under != "":
			u, err := org.FindCode(tx, org.Administrative, in.Under)
			if err == nil && u.Kind == org.Township && by.Can(access.CalendarSee, u.Path) {
				page.Here = u.Name
			}
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("feeds.title")
	if form != nil {
		page.Form = *form
	}
	return r.Render("feeds/list", page)
}

func makeFeed(a *feeds.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in feeds.MakeInput
		err := r.Bind(&in)
		var v feeds.View
		if err == nil {
			v, err = web.Do(r, a.Make, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderList(r, listInput{}, &f) })
		}
		return r.See("/feeds/" + v.ID.String())
	}
}

type showPage struct {
	web.Base
	Feed    feeds.AddressView
	Address string       // https://…
	Webcal  template.URL // the same, as phones open calendars by
	QR      template.HTML
}

func show(a *feeds.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in feeds.FeedInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return renderFeed(r, a, in, nil)
	}
}

func renderFeed(r *web.Request, a *feeds.Area, in feeds.FeedInput, form *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	v, err := web.Ask(r, a.Get, in)
	if err != nil {
		return err
	}
	page := showPage{Base: r.Base("feeds.title"), Feed: v, Address: origin(r) + v.Path}
	page.Script = "copy.js"
	_, rest, _ := strings.Cut(page.Address, "://")
	page.Webcal = template.URL("webcal://" + rest) //nolint:gosec // the site's own address and a secret made here
	if page.QR, err = web.QR(page.Address); err != nil {
		return err
	}
	if form != nil {
		page.Form = *form
	}
	return r.Render("feeds/feed", page)
}

// origin is the site's own address, as configured; without one, as the reader reached it.
func origin(r *web.Request) string {
	if base := strings.TrimSuffix(r.App.BaseURL, "/"); base != "" {
		return base
	}
	return (&url.URL{Scheme: "http", Host: r.Host}).String()
}

func renew(a *feeds.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in feeds.FeedInput
		err := r.Bind(&in)
		var v feeds.View
		if err == nil {
			v, err = web.Do(r, a.Renew, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderFeed(r, a, in, &f) })
		}
		return r.SeeNote("/feeds/"+v.ID.String(), "feeds.renewed")
	}
}

func revoke(a *feeds.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in feeds.FeedInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, a.Revoke, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderFeed(r, a, in, &f) })
		}
		return r.SeeNote("/feeds", "feeds.revoked")
	}
}

// serve answers calendar clients. They sign in nowhere: the address is the permission.
func serve(a *feeds.Area) web.PageFunc {
	limits := newLimits()
	return func(r *web.Request) error {
		secret := strings.TrimSuffix(r.Param("secret"), ".ics")
		r.URL.Path = "/ics" // pages of errors link from where they are; a secret must not go into what people write
		if wait := limits.wait(r.App.DB.Now(), secret, r.IP()); wait > 0 {
			r.Header("Retry-After", "600")
			return fail.Limited("feeds.too_often")
		}
		var f feeds.Feed
		err := r.App.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
			f, err = a.Read(tx, secret)
			return err
		})
		if err != nil {
			return err
		}
		body := f.ICS(origin(r))
		sum := sha256.Sum256([]byte(body))
		r.Header("Content-Type", "text/calendar; charset=utf-8")
		r.Header("Cache-Control", "private, max-age=0, must-revalidate")
		r.Header("Content-Disposition", `inline; filename="huotang.ics"`)
		r.Header("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
		http.ServeContent(r.Writer(), r.Request, "", f.ChangedAt, strings.NewReader(body))
		return nil
	}
}
