package accounts_test

import (
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
)

// A program does with its own account what a page does: sets up the second factor, reads its codes and makes new ones, lists and ends
// sign-ins, and changes the password, which ends the others.
func TestOwnAccountByAPI(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site := guarded(t, e)
		boss := accountstest.As(t, e, access.County, tree.County.ID)
		login := web.Credentials{Username: accountstest.SetPassword(t, e, site.App.Accounts, boss.Account, accountstest.Password), Password: accountstest.Password}
		b, other := site.Visitor(t), site.Visitor(t)
		var p web.Problem
		if got := b.API("POST", "/sign-in/factor", "{}", &p); got != 401 {
			t.Errorf("begun without a password: %d %s", got, p.Code)
		}
		if got := b.API("POST", "/sign-in", login, &p); got != 401 || p.Code != "accounts.factor_enrol" {
			t.Fatalf("%d %s", got, p.Code)
		}
		if got := b.API("GET", "/me", nil, &p); got != 401 {
			t.Fatalf("in without the factor: %d", got)
		}
		var start web.FactorStart
		b.API("POST", "/sign-in/factor", "{}", &start)
		code := func() string {
			e.Clock.Add(time.Minute) // each counts once
			out, err := totp.GenerateCode(start.Key, e.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got := b.API("POST", "/sign-in/factor/confirm", web.FactorInput{Code: "000000"}, &p); got != 422 {
			t.Errorf("wrong digits: %d", got)
		}
		if got := b.API("POST", "/sign-in/factor/confirm", web.FactorInput{Code: code()}, nil); got != 200 {
			t.Fatalf("right digits: %d", got)
		}
		if got := b.API("POST", "/sign-in/factor/confirm", web.FactorInput{Card: true}, &p); got != 401 {
			t.Errorf("a card after the app: %d", got)
		}
		papers := func() (page db.Page[accounts.PaperCode]) {
			if got := b.API("GET", "/me/paper", nil, &page); got != 200 || len(page.Items) != 10 {
				t.Fatalf("%d, %d codes", got, len(page.Items))
			}
			return page
		}
		first := papers()
		e.Clock.Add(11 * time.Minute)
		if got := b.API("POST", "/me/paper", "{}", &p); got != 401 || p.Code != "accounts.factor_again" {
			t.Errorf("new codes without the factor: %d %s", got, p.Code)
		}
		if got := b.API("POST", "/sign-in/confirm", web.ConfirmInput{Code: code()}, nil); got != 200 {
			t.Fatalf("confirm: %d", got)
		}
		if got := b.API("POST", "/me/paper", "{}", nil); got != 200 || papers().Items[0].Code == first.Items[0].Code {
			t.Errorf("new codes: %d, or the old ones", got)
		}

		login.Code = code()
		if got := other.API("POST", "/sign-in", login, nil); got != 200 {
			t.Fatalf("elsewhere: %d", got)
		}
		var list db.Page[accounts.SignInView]
		b.API("GET", "/me/sign-ins", nil, &list)
		if len(list.Items) != 2 || list.Items[0].Current == list.Items[1].Current {
			t.Fatalf("%+v", list.Items)
		}
		for _, s := range list.Items {
			if !s.Current {
				b.API("POST", "/me/sign-ins/"+s.ID.String()+"/end", "{}", nil)
			}
		}
		if got := other.API("GET", "/me", nil, &p); got != 401 {
			t.Errorf("ended and still in: %d", got)
		}
		login.Code = code()
		other.API("POST", "/sign-in", login, nil)
		const fresh = "huotang 2027 spring"
		if got := b.API("PUT", "/me/password", map[string]string{"old": "wrong", "password": fresh}, &p); got != 422 {
			t.Errorf("a wrong old password: %d", got)
		}
		if got := b.API("PUT", "/me/password", map[string]string{"old": login.Password, "password": fresh}, nil); got != 200 {
			t.Fatalf("a new password: %d", got)
		}
		if got := other.API("GET", "/me", nil, &p); got != 401 {
			t.Errorf("a new password leaves the others in: %d", got)
		}
		login.Password, login.Code = fresh, code()
		if got := other.API("POST", "/sign-in", login, nil); got != 200 {
			t.Errorf("with the new password: %d", got)
		}
		if got := other.API("POST", "/me/sign-ins/end-others", "{}", nil); got != 200 || b.API("GET", "/me", nil, &p) != 401 {
			t.Errorf("ending the others: %d", got)
		}
	})
}
