// Package papers serves what is printed of sessions: rosters to be signed on paper, session records, sign-in sheets and the year's
// record book (models/papers).
package papers

import (
	"embed"
	"net/url"
	"strings"

	"huotang/handlers/web"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/papers"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, album *media.Album, a *attendance.Area) {
	p.Views("papers", views)
	p.Get("/papers", twins)
	p.Get("/p/:code", follow)
	p.Get("/sessions/:id/record", record)
	p.Get("/sessions/:id/sign-in", signIn)
	p.Get("/sites/:id/book", book)

	mountSheets(p, api, album, a)
	web.Get(api, "/papers", papers.Twins)
	web.Get(api, "/papers/:code", papers.Resolve)
	web.Get(api, "/sites/:id/book", papers.Book)
}

// base of a printed page: it has a stylesheet of its own.
func base(r *web.Request, title string, args ...any) web.Base {
	b := r.Base(title, args...)
	b.Style = "paper.css"
	return b
}

type twinsPage struct {
	web.Base
	In     papers.TwinsInput
	View   papers.TwinsView
	Pages  []twinPage
	Months []date.Month // to choose from
	Back   string
}

func twins(r *web.Request) error {
	var in papers.TwinsInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := twinsPage{In: in}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if in.Session.IsZero() && in.Site.IsZero() && in.Under == "" {
			in.Under, err = own(tx, by)
			page.In = in
		}
		if err != nil {
			return err
		}
		page.View, err = papers.Twins(tx, by, in)
		for i := range papers.Ahead + 1 {
			page.Months = append(page.Months, tx.Today().Month().Add(i))
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = base(r, "papers.twins_title")
	switch {
	case !in.Site.IsZero():
		page.Back = "/sites/" + in.Site.String()
	case r.Actor.Visible(access.ReportsSee).Empty():
		page.Back = "/today"
	default:
		page.Back = "/month"
	}
	for _, t := range page.View.Twins {
		qr, err := web.QR(r.App.BaseURL + "/p/" + string(t.Code))
		if err != nil {
			return err
		}
		for _, p := range twinPages(t, page.T("papers.due"), page.T("papers.others")) {
			p.QR = qr
			page.Pages = append(page.Pages, p)
		}
	}
	return r.Render("papers/twins", page)
}

// own is the code of the unit that an office prints for: the first that it covers.
func own(tx *db.Tx, by access.Actor) (string, error) {
	scope := by.Visible(access.SessionsMarks)
	for _, path := range scope.Paths {
		if !strings.HasPrefix(path, "/a/") {
			continue
		}
		u, err := org.PathUnit(tx, path)
		return u.Code, err
	}
	return "", nil
}

// Link is the address of the same sheets otherwise.
func (p twinsPage) Link(month date.Month, blank bool) string {
	q := url.Values{}
	if !p.In.Site.IsZero() {
		q.Set("site", p.In.Site.String())
	} else {
		q.Set("under", p.In.Under)
	}
	if !month.IsZero() {
		q.Set("month", month.String())
	}
	if blank {
		q.Set("blank", "1")
	}
	return "/papers?" + q.Encode()
}

// KindsOf names what the evening is.
func (p twinsPage) KindsOf(t papers.Twin) string {
	return kinds(p.Base, t.Kinds)
}

func kinds(b web.Base, list []attendance.Kind) string {
	var names []string
	for _, k := range list {
		names = append(names, b.T("attendance.kind."+string(k)))
	}
	return strings.Join(names, b.T("attendance.and"))
}

// follow leads whoever has scanned a sheet to what it is of.
func follow(r *web.Request) error {
	var in papers.ResolveInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	v, err := web.Ask(r, papers.Resolve, in)
	switch {
	case err != nil:
		return err
	case v.Opened && v.MayEnter:
		return r.See("/sessions/" + v.Session.String() + "/roll")
	case v.Opened:
		return r.See("/sessions/" + v.Session.String())
	case !v.Day.IsZero():
		return r.See("/calendar/days/" + v.Day.String())
	case !v.Group.IsZero():
		return r.See("/exchange/groups/" + v.Group.String())
	}
	return r.See("/sites/" + v.Site.String())
}
