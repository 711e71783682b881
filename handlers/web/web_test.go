package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"huotang/handlers/static"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
)

type echoInput struct {
	Word  string `json:"word" form:"word"`
	Count int    `json:"count" form:"count"`
	After string `query:"after" json:"-"`
}

type echoView struct {
	Word string `json:"word"`
	N    int    `json:"n"`
}

// echo counts its calls, to show what is done once.
func echo(calls *int) web.Op[echoInput, echoView] {
	return func(_ *db.Tx, _ access.Actor, in echoInput) (echoView, error) {
		var c fail.Check
		word := c.Text("word", in.Word, 1, 5)
		if err := c.Err(); err != nil {
			return echoView{}, err
		}
		*calls++
		return echoView{word, *calls}, nil
	}
}

func mount(calls *int) func(p *web.Pages, api *web.API) {
	return func(p *web.Pages, api *web.API) {
		web.Post(api.Public(), "/echo", echo(calls))
		web.Get(api.Public(), "/echo", echo(calls))
		web.Post(api, "/private", echo(calls))
		p.Get("/panic", func(*web.Request) error { panic("a defect") })
		p.Get("/private", func(r *web.Request) error {
			_, err := r.Signed()
			return err
		})
		p.Post("/private", func(r *web.Request) error {
			_, err := r.Signed()
			return err
		})
	}
}

func TestEndpointIsStrict(t *testing.T) {
	e := dbtest.SQLite(t)
	var calls int
	b := webtest.New(t, e, mount(&calls)).Visitor(t)
	for _, c := range []struct {
		body   string
		status int
		code   string
		field  string
	}{
		{`{"word":"茶"}`, 200, "", ""},
		{`{"word":""}`, 422, "input.invalid", "word"},
		{`{"word":"一二三四五六"}`, 422, "input.invalid", "word"},
		{`{"word":"茶","x":1}`, 422, "input.invalid", "x"},
		{`{"word":3}`, 422, "input.invalid", "word"},
		{`{"word":"茶","count":"many"}`, 422, "input.invalid", "count"},
		{`{"word":`, 422, "input.malformed", ""},
		{`{"word":"` + strings.Repeat("茶", 1<<20) + `"}`, 413, "input.too_large", ""},
	} {
		var p web.Problem
		if got := b.API("POST", "/echo", c.body, &p); got != c.status || p.Code != c.code {
			t.Errorf("%.40s: %d %s, want %d %s", c.body, got, p.Code, c.status, c.code)
		}
		if c.field != "" && (len(p.Errors) != 1 || p.Errors[0].Field != c.field || p.Errors[0].Message == "") {
			t.Errorf("%.40s: errors %+v, want one at %s", c.body, p.Errors, c.field)
		}
	}
}

// Before a visitor's body or query is looked at he is told to sign in.
func TestVisitorsSignInFirst(t *testing.T) {
	e := dbtest.SQLite(t)
	var calls int
	b := webtest.New(t, e, mount(&calls)).Visitor(t)
	for _, body := range []string{`{"word":"茶"}`, `{"word":3}`, `{"word":`, `{"no":1}`, `{"word":"` + strings.Repeat("茶", 1<<20) + `"}`} {
		var p web.Problem
		if got := b.API("POST", "/private?count=x", body, &p); got != 401 || p.Code != "access.sign_in_first" || calls != 0 {
			t.Errorf("%.40s: %d %s, %d calls", body, got, p.Code, calls)
		}
	}
	if got := b.Send("/api/v1/private", "text/plain", strings.NewReader("x")).Status; got != 401 {
		t.Errorf("another kind of body: %d", got)
	}
	if got := b.Send("/api/v1/echo", "text/plain", strings.NewReader(`{"word":"茶"}`)).Status; got != 415 {
		t.Errorf("another kind of body where visitors may: %d", got)
	}
}

func TestErrorsInOnePlace(t *testing.T) {
	e := dbtest.SQLite(t)
	var calls int
	b := webtest.New(t, e, mount(&calls)).Visitor(t)
	b.Get("/panic").Want(500, "没有办成")
	b.Get("/nowhere").Want(404, "没有找到")
	if p := b.Get("/private"); p.Path != "/sign-in" {
		t.Errorf("a page that needs a sign-in led to %s", p.Path)
	}
	p := b.Post("/private", url.Values{"note": {"一段话"}}).Want(401, "填过的都还在")
	if got := p.Find(`input[name="carry.note"]`).AttrOr("value", ""); got != "一段话" {
		t.Errorf("what was typed came back as %q", got)
	}
}

func TestHeadersAndStaticFiles(t *testing.T) {
	e := dbtest.SQLite(t)
	var calls int
	b := webtest.New(t, e, mount(&calls)).Visitor(t)
	p := b.Get("/sign-in").Want(200)
	csp := p.Header.Get("Content-Security-Policy")
	if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
	css := b.Get(static.Path("css/huotang.css")).Want(200)
	if !strings.Contains(css.Header.Get("Cache-Control"), "immutable") {
		t.Error("a hashed file may be kept for good")
	}
	b.Get("/healthz").Want(200)
	b.Get("/readyz").Want(200)
	if m := b.Get("/metrics").Want(200); !strings.Contains(m.Body, "huotang_http_request_seconds") {
		t.Error("no request metrics")
	}
}

func TestCrossSiteWritesAreStopped(t *testing.T) {
	e := dbtest.SQLite(t)
	var calls int
	s := webtest.New(t, e, mount(&calls))
	req, err := http.NewRequest(http.MethodPost, s.URL+"/api/v1/echo", strings.NewReader(`{"word":"茶"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden || calls != 0 {
		t.Errorf("status %d, %d calls", resp.StatusCode, calls)
	}
}

func TestDescriptionIsValid(t *testing.T) {
	e := dbtest.SQLite(t)
	var calls int
	s := webtest.New(t, e, mount(&calls))
	resp, err := http.Get(s.URL + "/api/v1/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	doc, err := openapi3.NewLoader().LoadFromIoReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if doc.Paths.Find("/api/v1/echo").Post.RequestBody == nil {
		t.Error("the body of POST /echo is not described")
	}
}
