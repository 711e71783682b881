package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"huotang/handlers/web/webtest"
	"huotang/models/db/dbtest"
)

// Every link that a page shows its reader leads somewhere that he may see, from his first page on.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, s := range w.seats {
		t.Run(s.name, func(t *testing.T) {
			w := w.within(t)
			b := w.Visitor(t)
			if s.actor.SignedIn() {
				b = w.As(t, s.actor.Account)
			}
			crawl(t, b)
		})
	}
}

const mostPages = 250

func crawl(t *testing.T, b *webtest.Browser) {
	t.Helper()
	from := map[string]string{"/": "the start"}
	queue := []string{"/"}
	for n := 0; len(queue) > 0 && n < mostPages; n++ {
		path := queue[0]
		queue = queue[1:]
		page := b.Get(path)
		if page.Status >= 400 {
			t.Errorf("%s (from %s): status %d", path, from[path], page.Status)
			continue
		}
		for _, a := range page.Find("a[href]").EachIter() {
			href := a.AttrOr("href", "")
			u, err := url.Parse(href)
			if err == nil && u.Scheme == "webcal" {
				continue // for the calendar of the phone
			}
			if err != nil || u.Host != "" || !strings.HasPrefix(u.Path, "/") && u.Path != "" {
				t.Errorf("%s links to %q", path, href)
				continue
			}
			if u.Path == "" || strings.HasPrefix(u.Path, "/feedback") && u.RawQuery != "" {
				continue // a place on the page, or feedback about this page
			}
			u.Fragment = ""
			if next := u.String(); from[next] == "" {
				from[next] = path
				queue = append(queue, next)
			}
		}
	}
}
