package curricula_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"huotang/handlers/curricula"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	model "huotang/models/curricula"
	"huotang/models/curricula/curriculatest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

type house struct {
	e                *dbtest.Env
	tree             orgtest.Tree
	site             *webtest.Site
	people           map[access.Role]access.Actor
	reviewer, far    access.Actor // of the county; clerk of the other township
	sister, neigbour access.Actor // hosts of two other schools of the township
}

func open(t *testing.T, e *dbtest.Env) house {
	t.Helper()
	h := house{e: e, tree: orgtest.County(t, e)}
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) { curricula.Mount(p, api, model.New()) })
	h.people = accountstest.Everyone(t, e, h.tree)
	h.reviewer = accountstest.As(t, e, access.County, h.tree.County.ID)
	h.far = accountstest.As(t, e, access.Township, h.tree.Township2.ID)
	h.sister = accountstest.As(t, e, access.Host, org.SiteUnit(h.tree.Sister.ID))
	h.neigbour = accountstest.As(t, e, access.Host, org.SiteUnit(h.tree.Neighbour.ID))
	return h
}

func (h house) as(t *testing.T, r access.Role) *webtest.Browser {
	t.Helper()
	return h.site.As(t, h.people[r].Account)
}

// course makes a reviewed course of the township.
func (h house) course(t *testing.T, title string, lessons ...string) courses.View {
	t.Helper()
	return coursestest.Reviewed(t, h.e, h.people[access.Township], h.reviewer, h.tree.Township.ID, title, lessons...)
}

func text(p *webtest.Page, selector string) string {
	return strings.Join(strings.Fields(p.Find(selector).Text()), " ")
}

// The clerk's way from nothing to the second version, and what the hosts see on the way.
func TestPublish(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		h.course(t, "茶园", "冬管五件事", "春采")
		clerk, host, sister := h.as(t, access.Township), h.as(t, access.Host), h.site.As(t, h.sister.Account)
		host.Get("/catalogue").Want(200, "还没有发给您的课")
		clerk.Get("/curricula").Want(200, "2026年学习安排", "2026年还没有学习安排")
		page := clerk.Get("/curricula/new").Want(200, "凤山镇2026年家庭党校学习安排")
		page = clerk.Submit(page, "main form.form", nil).Want(200, "还没有发过", "还没有排课", "凤山镇全部学校，现在3所")
		plan := page.Path

		page = clerk.Get(plan+"/add?q=dongguan").Want(200, "冬管五件事")
		if page.Find("fieldset#lesson label").Length() != 1 {
			t.Errorf("found %s", text(page, "fieldset#lesson"))
		}
		lesson := page.Find("fieldset#lesson label").FilterFunction(hasText("冬管五件事")).Find("input").AttrOr("value", "")
		clerk.Submit(page, "main form.form", url.Values{"month": {"2026-11"}}).Want(422, "找不到所选的这一项")
		page = clerk.Submit(page, "main form.form", url.Values{"month": {"2026-11"}, "required": {"1"}, "lesson": {lesson}}).Want(200, "加进去了")
		spring := page.Find("fieldset#lesson input").AttrOr("value", "")
		clerk.Submit(page, "main form.form", url.Values{"month": {"2026-12"}, "required": {"0"}, "lesson": {spring}}).Want(200, "加进去了")
		clerk.Get(plan).Want(200, "冬管五件事", "11月", "必修", "春采", "12月", "选修", "发给3所")
		host.Get("/catalogue").Want(200, "还没有发给您的课")
		if got := host.Get(plan).Status; got != 404 {
			t.Errorf("a host reads a draft: %d", got)
		}

		page = clerk.Get(plan+"/publish").Want(200, "第一次发，都是新的", "11月 冬管五件事", "凤山镇全部学校", "发给3所")
		clerk.Submit(page, "main form.form", url.Values{"note": {"冬天先学茶园"}}).Want(200, "发出去了。这是第1版，3所学校看得到", "没有改动")
		host.Get("/catalogue").Want(200, "冬管五件事", "春采", "必修")
		host.Get("/catalogue?required=1").Want(200, "冬管五件事")
		sister.Get("/catalogue?q=CC").Want(200, "春采")
		host.Get(plan).Want(200, "第1版", "冬天先学茶园", "冬管五件事")
		if n := host.Get(plan).Find("main form, .bar").Length(); n != 0 {
			t.Errorf("a host is shown %d forms", n)
		}

		// The second version: another month, elective, for one school.
		clerk.Submit(clerk.Get(plan+"/items/"+lesson).Want(200, "冬管五件事"), "main form.form", url.Values{"month": {"2026-12"}, "required": {"0"}}).Want(200, "换月份", "改必修选修")
		page = clerk.Get(plan+"/items/"+lesson).Want(200, "同一个月里的先后")
		page = clerk.Submit(page, `form[action$="/move"]`, nil).Want(200)
		if got := text(page, "tbody"); strings.Index(got, "冬管") > strings.Index(got, "春采") {
			t.Errorf("order: %s", got)
		}
		page = clerk.Get(plan+"/audience").Want(200, "安石村王家院家庭党校", "以后新授牌的也会收到")
		clerk.Submit(page, "main form.form", url.Values{"all": {"0"}}).Want(422, "请至少选一所学校")
		clerk.Submit(page, "main form.form", url.Values{"all": {"0"}, "sites": {h.tree.Site.ID.String()}}).Want(200, "选了1所学校", "发给1所")
		sister.Get("/catalogue").Want(200, "冬管五件事") // not yet sent
		page = clerk.Get(plan+"/publish").Want(200, "和第1版比，改了什么", "原来11月，现在12月", "原来必修，现在选修", "凤山镇全部学校", "不再发给")
		clerk.Submit(page, "main form.form", nil).Want(200, "这是第2版，1所学校看得到")
		sister.Get("/catalogue").Want(200, "还没有发给您的课")
		if got := sister.Get(plan).Status; got != 404 {
			t.Errorf("a sister school still reads the plan: %d", got)
		}
		clerk.Get(plan+"/versions").Want(200, "第2版", "第1版", "冬天先学茶园")
		clerk.Get(plan+"/versions/1").Want(200, "第一次发，都是新的", "冬管五件事")
		clerk.Get(plan+"/versions/2").Want(200, "和第1版比", "换月份", "现在用的")
		if got := clerk.Get(plan + "/versions/3").Status; got != 404 {
			t.Errorf("a version to come: %d", got)
		}
		page = clerk.Get(plan + "/items/" + lesson)
		clerk.Submit(page, `form[action$="/remove"]`, nil).Want(200, "去掉")
		host.Get("/catalogue").Want(200, "冬管五件事")
	})
}

func hasText(want string) func(int, *goquery.Selection) bool {
	return func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), want) }
}

// What stops a publication is told by name, and what was typed stays.
func TestPublishRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		c := coursestest.Course(t, e, h.people[access.Township], h.tree.Township.ID, "茶园", "冬管五件事")
		v := curriculatest.Draft(t, e, h.people[access.Township], h.tree.Township.ID, []courses.LessonID{c.Lessons[0].ID})
		clerk := h.as(t, access.Township)
		path := "/curricula/" + v.ID.String()
		page := clerk.Get(path + "/publish")
		again := clerk.Submit(page, "main form.form", url.Values{"note": {"请看"}}).Want(422, "「冬管五件事」还没有审核")
		if got := webtest.Values(again.Find("main form.form")).Get("note"); got != "请看" {
			t.Errorf("the note is %q", got)
		}
		coursestest.Review(t, e, h.reviewer, c.ID)
		clerk.Submit(page, "main form.form", nil).Want(200, "这是第1版")
		clerk.Submit(again, "main form.form", nil).Want(412, "刚才有人改过或发过")
		for what, c := range map[string]struct {
			path string
			set  url.Values
			text string
		}{
			"a year of words":  {"/curricula/new", url.Values{"year": {"今年"}, "title": {"甲"}}, "请填数字"},
			"no title":         {"/curricula/new", url.Values{"year": {"2026"}, "title": {""}}, "这里要填"},
			"a year far off":   {"/curricula/new", url.Values{"year": {"20260"}, "title": {"乙"}}, "请填 2000 到 2100 之间的数"},
			"another's month":  {path + "/items/" + c.Lessons[0].ID.String(), url.Values{"month": {"2027-01"}}, "请选2026年里的月份"},
			"no month at all":  {path + "/items/" + c.Lessons[0].ID.String(), url.Values{"month": {"2026-13"}}, "没有这个月"},
			"a school far off": {path + "/audience", url.Values{"all": {"0"}, "sites": {h.tree.Far.ID.String()}}, "找不到所选的这一项"},
		} {
			t.Run(what, func(t *testing.T) {
				again := clerk.Submit(clerk.Get(c.path), "main form.form", c.set).Want(422, c.text)
				after := webtest.Values(again.Find("main form.form"))
				for field, typed := range c.set {
					if field != "month" && !slices.Equal(after[field], typed) {
						t.Errorf("%s is %q, was typed as %q", field, after[field], typed)
					}
				}
			})
		}
	})
}

// The whole journey through the API.
func TestAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		c := h.course(t, "茶园", "冬管五件事", "春采")
		clerk, host, far := h.as(t, access.Township), h.as(t, access.Host), h.site.As(t, h.far.Account)
		var v model.View
		if got := clerk.API("POST", "/curricula", map[string]any{"year": 2026, "title": "凤山镇学习安排"}, &v); got/100 != 2 || v.Revision != 1 {
			t.Fatalf("%d %+v", got, v)
		}
		path := "/curricula/" + v.ID.String()
		items := func(revision int) map[string]any {
			return map[string]any{"revision": revision, "items": []any{
				map[string]any{"lesson": c.Lessons[0].ID, "month": "2026-11", "required": true},
				map[string]any{"lesson": c.Lessons[1].ID, "month": "2026-10", "required": false},
			}}
		}
		if got := clerk.API("PUT", path+"/items", items(1), &v); got/100 != 2 || len(v.Items) != 2 || v.Items[0].Title != "春采" {
			t.Fatalf("%d %+v", got, v)
		}
		for who, want := range map[*webtest.Browser]int{clerk: 412, host: 404, far: 404} {
			if got := who.API("PUT", path+"/items", items(1), nil); got != want {
				t.Errorf("%d, want %d", got, want)
			}
		}
		var found db.Page[model.Item]
		if got := clerk.API("GET", path+"/candidates", nil, &found); got != 200 || len(found.Items) != 0 {
			t.Errorf("%d %+v", got, found)
		}
		if got := clerk.API("PUT", path+"/audience", map[string]any{"revision": v.Revision, "all": false, "sites": []any{h.tree.Site.ID}}, &v); got/100 != 2 || v.Audience.Count != 1 {
			t.Fatalf("%d %+v", got, v)
		}
		var p model.Published
		if got := clerk.API("POST", path+"/publish", map[string]any{"revision": v.Revision, "note": ""}, &p); got/100 != 2 || p != (model.Published{Version: 1, Schools: 1}) {
			t.Fatalf("%d %+v", got, p)
		}
		if got := clerk.API("POST", path+"/publish", map[string]any{"revision": v.Revision, "note": ""}, nil); got != 412 {
			t.Errorf("publishing what was seen before: %d", got)
		}
		if got := host.API("POST", path+"/publish", map[string]any{"revision": v.Revision + 1, "note": ""}, nil); got != 403 {
			t.Errorf("a host publishes: %d", got)
		}
		var d model.Diff
		if got := clerk.API("GET", path+"/versions/1/diff", nil, &d); got != 200 || len(d.Added) != 2 || len(d.AudienceAdded) != 1 {
			t.Errorf("%d %+v", got, d)
		}
		var versions db.Page[model.VersionView]
		if got := clerk.API("GET", path+"/versions", nil, &versions); got != 200 || len(versions.Items) != 1 {
			t.Errorf("%d %+v", got, versions)
		}
		var list db.Page[model.ListItem]
		if got := host.API("GET", "/curricula?year=2026", nil, &list); got != 200 || len(list.Items) != 1 {
			t.Errorf("%d %+v", got, list)
		}
		// Everyone's list of courses has the same shape; an editor's holds his drafts, too.
		coursestest.Course(t, e, h.people[access.Township], h.tree.Township.ID, "草稿课", "没审的")
		for role, want := range map[access.Role]int{access.Host: 1, access.Trainee: 1, access.Township: 2, access.County: 2, access.Auditor: 2, access.Village: 1, access.Secretary: 0} {
			var page db.Page[model.Course]
			if got := h.as(t, role).API("GET", "/courses", nil, &page); got != 200 || len(page.Items) != want || page.Items == nil {
				t.Errorf("%s lists %d: %+v", role, got, page)
			}
		}
		if got := h.site.Visitor(t).API("GET", "/courses", nil, nil); got != 401 {
			t.Errorf("a visitor lists courses: %d", got)
		}
	})
}

// Addresses by role: who is let in where.
func TestWhoOpensWhat(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		l := h.course(t, "茶园", "冬管五件事").Lessons[0]
		id := curriculatest.Published(t, e, h.people[access.Township], h.tree.Township.ID, []courses.LessonID{l.ID})
		p := "/curricula/" + id.String()
		paths := []string{"/catalogue", "/curricula", "/curricula/new", p, p + "/add", p + "/items/" + l.ID.String(), p + "/audience", p + "/publish", p + "/versions", p + "/versions/1"}
		reader := []int{200, 200, 403, 200, 403, 403, 403, 403, 403, 200}
		for role, want := range map[access.Role][]int{
			access.County:   {200, 200, 200, 200, 200, 200, 200, 200, 200, 200},
			access.Township: {200, 200, 200, 200, 200, 200, 200, 200, 200, 200},
			access.Auditor:  {200, 200, 403, 200, 403, 403, 403, 403, 200, 200},
			access.Lecturer: {200, 200, 403, 200, 403, 403, 403, 403, 200, 200},
			access.Village:  reader, access.Host: reader, access.Head: reader, access.Trainee: reader,
			access.Secretary: {200, 403, 403, 404, 404, 404, 404, 404, 404, 404}, access.GroupLeader: {200, 403, 403, 404, 404, 404, 404, 404, 404, 404},
			access.Cadre: {200, 403, 403, 404, 404, 404, 404, 404, 404, 404}, access.Resident: reader,
			access.TownshipAdmin: {200, 200, 200, 200, 200, 200, 200, 200, 200, 200},
		} {
			b := h.as(t, role)
			for i, path := range paths {
				if got := b.Get(path).Status; got != want[i] {
					t.Errorf("%s at %s: %d, want %d", role, path, got, want[i])
				}
			}
		}
		far := h.site.As(t, h.far.Account)
		for _, path := range paths[3:] {
			if got := far.Get(path).Status; got != 404 {
				t.Errorf("the other township at %s: %d", path, got)
			}
		}
		for _, path := range []string{p, p + "/add", p + "/items/" + l.ID.String(), p + "/items/" + l.ID.String() + "/remove", p + "/audience", p + "/publish"} {
			set := url.Values{"revision": {"3"}, "title": {"坏"}, "month": {"2026-01"}, "lesson": {l.ID.String()}, "all": {"1"}}
			if got := far.Post(path, set).Status; got != 404 {
				t.Errorf("the other township posts to %s: %d", path, got)
			}
			if got := h.as(t, access.Host).Post(path, set).Status; got != 403 {
				t.Errorf("a host posts to %s: %d", path, got)
			}
			if got := h.site.Visitor(t).Get(path); got.Path != "/sign-in" && got.Status != 404 {
				t.Errorf("a visitor at %s: %s", path, got.Path)
			}
		}
	})
}
