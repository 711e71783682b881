package handlers_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/accounts/accountstest"
	"huotang/models/db/dbtest"
)

// turnedAway checks a page that refuses a form: the status, and a message in the page's language.
func turnedAway(t *testing.T, what string, p *webtest.Page, english bool, status ...int) {
	t.Helper()
	said := text(p.Find(".errors"))
	if !slices.Contains(status, p.Status) || said == "" || han(said) == english {
		t.Errorf("%s: status %d, want %v: %q", what, p.Status, status, said)
	}
}

// speaking opens a visitor's browser with a language chosen.
func (w *world) speaking(english bool) *webtest.Browser {
	b := w.Visitor(w.t)
	b.Post("/language", url.Values{"language": {map[bool]string{true: "en", false: "zh-CN"}[english]}, "back": {"/about"}})
	return b
}

// The form of a slip: secrets that will not do are told and never come back, the code still works, and works once.
func TestSlipForm(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	at := "/first/" + w.ids["batch.code"]
	for _, english := range []bool{false, true} {
		b := w.speaking(english)
		for what, v := range map[string]url.Values{
			"nothing":        {},
			"two others":     {"password": {"582941"}, "again": {"582942"}},
			"once":           {"password": {"582941"}},
			"too easy":       {"password": {"123456"}, "again": {"123456"}},
			"too short":      {"password": {"58"}, "again": {"58"}},
			"too long":       {"password": {strings.Repeat("5x", 150)}, "again": {strings.Repeat("5x", 150)}},
			"a wrong method": {"password[]": {"582941"}},
		} {
			before := w.commits()
			p := b.Post(at, v)
			turnedAway(t, what, p, english, 422)
			if w.commits() != before || p.Find(`form[method=post][action="`+at+`"]`).Length() != 1 || p.Find("input[type=password][value]").Length() != 0 {
				t.Errorf("%s: something was written, the form is gone, or the secret came back", what)
			}
		}
		p := b.Post("/first/AAAA-BBBB-CCCC-DDDD", url.Values{"password": {"582941"}, "again": {"582941"}})
		turnedAway(t, "a code of nobody", p, english, 422)
		if p := b.Post(at, url.Values{"padding": {strings.Repeat("x", 1<<20)}}); p.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("too much: status %d", p.Status)
		}
	}
	good := url.Values{"password": {"582941"}, "again": {"582941"}}
	b := w.Visitor(t)
	b.Post(at, good).Want(http.StatusOK)
	before := w.commits()
	turnedAway(t, "sent twice", w.Visitor(t).Post(at, good), false, 422)
	if w.commits() != before {
		t.Error("sent twice something is written")
	}
}

// The forms between a password and a sign-in say what is wrong, take nothing that will not do, and lose nothing of the form that is
// carried along.
func TestFormsBeforeASignIn(t *testing.T) {
	w := configured(t, dbtest.SQLite(t), web.Config{BaseURL: "http://127.0.0.1", Version: "test", SecondFactor: true})
	names := w.password("township inside", "county inside")
	carried := url.Values{"carry_to": {"/notices/new"}, "carry.title": {"冬训"}, "carry.body": {"明天上午学习"}}
	keeps := func(what string, p *webtest.Page) {
		t.Helper()
		v := webtest.Values(p.Find("main form[method=post]:has(input[name=carry_to])").First())
		for name := range carried {
			if v.Get(name) != carried.Get(name) {
				t.Errorf("%s: %s came back as %q", what, name, v.Get(name))
			}
		}
	}
	for _, english := range []bool{false, true} {
		b := w.speaking(english)
		for _, digits := range []string{"", "12", "许多", "000000", chars(70)} {
			v := copied(carried)
			v.Set("digits", digits)
			p := b.Post("/sign-in/move", v)
			turnedAway(t, "digits "+digits, p, english, 422, 429)
			keeps("digits "+digits, p)
		}
		half := b.Post("/sign-in", withAll(carried, "username", names["township inside"], "password", accountstest.Password)).Want(http.StatusOK)
		keeps("a right password", half)
		for _, code := range []string{"", "000000", "许多", chars(70)} {
			p := b.Post("/sign-in/second", withAll(carried, "code", code))
			turnedAway(t, "code "+code, p, english, 422, 429)
			keeps("code "+code, p)
		}
		late := w.speaking(english).Post("/sign-in/second", withAll(carried, "code", "123456"))
		if late.Status != http.StatusConflict || han(text(late.Find("main .notice"))) == english {
			t.Errorf("too late: status %d, %s", late.Status, text(late.Find("main")))
		}
		keeps("too late", late)
		if p := b.Post("/sign-in/forget", url.Values{"who": {"x"}}); p.Status != 422 || text(p.Find("main")) == "" {
			t.Errorf("nobody is forgotten: status %d", p.Status)
		}
		w.Env.Clock.Add(time.Hour)
	}
	clerk := w.browser("county inside")
	clerk.Get("/me/data").Want(http.StatusOK)
	before := w.commits()
	for _, at := range []string{"/sign-in/confirm", "/me/paper"} {
		p := clerk.Post(at, withAll(carried, "code", "000000"))
		if p.Status < 400 || p.Status > 499 || text(p.Find("main")) == "" {
			t.Errorf("%s with a wrong code: status %d", at, p.Status)
		}
		if p := w.Visitor(t).Post(at, url.Values{"code": {"000000"}}); p.Status != http.StatusUnauthorized {
			t.Errorf("%s without a sign-in: status %d", at, p.Status)
		}
	}
	if w.commits() != before {
		t.Error("something was written")
	}
}

func withAll(v url.Values, pairs ...string) url.Values {
	out := copied(v)
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

// A file that is no list is refused beside its field, and a sign-in that has gone is asked for without a word about the file.
func TestLists(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	send := func(b *webtest.Browser, at, name string, content []byte) *webtest.Page {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		if name != "" {
			part, err := m.CreateFormFile("list", name)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = part.Write(content)
		}
		_ = m.Close()
		return b.Send(at, m.FormDataContentType(), &body)
	}
	const at = "/imports/new?kind=people"
	for _, english := range []bool{false, true} {
		b := w.browser("township inside")
		b.Post("/language", url.Values{"language": {map[bool]string{true: "en", false: "zh-CN"}[english]}, "back": {"/about"}})
		before := w.commits()
		for what, c := range map[string]struct {
			name    string
			content []byte
			status  int
		}{
			"no file":               {"", nil, 422},
			"an empty file":         {"list.csv", nil, 422},
			"a picture named .xlsx": {"list.xlsx", []byte("\x89PNG\r\n\x1a\n0000"), 422},
			"a page named .csv":     {"list.csv", []byte("<html><script>alert(1)</script>"), 422},
			"far too much":          {"list.csv", bytes.Repeat([]byte("茶,"), 5<<20), 413},
		} {
			p := send(b, at, c.name, c.content)
			turnedAway(t, what, p, english, c.status)
			if p.Find(`input[type=file][name=list]`).Length() != 1 {
				t.Errorf("%s: the form is gone", what)
			}
		}
		if w.commits() != before {
			t.Error("something was written")
		}
		if p := send(b, "/imports/new?kind=none", "list.csv", []byte(listText)); p.Status != http.StatusNotFound && p.Status != 422 {
			t.Errorf("a kind that there is not: status %d", p.Status)
		}
	}
	if p := send(w.Visitor(t), at, "list.csv", []byte(listText)); p.Status != http.StatusUnauthorized {
		t.Errorf("without a sign-in: status %d", p.Status)
	}
	if p := send(w.browser("host inside"), at, "list.csv", []byte(listText)); p.Status != http.StatusForbidden {
		t.Errorf("by a host: status %d", p.Status)
	}
}

// The place in a video, which a script keeps: what is no place is refused, and another township's lesson is not there.
func TestKeptPlace(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	b := w.browser("trainee inside")
	for _, bad := range []string{"", "many", "-1", "1e30", "NaN"} {
		before := w.commits()
		if p := b.Post(w.expand("/lessons/{video}/position"), url.Values{"position": {bad}}); p.Status != 422 || w.commits() != before {
			t.Errorf("place %q: status %d", bad, p.Status)
		}
	}
	for _, at := range []string{"/lessons/{farlesson}/position", "/lessons/{nobody}/position", "/lessons/x/position"} {
		if p := b.Post(w.expand(at), url.Values{"position": {"12"}}); p.Status != http.StatusNotFound {
			t.Errorf("%s: status %d", at, p.Status)
		}
	}
	if p := w.Visitor(t).Post(w.expand("/lessons/{video}/position"), url.Values{"position": {"12"}}); p.Status != http.StatusUnauthorized {
		t.Errorf("without a sign-in: status %d", p.Status)
	}
}

// The two switches of the look take what they know, anything else for the plain one, and lead nowhere else.
func TestChoicesOfABrowser(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	b := w.Visitor(t)
	for _, v := range []url.Values{
		{}, {"language": {"xx"}, "elder": {"9"}}, {"back": {"//evil.example"}}, {"back": {"https://evil.example/"}}, {"language": {chars(500)}, "elder": {chars(500)}, "back": {chars(500)}},
	} {
		for _, at := range []string{"/language", "/elder"} {
			p := b.Post(at, v)
			if p.Status != http.StatusOK || p.Find("html").AttrOr("lang", "") != "zh-CN" || p.Find("html.elder").Length() != 0 {
				t.Errorf("%s with %.80v: status %d at %s", at, v, p.Status, p.Path)
			}
		}
	}
}
