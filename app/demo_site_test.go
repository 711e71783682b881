package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"testing"

	"huotang/handlers/web"
	"huotang/handlers/web/browsertest"
	"huotang/models/accounts"
)

// program is a client of any site.
func program(t testing.TB, site string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, site: site, http: http.Client{Jar: jar}}
}

// cards are the roles of the demo's sign-in, as programs name them.
var cards = []string{"county", "township", "village", "secretary", "host", "trainee", "auditor"}

// signInByEachCard signs a program in by each role that the contract names: it is that role, begins at the page that is told, and that
// page opens.
func signInByEachCard(t *testing.T, site string) {
	t.Helper()
	for _, role := range cards {
		c := program(t, site)
		if got := c.api("GET", "/me", nil); got.StatusCode != http.StatusUnauthorized {
			t.Fatalf("before: %d", got.StatusCode)
		}
		home := send[web.SignedIn](t, c, "POST", "/demo/sign-in", map[string]string{"role": role}).Home
		me := get[accounts.MeView](t, c, "/me")
		if len(me.Roles) != 1 || string(me.Roles[0]) != role || me.Name == "" || len(me.Units) == 0 {
			t.Errorf("%s: %+v", role, me)
		}
		if page := c.do("GET", home, "", nil); page.StatusCode != http.StatusOK {
			t.Errorf("%s begins at %s: status %d", role, home, page.StatusCode)
		}
	}
	for _, none := range []string{"", "king", "host "} {
		if got := program(t, site).api("POST", "/demo/sign-in", map[string]string{"role": none}); got.StatusCode < 400 || got.StatusCode > 499 {
			t.Errorf("a card of %q: %d", none, got.StatusCode)
		}
	}
}

// budgetOfTheDemo holds the host's home and the catalogue to the budgets on a county of full size, on the first visit and on a later one.
func budgetOfTheDemo(t *testing.T, site string) {
	t.Helper()
	at, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []struct{ role, path string }{{"host", "/today"}, {"host", "/catalogue"}, {"trainee", "/catalogue"}, {"", "/"}} {
		p, c := browsertest.Phone(t, site), program(t, site)
		if v.role != "" {
			send[web.SignedIn](t, c, "POST", "/demo/sign-in", map[string]string{"role": v.role})
			p.Bring(c.http.Jar.Cookies(at))
		}
		first := visit(p, v.path)
		later := visit(p, v.path)
		t.Logf("%s of %q: first %d requests, %d bytes; later %d requests, %d bytes", v.path, v.role, len(first.Requests), first.Bytes, len(later.Requests), later.Bytes)
		if len(first.Requests) > firstRequests || first.Bytes > firstBytes {
			t.Errorf("first visit of %s: %d requests and %d bytes, want at most %d and %d\n%s", v.path, len(first.Requests), first.Bytes, firstRequests, firstBytes, first)
		}
		if later.Bytes > laterBytes {
			t.Errorf("later visit of %s: %d bytes, want at most %d\n%s", v.path, later.Bytes, laterBytes, later)
		}
		p.NoForeignRequests()
	}
}
