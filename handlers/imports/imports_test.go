package imports_test

import (
	"bytes"
	"context"
	"log/slog"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	handler "huotang/handlers/imports"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/db/dbtest"
	"huotang/models/imports/importstest"
	"huotang/models/imports/tables"
	"huotang/models/org/orgtest"
)

// site is a running area whose work in the background is done by hand.
type site struct {
	*webtest.Site
	tree  orgtest.Tree
	work  *jobs.Importer
	roles map[access.Role]access.Actor
}

func open(t *testing.T, e *dbtest.Env) *site {
	t.Helper()
	s := &site{tree: orgtest.County(t, e)}
	a := importstest.Area(t)
	s.work = jobs.NewImporter(e.DB, a, slog.New(slog.DiscardHandler))
	s.Site = webtest.New(t, e, func(p *web.Pages, api *web.API) { handler.Mount(p, api, a) })
	s.roles = accountstest.Everyone(t, e, s.tree)
	return s
}

func (s *site) works() {
	for s.work.Once(context.Background()) {
		continue
	}
}

// send posts a file as the browser's form does.
func send(t *testing.T, b *webtest.Browser, kind, name string, data []byte) *webtest.Page {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("list", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Send("/imports/new?kind="+kind, form.FormDataContentType(), &body)
}

func list(t *testing.T) []byte {
	return importstest.Workbook(t, importstest.Sheet{Name: "党员", Rows: [][]any{
		{"凤山镇党员花名册"},
		{"名字", "出生", "政治面貌", "村委会", "身份证号码", "电话"},
		{"=张三", "1965", "正式党员", "安石村", "533521196503010012", "13888888888"},
		{"李四", "1965.13", "正式党员", "安石村", "533521196503010012", ""},
		{"王五", "1970", "群众", "安石村", "533521196503010012", ""},
	}}, importstest.Sheet{Name: "说明", Rows: [][]any{{"填写说明"}}})
}

// A list is brought in without scripts: file, columns, faults, and the same file back.
func TestBringingIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := open(t, e)
		clerk := s.As(t, s.roles[access.Township].Account)
		clerk.Get("/imports").Want(200, "还没有导入过", "/imports/new?kind=people")
		clerk.Get("/imports/new?kind=people").Want(200, "/imports/templates/people", "不要带身份证号")

		columns := send(t, clerk, "people", "凤山镇 党员.xlsx", list(t))
		columns.Want(200, "哪一列是什么", "第 A 列 名字", "表头在第 2 行", "「身份证号码」不能收，已经清空", "没有认出表头")
		if strings.Contains(columns.Body, "533521196503010012") || strings.Contains(columns.Body, "第 E 列") {
			t.Error("an ID number is shown")
		}
		v := webtest.Values(columns.Find("form.form"))
		if v.Get("sheets.0.name") != "0" || v.Get("sheets.0.village") != "3" || v.Get("sheets.0.gender") != "" {
			t.Errorf("proposed: %v", v)
		}
		bad := clerk.Submit(columns, "form.form", url.Values{"sheets.0.birth": {"3"}})
		bad.Want(422, "这一列已经当作别的了")
		if got := webtest.Values(bad.Find("form.form")).Get("sheets.0.birth"); got != "3" {
			t.Errorf("what was chosen came back as %q", got)
		}
		working := clerk.Submit(columns, "form.form", nil)
		working.Want(200, "正在核对", "可以关掉这一页")
		if working.Header.Get("Refresh") == "" {
			t.Error("the page does not look again by itself")
		}
		id := working.Path
		s.works()

		checked := clerk.Get(id).Want(200, "核对好了", "导入没有问题的1行", "第 4 行 李四", "出生年月：看不懂「1965.13」。请写成 1965.3", "要改的 2")
		clerk.Get("/imports").Want(200, "凤山镇 党员.xlsx", "核对好了，还没导入")
		clerk.Get(id+"?show=new").Want(200, "第 5 行 王五")
		clerk.Submit(checked, "form[action$='/apply']", nil).Want(200, "正在导入")
		s.works()
		done := clerk.Get(id).Want(200, "导入好了", "导入了 1 行")
		if done.Find("form[action$='/apply']").Length() != 0 {
			t.Error("it can be brought in twice")
		}
		back := clerk.Get(id + "/file").Want(200)
		if d := back.Header.Get("Content-Disposition"); !strings.Contains(d, "filename*=UTF-8''%E5%87%A4%E5%B1%B1%E9%95%87%20%E5%85%9A%E5%91%98.xlsx") {
			t.Error(d)
		}
		b, err := tables.Read("a.xlsx", []byte(back.Body))
		if err != nil {
			t.Fatal(err)
		}
		rows := b.Sheets[0].Rows
		for i, want := range map[int]string{1: "导入结果", 2: "没有导入：姓名：「=张三」不像名字", 3: "没有导入：出生年月：看不懂", 4: "已新增"} {
			if got := rows[i].Cell(6); !strings.HasPrefix(got, want) {
				t.Errorf("row %d: %q, want %q", rows[i].Number, got, want)
			}
		}
		if rows[2].Cell(4) != "" {
			t.Errorf("an ID number was kept: %q", rows[2].Cell(4))
		}
	})
}

// The columns that were chosen are chosen again for a list with the same heads, in whatever order.
func TestColumnsAreRemembered(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	clerk := s.As(t, s.roles[access.Township].Account)
	p := send(t, clerk, "people", "a.csv", []byte("姓名,甲,乙\n张三,男,安石村\n"))
	clerk.Submit(p, "form.form", url.Values{"sheets.0.gender": {"1"}, "sheets.0.village": {"2"}}).Want(200)
	again := send(t, s.As(t, s.roles[access.Township].Account), "people", "b.csv", []byte("乙,姓名,甲\n安石村,李四,女\n"))
	if v := webtest.Values(again.Find("form.form")); v.Get("sheets.0.gender") != "2" || v.Get("sheets.0.village") != "0" || v.Get("sheets.0.name") != "1" {
		t.Errorf("remembered: %v", v)
	}
	other := send(t, s.As(t, s.roles[access.Village].Account), "people", "b.csv", []byte("姓名,甲,乙\n张三,男,安石村\n"))
	if v := webtest.Values(other.Find("form.form")); v.Get("sheets.0.gender") != "" {
		t.Errorf("another unit's: %v", v)
	}
}

func TestBadUploads(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	clerk := s.As(t, s.roles[access.Township].Account)
	for name, want := range map[string]string{"a.xls": "请在WPS里另存为.xlsx", "a.xlsx": "里面却不是这种格式", "a.pdf": "只收 .xlsx 和 .csv", "a.csv": "没有找到表头"} {
		send(t, clerk, "people", name, []byte("1,2,3\n4,5,6\n")).Want(422, want)
	}
	send(t, clerk, "people", "a.csv", nil).Want(422, "文件是空的")
	send(t, clerk, "people", "a.csv", bytes.Repeat([]byte("a"), 12<<20)).Want(413)
	send(t, clerk, "nothing", "a.csv", []byte("姓名,性别\n")).Want(404)
	clerk.Send("/imports/new?kind=people", "multipart/form-data; boundary=x", strings.NewReader("--x--\r\n")).Want(422, "先选一个文件")
	clerk.Get("/imports/new?kind=nothing").Want(404)
}

// Giving up keeps nothing, and can be said twice.
func TestGivingUp(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	clerk := s.As(t, s.roles[access.Village].Account)
	p := send(t, clerk, "people", "a.csv", []byte("姓名,政治面貌\n张三,群众\n"))
	for range 2 {
		clerk.Submit(p, "form[action$='/give-up']", url.Values{"form_id": {""}}).Want(200, "没有导入", "什么都没有改")
	}
	clerk.Get(p.Path + "/file").Want(409)
	clerk.Get(p.Path + "/columns").Want(409)
}

// Others neither start an import nor learn of one.
func TestOthers(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	mine := send(t, s.As(t, s.roles[access.Township].Account), "people", "a.csv", []byte("姓名,政治面貌\n张三,群众\n")).Path
	for role, a := range s.roles {
		b := s.As(t, a.Account)
		if role != access.Township {
			b.Get(mine).Want(404)
			b.Post(mine+"/apply", url.Values{}).Want(404)
		}
		may := !a.Visible(access.PeopleEdit).Empty()
		if got := send(t, b, "people", "a.csv", []byte("姓名,政治面貌\n张三,群众\n")).Status; got != map[bool]int{true: 200, false: 403}[may] {
			t.Errorf("%s uploads: %d", role, got)
		}
		if got := b.Get("/imports/templates/people").Status; got != map[bool]int{true: 200, false: 403}[may] {
			t.Errorf("%s takes the template: %d", role, got)
		}
	}
}
