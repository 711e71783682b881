package videos_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/videos"
)

func TestUpload(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, err := w.intend(w.clerk, w.lesson)
		if err != nil || v.State != videos.Intended || v.Key != "videos/"+v.ID.String()+"/source.mp4" || v.Name != "采茶.mp4" {
			t.Fatalf("%+v, %v", v, err)
		}
		w.See(t, func(tx *db.Tx) error {
			_, err := videos.OfLesson(tx, w.lesson)
			if !fail.Is(err, "videos.none_yet") {
				t.Errorf("an intent is the lesson's video: %v", err)
			}
			return nil
		})
		done, err := w.complete(w.clerk, v.ID)
		if err != nil {
			t.Fatal(err)
		}
		at := w.Clock.Now()
		v.State, v.Bytes, v.DurationMs, v.Width, v.Height, v.Codecs, v.ReadyAt = videos.Ready, 1234, 60_001, 640, 360, "avc1.4D401E,mp4a.40.2", &at
		if diff := cmp.Diff(v, done); diff != "" {
			t.Error(diff)
		}
		if done.Minutes() != 2 {
			t.Errorf("%d minutes", done.Minutes())
		}
		if again, err := w.complete(w.clerk, v.ID); err != nil || !cmp.Equal(again, done) {
			t.Errorf("repeated: %+v, %v", again, err)
		}
		if got := w.ofLesson(t, w.lesson); !cmp.Equal(got, done) {
			t.Errorf("%+v", got)
		}
		w.See(t, func(tx *db.Tx) error {
			all, err := videos.OfLessons(tx, []courses.LessonID{w.lesson, w.next, w.any})
			if len(all) != 1 || !cmp.Equal(all[w.lesson], done) {
				t.Errorf("%+v", all)
			}
			none, err2 := videos.OfLessons(tx, nil)
			if len(none) != 0 || err2 != nil {
				t.Errorf("%+v, %v", none, err2)
			}
			return err
		})
	})
}

// A browser may send any bytes as the file's name.
func TestNames(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for given, kept := range map[string]string{
			"a\xff\xfeb.mp4": "ab.mp4", `C:\fakepath\茶.mp4`: "茶.mp4", "../../etc/passwd": "passwd", "a\x00\nb": "ab", " x ": "x", "": "", "🌿.mp4": "🌿.mp4",
			strings.Repeat("长", 300): strings.Repeat("长", 200),
		} {
			w.Do(t, func(tx *db.Tx) error {
				v, err := videos.Intend(tx, w.clerk, videos.IntendInput{Lesson: w.lesson, Name: given})
				if v.Name != kept {
					t.Errorf("%q is kept as %q", given, v.Name)
				}
				return err
			})
		}
	})
}

func TestReplacing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.uploaded(t, w.clerk, w.lesson)
		other := w.uploaded(t, w.clerk, w.next)
		if err := w.review(w.reviewer, w.lesson); err != nil || !w.reviewed(t, w.lesson) {
			t.Fatal(err)
		}
		second := w.uploaded(t, w.reviewer, w.lesson)
		if got := w.ofLesson(t, w.lesson); got.ID != second.ID {
			t.Errorf("shows %s", got.ID)
		}
		if w.reviewed(t, w.lesson) {
			t.Error("the review stands")
		}
		stale := w.stale(t)
		if len(stale) != 1 || stale[0].ID != first.ID || stale[0].State != videos.Replaced {
			t.Errorf("%+v", stale)
		}
		if got := w.ofLesson(t, w.next); got.ID != other.ID {
			t.Error("another lesson's video was replaced")
		}
		// Both have had a hand in it now: a third has to review it.
		for _, by := range []access.Actor{w.clerk, w.reviewer} {
			if err := w.review(by, w.lesson); !fail.Is(err, "courses.review_own") {
				t.Errorf("an uploader reviewed: %v", err)
			}
		}
		third := coursestest.Actor(t, w.Env, access.County, w.County.Path)
		want(t, "the county's review", w.review(third, w.lesson), ok)
		if _, err := w.complete(w.clerk, first.ID); !fail.Is(err, "videos.broken_off") {
			t.Errorf("a replaced video came back: %v", err)
		}
	})
}

func TestNoReviewWithoutVideo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if err := w.review(w.reviewer, w.lesson); !fail.Is(err, "videos.none_yet") {
			t.Error(err)
		}
		v, err := w.intend(w.clerk, w.lesson)
		if err := w.review(w.reviewer, w.lesson); !fail.Is(err, "videos.none_yet") || w.reviewed(t, w.lesson) {
			t.Errorf("reviewed on an intent: %v", err)
		}
		want(t, "intend", err, ok)
		want(t, "a talk", w.review(w.reviewer, w.any), ok)
		_, err = w.complete(w.clerk, v.ID)
		want(t, "complete", err, ok)
		want(t, "review", w.review(w.reviewer, w.lesson), ok)
	})
}

// Each role, inside its unit and outside.
func TestWhoMayUpload(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		kinds := map[access.Role]fail.Kind{
			access.County: ok, access.TownshipAdmin: ok, access.Township: ok, access.Lecturer: ok, access.Auditor: fail.ForbiddenAct,
			access.Village: fail.Missing, access.Secretary: fail.Missing, access.GroupLeader: fail.Missing, access.Host: fail.Missing, access.Head: fail.Missing,
			access.Resident: fail.Missing, access.Cadre: fail.Missing, access.Delegate: fail.Missing, access.Trainee: fail.Missing,
		}
		look := func(by access.Actor) error {
			return w.Read(t.Context(), func(tx *db.Tx) error {
				_, err := videos.ForUpload(tx, by, w.lesson)
				return err
			})
		}
		mine, err := w.intend(w.clerk, w.lesson)
		want(t, "clerk", err, ok)
		for _, seat := range w.Inside() {
			by := coursestest.Actor(t, w.Env, seat.Role, seat.Path)
			_, err := w.intend(by, w.lesson)
			want(t, seat.Name+" intends", err, kinds[seat.Role])
			want(t, seat.Name+" looks", look(by), kinds[seat.Role])
			_, err = w.complete(by, mine.ID)
			kind := kinds[seat.Role]
			if kind == ok {
				kind = fail.Missing // another's upload
			}
			want(t, seat.Name+" completes another's", err, kind)
			_, err = w.fail(by, mine.ID)
			want(t, seat.Name+" fails another's", err, fail.Missing)
		}
		for _, seat := range w.Outside() {
			by := coursestest.Actor(t, w.Env, seat.Role, seat.Path)
			_, err := w.intend(by, w.lesson)
			want(t, seat.Name+" outside", err, fail.Missing)
			want(t, seat.Name+" outside looks", look(by), fail.Missing)
			_, err = w.complete(by, mine.ID)
			want(t, seat.Name+" outside completes", err, fail.Missing)
		}
		_, err = w.intend(access.Visitor(), w.lesson)
		want(t, "visitor", err, fail.Unauthenticated)
		_, err = w.intend(orgtest.By, w.lesson) // nobody would be its author
		want(t, "job", err, fail.Unauthenticated)
		_, err = w.fail(access.Visitor(), mine.ID)
		want(t, "visitor fails", err, fail.Missing)
		_, err = w.complete(w.clerk, mine.ID)
		want(t, "the uploader", err, ok)
	})
}

// Staff of a township see what the county has reviewed, and are told that they may not change it.
func TestTheCountysLesson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		county := coursestest.Actor(t, w.Env, access.County, w.County.Path)
		other := coursestest.Actor(t, w.Env, access.County, w.County.Path)
		course := coursestest.Course(t, w.Env, county, w.County.ID, "党章")
		lesson := w.addLessonBy(t, county, course.ID, "第一讲")
		w.uploaded(t, county, lesson)
		_, err := w.intend(w.clerk, lesson)
		want(t, "unreviewed", err, fail.Missing)
		want(t, "review", w.review(other, lesson), ok)
		_, err = w.intend(w.clerk, lesson)
		want(t, "reviewed", err, fail.ForbiddenAct)
		_, err = w.intend(coursestest.Actor(t, w.Env, access.Host, w.Site.Path), lesson)
		want(t, "a host", err, fail.Missing)
	})
}

func TestWhatMayNotHaveAVideo(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, err := w.intend(w.clerk, w.next)
		want(t, "intend", err, ok)
		if _, err := w.intend(w.clerk, w.any); !fail.Is(err, "videos.other_medium") {
			t.Errorf("a talk: %v", err)
		}
		w.Do(t, func(tx *db.Tx) error {
			_, err := videos.Intend(tx, w.clerk, videos.IntendInput{Lesson: w.next, Bytes: videos.MaxBytes + 1})
			want(t, "too many bytes", err, fail.Oversize)
			l, err := courses.FindLesson(tx, w.next)
			if err == nil {
				_, err = courses.New().RemoveLesson(tx, w.clerk, courses.RemoveLessonInput{ID: w.next, Revision: l.Revision})
			}
			return err
		})
		_, err = w.intend(w.clerk, w.next)
		want(t, "a removed lesson", err, fail.Missing)
		_, err = w.complete(w.clerk, v.ID)
		want(t, "completing on a removed lesson", err, fail.Missing)
		w.Do(t, func(tx *db.Tx) error {
			l, err := courses.FindLesson(tx, w.lesson)
			if err != nil {
				return err
			}
			c, err := courses.FindCourse(tx, l.Course)
			if err == nil {
				_, err = courses.New().Archive(tx, w.clerk, courses.ArchiveInput{ID: c.ID, Revision: c.Revision})
			}
			return err
		})
		_, err = w.intend(w.clerk, w.lesson)
		want(t, "an archived course", err, fail.Missing)
		_, err = w.intend(w.clerk, courses.LessonID{1})
		want(t, "an unknown lesson", err, fail.Missing)
		_, err = w.complete(w.clerk, videos.VideoID{1})
		want(t, "an unknown video", err, fail.Missing)
	})
}

func TestFail(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, err := w.intend(w.clerk, w.lesson)
		want(t, "intend", err, ok)
		for range 2 {
			if v, err = w.fail(w.clerk, v.ID); err != nil || v.State != videos.Failed {
				t.Fatalf("%+v, %v", v, err)
			}
		}
		_, err = w.complete(w.clerk, v.ID)
		want(t, "complete", err, fail.Conflicting)
		kept := w.uploaded(t, w.clerk, w.lesson)
		if now, err := w.fail(orgtest.By, kept.ID); err != nil || now.State != videos.Ready {
			t.Errorf("what is ready: %+v, %v", now, err)
		}
	})
}

// Of two uploads that end together one is shown and the other replaced; whichever ends first.
func TestTwoCompletesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			var all []videos.View
			for _, by := range []access.Actor{w.clerk, w.reviewer, w.clerk} {
				v, err := w.intend(by, w.lesson)
				want(t, "intend", err, ok)
				all = append(all, v)
			}
			var wg sync.WaitGroup
			for i, by := range []access.Actor{w.clerk, w.reviewer, w.clerk} {
				wg.Go(func() {
					_, err := w.complete(by, all[i].ID)
					want(t, "complete", err, ok)
				})
			}
			wg.Wait()
			if got := w.states(t, w.lesson); got[videos.Ready] != 1 || got[videos.Intended] != 0 {
				t.Fatalf("%v", got)
			}
		}
	})
}

// The sweeper's Fail beside the uploader's Complete: one of them wins, and knows it.
func TestFailBesideComplete(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 10 {
			v, err := w.intend(w.clerk, w.lesson)
			want(t, "intend", err, ok)
			var wg sync.WaitGroup
			var failed videos.View
			var completing error
			wg.Go(func() {
				var err error
				failed, err = w.fail(orgtest.By, v.ID)
				want(t, "fail", err, ok)
			})
			wg.Go(func() { _, completing = w.complete(w.clerk, v.ID) })
			wg.Wait()
			switch {
			case completing == nil && failed.State == videos.Ready && w.ofLesson(t, w.lesson).ID == v.ID:
			case fail.Is(completing, "videos.broken_off") && failed.State == videos.Failed:
			default:
				t.Fatalf("complete %v, fail %s", completing, failed.State)
			}
		}
	})
}

func TestAudit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		first := w.uploaded(t, w.clerk, w.lesson)
		w.uploaded(t, w.clerk, w.lesson)
		v, err := w.intend(w.clerk, w.lesson)
		want(t, "intend", err, ok)
		_, err = w.fail(w.clerk, v.ID)
		want(t, "fail", err, ok)
		w.Do(t, func(tx *db.Tx) error {
			for _, id := range []videos.VideoID{first.ID, first.ID, v.ID} {
				if err := videos.Removed(tx, orgtest.By, id); err != nil {
					return err
				}
			}
			return nil
		})
		w.See(t, func(tx *db.Tx) error {
			rows, err := db.Ask[struct {
				Act string
				N   int
			}](tx, "SELECT act, COUNT(*) AS n FROM audit_rows WHERE object = 'video' GROUP BY act")
			got := map[string]int{}
			for _, r := range rows {
				got[r.Act] = r.N
			}
			if diff := cmp.Diff(map[string]int{"video.intend": 3, "video.ready": 2, "video.fail": 1, "video.remove": 2}, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func disable(t *testing.T, w *world, by access.Actor) {
	t.Helper()
	w.Do(t, func(tx *db.Tx) error {
		_, err := accounts.SetDisabled(tx, orgtest.By, accounts.SetDisabledInput{ID: by.Account, Disabled: true})
		return err
	})
}
