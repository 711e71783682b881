package people_test

import (
	"net/url"
	"testing"

	handler "huotang/handlers/people"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
)

func TestPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		members, _ := peopletest.Roster(t, e, tree, tree.Site, 3, 1)
		site := webtest.New(t, e, func(p *web.Pages, api *web.API) { handler.Mount(p, api, peopletest.Area(t)) })
		roles := accountstest.Everyone(t, e, tree)
		village := site.As(t, roles[access.Village].Account)

		list := village.Get("/people?site="+tree.Site.ID.String()).Want(200, tree.Site.Name, "正式党员")
		if n := list.Find("ul.rows li").Length(); n != 4 {
			t.Errorf("%d people on the roster", n)
		}
		host := site.As(t, roles[access.Host].Account).Get("/people?site=" + tree.Site.ID.String()).Want(200)
		if host.Find("main").Text() == "" || len(host.Find(".small.soft").Text()) > 200 {
			t.Error("a host sees names only")
		}
		page := village.Get("/people/"+members[0].String()).Want(200, "政治面貌变了")
		bad := village.Submit(page, "form[action$='/exempt']", url.Values{"approved_by": {""}, "until": {"2026-13-01"}})
		bad.Want(422, "没有这一天")
		if got := webtest.Values(bad.Find("form[action$='/exempt']")).Get("until"); got != "2026-13-01" {
			t.Errorf("what was typed came back as %q", got)
		}
		village.Submit(bad, "form[action$='/exempt']", url.Values{"approved_by": {"凤山镇党委"}, "until": {"2027-06-30"}}).Want(200, "记好了", "免学到")

		added := village.Submit(village.Get("/people/new?site="+tree.Site.ID.String()), "form.form", url.Values{
			"name": {"𬭩茂才"}, "standing": {"full"}, "village": {tree.Village.ID.String()}, "birth_year": {"1961"},
		})
		added.Want(200, "𬭩茂才", "1961", tree.Site.Name)
		site.As(t, roles[access.Trainee].Account).Get("/people/" + members[0].String()).Want(404)
		site.As(t, roles[access.Auditor].Account).Post("/people/"+members[0].String()+"/life", url.Values{"state": {"away"}}).Want(403)
	})
}
