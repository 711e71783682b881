// Package mediatest holds the one suite that every media.Store passes, and gives
// tests of other packages a fresh bucket on a real S3 server.
package mediatest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/media"
)

// Run holds a store to the contract of media.Store. open gives an empty store and
// is called once for each of the tests, which run beside each other.
func Run(t *testing.T, open func(t *testing.T) media.Store) {
	for name, test := range map[string]func(*testing.T, media.Store){
		"Put":           testPut,
		"ContentType":   testContentType,
		"Replace":       testReplace,
		"Absent":        testAbsent,
		"Delete":        testDelete,
		"Seek":          testSeek,
		"List":          testList,
		"ListPages":     testListPages,
		"HostileKeys":   testHostileKeys,
		"WrongSize":     testWrongSize,
		"FailingReader": testFailingReader,
		"Cancelled":     testCancelled,
		"Concurrent":    testConcurrent,
		"OpenWhilePut":  testOpenWhilePut,
		"Check":         testCheck,
		"URL":           testURL,
		"URLExpires":    testURLExpires,
		"URLTampered":   testURLTampered,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// put stores data and fails the test when it cannot.
func put(t *testing.T, s media.Store, key string, data []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, bytes.NewReader(data), int64(len(data)), ""); err != nil {
		t.Fatal(err)
	}
}

// read gives the whole object.
func read(t *testing.T, s media.Store, key string) []byte {
	t.Helper()
	data, err := io.ReadAll(open(t, s, key))
	if err != nil {
		t.Fatalf("read %q: %v", key, err)
	}
	return data
}

// open gives the object, closed when the test ends.
func open(t *testing.T, s media.Store, key string) media.Object {
	t.Helper()
	o, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Errorf("close %q: %v", key, err)
		}
	})
	return o
}

// expect fails the test unless the object has the data.
func expect(t *testing.T, s media.Store, key string, want []byte) {
	t.Helper()
	if got := read(t, s, key); !bytes.Equal(got, want) {
		t.Errorf("%q: read %d bytes, want %d, or others", key, len(got), len(want))
	}
}

// expectNothing fails the test when the store has any object.
func expectNothing(t *testing.T, s media.Store) {
	t.Helper()
	if got := keys(t, s, "", "", 0); len(got) > 0 {
		t.Errorf("left behind: %q", got)
	}
}

// noise gives random bytes, which no store can shrink.
func noise(t *testing.T, size int) []byte {
	t.Helper()
	data := make([]byte, size)
	if _, err := rand.Read(data); err != nil {
		t.Fatal(err)
	}
	return data
}

// sizes cover nothing, a little, more than a buffer, exactly one part of a multipart
// upload, and several.
var sizes = []int{0, 1, 1 << 20, 5 << 20, 11 << 20}

func testPut(t *testing.T, s media.Store) {
	for _, size := range sizes {
		for _, announced := range []int64{int64(size), -1} {
			key := fmt.Sprintf("put/%d/%d.bin", size, announced)
			data := noise(t, size)
			before := time.Now().Add(-time.Hour) // the server's clock is not ours
			if err := s.Put(t.Context(), key, onlyReader{bytes.NewReader(data)}, announced, ""); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			expect(t, s, key, data)
			info, err := s.Stat(t.Context(), key)
			if err != nil {
				t.Fatal(err)
			}
			if info.ETag == "" || strings.Contains(info.ETag, `"`) || info.Modified.Before(before) || info.Modified.Location() != time.UTC {
				t.Errorf("%s: %+v", key, info)
			}
			want := media.Info{Key: key, Size: int64(size), Modified: info.Modified, ContentType: "application/octet-stream", ETag: info.ETag}
			if diff := cmp.Diff(want, info); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// onlyReader hides that a reader can seek.
type onlyReader struct{ io.Reader }

func testContentType(t *testing.T, s media.Store) {
	for _, c := range []struct{ key, given, want string }{
		{"a.mp4", "video/mp4", "video/mp4"},
		{"b.MP4", "", "video/mp4"},
		{"c.jpg", "", "image/jpeg"},
		{"d.webp", "image/webp", "image/webp"},
		{"e", "", "application/octet-stream"},
	} {
		if err := s.Put(t.Context(), c.key, strings.NewReader("x"), 1, c.given); err != nil {
			t.Fatal(err)
		}
		opened := open(t, s, c.key).Info()
		stat, err := s.Stat(t.Context(), c.key)
		if err != nil || stat.ContentType != c.want {
			t.Errorf("%s: %q, %v; want %q", c.key, stat.ContentType, err, c.want)
		}
		if diff := cmp.Diff(stat, opened); diff != "" {
			t.Errorf("%s: Open says other than Stat: %s", c.key, diff)
		}
	}
}

func testReplace(t *testing.T, s media.Store) {
	const key = "课程/春茶管护 第1课.mp4" // also: a key in Chinese with a space
	seen := map[string]bool{}
	for _, data := range []string{"the first", "the other", "a shorter", "", "much longer than all before"} {
		put(t, s, key, []byte(data))
		expect(t, s, key, []byte(data))
		info, err := s.Stat(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if seen[info.ETag] {
			t.Errorf("ETag %q a second time", info.ETag)
		}
		seen[info.ETag] = true
	}
	if got := keys(t, s, "", "", 0); len(got) != 1 || got[0] != key {
		t.Errorf("listed %q", got)
	}
}

func testAbsent(t *testing.T, s media.Store) {
	put(t, s, "folder/there.txt", []byte("x"))
	for _, key := range []string{"absent", "folder", "folder/absent", "folder/there.txt/below", "f"} {
		if _, err := s.Stat(t.Context(), key); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("stat %q: %v", key, err)
		}
		if o, err := s.Open(t.Context(), key); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("open %q: %v, %v", key, o, err)
		}
		if err := s.Delete(t.Context(), key); err != nil {
			t.Errorf("delete %q: %v", key, err)
		}
	}
	expect(t, s, "folder/there.txt", []byte("x"))
}

func testDelete(t *testing.T, s media.Store) {
	put(t, s, "a/b/one", []byte("1"))
	put(t, s, "a/b/two", []byte("2"))
	for range 2 {
		if err := s.Delete(t.Context(), "a/b/one"); err != nil {
			t.Fatal(err)
		}
	}
	if got := keys(t, s, "", "", 0); !cmp.Equal(got, []string{"a/b/two"}) {
		t.Errorf("listed %q", got)
	}
	if err := s.Delete(t.Context(), "a/b/two"); err != nil {
		t.Fatal(err)
	}
	expectNothing(t, s)
	put(t, s, "a", []byte("the folder's name is free again"))
}

func testCheck(t *testing.T, s media.Store) {
	for range 2 {
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	expectNothing(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Check(ctx); err == nil {
		t.Error("no error though cancelled")
	}
}
