package mediatest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"huotang/media"
)

const minute = time.Minute

// sign gives an address of the object, or "" when the store has none, in which case
// it must have no origin either.
func sign(t *testing.T, s media.Store, key string, expires time.Duration, opts media.URLOptions) string {
	t.Helper()
	u, err := s.URL(t.Context(), key, expires, opts)
	if err != nil {
		t.Fatal(err)
	}
	if (u == "") != (s.Origin() == "") || !strings.HasPrefix(u, s.Origin()) {
		t.Errorf("address %q, origin %q", u, s.Origin())
	}
	return u
}

// answer is what a server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request without any credentials, as a browser would.
func ask(t *testing.T, method, address string, header ...string) answer {
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
	return answer{res.StatusCode, res.Header, data}
}

func get(t *testing.T, address string, header ...string) answer {
	t.Helper()
	return ask(t, http.MethodGet, address, header...)
}

func testURL(t *testing.T, s media.Store) {
	const key = "视频/第 1 课 + a&b.mp4"
	data := noise(t, 100_000)
	put(t, s, key, data)
	plain := sign(t, s, key, minute, media.URLOptions{})
	if plain == "" {
		return
	}
	got := get(t, plain)
	if got.status != http.StatusOK || !bytes.Equal(got.body, data) || got.header.Get("Content-Type") != "video/mp4" {
		t.Errorf("whole: %d %v, %d bytes", got.status, got.header, len(got.body))
	}
	got = get(t, plain, "Range", "bytes=500-1499")
	if got.status != http.StatusPartialContent || !bytes.Equal(got.body, data[500:1500]) ||
		got.header.Get("Content-Range") != "bytes 500-1499/100000" {
		t.Errorf("range: %d %v, %d bytes", got.status, got.header, len(got.body))
	}
	got = get(t, plain, "Range", "bytes=100000-")
	if got.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("range beyond the end: %d", got.status)
	}
	got = get(t, sign(t, s, "视频/none.mp4", minute, media.URLOptions{}))
	if got.status != http.StatusNotFound {
		t.Errorf("absent: %d", got.status)
	}
	testURLOptions(t, s, key)
}

func testURLOptions(t *testing.T, s media.Store, key string) {
	answered := get(t, sign(t, s, key, minute, media.URLOptions{ContentType: "video/quicktime", Filename: "春茶 1.mp4", Download: true}))
	if got := answered.header.Get("Content-Type"); got != "video/quicktime" {
		t.Errorf("content type %q", got)
	}
	if got := answered.header.Get("Content-Disposition"); got != "attachment; filename*=UTF-8''%E6%98%A5%E8%8C%B6%201.mp4" {
		t.Errorf("disposition %q", got)
	}
	for _, expires := range []time.Duration{0, -minute, 8 * 24 * time.Hour} {
		if u, err := s.URL(t.Context(), key, expires, media.URLOptions{}); err == nil {
			t.Errorf("expires in %v: %q", expires, u)
		}
	}
}

func testURLExpires(t *testing.T, s media.Store) {
	put(t, s, "soon.txt", []byte("x"))
	soon := sign(t, s, "soon.txt", 2*time.Second, media.URLOptions{})
	if soon == "" {
		return
	}
	if got := get(t, soon); got.status != http.StatusOK {
		t.Errorf("at once: %d", got.status)
	}
	time.Sleep(4 * time.Second)
	if got := get(t, soon); got.status != http.StatusForbidden {
		t.Errorf("expired: %d", got.status)
	}
}

func testURLTampered(t *testing.T, s media.Store) {
	put(t, s, "mine.txt", []byte("mine"))
	put(t, s, "other.txt", []byte("other"))
	address := sign(t, s, "mine.txt", minute, media.URLOptions{Filename: "mine.txt"})
	if address == "" {
		return
	}
	for name, change := range map[string]func(u *url.URL, q url.Values){
		"another key":       func(u *url.URL, _ url.Values) { u.Path = strings.Replace(u.Path, "mine", "other", 1) },
		"longer":            func(_ *url.URL, q url.Values) { q.Set("X-Amz-Expires", "604800") },
		"another date":      func(_ *url.URL, q url.Values) { q.Set("X-Amz-Date", "20991231T000000Z") },
		"another signature": func(_ *url.URL, q url.Values) { q.Set("X-Amz-Signature", strings.Repeat("0", 64)) },
		"another type":      func(_ *url.URL, q url.Values) { q.Set("response-content-type", "text/html") },
		"another name":      func(_ *url.URL, q url.Values) { q.Set("response-content-disposition", "inline") },
		"no signature":      func(u *url.URL, q url.Values) { clear(q) },
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		change(u, q)
		u.RawQuery = q.Encode()
		if got := get(t, u.String()); got.status != http.StatusForbidden && got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %q", name, got.status, got.body)
		}
	}
	for _, method := range []string{http.MethodPut, http.MethodDelete} {
		if got := ask(t, method, address); got.status != http.StatusForbidden {
			t.Errorf("%s on an address for reading: %d %q", method, got.status, got.body)
		}
	}
	expect(t, s, "mine.txt", []byte("mine"))
}
