// Package webtest drives pages and endpoints of an area over real HTTP on a test
// database, as a browser without scripts would: it follows redirects, keeps cookies, and sends
// forms with the values that the page put into them.
package webtest

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"huotang/handlers/web"
	"huotang/models/accounts"
	"huotang/models/db/dbtest"
	"huotang/models/people/peopletest"
)

// Site is a running app.
type Site struct {
	URL string
	App *web.App
	Env *dbtest.Env
}

// New starts an app on the test's database with the areas that mount adds.
func New(t testing.TB, e *dbtest.Env, mount func(p *web.Pages, api *web.API)) *Site {
	t.Helper()
	return Config(t, e, web.Config{BaseURL: "http://127.0.0.1", Version: "test"}, mount)
}

// Config is [New] with a configuration of the web layer.
func Config(t testing.TB, e *dbtest.Env, cfg web.Config, mount func(p *web.Pages, api *web.API)) *Site {
	t.Helper()
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	acc := accounts.New(bytes.Repeat([]byte{7}, 32))
	acc.SealWith(peopletest.Ring(t))
	if cfg.FormKey == nil {
		cfg.FormKey = bytes.Repeat([]byte{8}, 32)
	}
	w, err := web.New(cfg, e.DB, acc, log)
	if err != nil {
		t.Fatal(err)
	}
	p := w.Pages()
	p.Post("/test/sign-in", func(r *web.Request) error {
		var id accounts.AccountID
		if err := id.UnmarshalText([]byte(r.Form().Get("account"))); err != nil {
			return err
		}
		if err := r.SignIn(id); err != nil {
			return err
		}
		return r.See("/healthz")
	})
	mount(p, w.API())
	srv := httptest.NewServer(w.Handler())
	t.Cleanup(srv.Close)
	return &Site{URL: srv.URL, App: w, Env: e}
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	if os.Getenv("HUOTANG_TEST_LOG") != "" {
		w.t.Logf("%s", bytes.TrimSpace(b))
	}
	return len(b), nil
}

// Browser is one person's browser.
type Browser struct {
	t      testing.TB
	site   *Site
	client *http.Client
	always http.Header
}

// Header is sent with every request from now on.
func (b *Browser) Header(name, value string) {
	if b.always == nil {
		b.always = http.Header{}
	}
	b.always.Set(name, value)
}

// Visitor opens a browser without a sign-in.
func (s *Site) Visitor(t testing.TB) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t: t, site: s, client: &http.Client{Jar: jar}}
}

// As opens a browser that is signed in as the account.
func (s *Site) As(t testing.TB, account accounts.AccountID) *Browser {
	t.Helper()
	b := s.Visitor(t)
	if got := b.Post("/test/sign-in", url.Values{"account": {account.String()}}); got.Status != http.StatusOK {
		t.Fatalf("sign-in as %s: %d %s", account, got.Status, got.Body)
	}
	return b
}

// Page is an answer.
type Page struct {
	*goquery.Document
	t      testing.TB
	Status int
	Path   string // after redirects
	Header http.Header
	Body   string
}

func (b *Browser) do(req *http.Request) *Page {
	b.t.Helper()
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	return &Page{doc, b.t, resp.StatusCode, resp.Request.URL.Path, resp.Header, string(body)}
}

func (b *Browser) request(method, path, contentType string, body io.Reader) *http.Request {
	b.t.Helper()
	req, err := http.NewRequest(method, b.site.URL+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for name, values := range b.always {
		req.Header[name] = values
	}
	return req
}

// Get opens a page.
func (b *Browser) Get(path string) *Page {
	b.t.Helper()
	return b.do(b.request(http.MethodGet, path, "", nil))
}

// Post sends a form that no page has filled.
func (b *Browser) Post(path string, form url.Values) *Page {
	b.t.Helper()
	return b.do(b.request(http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())))
}

// Send posts any body, such as a multipart form.
func (b *Browser) Send(path, contentType string, body io.Reader) *Page {
	b.t.Helper()
	return b.do(b.request(http.MethodPost, path, contentType, body))
}

// Submit sends the form that the selector finds on a page, with the values that the page gave it,
// changed by set (a nil slice removes a field).
func (b *Browser) Submit(p *Page, selector string, set url.Values) *Page {
	b.t.Helper()
	form := p.Find(selector).First()
	if form.Length() == 0 {
		b.t.Fatalf("no form %q on %s (%d):\n%s", selector, p.Path, p.Status, p.Body)
	}
	values := Values(form)
	for name, v := range set {
		if v == nil {
			values.Del(name)
			continue
		}
		values[name] = v
	}
	action := form.AttrOr("action", p.Path)
	if form.AttrOr("method", "get") != "post" {
		return b.Get(action + "?" + values.Encode())
	}
	return b.Post(action, values)
}

// Values are the values that a browser would send for the form as it stands.
func Values(form *goquery.Selection) url.Values {
	v := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name, ok := s.Attr("name")
		if !ok {
			return
		}
		if _, off := s.Attr("disabled"); off {
			return
		}
		switch goquery.NodeName(s) {
		case "textarea":
			v.Add(name, strings.TrimPrefix(s.Text(), "\n"))
		case "select":
			option := s.Find("option[selected]")
			if option.Length() == 0 {
				option = s.Find("option").First()
			}
			option.Each(func(_ int, o *goquery.Selection) { v.Add(name, o.AttrOr("value", o.Text())) })
		default:
			kind := s.AttrOr("type", "text")
			_, checked := s.Attr("checked")
			if (kind == "radio" || kind == "checkbox") && !checked || kind == "file" || kind == "submit" {
				return
			}
			v.Add(name, s.AttrOr("value", map[bool]string{true: "on"}[kind == "checkbox"]))
		}
	})
	return v
}

// API calls a JSON endpoint and decodes the answer into out, which may be nil. It returns the status.
func (b *Browser) API(method, path string, in, out any) int {
	b.t.Helper()
	var body io.Reader
	if in != nil {
		raw, ok := in.(string)
		if !ok {
			j, err := json.Marshal(in)
			if err != nil {
				b.t.Fatal(err)
			}
			raw = string(j)
		}
		body = strings.NewReader(raw)
	}
	p := b.do(b.request(method, "/api/v1"+path, "application/json", body))
	if out != nil {
		if err := json.Unmarshal([]byte(p.Body), out); err != nil {
			b.t.Fatalf("%s %s: %d: %v\n%s", method, path, p.Status, err, p.Body)
		}
	}
	return p.Status
}

// Want fails the test unless the page has the status and its text holds every part.
func (p *Page) Want(status int, parts ...string) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s: status %d, want %d\n%s", p.Path, p.Status, status, p.Find("main").Text())
	}
	for _, part := range parts {
		if !strings.Contains(p.Body, part) {
			p.t.Errorf("%s does not hold %q:\n%s", p.Path, part, strings.Join(strings.Fields(p.Find("main").Text()), " "))
		}
	}
	return p
}
