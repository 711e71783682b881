package courses_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/fail"
)

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

// What is said of a course stands over each of its lessons, so a change of it withdraws their reviews.
func TestEditOfTheCourseWithdrawsReviews(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := coursestest.Course(t, w.Env, w.clerk, w.Township.ID, "茶园", "冬管", "春管", "夏管")
		want(t, "review", w.review(w.reviewer, v.Lessons[0]), ok)
		want(t, "review", w.review(w.reviewer, v.Lessons[1]), ok)
		want(t, "give back", w.withdraw(w.reviewer, v.Lessons[2], "重录"), ok)
		in := courses.EditInput{ID: v.ID, Revision: v.Revision, Task: v.Task, Title: v.Title, Summary: v.Summary, Lecturer: v.Lecturer}
		edit := func(by access.Actor, change func(in *courses.EditInput)) (out courses.EditedView) {
			t.Helper()
			change(&in)
			w.Do(t, func(tx *db.Tx) (err error) {
				out, err = w.a.Edit(tx, by, in)
				return err
			})
			in.Revision = out.Revision
			return out
		}
		same := edit(w.clerk, func(in *courses.EditInput) { in.Title = " " + in.Title })
		if same.Withdrawn != 0 || same.Waiting() != 1 || same.Lessons[0].Revision != 1 {
			t.Errorf("saved as it was: %+v", same)
		}
		for name, change := range map[string]func(in *courses.EditInput){
			"title":    func(in *courses.EditInput) { in.Title += "管理" },
			"task":     func(in *courses.EditInput) { in.Task = courses.Theory },
			"summary":  func(in *courses.EditInput) { in.Summary += "一芽二叶" },
			"lecturer": func(in *courses.EditInput) { in.Lecturer += "李" },
		} {
			before := w.lesson(t, w.county, v.Lessons[0].ID)
			got := edit(w.second, change)
			if got.Withdrawn != 2 || got.Waiting() != 3 || got.Lessons[2].Note != "重录" {
				t.Errorf("a new %s: %+v", name, got)
			}
			want(t, "a review of what was read before", w.review(w.county, before), fail.Outdated)
			want(t, "the editor’s own review", w.review(w.second, got.Lessons[0]), fail.ForbiddenAct)
			want(t, "another’s review", w.review(w.reviewer, got.Lessons[0]), ok)
			want(t, "another’s review", w.review(w.reviewer, got.Lessons[1]), ok)
		}
		in.Revision--
		want(t, "stale", w.try(func(tx *db.Tx) error { _, err := w.a.Edit(tx, w.second, in); return err }), fail.Outdated)
		if !w.lesson(t, w.county, v.Lessons[0].ID).Reviewed {
			t.Error("an edit that failed withdrew a review")
		}
		w.See(t, func(tx *db.Tx) error {
			var n int
			err := tx.Raw("SELECT COUNT(*) FROM audit_rows WHERE act = 'course.edit' AND object = 'lesson' AND changed LIKE '%reviewed%'").Scan(&n).Error
			if n != 8 {
				t.Errorf("%d reviews withdrawn by the audit, want 8", n)
			}
			return err
		})
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
		}{{w.clerk, ""}, {w.reviewer, "夏管"}, {w.county, "夏管 修枝"}, {w.far, ""}} {
			if got := waiting(c.by); got != c.list {
				t.Errorf("%s: %q waits, want %q", c.by.Name, got, c.list)
			}
		}
		for _, by := range []access.Actor{w.lecturer, w.host, w.auditor, w.trainee} {
			want(t, by.Name+" reviews nowhere", w.try(func(tx *db.Tx) error {
				_, err := courses.Waiting(tx, by, courses.WaitingInput{})
				return err
			}), fail.ForbiddenAct)
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
