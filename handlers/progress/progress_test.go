package progress_test

import (
	"net/http"
	"net/url"
	"testing"

	handlers "huotang/handlers/progress"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses/coursestest"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/progress"
)

type house struct {
	attendancetest.School
	site *webtest.Site
}

func enter(t *testing.T, e *dbtest.Env) house {
	t.Helper()
	h := house{School: attendancetest.New(t, e, 2, 1)}
	a := attendance.New()
	a.OnSubmitted(progress.Credit)
	in := h.Item(attendancetest.All(h.Members, attendance.Present)...)
	in.Lessons = h.Lessons
	attendancetest.MustSubmit(t, e, a, h.Host, in)
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) { handlers.Mount(p, api) })
	return h
}

// A trainee sees the own sessions and hours beside the year's threshold, and how they are counted.
func TestOwnStudy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		trainee := h.site.As(t, accountstest.Of(t, e, h.Members[0], access.Trainee, org.SiteUnit(h.School.School.ID)).Account)
		page := trainee.Get("/me/study").Want(200, "我的学习", "春茶管理：记1学时", "茶园施肥：记1学时", "今年要学满32学时", "在家看课现在不记学时", "云南网上学院")
		if got := page.Find("tbody tr").Length(); got != 1 {
			t.Errorf("%d sessions", got)
		}
		trainee.Get("/me/study?year=2025").Want(200, "今年还没有记录", "下一年")
		for _, year := range []string{"abc", "1", "9999"} {
			if got := trainee.Get("/me/study?year=" + year).Status; got != http.StatusUnprocessableEntity {
				t.Errorf("year %s: %d", year, got)
			}
		}
		var v progress.StudyView
		if s := trainee.API("GET", "/me/study", nil, &v); s != 200 || v.CentiHours != 200 || v.Threshold != 3200 || v.Rule.Code != "yunnan-2024" {
			t.Errorf("%d %+v", s, v)
		}
		h.site.As(t, h.Host.Account).Get("/me/study").Want(200, "这个账号没有对应的人")
		if got := h.site.Visitor(t).Get("/me/study"); got.Path != "/sign-in" {
			t.Errorf("a visitor went to %s", got.Path)
		}
	})
}

func TestStudyOfOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		can := map[access.Role]bool{access.County: true, access.Auditor: true, access.TownshipAdmin: true, access.Township: true, access.Village: true}
		path := "/people/" + h.Members[1].String() + "/study"
		for _, seat := range h.Inside() {
			want := http.StatusNotFound
			if can[seat.Role] {
				want = http.StatusOK
			}
			if got := h.site.As(t, attendancetest.Seated(t, e, seat).Account).Get(path).Status; got != want {
				t.Errorf("inside %s: %d, want %d", seat.Name, got, want)
			}
		}
		for _, seat := range h.Outside() {
			if got := h.site.As(t, attendancetest.Seated(t, e, seat).Account).Get(path).Status; got != http.StatusNotFound {
				t.Errorf("outside %s: %d", seat.Name, got)
			}
		}
	})
}

// The player's bookmark: kept by form and by API, only in lessons that one may play, and never credit.
func TestPosition(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := enter(t, e)
		trainee := h.site.As(t, coursestest.Actor(t, e, access.Trainee, h.School.School.Path).Account)
		path := "/lessons/" + h.Lessons[0].String() + "/position"
		if got := trainee.Post(path, url.Values{"position": {"310.5"}}).Status; got != http.StatusNoContent {
			t.Errorf("kept: %d", got)
		}
		var v progress.PositionView
		if s := trainee.API("GET", path, nil, &v); s != 200 || v.PositionMs != 310500 {
			t.Errorf("%d %+v", s, v)
		}
		if s := trainee.API("PUT", path, map[string]any{"position_ms": 9000}, &v); s != 200 || v.PositionMs != 9000 {
			t.Errorf("%d %+v", s, v)
		}
		for _, bad := range []string{"", "abc", "-1", "1e300", "NaN"} {
			if got := trainee.Post(path, url.Values{"position": {bad}}).Status; got != http.StatusUnprocessableEntity {
				t.Errorf("position %q: %d", bad, got)
			}
		}
		far := h.site.As(t, coursestest.Actor(t, e, access.Trainee, h.Far.Path).Account)
		if got := far.Post(path, url.Values{"position": {"1"}}).Status; got != http.StatusNotFound {
			t.Errorf("another township's lesson: %d", got)
		}
		if s := h.site.Visitor(t).API("GET", path, nil, nil); s != http.StatusUnauthorized {
			t.Errorf("visitor: %d", s)
		}
		if s := trainee.API("PUT", path, `{"position_ms":1,"seconds":2}`, nil); s != http.StatusUnprocessableEntity {
			t.Errorf("unknown field: %d", s)
		}
	})
}
