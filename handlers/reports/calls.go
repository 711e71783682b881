package reports

import (
	"huotang/handlers/web"
	"huotang/models/reports"
)

// missing is 打电话名单: the schools without a record, with their hosts.
type missing struct{ area *reports.Area }

type callsPage struct {
	base
	In    reports.MissingInput
	View  reports.MonthView
	Whole bool // the numbers are whole
	Next  string
}

func (a missing) show(r *web.Request) error {
	var in reports.MissingInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	v, err := web.Ask(r, a.area.Missing, in)
	if err != nil {
		return err
	}
	return renderCalls(r, in, v, false)
}

func renderCalls(r *web.Request, in reports.MissingInput, v reports.MonthView, whole bool) error {
	page := callsPage{base: base{r.Base("reports.calls_title", v.Counts.NoRecord)}, In: in, View: v, Whole: whole}
	if v.Next != "" {
		p := monthPage{In: reports.MonthInput{Unit: in.Unit, Month: in.Month}}
		page.Next = p.Link("/month/calls", "after", v.Next)
	}
	return r.Render("reports/calls", page)
}

type callsForm struct {
	reports.MissingInput
	Act string `form:"act"` // "print", "" for the screen
}

// open shows the list with whole numbers, on the screen or laid out for paper.
func (a missing) open(r *web.Request) error {
	var in callsForm
	if err := r.Bind(&in); err != nil {
		return err
	}
	if in.Act == "print" {
		in.After, in.Limit = "", 1000
	}
	v, err := reveal(r, a.area.CallMissing, in.MissingInput)
	if err != nil {
		return err
	}
	if in.Act != "print" {
		return renderCalls(r, in.MissingInput, v, true)
	}
	b := base{r.Base("reports.calls_title", v.Counts.NoRecord)}
	back := monthPage{In: reports.MonthInput{Unit: in.Unit, Month: in.Month}}
	page := printPage{
		base: b, Subtitle: v.UnitName + " · " + b.MonthName(v.Month), AsOfText: b.T("reports.as_of", b.Time(v.AsOf)),
		Basis: []string{b.T("reports.month_basis"), b.T("reports.call_kept")}, Back: back.Link("/month/calls"),
	}
	page.Sheets = sheets(b.callsTable(v), b.T("reports.calls_hint"))
	return r.Render("reports/print", page)
}

// callsTable is the list for paper, with room for what was said.
func (b base) callsTable(v reports.MonthView) table {
	t := table{Caption: b.T("reports.by_code"), Columns: []column{
		{Name: b.T("reports.kind_site"), Fits: 10},
		{Name: b.T("reports.kind_village"), Fits: 5},
		{Name: b.T("reports.day")},
		{Name: b.T("reports.host"), Fits: 4},
		{Name: b.T("reports.phone")},
		{Name: b.T("reports.said"), Fits: 8},
	}}
	for _, s := range v.Items {
		day := ""
		if !s.PlannedOn.IsZero() {
			day = b.Day(s.PlannedOn)
		}
		t.Rows = append(t.Rows, []any{s.Name, s.Village, day, s.Host, s.HostPhone, ""})
	}
	return t
}
