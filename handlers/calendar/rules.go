package calendar

import (
	"strconv"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

type rulesPage struct {
	base
	Towns []calendar.TownRule
}

// rules lists the townships; who sees one only is taken to it.
func rules(r *web.Request) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	found, err := web.Ask(r, calendar.Rules, calendar.RulesInput{})
	if err != nil {
		return err
	}
	if len(found.Items) == 1 {
		return r.See("/calendar/rules/" + found.Items[0].ID.String())
	}
	return r.Render("calendar/rules", rulesPage{base{r.Base("calendar.rules"), "rules"}, found.Items})
}

type rulePage struct {
	base
	Rule     calendar.RuleView
	Preview  []calendar.PreviewDay
	Unloaded []int // years of the preview whose holidays are not entered
	MaySet   bool
	MayPlan  bool
	Kinds    []web.Option
	Days     []web.Option
	Nths     []web.Option
	Weekdays []web.Option
	Policies []web.Option
}

func showRule(r *web.Request) error {
	var in calendar.GetRuleInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderRule(r, in.Unit, nil, nil)
}

// renderRule shows a rule; form and preview are of a form that was sent.
func renderRule(r *web.Request, unit org.UnitID, form *web.Form, preview []calendar.PreviewDay) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := rulePage{Preview: preview}
	var month date.Month
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		month = tx.Today().Month()
		if page.Rule, err = calendar.GetRule(tx, by, calendar.GetRuleInput{Unit: unit}); err != nil {
			return err
		}
		u, err := org.FindUnit(tx, unit)
		page.MaySet = by.Can(access.CalendarRule, u.Path)
		page.MayPlan = by.Can(access.CalendarPlan, u.Path) && !page.Rule.School
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("calendar.rule_title", page.Rule.Name), "rules"}
	page.choose()
	if form == nil {
		f := web.FormOf(calendar.SetRuleInput{
			From: month, Kind: page.Rule.Now.Kind, Day: page.Rule.Now.Day, Nth: page.Rule.Now.Nth,
			Weekday: page.Rule.Now.Weekday, Holiday: page.Rule.Now.Holiday,
		})
		form = &f
	}
	page.Form = *form
	return r.Render("calendar/rule", page)
}

// choose fills the lists of the form, and the years that the preview must warn of.
func (p *rulePage) choose() {
	kinds := []calendar.Kind{calendar.OnDay, calendar.OnWeekday}
	if p.Rule.School {
		kinds = append(kinds, calendar.Follow)
	}
	p.Kinds = options(p.Base, "calendar.kind_", kinds...)
	p.Policies = options(p.Base, "calendar.policy_", calendar.NextWorkingDay, calendar.Keep)
	for n := 1; n <= 31; n++ {
		p.Days = append(p.Days, web.Option{Value: strconv.Itoa(n), Label: p.T("calendar.day_n", n)})
	}
	for n := 1; n <= calendar.LastWeek; n++ {
		p.Nths = append(p.Nths, web.Option{Value: strconv.Itoa(n), Label: p.T("calendar.nth_" + strconv.Itoa(n))})
	}
	for n := 1; n <= 7; n++ {
		p.Weekdays = append(p.Weekdays, web.Option{Value: strconv.Itoa(n), Label: p.T("calendar.weekday_" + strconv.Itoa(n))})
	}
	for _, d := range p.Preview {
		if y := d.Month.Year(); !d.YearLoaded && (len(p.Unloaded) == 0 || p.Unloaded[len(p.Unloaded)-1] != y) {
			p.Unloaded = append(p.Unloaded, y)
		}
	}
}

// ruleForm is the form of a rule: looked at first, or set.
type ruleForm struct {
	calendar.SetRuleInput
	Act string `form:"act"`
}

// setRule shows the dates that the rule would give, or sets it.
func setRule(r *web.Request) error {
	var in ruleForm
	err := r.Bind(&in)
	var preview calendar.PreviewView
	switch {
	case err != nil:
	case in.Act == "set":
		_, err = web.Do(r, calendar.SetRule, in.SetRuleInput)
	default:
		preview, err = web.Ask(r, calendar.Preview, in.SetRuleInput)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderRule(r, in.Unit, &f, nil) })
	}
	if in.Act == "set" {
		return r.SeeNote("/calendar/rules/"+in.Unit.String(), "calendar.rule_kept")
	}
	return renderRule(r, in.Unit, &web.Form{Values: r.Form()}, preview.Days)
}

func plan(r *web.Request) error {
	var in calendar.PlanInput
	err := r.Bind(&in)
	var got calendar.PlanResult
	if err == nil {
		got, err = web.Do(r, calendar.Plan, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderRule(r, in.Unit, &f, nil) })
	}
	return r.SeeNote("/calendar/rules/"+in.Unit.String(), "calendar.planned", got.Added, got.Moved, got.Cancelled, got.Restored)
}
