package reports

import (
	"fmt"

	"huotang/handlers/web"
	"huotang/models/date"
	"huotang/models/lang"
	"huotang/models/reports"
)

// rowsPerSheet is how many rows stand on one A4 sheet, below its heading and above how it was counted.
const rowsPerSheet = 22

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

type cell struct {
	Text   string
	Number bool
}

// sheets parts a table into sheets of [rowsPerSheet] rows; an empty one is one sheet.
func sheets(t table, lead string) []sheet {
	n := max(1, (len(t.Rows)+rowsPerSheet-1)/rowsPerSheet)
	out := make([]sheet, n)
	for i := range out {
		out[i] = sheet{Number: i + 1, Of: n, Caption: t.Caption, Head: t.Columns}
		for _, row := range t.Rows[min(len(t.Rows), i*rowsPerSheet):min(len(t.Rows), (i+1)*rowsPerSheet)] {
			out[i].Rows = append(out[i].Rows, texts(t, row))
		}
	}
	out[0].Lead = lead
	return out
}

func texts(t table, row []any) []cell {
	out := make([]cell, len(row))
	for i, v := range row {
		out[i] = cell{fmt.Sprint(v), t.Columns[i].Number}
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
		base: base{b}, Subtitle: s.UnitName + " · " + since(b, s.Head), AsOfText: b.T("reports.as_of", b.Time(s.AsOf)), Basis: basis(b, s.Head),
		Back: query("/county", in.Span),
	}
	lead := b.T("reports.lead", b.Count(s.Schools), b.Count(s.Sessions), b.Count(s.Attendances), b.Count(s.People), b.Count(s.Minutes))
	t := unitTable(l, "", v.Units)
	page.Others = []crumb{{query("/reports/print", in.Span, "detail", "schools"), b.T("reports.print_schools")}}
	if r.Query("detail") == "schools" {
		t = unitTable(l, "", v.Schools)
		page.Others = []crumb{{query("/reports/print", in.Span), b.T("reports.print_units")}}
	}
	page.Sheets = sheets(t, lead)
	return r.Render("reports/print", page)
}

// printMonth lays a month's schools out on A4.
func printMonth(r *web.Request) error {
	var in reports.MonthInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	in.After, in.Limit = "", 1000
	v, err := web.Ask(r, reports.Month, in)
	if err != nil {
		return err
	}
	b := r.Base("reports.month_plain")
	b.Title = monthTitle(b, v, date.Of(r.App.DB.Now()).Month())
	page := printPage{
		base: base{b}, Subtitle: v.UnitName + " · " + b.MonthName(v.Month), AsOfText: b.T("reports.as_of", b.Time(v.AsOf)),
		Basis: []string{b.T("reports.month_basis")}, Back: monthPage{In: in}.Link("/month"),
	}
	c := v.Counts
	page.Sheets = sheets(monthTable(b, v), b.T("reports.month_lead", c.Schools, c.Held, c.NoRecord, c.Upcoming, c.NotHeld, c.Unplanned))
	return r.Render("reports/print", page)
}
