package accounts_test

import (
	"net/url"
	"testing"

	handler "huotang/handlers/accounts"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

func start(t *testing.T, e *dbtest.Env) (*webtest.Site, *accounts.Area) {
	t.Helper()
	var area *accounts.Area
	site := webtest.New(t, e, func(p *web.Pages, api *web.API) {
		area = p.App().Accounts
		handler.Mount(p, api, area)
	})
	return site, area
}

func TestFirstUse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		site, area := start(t, e)
		var code accounts.Code
		e.Do(t, func(tx *db.Tx) (err error) {
			code, err = area.MakeSetupCode(tx, access.System("serve"))
			return err
		})
		b := site.Visitor(t)
		b.Get("/setup?code=wrong").Want(422, "这个码不能用了")
		page := b.Get("/setup?code="+code.Code).Want(200, "第一次使用")
		typed := url.Values{"county": {"凤庆县"}, "county_code": {"530"}, "name": {"何文"}, "username": {"county"}, "password": {"short"}}
		bad := b.Submit(page, "form.form", typed).Want(422, "六位数字", "至少 8 个字")
		for _, name := range []string{"county", "county_code", "name", "username"} {
			if got := webtest.Values(bad.Find("form.form")).Get(name); got != typed.Get(name) {
				t.Errorf("%s came back as %q", name, got)
			}
		}
		b.Submit(bad, "form.form", url.Values{"county_code": {"530921"}, "password": {"huotang-2026"}})
		b.Get("/me").Want(200, "何文", "县委组织部", "凤庆县")
		site.Visitor(t).Get("/setup?code=" + code.Code).Want(422)

		again := site.Visitor(t)
		again.Submit(again.Get("/sign-in"), "form[action='/sign-in']", url.Values{"username": {"County"}, "password": {"wrong"}}).Want(422, "用户名或密码不对")
		again.Submit(again.Get("/sign-in"), "form[action='/sign-in']", url.Values{"username": {"County"}, "password": {"huotang-2026"}})
		again.Get("/me").Want(200, "何文")
	})
}

func TestOwnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site, area := start(t, e)
		host := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
		accountstest.SetPassword(t, e, area, host.Account, "old-2026")
		phone, other := site.As(t, host.Account), site.As(t, host.Account)

		phone.Get("/me").Want(200, "户主", "就是现在这台", "退出别的设备")
		phone.Submit(phone.Get("/me/password"), "form.form", url.Values{"old": {"nonsense"}, "password": {"new-word-2026"}}).Want(422, "密码不对")
		phone.Submit(phone.Get("/me/password"), "form.form", url.Values{"old": {"old-2026"}, "password": {"new-word-2026"}}).Want(200, "密码改好了")
		if p := other.Get("/me"); p.Path != "/sign-in" {
			t.Errorf("a new password ends the other sign-ins; %s", p.Path)
		}
		phone.Get("/me").Want(200)

		var me accounts.MeView
		if status := phone.API("GET", "/me", nil, &me); status != 200 || len(me.Roles) != 1 || me.Roles[0] != access.Host {
			t.Errorf("%d %+v", status, me)
		}
	})
}

// The county makes accounts in each of its townships, and a township in each of its villages.
// An account's page has the county's own name on top.
func TestBulkOffersEveryUnit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		site, _ := start(t, e)
		tree := orgtest.County(t, e)
		county := site.As(t, accountstest.As(t, e, access.County, tree.County.ID).Account)
		county.Get("/accounts/bulk").Want(200, "凤山镇", "鲁史镇")
		clerk := accountstest.As(t, e, access.Township, tree.Township.ID)
		site.As(t, clerk.Account).Get("/accounts/bulk").Want(200, "凤山镇", "安石村", "大寺村")
		if got := county.Get("/accounts/" + clerk.Account.String()).Want(200).Find("header .brand b").Text(); got == "false" || got == "" {
			t.Errorf("the county is called %q", got)
		}
	})
}
