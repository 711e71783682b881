package courses_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"huotang/handlers/courses"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	model "huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
)

type house struct {
	e        *dbtest.Env
	tree     orgtest.Tree
	site     *webtest.Site
	people   map[access.Role]access.Actor
	reviewer access.Actor // of the same township as the clerk
	far      access.Actor // clerk of the other township
}

func open(t *testing.T, e *dbtest.Env) house {
	t.Helper()
	h := house{e: e, tree: orgtest.County(t, e)}
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) { courses.Mount(p, api, model.New()) })
	h.people = accountstest.Everyone(t, e, h.tree)
	h.reviewer = accountstest.As(t, e, access.Township, h.tree.Township.ID)
	h.far = accountstest.As(t, e, access.Township, h.tree.Township2.ID)
	return h
}

func (h house) as(t *testing.T, r access.Role) *webtest.Browser {
	t.Helper()
	return h.site.As(t, h.people[r].Account)
}

func (h house) lesson(t *testing.T, id model.LessonID) model.LessonView {
	t.Helper()
	var v model.LessonView
	h.e.See(t, func(tx *db.Tx) (err error) {
		v, err = model.GetLesson(tx, h.people[access.County], model.GetLessonInput{ID: id})
		return err
	})
	return v
}

// From the empty list to a reviewed lesson, as the clerk and the second clerk do it.
func TestWriteAndReview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		clerk := h.as(t, access.Township)
		clerk.Get("/courses").Want(200, "还没有课程", "先建一门课程")
		page := clerk.Get("/courses/new").Want(200, "课程名", "政治理论", "知识技能")
		page = clerk.Submit(page, "main form.form", url.Values{"title": {"茶园全年管护"}, "task": {"skills"}, "summary": {"一年三季"}, "lecturer": {"茶文光"}})
		page.Want(200, "茶园全年管护", "课程建好了", "还没有课时", "不能自己审自己的课")
		course := page.Path
		page = clerk.Get(course+"/lessons/new").Want(200, "加一节课", "视频(传上来)")
		page = clerk.Submit(page, "main form.form", url.Values{"title": {"冬管五件事"}, "medium": {"talk"}, "minutes": {"30"}, "language": {"dialect"}, "material": {"茶园现场"}})
		page.Want(200, "冬管五件事", "讲课", "30分钟", "本地话", "等审核", "茶园现场")
		page = clerk.Submit(clerk.Get(course+"/lessons/new"), "main form.form", url.Values{"title": {"春采"}, "medium": {"video"}, "minutes": {"20"}})
		if !strings.HasSuffix(page.Path, "/video") {
			t.Errorf("a new video lesson leads to %s", page.Path)
		}
		page = clerk.Get(course).Want(200, "课时(2节)", "50分钟", "视频还没传", "2节等审核")
		page = clerk.Submit(page, `form[action$="/move"]`, nil).Want(200)
		if got := page.Find("ol.rows b").Text(); got != "1 春采2 冬管五件事" {
			t.Errorf("order: %s", got)
		}

		clerk.Get("/courses/review").Want(200, "没有等您审的课")
		second := h.site.As(t, h.reviewer.Account)
		second.Get("/courses").Want(200, "等我审的 2", "2节等审核")
		page = second.Get("/courses/review").Want(200, "冬管五件事", "茶园全年管护", "凤山镇")
		link, _ := page.Find(`.rows a:contains("冬管五件事")`).Attr("href")
		page = second.Get(link).Want(200, "审核：冬管五件事", "同意")
		page = second.Submit(page, `form[action$="/review"]`, nil).Want(200, "审好了", "春采")
		if strings.Contains(page.Find(".rows").Text(), "冬管五件事") {
			t.Error("a reviewed lesson still waits")
		}
		clerk.Get(course).Want(200, "✓ 已审核", "township")

		// Giving back asks for what has to be changed, and the author reads it.
		page = second.Get(link).Want(200, "撤回审核")
		long := second.Submit(page, `form[action$="/withdraw"]`, url.Values{"note": {strings.Repeat("长", 301)}}).Want(422, "最多 300 个字")
		if v := webtest.Values(long.Find(`form[action$="/withdraw"]`)).Get("note"); len([]rune(v)) != 301 {
			t.Errorf("%d characters of the note are left", len([]rune(v)))
		}
		second.Submit(long, `form[action$="/withdraw"]`, url.Values{"note": {"声音太小"}}).Want(200, "退回去了")
		clerk.Get(course).Want(200, "退回来改", "声音太小")
		// The video lesson has nothing to look at yet.
		link, _ = second.Get("/courses/review").Find(`.rows a:contains("春采")`).Attr("href")
		page = second.Get(link).Want(200, "视频还没传")
		if page.Find(`form[action$="/review"]`).Length() != 0 {
			t.Error("a lesson without its video can be agreed to")
		}
	})
}

// Who changes the course is told before and after that its lessons have to be reviewed again.
func TestEditOfTheCourseSaysWhatItWithdraws(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		clerk := h.as(t, access.Township)
		v := coursestest.Reviewed(t, e, h.people[access.Township], h.reviewer, h.tree.Township.ID, "茶园", "冬管", "春管")
		path := "/courses/" + v.ID.String()
		page := clerk.Get(path).Want(200, "✓ 已审核", "这门课程有2节已经审过")
		page = clerk.Submit(page, `form[action="`+path+`"]`, nil).Want(200, "存好了。", "✓ 已审核")
		if strings.Contains(page.Text(), "原来审好的") {
			t.Error("saved as it was, something is said to be withdrawn")
		}
		page = clerk.Submit(page, `form[action="`+path+`"]`, url.Values{"title": {"茶园管护"}})
		page.Want(200, "茶园管护", "原来审好的2节课要重新审", "2节等审核")
		if strings.Contains(page.Text(), "已经审过") {
			t.Error("nothing is left to withdraw")
		}
		h.site.As(t, h.reviewer.Account).Get("/courses/review").Want(200, "冬管", "春管", "茶园管护")
		var out struct {
			Title     string `json:"title"`
			Withdrawn int    `json:"withdrawn"`
		}
		v = coursestest.Review(t, e, h.reviewer, v.ID)
		body := map[string]any{"revision": v.Revision, "task": "policy", "title": "茶园管护"}
		if got := clerk.API("PUT", "/courses/"+v.ID.String(), body, &out); got != 200 || out.Withdrawn != 2 || out.Title != "茶园管护" {
			t.Errorf("the API answers %d %+v", got, out)
		}
	})
}

// Each form with each kind of bad input: a message, the right status, and nothing typed is lost.
func TestBadInput(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		clerk := h.as(t, access.Township)
		v := coursestest.Course(t, e, h.people[access.Township], h.tree.Township.ID, "茶园", "冬管")
		lesson := v.Lessons[0]
		for name, c := range map[string]struct {
			path string
			set  url.Values
			text string
		}{
			"course without title": {"/courses/new", url.Values{"title": {" "}, "task": {"policy"}, "lecturer": {"甲"}}, "这里要填"},
			"course too long":      {"/courses/new", url.Values{"title": {strings.Repeat("长", 101)}, "summary": {"乙"}}, "最多 100 个字"},
			"course of no task":    {"/courses/new", url.Values{"title": {"丙"}, "task": {"tea"}}, "请从给出的里面选一个"},
			"unit of no form":      {"/courses/new", url.Values{"title": {"丙"}, "unit": {"x"}}, "找不到所选的这一项"},
			"edit without title":   {"/courses/" + v.ID.String(), url.Values{"title": {""}, "lecturer": {"丁"}}, "这里要填"},
			"lesson without all":   {"/courses/" + v.ID.String() + "/lessons/new", url.Values{"title": {""}, "minutes": {"0"}, "material": {"柜子"}}, "请填 1 到 600 之间的数"},
			"minutes in words":     {"/courses/" + v.ID.String() + "/lessons/new", url.Values{"title": {"春"}, "minutes": {"二十"}}, "请填数字"},
			"minutes too many":     {"/lessons/" + lesson.ID.String() + "/edit", url.Values{"title": {"春"}, "minutes": {"601"}}, "请填 1 到 600 之间的数"},
			"medium unknown":       {"/lessons/" + lesson.ID.String() + "/edit", url.Values{"medium": {"film"}, "minutes": {"5"}}, "请从给出的里面选一个"},
		} {
			t.Run(name, func(t *testing.T) {
				page := clerk.Get(c.path).Want(200)
				form := `main form.form`
				again := clerk.Submit(page, form, c.set).Want(http.StatusUnprocessableEntity, c.text, "填过的都还在")
				after := webtest.Values(again.Find(form))
				for field, typed := range c.set {
					if field == "medium" || field == "task" || field == "unit" {
						continue // a choice that is not offered cannot be shown as chosen
					}
					if after.Get(field) != typed[0] {
						t.Errorf("%s is %q, was typed as %q", field, after.Get(field), typed[0])
					}
				}
			})
		}
		// Another changed it meanwhile: both are seen, and the second save is of what was seen.
		first := clerk.Get("/lessons/" + lesson.ID.String() + "/edit")
		second := h.site.As(t, h.reviewer.Account)
		second.Submit(second.Get(first.Path), "main form.form", url.Values{"title": {"别人改的"}}).Want(200, "存好了")
		again := clerk.Submit(first, "main form.form", url.Values{"title": {"我改的"}}).Want(http.StatusPreconditionFailed, "刚才有人改过", "别人改的")
		if v := webtest.Values(again.Find("main form.form")); v.Get("title") != "我改的" {
			t.Errorf("what was typed is %v", v)
		}
		clerk.Submit(again, "main form.form", nil).Want(200, "我改的")
		first = clerk.Get("/courses/" + v.ID.String())
		second.Submit(second.Get(first.Path), "main form.form", url.Values{"title": {"别人的课"}}).Want(200)
		again = clerk.Submit(first, "main form.form", url.Values{"title": {"我的课"}, "task": {"policy"}}).Want(412, "刚才有人改过", "别人的课")
		if v := webtest.Values(again.Find("main form.form")); v.Get("title") != "我的课" || v.Get("task") != "policy" {
			t.Errorf("what was typed is %v", v)
		}
		clerk.Submit(again, "main form.form", nil).Want(200, "我的课")
		// A form that is sent twice is done once.
		page := clerk.Get("/courses/new")
		set := url.Values{"title": {"只建一门"}, "task": {"theory"}}
		one, two := clerk.Submit(page, "main form.form", set), clerk.Submit(page, "main form.form", set)
		if one.Path != two.Path || one.Status != 200 {
			t.Errorf("%s and %s", one.Path, two.Path)
		}
		if got := clerk.Get("/courses?q=" + url.QueryEscape("只建一门")).Find("tbody tr").Length(); got != 1 {
			t.Errorf("%d courses", got)
		}
	})
}

// What each role gets at each address of the township's course.
func TestWhoOpensWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		v := coursestest.Course(t, e, h.reviewer, h.tree.Township.ID, "茶园", "冬管")
		course, lesson := "/courses/"+v.ID.String(), "/lessons/"+v.Lessons[0].ID.String()
		paths := []string{"/courses", "/courses/new", "/courses/review", course, course + "/lessons/new", lesson + "/edit", lesson + "/review"}
		for role, want := range map[access.Role][]int{
			access.County: {200, 200, 200, 200, 200, 200, 200}, access.Township: {200, 200, 200, 200, 200, 200, 200},
			access.TownshipAdmin: {200, 200, 200, 200, 200, 200, 200}, access.GroupLeader: {403, 403, 403, 404, 404, 404, 404},
			access.Resident: {403, 403, 403, 404, 404, 404, 404}, access.Cadre: {403, 403, 403, 404, 404, 404, 404},
			access.Lecturer: {200, 200, 403, 200, 200, 200, 200}, access.Auditor: {200, 403, 403, 200, 403, 403, 200},
			access.Village: {403, 403, 403, 404, 404, 404, 404}, access.Host: {403, 403, 403, 404, 404, 404, 404},
			access.Trainee: {403, 403, 403, 404, 404, 404, 404}, access.Secretary: {403, 403, 403, 404, 404, 404, 404},
		} {
			b := h.as(t, role)
			for i, p := range paths {
				if got := b.Get(p).Status; got != want[i] {
					t.Errorf("%s at %s: %d, want %d", role, p, got, want[i])
				}
			}
		}
		far := h.site.As(t, h.far.Account)
		for _, p := range paths[3:] {
			if got := far.Get(p).Status; got != 404 {
				t.Errorf("the other township at %s: %d", p, got)
			}
		}
		for _, p := range paths {
			if got := h.site.Visitor(t).Get(p).Want(200, "这一页要登录才能看"); got.Path != "/sign-in" {
				t.Errorf("a visitor of %s is taken to %s", p, got.Path)
			}
		}
		if got := h.as(t, access.Auditor).Get(course).Find("main form").Length(); got != 0 {
			t.Errorf("an auditor is shown %d forms", got)
		}
		for _, p := range []string{course, course + "/archive", lesson + "/edit", lesson + "/remove", lesson + "/review", lesson + "/withdraw"} {
			if got := far.Post(p, url.Values{"revision": {"1"}, "title": {"坏"}, "task": {"policy"}, "medium": {"disc"}, "minutes": {"1"}, "language": {"yi"}}).Status; got != 404 {
				t.Errorf("the other township posts to %s: %d", p, got)
			}
		}
		if got := h.lesson(t, v.Lessons[0].ID); got.Revision != 1 || got.Title != "冬管" {
			t.Errorf("the lesson became %+v", got)
		}
	})
}

func TestSearchFilterAndPages(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	for _, title := range []string{"茶园", "核桃", "防汛", "党章", "滇红"} {
		coursestest.Course(t, e, h.people[access.Township], h.tree.Township.ID, title, title+"一")
	}
	clerk := h.as(t, access.Township)
	titles := func(path string) string {
		return strings.Join(strings.Fields(clerk.Get(path).Find("tbody th").Text()), " ")
	}
	for path, want := range map[string]string{
		"/courses?q=" + url.QueryEscape("茶园"): "茶园", "/courses?q=hetao": "核桃", "/courses?q=DZY": "党章", "/courses?task=theory": "",
		"/courses?limit=2": "党章核桃", "/courses?state=waiting&limit=2": "党章核桃",
	} {
		if got := titles(path); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	page := clerk.Get("/courses?limit=2")
	next, _ := page.Find(".pager a").Attr("href")
	if got := titles(next); got != "滇红茶园" {
		t.Errorf("the second part is %s", got)
	}
	clerk.Get("/courses?q=xyz").Want(200, "没有找到", "看全部课程")
	clerk.Get("/courses?state=archived").Want(200, "没有停用的课程")
}

// Putting a course out of use and showing it to everyone are buttons of their own.
func TestArchiveAndPublic(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		v := coursestest.Course(t, e, h.people[access.Township], h.tree.Township.ID, "茶园", "冬管")
		path := "/courses/" + v.ID.String()
		clerk, county := h.as(t, access.Township), h.as(t, access.County)
		if clerk.Get(path).Find(`form[action$="/public"]`).Length() != 0 {
			t.Error("a township may make a course public")
		}
		county.Submit(county.Get(path), `form[action$="/public"]`, nil).Want(200, "这门课程公开")
		county.Submit(county.Get(path), `form[action$="/public"]`, nil).Want(200, "公开以后")
		before := clerk.Get(path)
		clerk.Submit(before, `form[action$="/archive"]`, nil).Want(200, "停用了", "恢复使用")
		clerk.Get("/courses").Want(200, "还没有课程")
		clerk.Get("/courses?state=archived").Want(200, "茶园")
		clerk.Submit(before, `form.form`, url.Values{"title": {"改"}}).Want(409, "已经停用")
		clerk.Submit(clerk.Get(path), `form[action$="/restore"]`, nil).Want(200, "恢复使用了")
	})
}

// The same through the API, with the errors that clients get.
func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		clerk, second, host := h.as(t, access.Township), h.site.As(t, h.reviewer.Account), h.as(t, access.Host)
		var c model.View
		if got := clerk.API("POST", "/courses", map[string]any{"task": "skills", "title": "茶园", "summary": "", "lecturer": ""}, &c); got/100 != 2 || c.Unit != h.tree.Township.ID {
			t.Fatalf("%d %+v", got, c)
		}
		var l model.LessonView
		body := map[string]any{"title": "冬管", "medium": "disc", "minutes": 20, "language": "yi", "material": "三号盘"}
		if got := clerk.API("POST", "/courses/"+c.ID.String()+"/lessons", body, &l); got/100 != 2 || l.Minutes != 20 {
			t.Fatalf("%d %+v", got, l)
		}
		path := "/lessons/" + l.ID.String()
		review := map[string]any{"revision": l.Revision}
		if got := clerk.API("POST", path+"/review", review, nil); got != 403 {
			t.Errorf("one's own review: %d", got)
		}
		if got := host.API("POST", path+"/review", review, nil); got != 404 {
			t.Errorf("a host's review: %d", got)
		}
		if got := second.API("POST", path+"/review", review, &l); got/100 != 2 || !l.Reviewed {
			t.Errorf("%d %+v", got, l)
		}
		body["revision"], body["title"] = 1, "冬天的茶园"
		if got := clerk.API("PUT", path, body, &l); got/100 != 2 || l.Reviewed || l.Revision != 2 {
			t.Errorf("%d %+v", got, l)
		}
		var problem struct {
			Code   string
			Errors []struct{ Name, Code string }
		}
		if got := clerk.API("PUT", path, body, &problem); got != 412 || problem.Code != "courses.lesson_changed" {
			t.Errorf("%d %+v", got, problem)
		}
		for in, want := range map[string]int{
			`{"revision":2,"title":"x","medium":"disc","minutes":"20","language":"yi","material":""}`:          422,
			`{"revision":2,"title":"x","medium":"disc","minutes":20,"language":"yi","material":"","author":1}`: 422,
			`{"revision":2}`: 422, `[`: 422,
		} {
			if got := clerk.API("PUT", path, in, nil); got != want {
				t.Errorf("%s: %d", in, got)
			}
		}
		if got := clerk.API("PUT", "/lessons/00000000-0000-7000-8000-000000000000", body, nil); got != 404 {
			t.Errorf("an unknown lesson: %d", got)
		}
		var w db.Page[model.WaitingItem]
		if got := second.API("GET", "/lessons/waiting", nil, &w); got != 200 || len(w.Items) != 1 || w.Items[0].Title != "冬天的茶园" {
			t.Errorf("%d %+v", got, w)
		}
		if got := clerk.API("POST", "/courses/"+c.ID.String()+"/order", map[string]any{"revision": 2, "lessons": []string{l.ID.String()}}, &c); got/100 != 2 || c.Revision != 3 {
			t.Errorf("%d %+v", got, c)
		}
	})
}
