package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"huotang/handlers/web/browsertest"
)

// countyEvening gives a county whose first school has an evening before it: so many are due, so many others are on the roster, the lessons
// are published.
func countyEvening(t *testing.T, due, others int) (*place, *county) {
	t.Helper()
	h := onDisk(t)
	c := newCounty(t, h, due, others)
	published(t, h, c)
	return h, c
}

// holds calls the roll of the evening on the kept page, everybody present, and hands it in: by its four taps.
func holds(p *browsertest.Person) {
	p.Tap("开始今晚的活动")
	p.Tap("应到的都到了")
	p.Tap("交名单")
	p.Tap("没错,交")
}

// badNetwork stands before a server under an address of its own. loses says of a request whether it is lost, and of an
// answer, which has its response.
func badNetwork(t *testing.T, to string, loses func(*http.Request, *http.Response) bool) string {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(u)
	lost := func() { panic(http.ErrAbortHandler) }
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { lost() }
	proxy.ModifyResponse = func(r *http.Response) error {
		if loses(r.Request, r) {
			lost()
		}
		return nil
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if loses(r, nil) {
			lost()
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL
}
