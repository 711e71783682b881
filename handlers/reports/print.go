package reports

import (
	"bytes"
	"fmt"

	"huotang/handlers/web"
	"huotang/models/date"
	"huotang/models/lang"
	"huotang/models/reports"
)

// The heights of an A4 sheet in tenths of a millimetre, as the stylesheet prints them.
const (
	rowsPerSheet = 22 // of one line each
	lineHeight   = 51 // of a row's text
	rowPadding   = 30 // of a row
	sheetHeight  = rowsPerSheet * (lineHeight + rowPadding)
	basisHeight  = 6 * (lineHeight + rowPadding) // kept free on the last sheet: how it was counted, and the signatures
)

type printPage struct {
	base
	Subtitle string
	AsOfText string
	Basis    []string
	Sheets   []sheet
	Back     string
	Others   []crumb
}

// sheet is one sheet of paper. Browsers number pages only since 2024, so the server lays them out.
type sheet struct {
	Number, Of int
	Lead       string // figures, on the first one
	Caption    string
	Head       []column
	Rows       [][]cell
}

type cell struct{ Text, Class string }

// sheets parts a table into sheets of [rowsPerSheet] rows, fewer where names take several lines; the
// last one has room for what stands below the table. An empty table is one sheet.
func sheets(t table, lead string) []sheet {
	var out []sheet
	next := func() { out = append(out, sheet{Caption: t.Caption, Head: t.Columns}) }
	next()
	used := 0
	for i, row := range t.Rows {
		h := height(t, row)
		limit := sheetHeight
		if i == len(t.Rows)-1 {
			limit -= basisHeight
		}
		if used > 0 && used+h > limit {
			next()
			used = 0
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, texts(t, row))
		used += h
	}
	for i := range out {
		out[i].Number, out[i].Of = i+1, len(out)
	}
	out[0].Lead = lead
	return out
}

// height is what a row takes on paper.
func height(t table, row []any) int {
	lines := 1
	for i, v := range row {
		if s, ok := v.(string); ok && t.Columns[i].Fits > 0 {
			fits := 2 * t.Columns[i].Fits
			lines = max(lines, (width(s)+fits-1)/fits)
		}
	}
	return lines*lineHeight + rowPadding
}

// width is a text's in half characters: digits and Latin letters are about half as wide as Chinese characters.
func width(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0x2e80 {
			n++
		}
	}
	return n
}

func texts(t table, row []any) []cell {
	out := make([]cell, len(row))
	for i, v := range row {
		out[i] = cell{fmt.Sprint(v), "nowrap"}
		switch {
		case t.Columns[i].Number:
			out[i].Class = "n"
		case t.Columns[i].Fits > 0:
			out[i].Class = ""
		}
		if n, ok := v.(int); ok {
			out[i].Text = lang.Count(n)
		}
	}
	return out
}

// printReport lays the report out on A4: the units right below, or with ?detail=schools every school.
func printReport(r *web.Request) error {
	var in reports.ExportInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	v, err := web.Ask(r, reports.Export, in)
	if err != nil {
		return err
	}
	b := r.Base("reports.county_title")
	s, l := v.Summary, b.Lang
	b.Title = title(l, s.Head)
	page := printPage{
		base: base{b}, Subtitle: s.UnitName + " · " + since(b, s.Head), AsOfText: b.T("reports.as_of", b.Time(s.AsOf)), Basis: basis(b, s.Head)[:4], // the days and the cut-off stand on every sheet
		Back: query("/county", in.Span),
	}
	lead := b.T("reports.lead", b.Count(s.Schools), b.Count(s.Sessions), b.Count(s.Attendances), b.Count(s.People), b.Count(s.Minutes))
	t := paperTable(l, v.Units)
	page.Others = []crumb{{query("/reports/print", in.Span, "detail", "schools"), b.T("reports.print_schools")}}
	if r.Query("detail") == "schools" {
		t = paperTable(l, v.Schools)
		page.Others = []crumb{{query("/reports/print", in.Span), b.T("reports.print_units")}}
	}
	page.Sheets = sheets(t, lead)
	return r.Render("reports/print", page)
}

// wholeMonth reads a month with all its schools, for paper.
func wholeMonth(r *web.Request) (in reports.MonthInput, v reports.MonthView, err error) {
	if err = r.Bind(&in); err != nil {
		return in, v, err
	}
	in.After, in.Limit = "", 1000
	v, err = web.Ask(r, reports.Month, in)
	return in, v, err
}

// printMonth lays a month's schools out on A4.
func printMonth(r *web.Request) error {
	in, v, err := wholeMonth(r)
	if err != nil {
		return err
	}
	b := r.Base("reports.month_plain")
	b.Title = monthTitle(b, v, date.Of(r.App.DB.Now()).Month())
	page := printPage{
		base: base{b}, Subtitle: v.UnitName + " · " + b.MonthName(v.Month), AsOfText: b.T("reports.as_of", b.Time(v.AsOf)),
		Basis: basisOf(b, v), Back: monthPage{In: in}.Link("/month"),
	}
	c := v.Counts
	page.Sheets = sheets(monthTable(b, v), b.T("reports.month_lead", c.Schools, c.Held, c.NoRecord, c.Upcoming, c.NotHeld, c.Cancelled, c.Unplanned))
	return r.Render("reports/print", page)
}

// monthBook answers with a month's schools as an Excel file: of a sealed month the sealed figures, with today's beside them.
func monthBook(r *web.Request) error {
	_, v, err := wholeMonth(r)
	if err != nil {
		return err
	}
	b := r.Base("reports.month_plain")
	title := monthTitle(b, v, date.Of(r.App.DB.Now()).Month())
	list := monthTable(b, v)
	list.Name = b.T("reports.sheet_schools")
	how := table{Name: b.T("reports.sheet_basis"), Columns: []column{{Name: b.T("reports.basis"), Width: 100}}}
	for _, line := range append(basisOf(b, v), b.T("reports.as_of", b.Time(v.AsOf))) {
		how.Rows = append(how.Rows, []any{line})
	}
	var out bytes.Buffer
	if err := writeWorkbook(&out, b, v.UnitName+" "+title, []table{list, how}); err != nil {
		return fmt.Errorf("reports: workbook: %w", err)
	}
	return r.File(title+"-"+date.Of(v.AsOf).String()+".xlsx", web.Workbook, out.Bytes())
}

// basisOf is the 统计口径 of a month.
func basisOf(b web.Base, v reports.MonthView) []string {
	basis := []string{b.T("reports.month_basis")}
	if d := dates(b, v); d != "" {
		basis = append(basis, d)
	}
	if v.Sealed > 0 {
		basis = append(basis, b.T("reports.sealed"), b.T("reports.month_basis_sealed"))
	}
	return basis
}
