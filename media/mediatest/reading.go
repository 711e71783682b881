package mediatest

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"huotang/media"
)

func testSeek(t *testing.T, s media.Store) {
	data := noise(t, 1<<20)
	put(t, s, "seek.bin", data)
	o := open(t, s, "seek.bin")
	last := int64(len(data))
	for _, c := range []struct {
		offset int64
		whence int
		at     int64
	}{
		{1000, io.SeekStart, 1000},
		{500, io.SeekCurrent, 1516},
		{-16, io.SeekEnd, last - 16},
		{0, io.SeekStart, 0},
		{0, io.SeekEnd, last},
		{7, io.SeekStart, 7},
	} {
		at, err := o.Seek(c.offset, c.whence)
		if err != nil || at != c.at {
			t.Fatalf("seek %d from %d: %d, %v; want %d", c.offset, c.whence, at, err, c.at)
		}
		want := data[at:min(at+16, last)]
		got := make([]byte, 16)
		n, err := io.ReadFull(o, got)
		if !bytes.Equal(got[:n], want) || (err != nil && len(want) > 0) {
			t.Fatalf("at %d: read %x, %v; want %x", at, got[:n], err, want)
		}
	}
	if _, err := o.Seek(-1, io.SeekStart); err == nil {
		t.Error("a seek before the beginning went through")
	}
	testReader(t, s)
}

// testReader has the standard library try a reader on a small object.
func testReader(t *testing.T, s media.Store) {
	data := noise(t, 300)
	put(t, s, "reader.bin", data)
	if err := iotest.TestReader(onlyReader{open(t, s, "reader.bin")}, data); err != nil {
		t.Error(err)
	}
}

// keys lists the keys only.
func keys(t *testing.T, s media.Store, prefix, after string, limit int) []string {
	t.Helper()
	infos, err := s.List(t.Context(), prefix, after, limit)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, info := range infos {
		all = append(all, info.Key)
	}
	return all
}

// listed are keys whose byte order differs from the order of folders, of Unicode
// collation and of UTF-16.
var listed = []string{
	"a-b", "a.txt", "a/1", "a/b/1", "a/b/2", "a/b-c/1", "a/b.d/1", "ab", "B", "b", "café", "é/1",
	"课程/1.mp4", "课程/2.mp4", "课程-旧/1.mp4", "ﬁ", "𠮷野", "z z/+&=?#%25;",
}

func testList(t *testing.T, s media.Store) {
	for _, key := range listed {
		put(t, s, key, []byte(key))
	}
	for _, prefix := range []string{"", "a", "a/", "a/b", "a/b/", "课程", "课程/", "none", "../", "/"} {
		for _, after := range []string{"", "a/b", "a/b/1", "a/zzz", "课程/1.mp4", "~"} {
			for _, limit := range []int{0, 1, 3, 1000} {
				got, want := keys(t, s, prefix, after, limit), expected(prefix, after, limit)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("prefix %q after %q limit %d: %s", prefix, after, limit, diff)
				}
			}
		}
	}
	for _, key := range listed {
		expect(t, s, key, []byte(key))
	}
	testListed(t, s)
}

// expected is what List must give for the keys in listed.
func expected(prefix, after string, limit int) []string {
	var want []string
	for _, key := range slices.Sorted(slices.Values(listed)) {
		if strings.HasPrefix(key, prefix) && key > after && (limit == 0 || len(want) < limit) {
			want = append(want, key)
		}
	}
	return want
}

// testListed compares what List says of an object with what Stat says.
func testListed(t *testing.T, s media.Store) {
	infos, err := s.List(t.Context(), "a/b/", "", 1)
	if err != nil || len(infos) != 1 {
		t.Fatalf("%v, %v", infos, err)
	}
	want, err := s.Stat(t.Context(), infos[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	want.ContentType = ""
	// S3 gives milliseconds in lists and seconds in headers.
	want.Modified = infos[0].Modified
	if diff := cmp.Diff(want, infos[0]); diff != "" {
		t.Error(diff)
	}
}

func testListPages(t *testing.T, s media.Store) {
	const n = 25
	for i := range n {
		put(t, s, fmt.Sprintf("p/%02d/x", i), nil)
	}
	var all []string
	for after := ""; ; after = all[len(all)-1] {
		page := keys(t, s, "p/", after, 4)
		if len(page) == 0 {
			break
		}
		all = append(all, page...)
	}
	if len(all) != n || !slices.IsSorted(all) {
		t.Errorf("%d keys by pages: %q", len(all), all)
	}
}

// hostile are keys that lead out of the store, hide, or that some store cannot keep.
var hostile = []string{
	"", "/", "/etc/passwd", "..", "../x", "a/../b", "a/./b", "./a", "a//b", "a/", ".hidden", "a/.hidden/b", ".tmp/x",
	"a\\b", "a\x00b", "a\nb", "\x7f", "a\u0085b", "bad\xffutf8", " a", "a /b", "a/ b", "a ",
	strings.Repeat("x", 256), strings.Repeat("长", 90), strings.Repeat("a/", 300) + "b",
}

func testHostileKeys(t *testing.T, s media.Store) {
	for _, key := range hostile {
		if err := s.Put(t.Context(), key, strings.NewReader("x"), 1, ""); !isBadKey(err) {
			t.Errorf("put %.40q: %v", key, err)
		}
		if _, err := s.Open(t.Context(), key); !isBadKey(err) {
			t.Errorf("open %.40q: %v", key, err)
		}
		if _, err := s.Stat(t.Context(), key); !isBadKey(err) {
			t.Errorf("stat %.40q: %v", key, err)
		}
		if err := s.Delete(t.Context(), key); !isBadKey(err) {
			t.Errorf("delete %.40q: %v", key, err)
		}
		if u, err := s.URL(t.Context(), key, minute, media.URLOptions{}); !isBadKey(err) {
			t.Errorf("url %.40q: %q, %v", key, u, err)
		}
	}
	expectNothing(t, s)
}
