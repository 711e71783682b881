package calendar

import (
	"strconv"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
)

type yearPage struct {
	base
	Year    calendar.YearView
	Kinds   []web.Option
	MayEdit bool
	Known   bool // the year can be taken over from the library
	Prev    string
	Next    string
}

// Lunar writes a day by the lunar calendar, by which villages know the festivals.
func (p yearPage) Lunar(d date.Date) string { return calendar.LunarOf(d) }

// The years that there are pages of; models/calendar refuses others.
const firstYear, lastYear = 2000, 2100

func yearPath(year int) string { return "/calendar/years/" + strconv.Itoa(year) }

func thisYear(r *web.Request) error {
	var year int
	err := r.Read(func(tx *db.Tx, _ access.Actor) error {
		year = tx.Today().Year()
		return nil
	})
	if err != nil {
		return err
	}
	return r.See(yearPath(year))
}

func showYear(r *web.Request) error {
	var in calendar.YearInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	f := web.FormOf(calendar.PutDayInput{Kind: calendar.Holiday})
	return renderYear(r, in.Year, f)
}

func renderYear(r *web.Request, year int, form web.Form) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	v, err := web.Ask(r, calendar.Year, calendar.YearInput{Year: year})
	if err != nil {
		return err
	}
	page := yearPage{
		base: base{r.Base("calendar.year_title", year), "years"}, Year: v, MayEdit: r.Actor.Can(access.CalendarHolidays),
		Known: !v.Loaded && len(calendar.Known(year)) > 0, Next: yearPath(year + 1),
	}
	if year > firstYear {
		page.Prev = yearPath(year - 1)
	}
	if year == lastYear {
		page.Next = ""
	}
	page.Kinds = options(page.Base, "calendar.kind.", calendar.Holiday, calendar.Workday)
	page.Form = form
	return r.Render("calendar/year", page)
}

// putForm is the form of one entry, on the page of a year.
type putForm struct {
	calendar.PutDayInput
	calendar.YearInput
}

func putDay(r *web.Request) error {
	var in putForm
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, calendar.PutDay, in.PutDayInput)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderYear(r, in.Year, f) })
	}
	return r.SeeNote(yearPath(in.Day.Year()), "calendar.day_kept")
}

func removeDay(r *web.Request) error {
	var in calendar.RemoveDayInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, calendar.RemoveDay, in)
	}
	if err != nil {
		return err
	}
	return r.SeeNote(yearPath(in.Day.Year()), "calendar.day_removed")
}

// yearAct makes the target of a button for the year as a whole.
func yearAct(op web.Op[calendar.YearInput, calendar.YearView], note string) web.PageFunc {
	return func(r *web.Request) error {
		var in calendar.YearInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, op, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderYear(r, in.Year, f) })
		}
		return r.SeeNote(yearPath(in.Year), note, in.Year)
	}
}
