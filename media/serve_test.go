package media_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/media"
)

const title = "课程/春茶 1.mp4"

// server serves one object from a disk store.
func server(t testing.TB, data string, opts media.URLOptions) *httptest.Server {
	s := openDisk(t, t.TempDir())
	store(t, s, title, data)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o, err := s.Open(r.Context(), title)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() {
			if err := o.Close(); err != nil {
				t.Error(err)
			}
		}()
		if opts == (media.URLOptions{}) {
			media.Serve(w, r, o)
			return
		}
		media.ServeAs(w, r, o, opts)
	}))
	t.Cleanup(srv.Close)
	return srv
}

// ask gives the answer's status, headers and body.
func ask(t *testing.T, method, address string, header ...string) (int, http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(data)
}

func TestServe(t *testing.T) {
	srv := server(t, "0123456789", media.URLOptions{})
	status, header, data := ask(t, "GET", srv.URL)
	if status != 200 || data != "0123456789" {
		t.Errorf("%d %q", status, data)
	}
	got := map[string]string{}
	for name := range header {
		got[name] = header.Get(name)
	}
	want := map[string]string{
		"Accept-Ranges": "bytes", "Cache-Control": "private, no-cache", "Content-Length": "10",
		"Content-Disposition": "inline; filename*=UTF-8''%E6%98%A5%E8%8C%B6%201.mp4",
		"Content-Type":        "video/mp4", "X-Content-Type-Options": "nosniff",
		"Date": got["Date"], "Etag": got["Etag"], "Last-Modified": got["Last-Modified"],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(got["Etag"]) < 4 || got["Last-Modified"] == "" {
		t.Errorf("ETag %q, modified %q", got["Etag"], got["Last-Modified"])
	}
}

func TestServeRanges(t *testing.T) {
	srv := server(t, "0123456789", media.URLOptions{})
	_, header, _ := ask(t, "HEAD", srv.URL)
	tag := header.Get("ETag")
	for name, c := range map[string]struct {
		header []string
		want   string
	}{
		"head of it":        {[]string{"Range", "bytes=0-3"}, "206 bytes 0-3/10 0123"},
		"rest":              {[]string{"Range", "bytes=7-"}, "206 bytes 7-9/10 789"},
		"last two":          {[]string{"Range", "bytes=-2"}, "206 bytes 8-9/10 89"},
		"beyond":            {[]string{"Range", "bytes=10-"}, "416 bytes */10 "},
		"same, resumed":     {[]string{"Range", "bytes=7-", "If-Range", tag}, "206 bytes 7-9/10 789"},
		"replaced, resumed": {[]string{"Range", "bytes=7-", "If-Range", `"other"`}, "200  0123456789"},
		"unchanged":         {[]string{"If-None-Match", tag}, "304  "},
	} {
		status, header, data := ask(t, "GET", srv.URL, c.header...)
		if status == 416 {
			data = ""
		}
		if got := fmt.Sprint(status, " ", header.Get("Content-Range"), " ", data); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestServeAs(t *testing.T) {
	srv := server(t, "x", media.URLOptions{ContentType: "text/plain", Filename: `a"b; c'd%.mp4`, Download: true})
	_, header, _ := ask(t, "GET", srv.URL)
	if got := header.Get("Content-Disposition"); got != "attachment; filename*=UTF-8''a%22b%3B%20c%27d%25.mp4" {
		t.Errorf("disposition %q", got)
	}
	if got := header.Get("Content-Type"); got != "text/plain" {
		t.Errorf("type %q", got)
	}
}

// Serving a range is to cost what http.ServeContent costs on the bare file.
func BenchmarkServe(b *testing.B) {
	srv := server(b, strings.Repeat("x", 1<<20), media.URLOptions{})
	b.SetBytes(1 << 20)
	for b.Loop() {
		res, err := http.Get(srv.URL)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			b.Fatal(err)
		}
		res.Body.Close()
	}
}
