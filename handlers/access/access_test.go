package access_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	handler "huotang/handlers/access"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

type house struct {
	site   *webtest.Site
	tree   orgtest.Tree
	people map[access.Role]access.Actor
}

func open(t *testing.T, e *dbtest.Env) house {
	t.Helper()
	h := house{tree: orgtest.County(t, e)}
	h.site = webtest.New(t, e, func(p *web.Pages, api *web.API) { handler.Mount(p, api) })
	h.people = accountstest.Everyone(t, e, h.tree)
	return h
}

func (h house) as(t *testing.T, r access.Role) *webtest.Browser {
	return h.site.As(t, h.people[r].Account)
}

// The page says of each role exactly what the matrix gives it, in words, to everybody.
func TestTheTable(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	b := h.site.Visitor(t)
	page := b.Get("/rights").Want(200, "谁能做什么", "没有登录的人", "点名，交名单，改名单")
	rows := page.Find("table tbody tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find("td").Length() > 0 })
	if rows.Length() != len(access.Permissions()) || rows.First().Find("td").Length() != len(access.Roles)+1 {
		t.Errorf("%d rows of %d", rows.Length(), rows.First().Find("td").Length())
	}
	for i, p := range access.Permissions() {
		rows.Eq(i).Find("td").Each(func(j int, s *goquery.Selection) {
			role := append(slices.Clone(access.Roles), access.Public)[j]
			if got := strings.TrimSpace(s.Text()) == "✓"; got != access.Allowed(role, p) {
				t.Errorf("%s %s: %v", role, p, got)
			}
		})
	}
	for _, role := range access.Roles {
		n := 0
		for _, p := range access.Permissions() {
			if access.Allowed(role, p) {
				n++
			}
		}
		if got := b.Get("/rights?role=" + string(role)).Want(200).Find("section.card li").Length(); got != n {
			t.Errorf("%s: %d sentences, %d permissions", role, got, n)
		}
	}
	b.Get("/rights?role=township_admin").Want(200, "能把这些身份给别人", "驻村工作队、讲师")
	b.Get("/rights?role=king").Want(200, "没有登录的人也能做的")
	h.as(t, access.Resident).Get("/rights").Want(200, "驻村期间", "有期限，到期自己停")
	if got := b.Get("/rights?role=host").Find("section.card h2").Text(); !strings.Contains(got, "户主") {
		t.Error(got)
	}
	var v accounts.RightsView
	if status := b.API("GET", "/rights", nil, &v); status != 200 || len(v.Roles) != len(access.Roles) {
		t.Errorf("%d %+v", status, v)
	}
}

func TestWhatIMay(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	at := "/rights/here?unit=" + h.tree.Site.ID.String()
	host := h.as(t, access.Host)
	host.Get("/rights/here").Want(200, "户主 · 安石村王家院家庭党校", "没有写期限")
	page := host.Get(at).Want(200, "我在安石村王家院家庭党校能办的事", "点名，交名单，改名单")
	if strings.Contains(page.Text(), "授牌") {
		t.Error("a host is told that he may license")
	}
	h.as(t, access.Resident).Get("/rights/here").Want(200, "驻村工作队 · 安石村", "到2027年")
	leader := h.as(t, access.GroupLeader)
	if strings.Contains(leader.Get(at).Want(200, "看活动的记录和人数").Text(), "看谁到了、谁没来") {
		t.Error("a group leader is told that he sees everybody at the school")
	}
	leader.Get("/rights/here?unit="+h.tree.Group.ID.String()).Want(200, "看谁到了、谁没来")
	host.Get("/rights/here?unit=" + h.tree.Far.ID.String()).Want(404)
	host.Get("/rights/here?unit=nonsense").Want(422)
	if p := h.site.Visitor(t).Get(at); p.Path != "/sign-in" {
		t.Errorf("a visitor is at %s", p.Path)
	}
}

// A clerk finds a colleague, gives him a role on a unit that he searches for, sees it, and ends it.
func TestGiveAndEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		admin, host := h.as(t, access.TownshipAdmin), h.people[access.Host].Account
		list := admin.Get("/rights/holders").Want(200, "谁有什么身份", "户主", "快到期")
		if list.Find(`a[href="/rights/accounts/`+host.String()+`"]`).Length() != 1 {
			t.Fatal("the host is not on the list")
		}
		at := "/rights/accounts/" + host.String()
		admin.Get(at).Want(200, "户主 · 安石村王家院家庭党校", "给一项身份")
		ask := admin.Get(at + "/give")
		if ask.Find(`option[value="county"], option[value="township_admin"], option[value="auditor"]`).Length() != 0 {
			t.Error("the admin is offered what is not his to give")
		}
		found := admin.Submit(ask, "main form[method=get]", url.Values{"role": {"resident"}, "q": {"as"}}).Want(200, "安石村（凤山镇）")
		if strings.Contains(found.Text(), "古平村") {
			t.Error("a village of another township is offered")
		}
		unit := h.tree.Village.ID.String()
		bad := admin.Submit(found, "main form[method=post]", url.Values{"unit": {unit}, "until": {""}}).Want(422, "这种身份有期限", "安石村（凤山镇）")
		if got := webtest.Values(bad.Find("main form[method=post]")); got.Get("unit") != unit || got.Get("role") != "resident" || got.Get("q") != "as" {
			t.Errorf("what was typed came back as %v", got)
		}
		admin.Submit(bad, "main form[method=post]", url.Values{"unit": {unit}, "until": {"2026-12-01"}}).Want(200, "给好了", "驻村工作队 · 安石村", "快到期：2026年12月1日 星期二，还有8天")
		admin.Get("/rights/holders?soon=true").Want(200, "还有8天")
		if n := admin.Get("/rights/holders?soon=true").Find("tbody tr").Length(); n != 1 {
			t.Errorf("%d end soon", n)
		}
		page := admin.Get(at)
		admin.Submit(page, "main form[action*='/grants/']", nil).Want(200, "收回好了")
		admin.Get(at+"/end").Want(200, "host离任", "收回", "账号还是本人的")
		admin.Submit(admin.Get(at+"/end"), "main form[method=post]", nil).Want(200, "都收回好了", "谁有什么身份")
		if p := admin.Get(at); p.Status != 404 {
			t.Errorf("an account without a role of the township is still shown: %d", p.Status)
		}
	})
}

func TestEndsInWords(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	today := date.Of(dbtest.Start)
	e.Do(t, func(tx *db.Tx) error {
		for unit, until := range map[org.UnitID]date.Date{h.tree.Village.ID: today, h.tree.Village2.ID: today.AddDays(400)} {
			_, err := accounts.Grant(tx, orgtest.By, accounts.GrantInput{Account: h.people[access.Cadre].Account, Role: access.Cadre, Unit: unit, Until: until})
			if err != nil {
				return err
			}
		}
		return nil
	})
	at := "/rights/accounts/" + h.people[access.Cadre].Account.String()
	h.as(t, access.County).Get(at).Want(200, "今天到期", "没有写期限")
	e.Clock.Set(today.AddDays(1).At(12, 0))
	h.as(t, access.County).Get(at).Want(200, "已到期（2026年11月23日")
}

// Who may open which page, and whose role nobody but the right giver touches.
func TestWhoOpensWhat(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	lecturer := h.people[access.Lecturer].Account
	at := "/rights/accounts/" + lecturer.String()
	for role, want := range map[access.Role][4]int{ // holders, the lecturer, giving, posting
		access.County: {200, 200, 200, 200}, access.TownshipAdmin: {200, 200, 200, 200}, access.Township: {200, 200, 200, 200},
		access.Auditor: {200, 200, 403, 403}, access.Village: {200, 404, 404, 404}, access.Secretary: {403, 404, 403, 404},
		access.GroupLeader: {403, 404, 403, 404}, access.Host: {403, 404, 403, 404}, access.Head: {403, 404, 403, 404},
		access.Resident: {403, 404, 403, 404}, access.Lecturer: {403, 404, 403, 404}, access.Cadre: {403, 404, 403, 404},
		access.Delegate: {403, 404, 403, 404}, access.Trainee: {403, 404, 403, 404},
	} {
		b := h.as(t, role)
		for i, path := range []string{"/rights/holders", at, at + "/give?role=lecturer"} {
			if got := b.Get(path).Status; got != want[i] {
				t.Errorf("%s at %s: %d, want %d", role, path, got, want[i])
			}
		}
		form := url.Values{"role": {"lecturer"}, "unit": {h.tree.Township.ID.String()}, "until": {"2027-01-01"}}
		if got := b.Post(at+"/give", form).Status; got != want[3] {
			t.Errorf("%s gives: %d, want %d", role, got, want[3])
		}
	}
}
