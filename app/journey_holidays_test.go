package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huotang/handlers/web/browsertest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/imports"
	"huotang/models/imports/importstest"
)

// arrangement is a year's file as a county gets it, with one row that is wrong.
func arrangement(t *testing.T, name string, rows ...[]any) string {
	t.Helper()
	list := append([][]any{{"2027年节假日安排"}, {"日期", "类型", "名称"}}, rows...)
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, importstest.Workbook(t, importstest.Sheet{Name: "Sheet1", Rows: list}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

var newYear, workers, national = []any{"1月1日-1月3日", "放假", "元旦"}, []any{"5月1日-5月5日", "放假", "劳动节"}, []any{"10月1日-10月7日", "放假", "国庆节"}

// bringHolidays uploads an arrangement, and looks at its columns.
func bringHolidays(office *browsertest.Person, file string) {
	office.Open("/calendar/years/2027")
	office.Tap("从文件导入")
	office.See("导入放假安排", "每年11月通知下来以后录")
	office.Attach("表格文件", file)
	office.Tap("上传，看看认得对不对")
	office.See("哪一列是什么")
	office.Has("日期", "第A列日期")
	office.Has("年份", "2027(整张表都是)")
	office.Tap("核对每一行")
	office.See("核对好了")
}

// In November the county is told on its first page that the next year is not entered, brings the file in, sees what it changes and what
// is wrong, and the days of the schools keep off the holidays. The same file again changes nothing.
func TestJourneyHolidayFile(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 2, 0)
		h.areas.Importer.Start()
		clerk := h.desk(t, c.clerk)
		setRule(clerk)
		clerk.Open("/calendar?view=list&month=2027-01")
		clerk.In("安石村李家寨家庭党校").See("2027年1月1日")

		office := h.desk(t, c.office)
		office.Open("/county")
		office.See("2027年的放假安排还没有录入")
		office.Axe()
		office.Tap("去录入")
		office.See("2027年放假安排", "本年度放假安排未录入")
		office.Axe()

		bringHolidays(office, arrangement(t, "写错了的.xlsx", newYear, []any{"2月30日", "放假", "春节"}, []any{"6月9日", "郊游", "端午节"}))
		office.See("看不懂「2月30日」", "看不懂「郊游」。请写 放假 或 上班。")
		office.NoSideScroll()
		office.Axe()
		office.Tap("不导入")
		office.See("什么都没有改")

		right := arrangement(t, "2027年.xlsx", newYear, workers, national, []any{"10月9日", "上班", "国庆节调休"})
		bringHolidays(office, right)
		office.See("新增 4，改动 0。要改的 0 行不导入", "日期：补上 2027-10-01~2027-10-07 放假 国庆节", "2027-10-09 上班 国庆节调休")
		office.Tap("导入没有问题的4行")
		office.See("导入好了", "导入了 4 行")
		office.Tap("看放假安排")
		office.At("/calendar/years/2027")
		office.See("2027年10月1日", "国庆节调休", "调休上班")
		office.NotSee("本年度放假安排未录入")
		office.Open("/county")
		office.NotSee("放假安排还没有录入")

		bringHolidays(office, right)
		office.See("没有要导入的：都已经有了，或者都要改。", "没有变化 4")

		clerk.Open("/calendar/rules")
		clerk.Tap("马上重排")
		clerk.See("排好了")
		clerk.Open("/calendar?view=list&month=2027-01")
		clerk.In("安石村李家寨家庭党校").See("2027年1月4日")
		for _, p := range []*browsertest.Person{office, clerk} {
			h.settled(p)
		}
	})
}

// The same through the API, on every database.
func TestJourneyHolidayFileByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 2, 0)
		h.areas.Importer.Start()
		clerk, office := h.client(t, c.clerk), h.client(t, c.office)
		send := func(b *client, list string) reply {
			return b.do("PUT", "/api/v1/imports?kind=holidays&name=2027.csv", "text/csv", strings.NewReader(list))
		}
		const list = "日期,类型,名称\n2027-01-01~2027-01-03,放假,元旦\n2027-10-01,放假,国庆节\n2027-10-09,上班,国庆节调休\n2027-13-01,放假,没有\n"
		if r := send(clerk, list); r.StatusCode != http.StatusForbidden {
			t.Errorf("a township enters holidays: %d", r.StatusCode)
		}
		checked := func() imports.View {
			v := decode[imports.View](t, send(office, list))
			m := get[imports.Mapping](t, office, "/imports/"+v.ID.String()+"/columns")
			maps := map[string]any{"sheets": []imports.SheetMap{m.Sheets[0].Map}}
			return ends(t, office, put(t, office, v.ID, maps))
		}
		v := checked()
		if v.State != imports.Checked || v.New != 3 || v.Faulty != 1 {
			t.Fatalf("%+v", v)
		}
		v = ends(t, office, decode[imports.View](t, office.api("POST", "/imports/"+v.ID.String()+"/apply", map[string]any{})))
		if v.State != imports.Applied || v.Applied != 3 {
			t.Fatalf("%+v", v)
		}
		year := get[calendar.YearView](t, clerk, "/calendar/years/2027")
		if !year.Loaded || len(year.Days) != 5 || year.Days[4].Kind != calendar.Workday {
			t.Errorf("%+v", year)
		}
		if again := checked(); again.Good() != 0 || again.Unchanged != 3 {
			t.Errorf("again: %+v", again)
		}
	})
}

func put(t testing.TB, b *client, which imports.ImportID, maps any) imports.View {
	t.Helper()
	return decode[imports.View](t, b.api("PUT", "/imports/"+which.String()+"/columns", maps))
}

// ends waits until nothing is being done for an import.
func ends(t testing.TB, b *client, v imports.View) imports.View {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); v.Working(); v = get[imports.View](t, b, "/imports/"+v.ID.String()) {
		if time.Now().After(end) {
			t.Fatalf("%+v", v)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return v
}

// At the beginning of 2026 a clerk wants first Fridays, the next working day on holidays: he sees October's shift, from the 2nd over the
// week of the National Day to the 8th, before anything is planned so, and then sets it.
func TestJourneyOctober(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		h.env.Clock.Set(date.New(2026, 1, 26).At(9, 0))
		c := newCounty(t, h, 2, 0)
		office := h.desk(t, c.office)
		office.Open("/calendar/years/2026")
		office.Tap("用系统自带的安排")
		office.See("2026年的放假安排录好了", "2026年10月10日")

		clerk := h.desk(t, c.clerk)
		clerk.Open("/calendar/rules")
		clerk.Fill("从哪个月起", "2026-03")
		clerk.Choose("每月第几个星期几")
		clerk.Fill("第几个", "第一个")
		clerk.Fill("星期几", "星期五")
		clerk.Choose("顺延到下一个工作日")
		clerk.Tap("先看看")
		clerk.See("2026年10月8日 星期四", "原定10月2日放假，顺延到放假后第一个工作日", "要挪3所学校")
		clerk.In("安石村李家寨家庭党校").See("2026年3月23日", "2026年3月6日")
		clerk.Axe()
		office.Open("/calendar?view=list&month=2026-10") // nothing is planned so yet
		office.In("安石村李家寨家庭党校").See("2026年10月23日")
		clerk.Tap("定下来")
		clerk.See("定好了", "每月第一个星期五，遇法定假日顺延到下一个工作日")
		clerk.Open("/calendar?view=list&month=2026-10")
		clerk.In("安石村李家寨家庭党校").See("2026年10月8日 星期四", "原定10月2日放假")
		host := h.phone(t, c.host)
		host.Open("/calendar")
		host.In("2026年10月").See("2026年10月8日 星期四")
		host.NoSideScroll()
		h.settled(clerk)
	})
}
