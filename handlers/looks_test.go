package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db/dbtest"
)

// 「提意见」 is on every page that anybody gets, on the lesson that fills a TV, too.
func TestFeedbackOnEveryPage(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	seen := map[string]bool{}
	for _, r := range table() {
		path, page := strings.CutPrefix(r.route, "GET /")
		if !page || strings.HasPrefix(path, "api/") {
			continue
		}
		for _, s := range w.seats {
			if r.expect(w, s) != allowed {
				continue
			}
			got := w.as(s, http.MethodGet, w.expand(r.address()), "")
			if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
				continue
			}
			seen[r.route] = true
			if parsePage(t, got).Find(`a[href^="/feedback"]`).Length() == 0 {
				t.Errorf("%s by %s has no way to tell us", r.address(), s.name)
			}
			break
		}
	}
	if n := len(seen); n < 90 || !seen["GET /sessions/:id/teach"] {
		t.Errorf("%d pages were looked at, the lesson among them: %v", n, seen["GET /sessions/:id/teach"])
	}
}

// The size of type: three steps without scripts, 长辈版 from the start for hosts and heads, kept with the account for another browser, and
// what a browser has chosen itself comes first.
func TestSizesOfType(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	size := func(class string) int {
		words := strings.Fields(class)
		switch {
		case slices.Contains(words, "elder-max"):
			return 2
		case slices.Contains(words, "elder"):
			return 1
		}
		return 0
	}
	for _, s := range w.seats {
		want := map[access.Role]int{access.Host: 1, access.Head: 1}[s.role]
		if got := size(parsePage(t, w.as(s, http.MethodGet, "/about", "")).Find("html").AttrOr("class", "")); got != want {
			t.Errorf("%s begins with size %d, want %d", s.name, got, want)
		}
	}
	for role, steps := range map[string][]int{"host inside": {2, 0, 1, 2}, "township inside": {1, 2, 0, 1, 2}} {
		b := w.browser(role)
		page := b.Get("/about")
		for _, want := range steps {
			if page = b.Submit(page, `header form[action="/elder"]`, nil).Want(http.StatusOK); size(page.Find("html").AttrOr("class", "")) != want || page.Path != "/about" {
				t.Errorf("%s: the switch leads to %q at %s, want size %d", role, page.Find("html").AttrOr("class", ""), page.Path, want)
			}
			if other := w.browser(role).Get("/about"); size(other.Find("html").AttrOr("class", "")) != want {
				t.Errorf("%s: another browser has %q, want size %d", role, other.Find("html").AttrOr("class", ""), want)
			}
		}
		other := w.browser(role)
		other.Post("/elder", url.Values{"elder": {"0"}, "back": {"/about"}})
		b.Post("/elder", url.Values{"elder": {"2"}, "back": {"/about"}})
		if got := size(other.Get("/about").Find("html").AttrOr("class", "")); got != 0 {
			t.Errorf("%s: what the browser chose gives way to the account: size %d", role, got)
		}
		if pressed := b.Get("/me").Find(`main form[action="/elder"] button[aria-pressed=true]`); pressed.Length() != 1 || text(pressed) != "特大字" {
			t.Errorf("%s: the page of oneself shows %q as chosen", role, text(pressed))
		}
	}
	if a := w.as(w.who("host inside"), http.MethodPut, "/api/v1/me/prefs", `{"language":"","elder":"huge"}`); a.status != 422 {
		t.Errorf("a size that there is not: %d", a.status)
	}
}

// Whoever comes with the engine of Internet Explorer is told how to change it, on each page and before anything is done; programs and all
// other browsers are not.
func TestOldEngine(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	const chromium78 = "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/78.0.3904.108 Safari/537.36 QIHU 360SE"
	clerk := w.who("township inside")
	for _, agent := range []string{
		"Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0; 360SE)", "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
		"Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1)",
	} {
		for _, path := range []string{"/", "/sign-in", "/month", "/nowhere-at-all"} {
			a := w.as(clerk, http.MethodGet, path, "", "User-Agent", agent)
			page := parsePage(t, a)
			if a.status != http.StatusOK || text(page.Find("h1")) != "请切换到极速模式" || page.Find(`meta[name=renderer][content=webkit]`).Length() != 1 {
				t.Errorf("%s with %s: status %d, %q", path, agent, a.status, text(page.Find("h1")))
			}
			if page.Find("script, link, form, svg").Length() != 0 {
				t.Errorf("%s: the page wants what the engine does not know", path)
			}
		}
		before := w.commits()
		if w.as(clerk, http.MethodPost, "/courses/new", "title=x", "User-Agent", agent); w.commits() != before {
			t.Error("something was written")
		}
		if a := w.as(clerk, http.MethodGet, "/api/v1/me", "", "User-Agent", agent); a.status != http.StatusOK || !strings.Contains(a.header.Get("Content-Type"), "json") {
			t.Errorf("the API: %d", a.status)
		}
	}
	if a := w.as(nil, http.MethodGet, "/", "", "User-Agent", chromium78); strings.Contains(a.body, "极速模式") || !strings.Contains(a.body, `content="webkit"`) {
		t.Error("an engine that will do is sent away, or is not asked for")
	}
}

// Idempotency-Key: the same request under the same key is done once and gets the same answer; another one under it is a conflict; under no
// key it is done again; what is no key is refused; and a key belongs to the account that sent it.
func TestIdempotencyKey(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	clerk := w.who("township inside")
	const key = "0e3dd8a6-7c6b-4b0b-8f61-1c2f5e2a9d10"
	body := w.expand(`{"unit":"{township}","task":"skills","title":"核桃采收","summary":"","lecturer":""}`)
	other := strings.ReplaceAll(body, "核桃采收", "核桃修剪")
	send := func(s *seat, body, key string) (answer, bool) {
		before := w.commits()
		headers := []string{"Idempotency-Key", key}
		if key == "" {
			headers = nil
		}
		a := w.as(s, http.MethodPost, "/api/v1/courses", body, headers...)
		return a, w.commits() != before
	}
	first, wrote := send(clerk, body, key)
	if first.status/100 != 2 || !wrote {
		t.Fatalf("%d %s", first.status, first.body)
	}
	if again, wrote := send(clerk, body, key); again.status != first.status || again.body != first.body || wrote {
		t.Errorf("the same under the key: %d %s, written %v; first %s", again.status, again.body, wrote, first.body)
	}
	if a, wrote := send(clerk, other, key); a.status != http.StatusConflict || wrote || !strings.Contains(a.body, "form.different") {
		t.Errorf("another under the key: %d %s", a.status, a.body)
	}
	if a, wrote := send(clerk, body, "not a key"); a.status != http.StatusUnprocessableEntity || wrote || !strings.Contains(a.body, "input.form_key") {
		t.Errorf("what is no key: %d %s", a.status, a.body)
	}
	if a, wrote := send(clerk, body, ""); a.status/100 != 2 || !wrote || a.body == first.body {
		t.Errorf("under no key: %d", a.status)
	}
	if a, wrote := send(w.who("county inside"), other, key); a.status/100 != 2 || !wrote {
		t.Errorf("the key of another account: %d %s", a.status, a.body)
	}
	bad := strings.ReplaceAll(body, "skills", "none")
	const second = "0e3dd8a6-7c6b-4b0b-8f61-1c2f5e2a9d11"
	if a, _ := send(clerk, bad, second); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a fault under a key: %d", a.status)
	}
	if a, wrote := send(clerk, body, second); a.status/100 != 2 || !wrote {
		t.Errorf("mended under the same key: %d %s", a.status, a.body)
	}
}

// Each of the fourteen roles has at most five entries, each once, and all of them lead where he may go.
func TestEntriesOfEachRole(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	roles := map[access.Role]bool{}
	for _, s := range w.seats {
		if !s.actor.SignedIn() || s.role == "" {
			continue
		}
		roles[s.role] = true
		page := parsePage(t, w.as(s, http.MethodGet, web.Home(s.actor), ""))
		paths := map[string]bool{}
		for _, a := range page.Find("nav.nav a").EachIter() {
			path := a.AttrOr("href", "")
			if paths[path] || text(a) == "" {
				t.Errorf("%s: %s stands twice or has no name", s.name, path)
			}
			paths[path] = true
			if got := w.as(s, http.MethodGet, path, ""); got.status >= 400 {
				t.Errorf("%s: %s answers %d", s.name, path, got.status)
			}
		}
		if n := len(paths); n == 0 || n > 5 {
			t.Errorf("%s has %d entries", s.name, n)
		}
		if here := page.Find("nav.nav a[aria-current=page]").Length(); here != 1 {
			t.Errorf("%s: %d entries are where he is at home", s.name, here)
		}
	}
	for _, role := range access.Roles {
		if role != access.Public && !roles[role] {
			t.Errorf("%s was not looked at", role)
		}
	}
	if len(roles) != 14 {
		t.Errorf("%d roles, want 14", len(roles))
	}
}

// Inside WeChat nothing can be printed or saved: whatever does so is out of sight there, on each page, and 「请在电脑上打开」 stands in
// its place; elsewhere it is the other way round.
func TestPagesInsideWeChat(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	const agent = "Mozilla/5.0 (Linux; Android 7.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0.16"
	const saves = `[data-print], button[value=print], a[download], a[href*=".xlsx"], a[href*=".csv"], a[href$="/file"], a[href*="/templates/"], a[href*="/print"], form[action="/me/data/file"] button, form[action$="/export"] button`
	found := 0
	for _, r := range table() {
		path, page := strings.CutPrefix(r.route, "GET /")
		if !page || strings.HasPrefix(path, "api/") {
			continue
		}
		for _, s := range w.seats {
			if r.expect(w, s) != allowed {
				continue
			}
			got := w.as(s, http.MethodGet, w.expand(r.address()), "", "User-Agent", agent)
			if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
				continue
			}
			doc := parsePage(t, got)
			if !doc.Find("html").HasClass("wechat") {
				t.Errorf("%s does not know WeChat", r.address())
			}
			for _, a := range doc.Find("main").Find(saves).EachIter() {
				found++
				if a.Closest(".pc-only").Length() == 0 {
					t.Errorf("%s by %s: %q stands inside WeChat, too", r.address(), s.name, text(a))
				}
				if instead := doc.Find("main .wx-only"); !strings.Contains(text(instead), "请在电脑上打开") {
					t.Errorf("%s by %s: nothing says what to do instead of %q", r.address(), s.name, text(a))
				}
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d things to print or to save were found", found)
	}
}
