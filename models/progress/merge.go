package progress

import (
	"encoding/json"
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/people"
)

// moved is the credits of both persons as they were before a merge.
type moved struct {
	Kept []creditRow `json:"kept"`
	Gone []creditRow `json:"gone"`
}

// PeoplePart counts study hours anew when two records turn out to be one person's; app registers it with [people.Area.OnMerged],
// behind attendance, whose marks it counts by. A lesson that both have studied counts once.
func PeoplePart() people.Part {
	return people.Part{Name: "progress", Move: move, Back: moveBack, Has: has}
}

func has(tx *db.Tx, person access.PersonID) ([]people.Fact, error) {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM credits WHERE person_id = ?", person)
	if err != nil {
		return nil, err
	}
	return []people.Fact{{Code: "people.has_credits", N: n[0]}}, nil
}

func move(tx *db.Tx, _ access.Actor, m people.Merging) (any, error) {
	var o moved
	var err error
	if o.Kept, err = creditsOf(tx, m.Kept); err != nil {
		return nil, err
	}
	if o.Gone, err = creditsOf(tx, m.Gone); err != nil {
		return nil, err
	}
	return o, recount(tx, m.Kept, m.Gone, append(o.Kept, as(m.Kept, o.Gone)...))
}

// moveBack counts both persons anew; a credit that stood before the merge and is still borne out by a roll stands again.
func moveBack(tx *db.Tx, _ access.Actor, m people.Merging, memory []byte) error {
	var o moved
	if err := json.Unmarshal(memory, &o); err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	now, err := creditsOf(tx, m.Kept)
	if err != nil {
		return err
	}
	fromRolls := slices.DeleteFunc(slices.Clone(now), func(c creditRow) bool { return c.SessionID == nil })
	own := slices.DeleteFunc(now, func(c creditRow) bool { return c.SessionID == nil && stands(o.Gone, c) && !stands(o.Kept, c) })
	prefer := append(append(o.Kept, own...), o.Gone...)
	return recount(tx, m.Kept, m.Gone, append(prefer, as(m.Gone, fromRolls)...))
}

// stands reports whether there is a credit for the same lesson and year.
func stands(list []creditRow, c creditRow) bool {
	return slices.ContainsFunc(list, func(x creditRow) bool { return x.LessonID == c.LessonID && x.Year == c.Year })
}

func creditsOf(tx *db.Tx, person access.PersonID) ([]creditRow, error) {
	return db.All[creditRow](tx.Locked().Where("person_id = ?", person).Order("lesson_id, `year`"))
}

// as gives the credits for another person.
func as(person access.PersonID, rows []creditRow) []creditRow {
	out := make([]creditRow, len(rows))
	for i, r := range rows {
		out[i] = r
		out[i].PersonID = person
	}
	return out
}

// recount writes the credits of two persons anew from their rolls. Of each the first preferred row stands that a roll bears
// out, or that comes from no roll; without one the earliest session gives it.
func recount(tx *db.Tx, a, b access.PersonID, prefer []creditRow) error {
	given, order, err := everySource(tx, a, b)
	if err != nil {
		return err
	}
	rows := map[pair]creditRow{}
	for _, c := range prefer {
		p := pair{c.PersonID, c.LessonID, c.Year}
		if _, done := rows[p]; !done && (c.SessionID == nil || given[p][*c.SessionID] == c.OnDay) {
			rows[p] = c
		}
	}
	rules := rulesOf{tx: tx, found: map[date.Date]Rule{}}
	for _, s := range order {
		p := pair{s.PersonID, s.LessonID, s.OnDay.Year()}
		if _, done := rows[p]; done {
			continue
		}
		rule, err := rules.on(s.OnDay)
		if err != nil {
			return err
		}
		session := s.ID
		rows[p] = creditRow{p.person, p.lesson, p.year, s.Minutes, rule.CentiHours(s.Minutes), rule.Code, fromSession, &session, s.OnDay, tx.Now}
	}
	if err := tx.Where("person_id IN ?", []access.PersonID{a, b}).Delete(&creditRow{}).Error; err != nil {
		return fmt.Errorf("progress: %w", err)
	}
	list := make([]creditRow, 0, len(rows))
	for _, c := range rows {
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil
	}
	return db.Insert(tx, &list)
}

// everySource lists what the rolls give two persons, the earliest first, and by credit.
func everySource(tx *db.Tx, a, b access.PersonID) (map[pair]map[attendance.SessionID]date.Date, []source, error) {
	list, err := db.Ask[source](tx, `SELECT m.person_id, sl.lesson_id, s.id, COALESCE(m.made_up_on, s.held_on) AS on_day, l.minutes
FROM marks m JOIN sessions s ON s.id = m.session_id JOIN session_lessons sl ON sl.session_id = s.id JOIN lessons l ON l.id = sl.lesson_id
WHERE m.person_id IN ? AND m.state IN ? AND s.state = ? ORDER BY on_day, s.id`,
		[]access.PersonID{a, b}, []attendance.State{attendance.Present, attendance.MadeUp, attendance.Observer}, attendance.HandedIn)
	given := map[pair]map[attendance.SessionID]date.Date{}
	for _, s := range list {
		p := pair{s.PersonID, s.LessonID, s.OnDay.Year()}
		if given[p] == nil {
			given[p] = map[attendance.SessionID]date.Date{}
		}
		given[p][s.ID] = s.OnDay
	}
	return given, list, err
}
