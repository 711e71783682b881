package handlers_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/PuerkitoBio/goquery"

	"huotang/handlers/web/webtest"
	"huotang/models/accounts/accountstest"
	"huotang/models/db/dbtest"
)

// Each form is sent as it should be, twice, with every fault one by one, in both languages, about another
// township's object and about nothing, and in the middle of an expired sign-in. The answer is a clear message in the page's
// language with the right status, nothing is written, and every field comes back as it was typed.
func TestForms(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.settleElsewhere()
	names := w.password("township inside", "village inside", "host inside", "county inside")
	for _, f := range forms() {
		t.Run(strings.Trim(strings.NewReplacer("/", " ", "{", "", "}", "").Replace(f.post), " "), func(t *testing.T) {
			w := w.within(t)
			defer w.reset()
			p := f.open(t, w)
			p.good(names[f.by])
			for _, english := range []bool{false, true} {
				for _, bad := range f.faults {
					p.bad(bad, english)
				}
			}
			p.elsewhere()
			p.tooMuch()
		})
	}
}

// within is the world in a subtest.
func (w *world) within(t *testing.T) *world {
	in := *w
	in.t = t
	return &in
}

// filling is a form in somebody's browser.
type filling struct {
	form
	t      *testing.T
	w      *world
	b      *webtest.Browser
	values url.Values // as the page gave them, and filled in
	before int
}

func (f form) open(t *testing.T, w *world) *filling {
	w.reset()
	p := &filling{form: f, t: t, w: w, b: w.browser(f.by)}
	w.keep() // with the sign-in
	p.values = p.see()
	return p
}

// browser opens a browser in which the seat is signed in.
func (w *world) browser(name string) *webtest.Browser {
	if name == "visitor" {
		return w.Visitor(w.t)
	}
	return w.As(w.t, w.who(name).actor.Account)
}

func (p *filling) address() string { return p.w.expand(p.post) }

// selector finds the form on a page.
func (p *filling) selector() string { return `form[method=post][action="` + p.address() + `"]` }

// see opens the page and fills the form in.
func (p *filling) see() url.Values {
	p.t.Helper()
	page := p.b.Get(p.w.expand(p.page)).Want(http.StatusOK)
	if p.via != "" {
		page = p.b.Post(p.w.expand(p.page), p.with(nil, p.via)).Want(http.StatusOK)
	}
	found := page.Find(p.selector()).First()
	if found.Length() == 0 {
		p.t.Fatalf("no form to %s on %s", p.address(), page.Path)
	}
	v := webtest.Values(found)
	if v.Get("form_id") == "" && !p.once {
		p.t.Error("the form carries no form_id")
	}
	return p.with(v, p.fill)
}

// with sets fields of a form from pairs.
func (p *filling) with(v url.Values, set string) url.Values {
	out := url.Values{}
	for name, values := range v {
		out[name] = slices.Clone(values)
	}
	fresh := map[string]bool{}
	for pair := range strings.SplitSeq(p.w.expand(set), "&") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			continue
		}
		if !fresh[name] {
			fresh[name] = true
			out.Del(name)
		}
		out.Add(name, value)
	}
	return out
}

// good sends the form, sends it again, and sends it with another content under the same key.
func (p *filling) good(username string) {
	p.t.Helper()
	defer p.w.reset()
	first := p.b.Post(p.address(), p.values).Want(http.StatusOK)
	if p.once {
		return
	}
	p.mark()
	second := p.b.Post(p.address(), p.values).Want(http.StatusOK)
	if first.Path != second.Path && !strings.HasPrefix(second.Path, "/feedback/") {
		p.t.Errorf("sent twice it leads to %s, first to %s", second.Path, first.Path)
	}
	p.unchanged("sent twice")
	if p.other != "" {
		changed := p.with(p.values, p.other)
		again := p.b.Post(p.address(), changed)
		if again.Status != http.StatusConflict {
			p.t.Errorf("another content under the same key: status %d, want 409", again.Status)
		} else if p.b.Get(p.w.expand(p.page)).Find(p.selector()).Length() > 0 { // else there is nothing more to do
			p.back("another content under the same key", again, changed, "")
		}
		p.unchanged("another content under the same key")
	}
	if p.by != "visitor" {
		p.w.reset()
		p.expired(username)
	}
}

func (p *filling) mark() { p.before = p.w.commits() }

func (p *filling) unchanged(what string) {
	p.t.Helper()
	if p.w.commits() != p.before {
		p.t.Errorf("%s: something was written", what)
		p.mark()
	}
}

// expired sends the form after the sign-in has gone, signs in, and goes on with the form as it was.
func (p *filling) expired(username string) {
	p.t.Helper()
	gone := p.w.Visitor(p.t)
	p.mark()
	page := gone.Post(p.address(), p.values)
	p.unchanged("without a sign-in")
	if page.Status != http.StatusUnauthorized {
		p.t.Errorf("without a sign-in: status %d, want 401", page.Status)
		return
	}
	next := gone.Submit(page, `form[action="/sign-in"]`, url.Values{"username": {username}, "password": {"falsch"}})
	if next.Status != http.StatusUnprocessableEntity {
		p.t.Errorf("a wrong password on the way: status %d", next.Status)
	}
	next = gone.Submit(next, `form[action="/sign-in"]`, url.Values{"username": {username}, "password": {accountstest.Password}}).Want(http.StatusOK)
	found := next.Find(p.selector()).First()
	if found.Length() == 0 {
		p.t.Errorf("after the sign-in there is no form to %s", p.address())
		return
	}
	p.same("after the sign-in", p.values, webtest.Values(found), "")
	gone.Submit(next, p.selector(), nil).Want(http.StatusOK)
}

// bad sends the form with one fault.
func (p *filling) bad(f fault, english bool) {
	p.t.Helper()
	lang := "zh-CN"
	if english {
		lang = "en"
	}
	p.b.Post("/language", url.Values{"language": {lang}, "back": {"/about"}})
	what := lang + " " + short(f.set)
	sent := p.with(p.values, f.set)
	if !p.once {
		sent.Set("form_id", "")
	}
	p.mark()
	page := p.b.Post(p.address(), sent)
	p.unchanged(what)
	want := f.status
	if want == 0 {
		want = http.StatusUnprocessableEntity
	}
	if page.Status != want {
		p.t.Errorf("%s: status %d, want %d: %s", what, page.Status, want, text(page.Find("main")))
		return
	}
	p.told(what, page, english, f)
	if want == http.StatusNotFound || f.lost {
		return
	}
	name, _, _ := strings.Cut(f.set, "=")
	if !f.picked {
		name = ""
	}
	p.back(what, page, sent, name)
}

// told checks that the page says what is wrong, in its language, and leads to the field.
func (p *filling) told(what string, page *webtest.Page, english bool, f fault) {
	p.t.Helper()
	said := page.Find(".errors")
	if page.Status == http.StatusNotFound || f.lost {
		said = page.Find("main")
	}
	if text(said) == "" {
		p.t.Errorf("%s: no message", what)
		return
	}
	if han(text(said)) == english {
		p.t.Errorf("%s: the message is %q", what, text(said))
	}
	if strings.Contains(text(said), "input.") || strings.Contains(text(said), "%!") {
		p.t.Errorf("%s: the message is unfinished: %q", what, text(said))
	}
	name, _, _ := strings.Cut(f.set, "=")
	if f.at != "" {
		name = f.at
	}
	if name == "-" || page.Status == http.StatusNotFound || f.picked {
		return
	}
	link := said.Find(`a[href="#` + name + `"]`)
	if link.Length() == 0 {
		p.t.Errorf("%s: the message does not name the field: %s", what, text(said))
	} else if label := text(link); !strings.ContainsAny(label, "：:") {
		p.t.Errorf("%s: the message does not say which field it means: %q", what, label)
	} else if page.Find("#"+strings.ReplaceAll(name, ".", `\.`)).Length() == 0 {
		p.t.Errorf("%s: the message leads to #%s, which is not there", what, name)
	}
}

// back checks that the page holds the form with everything as it was sent, but for one field.
func (p *filling) back(what string, page *webtest.Page, sent url.Values, but string) {
	p.t.Helper()
	found := page.Find(p.selector()).First()
	if found.Length() == 0 {
		p.t.Errorf("%s: the form is gone", what)
		return
	}
	if page.Status != http.StatusUnprocessableEntity {
		sent = p.with(sent, "") // what another has changed since is shown as it stands now
		sent.Del("revision")
	}
	p.same(what, sent, webtest.Values(found), but)
}

// same compares every field that was sent, and nothing else may have come.
func (p *filling) same(what string, sent, got url.Values, but string) {
	p.t.Helper()
	for name, want := range sent {
		have := slices.DeleteFunc(slices.Clone(got[name]), func(s string) bool { return s == "" })
		want = slices.DeleteFunc(slices.Clone(want), func(s string) bool { return s == "" })
		slices.Sort(have)
		slices.Sort(want)
		if name == "form_id" || name == but || slices.Equal(have, want) || buttons[name] {
			continue
		}
		p.t.Errorf("%s: %s came back as %.80q, was %.80q", what, name, have, want)
	}
}

// buttons are names of buttons, which are no fields.
var buttons = map[string]bool{"act": true, "next": true, "all": true}

// elsewhere sends the form to another township's object and to none.
func (p *filling) elsewhere() {
	p.t.Helper()
	for _, at := range []string{p.foreign, p.unknown} {
		if at == "" {
			continue
		}
		v := p.with(p.values, "")
		v.Del("form_id")
		p.mark()
		page := p.b.Post(p.w.expand(at), v)
		p.unchanged(at)
		if page.Status != http.StatusNotFound && !(page.Status == http.StatusForbidden && strings.HasPrefix(at, "/notices/")) {
			p.t.Errorf("to %s: status %d, want 404", at, page.Status)
		}
	}
	if p.unknown != "" {
		at := strings.NewReplacer("{nobody}", "not-an-id").Replace(p.unknown)
		if page := p.b.Post(p.w.expand(at), p.values); page.Status != http.StatusNotFound {
			p.t.Errorf("to %s: status %d, want 404", at, page.Status)
		}
	}
}

// tooMuch sends more bytes than a form may have.
func (p *filling) tooMuch() {
	p.t.Helper()
	v := p.with(p.values, "padding="+strings.Repeat("x", 1<<20))
	p.mark()
	page := p.b.Post(p.address(), v)
	p.unchanged("too much")
	if page.Status != http.StatusRequestEntityTooLarge || text(page.Find("main .errors, main .empty h1")) == "" {
		p.t.Errorf("more than a form may have: status %d, %s", page.Status, text(page.Find("main")))
	}
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// han reports Chinese characters.
func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
