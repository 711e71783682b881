package feeds_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	pages "huotang/handlers/feeds"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/feeds"
	"huotang/models/org/orgtest"
)

type house struct {
	tree   orgtest.Tree
	site   *webtest.Site
	people map[access.Role]access.Actor
	e      *dbtest.Env
}

func open(t *testing.T, e *dbtest.Env) house {
	t.Helper()
	h := house{tree: orgtest.County(t, e), e: e}
	a := feeds.New(bytes.Repeat([]byte{9}, 32))
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) { pages.Mount(p, api, a) })
	h.people = accountstest.Everyone(t, e, h.tree)
	calendartest.Rule(t, e, h.tree.Township.ID, calendar.Rule{Kind: calendar.OnDay, Day: 28, Hour: "20:00", Holiday: calendar.Keep})
	return h
}

func (h house) as(t *testing.T, r access.Role) *webtest.Browser {
	t.Helper()
	return h.site.As(t, h.people[r].Account)
}

func addressOf(p *webtest.Page) string {
	_, path, _ := strings.Cut(p.Find("#address").AttrOr("value", ""), "/ics/")
	return "/ics/" + path
}

// A host subscribes, gets an address with its code and steps, and a calendar reads it without signing in.
func TestSubscribe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		host := h.as(t, access.Host)
		list := host.Get("/feeds?site="+h.tree.Site.ID.String()).Want(200, "订阅安石村王家院家庭党校", "还没有订阅")
		page := host.Submit(list, "main form", nil).Want(200, "订阅到手机日历", "请不要发到群里", "粘贴地址")
		if page.Find("svg.qr").Length() != 1 || !strings.HasPrefix(page.Find("a.btn.main").AttrOr("href", ""), "webcal://") {
			t.Error("no code to scan, or nothing to tap")
		}
		again := host.Submit(list, "main form", nil)
		if again.Path != page.Path {
			t.Errorf("the same button leads to %s and %s", page.Path, again.Path)
		}
		host.Get("/feeds").Want(200, "安石村王家院家庭党校活动日"[:len("安石村王家院家庭党校")])
		phone := h.site.Visitor(t)
		cal := phone.Get(addressOf(page)).Want(200, "BEGIN:VCALENDAR", "DTSTART;TZID=Asia/Shanghai:20261228T200000", "X-WR-CALNAME:安石村王家院家庭党校活动日", "REFRESH-INTERVAL;VALUE=DURATION:PT4H")
		if got := cal.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
			t.Error(got)
		}
		if cal.Header.Get("Set-Cookie") != "" {
			t.Error("a calendar is given a cookie")
		}
		renewed := host.Submit(page, "form[action$='/renew']", nil).Want(200, "原来的地址已经失效")
		phone.Get(addressOf(page)).Want(404)
		phone.Get(addressOf(renewed)).Want(200)
		host.Submit(renewed, "form[action$='/revoke']", nil).Want(200, "停掉了", "还没有订阅")
		phone.Get(addressOf(renewed)).Want(404)
		phone.Get("/ics/" + strings.Repeat("a", 58) + ".ics").Want(404)
		for _, r := range []access.Role{access.County, access.Township, access.Trainee} {
			h.as(t, r).Get(page.Path).Want(404)
		}
		far := h.site.As(t, accountstest.As(t, e, access.Township, h.tree.Township2.ID).Account)
		far.Get("/feeds?site=" + h.tree.Site.ID.String()).Want(404)
	})
}

// A client that has what there is gets no body again; a day that moves changes the tag.
func TestNotModified(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	clerk := h.as(t, access.Township)
	var v feeds.View
	if got := clerk.API(http.MethodPost, "/feeds", map[string]any{"kind": "township", "under": h.tree.Township.Code}, &v); got != 200 || v.Name != "凤山镇" {
		t.Fatalf("%d %+v", got, v)
	}
	var a feeds.AddressView
	if got := clerk.API(http.MethodGet, "/feeds/"+v.ID.String(), nil, &a); got != 200 {
		t.Fatal(got)
	}
	first := h.site.Visitor(t).Get(a.Path).Want(200, "大寺村街子家庭党校")
	tag, changed := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
	for name, value := range map[string]string{"If-None-Match": tag, "If-Modified-Since": changed} {
		b := h.site.Visitor(t)
		b.Header(name, value)
		if got := b.Get(a.Path); got.Status != http.StatusNotModified || got.Body != "" {
			t.Errorf("%s %s: %d with %d bytes", name, value, got.Status, len(got.Body))
		}
	}
	e.Clock.Add(time.Minute)
	d := calendartest.Day(t, e, h.tree.Neighbour.ID, date.NewMonth(2026, 12))
	e.Do(t, func(tx *db.Tx) error {
		_, err := calendar.Move(tx, orgtest.By, calendar.MoveInput{ID: d.ID, To: date.New(2026, 12, 30)})
		return err
	})
	for name, value := range map[string]string{"If-None-Match": tag, "If-Modified-Since": changed} {
		b := h.site.Visitor(t)
		b.Header(name, value)
		b.Get(a.Path).Want(200, "20261230T200000", "原定2026-12-28")
	}
	if got := clerk.API(http.MethodDelete, "/feeds/"+v.ID.String(), nil, nil); got != 200 {
		t.Errorf("%d", got)
	}
	h.site.Visitor(t).Get(a.Path).Want(404)
}

// Who asks all the time is told to wait, and answered again later.
func TestTooOften(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	host := h.as(t, access.Host)
	address := addressOf(host.Submit(host.Get("/feeds"), "main form", nil))
	phone := h.site.Visitor(t)
	n := 0
	for n < 100 && phone.Get(address).Status == 200 {
		n++
	}
	if n != 30 {
		t.Errorf("%d answers at once", n)
	}
	if got := phone.Get(address); got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
		t.Errorf("%d", got.Status)
	}
	e.Clock.Add(time.Minute)
	phone.Get(address).Want(200)
}
