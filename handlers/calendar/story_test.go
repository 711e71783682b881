package calendar_test

import (
	"net/url"
	"strings"
	"testing"

	"huotang/handlers/web/webtest"
	"huotang/models/access"
	model "huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/db/dbtest"
)

// A day goes from a host's tap over his wish to call it off to the township's word, and back at each step.
func TestConfirmAskAndDecide(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(28))
		host, clerk := h.as(t, access.Host), h.as(t, access.Township)
		at := "/calendar/days/" + h.day(t, "2026-11").ID.String()
		const confirm, undo, cancel, decide = "form[action$='/confirm']", "form[action$='/undo']", "form[action$='/cancel']", "form[action='/calendar/requests']"

		said := host.Submit(host.Get(at), confirm, nil).Want(200, "说好了", "户主说好了")
		if said.Find(confirm).Length() != 0 {
			t.Error("it can be confirmed twice")
		}
		back := host.Submit(said, undo, nil).Want(200, "撤回了", "还没到")
		phoned := clerk.Submit(clerk.Get(at), confirm, nil).Want(200, "已电话说好")
		clerk.Submit(phoned, undo, nil).Want(200, "撤回了")

		bad := host.Submit(back, cancel, url.Values{"note": {"电杆倒了"}}).Want(422, "请选一个原因")
		if v := webtest.Values(bad.Find(cancel)); v.Get("note") != "电杆倒了" || bad.Find("details[open] "+cancel).Length() != 1 {
			t.Errorf("what was typed is lost: %v", v)
		}
		clerk.Get("/calendar/requests").Want(200, "没有等您办的")
		waits := host.Submit(bad, cancel, url.Values{"reason": {"power"}, "note": {"电杆倒了"}}).Want(200, "报上去了，等乡镇答复", "等乡镇同意取消", "停电")
		if waits.Find(cancel).Length() != 0 {
			t.Error("it can be asked for twice")
		}
		list := clerk.Get("/calendar/requests").Want(200, "安石村王家院家庭党校", "2026年11月28日", "停电 · 电杆倒了")
		refused := clerk.Submit(list, decide, url.Values{"act": {"refuse"}}).Want(422, "不同意，请说为什么")
		clerk.Submit(refused, decide, url.Values{"act": {"refuse"}, "answer": {"借邻居的发电机"}}).Want(200, "办好了1条", "没有等您办的")
		again := host.Get(at).Want(200, "还没到")
		if strings.Contains(again.Text(), "等乡镇同意取消") {
			t.Error("a refused request still waits")
		}

		waits = host.Submit(again, cancel, url.Values{"reason": {"road"}}).Want(200, "等乡镇同意取消")
		host.Submit(waits, undo, nil).Want(200, "撤回了")
		clerk.Get("/calendar/requests").Want(200, "没有等您办的")
		host.Submit(host.Get(at), cancel, url.Values{"reason": {"road"}}).Want(200, "报上去了")
		clerk.Submit(clerk.Get("/calendar/requests"), decide, url.Values{"act": {"agree"}}).Want(200, "办好了1条")
		gone := host.Get(at).Want(200, "已取消", "下雨路断")
		for _, form := range []string{confirm, undo, cancel, "form[action$='/move']"} {
			if gone.Find(form).Length() != 0 {
				t.Errorf("the host is offered %s of a day that was called off", form)
			}
		}
		restored := clerk.Submit(clerk.Get(at), undo, nil).Want(200, "撤回了", "还没到")
		clerk.Submit(restored, cancel, url.Values{"reason": {"farm_work"}}).Want(200, "取消了", "已取消", "农忙")

		village := h.as(t, access.Village)
		if got := village.Get("/calendar/requests"); got.Status != 403 {
			t.Errorf("a village decides: %d", got.Status)
		}
		var v model.DayView
		if got := clerk.API("POST", at+"/undo", map[string]any{}, &v); got != 200 || v.State != model.Upcoming {
			t.Errorf("%d %+v", got, v)
		}
	})
}

// Whoever moves a day says why by one of the chips, or not at all; offices see at the form what speaks against the date and which one is
// better, the host does not.
func TestMoveWithReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(28))
		host, clerk := h.as(t, access.Host), h.as(t, access.Township)
		at := "/calendar/days/" + h.day(t, "2026-11").ID.String()
		const move = "form[action$='/move']"
		clerk.Submit(clerk.Get("/calendar/places/"+h.tree.Township.ID.String()), "form[action$='/market']", url.Values{"market": {"digits"}, "digits": {"8"}}).Want(200)
		clerk.Get(at).Want(200, "这天是街天", "可以改到2026年11月29日", "这个月还没有排学习内容")
		page := host.Get(at)
		if strings.Contains(page.Text(), "街天") || page.Find(move+" input[name='reason']").Length() != len(model.Reasons)+1 {
			t.Error("the host sees hints, or not every chip")
		}
		if v := webtest.Values(page.Find(move)); v.Get("reason") != "" {
			t.Errorf("a reason is chosen for him: %v", v)
		}
		host.Submit(page, move, url.Values{"to": {"2026-11-29"}, "reason": {"host_away"}}).Want(200, "改好了", "户主不在", "原定11月28日")
		host.Submit(host.Get(at), move, url.Values{"to": {"2026-11-30"}, "reason": {""}}).Want(200, "2026年11月30日")
	})
}
