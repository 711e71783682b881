package media_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/media"
	"huotang/models/db"
	"huotang/models/org/orgtest"
	"huotang/models/videos"
)

// intend makes an upload that broke off, with the bytes that had arrived; nil for none.
func (l *library) intend(t *testing.T, data []byte) videos.View {
	t.Helper()
	var v videos.View
	l.Do(t, func(tx *db.Tx) (err error) {
		v, err = videos.Intend(tx, l.clerk, videos.IntendInput{Lesson: l.lesson, Name: "a.mp4"})
		return err
	})
	if data != nil {
		if err := l.Store.Put(t.Context(), v.Key, bytes.NewReader(data), int64(len(data)), "video/mp4"); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

const overADay = 24*time.Hour + time.Millisecond

func TestSweepCompletes(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		v := l.intend(t, files["front.mp4"])
		l.Clock.Add(23 * time.Hour)
		if got := l.sweep(t); got != (media.Swept{}) || l.shown(t).Key != "" {
			t.Errorf("before its day was over: %+v", got)
		}
		l.Clock.Add(overADay - 23*time.Hour)
		if got := l.sweep(t); got != (media.Swept{Completed: 1}) {
			t.Errorf("%+v", got)
		}
		got := l.shown(t)
		if got.ID != v.ID || got.Width != 96 || got.Height != 64 || got.Bytes != int64(len(files["front.mp4"])) || got.Codecs == "" {
			t.Errorf("%+v", got)
		}
		l.playable(t, got)
		if got := l.sweep(t); got != (media.Swept{}) {
			t.Errorf("a second time: %+v", got)
		}
	})
}

func TestSweepFails(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		l.intend(t, nil)
		l.Clock.Add(time.Millisecond)
		l.intend(t, files["front.mp4"][:4000])
		l.Clock.Add(time.Millisecond)
		l.intend(t, files["front.mp4"])
		l.Clock.Add(time.Millisecond)
		kept, err := l.receive(t.Context(), bytes.NewReader(files["plain.mp4"])) // newer than all of them
		if err != nil {
			t.Fatal(err)
		}
		l.Clock.Add(overADay)
		if got := l.sweep(t); got != (media.Swept{Failed: 3, Removed: 3}) {
			t.Errorf("%+v", got)
		}
		if got := l.failures(t); !cmp.Equal(got, []string{"videos.broken_off", "videos.truncated", "videos.overtaken"}) {
			t.Errorf("%q", got)
		}
		if got := l.keys(t); !cmp.Equal(got, []string{kept.Key}) || l.shown(t).ID != kept.ID {
			t.Errorf("kept %q", got)
		}
		if got := l.sweep(t); got != (media.Swept{}) {
			t.Errorf("a second time: %+v", got)
		}
	})
}

// down is a store that does not answer for one key.
type down struct {
	media.Store
	key string
}

var errDown = errors.New("no route to host")

func (d *down) Open(ctx context.Context, key string) (media.Object, error) {
	if key == d.key {
		return nil, errDown
	}
	return d.Store.Open(ctx, key)
}

// What the store does not say now may be whole: it is left for the next time, and keeps nothing else
// from being settled.
func TestSweepWaitsForTheStore(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		whole := l.intend(t, files["front.mp4"])
		l.Clock.Add(time.Millisecond)
		l.intend(t, nil)
		l.Clock.Add(overADay)
		good := l.Store
		l.Store = &down{good, whole.Key}
		got, err := l.Sweep(context.Background(), orgtest.By, l.Env.Write)
		if got != (media.Swept{Failed: 1, Removed: 1}) || !errors.Is(err, errDown) {
			t.Errorf("%+v, %v", got, err)
		}
		l.Store = good
		if got := l.sweep(t); got != (media.Swept{Completed: 1}) || l.shown(t).ID != whole.ID {
			t.Errorf("%+v", got)
		}
	})
}

// A sweep whose lease is lost changes and deletes nothing.
func TestSweepFenced(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		whole, half := l.intend(t, files["front.mp4"]), l.intend(t, files["front.mp4"][:4000])
		l.Clock.Add(overADay)
		lost := errors.New("lease lost")
		refuse := func(context.Context, func(*db.Tx) error) error { return lost }
		if got, err := l.Sweep(context.Background(), orgtest.By, refuse); got != (media.Swept{}) || !errors.Is(err, lost) {
			t.Errorf("%+v, %v", got, err)
		}
		if got := l.keys(t); len(got) != 2 || l.shown(t).Key != "" || len(l.failures(t)) > 0 {
			t.Errorf("left %q of %s, %s", got, whole.ID, half.ID)
		}
		if _, err := l.Sweep(context.Background(), l.clerk, l.Env.Write); err == nil {
			t.Error("a person sweeps")
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if got, err := l.Sweep(ctx, orgtest.By, l.Env.Write); got != (media.Swept{}) || !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %+v, %v", got, err)
		}
	})
}
