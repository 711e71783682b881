package calendar

import (
	"fmt"
	"time"

	"github.com/6tail/lunar-go/HolidayUtil"
	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
)

// Where a day or a year comes from.
const (
	fromLibrary = "lunar-go"
	fromCounty  = "county"
)

type dayRow struct {
	Day    date.Date `gorm:"primaryKey"`
	Kind   DayKind
	Name   string
	Source string
}

func (dayRow) TableName() string { return "calendar_days" }

type yearRow struct {
	Year     int `gorm:"primaryKey;autoIncrement:false"`
	Source   string
	LoadedAt time.Time
}

func (yearRow) TableName() string { return "calendar_years" }

// yearID names a year, or a day, in the audit.
type yearID string

func (y yearID) String() string { return string(y) }

// Known lists the days of a year that lunar-go knows; none when it does not know the
// year as a whole. The library answers "ordinary day" and "year unknown" alike, so a year counts as
// known when it has its New Year and its National Day. Its Fix must never be called: it
// changes globals that this reads.
func Known(year int) []HolidayView {
	list := HolidayUtil.GetHolidaysByYear(year)
	out := make([]HolidayView, 0, list.Len())
	have := map[date.Date]bool{}
	for e := list.Front(); e != nil; e = e.Next() {
		h, ok := e.Value.(*HolidayUtil.Holiday)
		if !ok {
			continue
		}
		day, err := date.Parse(h.GetDay())
		if err != nil || day.Year() != year || have[day] {
			continue
		}
		v := HolidayView{Day: day, Kind: Holiday, Name: h.GetName()}
		if h.IsWork() {
			v.Kind = Workday
		}
		have[day] = v.Kind == Holiday
		out = append(out, v)
	}
	if !have[date.New(year, time.January, 1)] || !have[date.New(year, time.October, 1)] {
		return nil
	}
	return out
}

// HolidayView is a holiday or make-up workday.
type HolidayView struct {
	Day  date.Date `json:"day"`
	Kind DayKind   `json:"kind"`
	Name string    `json:"name"`
}

// YearView is a year's arrangement.
type YearView struct {
	Year   int           `json:"year"`
	Loaded bool          `json:"loaded"` // false: 本年度放假安排未录入
	Source string        `json:"source"`
	Days   []HolidayView `json:"days"`
}

// YearInput names a year.
type YearInput struct {
	Year int `path:"year" json:"-"`
}

func (in YearInput) check() error {
	var c fail.Check
	c.Range("year", in.Year, 2000, 2100)
	return c.Err()
}

// Year reads a year's arrangement. Permission: CalendarSee, on whatever unit.
func Year(tx *db.Tx, by access.Actor, in YearInput) (YearView, error) {
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return YearView{}, err
	}
	if err := in.check(); err != nil {
		return YearView{}, err
	}
	return readYear(tx, in.Year)
}

func readYear(tx *db.Tx, year int) (YearView, error) {
	v := YearView{Year: year, Days: []HolidayView{}}
	marks, err := db.All[yearRow](tx.Where("`year` = ?", year))
	if err != nil {
		return v, err
	}
	if len(marks) == 1 {
		v.Loaded, v.Source = true, marks[0].Source
	}
	rows, err := db.All[dayRow](tx.Where("`day` >= ? AND `day` <= ?", date.New(year, 1, 1), date.New(year, 12, 31)).Order("`day`"))
	for _, r := range rows {
		v.Days = append(v.Days, HolidayView{r.Day, r.Kind, r.Name})
	}
	return v, err
}

// LoadYear takes a year's arrangement over from lunar-go; days that the county has
// entered stay as they are. A year that is there changes nothing. Permission: CalendarHolidays.
func LoadYear(tx *db.Tx, by access.Actor, in YearInput) (YearView, error) {
	if err := requireHolidays(by); err != nil {
		return YearView{}, err
	}
	if err := in.check(); err != nil {
		return YearView{}, err
	}
	days := Known(in.Year)
	var c fail.Check
	c.If(len(days) == 0, "year", "calendar.year_unknown", in.Year)
	if err := c.Err(); err != nil {
		return YearView{}, err
	}
	fresh, err := markYear(tx, in.Year, fromLibrary)
	if err != nil {
		return YearView{}, err
	}
	if !fresh {
		return readYear(tx, in.Year)
	}
	rows := make([]dayRow, len(days))
	for i, d := range days {
		rows[i] = dayRow{d.Day, d.Kind, d.Name, fromLibrary}
	}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
		return YearView{}, fmt.Errorf("calendar: %w", err)
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "calendar.load_year", Object: "calendar_year", ID: yearID(fmt.Sprint(in.Year)),
		Change: audit.Changes{}.Int("days", 0, len(rows)),
	})
	if err != nil {
		return YearView{}, err
	}
	return readYear(tx, in.Year)
}

// markYear stores that the year is entered; not fresh when it was already. The row is
// also what two loads of the same year meet at.
func markYear(tx *db.Tx, year int, source string) (fresh bool, err error) {
	err = db.Insert(tx, &yearRow{Year: year, Source: source, LoadedAt: tx.Now})
	if db.IsDuplicate(err) {
		return false, nil
	}
	return err == nil, err
}

// announced is the month in which the arrangement of the next year is made known.
const announced = time.November

// NextYearMissing is the year whose holidays the county should enter: from November on the next one while it is not entered; 0 for none. No
// permission is asked: the caller's op does.
func NextYearMissing(tx *db.Tx) (int, error) {
	next := tx.Today().Year() + 1
	if tx.Today().Month().Of() < announced {
		return 0, nil
	}
	v, err := readYear(tx, next)
	if err != nil || v.Loaded {
		return 0, err
	}
	return next, nil
}
