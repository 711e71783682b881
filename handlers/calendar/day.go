package calendar

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

type dayPage struct {
	base
	Day     calendar.DayView
	Reasons []web.Option
	Today   date.Date
	MayMove bool
	Open    bool // may still be moved or said not to be held
	CameDue bool // this month or before: may be said not to be held
	MayUndo bool
	Failed  string // the form with faults: "move" or "not-held"
}

func showDay(r *web.Request) error {
	var in calendar.GetDayInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderDay(r, in.ID, "", nil)
}

// renderDay shows a day, with the form as it was sent when it has faults.
func renderDay(r *web.Request, day calendar.DayID, failed string, form *web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := dayPage{Failed: failed}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Day, err = calendar.GetDay(tx, by, calendar.GetDayInput{ID: day}); err != nil {
			return err
		}
		s, err := org.FindSchool(tx, page.Day.Site)
		page.MayMove = by.Can(access.CalendarMove, s.Paths()...)
		page.Today = tx.Today()
		return err
	})
	if err != nil {
		return err
	}
	d := page.Day
	page.Open = page.MayMove && d.State != calendar.Held && d.State != calendar.Cancelled
	page.CameDue = page.Open && !d.Month.After(page.Today.Month())
	page.MayUndo = page.Open && (d.State == calendar.NotHeld || d.Shift == calendar.ByHand)
	page.base = base{r.Base("calendar.day_title"), "days"}
	page.Reasons = reasons(page.Base)
	if form != nil {
		page.Form = *form
	}
	return r.Render("calendar/day", page)
}

func move(r *web.Request) error {
	var in calendar.MoveInput
	err := r.Bind(&in)
	var d calendar.DayView
	if err == nil {
		d, err = web.Do(r, calendar.Move, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderDay(r, in.ID, "move", &f) })
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

func undo(r *web.Request) error {
	var in calendar.UndoInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, calendar.Undo, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderDay(r, in.ID, "undo", &f) })
	}
	return r.SeeNote("/calendar/days/"+in.ID.String(), "calendar.undone")
}
