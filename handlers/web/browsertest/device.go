package browsertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
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
	p := enter(t, parent, site, phone)
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

// ScriptTime is how long the page's scripts have run since it was opened. The first call begins to measure.
func (p *Person) ScriptTime() time.Duration {
	p.t.Helper()
	if err := call(p.ctx, performance.Enable, performance.EnableParams{}); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	got, err := chromedp.Call(p.ctx, performance.GetMetrics, cdp.Empty{})
	if err != nil {
		p.t.Fatalf("browser: %v", err)
	}
	for _, m := range got.Metrics {
		if m.Name == "ScriptDuration" {
			return time.Duration(m.Value * float64(time.Second))
		}
	}
	p.t.Fatal("browser: it measures no scripts")
	return 0
}

// Room bounds what the site may keep in this browser, in bytes.
func (p *Person) Room(bytes float64) {
	p.t.Helper()
	if err := call(p.ctx, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: p.site, QuotaSize: &bytes}); err != nil {
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
