package calendar_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"huotang/handlers/calendar"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	model "huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// A month is a table of weeks: each date with its lunar one, the holidays, the exchange week, and what stands on it.
func TestMonth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		calendartest.Rule(t, e, h.tree.Township.ID, model.Rule{Kind: model.OnDay, Day: 9, Hour: "20:00", Holiday: model.Keep})
		calendartest.Rule(t, e, h.tree.Township2.ID, calendartest.OnDay(9))
		clerk, county := h.as(t, access.Township), h.as(t, access.County)
		loud := clerk.Get("/calendar?month=2026-12").Want(200, "凤山镇 2026年12月活动日", "本年度放假安排未录入（2026年）")
		if loud.Find(".notice a[href='/calendar/years/2026']").Length() != 0 {
			t.Error("a clerk is sent to enter holidays")
		}
		if county.Get("/calendar?month=2026-12").Want(200).Find(".notice a[href='/calendar/years/2026']").Length() != 1 {
			t.Error("the county does not find where to enter them")
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := model.LoadYear(tx, orgtest.By, model.YearInput{Year: 2026})
			return err
		})
		a := exchange.New()
		e.Do(t, func(tx *db.Tx) error {
			in := exchange.SetWeekInput{Unit: h.tree.Township.ID, Quarter: date.NewQuarter(2026, 4), Day: date.New(2026, 12, 16)}
			if _, err := a.SetWeek(tx, orgtest.By, in); err != nil {
				return err
			}
			_, err := a.Plan(tx, orgtest.By, exchange.PlanInput{Unit: in.Unit, Quarter: in.Quarter})
			return err
		})
		page := clerk.Get("/calendar?month=2026-12").Want(200, "12月9日", "冬月初一", "3所 20:00", "交流周", "改日子")
		if strings.Contains(page.Body, "未录入（2026年）") || !strings.Contains(page.Body, "本年度放假安排未录入（2027年）") {
			t.Error("2026 is still said not to be entered, or 2027 is not, of which the page shows three days")
		}
		if agenda := clerk.Get("/calendar?view=agenda&month=2026-12").Want(200); strings.Contains(agenda.Body, "未录入") {
			t.Error("said of a year that is not shown")
		}
		table := page.Find("table.month")
		if n := table.Find("thead th").Length(); n != 7 || table.Find("thead th").First().Text() != "星期一" {
			t.Errorf("%d headings", n)
		}
		if n := table.Find("td").Length(); n != 35 {
			t.Errorf("%d dates", n)
		}
		if n := table.Find("td[data-date='2026-12-09'] [data-day]").Length(); n != 3 {
			t.Errorf("%d schools to move", n)
		}
		met := 0
		for _, v := range []string{"month", "agenda"} {
			clerk.Get("/calendar?month=2026-12&view=" + v).Want(200).Find("a[href^='/exchange/groups/']").Each(func(_ int, a *goquery.Selection) {
				if met++; !strings.Contains(a.Text(), "交流") {
					t.Errorf("%s: %q leads to the meeting", v, a.Text())
				}
			})
		}
		if met != 2 {
			t.Errorf("%d links to the meeting of three schools", met)
		}
		if n := table.Find("td:contains('交流周')").Length(); n != 7 {
			t.Errorf("the exchange week has %d days", n)
		}
		year := clerk.Get("/calendar?month=2026-10").Want(200, "放假 国庆节", "调休上班")
		if n := year.Find("td[data-date='2026-10-10'] .tag.on").Length(); n != 1 {
			t.Error("the make-up day is not marked")
		}
		whole := county.Get("/calendar?month=2026-12").Want(200, "凤山镇", "3所", "鲁史镇", "1所")
		if whole.Find("td[data-date='2026-12-09'] li").Length() != 2 || whole.Find("[data-day]").Length() != 0 {
			t.Error("the county does not see townships")
		}
		county.Get(whole.Find("td[data-date='2026-12-09'] a").First().AttrOr("href", "")).Want(200, "凤山镇 2026年12月活动日", "安石村王家院")
		one := h.as(t, access.Host).Get("/calendar?month=2026-12&site="+h.tree.Site.ID.String()).Want(200, "安石村王家院家庭党校 2026年12月活动日")
		if one.Find("[data-day]").Length() != 1 || one.Find("[data-looks]").Length() != 0 {
			t.Error("a host moves his day, and sees no hints")
		}
		if n := h.as(t, access.Auditor).Get("/calendar?month=2026-12&under=530921101").Want(200).Find("[data-day], script[src*=calendar]").Length(); n != 0 {
			t.Error("an auditor may move days")
		}
		for _, v := range []string{"agenda", "sheet"} {
			clerk.Get("/calendar?view="+v+"&month=2026-12").Want(200, "12月9日", "安石村王家院", "大寺村街子", "20:00")
			county.Get("/calendar?view="+v+"&month=2026-12").Want(200, "凤山镇")
		}
	})
}

// Many schools of a day are folded, none is left out.
func TestFolded(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(9))
	e.Do(t, func(tx *db.Tx) error {
		for n := range 42 {
			in := org.AddSiteInput{
				Village: h.tree.Village2.ID, Name: "大寺村" + strconv.Itoa(n+1) + "组家庭党校", LicensedOn: orgtest.LicensedOn, Address: "大寺村", Network: "mobile_weak",
			}
			if _, err := org.AddSite(tx, orgtest.By, in); err != nil {
				return err
			}
		}
		return nil
	})
	calendartest.Plan(t, e, h.tree.Township.ID, date.NewMonth(2026, 12), date.NewMonth(2026, 12))
	clerk := h.as(t, access.Township)
	for _, v := range []string{"month", "agenda"} {
		page := clerk.Get("/calendar?month=2026-12&view="+v).Want(200, "45所", "还有40所")
		if n := page.Find(".placed").Length(); n != 45 {
			t.Errorf("%s: %d schools", v, n)
		}
		if n := page.Find("details .placed").Length(); n != 40 {
			t.Errorf("%s: %d folded", v, n)
		}
	}
}

// What was moved on the page of the month can be put back there, wherever it was.
func TestPutBack(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(9))
	clerk := h.as(t, access.Township)
	d := h.day(t, "2026-12")
	post := func(to string) {
		t.Helper()
		if got := clerk.API(http.MethodPost, "/calendar/days/"+d.ID.String()+"/move", map[string]any{"to": to}, nil); got != 200 {
			t.Fatalf("moved to %s: %d", to, got)
		}
	}
	back := func(q, was string) {
		t.Helper()
		page := clerk.Get("/calendar?month=2026-12&view=month&moved="+d.ID.String()+q).Want(200, "安石村王家院家庭党校改到")
		put := clerk.Submit(page, ".notice form", nil).Want(200)
		if got := h.day(t, "2026-12").PlannedOn.String(); got != was || put.Path != "/calendar" {
			t.Errorf("put back to %s, at %s", got, put.Path)
		}
	}
	post("2026-12-11")
	back("&was=2026-12-09", "2026-12-09")
	post("2026-12-11")
	post("2026-12-12")
	back("&was=2026-12-11&hand=true", "2026-12-11")
	if n := h.as(t, access.Auditor).Get("/calendar?month=2026-12&moved=" + d.ID.String()).Want(200).Find(".notice form").Length(); n != 0 {
		t.Error("without a date there is nothing to put back")
	}
	undo := "/calendar/days/" + d.ID.String() + "/undo"
	if got := clerk.Post(undo, url.Values{"back": {"https://example.cn/?month=2026-12"}}); got.Path != "/calendar" {
		t.Errorf("taken to %s", got.Path)
	}
}

// What speaks against a date is said in the words of the day's page, and not to the host.
func TestLook(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(9))
	path := "/calendar/days/" + h.day(t, "2026-12").ID.String() + "/look?on=2026-12-11"
	clerk := h.as(t, access.Township)
	var v calendar.LookView
	if got := clerk.API(http.MethodGet, path, nil, &v); got != 200 || strings.Contains(strings.Join(v.Words, ""), "街天") || v.Lunar != "冬月初三" {
		t.Errorf("%d %+v", got, v)
	}
	market := map[string]any{"market": "digits", "values": []int{1}}
	if got := clerk.API(http.MethodPut, "/calendar/markets/"+h.tree.Township.ID.String(), market, nil); got != 200 {
		t.Fatal(got)
	}
	if got := clerk.API(http.MethodGet, path, nil, &v); got != 200 || len(v.Words) == 0 || !strings.Contains(v.Words[0], "这天是街天 可以改到2026年12月12日") {
		t.Errorf("%d %+v", got, v)
	}
	if got := h.as(t, access.Host).API(http.MethodGet, path, nil, nil); got != http.StatusForbidden {
		t.Errorf("a host is shown hints: %d", got)
	}
}

// Who plans is told in the month itself what speaks against the days ahead, and which day would be better: of all schools once, of one at
// its name. The host is told nothing, nor is the wall.
func TestHintsInTheMonth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(9))
		e.Do(t, func(tx *db.Tx) error {
			if _, err := model.SetMarket(tx, orgtest.By, model.SetMarketInput{Unit: h.tree.Township.ID, Market: model.MarketDigits, Values: []int{9}}); err != nil {
				return err
			}
			_, err := org.SetEquipment(tx, orgtest.By, org.SetEquipmentInput{Site: h.tree.Sister.ID, Network: "none", Items: []org.Item{{Kind: "television", Count: 1, State: "broken"}}})
			return err
		})
		const market, fault = "这天是街天，可以改到12月10日", "设备要修 · 电视机"
		path := "/calendar?month=2026-12"
		for _, r := range []access.Role{access.Township, access.TownshipAdmin} {
			for _, v := range []string{"", "&view=agenda"} {
				page := h.as(t, r).Get(path+v).Want(200, market, fault)
				if n := strings.Count(page.Body, market); n != 1 {
					t.Errorf("%s %s: the market day is said %d times", r, v, n)
				}
				if li := page.Find(".placed:contains('电视机')"); li.Length() != 1 || !strings.Contains(li.Text(), strings.TrimSuffix(h.tree.Sister.Name, "家庭党校")) {
					t.Errorf("%s %s: the fault stands at %q", r, v, li.Text())
				}
			}
		}
		h.as(t, access.County).Get(path+"&under="+h.tree.Township.Code).Want(200, market, fault)
		one := h.as(t, access.Township).Get(path+"&site="+h.tree.Sister.ID.String()).Want(200, market, fault)
		if one.Find(".placed .hint").Length() < 2 {
			t.Error("of one school all stands at its day")
		}
		for name, page := range map[string]*webtest.Page{
			"the host":    h.as(t, access.Host).Get(path + "&site=" + h.tree.Site.ID.String()),
			"the trainee": h.as(t, access.Trainee).Get(path + "&site=" + h.tree.Site.ID.String()),
			"the auditor": h.as(t, access.Auditor).Get(path + "&under=" + h.tree.Township.Code),
			"the wall":    h.as(t, access.Township).Get(path + "&view=sheet"),
		} {
			if strings.Contains(page.Body, "街天") || strings.Contains(page.Body, "设备要修") {
				t.Errorf("%s is shown hints", name)
			}
		}
		e.Clock.Set(date.New(2026, 12, 10).At(9, 0))
		if page := h.as(t, access.Township).Get(path).Want(200); strings.Contains(page.Body, "街天") {
			t.Error("of a day that has passed nothing is to be thought of")
		}
	})
}

// A day in a year whose holidays are not entered says so on its own page.
func TestDayOfAYearNotEntered(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(9))
	path := "/calendar/days/" + h.day(t, "2026-12").ID.String()
	clerk := h.as(t, access.Township)
	clerk.Get(path).Want(200, "本年度放假安排未录入（2026年）")
	e.Do(t, func(tx *db.Tx) error {
		_, err := model.LoadYear(tx, orgtest.By, model.YearInput{Year: 2026})
		return err
	})
	if strings.Contains(clerk.Get(path).Want(200).Body, "未录入") {
		t.Error("still said not to be entered")
	}
}
