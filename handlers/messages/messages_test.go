package messages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"huotang/handlers/messages"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	model "huotang/models/messages"
	"huotang/models/org/orgtest"
	"huotang/models/outbox"
	"huotang/models/people/peopletest"
)

type house struct {
	*dbtest.Env
	tree   orgtest.Tree
	site   *webtest.Site
	people map[access.Role]access.Actor
}

func open(t *testing.T, e *dbtest.Env, sms bool) house {
	t.Helper()
	h := house{Env: e, tree: orgtest.County(t, e)}
	area := model.New(peopletest.Area(t), model.Quiet{}, sms)
	area.Listen(e.DB)
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) { messages.Mount(p, api, area) })
	h.people = accountstest.Everyone(t, e, h.tree)
	return h
}

func (h house) as(t *testing.T, r access.Role) *webtest.Browser {
	t.Helper()
	return h.site.As(t, h.people[r].Account)
}

// tell lets n days of the school take place after all, one after the other.
func (h house) tell(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		h.Clock.Add(time.Second)
		h.Do(t, func(tx *db.Tx) error {
			return tx.Tell(calendar.DaysChanged{Days: []calendar.DayChange{{
				What: calendar.WhatOn, Day: calendar.DayID{byte(i + 1)}, Site: h.tree.Site.ID, On: date.New(2026, 12, i+1), Hour: "20:00",
			}}})
		})
	}
}

// The inbox says when it is empty, shows what is new in parts, and marks as read what one says he has read, and nothing by being looked at.
func TestInbox(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		host := h.as(t, access.Host)
		empty := host.Get("/messages").Want(200, "还没有消息")
		if empty.Find("main form").Length() != 0 || empty.Find(".top .new").Length() != 0 {
			t.Error("an empty inbox has something to press")
		}
		h.tell(t, 22)
		page := host.Get("/messages").Want(200, "12月22日 星期二 晚上8点")
		if n := page.Find(".messages > li").Length(); n != 20 {
			t.Errorf("%d messages in the first part", n)
		}
		if got := page.Find(".top .new").Text(); got != "22" {
			t.Errorf("the header says %q", got)
		}
		more := host.Get(page.Find(".pager a").AttrOr("href", "")).Want(200, "12月1日 星期二", "12月2日 星期三")
		if n := more.Find(".messages > li").Length(); n != 2 || more.Find(".pager").Length() != 0 {
			t.Errorf("%d messages in the second part", n)
		}
		one := host.Submit(page, ".messages > li:nth-child(2) form", nil).Want(200, "记下了")
		if got := one.Find(".top .new").Text(); got != "21" || one.Find(".messages > li:nth-child(2) .tag").Length() != 0 {
			t.Errorf("the header says %q", got)
		}
		all := host.Submit(more, "form[action='/messages/read']", nil).Want(200, "都记下了")
		if got := all.Find(".top .new").Text(); got != "19" {
			t.Errorf("from the older part on all are read, and the header says %q", got)
		}
		host.Submit(all, "form[action='/messages/read']", nil).Want(200, "都记下了")
		h.as(t, access.Head).Get("/messages").Want(200, "12月22日")
		if got := h.as(t, access.Trainee).Get("/messages").Want(200, "还没有消息"); strings.Contains(got.Body, "12月22日") {
			t.Error("a trainee reads the host's messages")
		}
		if got := h.site.Visitor(t).Get("/messages"); got.Path == "/messages" && got.Status == 200 {
			t.Error("a visitor has an inbox")
		}
	})
}

// What a message is about has passed: it is still there, and waits for nobody.
func TestOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		h.tell(t, 5)
		host := h.as(t, access.Host)
		e.Clock.Set(date.New(2026, 12, 4).At(12, 0))
		page := host.Get("/messages").Want(200, "12月3日 星期四")
		if got := page.Find(".top .new").Text(); got != "2" || page.Find(".messages form").Length() != 2 {
			t.Errorf("the header says %q", got)
		}
		if n := page.Find(".messages > li:contains('日子已经过了')").Length(); n != 3 {
			t.Errorf("%d are said to have passed", n)
		}
		e.Clock.Set(date.New(2026, 12, 6).At(0, 0))
		if host.Get("/messages").Want(200).Find(".top .new").Length() != 0 {
			t.Error("what is over waits")
		}
	})
}

// A message about which something can be done leads there, and is read by it.
func TestGo(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e, false)
	h.tell(t, 1)
	host := h.as(t, access.Host)
	page := host.Get("/messages")
	link := page.Find(".messages form").AttrOr("action", "")
	form := webtest.Values(page.Find(".messages form"))
	form.Set("go", "1")
	if got := host.Post(link, form); !strings.HasPrefix(got.Path, "/calendar/days/") {
		t.Errorf("led to %s", got.Path)
	}
	host.Get("/messages").Want(200, "去看看")
	if host.Get("/messages").Find(".top .new").Length() != 0 {
		t.Error("still new")
	}
}

// Who may tell the village finds the words; a day that has passed has none.
func TestWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, false)
		calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(28))
		day := calendartest.Day(t, e, h.tree.Site.ID, date.NewMonth(2026, 11))
		path := "/messages/days/" + day.ID.String()
		page := h.as(t, access.Host).Get(path).Want(200, "复制通知", "大喇叭稿", "日子是，十一月二十八号，星期六。")
		if text := page.Find("textarea[readonly]").Text(); !strings.Contains(text, "日期：11月28日 星期六（农历十月二十）") {
			t.Errorf("%s", text)
		}
		wall := h.as(t, access.Village).Get(path+"/wall").Want(200, "11月28日 星期六")
		if wall.Find(".wall h1").Text() != "通知" || wall.Find("[data-print]").Length() != 1 {
			t.Error("no sheet to print")
		}
		h.as(t, access.Trainee).Get(path).Want(403)
		e.Clock.Add(7 * 24 * time.Hour)
		over := h.as(t, access.Township).Get(path).Want(200, "已经过了")
		if over.Find("textarea").Length() != 0 {
			t.Error("a day that has passed has words")
		}
	})
}

// The county sees what the gateway did not take, without number or text, and sends it again.
func TestSending(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e, true)
		host, county := h.as(t, access.Host), h.as(t, access.County)
		host.Submit(host.Get("/messages").Want(200, "发短信给我", "还没有你的手机号"), "form[action='/messages/sms']", url.Values{"sms": {"true"}}).Want(200, "不要再发短信")
		county.Get("/messages/sending").Want(200, "没有没发成的短信")
		h.tell(t, 2)
		e.Do(t, func(tx *db.Tx) error {
			_, err := db.Set(tx.Model(&outbox.Row{}).Where("1 = 1"), map[string]any{"gave_up_at": tx.Now, "failure": "the gateway answered 503"})
			return err
		})
		page := county.Get("/messages/sending").Want(200, "安石村王家院家庭党校", "the gateway answered 503", "没发成")
		if n := page.Find("tbody tr").Length(); n != 2 {
			t.Errorf("%d lines", n)
		}
		h.as(t, access.Auditor).Get("/messages/sending").Want(200, "the gateway answered 503")
		one := county.Submit(page, "tbody tr:first-child form", nil).Want(200, "1条重新发")
		if n := one.Find("tbody tr").Length(); n != 1 {
			t.Errorf("%d lines", n)
		}
		county.Submit(one, "form.no-print", nil).Want(200, "1条重新发", "没有没发成的短信")
		for _, r := range []access.Role{access.Township, access.Host} {
			h.as(t, r).Get("/messages/sending").Want(403)
			h.as(t, r).Post("/messages/sending", url.Values{}).Want(403)
		}
		if got := h.as(t, access.Auditor).API(http.MethodPost, "/messages/sending", map[string]any{}, nil); got != 403 {
			t.Errorf("an auditor sends again: %d", got)
		}
	})
}
