package calendar

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/reports"
)

type dayPage struct {
	base
	Day      calendar.DayView
	Reasons  []web.Option
	Today    date.Date
	MayMove  bool
	Tells    bool // the reader may tell the village of it
	Open     bool // may still be moved or said not to be held
	CameDue  bool // this month or before: may be said not to be held
	Own      bool // the reader is of the house, and confirms by his own word
	MayUndo  bool
	Coming   bool   // today or later: may be called off
	Lunar    string // the date by the lunar calendar
	Unloaded []int  // its year, when the holidays are not entered
	MayEnter bool   // enters holidays
	Hints    []calendar.Hint
	Period   calendar.Period // until when the month may be handed in
	Decides  bool            // the reader calls off at once; others ask
	Failed   string          // the form with faults: "move", "not-held" or "cancel"
}

func showDay(r *web.Request) error {
	var in calendar.GetDayInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderDay(r, in.ID, "", nil)
}

// read reads what the page shows.
func (page *dayPage) read(tx *db.Tx, by access.Actor, day calendar.DayID) (err error) {
	if page.Day, err = calendar.GetDay(tx, by, calendar.GetDayInput{ID: day}); err != nil {
		return err
	}
	s, err := org.FindSchool(tx, page.Day.Site)
	if err != nil {
		return err
	}
	if page.Period, err = calendar.PeriodOf(tx, page.Day.Site, page.Day.Month); err != nil {
		return err
	}
	if page.Unloaded, err = unloaded(tx, page.Day.PlannedOn, page.Day.PlannedOn); err != nil {
		return err
	}
	page.MayEnter = by.Can(access.CalendarHolidays)
	page.MayMove = by.Can(access.CalendarMove, s.Paths()...)
	page.Today, page.Own = tx.Today(), calendar.OfTheHouse(by, s)
	if page.MayMove && calendar.Plans(by, s) {
		if page.Hints, err = reports.HintsOf(tx, page.Day, s); err != nil {
			return err
		}
	}
	page.Decides = by.Can(access.CalendarCancel, s.Paths()...)
	return err
}

// renderDay shows a day, with the form as it was sent when it has faults.
func renderDay(r *web.Request, day calendar.DayID, failed string, form *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := dayPage{Failed: failed}
	err := r.Read(func(tx *db.Tx, by access.Actor) error { return page.read(tx, by, day) })
	if err != nil {
		return err
	}
	d := page.Day
	page.Lunar = calendar.LunarOf(d.PlannedOn)
	page.Open = page.MayMove && d.State != calendar.Held && d.State != calendar.Cancelled
	page.CameDue = page.Open && !d.Month.After(page.Today.Month())
	page.Coming = page.Open && d.State != calendar.NotHeld && !d.PlannedOn.Before(page.Today)
	page.MayUndo = page.Open && (d.State == calendar.NotHeld || d.Shift == calendar.ByHand || d.ConfirmedAt != nil || d.CancelAsked != "") ||
		page.Decides && d.State == calendar.Cancelled && d.Reason != ""
	page.Tells = page.MayMove && !d.PlannedOn.Before(page.Today) && d.State != calendar.Held && d.State != calendar.NotHeld
	page.base = base{r.Base("calendar.day_title"), "days"}
	page.Reasons = reasons(page.Base)
	if form != nil {
		page.Form = *form
	}
	return r.Render("calendar/day", page)
}

// moveForm moves a day on its own page, or puts it back on the page of the month.
type moveForm struct {
	calendar.MoveInput
	Back string `form:"back"` // the query of the month
}

func move(r *web.Request) error {
	var in moveForm
	err := r.Bind(&in)
	var d calendar.DayView
	if err == nil {
		d, err = web.Do(r, calendar.Move, in.MoveInput)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderDay(r, in.ID, "move", &f) })
	}
	if back := monthOf(in.Back); back != "" {
		return r.SeeNote(back, "calendar.moved", d.PlannedOn.String())
	}
	return r.SeeNote("/calendar/days/"+in.ID.String(), "calendar.moved", d.PlannedOn.String())
}

func notHeld(r *web.Request) error {
	var in calendar.NotHeldInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, calendar.SetNotHeld, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderDay(r, in.ID, "not-held", &f) })
	}
	return r.SeeNote("/calendar/days/"+in.ID.String(), "calendar.not_held_kept")
}

// confirmForm is the one tap, on the page of the day or on the host's home.
type confirmForm struct {
	calendar.ConfirmInput
	Back string `form:"back"` // "today": the host's home
}

func confirm(r *web.Request) error {
	var in confirmForm
	err := r.Bind(&in)
	var d calendar.DayView
	if err == nil {
		d, err = web.Do(r, calendar.Confirm, in.ConfirmInput)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderDay(r, in.ID, "confirm", &f) })
	}
	return r.SeeNote(backTo(in.Back, d), "calendar.confirmed")
}

// backTo is the page from which something was said of a day.
func backTo(back string, d calendar.DayView) string {
	if back == "today" {
		return "/today?site=" + d.Site.String()
	}
	return "/calendar/days/" + d.ID.String()
}

// unconfirmForm takes the one tap back.
type unconfirmForm struct {
	calendar.UndoInput
	Back string `form:"back"` // as of confirmForm
}

func unconfirm(r *web.Request) error {
	var in unconfirmForm
	err := r.Bind(&in)
	var d calendar.DayView
	if err == nil {
		d, err = web.Do(r, calendar.Unconfirm, in.UndoInput)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderDay(r, in.ID, "undo", &f) })
	}
	return r.SeeNote(backTo(in.Back, d), "calendar.unconfirmed")
}

func cancel(r *web.Request) error {
	var in calendar.CancelInput
	err := r.Bind(&in)
	var d calendar.DayView
	if err == nil {
		d, err = web.Do(r, calendar.Cancel, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderDay(r, in.ID, "cancel", &f) })
	}
	note := "calendar.cancel_done"
	if d.State != calendar.Cancelled {
		note = "calendar.cancel_asked_done"
	}
	return r.SeeNote("/calendar/days/"+in.ID.String(), note)
}

type undoForm struct {
	calendar.UndoInput
	Back string `form:"back"` // the query of the month
}

func undo(r *web.Request) error {
	var in undoForm
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, calendar.Undo, in.UndoInput)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderDay(r, in.ID, "undo", &f) })
	}
	if back := monthOf(in.Back); back != "" {
		return r.SeeNote(back, "calendar.undone")
	}
	return r.SeeNote("/calendar/days/"+in.ID.String(), "calendar.undone")
}
