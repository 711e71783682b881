package media_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"huotang/media"
	"huotang/media/mediatest"
	"huotang/media/mediatest/versitytest"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/videos"
)

// library is a library on a test's store and database, with a lesson that wants a video.
type library struct {
	*media.Library
	*dbtest.Env
	orgtest.Tree
	clerk  access.Actor
	lesson courses.LessonID
}

// Files are read before versitygw changes the working directory.
var files = map[string][]byte{}

func TestMain(m *testing.M) {
	for _, pattern := range []string{"testdata/*.m*", "../app/demo/videos/*.mp4"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			panic(pattern)
		}
		for _, name := range names {
			if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
				panic(err)
			}
		}
	}
	os.Exit(m.Run())
}

// each runs fn on a folder with every database, and on two S3 servers with one.
func each(t *testing.T, fn func(t *testing.T, l *library)) {
	t.Helper()
	t.Run("disk", func(t *testing.T) {
		dbtest.Each(t, func(t *testing.T, e *dbtest.Env) { fn(t, newLibrary(t, e, openDisk(t, t.TempDir()))) })
	})
	t.Run("minio", func(t *testing.T) { fn(t, newLibrary(t, dbtest.SQLite(t), mediatest.S3(t))) })
	t.Run("versity", func(t *testing.T) {
		store := mediatest.Bucket(t, versitytest.Start(t))
		fn(t, newLibrary(t, dbtest.SQLite(t), store))
	})
}

func newLibrary(t *testing.T, e *dbtest.Env, store media.Store) *library {
	t.Helper()
	l := &library{Env: e, Tree: orgtest.County(t, e)}
	l.Library = &media.Library{DB: e.DB, Store: store, Limit: 1 << 20, Temp: t.TempDir()}
	l.clerk = coursestest.Actor(t, e, access.Township, l.Township.Path)
	c := coursestest.Course(t, e, l.clerk, l.Township.ID, "春茶管理")
	e.Do(t, func(tx *db.Tx) error {
		v, err := courses.New().AddLesson(tx, l.clerk, courses.AddLessonInput{
			Course: c.ID, Title: "采摘", Medium: courses.Video, Minutes: 20, Language: courses.Dialect,
		})
		l.lesson = v.ID
		return err
	})
	t.Cleanup(func() { l.noTemp(t) })
	return l
}

func (l *library) noTemp(t *testing.T) {
	t.Helper()
	left, err := os.ReadDir(l.Temp)
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files left: %v, %v", left, err)
	}
}

func (l *library) receive(ctx context.Context, r io.Reader) (videos.View, error) {
	return l.Receive(ctx, l.clerk, l.lesson, "采茶.mp4", r)
}

// keys lists what is in the store.
func (l *library) keys(t *testing.T) []string {
	t.Helper()
	infos, err := l.Store.List(context.Background(), "", "", 0)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, i := range infos {
		out = append(out, i.Key)
	}
	return out
}

func (l *library) sweep(t *testing.T) media.Swept {
	t.Helper()
	s, err := l.Sweep(context.Background(), orgtest.By, l.Env.Write)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// failures lists the codes of the videos that failed, in the order in which they were made.
func (l *library) failures(t *testing.T) []string {
	t.Helper()
	out := []string{}
	l.See(t, func(tx *db.Tx) error {
		rows, err := db.Ask[struct{ Failure string }](tx, "SELECT failure FROM videos WHERE state = 'failed' ORDER BY made_at, id")
		for _, r := range rows {
			out = append(out, r.Failure)
		}
		return err
	})
	return out
}

func (l *library) shown(t *testing.T) (v videos.View) {
	t.Helper()
	l.See(t, func(tx *db.Tx) (err error) {
		if v, err = videos.OfLesson(tx, l.lesson); fail.Is(err, "videos.none_yet") {
			return nil
		}
		return err
	})
	return v
}

func TestReceive(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		var last videos.View
		for _, file := range []string{"01-tea.mp4", "02-charter.mp4", "03-policy.mp4", "plain.mp4", "front.mp4", "silent.mp4", "phone.mov"} {
			data := files[file]
			want, err := media.Probe(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			v, err := l.receive(t.Context(), iotest.HalfReader(bytes.NewReader(data)))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if v.State != videos.Ready || v.Width != want.Width || v.Height != want.Height || v.Codecs != want.Codecs() ||
				v.Bytes != int64(len(data)) || int64(v.DurationMs) != want.Duration.Milliseconds() {
				t.Errorf("%s: %+v", file, v)
			}
			l.playable(t, v)
			last = v
		}
		if got := l.shown(t); got.ID != last.ID {
			t.Errorf("shows %s", got.ID)
		}
		if got := l.sweep(t); got != (media.Swept{Removed: 6}) {
			t.Errorf("%+v", got)
		}
		if got := l.keys(t); !cmp.Equal(got, []string{last.Key}) {
			t.Errorf("kept %q", got)
		}
	})
}

// playable holds that the stored object is whole and begins to play at once.
func (l *library) playable(t *testing.T, v videos.View) {
	t.Helper()
	obj, err := l.Store.Open(t.Context(), v.Key)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := obj.Close(); err != nil {
			t.Error(err)
		}
	}()
	info, err := media.Probe(obj, obj.Info().Size)
	if err != nil || !info.FastStart || obj.Info().Size != v.Bytes || obj.Info().ContentType != "video/mp4" {
		t.Errorf("%s: %+v %+v, %v", v.Key, info, obj.Info(), err)
	}
}

// bad lists what is refused, and with which message.
func bad() []struct {
	what, code string
	kind       fail.Kind
	data       []byte
} {
	plain := files["plain.mp4"]
	return []struct {
		what, code string
		kind       fail.Kind
		data       []byte
	}{
		{"a text", "videos.not_mp4", fail.InvalidInput, files["text.mp4"]},
		{"nothing", "videos.empty", fail.InvalidInput, nil},
		{"HEVC", "videos.hevc", fail.InvalidInput, files["hevc.mp4"]},
		{"the first half", "videos.truncated", fail.InvalidInput, plain[:len(plain)/2]},
		{"all but one byte", "videos.truncated", fail.InvalidInput, plain[:len(plain)-1]},
		{"fragments", "videos.fragmented", fail.InvalidInput, files["fragmented.mp4"]},
		{"only sound", "videos.no_picture", fail.InvalidInput, files["sound.mp4"]},
		{"encrypted", "videos.encrypted", fail.InvalidInput, files["encrypted.mp4"]},
		{"VP9", "videos.codec", fail.InvalidInput, files["vp9.mp4"]},
		{"10 bits", "videos.profile", fail.InvalidInput, files["tenbit.mp4"]},
		{"MP3", "videos.sound", fail.InvalidInput, files["mp3.mp4"]},
		{"a byte too many", "videos.too_large", fail.Oversize, bytes.Repeat([]byte{0}, 1<<20+1)},
	}
}

func TestReceiveRefuses(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		kept, err := l.receive(t.Context(), bytes.NewReader(files["silent.mp4"]))
		if err != nil {
			t.Fatal(err)
		}
		codes := []string{}
		for _, c := range bad() {
			l.Clock.Add(1e6)
			_, err := l.receive(t.Context(), bytes.NewReader(c.data))
			e, ok := fail.As(err)
			if !ok || e.Kind != c.kind || e.Code != c.code && (len(e.Fields) != 1 || e.Fields[0].Name != "file" || e.Fields[0].Code != c.code) {
				t.Errorf("%s: %v, want %s", c.what, err, c.code)
			}
			codes = append(codes, c.code)
			l.noTemp(t)
		}
		if diff := cmp.Diff(codes, l.failures(t)); diff != "" {
			t.Error(diff)
		}
		if got := l.shown(t); got.ID != kept.ID {
			t.Errorf("shows %+v", got)
		}
		if got := l.keys(t); !cmp.Equal(got, []string{kept.Key}) {
			t.Errorf("kept %q", got)
		}
		if got := l.sweep(t); got != (media.Swept{Removed: len(codes)}) {
			t.Errorf("%+v", got)
		}
		if got := l.keys(t); !cmp.Equal(got, []string{kept.Key}) {
			t.Errorf("after the sweep %q", got)
		}
	})
}

// A file of exactly the limit is taken.
func TestReceiveLimit(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		l.Limit = int64(len(files["plain.mp4"]))
		if _, err := l.receive(t.Context(), bytes.NewReader(files["plain.mp4"])); err != nil {
			t.Error(err)
		}
		l.Limit--
		if _, err := l.receive(t.Context(), bytes.NewReader(files["plain.mp4"])); fail.KindOf(err) != fail.Oversize {
			t.Error(err)
		}
	})
}

// untouched fails the test when anybody reads it.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("bytes were read of one who may not upload")
	return 0, io.EOF
}

func TestReceiveAsksFirst(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		for _, c := range []struct {
			by   access.Actor
			kind fail.Kind
		}{
			{access.Visitor(), fail.Unauthenticated},
			{coursestest.Actor(t, l.Env, access.Host, l.Site.Path), fail.Missing},
			{coursestest.Actor(t, l.Env, access.Township, l.Township2.Path), fail.Missing},
			{coursestest.Actor(t, l.Env, access.Auditor, l.County.Path), fail.ForbiddenAct},
		} {
			if _, err := l.Receive(t.Context(), c.by, l.lesson, "x.mp4", untouched{t}); fail.KindOf(err) != c.kind {
				t.Errorf("%s: %v", c.by.Name, err)
			}
		}
		if got := l.failures(t); len(got) > 0 {
			t.Errorf("%q", got)
		}
	})
}

// A person loses the right while the file is on its way.
func TestReceiveAsksAgain(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		data := files["plain.mp4"]
		archive := readerFunc(func([]byte) (int, error) {
			l.Do(t, func(tx *db.Tx) error {
				lesson, err := courses.FindLesson(tx, l.lesson)
				if err != nil {
					return err
				}
				c, err := courses.FindCourse(tx, lesson.Course)
				if err == nil && !c.Archived {
					_, err = courses.New().Archive(tx, l.clerk, courses.ArchiveInput{ID: c.ID, Revision: c.Revision})
				}
				return err
			})
			return 0, io.EOF
		})
		_, err := l.receive(t.Context(), io.MultiReader(bytes.NewReader(data), archive))
		if fail.KindOf(err) != fail.Missing {
			t.Error(err)
		}
		if got := l.keys(t); len(got) > 0 {
			t.Errorf("left %q", got)
		}
		if got := l.failures(t); !cmp.Equal(got, []string{"courses.lesson_missing"}) {
			t.Errorf("%q", got)
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// The browser goes away, or the request is cancelled, in the middle.
func TestReceiveBrokenOff(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		half := func() io.Reader { return bytes.NewReader(files["plain.mp4"][:3000]) }
		gone := errors.New("connection reset")
		if _, err := l.receive(t.Context(), io.MultiReader(half(), iotest.ErrReader(gone))); !errors.Is(err, gone) || fail.KindOf(err) != fail.Internal {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		stop := readerFunc(func([]byte) (int, error) {
			cancel()
			return 0, io.EOF
		})
		if _, err := l.receive(ctx, io.MultiReader(bytes.NewReader(files["plain.mp4"]), stop)); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if _, err := l.receive(ctx, half()); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if got := l.failures(t); !cmp.Equal(got, []string{"videos.broken_off", "videos.broken_off"}) {
			t.Errorf("%q", got)
		}
		l.sweep(t)
		if got := l.keys(t); len(got) > 0 || l.shown(t).Key != "" {
			t.Errorf("left %q", got)
		}
	})
}

// Addresses are the same for everyone in one window, and read the object with ranges.
func TestLibraryAddress(t *testing.T) {
	each(t, func(t *testing.T, l *library) {
		v, err := l.receive(t.Context(), bytes.NewReader(files["plain.mp4"]))
		if err != nil {
			t.Fatal(err)
		}
		replica := *l.Library
		one, err := l.Address(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		other, err := replica.Address(t.Context(), v)
		if err != nil || one != other {
			t.Errorf("%q and %q, %v", one, other, err)
		}
		if l.Store.Origin() == "" {
			if one != "" {
				t.Errorf("a folder has the address %q", one)
			}
			return
		}
		if !strings.HasPrefix(one, l.Store.Origin()+"/") {
			t.Errorf("%q is not at %s", one, l.Store.Origin())
		}
		if got := body(t, one); got != "200 OK "+stored(t, l, v.Key) {
			t.Errorf("%.60q", got)
		}
		l.Clock.Add(videos.Window)
		if again, err := l.Address(t.Context(), v); err != nil || again == "" {
			t.Errorf("in the next window: %q, %v", again, err)
		}
		if got := l.sweep(t); got.Addresses != 1 {
			t.Errorf("%+v", got)
		}
	})
}

func stored(t *testing.T, l *library, key string) string {
	t.Helper()
	obj, err := l.Store.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(obj)
	if err := errors.Join(err, obj.Close()); err != nil {
		t.Fatal(err)
	}
	return string(data)
}
