package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"huotang/handlers/static"
	"huotang/models/db/dbtest"
)

// Every answer has the headers that keep others' scripts, frames and guesses out, and no page has a script, style or
// handler in its text.
func TestHeadersOfEveryAnswer(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	inline := regexp.MustCompile(`(?i)<script(?:[^>]*src=)?[^>]*>[^<]|<style|\son[a-z]+\s*=\s*"|\sstyle\s*=\s*"|javascript:`)
	for _, r := range table() {
		if !strings.HasPrefix(r.route, "GET ") {
			continue
		}
		for _, s := range []*seat{w.who("visitor"), w.who("township inside"), w.who("host inside"), w.who("county inside")} {
			a := w.ask(r, s)
			csp := a.header.Get("Content-Security-Policy")
			if strings.Contains(csp, "unsafe") || !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") ||
				!strings.Contains(csp, "form-action 'self'") || !strings.Contains(csp, "base-uri 'none'") || strings.Contains(csp, "*") {
				t.Errorf("%s as %s: policy %q", r.route, s.name, csp)
			}
			if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") != "same-origin" {
				t.Errorf("%s as %s: %v", r.route, s.name, a.header)
			}
			kind := a.header.Get("Content-Type")
			if strings.HasPrefix(kind, "text/html") && inline.MatchString(a.body) {
				t.Errorf("%s as %s: %.120q stands in the page", r.route, s.name, inline.FindString(a.body))
			}
			if s.actor.SignedIn() && (strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "application/")) && a.status < 300 &&
				!strings.Contains(a.header.Get("Cache-Control"), "no-store") && !strings.Contains(a.header.Get("Cache-Control"), "private") &&
				!strings.Contains(a.header.Get("Cache-Control"), "no-cache") {
				t.Errorf("%s as %s may be kept by a proxy: Cache-Control %q", r.route, s.name, a.header.Get("Cache-Control"))
			}
		}
	}
	if css := w.as(nil, http.MethodGet, static.Path("css/huotang.css"), ""); css.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("static files: %v", css.header)
	}
}

// Whatever is answered has the same headers: a missing page, a wrong method, a body that is too much, a write from elsewhere, a file, a
// problem, a redirect, what machines ask for.
func TestHeadersOfEveryKindOfAnswer(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	clerk := w.who("township inside")
	for what, ask := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
	}{
		"a missing page":         {http.MethodGet, "/nowhere", "", nil, 404},
		"a missing endpoint":     {http.MethodGet, "/api/v1/nowhere", "", nil, 404},
		"a wrong method":         {http.MethodPost, "/catalogue", "x=1", nil, 404},
		"a write from elsewhere": {http.MethodPost, "/elder", "elder=1", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"a body too long":        {http.MethodPost, "/api/v1/feedback", `{"text":"` + strings.Repeat("x", 2<<20) + `"}`, nil, 413},
		"a problem":              {http.MethodPost, "/api/v1/feedback", `{"x":1}`, nil, 422},
		"a form with faults":     {http.MethodPost, "/feedback", "text=", nil, 422},
		"a redirect":             {http.MethodGet, "/people", "", []string{"Cookie", ""}, 303},
		"a spreadsheet":          {http.MethodGet, "/reports/summary.xlsx", "", nil, 200},
		"a table as text":        {http.MethodGet, "/reports/summary.csv", "", nil, 200},
		"a picture":              {http.MethodGet, "/reports/trend.svg", "", nil, 200},
		"a template":             {http.MethodGet, "/imports/templates/people", "", nil, 200},
		"a static file":          {http.MethodGet, static.Path("css/huotang.css"), "", nil, 200},
		"a missing static file":  {http.MethodGet, "/static/none.css", "", nil, 404},
		"the description":        {http.MethodGet, "/api/v1/openapi.json", "", nil, 200},
		"health":                 {http.MethodGet, "/healthz", "", nil, 200},
		"metrics":                {http.MethodGet, "/metrics", "", nil, 200},
	} {
		a := w.as(clerk, ask.method, ask.path, ask.body, ask.headers...)
		csp := a.header.Get("Content-Security-Policy")
		if a.status != ask.status {
			t.Errorf("%s: status %d, want %d", what, a.status, ask.status)
		}
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || a.header.Get("X-Content-Type-Options") != "nosniff" ||
			a.header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", what, a.header)
		}
	}
}
