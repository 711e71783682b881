package attendance

import (
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// SummaryInput names a school and a span of days; without days it is this year.
type SummaryInput struct {
	Site org.SiteID `path:"id"`
	From date.Date  `query:"from"`
	To   date.Date  `query:"to"`
}

// Summary is what a school has held.
type Summary struct {
	Sessions    int       `json:"sessions"`    // 次, submitted
	Attendances int       `json:"attendances"` // 人次
	People      int       `json:"people"`      // 人数: distinct people of the roster who came or made up; in whole months of the span
	Due         int       `json:"due"`         // 应到 over the sessions
	Present     int       `json:"present"`     // 到会 and 补学 over the sessions, out of Due
	Minutes     int       `json:"minutes"`
	LastOn      date.Date `json:"last_on"` // zero when there is none
}

// SummaryOfSite sums a school's sessions. Permission: SessionsSee on the school or its branch.
func SummaryOfSite(tx *db.Tx, by access.Actor, in SummaryInput) (Summary, error) {
	school, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return Summary{}, hide(by, err)
	}
	if err := by.Require(access.SessionsSee, school.Paths()...); err != nil {
		return Summary{}, err
	}
	if in.From.IsZero() {
		in.From = date.New(tx.Today().Year(), 1, 1)
	}
	if in.To.IsZero() {
		in.To = tx.Today()
	}
	rows, err := db.Ask[Summary](tx, `SELECT COUNT(*) AS sessions, COALESCE(SUM(minutes), 0) AS minutes, COALESCE(SUM(due), 0) AS due,
COALESCE(SUM(present + made_up), 0) AS present, MAX(held_on) AS last_on,
COALESCE(SUM(present + made_up + observers + guests + adults + children), 0) AS attendances
FROM sessions WHERE site_id = ? AND state = ? AND held_on >= ? AND held_on <= ?`, in.Site, HandedIn, in.From, in.To)
	if err != nil {
		return Summary{}, err
	}
	people, err := db.Ask[int](tx, "SELECT COUNT(DISTINCT person_id) FROM person_months WHERE site_id = ? AND `month` >= ? AND `month` <= ?",
		in.Site, in.From.Month(), in.To.Month())
	if err != nil {
		return Summary{}, err
	}
	rows[0].People = people[0]
	return rows[0], nil
}

// Attended is a session that a person was at, or made up.
type Attended struct {
	Session  SessionID  `json:"session" gorm:"column:id"`
	Site     org.SiteID `json:"site" gorm:"column:site_id"`
	SiteName string     `json:"site_name"`
	HeldOn   date.Date  `json:"held_on"`
	Kinds    string     `json:"-"`
	KindList []Kind     `json:"kinds" gorm:"-"`
	Minutes  int        `json:"minutes"`
	State    State      `json:"state"`
	MadeUpOn date.Date  `json:"made_up_on,omitzero"`
}

// Studied is the day that the person studied: of the session, or on which it was made up.
func (a Attended) Studied() date.Date {
	if a.State == MadeUp {
		return a.MadeUpOn
	}
	return a.HeldOn
}

// AttendedBy lists the sessions that a person studied at in a year, the newest first. No permission is asked: the
// caller's op does.
func AttendedBy(tx *db.Tx, person access.PersonID, year int) ([]Attended, error) {
	rows, err := db.Ask[Attended](tx, `SELECT s.id, s.site_id, u.name AS site_name, s.held_on, s.kinds, s.minutes, m.state, m.made_up_on
FROM marks m JOIN sessions s ON s.id = m.session_id JOIN units u ON u.id = s.site_id
WHERE m.person_id = ? AND m.state IN ? AND s.state = ? AND COALESCE(m.made_up_on, s.held_on) >= ? AND COALESCE(m.made_up_on, s.held_on) <= ?
ORDER BY s.held_on DESC, s.id`, person, []State{Present, MadeUp, Observer}, HandedIn, date.New(year, 1, 1), date.New(year, 12, 31))
	for i := range rows {
		rows[i].KindList = splitKinds(rows[i].Kinds)
	}
	return rows, err
}
