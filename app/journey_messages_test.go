package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"huotang/configs"
	"huotang/handlers/web/browsertest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/messages"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// The township moves a day: the host finds it in the header, reads it, and has the words to tell the village; then he asks for the day to be
// called off, and the clerk finds that.
func TestJourneyMessages(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		day := moveDecember(t, h, c)
		host := h.phone(t, c.host)
		host.Open("/today")
		host.See("1条新消息")
		host.Tap("消息")
		host.See("活动日改期了：原定12月23日，改到12月26日 星期六", "新")
		checked(host, h)
		host.Tap("去看看")
		host.At("/calendar/days/" + day.ID.String())
		host.NotSee("1条新消息")
		host.Tap("通知大家")
		host.See("大喇叭稿", "日子是，十二月二十六号，星期六。", "日子改了，不是十二月二十三号。")
		host.Tap("复制通知")
		host.Eventually("the notice is copied", func() bool { return host.Sees("复制好了") })
		checked(host, h)
		host.WithoutJS()
		host.Open("/messages/days/" + day.ID.String())
		host.See("长按下面的字")
		host.NotSee("复制通知")
		if got := host.Value("通知的文字"); len(got) < 100 {
			t.Errorf("the text is %q", got)
		}
		host.WithJS()
		host.Tap("打印墙上的通知")
		host.See("通知", "12月26日 星期六（农历冬月十八）", "安石村王家院家庭党校")
		if n := pagesOf(host.PDF()); n != 1 {
			t.Errorf("the sheet for the wall has %d pages", n)
		}
		checked(host, h)

		send[any](t, h.client(t, c.host), "POST", "/calendar/days/"+day.ID.String()+"/cancel", map[string]any{"reason": "road"})
		clerk := h.desk(t, c.clerk)
		clerk.Open("/messages")
		clerk.See("想取消12月26日 星期六的活动日，等你定", "下雨路断")
		clerk.Tap("都知道了")
		clerk.See("都记下了")
		clerk.NotSee("新消息")
		checked(clerk, h)
	})
}

func checked(p *browsertest.Person, h *place) {
	p.NoSideScroll()
	p.Axe()
	h.settled(p)
}

// moveDecember has the clerk put the day of December on the 26th.
func moveDecember(t *testing.T, h *place, c *county) calendar.DayView {
	t.Helper()
	var d calendar.DayView
	h.env.Do(t, func(tx *db.Tx) error {
		due, err := calendar.Due(tx, c.Site.ID, date.NewMonth(2026, 12))
		if err == nil {
			d, err = calendar.Move(tx, c.accounts[c.clerk], calendar.MoveInput{ID: due.ID, To: date.New(2026, 12, 26)})
		}
		return err
	})
	return d
}

// The same through the API: messages are each account's own, a list reads nothing, the digest comes once a week, and text messages are asked for
// where the county has a gateway.
func TestJourneyMessagesByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		day := moveDecember(t, h, c)
		host, clerk, far, office := h.client(t, c.host), h.client(t, c.clerk), h.client(t, c.far), h.client(t, c.office)
		inbox := func(who *client) []messages.View { return get[db.Page[messages.View]](t, who, "/messages").Items }
		list := inbox(host)
		if len(list) != 1 || list[0].Kind != messages.DayMoved || list[0].Read || len(inbox(far))+len(inbox(clerk)) != 0 {
			t.Fatalf("%+v", list)
		}
		if n := get[messages.CountView](t, host, "/messages/count").Unread; n != 1 || len(inbox(host)) != 1 || inbox(host)[0].Read {
			t.Errorf("%d wait, after they were listed", n)
		}
		refused(t, far, "POST", "/messages/"+list[0].ID.String()+"/read", map[string]any{}, 404, "messages.gone")
		if v := send[messages.View](t, host, "POST", "/messages/"+list[0].ID.String()+"/read", map[string]any{}); !v.Read {
			t.Errorf("%+v", v)
		}
		words := get[messages.NoticeView](t, host, "/messages/days/"+day.ID.String()+"?language=en")
		if words.Off || len(words.Aloud) < 10 || words.Wall.Facts[0].Text != "Saturday 26 December (lunar 冬月十八)" {
			t.Errorf("%+v", words)
		}
		refused(t, far, "GET", "/messages/days/"+day.ID.String(), nil, 404, "access.not_found")
		refused(t, host, "PUT", "/messages/sms", map[string]any{"sms": true}, 409, "messages.no_gateway")
		if v := get[messages.DeliveriesView](t, office, "/messages/sending"); v.On || len(v.Items) != 0 {
			t.Errorf("%+v", v)
		}
		send[any](t, host, "POST", "/calendar/days/"+day.ID.String()+"/cancel", map[string]any{"reason": "road"})
		h.env.Clock.Add(time.Minute)
		runJob(t, h, office, "digest")
		h.env.Clock.Add(time.Minute)
		runJob(t, h, office, "digest")
		got := inbox(clerk)
		if len(got) != 2 || got[0].Kind != messages.Digest || got[0].Facts.Requests != 1 || got[1].Kind != messages.CancelAsked {
			t.Errorf("%+v", got)
		}
		if len(inbox(host)) != 1 {
			t.Error("the host hears of the digest")
		}
	})
}

// A county with a gateway: the host asks for text messages, and the server sends one by itself when something happens.
func TestJourneyTextMessages(t *testing.T) {
	got := make(chan messages.SMS, 8)
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var sms messages.SMS
		if err := json.NewDecoder(r.Body).Decode(&sms); err != nil || r.Header.Get("Huotang-Signature") == "" {
			t.Errorf("%v %v", err, r.Header)
		}
		got <- sms
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(gateway.Close)
	h := openPlace(t, dbtest.SQLite(t), func(c *configs.Config) {
		c.Jobs, c.Webhook.URL, c.Webhook.Secret = "on", gateway.URL, "0123456789012345678901234567890123456789"
	})
	c := newCounty(t, h, 3, 0)
	h.env.Do(t, func(tx *db.Tx) error {
		_, err := h.areas.People.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: c.members[0], Phone: "13800138000"})
		return err
	})
	host := h.phone(t, c.host)
	host.Open("/messages")
	host.See("愿意的话")
	host.Tap("发短信给我")
	host.See("好，以后也发短信", "晚上不发")
	checked(host, h)
	moveDecember(t, h, c)
	select {
	case sms := <-got:
		if sms.To != "13800138000" || sms.Kind != messages.DayMoved {
			t.Errorf("%+v", sms)
		}
	case <-time.After(20 * time.Second):
		t.Error("no text message came")
	}
	host.Tap("不要再发短信")
	host.See("好，不再发短信", "愿意的话")
}
