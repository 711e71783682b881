package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"huotang/handlers/web/browsertest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/reports"
)

// aYear fills the county with what it is to see: two sessions of a school with 4 and 3 people, one of a school of the
// other township with 2 people and 5 without a name; then the day after the activity day comes, with two schools that have no record.
func aYear(t testing.TB, h *place, c *county, pub *publisher) {
	t.Helper()
	attended(t, h, c, pub, 16, c.members[:3])
	attended(t, h, c, pub, 23, c.members)
	far := h.client(t, c.far)
	today := get[attendance.TodayView](t, far, "/sites/"+c.Far.ID.String()+"/today")
	s := send[attendance.SessionView](t, far, "POST", "/sessions", map[string]any{"activity_day": today.Day.ID})
	send[attendance.Receipt](t, far, "POST", "/sessions/"+s.ID.String()+"/roll", map[string]any{
		"minutes": 45, "marks": attendancetest.All(c.afar, attendance.Present), "adults": 5, "device": attendancetest.Device(), "seq": 1,
	})
	h.env.Clock.Add(24 * time.Hour)
}

// The county sees the whole and every part down to a roll, as a page, a workbook and on paper.
func TestJourneySee(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 4, 1)
		aYear(t, h, c, published(t, h, c))
		p := h.desk(t, c.office)
		p.At("/county")
		p.See("全县情况", "截止2026-11-24 16:00", "统计口径")
		p.See("4所 家庭党校", "3次 开展活动，共165分钟", "14人次 参加，人数6")
		p.NoBrokenPictures()
		p.Tap("图里的数字")
		p.In("2026年11月").See("3", "14")
		p.See("本月还没有记录的学校（2所）")
		p.NoSideScroll()
		p.Axe()

		workbook(t, p)
		paper(t, p)
		p.Open("/county")
		p.Tap("凤山镇")
		p.See("凤山镇情况")
		p.See("3所 家庭党校", "2次 开展活动，共120分钟", "7人次 参加，人数4")
		p.Tap("安石村")
		p.Tap("安石村王家院家庭党校")
		p.See("按日期排列，新的在前")
		p.In("2026年11月23日").See("4/4")
		p.Tap("2026年11月23日")
		p.At("/sessions/*")
		p.See("王秀兰", "到会", "春茶第一锄")
		h.settled(p)

		clerk := h.desk(t, c.clerk)
		clerk.Open("/county")
		clerk.See("凤山镇情况")
		clerk.NotSee("鲁史镇")
		clerk.Open("/month")
		clerk.See("本月3所", "打电话名单（2所）")
		clerk.In("安石村李家寨家庭党校").See("还没有记录")
		clerk.Tap("打电话名单")
		clerk.See("大寺村街子家庭党校")
		clerk.Open("/county?unit=" + c.Township2.Code)
		clerk.WantStatus(404)
		h.settled(clerk)

		host := h.phone(t, c.host)
		host.Open("/county")
		host.WantStatus(403)
		h.settled(host)
	})
}

// workbook downloads the Excel file and reads it with excelize and with LibreOffice.
func workbook(t *testing.T, p *browsertest.Person) {
	t.Helper()
	name, file := p.Download("Excel")
	if name != "全县情况-2026-11-24.xlsx" {
		t.Errorf("the file is called %s", name)
	}
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var all []string
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(rows))
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"530921101", "凤山镇", "鲁史镇", "统计口径"} {
		if !strings.Contains(text, want) {
			t.Errorf("the workbook has no %s:\n%s", want, text)
		}
	}
	if strings.Index(text, "凤山镇") > strings.Index(text, "鲁史镇") {
		t.Error("the townships do not stand in the order of their codes")
	}
	reread(t, file)
}

// reread has LibreOffice open the workbook, as WPS would, and write its first sheet as text.
func reread(t *testing.T, file string) {
	t.Helper()
	office := dbtest.Service(t, "HUOTANG_TEST_SOFFICE")
	dir := t.TempDir()
	in := filepath.Join(dir, "in.xlsx")
	if err := os.Link(file, in); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", dir, in)
	if log, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	text, err := os.ReadFile(filepath.Join(dir, "in.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"全县情况", "14", "165"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("LibreOffice reads no %s:\n%s", want, text)
		}
	}
}

// paper prints the report: A4, figures, 统计口径 and 截止时间, and as many pages as the server says.
func paper(t *testing.T, p *browsertest.Person) {
	t.Helper()
	p.Tap("打印A4")
	p.See("全县情况", "截止时间：2026-11-24 16:00", "统计口径", "第1页/共1页")
	p.Paper(true)
	p.See("填表人：", "单位盖章：")
	p.NotSee("打印A4", "提意见")
	p.Paper(false)
	pdf := p.PDF()
	if n := pagesOf(pdf); n != 1 {
		t.Errorf("%d pages of paper, want the one that the page says", n)
	}
	if !bytes.Contains(pdf, []byte("/MediaBox [0 0 594")) && !bytes.Contains(pdf, []byte("/MediaBox [0 0 595")) {
		t.Error("the paper is not A4")
	}
	p.NoSideScroll()
	p.Axe()
}

// The same through the API, to the person, for each part of the county and for a span of days.
func TestJourneySeeByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 4, 1)
		aYear(t, h, c, published(t, h, c))
		office, clerk := h.client(t, c.office), h.client(t, c.clerk)
		for _, q := range []struct {
			who   *client
			query string
			want  [5]int // schools, sessions, attendances, people, minutes
		}{
			{office, "", [5]int{4, 3, 14, 6, 165}},
			{h.client(t, c.auditor), "", [5]int{4, 3, 14, 6, 165}},
			{office, "?unit=530921101", [5]int{3, 2, 7, 4, 120}},
			{office, "?unit=" + c.Village.Code, [5]int{2, 2, 7, 4, 120}},
			{office, "?unit=530921102", [5]int{1, 1, 7, 2, 45}},
			{office, "?from=2026-11-17&to=2026-11-23", [5]int{4, 2, 11, 6, 105}},
			{office, "?from=2026-11-16&to=2026-11-16", [5]int{4, 1, 3, 3, 60}},
			{clerk, "", [5]int{3, 2, 7, 4, 120}},
			{h.client(t, c.farClerk), "", [5]int{1, 1, 7, 2, 45}},
		} {
			v := get[reports.SummaryView](t, q.who, "/reports/summary"+q.query)
			if got := [5]int{v.Schools, v.Sessions, v.Attendances, v.People, v.Minutes}; got != q.want {
				t.Errorf("summary%s: %v, want %v", q.query, got, q.want)
			}
		}
		refused(t, clerk, "GET", "/reports/summary?unit=530921102", nil, 404, "access.not_found")
		for _, name := range []string{c.host, c.trainee, c.secretary} {
			r := h.client(t, name).api("GET", "/reports/summary", nil)
			wantProblem(t, r, 403, "access.nowhere")
		}
		refused(t, h.visitor(t), "GET", "/reports/summary", nil, 401, "access.sign_in_first")

		var names []string
		for _, s := range get[db.Page[reports.SchoolMonth]](t, office, "/reports/missing").Items {
			if s.State != calendar.NoRecord {
				t.Errorf("%s is %s", s.Name, s.State)
			}
			names = append(names, s.Name)
		}
		if diff := cmp.Diff([]string{c.Sister.Name, c.Neighbour.Name}, names); diff != "" {
			t.Error("schools without a record, in code order (want -, got +)", diff)
		}
		units := get[reports.UnitsView](t, office, "/reports/units")
		if len(units.Items) != 2 || units.Items[0].Code != "530921101" || units.Items[0].Sessions != 2 || units.Total.Attendances != 14 {
			t.Errorf("by township: %+v", units)
		}
	})
}
