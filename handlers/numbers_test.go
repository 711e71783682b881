package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

const givenNumber, listedNumber, ownNumber = "13812345678", "13923456789", "13734567890"

// key gives a request the key by which it counts once.
func key() []string { return []string{"Idempotency-Key", id.Random[world]().String()} }

// said is an answer that must hold a text, "" for any.
func (w *world) said(a answer, want string) string {
	w.t.Helper()
	if a.status >= 400 || !strings.Contains(a.body, want) {
		w.t.Fatalf("%d, want %q in %s", a.status, want, a.body)
	}
	return a.body
}

// However a telephone number comes in or goes out, by page or API, and whoever asks for it again: no column of no table
// holds it as it is, nor anything from which it could be found by trying all numbers that there are.
func TestNoNumberLiesInTheDatabase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := newWorld(t, e)
		clerk := w.who("township inside")
		form := func(path, fields string) answer {
			return w.as(clerk, http.MethodPost, w.expand(path), w.form(fields)+"&form_id="+id.Random[world]().String())
		}
		api := func(method, path, body, want string) {
			t.Helper()
			w.said(w.as(clerk, method, "/api/v1"+w.expand(path), body, key()...), want)
		}
		w.said(form("/people/{villager}/phone", "phone="+givenNumber+"&act=phone"), "")
		api(http.MethodPut, "/people/{member}/phone", `{"phone":"`+ownNumber+`"}`, "")
		w.said(form("/people/{villager}/phone/show", "x=1"), givenNumber)
		api(http.MethodPost, "/people/{villager}/phone/reveal", `{}`, givenNumber)
		w.said(form("/sites/{site}/call-list", "x=1"), givenNumber)
		api(http.MethodPost, "/sites/{site}/call-list", `{}`, givenNumber)
		w.as(clerk, http.MethodGet, "/people?q="+givenNumber, "")
		w.as(clerk, http.MethodGet, "/api/v1/people?q="+givenNumber, "")
		w.listWithNumbers(clerk)
		w.ownNumbers()
		w.signsInByNumber()
		for table, rows := range w.tables() {
			for _, number := range []string{givenNumber, listedNumber, ownNumber} {
				if strings.Contains(rows, fmt.Sprintf("%x", number)) {
					t.Errorf("%s holds %s", table, number)
				}
			}
		}
	})
}

// listWithNumbers brings a list with numbers in, through the API and with the file given back.
func (w *world) listWithNumbers(clerk *seat) {
	w.t.Helper()
	const list = "姓名,电话,政治面貌,所在村\n李新民," + listedNumber + ",正式党员,安石村\n李旧民,1392345,群众,安石村\n"
	got := w.said(w.as(clerk, http.MethodPut, "/api/v1/imports?kind=people&name=list.csv", list, "Content-Type", "text/csv"), "")
	var v struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		w.t.Fatal(err)
	}
	path := "/api/v1/imports/" + v.ID
	w.said(w.as(clerk, http.MethodGet, path+"/columns", ""), "")
	w.said(w.as(clerk, http.MethodPut, path+"/columns", `{"sheets":[{"use":true,"columns":{"name":0,"phone":1,"standing":2,"village":3}}]}`, key()...), "")
	work := func() {
		for w.areas.Importer.Once(context.Background()) {
			continue
		}
	}
	work()
	w.said(w.as(clerk, http.MethodGet, path+"/rows", ""), "")
	w.said(w.as(clerk, http.MethodGet, "/imports/"+v.ID+"/file", ""), listedNumber)
	w.said(w.as(clerk, http.MethodPost, path+"/apply", `{}`, key()...), "")
	work()
	w.said(w.as(clerk, http.MethodGet, "/imports/"+v.ID, ""), "")
}

// ownNumbers reads what is kept of a person as the person does.
func (w *world) ownNumbers() {
	w.t.Helper()
	host := w.who("host inside")
	w.said(w.as(host, http.MethodGet, "/me/data", ""), ownNumber)
	w.said(w.as(host, http.MethodPost, "/me/data/file", "form_id="+id.Random[world]().String()), ownNumber)
	w.said(w.as(host, http.MethodGet, "/api/v1/me/data", ""), ownNumber)
}

// signsInByNumber types a number in the place of a user name, rightly and wrongly.
func (w *world) signsInByNumber() {
	w.t.Helper()
	accountstest.SetPassword(w.t, w.Env, w.areas.Accounts, w.who("host inside").actor.Account, accountstest.Password)
	for _, number := range []string{ownNumber, givenNumber, listedNumber} {
		w.signIn(number, "wrong password 1")
	}
	w.said(w.signIn(ownNumber, accountstest.Password), "")
}

// A number that was shown is not shown again by sending the same request once more: each time it is asked for whether it
// may be seen, and each time is recorded.
func TestShownNumbersAreAskedForAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	clerk := w.who("township inside")
	w.do(func(tx *db.Tx) error {
		_, err := w.areas.People.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: parse[people.PersonID](w, "villager"), Phone: givenNumber})
		return err
	})
	rows := func(act string) int {
		return strings.Count(w.tables()["audit_rows"], fmt.Sprintf("act=%x ", act))
	}
	for path, act := range map[string]string{"/people/{villager}/phone/reveal": "person.phone_shown", "/sites/{site}/call-list": "people.call_list"} {
		same := key()
		before := rows(act)
		for range 2 {
			w.said(w.as(clerk, http.MethodPost, "/api/v1"+w.expand(path), `{}`, same...), givenNumber)
		}
		if got := rows(act) - before; got != 2 {
			t.Errorf("%s: looked at twice, %d rows of the audit", path, got)
		}
	}
	shown := key()
	w.said(w.as(clerk, http.MethodPost, "/api/v1"+w.expand("/people/{villager}/phone/reveal"), `{}`, shown...), givenNumber)
	changed := key()
	w.said(w.as(clerk, http.MethodPost, "/api/v1"+w.expand("/people/{villager}/life"), `{"state":"away"}`, changed...), villagerName)
	w.do(func(tx *db.Tx) error {
		return tx.Exec("DELETE FROM grants WHERE account_id = ?", clerk.actor.Account).Error
	})
	if a := w.as(clerk, http.MethodPost, "/api/v1"+w.expand("/people/{villager}/phone/reveal"), `{}`, shown...); a.status != http.StatusNotFound && a.status != http.StatusForbidden || strings.Contains(a.body, givenNumber) {
		t.Errorf("the number after the office ended: %d %s", a.status, a.body)
	}
	a := w.as(clerk, http.MethodPost, "/api/v1"+w.expand("/people/{villager}/life"), `{"state":"away"}`, changed...)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "form.rights_changed") || strings.Contains(a.body, villagerName) {
		t.Errorf("an answer of an office that ended: %d %s", a.status, a.body)
	}
}
