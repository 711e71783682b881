package calendar

import (
	"fmt"
	"strconv"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// BetweenInput names days of the calendar, and narrows them to one school or to the schools below a unit.
type BetweenInput struct {
	Site  org.SiteID `query:"site"`
	Under string     `query:"under"` // code of an administrative unit
	From  date.Date  `query:"from"`
	To    date.Date  `query:"to"` // at most 366 days after From
	After string     `query:"after"`
	Limit int        `query:"limit"` // 1–1000; 0 means 200
}

// longestSpan is the most days that are asked for at once.
const longestSpan = 366

// span notes what is wrong with the days that are asked for.
func span(c *fail.Check, from, to date.Date) {
	if !c.If(from.IsZero(), "from", "input.required") && !c.If(to.IsZero(), "to", "input.required") {
		c.If(to.Before(from) || to.Sub(from) > longestSpan, "to", "calendar.span", longestSpan)
	}
}

// PlacedDay is an activity day where it stands in a calendar, with what the one who looks may do.
type PlacedDay struct {
	DayView
	MayMove bool `json:"may_move"` // to another date, see [Move]
	Looks   bool `json:"looks"`    // is shown hints, see [Hints]

	School org.School `json:"-"` // without the day of its last change
}

// Between lists activity days that the actor sees by the date on which they now stand, then by the code of the school; those that were
// called off stand where they would have been. Forbidden for who could see none anywhere. Permission: CalendarSee on the school or its
// branch.
func Between(tx *db.Tx, by access.Actor, in BetweenInput) (db.Page[PlacedDay], error) {
	page := db.Page[PlacedDay]{Items: []PlacedDay{}}
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return page, err
	}
	var c fail.Check
	span(&c, in.From, in.To)
	if err := c.Err(); err != nil {
		return page, err
	}
	if in.Limit < 1 || in.Limit > 1000 {
		in.Limit = 200
	}
	q, err := placed(tx, by, in.Site, in.Under)
	if err != nil {
		return page, err
	}
	q.and("d.planned_on >= ? AND d.planned_on <= ?", in.From, in.To)
	if err := in.after(&q); err != nil {
		return page, err
	}
	rows, err := askPlaced(tx, q.text+" ORDER BY d.planned_on, u.code, d.`month`, d.nth LIMIT ?", append(q.args, in.Limit+1)...)
	if err != nil {
		return page, err
	}
	for _, r := range rows[:min(len(rows), in.Limit)] {
		page.Items = append(page.Items, r.seenBy(by))
	}
	if len(rows) > in.Limit {
		last := rows[in.Limit-1]
		page.Next = fmt.Sprintf("%s.%s.%s.%d", last.PlannedOn, last.Code, last.Month, last.Nth)
	}
	return page, nil
}

// placed is a condition on activity days d of schools u that the actor sees.
func placed(tx *db.Tx, by access.Actor, site org.SiteID, under string) (condition, error) {
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.CalendarSee))
	q := condition{text: "JOIN sites s ON s.id = d.site_id LEFT JOIN units b ON b.id = s.branch_id WHERE " + seen, args: args}
	if !site.IsZero() {
		q.and("d.site_id = ?", site)
	}
	if under == "" {
		return q, nil
	}
	top, err := org.FindCode(tx, org.Administrative, under)
	if err != nil {
		return q, err
	}
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{top.Path}})
	q.and(cond, args...)
	return q, nil
}

func (in BetweenInput) after(q *condition) error {
	if in.After == "" {
		return nil
	}
	part := strings.Split(in.After, ".")
	if len(part) != 4 {
		return fail.Invalid("input.type")
	}
	nth, err := strconv.Atoi(part[3])
	if err != nil {
		return fail.Invalid("input.type").Because(err)
	}
	on, code, month := part[0], part[1], part[2]
	q.and("(d.planned_on > ? OR d.planned_on = ? AND (u.code > ? OR u.code = ? AND (d.`month` > ? OR d.`month` = ? AND d.nth > ?)))",
		on, on, code, code, month, month, nth)
	return nil
}

// placedRow is a day with what else is needed of its school.
type placedRow struct {
	DayView
	Path       string
	Party      string
	Licence    org.Licence
	LicensedOn date.Date
	ParentID   org.UnitID
}

func askPlaced(tx *db.Tx, rest string, args ...any) ([]placedRow, error) {
	rows, err := db.Ask[placedRow](tx, dayColumns+", u.path, COALESCE(b.path, '') AS party, s.licence, s.licensed_on, u.parent_id "+dayTables+rest, args...)
	for i := range rows {
		rows[i].show(tx.Today())
	}
	return rows, err
}

func (r placedRow) seenBy(by access.Actor) PlacedDay {
	school := org.School{
		ID: r.Site, Code: r.Code, Name: r.Name, Path: r.Path, Party: r.Party, Licence: r.Licence, LicensedOn: r.LicensedOn, ParentID: r.ParentID,
	}
	v := PlacedDay{DayView: r.DayView, School: school}
	v.MayMove = r.State != Held && r.State != Cancelled && by.Can(access.CalendarMove, school.Paths()...)
	v.Looks = v.MayMove && Plans(by, school)
	return v
}

// TownDays says of a township how many schools meet on a date.
type TownDays struct {
	On        date.Date `json:"on"`
	Code      string    `json:"code"`
	Name      string    `json:"name"`
	Days      int       `json:"days"`       // those that stand: neither called off nor said not to be held
	CalledOff int       `json:"called_off"` // the others
}

// TownsInput names days of the calendar.
type TownsInput struct {
	From date.Date `query:"from"`
	To   date.Date `query:"to"` // at most 366 days after From
}

// Towns counts, for who looks after many townships, the activity days that the actor sees by date, then by the code of the
// township. Forbidden for who could see none anywhere. Permission: CalendarSee on the school or its branch.
func Towns(tx *db.Tx, by access.Actor, in TownsInput) (db.Page[TownDays], error) {
	page := db.Page[TownDays]{Items: []TownDays{}}
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return page, err
	}
	var c fail.Check
	span(&c, in.From, in.To)
	if err := c.Err(); err != nil {
		return page, err
	}
	q, err := placed(tx, by, org.SiteID{}, "")
	if err != nil {
		return page, err
	}
	q.and("d.planned_on >= ? AND d.planned_on <= ?", in.From, in.To)
	off := []State{Cancelled, NotHeld}
	page.Items, err = db.Ask[TownDays](tx, "SELECT d.planned_on AS `on`, t.code, t.name, SUM(CASE WHEN d.state IN ? THEN 0 ELSE 1 END) AS days, "+
		"SUM(CASE WHEN d.state IN ? THEN 1 ELSE 0 END) AS called_off FROM activity_days d JOIN units u ON u.id = d.site_id "+
		"JOIN units v ON v.id = u.parent_id JOIN units t ON t.id = v.parent_id "+q.text+" GROUP BY d.planned_on, t.code, t.name ORDER BY d.planned_on, t.code",
		append([]any{off, off}, q.args...)...)
	return page, err
}

// Unloaded lists the years from one date to another whose holidays are not entered (本年度放假安排未录入). No permission is
// asked: everybody may know.
func Unloaded(tx *db.Tx, from, to date.Date) ([]int, error) {
	rows, err := db.All[yearRow](tx.Where("`year` >= ? AND `year` <= ?", from.Year(), to.Year()))
	if err != nil {
		return nil, err
	}
	known := make(map[int]bool, len(rows))
	for _, r := range rows {
		known[r.Year] = true
	}
	var out []int
	for y := from.Year(); y <= to.Year(); y++ {
		if !known[y] {
			out = append(out, y)
		}
	}
	return out, nil
}
