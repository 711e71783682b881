package handlers_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/db/dbtest"
)

// sister gives to what a row names of a school one of the same kind of the sister school, of the same village and branch.
var sister = map[string]string{
	"site": "sister", "site.unit": "sister.unit", "site.code": "sister.code", "day": "sisterday", "done": "sisterdone", "member": "sisterman", "member2": "sisterman", "villager": "sisterman",
}

// schoolSeats are those who hold their roles at the school Site and nowhere else.
func (w *world) schoolSeats() []*seat {
	return slices.DeleteFunc(slices.Clone(w.seats), func(s *seat) bool {
		grants := s.actor.Grants()
		return !s.inside || len(grants) == 0 || slices.ContainsFunc(grants, func(g access.Grant) bool { return g.Path != w.tree.Site.Path })
	})
}

// Each ID of one's own school in each route is replaced by one of the sister school next door: who holds a role at the one school alone
// is refused, learns no name, and changes nothing.
func TestNoIDReachesTheSisterSchool(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	seats, visitor, asked := w.schoolSeats(), w.who("visitor"), 0
	if len(seats) < 3 {
		t.Fatalf("%d seats", len(seats))
	}
	for _, r := range table() {
		for _, name := range r.references(w) {
			other, ok := sister[name]
			if !ok {
				continue
			}
			there := r
			there.at = strings.ReplaceAll(r.address(), "{"+name+"}", "{"+other+"}")
			there.body = strings.ReplaceAll(r.body, "{"+name+"}", "{"+other+"}")
			if refused(w.ask(there, visitor)) != "" {
				continue // for everybody, wherever it is of
			}
			for _, s := range seats {
				asked++
				got := w.ask(there, s)
				fault := w.reached(there, s, got, w.ids[other])
				if strings.Contains(got.body, sisterName) {
					fault = "the answer holds " + sisterName
				}
				if fault != "" {
					t.Errorf("%s with {%s} of the sister school by %s: %s", r.route, name, s.name, fault)
				}
			}
		}
	}
	t.Logf("%d requests by %d seats", asked, len(seats))
}

// A foreign Host header gets into no address, page, cookie or slip: what is printed and sent on names the configured site.
func TestForeignHost(t *testing.T) {
	t.Parallel()
	const foreign = "evil.example"
	for _, https := range []bool{false, true} {
		w := newWorld(t, dbtest.SQLite(t))
		if https {
			w = secureWorld(t)
		}
		name := w.password("host inside")["host inside"]
		ask := func(s *seat, method, path, body string) {
			t.Helper()
			req := httptest.NewRequestWithContext(t.Context(), method, "http://"+foreign+path, strings.NewReader(body))
			for header, value := range map[string]string{"X-Forwarded-Host": foreign, "Forwarded": "host=" + foreign, "X-Original-Host": foreign} {
				req.Header.Set(header, value)
			}
			if body != "" {
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			if s != nil {
				req.Header.Set("Cookie", s.cookie)
			}
			rec := httptest.NewRecorder()
			w.handler.ServeHTTP(rec, req)
			if rec.Code >= 500 {
				t.Errorf("%s %s: %d", method, path, rec.Code)
			}
			for header, values := range rec.Header() {
				if strings.Contains(strings.Join(values, " "), foreign) {
					t.Errorf("%s %s: the header %s names the foreign host: %v", method, path, header, values)
				}
			}
			if strings.Contains(rec.Body.String(), foreign) {
				t.Errorf("%s %s: the page names the foreign host", method, path)
			}
		}
		ask(nil, http.MethodPost, "/sign-in", url.Values{"username": {name}, "password": {"x"}, "next": {"/me"}}.Encode())
		ask(nil, http.MethodPost, "/elder", "elder=1&back=//"+foreign)
		ask(nil, http.MethodGet, "/api/v1/openapi.json", "")
		ask(w.who("host inside"), http.MethodPost, "/me/move", "x=1")
		for _, r := range table() {
			if strings.HasPrefix(r.route, "GET ") {
				at := strings.ReplaceAll(r.address(), "{host.sign_in}", "x")
				ask(w.who("township inside"), http.MethodGet, w.expand(at), "")
				ask(w.who("visitor"), http.MethodGet, w.expand(at), "")
			}
		}
	}
}

var requestID = regexp.MustCompile(`"request_id":"[^"]*"`)

// The API tells accounts apart as little as the page does: a wrong password, a name that nobody has, and an account without a password
// are answered alike, also when tries have been too many.
func TestAccountsAreNotToldApartByAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	known := w.password("host inside")["host inside"]
	names := []string{known, "nobody.here", "bare", "没有这个人"} // bare has no password yet
	for round := range 8 {
		var first answer
		for i, username := range names {
			before := w.App.Accounts.Compared()
			a := w.as(nil, http.MethodPost, "/api/v1/sign-in", `{"username":"`+username+`","password":"not the password"}`)
			work := w.App.Accounts.Compared() - before
			a.body = requestID.ReplaceAllString(a.body, "")
			if i == 0 {
				first = a
			}
			if a.status != first.status || a.body != first.body || len(setCookies(a)) != 0 {
				t.Errorf("try %d: %q gets %d %s, %q %d %s", round, username, a.status, a.body, known, first.status, first.body)
			}
			if a.status == http.StatusUnauthorized && work != 1 {
				t.Errorf("try %d: %q costs %d comparisons", round, username, work)
			}
		}
	}
}
