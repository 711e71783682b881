package courses_test

import (
	"context"
	"errors"
	"strings"
	"sync"
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
				do("edit", c.edit, func(tx *db.Tx) error {
					_, err := w.a.Edit(tx, c.by, courses.EditInput{ID: v.ID, Revision: now(tx), Task: courses.Theory, Title: "改"})
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

func TestReview(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园", "冬管")
		l := v.Lessons[0]
		want(t, "one's own", w.review(w.clerk, l), fail.ForbiddenAct)
		want(t, "a job's", w.review(access.System("x"), l), fail.Unauthenticated)
		want(t, "another's", w.review(w.reviewer, l), ok)
		got := w.lesson(t, w.clerk, l.ID)
		if !got.Reviewed || got.Reviewer == "" || got.ReviewedAt == nil || !got.Mine {
			t.Errorf("after the review: %+v", got)
		}
		// The reviewer who corrects a word becomes an author; the review is gone.
		want(t, "the reviewer's edit", w.edit(w.reviewer, got, "冬天的茶园"), ok)
		got = w.lesson(t, w.reviewer, l.ID)
		if got.Reviewed || got.Reviewer != "" || got.ReviewedAt != nil || got.Revision != 2 || !got.Mine {
			t.Errorf("after the edit: %+v", got)
		}
		want(t, "an author's review", w.review(w.reviewer, got), fail.ForbiddenAct)
		want(t, "a review of what was read before", w.review(w.county, l), fail.Outdated)
		want(t, "the county's review", w.review(w.county, got), ok)
		// A new video is a change like any other.
		w.Do(t, func(tx *db.Tx) error { return courses.Touch(tx, l.ID, w.county) })
		got = w.lesson(t, w.county, l.ID)
		if got.Reviewed || !got.Mine || got.Revision != 3 {
			t.Errorf("after a new video: %+v", got)
		}
		want(t, "a fourth person's review", w.review(w.second, got), ok)
		want(t, "give back", w.withdraw(w.second, got, "声音太小"), ok)
		got = w.lesson(t, w.clerk, l.ID)
		if got.Reviewed || got.Note != "声音太小" || got.Revision != 3 {
			t.Errorf("after giving back: %+v", got)
		}
		want(t, "the note is for the authors", w.withdraw(w.second, got, strings.Repeat("长", 301)), fail.InvalidInput)
		want(t, "edit", w.edit(w.clerk, got, "改了"), ok)
		if got = w.lesson(t, w.clerk, l.ID); got.Note != "" {
			t.Errorf("the note outlives the change: %+v", got)
		}
	})
}

func TestReviewAsksTheAreasAbove(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园", "冬管")
		w.a.OnReview(func(_ *db.Tx, _ access.Actor, l courses.Lesson) error {
			return fail.Conflict("videos.none", l.Title)
		})
		want(t, "review", w.review(w.reviewer, v.Lessons[0]), fail.Conflicting)
		if w.lesson(t, w.clerk, v.Lessons[0].ID).Reviewed {
			t.Error("reviewed against the will of an area above")
		}
	})
}

func TestWaiting(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		mine := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园", "冬管", "春管", "夏管")
		coursestest.Course(t, w.Env, w.far, w.Township2.ID, "核桃", "修枝")
		waiting := func(by access.Actor) string {
			var out []string
			w.See(t, func(tx *db.Tx) error {
				page, err := courses.Waiting(tx, by, courses.WaitingInput{})
				for _, l := range page.Items {
					out = append(out, l.Title)
				}
				return err
			})
			return strings.Join(out, " ")
		}
		want(t, "review", w.review(w.reviewer, mine.Lessons[0]), ok)
		want(t, "give back", w.withdraw(w.reviewer, mine.Lessons[1], "重录"), ok)
		for _, c := range []struct {
			by   access.Actor
			list string
		}{{w.clerk, ""}, {w.reviewer, "夏管"}, {w.county, "夏管 修枝"}, {w.far, ""}, {w.lecturer, ""}, {w.host, ""}, {w.auditor, ""}} {
			if got := waiting(c.by); got != c.list {
				t.Errorf("%s: %q waits, want %q", c.by.Name, got, c.list)
			}
		}
		w.See(t, func(tx *db.Tx) error {
			one, err := courses.Waiting(tx, w.county, courses.WaitingInput{Limit: 1})
			if err != nil || len(one.Items) != 1 || one.Next == "" {
				t.Errorf("first part: %+v, %v", one, err)
			}
			two, err := courses.Waiting(tx, w.county, courses.WaitingInput{Limit: 1, After: one.Items[0].ID})
			if err != nil || len(two.Items) != 1 || two.Next != "" || two.Items[0].Title != "修枝" {
				t.Errorf("second part: %+v, %v", two, err)
			}
			return nil
		})
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
				want(t, by.Name, err, fail.Missing)
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

func TestPublicLessons(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园", "一", "二")
		want(t, "review", w.review(w.reviewer, v.Lessons[0]), ok)
		public := func() (n int) {
			w.See(t, func(tx *db.Tx) error {
				list, err := courses.PublicLessons(tx)
				n = len(list)
				return err
			})
			return n
		}
		set := func(on bool) {
			w.Do(t, func(tx *db.Tx) error {
				c, err := courses.FindCourse(tx, v.ID)
				if err != nil {
					return err
				}
				_, err = w.a.SetPublic(tx, w.county, courses.SetPublicInput{ID: v.ID, Revision: c.Revision, Public: on})
				return err
			})
		}
		if public() != 0 {
			t.Error("public before the county said so")
		}
		set(true)
		if public() != 1 {
			t.Error("want the one reviewed lesson")
		}
		set(false)
		if public() != 0 {
			t.Error("public after the county took it back")
		}
	})
}

// Of two edits of what both saw, one is stale; the other's words stay.
func TestEditsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园", "一")
		l := v.Lessons[0]
		errs := atOnce(
			func() error { return w.edit(w.clerk, l, "甲") },
			func() error { return w.edit(w.reviewer, l, "乙") },
		)
		stale := 0
		for _, err := range errs {
			switch fail.KindOf(err) {
			case fail.Outdated:
				stale++
			case ok:
			default:
				t.Error(err)
			}
		}
		got := w.lesson(t, w.clerk, l.ID)
		if stale != 1 || got.Revision != 2 {
			t.Errorf("%d stale, revision %d", stale, got.Revision)
		}
	})
}

// A review against an edit: either the edit comes after and withdraws it, or the review is
// stale. In no case is a revision reviewed that nobody read.
func TestReviewWhileEditing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园", "一")
			l := v.Lessons[0]
			errs := atOnce(
				func() error { return w.edit(w.clerk, l, "甲") },
				func() error { return w.review(w.reviewer, l) },
			)
			if errs[0] != nil || errs[1] != nil && fail.KindOf(errs[1]) != fail.Outdated {
				t.Error(errors.Join(errs...))
			}
			if got := w.lesson(t, w.clerk, l.ID); got.Reviewed || got.Revision != 2 || got.Title != "甲" {
				t.Errorf("%+v", got)
			}
		}
	})
}

// Lessons added at once get places of their own.
func TestAddAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园")
		add := func() error {
			return w.try(func(tx *db.Tx) error {
				_, err := w.a.AddLesson(tx, w.clerk, courses.AddLessonInput{Course: v.ID, Title: "一", Medium: courses.Talk, Minutes: 10, Language: courses.Dai})
				return err
			})
		}
		for _, err := range atOnce(add, add, add, add) {
			want(t, "add", err, ok)
		}
		w.See(t, func(tx *db.Tx) error {
			got, err := courses.Get(tx, w.clerk, courses.GetInput{ID: v.ID})
			for i, l := range got.Lessons {
				if l.Place != i+1 {
					t.Errorf("place %d at %d", l.Place, i+1)
				}
			}
			if len(got.Lessons) != 4 || got.Revision != 5 {
				t.Errorf("%d lessons, revision %d", len(got.Lessons), got.Revision)
			}
			return err
		})
	})
}

func atOnce(fns ...func() error) []error {
	errs := make([]error, len(fns))
	var wg sync.WaitGroup
	for i, f := range fns {
		wg.Go(func() { errs[i] = f() })
	}
	wg.Wait()
	return errs
}
