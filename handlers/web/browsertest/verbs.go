package browsertest

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Open types an address of the site and waits for the page.
func (p *Person) Open(path string) {
	p.t.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = p.site + path
	}
	before := see(p.watch, func() int { return p.watch.pages })
	res, err := chromedp.Call(p.ctx, page.Navigate, page.NavigateParams{URL: address})
	if err == nil && res.ErrorText != "" && !res.IsDownload {
		p.fail("opening %s: %s", path, res.ErrorText)
	}
	if err != nil {
		p.fail("opening %s: %v", path, err)
	}
	if res.LoaderID != "" && !res.IsDownload {
		p.arrive(before, "opening "+path)
	}
}

// Back presses the browser's back button.
func (p *Person) Back() {
	p.t.Helper()
	before := see(p.watch, func() int { return p.watch.pages })
	if err := chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		return back(ctx, t)
	})); err != nil {
		p.fail("going back: %v", err)
	}
	p.arrive(before, "going back")
}

func back(ctx context.Context, t *chromedp.Target) error {
	h, err := cdp.Call(ctx, t, page.GetNavigationHistory, cdp.Empty{})
	if err == nil && h.CurrentIndex > 0 {
		_, err = cdp.Call(ctx, t, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: h.Entries[h.CurrentIndex-1].ID})
	}
	return err
}

// arrive waits until a page later than the count has come in whole, or a download has begun instead.
func (p *Person) arrive(before int, doing string) {
	p.t.Helper()
	w := p.watch
	downloads := see(w, func() int { return len(w.guid) })
	if !p.until(func() bool {
		return see(w, func() bool {
			return w.pages > before && w.loaded == w.loader || len(w.guid) > downloads
		})
	}) {
		p.fail("%s: no page came within %v", doing, patience)
	}
}

type spot struct {
	X, Y     float64
	Kind     string
	Covered  string
	Disabled bool
	Busy     bool
}

// reach waits until the thing can be touched: it stands there, is not covered, not disabled, no longer moves, and nothing around it is
// still at work (aria-busy), which would move it.
func (p *Person) reach(doing, expression string) spot {
	p.t.Helper()
	var last, now *spot
	ready := func() bool {
		last = now
		var err error
		now, err = eval[*spot](p, expression)
		if err != nil {
			now = nil
		}
		return now != nil && last != nil && *now == *last && now.Covered == "" && !now.Disabled && !now.Busy
	}
	switch {
	case p.until(ready):
		return *now
	case now == nil:
		p.fail("%s: it is not on the screen", doing)
	case now.Disabled:
		p.fail("%s: it is disabled", doing)
	case now.Covered != "":
		p.fail("%s: it is covered by %s", doing, now.Covered)
	case now.Busy:
		p.fail("%s: what is around it stays busy", doing)
	}
	p.fail("%s: it does not come to rest", doing)
	return spot{}
}

// Tap taps the link, button, label or other thing with the words, and waits for the new page when that starts one.
// The very words are preferred, then a beginning, then words that hold them; the page's main part before its frame.
func (p *Person) Tap(words string) {
	p.t.Helper()
	at := p.reach("tapping "+words, js("tapSpot", p.where(), words, p.scripts))
	p.act("tapping "+words, func() error { return p.touch(at) })
}

// Choose taps a radio button or a box, and checks that it is then chosen.
func (p *Person) Choose(words string) {
	p.t.Helper()
	p.Tap(words)
	if !p.until(func() bool { return p.Chosen(words) }) {
		p.fail("choosing %s: it is not chosen after the tap", words)
	}
}

// Chosen reports whether a radio button, a box or a switch is on.
func (p *Person) Chosen(words string) bool {
	on, err := eval[*bool](p, js("chosen", p.where(), words))
	return err == nil && on != nil && *on
}

// touch puts a finger, or the mouse, on the spot.
func (p *Person) touch(at spot) error {
	*p.taps++
	if p.screen.mobile {
		return chromedp.Do(p.ctx, chromedp.TapXY(at.X, at.Y))
	}
	return chromedp.Do(p.ctx, chromedp.MouseClickXY(at.X, at.Y))
}

// act does what may start a new page, and waits for that page.
func (p *Person) act(doing string, input func() error) {
	p.t.Helper()
	w := p.watch
	before, starting := see(w, func() int { return w.pages }), see(w, func() int { return w.starting })
	downloads := see(w, func() int { return len(w.guid) })
	if err := input(); err != nil {
		p.fail("%s: %v", doing, err)
	}
	same := func() bool {
		return see(w, func() bool { return w.starting == starting && w.pages == before })
	}
	goes, err := eval[*bool](p, "acted()") // an error: the page is just going
	for begin := time.Now(); err == nil && goes == nil && same() && time.Since(begin) < time.Second; time.Sleep(beat) {
		goes, err = eval[*bool](p, "acted()") // a busy page clicks late
	}
	if err == nil && (goes == nil || !*goes) && same() {
		return
	}
	if !p.until(func() bool {
		return see(w, func() bool { return w.pages > before && w.loaded == w.loader || len(w.guid) > downloads })
	}) {
		p.fail("%s: no new page came within %v", doing, patience)
	}
}

// Fill writes into the field with the label in place of what stands there; in a list to open it chooses the entry.
func (p *Person) Fill(label, value string) {
	p.t.Helper()
	doing := "filling " + label
	at := p.reach(doing, js("fillSpot", p.where(), label, p.scripts))
	switch at.Kind {
	case "select", "date", "time", "month", "datetime-local":
		p.put(label, value)
		return
	}
	p.act(doing, func() error { return p.touch(at) })
	if ok, err := eval[bool](p, js("mark", p.where(), label)); err != nil || !ok {
		p.fail("%s: the field does not take the cursor (%v)", doing, err)
	}
	var err error
	if value == "" {
		err = p.key(kb.Delete)
	} else {
		err = call(p.ctx, input.InsertText, input.InsertTextParams{Text: value})
	}
	if err != nil {
		p.fail("%s: %v", doing, err)
	}
}

// put sets what no keyboard writes into; a list that submits by itself starts a new page.
func (p *Person) put(label, value string) {
	p.t.Helper()
	doing := "filling " + label
	p.act(doing, func() error {
		why, err := eval[string](p, js("put", p.where(), label, value))
		if err == nil && why != "" {
			p.fail("%s with %s: it %s", doing, value, why)
		}
		return err
	})
}

// Value is what stands in the field with the label.
func (p *Person) Value(label string) string {
	p.t.Helper()
	v, err := eval[*string](p, js("value", p.where(), label))
	if err != nil || v == nil {
		p.fail("no field %s (%v)", label, err)
	}
	return *v
}

// Has checks what stands in the field with the label.
func (p *Person) Has(label, value string) {
	p.t.Helper()
	if !p.until(func() bool {
		v, err := eval[*string](p, js("value", p.where(), label))
		return err == nil && v != nil && *v == value
	}) {
		p.fail("field %s holds %q, want %q", label, p.Value(label), value)
	}
}

// Attach puts a file into the field with the label.
func (p *Person) Attach(label, file string) {
	p.t.Helper()
	el, err := find(p, js("control", p.where(), label))
	if err != nil || el == nil || el.ObjectID == "" {
		p.fail("attaching to %s: no such field (%v)", label, err)
	}
	if err := call(p.ctx, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: []string{file}, ObjectID: el.ObjectID}); err != nil {
		p.fail("attaching %s to %s: %v", file, label, err)
	}
}

// Keys that have no letter.
const (
	Enter  = kb.Enter
	Tab    = kb.Tab
	Space  = " "
	Escape = kb.Escape
	Right  = kb.ArrowRight
	Left   = kb.ArrowLeft
	Down   = kb.ArrowDown
	Up     = kb.ArrowUp
)

// Press presses a key, or types the letters, where the cursor is, and waits for the new page when that starts one.
func (p *Person) Press(keys string) {
	p.t.Helper()
	if _, err := eval[chromedp.Void](p, js("armFocus", p.scripts)); err != nil {
		p.fail("pressing a key: %v", err)
	}
	p.act("pressing a key", func() error { return p.key(keys) })
}

func (p *Person) key(keys string) error { return chromedp.Do(p.ctx, chromedp.KeyEvent(keys)) }

// See waits until every one of the words stands on the screen.
func (p *Person) See(words ...string) {
	p.t.Helper()
	for _, s := range words {
		if !p.until(func() bool { return p.Sees(s) }) {
			p.fail("does not see %q", s)
		}
	}
}

// NotSee waits until none of the words stands on the screen. Let it follow a See, so that the page is the one meant.
func (p *Person) NotSee(words ...string) {
	p.t.Helper()
	for _, s := range words {
		if !p.until(func() bool { return !p.Sees(s) }) {
			p.fail("sees %q", s)
		}
	}
}

// Settled waits until no part of the page is busy (aria-busy) any more.
func (p *Person) Settled() {
	p.t.Helper()
	if !p.until(func() bool {
		return Run[bool](p, `document.querySelector('[aria-busy="true"]') === null`)
	}) {
		p.fail("a part of the page stays busy")
	}
}

// Sees reports whether the words stand on the screen now.
func (p *Person) Sees(words string) bool {
	ok, err := eval[bool](p, js("sees", p.where(), words))
	return err == nil && ok
}

// Reads waits until something on the screen matches, and gives it, spaces as one; with a group, what the group matches.
func (p *Person) Reads(pattern *regexp.Regexp) string {
	p.t.Helper()
	var found []string
	if !p.until(func() bool {
		page, err := eval[string](p, "page()")
		found = pattern.FindStringSubmatch(strings.Join(strings.Fields(page), " "))
		return err == nil && found != nil
	}) {
		p.fail("reads nothing like %s", pattern)
	}
	return found[len(found)-1]
}

// At waits until the page's path is this one. A path that ends in "*" stands for all that begin so.
func (p *Person) At(path string) {
	p.t.Helper()
	if !p.until(func() bool {
		begin, open := strings.CutSuffix(path, "*")
		return p.Path() == path || open && strings.HasPrefix(p.Path(), begin)
	}) {
		p.fail("is at %s, want %s", p.Path(), path)
	}
}

// Path is that of the page shown, with its query.
func (p *Person) Path() string {
	address, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("location.href"))
	if err != nil {
		return "?"
	}
	u, err := url.Parse(address)
	if err != nil || origin(address) != p.site {
		return address
	}
	return u.RequestURI()
}

// Status is that of the answer which brought the page shown.
func (p *Person) Status() int {
	return see(p.watch, func() int { return p.watch.status[p.watch.loader] })
}

// WantStatus checks it.
func (p *Person) WantStatus(status int) {
	p.t.Helper()
	if p.Status() != status {
		p.fail("status %d, want %d", p.Status(), status)
	}
}

// Eventually waits for a condition of the test's own, such as a figure on the server.
func (p *Person) Eventually(what string, ok func() bool) {
	p.t.Helper()
	if !p.until(ok) {
		p.fail("%s: not within %v", what, patience)
	}
}

// Download taps the words and waits for the file that this brings: its name and where it lies.
func (p *Person) Download(words string) (name, file string) {
	p.t.Helper()
	return p.Came(func() { p.t.Helper(); p.Tap(words) })
}

// Came does what brings a file, and waits for it: its name and where it lies.
func (p *Person) Came(act func()) (name, file string) {
	p.t.Helper()
	w := p.watch
	before := see(w, func() int { return len(w.guid) })
	act()
	guid := ""
	if !p.until(func() bool {
		return see(w, func() bool {
			if len(w.guid) == before {
				return false
			}
			for g, n := range w.guid {
				if w.done[g] {
					guid, name = g, n
					return true
				}
			}
			return false
		})
	}) {
		p.fail("no file came")
	}
	see(w, func() bool { delete(w.guid, guid); return true })
	return name, p.folder + "/" + guid
}

// Video is how the page's video stands.
type Video struct {
	At, Length    float64 // seconds
	Paused, Ended bool
	Ready         int
	Error, Source string
}

// Watch waits until the video is as wanted, and gives it.
func (p *Person) Watch(what string, ok func(Video) bool) Video {
	p.t.Helper()
	var v *Video
	if !p.until(func() bool {
		var err error
		v, err = eval[*Video](p, "video()")
		return err == nil && v != nil && ok(*v)
	}) {
		p.fail("video does not %s: %+v", what, v)
	}
	return *v
}

// Seek moves the video to the second, as its own controls would.
func (p *Person) Seek(to time.Duration) {
	p.t.Helper()
	if ok, err := eval[bool](p, js("seek", to.Seconds())); err != nil || !ok {
		p.fail("no video to seek in (%v)", err)
	}
}

// LeaveFullScreen presses what takes a video out of the full screen.
func (p *Person) LeaveFullScreen() {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void]("document.exitFullscreen()", chromedp.EvalAwaitPromise)); err != nil {
		p.fail("leaving the full screen: %v", err)
	}
}

// Fail ends the test for a reason of the test's own, with what is on the screen.
func (p *Person) Fail(format string, args ...any) {
	p.t.Helper()
	p.fail(format, args...)
}
