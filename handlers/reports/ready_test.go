package reports

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/reports"
)

const (
	wholePhone  = "13812345678"
	maskedPhone = "138****5678"
)

// soon plans the 25th, two days after today, and gives the host of the first school a number.
func (w *world) soon(t *testing.T) {
	t.Helper()
	for _, town := range []org.UnitView{w.County.Township, w.County.Township2} {
		calendartest.Rule(t, w.Env, town.ID, calendartest.OnDay(25))
	}
	w.Env.Do(t, func(tx *db.Tx) error {
		_, err := peopletest.Area(t).SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: w.County.Members[w.County.Site.ID][0], Phone: wholePhone})
		return err
	})
}

func (w *world) dayOf(t *testing.T) calendar.DayView {
	t.Helper()
	return calendartest.Day(t, w.Env, w.County.Site.ID, date.NewMonth(2026, 11))
}

// names lists the schools of a page in their order.
func names(p *webtest.Page) []string {
	var out []string
	for _, s := range p.Find(".cards h3").EachIter() {
		out = append(out, s.Text())
	}
	return out
}

// The list, the tick with its way back, and the numbers on the screen and on paper.
func TestReadyPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.soon(t)
		clerk := w.as(t, access.Township)
		clerk.Get("/month").Want(200, "近几天：还差什么")
		page := clerk.Get("/month/ready").Want(200, "活动日前：还差什么", "有3个活动日，先打电话的3个，说好了的0个", "这个月还没有排课", maskedPhone, "没有登记电话", "名册6人，应到4人")
		site, sister, neighbour := w.County.Site.Name, w.County.Sister.Name, w.County.Neighbour.Name
		if d := cmp.Diff([]string{site, sister, neighbour}, names(page)); d != "" {
			t.Error(d)
		}
		if page.Find(`a[href^="tel:"]`).Length() != 0 || strings.Contains(page.Body, wholePhone) {
			t.Error("a whole number stands in a page that everybody may read again")
		}
		if got, ok := page.Find(".card ul a").First().Attr("href"); !ok || got != "/curricula" {
			t.Errorf("the way to mend it is %q", got)
		}
		if page.Find("nav.tabs [aria-current]").Text() != "3天内" || page.Find(`nav.tabs a[href="/month/ready?days=7"]`).Length() != 1 {
			t.Error("the choice of days")
		}
		tick := ".cards li:nth-child(1) form"
		told := clerk.Submit(page, tick, url.Values{"act": {"confirm"}}).Want(200, "记好了，电话说好了", "已电话说好", "先打电话的2个，说好了的1个")
		if d := cmp.Diff([]string{sister, neighbour, site}, names(told)); d != "" || told.Path != "/month/ready" {
			t.Errorf("at %s: %s", told.Path, d)
		}
		back := clerk.Submit(told, "section:nth-of-type(2) .cards form", url.Values{"act": {"undo"}}).Want(200, "撤回了，还没有说好", "先打电话的3个")

		open := clerk.Submit(back, `form[action$="/calls"]`, nil).Want(200, wholePhone, "打开这些号码已记录在案")
		if href, _ := open.Find(`a[href^="tel:"]`).Attr("href"); href != "tel:"+wholePhone {
			t.Errorf("the number leads to %q", href)
		}
		if open.Find("form .btn.main").Length() != 0 {
			t.Error("what is open can be opened")
		}
		clerk.Submit(open, tick, url.Values{"act": {"confirm"}}).Want(200, wholePhone, "说好了的1个")
		paper := clerk.Submit(open, `form[action$="/calls"]`, url.Values{"act": {"print"}}).Want(200, "第1页/共1页", wholePhone, "□", "已电话说好", "这个月还没有排课")
		if paper.Find(".sheet tbody tr").Length() != 3 || paper.Find("[data-print]").Length() != 1 {
			t.Error("the sheet of paper")
		}
		var opened int64
		w.Env.See(t, func(tx *db.Tx) error {
			return tx.Table("audit_rows").Where("act = 'people.call_list'").Count(&opened).Error
		})
		if opened != 3 {
			t.Errorf("%d lists in the trace", opened)
		}
	})
}

// What each role finds, and what it is not offered.
func TestWhoFindsReady(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	w.soon(t)
	type finds struct{ schools, forms, ticks, masked int }
	want := map[access.Role]finds{
		access.County: {4, 1, 4, 1}, access.TownshipAdmin: {3, 1, 3, 1}, access.Township: {3, 1, 3, 1}, access.Village: {2, 1, 2, 1},
		access.Auditor: {4, 0, 0, 1}, access.Resident: {2, 0, 0, 0},
	}
	for _, role := range access.Roles {
		b := w.as(t, role)
		page := b.Get("/month/ready")
		f, may := want[role]
		if !may {
			if page.Status != 403 && page.Status != 404 || strings.Contains(page.Body, w.County.Sister.Name) {
				t.Errorf("%s: %d", role, page.Status)
			}
			if got := b.Post("/month/ready/calls", url.Values{"act": {"print"}}); got.Status != 403 && got.Status != 404 {
				t.Errorf("%s prints the numbers: %d", role, got.Status)
			}
			continue
		}
		got := finds{len(names(page)), page.Find(`form.btns:not(.card form)[action$="/calls"]`).Length(), page.Find(".card form").Length(), strings.Count(page.Body, maskedPhone)}
		if got != f {
			t.Errorf("%s finds %+v, want %+v", role, got, f)
		}
		if f.forms == 0 {
			b.Post("/month/ready/calls", url.Values{}).Want(403)
			b.Post("/month/calls", url.Values{}).Want(403)
		}
	}
	far := w.Site.As(t, w.far)
	far.Get("/month/ready?unit=" + w.County.Village.Code).Want(404)
	far.Post("/month/ready/calls", url.Values{"unit": {w.County.Village.Code}}).Want(404)
	far.Post("/month/ready", url.Values{"act": {"confirm"}, "day": {w.dayOf(t).ID.String()}}).Want(404)
	for _, path := range []string{"/month/ready", "/month/ready/calls", "/month/calls"} {
		if got := w.Visitor(t).Post(path, url.Values{}); got.Status == 200 && strings.Contains(got.Body, "活动日前") {
			t.Errorf("a visitor posts to %s", path)
		}
	}
	host := w.as(t, access.Host).Get("/today")
	if strings.Contains(host.Body, "还没有排课") {
		t.Error("the host is told what the office has to see to")
	}
}

// Faults, an old page, an empty list.
func TestReadyFaults(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		clerk := w.as(t, access.Township)
		clerk.Get("/month/ready").Want(200, "3天内没有活动日", "看看更远的日子")
		clerk.Get("/month/ready?days=7").Want(200, "7天内没有活动日")
		w.soon(t)
		clerk.Get("/month/ready?days=5").Want(422)
		clerk.Get("/month/ready?days=x").Want(422)
		clerk.Get("/month/ready?unit=999").Want(404)
		day := w.dayOf(t).ID
		clerk.Post("/month/ready", url.Values{"act": {"no"}, "day": {day.String()}}).Want(422, "活动日前：还差什么")
		clerk.Post("/month/ready", url.Values{"act": {"confirm"}, "day": {"x"}}).Want(422, "活动日前：还差什么")
		clerk.Post("/month/ready", url.Values{"act": {"confirm"}, "day": {day.String()}, "days": {"5"}}).Want(422)
		if d := w.dayOf(t); d.ConfirmedAt != nil {
			t.Error("a form at fault did something")
		}
		page := clerk.Get("/month/ready")
		w.Env.Do(t, func(tx *db.Tx) error {
			_, err := calendar.Cancel(tx, orgtest.By, calendar.CancelInput{ID: day, Reason: calendar.Power})
			return err
		})
		old := clerk.Submit(page, ".cards li:nth-child(1) form", url.Values{"act": {"confirm"}}).Want(409, "不用再说好")
		if got := names(old); len(got) != 2 {
			t.Errorf("after the refusal %v", got)
		}
		clerk.Post("/month/ready/calls", url.Values{"act": {"confirm"}, "day": {day.String()}}).Want(409, "不用再说好")
		clerk.Post("/language", url.Values{"language": {"en"}, "back": {"/month/ready"}})
		english := clerk.Get("/month/ready").Want(200, "what is missing")
		if strings.Contains(english.Find("main").Text(), "还差") {
			t.Error("Chinese words in the English page")
		}
	})
}

// The list of those without a record gives the numbers out the same way.
func TestMonthCallsNumbers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.soon(t)
		w.Env.Clock.Set(date.New(2026, 11, 26).At(9, 0))
		clerk := w.as(t, access.Township)
		page := clerk.Get("/month/calls").Want(200, "打电话名单：3所", maskedPhone, "没有登记电话")
		if strings.Contains(page.Body, wholePhone) || page.Find(`a[href^="tel:"]`).Length() != 0 {
			t.Error("whole numbers before they are asked for")
		}
		open := clerk.Submit(page, `form[action="/month/calls"]`, nil).Want(200, wholePhone, "打开这些号码已记录在案")
		if href, _ := open.Find(`a[href^="tel:"]`).Attr("href"); href != "tel:"+wholePhone {
			t.Errorf("the number leads to %q", href)
		}
		clerk.Submit(open, `form[action="/month/calls"]`, url.Values{"act": {"print"}}).Want(200, "第1页/共1页", wholePhone, "怎么说的")
		resident := w.as(t, access.Resident).Get("/month/calls").Want(200, "打电话名单：2所")
		if strings.Contains(resident.Body, maskedPhone) || resident.Find(`form[action="/month/calls"]`).Length() != 0 {
			t.Error("the resident team finds numbers")
		}
	})
}

func TestReadyAPI(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.soon(t)
		clerk := w.as(t, access.Township)
		var v reports.ReadyView
		if s := clerk.API(http.MethodGet, "/reports/ready", nil, &v); s != 200 || len(v.Items) != 3 || v.Items[0].Host.Phone != maskedPhone || !v.MayCall {
			t.Errorf("%d %+v", s, v)
		}
		if s := clerk.API(http.MethodPost, "/reports/ready/calls", map[string]any{"limit": 1}, &v); s != 200 || len(v.Items) != 1 || v.Items[0].Host.Phone != wholePhone || v.Next == "" {
			t.Errorf("%d %+v", s, v)
		}
		var m reports.MonthView
		w.Env.Clock.Set(date.New(2026, 11, 26).At(9, 0))
		clerk = w.as(t, access.Township)
		if s := clerk.API(http.MethodPost, "/reports/missing/calls", map[string]any{}, &m); s != 200 || len(m.Items) != 3 || m.Items[0].HostPhone != wholePhone {
			t.Errorf("%d %+v", s, m)
		}
		for body, want := range map[string]int{`{"days":5}`: 422, `{"days":"x"}`: 422, `{"more":1}`: 422, `{`: 422, `{"unit":"999"}`: 404} {
			if got := clerk.API(http.MethodPost, "/reports/ready/calls", body, nil); got != want {
				t.Errorf("%s: %d, want %d", body, got, want)
			}
		}
		secretary := accountstest.As(t, w.Env, access.Secretary, w.County.Branch.ID)
		if got := w.Site.As(t, secretary.Account).API(http.MethodPost, "/reports/ready/calls", map[string]any{}, nil); got != 403 {
			t.Errorf("a secretary: %d", got)
		}
	})
}
