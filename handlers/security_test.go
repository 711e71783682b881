package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huotang/handlers/web"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// secureWorld is reached by https.
func secureWorld(t *testing.T) *world {
	t.Helper()
	return configured(t, dbtest.SQLite(t), web.Config{BaseURL: "https://dangxiao.example", Version: "test"})
}

// setCookies are the cookies of an answer by name.
func setCookies(a answer) map[string]*http.Cookie {
	out := map[string]*http.Cookie{}
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		out[c.Name] = c
	}
	return out
}

func (w *world) signIn(username, password string, headers ...string) answer {
	w.t.Helper()
	return w.as(nil, http.MethodPost, "/sign-in", url.Values{"username": {username}, "password": {password}}.Encode(), headers...)
}

// The sign-in's cookie is out of the reach of scripts and of other sites, and with https it goes nowhere else. The
// cookies of the look likewise.
func TestCookieFlags(t *testing.T) {
	for _, https := range []bool{false, true} {
		w := newWorld(t, dbtest.SQLite(t))
		if https {
			w = secureWorld(t)
		}
		name := w.password("host inside")["host inside"]
		for _, a := range []answer{
			w.signIn(name, accountstest.Password),
			w.as(nil, http.MethodPost, "/elder", "elder=1"),
			w.as(nil, http.MethodPost, "/language", "language=en"),
		} {
			cookies := setCookies(a)
			if len(cookies) == 0 {
				t.Fatalf("no cookie: %d %s", a.status, a.body)
			}
			for _, c := range cookies {
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != https {
					t.Errorf("https %v: cookie %s", https, c)
				}
			}
		}
		a := w.as(nil, http.MethodGet, "/", "")
		if hsts := a.header.Get("Strict-Transport-Security"); (hsts != "") != https {
			t.Errorf("https %v: HSTS %q", https, hsts)
		}
	}
}

// A token that somebody has put into the browser beforehand is worth nothing after the sign-in, nor is the old one
// after signing out.
func TestSessionFixation(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	name := w.password("host inside")["host inside"]
	planted := "huotang=" + strings.Repeat("A", 43)
	a := w.signIn(name, accountstest.Password, "Cookie", planted)
	got := setCookies(a)["huotang"]
	if got == nil || "huotang="+got.Value == planted {
		t.Fatalf("the planted token stays: %v", got)
	}
	if me := w.as(nil, http.MethodGet, "/api/v1/me", "", "Cookie", planted); me.status != 401 {
		t.Errorf("the planted token is signed in: %d", me.status)
	}
	first := "huotang=" + got.Value
	again := setCookies(w.signIn(name, accountstest.Password, "Cookie", first))["huotang"]
	if again == nil || again.Value == got.Value {
		t.Error("a second sign-in keeps the token of the first")
	}
	if me := w.as(nil, http.MethodGet, "/api/v1/me", "", "Cookie", first); me.status != 401 {
		t.Errorf("the token before the second sign-in is good still: %d", me.status)
	}
	second := "huotang=" + again.Value
	w.as(nil, http.MethodPost, "/sign-out", "x=1", "Cookie", second)
	if me := w.as(nil, http.MethodGet, "/api/v1/me", "", "Cookie", second); me.status != 401 {
		t.Errorf("the token is good after signing out: %d", me.status)
	}
	for table, rows := range w.tables() {
		if strings.Contains(rows, fmt.Sprintf("%x", again.Value)) {
			t.Errorf("%s holds a token as it is", table)
		}
	}
}

// A page of another site can send nothing in somebody's name: browsers say where a request comes from.
func TestCrossOriginWrites(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	host := w.who("host inside")
	before := w.commits()
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
	} {
		for _, r := range w.App.Routes() {
			if r.Method == http.MethodGet || strings.HasPrefix(r.Path, "/test/") {
				continue
			}
			if a := w.as(host, r.Method, strings.ReplaceAll(r.Path, ":", ""), "a=1", headers...); a.status != http.StatusForbidden {
				t.Errorf("%s %s with %v: status %d", r.Method, r.Path, headers, a.status)
			}
		}
	}
	if w.commits() != before {
		t.Error("something was written")
	}
	if a := w.as(host, http.MethodPost, "/elder", "elder=1", "Origin", "http://127.0.0.1"); a.status != http.StatusSeeOther {
		t.Errorf("one's own site: status %d", a.status)
	}
}

// Where a form says that it goes on to, is a path of this site or is not followed.
func TestOpenRedirects(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	name := w.password("host inside")["host inside"]
	for _, to := range []string{
		"https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "http:evil.example", "javascript:alert(1)",
		"/\t/evil.example", "/\n/evil.example", "/\r\nLocation: https://evil.example", " //evil.example", "%2f%2fevil.example", "data:text/html,x",
	} {
		for path, form := range map[string]url.Values{
			"/elder":    {"elder": {"1"}, "back": {to}},
			"/language": {"language": {"en"}, "back": {to}},
			"/sign-in":  {"username": {name}, "password": {accountstest.Password}, "next": {to}},
		} {
			a := w.as(nil, http.MethodPost, path, form.Encode())
			if at := a.header.Get("Location"); !localTo(at) {
				t.Errorf("%s with %q goes to %q", path, to, at)
			}
		}
		form := url.Values{"username": {name}, "password": {accountstest.Password}, "carry_to": {to}, "carry.x": {"1"}}
		a := w.as(nil, http.MethodPost, "/sign-in", form.Encode())
		if strings.Contains(a.body, "evil.example") || strings.Contains(a.body, "javascript:") {
			t.Errorf("a carried form goes to %q", to)
		}
	}
}

// localTo reads an address as browsers do: they drop tabs and line ends, and take \ for /.
func localTo(at string) bool {
	at = strings.NewReplacer("\t", "", "\n", "", "\r", "", "\\", "/").Replace(strings.TrimSpace(at))
	u, err := url.Parse("http://127.0.0.1/x/")
	if err != nil {
		return false
	}
	to, err := u.Parse(at)
	return err == nil && to.Host == "127.0.0.1" && to.Scheme == "http"
}

// No address reaches a file that is not meant to be read.
func TestPathTraversal(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, path := range []string{
		"/static/../go.mod", "/static/%2e%2e/%2e%2e/go.mod", "/static/..%2f..%2fgo.mod", "/static/css/../../static.go", "/static//etc/passwd",
		"/static/%5c..%5cgo.mod", "/static/css/", "/static/", "/favicon.svg/../go.mod", "/static/static.go",
	} {
		a := w.as(nil, http.MethodGet, path, "")
		if a.status < 300 || strings.Contains(a.body, "module huotang") || strings.Contains(a.body, "root:") || strings.Contains(a.body, "package static") {
			t.Errorf("%s: status %d, %.80s", path, a.status, a.body)
		}
	}
	clerk := w.who("county inside")
	for _, r := range w.App.Routes() {
		if r.Method != http.MethodGet || !strings.Contains(r.Path, ":") {
			continue
		}
		for _, id := range []string{"..", "..%2f..%2fetc%2fpasswd", "%00", "'%20OR%201=1--", "00000000-0000-0000-0000-000000000000", strings.Repeat("9", 4000), "<script>"} {
			path := regexp.MustCompile(`:\w+`).ReplaceAllString(r.Path, strings.ReplaceAll(url.PathEscape(id), "%25", "%"))
			a := w.as(clerk, http.MethodGet, path, "")
			if a.status >= 500 || a.status < 300 && !harmless[r.Path] {
				t.Errorf("%s: status %d, %.120s", path, a.status, a.body)
			}
			if strings.Contains(a.body, "<script>") && strings.Contains(path, "script") {
				t.Errorf("%s comes back as it was written", path)
			}
		}
	}
}

// harmless routes take any word and answer with what they have of it.
var harmless = map[string]bool{"/api/v1/audit/:object/:id": true}

// What stands in the Host header goes into no address of an answer.
func TestHostHeader(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	name := w.password("host inside")["host inside"]
	for _, path := range []string{"/", "/sign-in?next=/me", "/about", "/catalogue", "/api/v1/openapi.json"} {
		a := w.as(w.who("host inside"), http.MethodGet, path, "", "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example")
		if strings.Contains(a.body+a.header.Get("Location"), "evil.example") {
			t.Errorf("%s holds the forwarded host", path)
		}
	}
	a := w.signIn(name, accountstest.Password, "X-Forwarded-Host", "evil.example")
	if at := a.header.Get("Location"); !strings.HasPrefix(at, "/") {
		t.Errorf("the sign-in leads to %q", at)
	}
}

// counted are words for what nobody is to be measured by.
var counted = regexp.MustCompile(`(?i)sign_?ins?_(count|total|number)|(count|number|total)_(of_)?sign_?ins|last_(seen|sign_?in|active)|sign_?in_days|active_(days|users)|` +
	`activat|online|screen|watch(ed)?_(time|seconds|minutes|ms)|time_on|duration_watched|photos?_count|streak|points|rank|score|登录次数|在线时长|活跃|积分|排名|观看时长`)

// No page, export or endpoint says how often or how long anybody signs in or looks at a screen, whatever the role.
func TestNothingCountsSignInsOrScreenTime(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	doc, _ := described(t, w)
	b, err := doc.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsFuncSeq(string(b), func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz_ABCDEFGHIJKLMNOPQRSTUVWXYZ", r)
	}) {
		if counted.MatchString(name) {
			t.Errorf("the description has %q", name)
		}
	}
	// Where somebody stopped in a video is his own: nobody else's page or list has it.
	w.as(w.who("trainee inside"), http.MethodPut, w.expand("/api/v1/lessons/{video}/position"), `{"position_ms":424242}`)
	for _, r := range table() {
		if !strings.HasPrefix(r.route, "GET ") || strings.Contains(r.route, "/privacy") || r.route == "GET /about" || r.route == "GET /" { // which say that there is none
			continue
		}
		for _, s := range w.seats {
			a := w.ask(r, s)
			if strings.Contains(a.body, "424242") && s.name != "trainee inside" {
				t.Errorf("%s as %s tells where another stopped in a video", r.route, s.name)
			}
			if found := counted.FindString(a.body); found != "" && a.status < 300 && strings.Contains(a.header.Get("Content-Type"), "json") {
				t.Errorf("%s as %s holds %q", r.route, s.name, found)
			}
			for _, word := range []string{"登录次数", "在线时长", "活跃度", "积分", "排名", "观看时长"} {
				if a.status < 300 && strings.Contains(a.body, word) {
					t.Errorf("%s as %s says %s", r.route, s.name, word)
				}
			}
		}
	}
}

// A wrong password and a user name that nobody has get the same answer, for the same work.
func TestAccountsAreNotToldApart(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	name := w.password("host inside")["host inside"]
	try := func(username string) (answer, int64) {
		before := w.App.Accounts.Compared()
		a := w.signIn(username, "not the password")
		return a, w.App.Accounts.Compared() - before
	}
	known, work := try(name)
	for _, username := range []string{"nobody.here", "bare", "", "没有这个人"} { // bare has no password yet
		a, took := try(username)
		if a.status != known.status || plainPage(a.body, username) != plainPage(known.body, username) {
			t.Errorf("%s: status %d, known %d\n%s\n%s", username, a.status, known.status, plainPage(a.body, username), plainPage(known.body, username))
		}
		if len(setCookies(a)) != len(setCookies(known)) {
			t.Errorf("%s: other cookies", username)
		}
		if took != work || work != 1 {
			t.Errorf("%s: %d comparisons, for a known one %d", username, took, work)
		}
	}
}

// A visitor is told the same of what is there and of what is not, but for notices, which everybody reads.
func TestVisitorsLearnNothing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	names := regexp.MustCompile(`\{[a-z0-9.]+\}`)
	visitor := w.who("visitor")
	for _, r := range table() {
		there := w.ask(r, visitor)
		if there.status != 401 && there.status != 303 || r.at == "" || strings.Contains(r.route, "/notices/") {
			continue
		}
		nothing := r
		nothing.at = names.ReplaceAllString(r.at, w.ids["nobody"])
		if got := w.ask(nothing, visitor); got.status != there.status {
			t.Errorf("%s: %d, and %d where there is none", r.route, there.status, got.status)
		}
	}
}

var changing = regexp.MustCompile(`value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}`)

// plainPage leaves out what differs from request to request: what was typed, and the request's ID.
func plainPage(body, _ string) string { return changing.ReplaceAllString(body, "") }

// A GET changes nothing: with every role, on the whole world, and with a sign-in that has not been used for a
// while only the note of its last use.
func TestGetsWriteNothing(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.Env.Clock.Add(20 * time.Minute) // an office has not been idle for too long yet
	before := w.tables()
	for _, s := range w.seats {
		w.as(s, http.MethodGet, "/about", "")
		w.as(s, http.MethodGet, "/", "") // asks who it is
	}
	if got := differing(before, w.tables()); !slices.Equal(got, []string{"sign_ins"}) {
		t.Errorf("after a while, using a sign-in changes %v", got)
	}
	var seen int64
	w.Env.See(t, func(tx *db.Tx) error {
		return tx.Raw("SELECT COUNT(*) FROM sign_ins WHERE seen_at = ?", tx.Now).Scan(&seen).Error
	})
	if int(seen) != len(w.seats)-1 {
		t.Errorf("%d of %d sign-ins are noted as used", seen, len(w.seats)-1)
	}
	commits, before := w.commits(), w.tables()
	w.Env.Clock.Add(4 * time.Minute)
	for _, r := range table() {
		for _, s := range w.seats {
			if at := strings.ReplaceAll(r.address(), "{host.sign_in}", "x"); strings.HasPrefix(r.route, "GET ") {
				w.as(s, http.MethodGet, w.expand(at), "")
			}
		}
	}
	for _, s := range w.seats {
		w.as(s, http.MethodHead, "/", "")
		w.as(s, http.MethodHead, "/catalogue", "")
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", "/favicon.svg", "/nowhere"} {
		w.as(w.who("county inside"), http.MethodGet, path, "")
	}
	if w.commits() != commits {
		t.Errorf("GETs have written into %v", differing(before, w.tables()))
	}
}
