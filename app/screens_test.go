package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huotang/app/demo"
	"huotang/configs"
	"huotang/handlers/web/browsertest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// The pictures of the screens go to the folder HUOTANG_SCREENS, and are made of the demo at HUOTANG_SCREENS_SITE when that
// is given; the demo must be fresh, since the host's evening is held in it.
const (
	screensFolder = "HUOTANG_SCREENS"
	screensSite   = "HUOTANG_SCREENS_SITE"
)

// demoCounty is the address of a demo county.
func demoCounty(t testing.TB) string {
	t.Helper()
	if site := os.Getenv(screensSite); site != "" {
		return site
	}
	now := date.Of(dbtest.Start).At(15, 0)
	clock := demo.NewClock(now)
	dir := t.TempDir()
	d, err := db.Open(context.Background(), db.Config{Driver: db.SQLite, Path: filepath.Join(dir, "county.db"), Unsafe: true}, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	h := openDemo(t, d, clock)
	deps := demo.Deps{
		DB: d, Clock: clock, Library: h.areas.Library, People: h.areas.People, Accounts: h.areas.Accounts, Courses: h.areas.Courses,
		Curricula: h.areas.Curricula, Exchange: h.areas.Exchange, Attendance: h.areas.Attendance, Service: h.areas.Service,
	}
	if err := demo.Fill(context.Background(), deps, demo.DefaultSeed, now, func(string, float64) {}); err != nil {
		t.Fatal(err)
	}
	if err := h.nameCounty(context.Background()); err != nil { // as the next start does
		t.Fatal(err)
	}
	return h.URL()
}

// openDemo starts the server in demo mode on an empty database that is filled afterwards.
func openDemo(t testing.TB, d *db.DB, clock *demo.Clock) *place {
	t.Helper()
	return openOn(t, d, clock.Now, true, func(*configs.Config) {})
}

// gallery takes pictures of screens, each on both devices, in normal type and as 长辈版, and holds them to the rules.
type gallery struct {
	*testing.T
	site   string
	folder string
	count  int
}

// as signs in by a card of the demo.
func (g *gallery) as(role string) *browsertest.Person {
	g.Helper()
	p := browsertest.Desk(g, g.site)
	p.Open("/sign-in")
	p.Tap(role)
	p.NotSee("密码")
	return p
}

// main takes a main screen in all its looks. next is what its one main action is called.
func (g *gallery) main(p *browsertest.Person, name, next string) {
	g.Helper()
	g.count++
	for _, device := range []struct {
		name string
		on   func()
	}{{"phone", p.OnPhone}, {"desk", p.OnDesk}} {
		for elder, look := range []string{"normal", "elder"} {
			device.on()
			p.Look(elder)
			file := fmt.Sprintf("%02d-%s-%s-%s.png", g.count, name, device.name, look)
			p.ScreenshotTo(filepath.Join(g.folder, file), false)
			p.ScreenshotTo(filepath.Join(g.folder, "whole", file), true)
			p.NoSideScroll()
			p.Axe()
			p.Targets([]float64{44, 60}[elder])
			if elder == 1 {
				p.Type(18)
			}
		}
	}
	p.OnPhone()
	p.Look(2) // the largest type
	p.NoSideScroll()
	p.OnDesk()
	p.Look(0)
	g.next(p, name, next)
	p.KeyboardOrder()
	g.sound(p)
}

// next holds a main screen to its one next action: a strongly coloured button, or in a choice of cards the heading that says what to do.
func (g *gallery) next(p *browsertest.Person, name, next string) {
	g.Helper()
	got := p.MainActions()
	if len(got) == 0 && name == "sign-in" {
		p.See(next)
		return
	}
	if len(got) != 1 || !strings.Contains(got[0], next) {
		g.Errorf("%s: the next action is %v, want one, %q", name, got, next)
	}
}

// other takes a further screen as its reader has it.
func (g *gallery) other(p *browsertest.Person, path, name string) {
	g.Helper()
	p.Open(path)
	p.Look(0)
	p.ScreenshotTo(filepath.Join(g.folder, "others", name+".png"), true)
	p.NoSideScroll()
	p.Axe()
	if got := p.MainActions(); len(got) > 1 {
		g.Errorf("%s: %d next actions: %v", name, len(got), got)
	}
	g.sound(p)
}

func (g *gallery) sound(p *browsertest.Person) {
	g.Helper()
	p.NoBrokenPictures()
	p.NoKeys()
	p.NoConsoleErrors()
	p.NoForeignRequests()
}

// The twelve main screens, in all their looks, on the demo county.
func TestScreens(t *testing.T) {
	dbtest.Service(t, "HUOTANG_TEST_CHROMIUM") // else a whole county would be filled for nothing
	g := &gallery{T: t, site: demoCounty(t), folder: os.Getenv(screensFolder)}
	t.Run("cards", func(t *testing.T) { signInByEachCard(t, g.site) })
	t.Run("budget", func(t *testing.T) { budgetOfTheDemo(t, g.site) })
	if g.folder == "" {
		g.folder = t.TempDir()
	}
	for _, dir := range []string{"whole", "others"} {
		if err := os.MkdirAll(filepath.Join(g.folder, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Now()
	visitor := browsertest.Desk(t, g.site)
	visitor.Open("/sign-in")
	g.main(visitor, "sign-in", "点一张卡片就进去")
	g.figures()
	host := g.evening()
	g.studying(host)
	g.offices()
	g.rest(visitor, host)
	t.Logf("%d main screens in %v, in %s", g.count, time.Since(begin).Round(time.Second), g.folder)
}

// figures finds those of the source on the county's page, before anybody does anything.
func (g *gallery) figures() {
	office := g.as("县委组织部")
	office.Open("/county")
	office.See("583所")
	office.See("7,996次")
	office.See("10万+人次")
}

// evening goes through a host's evening.
func (g *gallery) evening() *browsertest.Person {
	host := g.as("户主")
	host.At("/today*")
	g.main(host, "today", "开始今晚的活动")
	host.Tap("开始今晚的活动")
	g.main(host, "lesson-tonight", "放满屏")
	host.Tap("去点名")
	g.main(host, "roll", "应到的都到了")
	host.Tap("应到的都到了")
	host.Tap("没来")
	host.Tap("交名单")
	host.See("核对一下再交")
	g.main(host, "check", "没错,交")
	host.Tap("没错,交")
	host.See("回执")
	g.main(host, "receipt", "回到今天的事")
	return host
}

// studying goes through what a member sees.
func (g *gallery) studying(host *browsertest.Person) {
	host.Open("/catalogue")
	g.main(host, "catalogue", "今年必修")
	trainee := g.as("党员、群众")
	trainee.Open("/catalogue?q=cha")
	trainee.Tap("视频")
	trainee.At("/catalogue/lessons/*")
	g.main(trainee, "lesson", "播放")
	trainee.Open("/me/study")
	g.main(trainee, "study", "下次活动是哪天")
}

// offices goes through the screens of township and county.
func (g *gallery) offices() {
	clerk := g.as("乡镇")
	clerk.Open("/month")
	g.main(clerk, "month", "打电话名单")
	clerk.Open("/curricula")
	clerk.Tap("凤山镇")
	clerk.Tap("发给")
	g.main(clerk, "publish", "发给")
	office := g.as("县委组织部")
	office.Open("/county")
	g.main(office, "county", "看明细")
}

// rest takes the further screens, once each.
func (g *gallery) rest(visitor, host *browsertest.Person) {
	for name, path := range map[string]string{"front": "/", "about": "/about", "feedback": "/feedback", "nothing-here": "/nowhere"} {
		g.other(visitor, path, name)
	}
	host.OnPhone()
	for name, path := range map[string]string{
		"host-today-done": "/today", "host-records": "/sessions", "host-calendar": "/calendar", "host-me": "/me", "host-study": "/me/study", "host-exchange": "/exchange",
		"host-messages": "/messages", "host-feeds": "/feeds", "host-month": "/calendar?view=month",
	} {
		g.other(host, path, name)
	}
	clerk := g.as("乡镇")
	for name, path := range map[string]string{
		"clerk-courses": "/courses", "clerk-course-new": "/courses/new", "clerk-review": "/courses/review", "clerk-curricula": "/curricula",
		"clerk-curriculum-new": "/curricula/new", "clerk-calls": "/month/calls", "clerk-calendar": "/calendar", "clerk-rule": "/calendar/rules",
		"clerk-report": "/county", "clerk-notices": "/notices?own=1", "clerk-people": "/people", "clerk-me": "/me", "clerk-exchange": "/exchange",
		"clerk-ready": "/month/ready?days=7", "clerk-calendar-month": "/calendar?view=month", "clerk-calendar-agenda": "/calendar?view=agenda",
		"clerk-messages": "/messages", "clerk-units": "/units", "clerk-feeds": "/feeds",
	} {
		g.other(clerk, path, name)
	}
	office := g.as("县委组织部")
	for name, path := range map[string]string{
		"county-sites": "/sites", "county-site-new": "/sites/new", "county-courses": "/courses", "county-people": "/people",
		"county-years": "/calendar/years", "county-jobs": "/jobs", "county-inbox": "/feedback/inbox", "county-print": "/reports/print",
		"county-audit": "/audit", "county-exchange": "/exchange",
		"county-periods": "/calendar/periods", "county-study-rules": "/study-rules", "county-erasures": "/privacy/erasures",
		"county-sending": "/messages/sending", "county-calendar-month": "/calendar?view=month", "county-units": "/units",
	} {
		g.other(office, path, name)
	}
	secretary := g.as("支部书记")
	for name, path := range map[string]string{"secretary-people": "/people", "secretary-records": "/sessions", "secretary-absences": "/absences"} {
		g.other(secretary, path, name)
	}
}
