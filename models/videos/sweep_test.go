package videos_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/videos"
)

func TestStale(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, err := w.intend(w.clerk, w.lesson)
		want(t, "intend", err, ok)
		w.Clock.Add(24 * time.Hour)
		if got := w.stale(t); len(got) != 0 {
			t.Errorf("on the dot of a day: %+v", got)
		}
		w.Clock.Add(time.Millisecond)
		if got := w.stale(t); len(got) != 1 || got[0].ID != v.ID {
			t.Errorf("after a day: %+v", got)
		}
		replaced, kept := w.uploaded(t, w.clerk, w.next), w.uploaded(t, w.clerk, w.next)
		_, err = w.fail(orgtest.By, v.ID)
		want(t, "fail", err, ok)
		got := w.stale(t)
		if len(got) != 2 || got[0].ID != v.ID || got[0].State != videos.Failed || got[1].ID != replaced.ID {
			t.Errorf("%+v", got)
		}
		w.Do(t, func(tx *db.Tx) error {
			for _, id := range []videos.VideoID{v.ID, replaced.ID, kept.ID} {
				if err := videos.Removed(tx, orgtest.By, id); err != nil {
					return err
				}
			}
			return nil
		})
		if got := w.stale(t); len(got) != 0 {
			t.Errorf("after they were removed: %+v", got)
		}
		if got := w.ofLesson(t, w.next); got.ID != kept.ID || got.Key == "" {
			t.Errorf("what is shown was removed: %+v", got)
		}
	})
}

func TestOnlyJobsSweep(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, err := w.intend(w.clerk, w.lesson)
		want(t, "intend", err, ok)
		seats := append(w.Inside(), orgtest.Seat{Name: "visitor", Actor: access.Visitor()}, orgtest.Seat{Name: "uploader", Actor: w.clerk})
		for _, s := range seats {
			err := w.Read(context.Background(), func(tx *db.Tx) error {
				_, err := videos.Stale(tx, s.Actor)
				return err
			})
			want(t, s.Name+" lists", err, fail.ForbiddenAct)
			_, err = w.rescue(s.Actor, v.ID)
			want(t, s.Name+" rescues", err, fail.ForbiddenAct)
			err = w.Write(context.Background(), func(tx *db.Tx) error { return videos.Removed(tx, s.Actor, v.ID) })
			want(t, s.Name+" removes", err, fail.ForbiddenAct)
		}
	})
}

func TestRescue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, err := w.intend(w.clerk, w.lesson)
		want(t, "intend", err, ok)
		for range 2 {
			done, err := w.rescue(orgtest.By, v.ID)
			if err != nil || done.State != videos.Ready || done.Bytes != 1234 {
				t.Fatalf("%+v, %v", done, err)
			}
		}
		if err := w.review(w.clerk, w.lesson); !fail.Is(err, "courses.review_own") {
			t.Errorf("the uploader is no author: %v", err)
		}
		want(t, "review", w.review(w.reviewer, w.lesson), ok)
	})
}

// What broke off does not come back over what people have done since.
func TestRescueComesTooLate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		old, err := w.intend(w.clerk, w.lesson)
		want(t, "intend", err, ok)
		newer := w.uploaded(t, w.clerk, w.lesson)
		if _, err := w.rescue(orgtest.By, old.ID); !fail.Is(err, "videos.overtaken") {
			t.Errorf("over a newer video: %v", err)
		}
		w.Clock.Add(time.Hour)
		late, err := w.intend(w.clerk, w.lesson)
		want(t, "intend", err, ok)
		want(t, "review", w.review(w.reviewer, w.lesson), ok)
		if _, err := w.rescue(orgtest.By, late.ID); !fail.Is(err, "videos.overtaken") {
			t.Errorf("over a review: %v", err)
		}
		if w.ofLesson(t, w.lesson).ID != newer.ID || !w.reviewed(t, w.lesson) {
			t.Error("the lesson was changed")
		}
		gone := coursestest.Actor(t, w.Env, access.Lecturer, w.Township.Path)
		theirs, err := w.intend(gone, w.next)
		want(t, "intend", err, ok)
		disable(t, w, gone)
		_, err = w.rescue(orgtest.By, theirs.ID)
		want(t, "in the name of a disabled account", err, fail.Unauthenticated)
	})
}

func (w *world) keep(t *testing.T, v videos.VideoID, address string) string {
	t.Helper()
	var out string
	w.Do(t, func(tx *db.Tx) (err error) {
		out, err = videos.KeepAddress(tx, v, address)
		return err
	})
	return out
}

func (w *world) address(t *testing.T, v videos.VideoID) string {
	t.Helper()
	var out string
	w.See(t, func(tx *db.Tx) (err error) {
		out, err = videos.Address(tx, v)
		return err
	})
	return out
}

func TestAddresses(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v, other := w.uploaded(t, w.clerk, w.lesson), w.uploaded(t, w.clerk, w.next)
		w.Clock.Set(videos.WindowOf(w.Clock.Now()))
		if got := w.address(t, v.ID); got != "" {
			t.Errorf("before any: %q", got)
		}
		if a, b := w.keep(t, v.ID, "http://s/1"), w.keep(t, v.ID, "http://s/2"); a != "http://s/1" || b != a {
			t.Errorf("kept %q and %q", a, b)
		}
		w.Clock.Add(videos.Window - time.Millisecond)
		if got := w.address(t, v.ID); got != "http://s/1" {
			t.Errorf("at the window's end: %q", got)
		}
		w.Clock.Add(time.Millisecond)
		if got := w.address(t, v.ID); got != "" {
			t.Errorf("in the next window: %q", got)
		}
		if got := w.keep(t, v.ID, "http://s/3"); got != "http://s/3" || w.address(t, other.ID) != "" {
			t.Errorf("in the next window: %q", got)
		}
		for _, n := range []int64{1, 0} {
			w.Do(t, func(tx *db.Tx) error {
				got, err := videos.ForgetAddresses(tx)
				if got != n {
					t.Errorf("forgot %d, want %d", got, n)
				}
				return err
			})
		}
		if got := w.address(t, v.ID); got != "http://s/3" {
			t.Errorf("forgot the present one: %q", got)
		}
	})
}

// Replicas that sign at once hand out one address.
func TestAddressRace(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.uploaded(t, w.clerk, w.lesson)
		replica, err := db.Open(context.Background(), w.Conf, w.Clock.Now)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := replica.Close(); err != nil {
				t.Error(err)
			}
		}()
		for range 5 {
			w.Clock.Add(videos.Window)
			var got [8]string
			var wg sync.WaitGroup
			for i := range got {
				wg.Go(func() {
					d := []*db.DB{w.DB, replica}[i%2]
					err := d.Write(context.Background(), func(tx *db.Tx) (err error) {
						got[i], err = videos.KeepAddress(tx, v.ID, string(rune('a'+i)))
						return err
					})
					want(t, "keep", err, ok)
				})
			}
			wg.Wait()
			for _, a := range got {
				if a == "" || a != got[0] {
					t.Fatalf("%q", got)
				}
			}
		}
	})
}
