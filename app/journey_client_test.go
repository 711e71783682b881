package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"huotang/handlers/web"
	"huotang/models/accounts/accountstest"
)

// client is a program that uses the API, or a visitor.
type client struct {
	t    testing.TB
	site string
	http http.Client
}

// visitor is a client that has not signed in. It follows no redirect.
func (h *place) visitor(t testing.TB) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, site: h.URL(), http: http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// client signs in to the API.
func (h *place) client(t testing.TB, username string) *client {
	t.Helper()
	c := h.visitor(t)
	send[any](t, c, "POST", "/sign-in", map[string]string{"username": username, "password": accountstest.Password})
	return c
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	Body []byte
}

// do sends a request to a path of the site, or to another address, with headers as pairs.
func (c *client) do(method, address, contentType string, body io.Reader, headers ...string) reply {
	c.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = c.site + address
	}
	req, err := http.NewRequest(method, address, body)
	if err != nil {
		c.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply{resp, b}
}

// api calls an endpoint with a JSON body, or none for nil.
func (c *client) api(method, path string, in any) reply {
	c.t.Helper()
	if in == nil {
		return c.do(method, "/api/v1"+path, "", nil)
	}
	b, err := json.Marshal(in)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.do(method, "/api/v1"+path, "application/json", bytes.NewReader(b))
}

// get reads an endpoint that must answer.
func get[T any](t testing.TB, c *client, path string) T {
	t.Helper()
	return decode[T](t, c.api("GET", path, nil))
}

// send calls an endpoint that must do what it is told.
func send[T any](t testing.TB, c *client, method, path string, in any) T {
	t.Helper()
	return decode[T](t, c.api(method, path, in))
}

func decode[T any](t testing.TB, r reply) T {
	t.Helper()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s", r.Request.Method, r.Request.URL, r.StatusCode, r.Body)
	}
	var out T
	if err := json.Unmarshal(r.Body, &out); err != nil {
		t.Fatalf("%s %s: %v in %s", r.Request.Method, r.Request.URL, err, r.Body)
	}
	return out
}

// refused calls an endpoint that must refuse, with the status and the code.
func refused(t testing.TB, c *client, method, path string, in any, status int, code string) web.Problem {
	t.Helper()
	return wantProblem(t, c.api(method, path, in), status, code)
}

func wantProblem(t testing.TB, r reply, status int, code string) web.Problem {
	t.Helper()
	var p web.Problem
	if err := json.Unmarshal(r.Body, &p); err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/problem+json") {
		t.Errorf("%s %s: %d, not a problem: %s", r.Request.Method, r.Request.URL, r.StatusCode, r.Body)
		return p
	}
	if r.StatusCode != status || p.Code != code {
		t.Errorf("%s %s: %d %s, want %d %s; %s", r.Request.Method, r.Request.URL, r.StatusCode, p.Code, status, code, r.Body)
	}
	return p
}

// session signs in by the API and gives the cookies, for a browser that is to have seen nothing of the site yet.
func (h *place) session(t testing.TB, username string) []*http.Cookie {
	t.Helper()
	c := h.client(t, username)
	u, err := url.Parse(h.URL())
	if err != nil {
		t.Fatal(err)
	}
	return c.http.Jar.Cookies(u)
}
