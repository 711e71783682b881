package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/imports/importstest"
	"huotang/models/imports/tables"
	"huotang/models/lang"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// A township's list: so many people, of whom all but the newest stand in the register since an earlier list.
const (
	listed   = 12000
	newcomer = 150
)

type listedPerson struct {
	name    string
	born    int
	village int // of two
	member  bool
}

// township makes the people of a township, no two alike in one village.
func township() []listedPerson {
	surnames, given := []rune("王李张杨罗字周毕段茶赵钱孙吴郑冯陈褚卫蒋"), []rune("秀兰建国桂芬文学丽琼正祥春梅玉珍朝明福贵光华")
	out := make([]listedPerson, listed)
	for i := range out {
		out[i] = listedPerson{string([]rune{surnames[i%20], given[i/20%20], given[i/400%20]}), 1940 + i%47, i / 8000, i%3 == 0}
	}
	return out
}

// written is the list as the township keeps it, with a title, a total, and heads of its own.
func written(list []listedPerson) [][]any {
	out := [][]any{{"凤山镇群众花名册"}, {"序号", "姓 名", "出生年月", "政治面貌", "村委会", "户号", "与户主关系", "现状", "联系电话"}}
	for i, p := range list {
		standing := "群众"
		if p.member {
			standing = "正式党员"
		}
		line := []any{i + 1, p.name, fmt.Sprintf("%d.%d", p.born, i%12+1), standing, []string{"安石村", "大寺村"}[p.village], "", "", "", ""}
		if i >= len(list)-newcomer { // the newest come with their households
			line[5], line[6], line[7] = fmt.Sprint(i/3), []string{"户主", "妻子", "儿子"}[i%3], []string{"在村", "", "外出"}[i%3]
		}
		out = append(out, line)
	}
	return append(out, []any{"合计", len(list)})
}

// spoil makes the mistakes that lists have.
func spoil(list [][]any) {
	at := len(list) - newcomer
	list[at][2], list[at+1][3], list[at+2][4], list[at+3][8], list[at+4][1], list[at+5][7] = "1965.13", "总书记", "天上村", "12345", "", "云游"
}

// settle puts the people into the register as rows, as if an earlier list had brought them.
func (c *county) settle(t *testing.T, h *place, list []listedPerson) {
	t.Helper()
	const atOnce = 2000
	day := orgtest.LicensedOn
	for part := range slices.Chunk(list, atOnce) {
		var persons, standings, places [][]any
		for _, p := range part {
			who, village := id.New[county](), c.Village.ID
			if p.village == 1 {
				village = c.Village2.ID
			}
			standing := people.Villager
			if p.member {
				standing = people.Full
			}
			now := day.At(9, 0)
			persons = append(persons, []any{who, p.name, lang.SearchKey(p.name), "", p.born, village, false, now, now})
			standings = append(standings, []any{who, day, standing})
			places = append(places, []any{who, day, village})
		}
		h.env.Do(t, func(tx *db.Tx) error {
			for _, f := range []struct {
				table, columns string
				rows           [][]any
			}{
				{"persons", "id name search_key gender birth_year village_id mobile made_at changed_at", persons},
				{"standings", "person_id since standing", standings},
				{"affiliations", "person_id since village_id", places},
			} {
				if err := (db.Bulk{Table: f.table, Columns: strings.Fields(f.columns)}).Fill(tx, f.rows); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

// sheetFile writes the list as a workbook.
func sheetFile(t *testing.T, name string, list [][]any) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, importstest.Workbook(t, importstest.Sheet{Name: "花名册", Rows: list}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// bring is [upload] of a long list, which takes its time.
func bring(clerk *browsertest.Person, file string) {
	upload(clerk, file)
	clerk.See("可以关掉这一页")
	clerk.See("核对好了")
}

// upload brings a list of people and lets the proposed columns stand, until its rows are being checked.
func upload(clerk *browsertest.Person, file string) {
	clerk.Open("/imports")
	clerk.Tap("党员和群众的花名册")
	clerk.Attach("表格文件", file)
	clerk.Tap("上传，看看认得对不对")
	clerk.See("哪一列是什么", "表头在第 2 行")
	clerk.Has("姓名", "第B列姓名")
	clerk.Has("户号", "第F列户号")
	clerk.Has("现状", "第H列现状")
	clerk.Tap("核对每一行")
}

// A clerk brings in the list of a township: sees which rows are wrong, puts the file right, brings in what is new, gets the file
// back with what became of each row, and finds that the same file changes nothing more.
func TestJourneyImport(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 2, 1)
		list := township()
		c.settle(t, h, list[:listed-newcomer])
		h.areas.Importer.Start()
		clerk := h.desk(t, c.clerk)

		wrong := written(list)
		spoil(wrong)
		bring(clerk, sheetFile(t, "花名册.xlsx", wrong))
		clerk.See("新增 144，改动 0。要改的 6 行不导入", "看不懂「1965.13」", "请写 正式党员、预备党员、积极分子 或 群众", "没有找到「天上村」", "「12345」不是一个电话号码", "看不懂「云游」")
		clerk.NoSideScroll()
		clerk.Axe()
		clerk.Tap("不导入")
		clerk.See("什么都没有改")

		right := sheetFile(t, "花名册 改好.xlsx", written(list))
		upload(clerk, right)
		clerk.See("可以关掉这一页")
		clerk = h.desk(t, c.clerk) // the tab was closed, and the machine with it
		clerk.Open("/imports")
		clerk.Tap("花名册 改好.xlsx")
		clerk.See("核对好了")
		clerk.See("新增 150，改动 0。要改的 0 行不导入")
		clerk.Tap("导入没有问题的150行")
		clerk.See("导入好了", "导入了 150 行")
		clerk.Axe()
		name, file := clerk.Download("下载原表，每行写明结果")
		if name != "花名册 改好.xlsx" {
			t.Errorf("the file came back as %q", name)
		}
		toldOf(t, file)
		clerk.Open("/people?q=" + list[listed-1].name)
		clerk.See(list[listed-1].name)
		clerk.Open("/households?q=" + list[listed-1].name)
		clerk.WantStatus(200)

		bring(clerk, right)
		clerk.See("没有要导入的：都已经有了，或者都要改。", "没有变化 12,000")
		h.settled(clerk)
	})
}

// toldOf reads the file that came back.
func toldOf(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	book, err := tables.Read("a.xlsx", data)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]int{}
	for _, r := range book.Sheets[0].Rows {
		said[r.Cell(9)]++
	}
	if said["导入结果"] != 1 || said["已新增"] != newcomer || said["已有，没有变化"] != listed-newcomer {
		t.Errorf("the file says %v", said)
	}
}

// Two records of one person are seen beside each other, put together, found by either, and taken apart again.
func TestJourneyMerge(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 2, 1)
		one := peopletest.Add(t, h.env, c.Tree, peopletest.Person{Name: "茶双全", Branch: c.Branch.ID, Site: c.Site.ID})
		two := peopletest.Add(t, h.env, c.Tree, peopletest.Person{Name: "茶双全", Branch: c.Branch.ID, Site: c.Sister.ID, Standing: people.Villager})
		clerk := h.desk(t, c.clerk)
		clerk.Open("/people/same")
		clerk.Tap("茶双全")
		clerk.See("是不是同一个人", "王家院", "李家寨", "正式党员", "群众")
		clerk.NoSideScroll()
		clerk.Axe()
		clerk.Tap("保留这一个，把另一个并过来") // the first, of 王家院
		clerk.See("合并好了")
		clerk.At("/people/" + one.String())
		clerk.See("王家院", "李家寨")
		clerk.Open("/people/same")
		clerk.NotSee("茶双全")
		clerk.Open("/people/" + two.String())
		clerk.See("李家寨")
		clerk.Open("/people?q=csq")
		clerk.See("茶双全")

		clerk.Open("/people/" + one.String())
		clerk.Unfold()
		clerk.Tap("撤回合并")
		clerk.See("撤回了，两个人分开了")
		clerk.Open("/people/" + two.String())
		clerk.See("李家寨", "群众")
		clerk.Open("/people/same")
		clerk.See("茶双全")
		clerk.Axe()
		h.settled(clerk)
	})
}
