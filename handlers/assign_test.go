package handlers_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// mark is what nothing may be set to.
const mark = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"

// columns are the names of all columns of the database, and words that an account might be thought to have.
func (w *world) columns() []string {
	w.t.Helper()
	names := map[string]bool{"admin": true, "is_admin": true, "role": true, "roles": true, "grants": true, "permissions": true, "password": true, "actor": true, "by": true}
	w.Env.See(w.t, func(tx *db.Tx) error {
		found, err := db.Ask[string](tx, "SELECT DISTINCT c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'")
		for _, n := range found {
			names[n] = true
		}
		return err
	})
	return slices.Sorted(maps.Keys(names))
}

// kept are columns that no form has a field for: who did what and when, what belongs to what, what is counted or secret.
func kept(column string) bool {
	for _, end := range []string{"_by", "_at", "_id", "_hash", "_index", "_path"} {
		if strings.HasSuffix(column, end) && column != "form_id" {
			return true
		}
	}
	return slices.Contains([]string{"id", "path", "secret", "hash", "token", "seed", "pin", "made_by", "grants", "roles", "admin", "is_admin", "permissions", "actor", "by"}, column)
}

// does finds a seat that may do what the row says, and for which it succeeds; nil for a body that is at fault for everybody.
func (w *world) does(r row) (*seat, answer) {
	w.t.Helper()
	for _, s := range w.seats {
		if r.expect(w, s) != allowed {
			continue
		}
		if a := w.ask(r, s); a.status < 400 {
			return s, a
		}
	}
	return nil, answer{}
}

// No endpoint takes a field that it does not name: each is sent every column of the database besides what it knows, together and the
// dearest ones alone, and refuses them all before it writes anything.
func TestNoEndpointTakesForeignFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	inputs := map[string]reflect.Type{}
	for _, r := range w.App.Routes() {
		if r.API && r.In != nil {
			inputs[r.Method+" "+r.Path] = reflect.TypeOf(r.In)
		}
	}
	columns, tried := w.columns(), 0
	for _, r := range table() {
		if !strings.HasPrefix(r.body, "{") || !strings.Contains(r.route, " /api/") {
			continue
		}
		s, _ := w.does(r)
		if s == nil {
			s = w.who("county inside")
		}
		known := map[string]bool{}
		for tag := range tagged(inputs[r.route], "json") {
			name, _, _ := strings.Cut(tag, ",")
			known[name] = true
		}
		body := map[string]any{}
		if err := json.Unmarshal([]byte(w.expand(r.body)), &body); err != nil {
			t.Fatalf("%s: %v", r.route, err)
		}
		foreign := slices.DeleteFunc(slices.Clone(columns), func(c string) bool { _, sent := body[c]; return sent || known[c] })
		sets := [][]string{foreign}
		for _, one := range []string{"id", "role", "made_by", "unit_id", "disabled", "account_id", "secret"} {
			if slices.Contains(foreign, one) {
				sets = append(sets, []string{one})
			}
		}
		for _, set := range sets {
			tried++
			more := maps.Clone(body)
			for _, c := range set {
				more[c] = mark
			}
			b, err := json.Marshal(more)
			if err != nil {
				t.Fatal(err)
			}
			method, _, _ := strings.Cut(r.route, " ")
			before := w.commits()
			got := w.as(s, method, w.expand(r.address()), string(b))
			if got.status != http.StatusUnprocessableEntity || w.commits() != before {
				t.Errorf("%s with %d more fields (%s): status %d, written %v", r.route, len(set), set[0], got.status, w.commits() != before)
				w.reset()
			}
		}
	}
	if tried < 300 {
		t.Errorf("only %d bodies were tried", tried)
	}
}

// No form sets what it has no field for: with all of these sent along it does what it did without them.
func TestNoFormSetsForeignFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	w.ids["host.sign_in"] = w.who("host inside").ids["sign_in"]
	columns := slices.DeleteFunc(w.columns(), func(c string) bool { return !kept(c) })
	tried := 0
	for _, r := range table() {
		if r.body == "" || strings.ContainsAny(r.body[:1], "{@") || strings.Contains(r.route, " /api/") {
			continue
		}
		s, want := w.does(r)
		if s == nil {
			continue
		}
		tried++
		more := r
		for _, c := range columns {
			if !strings.Contains("&"+r.body, "&"+c+"=") {
				more.body += "&" + c + "=" + mark
			}
		}
		method, _, _ := strings.Cut(r.route, " ")
		got := w.send(s, method, w.expand(more.address()), more.body)
		if got.status != want.status {
			t.Errorf("%s by %s: status %d, with foreign fields %d", r.route, s.name, want.status, got.status)
		}
		if n := w.mentions(mark); n > 0 {
			t.Errorf("%s by %s: what was sent along is kept in %d places", r.route, s.name, n)
		}
		w.reset()
	}
	if tried < 60 {
		t.Errorf("only %d forms were tried", tried)
	}
}
