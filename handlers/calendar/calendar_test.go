package calendar_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"huotang/handlers/calendar"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	model "huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
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
	h.site = webtest.New(t, e, calendar.Mount)
	h.people = accountstest.Everyone(t, e, h.tree)
	return h
}

func (h house) as(t *testing.T, r access.Role) *webtest.Browser {
	t.Helper()
	return h.site.As(t, h.people[r].Account)
}

func (h house) day(t *testing.T, m string) model.DayView {
	t.Helper()
	month, err := date.ParseMonth(m)
	if err != nil {
		t.Fatal(err)
	}
	return calendartest.Day(t, h.e, h.tree.Site.ID, month)
}

// The clerk looks first, then sets the rule; every school of the township gets its days.
func TestSetARule(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		clerk := h.as(t, access.Township)
		page := clerk.Get("/calendar/rules").Want(200, "凤山镇的活动日规则", "还没有定")
		if want := "/calendar/rules/" + h.tree.Township.ID.String(); page.Path != want {
			t.Errorf("taken to %s", page.Path)
		}
		form := ".form"
		bad := clerk.Submit(page, form, url.Values{"from": {"2026-10"}, "kind": {"day"}, "day": {"28"}, "act": {"set"}})
		bad.Want(422, "已经过去的月份不能再改")
		if v := webtest.Values(bad.Find(form)); v.Get("from") != "2026-10" || v.Get("day") != "28" || v.Get("kind") != "day" {
			t.Errorf("what was typed is lost: %v", v)
		}
		clerk.Submit(page, form, url.Values{"from": {"2026-13"}, "kind": {"day"}, "act": {"set"}}).Want(422, "没有这个月")
		rule := url.Values{"from": {"2026-11"}, "kind": {"day"}, "day": {"31"}, "holiday": {"next_working_day"}, "act": {"preview"}}
		seen := clerk.Submit(page, form, rule).Want(200, "2026年11月30日", "2027年2月28日", "本年度放假安排未录入")
		if n := seen.Find("h2#preview ~ ul.rows li").Length(); n != 12 {
			t.Errorf("%d dates", n)
		}
		if got := clerk.Get("/calendar?view=list").Find("tbody tr").Length(); got != 0 {
			t.Errorf("looking planned %d days", got)
		}
		set := clerk.Submit(seen, form, url.Values{"act": {"set"}}).Want(200, "定好了", "每月31日，遇法定假日顺延到下一个工作日")
		if set.Find("tbody tr").Length() != 0 || set.Path != page.Path {
			t.Errorf("at %s", set.Path)
		}
		month := clerk.Get("/calendar?view=list").Want(200, "2026年11月活动日", "还没到", "按编号排列")
		if got := month.Find("tbody tr").Length(); got != 3 {
			t.Errorf("%d schools", got)
		}
		clerk.Submit(set, "form[action$='/plan']", nil).Want(200, "新排0个")
		county := h.as(t, access.County)
		county.Get("/calendar/rules").Want(200, "凤山镇", "鲁史镇", "还没有定")
	})
}

func TestMoveAndNotHeld(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(28))
		host := h.as(t, access.Host)
		nov := h.day(t, "2026-11")
		list := host.Get("/calendar").Want(200, "安石村王家院家庭党校", "2026年11月28日 星期六", "还没到")
		if n := list.Find("tbody tr").Length(); n != 2 || list.Find("nav.tabs").Length() != 0 {
			t.Errorf("%d days of this year", n)
		}
		host.Get("/calendar?year=2027").Want(200, "2027年2月28日")
		page := host.Get("/calendar/days/"+nov.ID.String()).Want(200, "改到别的日子", "本月没有开展", "下雨路断")
		move, not := "form[action$='/move']", "form[action$='/not-held']"
		bad := host.Submit(page, move, url.Values{"to": {"2027-01-01"}, "reason": {"road"}}).Want(422, "不超过15天")
		if v := webtest.Values(bad.Find(move)); v.Get("to") != "2027-01-01" || v.Get("reason") != "road" || bad.Find("details[open]").Length() != 1 {
			t.Errorf("what was typed is lost: %v", v)
		}
		host.Submit(page, move, url.Values{"to": {"2026-02-30"}}).Want(422, "没有这一天")
		moved := host.Submit(page, move, url.Values{"to": {"2026-11-29"}, "reason": {"road"}}).Want(200, "改好了", "2026年11月29日", "原定11月28日")
		host.Submit(page, move, url.Values{"to": {"2026-11-29"}, "reason": {"road"}}).Want(200) // the same form again
		back := host.Submit(moved, "form[action$='/undo']", nil).Want(200, "撤回了", "2026年11月28日")
		host.Submit(back, not, nil).Want(422, "请选一个原因")
		said := host.Submit(back, not, url.Values{"reason": {"farm_work"}}).Want(200, "记好了", "本月没有开展", "农忙")
		host.Submit(said, "form[action$='/undo']", nil).Want(200, "撤回了", "还没到")
		var n int64
		e.See(t, func(tx *db.Tx) error {
			return tx.Table("audit_rows").Where("object = ? AND account_id = ?", "activity_day", h.people[access.Host].Account).Count(&n).Error
		})
		if n != 4 {
			t.Errorf("%d audit rows", n)
		}
	})
}

// Who sees the day sees it, who may move it finds the forms, and nobody else's post does anything.
func TestWhoseDay(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(28))
	calendartest.Rule(t, e, h.tree.Township2.ID, calendartest.OnDay(28))
	nov := h.day(t, "2026-11")
	moves := map[access.Role]bool{
		access.County: true, access.TownshipAdmin: true, access.Township: true, access.Village: true, access.Host: true, access.Head: true,
	}
	path := "/calendar/days/" + nov.ID.String()
	for _, r := range access.Roles {
		b := h.as(t, r)
		page := b.Get(path).Want(200)
		if got := page.Find("form[action$='/move']").Length() == 1; got != moves[r] {
			t.Errorf("%s finds the form: %v", r, got)
		}
		if got := b.Post(path+"/move", url.Values{"to": {"2026-11-27"}}).Status == 200; got != moves[r] {
			t.Errorf("%s moves: %v", r, got)
		}
		b.Get("/calendar?site=" + h.tree.Site.ID.String()).Want(200)
		status := map[bool]int{true: 200, false: 404}[r == access.County || r == access.Auditor]
		b.Get("/calendar?site=" + h.tree.Far.ID.String()).Want(status)
		b.Get("/calendar/years").Want(200, "2026年放假安排")
	}
	far := accountstest.As(t, e, access.Township, h.tree.Township2.ID)
	b := h.site.As(t, far.Account)
	for _, p := range []string{path, "/calendar/rules/" + h.tree.Township.ID.String(), "/calendar?site=" + h.tree.Site.ID.String()} {
		b.Get(p).Want(404)
	}
	for _, p := range []string{path + "/move", path + "/not-held", path + "/undo"} {
		b.Post(p, url.Values{"to": {"2026-11-26"}, "reason": {"power"}}).Want(404)
	}
	b.Post("/calendar/rules/"+h.tree.Township.ID.String(), url.Values{"kind": {"day"}, "day": {"1"}, "holiday": {"keep"}, "act": {"set"}}).Want(404)
	b.Get("/calendar/days/nonsense").Want(404)
	visitor := h.site.Visitor(t)
	for _, p := range []string{"/calendar", path, "/calendar/rules", "/calendar/years/2026"} {
		if got := visitor.Get(p); got.Status == 200 && strings.HasPrefix(got.Path, "/calendar") {
			t.Errorf("a visitor sees %s", p)
		}
	}
	if got := h.day(t, "2026-11").PlannedOn.String(); got != "2026-11-27" {
		t.Errorf("the day is on %s", got)
	}
}

func TestHolidaysOfAYear(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		county := h.as(t, access.County)
		page := county.Get("/calendar/years").Want(200, "本年度放假安排未录入", "用系统自带的安排")
		loaded := county.Submit(page, "form[action$='/load']", nil).Want(200, "2026年的放假安排录好了", "2026年10月1日", "八月廿一", "正月初一")
		if strings.Contains(loaded.Body, "未录入") {
			t.Error("still said not to be entered")
		}
		next := county.Get("/calendar/years/2027").Want(200, "未录入")
		if next.Find("form[action$='/load']").Length()+next.Find("form[action$='/finish']").Length() != 0 {
			t.Error("2027 can be taken over, or finished empty")
		}
		bad := county.Submit(next, ".form", url.Values{"day": {"2027-10-01"}, "until": {"2027-10-07"}}).Want(422, "这里要填")
		if v := webtest.Values(bad.Find(".form")); v.Get("day") != "2027-10-01" || v.Get("until") != "2027-10-07" || v.Get("kind") != "holiday" {
			t.Errorf("what was typed is lost: %v", v)
		}
		put := county.Submit(bad, ".form", url.Values{"name": {"国庆节"}}).Want(200, "录好了", "2027年10月7日")
		gone := county.Submit(put, "form[action='/calendar/holidays/2027-10-07/remove']", nil).Want(200, "删掉了")
		if n := gone.Find("tbody tr").Length(); n != 6 {
			t.Errorf("%d days", n)
		}
		county.Submit(gone, "form[action$='/finish']", nil).Want(200, "2027年已确认录齐")
		county.Get("/calendar/years/1999").Want(422)
		for _, r := range []access.Role{access.Township, access.Auditor, access.Host} {
			b := h.as(t, r)
			if b.Get("/calendar/years/2027").Want(200).Find("main form").Length() != 0 {
				t.Errorf("%s may edit", r)
			}
			if got := b.Post("/calendar/years/2027", url.Values{"day": {"2027-12-01"}, "kind": {"holiday"}, "name": {"x"}}).Status; got != 403 {
				t.Errorf("%s edits: %d", r, got)
			}
		}
	})
}

func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		clerk, host := h.as(t, access.Township), h.as(t, access.Host)
		path := "/calendar/rules/" + h.tree.Township.ID.String()
		var rule model.RuleView
		if got := clerk.API(http.MethodPut, path, map[string]any{"kind": "weekday", "nth": 5, "weekday": 5, "holiday": "keep"}, &rule); got != 200 || rule.Now.Nth != 5 {
			t.Fatalf("%d %+v", got, rule)
		}
		for body, want := range map[string]int{`{"kind":"day","day":"x"}`: 422, `{"kind":"day","more":1}`: 422, `{"kind":"day","day":40,"holiday":"keep"}`: 422, `{`: 422} {
			if got := clerk.API(http.MethodPut, path, body, nil); got != want {
				t.Errorf("%s: %d", body, got)
			}
		}
		if got := host.API(http.MethodPut, path, map[string]any{"kind": "day", "day": 1, "holiday": "keep"}, nil); got != 404 {
			t.Errorf("a host sets the township's rule: %d", got)
		}
		var days db.Page[model.DayView]
		if got := host.API(http.MethodGet, "/calendar/days?month=2026-12", nil, &days); got != 200 || len(days.Items) != 1 || days.Items[0].PlannedOn.String() != "2026-12-25" {
			t.Fatalf("%d %+v", got, days)
		}
		id := "/calendar/days/" + days.Items[0].ID.String()
		var d model.DayView
		if got := host.API(http.MethodPost, id+"/move", map[string]any{"to": "2026-12-24"}, &d); got != 200 || d.Shift != model.ByHand {
			t.Errorf("%d %+v", got, d)
		}
		if got := host.API(http.MethodPost, id+"/not-held", map[string]any{"reason": "power"}, nil); got != 409 {
			t.Errorf("a month to come was not held: %d", got)
		}
		if got := host.API(http.MethodPost, id+"/undo", nil, &d); got != 200 || d.PlannedOn.String() != "2026-12-25" {
			t.Errorf("%d %+v", got, d)
		}
		var today model.TodayView
		if got := host.API(http.MethodGet, "/calendar/today/"+h.tree.Site.ID.String(), nil, &today); got != 200 || today.Due != nil || today.Next == nil {
			t.Errorf("%d %+v", got, today)
		}
		var year model.YearView
		county := h.as(t, access.County)
		if got := county.API(http.MethodPost, "/calendar/years/2026/load", nil, &year); got != 200 || !year.Loaded {
			t.Errorf("%d %+v", got, year)
		}
		if got := county.API(http.MethodDelete, "/calendar/holidays/2026-10-10", nil, &year); got != 200 {
			t.Errorf("%d", got)
		}
		if got := county.API(http.MethodPost, "/calendar/holidays", map[string]any{"day": "2026-10-10", "kind": "workday", "name": "国庆节调休"}, &year); got != 200 {
			t.Errorf("%d", got)
		}
		if got := clerk.API(http.MethodPost, path+"/plan", map[string]any{"from": "2026-11", "to": "2026-12"}, nil); got != 200 {
			t.Errorf("plan: %d", got)
		}
		if got := clerk.API(http.MethodGet, "/calendar/rules/"+org.SiteUnit(h.tree.Site.ID).String(), nil, &rule); got != 200 || rule.Own || !rule.School {
			t.Errorf("%d %+v", got, rule)
		}
	})
}

// A township enters its market days in each of the four ways, and its seasons; the rule's preview then hints at them.
func TestMarketDaysAndSeasons(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		clerk, town := h.as(t, access.Township), h.tree.Township.ID.String()
		page := follow(clerk, clerk.Get("/calendar/rules"), "a[href='/calendar/places/"+town+"']").Want(200, "凤山镇的街天和农忙", "没有记街天", "春茶 3月1日至4月30日", "火把节 农历六月廿四", "用的是全县的")
		const market, seasons = "form[action$='/market']", "form[action$='/seasons']"
		bad := clerk.Submit(page, market, url.Values{"market": {"zodiac"}, "zodiac": {"0", "5"}}).Want(422, "要么两个隔6天")
		if v := webtest.Values(bad.Find(market)); v.Get("market") != "zodiac" || len(v["zodiac"]) != 2 {
			t.Errorf("what was chosen is lost: %v", v)
		}
		for _, c := range []struct{ kind, value, want string }{
			{"digits", "5", "按公历逢几：逢五"}, {"lunar", "3", "按农历逢几：逢三"}, {"weekdays", "7", "按星期几：星期日"}, {"zodiac", "1", "按属相：丑（牛）"},
		} {
			page = clerk.Submit(page, market, url.Values{"market": {c.kind}, c.kind: {c.value}}).Want(200, c.want, "街天记好了")
			if page.Find("dl.facts dd").Length() != 6 {
				t.Errorf("%s: %d days to check", c.kind, page.Find("dl.facts dd").Length()-1)
			}
		}
		page = clerk.Submit(page, market, url.Values{"market": {"digits"}, "digits": {"8"}, "zodiac": {"1"}}).Want(200, "按公历逢几：逢八")
		bad = clerk.Submit(page, seasons, url.Values{"season_name_1": {"烤烟"}, "season_from_1": {"5月1日"}, "season_to_1": {"小暑"}}).Want(422, "请写成 3月1日 这样")
		if v := webtest.Values(bad.Find(seasons)); v.Get("season_to_1") != "小暑" || v.Get("season_name_0") != "春茶" {
			t.Errorf("what was typed is lost: %v", v)
		}
		page = clerk.Submit(page, seasons, url.Values{
			"season_name_0": {"烤烟"}, "season_from_0": {"11.1"}, "season_to_0": {"12-31"}, "season_name_1": {""}, "season_from_1": {""}, "season_to_1": {""},
		}).Want(200, "烤烟 11月1日至12月31日")
		if strings.Contains(page.Text(), "核桃") || !strings.Contains(page.Text(), "改回用全县的") {
			t.Error("an emptied row stays, or there is no way back")
		}
		rule := clerk.Get("/calendar/rules/" + town)
		clerk.Submit(rule, ".form", url.Values{"from": {"2026-12"}, "kind": {"day"}, "day": {"28"}, "holiday": {"keep"}, "act": {"preview"}}).
			Want(200, "提醒：这天是街天", "提醒：农忙 · 烤烟")
		clerk.Submit(page, seasons, url.Values{"act": {"inherit"}}).Want(200, "用的是全县的", "核桃")
		host := h.as(t, access.Host)
		if got := host.Get("/calendar/places/" + town); got.Find("form[action*='/places/']").Length() != 0 {
			t.Error("the host is offered to enter market days")
		}
		county := h.as(t, access.County)
		all := follow(county, county.Get("/calendar/rules"), "a[href^='/calendar/places/']").Want(200, "凤庆县的街天和农忙")
		if all.Find(market).Length() != 0 || all.Find(seasons).Length() != 1 {
			t.Error("a county has seasons, and no market days")
		}
	})
}

// follow opens the first link that the selector finds.
func follow(b *webtest.Browser, p *webtest.Page, selector string) *webtest.Page {
	return b.Get(p.Find(selector).First().AttrOr("href", "/no-link-"+selector))
}
