package calendar

import (
	"huotang/models/date"
	"huotang/models/db"
)

// DayKind is what the government's arrangement of a year makes of a day.
type DayKind string

// The kinds: a statutory holiday, and a weekend day worked in exchange for one.
const (
	Holiday DayKind = "holiday"
	Workday DayKind = "workday"
)

// Days knows the holidays and make-up workdays of some years. In a year that
// is not loaded nothing is a holiday, and weekends alone say which days are working ones;
// pages then say so ([Days.YearLoaded]).
type Days struct {
	kinds map[date.Date]DayKind
	years map[int]bool
}

// NewDays makes Days for the years.
func NewDays(kinds map[date.Date]DayKind, years ...int) Days {
	d := Days{kinds: kinds, years: make(map[int]bool, len(years))}
	for _, y := range years {
		d.years[y] = true
	}
	return d
}

// IsHoliday reports a statutory holiday, the days off around it included.
func (d Days) IsHoliday(day date.Date) bool { return d.kinds[day] == Holiday }

// IsWorking reports a make-up workday, or a Monday to Friday that is no holiday.
func (d Days) IsWorking(day date.Date) bool {
	switch d.kinds[day] {
	case Holiday:
		return false
	case Workday:
		return true
	}
	w := day.Weekday()
	return w != 0 && w != 6
}

// YearLoaded reports whether the year's arrangement was entered.
func (d Days) YearLoaded(year int) bool { return d.years[year] }

// LoadDays reads the days of the months, and of those beside them, into which a shift may lead.
func LoadDays(tx *db.Tx, from, to date.Month) (Days, error) {
	rows, err := db.All[dayRow](tx.Where("`day` >= ? AND `day` <= ?", from.Add(-1).First(), to.Add(1).Last()))
	if err != nil {
		return Days{}, err
	}
	years, err := db.All[yearRow](tx.DB)
	if err != nil {
		return Days{}, err
	}
	d := Days{kinds: make(map[date.Date]DayKind, len(rows)), years: make(map[int]bool, len(years))}
	for _, r := range rows {
		d.kinds[r.Day] = r.Kind
	}
	for _, y := range years {
		d.years[y.Year] = true
	}
	return d, nil
}
