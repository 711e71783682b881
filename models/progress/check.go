package progress

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
)

// CheckCredits recomputes from the rolls who studied which lesson in which year, and lists where the credits
// differ; empty when all is well. Which of several sessions a credit stands beside is not compared, but it must be
// one that gives it. It reads and changes nothing.
func CheckCredits(tx *db.Tx) ([]attendance.Difference, error) {
	rows, err := db.Ask[struct {
		PersonID access.PersonID
		LessonID courses.LessonID
		ID       attendance.SessionID
		OnDay    date.Date
	}](tx, `SELECT m.person_id, sl.lesson_id, s.id, COALESCE(m.made_up_on, s.held_on) AS on_day
FROM marks m JOIN sessions s ON s.id = m.session_id JOIN session_lessons sl ON sl.session_id = s.id WHERE m.state IN ? AND s.state = ?`,
		[]attendance.State{attendance.Present, attendance.MadeUp, attendance.Observer}, attendance.HandedIn)
	if err != nil {
		return nil, err
	}
	want := map[pair]map[attendance.SessionID]date.Date{}
	for _, r := range rows {
		p := pair{r.PersonID, r.LessonID, r.OnDay.Year()}
		if want[p] == nil {
			want[p] = map[attendance.SessionID]date.Date{}
		}
		want[p][r.ID] = r.OnDay
	}
	credits, err := db.All[creditRow](tx.Order("person_id, lesson_id, `year`"))
	if err != nil {
		return nil, err
	}
	out := []attendance.Difference{}
	for _, c := range credits {
		p := pair{c.PersonID, c.LessonID, c.Year}
		if c.SessionID == nil || want[p][*c.SessionID] != c.OnDay || c.OnDay.IsZero() {
			out = append(out, difference(p, fmt.Sprintf("by %v on %s", c.SessionID, c.OnDay), fmt.Sprint(want[p])))
		}
		delete(want, p)
	}
	for p, by := range want {
		out = append(out, difference(p, "", fmt.Sprint(by)))
	}
	return out, nil
}

func difference(p pair, stored, rows string) attendance.Difference {
	return attendance.Difference{Object: "credit", ID: fmt.Sprintf("%s %s %d", p.person, p.lesson, p.year), Stored: stored, Rows: rows}
}
