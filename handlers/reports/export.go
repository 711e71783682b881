package reports

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"huotang/handlers/web"
	"huotang/models/date"
	"huotang/models/imports/tables"
	"huotang/models/reports"
)

// workbook answers with the report as an Excel file that WPS opens, too: no charts, no formulas, codes as text.
func workbook(r *web.Request) error {
	v, b, err := export(r)
	if err != nil {
		return err
	}
	t := b.Lang
	parts := []table{
		summaryTable(t, v), unitTable(t, t.T("reports.sheet_units"), v.Units), unitTable(t, t.T("reports.sheet_schools"), v.Schools),
		trendTable(t, v.Trend), basisTable(b, v.Summary.Head),
	}
	var out bytes.Buffer
	if err := writeWorkbook(&out, b, title(t, v.Summary.Head), parts); err != nil {
		return fmt.Errorf("reports: workbook: %w", err)
	}
	return r.File(fileName(b, v.Summary.Head, "xlsx"), web.Workbook, out.Bytes())
}

func export(r *web.Request) (reports.ExportView, web.Base, error) {
	var in reports.ExportInput
	if err := r.Bind(&in); err != nil {
		return reports.ExportView{}, web.Base{}, err
	}
	v, err := web.Ask(r, reports.Export, in)
	return v, r.Base("reports.county_title"), err
}

// fileName is "全县情况-2026-11-23.xlsx".
func fileName(b web.Base, h reports.Head, kind string) string {
	return title(b.Lang, h) + "-" + date.Of(h.AsOf).String() + "." + kind
}

func writeWorkbook(out *bytes.Buffer, b web.Base, heading string, all []table) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil {
			err = closing
		}
	}()
	styles, err := makeStyles(f)
	if err != nil {
		return err
	}
	for i, t := range all {
		name := sheetName(t.Name)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err == nil {
			err = writeSheet(f, name, b, heading, t, styles)
		}
		if err != nil {
			return err
		}
	}
	f.SetActiveSheet(0)
	return f.Write(out)
}

// sheetName leaves out what a sheet's name may not hold.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 31 {
		return string(r[:31])
	}
	return s
}

type styleIDs struct{ heading, head, text, number, rate int }

func makeStyles(f *excelize.File) (styleIDs, error) {
	var s styleIDs
	border := []excelize.Border{
		{Type: "left", Color: "000000", Style: 1},
		{Type: "right", Color: "000000", Style: 1},
		{Type: "top", Color: "000000", Style: 1},
		{Type: "bottom", Color: "000000", Style: 1},
	}
	percentage := "0.0%"
	for _, d := range []struct {
		id    *int
		style excelize.Style
	}{
		{&s.heading, excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}},
		{&s.head, excelize.Style{Font: &excelize.Font{Bold: true}, Border: border, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}},
		{&s.text, excelize.Style{Border: border, NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&s.number, excelize.Style{Border: border, NumFmt: 3}},
		{&s.rate, excelize.Style{Border: border, CustomNumFmt: &percentage}},
	} {
		id, err := f.NewStyle(&d.style)
		if err != nil {
			return s, err
		}
		*d.id = id
	}
	return s, nil
}

// writeSheet streams a table: heading, column heads that stay in sight and repeat on paper, rows.
func writeSheet(f *excelize.File, name string, b web.Base, heading string, t table, s styleIDs) error {
	if err := layout(f, name, b); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for i, c := range t.Columns {
		if err := w.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 2, TopLeftCell: "A3", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = excelize.Cell{StyleID: s.head, Value: c.Name}
	}
	top := heading
	if t.Caption != "" {
		top += " · " + t.Caption
	}
	if err := w.SetRow("A1", []any{excelize.Cell{StyleID: s.heading, Value: top}}); err != nil {
		return err
	}
	if err := w.SetRow("A2", head); err != nil {
		return err
	}
	for i, row := range t.Rows {
		if err := w.SetRow("A"+strconv.Itoa(i+3), cells(row, s)); err != nil {
			return err
		}
	}
	return w.Flush()
}

func cells(row []any, s styleIDs) []any {
	out := make([]any, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case string:
			out[i] = excelize.Cell{StyleID: s.text, Value: tables.Safe(v)}
		case rate:
			c := excelize.Cell{StyleID: s.rate}
			if v >= 0 {
				c.Value = float64(v) / 1000
			}
			out[i] = c
		default:
			out[i] = excelize.Cell{StyleID: s.number, Value: v}
		}
	}
	return out
}

// layout prints a sheet on A4, its width on one page, numbered, with room for the binding.
func layout(f *excelize.File, name string, b web.Base) error {
	const inch = 25.4 // mm
	paper, width, height, left, right, edge, foot := 9, 1, 0, 25/inch, 15/inch, 18/inch, 8/inch
	err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, FitToWidth: &width, FitToHeight: &height})
	if err == nil {
		fit := true
		err = f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit})
	}
	if err == nil {
		err = f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{
			Left: &left, Right: &right, Top: &edge, Bottom: &edge, Header: &foot, Footer: &foot,
		})
	}
	if err == nil {
		err = f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&C" + b.T("reports.footer")})
	}
	if err == nil {
		err = f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + name + "'!$1:$2", Scope: name})
	}
	return err
}

// commas answers with the units right below, or with every school, as a CSV file that Excel and WPS read as UTF-8.
func commas(r *web.Request) error {
	v, b, err := export(r)
	if err != nil {
		return err
	}
	t := unitTable(b.Lang, "", v.Units)
	if r.Query("detail") == "schools" {
		t = unitTable(b.Lang, "", v.Schools)
	}
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	for _, row := range t.texts() {
		if err := w.Write(row); err != nil {
			return fmt.Errorf("reports: csv: %w", err)
		}
	}
	for _, line := range basis(b, v.Summary.Head) {
		if err := w.Write([]string{tables.Safe(line)}); err != nil {
			return fmt.Errorf("reports: csv: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("reports: csv: %w", err)
	}
	return r.File(fileName(b, v.Summary.Head, "csv"), "text/csv; charset=utf-8", out.Bytes())
}

// texts are the heads and rows as plain text.
func (t table) texts() [][]string {
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Name
	}
	out := [][]string{head}
	for _, row := range t.Rows {
		line := make([]string, len(row))
		for i, v := range row {
			line[i] = tables.Safe(fmt.Sprint(v))
		}
		out = append(out, line)
	}
	return out
}
