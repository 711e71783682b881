package reports

import (
	"fmt"

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
	Fits   int     // Chinese characters on one line of paper; 0 where the text never wraps
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
	t := table{Name: l.T("reports.sheet_summary"), Columns: []column{{Name: l.T("reports.what"), Width: 24}, {Name: l.T("reports.figure"), Number: true, Width: 16}}}
	for _, row := range []struct {
		key string
		n   int
	}{
		{"reports.schools", s.Schools},
		{"reports.sessions", s.Sessions},
		{"reports.attendances", s.Attendances},
		{"reports.people", s.People},
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
		{Name: l.T("reports.code"), Width: 18}, {Name: l.T("reports.kind_" + string(kind)), Width: 34},
	}}
	if schools {
		t.Columns = append(t.Columns, column{Name: l.T("reports.schools"), Number: true, Width: 10})
	}
	t.Columns = append(t.Columns, column{Name: l.T("reports.sessions"), Number: true, Width: 10}, column{Name: l.T("reports.attendances"), Number: true, Width: 10},
		column{Name: l.T("reports.minutes"), Number: true, Width: 12}, column{Name: l.T("reports.trained"), Number: true, Width: 12}, column{Name: l.T("reports.due"), Number: true, Width: 10},
		column{Name: l.T("reports.coverage_short"), Number: true, Width: 10})
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

// paperTable is [unitTable] for paper: numerator, denominator and rate in one column leave room for the names.
func paperTable(l lang.Lang, v reports.UnitsView) table {
	t := unitTable(l, "", v)
	n := len(t.Columns) - 3
	t.Columns = append(t.Columns[:n:n], column{Name: l.T("reports.coverage"), Number: true})
	t.Columns[1].Fits = 15
	for i, row := range t.Rows {
		text := ""
		if due, ok := row[n+1].(int); ok {
			text = fmt.Sprintf("%v/%d", row[n], due)
			if due > 0 {
				text += fmt.Sprintf(" = %v", row[n+2])
			}
		}
		t.Rows[i] = append(row[:n:n], text)
	}
	return t
}

func trendTable(l lang.Lang, v reports.TrendView) table {
	t := table{Name: l.T("reports.sheet_trend"), Columns: []column{
		{Name: l.T("reports.month"), Width: 12}, {Name: l.T("reports.sessions"), Number: true, Width: 10}, {Name: l.T("reports.attendances"), Number: true, Width: 10},
	}}
	for _, m := range v.Months {
		t.Rows = append(t.Rows, []any{m.Month.String(), m.Sessions, m.Attendances})
	}
	return t
}

// monthTable is a row for each school of a month.
func monthTable(b web.Base, v reports.MonthView) table {
	t := table{Caption: b.T("reports.by_code"), Columns: []column{
		{Name: b.T("reports.code"), Width: 18},
		{Name: b.T("reports.kind_site"), Width: 34, Fits: 10},
		{Name: b.T("reports.kind_village"), Width: 16},
		{Name: b.T("reports.state"), Width: 16},
		{Name: b.T("reports.remark"), Width: 24, Fits: 12},
		{Name: b.T("reports.host"), Width: 12},
	}}
	if v.Sealed > 0 { // today's figures beside the sealed ones
		t.Columns = append(t.Columns, column{Name: b.T("reports.after_seal_short"), Width: 24, Fits: 8})
	}
	for _, s := range v.Items {
		row := []any{s.Code, s.Name, s.Village, stateText(b, s), detail(b, s), s.Host}
		if v.Sealed > 0 {
			row = append(row, later(b, s))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// basis is how it was counted, and until when.
func basis(b web.Base, h reports.Head) []string {
	return []string{
		b.T("reports.basis_1"), b.T("reports.basis_2"), b.T("reports.basis_3"), b.T("reports.basis_4"), since(b, h), b.T("reports.as_of", b.Time(h.AsOf)),
	}
}

// basisTable is [basis] as a sheet of its own.
func basisTable(b web.Base, h reports.Head) table {
	t := table{Name: b.T("reports.sheet_basis"), Columns: []column{{Name: b.T("reports.basis"), Width: 100}}}
	for _, line := range basis(b, h) {
		t.Rows = append(t.Rows, []any{line})
	}
	return t
}
