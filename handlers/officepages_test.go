package handlers_test

import (
	"net/http"
	"testing"

	"huotang/handlers/web/webtest"
	"huotang/models/db/dbtest"
)

// From a person's page whoever makes accounts goes on to his account, or to one that is made for him; nobody else does.
func TestAccountFromAPerson(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	clerk := w.browser("village inside")
	page := clerk.Get(w.expand("/people/{free}")).Want(http.StatusOK, "开账号")
	at, _ := page.Find(`main a[href^="/accounts/new"]`).Attr("href")
	if at != w.expand("/accounts/new?person={free}") {
		t.Fatalf("the link leads to %q", at)
	}
	role := clerk.Submit(clerk.Get(at).Want(http.StatusOK, "字云开"), `form[method=get]`, map[string][]string{"role": {"trainee"}}).Want(http.StatusOK, "字云开")
	form := webtest.Values(role.Find(`form[method=post][action="/accounts/new"]`))
	if form.Get("person") != w.ids["free"] || form.Has("name") {
		t.Errorf("the form holds %v", form)
	}
	clerk.Submit(role, `form[method=post][action="/accounts/new"]`, map[string][]string{"unit": {w.ids["site.unit"]}}).Want(http.StatusOK, "字云开", "第一次使用")

	has := clerk.Get(w.expand("/people/{member}"))
	if has.Find(`main a[href^="/accounts/new"]`).Length() != 0 || has.Find(`main a[href^="/accounts/"]`).Length() != 1 {
		t.Error("one who has an account: it is not led to, or another one is offered")
	}
	for _, name := range []string{"host inside", "secretary inside"} {
		if p := w.browser(name).Get(w.expand("/people/{member}")); p.Find(`main a[href^="/accounts"]`).Length() != 0 {
			t.Errorf("%s is led to an account", name)
		}
	}
}
