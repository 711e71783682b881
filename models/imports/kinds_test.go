package imports_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/imports"
	"huotang/models/imports/importstest"
	"huotang/models/imports/tables"
	"huotang/models/lang"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

func sheet(rows ...[]any) importstest.Sheet { return importstest.Sheet{Name: "Sheet1", Rows: rows} }

// twice checks a list, brings it in, and finds nothing more to do the second time.
func (h *house) twice(by access.Actor, kind string, data []byte, want []string, good int) {
	h.t.Helper()
	v := h.check(by, kind, data)
	if d := cmp.Diff(want, h.rows(by, v.ID)); d != "" {
		h.t.Fatal(d)
	}
	if v = h.apply(by, v.ID); v.Applied != good || v.Refused != 0 || v.State != imports.Applied {
		h.t.Fatalf("%+v %v", v, h.rows(by, v.ID))
	}
	if again := h.check(by, kind, data); again.Good() != 0 || again.Unchanged < good {
		h.t.Errorf("again: %+v %v", again, h.rows(by, again.ID))
	}
}

func TestRosters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		a := peopletest.Add(t, e, h.tree, peopletest.Person{Name: "张三"})
		peopletest.Add(t, e, h.tree, peopletest.Person{Name: "李四", Village: h.tree.Village2.ID})
		peopletest.Add(t, e, h.tree, peopletest.Person{Name: "李四"})
		peopletest.Add(t, e, h.tree, peopletest.Person{Name: "王五", Village: h.tree.Village2.ID})
		peopletest.Add(t, e, h.tree, peopletest.Person{Name: "王五", Village: h.tree.Village2.ID})
		h.twice(h.clerk, "rosters", importstest.Workbook(t, sheet(
			[]any{"家庭党校", "姓名", "所在村", "加入日期"},
			[]any{"王家院家庭党校", "张三", "", "2026-01-01"},
			[]any{"53092110120101", "李四", "", ""},
			[]any{"王家院", "王五", "", ""},
			[]any{"王家院", "无名", "", ""},
			[]any{"犀牛家庭党校", "张三", "", ""},
			[]any{"", "张三", "", "2027-01-01"},
			[]any{"王家院家庭党校", "张 三", "安石村", ""},
		)), []string{
			"0.2 new", "0.3 new", "0.4 faulty name/fault_same_names", "0.5 faulty name/fault_nobody", "0.6 faulty site/fault_not_yours",
			"0.7 faulty site/fault_empty since/future", "0.8 skipped name/note_twice",
		}, 2)
		e.See(t, func(tx *db.Tx) error {
			schools, err := people.Schools(tx, a, tx.Today())
			if len(schools) != 1 || schools[0].ID != h.tree.Site.ID {
				t.Errorf("%+v", schools)
			}
			return err
		})
	})
}

// A renamed village is matched by both names, however their ends are written.
func TestRenamedVillage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		e.Do(t, func(tx *db.Tx) error {
			_, err := org.Rename(tx, h.clerk, org.RenameInput{ID: h.tree.Village.ID, Name: "邦拐村委会"})
			return err
		})
		v := h.check(h.clerk, "divisions", importstest.Workbook(t, sheet(
			[]any{"代码", "名称"},
			[]any{"530921101201", "安石村民委员会"},
			[]any{"530921101201", "邦拐村民委员会"},
			[]any{"530921101202", "大寺社区"},
			[]any{"530921101202", "小寺村"},
		)))
		want := []string{"0.2 unchanged", "0.3 unchanged", "0.4 unchanged", "0.5 faulty name/fault_code_taken"}
		if d := cmp.Diff(want, h.rows(h.clerk, v.ID)); d != "" {
			t.Error(d)
		}
		v = h.check(h.clerk, "people", importstest.Workbook(t, sheet(
			[]any{"姓名", "党员类型", "所在村"}, []any{"张三", "群众", "安石村委会"}, []any{"李四", "群众", "邦拐村"}, []any{"王五", "群众", "没有村"},
		)))
		if d := cmp.Diff([]string{"0.2 new", "0.3 new", "0.4 faulty village/fault_unknown"}, h.rows(h.clerk, v.ID)); d != "" {
			t.Error(d)
		}
	})
}

// A list says of people in which villagers' group they live and what office they hold; a group that is not there is added once.
func TestGroupsAndOffices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		heads := []any{"姓名", "党员类型", "所在村", "村民小组", "所在支部", "党小组", "党内职务", "任职时间"}
		h.twice(h.clerk, "people", importstest.Workbook(t, sheet(heads,
			[]any{"张三", "正式党员", "安石村", "王家院村民小组", "安石第一党支部", "", "支部书记", "2024.3.1"},
			[]any{"李四", "正式党员", "安石村", "王家院", "安石第一党支部", "王家院党小组", "宣传委员、党小组长", ""},
			[]any{"王五", "群众", "安石村", "王家院", "", "", "村主任", ""},
			[]any{"赵六", "正式党员", "安石村", "", "", "", "书记", ""},
		)), []string{
			"0.2 new village_group/note_new_group", "0.3 new village_group/note_new_group",
			"0.4 new village_group/note_new_group office/note_no_office", "0.5 faulty office/fault_office_where",
		}, 3)
		e.See(t, func(tx *db.Tx) error {
			groups, err := org.Units(tx, h.clerk, org.UnitsInput{Tree: org.Administrative, Kind: org.VillageGroup})
			if len(groups.Items) != 1 {
				t.Errorf("groups: %+v", groups.Items)
			}
			if err != nil {
				return err
			}
			found, err := people.List(tx, h.clerk, people.ListInput{Unit: groups.Items[0].Code})
			offices := 0
			for _, p := range found.Items {
				offices += len(p.Offices)
			}
			if len(found.Items) != 3 || offices != 3 {
				t.Errorf("%d people, %d offices", len(found.Items), offices)
			}
			return err
		})
		v := h.check(h.clerk, "people", importstest.Workbook(t, sheet(heads, []any{"张三", "正式党员", "安石村", "李家寨", "安石第一党支部", "", "副书记", ""})))
		if d := cmp.Diff([]string{"0.2 changed village_group/note_new_group village_group[王家院村民小组→李家寨] office[→安石第一党支部副书记]"}, h.rows(h.clerk, v.ID)); d != "" {
			t.Error(d)
		}
		if v = h.apply(h.clerk, v.ID); v.Applied != 1 {
			t.Errorf("%+v", v)
		}
		e.See(t, func(tx *db.Tx) error {
			found, err := people.List(tx, h.clerk, people.ListInput{Name: "张三"})
			if len(found.Items) != 1 || found.Items[0].VillageGroup != "李家寨" || len(found.Items[0].Offices) != 2 {
				t.Errorf("%+v", found.Items)
			}
			return err
		})
	})
}

func TestSites(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		peopletest.Add(t, e, h.tree, peopletest.Person{Name: "张三"})
		data := importstest.Workbook(t, sheet(
			[]any{"家庭党校名称", "所在村", "编号", "所属支部", "授牌号", "授牌时间", "地址", "网络", "户主", "校长"},
			[]any{"安石村新家院家庭党校", "安石村", "", "安石第一党支部", "凤庆9", "2024.5", "三组", "宽带", "张三", "没登记"},
			[]any{"王家院家庭党校", "安石", "", "", "凤庆1", "", "", "", "张三", ""},
			[]any{"李家寨", "安石村", "53092110120102", "", "", "", "", "", "", ""},
			[]any{"别的", "安石村", "53092110120199", "", "", "2030.1", "", "卫星", "", ""},
			[]any{"别的", "安石村", "53092110220101", "", "", "", "", "", "", ""},
			[]any{"别的", "古平村", "", "", "", "", "", "", "", ""},
			[]any{"新家院", "安石村", "", "", "", "", "", "", "", ""},
			[]any{"", "", "", "", "牌", "", "地", "", "", ""},
		))
		v := h.check(h.clerk, "sites", data)
		want := []string{
			"0.2 new head/note_post_unknown",
			"0.3 changed plaque[→凤庆1] host[→张三]",
			"0.4 unchanged",
			"0.5 faulty network/fault_network licensed/future",
			"0.6 faulty code/fault_code_elsewhere",
			"0.7 faulty village/fault_not_yours",
			"0.8 skipped name/note_twice_place",
			"0.9 faulty village/fault_empty name/fault_empty",
		}
		if d := cmp.Diff(want, h.rows(h.clerk, v.ID)); d != "" {
			t.Fatal(d)
		}
		if v = h.apply(h.clerk, v.ID); v.Applied != 2 || v.Refused != 0 {
			t.Fatalf("%+v %v", v, h.rows(h.clerk, v.ID))
		}
		if again := h.check(h.clerk, "sites", data); again.Good() != 0 || again.Unchanged != 3 {
			t.Errorf("again: %+v %v", again, h.rows(h.clerk, again.ID))
		}
		e.See(t, func(tx *db.Tx) error {
			u, err := org.FindCode(tx, org.Administrative, "53092110120103")
			if err != nil {
				return err
			}
			s, err := org.GetSite(tx, h.clerk, org.GetSiteInput{ID: org.UnitSite(u.ID)})
			if s.Name != "安石村新家院家庭党校" || s.Plaque != "凤庆9" || s.Network != "broadband" || s.LicensedOn.String() != "2024-05-01" || s.Branch != "安石第一党支部" {
				t.Errorf("%+v", s)
			}
			host, ok, hErr := people.HostOf(tx, s.ID, tx.Today())
			if !ok || host.Name != "张三" || hErr != nil {
				t.Errorf("the host: %+v %v", host, hErr)
			}
			return err
		})
	})
}

// A list of schools that are there says what it changes of network and equipment, keeps the items of the register, and says of another day
// of the licence that it was left alone.
func TestSitesThatAreThere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		tv := org.Item{Kind: org.Equipment[0], Count: 1, State: org.Conditions[0]}
		h.Do(t, func(tx *db.Tx) error {
			_, err := org.SetEquipment(tx, h.clerk, org.SetEquipmentInput{Site: h.tree.Site.ID, Network: "mobile_weak", Items: []org.Item{tv}, Notes: "桌子"})
			return err
		})
		data := importstest.Workbook(t, sheet(
			[]any{"家庭党校名称", "所在村", "授牌时间", "网络", "设备"},
			[]any{"王家院家庭党校", "安石村", "2020.1", "宽带", "桌子两张"},
			[]any{"李家寨", "安石村", orgtest.LicensedOn.String()[:7], "手机信号弱", ""},
			[]any{"街子家庭党校", "大寺村", "2020.1", "", ""},
		))
		v := h.check(h.clerk, "sites", data)
		if d := cmp.Diff([]string{
			"0.2 changed licensed/note_licensed network[手机网络，信号弱→宽带] equipment[桌子→桌子两张]", "0.3 unchanged", "0.4 unchanged licensed/note_licensed",
		}, h.rows(h.clerk, v.ID)); d != "" {
			t.Fatal(d)
		}
		if v = h.apply(h.clerk, v.ID); v.Applied != 1 || v.Refused != 0 {
			t.Fatalf("%+v %v", v, h.rows(h.clerk, v.ID))
		}
		if again := h.check(h.clerk, "sites", data); again.Good() != 0 || again.Unchanged != 3 {
			t.Errorf("again: %+v %v", again, h.rows(h.clerk, again.ID))
		}
		e.See(t, func(tx *db.Tx) error {
			got, err := org.GetEquipment(tx, h.clerk, org.GetSiteInput{ID: h.tree.Site.ID})
			if d := cmp.Diff(org.EquipmentView{Network: "broadband", Items: []org.Item{tv}, Notes: "桌子两张"}, got); d != "" {
				t.Error(d)
			}
			return err
		})

		stale := h.check(h.clerk, "sites", importstest.Workbook(t, sheet([]any{"家庭党校名称", "所在村", "网络"}, []any{"王家院家庭党校", "安石村", "没有网络"})))
		h.Do(t, func(tx *db.Tx) error {
			_, err := org.SetEquipment(tx, h.clerk, org.SetEquipmentInput{Site: h.tree.Site.ID, Network: "mobile_good"})
			return err
		})
		if stale = h.apply(h.clerk, stale.ID); stale.Applied != 0 || stale.Refused != 1 {
			t.Errorf("changed meanwhile: %+v", stale)
		}
	})
}

func TestDivisions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		county := accountstest.As(t, e, access.County, h.tree.County.ID)
		h.twice(county, "divisions", importstest.Workbook(t, sheet(
			[]any{"统计用区划代码", "名称"},
			[]any{"530921103000", "小湾镇"},
			[]any{530921103201, "正义村民委员会"},
			[]any{"530921101201", "安石村委会"},
			[]any{"530921101202", "别的村"},
			[]any{"530921109201", "无上村"},
			[]any{"53092", "短"},
			[]any{"530921103201", "正义村"},
		)), []string{
			"0.2 new", "0.3 new", "0.4 unchanged", "0.5 faulty name/fault_code_taken", "0.6 faulty code/fault_no_above", "0.7 faulty code/fault_code",
			"0.8 skipped code/note_twice_place",
		}, 2)
		if v := h.check(h.clerk, "divisions", importstest.Workbook(t, sheet([]any{"代码", "名称"}, []any{"530921102299", "新村"}, []any{"530921101299", "新村"}))); v.New != 1 || v.Faulty != 1 {
			t.Errorf("another township's: %+v", v)
		}
	})
}

func TestBranches(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		county := accountstest.As(t, e, access.County, h.tree.Committee.ID)
		h.twice(county, "branches", importstest.Workbook(t, sheet(
			[]any{"党组织名称", "上级党组织", "类型", "组织编码"},
			[]any{"大寺党总支", "凤山镇党委", "", ""},
			[]any{"大寺第一党支部", "大寺党总支", "", "530921101202-9"},
			[]any{"街子党小组", "大寺第一党支部", "", ""},
			[]any{"安石村第一党支部", "安石党总支", "党支部", ""},
			[]any{"大寺茶叶协会", "大寺党总支", "", ""},
			[]any{"茶叶协会", "大寺党总支", "党支部", ""},
			[]any{"孤零零党支部", "没有的党总支", "", ""},
			[]any{"大寺第一支部", "大寺党总支", "", ""},
		)), []string{
			"0.2 new", "0.3 new", "0.4 new", "0.5 unchanged", "0.6 faulty level/fault_level", "0.7 new", "0.8 faulty above/fault_unknown", "0.9 skipped name/note_twice_place",
		}, 4)
		e.See(t, func(tx *db.Tx) error {
			g, err := db.One[org.Unit](tx.Where("name = ?", "街子党小组"), "org.unit_missing")
			if g.Path != "/p/530921/530921101/530921101-1/530921101202-9/530921101202-9-1/" {
				t.Errorf("%s", g.Path)
			}
			return err
		})
	})
}

// Every role that keeps units brings in the branches below its own committee, and none of another township's.
func TestBranchesByRole(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	data := importstest.Workbook(t, sheet([]any{"名称", "上级"}, []any{"新党支部", "安石党总支"}, []any{"远党支部", "古平党总支"}))
	want := map[access.Role][]string{
		access.County:        {"0.2 new", "0.3 new"},
		access.TownshipAdmin: {"0.2 new", "0.3 faulty above/fault_not_yours"},
		access.Township:      {"0.2 new", "0.3 faulty above/fault_not_yours"},
	}
	for role, by := range accountstest.Everyone(t, e, h.tree) {
		v, err := h.upload(by, "branches", "a.xlsx", data)
		if want[role] == nil {
			if fail.KindOf(err) != fail.ForbiddenAct {
				t.Errorf("%s: %v", role, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		v = h.agree(by, v.ID, nil)
		if d := cmp.Diff(want[role], h.rows(by, v.ID)); d != "" {
			t.Errorf("%s: %s", role, d)
		}
		if role == access.Township {
			h.twice(by, "branches", data, want[role], 1)
			e.Do(t, func(tx *db.Tx) error { return tx.Exec("DELETE FROM units WHERE name = ?", "新党支部").Error })
		}
	}
}

// A year's arrangement as it comes: with a row for each day or days, and with the make-up workdays beside their holiday.
func TestHolidays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		county := accountstest.As(t, e, access.County, h.tree.County.ID)
		year := func(n int) (v calendar.YearView) {
			e.See(t, func(tx *db.Tx) (err error) {
				v, err = calendar.Year(tx, county, calendar.YearInput{Year: n})
				return err
			})
			return v
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := calendar.PutDay(tx, county, calendar.PutDayInput{Day: date.New(2027, 5, 1), Kind: calendar.Workday, Name: "记错了"})
			return err
		})
		h.twice(county, "holidays", importstest.Workbook(t, importstest.Sheet{Name: "2027年", Rows: [][]any{
			{"国务院办公厅关于2027年部分节假日安排的通知"},
			{"日期", "类型", "名称"},
			{"1月1日（周五）-1月3日（周日）", "放假", "元旦"},
			{"2027-05-01", "放假", "劳动节"},
			{"46661", "放假", "国庆节"},
			{"10月2日至7日", "放假", "国庆节"},
			{"2027/9/26", "调休", "国庆节调休"},
			{"10月9日", "上班", ""},
			{"10月7日", "上班", "写反了"},
			{"2月30日", "放假", "没有的日子"},
			{"6月9日", "郊游", "端午节"},
			{"7月1日-8月31日", "放假", "暑假"},
			{"2024-10-01", "放假", "老表"},
			{"合计", "", "12天"},
		}}), []string{
			"0.3 new holiday_day[→2027-01-01~2027-01-03 放假 元旦]", "0.4 changed holiday_day[2027-05-01 上班 记错了→2027-05-01 放假 劳动节]",
			"0.5 new holiday_day[→2027-10-01 放假 国庆节]", "0.6 new holiday_day[→2027-10-02~2027-10-07 放假 国庆节]",
			"0.7 new holiday_day[→2027-09-26 上班 国庆节调休]", "0.8 new holiday_day[→2027-10-09 上班 调休上班]",
			"0.9 faulty holiday_day/fault_day_twice", "0.10 faulty holiday_day/fault_span", "0.11 faulty holiday_kind/fault_day_kind",
			"0.12 faulty holiday_day/fault_span_long", "0.13 faulty holiday_day/fault_span_far", "0.14 skipped /skip_total",
		}, 6)
		v := year(2027)
		if !v.Loaded || v.Source != "county" || len(v.Days) != 13 || v.Days[3] != (calendar.HolidayView{Day: date.New(2027, 5, 1), Kind: calendar.Holiday, Name: "劳动节"}) {
			t.Errorf("%+v", v)
		}
		if d := v.Days[len(v.Days)-1]; d.Day != date.New(2027, 10, 9) || d.Kind != calendar.Workday || d.Name != "调休上班" {
			t.Errorf("%+v", d)
		}
		h.twice(county, "holidays", importstest.Workbook(t, sheet(
			[]any{"节日", "放假时间", "调休上班日期"},
			[]any{"春节", "2028年1月25日至31日，共7天", "2028年1月22日、2028年2月5日"},
			[]any{"清明节", "4月4日", ""},
		)), []string{"0.2 new holiday_day[→2028-01-25~2028-01-31 放假 春节] holiday_day[→2028-01-22 上班 春节调休] holiday_day[→2028-02-05 上班 春节调休]", "0.3 faulty holiday_day/fault_no_year"}, 1)
		if v := year(2028); v.Loaded || len(v.Days) != 9 || v.Days[0].Name != "春节调休" || v.Days[0].Kind != calendar.Workday {
			t.Errorf("not the whole year yet: %+v", v)
		}
		if _, err := h.upload(h.clerk, "holidays", "a.csv", []byte("日期,名称\n2027-01-01,元旦\n")); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("a township enters holidays: %v", err)
		}
	})
}

// A template is understood by its own heads in both languages, and its examples are never brought in.
func TestTemplates(t *testing.T) {
	h := open(t, dbtest.SQLite(t))
	county := accountstest.As(t, h.Env, access.County, h.tree.County.ID)
	for _, kind := range h.a.Kinds(county) {
		fields, err := h.a.Fields(kind)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lang.Langs {
			data, err := h.a.Template(kind, l)
			if err != nil {
				t.Fatal(err)
			}
			v, err := h.upload(county, kind, "a.xlsx", data)
			if err != nil {
				t.Fatalf("%s %s: %v", kind, l, err)
			}
			m := h.sheets(county, v.ID).Sheets[0].Map
			for i, f := range fields {
				if got, ok := m.Columns[f.Name]; !ok || got != i {
					t.Errorf("%s %s: %s is column %d, want %d", kind, l, f.Name, got, i)
				}
			}
			if v = h.agree(county, v.ID, nil); v.Skipped != v.Total || v.Total == 0 {
				t.Errorf("%s %s: %+v %v", kind, l, v, h.rows(county, v.ID))
			}
			book, err := tables.Read("a.xlsx", data)
			if err != nil || len(book.Sheets) != 2 || !strings.ContainsAny(book.Sheets[0].Rows[1].Cell(0), ":：") {
				t.Errorf("%s %s: %v", kind, l, err)
			}
		}
	}
	if _, err := h.a.Template("nothing", lang.Chinese); err == nil {
		t.Error("a template of nothing")
	}
	if _, err := h.upload(county, "nothing", "a.csv", []byte("a,b\n")); err == nil {
		t.Error("a list of nothing")
	}
}
