package web_test

import (
	"bytes"
	"net/url"
	"testing"

	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
)

type holder struct {
	Items []struct {
		Word string `json:"word" kept:"never"`
	} `json:"items"`
}

// What a form held is told apart by a key that does not stand in the database, so that nobody can find it out by trying.
func TestFormsAreToldApartByAKey(t *testing.T) {
	e := dbtest.SQLite(t)
	by := accountstest.Of(t, e, access.PersonID{}, access.County, orgtest.County(t, e).County.ID)
	form := url.Values{"word": {"茶"}, "form_id": {"0197c2d0-0000-7000-8000-000000000001"}}
	var calls int
	status := func(key byte) int {
		cfg := web.Config{BaseURL: "http://127.0.0.1", FormKey: bytes.Repeat([]byte{key}, 32)}
		site := webtest.Config(t, e, cfg, func(p *web.Pages, _ *web.API) {
			p.Post("/echo", func(r *web.Request) error {
				var in echoInput
				err := r.Bind(&in)
				if err == nil {
					_, err = web.Do(r, echo(&calls), in)
				}
				if err != nil {
					return err
				}
				return r.See("/healthz")
			})
		})
		return site.As(t, by.Account).Post("/echo", form).Status
	}
	if first, again, other := status(1), status(1), status(2); first != 200 || again != 200 || other != 409 || calls != 1 {
		t.Errorf("%d, again %d, with another key %d, %d calls", first, again, other, calls)
	}
	if _, err := web.New(web.Config{FormKey: make([]byte, 31)}, e.DB, nil, nil); err == nil {
		t.Error("a key that is too short is taken")
	}
}

// An answer with a field that is never kept, however deep, is made anew for the same key.
func TestUnkeptAnswers(t *testing.T) {
	e := dbtest.SQLite(t)
	by := accountstest.Of(t, e, access.PersonID{}, access.County, orgtest.County(t, e).County.ID)
	var calls int
	site := webtest.New(t, e, func(_ *web.Pages, api *web.API) {
		web.Post(api, "/unkept", func(*db.Tx, access.Actor, struct{}) (map[string]*holder, error) {
			calls++
			return map[string]*holder{}, nil
		})
		web.Post(api, "/kept", func(*db.Tx, access.Actor, struct{}) (echoView, error) {
			calls++
			return echoView{}, nil
		})
	})
	b := site.As(t, by.Account)
	b.Header("Idempotency-Key", "0197c2d0-0000-7000-8000-000000000001")
	for path, want := range map[string]int{"/unkept": 2, "/kept": 1} {
		calls = 0
		for range 2 {
			if got := b.API("POST", path, `{}`, nil); got != 200 {
				t.Fatalf("%s: %d", path, got)
			}
		}
		if calls != want {
			t.Errorf("%s: %d calls, want %d", path, calls, want)
		}
	}
}
