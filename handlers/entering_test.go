package handlers_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// The forms with passwords: what was typed comes back but for the passwords, which stand in no answer at all.
func TestFormsWithPasswords(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	name := w.password("host inside")["host inside"]
	const typedSecret = "ein-geheimes-Wort-7"
	for _, english := range []bool{false, true} {
		b := w.browser("visitor")
		b.Post("/language", url.Values{"language": {map[bool]string{true: "en", false: "zh-CN"}[english]}, "back": {"/about"}})
		p := b.Post("/sign-in", url.Values{"username": {name}, "password": {typedSecret}, "next": {"/me"}}).Want(http.StatusUnprocessableEntity)
		if v := webtest.Values(p.Find(`form[action="/sign-in"]`)); v.Get("username") != name || v.Get("next") != "/me" {
			t.Errorf("the sign-in came back as %v", v)
		}
		if said := text(p.Find(".errors")); said == "" || han(said) == english {
			t.Errorf("the message is %q", said)
		}
		if strings.Contains(p.Body, typedSecret) {
			t.Error("the password stands in the answer")
		}
	}
	b := w.browser("host inside")
	for what, v := range map[string]url.Values{
		"a wrong old one": {"old": {typedSecret}, "password": {"ganz-neu-und-lang-9"}},
		"a short new one": {"old": {accountstest.Password}, "password": {"kurz"}},
		"a long new one":  {"old": {accountstest.Password}, "password": {strings.Repeat("x", 200)}},
		"nothing":         {},
	} {
		p := b.Post("/me/password", v)
		if p.Status != http.StatusUnprocessableEntity || text(p.Find(".errors")) == "" || strings.Contains(p.Body, typedSecret) {
			t.Errorf("%s: status %d, %s", what, p.Status, text(p.Find("main")))
		}
	}
	p := w.Visitor(t).Post("/me/password", url.Values{"old": {typedSecret}, "password": {"ganz-neu-und-lang-9"}}).Want(http.StatusUnauthorized)
	if strings.Contains(p.Body, typedSecret) || strings.Contains(p.Body, "ganz-neu") {
		t.Error("passwords are carried through the sign-in")
	}
}

// After some failures the next try must wait, and says how long; another address is not kept waiting.
func TestTooManyFailures(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	name := w.password("host inside")["host inside"]
	b := w.Visitor(t)
	status := 0
	for range 7 {
		status = b.Post("/sign-in", url.Values{"username": {name}, "password": {"wrong"}}).Status
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("after seven failures: status %d", status)
	}
	p := b.Post("/sign-in", url.Values{"username": {name}, "password": {accountstest.Password}}).Want(http.StatusTooManyRequests)
	if v := webtest.Values(p.Find(`form[action="/sign-in"]`)); v.Get("username") != name || text(p.Find(".errors")) == "" {
		t.Errorf("%v %s", v, text(p.Find("main")))
	}
	if a := w.signIn(name, accountstest.Password); a.status != http.StatusSeeOther {
		t.Errorf("from another address: status %d", a.status)
	}
}

// The set-up of an empty county keeps what was typed, and works once.
func TestSetUpForm(t *testing.T) {
	w := emptyWorld(t)
	var code accounts.Code
	w.do(func(tx *db.Tx) (err error) {
		code, err = w.areas.Accounts.MakeSetupCode(tx, access.System("test"))
		return err
	})
	b := w.Visitor(t)
	b.Get("/setup?code=WRONG").Want(http.StatusUnprocessableEntity)
	good := url.Values{
		"county": {"凤庆县"}, "county_code": {"530921"}, "name": {"李组织"}, "username": {"zuzhibu"}, "password": {"huotang-neu-2026"},
	}
	page := b.Get("/setup?code=" + code.Code).Want(http.StatusOK)
	for set, at := range map[string]string{
		"county=": "county", "county_code=12": "county_code", "county_code=许多": "county_code", "name=": "name", "username=x": "username",
		"username=a b": "username", "password=kurz": "password", "password=zuzhibu": "password", "name=" + chars(61): "name",
	} {
		v := url.Values{}
		for n, old := range good {
			v[n] = old
		}
		field, value, _ := strings.Cut(set, "=")
		v.Set(field, value)
		p := b.Submit(page, `form[action="/setup"]`, v)
		if p.Status != http.StatusUnprocessableEntity || p.Find(`.errors a[href="#`+at+`"]`).Length() == 0 {
			t.Errorf("%s: status %d, %s", set, p.Status, text(p.Find(".errors")))
			continue
		}
		back := webtest.Values(p.Find(`form[action="/setup"]`))
		for n := range good {
			if n != "password" && back.Get(n) != v.Get(n) {
				t.Errorf("%s: %s came back as %q", set, n, back.Get(n))
			}
		}
		if back.Get("password") != "" {
			t.Errorf("%s: the password came back", set)
		}
	}
	b.Submit(page, `form[action="/setup"]`, good).Want(http.StatusOK)
	again := w.Visitor(t).Submit(page, `form[action="/setup"]`, good)
	if again.Status != http.StatusUnprocessableEntity && again.Status != http.StatusConflict {
		t.Errorf("a second set-up: status %d", again.Status)
	}
}

// A file that is no video, none, or too large a one is refused beside its field, and the lesson keeps the
// video that it had.
func TestUploads(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	had := w.as(w.who("county inside"), http.MethodGet, w.expand("/api/v1/lessons/{video}/video"), "").body
	at := w.expand("/lessons/{video}/video")
	send := func(s *seat, path, name string, content []byte, english bool) answer {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		if name != "" {
			part, err := m.CreateFormFile("file", name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write(content)
		}
		_ = m.Close()
		cookie := s.cookie
		if english {
			cookie += "; lang=en"
		}
		return w.as(s, http.MethodPost, path, b.String(), "Content-Type", m.FormDataContentType(), "Cookie", cookie)
	}
	clerk, outsider := w.who("township inside"), w.who("township outside")
	words := []byte(strings.Repeat("这不是视频。", 1000))
	for _, english := range []bool{false, true} {
		for what, c := range map[string]struct {
			name    string
			content []byte
			status  int
		}{
			"a text named .mp4":  {"lesson.mp4", words, 422},
			"an empty file":      {"lesson.mp4", nil, 422},
			"no file":            {"", nil, 422},
			"a page named .mp4":  {"x.mp4", []byte("<html><script>alert(1)</script>"), 422},
			"too large a file":   {"lesson.mp4", make([]byte, 4<<20+10), 413},
			"far too large":      {"lesson.mp4", make([]byte, 6<<20), 413},
			"a name with a path": {"../../etc/passwd", words, 422},
		} {
			a := send(clerk, at, c.name, c.content, english)
			page := parsePage(t, a)
			said := text(page.Find(".errors"))
			if a.status != c.status || said == "" || han(said) == english {
				t.Errorf("%s: status %d, want %d: %q", what, a.status, c.status, said)
			}
			if page.Find(`input[type=file][name=file]`).Length() != 1 {
				t.Errorf("%s: the form is gone", what)
			}
			api := w.as(clerk, http.MethodPut, "/api/v1"+at+"?name="+url.QueryEscape(c.name), string(c.content), "Content-Type", "video/mp4")
			if api.status != c.status && what != "no file" || !strings.Contains(api.header.Get("Content-Type"), "problem+json") {
				t.Errorf("%s: the API says %d %s", what, api.status, api.body)
			}
		}
	}
	if a := send(outsider, at, "lesson.mp4", words, false); a.status != 404 {
		t.Errorf("another township's lesson: %d", a.status)
	}
	if a := send(clerk, w.expand("/lessons/{nobody}/video"), "lesson.mp4", words, false); a.status != 404 {
		t.Errorf("no such lesson: %d", a.status)
	}
	if a := send(clerk, w.expand("/lessons/{lesson}/video"), "lesson.mp4", words, false); a.status != 409 && a.status != 422 {
		t.Errorf("a lesson that is a talk: %d", a.status)
	}
	if a := send(w.who("visitor"), at, "lesson.mp4", words, false); a.status != 401 {
		t.Errorf("without a sign-in: %d", a.status)
	}
	if now := w.as(w.who("county inside"), http.MethodGet, w.expand("/api/v1/lessons/{video}/video"), "").body; now != had {
		t.Errorf("the lesson's video has changed:\n%s\n%s", had, now)
	}
}
