package handlers_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"huotang/handlers/web"
	"huotang/models/db/dbtest"
)

// Each form's endpoint refuses the same with a problem that names the field.
func TestFormsOverTheAPI(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	tried := map[string]bool{}
	for _, f := range forms() {
		if f.api == "" || tried[f.api] {
			continue
		}
		tried[f.api] = true
		t.Run(strings.NewReplacer("/api/v1/", "", "{", "", "}", "", "/", " ").Replace(f.api), func(t *testing.T) {
			e := endpoint{form: f, w: w.within(t), t: t, seat: w.who(f.by)}
			e.try()
		})
	}
}

type endpoint struct {
	form
	t    *testing.T
	w    *world
	seat *seat
}

func (e *endpoint) try() {
	e.t.Helper()
	body := map[string]any{}
	if err := json.Unmarshal([]byte(e.w.expand(e.json)), &body); err != nil {
		e.t.Fatalf("%s: %v", e.json, err)
	}
	if got := e.send("as it should be", body, 200); got.Status == 0 && !e.wroteLast() {
		e.t.Error("the valid body changed nothing")
	}
	e.send("an unknown field", plus(body, "no_such_field", 1), 422, "no_such_field")
	if !e.optional {
		if p := e.send("nothing", map[string]any{}, 0, ""); p.Status != 422 && p.Status != 412 {
			e.t.Errorf("nothing: status %d", p.Status)
		}
	}
	for name, v := range body {
		e.field(body, name, v)
	}
	e.raw("a broken body", `{"title":`, "application/json", 422)
	for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "application/jsonx", "application/", ""} {
		e.raw("a body of type "+kind, e.text(body), kind, 415)
	}
	e.raw("a body with its character set", `{"title":`, "application/json; charset=utf-8", 422)
	e.visitor(body)
	e.raw("too much", `{"title":"`+strings.Repeat("x", 1<<20)+`"}`, "application/json", 413)
	e.where(body)
}

func (e *endpoint) text(body map[string]any) string {
	e.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		e.t.Fatal(err)
	}
	return string(b)
}

// visitor sends what is at fault without a sign-in: he is told to sign in, and nothing of the faults, but where
// everybody may write.
func (e *endpoint) visitor(body map[string]any) {
	e.t.Helper()
	if e.by == "visitor" {
		return
	}
	e.seat = e.w.who("visitor")
	defer func() { e.seat = e.w.who(e.by) }()
	e.raw("a visitor's good body", e.text(body), "application/json", 401)
	e.raw("a visitor's broken body", `{"title":`, "application/json", 401)
	e.raw("a visitor's unknown field", e.text(plus(body, "no_such_field", 1)), "application/json", 401)
	e.raw("a visitor's other kind of body", "title=x", "text/plain", 401)
	e.raw("a visitor's too much", `{"title":"`+strings.Repeat("x", 1<<20)+`"}`, "application/json", 401)
}

// field tries one field with other types and values.
func (e *endpoint) field(body map[string]any, name string, v any) {
	e.t.Helper()
	switch v := v.(type) {
	case string:
		e.send(name+" as a number", plus(body, name, 17), 422, name)
		e.send(name+" as a list", plus(body, name, []string{v}), 422, name)
		e.send(name+" far too long", plus(body, name, strings.Repeat("茶", 9000)), 422, name)
		e.send(name+" with a control character", plus(body, name, "a\u0007b"), 422, name)
		switch {
		case len(v) == 36 && strings.Count(v, "-") == 4:
			e.send(name+" malformed", plus(body, name, "123"), 422, name)
			e.send(name+" of nothing", plus(body, name, e.w.ids["nobody"]), 404, "")
		case len(v) == 10 && v[4] == '-':
			e.send(name+" on a day that does not exist", plus(body, name, "2026-02-30"), 422, name)
		}
	case float64:
		e.send(name+" as a text", plus(body, name, "many"), 422, name)
		e.send(name+" as a fraction", plus(body, name, 1.5), 422, name)
		e.send(name+" beyond all numbers", plus(body, name, 1e30), 422, name)
	case bool:
		e.send(name+" as a text", plus(body, name, "yes"), 422, name)
	case []any:
		e.send(name+" as a text", plus(body, name, "x"), 422, name)
		e.send(name+" with another kind of item", plus(body, name, []any{map[string]any{"no": 1}}), 422, "")
	}
}

func plus(body map[string]any, name string, v any) map[string]any {
	out := map[string]any{}
	for n, old := range body {
		out[n] = old
	}
	out[name] = v
	return out
}

var lastWrote bool

func (e *endpoint) wroteLast() bool { return lastWrote }

// send posts the body in English and holds the problem against what is expected.
func (e *endpoint) send(what string, body map[string]any, want int, field ...string) web.Problem {
	e.t.Helper()
	p := e.raw(what, e.text(body), "application/json", want)
	if want != 422 || len(field) == 0 || field[0] == "" || p.Status != 422 {
		return p
	}
	if !slices.ContainsFunc(p.Errors, func(f web.ProblemField) bool {
		return (f.Field == field[0] || strings.HasPrefix(f.Field, field[0]+".")) && f.Message != "" && f.Code != ""
	}) {
		e.t.Errorf("%s: the problem does not name %s: %+v", what, field[0], p)
	}
	return p
}

func (e *endpoint) raw(what, body, contentType string, want int) web.Problem {
	e.t.Helper()
	method, path, _ := strings.Cut(e.api, " ")
	return e.at(what, method, e.w.expand(path), body, contentType, want)
}

func (e *endpoint) at(what, method, path, body, contentType string, want int) web.Problem {
	e.t.Helper()
	before := e.w.commits()
	got := e.w.as(e.seat, method, path, body, "Content-Type", contentType, "Accept-Language", "en")
	lastWrote = e.w.commits() != before
	if lastWrote {
		e.w.reset()
	}
	var p web.Problem
	switch {
	case want == 200 && got.status == 200:
		return p
	case want == 0 && got.status >= 400:
	case got.status != want && !(want == 422 && (got.status == 409 || got.status == 412)) && !(want == 404 && got.status == 422):
		e.t.Errorf("%s: status %d, want %d: %.300s", what, got.status, want, got.body)
	case lastWrote:
		e.t.Errorf("%s: something was written", what)
	}
	if err := json.Unmarshal([]byte(got.body), &p); err != nil || !strings.HasPrefix(got.header.Get("Content-Type"), "application/problem+json") {
		e.t.Errorf("%s: no problem+json: %v %.200s", what, err, got.body)
		return p
	}
	said := p.Title
	for _, f := range p.Errors {
		said += " " + f.Message
	}
	if p.Code == "" || p.RequestID == "" || p.Status != got.status || han(said) || strings.Contains(said, "%!") {
		e.t.Errorf("%s: %+v", what, p)
	}
	return p
}

// where sends a good body to another township's object, to none, and to what is no ID.
func (e *endpoint) where(body map[string]any) {
	e.t.Helper()
	method, path, _ := strings.Cut(e.api, " ")
	name := path[strings.IndexByte(path, '{')+1:]
	if !strings.Contains(path, "{") {
		return
	}
	name = name[:strings.IndexByte(name, '}')]
	b, err := json.Marshal(body)
	if err != nil {
		e.t.Fatal(err)
	}
	for _, id := range []string{e.w.ids["nobody"], "not-an-id"} {
		e.at("to "+id, method, strings.ReplaceAll(path, "{"+name+"}", id), string(b), "application/json", 404)
	}
	if far, ok := map[string]string{
		"course": "farcourse", "lesson": "farlesson", "unreviewed": "farlesson", "plan": "farplan", "site": "far", "villager": "farman",
		"member": "farman", "day": "farday", "township": "township2", "open": "faropen",
	}[name]; ok {
		e.at("to another township's", method, strings.ReplaceAll(path, "{"+name+"}", e.w.ids[far]), string(b), "application/json", 404)
	}
}
