// Package coursestest builds courses for tests, through the area's own ops.
package coursestest

import (
	"testing"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
)

// Actor makes an account with one role on the unit with the path.
func Actor(t testing.TB, e *dbtest.Env, role access.Role, path string) access.Actor {
	t.Helper()
	var unit org.Unit
	e.See(t, func(tx *db.Tx) (err error) {
		unit, err = db.One[org.Unit](tx.Where("path = ?", path), "org.unit_missing")
		return err
	})
	return accountstest.As(t, e, role, unit.ID)
}

// Course makes a course of the unit with a talk of 30 minutes for each title.
func Course(t testing.TB, e *dbtest.Env, by access.Actor, unit org.UnitID, title string, lessons ...string) courses.View {
	t.Helper()
	var v courses.View
	e.Do(t, func(tx *db.Tx) error {
		a := courses.New()
		c, err := a.Create(tx, by, courses.CreateInput{Unit: unit, Task: courses.Skills, Title: title, Lecturer: "茶文光"})
		if err != nil {
			return err
		}
		for _, l := range lessons {
			_, err := a.AddLesson(tx, by, courses.AddLessonInput{
				Course: c.ID, Title: l, Medium: courses.Talk, Minutes: 30, Language: courses.Dialect,
			})
			if err != nil {
				return err
			}
		}
		v, err = courses.Get(tx, by, courses.GetInput{ID: c.ID})
		return err
	})
	return v
}

// Review reviews every lesson of a course that is not reviewed yet.
func Review(t testing.TB, e *dbtest.Env, by access.Actor, course courses.CourseID) courses.View {
	t.Helper()
	var v courses.View
	e.Do(t, func(tx *db.Tx) error {
		c, err := courses.Get(tx, by, courses.GetInput{ID: course})
		if err != nil {
			return err
		}
		for _, l := range c.Lessons {
			if _, err := courses.New().Review(tx, by, courses.ReviewInput{ID: l.ID, Revision: l.Revision}); err != nil {
				return err
			}
		}
		v, err = courses.Get(tx, by, courses.GetInput{ID: course})
		return err
	})
	return v
}

// Reviewed makes a course and has another person review all of its lessons.
func Reviewed(t testing.TB, e *dbtest.Env, author, reviewer access.Actor, unit org.UnitID, title string, lessons ...string) courses.View {
	t.Helper()
	return Review(t, e, reviewer, Course(t, e, author, unit, title, lessons...).ID)
}
