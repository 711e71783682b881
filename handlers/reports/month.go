package reports

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/reports"
)

type monthPage struct {
	base
	In        reports.MonthInput
	View      reports.MonthView
	Shown     bool
	Months    []web.Option
	States    []web.Option
	Next      string
	This      date.Month
	Ending    accounts.EndingView
	Papers    bool  // the reader prints paper rolls for all below
	Waits     bool  // the reader has 等我办的
	MayExtend bool  // give a school more time
	Unloaded  []int // years that days are planned in whose holidays are not entered
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
		err = r.Read(func(tx *db.Tx, by access.Actor) (err error) {
			if page.View, err = reports.Month(tx, by, in); err == nil {
				page.Ending, err = accounts.Ending(tx, by, struct{}{})
			}
			if err == nil {
				page.Unloaded, err = calendar.Unloaded(tx, tx.Today(), calendar.Horizon(tx.Today()).Last())
			}
			return err
		})
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
	page.Papers = r.Actor.Has(access.Township) || r.Actor.Has(access.TownshipAdmin) || r.Actor.Has(access.Village)
	page.Waits = !r.Actor.Visible(access.SessionsApprove).Empty() || !r.Actor.Visible(access.SessionsSubmit).Empty()
	page.Shown, page.MayExtend = true, !r.Actor.Visible(access.CalendarPeriod).Empty()
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
	if s.Moved && (s.State.Ahead() || s.State == calendar.DueToday) {
		return b.T("reports.moved_to", b.Day(s.PlannedOn))
	}
	return b.T("reports.state_" + string(s.State))
}

// Detail says the day, and who came or why not.
func (b base) Detail(s reports.SchoolMonth) string { return detail(b.Base, s) }

func detail(b web.Base, s reports.SchoolMonth) string {
	text := became(b, s)
	for _, more := range []struct {
		on   bool
		text string
	}{
		{s.Late, b.T("reports.came_late", b.Day(s.CameOn))},
		{s.Short > 0, b.T("reports.short", s.Short)},
		{s.Period != nil, extended(b, s.Period)},
	} {
		if more.on && text != "" {
			text += b.T("reports.stop")
		}
		if more.on {
			text += more.text
		}
	}
	return text
}

// extended says a school's own two dates.
func extended(b web.Base, p *calendar.Period) string {
	if p == nil {
		return ""
	}
	return b.T("calendar.extra_until", b.Day(p.OnTimeUntil), b.Day(p.LockedAfter), p.Reason)
}

// later says what a sealed school has today, "" where that is what was sealed.
func later(b web.Base, s reports.SchoolMonth) string {
	if s.Later == nil {
		return ""
	}
	text := b.T("reports.state_" + string(s.Later.State))
	if s.Later.Sessions > 0 {
		text += " " + b.T("reports.held_several", s.Later.Sessions, s.Later.Attendances)
	}
	return text
}

// Later is later.
func (b base) Later(s reports.SchoolMonth) string { return later(b.Base, s) }

// dates says until when a month may be handed in, and what is asked of it; "" where several counties are shown.
func dates(b web.Base, v reports.MonthView) string {
	if v.Period == nil {
		return ""
	}
	return b.MonthName(v.Month) + b.T("layout.colon") + b.T("calendar.period_dates", b.Day(v.Period.OnTimeUntil), b.Day(v.Period.LockedAfter)) +
		b.T("reports.stop") + b.T("calendar.period_asks", v.Period.Times)
}

// Dates is what the page says of it.
func (page monthPage) Dates() string { return dates(page.Base, page.View) }

// became says the day, and who came or why not.
func became(b web.Base, s reports.SchoolMonth) string {
	reason := ""
	if s.Reason != "" {
		reason = b.T("calendar.reason." + string(s.Reason))
	}
	switch {
	case s.State == calendar.Held && s.Sessions > 1:
		return b.T("reports.held_several", s.Sessions, s.Attendances)
	case s.State == calendar.Held && s.Sessions == 1:
		return b.T("reports.held_once", b.Day(s.HeldOn), s.Attendances)
	case s.State == calendar.NotHeld || s.State == calendar.Cancelled || s.Moved && reason != "":
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
	case calendar.NotHeld, calendar.Cancelled, reports.Unplanned:
		return "tag off"
	}
	return "tag"
}
