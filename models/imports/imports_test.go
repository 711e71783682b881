package imports_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/imports"
	"huotang/models/imports/importstest"
	"huotang/models/lang"
	"huotang/models/org/orgtest"
)

// house is a county with an area and somebody who imports.
type house struct {
	*dbtest.Env
	t     testing.TB
	tree  orgtest.Tree
	a     *imports.Area
	work  *jobs.Importer
	clerk access.Actor // of the township
}

func open(t testing.TB, e *dbtest.Env) *house {
	t.Helper()
	h := &house{Env: e, t: t, tree: orgtest.County(t, e), a: importstest.Area(t)}
	h.work = jobs.NewImporter(e.DB, h.a, slog.New(slog.DiscardHandler))
	h.clerk = accountstest.As(t, e, access.Township, h.tree.Township.ID)
	return h
}

// upload reads and keeps a file.
func (h *house) upload(by access.Actor, kind, name string, data []byte) (v imports.View, err error) {
	h.t.Helper()
	f, err := h.a.Read(context.Background(), kind, name, data)
	if err != nil {
		return v, err
	}
	err = h.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = h.a.Upload(tx, by, f)
		return err
	})
	return v, err
}

// sheets are those of an import.
func (h *house) sheets(by access.Actor, id imports.ImportID) (m imports.Mapping) {
	h.t.Helper()
	h.See(h.t, func(tx *db.Tx) (err error) {
		m, err = h.a.Sheets(tx, by, imports.GetInput{ID: id})
		return err
	})
	return m
}

func (h *house) get(by access.Actor, id imports.ImportID) (v imports.View) {
	h.t.Helper()
	h.See(h.t, func(tx *db.Tx) (err error) {
		v, err = h.a.Get(tx, by, imports.GetInput{ID: id})
		return err
	})
	return v
}

// agree takes what is proposed and lets the rows be checked.
func (h *house) agree(by access.Actor, id imports.ImportID, change func([]imports.SheetMap)) imports.View {
	h.t.Helper()
	var maps []imports.SheetMap
	for _, s := range h.sheets(by, id).Sheets {
		maps = append(maps, s.Map)
	}
	if change != nil {
		change(maps)
	}
	h.Do(h.t, func(tx *db.Tx) error {
		_, err := h.a.Map(tx, by, imports.MapInput{ID: id, Sheets: maps})
		return err
	})
	h.works()
	return h.get(by, id)
}

func (h *house) works() {
	for h.work.Once(context.Background()) {
		continue
	}
}

// check uploads a file, takes what is proposed, and has it checked.
func (h *house) check(by access.Actor, kind string, data []byte) imports.View {
	h.t.Helper()
	v, err := h.upload(by, kind, "名单.xlsx", data)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.agree(by, v.ID, nil)
}

// apply brings the good rows in.
func (h *house) apply(by access.Actor, id imports.ImportID) imports.View {
	h.t.Helper()
	h.Do(h.t, func(tx *db.Tx) error {
		_, err := h.a.Apply(tx, by, imports.ApplyInput{ID: id})
		return err
	})
	h.works()
	return h.get(by, id)
}

// rows are all rows, as "row 7 faulty: imports.fault_day/birth".
func (h *house) rows(by access.Actor, id imports.ImportID) []string {
	h.t.Helper()
	var out []string
	h.See(h.t, func(tx *db.Tx) error {
		page, err := h.a.Rows(tx, by, imports.RowsInput{ID: id, Limit: 200})
		out = nil
		for _, r := range page.Items {
			s := fmt.Sprintf("%d.%d %s%s", r.Sheet, r.Line, r.State, map[bool]string{true: " " + string(r.Outcome)}[r.Outcome != ""])
			for _, n := range append(r.Faults, r.Notes...) {
				s += fmt.Sprintf(" %s/%s", n.Field, n.Code[strings.LastIndexByte(n.Code, '.')+1:])
				if text := n.Say(lang.Chinese); strings.Contains(text, "%!") {
					h.t.Errorf("%s: %s", n.Code, text)
				}
			}
			for _, c := range r.Changes {
				from, to := c.Say(lang.Chinese)
				s += fmt.Sprintf(" %s[%s→%s]", c.Field, from, to)
			}
			out = append(out, s)
		}
		return err
	})
	return out
}

// people are the persons there, as "张三 male 1965 安石村 安石第一党支部 full 138****8888".
func (h *house) people() []string {
	h.t.Helper()
	var out []string
	h.See(h.t, func(tx *db.Tx) error {
		rows, err := db.Ask[struct {
			Name, Gender, Village, Branch, Standing, PhoneIndex string
			BirthYear, Rosters                                  int
		}](tx, "SELECT p.name, p.gender, p.birth_year, v.name AS village, COALESCE(b.name, '-') AS branch, p.phone_index, "+
			"(SELECT s.standing FROM standings s WHERE s.person_id = p.id ORDER BY s.since DESC LIMIT 1) AS standing, "+
			"(SELECT COUNT(*) FROM rosters r WHERE r.person_id = p.id) AS rosters FROM persons p JOIN units v ON v.id = p.village_id "+
			"LEFT JOIN units b ON b.id = p.branch_id ORDER BY p.name, p.birth_year, p.id")
		out = nil
		for _, r := range rows {
			s := fmt.Sprintf("%s %s %d %s %s %s %d", r.Name, r.Gender, r.BirthYear, r.Village, r.Branch, r.Standing, r.Rosters)
			if r.PhoneIndex != "" {
				s += " phone"
			}
			out = append(out, s)
		}
		return err
	})
	return out
}

// list is a list as a township keeps it.
func list(t testing.TB) []byte {
	return importstest.Workbook(t, importstest.Sheet{Name: "Sheet1", Rows: [][]any{
		{"凤山镇党员、群众花名册"},
		{"填报单位：凤山镇党委", nil, nil, "2026年11月"},
		{"序号", "姓 名", "性别", "出生年月", "政治面貌", "所在支部", "村", "联系电话", "家庭党校", "备注"},
		{1, "张 三", "男", 1965.3, "正式党员", "安石第一党支部", "安石村", "138 8888 8888", "王家院家庭党校", ""},
		{2, "李四", "女", "１９７２年１１月", "预备党员", "安石村第一支部", "安石", "", "", ""},
		{3, "𬭩茂才", "男", 25689, "群众", "", "凤山镇大寺村委会", "", "", ""},
		{4, "王五", "男", "1965.13", "党员", "", "安石村", "12345", "", ""},
		{5, "", "男", "1960", "群众", "", "安石村", "", "", ""},
		{6, "赵六", "不详", "65", "总书记", "没有的支部", "天上村", "", "没有的党校", ""},
		{7, "远人", "男", "1960", "群众", "", "古平村", "", "", ""},
		{"序号", "姓 名", "性别", "出生年月", "政治面貌", "所在支部", "村", "联系电话", "家庭党校", "备注"},
		{8, "张三", "男", "1965", "正式党员", "", "安石村", "", "", ""},
		{9, "张三", "男", "1980", "群众", "", "安石村", "", "", ""},
		{10, "小孩", "男", "2020", "群众", "", "安石村", "", "", ""},
		{"合计", 10},
		{nil, "填表人：王某"},
	}})
}

func TestPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		v := h.check(h.clerk, "people", list(t))
		want := []string{
			"0.4 new", "0.5 new", "0.6 new",
			"0.7 faulty birth/fault_day phone/fault_phone",
			"0.8 faulty name/fault_empty",
			"0.9 faulty gender/fault_gender birth/fault_two_digits standing/fault_standing site/fault_unknown village/fault_unknown branch/fault_unknown",
			"0.10 faulty village/fault_not_yours",
			"0.11 skipped /skip_heads",
			"0.12 skipped name/note_twice",
			"0.13 new name/note_alike",
			"0.14 faulty birth/too_young",
			"0.15 skipped /skip_total", "0.16 skipped /skip_remark",
		}
		if d := cmp.Diff(want, h.rows(h.clerk, v.ID)); d != "" {
			t.Fatal(d)
		}
		if v.State != imports.Checked || v.Total != 13 || v.New != 4 || v.Faulty != 5 || v.Skipped != 4 || v.Failure != "" {
			t.Errorf("%+v", v)
		}
		if got := h.people(); len(got) != 0 {
			t.Errorf("the check has brought in %v", got)
		}
		v = h.apply(h.clerk, v.ID)
		if v.State != imports.Applied || v.Applied != 4 || v.Refused != 0 {
			t.Fatalf("%+v %v", v, h.rows(h.clerk, v.ID))
		}
		all := []string{
			"张三 male 1965 安石村 安石第一党支部 full 1 phone", "张三 male 1980 安石村 - villager 0", "李四 female 1972 安石村 安石第一党支部 probationary 0",
			"𬭩茂才 male 1970 大寺村 - villager 0",
		}
		if d := cmp.Diff(all, h.people()); d != "" {
			t.Error(d)
		}
		again := h.check(h.clerk, "people", list(t))
		if again.New+again.Changed != 0 || again.Unchanged != 4 {
			t.Errorf("the same file again: %+v %v", again, h.rows(h.clerk, again.ID))
		}
	})
}

// What is different is shown before it is changed, and nothing is emptied.
func TestChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		h.apply(h.clerk, h.check(h.clerk, "people", list(t)).ID)
		e.Clock.Add(48 * 60 * 60 * 1e9)
		v := h.check(h.clerk, "people", importstest.Workbook(t, importstest.Sheet{Name: "a", Rows: [][]any{
			{"姓名", "出生年月", "党员类型", "支部", "村", "手机", "家庭党校", "转正日期"},
			{"李四", "", "正式党员", "", "安石村", "13900000000", "李家寨", "2026-11-01"},
			{"张三", "1965", "", "", "大寺村", "13888888888", "", ""},
			{"𬭩茂才", "1970", "", "安石第一党支部", "大寺村", "13888888888", "", ""},
		}}))
		want := []string{
			"0.2 changed phone[→139****0000] standing[预备党员→正式党员] site[→安石村李家寨家庭党校]",
			"0.3 changed village[安石村→大寺村]",
			"0.4 changed phone/note_phone branch[→安石第一党支部] phone[→138****8888]",
		}
		if d := cmp.Diff(want, h.rows(h.clerk, v.ID)); d != "" {
			t.Fatal(d)
		}
		if v = h.apply(h.clerk, v.ID); v.Applied != 3 {
			t.Fatalf("%+v %v", v, h.rows(h.clerk, v.ID))
		}
		all := []string{
			"张三 male 1965 大寺村 安石第一党支部 full 1 phone", "张三 male 1980 安石村 - villager 0", "李四 female 1972 安石村 安石第一党支部 full 1 phone",
			"𬭩茂才 male 1970 大寺村 安石第一党支部 villager 0 phone",
		}
		if d := cmp.Diff(all, h.people()); d != "" {
			t.Error(d)
		}
	})
}
