package exchange_test

import (
	"net/url"
	"strings"
	"testing"

	pages "huotang/handlers/exchange"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/org/orgtest"
)

// From the week to its meeting: each finds what is his, and what was typed is kept when it cannot stand.
func TestExchangePages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		area := exchange.New()
		site := webtest.New(t, e, func(p *web.Pages, api *web.API) { pages.Mount(p, api, area) })
		people := accountstest.Everyone(t, e, tree)
		as := func(r access.Role) *webtest.Browser { return site.As(t, people[r].Account) }
		clerk, host, village, county := as(access.Township), as(access.Host), as(access.Village), as(access.County)

		week := clerk.Get("/exchange").Want(200, "凤山镇交流周", "还没有定", "这一季还没有排")
		if want := "/exchange/weeks/" + tree.Township.ID.String() + "/2026-Q4"; week.Path != want {
			t.Errorf("taken to %s", week.Path)
		}
		set := "form[action$='/2026-Q4']"
		bad := clerk.Submit(week, set, url.Values{"day": {"2026-09-09"}}).Want(422, "这一周不在这个季度里")
		if v := webtest.Values(bad.Find(set)); v.Get("day") != "2026-09-09" {
			t.Errorf("what was typed is lost: %v", v)
		}
		kept := clerk.Submit(week, set, url.Values{"day": {"2026-12-09"}}).Want(200, "定好了：2026年12月7日 星期一这一周", "还没有排上的")
		if n := kept.Find(".btn.main").Length(); n != 1 {
			t.Errorf("%d main actions", n)
		}
		planned := clerk.Submit(kept, "form[action$='/plan']", nil).Want(200, "排好了：1组，0所单着", "家数是单数", "为什么是我们")
		group := planned.Find("tbody th a").AttrOr("href", "")
		clerk.Get(week.Path+"/rota").Want(200, "走访安排", tree.Site.Name, tree.Sister.Name, tree.Neighbour.Name)
		clerk.Get("/exchange/weeks/"+tree.Township.ID.String()+"/2027-Q1").Want(200, "还没有定")

		page := clerk.Get(group).Want(200, "排好了", "户主病了、不在家")
		move := "form[action$='/move']"
		bad = clerk.Submit(page, move, url.Values{"to": {"2027-01-06"}, "hour": {"八点"}}).Want(422, "请选这个季度里的日子", "20:00")
		if v := webtest.Values(bad.Find(move)); v.Get("to") != "2027-01-06" || v.Get("hour") != "八点" || bad.Find("details[open]").Length() != 1 {
			t.Errorf("what was typed is lost: %v", v)
		}
		off := clerk.Submit(page, "form[action$='/call-off']", url.Values{"reason": {"road"}}).Want(200, "记下了", "取消了", "下雨路断")
		clerk.Submit(off, "form[action$='/restore']", nil).Want(200, "照常办", "排好了")

		own := host.Get("/exchange").Want(200, "你们这一季的交流", "2026年12月7日 星期一 20:00", "为什么是我们")
		if !strings.HasPrefix(own.Path, "/exchange/schools/"+tree.Site.ID.String()) || own.Find("form[action='/sessions']").Length() != 0 {
			t.Errorf("at %s, and the roll can be begun before its day", own.Path)
		}
		if host.Get(group).Want(200).Find("form[action$='/host'], form[action$='/swap'], form[action$='/call-off']").Length() != 0 {
			t.Error("a host finds what only the township does")
		}
		village.Get("/exchange").Want(200, "2026年12月7日")
		county.Get("/exchange").Want(200, "凤山镇", "鲁史镇", "1组", "还没有定")
	})
}
