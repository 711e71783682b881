// Package calendar serves activity days, their rules and the holidays (models/calendar).
package calendar

import (
	"embed"
	"net/http"
	"slices"
	"strconv"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/exchange"
	"huotang/models/lang"
	"huotang/models/reports"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API) {
	p.Views("calendar", views)
	p.Get("/calendar", calendarPage)
	p.Get("/calendar/days/:id", showDay)
	p.Post("/calendar/days/:id/move", move)
	p.Post("/calendar/days/:id/not-held", notHeld)
	p.Post("/calendar/days/:id/confirm", confirm)
	p.Post("/calendar/days/:id/unconfirm", unconfirm)
	p.Post("/calendar/days/:id/cancel", cancel)
	p.Post("/calendar/days/:id/undo", undo)
	p.Get("/calendar/requests", showRequests)
	p.Post("/calendar/requests", decide)
	p.Get("/calendar/rules", rules)
	p.Get("/calendar/rules/:unit", showRule)
	p.Post("/calendar/rules/:unit", setRule)
	p.Post("/calendar/rules/:unit/plan", plan)
	p.Get("/calendar/places/:unit", showPlace)
	p.Post("/calendar/places/:unit/market", setMarket)
	p.Post("/calendar/places/:unit/seasons", setSeasons)
	p.Get("/calendar/periods", myPeriods)
	p.Get("/calendar/periods/:unit", showPeriods)
	p.Post("/calendar/periods/:unit", setPeriod)
	p.Get("/calendar/exceptions/:site", showExtra)
	p.Post("/calendar/exceptions/:site", giveTime)
	p.Get("/calendar/years", thisYear)
	p.Get("/calendar/years/:year", showYear)
	p.Post("/calendar/years/:year", putDay)
	p.Post("/calendar/years/:year/load", yearAct(calendar.LoadYear, "calendar.year_loaded"))
	p.Post("/calendar/years/:year/finish", yearAct(calendar.FinishYear, "calendar.year_finished"))
	p.Post("/calendar/holidays/:day/remove", removeDay)

	web.Get(api, "/calendar/days", calendar.ListDays)
	web.Get(api, "/calendar/between", calendar.Between)
	web.Get(api, "/calendar/towns", calendar.Towns)
	web.Get(api, "/calendar/meetings", exchange.Meetings)
	web.Get(api, "/calendar/days/:id", calendar.GetDay)
	web.Post(api, "/calendar/days/:id/move", calendar.Move)
	web.Post(api, "/calendar/days/:id/not-held", calendar.SetNotHeld)
	web.Post(api, "/calendar/days/:id/confirm", calendar.Confirm)
	web.Post(api, "/calendar/days/:id/unconfirm", calendar.Unconfirm)
	web.Post(api, "/calendar/days/:id/cancel", calendar.Cancel)
	web.Post(api, "/calendar/days/:id/undo", calendar.Undo)
	web.Get(api, "/calendar/days/:id/hints", reports.Hints)
	web.Serve(api, http.MethodGet, "/calendar/days/:id/look", "calendar.Look", look)
	web.Get(api, "/calendar/periods/:unit", calendar.Periods)
	web.Put(api, "/calendar/periods/:unit", calendar.SetPeriod)
	web.Post(api, "/calendar/exceptions/:site", calendar.GiveTime)
	web.Serve(api, http.MethodPost, "/calendar/periods/:unit/preview", "calendar.PreviewPeriod", func(r *web.Request, in calendar.SetPeriodInput) (calendar.PeriodPreview, error) {
		return web.Ask(r, calendar.PreviewPeriod, in)
	})
	web.Get(api, "/calendar/markets/:unit", calendar.GetMarket)
	web.Put(api, "/calendar/markets/:unit", calendar.SetMarket)
	web.Get(api, "/calendar/seasons/:unit", calendar.GetSeasons)
	web.Put(api, "/calendar/seasons/:unit", calendar.SetSeasons)
	web.Get(api, "/calendar/requests", calendar.Requests)
	web.Post(api, "/calendar/requests", calendar.DecideCancel)
	web.Get(api, "/calendar/today/:site", calendar.Today)
	web.Get(api, "/calendar/rules", calendar.Rules)
	web.Get(api, "/calendar/rules/:unit", calendar.GetRule)
	web.Put(api, "/calendar/rules/:unit", calendar.SetRule)
	web.Serve(api, http.MethodPost, "/calendar/rules/:unit/preview", "calendar.Preview", func(r *web.Request, in calendar.SetRuleInput) (calendar.PreviewView, error) {
		return web.Ask(r, calendar.Preview, in)
	})
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
	tabs := []tab{{"/calendar", b.T("calendar.days"), b.Tab == "days"}}
	if calendar.SeesRules(b.Actor) {
		tabs = append(tabs, tab{"/calendar/rules", b.T("calendar.rules"), b.Tab == "rules"})
	}
	tabs = append(tabs, tab{"/calendar/years", b.T("calendar.years"), b.Tab == "years"}, tab{"/exchange", b.T("exchange.title"), false})
	if !b.Actor.Visible(access.CalendarCancel).Empty() {
		tabs = append(tabs, tab{"/calendar/requests", b.T("calendar.requests"), b.Tab == "requests"})
	}
	if !b.Actor.Visible(access.CalendarPeriod).Empty() {
		tabs = append(tabs, tab{"/calendar/periods", b.T("calendar.periods"), b.Tab == "periods"})
	}
	return tabs
}

// PeriodText says to who hands in until when, in plain words.
func (b base) PeriodText(p calendar.Period) string {
	switch {
	case p.Locked:
		return b.T("calendar.period_host_locked")
	case p.Late:
		return b.T("calendar.period_host_late", b.Day(p.OnTimeUntil), b.Day(p.LockedAfter))
	}
	return b.T("calendar.period_host", b.Day(p.OnTimeUntil), b.Day(p.LockedAfter))
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
	case calendar.OnDigit:
		s = b.T("calendar.rule_digit_"+strconv.Itoa(min(r.Pick, 1)), lang.Key("calendar.digit_"+strconv.Itoa(r.Digit)), r.Pick)
	default:
		return b.T("calendar.rule_none")
	}
	if r.Hour != "" {
		s += " " + r.Hour
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

// HintText says a hint in words: what speaks against the date, not the better one.
func (b base) HintText(h calendar.Hint) string {
	s := b.T("calendar.hint." + h.Code)
	switch {
	case h.Arg == "":
		return s
	case h.Code == reports.HintEquipment:
		return s + " · " + b.T("org.thing."+h.Arg)
	case h.Code == reports.HintHeld:
		on, err := date.Parse(h.Arg)
		if err != nil {
			return s
		}
		return b.T("calendar.hint.held_on", b.Day(on))
	}
	return s + " · " + h.Arg
}

// HintSentence says a hint with the better date, where there is one: 这天是街天，可以改到12月12日.
func (b base) HintSentence(h calendar.Hint) string {
	if h.Better.IsZero() {
		return b.HintText(h)
	}
	return b.T("calendar.hint_with_better", b.HintText(h), b.Day(h.Better))
}

// TagClass is the look of a state; the state itself is always a word.
func (b base) TagClass(s calendar.State) string {
	switch s {
	case calendar.Held, calendar.Confirmed:
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
