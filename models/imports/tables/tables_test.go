package tables_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"huotang/models/fail"
	"huotang/models/imports/tables"
)

// workbook makes a real file by another program's hand.
func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func set(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, name string, data []byte) *tables.Book {
	t.Helper()
	b, err := tables.Read(name, data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

// code is the catalogue key of the fault of the file.
func code(err error) string {
	e, ok := fail.As(err)
	if ok && e.Kind == fail.Oversize {
		return e.Code
	}
	if !ok || len(e.Fields) != 1 || e.Fields[0].Name != "list" {
		return fmt.Sprint(err)
	}
	return e.Fields[0].Code
}

func township(t testing.TB) []byte {
	return workbook(t, func(f *excelize.File) {
		set(t, f.SetSheetName("Sheet1", "安石村"))
		set(t, f.MergeCell("安石村", "A1", "E1"))
		set(t, f.SetCellStr("安石村", "A1", "凤山镇安石村党员花名册"))
		set(t, f.SetSheetRow("安石村", "A2", &[]any{"序号", "姓 名", "出生年月", "所在支部", "电话"}))
		set(t, f.SetSheetRow("安石村", "A3", &[]any{1, "张　三", 1965.3, "安石第一党支部", 13888888888}))
		set(t, f.SetSheetRow("安石村", "A4", &[]any{2, "李四", time.Date(1970, 5, 1, 0, 0, 0, 0, time.UTC), nil, "１３９８８８８８８８８"}))
		set(t, f.MergeCell("安石村", "D3", "D4"))
		set(t, f.SetSheetRow("安石村", "A6", &[]any{3, "𬭩茂才", true, "x", nil}))
		set(t, f.SetRowVisible("安石村", 6, false))
		set(t, f.SetCellFormula("安石村", "E6", "=1+1"))
		set(t, f.SetSheetRow("安石村", "A7", &[]any{"合计", 3}))
		_, err := f.NewSheet("说明")
		set(t, err)
		set(t, f.SetCellStr("说明", "B2", "填表说明"))
		set(t, f.SetSheetVisible("说明", false))
	})
}

func TestWorkbook(t *testing.T) {
	b := read(t, "党员名单.XLSX", township(t))
	want := []tables.Row{
		{Number: 1, Cells: []string{"凤山镇安石村党员花名册"}},
		{Number: 2, Cells: []string{"序号", "姓 名", "出生年月", "所在支部", "电话"}},
		{Number: 3, Cells: []string{"1", "张 三", "1965.3", "安石第一党支部", "13888888888"}},
		{Number: 4, Cells: []string{"2", "李四", "25689", "安石第一党支部", "１３９８８８８８８８８"}},
		{Number: 6, Hidden: true, Cells: []string{"3", "𬭩茂才", "是", "x"}},
		{Number: 7, Cells: []string{"合计", "3"}},
	}
	if d := cmp.Diff(want, b.Sheets[0].Rows); d != "" {
		t.Error(d)
	}
	if s := b.Sheets[0]; s.Name != "安石村" || s.Columns != 5 || s.HiddenRows() != 1 {
		t.Errorf("%q %d %d", s.Name, s.Columns, s.HiddenRows())
	}
	if s := b.Sheets[1]; s.Name != "说明" || !s.Hidden || s.Rows[0].Cell(1) != "填表说明" || s.Rows[0].Cell(9) != "" || s.Rows[0].Cell(-1) != "" {
		t.Errorf("%+v", s)
	}
}

func TestCSV(t *testing.T) {
	const text = "姓名,支部\r\n\"张三\",\"安石\n一支部\"\r\n\r\n李四,𬭩\r\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []tables.Row{
		{Number: 1, Cells: []string{"姓名", "支部"}}, {Number: 2, Cells: []string{"张三", "安石 一支部"}}, {Number: 4, Cells: []string{"李四", "𬭩"}},
	}
	for name, data := range map[string][]byte{
		"a.csv": []byte(text), "mark.csv": []byte("\ufeff" + text), "gb.CSV": gb, "wide.txt": wide,
		"tabs.csv": []byte(strings.ReplaceAll(text, ",", "\t")), "semi.csv": []byte(strings.ReplaceAll(text, ",", ";")),
	} {
		b := read(t, name, data)
		if d := cmp.Diff(want, b.Sheets[0].Rows); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// parts makes a zip of parts.
func parts(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for i := 0; i < len(parts); i += 2 {
		p, err := w.Create(parts[i])
		if err == nil {
			_, err = p.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	rels     = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	book     = `<workbook xmlns:r="x"><sheets><sheet name="a" sheetId="1" r:id="s1"/></sheets></workbook>`
	bookRels = `<Relationships><Relationship Id="s1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="t1" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`
)

// raw makes a workbook of one sheet with this XML, and shared texts.
func raw(t testing.TB, sheet string, shared string) []byte {
	return parts(t, "_rels/.rels", rels, "xl/workbook.xml", book, "xl/_rels/workbook.xml.rels", bookRels,
		"xl/worksheets/sheet1.xml", sheet, "xl/sharedStrings.xml", shared)
}

func sheetOf(rows string) string { return `<worksheet><sheetData>` + rows + `</sheetData></worksheet>` }

// Sheets of other programs: no addresses, prefixes, inline and rich texts, readings beside the text, numbers with exponents.
func TestOtherPrograms(t *testing.T) {
	data := raw(t, `<x:worksheet xmlns:x="y"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:r><x:t>李</x:t></x:r><x:r><x:t>四</x:t></x:r></x:is></x:c></x:row>`+
		`<x:row/><x:row r="9"><x:c r="C9"><x:v>1.3888888888E10</x:v></x:c><x:c r="E9" t="str"><x:f>A1</x:f><x:v>甲_x000D_乙</x:v></x:c><x:c t="s"><x:v>77</x:v></x:c><x:c t="e"><x:v>#REF!</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
		`<sst><si><t>张</t><r><t>三</t></r><rPh><t>ZHANG</t></rPh></si></sst>`)
	want := []tables.Row{
		{Number: 1, Cells: []string{"张三", "李四"}},
		{Number: 9, Cells: []string{"", "", "13888888888", "", "甲 乙", "", "#REF!"}},
	}
	if d := cmp.Diff(want, read(t, "a.xlsx", data).Sheets[0].Rows); d != "" {
		t.Error(d)
	}
}

// Files that are no table, or that were made to do harm, are refused by name, in little time and memory.
func TestRefused(t *testing.T) {
	var many strings.Builder
	for range tables.Most.Rows + 1 {
		many.WriteString("a\n")
	}
	const bomb = 80 << 20
	spaces := strings.Repeat(" ", bomb)
	for _, c := range []struct {
		what, file string
		data       []byte
		want       string
	}{
		{"nothing", "a.xlsx", nil, "imports.file_empty"},
		{"too large", "a.csv", make([]byte, tables.Most.Bytes+1), "imports.file_large"},
		{"an old workbook", "a.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."), "imports.file_xls"},
		{"an old workbook with a new name", "a.xlsx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1..."), "imports.file_xls"},
		{"a workbook with an old name", "a.xls", township(t), "imports.file_xls"},
		{"one with a password", "a.xlsx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), "imports.file_locked"},
		{"a workbook called CSV", "a.csv", township(t), "imports.file_mismatch"},
		{"a text called workbook", "a.xlsx", []byte("姓名,性别\n"), "imports.file_mismatch"},
		{"a text without a name", "list", []byte("姓名,性别\n"), "imports.file_kind"},
		{"a picture", "a.xlsx", []byte("\x89PNG\r\n\x1a\n\x00\x00"), "imports.file_kind"},
		{"a page", "a.csv", []byte("<html><table>"), "imports.file_kind"},
		{"a letter", "a.xlsx", parts(t, "_rels/.rels", strings.ReplaceAll(rels, "xl/workbook", "word/document")), "imports.file_kind"},
		{"a binary workbook", "a.xlsx", parts(t, "_rels/.rels", strings.ReplaceAll(rels, "workbook.xml", "workbook.bin")), "imports.file_xls"},
		{"a zip of anything", "a.xlsx", parts(t, "a.txt", "x"), "imports.file_kind"},
		{"half a file", "a.xlsx", township(t)[:3000], "imports.file_damaged"},
		{"two parts of one name", "a.xlsx", parts(t, "_rels/.rels", rels, "_RELS/.rels", rels), "imports.file_unsafe"},
		{"a bomb", "a.xlsx", raw(t, sheetOf(spaces), "<sst/>"), "imports.file_unzipped"},
		{"a bomb of texts", "a.xlsx", raw(t, sheetOf(""), "<sst>"+strings.Repeat("<si/>", 2<<20)+"</sst>"), "imports.file_unzipped"},
		{"an external entity", "a.xlsx", raw(t, `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>`+sheetOf(`<row><c t="str"><v>&e;</v></c></row>`), "<sst/>"), "imports.file_unsafe"},
		{"an unknown entity", "a.xlsx", raw(t, sheetOf(`<row><c t="str"><v>&e;</v></c></row>`), "<sst/>"), "imports.file_unsafe"},
		{"a million columns", "a.xlsx", raw(t, sheetOf("<row>"+strings.Repeat("<c><v>1</v></c>", 1_000_000)+"</row>"), "<sst/>"), "imports.file_columns"},
		{"a far column", "a.xlsx", raw(t, sheetOf(`<row><c r="XFD1"><v>1</v></c></row>`), "<sst/>"), "imports.file_columns"},
		{"no such column", "a.xlsx", raw(t, sheetOf(`<row><c r="XXXXXXXX1"><v>1</v></c></row>`), "<sst/>"), "imports.file_damaged"},
		{"deep nesting", "a.xlsx", raw(t, strings.Repeat("<a>", 1_000_000), "<sst/>"), "imports.file_unsafe"},
		{"broken XML", "a.xlsx", raw(t, sheetOf("<row></sheet>"), "<sst/>"), "imports.file_damaged"},
		{"XML that breaks off", "a.xlsx", raw(t, "<worksheet><sheetData><row>", "<sst/>"), "imports.file_damaged"},
		{"too many rows", "a.csv", []byte(many.String()), "imports.file_rows"},
		{"too many columns", "a.csv", []byte(strings.Repeat(",", 9999) + "x"), "imports.file_columns"},
		{"an empty workbook", "a.xlsx", workbook(t, func(*excelize.File) {}), "imports.file_no_rows"},
		{"an empty table", "a.csv", []byte(",,,\n\n"), "imports.file_no_rows"},
		{"bytes of no alphabet", "a.csv", []byte("a,b\n\xff\xff\xff"), "imports.file_encoding"},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, err := tables.Read(c.file, c.data)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if got := code(err); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
		if took > 10*time.Second && !raceEnabled || after.Sys-before.Sys > 300<<20 {
			t.Errorf("%s: %s and %d MB", c.what, took, (after.Sys-before.Sys)>>20)
		}
	}
}

func TestDays(t *testing.T) {
	for in, want := range map[string]tables.Day{
		"1965.3": {1965, 3, 0}, "1965年3月": {1965, 3, 0}, "1965-03-01": {1965, 3, 1}, "1965/3/1": {1965, 3, 1}, "1965.03.01": {1965, 3, 1},
		"１９６５．３": {1965, 3, 0}, "65.3": {1965, 3, 0}, "65年3月": {1965, 3, 0}, "05.3": {2005, 3, 0}, "1965": {1965, 0, 0}, "1965年": {1965, 0, 0},
		"65": {1965, 0, 0}, "196503": {1965, 3, 0}, "19650301": {1965, 3, 1}, "25689": {1970, 5, 1}, "25689.75": {1970, 5, 1},
		"1965.2999999999999": {1965, 3, 0}, "1965-03-01 00:00:00": {1965, 3, 1}, "1965年3月1日": {1965, 3, 1}, "一九六五年三月十二日": {1965, 3, 12},
		"1965年十一月": {1965, 11, 0}, "1965、3": {1965, 3, 0}, "2000.2.29": {2000, 2, 29}, "1965.12": {1965, 12, 0}, "65.2999999999999972": {1965, 3, 0},
	} {
		if got, ok := tables.ParseDay(in, 0, 2026); !ok || got != want {
			t.Errorf("%s: %v %v, want %v", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "不详", "1965.13", "1965-02-30", "196513", "19651301", "1234", "9999", "99999", "3月", "1965.0", "-5", "1e9", "0", "1965.3.0"} {
		if got, ok := tables.ParseDay(in, 0, 2026); ok && in != "1965.0" {
			t.Errorf("%q became %v", in, got)
		}
	}
	if got, _ := tables.ParseDay("24227", 1462, 2026); got != (tables.Day{1970, 5, 1}) {
		t.Errorf("counted from 1904: %v", got)
	}
	if d := (tables.Day{1965, 3, 0}).Date().String(); d != "1965-03-01" {
		t.Error(d)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"张 三": "张三", "　张　三 ": "张三", "张\u200b三\ufeff": "张三", "阿卜杜·热西提": "阿卜杜·热西提", "阿卜杜.热西提": "阿卜杜·热西提", "𬭩䶮": "𬭩䶮", "John  Smith": "John Smith", "﨑": "﨑",
	} {
		if got := tables.Name(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
	if got := tables.Narrow("１３８ ８８８８－（二）"); got != "1388888-(二)" {
		t.Error(got)
	}
}

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "张三": "张三", "=1+1": "'=1+1", "+86": "'+86", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "＝1": "'＝1", "a=1": "a=1",
	} {
		if got := tables.Safe(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

// A workbook comes back as it was, with the column, and with values for formulas; read again, it has the same rows.
func TestBack(t *testing.T) {
	data := township(t)
	b := read(t, "a.xlsx", data)
	column := tables.Column{Sheet: 0, Head: "导入结果", Row: 2, Texts: map[int]string{3: "已加", 4: "=cmd|' /C calc'!A0", 6: "改了<电话>&", 5: "没有这一行"}}
	back, err := tables.Back(data, b, []tables.Column{column})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(back))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for cell, want := range map[string]string{"F2": "导入结果", "F3": "已加", "F4": "'=cmd|' /C calc'!A0", "F6": "改了<电话>&", "F7": "", "B3": "张　三"} {
		if got, err := f.GetCellValue("安石村", cell); err != nil || got != want {
			t.Errorf("%s is %q, want %q; %v", cell, got, want, err)
		}
	}
	if formula, err := f.GetCellFormula("安石村", "E6"); formula != "" || err != nil {
		t.Errorf("a formula stays: %q %v", formula, err)
	}
	merged, err := f.GetMergeCells("安石村")
	if err != nil || len(merged) != 2 {
		t.Errorf("merged cells: %v %v", merged, err)
	}
	again := read(t, "a.xlsx", back)
	if again.Sheets[0].Columns != 6 {
		t.Errorf("%d columns", again.Sheets[0].Columns)
	}
	column.Texts = map[int]string{3: "没有变化"}
	twice, err := tables.Back(back, again, []tables.Column{column})
	if err != nil {
		t.Fatal(err)
	}
	rows := read(t, "a.xlsx", twice).Sheets[0].Rows
	if rows[1].Cell(5) != "导入结果" || rows[1].Cell(6) != "" || rows[2].Cell(5) != "没有变化" || rows[3].Cell(5) != "" {
		t.Errorf("the second time: %v", rows)
	}
}

func TestBackCSV(t *testing.T) {
	data := []byte("姓名,备注\n\n张三,=1+1\n李四\n")
	b := read(t, "a.csv", data)
	back, err := tables.Back(data, b, []tables.Column{{Head: "导入结果", Row: 1, Texts: map[int]string{3: "已加", 4: "@x"}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "\ufeff姓名,备注,导入结果\r\n,\r\n张三,'=1+1,已加\r\n李四,,'@x\r\n"; string(back) != want {
		t.Errorf("%q", back)
	}
	again := read(t, "a.csv", back)
	twice, err := tables.Back(back, again, []tables.Column{{Head: "导入结果", Row: 1, Texts: map[int]string{3: "没有变化"}}})
	if err != nil || !strings.Contains(string(twice), "张三,''=1+1,没有变化\r\n") && !strings.Contains(string(twice), "张三,'=1+1,没有变化\r\n") {
		t.Errorf("%q %v", twice, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.xlsx", township(f))
	f.Add("a.csv", []byte("姓名,备注\n张三,\"x\ny\"\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		b, err := tables.Read(name, data)
		if err != nil {
			if fail.KindOf(err) != fail.InvalidInput {
				t.Error(err)
			}
			return
		}
		if _, err := tables.Back(data, b, []tables.Column{{Head: "x", Row: 1}}); err != nil && fail.KindOf(err) != fail.InvalidInput {
			t.Error(err)
		}
	})
}
