package progress

import (
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/settings"
)

// pair is what a credit is about.
type pair struct {
	person access.PersonID
	lesson courses.LessonID
	year   int
}

// given says when a person studied a lesson, and how long it is.
type given struct {
	on      date.Date
	minutes int
}

// pairs lists what a session gives.
func pairs(t attendance.Taught) map[pair]given {
	out := make(map[pair]given, len(t.Lessons)*len(t.Came))
	for _, a := range t.Came {
		for _, l := range t.Lessons {
			out[pair{a.Person, l.ID, a.On.Year()}] = given{a.On, l.Minutes}
		}
	}
	return out
}

// differ splits the pairs into those that a session gives now and did not before, and those
// that it gives no more or on another day.
func differ(before, after map[pair]given) (gained, lost []pair) {
	for p, now := range after {
		was, ok := before[p]
		switch {
		case !ok:
			gained = append(gained, p)
		case was.on != now.on:
			lost = append(lost, p)
		}
	}
	for p := range before {
		if _, ok := after[p]; !ok {
			lost = append(lost, p)
		}
	}
	slices.SortFunc(gained, pair.compare)
	slices.SortFunc(lost, pair.compare)
	return gained, lost
}

// compare is the order in which credits are written, that of their key.
func (p pair) compare(q pair) int {
	if c := slices.Compare(p.person[:], q.person[:]); c != 0 {
		return c
	}
	if c := slices.Compare(p.lesson[:], q.lesson[:]); c != 0 {
		return c
	}
	return p.year - q.year
}

// Credit gives and takes back study hours for what an item of a roll has changed; app registers it
// with [attendance.Area.OnSubmitted]. A credit stays with the session that gave it first.
func Credit(tx *db.Tx, _ access.Actor, s attendance.Submitted) error {
	after := pairs(s.After)
	gained, lost := differ(pairs(s.Before), after)
	rules := rulesOf{tx: tx, found: map[date.Date]Rule{}}
	if err := reconsider(tx, s.Session, lost, rules); err != nil {
		return err
	}
	rows := make([][]any, len(gained))
	for i, p := range gained {
		g := after[p]
		rule, err := rules.on(g.on)
		if err != nil {
			return err
		}
		rows[i] = []any{
			p.person, p.lesson, p.year, g.minutes, rule.CentiHours(g.minutes), rule.Code, fromSession, s.Session, g.on, tx.Now,
		}
	}
	return bulkCredits.Fill(tx, rows)
}

// bulkCredits leaves a credit that is there with the session that gave it.
var bulkCredits = db.Bulk{
	Table: "credits",
	Columns: []string{
		"person_id", "lesson_id", "year", "minutes", "centi_hours", "rule", "source", "session_id", "on_day", "made_at",
	},
	Keys: []string{"person_id", "lesson_id", "year"},
}

// rulesOf remembers the rule of each day of study.
type rulesOf struct {
	tx    *db.Tx
	found map[date.Date]Rule
}

func (r rulesOf) on(day date.Date) (Rule, error) {
	if rule, ok := r.found[day]; ok {
		return rule, nil
	}
	f, err := settings.Get(r.tx, Hours, day)
	r.found[day] = f.Value
	return f.Value, err
}

// reconsider finds for credits that the session gave and gives no more another session of the year that
// gives them, or takes them back. The credits are locked before other sessions' marks are read, so that of two
// corrections at once the second sees what the first has left.
func reconsider(tx *db.Tx, session attendance.SessionID, lost []pair, rules rulesOf) error {
	if len(lost) == 0 {
		return nil
	}
	persons, lessons := sides(lost)
	held, err := db.All[creditRow](tx.Locked().Where("person_id IN ? AND lesson_id IN ?", persons, lessons))
	if err != nil {
		return err
	}
	others, err := sources(tx, persons, lessons)
	if err != nil {
		return err
	}
	for _, c := range held {
		p := pair{c.PersonID, c.LessonID, c.Year}
		if c.SessionID == nil || *c.SessionID != session || !slices.Contains(lost, p) {
			continue
		}
		if err := replace(tx, p, others, rules); err != nil {
			return err
		}
	}
	return nil
}

func sides(list []pair) ([]access.PersonID, []courses.LessonID) {
	var persons []access.PersonID
	var lessons []courses.LessonID
	for _, p := range list {
		if !slices.Contains(persons, p.person) {
			persons = append(persons, p.person)
		}
		if !slices.Contains(lessons, p.lesson) {
			lessons = append(lessons, p.lesson)
		}
	}
	return persons, lessons
}

// source is a session that gives a person a lesson.
type source struct {
	PersonID access.PersonID
	LessonID courses.LessonID
	ID       attendance.SessionID
	OnDay    date.Date
	Minutes  int
}

// sources lists which sessions give the lessons to the persons, the earliest first.
func sources(tx *db.Tx, persons []access.PersonID, lessons []courses.LessonID) ([]source, error) {
	return db.Ask[source](tx, `SELECT m.person_id, sl.lesson_id, s.id, COALESCE(m.made_up_on, s.held_on) AS on_day, l.minutes
FROM marks m JOIN sessions s ON s.id = m.session_id JOIN session_lessons sl ON sl.session_id = s.id JOIN lessons l ON l.id = sl.lesson_id
WHERE m.person_id IN ? AND sl.lesson_id IN ? AND m.state IN ? AND s.state = ? ORDER BY on_day, s.id`,
		persons, lessons, []attendance.State{attendance.Present, attendance.MadeUp, attendance.Observer}, attendance.HandedIn)
}

// replace gives the credit to the earliest session that has it, or takes it back.
func replace(tx *db.Tx, p pair, others []source, rules rulesOf) error {
	key := tx.Model(&creditRow{}).Where("person_id = ? AND lesson_id = ? AND `year` = ?", p.person, p.lesson, p.year)
	i := slices.IndexFunc(others, func(o source) bool {
		return o.PersonID == p.person && o.LessonID == p.lesson && o.OnDay.Year() == p.year
	})
	if i < 0 {
		if err := key.Delete(&creditRow{}).Error; err != nil {
			return fmt.Errorf("progress: %w", err)
		}
		return nil
	}
	o := others[i]
	rule, err := rules.on(o.OnDay)
	if err != nil {
		return err
	}
	_, err = db.Set(key, map[string]any{
		"session_id": o.ID, "on_day": o.OnDay, "minutes": o.Minutes, "centi_hours": rule.CentiHours(o.Minutes),
		"rule": rule.Code, "made_at": tx.Now,
	})
	return err
}
