package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"huotang/models/db/dbtest"
)

// Traffic is what was loaded since a mark.
type Traffic struct {
	Requests []Request
	Bytes    int64 // over the network, with headers
}

// Mark is a moment to count from, for [Person.Since].
func (p *Person) Mark() int {
	return see(p.watch, func() int { return len(p.watch.requests) })
}

// Since gives what went over the network after the mark; what came from a cache is left out.
func (p *Person) Since(mark int) Traffic {
	return see(p.watch, func() Traffic {
		var t Traffic
		for _, r := range p.watch.requests[mark:] {
			if r.Cached || origin(r.URL) == "" {
				continue
			}
			t.Requests = append(t.Requests, *r)
			t.Bytes += r.Bytes
		}
		return t
	})
}

// String lists the requests, one a line.
func (t Traffic) String() string {
	var b strings.Builder
	for _, r := range t.Requests {
		fmt.Fprintf(&b, "%7d %d %s %s %s\n", r.Bytes, r.Status, r.Method, r.URL, r.Failed)
	}
	return b.String()
}

// Quiet waits until every request since the mark has ended.
func (p *Person) Quiet(mark int) {
	p.t.Helper()
	if !p.until(func() bool {
		return see(p.watch, func() bool {
			return !slices.ContainsFunc(p.watch.requests[mark:], func(r *Request) bool {
				return r.Status == 0 && r.Failed == "" && !r.Cached && origin(r.URL) != ""
			})
		})
	}) {
		p.fail("requests do not end:\n%s", p.Since(mark))
	}
}

// NoForeignRequests fails the test when a request has left the site; allowed lists further origins, such as the store's.
func (p *Person) NoForeignRequests(allowed ...string) {
	p.t.Helper()
	for _, r := range see(p.watch, func() []*Request { return slices.Clone(p.watch.requests) }) {
		if o := origin(r.URL); o != "" && o != p.site && !slices.Contains(allowed, o) {
			p.t.Errorf("a request left the site: %s %s", r.Method, r.URL)
		}
	}
}

// NoConsoleErrors fails the test when the console shows errors: exceptions, what the policy blocked, files that are missing.
// The statuses of pages and of calls by script are not among them.
func (p *Person) NoConsoleErrors() {
	p.t.Helper()
	for _, f := range see(p.watch, func() []string { return slices.Clone(p.watch.faults) }) {
		p.t.Errorf("console of the %s: %s", p.device(), f)
	}
	see(p.watch, func() bool { p.watch.faults = nil; return true })
}

// key is what a text of the catalogues looks like when it is missing, or the code of an act that has no name.
var key = regexp.MustCompile(`\b(?:access|accounts?|act|attendance|calendar|courses?|curricula|curriculum|demo|feedback|field|input|jobs?|layout|lessons?|` +
	`media|nav|notices?|org|people|person|progress|reports?|role|roster|service|sessions?|sign_in|sites?|units?|videos?|web)\.[a-z][a-z0-9_.-]+`)

// NoKeys fails the test when the page shows names of texts in place of texts. What is marked as the machine's own words, as the
// name of a job is, may look like one.
func (p *Person) NoKeys() {
	p.t.Helper()
	text, err := eval[string](p, "words()")
	if err != nil {
		p.fail("reading the page: %v", err)
	}
	for _, k := range key.FindAllString(text, -1) {
		p.t.Errorf("%s shows %s in place of a text", p.Path(), k)
	}
}

// NoSideScroll fails the test when the page is wider than the screen.
func (p *Person) NoSideScroll() {
	p.t.Helper()
	type wide struct {
		Have, Room float64
		By         []string
	}
	w, err := eval[*wide](p, "wide()")
	if err != nil {
		p.fail("width: %v", err)
	}
	if w != nil {
		p.t.Errorf("%s scrolls sideways on the %s: %.0f in %.0f, by %s; picture %s", p.Path(), p.device(), w.Have, w.Room,
			strings.Join(w.By, " · "), p.shoot("wide"))
	}
}

var axe struct {
	once   sync.Once
	source []byte
	err    error
}

type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	}
}

const runAxe = `axe.run(document, {resultTypes: ['violations'], preload: false, rules: %s}).then(r => r.violations
  .filter(v => v.impact === 'serious' || v.impact === 'critical')
  .map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.slice(0, 3).map(n => ({html: n.html.slice(0, 200), failureSummary: n.failureSummary}))})))`

// Axe fails the test for each serious or critical finding of axe-core on the page, but for those of the rules named.
// HUOTANG_TEST_AXE names its script.
func (p *Person) Axe(without ...string) {
	p.t.Helper()
	rules := map[string]any{}
	for _, r := range without {
		rules[r] = map[string]bool{"enabled": false}
	}
	off, err := json.Marshal(rules)
	if err != nil {
		p.t.Fatal(err)
	}
	file := dbtest.Service(p.t, "HUOTANG_TEST_AXE")
	axe.once.Do(func() { axe.source, axe.err = os.ReadFile(file) })
	if axe.err != nil {
		p.t.Fatal(axe.err)
	}
	ctx, cancel := context.WithTimeout(p.ctx, 3*patience)
	defer cancel()
	there, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!window.axe"))
	if err == nil && !there {
		err = chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(axe.source)))
	}
	if err != nil {
		p.fail("axe: %v", err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]violation](fmt.Sprintf(runAxe, off), chromedp.EvalAwaitPromise))
	if err != nil {
		p.fail("axe: %v", err)
	}
	for _, v := range found {
		var nodes []string
		for _, n := range v.Nodes {
			nodes = append(nodes, n.HTML+" ("+strings.Join(strings.Fields(n.FailureSummary), " ")+")")
		}
		p.t.Errorf("%s on the %s: %s, %s: %s\n  %s", p.Path(), p.device(), v.Impact, v.ID, v.Help, strings.Join(nodes, "\n  "))
	}
}

// Focused is where the keyboard is.
type Focused struct {
	Name, What    string
	Order         int // place in the page's source
	Tabindex      int
	Visible, Ring bool
	Covered       string // what lies above all of it
}

// Focus gives what has the keyboard, nil for the page itself.
func (p *Person) Focus() *Focused {
	p.t.Helper()
	f, err := eval[*Focused](p, "focus()")
	if err != nil {
		p.fail("focus: %v", err)
	}
	return f
}

// mostStops bounds a walk through a page by the Tab key.
const mostStops = 400

// TabTo presses Tab until the thing with the words has the keyboard.
func (p *Person) TabTo(words string) {
	p.t.Helper()
	want := strings.Join(strings.Fields(words), "")
	var passed []string
	first, last := -1, -1
	for range mostStops {
		if err := p.key(Tab); err != nil {
			p.fail("pressing Tab: %v", err)
		}
		f := p.Focus()
		if f == nil {
			continue
		}
		if strings.HasPrefix(f.Name, want) {
			return
		}
		if f.Order == last {
			continue // inside one control, such as a date
		}
		if f.Order == first {
			break // round
		}
		if last = f.Order; first < 0 {
			first = last
		}
		passed = append(passed, f.What)
	}
	p.fail("Tab never comes to %s; it passes %s", words, strings.Join(passed, " · "))
}

// KeyboardOrder walks through the page by the Tab key and fails the test when a stop cannot be seen, has no mark,
// stands before the one that it follows, or is forced by a tabindex. It gives the stops.
func (p *Person) KeyboardOrder() []Focused {
	p.t.Helper()
	var stops []Focused
	last := -1
	for _, f := range p.walk() {
		if f == nil {
			continue
		}
		if f.Order < last && slices.ContainsFunc(stops, func(s Focused) bool { return s.Order == f.Order }) {
			break // round
		}
		switch {
		case f.Order == last:
			continue // inside one control, such as a video's
		case f.Order < last:
			p.t.Errorf("%s: Tab goes back to %s", p.Path(), f.What)
		case f.Tabindex > 0:
			p.t.Errorf("%s: %s forces its place by tabindex", p.Path(), f.What)
		case !f.Visible:
			p.t.Errorf("%s: the keyboard is on %s, which cannot be seen", p.Path(), f.What)
		case f.Covered != "":
			p.t.Errorf("%s on the %s: the keyboard is on %s, which lies under %s", p.Path(), p.device(), f.What, f.Covered)
		case !f.Ring:
			p.t.Errorf("%s: nothing marks that the keyboard is on %s", p.Path(), f.What)
		}
		stops, last = append(stops, *f), f.Order
	}
	return stops
}

// walk presses Tab until it has gone round, and gives the stops; nil is the page itself.
func (p *Person) walk() []*Focused {
	p.t.Helper()
	_, err := eval[chromedp.Void](p, "walk()")
	var stops []*Focused
	for round := false; err == nil && !round && len(stops) < mostStops; {
		for range 20 {
			err = errors.Join(err, call(p.ctx, input.DispatchKeyEvent, tab))
		}
		if err == nil {
			stops, err = eval[[]*Focused](p, "walked()")
		}
		seen := map[int]bool{}
		for i, f := range stops {
			again := f != nil && seen[f.Order] && (stops[i-1] == nil || stops[i-1].Order != f.Order)
			if round = again || f == nil && i > 0; round {
				break
			}
			if f != nil {
				seen[f.Order] = true
			}
		}
	}
	if err != nil {
		p.fail("keyboard: %v", err)
	}
	return stops
}

// tab is a press of that key.
var tab = input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9}

// NoBrokenPictures fails the test when a picture of the page has not come.
func (p *Person) NoBrokenPictures() {
	p.t.Helper()
	var missing []string
	if !p.until(func() bool {
		var err error
		missing, err = eval[[]string](p, "pictures()")
		return err == nil && len(missing) == 0
	}) {
		p.t.Errorf("%s: pictures are missing: %s", p.Path(), strings.Join(missing, ", "))
	}
}

// MainActions lists the strongly coloured buttons of the page; a screen has one next action.
func (p *Person) MainActions() []string {
	p.t.Helper()
	out, err := eval[[]string](p, "mains()")
	if err != nil {
		p.fail("main actions: %v", err)
	}
	return out
}

// Targets fails the test when something to tap is lower or narrower than so many points. Links in a line of text are left
// out; on a PC, which has a mouse, every link that does not look like a button is.
func (p *Person) Targets(least float64) {
	p.t.Helper()
	small, err := eval[[]string](p, js("targets", least, p.screen.mobile))
	if err != nil {
		p.fail("targets: %v", err)
	}
	for _, s := range small {
		p.t.Errorf("%s: a target under %.0f on the %s: %s", p.Path(), least, p.device(), s)
	}
}

// Type fails the test when text is smaller than so many points.
func (p *Person) Type(least float64) {
	p.t.Helper()
	small, err := eval[[]string](p, js("type", least))
	if err != nil {
		p.fail("type: %v", err)
	}
	for _, s := range small {
		p.t.Errorf("%s: type under %.0f: %s", p.Path(), least, s)
	}
}
