package progress

import (
	"slices"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/people"
	"huotang/models/settings"
)

// StudyView is what a person has studied in a year, each figure with its reason.
type StudyView struct {
	Person     access.PersonID `json:"person"`
	Name       string          `json:"name"`
	Year       int             `json:"year"`
	AsOf       date.Date       `json:"as_of"` // today, or the last day of a past year
	Sessions   []Studied       `json:"sessions"`
	Count      int             `json:"count"`       // of sessions
	Minutes    int             `json:"minutes"`     // of the sessions
	CentiHours int             `json:"centi_hours"` // of the credits
	Threshold  int             `json:"threshold"`   // centi-hours to reach in the year; 0 for none
	Category   Category        `json:"category"`    // which threshold it is
	Exempt     bool            `json:"exempt"`      // has no threshold, by the register
	Rule       Rule            `json:"rule"`        // in force on AsOf

	Office        *people.OfficeLine `json:"office,omitempty"`        // held on AsOf: why the category is Secretary
	ThresholdFrom date.Date          `json:"threshold_from,omitzero"` // since when that threshold is set; zero for the plan's
}

// Category is the kind of threshold that a person has.
type Category string

// The categories. Villagers and applicants have no threshold; Secretary is whoever is in the committee of a branch.
const (
	NoThreshold Category = ""
	Member      Category = "member"
	Secretary   Category = "secretary"
)

// Studied is a session with what it gave.
type Studied struct {
	attendance.Attended
	Credits    []CreditView `json:"credits"` // one for each lesson taught
	CentiHours int          `json:"centi_hours"`
}

// CreditView says what a lesson gave in one session, and why.
type CreditView struct {
	Lesson     courses.LessonID `json:"lesson"`
	Title      string           `json:"title"`
	Minutes    int              `json:"minutes"`
	CentiHours int              `json:"centi_hours"` // 0 where another session of the year gave it
	Rule       string           `json:"rule"`
	CountedOn  date.Date        `json:"counted_on"` // the day that it counts from: this one, or the other session's
	Here       bool             `json:"here"`       // this session gave it
}

// OwnInput chooses a year.
type OwnInput struct {
	Year int `query:"year"` // 0 means this one
}

// Own reads what the actor has studied. Permission: ProgressOwn; not_found for an account that is nobody's.
func Own(tx *db.Tx, by access.Actor, in OwnInput) (StudyView, error) {
	if err := by.Require(access.ProgressOwn); err != nil {
		return StudyView{}, err
	}
	if by.Person.IsZero() {
		return StudyView{}, fail.NotFound("progress.nobody")
	}
	return study(tx, by.Person, in.Year)
}

// OfPersonInput names a person and a year.
type OfPersonInput struct {
	Person access.PersonID `path:"id"`
	Year   int             `query:"year"`
}

// OfPerson reads what a person has studied. Permission: ProgressSee where the person lives or formally belongs,
// or it is the actor.
func OfPerson(tx *db.Tx, by access.Actor, in OfPersonInput) (StudyView, error) {
	p, err := people.Find(tx, in.Person)
	if err != nil {
		if !by.SignedIn() && by.Job() == "" {
			return StudyView{}, fail.NoSignIn("access.sign_in_first")
		}
		return StudyView{}, err
	}
	if !by.Is(in.Person) {
		if err := by.Require(access.ProgressSee, p.Home()...); err != nil {
			return StudyView{}, err
		}
	}
	return study(tx, in.Person, in.Year)
}

func study(tx *db.Tx, person access.PersonID, year int) (StudyView, error) {
	today := tx.Today()
	if year == 0 {
		year = today.Year()
	}
	var c fail.Check
	c.Range("year", year, 2000, today.Year()+1)
	if err := c.Err(); err != nil {
		return StudyView{}, err
	}
	v := StudyView{Person: person, Year: year, AsOf: date.New(year, 12, 31)}
	if v.AsOf.After(today) {
		v.AsOf = today
	}
	p, err := people.Find(tx, person)
	if err != nil {
		return StudyView{}, err
	}
	v.Name = p.Name
	rule, err := settings.Get(tx, Hours, v.AsOf)
	if err != nil {
		return StudyView{}, err
	}
	v.Rule = rule.Value
	if err := v.sessions(tx); err != nil {
		return StudyView{}, err
	}
	return v, v.threshold(tx)
}

// sessions reads what the person attended and what it gave.
func (v *StudyView) sessions(tx *db.Tx) error {
	attended, err := attendance.AttendedBy(tx, v.Person, v.Year)
	if err != nil {
		return err
	}
	credits, err := db.All[creditRow](tx.Where("person_id = ? AND `year` = ?", v.Person, v.Year))
	if err != nil {
		return err
	}
	counted := make(map[courses.LessonID]creditRow, len(credits))
	for _, c := range credits {
		counted[c.LessonID] = c
		v.CentiHours += c.CentiHours
	}
	taught, err := taughtIn(tx, attended)
	if err != nil {
		return err
	}
	v.Sessions, v.Count = make([]Studied, 0, len(attended)), len(attended)
	for _, a := range attended {
		s := Studied{Attended: a, Credits: []CreditView{}}
		for _, l := range taught[a.Session] {
			s.add(l, counted[l.ID])
		}
		v.Minutes += a.Minutes
		v.Sessions = append(v.Sessions, s)
	}
	return nil
}

// add notes what a lesson of the session gave.
func (s *Studied) add(l attendance.Lesson, c creditRow) {
	out := CreditView{Lesson: l.ID, Title: l.Title, Minutes: l.Minutes, Rule: c.Rule, CountedOn: c.OnDay}
	if c.SessionID != nil && *c.SessionID == s.Session {
		out.Here, out.Minutes, out.CentiHours = true, c.Minutes, c.CentiHours
		s.CentiHours += c.CentiHours
	}
	s.Credits = append(s.Credits, out)
}

func taughtIn(tx *db.Tx, attended []attendance.Attended) (map[attendance.SessionID][]attendance.Lesson, error) {
	out := map[attendance.SessionID][]attendance.Lesson{}
	if len(attended) == 0 {
		return out, nil
	}
	sessions := make([]attendance.SessionID, len(attended))
	for i, a := range attended {
		sessions[i] = a.Session
	}
	rows, err := db.Ask[struct {
		SessionID attendance.SessionID
		ID        courses.LessonID
		Title     string
		Minutes   int
	}](tx, `SELECT sl.session_id, l.id, l.title, l.minutes FROM session_lessons sl JOIN lessons l ON l.id = sl.lesson_id
WHERE sl.session_id IN ? ORDER BY sl.session_id, sl.place`, sessions)
	for _, r := range rows {
		out[r.SessionID] = append(out[r.SessionID], attendance.Lesson{ID: r.ID, Title: r.Title, Minutes: r.Minutes})
	}
	return out, err
}

// threshold finds what the person is to reach in the year, by standing, exemption and office on the day of the figures: who
// has an account, and with which right, is no part of it.
func (v *StudyView) threshold(tx *db.Tx) error {
	rows, err := db.Ask[struct {
		Standing people.Standing
		Exempt   bool
	}](tx, "SELECT COALESCE((SELECT s.standing FROM standings s WHERE s.person_id = ? AND s.since <= ? ORDER BY s.since DESC LIMIT 1), '') AS standing, "+
		"EXISTS (SELECT 1 FROM exemptions e WHERE e.person_id = ? AND e.since <= ? AND (e.`until` IS NULL OR e.`until` >= ?)) AS exempt",
		v.Person, v.AsOf, v.Person, v.AsOf, v.AsOf)
	if err != nil || len(rows) == 0 || !rows[0].Standing.Due() {
		return err
	}
	if v.Exempt = rows[0].Exempt; v.Exempt {
		return nil
	}
	t, err := settings.Get(tx, Threshold, date.New(v.Year, 12, 31))
	if err != nil {
		return err
	}
	v.Category, v.Threshold, v.ThresholdFrom = Member, t.Value.Member, t.ValidFrom
	offices, err := people.OfficesOn(tx, v.Person, v.AsOf)
	for i := range offices {
		if offices[i].Office.InCommittee() {
			v.Category, v.Threshold, v.Office = Secretary, t.Value.Secretary, &offices[i]
			break
		}
	}
	return err
}

// SessionInput names a session.
type SessionInput struct {
	ID attendance.SessionID `path:"id"`
}

// SessionHours says what a session gave to those who came, for its receipt.
type SessionHours struct {
	Lessons    []LessonHours           `json:"lessons"`
	CentiHours int                     `json:"centi_hours"` // that each gets who has none of the lessons yet this year
	ByPerson   map[access.PersonID]int `json:"by_person"`   // centi-hours that this session gave
	Rule       Rule                    `json:"rule"`
}

// LessonHours is a lesson with what it gives.
type LessonHours struct {
	attendance.Lesson
	CentiHours int `json:"centi_hours"`
}

// OfSession reads what a session gave. Permission: SessionsSee on the school or its branch.
func OfSession(tx *db.Tx, by access.Actor, in SessionInput) (SessionHours, error) {
	s, err := attendance.Get(tx, by, attendance.SessionInput{ID: in.ID})
	if err != nil {
		return SessionHours{}, err
	}
	return HoursOf(tx, s)
}

// HoursOf is [OfSession] for a session that the caller has read: of those whom it names.
func HoursOf(tx *db.Tx, s attendance.RollView) (SessionHours, error) {
	rule, err := settings.Get(tx, Hours, s.HeldOn)
	if err != nil {
		return SessionHours{}, err
	}
	v := SessionHours{Lessons: []LessonHours{}, ByPerson: map[access.PersonID]int{}, Rule: rule.Value}
	for _, l := range s.Lessons {
		h := LessonHours{l, rule.Value.CentiHours(l.Minutes)}
		v.Lessons, v.CentiHours = append(v.Lessons, h), v.CentiHours+h.CentiHours
	}
	named := map[access.PersonID]bool{}
	for _, p := range slices.Concat(s.DueList, s.CameList) {
		named[p.Person] = true
	}
	rows, err := db.All[creditRow](tx.Where("session_id = ?", s.ID))
	for _, c := range rows {
		if named[c.PersonID] {
			v.ByPerson[c.PersonID] += c.CentiHours
		}
	}
	return v, err
}
