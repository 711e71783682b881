package imports_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/imports/importstest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// homes are the persons with household, life state and exemption of today, as "张三 012/张三 away 凤山镇党委 2026-12-31".
func (h *house) homes() []string {
	h.t.Helper()
	var out []string
	h.See(h.t, func(tx *db.Tx) error {
		rows, err := db.Ask[struct{ Name, Home, Life, Exempt string }](tx, "SELECT p.name, COALESCE((SELECT CONCAT(h.code, '/', h.name) FROM households h "+
			"WHERE h.id = p.household_id), '-') AS home, COALESCE((SELECT l.state FROM life_states l WHERE l.person_id = p.id ORDER BY l.since DESC LIMIT 1), '-') AS life, "+
			"COALESCE((SELECT CONCAT(e.approved_by, ' ', SUBSTR(e.`until`, 1, 10)) FROM exemptions e WHERE e.person_id = p.id), '-') AS exempt FROM persons p ORDER BY p.name, p.birth_year")
		out = nil
		for _, r := range rows {
			out = append(out, fmt.Sprintf("%s %s %s %s", r.Name, r.Home, r.Life, r.Exempt))
		}
		return err
	})
	return out
}

// A list with the columns of a register of households puts people into them, by number or by the head, and says who is away.
func TestHouseholds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		data := importstest.Workbook(t, sheet(
			[]any{"姓名", "政治面貌", "村", "户号", "户主", "与户主关系", "现状", "外出时间"},
			[]any{"王大", "群众", "安石村", "0７", "", "户主", "在村", ""},
			[]any{"王妻", "群众", "安石村", "07", "王大", "妻子", "外出务工", "2026.2.20"},
			[]any{"李大", "群众", "安石村", "", "", "户主", "", ""},
			[]any{"李子", "群众", "安石村", "", "李大", "儿子", "在家", ""},
			[]any{"无户", "群众", "安石村", "/", "", "", "云游", ""},
			[]any{"老人", "群众", "安石村", "07", "", "父亲", "去世", "2020"},
			[]any{"未来", "群众", "安石村", "", "", "", "外出", "2030.1.1"},
		))
		h.twice(h.clerk, "people", data, []string{
			"0.2 new", "0.3 new", "0.4 new", "0.5 new", "0.6 faulty life/fault_life", "0.7 skipped life/note_left", "0.8 faulty life_since/future",
		}, 4)
		want := []string{"李大 008/李大 - -", "李子 008/李大 - -", "王大 07/王大 - -", "王妻 07/王大 away -"}
		if d := cmp.Diff(sorted(want), sorted(h.homes())); d != "" {
			t.Error(d)
		}
	})
}

// What a later list says of people who are there: another household, back home, gone; who is gone stays as he was.
func TestHouseholdsChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		head := []any{"姓名", "政治面貌", "村", "户号", "户主", "现状", "变动日期", "电话"}
		h.apply(h.clerk, h.check(h.clerk, "people", importstest.Workbook(t, sheet(head,
			[]any{"甲甲", "群众", "安石村", "1", "甲甲", "外出", "", ""}, []any{"乙乙", "群众", "安石村", "2", "甲甲", "", "", ""},
			[]any{"丙丙", "群众", "安石村", "3", "丙丙", "", "", ""}, []any{"丁丁", "群众", "安石村", "", "", "", "", ""},
		))).ID)
		e.Clock.Add(48 * 60 * 60 * 1e9)
		h.twice(h.clerk, "people", importstest.Workbook(t, sheet(head,
			[]any{"甲甲", "", "安石村", "1", "", "在村", "", ""},
			[]any{"乙乙", "", "安石村", "", "甲甲", "", "", ""},
			[]any{"丙丙", "预备党员", "安石村", "9", "", "转出", "", "13888888888"},
			[]any{"丁丁", "", "安石村", "", "甲甲", "", "", ""},
		)), []string{
			"0.2 changed life[外出→在村]", "0.3 unchanged", "0.4 changed life[在村→转出]", "0.5 faulty householder/fault_households",
		}, 2)
		if d := cmp.Diff(sorted([]string{"丁丁 - - -", "丙丙 3/丙丙 moved -", "乙乙 2/甲甲 - -", "甲甲 1/甲甲 at_home -"}), sorted(h.homes())); d != "" {
			t.Error(d)
		}
		v := h.check(h.clerk, "people", importstest.Workbook(t, sheet(head,
			[]any{"丙丙", "预备党员", "安石村", "", "", "", "", ""}, []any{"丁丁", "", "安石村", "1", "", "", "", ""},
		)))
		if d := cmp.Diff([]string{"0.2 faulty name/fault_gone", "0.3 changed household[→1 甲甲]"}, h.rows(h.clerk, v.ID)); d != "" {
			t.Error(d)
		}
	})
}

// An exemption needs who approved it and until when, and never a reason.
func TestExemptions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		exempt := peopletest.Add(t, e, h.tree, peopletest.Person{Name: "早免"})
		h.Do(t, func(tx *db.Tx) error {
			_, err := people.Exempt(tx, h.clerk, people.ExemptInput{Person: exempt, ApprovedBy: "老单位", Until: tx.Today().AddDays(30)})
			return err
		})
		h.twice(h.clerk, "people", importstest.Workbook(t, sheet(
			[]any{"姓名", "政治面貌", "村", "免学", "批准单位", "免学截止", "免学开始"},
			[]any{"高龄", "正式党员", "安石村", "是", "凤山镇党委", "2027.6", "2026-01-01"},
			[]any{"没写", "正式党员", "安石村", "是", "", "", ""},
			[]any{"写因", "正式党员", "安石村", "年老体弱", "", "", ""},
			[]any{"过期", "正式党员", "安石村", "是", "凤山镇党委", "2020", ""},
			[]any{"早免", "", "安石村", "否", "", "", ""},
			[]any{"不免", "正式党员", "安石村", "否", "", "", ""},
		)), []string{
			"0.2 new", "0.3 faulty exempt_by/fault_empty exempt_until/fault_empty", "0.4 faulty exempt/fault_exempt", "0.5 faulty exempt_until/until_before_since",
			"0.6 unchanged exempt/note_exempt", "0.7 new",
		}, 2)
		h.twice(h.clerk, "people", importstest.Workbook(t, sheet(
			[]any{"姓名", "村", "免学", "批准单位", "免学截止"},
			[]any{"早免", "安石村", "是", "凤山镇党委", "2027"},
			[]any{"高龄", "安石村", "", "凤山镇党委", "2027-06-30"},
		)), []string{"0.2 changed exempt[" + h.today().AddDays(30).String() + "→2027-12-31]", "0.3 unchanged"}, 1)
		want := []string{"不免 - - -", "早免 - - 凤山镇党委 2027-12-31", "高龄 - - 凤山镇党委 2027-06-30"}
		if d := cmp.Diff(sorted(want), sorted(h.homes())); d != "" {
			t.Error(d)
		}
	})
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

func (h *house) today() (day date.Date) {
	h.t.Helper()
	h.See(h.t, func(tx *db.Tx) error {
		day = tx.Today()
		return nil
	})
	return day
}
