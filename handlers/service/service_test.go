package service

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/service"
)

type world struct {
	*webtest.Site
	orgtest.Tree
	county, clerk, host accounts.AccountID
}

func start(t *testing.T, e *dbtest.Env) *world {
	t.Helper()
	w := &world{Tree: orgtest.County(t, e)}
	w.Site = webtest.New(t, e, func(p *web.Pages, api *web.API) { Mount(p, api, service.New()) })
	w.county = accountstest.As(t, e, access.County, w.County.ID).Account
	w.clerk = accountstest.As(t, e, access.Township, w.Township.ID).Account
	w.host = accountstest.As(t, e, access.Host, org.SiteUnit(w.Tree.Site.ID)).Account
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) { fn(t, start(t, e)) })
}

func TestFeedbackFromPageToAnswer(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		visitor, county := w.Visitor(t), w.As(t, w.county)
		form := visitor.Get("/feedback?page=/today").Want(200, "不用登录", "还没有答复过的意见", "（/today）")
		sent := visitor.Submit(form, `form[action="/feedback"]`, url.Values{"text": {"字太小\n<b>看不清</b>"}})
		sent.Want(200, "交上去了", "字太小", "&lt;b&gt;", "县里还没有答")
		code := strings.TrimPrefix(sent.Path, "/feedback/")
		visitor.Get("/feedback/answers").Want(200, "还没有答复过的意见")

		box := county.Get("/feedback/inbox").Want(200, "字太小", "/today")
		answer := county.Get("/feedback/inbox/"+code).Want(200, "字太小")
		if box.Find(`a[href="/feedback/inbox/`+code+`"]`).Length() != 1 {
			t.Error("no way from the inbox to the answer")
		}
		long := strings.Repeat("长", service.MostAnswer+1)
		again := county.Submit(answer, `form[action^="/feedback/inbox/"]`, url.Values{"answer": {long}, "hide_text": {"1"}})
		again.Want(422, long, "最多 2000 个字")
		if _, on := again.Find(`input[name="hide_text"]`).Attr("checked"); !on {
			t.Error("the tick is lost")
		}
		county.Submit(answer, `form[action^="/feedback/inbox/"]`, url.Values{"answer": {"已经改成长辈版。"}}).Want(200, "答复已经公开", "没有等答复的意见")
		visitor.Get("/feedback").Want(200, "字太小", "已经改成长辈版。")
		visitor.Get("/feedback/find?code="+strings.ToLower(code)).Want(200, "已经改成长辈版。")
		county.Submit(answer, `form[action^="/feedback/inbox/"]`, url.Values{"answer": {"另一个答复"}, "form_id": nil}).Want(412, "另一个答复", "刚才有人答复过")
		visitor.Get("/feedback/NICHTDA3").Want(404)
	})
}

// The address says which feedback is answered, whatever the form says beside it.
func TestAnswerGoesToTheCodeInTheAddress(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		visitor, county := w.Visitor(t), w.As(t, w.county)
		var one, two service.SendView
		visitor.API("POST", "/feedback", `{"text":"字太小"}`, &one)
		visitor.API("POST", "/feedback", `{"text":"声音太小"}`, &two)
		var other service.FeedbackView
		visitor.API("GET", "/feedback/"+two.Code, nil, &other)
		county.Post("/feedback/inbox/"+one.Code, url.Values{"id": {other.ID.String()}, "revision": {"0"}, "answer": {"字改大了。"}}).Want(200, "答复已经公开")
		visitor.Get("/feedback/"+one.Code).Want(200, "字改大了。")
		if page := visitor.Get("/feedback/" + two.Code).Want(200); strings.Contains(page.Text(), "字改大了。") {
			t.Error("the other one is answered")
		}
		county.Post("/feedback/inbox/NICHTDA3", url.Values{"id": {other.ID.String()}, "revision": {"0"}, "answer": {"字改大了。"}}).Want(404)
	})
}

func TestFeedbackKeepsWhatWasTyped(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	b := w.Visitor(t)
	form := b.Get("/feedback?page=/people/0190c1d2-aaaa-7bbb-8ccc-0123456789ab").Want(200, "/people/_")
	long := strings.Repeat("长", service.MostText+1)
	again := b.Submit(form, `form[action="/feedback"]`, url.Values{"text": {long}}).Want(422, "最多 2000 个字")
	if got := again.Find("textarea").Text(); got != long {
		t.Errorf("%d characters came back", len([]rune(got)))
	}
	if got := again.Find(`input[name="page"]`).AttrOr("value", ""); got != "/people/_" {
		t.Errorf("page %q", got)
	}
	b.Submit(form, `form[action="/feedback"]`, url.Values{"text": {""}}).Want(422, "这里要填")
	b.Post("/feedback", url.Values{"text": {"x"}, "form_id": {"no"}}).Want(422)
	b.Post("/feedback", url.Values{"text": {strings.Repeat("x", 2<<20)}}).Want(413)
}

// Sent twice, a form is one piece of feedback; and nothing beside its key says who sent it.
func TestFeedbackIsSentOnceByNobody(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.As(t, w.host)
		form := b.Get("/feedback")
		first := b.Submit(form, `form[action="/feedback"]`, url.Values{"text": {"一句话"}})
		second := b.Submit(form, `form[action="/feedback"]`, url.Values{"text": {"一句话"}})
		if first.Path != second.Path {
			t.Errorf("%s then %s", first.Path, second.Path)
		}
		b.Submit(form, `form[action="/feedback"]`, url.Values{"text": {"另一句"}}).Want(409, "另一句")
		w.Env.See(t, func(tx *db.Tx) error {
			for _, query := range []string{
				"SELECT COUNT(*) FROM form_keys WHERE account_id = ?", "SELECT COUNT(*) FROM audit_rows WHERE account_id = ?",
			} {
				n, err := db.Ask[int](tx, query, w.host)
				if err != nil {
					return err
				}
				if n[0] != 0 {
					t.Errorf("%s gives %d", query, n[0])
				}
			}
			return nil
		})
	})
}

func TestFeedbackIsLimitedGently(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	b := w.Visitor(t)
	for range burst {
		if got := b.API("POST", "/feedback", `{"text":"一句话"}`, nil); got != 200 {
			t.Fatalf("status %d", got)
		}
	}
	var p web.Problem
	if got := b.API("POST", "/feedback", `{"text":"一句话"}`, &p); got != http.StatusTooManyRequests || p.Code != "feedback.too_many" {
		t.Errorf("status %d %s", got, p.Code)
	}
	b.Submit(b.Get("/feedback"), `form[action="/feedback"]`, url.Values{"text": {"写了很久"}}).Want(429, "写了很久", "太多")
	w.Env.Clock.Add(time.Minute)
	if got := b.API("POST", "/feedback", `{"text":"一句话"}`, nil); got != 200 {
		t.Errorf("a minute later: status %d", got)
	}
}

func TestLimiterForgets(t *testing.T) {
	l := newLimiter()
	now := dbtest.Start
	for i := range mostKnown + 5 {
		l.allow("10."+string(rune('0'+i%10))+".0.1", now)
		l.allow(netipOf(i), now)
	}
	if len(l.known) > mostKnown {
		t.Errorf("%d addresses known", len(l.known))
	}
	if network("2001:db8::1") != network("2001:db8::2") || network("10.0.0.1") == network("10.0.0.2") || network("::ffff:10.0.0.1") != network("10.0.0.1") {
		t.Error("an IPv6 line is one network, IPv4 addresses are apart")
	}
}

func netipOf(i int) string {
	b := []byte{'1', '0', '.'}
	for _, n := range []int{i >> 16 & 255, i >> 8 & 255, i & 255} {
		b = append(b, []byte(time.Duration(n).String())...)
		b = b[:len(b)-2] // "ns"
		b = append(b, '.')
	}
	return string(b[:len(b)-1])
}

func TestFrontAndAbout(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		visitor := w.Visitor(t)
		visitor.Get("/").Want(200, "凤庆县有4所家庭党校", "现在没有通知", `href="/sign-in"`, "本系统不做什么")
		about := visitor.Get("/about").Want(200, "不要求打卡签到", "身份证号")
		if about.Find("#nots").Length() != 1 {
			t.Error("no place for the link to what the system does not do")
		}
		if p := w.As(t, w.host).Get("/"); p.Path != "/today" {
			t.Errorf("the host begins at %s", p.Path)
		}
	})
}

// Public lessons are for visitors; others are not told of.
func TestFrontShowsPublicLessons(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		author, reviewer := coursestest.Actor(t, w.Env, access.Township, w.Township.Path), coursestest.Actor(t, w.Env, access.County, w.County.Path)
		public := coursestest.Reviewed(t, w.Env, author, reviewer, w.Township.ID, "茶园冬管", "剪枝", "施肥", "清园", "防冻", "修沟", "积肥", "看天")
		coursestest.Reviewed(t, w.Env, author, reviewer, w.Township.ID, "内部的课", "不公开的一讲")
		visitor := w.Visitor(t)
		if p := visitor.Get("/").Want(200); p.Find("#lessons").Length() != 0 {
			t.Error("lessons that are not public stand on the front page")
		}
		w.Env.Do(t, func(tx *db.Tx) error {
			_, err := courses.New().SetPublic(tx, reviewer, courses.SetPublicInput{ID: public.ID, Revision: public.Revision, Public: true})
			return err
		})
		p := visitor.Get("/").Want(200, "剪枝", "看天", "还有1节", "茶园冬管")
		if n := p.Find(`#lessons a[href^="/catalogue/lessons/"]`).Length(); n != 7 || strings.Contains(p.Body, "不公开的一讲") {
			t.Errorf("%d lessons", n)
		}
	})
}

func TestFrontOfAnEmptySystem(t *testing.T) {
	e := dbtest.SQLite(t)
	s := webtest.New(t, e, func(p *web.Pages, api *web.API) { Mount(p, api, service.New()) })
	s.Visitor(t).Get("/").Want(200, "家庭党校设在农户家里")
	s.Visitor(t).Get("/notices").Want(200, "现在没有通知")
}

func TestNoticesFromPageToPublic(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		clerk, visitor, county := w.As(t, w.clerk), w.Visitor(t), w.As(t, w.county)
		clerk.Get("/notices?own=1").Want(200, "还没有发过通知")
		form := clerk.Get("/notices/new").Want(200, "凤山镇")
		county.Get("/notices/new").Want(200, "凤庆县", "鲁史镇")
		again := clerk.Submit(form, "form.form", url.Values{"title": {"领光盘"}, "body": {""}, "expires_on": {"2026-02-30"}})
		again.Want(422, "没有这一天")
		if got := again.Find("#title").AttrOr("value", ""); got != "领光盘" {
			t.Errorf("title came back as %q", got)
		}
		if got := again.Find("#expires_on").AttrOr("value", ""); got != "2026-02-30" {
			t.Errorf("day came back as %q", got)
		}
		own := clerk.Submit(form, "form.form", url.Values{"title": {"领光盘"}, "body": {"赶街天来领。\n带上登记簿。"}}).Want(200, "领光盘", "通知已经发出去了")
		front := visitor.Get("/").Want(200, "领光盘", "凤山镇")
		path := front.Find(`a[href^="/notices/"]`).AttrOr("href", "")
		visitor.Get(path).Want(200, "带上登记簿。", "2026年11月23日")
		if own.Find(`a[href="`+path+`"]`).Length() != 1 {
			t.Error("not among the clerk's own")
		}
		edit := clerk.Get(path + "/edit").Want(200)
		late := county.Get(path + "/edit").Want(200)
		clerk.Submit(edit, `form[action$="/edit"]`, url.Values{"title": {"领光盘和优盘"}}).Want(200, "改好了", "领光盘和优盘")
		county.Submit(late, `form[action$="/edit"]`, url.Values{"title": {"县里写的"}}).Want(412, "县里写的", "领光盘和优盘")
		county.Submit(late, `form[action$="/withdraw"]`, nil).Want(200, "已经撤回")
		visitor.Get(path).Want(404)
		visitor.Get("/notices").Want(200, "现在没有通知")
		clerk.Get(path).Want(200, "已撤回")
	})
}

func TestPagesOfOthersAreClosed(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	host, visitor, clerk := w.As(t, w.host), w.Visitor(t), w.As(t, w.clerk)
	for _, path := range []string{"/feedback/inbox", "/notices/new", "/notices?own=1"} {
		host.Get(path).Want(403)
		if p := visitor.Get(path); p.Path != "/sign-in" {
			t.Errorf("a visitor at %s comes to %s", path, p.Path)
		}
	}
	clerk.Get("/feedback/inbox").Want(403)
	var sent service.SendView
	visitor.API("POST", "/feedback", `{"text":"一句话"}`, &sent)
	clerk.Get("/feedback/inbox/" + sent.Code).Want(403)
	for _, c := range []struct {
		b            *webtest.Browser
		method, path string
		body         string
		status       int
	}{
		{visitor, "GET", "/feedback/inbox", "", 401},
		{host, "GET", "/feedback/inbox", "", 403},
		{clerk, "POST", "/feedback/" + w.Township.ID.String() + "/answer", `{"answer":"x","revision":0}`, 403},
		{visitor, "POST", "/notices", `{"title":"x"}`, 401},
		{clerk, "POST", "/notices", `{"unit":"` + w.Township2.ID.String() + `","title":"x","body":"y"}`, 403},
		{clerk, "POST", "/notices", `{"unit":"` + w.Township.ID.String() + `","title":"x","body":"y"}`, 200},
		{clerk, "POST", "/notices", `{"unit":"` + w.Township.ID.String() + `","title":"x","body":"y","withdrawn":true}`, 422},
		{visitor, "POST", "/feedback", `{"text":"x","account":"y"}`, 422},
		{visitor, "GET", "/feedback", "", 200},
		{visitor, "GET", "/feedback/" + sent.Code, "", 200},
		{visitor, "GET", "/notices?after=x", "", 422},
	} {
		var body any
		if c.body != "" {
			body = c.body
		}
		if got := c.b.API(c.method, c.path, body, nil); got != c.status {
			t.Errorf("%s %s %s: %d, want %d", c.method, c.path, c.body, got, c.status)
		}
	}
}
