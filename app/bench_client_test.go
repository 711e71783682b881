//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// caller sends requests one after the other on one connection, as a browser does: it takes gzip
// and does not unpack it. Its time is this process's, and not counted.
type caller struct {
	b      *testing.B
	url    string
	cookie string
	http   http.Client
}

func newCaller(b *testing.B, url string) *caller {
	b.Helper()
	t := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 1}
	b.Cleanup(t.CloseIdleConnections)
	return &caller{b: b, url: url, http: http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	size   int // of the body on the wire
}

// do sends a request that must be answered with status 200 or 206. With keep the body is read into the answer.
func (c *caller) do(keep bool, method, path string, body []byte, headers ...string) answer {
	c.b.Helper()
	req, err := http.NewRequest(method, c.url+path, bytes.NewReader(body))
	if err != nil {
		c.b.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.cookie != "" {
		req.Header.Set("Cookie", c.cookie)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		c.b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if keep || a.status >= 300 {
		a.body, err = io.ReadAll(resp.Body)
		a.size = len(a.body)
	} else {
		var n int64
		n, err = io.Copy(io.Discard, resp.Body)
		a.size = int(n)
	}
	if err != nil {
		c.b.Fatal(err)
	}
	if a.status != http.StatusOK && a.status != http.StatusPartialContent {
		c.b.Fatalf("%s %s: %d %.300s", method, path, a.status, a.body)
	}
	return a
}

// send calls an endpoint with a JSON body.
func (c *caller) send(path string, in any) answer {
	c.b.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		c.b.Fatal(err)
	}
	return c.do(true, http.MethodPost, "/api/v1"+path, body)
}

// signIn keeps the cookie that signing in sets.
func (c *caller) signIn(path string, in any) {
	c.b.Helper()
	for _, cookie := range c.send(path, in).header.Values("Set-Cookie") {
		if pair, _, _ := strings.Cut(cookie, ";"); strings.HasPrefix(pair, "huotang=") {
			c.cookie = pair
			return
		}
	}
	c.b.Fatal("signing in set no cookie")
}
