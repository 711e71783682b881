package handlers_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pquerna/otp/totp"
	"github.com/xuri/excelize/v2"

	"huotang/handlers/web"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// confirmedRoutes are those that ask a county or township for the second factor again, written by hand: what gives people out in numbers, and
// the codes of the factor itself.
var confirmedRoutes = []string{
	"GET /api/v1/imports/:id/file", "GET /api/v1/imports/:id/rows", "GET /api/v1/me/paper", "GET /api/v1/people", "GET /api/v1/privacy/papers/:site",
	"GET /imports/:id/file", "GET /privacy/paper/:site",
	"POST /api/v1/audit/export", "POST /api/v1/me/paper", "POST /api/v1/people/export", "POST /api/v1/reports/missing/calls",
	"POST /api/v1/reports/ready/calls", "POST /api/v1/sites/:id/call-list", "POST /api/v1/sites/:id/roster/export", "POST /audit/export", "POST /me/paper",
	"POST /month/calls", "POST /month/ready/calls", "POST /people/export", "POST /sites/:id/call-list", "POST /sites/:id/roster/export",
}

// Nobody takes people out with a sign-in that was left open, neither by page nor by API: the second factor is asked for again, and
// only of those who have one.
func TestPeopleGoOutConfirmed(t *testing.T) {
	t.Parallel()
	w := configured(t, dbtest.SQLite(t), web.Config{BaseURL: "http://127.0.0.1", Version: "test", SecondFactor: true})
	var got []string
	for _, r := range w.App.Routes() {
		if r.Confirmed {
			got = append(got, r.Method+" "+r.Path)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(confirmedRoutes, got); diff != "" {
		t.Fatal(diff)
	}
	code := w.factor("county inside")
	for _, s := range []*seat{w.who("county inside"), w.who("township inside")} {
		for _, r := range w.confirmedRows() {
			if fault := unconfirmed(r, w.ask(r, s)); fault != "" {
				t.Errorf("%s by %s: %s", r.route, s.name, fault)
			}
		}
	}
	village := w.who("village inside")
	if a := w.as(village, http.MethodPost, "/people/export", "x=1"); a.status != 200 {
		t.Errorf("a village has no second factor: %d", a.status)
	}
	county := w.who("county inside")
	w.confirms(county, code)
	for _, r := range w.confirmedRows() {
		if a := w.ask(r, county); unconfirmed(r, a) == "" {
			t.Errorf("%s by %s is asked for once more: %d %s", r.route, county.name, a.status, a.body)
		}
	}
	w.Env.Clock.Add(11 * time.Minute)
	if a := w.as(county, http.MethodGet, "/api/v1/people", ""); a.status != 401 || !strings.Contains(a.body, "accounts.factor_again") {
		t.Errorf("after eleven minutes: %d %s", a.status, a.body)
	}
}

func (w *world) confirmedRows() []row {
	return slices.DeleteFunc(table(), func(r row) bool { return !slices.Contains(confirmedRoutes, r.route) })
}

// unconfirmed says what is wrong with an answer that should ask for the second factor.
func unconfirmed(r row, a answer) string {
	switch {
	case a.wrote:
		return "something was written"
	case strings.Contains(r.route, "/api/"):
		if a.status != 401 || !strings.Contains(a.body, "accounts.factor_again") {
			return "answers " + a.body
		}
	case strings.HasPrefix(r.route, "GET "):
		if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/sign-in/confirm?next=") {
			return "leads to " + a.header.Get("Location")
		}
	case a.status != 401 || !strings.Contains(a.body, `action="/sign-in/confirm"`):
		return "answers " + a.body
	}
	return ""
}

// factor gives the seat an app for its second factor, and what makes its codes.
func (w *world) factor(name string) func() string {
	w.t.Helper()
	s, key := w.who(name), ""
	code := func() string {
		out, err := totp.GenerateCode(key, w.Env.Clock.Now())
		if err != nil {
			w.t.Fatal(err)
		}
		return out
	}
	w.do(func(tx *db.Tx) (err error) {
		if _, key, err = w.areas.Accounts.StartFactor(tx, s.actor.Account, "凤庆县"); err != nil {
			return err
		}
		return w.areas.Accounts.ConfirmFactor(tx, s.actor.Account, code())
	})
	w.Env.Clock.Add(time.Minute)
	w.keep()
	return code
}

// confirms gives the second factor through the API, and keeps what it changed.
func (w *world) confirms(s *seat, code func() string) {
	w.t.Helper()
	if a := w.as(s, http.MethodPost, "/api/v1/sign-in/confirm", `{"code":"000000"}`); a.status < 400 {
		w.t.Fatalf("a wrong code is taken: %d", a.status)
	}
	w.said(w.as(s, http.MethodPost, "/api/v1/sign-in/confirm", `{"code":"`+code()+`"}`), "")
	w.keep()
}

// A list goes out as it is narrowed on the page, each person as far as the reader may see him: numbers whole only for who may
// call, standing only for who may know it, no cell a formula, and one row of the audit for each time.
func TestPeopleAsATable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	const formula = "=1+1"
	w.do(func(tx *db.Tx) error {
		for _, who := range []string{"villager", "farman"} {
			in := people.SetPhoneInput{Person: parse[people.PersonID](w, who), Phone: givenNumber}
			if _, err := w.areas.People.SetPhone(tx, orgtest.By, in); err != nil {
				return err
			}
		}
		return tx.Exec("UPDATE units SET name = ? WHERE id = ?", formula, w.tree.Branch.ID).Error
	})
	peopletest.Add(t, w.Env, w.tree, peopletest.Person{Name: "甲外支", Branch: w.tree.Branch2.ID, Site: w.tree.Site.ID})
	for _, c := range []struct {
		who, path, form string
		has, not        []string
	}{
		{"township inside", "/people/export", "unit={village.code}", []string{memberName, villagerName, givenNumber, "群众", "'" + formula}, []string{farName}},
		{"township inside", "/people/export", "standing=villager", []string{villagerName, givenNumber}, []string{memberName, farName}},
		{"township inside", "/people/export", "q=" + givenNumber, []string{villagerName}, []string{memberName, farName}},
		{"auditor inside", "/people/export", "x=1", []string{memberName, farName, "138****5678"}, []string{givenNumber}},
		{"secretary inside", "/people/export", "x=1", []string{memberName}, []string{givenNumber, farName}},
		{"secretary inside", "/sites/{site}/roster/export", "x=1", []string{memberName, "甲外支"}, []string{givenNumber, sisterName}},
		{"village inside", "/sites/{site}/roster/export", "x=1", []string{memberName, villagerName, givenNumber}, []string{sisterName, farName}},
	} {
		for _, api := range []bool{false, true} {
			path, body := w.expand(c.path), w.form(c.form)
			if api {
				path, body = "/api/v1"+path, jsonOf(w.expand(c.form))
			}
			a := w.as(w.who(c.who), http.MethodPost, path, body)
			text := workbookText(t, a)
			for _, s := range c.has {
				if !strings.Contains(text, s) {
					t.Errorf("%s %s %s: %q is missing in\n%s", c.who, c.path, c.form, s, text)
				}
			}
			for _, s := range c.not {
				if strings.Contains(text, s) {
					t.Errorf("%s %s %s: %q is in\n%s", c.who, c.path, c.form, s, text)
				}
			}
		}
	}
	if got := strings.Count(w.tables()["audit_rows"], "act=70656f706c652e6578706f7274 "); got != 14 {
		t.Errorf("%d rows of the audit, want 14", got)
	}
	same := key()
	for range 2 {
		w.said(w.as(w.who("village inside"), http.MethodPost, "/api/v1/people/export", `{}`, same...), "")
	}
	if got := strings.Count(w.tables()["audit_rows"], "act=70656f706c652e6578706f7274 "); got != 16 {
		t.Errorf("taken twice with one key: %d rows of the audit, want 16", got)
	}
}

// jsonOf turns "a=b" into JSON, "x=1" into nothing.
func jsonOf(form string) string {
	name, value, _ := strings.Cut(form, "=")
	if name == "x" {
		return `{}`
	}
	return `{"` + name + `":"` + value + `"}`
}

// workbookText is what the first sheet of a workbook says, as CSV; it fails on a formula.
func workbookText(t *testing.T, a answer) string {
	t.Helper()
	if a.status != 200 || a.header.Get("Content-Type") != web.Workbook || !strings.Contains(a.header.Get("Content-Disposition"), ".xlsx") {
		t.Fatalf("no workbook: %d %s", a.status, a.header)
	}
	f, err := excelize.OpenReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(f.GetSheetList()[0])
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
