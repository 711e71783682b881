package attendancetest

import (
	"testing"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula/curriculatest"
	"huotang/models/db/dbtest"
)

// Publish makes reviewed lessons of 30 minutes and publishes them to the whole township, for the month of dbtest.Start.
func (s School) Publish(t testing.TB, e *dbtest.Env, titles ...string) []courses.LessonID {
	t.Helper()
	clerk := coursestest.Actor(t, e, access.Township, s.Township.Path)
	county := coursestest.Actor(t, e, access.County, s.County.Path)
	course := coursestest.Reviewed(t, e, clerk, county, s.Township.ID, titles[0], titles...)
	out := make([]courses.LessonID, len(course.Lessons))
	for i, l := range course.Lessons {
		out[i] = l.ID
	}
	curriculatest.Publish(t, e, clerk, curriculatest.Draft(t, e, clerk, s.Township.ID, out).ID)
	return out
}
