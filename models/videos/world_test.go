package videos_test

import (
	"context"
	"testing"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/videos"
)

// world is a small county with a township's course of two video lessons and a talk.
type world struct {
	*dbtest.Env
	orgtest.Tree
	clerk, reviewer   access.Actor // both of the township
	lesson, next, any courses.LessonID
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := &world{Env: e, Tree: orgtest.County(t, e)}
		w.clerk = coursestest.Actor(t, e, access.Township, w.Township.Path)
		w.reviewer = coursestest.Actor(t, e, access.Township, w.Township.Path)
		c := coursestest.Course(t, e, w.clerk, w.Township.ID, "春茶管理", "讲一讲")
		w.any = c.Lessons[0].ID
		w.lesson, w.next = w.addLesson(t, c.ID, "采摘"), w.addLesson(t, c.ID, "炒制")
		fn(t, w)
	})
}

func (w *world) addLesson(t *testing.T, course courses.CourseID, title string) courses.LessonID {
	t.Helper()
	return w.addLessonBy(t, w.clerk, course, title)
}

func (w *world) addLessonBy(t *testing.T, by access.Actor, course courses.CourseID, title string) courses.LessonID {
	t.Helper()
	var l courses.LessonView
	w.Do(t, func(tx *db.Tx) (err error) {
		l, err = courses.New().AddLesson(tx, by, courses.AddLessonInput{
			Course: course, Title: title, Medium: courses.Video, Minutes: 20, Language: courses.Dialect,
		})
		return err
	})
	return l.ID
}

func (w *world) intend(by access.Actor, lesson courses.LessonID) (v videos.View, err error) {
	err = w.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = videos.Intend(tx, by, videos.IntendInput{Lesson: lesson, Name: "采茶.mp4"})
		return err
	})
	return v, err
}

func about(v videos.VideoID) videos.CompleteInput {
	return videos.CompleteInput{Video: v, Bytes: 1234, DurationMs: 60_001, Width: 640, Height: 360, Codecs: "avc1.4D401E,mp4a.40.2"}
}

func (w *world) complete(by access.Actor, v videos.VideoID) (out videos.View, err error) {
	err = w.Write(context.Background(), func(tx *db.Tx) (err error) {
		out, err = videos.Complete(tx, by, about(v))
		return err
	})
	return out, err
}

func (w *world) fail(by access.Actor, v videos.VideoID) (out videos.View, err error) {
	err = w.Write(context.Background(), func(tx *db.Tx) (err error) {
		out, err = videos.Fail(tx, by, videos.FailInput{Video: v, Code: "videos.hevc"})
		return err
	})
	return out, err
}

func (w *world) rescue(by access.Actor, v videos.VideoID) (out videos.View, err error) {
	err = w.Write(context.Background(), func(tx *db.Tx) (err error) {
		out, err = videos.Rescue(tx, by, about(v))
		return err
	})
	return out, err
}

// uploaded brings a video to ready.
func (w *world) uploaded(t *testing.T, by access.Actor, lesson courses.LessonID) videos.View {
	t.Helper()
	v, err := w.intend(by, lesson)
	if err == nil {
		v, err = w.complete(by, v.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (w *world) stale(t *testing.T) []videos.View {
	t.Helper()
	var out []videos.View
	w.See(t, func(tx *db.Tx) (err error) {
		out, err = videos.Stale(tx, orgtest.By)
		return err
	})
	return out
}

// ofLesson is the lesson's ready video.
func (w *world) ofLesson(t *testing.T, lesson courses.LessonID) videos.View {
	t.Helper()
	var out videos.View
	w.See(t, func(tx *db.Tx) (err error) {
		out, err = videos.OfLesson(tx, lesson)
		return err
	})
	return out
}

// states counts the lesson's videos by state.
func (w *world) states(t *testing.T, lesson courses.LessonID) map[videos.State]int {
	t.Helper()
	out := map[videos.State]int{}
	w.See(t, func(tx *db.Tx) error {
		rows, err := db.Ask[struct {
			State videos.State
			N     int
		}](tx, "SELECT state, COUNT(*) AS n FROM videos WHERE lesson_id = ? GROUP BY state", lesson)
		for _, r := range rows {
			out[r.State] = r.N
		}
		return err
	})
	return out
}

func (w *world) review(by access.Actor, lesson courses.LessonID) error {
	return w.Write(context.Background(), func(tx *db.Tx) error {
		a := courses.New()
		a.OnReview(videos.BeforeReview)
		l, err := courses.FindLesson(tx, lesson)
		if err == nil {
			_, err = a.Review(tx, by, courses.ReviewInput{ID: lesson, Revision: l.Revision})
		}
		return err
	})
}

func (w *world) reviewed(t *testing.T, lesson courses.LessonID) bool {
	t.Helper()
	var l courses.Lesson
	w.See(t, func(tx *db.Tx) (err error) {
		l, err = courses.FindLesson(tx, lesson)
		return err
	})
	return l.Reviewed
}

// want fails the test unless err is of the kind.
func want(t *testing.T, what string, err error, kind fail.Kind) {
	t.Helper()
	if got := fail.KindOf(err); got != kind {
		t.Errorf("%s: %q (%v), want %q", what, got, err, kind)
	}
}

const ok fail.Kind = ""
