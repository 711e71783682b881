package handlers_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"huotang/handlers/web/browsertest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := browsertest.Stop(); err != nil && code == 0 {
		panic(err)
	}
	os.Exit(code)
}

// files are routes that answer with a file in place of a page.
var files = map[string]bool{
	"GET /lessons/:id/play": true, "GET /reports/trend.svg": true, "GET /reports/summary.xlsx": true, "GET /reports/summary.csv": true,
	"GET /imports/templates/:kind": true, "GET /imports/:id/file": true, "GET /ics/:secret": true,
	"GET /reports/month.xlsx": true, "GET /sessions/:id/photos/:photo": true, "GET /sheets/:photo": true,
}

// leads are routes that lead to another page, and those whose page comes only with a code or with a roll; the tests below see these.
var leads = map[string]bool{
	"GET /calendar/years": true, "GET /calendar/periods": true, "GET /feedback/find": true, "GET /setup": true, "GET /sessions/:id/check": true,
	"GET /p/:code": true, "GET /privacy/consent": true, "GET /sign-in/second": true,
}

// Every page stands in a real browser, as each role that it shows something of its own: on a phone and on a PC, in
// normal type and as 长辈版, by keyboard alone, and without scripts.
func TestEveryPageInABrowser(t *testing.T) {
	t.Parallel()
	dbtest.Service(t, "HUOTANG_TEST_CHROMIUM")
	w := newWorld(t, dbtest.SQLite(t))
	people := map[string]*browsertest.Person{}
	begin, looks, routes := time.Now(), 0, map[string]bool{}
	for _, r := range table() {
		if !strings.HasPrefix(r.route, "GET /") || strings.HasPrefix(r.route, "GET /api/") || files[r.route] {
			continue
		}
		routes[r.route] = true
		seats := w.readers(r)
		if len(seats) == 0 && !leads[r.route] {
			t.Errorf("%s (%s): nobody sees it", r.route, r.address())
		}
		for _, s := range seats {
			looks++
			t.Run(strings.TrimPrefix(r.address(), "/")+" "+s.name, func(t *testing.T) {
				everywhere(w.sits(people, s).For(t), w.expand(r.address()))
			})
		}
	}
	t.Logf("%d pages, %d looks, %v", len(routes), looks, time.Since(begin).Round(time.Second))
}

// sits gives the seat's browser, one for the whole test.
func (w *world) sits(people map[string]*browsertest.Person, s *seat) *browsertest.Person {
	w.t.Helper()
	if people[s.name] == nil {
		p := browsertest.Phone(w.t, w.URL)
		if name, value, ok := strings.Cut(s.cookie, "="); ok {
			p.Bring([]*http.Cookie{{Name: name, Value: value}})
		}
		people[s.name] = p
	}
	return people[s.name]
}

// everywhere opens the page without scripts and with them, and holds it to every rule.
func everywhere(p *browsertest.Person, path string) {
	p.OnPhone()
	p.WithoutJS()
	p.Open(path)
	p.Unfold()
	p.NoSideScroll()
	p.NoDeadControls()
	p.Targets(44)
	p.WithJS()
	p.Open(path)
	whole(p)
}

// whole holds the page that is open to the rules of a phone and of a PC.
func whole(p *browsertest.Person) {
	p.Settled()
	p.OnPhone()
	p.Outline()
	p.NoSideScroll()
	p.Unfold()
	p.NoSideScroll()
	p.Targets(44)
	if p.HasBar() {
		p.Reachable() // what the keyboard comes to must not lie below it
	}
	p.OnDesk()
	p.Reachable()
	looks(p)
	p.NoBrokenPictures()
	p.NoForeignRequests()
}

// looks holds the page to what can be judged without walking through it.
func looks(p *browsertest.Person) {
	p.OnDesk()
	p.NoSideScroll()
	p.Axe("color-contrast") // the dearest rule; colours are those of the phone
	p.Look(1)
	p.NoSideScroll()
	p.OnPhone()
	p.NoSideScroll()
	p.Targets(60)
	p.Type(18)
	p.Axe()
	p.Width(320)
	p.NoSideScroll()
	p.OnPhone()
	p.Look(0)
	p.NoSideScroll()
	p.NoKeys()
	p.NoConsoleErrors()
}

// Each form comes back with its faults: as a page that names them, has the keyboard where they stand, and keeps the rules.
func TestEveryFormWithFaultsInABrowser(t *testing.T) {
	t.Parallel()
	dbtest.Service(t, "HUOTANG_TEST_CHROMIUM")
	w := newWorld(t, dbtest.SQLite(t))
	people := map[string]*browsertest.Person{}
	for _, f := range forms() {
		if f.everyFault() == "" {
			continue // no fault of it leaves a page to show again
		}
		p := w.sits(people, w.who(f.by))
		t.Run(strings.Trim(f.post, "/"), func(t *testing.T) {
			w, p := w.within(t), p.For(t)
			filled := f.open(t, w)
			p.OnPhone()
			p.Open(w.expand(f.page))
			if f.via != "" {
				p.Send(w.expand(f.page), filled.with(nil, f.via))
				whole(p)
			}
			values := filled.with(filled.values, f.everyFault())
			values.Set("form_id", "")
			p.Send(filled.address(), values)
			p.WantStatus(http.StatusUnprocessableEntity)
			if at := p.Focus(); at == nil || !strings.Contains(at.What, "errors") {
				t.Errorf("the keyboard is not at what is wrong, but at %+v", at)
			}
			p.Outline()
			looks(p)
		})
	}
}

// everyFault sets a wrong value in each field that can have one.
func (f form) everyFault() string {
	var sets []string
	seen := map[string]bool{}
	for _, bad := range f.faults {
		name, _, _ := strings.Cut(bad.set, "=")
		if !seen[name] && bad.status == 0 && !bad.lost {
			seen[name] = true
			sets = append(sets, bad.set)
		}
	}
	return strings.Join(sets, "&")
}

// A county that has just been set up shows nothing but what to do next; its pages keep the rules, too.
func TestEmptyPagesInABrowser(t *testing.T) {
	t.Parallel()
	dbtest.Service(t, "HUOTANG_TEST_CHROMIUM")
	w := emptyWorld(t)
	var code accounts.Code
	w.do(func(tx *db.Tx) (err error) {
		code, err = w.areas.Accounts.MakeSetupCode(tx, access.System("test"))
		return err
	})
	p := browsertest.Phone(t, w.URL)
	p.Open("/setup?code=WRONG")
	whole(p)
	everywhere(p, "/setup?code="+code.Code)
	p.Send("/setup", url.Values{
		"code": {code.Code}, "county": {"凤庆县"}, "county_code": {"530921"}, "name": {"李组织"}, "username": {"zuzhibu"}, "password": {"huotang-neu-2026"},
	})
	if strings.HasPrefix(p.Path(), "/privacy/consent") { // asked once, before all else
		whole(p)
		p.Tap("看完了，同意")
	}
	p.At("/sites")
	for _, r := range table() {
		if strings.HasPrefix(r.route, "GET /") && !strings.Contains(r.route, ":") && !strings.HasPrefix(r.route, "GET /api/") && !files[r.route] && r.at == "" {
			p.Open(r.address())
			p.Outline()
			looks(p)
		}
	}
}

// readers chooses, of the seats inside that may see the page, those to which it shows a part that it showed to none
// before: most hosts and clerks share their pages, and need not all look.
func (w *world) readers(r row) []*seat {
	w.t.Helper()
	type reader struct {
		seat  *seat
		parts map[string]bool
	}
	var all []reader
	for _, s := range w.seats {
		if !s.inside && s.name != "visitor" || r.expect(w, s) != allowed {
			continue
		}
		got := w.as(s, http.MethodGet, w.expand(r.address()), "")
		if got.status != http.StatusOK {
			continue
		}
		all = append(all, reader{s, parts(parsePage(w.t, got))})
	}
	slices.SortStableFunc(all, func(a, b reader) int { return len(b.parts) - len(a.parts) })
	seen := map[string]bool{}
	var out []*seat
	for _, one := range all {
		before := len(seen)
		maps.Copy(seen, one.parts)
		if len(seen) > before {
			out = append(out, one.seat)
		}
	}
	return out
}

// parts names what the main part of a page is made of: each element with its classes and those of what holds it.
func parts(page *goquery.Document) map[string]bool {
	out := map[string]bool{}
	for _, s := range page.Find("main *").EachIter() {
		if goquery.NodeName(s) == "option" {
			continue
		}
		up := s.Parent()
		out[fmt.Sprint(goquery.NodeName(up), up.AttrOr("class", ""), goquery.NodeName(s), s.AttrOr("class", ""), s.AttrOr("type", ""))] = true
	}
	return out
}
