package org_test

import (
	"net/url"
	"testing"

	handler "huotang/handlers/org"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
)

// mount adds the pages with what follows a hand-over.
func mount(t *testing.T) func(p *web.Pages, api *web.API) {
	t.Helper()
	a := peopletest.Area(t)
	a.OnHandover(attendance.SiteKeeper())
	a.OnHandover(accounts.SiteKeeper())
	return func(p *web.Pages, api *web.API) { handler.Mount(p, api, a) }
}

func TestSites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site := webtest.New(t, e, mount(t))
		people := accountstest.Everyone(t, e, tree)
		as := func(r access.Role) *webtest.Browser { return site.As(t, people[r].Account) }

		county := as(access.County)
		county.Get("/sites").Want(200, tree.Site.Name, tree.Far.Name, "新授牌一所")
		county.Get("/sites?q=wjy").Want(200, tree.Site.Name) // by initials
		if p := county.Get("/sites?q=wjy"); p.Find("tbody tr").Length() != 1 {
			t.Errorf("initials found %d schools", p.Find("tbody tr").Length())
		}
		county.Get("/sites?q=nobody").Want(200, "没有找到学校")
		county.Get("/sites/"+tree.Site.ID.String()).Want(200, tree.Site.Code, "改授牌状态")

		host := as(access.Host)
		host.Get("/sites/"+tree.Site.ID.String()).Want(200, tree.Site.Name)
		host.Get("/sites/"+tree.Sister.ID.String()).Want(404, "没有找到")
		if p := host.Get("/sites/" + tree.Site.ID.String()); p.Find("form[action$='/licence']").Length() != 0 {
			t.Error("a host may not change his licence")
		}
		site.Visitor(t).Get("/sites").Want(200, "这一页要登录才能看")
	})
}

// A school that is licensed wrongly gets every fault at once, and everything typed back.
func TestLicenseASchool(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site := webtest.New(t, e, mount(t))
		clerk := site.As(t, accountstest.As(t, e, access.Township, tree.Township.ID).Account)

		typed := url.Values{
			"village": {tree.Village.ID.String()}, "name": {""}, "code": {"12"}, "plaque": {"凤字1号"},
			"licensed_on": {"2026-02-30"}, "address": {"王家院3号"}, "equipment": {"电视"},
		}
		bad := clerk.Submit(clerk.Get("/sites/new").Want(200), "form.form", typed).Want(422, "没有这一天")
		kept := webtest.Values(bad.Find("form.form"))
		for name := range typed {
			if kept.Get(name) != typed.Get(name) {
				t.Errorf("%s came back as %q, typed was %q", name, kept.Get(name), typed.Get(name))
			}
		}
		page := clerk.Submit(bad, "form.form", url.Values{"name": {"安石村新家家庭党校"}, "code": {""}, "licensed_on": {"2026-11-01"}})
		page.Want(200, "学校加好了", "安石村新家家庭党校", "53092110120103", "凤字1号")

		foreign := url.Values{"village": {tree.Village3.ID.String()}, "name": {"别处"}}
		clerk.Submit(clerk.Get("/sites/new"), "form.form", foreign).Want(404)

		again := clerk.Submit(page, "form[action$='/licence']", url.Values{"state": {"revoked"}, "on": {"2026-11-20"}, "number": {"凤发7号"}})
		again.Want(200, "已摘牌", "凤发7号")
		e.See(t, func(tx *db.Tx) error {
			found, err := org.Sites(tx, orgtest.By, org.SitesInput{Licence: org.Revoked})
			if len(found.Items) != 1 {
				t.Errorf("%d schools are revoked", len(found.Items))
			}
			return err
		})
		var list db.Page[org.LicenceView]
		id := found(t, e, "安石村新家家庭党校").ID
		if status := clerk.API("GET", "/sites/"+id.String()+"/licence", nil, &list); status != 200 || len(list.Items) != 2 {
			t.Errorf("%d, history %+v", status, list.Items)
		}
	})
}

func found(t *testing.T, e *dbtest.Env, name string) (v org.SiteView) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		page, err := org.Sites(tx, orgtest.By, org.SitesInput{Q: name})
		v = page.Items[0]
		return err
	})
	return v
}
