package calendar

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
)

// PutDayInput enters one day, or all days from Day to Until.
type PutDayInput struct {
	Day   date.Date `json:"day" form:"day"`
	Until date.Date `json:"until" form:"until"` // zero means Day alone
	Kind  DayKind   `json:"kind" form:"kind"`
	Name  string    `json:"name" form:"name"`
}

// longest is the most days that one entry may span.
const longest = 31

// PutDay enters holidays or make-up workdays, replacing what was said of these days.
// Activity days follow at the next planning. Permission: CalendarHolidays.
func PutDay(tx *db.Tx, by access.Actor, in PutDayInput) (YearView, error) {
	if err := requireHolidays(by); err != nil {
		return YearView{}, err
	}
	if in.Until.IsZero() {
		in.Until = in.Day
	}
	var c fail.Check
	name := c.Text("name", in.Name, 1, 60)
	c.If(in.Kind != Holiday && in.Kind != Workday, "kind", "input.choice")
	if !c.If(in.Day.IsZero(), "day", "input.required") {
		c.If(in.Day.Year() < 2000 || in.Day.Year() > 2100, "day", "input.date")
		c.If(in.Until.Before(in.Day) || in.Until.Sub(in.Day) >= longest, "until", "calendar.until_range", longest)
	}
	if err := c.Err(); err != nil {
		return YearView{}, err
	}
	var rows []dayRow
	for d := in.Day; !d.After(in.Until); d = d.AddDays(1) {
		rows = append(rows, dayRow{d, in.Kind, name, fromCounty})
	}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows).Error; err != nil {
		return YearView{}, fmt.Errorf("calendar: %w", err)
	}
	err := audit.Add(tx, by, audit.Row{
		Act: "calendar.put_day", Object: "calendar_day", ID: yearID(in.Day.String()),
		Change: audit.Changes{}.Code("kind", "", string(in.Kind)).Code("until", "", in.Until.String()).Field("name"),
	})
	if err != nil {
		return YearView{}, err
	}
	return readYear(tx, in.Day.Year())
}

// PutListed is [PutDay] of a row of a whole year's arrangement, as one is brought in from a file: a year that has both its New Year's
// Day and its National Day with it counts as entered ([FinishYear]). Permission: CalendarHolidays.
func PutListed(tx *db.Tx, by access.Actor, in PutDayInput) (YearView, error) {
	v, err := PutDay(tx, by, in)
	if err != nil || v.Loaded {
		return v, err
	}
	off := map[date.Date]bool{}
	for _, h := range v.Days {
		off[h.Day] = h.Kind == Holiday
	}
	if !off[date.New(v.Year, time.January, 1)] || !off[date.New(v.Year, time.October, 1)] {
		return v, nil
	}
	return FinishYear(tx, by, YearInput{Year: v.Year})
}

// RemoveDayInput names a day.
type RemoveDayInput struct {
	Day date.Date `path:"day" json:"-"`
}

// RemoveDay makes a day an ordinary one again. Permission: CalendarHolidays.
func RemoveDay(tx *db.Tx, by access.Actor, in RemoveDayInput) (YearView, error) {
	if err := requireHolidays(by); err != nil {
		return YearView{}, err
	}
	res := tx.Where("`day` = ?", in.Day).Delete(&dayRow{})
	if res.Error != nil {
		return YearView{}, fmt.Errorf("calendar: %w", res.Error)
	}
	if res.RowsAffected == 0 {
		return YearView{}, fail.NotFound("calendar.day_missing")
	}
	err := audit.Add(tx, by, audit.Row{Act: "calendar.remove_day", Object: "calendar_day", ID: yearID(in.Day.String())})
	if err != nil {
		return YearView{}, err
	}
	return readYear(tx, in.Day.Year())
}

// FinishYear says that a year which the county entered by hand is whole, so that pages no longer
// say 「本年度放假安排未录入」. Permission: CalendarHolidays.
func FinishYear(tx *db.Tx, by access.Actor, in YearInput) (YearView, error) {
	if err := requireHolidays(by); err != nil {
		return YearView{}, err
	}
	if err := in.check(); err != nil {
		return YearView{}, err
	}
	v, err := readYear(tx, in.Year)
	if err != nil || v.Loaded {
		return v, err
	}
	if len(v.Days) == 0 {
		return YearView{}, fail.Conflict("calendar.year_empty", in.Year)
	}
	if _, err := markYear(tx, in.Year, fromCounty); err != nil {
		return YearView{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "calendar.finish_year", Object: "calendar_year", ID: yearID(fmt.Sprint(in.Year)),
		Change: audit.Changes{}.Int("days", 0, len(v.Days)),
	})
	if err != nil {
		return YearView{}, err
	}
	return readYear(tx, in.Year)
}

// requireHolidays asks for CalendarHolidays. The table belongs to no unit, and everybody may know that it is there.
func requireHolidays(by access.Actor) error { return by.RequireAnywhere(access.CalendarHolidays) }
