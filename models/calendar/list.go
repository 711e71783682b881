package calendar

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// DayView is an activity day as pages and clients see it.
type DayView struct {
	ID        DayID      `json:"id"`
	Site      org.SiteID `json:"site" gorm:"column:site_id"`
	Code      string     `json:"code"` // of the school
	Name      string     `json:"name"`
	Month     date.Month `json:"month"`
	Nth       int        `json:"nth"`
	PlannedOn date.Date  `json:"planned_on"`
	RuledOn   date.Date  `json:"ruled_on"`
	Shift     Shift      `json:"shift"`
	State     State      `json:"state"` // as seen today, see [State.Seen]
	Reason    Reason     `json:"reason"`
	Note      string     `json:"note"`
	Hour      string     `json:"hour"` // "20:00", "" when nobody said
	Sequence  int        `json:"sequence"`
	SessionID SessionID  `json:"session_id"`

	AnnouncedAt  *time.Time `json:"announced_at"`
	ConfirmedAt  *time.Time `json:"confirmed_at"`
	ConfirmedHow How        `json:"confirmed_how"` // "" when it is not
	ChangedAt    time.Time  `json:"changed_at"`

	CancelAsked Reason `json:"cancel_asked"`   // somebody asked for it to be called off, and why; "" when nobody did or it is decided
	Lunar       string `json:"lunar" gorm:"-"` // the planned date by the lunar calendar: 十月十六
}

// MayConfirm reports a day that can be confirmed as seen today: it is not over, and was not confirmed.
func (d DayView) MayConfirm() bool {
	return d.ConfirmedAt == nil && (d.State == DueToday || d.State.Ahead())
}

const dayColumns = "SELECT d.id, d.site_id, u.code, u.name, d.`month`, d.nth, d.planned_on, d.ruled_on, d.shift, d.state, d.reason, d.note, d.hour, d.sequence, " +
	"d.session_id, d.announced_at, d.confirmed_at, d.confirmed_how, d.changed_at, " +
	"COALESCE((SELECT MIN(c.reason) FROM cancellations c WHERE c.activity_day_id = d.id AND c.state = 'asked'), '') AS cancel_asked"

const dayTables = " FROM activity_days d JOIN units u ON u.id = d.site_id "

// askDays runs a query for days and gives their states as seen today.
func askDays(tx *db.Tx, rest string, args ...any) ([]DayView, error) {
	rows, err := db.Ask[DayView](tx, dayColumns+dayTables+rest, args...)
	for i := range rows {
		rows[i].show(tx.Today())
	}
	return rows, err
}

// show makes of a day as stored one as it is seen today.
func (d *DayView) show(today date.Date) {
	d.State = d.State.Seen(d.PlannedOn, today)
	d.Lunar = LunarOf(d.PlannedOn)
}

func oneDay(tx *db.Tx, code, rest string, args ...any) (DayView, error) {
	rows, err := askDays(tx, rest+" LIMIT 1", args...)
	if err != nil {
		return DayView{}, err
	}
	if len(rows) == 0 {
		return DayView{}, fail.NotFound(code)
	}
	return rows[0], nil
}

func readDay(tx *db.Tx, day DayID) (DayView, error) {
	return oneDay(tx, "calendar.day_gone", "WHERE d.id = ?", day)
}

// GetDayInput names an activity day.
type GetDayInput struct {
	ID DayID `path:"id"`
}

// GetDay reads an activity day. Permission: CalendarSee on the school or its branch.
func GetDay(tx *db.Tx, by access.Actor, in GetDayInput) (DayView, error) {
	d, err := readDay(tx, in.ID)
	if err != nil {
		return DayView{}, err
	}
	s, err := org.FindSchool(tx, d.Site)
	if err != nil {
		return DayView{}, err
	}
	return d, by.Require(access.CalendarSee, s.Paths()...)
}

// DaysInput narrows the list of activity days, to one school or to the schools below a
// unit, and to a month or a year of the calendar.
type DaysInput struct {
	Site  org.SiteID `query:"site"`
	Under string     `query:"under"` // code of an administrative unit
	Month date.Month `query:"month"` // of the occurrence
	Year  int        `query:"year"`  // when there is no month; 0 means this year
	After string     `query:"after"`
	Limit int        `query:"limit"` // 1–1000; 0 means 100
}

// ListDays lists activity days that the actor sees, by code of the school, then month; forbidden for who could see
// none anywhere. Permission: CalendarSee on the school or its branch.
func ListDays(tx *db.Tx, by access.Actor, in DaysInput) (db.Page[DayView], error) {
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return db.Page[DayView]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 1000 {
		limit = 100
	}
	q, err := in.query(tx, by)
	if err != nil {
		return db.Page[DayView]{}, err
	}
	rows, err := askDays(tx, q.text+" ORDER BY u.code, d.`month`, d.nth LIMIT ?", append(q.args, limit+1)...)
	if err != nil {
		return db.Page[DayView]{}, err
	}
	page := db.Page[DayView]{Items: rows[:min(len(rows), limit)]}
	if len(rows) > limit {
		last := rows[limit-1]
		page.Next = fmt.Sprintf("%s.%s.%d", last.Code, last.Month, last.Nth)
	}
	return page, nil
}

// condition is a WHERE that grows.
type condition struct {
	text string
	args []any
}

func (c *condition) and(text string, args ...any) {
	c.text, c.args = c.text+" AND "+text, append(c.args, args...)
}

func (in DaysInput) query(tx *db.Tx, by access.Actor) (condition, error) {
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.CalendarSee))
	q := condition{text: "JOIN sites s ON s.id = d.site_id LEFT JOIN units b ON b.id = s.branch_id WHERE " + seen, args: args}
	if !in.Site.IsZero() {
		q.and("d.site_id = ?", in.Site)
	}
	if in.Under != "" {
		top, err := org.FindCode(tx, org.Administrative, in.Under)
		if err != nil {
			return q, err
		}
		cond, args := db.PathRange("u.path", access.Scope{Paths: []string{top.Path}})
		q.and(cond, args...)
	}
	year := in.Year
	if year == 0 {
		year = tx.Today().Year()
	}
	if in.Month.IsZero() {
		q.and("d.`month` >= ? AND d.`month` <= ?", date.NewMonth(year, 1), date.NewMonth(year, 12))
	} else {
		q.and("d.`month` = ?", in.Month)
	}
	return q, in.after(&q)
}

func (in DaysInput) after(q *condition) error {
	if in.After == "" {
		return nil
	}
	part := strings.Split(in.After, ".")
	if len(part) != 3 {
		return fail.Invalid("input.type")
	}
	nth, err := strconv.Atoi(part[2])
	if err != nil {
		return fail.Invalid("input.type").Because(err)
	}
	q.and("(u.code > ? OR u.code = ? AND (d.`month` > ? OR d.`month` = ? AND d.nth > ?))", part[0], part[0], part[1], part[1], nth)
	return nil
}

// DayOfSite is a school's activity day planned on the date; not_found when there is none. No permission is asked: the
// caller's op does.
func DayOfSite(tx *db.Tx, site org.SiteID, on date.Date) (DayView, error) {
	return oneDay(tx, "calendar.no_day", "WHERE d.site_id = ? AND d.planned_on = ? AND d.state <> ? ORDER BY d.`month`", site, on, Cancelled)
}

// Due is a school's activity day of the month, the first undone one where there are several; not_found
// when there is none. No permission is asked: the caller's op does.
func Due(tx *db.Tx, site org.SiteID, month date.Month) (DayView, error) {
	return oneDay(tx, "calendar.no_day", "WHERE d.site_id = ? AND d.`month` = ? AND d.state <> ? "+
		"ORDER BY CASE WHEN d.state IN ? THEN 0 ELSE 1 END, d.nth", site, month, Cancelled, open)
}

// Around lists a school's activity days between two dates, both included, the earliest first, without those that were called off
// for good. No permission is asked: the caller's op does.
func Around(tx *db.Tx, site org.SiteID, from, to date.Date) ([]DayView, error) {
	return askDays(tx, "WHERE d.site_id = ? AND d.planned_on >= ? AND d.planned_on <= ? AND d.state <> ? ORDER BY d.planned_on, d.id", site, from, to, Cancelled)
}

// FindDay reads an activity day. No permission is asked: the caller's op does.
func FindDay(tx *db.Tx, day DayID) (DayView, error) { return readDay(tx, day) }

// TodayInput names a school.
type TodayInput struct {
	Site org.SiteID `path:"site"`
}

// TodayView is what the host's first page says of activity days.
type TodayView struct {
	Due  *DayView `json:"due"`  // today's, else the latest of the last 62 days without a record
	Next *DayView `json:"next"` // the first after today
}

// lookBack is how many days back a day without a record is still asked about.
const lookBack = 62

// Today says which day is due at a school and which comes next. Permission: CalendarSee on the school or its branch.
func Today(tx *db.Tx, by access.Actor, in TodayInput) (TodayView, error) {
	s, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return TodayView{}, err
	}
	if err := by.Require(access.CalendarSee, s.Paths()...); err != nil {
		return TodayView{}, err
	}
	today := tx.Today()
	due, err := askDays(tx, "WHERE d.site_id = ? AND d.planned_on <= ? AND d.planned_on >= ? AND "+
		"(d.state IN ? OR d.planned_on = ? AND (d.state <> ? OR d.reason <> '')) ORDER BY d.planned_on DESC LIMIT 1",
		in.Site, today, today.AddDays(-lookBack), open, today, Cancelled)
	if err != nil {
		return TodayView{}, err
	}
	next, err := askDays(tx, "WHERE d.site_id = ? AND d.planned_on > ? AND d.state IN ? ORDER BY d.planned_on LIMIT 1", in.Site, today, open)
	return TodayView{Due: first(due), Next: first(next)}, err
}

// first is the first of the rows, or nil.
func first(rows []DayView) *DayView {
	if len(rows) == 0 {
		return nil
	}
	return &rows[0]
}
