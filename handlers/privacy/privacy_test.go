package privacy

import (
	"encoding/csv"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

type world struct {
	*webtest.Site
	attendancetest.School
	county, auditor, clerk, host accounts.AccountID
}

// start is a county with a school, whose pages are these and a page to begin on for each role.
func start(t *testing.T, e *dbtest.Env) *world {
	t.Helper()
	w := &world{School: attendancetest.New(t, e, 4, 1)}
	w.Site = webtest.New(t, e, func(p *web.Pages, api *web.API) {
		Mount(p, api, privacy.New(peopletest.Ring(t)))
		for _, path := range []string{"/today", "/county", "/month", "/sessions/1/roll"} {
			p.Get(path, func(r *web.Request) error { _, err := r.Writer().Write([]byte("page " + path)); return err })
		}
		p.Post("/sessions/1/roll", func(r *web.Request) error { _, err := r.Writer().Write([]byte("kept")); return err })
		web.Get(api, "/sessions", attendance.List)
	})
	w.county = accountstest.As(t, e, access.County, w.School.County.ID).Account
	w.auditor = accountstest.As(t, e, access.Auditor, w.School.County.ID).Account
	w.clerk = accountstest.As(t, e, access.Township, w.Township.ID).Account
	w.host = accountstest.Of(t, e, w.Members[0], access.Host, org.SiteUnit(w.School.Site.ID)).Account
	return w
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) { fn(t, start(t, e)) })
}

func (w *world) agreed(t *testing.T, account accounts.AccountID) *webtest.Browser {
	t.Helper()
	b := w.As(t, account)
	b.Submit(b.Get("/privacy/consent"), "form[action='/privacy/consent']", url.Values{"answer": {"agreed"}})
	return b
}

// After the first sign-in everybody reads the notice; who declines is told what that means, loses nothing, and may change his mind.
func TestFirstSignIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		b := w.As(t, w.host)
		ask := b.Get("/today").Want(200, "谁在收集", "看完了，同意", "不同意", "身份证号")
		if ask.Path != "/privacy/consent" || ask.Find("nav.nav").Length() != 0 {
			t.Errorf("comes to %s", ask.Path)
		}
		if p := b.Post("/sessions/1/roll", url.Values{"x": {"1"}}); p.Body != "kept" {
			t.Errorf("a form that was filled is lost: %s", p.Body)
		}
		var fault web.Problem
		if got := b.API("GET", "/sessions", nil, &fault); got != 403 || fault.Code != "privacy.consent_first" {
			t.Errorf("a program: %d %s", got, fault.Code)
		}
		no := b.Submit(ask, "form[action='/privacy/consent']", url.Values{"answer": {"declined"}}).Want(200, "也不要紧", "一样也不会少")
		if no.Path != "/privacy/declined" {
			t.Errorf("declining leads to %s", no.Path)
		}
		if p := b.Get("/today"); p.Path != "/privacy/declined" {
			t.Errorf("who declined comes to %s", p.Path)
		}
		b.Get("/me/data").Want(200, "拿走一份")
		again := b.Get("/privacy/consent?next=/today").Want(200, "您说过不同意")
		if p := b.Submit(again, "form[action='/privacy/consent']", url.Values{"answer": {"agreed"}}); p.Path != "/today" {
			t.Errorf("agreeing leads to %s", p.Path)
		}
		if p := b.Get("/today"); p.Body != "page /today" {
			t.Errorf("then %s", p.Body)
		}
		if got := b.API("GET", "/sessions", nil, nil); got != 200 {
			t.Errorf("a program then: %d", got)
		}
		if p := b.Get("/privacy/consent?next=//elsewhere.example"); p.Path != "/" {
			t.Errorf("leads to %s", p.Path)
		}
	})
}

// A new version is asked where one begins, never in the middle of an evening; old versions stay readable.
func TestNewVersion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		host, county := w.agreed(t, w.host), w.agreed(t, w.county)
		form := county.Get("/privacy/edit").Want(200, "谁在收集")
		county.Submit(form, "form.form", url.Values{"body": {"太短"}}).Want(422, "太短", "至少")
		text := "# 新的小标题\n" + strings.Repeat("这是新的一版，写明谁、为什么、收集什么、放多久。", 4)
		county.Submit(form, "form.form", url.Values{"body": {text}, "effective_on": {"2020-01-01"}}).Want(422, "不能早于")
		county.Submit(form, "form.form", url.Values{"body": {text}, "form_id": nil}).Want(200, "第2版", "第1版", "现在用的")
		county.Submit(form, "form.form", url.Values{"body": {text}, "form_id": nil}).Want(412)
		w.Env.Clock.Add(10 * time.Minute) // what the replica remembers runs out
		if p := host.Get("/sessions/1/roll"); p.Body != "page /sessions/1/roll" {
			t.Errorf("asked in the middle of a roll: %s", p.Path)
		}
		if got := host.API("GET", "/sessions", nil, nil); got != 200 {
			t.Errorf("a program in the middle of its work: %d", got)
		}
		ask := host.Get("/today").Want(200, "新的一版", "新的小标题")
		if ask.Path != "/privacy/consent" {
			t.Errorf("not asked: %s", ask.Path)
		}
		host.Submit(ask, "form[action='/privacy/consent']", url.Values{"answer": {"agreed"}, "version": {"1"}}).Want(200, "新的小标题") // the old page
		if p := host.Submit(ask, "form[action='/privacy/consent']", url.Values{"answer": {"agreed"}, "form_id": nil}); p.Path != "/today" {
			t.Errorf("then %s", p.Path)
		}
		w.Visitor(t).Get("/privacy/texts/1").Want(200, "谁在收集", "不是现在用的")
		county.Get("/privacy/texts/9").Want(404)
		w.Visitor(t).Get("/privacy").Want(200, "新的小标题")
	})
}

func TestPaper(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		clerk := w.agreed(t, w.clerk)
		list := clerk.Get("/privacy/paper").Want(200, w.School.Site.Name, "还没有记录")
		link := list.Find(`a[href^="/privacy/paper/"]`).First().AttrOr("href", "")
		sheet := clerk.Get(link).Want(200, "签名或手印", "谁在收集", "第1页/共1页")
		if n := sheet.Find("table.signing tbody tr").Length(); n < 5 {
			t.Errorf("%d lines", n)
		}
		clerk.Submit(sheet, "form.form", url.Values{"done_on": {"2030-01-01"}}).Want(422)
		clerk.Submit(sheet, "form.form", url.Values{"done_on": {"2026-11-20"}}).Want(200, "签好了", "2026年11月20日")
		w.agreed(t, w.county).Get("/privacy/paper").Want(200, "签好了")
		host := w.agreed(t, w.host)
		host.Get("/privacy/paper").Want(403)
		host.Get(link).Want(403)
	})
}

// A sheet of paper holds what its height allows, whatever the notice and the names are; none is lost, and a heading does not stand alone.
func TestPaperIsLaidOut(t *testing.T) {
	heading := Paragraph{true, "谁在收集"}
	for _, c := range []struct {
		names, name int
		text        []Paragraph
		want        int
	}{
		{0, 3, []Paragraph{heading, {false, "短"}}, 1},
		{20, 3, []Paragraph{heading, {false, "短"}}, 1},
		{40, 3, []Paragraph{heading, {false, "短"}}, 2},
		{40, 40, nil, 4},
		{0, 3, []Paragraph{{false, strings.Repeat("长", 8000)}}, 5},
		{0, 3, slices.Repeat([]Paragraph{heading, {false, "短"}}, 18), 2},
	} {
		got := layPaper(c.text, "我们已经听懂", slices.Repeat([]string{strings.Repeat("名", c.name)}, c.names))
		signed, words, statements := 0, 0, 0
		for i, s := range got {
			signed += len(s.Lines)
			for _, p := range s.Text {
				words += len(p.Text)
			}
			if s.Statement {
				statements++
			}
			if n := len(s.Text); n > 0 && s.Text[n-1].Heading || s.Number != i+1 || s.Of != len(got) {
				t.Errorf("%d names: sheet %d/%d ends with a heading, or is numbered wrongly", c.names, s.Number, s.Of)
			}
		}
		all := 0
		for _, p := range c.text {
			all += len(p.Text)
		}
		if len(got) != c.want || signed != c.names+emptyLines || words != all || statements != 1 {
			t.Errorf("%d names, %d bytes of text: %d sheets with %d lines and %d bytes, %d statements; want %d sheets", c.names, all, len(got), signed, words, statements, c.want)
		}
	}
}

// Who comes onto the roster after the sheet was signed is told, printed alone, and covered when it is ticked again.
func TestPaperForWhoCameLater(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		clerk := w.agreed(t, w.clerk)
		link := "/privacy/paper/" + w.School.Site.ID.String()
		sheet := clerk.Get(link).Want(200)
		if sheet.Find(".notice.ask").Length() != 0 {
			t.Error("somebody came later than a sheet that nobody has signed")
		}
		yesterday := date.Of(w.Env.Clock.Now()).AddDays(-1)
		clerk.Submit(sheet, "form.form", url.Values{"done_on": {yesterday.String()}}).Want(200, "签好了")
		clerk.Get("/privacy/paper").Want(200)
		peopletest.Add(t, w.Env, w.School.Tree, peopletest.Person{Name: "茶后来", Site: w.School.Site.ID, Since: date.Of(w.Env.Clock.Now())})
		clerk.Get("/privacy/paper").Want(200, "后来 1 人还没签")
		sheet = clerk.Get(link).Want(200, "又来了 1 个人", "只印后来的人")
		all := sheet.Find("table.signing tbody tr").Length()
		only := clerk.Get(link+"?later=1").Want(200, "茶后来", "印全部的人")
		if n := only.Find("table.signing tbody tr").Length(); n != 1+emptyLines || all <= n {
			t.Errorf("%d lines for those who came later, %d for all", n, all)
		}
		clerk.Submit(only, "form.form", url.Values{"done_on": {date.Of(w.Env.Clock.Now()).String()}}).Want(200, "签好了")
		if p := clerk.Get(link); p.Find(".notice.ask").Length() != 0 {
			t.Error("signed, and still said to be missing")
		}
	})
}

// One sees what is kept, takes it away as one file, and asks for a correction that the township answers.
func TestOwnDataAndCorrection(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		host, clerk := w.agreed(t, w.host), w.agreed(t, w.clerk)
		page := host.Get("/me/data").Want(200, "正式党员", "1968", w.School.Site.Name, "同意个人信息说明")
		file := host.Submit(page, "form[action='/me/data/file']", nil).Want(200, "<style>", "正式党员")
		if !strings.HasPrefix(file.Header.Get("Content-Disposition"), "attachment") || strings.Contains(file.Body, "href=") {
			t.Errorf("no file that stands alone: %s", file.Header.Get("Content-Disposition"))
		}
		host.Get("/me/data").Want(200, "拿走自己的信息") // that it was taken is told, too
		form := host.Get("/me/data/correct").Want(200)
		host.Submit(form, "form.form", url.Values{"body": {""}}).Want(422)
		host.Submit(form, "form.form", url.Values{"body": {"出生年应该是1962年"}}).Want(200, "等答复", "1962")
		box := clerk.Get("/privacy/requests").Want(200)
		link := box.Find(`a[href^="/privacy/requests/"]`).First().AttrOr("href", "")
		one := clerk.Get(link).Want(200, "出生年应该是1962年")
		clerk.Submit(one, "form.form", url.Values{"state": {"refused"}}).Want(422)
		clerk.Submit(one, "form.form", url.Values{"state": {"done"}, "answer": {"核对了户口本"}}).Want(200, "本人看得到")
		clerk.Submit(one, "form.form", url.Values{"state": {"done"}, "form_id": nil}).Want(409)
		host.Get("/me/data").Want(200, "改好了", "核对了户口本")
		clerk.Get("/me/data").Want(200)
		clerk.Get("/me/data/correct").Want(404)
	})
}

func TestErasePages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		county, path := w.agreed(t, w.county), "/people/"+w.Members[0].String()+"/erase"
		page := county.Get(path).Want(200, "会删掉的", "会留下的", "host.")
		name := strings.TrimSuffix(strings.TrimPrefix(page.Find("h1").Text(), "删掉"), "的信息")
		county.Submit(page, "form.form", url.Values{"basis": {"own_wish"}, "name": {"别人"}}).Want(422, "不一样")
		county.Submit(page, "form.form", url.Values{"basis": {"own_wish"}, "name": {name}}).Want(200, "反悔，不删了", "到日子系统自己办")
		county.Get("/privacy/erasures").Want(200, name)
		if county.Get("/history/person/"+w.Members[0].String()).Find(`a[href="`+path+`"]`).Length() != 1 {
			t.Error("no way to the erasure")
		}
		if p := w.As(t, w.host).Get("/me/data"); p.Path != "/sign-in" {
			t.Errorf("the account is open: %s", p.Path)
		}
		county.Submit(county.Get(path), "form[action$='/undo']", nil).Want(200, "反悔了")
		county.Get("/privacy/erasures").Want(200, "没有")
		clerk := w.agreed(t, w.clerk)
		clerk.Get(path).Want(403)
		if clerk.Get("/history/person/"+w.Members[0].String()).Find(`a[href="`+path+`"]`).Length() != 0 {
			t.Error("a way to what is forbidden")
		}
	})
}

func TestRetentionPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		county := w.agreed(t, w.county)
		page := county.Get("/privacy/retention?try=1").Want(200, "办事记录", "试算", "1095天")
		county.Submit(page, "form[action$='/audit']", url.Values{"days": {"90"}}).Want(422, "183", "90")
		county.Submit(page, "form[action$='/audit']", url.Values{"days": {"200"}}).Want(200, "200天")
		county.Post("/privacy/retention/nothing", url.Values{"days": {"9"}}).Want(404)
		w.agreed(t, w.auditor).Get("/privacy/retention").Want(200)
		w.agreed(t, w.clerk).Get("/privacy/retention").Want(403)
	})
}

// 「王芳 3月6日 把 李明 由 没来 改为 到会:补录纸质签到」
func TestHistoryOfASession(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := attendance.New()
		w.Open(t, w.Env, a)
		first := w.Item(attendancetest.All(w.Members, attendance.Absent)...)
		r := attendancetest.MustSubmit(t, w.Env, a, w.Host, first)
		again := w.Item(attendance.MarkInput{Person: w.Members[1], Value: attendance.Value{State: attendance.Present}, Base: &r.Revision})
		again.Why = "补录纸质签到"
		attendancetest.MustSubmit(t, w.Env, a, w.Host, again)
		path := "/history/session/" + w.Day.SessionID.String()
		var name string
		w.Env.See(t, func(tx *db.Tx) error {
			return tx.Raw("SELECT name FROM persons WHERE id = ?", w.Members[1]).Scan(&name).Error
		})
		host := w.agreed(t, w.host)
		host.Get(path).Want(200, "把 "+name+" 由 没来 改为 到会：补录纸质签到", "开始活动", "交名单")
		var v privacy.HistoryView
		if got := host.API("GET", path, nil, &v); got != 200 || len(v.Events) < 3 {
			t.Errorf("%d %+v", got, v)
		}
		host.Get("/history/person/" + w.Members[1].String()).Want(403)
		w.agreed(t, w.clerk).Get("/history/person/"+w.Members[1].String()).Want(200, "加人", "上名单", "由 没来 改为 到会")
		host.Get("/history/site/"+w.School.Site.ID.String()).Want(200, "授牌一所学校")
		host.Get("/history/thing/" + w.School.Site.ID.String()).Want(404)
		host.Get("/history/session/nothing").Want(404)
		far := accountstest.As(t, w.Env, access.Host, org.SiteUnit(w.Far.ID)).Account
		w.agreed(t, far).Get(path).Want(404)
	})
}

// The list of acts is searched by whom, act, object, unit and days, quickly, and goes out as a table that no program takes for formulas.
func TestAuditSearchAndExport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := start(t, e)
		const many = 12_000
		evil := accountstest.As(t, e, access.Township, w.Township2.ID)
		e.Do(t, func(tx *db.Tx) error {
			if err := tx.Exec("UPDATE accounts SET name = '=cmd()' WHERE id = ?", evil.Account).Error; err != nil {
				return err
			}
			for range many {
				if err := audit.Add(tx, evil, audit.Row{Act: "person.edit", Object: "person", ID: w.Members[0], Unit: audit.Unit(w.Village3.ID), Change: audit.Changes{}.Field("name")}); err != nil {
					return err
				}
			}
			return audit.Add(tx, orgtest.By, audit.Row{Act: "notice.publish", Object: "notice", ID: id.Random[world](), Unit: audit.Unit(w.Village.ID)})
		})
		auditor := w.agreed(t, w.auditor)
		began := time.Now()
		auditor.Get("/audit").Want(200, "改人员信息", "after=")
		auditor.Get("/audit?unit=530921101&act=notice.publish").Want(200, "发通知", "安石村")
		if p := auditor.Get("/audit?unit=530921102&act=notice.publish").Want(200); strings.Contains(p.Find("tbody").Text(), "发通知") {
			t.Error("an act of another township is found")
		}
		auditor.Get("/audit?who=cmd&from=2026-11-23&to=2026-11-23&object=person").Want(200, "改人员信息")
		auditor.Get("/audit?who=nobody-at-all").Want(200, "没有这样的记录")
		auditor.Get("/audit?from=2026-11-23&to=2026-11-01").Want(422)
		t.Logf("%s: five searches among %d in %s", e.Name, many, time.Since(began))
		page := auditor.Get("/audit?act=person.edit&unit=530921102")
		began = time.Now()
		file := auditor.Submit(page, "form[action='/audit/export']", nil)
		t.Logf("%s: %d rows, %d bytes in %s", e.Name, many, len(file.Body), time.Since(began))
		if !strings.HasPrefix(file.Body, "\ufeff") {
			t.Fatalf("status %d, no mark of UTF-8: %.80q", file.Status, file.Body)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body, "\ufeff"))).ReadAll()
		if err != nil || len(rows) != many+1 {
			t.Fatalf("%d rows: %v", len(rows), err)
		}
		if rows[1][1] != "'=cmd()" || !strings.Contains(rows[1][2], "改了") {
			t.Errorf("%q", rows[1])
		}
		auditor.Get("/audit?act=audit.export").Want(200, "导出办事记录")
		clerk := w.agreed(t, w.clerk)
		clerk.Get("/audit").Want(403)
		clerk.Post("/audit/export", nil).Want(403)
	})
}
