package accounts_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	handler "huotang/handlers/accounts"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// guarded is a site where counties and townships have a second factor, with a page that gives out people.
func guarded(t *testing.T, e *dbtest.Env) *webtest.Site {
	t.Helper()
	return webtest.Config(t, e, web.Config{BaseURL: "http://127.0.0.1", Version: "test", SecondFactor: true}, func(p *web.Pages, api *web.API) {
		handler.Mount(p, api, p.App().Accounts)
		page := func(r *web.Request) error {
			return r.Render("accounts/check", struct{ web.Base }{r.Base("accounts.check")})
		}
		p.Confirmed().Get("/test/people", page)
		p.Confirmed().Post("/test/people", page)
	})
}

// A clerk looks, makes the accounts and prints; the host scans, sees half his name, sets six digits, goes on in another browser,
// and shares the phone with his wife.
func TestSlipToPhone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site, _ := start(t, e)
		for name, s := range map[string]org.School{"王小芳": tree.Site, "李明": tree.Sister} {
			p := peopletest.Add(t, e, tree, peopletest.Person{Name: name})
			e.Do(t, func(tx *db.Tx) error {
				_, err := people.Assign(tx, orgtest.By, people.AssignInput{Site: s.ID, Post: people.Host, Person: p})
				return err
			})
		}
		clerk := site.As(t, accountstest.As(t, e, access.Township, tree.Township.ID).Account)
		look := clerk.Get("/accounts/bulk?under=530921101201").Want(200, "要新建2个账号", "王小芳", "李明")
		printed := clerk.Submit(look, "main form[method=post]", nil).Want(200, "王小芳", "第一次使用", "/first")
		if n := printed.Find(".slip svg.qr").Length(); n != 2 {
			t.Fatalf("%d QR codes", n)
		}
		clerk.Get("/accounts/slips").Want(200, "王小芳")
		codes := map[string]string{}
		for i := range 2 {
			s := printed.Find(".slip").Eq(i)
			codes[s.Find("h2").Text()] = s.Find(".code").Text()
		}
		at := "/first/" + strings.ReplaceAll(codes["王小芳"], "-", "")
		site.Visitor(t).Get(at).Want(200, "王*芳", "这是您吗")
		phone := site.Visitor(t)
		slip := phone.Get("/first?code="+url.QueryEscape(strings.ToLower(codes["王小芳"]))).Want(200, "王*芳", "安石村", "就是我,开始用")
		if strings.Contains(slip.Body, "王小芳") {
			t.Error("the whole name is shown")
		}
		phone.Submit(slip, "main form", url.Values{"password": {"582941"}, "again": {"582942"}}).Want(422, "两遍不一样")
		phone.Submit(slip, "main form", url.Values{"password": {"123456"}, "again": {"123456"}}).Want(422, "太容易猜到")
		phone.Submit(slip, "main form", url.Values{"password": {"582941"}, "again": {"582941"}})
		phone.Get("/me").Want(200, "王小芳", "换到浏览器里用", "换个人")
		site.Visitor(t).Get(at).Want(422, "这个码不能用了")

		give := phone.Submit(phone.Get("/me/move"), "main form", nil).Want(200)
		digits := give.Find(".big-code").Text()
		browser := site.Visitor(t)
		browser.Post("/sign-in/move", url.Values{"digits": {"000 000"}}).Want(422, "6位数字不对")
		browser.Post("/sign-in/move", url.Values{"digits": {digits}})
		browser.Get("/me").Want(200, "王小芳")
		site.Visitor(t).Post("/sign-in/move", url.Values{"digits": {digits}}).Want(422)

		wife := phone.Get("/first/"+codes["李明"]).Want(200, "李*")
		phone.Submit(wife, "main form", url.Values{"password": {"739152"}, "again": {"739152"}})
		sw := phone.Get("/sign-in?switch=1").Want(200, "您是哪一位", "王小芳", "李明")
		if v := webtest.Values(sw.Find("form[action='/sign-in']")); v.Get("who") == "" || sw.Find("#username").Length() != 0 {
			t.Error("the other one is not chosen, or a user name is asked for", v)
		}
		phone.Submit(sw, "form[action='/sign-in']", url.Values{"password": {"739152"}}).Want(422, "不对")
		phone.Submit(sw, "form[action='/sign-in']", url.Values{"password": {"582941"}})
		phone.Get("/me").Want(200, "王小芳")
		phone.Submit(phone.Get("/sign-in"), "form[action='/sign-in/forget']", nil)
		if left := phone.Get("/sign-in").Find("#who .opt").Length(); left != 1 {
			t.Errorf("%d people are left on the phone", left)
		}
		site.Visitor(t).Post("/sign-in", url.Values{"who": {"x"}, "password": {"582941"}}).Want(422, "不对")
	})
}

// A county signs in with its factor, is asked again before people are given out, and loses nothing of a form on the way.
func TestSecondFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site := guarded(t, e)
		boss := accountstest.As(t, e, access.County, tree.County.ID)
		username := accountstest.SetPassword(t, e, site.App.Accounts, boss.Account, accountstest.Password)
		login := url.Values{"username": {username}, "password": {accountstest.Password}}
		b := site.Visitor(t)
		enrol := b.Submit(b.Get("/sign-in"), "form[action='/sign-in']", login).Want(200, "加一道锁")
		if p := b.Get("/me"); p.Path != "/sign-in" {
			t.Fatalf("in without the factor: %s", p.Path)
		}
		key := strings.ReplaceAll(enrol.Find(".code").Text(), " ", "")
		now := func() url.Values {
			code, err := totp.GenerateCode(key, e.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return url.Values{"code": {code}}
		}
		b.Submit(enrol, "form.form", url.Values{"code": {"000000"}}).Want(422, "验证码不对")
		if n := b.Submit(enrol, "form.form", now()).Want(200, "收好这些码").Find(".codes li").Length(); n != 10 {
			t.Errorf("%d codes on paper", n)
		}
		b.Get("/me").Want(200, "手机上的验证器")
		b.Get("/test/people").Want(200)

		e.Clock.Add(11 * time.Minute)
		if p := b.Get("/test/people"); p.Path != "/sign-in/confirm" {
			t.Fatalf("given out without asking again: %s", p.Path)
		}
		ask := b.Post("/test/people", url.Values{"remark": {"年底"}}).Want(401, "再核对一次")
		b.Submit(ask, "form.form", now()).Want(200, `value="年底"`)
		b.Get("/test/people").Want(200)

		e.Clock.Add(time.Minute)
		other := site.Visitor(t)
		ask = other.Submit(other.Get("/sign-in"), "form[action='/sign-in']", login).Want(200, "验证器")
		other.Submit(ask, "form.form", now())
		other.Get("/me").Want(200)
		e.Clock.Add(time.Minute)
		if s := site.Visitor(t).API("POST", "/sign-in", map[string]string{"username": username, "password": accountstest.Password}, nil); s != http.StatusUnauthorized {
			t.Errorf("a program without the code: %d", s)
		}
		in := map[string]string{"username": username, "password": accountstest.Password, "code": now().Get("code")}
		if s := site.Visitor(t).API("POST", "/sign-in", in, nil); s != http.StatusOK {
			t.Errorf("a program with it: %d", s)
		}
		host := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
		name := accountstest.SetPassword(t, e, site.App.Accounts, host.Account, accountstest.Password)
		h := site.Visitor(t)
		h.Submit(h.Get("/sign-in"), "form[action='/sign-in']", url.Values{"username": {name}, "password": {accountstest.Password}})
		h.Get("/me").Want(200)
	})
}

// Half an hour without use ends an office's sign-in, exactly, although the database notes use every five minutes; a host stays
// for half a year from his last visit.
func TestIdle(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site, _ := start(t, e)
		clerk := site.As(t, accountstest.As(t, e, access.Township, tree.Township.ID).Account)
		for _, minutes := range []int{1, 4, 3, 29, 5, 29, 4, 29} {
			e.Clock.Add(time.Duration(minutes) * time.Minute)
			clerk.Get("/me").Want(200)
		}
		e.Clock.Add(31 * time.Minute)
		out := clerk.Get("/me")
		if out.Path != "/sign-in" || !strings.Contains(out.Body, "超过30分钟没有操作") {
			t.Fatalf("%s: %s", out.Path, out.Find("main").Text())
		}
		clerk = site.As(t, accountstest.As(t, e, access.Township, tree.Township.ID).Account)
		e.Clock.Add(4 * time.Minute)
		clerk.Get("/me").Want(200)
		e.Clock.Add(31 * time.Minute)
		clerk.Post("/accounts/slips", url.Values{"account": {"11111111-1111-4111-8111-111111111111"}}).
			Want(401, "填过的都还在", "11111111-1111-4111-8111-111111111111")

		host := site.As(t, accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID)).Account)
		for range 5 {
			e.Clock.Add(100 * 24 * time.Hour)
			host.Get("/me").Want(200)
		}
		e.Clock.Add(181 * 24 * time.Hour)
		if p := host.Get("/me"); p.Path != "/sign-in" {
			t.Errorf("remembered for ever: %s", p.Path)
		}
	})
}

// Six digits and one's own telephone number are enough. A number that the household shares says so, as one that nobody has does.
func TestSignInByNumber(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	site, area := start(t, e)
	for _, who := range []struct{ phone, password string }{{"13987654321", "tea 2026 春"}, {"13800138000", "tea 2026 夏"}, {"13800138000", "tea 2026 秋"}} {
		p := peopletest.Add(t, e, tree, peopletest.Person{Site: tree.Site.ID})
		e.Do(t, func(tx *db.Tx) error {
			_, err := peopletest.Area(t).SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: p, Phone: who.phone})
			return err
		})
		by := accountstest.Of(t, e, p, access.Host, org.SiteUnit(tree.Site.ID))
		accountstest.SetPassword(t, e, area, by.Account, who.password)
	}
	enter := func(phone, password string) *webtest.Page {
		b := site.Visitor(t)
		return b.Submit(b.Get("/sign-in").Want(200, "用户名或电话号码"), "form[action='/sign-in']", url.Values{"username": {phone}, "password": {password}})
	}
	if p := enter("139 8765 4321", "tea 2026 春"); p.Path == "/sign-in" {
		t.Errorf("not in: %d %s", p.Status, p.Find(".errors").Text())
	}
	shared := enter("13800138000", "tea 2026 夏").Want(422, "几个人共用一个号码", "纸条")
	unknown := enter("13800138001", "tea 2026 夏").Want(422)
	if shared.Find(".errors").Text() != unknown.Find(".errors").Text() {
		t.Error("a shared number is told from one that nobody has")
	}
}

func TestCheckPage(t *testing.T) {
	e := dbtest.SQLite(t)
	site, _ := start(t, e)
	page := site.Visitor(t).Get("/check").Want(200, "试试这部手机", "没有打开脚本", "什么也不上传")
	if page.Find("form[action='/check'], main form").Length() != 0 {
		t.Error("the page could send something")
	}
}

// A request of somebody signed in, with its permissions, on the page that asks least.
func BenchmarkSignedInRequest(b *testing.B) {
	e := dbtest.SQLite(b)
	tree := orgtest.County(b, e)
	site := webtest.New(b, e, func(p *web.Pages, api *web.API) { handler.Mount(p, api, p.App().Accounts) })
	host := site.As(b, accountstest.As(b, e, access.Host, org.SiteUnit(tree.Site.ID)).Account)
	clerk := site.As(b, accountstest.As(b, e, access.Township, tree.Township.ID).Account)
	for name, who := range map[string]*webtest.Browser{"host": host, "clerk": clerk} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if s := who.API("GET", "/me", nil, nil); s != http.StatusOK {
					b.Fatal(s)
				}
			}
		})
	}
}
