package attendance

import (
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/org"
)

// Task is what a host has to do today.
type Task string

// The tasks.
const (
	Nothing    Task = "nothing"   // neither today nor left over
	DueToday   Task = "due"       // today is an activity day and nothing is started
	Started    Task = "opened"    // started, the roll not handed in
	Done       Task = "submitted" // today's roll is handed in
	Overdue    Task = "overdue"   // a past activity day without a record
	CalledOff  Task = "not_held"  // somebody said that today's activity does not take place
	unfinished      = 62          // days back that an open session is still asked about
)

// TodayView is what stands first on a host's home.
type TodayView struct {
	Site     org.SiteID        `json:"site"`
	SiteName string            `json:"site_name"`
	Task     Task              `json:"task"`
	Day      *calendar.DayView `json:"day"`     // the activity day that the task is about
	Session  *SessionView      `json:"session"` // the session that the task is about
	Left     *SessionView      `json:"left"`    // an older session still open, beside the task
	Next     *calendar.DayView `json:"next"`    // the next activity day after today
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
		in.Site, today.AddDays(-unfinished), Opened, HandedIn, today).Order("held_on DESC, made_at DESC"))
	if err != nil {
		return TodayView{}, err
	}
	v.Day, v.Next = days.Due, days.Next
	v.choose(rows, func(s sessionRow) *SessionView {
		out := view(s, school, by)
		return &out
	}, tx)
	return v, nil
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
	case state == calendar.NotHeld:
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
