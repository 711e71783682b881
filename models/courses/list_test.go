package courses_test

import (
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/fail"
)

// A township sees of the county's courses what is reviewed, and may change none of it.
func TestTownshipSeesTheCountys(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := coursestest.Course(t, w.Env, w.county, w.County.ID, "学党章", "义务", "权利")
		want(t, "a draft of the county", w.try(func(tx *db.Tx) error {
			_, err := courses.Get(tx, w.clerk, courses.GetInput{ID: v.ID})
			return err
		}), fail.Missing)
		want(t, "a draft's edit", w.edit(w.clerk, v.Lessons[0], "改"), fail.Missing)
		want(t, "the county's review", w.review(w.second, v.Lessons[1]), ok)
		w.See(t, func(tx *db.Tx) error {
			got, err := courses.Get(tx, w.clerk, courses.GetInput{ID: v.ID})
			if err == nil && (len(got.Lessons) != 1 || got.Lessons[0].Title != "权利") {
				t.Errorf("a township sees %v", got.Lessons)
			}
			return err
		})
		want(t, "the edit of a seen course", w.edit(w.clerk, v.Lessons[0], "改"), fail.ForbiddenAct)
		want(t, "the review of a seen course", w.review(w.clerk, v.Lessons[0]), fail.ForbiddenAct)
		w.See(t, func(tx *db.Tx) error {
			for _, by := range []access.Actor{w.clerk, w.far, w.lecturer, w.county} {
				page, err := courses.List(tx, by, courses.ListInput{})
				if err != nil {
					return err
				}
				lessons := 1
				if by.Account == w.county.Account {
					lessons = 2
				}
				if len(page.Items) != 1 || page.Items[0].Lessons != lessons || page.Items[0].Editable != (lessons == 2) {
					t.Errorf("%s lists %+v", by.Name, page.Items)
				}
			}
			_, err := courses.GetLesson(tx, w.clerk, courses.GetLessonInput{ID: v.Lessons[0].ID})
			want(t, "the county's unreviewed lesson", err, fail.Missing)
			_, err = courses.GetLesson(tx, w.clerk, courses.GetLessonInput{ID: v.Lessons[1].ID})
			return err
		})
	})
}

func TestList(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		tea := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园冬管", "剪枝", "施肥")
		coursestest.Reviewed(t, w.Env, w.county, w.second, w.County.ID, "学党章", "义务")
		coursestest.Course(t, w.Env, w.far, w.Township2.ID, "核桃", "修枝")
		empty := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "空课")
		titles := func(by access.Actor, in courses.ListInput) string {
			t.Helper()
			var out []string
			w.See(t, func(tx *db.Tx) error {
				page, err := courses.List(tx, by, in)
				for _, i := range page.Items {
					out = append(out, i.Title)
				}
				return err
			})
			return strings.Join(out, " ")
		}
		for _, c := range []struct {
			by   access.Actor
			in   courses.ListInput
			list string
		}{
			{w.clerk, courses.ListInput{}, "学党章 空课 茶园冬管"},
			{w.county, courses.ListInput{}, "学党章 核桃 空课 茶园冬管"},
			{w.far, courses.ListInput{}, "学党章 核桃"},
			{w.clerk, courses.ListInput{Q: "茶园"}, "茶园冬管"},
			{w.clerk, courses.ListInput{Q: "chayuan"}, "茶园冬管"},
			{w.clerk, courses.ListInput{Q: "CYDG"}, "茶园冬管"},
			{w.clerk, courses.ListInput{Q: "shi fei"}, "茶园冬管"},
			{w.clerk, courses.ListInput{Q: "修枝"}, ""},
			{w.clerk, courses.ListInput{Q: "cwg"}, "学党章 空课 茶园冬管"}, // the lecturer
			{w.clerk, courses.ListInput{Q: "%"}, ""},
			{w.clerk, courses.ListInput{Task: courses.Theory}, ""},
			{w.clerk, courses.ListInput{State: courses.StateWaiting}, "茶园冬管"},
			{w.clerk, courses.ListInput{State: courses.StateArchived}, ""},
		} {
			if got := titles(c.by, c.in); got != c.list {
				t.Errorf("%s %+v: %q, want %q", c.by.Name, c.in, got, c.list)
			}
		}
		w.See(t, func(tx *db.Tx) error {
			page, err := courses.List(tx, w.clerk, courses.ListInput{Q: "茶园"})
			if err != nil {
				return err
			}
			if i := page.Items[0]; i.Lessons != 2 || i.Minutes != 60 || i.Waiting != 2 || !i.Editable || i.ID != tea.ID {
				t.Errorf("%+v", i)
			}
			for _, by := range []access.Actor{w.host, w.trainee, w.village} {
				_, err := courses.List(tx, by, courses.ListInput{})
				want(t, by.Name, err, fail.ForbiddenAct)
			}
			one, err := courses.List(tx, w.clerk, courses.ListInput{Limit: 2})
			if err != nil {
				return err
			}
			two, err := courses.List(tx, w.clerk, courses.ListInput{Limit: 2, After: one.Items[1].ID})
			if len(one.Items) != 2 || one.Next != empty.ID.String() || len(two.Items) != 1 || two.Next != "" {
				t.Errorf("parts: %+v, %+v", one, two)
			}
			return err
		})
	})
}
