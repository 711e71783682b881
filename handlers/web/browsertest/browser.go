// Package browsertest drives the site as people do, in a real Chromium: verbs in the person's words
// (Open, Tap, Fill, See) on what stands on the screen, never on selectors. One browser process serves
// a test binary; every person has a fresh profile in it. Each verb waits for its condition with one deadline and ends the
// test with what the page shows and a picture of it.
//
//	host := browsertest.Phone(t, site.URL)
//	host.Open("/today")
//	host.Tap("开始今晚的活动")
//	host.See("应到20人")
//
// HUOTANG_TEST_CHROMIUM names the browser; without it the test is skipped, or fails where every service must be there.
package browsertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"huotang/models/db/dbtest"
)

// patience is how long a verb waits for its condition.
const patience = 20 * time.Second

// beat is how often a condition is looked at.
const beat = 20 * time.Millisecond

// chromium is the one process of this test binary.
var chromium struct {
	once   sync.Once
	ctx    context.Context
	folder string
	err    error
}

func start(path string) (context.Context, error) {
	chromium.once.Do(func() {
		chromium.folder, chromium.err = os.MkdirTemp("", "huotang-chromium-")
		if chromium.err != nil {
			return
		}
		ctx, _ := chromedp.NewExecAllocator(context.Background(), options(path, chromium.folder)...)
		chromium.ctx, _ = chromedp.NewContext(ctx)
		chromium.err = chromedp.Do(chromium.ctx)
	})
	return chromium.ctx, chromium.err
}

// omnibox are the pages that every new browser makes for its own address line, which nobody sees here.
const omnibox = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"

// options are those of a process whose profile lies in the folder.
func options(path, folder string) []chromedp.ExecAllocatorOption {
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(folder),
		chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), // nothing leaves this machine
		chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("disable-features", "Translate,MediaRouter,OptimizationHints,"+omnibox),
	}
	for _, flag := range []string{
		"disable-dev-shm-usage", "disable-background-networking", "disable-component-update", "disable-sync", "disable-gpu",
		"disable-quic", "disable-extensions", "disable-default-apps", "disable-breakpad", "metrics-recording-only",
		"disable-background-timer-throttling", "disable-backgrounding-occluded-windows", "disable-renderer-backgrounding",
	} {
		options = append(options, chromedp.Flag(flag, true))
	}
	return options
}

// Stop ends the browser process, if one was started, and removes its folder; call it from TestMain after Run.
// Without it the browser ends with the test binary, and the folder stays.
func Stop() error {
	chromium.once.Do(func() { chromium.err = errors.New("browsertest: stopped") })
	if chromium.ctx == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(chromium.ctx, 10*time.Second)
	defer cancel()
	err := chromedp.Cancel(ctx)
	return errors.Join(err, os.RemoveAll(chromium.folder))
}

// screen is a kind of device.
type screen struct {
	width, height int64
	scale         float64
	mobile        bool
	agent         string
}

var (
	phone = screen{390, 844, 2, true, "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"}
	desk  = screen{1366, 768, 1, false, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"}
)

// tv is a TV in a living room, with what is plugged into it.
var tv = screen{1920, 1080, 1, false, "Mozilla/5.0 (Linux; Android 9; TV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/86.0.4240.99 Safari/537.36"}

// Person is someone with a browser of their own. A person acts in one goroutine at a time; several persons
// may act at once.
type Person struct {
	t       testing.TB
	ctx     context.Context
	site    string // origin, "http://127.0.0.1:4711"
	screen  screen
	watch   *watch
	path    []string // of [Person.In]
	scripts bool
	folder  string // of downloads
	shots   *shots
	held    *spot           // where [Person.Lift] has carried something
	taps    *int            // of a finger or the mouse
	own     context.Context // of the browser that is this person's alone
}

// Phone gives a person with a phone of 390×844 points and a finger.
func Phone(t testing.TB, site string) *Person {
	t.Helper()
	return newPerson(t, site, phone)
}

// Desk gives a person with an office PC of 1366×768 points and a mouse.
func Desk(t testing.TB, site string) *Person {
	t.Helper()
	return newPerson(t, site, desk)
}

func newPerson(t testing.TB, site string, s screen) *Person {
	t.Helper()
	parent, err := start(dbtest.Service(t, "HUOTANG_TEST_CHROMIUM"))
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	return enter(parent, t, site, s, chromedp.WithNewBrowserContext())
}

// enter opens a page in a browser and makes it the device.
func enter(parent context.Context, t testing.TB, site string, s screen, more ...chromedp.ContextOption) *Person {
	t.Helper()
	u, err := url.Parse(site)
	if err != nil || u.Host == "" {
		t.Fatalf("browser: site %q is no address", site)
	}
	p := &Person{t: t, site: u.Scheme + "://" + u.Host, screen: s, scripts: true, folder: t.TempDir(), shots: newShots(t), taps: new(int)}
	p.watch = newWatch(p.site)
	ctx, cancel := chromedp.NewContext(parent, append(more, chromedp.WithListener(p.watch.event))...)
	p.ctx = ctx
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the last screen of this %s: %s", p.device(), p.shoot("end"))
		}
		cancel()
	})
	if err := p.setUp(); err != nil {
		t.Fatalf("browser: %v", err)
	}
	return p
}

// setUp turns the new profile into the device.
func (p *Person) setUp() error {
	s := p.screen
	if err := chromedp.Do(p.ctx); err != nil {
		return err
	}
	c := chromedp.FromContext(p.ctx)
	p.watch.start(p.ctx, string(c.Target.TargetID))
	if err := chromedp.ListenBrowser(p.ctx, p.watch.event); err != nil {
		return err
	}
	return errors.Join(
		p.emulate(p.ctx, s.height),
		call(p.ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: s.agent, AcceptLanguage: "zh-CN,zh;q=0.9"}),
		call(p.ctx, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "Asia/Shanghai"}),
		callBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, BrowserContextID: c.BrowserContextID,
			DownloadPath: p.folder, EventsEnabled: new(true),
		}),
	)
}

// emulate gives the page a screen of the device's width and this height.
func (p *Person) emulate(ctx context.Context, height int64) error {
	s := p.screen
	touch := func(m *emulation.SetDeviceMetricsOverrideParams, e *emulation.SetTouchEmulationEnabledParams) {
		m.DeviceScaleFactor, m.Mobile, e.Enabled = s.scale, s.mobile, s.mobile
		m.ScreenWidth, m.ScreenHeight = s.width, height
	}
	return chromedp.Do(ctx, chromedp.EmulateViewport(s.width, height, touch))
}

// OnPhone and OnDesk put the page that is open on the other device.
func (p *Person) OnPhone() { p.t.Helper(); p.change(phone) }

// OnTV puts the page on a TV of 1920×1080 points.
func (p *Person) OnTV() { p.t.Helper(); p.change(tv) }

// OnDesk is [Person.OnPhone] the other way.
func (p *Person) OnDesk() { p.t.Helper(); p.change(desk) }

func (p *Person) change(s screen) {
	p.t.Helper()
	p.screen = s
	if err := p.emulate(p.ctx, s.height); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Look shows the page in normal type (0), as 长辈版 (1), or with the largest type (2), without asking the server.
func (p *Person) Look(elder int) {
	p.t.Helper()
	if _, err := eval[chromedp.Void](p, js("look", elder)); err != nil {
		p.fail("look: %v", err)
	}
}

func (p *Person) device() string {
	if p.screen.mobile {
		return "phone"
	}
	return "PC"
}

// Agent makes the browser call itself something else, such as WeChat's.
func (p *Person) Agent(agent string) {
	p.t.Helper()
	if err := call(p.ctx, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: "zh-CN,zh;q=0.9"}); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// Slow gives the browser a line of so many bytes a second, each way; 0 takes the limit off.
func (p *Person) Slow(bytes float64) {
	p.t.Helper()
	var in network.EmulateNetworkConditionsByRuleParams
	in.MatchedNetworkConditions = []*network.Conditions{}
	if bytes > 0 {
		in.MatchedNetworkConditions = append(in.MatchedNetworkConditions, &network.Conditions{DownloadThroughput: bytes, UploadThroughput: bytes})
	}
	if err := call(p.ctx, network.EmulateNetworkConditionsByRule, in); err != nil {
		p.t.Fatalf("browser: %v", err)
	}
}

// In narrows the person's eye to the smallest list item, row, group or section that has the words as its name
// or holds them: p.In("杨桂芳").Tap("请假").
func (p *Person) In(words string) *Person {
	narrow := *p
	narrow.path = append(append([]string(nil), p.path...), words)
	return &narrow
}

// For is the same person in a subtest, which then fails in place of the test.
func (p *Person) For(t testing.TB) *Person {
	same := *p
	same.t = t
	return &same
}

// until looks at the condition again and again until it holds or patience ends.
func (p *Person) until(ok func() bool) bool {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for !ok() {
		select {
		case <-ctx.Done():
			return ok()
		case <-tick.C:
		}
	}
	return true
}

// fail ends the test with what is on the screen.
func (p *Person) fail(format string, args ...any) {
	p.t.Helper()
	said := fmt.Sprintf(format, args...)
	if len(p.path) > 0 {
		said += " in " + strings.Join(p.path, " › ")
	}
	page, err := eval[string](p, "page()")
	if err != nil {
		page = err.Error()
	}
	if r := []rune(page); len(r) > 900 {
		page = string(r[:900]) + "…"
	}
	for _, f := range see(p.watch, func() []string { return append([]string(nil), p.watch.faults...) }) {
		said += "\n  console: " + f
	}
	p.t.Fatalf("%s\n  %s at %s (%d), picture %s\n  %s", said, p.device(), p.Path(), p.Status(), p.shoot("fail"),
		strings.ReplaceAll(page, "\n", "\n  "))
}

// Bring gives the browser cookies of the site, as if the person had signed in with it before.
func (p *Person) Bring(cookies []*http.Cookie) {
	p.t.Helper()
	for _, c := range cookies {
		if err := call(p.ctx, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: p.site}); err != nil {
			p.t.Fatalf("browser: cookie: %v", err)
		}
	}
}
