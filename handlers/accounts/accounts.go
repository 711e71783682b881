// Package accounts serves one's own account, the first set-up, and the list of acts
// (models/accounts, models/audit). Signing in itself is handlers/web's.
package accounts

import (
	"embed"
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/org"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *accounts.Area) {
	p.Views("accounts", views)
	p.Get("/me", me)
	p.Get("/me/password", passwordPage)
	p.Post("/me/password", setPassword(a))
	p.Post("/me/sign-ins/:id/end", endSignIn)
	p.Post("/me/sign-ins/end-others", endOthers)
	p.Get("/setup", setupPage(a))
	p.Post("/setup", setUp(a))
	p.Get("/audit", acts)

	web.Get(api, "/me", accounts.Me)
	web.Put(api, "/me/prefs", accounts.SetPrefs)
	web.Get(api, "/accounts", accounts.List)
	web.Post(api, "/accounts", accounts.Add)
	web.Get(api, "/accounts/:id", accounts.Get)
	web.Post(api, "/accounts/:id/grants", accounts.Grant)
	web.Delete(api, "/accounts/:id/grants/:grant", accounts.Revoke)
	web.Post(api, "/accounts/:id/disabled", accounts.SetDisabled)
	web.Post(api, "/accounts/:id/reset-code", a.MakeResetCode)
	web.Get(api, "/audit", audit.List)
	web.Get(api, "/audit/:object/:id", audit.History)
}

type mePage struct {
	web.Base
	Me      accounts.MeView
	SignIns []accounts.SignInView
	More    []web.NavItem // pages that have no entry of their own
}

func me(r *web.Request) error {
	var page mePage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Me, err = accounts.Me(tx, by, struct{}{}); err != nil {
			return err
		}
		found, err := accounts.SignIns(tx, by, accounts.SignInsInput{Token: r.Token()})
		page.SignIns = found.Items
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("nav.me")
	page.More = more(page.Base)
	return r.Render("accounts/me", page)
}

func endSignIn(r *web.Request) error {
	var in accounts.EndSignInInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := web.Do(r, accounts.EndSignIn, in); err != nil {
		return err
	}
	return r.SeeNote("/me", "accounts.ended")
}

func endOthers(r *web.Request) error {
	if _, err := web.Do(r, accounts.EndOthers, accounts.SignInsInput{Token: r.Token()}); err != nil {
		return err
	}
	return r.SeeNote("/me", "accounts.ended")
}

type actsPage struct {
	web.Base
	In    audit.ListInput
	Acts  []act
	Next  string
	Units map[string]string
}

type act struct {
	audit.Entry
	Who  string
	What string
	Unit string
}

// acts lists what was done, newest first; names are joined here and stand in no row.
func acts(r *web.Request) error {
	var in audit.ListInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := actsPage{In: in}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := audit.List(tx, by, in)
		if err != nil {
			return err
		}
		if found.Next != "" {
			page.Next = "/audit?" + url.Values{"act": {in.Act}, "after": {found.Next}}.Encode()
		}
		page.Acts, err = named(tx, found.Items)
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("nav.audit")
	for i, a := range page.Acts {
		page.Acts[i].What = a.Act
		if key := "act." + a.Act; page.Has(key) {
			page.Acts[i].What = page.T(key)
		}
		if a.System != "" {
			page.Acts[i].Who = machine(page.Base, a.System)
		}
	}
	return r.Render("accounts/acts", page)
}

// machine names what acted by itself: a job, or the system.
func machine(b web.Base, name string) string {
	if key := "jobs.name." + name; b.Has(key) {
		return b.T("accounts.machine_job", b.T(key))
	}
	return b.T("accounts.machine")
}

func named(tx *db.Tx, entries []audit.Entry) ([]act, error) {
	var who []accounts.AccountID
	var where []org.UnitID
	for _, e := range entries {
		who = append(who, e.Account)
		where = append(where, org.UnitOf(e.Unit))
	}
	names, err := accounts.Names(tx, who)
	if err != nil {
		return nil, err
	}
	units, err := org.Names(tx, where)
	if err != nil {
		return nil, err
	}
	out := make([]act, len(entries))
	for i, e := range entries {
		out[i] = act{Entry: e, Who: names[e.Account], Unit: units[org.UnitOf(e.Unit)]}
	}
	return out, nil
}

// more lists the pages of an office that are opened now and then.
func more(b web.Base) []web.NavItem {
	var out []web.NavItem
	for _, e := range []struct {
		path, label string
		need        access.Permission
	}{
		{"/calendar", "accounts.more_calendar", access.CalendarRule},
		{"/people", "nav.people", access.PeopleEdit},
		{"/notices", "accounts.more_notices", access.NoticesPublish},
		{"/feedback/inbox", "accounts.more_feedback", access.FeedbackAnswer},
		{"/calendar/years", "accounts.more_holidays", access.CalendarHolidays},
		{"/jobs", "accounts.more_jobs", access.JobsSee},
		{"/audit", "nav.audit", access.AuditSee},
	} {
		if !b.Actor.Visible(e.need).Empty() {
			out = append(out, web.NavItem{Path: e.path, Label: b.T(e.label)})
		}
	}
	return out
}
