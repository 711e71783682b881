package browsertest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/profiler"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"

	"huotang/models/db/dbtest"
)

// Own gives a person with a phone and a browser process of its own, whose profile lies in the folder: it can be killed, and
// what it has kept is there when Own opens the folder again.
func Own(t testing.TB, site, folder string) *Person {
	t.Helper()
	alloc, end := chromedp.NewExecAllocator(context.Background(), options(dbtest.Service(t, "HUOTANG_TEST_CHROMIUM"), folder)...)
	parent, _ := chromedp.NewContext(alloc)
	if err := chromedp.Do(parent); err != nil {
		t.Fatalf("browser: %v", err)
	}
	p := enter(parent, t, site, phone)
	p.own = parent
	t.Cleanup(end)
	return p
}

// Kill ends the person's own browser as a dead battery does.
func (p *Person) Kill() {
	p.t.Helper()
	b := chromedp.FromContext(p.own).Browser
	if err := b.Process().Kill(); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case <-b.LostConnection:
	case <-ctx.Done():
		p.t.Fatal("browser: it lives on")
	}
}

// Close closes the person's own browser as people do: it writes down what it has.
func (p *Person) Close() {
	p.t.Helper()
	if err := chromedp.Cancel(p.own); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Clock sets the clock of the pages that come from now on. It goes on from there.
func (p *Person) Clock(now time.Time) {
	p.t.Helper()
	p.Before(fmt.Sprintf(`(() => {
  const real = Date, shift = %d - real.now();
  self.Date = class extends real {
    constructor(...a) { if (a.length) super(...a); else super(real.now() + shift); }
    static now() { return real.now() + shift; }
  };
})()`, now.UnixMilli()))
}

// Before runs a script in every page from now on, before anything of the page runs: for what a browser lacks.
func (p *Person) Before(script string) {
	p.t.Helper()
	if err := call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Run runs a script in the page that is shown and gives what its promise comes to.
func Run[T any](p *Person, script string) T {
	p.t.Helper()
	out, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		p.fail("script: %v", err)
	}
	return out
}

// Taps is how often the person has put a finger on the screen so far.
func (p *Person) Taps() int { return *p.taps }

// SlowDown makes the processor so many times slower; 1 is as it is.
func (p *Person) SlowDown(times float64) {
	p.t.Helper()
	if err := call(p.ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: times}); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// StartProfile begins to look at what the page's scripts do, for [Person.Profile]. Pages that come in the same process are looked at, too.
func (p *Person) StartProfile() {
	p.t.Helper()
	err := errors.Join(
		call(p.ctx, profiler.Enable, cdp.Empty{}),
		call(p.ctx, profiler.SetSamplingInterval, profiler.SetSamplingIntervalParams{Interval: 500}),
		call(p.ctx, profiler.Start, cdp.Empty{}),
	)
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Profile is how long the site's own scripts have run since, with what they called; those of this package are not among them.
func (p *Person) Profile() time.Duration {
	p.t.Helper()
	got, err := chromedp.Call(p.ctx, profiler.Stop, cdp.Empty{})
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	ours := map[int64]bool{}
	parents := map[int64]int64{}
	for _, n := range got.Profile.Nodes {
		ours[n.ID] = strings.HasPrefix(n.CallFrame.URL, p.site)
		for _, child := range n.Children {
			parents[child] = n.ID
		}
	}
	var micro int64
	for i, node := range got.Profile.Samples {
		for id := node; id != 0; id = parents[id] {
			if ours[id] {
				micro += got.Profile.TimeDeltas[i]
				break
			}
		}
	}
	return time.Duration(micro) * time.Microsecond
}

// Forget drops the site's cookies: the sign-in is over.
func (p *Person) Forget() {
	p.t.Helper()
	if err := call(p.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Evict clears all that the site has kept in this browser but its cookies, as a phone does that has no room left.
func (p *Person) Evict() {
	p.t.Helper()
	in := storage.ClearDataForOriginParams{Origin: p.site, StorageTypes: "indexeddb,local_storage,cache_storage,service_workers"}
	if err := call(p.ctx, storage.ClearDataForOrigin, in); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Room lets the site keep so many bytes in this browser, with what it has already; a negative number is what the browser gives by itself.
func (p *Person) Room(bytes float64) {
	p.t.Helper()
	in := storage.OverrideQuotaForOriginParams{Origin: p.site}
	if bytes >= 0 {
		in.QuotaSize = &bytes
	}
	if err := call(p.ctx, storage.OverrideQuotaForOrigin, in); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Wake has the browser do what the site's worker has asked for under the tag, as it does when the signal comes back, whichever page is
// open.
func (p *Person) Wake(tag string) {
	p.t.Helper()
	if err := call(p.ctx, serviceworker.Enable, cdp.Empty{}); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	p.Eventually("the worker is there", func() bool { return see(p.watch, func() bool { return p.watch.worker != "" }) })
	in := serviceworker.DispatchSyncEventParams{Origin: p.site, RegistrationID: see(p.watch, func() serviceworker.RegistrationID { return p.watch.worker }), Tag: tag}
	if err := call(p.ctx, serviceworker.DispatchSyncEvent, in); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}
