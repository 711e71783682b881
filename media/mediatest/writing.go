package mediatest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"huotang/media"
)

func isBadKey(err error) bool { return errors.Is(err, media.ErrKey) }

func testWrongSize(t *testing.T, s media.Store) {
	put(t, s, "kept", []byte("the old one"))
	for _, c := range []struct{ real, announced int64 }{
		{10, 11}, {11, 10}, {1, 0}, {0, 1}, {5 << 20, 5<<20 + 1}, {5<<20 + 1, 5 << 20}, {6 << 20, 7 << 20}, {7 << 20, 6 << 20},
	} {
		for _, key := range []string{"kept", "fresh"} {
			r := io.LimitReader(zeros{}, c.real)
			if err := s.Put(t.Context(), key, r, c.announced, ""); !errors.Is(err, media.ErrSize) {
				t.Errorf("%d bytes announced as %d: %v", c.real, c.announced, err)
			}
		}
	}
	expectOnlyKept(t, s)
}

// zeros never ends.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// expectOnlyKept fails the test unless the one object is there as it was.
func expectOnlyKept(t *testing.T, s media.Store) {
	t.Helper()
	if got := keys(t, s, "", "", 0); len(got) != 1 || got[0] != "kept" {
		t.Errorf("listed %q", got)
	}
	expect(t, s, "kept", []byte("the old one"))
}

// failAfter gives n bytes and then an error, having called before.
type failAfter struct {
	n      int64
	before func()
	err    error
}

func (f *failAfter) Read(p []byte) (int, error) {
	if f.n <= 0 {
		f.before()
		return 0, f.err
	}
	n := min(int64(len(p)), f.n)
	clear(p[:n])
	f.n -= n
	return int(n), nil
}

func testFailingReader(t *testing.T, s media.Store) {
	put(t, s, "kept", []byte("the old one"))
	broken := errors.New("the line broke")
	for _, n := range []int64{0, 100, 6 << 20} {
		for _, announced := range []int64{20 << 20, -1} {
			for _, key := range []string{"kept", "fresh"} {
				r := &failAfter{n: n, before: func() {}, err: broken}
				if err := s.Put(t.Context(), key, r, announced, ""); !errors.Is(err, broken) {
					t.Errorf("after %d of %d: %v", n, announced, err)
				}
			}
		}
	}
	expectOnlyKept(t, s)
}

func testCancelled(t *testing.T, s media.Store) {
	put(t, s, "kept", []byte("the old one"))
	for _, n := range []int64{0, 100, 6 << 20} {
		for _, announced := range []int64{n, 20 << 20, -1} {
			for _, key := range []string{"kept", "fresh"} {
				ctx, cancel := context.WithCancel(t.Context())
				r := &failAfter{n: n, before: cancel, err: io.EOF}
				if err := s.Put(ctx, key, r, announced, ""); err == nil {
					t.Errorf("cancelled after %d of %d: no error", n, announced)
				}
				cancel()
			}
		}
	}
	expectOnlyKept(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Open(ctx, "kept"); !errors.Is(err, context.Canceled) {
		t.Errorf("open: %v", err)
	}
	if _, err := s.List(ctx, "", "", 0); !errors.Is(err, context.Canceled) {
		t.Errorf("list: %v", err)
	}
}

// Of puts of one key at the same time one wins whole, and a reader never sees a
// mixture or nothing.
func testConcurrent(t *testing.T, s media.Store) {
	const size, writers = 300_000, 8
	put(t, s, "one", bytes.Repeat([]byte("z"), size))
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			data := bytes.Repeat([]byte{byte('a' + i)}, size)
			if err := s.Put(t.Context(), "one", bytes.NewReader(data), size, ""); err != nil {
				t.Errorf("put: %v", err)
			}
			if err := whole(t.Context(), s, "one", size); err != nil {
				t.Error(err)
			}
			if err := s.Put(t.Context(), fmt.Sprintf("beside/%d/x", i), strings.NewReader("x"), 1, ""); err != nil {
				t.Errorf("put beside: %v", err)
			}
			if err := s.Delete(t.Context(), fmt.Sprintf("beside/%d/x", i)); err != nil {
				t.Errorf("delete beside: %v", err)
			}
		})
	}
	group.Wait()
	if err := whole(t.Context(), s, "one", size); err != nil {
		t.Error(err)
	}
	if got := keys(t, s, "", "", 0); len(got) != 1 {
		t.Errorf("listed %q", got)
	}
}

// whole reads an object that must be one byte repeated.
func whole(ctx context.Context, s media.Store, key string, size int) error {
	o, err := s.Open(ctx, key)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(o)
	if errors.Join(err, o.Close()) != nil {
		return nil // replaced while it was read: failing is allowed
	}
	if len(data) != size || bytes.Count(data, data[:1]) != size {
		return fmt.Errorf("%q is a mixture of %d bytes", key, len(data))
	}
	return nil
}

// An object replaced or deleted under a reader gives the old bytes or an error.
func testOpenWhilePut(t *testing.T, s media.Store) {
	for name, act := range map[string]func(key string) error{
		"replace": func(key string) error {
			return s.Put(t.Context(), key, io.LimitReader(zeros{}, heldSize), heldSize, "")
		},
		"delete": func(key string) error { return s.Delete(t.Context(), key) },
	} {
		put(t, s, name, bytes.Repeat([]byte("o"), heldSize))
		o := open(t, s, name)
		var acted sync.WaitGroup
		acted.Go(func() {
			if err := act(name); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
		got, err := readHeld(o)
		acted.Wait()
		if bytes.Count(got, []byte("o")) != len(got) || (err == nil && len(got) != heldSize) {
			t.Errorf("%s: read %d bytes, some of them new, %v", name, len(got), err)
		}
	}
}

const heldSize = 6 << 20

// readHeld reads a little, lets others act, and reads the rest.
func readHeld(o media.Object) ([]byte, error) {
	first := make([]byte, 1000)
	if _, err := io.ReadFull(o, first); err != nil {
		return nil, err
	}
	time.Sleep(100 * time.Millisecond)
	rest, err := io.ReadAll(o)
	return append(first, rest...), err
}
