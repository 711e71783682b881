package reports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/reports"
)

func (w *world) export(t *testing.T) (v reports.ExportView) {
	t.Helper()
	w.Env.See(t, func(tx *db.Tx) (err error) {
		v, err = reports.Export(tx, orgtest.By, reports.ExportInput{})
		return err
	})
	return v
}

// The workbook, reread by excelize and by LibreOffice, holds what the report says; nothing in it is a formula.
func TestWorkbook(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	w.County.History(t)
	w.Env.Do(t, func(tx *db.Tx) error {
		_, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: w.County.Village3.ID, Name: "=HYPERLINK(\"http://x\")", LicensedOn: orgtest.LicensedOn})
		return err
	})
	x := w.as(t, access.County).Get("/reports/summary.xlsx").Want(200)
	if _, params, err := mime.ParseMediaType(x.Header.Get("Content-Disposition")); err != nil || params["filename"] != "全县情况-2026-11-23.xlsx" {
		t.Errorf("file name %q %v", x.Header.Get("Content-Disposition"), err)
	}
	v := w.export(t)
	f, err := excelize.OpenReader(strings.NewReader(x.Body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if d := cmp.Diff([]string{"总数", "下级单位", "各学校", "每月", "统计口径"}, f.GetSheetList()); d != "" {
		t.Error(d)
	}
	rows := func(name string) [][]string {
		t.Helper()
		got, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := rows("总数"); got[3][1] != strconv.Itoa(v.Summary.Sessions) || got[4][1] != strconv.Itoa(v.Summary.Attendances) {
		t.Errorf("totals %q", got)
	}
	schools := rows("各学校")
	if len(schools) != 2+5+1 {
		t.Fatalf("%d rows of schools", len(schools))
	}
	for i, s := range v.Schools.Items {
		want := []string{s.Code, tables.Safe(s.Name), strconv.Itoa(s.Sessions), strconv.Itoa(s.Attendances), strconv.Itoa(s.Minutes), strconv.Itoa(s.Coverage.Trained), strconv.Itoa(s.Coverage.Due)}
		if d := cmp.Diff(want, schools[i+2][:7]); d != "" {
			t.Error(d)
		}
	}
	if got := schools[6][1]; got != "'=HYPERLINK(\"http://x\")" {
		t.Errorf("a name like a formula is %q", got)
	}
	if kind, err := f.GetCellType("各学校", "A3"); err != nil || kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString {
		t.Errorf("a code is of type %v %v", kind, err)
	}
	basis := fmt.Sprint(rows("统计口径"))
	if !strings.Contains(basis, "截止时间：2026-11-23 16:00") || !strings.Contains(basis, "人次") {
		t.Errorf("basis %s", basis)
	}
	noFormulas(t, []byte(x.Body))
	office(t, []byte(x.Body), v)
}

// noFormulas looks into the file itself.
func noFormulas(t *testing.T, body []byte) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	f.Pkg.Range(func(name, part any) bool {
		if b, ok := part.([]byte); ok && strings.Contains(fmt.Sprint(name), "worksheets/") && bytes.Contains(b, []byte("<f>")) {
			t.Errorf("%s has a formula", name)
		}
		if strings.Contains(fmt.Sprint(name), "chart") || strings.Contains(fmt.Sprint(name), "vba") {
			t.Errorf("the file holds %s", name)
		}
		return true
	})
}

// office has LibreOffice turn the sheet of units into CSV, and compares.
func office(t *testing.T, body []byte, v reports.ExportView) {
	t.Helper()
	soffice := dbtest.Service(t, "HUOTANG_TEST_SOFFICE")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "report.xlsx"), body, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(soffice, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", dir, filepath.Join(dir, "report.xlsx"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "report-下级单位.csv"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2+len(v.Units.Items)+1 {
		t.Fatalf("LibreOffice reads %q", got)
	}
	for i, u := range v.Units.Items {
		want := []string{
			u.Code, u.Name, strconv.Itoa(u.Schools), strconv.Itoa(u.Sessions), strconv.Itoa(u.Attendances), strconv.Itoa(u.Minutes),
			strconv.Itoa(u.Coverage.Trained), strconv.Itoa(u.Coverage.Due), strings.Replace(percent(u.Coverage.Permille()), ".0%", "%", 1),
		}
		if d := cmp.Diff(want, got[i+2]); d != "" {
			t.Errorf("LibreOffice: %s", d)
		}
	}
}

func TestCommas(t *testing.T) {
	w := start(t, dbtest.SQLite(t))
	w.County.History(t)
	b := w.as(t, access.County)
	p := b.Get("/reports/summary.csv").Want(200)
	body, bom := strings.CutPrefix(p.Body, "\ufeff")
	if !bom || p.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("no mark at the beginning, or type %q", p.Header.Get("Content-Type"))
	}
	r := csv.NewReader(strings.NewReader(body))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	v := w.export(t)
	if len(rows) != 1+2+1+6 || rows[1][0] != v.Units.Items[0].Code || rows[1][3] != strconv.Itoa(v.Units.Items[0].Sessions) || !strings.HasPrefix(rows[9][0], "截止时间") {
		t.Errorf("rows %q", rows)
	}
	all := b.Get("/reports/summary.csv?detail=schools").Want(200, w.County.Far.Code)
	if n := strings.Count(all.Body, "\r\n"); n != 1+4+1+6 {
		t.Errorf("%d lines", n)
	}
}

// Sheets have a fixed number of rows, fewer where names are long, and say which of how many they are.
func TestSheets(t *testing.T) {
	for _, c := range []struct{ rows, name, of int }{
		{0, 5, 1}, {1, 5, 1}, {rowsPerSheet - 6, 5, 1}, {rowsPerSheet, 5, 2}, {rowsPerSheet + 1, 5, 2}, {584, 5, 27}, {rowsPerSheet - 6, 40, 3}, {3, 4000, 3},
	} {
		tab := table{Columns: []column{{Name: "编号"}, {Name: "家庭党校", Fits: 10}}}
		for i := range c.rows {
			tab.Rows = append(tab.Rows, []any{strconv.Itoa(i), strings.Repeat("长", c.name)})
		}
		got := sheets(tab, "")
		rows := 0
		for i, s := range got {
			rows += len(s.Rows)
			if s.Number != i+1 || s.Of != c.of || len(s.Rows) > rowsPerSheet {
				t.Errorf("%+v: sheet %d of %d with %d", c, s.Number, s.Of, len(s.Rows))
			}
		}
		if len(got) != c.of || rows != c.rows {
			t.Errorf("%+v: %d rows on %d sheets", c, rows, len(got))
		}
	}
}
