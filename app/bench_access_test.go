//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
)

// signIns measures a sign-in over HTTP against the password's hash alone, which is meant to be nearly all of it.
func (f *figures) signIns(b *testing.B, p *benchPlace) {
	b.Helper()
	body, err := json.Marshal(map[string]string{"username": p.ours.name, "password": accountstest.Password})
	if err != nil {
		b.Fatal(err)
	}
	ctx := patient(b)
	area, visitor := accounts.New(accountstest.Key), newCaller(b, p.house.url)
	x := f.add("sign-in, API", p.name, "the password's hash alone, no HTTP", 0, "")
	x.measure(b, 8,
		&side{request: func(int) { visitor.do(false, http.MethodPost, "/api/v1/sign-in", body) }, pids: []int{p.house.pid}, server: p.server},
		&side{request: func(int) {
			if _, err := area.Hash(ctx, accountstest.Password); err != nil {
				b.Fatal(err)
			}
		}, pids: []int{os.Getpid()}})
	f.budget("sign-in, "+p.name+": share of the password's hash", 100/x.ratio().median, "%", 0)
}

// permissions measures a request with all that tells who asks and what he may (sign-in, roles, consent) against the same
// request of a visitor, who gets the same bytes.
func (f *figures) permissions(b *testing.B, p *benchPlace, host *caller) {
	b.Helper()
	const path = "/api/v1/privacy/texts/1"
	visitor := newCaller(b, p.house.url)
	with, without := host.do(true, http.MethodGet, path, nil), visitor.do(true, http.MethodGet, path, nil)
	if !bytes.Equal(with.body, without.body) {
		b.Fatalf("%s differs:\n%s\n%s", path, with.body, without.body)
	}
	x := f.add("who asks and what he may, in one request", p.name, "the same request of a visitor", 0, "")
	x.Bytes = with.size
	ask := func(c *caller) *side {
		return &side{request: func(int) { c.do(false, http.MethodGet, path, nil) }, pids: []int{p.house.pid}, server: p.server}
	}
	x.measure(b, 60, ask(host), ask(visitor))
}

// listAim is how long the county waits for a part of the list of its 12,000 people, in milliseconds at the median.
const listAim = 10

// lists measures what the county waits for when it looks for people among all of the demo's, over HTTP: the median of requests one after the
// other, beside that of a page that asks the database for nothing but who asks. The page is measured in processor time, too, against a query
// by hand for the people that it shows.
func (f *figures) lists(b *testing.B, house *child, county *caller, limits *child) {
	b.Helper()
	median := func(path string) float64 {
		const times = 200
		took := make([]float64, times)
		for i := range took {
			start := time.Now()
			county.do(false, http.MethodGet, path, nil)
			took[i] = float64(time.Since(start).Microseconds()) / 1000
		}
		slices.Sort(took)
		return took[times/2]
	}
	f.budget("demo: a page without a list, median wait", median("/about"), "ms", 0)
	for _, one := range []struct{ name, path string }{
		{"list of 12,000 people, API", "/api/v1/people"},
		{"list of 12,000 people, searched by initials, API", "/api/v1/people?q=wxl"},
		{"list of 12,000 people, searched by name, API", "/api/v1/people?q=" + url.QueryEscape("王秀")},
		{"list of 12,000 people, nobody found, API", "/api/v1/people?q=zzzzz"},
		{"list of 12,000 people, page", "/people"},
		{"list of 12,000 people, searched by initials, page", "/people?q=wxl"},
	} {
		f.budget("demo: "+one.name+", median wait", median(one.path), "ms", listAim)
	}
	for _, one := range []struct{ name, path, where string }{
		{"list of 12,000 people, page", "/people", "TRUE"},
		{"list of 12,000 people, searched by initials, page", "/people?q=wxl", "p.search_key LIKE '%wxl%'"},
	} {
		f.add(one.name, "SQLite", "bare Gin: one query by hand, same bytes", 0, "").against(b, 20, house, county, one.path, limits, 0,
			"SELECT p.id, p.name, p.gender, p.birth_year, v.name, COALESCE(g.name, '') FROM persons p JOIN units v ON v.id = p.village_id "+
				"LEFT JOIN units g ON g.id = p.branch_id WHERE "+one.where+" ORDER BY p.name, p.id LIMIT 51")
	}
}
