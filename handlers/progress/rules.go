package progress

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/progress"
)

type rulesPage struct {
	web.Base
	Rules     progress.RulesView
	May       bool // set others
	Lines     []int
	Hours     *progress.HoursPreview
	Threshold *progress.ThresholdPreview
	Act       string // the form that was sent
}

func rules(r *web.Request) error { return showRules(r, rulesPage{}, nil) }

// showRules shows the rules, with a form as it was sent.
func showRules(r *web.Request, page rulesPage, form *web.Form) error {
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		page.Rules, err = progress.Rules(tx, by, progress.RulesInput{})
		page.May = !by.Visible(access.SettingsEdit).Empty()
		return err
	})
	if err != nil {
		return err
	}
	page.Base, page.Lines = r.Base("progress.rules"), []int{1, 2, 3, 4, 5}
	if form != nil {
		page.Form = *form
	}
	return r.Render("progress/rules", page)
}

// hoursForm is the table as it is typed: up to five lines of minutes and hours.
type hoursForm struct {
	From date.Date `form:"from"`
	Act  string    `form:"act"`
	M1   int       `form:"minutes_1"`
	M2   int       `form:"minutes_2"`
	M3   int       `form:"minutes_3"`
	M4   int       `form:"minutes_4"`
	M5   int       `form:"minutes_5"`
	H1   string    `form:"hours_1"`
	H2   string    `form:"hours_2"`
	H3   string    `form:"hours_3"`
	H4   string    `form:"hours_4"`
	H5   string    `form:"hours_5"`
}

// input reads the lines down to the last that is filled in.
func (f hoursForm) input() (progress.SetHoursInput, error) {
	minutes, hours := []int{f.M1, f.M2, f.M3, f.M4, f.M5}, []string{f.H1, f.H2, f.H3, f.H4, f.H5}
	n := len(minutes)
	for n > 0 && minutes[n-1] == 0 && strings.TrimSpace(hours[n-1]) == "" {
		n--
	}
	var c fail.Check
	in := progress.SetHoursInput{From: f.From}
	for i := range n {
		centi, ok := centiHours(hours[i])
		c.If(!ok, fmt.Sprintf("hours_%d", i+1), "progress.rule_hours")
		in.Steps = append(in.Steps, progress.Step{From: minutes[i], CentiHours: centi})
	}
	return in, c.Err()
}

var decimal = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,2})?$`)

// centiHours reads 「0.5」 as 50.
func centiHours(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if !decimal.MatchString(s) {
		return 0, false
	}
	whole, part, _ := strings.Cut(s, ".")
	n, err := strconv.Atoi(whole + (part + "00")[:2])
	return n, err == nil
}

func setHours(r *web.Request) error {
	var f hoursForm
	err := r.Bind(&f)
	var in progress.SetHoursInput
	if err == nil {
		in, err = f.input()
	}
	if err == nil && f.Act == "preview" {
		v, err := web.Ask(r, progress.PreviewHours, in)
		if err == nil {
			form := web.FormOf(f)
			return showRules(r, rulesPage{Hours: &v, Act: "hours"}, &form)
		}
		return r.Again(err, func(form web.Form) error { return showRules(r, rulesPage{Act: "hours"}, &form) })
	}
	if err == nil {
		_, err = web.Do(r, progress.SetHours, in)
	}
	if err != nil {
		return r.Again(err, func(form web.Form) error { return showRules(r, rulesPage{Act: "hours"}, &form) })
	}
	return r.SeeNote("/study-rules", "progress.rule_kept")
}

type thresholdForm struct {
	Year      int    `form:"year"`
	Member    string `form:"member"`
	Secretary string `form:"secretary"`
	Act       string `form:"act"`
}

func (f thresholdForm) input() (progress.SetThresholdInput, error) {
	var c fail.Check
	member, ok := centiHours(f.Member)
	c.If(!ok, "member", "progress.rule_year_hours")
	secretary, ok := centiHours(f.Secretary)
	c.If(!ok, "secretary", "progress.rule_year_hours")
	return progress.SetThresholdInput{Year: f.Year, Member: member, Secretary: secretary}, c.Err()
}

func setThreshold(r *web.Request) error {
	var f thresholdForm
	err := r.Bind(&f)
	var in progress.SetThresholdInput
	if err == nil {
		in, err = f.input()
	}
	if err == nil && f.Act == "preview" {
		v, err := web.Ask(r, progress.PreviewThreshold, in)
		if err == nil {
			form := web.FormOf(f)
			return showRules(r, rulesPage{Threshold: &v, Act: "threshold"}, &form)
		}
		return r.Again(err, func(form web.Form) error { return showRules(r, rulesPage{Act: "threshold"}, &form) })
	}
	if err == nil {
		_, err = web.Do(r, progress.SetThreshold, in)
	}
	if err != nil {
		return r.Again(err, func(form web.Form) error { return showRules(r, rulesPage{Act: "threshold"}, &form) })
	}
	return r.SeeNote("/study-rules", "progress.rule_kept")
}
