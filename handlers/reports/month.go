package reports

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/org"
	"huotang/models/reports"
)

type monthPage struct {
	base
	In     reports.MonthInput
	View   reports.MonthView
	Shown  bool
	Months []web.Option
	States []web.Option
	Next   string
	This   date.Month
}

// monthsBack is how many months the filter offers.
const monthsBack = 24

// month is 本月N所: what became of each school's activity day.
func month(r *web.Request) error {
	var in reports.MonthInput
	err := r.Bind(&in)
	if _, who := r.Signed(); who != nil {
		return who
	}
	page := monthPage{In: in, This: date.Of(r.App.DB.Now()).Month()}
	if err == nil {
		page.View, err = web.Ask(r, reports.Month, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error {
			f.Values = r.URL.Query()
			page.base = base{r.Base("reports.month_plain")}
			page.Form = f
			page.options()
			return r.Render("reports/month", page)
		})
	}
	page.Shown = true
	page.base = base{r.Base("reports.month_plain")}
	page.Title = monthTitle(page.Base, page.View, page.This)
	page.Form = web.Form{Values: url.Values{"month": {page.View.Month.String()}, "state": {string(in.State)}}}
	page.options()
	if page.View.Next != "" {
		page.Next = page.Link("/month", "after", page.View.Next)
	}
	return r.Render("reports/month", page)
}

// monthTitle is 本月45所, or 2026年10月45所.
func monthTitle(b web.Base, v reports.MonthView, this date.Month) string {
	if v.Month == this {
		return b.T("reports.month_title", v.Counts.Schools)
	}
	return b.T("reports.month_past", b.MonthName(v.Month), v.Counts.Schools)
}

func (page *monthPage) options() {
	for i := range monthsBack {
		m := page.This.Add(1 - i)
		page.Months = append(page.Months, web.Option{Value: m.String(), Label: page.MonthName(m)})
	}
	page.States = []web.Option{{Value: "", Label: page.T("reports.all_states")}}
	for _, s := range reports.MonthStates {
		page.States = append(page.States, web.Option{Value: string(s), Label: page.T("reports.state_" + string(s))})
	}
}

// Link is the address of another page with this one's filter.
func (page monthPage) Link(path string, more ...string) string {
	q := url.Values{}
	for name, v := range map[string]string{"unit": page.In.Unit, "month": page.In.Month.String(), "state": string(page.In.State)} {
		if v != "" {
			q.Set(name, v)
		}
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
		if more[i+1] == "" {
			q.Del(more[i])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// ManyTownships reports that the schools are not all of one township.
func (page monthPage) ManyTownships() bool {
	return page.View.Kind == org.County || page.View.Kind == ""
}

// State words what became of a school's day.
func (b base) State(s reports.SchoolMonth) string { return stateText(b.Base, s) }

func stateText(b web.Base, s reports.SchoolMonth) string {
	if s.Moved && (s.State == calendar.Upcoming || s.State == calendar.DueToday) {
		return b.T("reports.moved_to", b.Day(s.PlannedOn))
	}
	return b.T("reports.state_" + string(s.State))
}

// Detail says the day, and who came or why not.
func (b base) Detail(s reports.SchoolMonth) string { return detail(b.Base, s) }

func detail(b web.Base, s reports.SchoolMonth) string {
	reason := ""
	if s.Reason != "" {
		reason = b.T("calendar.reason." + string(s.Reason))
	}
	switch {
	case s.State == calendar.Held && s.Sessions > 1:
		return b.T("reports.held_several", s.Sessions, s.Attendances)
	case s.State == calendar.Held && s.Sessions == 1:
		return b.T("reports.held_once", b.Day(s.HeldOn), s.Attendances)
	case s.State == calendar.NotHeld || s.Moved && reason != "":
		return reason
	case s.PlannedOn.IsZero():
		return ""
	}
	return b.T("reports.planned_on", b.Day(s.PlannedOn))
}

// Tag is the class of a state's tag.
func (b base) Tag(s reports.SchoolMonth) string {
	switch s.State {
	case calendar.Held:
		return "tag on"
	case calendar.NoRecord:
		return "tag ask"
	case calendar.NotHeld, reports.Unplanned:
		return "tag off"
	}
	return "tag"
}

type callsPage struct {
	base
	View reports.MonthView
	Next string
}

// calls is 打电话名单.
func calls(r *web.Request) error {
	var in reports.MissingInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	v, err := web.Ask(r, reports.Missing, in)
	if err != nil {
		return err
	}
	page := callsPage{base: base{r.Base("reports.calls_title", v.Counts.NoRecord)}, View: v}
	if v.Next != "" {
		p := monthPage{In: reports.MonthInput{Unit: in.Unit, Month: in.Month}}
		page.Next = p.Link("/month/calls", "after", v.Next)
	}
	return r.Render("reports/calls", page)
}
