package attendance_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/people"
)

// tonight begins tonight's session and opens its roll.
func (h house) tonight() *webtest.Page {
	h.host.Submit(h.host.Get("/today"), ".night form", nil)
	return h.host.Get(h.at("roll"))
}

// whoAt is the person of that name among those who may be noted.
func whoAt(p *webtest.Page, name string) string {
	return p.Find(`#who option:contains("`+name+`")`).AttrOr("value", "")
}

// Somebody who is away or gone leaves tonight's roll at once, and comes back by one tap; what was tapped of the others stays. What is
// wrong is said, and nothing is lost.
func TestNoteOnTheRoll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		page := h.tonight().Want(200, "点名:应到5人", "这个人外出了 / 不在了", "今晚点名就没有他了")
		due := names(page)
		tapped := url.Values{"mark.0": {"present"}, "mark.4": {"on_leave"}, "adults": {"2"}, "extra": {"何永贵"}}
		kept := func(p *webtest.Page, first, last string) {
			t.Helper()
			for name, state := range map[string]string{first: "present", last: "on_leave"} {
				if p.Find(`.marks > li[aria-label="`+name+`"] input[value="`+state+`"][checked]`).Length() != 1 {
					t.Errorf("%s is not %s any more", name, state)
				}
			}
			if p.Find("#adults").AttrOr("value", "") != "2" || p.Find("[data-extra] input").First().AttrOr("value", "") != "何永贵" {
				t.Error("something typed is lost")
			}
		}
		with := func(more url.Values) url.Values {
			out := url.Values{}
			for _, v := range []url.Values{tapped, more} {
				for name, values := range v {
					out[name] = values
				}
			}
			return out
		}
		bad := h.host.Submit(page, "form.roll", with(url.Values{"note": {"away"}}))
		bad.Want(http.StatusUnprocessableEntity, "点名:应到5人")
		if bad.Find("#who-e").Text() == "" || bad.Find("details.fold[open] #who").Length() != 1 {
			t.Error("what is wrong does not stand at the field")
		}
		kept(bad, due[0], due[4])
		h.host.Submit(bad, "form.roll", url.Values{"note": {"at_home"}, "who": {whoAt(page, due[2])}}).Want(http.StatusUnprocessableEntity)

		gone := h.host.Submit(bad, "form.roll", url.Values{"note": {"away"}, "who": {whoAt(page, due[2])}}).Want(200, "点名:应到4人", "放回名单")
		kept(gone, due[0], due[4])
		if got := names(gone); len(got) != 4 || strings.Contains(strings.Join(got, " "), due[2]) {
			t.Errorf("the roll is %v", got)
		}
		villager := page.Find("#who option").Last()
		both := h.host.Submit(gone, "form.roll", url.Values{"note": {"dead"}, "who": {villager.AttrOr("value", "")}}).Want(200, "点名:应到4人", "去世")
		if n := both.Find(".chips input").Length(); n != 2 {
			t.Errorf("%d villagers on the roll", n)
		}
		back := h.host.Submit(both, "form.roll", url.Values{"back_on": {both.Find(`.line:contains("`+due[2]+`") button[name=back_on]`).AttrOr("value", "")}})
		back.Want(200, "点名:应到5人")
		kept(back, due[0], due[4])
		if got := names(back); strings.Join(got, " ") != strings.Join(due, " ") {
			t.Errorf("the roll is %v, want %v", got, due)
		}

		e.See(t, func(tx *db.Tx) error { // the village hears of the one that was left
			noted, err := people.Unconfirmed(tx, accountstest.As(t, e, access.Village, h.Village.ID), people.UnconfirmedInput{})
			if len(noted.Items) != 1 || noted.Items[0].State != people.Dead {
				t.Errorf("%+v", noted.Items)
			}
			return err
		})
		e.Clock.Add(24 * time.Hour)
		if p := h.host.Get(h.at("roll")); p.Find("#who").Length() != 0 {
			t.Error("the roll of yesterday still offers it")
		}
	})
}

// A name outside the roster is said to be a person, and taken apart again: he counts once, and the page says who said so.
func TestGuestIsSomebody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		item := h.Item(attendancetest.All(h.Members[:3], attendance.Present)...)
		item.Guests = []string{"何永贵"}
		attendancetest.MustSubmit(t, e, h.area, h.Host, item)
		session := strings.TrimSuffix(h.at(""), "/")
		page := h.host.Get(h.at("guests")).Want(200, "名单外的人是谁", "何永贵", "没有找到同名的人")
		due := names(h.host.Get(h.at("roll")))[4]
		found := h.host.Get(h.at("guests")+"?q="+url.QueryEscape(due)).Want(200, due)
		who := found.Find("input[name=person]").First().AttrOr("value", "")
		none := h.host.Submit(found, "form[action$=attach]", nil)
		none.Want(http.StatusUnprocessableEntity, "何永贵")
		if page.Find("form[action$=attach]").Length() != 0 {
			t.Error("there is a form where nobody was found")
		}
		h.host.Get(session).Want(200, "3/5")
		attached := h.host.Submit(found, "form[action$=attach]", url.Values{"person": {who}}).Want(200, "记好了", "是 "+due, "不是他，分开")
		h.host.Get(session).Want(200, "4/5")
		h.host.Submit(attached, "form[action$=detach]", nil).Want(200, "分开了", "没有找到同名的人")
		h.host.Get(session).Want(200, "3/5")
		attendancetest.Sound(t, e)
		reader := h.site.As(t, accountstest.As(t, e, access.Auditor, h.Township.ID).Account)
		reader.Post(h.at("guests")+"/"+strings.Split(attached.Find("form[action$=detach]").AttrOr("action", ""), "/")[4]+"/attach", url.Values{"person": {who}}).
			Want(http.StatusForbidden)
	})
}
