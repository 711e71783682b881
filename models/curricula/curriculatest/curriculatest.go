// Package curriculatest builds curricula for tests, through the area's own ops.
package curriculatest

import (
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
)

// Year is that of [dbtest.Start], Month its month.
var (
	Year  = date.Of(dbtest.Start).Year()
	Month = date.Of(dbtest.Start).Month()
)

// In is a month of Year.
func In(m time.Month) date.Month { return date.NewMonth(Year, m) }

// Draft makes a curriculum of the unit for Year with the lessons, all of them required in Month, for
// the given schools, or for the whole unit when none is given.
func Draft(t testing.TB, e *dbtest.Env, by access.Actor, unit org.UnitID, lessons []courses.LessonID, sites ...org.SiteID) curricula.View {
	t.Helper()
	var v curricula.View
	e.Do(t, func(tx *db.Tx) error {
		a := curricula.New()
		var err error
		if v, err = a.Create(tx, by, curricula.CreateInput{Unit: unit, Year: Year, Title: "学习安排"}); err != nil {
			return err
		}
		in := curricula.SetItemsInput{ID: v.ID, Revision: v.Revision}
		for _, l := range lessons {
			in.Items = append(in.Items, curricula.ItemInput{Lesson: l, Month: Month, Required: true})
		}
		if v, err = a.SetItems(tx, by, in); err != nil || len(sites) == 0 {
			return err
		}
		v, err = a.SetAudience(tx, by, curricula.SetAudienceInput{ID: v.ID, Revision: v.Revision, Sites: sites})
		return err
	})
	return v
}

// Publish publishes a draft as it stands.
func Publish(t testing.TB, e *dbtest.Env, by access.Actor, c curricula.CurriculumID) curricula.Published {
	t.Helper()
	var p curricula.Published
	e.Do(t, func(tx *db.Tx) error {
		v, err := curricula.Get(tx, by, curricula.GetInput{ID: c})
		if err != nil {
			return err
		}
		p, err = curricula.New().Publish(tx, by, curricula.PublishInput{ID: c, Revision: v.Revision})
		return err
	})
	return p
}

// Published is [Draft] and [Publish] in one.
func Published(t testing.TB, e *dbtest.Env, by access.Actor, unit org.UnitID, lessons []courses.LessonID, sites ...org.SiteID) curricula.CurriculumID {
	t.Helper()
	v := Draft(t, e, by, unit, lessons, sites...)
	Publish(t, e, by, v.ID)
	return v.ID
}

// Lessons lists the IDs of a course's lessons.
func Lessons(v courses.View) []courses.LessonID {
	out := make([]courses.LessonID, len(v.Lessons))
	for i, l := range v.Lessons {
		out[i] = l.ID
	}
	return out
}
