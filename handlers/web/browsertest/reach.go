package browsertest

import (
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Width gives the page that is open a screen of so many points; [Person.OnPhone] and [Person.OnDesk] take it back.
func (p *Person) Width(points int64) {
	p.t.Helper()
	s := p.screen
	s.width = points
	p.change(s)
}

// WithoutJS switches the site's scripts off, from the next page on; [Person.WithJS] switches them on again.
func (p *Person) WithoutJS() { p.t.Helper(); p.setScripts(false) }

// WithJS is [Person.WithoutJS] the other way.
func (p *Person) WithJS() { p.t.Helper(); p.setScripts(true) }

func (p *Person) setScripts(on bool) {
	p.t.Helper()
	if err := call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on}); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	p.scripts = on
}

// Send posts a form that the open page is thought to hold, and waits for the answer's page.
func (p *Person) Send(path string, form url.Values) {
	p.t.Helper()
	before := see(p.watch, func() int { return p.watch.pages })
	if _, err := eval[chromedp.Void](p, js("send", path, form)); err != nil {
		p.fail("sending to %s: %v", path, err)
	}
	p.arrive(before, "sending to "+path)
}

// Unfold opens every part of the page that can be opened in its place.
func (p *Person) Unfold() {
	p.t.Helper()
	if _, err := eval[chromedp.Void](p, "unfold()"); err != nil {
		p.fail("unfolding: %v", err)
	}
}

// Outline fails the test unless the page says its language and has a title of its own, one h1 and one main part.
func (p *Person) Outline() {
	p.t.Helper()
	type outline struct {
		Lang, Title string
		H1          []string
		Mains       int
	}
	o, err := eval[outline](p, "outline()")
	if err != nil {
		p.fail("outline: %v", err)
	}
	own, _, _ := strings.Cut(o.Title, "·")
	if o.Lang == "" || strings.TrimSpace(own) == "" || o.Mains != 1 {
		p.t.Errorf("%s: language %q, title %q, %d main parts", p.Path(), o.Lang, o.Title, o.Mains)
	}
	if len(o.H1) != 1 || o.H1[0] == "" {
		p.t.Errorf("%s: %d headings of the first order: %q", p.Path(), len(o.H1), o.H1)
	}
}

// Reachable walks through the page by the Tab key as [Person.KeyboardOrder] does, and fails the test for each thing to use
// that it has not come to. Of radio buttons with one name one is enough: the arrows lead to the others.
func (p *Person) Reachable() {
	p.t.Helper()
	stops := map[int]bool{}
	for _, s := range p.KeyboardOrder() {
		stops[s.Order] = true
	}
	type control struct {
		What   string
		Orders []int
	}
	controls, err := eval[[]control](p, "controls()")
	if err != nil {
		p.fail("controls: %v", err)
	}
next:
	for _, c := range controls {
		for _, o := range c.Orders {
			if stops[o] {
				continue next
			}
		}
		p.t.Errorf("%s: Tab never comes to %s", p.Path(), c.What)
	}
}

// HasBar reports whether a part of the page stays at the screen's end and may lie above others.
func (p *Person) HasBar() bool {
	p.t.Helper()
	has, err := eval[bool](p, "bar()")
	if err != nil {
		p.fail("bar: %v", err)
	}
	return has
}

// NoDeadControls fails the test for what can be seen and does nothing without scripts: a button that sends no form,
// a form that no button sends, a link to nowhere.
func (p *Person) NoDeadControls() {
	p.t.Helper()
	dead, err := eval[[]string](p, "dead()")
	if err != nil {
		p.fail("dead controls: %v", err)
	}
	for _, d := range dead {
		p.t.Errorf("%s without scripts: %s does nothing", p.Path(), d)
	}
}
