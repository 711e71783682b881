package attendance_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	handlers "huotang/handlers/attendance"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/progress"
	"huotang/models/relay"
)

type house struct {
	attendancetest.School
	site *webtest.Site
	host *webtest.Browser
	area *attendance.Area
	e    *dbtest.Env
}

func enter(t *testing.T, e *dbtest.Env) house {
	t.Helper()
	h := house{School: attendancetest.New(t, e, 5, 3), area: attendance.New(), e: e}
	h.area.OnSubmitted(progress.Credit)
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) {
		handlers.Mount(p, api, h.area, relay.New(bytes.Repeat([]byte{11}, 32), h.area))
	})
	h.host = h.site.As(t, h.Host.Account)
	return h
}

// at is the address of a page of tonight's session.
func (h house) at(page string) string { return "/sessions/" + h.Day.SessionID.String() + "/" + page }

// names reads the people due in the order of the page.
func names(p *webtest.Page) []string {
	return p.Find(".marks > li").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("aria-label", "") })
}

// The whole evening, as a browser without scripts has it.
func TestEvening(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		page := h.host.Get("/today").Want(200, "今天的事", "开始今晚的活动", "春茶管理", "11月活动日")
		if got := page.Find(".btn.main").Length(); got != 1 {
			t.Errorf("%d main actions", got)
		}
		page = h.host.Submit(page, ".night form", nil).Want(200, "春茶管理", "请讲师开始讲", "去点名")
		if !strings.HasSuffix(page.Path, "/teach") {
			t.Fatalf("went to %s", page.Path)
		}
		next, _ := page.Find("a.btn.main").Attr("href")
		page = h.host.Get(next).Want(200, "点名:应到5人", "应到的都到了", "来听课的群众")
		if len(names(page)) != 5 || page.Find(".marks .none[checked]").Length() != 5 || page.Find(".chips input").Length() != 3 {
			t.Fatal(page.Body)
		}
		page = h.host.Submit(page, "form.roll", url.Values{"all": {"present"}, "mark.1": {"on_leave"}, "adults": {"2"}}).Want(200, "点名:应到5人")
		if page.Find(`.marks input[value="present"][checked]`).Length() != 4 || page.Find("#adults").AttrOr("value", "") != "2" {
			t.Fatal("应到的都到了 changed what was tapped or typed")
		}
		villager := page.Find(".chips input").First().AttrOr("value", "")
		page = h.host.Submit(page, "form.roll", url.Values{"mark.4": {""}, "came": {villager}, "extra": {"何永贵", ""}, "children": {"1"}, "next": {"check"}})
		page.Want(200, "核对一下再交", "这1个人还没点", "3人(应到5人)", "记名2人，没记名3人", "何永贵")
		if on := page.Find(`input[name=lesson][checked]`).Length(); on != 1 {
			t.Errorf("%d lessons ticked", on)
		}
		if page.Find("#recorder").AttrOr("value", "") == "" || page.Find("#began").AttrOr("value", "") != "16:00" {
			t.Errorf("proposes %q, %q", page.Find("#recorder").AttrOr("value", ""), page.Find("#began").AttrOr("value", ""))
		}
		back := h.host.Submit(page, "#check", url.Values{"back": {"1"}, "on_paper": {"1"}}).Want(200, "点名:应到5人")
		if back.Find(`.marks input[value="on_leave"][checked]`).Length() != 1 || back.Find(`.chips input[checked]`).Length() != 1 || back.Find(`[data-extra] input`).First().AttrOr("value", "") != "何永贵" {
			t.Fatal("something was lost on the way back")
		}
		page = h.host.Submit(back, "form.roll", url.Values{"next": {"check"}}).Want(200, "核对一下再交")
		if page.Find(`input[name=on_paper][checked]`).Length() != 1 {
			t.Error("that it was noted on paper is lost on the way back")
		}
		page = h.host.Submit(page, "#check", url.Values{"mark.4": {"absent"}, "reason.1": {"farm"}, "recorder": {"杨桂芳"}, "began": {"19:30"}, "ended": {"21:00"}, "taught": {"usb", "talk"}})
		page.Want(200, "回执", "到会，应到5人", "90", "农忙", "没来", "1<small> 学时")
		if !strings.HasSuffix(page.Path, "/receipt") {
			t.Fatalf("went to %s", page.Path)
		}
		h.host.Get("/today").Want(200, "已经交了", "看回执", "到3人")
		h.host.Get("/sessions").Want(200, "活动日", "到3人")
		h.host.Get(strings.TrimSuffix(page.Path, "/receipt")).Want(200, "何永贵", "没有改过", "杨桂芳", "19:30—21:00", "放U盘、请人讲", "按纸质名单补录")
		attendancetest.Sound(t, e)
	})
}

// A lesson whose review was withdrawn stands in the plan without a way to it, which would be refused, and is not begun with.
func TestPlanWithALessonInReview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		link := `a[href="/catalogue/lessons/` + h.Lessons[0].String() + `"]`
		page := h.host.Get("/today").Want(200, "春茶管理")
		if page.Find(link).Length() != 1 || page.Find(".tag.ask").Length() != 0 {
			t.Errorf("a lesson that may be taught: %s", page.Find(".rows").Text())
		}
		reviewer := coursestest.Actor(t, e, access.County, h.Tree.County.Path)
		e.Do(t, func(tx *db.Tx) error {
			l, err := courses.FindLesson(tx, h.Lessons[0])
			if err == nil {
				_, err = courses.New().Withdraw(tx, reviewer, courses.WithdrawInput{ID: l.ID, Revision: l.Revision, Note: "重录"})
			}
			if err == nil {
				if _, err := curricula.RequirePlay(tx, h.Host, l.ID); !fail.Is(err, "curricula.in_review") {
					t.Errorf("playing it: %v", err)
				}
			}
			return err
		})
		page = h.host.Get("/today").Want(200, "春茶管理", "正在重新审核，先别放")
		if page.Find(link).Length() != 0 || page.Find(`.rows a[href="/catalogue/lessons/`+h.Lessons[1].String()+`"]`).Length() != 1 {
			t.Errorf("links of the plan: %s", page.Find(".rows").Text())
		}
		if got := page.Find(".night h2").Text(); got != "茶园施肥" {
			t.Errorf("to begin with: %q", got)
		}
	})
}

// The same check sent twice is one submission, and its page comes again.
func TestDoubleSubmit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		h.Open(t, e, h.area)
		check := h.host.Submit(h.host.Get(h.at("roll")), "form.roll", url.Values{"mark.0": {"present"}, "next": {"check"}})
		for range 2 {
			page := h.host.Submit(check, "#check", nil).Want(200, "回执")
			if !strings.Contains(page.Body, "第1版") {
				t.Error(page.Find("main").Text())
			}
		}
		page := h.host.Submit(check, "#check", url.Values{"recorder": {"别人"}})
		if page.Status != http.StatusConflict || page.Find("#recorder").AttrOr("value", "") != "别人" {
			t.Errorf("the same form with other content: %d", page.Status)
		}
	})
}

// A correction says why, and contradicts nothing that another phone has said meanwhile.
func TestCorrection(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		attendancetest.MustSubmit(t, e, h.area, h.Host, h.Item(attendancetest.All(h.Members, attendance.Present)...))
		page := h.host.Get(h.at("roll")).Want(200, "点名:应到5人", "补学")
		order := names(page)
		other := h.Item(attendance.MarkInput{Person: h.Members[4], Value: attendance.Value{State: attendance.Absent}})
		other.BaseRevision, other.Why = 1, "另一部手机改的"
		attendancetest.MustSubmit(t, e, h.area, h.Host, other)
		check := h.host.Submit(page, "form.roll", url.Values{"mark.0": {"made_up"}, "next": {"check"}}).Want(200, "怎么补的", "为什么改")
		bad := h.host.Submit(check, "#check", nil)
		bad.Want(http.StatusUnprocessableEntity, "请填哪天补的")
		if bad.Find(`.errors a[href="#made_up.0"]`).Length() != 1 {
			t.Error(bad.Find(".errors").Text())
		}
		bad = h.host.Submit(bad, "#check", url.Values{"made_up.0": {"2026-11-23"}})
		bad.Want(http.StatusUnprocessableEntity, "为什么改")
		if bad.Find(`#made_up\.0`).AttrOr("value", "") != "2026-11-23" {
			t.Error("the day typed is lost")
		}
		h.host.Submit(bad, "#check", url.Values{"why": {"她是第二天补的"}, "reason.0": {"delivered"}}).Want(200, "回执")
		v := h.host.Get(strings.TrimSuffix(h.at(""), "/")).Want(200, "补学", "送学上门", "她是第二天补的", "另一部手机改的")
		if got := v.Find("table tbody tr").Length(); got != len(order) {
			t.Errorf("%d lines", got)
		}
		row := v.Find("table tbody tr").First()
		if !strings.Contains(row.Text(), order[0]) || !strings.Contains(row.Text(), "补学") {
			t.Errorf("first line %s", row.Text())
		}
		if got := v.Find(".figures").Text(); !strings.Contains(got, "3/5") {
			t.Errorf("figures %s", got)
		}
		attendancetest.Sound(t, e)
	})
}

// What two phones said differently is shown to the host, who settles it by one tap.
func TestSettle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		say := func(s attendance.State) {
			attendancetest.MustSubmit(t, e, h.area, h.Host, h.Item(attendance.MarkInput{Person: h.Members[0], Value: attendance.Value{State: s}}))
		}
		say(attendance.Present)
		say(attendance.Absent)
		h.host.Get(h.at("receipt")).Want(200, "有1个人，两部手机记得不一样")
		page := h.host.Get(strings.TrimSuffix(h.at(""), "/")).Want(200, "点对的那个")
		h.host.Submit(page, "#conflicts form:has([value=absent])", nil).Want(200, "定下来了", "0/5")
		h.site.As(t, coursestest.Actor(t, e, access.Township, h.Township.Path).Account).Get(strings.TrimSuffix(h.at(""), "/")).Want(200, "0/5")
	})
}

// Pages for each role, inside and outside.
func TestRoles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		attendancetest.MustSubmit(t, e, h.area, h.Host, h.Item(attendancetest.All(h.Members, attendance.Present)...))
		session := strings.TrimSuffix(h.at(""), "/")
		writers := map[access.Role]bool{access.Village: true, access.Host: true, access.Head: true}
		seers := map[access.Role]bool{
			access.County: true, access.Auditor: true, access.TownshipAdmin: true, access.Township: true, access.Secretary: true,
			access.GroupLeader: true, access.Resident: true,
		}
		for _, seat := range h.Inside() {
			b := h.site.As(t, attendancetest.Seated(t, e, seat).Account)
			for page, wants := range map[string][3]int{ // writer, seer, nobody
				session: {200, 200, 404}, h.at("roll"): {200, 403, 404}, h.at("receipt"): {200, 403, 404}, "/today": {200, 403, 403},
				"/sessions": {200, 200, 403}, "/sessions?site=" + h.School.School.ID.String(): {200, 200, 404},
			} {
				i := 2
				if writers[seat.Role] {
					i = 0
				} else if seers[seat.Role] {
					i = 1
				}
				if got := b.Get(page).Status; got != wants[i] {
					t.Errorf("%s at %s: %d, want %d", seat.Name, page, got, wants[i])
				}
			}
			if seers[seat.Role] {
				if page := b.Get(session); page.Find(`a[href$="/roll"], #conflicts`).Length() != 0 {
					t.Errorf("%s is offered a correction", seat.Name)
				}
			}
		}
		for _, seat := range h.Outside() {
			b := h.site.As(t, attendancetest.Seated(t, e, seat).Account)
			for _, page := range []string{session, h.at("roll"), h.at("receipt"), h.at("teach"), "/today?site=" + h.School.School.ID.String()} {
				if got := b.Get(page).Status; got != 404 && got != 403 || got == 403 && !strings.HasPrefix(page, "/today") {
					t.Errorf("outside %s at %s: %d", seat.Name, page, got)
				}
			}
		}
		v := h.site.Visitor(t)
		for _, page := range []string{session, "/today", "/sessions"} {
			if got := v.Get(page); got.Path != "/sign-in" && got.Status != http.StatusUnauthorized {
				t.Errorf("a visitor at %s: %d %s", page, got.Status, got.Path)
			}
		}
		for _, page := range []string{"/sessions/abc", "/sessions/abc/roll", "/sessions/" + h.Day.ID.String(), "/today?site=abc"} {
			if got := h.host.Get(page).Status; got != 404 && got != 422 {
				t.Errorf("%s: %d", page, got)
			}
		}
	})
}

// The other states of the home.
func TestTodayStates(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		e.Clock.Add(48 * time.Hour)
		page := h.host.Get("/today").Want(200, "还没有记录", "开过了，补记名单")
		h.host.Submit(page, "form:has([name=held_on][value='2026-11-23'])", nil).Want(200, "点名:应到5人")
		h.host.Get("/today").Want(200, "名单还没有交", "去点名")
		page = h.host.Submit(h.host.Get("/today"), ".night form", nil).Want(200, "撤掉了")
		page.Want(200, "还没有记录")
		page = h.host.Submit(page, "form:has([name=held_on][value='2026-11-25'])", nil)
		if !strings.HasSuffix(page.Path, "/teach") {
			t.Errorf("went to %s", page.Path)
		}
		check := h.host.Submit(h.host.Get(h.at("roll")), "form.roll", url.Values{"all": nil, "mark.0": {"present"}, "next": {"check"}})
		h.host.Submit(check, "#check", url.Values{"began": {"19:00"}, "ended": {"20:00"}}).Want(200, "回执", "2026年11月25日")
		e.Clock.Add(24 * time.Hour)
		page = h.host.Get("/today").Want(200, "今天没有要做的事", "下一次活动日是")
		page = h.host.Submit(page, ".empty form[action='/sessions']", nil).Want(200)
		if !strings.HasSuffix(page.Path, "/teach") {
			t.Errorf("an ad-hoc evening went to %s", page.Path)
		}
	})
}

// The host's home says loudly that the holidays of a year in which a shown day lies are not entered, and nothing of other years.
func TestTodayOfAYearNotEntered(t *testing.T) {
	e := dbtest.SQLite(t)
	h := enter(t, e)
	h.host.Get("/today").Want(200, "本年度放假安排未录入（2026年）")
	e.Do(t, func(tx *db.Tx) error {
		_, err := calendar.LoadYear(tx, orgtest.By, calendar.YearInput{Year: 2026})
		return err
	})
	if strings.Contains(h.host.Get("/today").Want(200).Body, "未录入") {
		t.Error("still said not to be entered")
	}
	e.Clock.Set(date.New(2026, 12, 26).At(9, 0))
	h.host.Get("/today").Want(200, "2027年1月", "本年度放假安排未录入（2027年）")
}

// The same over the API: a roll handed in, refused strictly when it is malformed.
func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		var today struct {
			Task string `json:"task"`
			Day  struct {
				ID string `json:"id"`
			} `json:"day"`
		}
		if s := h.host.API("GET", "/sites/"+h.School.School.ID.String()+"/today", nil, &today); s != 200 || today.Task != "due" {
			t.Fatalf("today %d %+v", s, today)
		}
		var opened struct {
			ID string `json:"id"`
		}
		if s := h.host.API("POST", "/sessions", map[string]any{"activity_day": today.Day.ID}, &opened); s != 200 || opened.ID != h.Day.SessionID.String() {
			t.Fatalf("opened %d %+v", s, opened)
		}
		roll := "/sessions/" + opened.ID + "/roll"
		var list struct {
			DueList []struct {
				Person string `json:"person"`
				State  string `json:"state"`
			} `json:"due_list"`
		}
		if s := h.host.API("GET", roll, nil, &list); s != 200 || len(list.DueList) != 5 || list.DueList[0].State != "unmarked" {
			t.Fatalf("roll %d %+v", s, list)
		}
		item := map[string]any{
			"minutes": 90, "device": "phone-a", "seq": 1, "adults": 2, "lessons": []string{h.Lessons[0].String()},
			"marks": []map[string]any{{"person": list.DueList[0].Person, "state": "present"}, {"person": list.DueList[1].Person, "state": "on_leave", "reason": "farm"}},
		}
		var got, again attendance.Receipt
		if s := h.host.API("POST", roll, item, &got); s != 200 || got.Present != 1 || got.OnLeave != 1 || got.Attendances != 3 {
			t.Fatalf("receipt %d %+v", s, got)
		}
		if s := h.host.API("POST", roll, item, &again); s != 200 || again.Revision != 1 {
			t.Errorf("again %d %+v", s, again)
		}
		item["minutes"] = 60
		var problem struct {
			Code   string `json:"code"`
			Errors []struct {
				Name string `json:"name"`
			} `json:"errors"`
		}
		if s := h.host.API("POST", roll, item, &problem); s != 409 || problem.Code != "attendance.item_differs" {
			t.Errorf("other content %d %+v", s, problem)
		}
		for name, body := range map[string]string{
			"unknown field": `{"minutes":90,"device":"b","seq":1,"marker":"me"}`,
			"wrong type":    `{"minutes":"many","device":"b","seq":1}`,
			"no such day":   `{"minutes":90,"device":"b","seq":1,"held_on":"2026-02-30"}`,
			"not a list":    `{"minutes":90,"device":"b","seq":1,"marks":{}}`,
			"broken":        `{"minutes":90`,
		} {
			if s := h.host.API("POST", roll, body, &problem); s != 422 {
				t.Errorf("%s: %d %+v", name, s, problem)
			}
		}
		clerk := h.site.As(t, coursestest.Actor(t, e, access.Township, h.Township.Path).Account)
		if s := clerk.API("POST", roll, item, &problem); s != 403 {
			t.Errorf("the township's clerk: %d", s)
		}
		far := h.site.As(t, coursestest.Actor(t, e, access.Host, h.Far.Path).Account)
		if s := far.API("GET", roll, nil, &problem); s != 404 {
			t.Errorf("another school's host: %d", s)
		}
		attendancetest.Sound(t, e)
	})
}
