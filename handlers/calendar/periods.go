package calendar

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

type periodsPage struct {
	base
	View    calendar.PeriodsView
	Preview *calendar.PeriodPreview // of the form as it was sent
	Times   []web.Option
}

// myPeriods takes the county to its page.
func myPeriods(r *web.Request) error {
	var top org.Unit
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err := by.RequireAnywhere(access.CalendarPeriod); err != nil {
			return err
		}
		top, err = org.Root(tx)
		return err
	})
	if err != nil {
		return err
	}
	return r.See("/calendar/periods/" + top.ID.String())
}

func showPeriods(r *web.Request) error {
	var in calendar.GetRuleInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderPeriods(r, in.Unit, nil, nil)
}

func renderPeriods(r *web.Request, unit org.UnitID, form *web.Form, preview *calendar.PeriodPreview) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	v, err := web.Ask(r, calendar.Periods, calendar.GetRuleInput{Unit: unit})
	if err != nil {
		return err
	}
	page := periodsPage{base: base{r.Base("calendar.periods"), "periods"}, View: v, Preview: preview}
	for _, n := range []string{"1", "2", "3", "4"} {
		page.Times = append(page.Times, web.Option{Value: n, Label: page.T("calendar.period_times_" + n)})
	}
	if form == nil {
		f := web.FormOf(calendar.SetPeriodInput{From: date.Of(r.App.DB.Now()).Month(), Times: v.Rule.Times, OnTime: v.Rule.OnTime, Locked: v.Rule.Locked})
		form = &f
	}
	page.Form = *form
	return r.Render("calendar/periods", page)
}

// PeriodRule says a rule of periods.
func (b base) PeriodRule(p calendar.PeriodRule) string {
	return b.T("calendar.period_rule", p.Times, p.OnTime, p.Locked)
}

// periodForm is looked at first, or set.
type periodForm struct {
	calendar.SetPeriodInput
	Act string `form:"act"`
}

// setPeriod shows what the dates would be and what they seal, or sets them.
func setPeriod(r *web.Request) error {
	var in periodForm
	err := r.Bind(&in)
	if err == nil {
		var c fail.Check
		c.If(r.Form().Get("on_time") == "", "on_time", "input.required") // an empty field is no 0
		err = c.Err()
	}
	if err == nil && in.Act == "set" {
		if _, err = web.Do(r, calendar.SetPeriod, in.SetPeriodInput); err == nil {
			return r.SeeNote("/calendar/periods/"+in.Unit.String(), "calendar.period_kept")
		}
	}
	if err == nil {
		v, faults := web.Ask(r, calendar.PreviewPeriod, in.SetPeriodInput)
		if faults == nil {
			return renderPeriods(r, in.Unit, &web.Form{Values: r.Form()}, &v)
		}
		err = faults
	}
	return r.Again(err, func(f web.Form) error { return renderPeriods(r, in.Unit, &f, nil) })
}

// extraPage gives one school more time for a month.
type extraPage struct {
	base
	Site   org.School
	Month  date.Month
	Period calendar.Period
	Months []web.Option
}

// extraInput names a school and a month, which is last month where none is named.
type extraInput struct {
	Site  org.SiteID `path:"site"`
	Month date.Month `query:"month"`
}

func showExtra(r *web.Request) error {
	var in extraInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderExtra(r, in, nil)
}

// monthsOfTime is how many months the page offers: this one, and those that may still be sealed.
const monthsOfTime = 7

func renderExtra(r *web.Request, in extraInput, form *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := extraPage{Month: in.Month}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Site, err = org.FindSchool(tx, in.Site); err != nil {
			return err
		}
		if err := by.Require(access.CalendarPeriod, page.Site.Paths()...); err != nil {
			return err
		}
		this := tx.Today().Month()
		if page.Month.IsZero() {
			page.Month = this.Add(-1)
		}
		for i := range monthsOfTime {
			page.Months = append(page.Months, web.Option{Value: this.Add(-i).String()})
		}
		page.Period, err = calendar.PeriodOf(tx, in.Site, page.Month)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("calendar.extra_title", page.Site.Name), "periods"}
	for i, o := range page.Months {
		m, err := date.ParseMonth(o.Value)
		if err != nil {
			return err
		}
		page.Months[i].Label = page.MonthName(m)
	}
	if form == nil {
		f := web.FormOf(calendar.GiveTimeInput{Month: page.Month, OnTimeUntil: page.Period.OnTimeUntil, LockedAfter: page.Period.LockedAfter, Reason: page.Period.Reason})
		form = &f
	}
	page.Form = *form
	return r.Render("calendar/extra", page)
}

func giveTime(r *web.Request) error {
	var in calendar.GiveTimeInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, calendar.GiveTime, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderExtra(r, extraInput{Site: in.Site, Month: in.Month}, &f) })
	}
	return r.SeeNote("/calendar/exceptions/"+in.Site.String()+"?month="+in.Month.String(), "calendar.extra_kept")
}
