package reports

import (
	"huotang/handlers/web"
	"huotang/models/lang"
	"huotang/models/org"
	"huotang/models/reports"
)

// table is a part of a report as rows, for files and paper alike.
type table struct {
	Name    string // of the sheet
	Caption string
	Columns []column
	Rows    [][]any // string, int or rate
}

type column struct {
	Name   string
	Number bool
	Width  float64 // in characters of a spreadsheet
}

// rate is a share in thousandths; a negative one is none, since nobody was due.
type rate int

func rateOf(c reports.Coverage) rate {
	if c.Due == 0 {
		return -1
	}
	return rate(c.Permille())
}

func (r rate) String() string {
	if r < 0 {
		return ""
	}
	return percent(int(r))
}

// summaryTable is the report in a few figures.
func summaryTable(l lang.Lang, v reports.ExportView) table {
	s := v.Summary
	t := table{Name: l.T("reports.sheet_summary"), Columns: []column{{l.T("reports.what"), false, 24}, {l.T("reports.figure"), true, 16}}}
	for _, row := range []struct {
		key string
		n   int
	}{
		{"reports.schools", s.Schools}, {"reports.sessions", s.Sessions}, {"reports.attendances", s.Attendances}, {"reports.people", s.People},
		{"reports.minutes", s.Minutes},
	} {
		t.Rows = append(t.Rows, []any{l.T(row.key), row.n})
	}
	return t
}

// unitTable is a row for each unit, and one for all of them.
func unitTable(l lang.Lang, name string, v reports.UnitsView) table {
	kind, schools := org.Kind(""), false
	if len(v.Items) > 0 {
		kind = v.Items[0].Kind
		schools = kind != org.Site
	}
	if kind == "" {
		kind = org.Site
	}
	t := table{Name: name, Caption: l.T("reports.by_code"), Columns: []column{
		{l.T("reports.code"), false, 18}, {l.T("reports.kind_" + string(kind)), false, 34},
	}}
	if schools {
		t.Columns = append(t.Columns, column{l.T("reports.schools"), true, 10})
	}
	t.Columns = append(t.Columns, column{l.T("reports.sessions"), true, 10}, column{l.T("reports.attendances"), true, 10},
		column{l.T("reports.minutes"), true, 12}, column{l.T("reports.trained"), true, 12}, column{l.T("reports.due"), true, 10},
		column{l.T("reports.coverage_short"), true, 10})
	for _, u := range v.Items {
		t.Rows = append(t.Rows, unitRow(u.Code, u.Name, schools, u.Figures, u.Coverage))
	}
	t.Rows = append(t.Rows, unitRow("", l.T("reports.total"), schools, v.Total, v.Coverage))
	return t
}

func unitRow(code, name string, schools bool, f reports.Figures, c *reports.Coverage) []any {
	row := []any{code, name}
	if schools {
		row = append(row, f.Schools)
	}
	row = append(row, f.Sessions, f.Attendances, f.Minutes)
	if c == nil {
		return append(row, "", "", "")
	}
	return append(row, c.Trained, c.Due, rateOf(*c))
}

func trendTable(l lang.Lang, v reports.TrendView) table {
	t := table{Name: l.T("reports.sheet_trend"), Columns: []column{
		{l.T("reports.month"), false, 12}, {l.T("reports.sessions"), true, 10}, {l.T("reports.attendances"), true, 10},
	}}
	for _, m := range v.Months {
		t.Rows = append(t.Rows, []any{m.Month.String(), m.Sessions, m.Attendances})
	}
	return t
}

// monthTable is a row for each school of a month.
func monthTable(b web.Base, v reports.MonthView) table {
	t := table{Caption: b.T("reports.by_code"), Columns: []column{
		{b.T("reports.code"), false, 18}, {b.T("reports.kind_site"), false, 34}, {b.T("reports.kind_village"), false, 16},
		{b.T("reports.state"), false, 16}, {b.T("reports.remark"), false, 24}, {b.T("reports.host"), false, 12},
	}}
	for _, s := range v.Items {
		t.Rows = append(t.Rows, []any{s.Code, s.Name, s.Village, stateText(b, s), detail(b, s), s.Host})
	}
	return t
}

// basis is how it was counted, and until when.
func basis(b web.Base, h reports.Head) []string {
	return []string{
		b.T("reports.basis_1"), b.T("reports.basis_2"), b.T("reports.basis_3"), since(b, h), b.T("reports.as_of", b.Time(h.AsOf)),
	}
}

// basisTable is [basis] as a sheet of its own.
func basisTable(b web.Base, h reports.Head) table {
	t := table{Name: b.T("reports.sheet_basis"), Columns: []column{{b.T("reports.basis"), false, 100}}}
	for _, line := range basis(b, h) {
		t.Rows = append(t.Rows, []any{line})
	}
	return t
}
