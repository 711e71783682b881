package calendar_test

import (
	"net/url"
	"strings"
	"testing"

	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db/dbtest"
)

// The county looks at what new dates would seal before it sets them, and gives a school more time; the host reads on his day until when.
func TestPeriodsPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		e.Clock.Set(date.New(2026, 10, 2).At(9, 0))
		calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(25))
		day := "/calendar/days/" + h.day(t, "2026-10").ID.String()
		e.Clock.Set(date.New(2026, 11, 4).At(9, 0))
		county, host := h.as(t, access.County), h.as(t, access.Host)
		host.Get(day).Want(200, "请在11月5日以前交；11月10日以后封存")
		page := county.Get("/calendar/periods").Want(200, "几时交齐", "每月至少1次；月底以后5天之内交算按时，10天以后封存", "没有。要给哪所学校宽限几天")
		if page.Find("nav.tabs a[aria-current]").Length() != 1 {
			t.Error("no tab")
		}
		const form = ".form"
		bad := county.Submit(page, form, url.Values{"on_time": {"20"}, "locked": {"10"}, "act": {"set"}}).Want(422, "封存的日子不能早于交齐的日子")
		if v := webtest.Values(bad.Find(form)); v.Get("on_time") != "20" || v.Get("locked") != "10" {
			t.Errorf("what was typed is lost: %v", v)
		}
		seen := county.Submit(page, form, url.Values{"from": {"2026-10"}, "on_time": {"1"}, "locked": {"3"}, "act": {"preview"}}).
			Want(200, "2026年10月", "11月1日以前交算按时，11月3日以后封存", "今夜就会封存")
		if got := county.Get("/calendar/periods"); !strings.Contains(got.Text(), "10天以后封存") {
			t.Error("looking set it")
		}
		county.Submit(seen, form, url.Values{"from": {"2026-12"}, "times": {"2"}, "on_time": {"3"}, "locked": {"20"}, "act": {"set"}}).
			Want(200, "定好了", "2026年12月起", "每月至少2次；月底以后3天之内交算按时，20天以后封存")

		at := "/calendar/exceptions/" + h.tree.Site.ID.String()
		extra := county.Get(at).Want(200, "给安石村王家院家庭党校宽限几天", "11月5日以前交算按时，11月10日以后封存")
		county.Submit(extra, form, url.Values{"locked_after": {"2026-11-01"}, "reason": {"停电"}}).Want(422, "封存不能早于交齐")
		given := county.Submit(extra, form, url.Values{"on_time_until": {"2026-11-15"}, "locked_after": {"2026-11-20"}, "reason": {"停电半个月"}}).
			Want(200, "定好了", "11月15日以前交算按时，11月20日以后封存", "停电半个月")
		county.Submit(given, form, url.Values{"reason": {""}}).Want(422)
		county.Get("/calendar/periods").Want(200, "安石村王家院家庭党校", "2026年11月20日", "停电半个月")
		host.Get(day).Want(200, "请在11月15日以前交", "停电半个月")
		e.Clock.Set(date.New(2026, 11, 16).At(9, 0))
		h.as(t, access.Host).Get(day).Want(200, "已经过了11月15日，现在交算补交；11月20日以后封存")
		e.Clock.Set(date.New(2026, 11, 21).At(9, 0))
		h.as(t, access.Host).Get(day).Want(200, "本月已封存。现在交也收")
		h.as(t, access.County).Get(at+"?month=2026-10").Want(200, "已经封存的数字不变")
		for _, r := range []access.Role{access.Township, access.Host, access.Auditor} {
			if got := h.as(t, r).Get(at); got.Status != 403 && got.Status != 404 {
				t.Errorf("%s: %d", r, got.Status)
			}
		}
	})
}
