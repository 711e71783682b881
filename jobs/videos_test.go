package jobs_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"huotang/jobs"
	"huotang/media"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/runs"
	"huotang/models/videos"
)

func TestVideosSweep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		clerk := coursestest.Actor(t, e, access.Township, tree.Township.Path)
		course := coursestest.Course(t, e, clerk, tree.Township.ID, "春茶管理")
		store, err := media.OpenDisk(t.TempDir(), e.Clock.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		file, err := os.ReadFile("../media/testdata/front.mp4")
		if err != nil {
			t.Fatal(err)
		}
		var whole, half videos.View
		e.Do(t, func(tx *db.Tx) error {
			for _, v := range []*videos.View{&whole, &half} {
				l, err := courses.New().AddLesson(tx, clerk, courses.AddLessonInput{
					Course: course.ID, Title: "采摘", Medium: courses.Video, Minutes: 20, Language: courses.Dialect,
				})
				if err != nil {
					return err
				}
				if *v, err = videos.Intend(tx, clerk, videos.IntendInput{Lesson: l.ID}); err != nil {
					return err
				}
			}
			return nil
		})
		for v, n := range map[videos.View]int{whole: len(file), half: 3000} {
			if err := store.Put(context.Background(), v.Key, bytes.NewReader(file[:n]), int64(n), ""); err != nil {
				t.Fatal(err)
			}
		}
		s := replica(t, e, "a", jobs.VideosSweep(&media.Library{DB: e.DB, Store: store, Limit: videos.MaxBytes}, media.NewAlbum(e.DB, store)))
		for _, want := range []string{
			"completed 0, failed 0, removed 0, addresses 0, files 0", "completed 1, failed 1, removed 1, addresses 0, files 0", "completed 0, failed 0, removed 0, addresses 0, files 0",
		} {
			s.Tick()
			s.Tick()
			if got := history(t, e)[0]; got.State != runs.Finished || got.Summary != want {
				t.Errorf("%s: %q %q, want %q", got.State, got.Summary, got.Failure, want)
			}
			e.Clock.Add(25 * time.Hour)
		}
		left, err := store.List(context.Background(), "", "", 0)
		if err != nil || len(left) != 1 || left[0].Key != whole.Key {
			t.Errorf("left %+v, %v", left, err)
		}
	})
}

func TestTalliesCheck(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		school := attendancetest.New(t, e, 3, 2)
		a := attendance.New()
		attendancetest.MustSubmit(t, e, a, school.Host, school.Item(attendancetest.All(school.Members, attendance.Present)...))
		s := replica(t, e, "a", jobs.TalliesCheck())
		run := func() runs.View {
			t.Helper()
			e.Clock.Add(24 * time.Hour)
			s.Tick()
			return history(t, e)[0]
		}
		if got := run(); got.State != runs.Finished || got.Summary != "no difference" {
			t.Errorf("%+v", got)
		}
		e.Do(t, func(tx *db.Tx) error {
			if err := tx.Exec("UPDATE person_months SET sessions = sessions + 1 WHERE person_id = ?", school.Members[0]).Error; err != nil {
				return err
			}
			return tx.Exec("UPDATE sessions SET present = present + 1").Error
		})
		got := run()
		if got.State != runs.Failed || !strings.Contains(got.Failure, "2 tallies differ") ||
			!strings.Contains(got.Failure, "session "+school.Day.SessionID.String()) ||
			!strings.Contains(got.Failure, "person_month "+school.Members[0].String()) {
			t.Errorf("%s: %s", got.State, got.Failure)
		}
		for _, r := range got.Failure {
			if r > 127 {
				t.Errorf("more than codes and IDs: %s", got.Failure)
				break
			}
		}
	})
}
