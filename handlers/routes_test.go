package handlers_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The route table is a golden file, so that nothing is reachable that nobody meant to be.
func TestRouteTable(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	var lines []string
	for _, r := range w.App.Routes() {
		if strings.HasPrefix(r.Path, "/test/") {
			continue
		}
		kind := "page"
		if r.API {
			kind = "api "
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s %-6s %-50s %s", kind, r.Method, r.Path, r.Op), " "))
	}
	slices.Sort(lines)
	golden(t, "routes.txt", strings.Join(lines, "\n")+"\n")
}

// golden compares with a file below testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-file +now; go test ./handlers -run %s -update writes it anew):\n%s", path, t.Name(), diff)
	}
}

// row says who may use a route. It is written by hand; only what follows from a permission and the paths
// of the object is worked out by the matrix.
type row struct {
	route string            // "GET /sites/:id"
	at    string            // the address with IDs by their names; "" where the route has no parameter
	need  access.Permission // on the object; "" with want alone
	on    string            // the object; "" for a list or a new thing, where any unit will do
	body  string            // a JSON body, or a form's fields
	holds string            // what an allowed list holds for those inside and never for those outside: "{member.name}"
	want  func(w *world, s *seat) int
	shown func(w *world, s *seat) bool // who inside finds it on the list; nil for everybody
	input bool                         // the body is at fault for everybody: nobody needs to succeed
}

// What [row.want] gives for who may, and for whom it is 403 or 404; else it is the status of the refusal.
const (
	allowed = 0
	hidden  = -1
)

func anyone(*world, *seat) int { return allowed }

// signedIn is for whoever has an account.
func signedIn(_ *world, s *seat) int {
	if s.actor.SignedIn() {
		return allowed
	}
	return 401
}

// listed is for whoever holds the permission on any unit; all others are told that the list is not for them.
func listed(p access.Permission) func(*world, *seat) int {
	return func(_ *world, s *seat) int {
		switch {
		case !s.actor.Visible(p).Empty():
			return allowed
		case !s.actor.SignedIn():
			return 401
		}
		return 403
	}
}

// sees reports whether one of the actor's units with the permission lies in 凤山镇 or above, at the school Site.
func (w *world) sees(s *seat, p access.Permission, school string) bool {
	return s.actor.Can(p, w.objects[school]...)
}

// studies is the rule of a lesson that was published to Site: its people, staff of the township, and those above.
func studies(unit string, schools ...string) func(*world, *seat) int {
	return func(w *world, s *seat) int {
		if s.actor.Can(access.CoursesSee, w.objects[unit]...) {
			return allowed
		}
		for _, school := range schools {
			if w.sees(s, access.LessonsStudy, school) {
				return allowed
			}
		}
		if !s.actor.SignedIn() {
			return 401
		}
		return 404
	}
}

// planned is the rule of a curriculum that was published to Site: who is reached sees it, its unit's staff see
// all of it.
func planned(p access.Permission) func(*world, *seat) int {
	return func(w *world, s *seat) int {
		reached := w.sees(s, access.CurriculaSee, "site")
		switch {
		case s.actor.Can(p, w.objects["township"]...):
			return allowed
		case !s.actor.SignedIn():
			return 401
		case p == access.CurriculaSee && reached:
			return allowed
		case reached || s.actor.Can(access.CurriculaSee, w.objects["township"]...):
			return 403
		}
		return 404
	}
}

// staffOnly is planned for what those who are only reached may not see.
func staffOnly(w *world, s *seat) int {
	switch {
	case s.actor.Can(access.CurriculaSee, w.objects["township"]...):
		return allowed
	case !s.actor.SignedIn():
		return 401
	case w.sees(s, access.CurriculaSee, "site"):
		return 403
	}
	return 404
}

// oneself is the person, or who has the permission.
func oneself(p access.Permission, person string) func(*world, *seat) int {
	return func(w *world, s *seat) int {
		if s.actor.Person.String() == w.ids[person] {
			return allowed
		}
		return status(s.actor.Require(p, w.objects[person]...))
	}
}

func status(err error) int {
	if err == nil {
		return allowed
	}
	return fail.KindOf(err).Status()
}

// accountsOf is who may give a trainee's role at Site: the table of grants is in models/accounts.
func accountsOf(w *world, s *seat) int {
	switch {
	case !s.actor.SignedIn():
		return 401
	case s.actor.Can(access.AccountsManage, w.objects["site"]...), s.actor.Has(access.County):
		return allowed
	case s.actor.Can(access.AccountsSee, w.objects["site"]...):
		return 403
	}
	return 404
}

// expect says what the seat gets: allowed, or the status of the refusal.
func (r row) expect(w *world, s *seat) int {
	switch {
	case r.want != nil:
		return r.want(w, s)
	case r.on == "":
		return listed(r.need)(w, s)
	}
	paths, ok := w.objects[r.on]
	if !ok {
		w.t.Fatalf("%s: no object %q", r.route, r.on)
	}
	return status(s.actor.Require(r.need, paths...))
}

// Every route that is mounted has a row, and every row a route.
func TestEveryRouteHasARow(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	rows := map[string]bool{}
	for _, r := range table() {
		rows[r.route] = true
	}
	mounted := map[string]bool{}
	for _, r := range w.App.Routes() {
		name := r.Method + " " + r.Path
		mounted[name] = true
		if !rows[name] && !strings.HasPrefix(r.Path, "/test/") {
			t.Errorf("%s has no row in the table of permissions", name)
		}
	}
	for name := range rows {
		if !mounted[name] {
			t.Errorf("%s stands in the table and is not mounted", name)
		}
	}
}
