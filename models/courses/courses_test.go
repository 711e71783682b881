package courses_test

import (
	"context"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
)

// world is a small county with those who write and review.
type world struct {
	*dbtest.Env
	orgtest.Tree
	a                                       *courses.Area
	county, clerk, reviewer, far, lecturer  access.Actor
	auditor, village, host, trainee, second access.Actor
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		sign := func(r access.Role, path string) access.Actor { return coursestest.Actor(t, e, r, path) }
		fn(t, &world{
			Env: e, Tree: tree, a: courses.New(),
			county: sign(access.County, tree.County.Path), clerk: sign(access.Township, tree.Township.Path),
			reviewer: sign(access.Township, tree.Township.Path), far: sign(access.Township, tree.Township2.Path),
			lecturer: sign(access.Lecturer, tree.Township.Path), auditor: sign(access.Auditor, tree.County.Path),
			village: sign(access.Village, tree.Village.Path), host: sign(access.Host, tree.Site.Path),
			trainee: sign(access.Trainee, tree.Site.Path), second: sign(access.County, tree.County.Path),
		})
	})
}

// try runs an op that may fail, in its own unit of work.
func (w *world) try(fn func(tx *db.Tx) error) error { return w.Write(context.Background(), fn) }

// want fails the test unless err is of the kind.
func want(t *testing.T, what string, err error, kind fail.Kind) {
	t.Helper()
	if got := fail.KindOf(err); got != kind {
		t.Errorf("%s: %q (%v), want %q", what, got, err, kind)
	}
}

const ok fail.Kind = ""

func (w *world) lesson(t *testing.T, by access.Actor, l courses.LessonID) courses.LessonView {
	t.Helper()
	var v courses.LessonView
	w.See(t, func(tx *db.Tx) (err error) {
		v, err = courses.GetLesson(tx, by, courses.GetLessonInput{ID: l})
		return err
	})
	return v
}

func (w *world) edit(by access.Actor, l courses.LessonView, title string) error {
	return w.try(func(tx *db.Tx) error {
		_, err := w.a.EditLesson(tx, by, courses.EditLessonInput{
			ID: l.ID, Revision: l.Revision, Title: title, Medium: l.Medium, Minutes: l.Minutes, Language: l.Language,
		})
		return err
	})
}

func (w *world) review(by access.Actor, l courses.LessonView) error {
	return w.try(func(tx *db.Tx) error {
		_, err := w.a.Review(tx, by, courses.ReviewInput{ID: l.ID, Revision: l.Revision})
		return err
	})
}

func (w *world) withdraw(by access.Actor, l courses.LessonView, note string) error {
	return w.try(func(tx *db.Tx) error {
		_, err := w.a.Withdraw(tx, by, courses.WithdrawInput{ID: l.ID, Revision: l.Revision, Note: note})
		return err
	})
}

// Every op by every role on the township's course, within and without, by hand.
func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const no, missing = fail.ForbiddenAct, fail.Missing
		cases := []struct {
			name                                     string
			by                                       access.Actor
			see, create, edit, review, public, touch fail.Kind
		}{
			{"county", w.county, ok, ok, ok, ok, ok, ok},
			{"auditor", w.auditor, ok, no, no, no, no, no},
			{"own township", w.clerk, ok, ok, ok, ok, no, ok},
			{"lecturer of the township", w.lecturer, ok, ok, ok, no, no, ok},
			{"other township", w.far, missing, missing, missing, missing, missing, missing},
			{"village", w.village, missing, missing, missing, missing, missing, missing},
			{"host", w.host, missing, missing, missing, missing, missing, missing},
			{"trainee", w.trainee, missing, missing, missing, missing, missing, missing},
			{"visitor", access.Visitor(), fail.Unauthenticated, fail.Unauthenticated, fail.Unauthenticated, fail.Unauthenticated, fail.Unauthenticated, fail.Unauthenticated},
		}
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				v := coursestest.Course(t, w.Env, w.reviewer, w.Township.ID, "茶园", "一", "二", "三")
				first := v.Lessons[0]
				do := func(what string, kind fail.Kind, fn func(tx *db.Tx) error) {
					t.Helper()
					want(t, what, w.try(fn), kind)
				}
				now := func(tx *db.Tx) int {
					c, err := courses.FindCourse(tx, v.ID)
					if err != nil {
						t.Error(err)
					}
					return c.Revision
				}
				do("get", c.see, func(tx *db.Tx) error { _, err := courses.Get(tx, c.by, courses.GetInput{ID: v.ID}); return err })
				do("get lesson", c.see, func(tx *db.Tx) error {
					_, err := courses.GetLesson(tx, c.by, courses.GetLessonInput{ID: first.ID})
					return err
				})
				do("create", c.create, func(tx *db.Tx) error {
					_, err := w.a.Create(tx, c.by, courses.CreateInput{Unit: w.Township.ID, Task: courses.Theory, Title: "新"})
					return err
				})
				do("add lesson", c.edit, func(tx *db.Tx) error {
					_, err := w.a.AddLesson(tx, c.by, courses.AddLessonInput{Course: v.ID, Title: "四", Medium: courses.Disc, Minutes: 1, Language: courses.Yi})
					return err
				})
				do("move", c.edit, func(tx *db.Tx) error {
					_, err := w.a.Move(tx, c.by, courses.MoveInput{ID: v.ID, Revision: now(tx), Lesson: first.ID})
					return err
				})
				do("order", c.edit, func(tx *db.Tx) error {
					full, err := courses.Get(tx, w.county, courses.GetInput{ID: v.ID})
					if err != nil {
						return err
					}
					in := courses.OrderInput{ID: v.ID, Revision: full.Revision}
					for _, l := range full.Lessons {
						in.Lessons = append(in.Lessons, l.ID)
					}
					_, err = w.a.Order(tx, c.by, in)
					return err
				})
				do("review", c.review, func(tx *db.Tx) error {
					_, err := w.a.Review(tx, c.by, courses.ReviewInput{ID: first.ID, Revision: first.Revision})
					return err
				})
				do("withdraw", c.review, func(tx *db.Tx) error {
					_, err := w.a.Withdraw(tx, c.by, courses.WithdrawInput{ID: first.ID, Revision: first.Revision})
					return err
				})
				do("edit lesson", c.edit, func(tx *db.Tx) error {
					_, err := w.a.EditLesson(tx, c.by, courses.EditLessonInput{ID: first.ID, Revision: first.Revision, Title: "改", Medium: courses.USB, Minutes: 600, Language: courses.Dialect})
					return err
				})
				do("remove lesson", c.edit, func(tx *db.Tx) error {
					_, err := w.a.RemoveLesson(tx, c.by, courses.RemoveLessonInput{ID: v.Lessons[1].ID, Revision: 1})
					return err
				})
				do("edit", c.edit, func(tx *db.Tx) error {
					_, err := w.a.Edit(tx, c.by, courses.EditInput{ID: v.ID, Revision: now(tx), Task: courses.Theory, Title: "改"})
					return err
				})
				do("public", c.public, func(tx *db.Tx) error {
					_, err := w.a.SetPublic(tx, c.by, courses.SetPublicInput{ID: v.ID, Revision: now(tx), Public: true})
					return err
				})
				do("archive", c.edit, func(tx *db.Tx) error {
					_, err := w.a.Archive(tx, c.by, courses.ArchiveInput{ID: v.ID, Revision: now(tx)})
					return err
				})
				if c.edit != ok {
					return
				}
				do("edit of an archived course", fail.Conflicting, func(tx *db.Tx) error {
					_, err := w.a.Edit(tx, c.by, courses.EditInput{ID: v.ID, Revision: now(tx), Task: courses.Theory, Title: "改"})
					return err
				})
				do("restore", ok, func(tx *db.Tx) error {
					_, err := w.a.Restore(tx, c.by, courses.ArchiveInput{ID: v.ID, Revision: now(tx)})
					return err
				})
			})
		}
	})
}

func TestFaultsAllAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		faults := func(err error) string {
			var out []string
			if e, is := fail.As(err); is {
				for _, f := range e.Fields {
					out = append(out, f.Name+"="+f.Code)
				}
			}
			return strings.Join(out, " ")
		}
		err := w.try(func(tx *db.Tx) error {
			_, err := w.a.Create(tx, w.county, courses.CreateInput{Unit: w.Village.ID, Task: "tea", Lecturer: "a\x00b", Summary: strings.Repeat("长", 1001)})
			return err
		})
		if got := faults(err); got != "unit=courses.unit_kind task=input.choice title=input.required summary=input.too_long lecturer=input.characters" {
			t.Errorf("create: %s", got)
		}
		none := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "桑园", "一")
		err = w.try(func(tx *db.Tx) error {
			_, err := w.a.Move(tx, w.clerk, courses.MoveInput{ID: none.ID, Revision: none.Revision})
			return err
		})
		if got := faults(err); got != "lesson=input.required" {
			t.Errorf("move of no lesson: %s", got)
		}
		err = w.try(func(tx *db.Tx) error {
			_, err := w.a.Create(tx, w.county, courses.CreateInput{Task: courses.Theory, Title: "哪个单位的"})
			return err
		})
		if got := faults(err); got != "unit=input.required" {
			t.Errorf("create without unit: %s", got)
		}
		v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园", "一", "二")
		err = w.try(func(tx *db.Tx) error {
			_, err := w.a.AddLesson(tx, w.clerk, courses.AddLessonInput{Course: v.ID, Title: strings.Repeat("长", 101), Medium: "film", Minutes: 601, Language: "x", Material: strings.Repeat("长", 301)})
			return err
		})
		if got := faults(err); got != "title=input.too_long medium=input.choice minutes=input.range language=input.choice material=input.too_long" {
			t.Errorf("lesson: %s", got)
		}
		for _, order := range [][]courses.LessonID{{v.Lessons[0].ID}, {v.Lessons[0].ID, v.Lessons[0].ID}, {}, {v.Lessons[0].ID, {9}}} {
			err = w.try(func(tx *db.Tx) error {
				_, err := w.a.Order(tx, w.clerk, courses.OrderInput{ID: v.ID, Revision: v.Revision, Lessons: order})
				return err
			})
			if got := faults(err); got != "lessons=courses.order_incomplete" {
				t.Errorf("order %v: %v", order, err)
			}
		}
		want(t, "a job's course", w.try(func(tx *db.Tx) error {
			_, err := w.a.Create(tx, access.System("x"), courses.CreateInput{Unit: w.County.ID, Task: courses.Theory, Title: "x"})
			return err
		}), fail.Unauthenticated)
	})
}

// The rarest characters and the longest titles find room in the search columns.
func TestLongestTitles(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, long := range []string{strings.Repeat("装", 100), strings.Repeat("𬭩", 100), strings.Repeat("\ufdfa", 100)} {
			v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, long, long)
			if v.Title != long || v.Lessons[0].Title != long {
				t.Errorf("%q came back as %q", long, v.Title)
			}
		}
	})
}

func TestOrderAndRemoval(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := coursestest.Reviewed(t, w.Env, w.clerk, w.reviewer, w.Township.ID, "茶园", "一", "二", "三")
		do := func(fn func(tx *db.Tx) (courses.View, error)) {
			t.Helper()
			w.Do(t, func(tx *db.Tx) (err error) { v, err = fn(tx); return err })
		}
		order := func(wanted string) {
			t.Helper()
			got := ""
			for i, l := range v.Lessons {
				got += l.Title
				if l.Place != i+1 || !l.Reviewed {
					t.Errorf("%s stands at %d, reviewed %v", l.Title, l.Place, l.Reviewed)
				}
			}
			if got != wanted {
				t.Errorf("order %s, want %s", got, wanted)
			}
		}
		first, last := v.Lessons[0].ID, v.Lessons[2].ID
		do(func(tx *db.Tx) (courses.View, error) {
			return w.a.Move(tx, w.clerk, courses.MoveInput{ID: v.ID, Revision: v.Revision, Lesson: last, Up: true})
		})
		order("一三二")
		do(func(tx *db.Tx) (courses.View, error) {
			return w.a.Move(tx, w.clerk, courses.MoveInput{ID: v.ID, Revision: v.Revision, Lesson: first, Up: true})
		})
		order("一三二")
		stale := v.Revision
		do(func(tx *db.Tx) (courses.View, error) {
			return w.a.Order(tx, w.clerk, courses.OrderInput{ID: v.ID, Revision: v.Revision, Lessons: []courses.LessonID{v.Lessons[2].ID, v.Lessons[1].ID, v.Lessons[0].ID}})
		})
		order("二三一")
		want(t, "an order of what stood before", w.try(func(tx *db.Tx) error {
			_, err := w.a.Move(tx, w.clerk, courses.MoveInput{ID: v.ID, Revision: stale, Lesson: first, Up: true})
			return err
		}), fail.Outdated)
		do(func(tx *db.Tx) (courses.View, error) {
			return w.a.RemoveLesson(tx, w.clerk, courses.RemoveLessonInput{ID: last, Revision: 1})
		})
		order("二一")
		want(t, "a removed lesson", w.try(func(tx *db.Tx) error {
			_, err := courses.GetLesson(tx, w.clerk, courses.GetLessonInput{ID: last})
			return err
		}), fail.Missing)
		want(t, "removing twice", w.try(func(tx *db.Tx) error {
			_, err := w.a.RemoveLesson(tx, w.clerk, courses.RemoveLessonInput{ID: last, Revision: 2})
			return err
		}), fail.Missing)
		w.See(t, func(tx *db.Tx) error {
			l, err := courses.FindLesson(tx, last)
			if !l.Removed || l.Reviewed {
				t.Errorf("records see %+v", l)
			}
			return err
		})
	})
}
