package attendancetest

import (
	"testing"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
)

// Publish makes reviewed lessons of 30 minutes and publishes them to the whole township, by rows.
func (s School) Publish(t testing.TB, e *dbtest.Env, titles ...string) []courses.LessonID {
	t.Helper()
	clerk := coursestest.Actor(t, e, access.Township, s.Township.Path)
	county := coursestest.Actor(t, e, access.County, s.County.Path)
	course := coursestest.Reviewed(t, e, clerk, county, s.Township.ID, titles[0], titles...)
	var out []courses.LessonID
	e.Do(t, func(tx *db.Tx) error {
		out = nil
		plan := id.New[courses.View]()
		err := tx.Exec("INSERT INTO curricula (id, unit_id, `year`, title, version, revision, author_id, made_at, changed_at) VALUES (?, ?, 2026, '', 1, 1, ?, ?, ?)",
			plan, s.Township.ID, clerk.Account, tx.Now, tx.Now).Error
		if err != nil {
			return err
		}
		err = tx.Exec("INSERT INTO curriculum_audience (curriculum_id, version, unit_id) VALUES (?, 1, ?)", plan, s.Township.ID).Error
		for i, l := range course.Lessons {
			out = append(out, l.ID)
			if err == nil {
				err = tx.Exec("INSERT INTO curriculum_items (curriculum_id, version, place, `month`, lesson_id, required) VALUES (?, 1, ?, '2026-11', ?, ?)",
					plan, i, l.ID, true).Error
			}
		}
		return err
	})
	return out
}
