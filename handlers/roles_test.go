package handlers_test

import (
	"bytes"
	"cmp"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"

	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/runs"
)

// Every route is asked by every role, inside and outside its unit, by an account without any and by a visitor. Who may,
// gets an answer; who may not, is told as the table says, and nothing changes.
func TestEveryRouteByEveryRole(t *testing.T) {
	const parts = 2 // worlds beside each other, for there are many requests
	for part := range parts {
		t.Run(fmt.Sprintf("part %d", part+1), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, dbtest.SQLite(t))
			asked := 0
			for i, r := range table() {
				if i%parts == part {
					asked += w.askEverybody(t, r)
				}
			}
			t.Logf("%d rows, %d seats, %d requests", len(table()), len(w.seats), asked)
		})
	}
}

// askEverybody asks a row's route as each seat.
func (w *world) askEverybody(t *testing.T, r row) int {
	t.Helper()
	done := false
	for _, s := range w.seats {
		got := w.ask(r, s)
		want := r.expect(w, s)
		if want == allowed && got.status < 400 {
			done = true
		}
		if fault := r.judge(w, s, want, got); fault != "" {
			t.Errorf("%s (%s) by %s: %s", r.route, w.expand(r.address()), s.name, fault)
		}
	}
	if !done && !r.input {
		t.Errorf("%s (%s): nobody could do it; is the body of the row right?", r.route, r.address())
	}
	return len(w.seats)
}

func (r row) address() string {
	if r.at != "" {
		return r.at
	}
	_, path, _ := strings.Cut(r.route, " ")
	return path
}

// ask sends the row's request as the seat, and puts the database back when it has changed.
func (w *world) ask(r row, s *seat) answer {
	w.t.Helper()
	method, _, _ := strings.Cut(r.route, " ")
	path := strings.ReplaceAll(r.address(), "{host.sign_in}", w.who("host inside").ids["sign_in"])
	before := w.commits()
	got := w.send(s, method, w.expand(path), r.body)
	got.wrote = w.commits() != before
	if got.wrote {
		w.reset()
	}
	return got
}

// send is [world.as] with the row's body: the file, a form or JSON.
func (w *world) send(s *seat, method, path, body string) answer {
	w.t.Helper()
	if strings.Contains(path, "/jobs/") && method == http.MethodPost {
		defer w.rest() // it goes on after the answer
	}
	name, isFile := strings.CutPrefix(body, "@")
	if !isFile {
		return w.as(s, method, path, w.form(body))
	}
	file, err := []byte(listText), error(nil)
	if body == upload || body == snapshot {
		file, err = testPicture(name)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if method == http.MethodPut {
		if !strings.Contains(path, "?") {
			path += "?name=" + name
		}
		return w.as(s, method, path, string(file), "Content-Type", typeOf(body))
	}
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return w.as(s, method, path, b.String(), "Content-Type", form.FormDataContentType())
}

// rest waits until no job is at work.
func (w *world) rest() {
	w.t.Helper()
	dbtest.Wait(w.t, "the job", func() bool {
		var n int
		w.Env.See(w.t, func(tx *db.Tx) error {
			return tx.Raw("SELECT (SELECT COUNT(*) FROM job_runs WHERE state = ?) + (SELECT COUNT(*) FROM job_leases WHERE expires_at > '2001-01-01')", runs.Running).Scan(&n).Error
		})
		return n == 0
	})
}

// On every database every route is asked once by somebody who may and once by somebody who may not; the writes one after
// another, so that some find their object changed by those before.
func TestEveryRouteOnEveryDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		rows := slices.DeleteFunc(table(), func(r row) bool {
			return strings.HasSuffix(r.route, "/sign-out")
		})
		slices.SortStableFunc(rows, func(a, b row) int { return strings.Compare(a.route[:3], b.route[:3]) }) // DEL, GET, POS, PUT
		slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(len(a.body), len(b.body)) })
		rows = slices.Concat(slices.DeleteFunc(slices.Clone(rows), endsOwn), slices.DeleteFunc(rows, func(r row) bool { return !endsOwn(r) }))
		done := 0
		for _, r := range rows {
			var may, mayNot bool
			for _, s := range w.seats {
				want := r.expect(w, s)
				if may && want == allowed || mayNot && want != allowed {
					continue
				}
				got := w.ask(r, s)
				switch {
				case want == allowed:
					may = true
					if got.status < 400 {
						done++
					} else if got.status >= 500 || got.status == 401 && !endsOwn(r) || got.status == 403 || strings.HasPrefix(r.route, "GET ") && !r.input {
						t.Errorf("%s (%s) by %s: status %d: %.300s", r.route, w.expand(r.address()), s.name, got.status, got.body)
					}
				default:
					mayNot = true
					if got.status < 300 || got.status >= 500 || got.status == 422 {
						t.Errorf("%s (%s) by %s: status %d", r.route, w.expand(r.address()), s.name, got.status)
					}
				}
			}
		}
		if done < len(rows)*3/4 {
			t.Errorf("only %d of %d were done", done, len(rows))
		}
		t.Logf("%d of %d rows done", done, len(rows))
	})
}

// endsOwn reports whether a route ends the sign-in by which it is asked, or the feed that others look at; such come last, and only the
// first of them finds a sign-in.
func endsOwn(r row) bool {
	return strings.Contains(r.route, "/me/sign-ins/") || strings.HasSuffix(r.route, "/end-others") || r.route == "DELETE /api/v1/feeds/:id"
}

// judge says what is wrong with the answer, "" for nothing.
func (r row) judge(w *world, s *seat, want int, got answer) string {
	api := strings.Contains(r.route, " /api/")
	get := strings.HasPrefix(r.route, "GET ")
	if get && got.wrote {
		return "a GET has written"
	}
	if want != allowed && got.wrote {
		return fmt.Sprintf("status %d, and something was written", got.status)
	}
	switch {
	case want == allowed:
		return r.judgeAllowed(w, s, got, get)
	case want == 401 && !api && get:
		if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/sign-in?next=") {
			return fmt.Sprintf("status %d to %q, want the sign-in", got.status, got.header.Get("Location"))
		}
	case want == hidden:
		if got.status != 403 && got.status != 404 {
			return fmt.Sprintf("status %d, want 403 or 404", got.status)
		}
	case got.status != want:
		return fmt.Sprintf("status %d, want %d", got.status, want)
	}
	if leak := w.leak(got.body); leak != "" {
		return "the refusal holds " + leak
	}
	return ""
}

func (r row) judgeAllowed(w *world, s *seat, got answer, get bool) string {
	signIn := strings.HasPrefix(got.header.Get("Location"), "/sign-in")
	switch {
	case got.status < 400 && !signIn:
	case !signIn && (!get || r.input) && (got.status == 422 || got.status == 409 || got.status == 412):
	default:
		return fmt.Sprintf("status %d to %q, want an answer: %.200s", got.status, got.header.Get("Location"), got.body)
	}
	if r.holds == "" {
		return ""
	}
	holds := strings.Contains(got.body, w.expand(r.holds))
	switch {
	case s.inside && !holds && r.shows(w, s):
		return "the list does not hold " + w.expand(r.holds)
	case !s.inside && holds:
		return "the list holds " + w.expand(r.holds) + " of another township"
	}
	return ""
}

// shows reports whether the list of one inside holds the marked thing; roles that see no such things get an empty one.
func (r row) shows(w *world, s *seat) bool {
	return r.shown == nil || r.shown(w, s)
}

// leak names what no refusal may hold: names of people and titles.
func (w *world) leak(body string) string {
	for _, secret := range []string{memberName, member2Name, villagerName, courseTitle, draftTitle, w.ids["account.username"]} {
		if strings.Contains(body, secret) {
			return secret
		}
	}
	return ""
}
