// Package calendar serves activity days, their rules and the holidays (models/calendar).
package calendar

import (
	"embed"
	"slices"
	"strconv"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/lang"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API) {
	p.Views("calendar", views)
	p.Get("/calendar", list)
	p.Get("/calendar/days/:id", showDay)
	p.Post("/calendar/days/:id/move", move)
	p.Post("/calendar/days/:id/not-held", notHeld)
	p.Post("/calendar/days/:id/undo", undo)
	p.Get("/calendar/rules", rules)
	p.Get("/calendar/rules/:unit", showRule)
	p.Post("/calendar/rules/:unit", setRule)
	p.Post("/calendar/rules/:unit/plan", plan)
	p.Get("/calendar/years", thisYear)
	p.Get("/calendar/years/:year", showYear)
	p.Post("/calendar/years/:year", putDay)
	p.Post("/calendar/years/:year/load", yearAct(calendar.LoadYear, "calendar.year_loaded"))
	p.Post("/calendar/years/:year/finish", yearAct(calendar.FinishYear, "calendar.year_finished"))
	p.Post("/calendar/holidays/:day/remove", removeDay)

	web.Get(api, "/calendar/days", calendar.ListDays)
	web.Get(api, "/calendar/days/:id", calendar.GetDay)
	web.Post(api, "/calendar/days/:id/move", calendar.Move)
	web.Post(api, "/calendar/days/:id/not-held", calendar.SetNotHeld)
	web.Post(api, "/calendar/days/:id/undo", calendar.Undo)
	web.Get(api, "/calendar/today/:site", calendar.Today)
	web.Get(api, "/calendar/rules", calendar.Rules)
	web.Get(api, "/calendar/rules/:unit", calendar.GetRule)
	web.Put(api, "/calendar/rules/:unit", calendar.SetRule)
	web.Post(api, "/calendar/rules/:unit/plan", calendar.Plan)
	web.Get(api, "/calendar/years/:year", calendar.Year)
	web.Post(api, "/calendar/years/:year/load", calendar.LoadYear)
	web.Post(api, "/calendar/years/:year/finish", calendar.FinishYear)
	web.Post(api, "/calendar/holidays", calendar.PutDay)
	web.Delete(api, "/calendar/holidays/:day", calendar.RemoveDay)
}

// base is what the area's pages share.
type base struct {
	web.Base
	Tab string // of the area: "days", "rules" or "years"
}

// tab is an entry above the area's pages.
type tab struct {
	Path, Label string
	Current     bool
}

// Tabs lists the area's pages that are of use to this reader: hosts and trainees have only the days.
func (b base) Tabs() []tab {
	if b.Actor.Visible(access.CalendarPlan).Empty() && !b.Actor.Has(access.Auditor, access.Village) {
		return nil
	}
	return []tab{
		{"/calendar", b.T("calendar.days"), b.Tab == "days"},
		{"/calendar/rules", b.T("calendar.rules"), b.Tab == "rules"},
		{"/calendar/years", b.T("calendar.years"), b.Tab == "years"},
	}
}

// RuleText says a rule in words: 每月第1个星期五，遇法定假日顺延到下一个工作日.
func (b base) RuleText(r calendar.Rule) string {
	day := lang.Key("calendar.weekday_" + strconv.Itoa(r.Weekday))
	var s string
	switch r.Kind {
	case calendar.Follow:
		return b.T("calendar.rule_follow")
	case calendar.OnDay:
		s = b.T("calendar.rule_day", r.Day)
	case calendar.OnWeekday:
		s = b.T("calendar.rule_nth", lang.Key("calendar.nth_"+strconv.Itoa(r.Nth)), day)
	default:
		return b.T("calendar.rule_none")
	}
	return s + b.T("calendar.rule_"+string(r.Holiday))
}

// ShiftText says why the planned date is not the ruled one, "" when it is.
func (b base) ShiftText(d calendar.DayView) string {
	if d.Shift == calendar.AsRuled {
		return ""
	}
	if d.Shift == calendar.Kept {
		return b.T("calendar.shift.kept")
	}
	return b.T("calendar.shift."+string(d.Shift), b.Day(d.RuledOn))
}

// TagClass is the look of a state; the state itself is always a word.
func (b base) TagClass(s calendar.State) string {
	switch s {
	case calendar.Held:
		return "tag on"
	case calendar.NoRecord, calendar.DueToday:
		return "tag ask"
	case calendar.NotHeld, calendar.Cancelled:
		return "tag off"
	}
	return "tag"
}

func options[T ~string](b web.Base, prefix string, values ...T) []web.Option {
	out := make([]web.Option, len(values))
	for i, v := range values {
		out[i] = web.Option{Value: string(v), Label: b.T(prefix + string(v))}
	}
	return out
}

// reasons are the chips, in the words of the county.
func reasons(b web.Base) []web.Option {
	return options(b, "calendar.reason.", slices.Clone(calendar.Reasons)...)
}
