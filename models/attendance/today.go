package attendance

import (
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
)

// Task is what a host has to do today.
type Task string

// The tasks.
const (
	Nothing   Task = "nothing"   // neither today nor left over
	DueToday  Task = "due"       // today is an activity day and nothing is started
	Started   Task = "opened"    // started, the roll not handed in
	Done      Task = "submitted" // today's roll is handed in
	Overdue   Task = "overdue"   // a past activity day without a record
	CalledOff Task = "not_held"  // somebody said that today's activity does not take place

	unfinished = 62 // days back that an open session is still asked about
	mostOpen   = 20 // sessions looked at
)

// TodayView is what stands first on a host's home.
type TodayView struct {
	Site     org.SiteID        `json:"site"`
	SiteName string            `json:"site_name"`
	Task     Task              `json:"task"`
	Day      *calendar.DayView `json:"day"`      // the activity day that the task is about
	Session  *SessionView      `json:"session"`  // the session that the task is about
	Left     *SessionView      `json:"left"`     // an older session still open, beside the task
	Next     *calendar.DayView `json:"next"`     // the next activity day after today
	Month    date.Month        `json:"month"`    // of Plan: that of the activity day, or this one
	Plan     []Planned         `json:"plan"`     // what is to be taught in the month
	Exchange *exchange.Card    `json:"exchange"` // the meeting of the exchange week that is near
	Period   *calendar.Period  `json:"period"`   // until when the overdue day's month may be handed in; null for other tasks
}

// Planned is a lesson of the month's plan.
type Planned struct {
	curricula.PlanItem
	TaughtOn date.Date `json:"taught_on,omitzero"` // the last day of this year on which it was taught at the school
}

// TodayInput names a school.
type TodayInput struct {
	Site org.SiteID `path:"id"`
}

// Today says what a school has to do today. Permission: SessionsSee on the school or its branch.
func Today(tx *db.Tx, by access.Actor, in TodayInput) (TodayView, error) {
	school, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return TodayView{}, hide(by, err)
	}
	if err := by.Require(access.SessionsSee, school.Paths()...); err != nil {
		return TodayView{}, err
	}
	v := TodayView{Site: school.ID, SiteName: school.Name, Task: Nothing}
	days, err := calendar.Today(tx, by, calendar.TodayInput{Site: in.Site})
	if err != nil {
		return TodayView{}, err
	}
	today := tx.Today()
	rows, err := db.All[sessionRow](tx.Where("site_id = ? AND held_on >= ? AND (state = ? OR state = ? AND held_on = ?)",
		in.Site, today.AddDays(-unfinished), Opened, HandedIn, today).Order("held_on DESC, made_at DESC").Limit(mostOpen))
	if err != nil {
		return TodayView{}, err
	}
	v.Day, v.Next = days.Due, days.Next
	v.choose(rows, func(s sessionRow) *SessionView {
		out := view(s, school, by)
		return &out
	}, tx)
	v.Month = today.Month()
	if v.Day != nil {
		v.Month = v.Day.Month
	}
	if meets, ok, err := exchange.Coming(tx, school.ID); err != nil {
		return TodayView{}, err
	} else if ok {
		v.Exchange = &meets
	}
	if v.Task == Overdue {
		p, err := calendar.PeriodOf(tx, in.Site, v.Month)
		if err != nil {
			return v, err
		}
		v.Period = &p
	}
	v.Plan, err = planOf(tx, school, v.Month)
	return v, err
}

// PlanInput names a school and a month.
type PlanInput struct {
	Site  org.SiteID `path:"id"`
	Month date.Month `query:"month"` // zero means this one
}

// Plan lists what is to be taught at a school in a month, with the day on which it was. Permission: SessionsSee on
// the school or its branch.
func Plan(tx *db.Tx, by access.Actor, in PlanInput) ([]Planned, error) {
	school, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return nil, hide(by, err)
	}
	if err := by.Require(access.SessionsSee, school.Paths()...); err != nil {
		return nil, err
	}
	if in.Month.IsZero() {
		in.Month = tx.Today().Month()
	}
	return planOf(tx, school, in.Month)
}

func planOf(tx *db.Tx, school org.School, month date.Month) ([]Planned, error) {
	items, err := curricula.PlanOf(tx, school, month)
	if err != nil || len(items) == 0 {
		return []Planned{}, err
	}
	rows, err := db.Ask[struct {
		LessonID courses.LessonID
		OnDay    date.Date
	}](tx, `SELECT sl.lesson_id, MAX(s.held_on) AS on_day FROM sessions s JOIN session_lessons sl ON sl.session_id = s.id
WHERE s.site_id = ? AND s.state = ? AND s.held_on >= ? AND s.held_on <= ? GROUP BY sl.lesson_id`,
		school.ID, HandedIn, date.New(month.Year(), 1, 1), date.New(month.Year(), 12, 31))
	if err != nil {
		return nil, err
	}
	taught := make(map[courses.LessonID]date.Date, len(rows))
	for _, r := range rows {
		taught[r.LessonID] = r.OnDay
	}
	out := make([]Planned, len(items))
	for i, item := range items {
		out[i] = Planned{item, taught[item.Lesson]}
	}
	return out, nil
}

// choose picks the task: what is open today, what is due today, what was handed in today, what was left open,
// what has no record.
func (v *TodayView) choose(rows []sessionRow, see func(sessionRow) *SessionView, tx *db.Tx) {
	today := tx.Today()
	var left, open, done *sessionRow
	for i := range rows {
		switch s := &rows[i]; {
		case s.State == HandedIn:
			done = pick(done, s)
		case s.HeldOn == today:
			open = pick(open, s)
		default:
			left = pick(left, s)
		}
	}
	state := calendar.State("")
	if v.Day != nil {
		state = v.Day.State
	}
	switch {
	case open != nil:
		v.Task, v.Session = Started, see(*open)
	case state == calendar.DueToday:
		v.Task = DueToday
	case done != nil:
		v.Task, v.Session = Done, see(*done)
	case left != nil:
		v.Task, v.Session = Started, see(*left)
		return
	case state == calendar.NoRecord:
		v.Task = Overdue
	case state == calendar.NotHeld || state == calendar.Cancelled:
		v.Task = CalledOff
	}
	if left != nil {
		v.Left = see(*left)
	}
}

// pick keeps the first.
func pick(have, s *sessionRow) *sessionRow {
	if have != nil {
		return have
	}
	return s
}

// TaughtAt gives the lessons that schools have taught in sessions since a day, for models/exchange.
func TaughtAt(tx *db.Tx, sites []org.SiteID, since date.Date) (map[org.SiteID][]courses.LessonID, error) {
	rows, err := db.Ask[struct {
		SiteID   org.SiteID
		LessonID courses.LessonID
	}](tx, `SELECT DISTINCT s.site_id, sl.lesson_id FROM sessions s JOIN session_lessons sl ON sl.session_id = s.id
WHERE s.site_id IN ? AND s.state = ? AND s.held_on >= ?`, sites, HandedIn, since)
	out := make(map[org.SiteID][]courses.LessonID, len(sites))
	for _, r := range rows {
		out[r.SiteID] = append(out[r.SiteID], r.LessonID)
	}
	return out, err
}

// Waiting reports that something about the school's rolls waits for a word of its host: two phones that differ, somebody's own row, a question.
// It says not how much. Permission: SessionsSubmit on the school.
func Waiting(tx *db.Tx, by access.Actor, in TodayInput) (bool, error) {
	school, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return false, hide(by, err)
	}
	if err := by.Require(access.SessionsSubmit, school.Paths()...); err != nil {
		return false, err
	}
	rows, err := db.Ask[int](tx, `SELECT CASE WHEN EXISTS (SELECT 1 FROM roll_questions q WHERE q.site_id = ? AND q.open = 1)
OR EXISTS (SELECT 1 FROM mark_conflicts c JOIN sessions s ON s.id = c.session_id WHERE s.site_id = ? AND s.state <> ? AND c.settled_at IS NULL)
OR EXISTS (SELECT 1 FROM mark_disputes d JOIN sessions s ON s.id = d.session_id WHERE s.site_id = ? AND d.open = 1) THEN 1 ELSE 0 END`,
		school.ID, school.ID, Withdrawn, school.ID)
	return len(rows) == 1 && rows[0] == 1, err
}
