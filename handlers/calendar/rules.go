package calendar

import (
	"strconv"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

type rulesPage struct {
	base
	Towns  []calendar.TownRule
	County org.UnitID // of which the reader may enter seasons; zero for none
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
	page := rulesPage{Towns: found.Items}
	err = r.Read(func(tx *db.Tx, by access.Actor) error {
		top, err := org.Root(tx)
		if err == nil && by.Can(access.CalendarRule, top.Path) {
			page.County = top.ID
		}
		if fail.KindOf(err) == fail.Missing { // before the set-up
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("calendar.rules"), "rules"}
	return r.Render("calendar/rules", page)
}

type rulePage struct {
	base
	Rule     calendar.RuleView
	Preview  *calendar.PreviewView // of the form as it was sent
	Unloaded []int                 // years of the preview whose holidays are not entered
	MaySet   bool
	MayPlan  bool
	Kinds    []web.Option
	Days     []web.Option
	Nths     []web.Option
	Weekdays []web.Option
	Digits   []web.Option
	Picks    []web.Option
	Policies []web.Option
}

func showRule(r *web.Request) error {
	var in calendar.GetRuleInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderRule(r, in.Unit, nil, nil)
}

// pathsOf are the paths under which the rule's township or school is administered.
func pathsOf(tx *db.Tx, rule calendar.RuleView) ([]string, error) {
	if rule.School {
		s, err := org.FindSchool(tx, org.UnitSite(rule.Unit))
		return s.Paths(), err
	}
	u, err := org.FindUnit(tx, rule.Unit)
	return []string{u.Path}, err
}

// renderRule shows a rule; form and preview are of a form that was sent.
func renderRule(r *web.Request, unit org.UnitID, form *web.Form, preview *calendar.PreviewView) error {
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
		paths, err := pathsOf(tx, page.Rule)
		page.MaySet = by.Can(access.CalendarRule, paths...)
		page.MayPlan = by.Can(access.CalendarPlan, paths...) && !page.Rule.School
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("calendar.rule_title", page.Rule.Name), "rules"}
	page.choose()
	if form == nil {
		f := web.FormOf(calendar.SetRuleInput{
			From: month, Kind: page.Rule.Now.Kind, Day: page.Rule.Now.Day, Nth: page.Rule.Now.Nth, Weekday: page.Rule.Now.Weekday,
			Digit: page.Rule.Now.Digit, Pick: page.Rule.Now.Pick, Hour: page.Rule.Now.Hour, Holiday: page.Rule.Now.Holiday,
		})
		form = &f
	}
	page.Form = *form
	return r.Render("calendar/rule", page)
}

// choose fills the lists of the form, and the years that the preview must warn of.
func (p *rulePage) choose() {
	kinds := []calendar.Kind{calendar.OnDay, calendar.OnWeekday, calendar.OnDigit}
	if p.Rule.School {
		kinds = append(kinds, calendar.Follow)
	}
	p.Kinds = options(p.Base, "calendar.kind_", kinds...)
	p.Policies = options(p.Base, "calendar.policy_", calendar.Policies...)
	for n := 1; n <= 31; n++ {
		p.Days = append(p.Days, web.Option{Value: strconv.Itoa(n), Label: p.T("calendar.day_n", n)})
	}
	for n := 1; n <= calendar.LastWeek; n++ {
		p.Nths = append(p.Nths, web.Option{Value: strconv.Itoa(n), Label: p.T("calendar.nth_" + strconv.Itoa(n))})
	}
	for n := 1; n <= 7; n++ {
		p.Weekdays = append(p.Weekdays, web.Option{Value: strconv.Itoa(n), Label: p.T("calendar.weekday_" + strconv.Itoa(n))})
	}
	for n := 1; n <= calendar.LastDigit; n++ {
		p.Digits = append(p.Digits, web.Option{Value: strconv.Itoa(n), Label: p.T("calendar.digit_" + strconv.Itoa(n))})
	}
	for n := calendar.EachDay; n <= calendar.LastPick; n++ {
		p.Picks = append(p.Picks, web.Option{Value: strconv.Itoa(n), Label: p.T("calendar.pick_" + strconv.Itoa(n))})
	}
	if p.Preview == nil {
		return
	}
	for _, d := range p.Preview.Days {
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

// setRule shows what the rule would do, or sets it. A rule that moves days which nobody has looked at, or no longer as they
// are now, is shown first.
func setRule(r *web.Request) error {
	var in ruleForm
	err := r.Bind(&in)
	if err == nil && in.Act == "set" {
		if _, err = web.Do(r, calendar.SetRule, in.SetRuleInput); err == nil {
			return r.SeeNote("/calendar/rules/"+in.Unit.String(), "calendar.rule_kept")
		}
	}
	var preview *calendar.PreviewView
	if err == nil || fail.Is(err, "calendar.look_first") || fail.Is(err, "calendar.look_again") {
		v, faults := web.Ask(r, calendar.Preview, in.SetRuleInput)
		if preview = &v; faults != nil {
			err, preview = faults, nil
		}
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderRule(r, in.Unit, &f, preview) })
	}
	return renderRule(r, in.Unit, &web.Form{Values: r.Form()}, preview)
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
