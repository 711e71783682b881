package reports

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/lang"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
	"huotang/models/reports"
	"huotang/models/reports/reportstest"
)

type world struct {
	*webtest.Site
	County *reportstest.County
	who    map[access.Role]accounts.AccountID
	far    accounts.AccountID
}

func start(t *testing.T, e *dbtest.Env) *world {
	t.Helper()
	w := &world{County: reportstest.New(t, e), who: map[access.Role]accounts.AccountID{}}
	w.Site = webtest.New(t, e, func(p *web.Pages, api *web.API) { Mount(p, api, peopletest.Area(t), attendance.New()) })
	for role, actor := range accountstest.Everyone(t, e, w.County.Tree) {
		w.who[role] = actor.Account
	}
	w.far = accountstest.As(t, e, access.Township, w.County.Township2.ID).Account
	return w
}

func (w *world) as(t *testing.T, role access.Role) *webtest.Browser { return w.Site.As(t, w.who[role]) }

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) { fn(t, start(t, e)) })
}

func (w *world) summary(t *testing.T, in reports.SummaryInput) (v reports.SummaryView) {
	t.Helper()
	w.Env.See(t, func(tx *db.Tx) (err error) {
		v, err = reports.Summary(tx, orgtest.By, in)
		return err
	})
	return v
}

func TestCountyPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.County.History(t)
		b := w.as(t, access.County)
		v := w.summary(t, reports.SummaryInput{})
		page := b.Get("/county").Want(200, "全县情况", "截止2026-11-23 16:00", "统计口径", "按编号排列",
			fmt.Sprintf("%d<small> 次", v.Sessions), "共"+lang.Count(v.Minutes)+"分钟", fmt.Sprintf("参加，人数%d", v.People))
		var units []string
		page.Find("#by-unit tbody th a").Each(func(_ int, s *goquery.Selection) { units = append(units, s.Text()) })
		if d := cmp.Diff([]string{"凤山镇", "鲁史镇"}, units); d != "" {
			t.Error(d)
		}
		down := page.Find("#by-unit tbody th a").First().AttrOr("href", "")
		town := b.Get(down).Want(200, "凤山镇情况", "安石村", "大寺村", "覆盖率")
		village := b.Get(town.Find("#by-unit tbody th a").First().AttrOr("href", "")).Want(200, "安石村情况", "王家院家庭党校")
		school := b.Get(village.Find("#by-unit tbody th a").First().AttrOr("href", "")).Want(200, "安石村王家院家庭党校情况", "2026年11月20日", "2026年9月5日")
		if n := school.Find(`a[href^="/sessions/"]`).Length(); n != 4 {
			t.Errorf("%d sessions of the school", n)
		}
		if crumbs := school.Find(".crumbs li"); crumbs.Length() != 4 || crumbs.First().Text() != "凤庆县" {
			t.Errorf("crumbs %q", crumbs.Text())
		}
		b.Get("/county?coverage=1").Want(200, "覆盖率")
		b.Get("/county?from=2026-10-01&to=2026-10-31").Want(200, "2026-10-01到2026-10-31")
		img := page.Find("img.chart").AttrOr("src", "")
		if svg := b.Get(img); svg.Status != 200 || svg.Header.Get("Content-Type") != "image/svg+xml" {
			t.Errorf("chart %s: %d", img, svg.Status)
		}
	})
}

func TestFilterKeepsWhatWasTyped(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	b := w.as(t, access.County)
	for _, c := range []struct{ query, text, from, to string }{
		{"from=2026-02-30&to=2026-03-01", "没有这一天", "2026-02-30", "2026-03-01"},
		{"from=gestern", "没有这一天", "gestern", ""},
		{"from=2026-03-02&to=2026-03-01", "结束日期不能早于开始日期", "2026-03-02", "2026-03-01"},
		{"from=1066-10-14", "1990年到2100年", "1066-10-14", ""},
	} {
		p := b.Get("/county?"+c.query).Want(422, c.text)
		if from, to := p.Find("#from").AttrOr("value", ""), p.Find("#to").AttrOr("value", ""); from != c.from || to != c.to {
			t.Errorf("%s came back as %q %q", c.query, from, to)
		}
		if p.Find(".errors a[href='#from'], .errors a[href='#to']").Length() == 0 {
			t.Errorf("%s: the summary leads to no field", c.query)
		}
	}
	b.Get("/month?month=2026-13").Want(422, "没有这个月")
	b.Get("/month?state=happy").Want(422, "请从给出的里面选一个")
	b.Get("/county?unit=999").Want(404)
}

func TestEmptyPages(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	b := w.as(t, access.County)
	b.Get("/county").Want(200, "这段时间还没有交过名单", "没有要问的学校")
	b.Get("/county?unit="+w.County.Site.Code).Want(200, "这段时间还没有交过名单")
	b.Get("/month").Want(200, "本年度放假安排未录入（2026年）", "本月4所", "没有排活动日")
	b.Get("/month?state=held").Want(200, "没有这样的学校")
	b.Get("/month/calls").Want(200, "没有要问的学校")
	b.Get("/reports/trend.svg").Want(200)
	b.Get("/reports/print").Want(200, "第1页/共1页")
	if x := b.Get("/reports/summary.xlsx"); x.Status != 200 {
		t.Errorf("workbook %d", x.Status)
	}
}

func TestMonthPages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		e := w.Env
		e.Clock.Set(date.New(2026, 11, 1).At(9, 0))
		calendartest.Rule(t, e, w.County.Township.ID, calendartest.OnDay(20))
		day := calendartest.Day(t, e, w.County.Sister.ID, date.NewMonth(2026, 11))
		e.Clock.Set(date.New(2026, 11, 23).At(9, 0))
		e.Do(t, func(tx *db.Tx) error {
			_, err := calendar.SetNotHeld(tx, orgtest.By, calendar.NotHeldInput{ID: day.ID, Reason: calendar.FarmWork})
			return err
		})
		w.County.Hold(t, w.County.Site, date.New(2026, 11, 21))
		clerk := w.as(t, access.Township)
		page := clerk.Get("/month").Want(200, "本月3所", "✓ 已交", "没有开展", "农忙", "还没有记录", "打电话名单（1所）", "按编号排列")
		var codes []string
		page.Find("tbody td[data-label='编号']").Each(func(_ int, s *goquery.Selection) { codes = append(codes, s.Text()) })
		if d := cmp.Diff([]string{w.County.Site.Code, w.County.Sister.Code, w.County.Neighbour.Code}, codes); d != "" {
			t.Error(d)
		}
		calls := clerk.Get("/month/calls").Want(200, "打电话名单：1所", "大寺村街子家庭党校", "没有登记电话", "看号码，打电话")
		if calls.Find(`a[href^="/calendar/days/"]`).Length() != 1 {
			t.Error("no way to note what the host said")
		}
		clerk.Get("/month?state=no_record&month=2026-11").Want(200, "大寺村街子家庭党校")
		clerk.Get("/reports/month/print").Want(200, "第1页/共1页", "农忙", "统计口径", "截止时间")
		w.as(t, access.Village).Get("/month").Want(200, "本月2所")
		w.as(t, access.County).Get("/month").Want(200, "本月4所", "鲁史镇")
	})
}

func TestPaging(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	b := w.as(t, access.County)
	first := b.Get("/month?limit=3&month=2026-11").Want(200)
	next := first.Find(".pager a").AttrOr("href", "")
	if !strings.Contains(next, "after="+w.County.Neighbour.Code) || !strings.Contains(next, "month=2026-11") {
		t.Fatalf("next is %q", next)
	}
	second := b.Get(next).Want(200)
	if n := second.Find("tbody tr").Length(); n != 1 {
		t.Errorf("%d on the second part", n)
	}
	for i := range 60 {
		w.County.Hold(t, w.County.Site, date.New(2026, 11, 23).AddDays(-i))
	}
	path := "/county?unit=" + w.County.Site.Code
	seen := map[string]bool{}
	for path != "" {
		p := b.Get(path).Want(200)
		p.Find(`a[href^="/sessions/"]`).Each(func(_ int, s *goquery.Selection) { seen[s.AttrOr("href", "")] = true })
		path = p.Find(".pager a").AttrOr("href", "")
	}
	if len(seen) != 60 {
		t.Errorf("saw %d of 60 sessions", len(seen))
	}
}

// Each role at each page and endpoint, inside and outside.
func TestWhoGetsIn(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	w.County.History(t)
	unit := "?unit=" + w.County.Site.Code
	sees := []access.Role{access.County, access.Auditor, access.TownshipAdmin, access.Township, access.Village, access.Resident}
	exports := []access.Role{access.County, access.Auditor, access.TownshipAdmin, access.Township}
	pages := []string{"/county", "/month", "/month/calls", "/reports/trend.svg", "/reports/month/print"}
	files := []string{"/reports/summary.xlsx", "/reports/summary.csv", "/reports/print"}
	apis := []string{"/reports/summary", "/reports/trend", "/reports/units", "/reports/missing", "/reports/month", "/reports/sessions"}
	for role := range w.who {
		b := w.as(t, role)
		for _, path := range pages {
			want := map[bool]int{true: 200, false: 404}[slices.Contains(sees, role)]
			if got := b.Get(path + unit).Status; got != want {
				t.Errorf("%s at %s: %d, want %d", role, path, got, want)
			}
		}
		for _, path := range files {
			want := 404
			if slices.Contains(exports, role) {
				want = 200
			} else if role == access.Village || role == access.Resident {
				want = 403
			}
			if got := b.Get(path + unit).Status; got != want {
				t.Errorf("%s at %s: %d, want %d", role, path, got, want)
			}
		}
		for _, path := range apis {
			want := map[bool]int{true: 200, false: 404}[slices.Contains(sees, role)]
			var p map[string]any
			if got := b.API("GET", path+unit, nil, &p); got != want || want == 404 && p["code"] == nil {
				t.Errorf("%s at %s: %d, want %d: %v", role, path, got, want, p)
			}
		}
	}
	far, visitor := w.Site.As(t, w.far), w.Visitor(t)
	for _, path := range append(pages, files...) {
		if got := far.Get(path + unit).Status; got != 404 {
			t.Errorf("another township at %s: %d", path, got)
		}
		if p := visitor.Get(path + unit); p.Path != "/sign-in" {
			t.Errorf("a visitor at %s comes to %s", path, p.Path)
		}
	}
	for _, path := range apis {
		if got := far.API("GET", path+unit, nil, nil); got != 404 {
			t.Errorf("another township at %s: %d", path, got)
		}
		if got := visitor.API("GET", path+unit, nil, nil); got != 401 {
			t.Errorf("a visitor at %s: %d", path, got)
		}
	}
}

func TestSummaryEndpoint(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.County.History(t)
		var got map[string]any
		w.as(t, access.County).API("GET", "/reports/summary?from=2026-10-01&to=2026-10-31&as_of=2026-10-20T00:00:00Z", nil, &got)
		v := w.summary(t, reports.SummaryInput{Span: reports.Span{
			From: date.New(2026, 10, 1), To: date.New(2026, 10, 31), AsOf: date.New(2026, 10, 20).At(8, 0),
		}})
		for name, n := range map[string]int{"schools": 4, "sessions": v.Sessions, "attendances": v.Attendances, "people": v.People, "minutes": v.Minutes} {
			if got[name] != float64(n) {
				t.Errorf("%s is %v, want %d", name, got[name], n)
			}
		}
		if v.Sessions != 2 {
			t.Errorf("%d sessions by the cut-off", v.Sessions)
		}
		var p web.Problem
		if status := w.as(t, access.County).API("GET", "/reports/summary?from=2026-02-30", nil, &p); status != 422 || len(p.Errors) != 1 || p.Errors[0].Field != "from" {
			t.Errorf("a day that does not exist: %d %+v", status, p)
		}
	})
}

// The chart is well-formed, has no script, no style and no colour of praise or blame, and starts at nought.
func TestChart(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	w.County.History(t)
	b := w.as(t, access.County)
	for _, path := range []string{"/reports/trend.svg", "/reports/trend.svg?narrow=1", "/reports/trend.svg?from=2026-11-01", "/reports/trend.svg?from=1995-01-01"} {
		p := b.Get(path).Want(200)
		for _, bad := range []string{"<script", "onload", "javascript:", "style=", "<style", "href", "foreignObject"} {
			if strings.Contains(p.Body, bad) {
				t.Errorf("%s holds %q", path, bad)
			}
		}
		d := xml.NewDecoder(strings.NewReader(p.Body))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", path, err)
			}
		}
		if !strings.Contains(p.Body, ">0</text>") || !strings.Contains(p.Body, "年</text>") && !strings.Contains(p.Body, "月</text>") {
			t.Errorf("%s: axis without 0 or without months", path)
		}
	}
	plainColours(t, b.Get("/reports/trend.svg").Body)
}

// plainColours refuses a red or a green.
func plainColours(t *testing.T, svg string) {
	t.Helper()
	for part := range strings.SplitSeq(svg, "rgb(") {
		var r, g, b int
		if n, _ := fmt.Sscanf(part, "%d,%d,%d)", &r, &g, &b); n < 3 {
			continue
		}
		if r > 180 && g < 60 && b < 60 || g > r && g > b {
			t.Errorf("colour %d,%d,%d", r, g, b)
		}
	}
}

func TestCeiling(t *testing.T) {
	for in, out := range map[int]int{0: 4, 4: 4, 5: 5, 7: 8, 9: 10, 11: 12, 13: 20, 31: 40, 61: 80, 388: 400, 421: 500, 601: 800, 7996: 8000} {
		if got, steps := ceiling(in); got != out || steps < 4 || steps > 6 || out%steps > 0 {
			t.Errorf("ceiling(%d) = %d in %d steps, want %d", in, got, steps, out)
		}
	}
}

// What is written short is never more than it is.
func TestShort(t *testing.T) {
	for in, out := range map[int]string{583: "583", 7996: "7,996", 99999: "99,999", 100000: "10万", 103216: "10万+", 1234567: "123万+"} {
		if got := short(lang.Chinese, in); got != out {
			t.Errorf("short(%d) = %s, want %s", in, got, out)
		}
	}
	if got := short(lang.English, 103216); got != "103,216" {
		t.Errorf("in English %s", got)
	}
}

// No page, file or endpoint here counts sign-ins, devices or time on a screen, or lists by a figure.
func TestNothingCountsScreens(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	w.County.History(t)
	b := w.as(t, access.County)
	var all strings.Builder
	for _, path := range []string{"/county?coverage=1", "/month", "/month/calls", "/reports/summary.csv?detail=schools", "/reports/print"} {
		p := b.Get(path).Want(200)
		p.Find("footer, header, nav").Remove()
		all.WriteString(p.Find("body").Text())
	}
	for _, path := range []string{"/reports/summary", "/reports/units", "/reports/trend", "/reports/month"} {
		var v any
		b.API("GET", path, nil, &v)
		j, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(j)
	}
	for _, bad := range []string{"登录次数", "在线", "时长排", "排名", "积分", "第一名", "最高", "最低", "sign_in", "login", "online", "rank", "score", "photo"} {
		if strings.Contains(all.String(), bad) {
			t.Errorf("a report speaks of %q", bad)
		}
	}
}
