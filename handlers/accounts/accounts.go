// Package accounts serves one's own account and the first set-up (models/accounts). Signing in itself is handlers/web's.
package accounts

import (
	"embed"
	"net/http"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
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
	mountFirst(p, a)
	mountOffice(p, a)

	web.Get(api, "/me", accounts.Me)
	web.Get(api, "/me/ending", accounts.Ending)
	web.Put(api, "/me/prefs", accounts.SetPrefs)
	web.Get(api, "/accounts", accounts.List)
	web.Post(api, "/accounts", accounts.Add)
	web.Get(api, "/accounts/:id", accounts.Get)
	web.Post(api, "/accounts/:id/grants", accounts.Grant)
	web.Delete(api, "/accounts/:id/grants/:grant", accounts.Revoke)
	web.Post(api, "/accounts/:id/disabled", accounts.SetDisabled)
	mountAPI(api, a)
	mountOwn(api, a)
}

// mountAPI adds what is given out by code. The answers that hold one are not kept, see [web.Do].
func mountAPI(api *web.API, a *accounts.Area) {
	web.Get(api, "/accounts/outstanding", accounts.ListOutstanding)
	web.Post(api, "/accounts/for", a.AddFor)
	web.Post(api, "/accounts/bulk", a.AddMany)
	web.Post(api, "/accounts/bulk/preview", accounts.PreviewBulk)
	web.Post(api, "/accounts/slips", a.MakeSlips)
	web.Get(api, "/accounts/slips/:batch", a.Slips)
	web.Post(api, "/accounts/:id/leave", accounts.Leave)
	web.Post(api, "/accounts/:id/factor-reset", accounts.ResetFactor)
	web.Post(api, "/accounts/:id/reset-code", a.MakeResetCode)
	web.Post(api, "/me/move-code", a.MakeMoveCode)
}

// mountOwn adds what everybody does with his own account.
func mountOwn(api *web.API, a *accounts.Area) {
	web.Serve(api, http.MethodGet, "/me/sign-ins", "accounts.SignIns", func(r *web.Request, _ struct{}) (db.Page[accounts.SignInView], error) {
		return web.Ask(r, accounts.SignIns, accounts.SignInsInput{Token: r.Token()})
	})
	web.Post(api, "/me/sign-ins/:id/end", accounts.EndSignIn)
	web.Serve(api, http.MethodPost, "/me/sign-ins/end-others", "accounts.EndOthers", func(r *web.Request, _ struct{}) (struct{}, error) {
		return web.Do(r, accounts.EndOthers, accounts.SignInsInput{Token: r.Token()})
	})
	web.Serve(api, http.MethodPut, "/me/password", "accounts.SetSecret", func(r *web.Request, in passwordInput) (struct{}, error) {
		return struct{}{}, changePassword(r, a, in)
	})
	web.Get(api.Confirmed(), "/me/paper", a.Paper)
	web.Post(api.Confirmed(), "/me/paper", a.NewPaper)
}

type mePage struct {
	web.Base
	Me      accounts.MeView
	SignIns []accounts.SignInView
	More    []web.NavItem // pages that have no entry of their own
	Pin     bool          // six digits are enough
	Factor  accounts.Factor
	Ending  accounts.EndingView
}

func me(r *web.Request) error {
	var page mePage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Me, err = accounts.Me(tx, by, struct{}{}); err != nil {
			return err
		}
		found, err := accounts.SignIns(tx, by, accounts.SignInsInput{Token: r.Token()})
		page.SignIns, page.Pin = found.Items, accounts.MayPin(by)
		if err == nil {
			page.Factor, err = accounts.FactorOf(tx, by.Account)
		}
		if err == nil {
			page.Ending, err = accounts.Ending(tx, by, struct{}{})
		}
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

// more lists the pages of an office that are opened now and then.
func more(b web.Base) []web.NavItem {
	var out []web.NavItem
	for _, p := range []access.Permission{access.SessionsSubmit, access.SessionsApprove, access.PeopleEdit, access.PrivacyErase} {
		if !b.Actor.Visible(p).Empty() {
			out = append(out, web.NavItem{Path: "/waiting", Label: b.T("waiting.title")})
			break
		}
	}
	for _, e := range []struct {
		path, label string
		need        access.Permission
	}{
		{"/calendar", "accounts.more_calendar", access.CalendarRule},
		{"/people", "nav.people", access.PeopleEdit},
		{"/relay", "relay.title", access.SessionsRelay},
		{"/accounts", "accounts.title", access.AccountsSee},
		{"/rights/holders", "rights.holders", access.AccountsSee},
		{"/notices", "accounts.more_notices", access.NoticesPublish},
		{"/feedback/inbox", "accounts.more_feedback", access.FeedbackAnswer},
		{"/calendar/years", "accounts.more_holidays", access.CalendarHolidays},
		{"/jobs", "accounts.more_jobs", access.JobsSee},
		{"/audit", "nav.audit", access.AuditSee},
		{"/privacy/requests", "privacy.requests_title", access.PrivacyDecide},
		{"/privacy/paper", "privacy.papers_title", access.PrivacyPaper},
		{"/privacy/erasures", "privacy.pending_title", access.PrivacyErase},
		{"/privacy/retention", "privacy.retention_title", access.AuditSee},
	} {
		if !b.Actor.Visible(e.need).Empty() {
			out = append(out, web.NavItem{Path: e.path, Label: b.T(e.label)})
		}
	}
	return out
}
