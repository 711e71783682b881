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
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/feeds"
	"huotang/models/org"
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
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) { pages.Mount(p, api, area) })
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

// Whatever is wrong with an address, the answer is the same, to the byte, and holds no data: who tries addresses does not learn which of
// them there ever was.
func TestForbiddenAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		mine, theirs := h.secret(t, access.Host, h.tree.Site.ID), h.secret(t, access.Township, h.tree.Sister.ID)
		wrong := map[string]string{
			"guessed":                           strings.Repeat("a", len(mine)),
			"one letter changed":                changed(mine, len(mine)-2),
			"another feed's identity":           changed(mine, 3),
			"identity of one, mark of another":  theirs[:26] + mine[26:],
			"too short":                         mine[:len(mine)-1],
			"much too short":                    mine[:26],
			"too long":                          mine + "aa",
			"twice":                             mine + mine,
			"no letters of an address":          strings.Repeat("0189", len(mine)/4),
			"blanks":                            strings.Repeat("%20", len(mine)),
			"an identity as it stands in pages": h.tree.Site.ID.String(),
			"made by another key":               h.otherKey(t),
		}
		h.site.Visitor(t).Get("/ics/"+mine+".ics").Want(200, h.tree.Site.Name)
		for name, then := range map[string]struct {
			of  access.Role
			act func(tx *db.Tx, feed feeds.FeedInput, by access.Actor) error
		}{
			"revoked": {access.Village, func(tx *db.Tx, feed feeds.FeedInput, by access.Actor) error {
				_, err := area.Revoke(tx, by, feed)
				return err
			}},
			"renewed": {access.Auditor, func(tx *db.Tx, feed feeds.FeedInput, by access.Actor) error {
				_, err := area.Renew(tx, by, feed)
				return err
			}},
			"its owner has left office": {access.TownshipAdmin, func(tx *db.Tx, _ feeds.FeedInput, by access.Actor) error {
				_, err := accounts.EndOffice(tx, orgtest.By, accounts.AccountInput{ID: by.Account})
				return err
			}},
			"its owner's term has ended": {access.Resident, func(tx *db.Tx, _ feeds.FeedInput, by access.Actor) error {
				return tx.Exec("UPDATE grants SET expires_at = ? WHERE account_id = ?", tx.Now.Add(-time.Second), by.Account).Error
			}},
			"its owner's account is closed": {access.Secretary, func(tx *db.Tx, _ feeds.FeedInput, by access.Actor) error {
				return tx.Exec("UPDATE accounts SET disabled_at = ? WHERE id = ?", tx.Now, by.Account).Error
			}},
			"its owner works in another township now": {access.Cadre, func(tx *db.Tx, _ feeds.FeedInput, by access.Actor) error {
				return tx.Exec("UPDATE grants SET unit_id = ? WHERE account_id = ?", h.tree.Township2.ID, by.Account).Error
			}},
		} {
			secret := h.secret(t, then.of, h.tree.Site.ID)
			h.site.Visitor(t).Get("/ics/"+secret+".ics").Want(200, h.tree.Site.Name)
			by := h.people[then.of]
			e.Do(t, func(tx *db.Tx) error {
				list, err := feeds.Mine(tx, by, struct{}{})
				if err != nil {
					return err
				}
				return then.act(tx, feeds.FeedInput{ID: list.Items[0].ID}, by)
			})
			wrong[name] = secret
		}
		h.same404(t, wrong)
	})
}

// The feed of a school whose plaque is taken away says for a while that its days are called off, and then is gone like any other.
func TestFeedOfARevokedSchool(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		secret := h.secret(t, access.County, h.tree.Site.ID)
		e.Do(t, func(tx *db.Tx) error {
			if _, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: h.tree.Site.ID, State: org.Revoked, Note: "户主搬走"}); err != nil {
				return err
			}
			_, err := calendar.Plan(tx, orgtest.By, calendar.PlanInput{Unit: h.tree.Township.ID})
			return err
		})
		page := h.site.Visitor(t).Get("/ics/"+secret+".ics").Want(200, "STATUS:CANCELLED", "已取消")
		if strings.Contains(page.Body, "STATUS:CONFIRMED") {
			t.Error("a day of a revoked school stands")
		}
		e.Clock.Add(61 * 24 * time.Hour)
		h.same404(t, map[string]string{"revoked school": secret, "guessed": strings.Repeat("a", len(secret))})
	})
}

// An address without the right mark is refused before anything is looked up, so that no time is spent on those whose identity is a feed's.
func TestNoLookUpForGuesses(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	mine := h.secret(t, access.Host, h.tree.Site.ID)
	for _, guess := range []string{changed(mine, len(mine)-2), strings.Repeat("a", len(mine)), mine[:40]} {
		if _, err := area.Read(nil, guess); !fail.Is(err, "feeds.gone") { // without a database
			t.Errorf("%v", err)
		}
	}
}

// area has the key of the site's.
var area = feeds.New(bytes.Repeat([]byte{9}, 32))

// secret makes a feed of a school, and gives the secret part of its address.
func (h house) secret(t *testing.T, of access.Role, site org.SiteID) string {
	t.Helper()
	return h.secretBy(t, area, of, site)
}

func (h house) secretBy(t *testing.T, a *feeds.Area, of access.Role, site org.SiteID) (secret string) {
	t.Helper()
	h.e.Do(t, func(tx *db.Tx) error {
		v, err := a.Make(tx, h.people[of], feeds.MakeInput{Kind: feeds.OfSchool, Site: site})
		if err != nil {
			return err
		}
		at, err := a.Get(tx, h.people[of], feeds.FeedInput{ID: v.ID})
		secret = strings.TrimSuffix(strings.TrimPrefix(at.Path, "/ics/"), ".ics")
		return err
	})
	return secret
}

// otherKey is the address that a feed of the site has by another key.
func (h house) otherKey(t *testing.T) string {
	t.Helper()
	return h.secretBy(t, feeds.New(bytes.Repeat([]byte{8}, 32)), access.Host, h.tree.Site.ID)
}

// changed is the text with another letter at one place.
func changed(s string, at int) string {
	other := byte('b')
	if s[at] == other {
		other = 'c'
	}
	return s[:at] + string(other) + s[at+1:]
}

// same404 fails the test unless all addresses are answered alike: 404, the same headers, the same bytes but for the number of the request.
func (h house) same404(t *testing.T, secrets map[string]string) {
	t.Helper()
	var first string
	for name, secret := range secrets {
		page := h.site.Visitor(t).Get("/ics/" + secret + ".ics")
		if page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", name, page.Status)
		}
		for _, data := range []string{"VCALENDAR", h.tree.Site.Name, h.tree.Sister.Name, h.tree.Township.Name} {
			if strings.Contains(page.Body, data) {
				t.Errorf("%s: the answer tells %s", name, data)
			}
		}
		if len(secret) > 20 && strings.Contains(page.Body, secret) {
			t.Errorf("%s: the address stands in the answer", name)
		}
		page.Find("input[type=hidden]").Remove() // the number of the form
		page.Find("main .small").Remove()        // the number of the request
		text, err := page.Find("body").Html()
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range []string{"Content-Type", "Cache-Control", "ETag", "Last-Modified", "Retry-After", "Content-Disposition", "Set-Cookie"} {
			text += "\n" + header + ": " + page.Header.Get(header)
		}
		if first == "" {
			first = text
		}
		if text != first {
			t.Errorf("%s is answered otherwise:\n%s\n%s", name, text, first)
		}
	}
}
