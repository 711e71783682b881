package accounts_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

const wrong = "not the password 1"

// someone is a host with a password.
func someone(t *testing.T, e *dbtest.Env, a *accounts.Area) (access.Actor, string) {
	t.Helper()
	tree := orgtest.County(t, e)
	by := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
	return by, accountstest.SetPassword(t, e, a, by.Account, accountstest.Password)
}

func TestSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		by, username := someone(t, e, a)
		got, err := accountstest.SignIn(e, a, " "+username+" ", accountstest.Password, "10.0.0.1")
		if err != nil || got != by.Account {
			t.Errorf("%s %v", got, err)
		}
		for name, try := range map[string][2]string{
			"wrong password": {username, wrong}, "empty": {username, ""}, "unknown": {"nobody.here", accountstest.Password},
			"over-long": {string(make([]byte, 4000)), wrong}, "broken UTF-8": {"\xff\xfe", wrong}, "nothing": {"", ""},
		} {
			if _, err := accountstest.SignIn(e, a, try[0], try[1], "10.0.0.2"); !fail.Is(err, "accounts.wrong") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := write(e, accounts.SetDisabled, orgtest.By, accounts.SetDisabledInput{ID: by.Account, Disabled: true}); err != nil {
			t.Fatal(err)
		}
		if _, err := accountstest.SignIn(e, a, username, accountstest.Password, "10.0.0.3"); !fail.Is(err, "accounts.wrong") {
			t.Errorf("disabled: %v", err)
		}
	})
}

// The fifth failure makes one wait, each further one twice as long up to five minutes; another address
// and another user name do not wait, and a success forgets it all.
func TestFailuresSlowDown(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		_, username := someone(t, e, a)
		try := func(password, address string) error {
			_, err := accountstest.SignIn(e, a, username, password, address)
			return err
		}
		for i := range 5 {
			if err := try(wrong, "10.0.0.1"); !fail.Is(err, "accounts.wrong") {
				t.Fatalf("try %d: %v", i+1, err)
			}
		}
		for _, seconds := range []int{1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300} {
			err := try(accountstest.Password, "10.0.0.1")
			if f, ok := fail.As(err); !ok || f.Kind != fail.Throttled || f.Args[0] != seconds {
				t.Fatalf("want a wait of %d s: %v", seconds, err)
			}
			e.Clock.Add(time.Duration(seconds) * time.Second)
			if err := try(wrong, "10.0.0.1"); !fail.Is(err, "accounts.wrong") {
				t.Fatalf("after %d s: %v", seconds, err)
			}
		}
		if err := try(accountstest.Password, "10.0.0.2"); err != nil {
			t.Errorf("from another address: %v", err)
		}
		e.Clock.Add(5 * time.Minute)
		if err := try(accountstest.Password, "10.0.0.1"); err != nil {
			t.Errorf("after the longest wait: %v", err)
		}
		if err := try(wrong, "10.0.0.1"); !fail.Is(err, "accounts.wrong") {
			t.Errorf("forgotten by success: %v", err)
		}
	})
}

// Of thirty wrong tries at once exactly five count, and the right password among late ones does not pass.
func TestFailuresAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		_, username := someone(t, e, a)
		ctx := context.Background()
		var c accounts.Candidate
		e.See(t, func(tx *db.Tx) (err error) {
			c, err = a.Candidate(tx, accounts.EnterInput{Username: username, Address: "10.0.0.1"})
			return err
		})
		var in atomic.Int64
		kinds := atOnce(30, func(int) error { // the comparison itself is left out: it only spreads them
			return e.Write(ctx, func(tx *db.Tx) error {
				id, err := a.Entered(tx, c, false)
				if !id.IsZero() {
					in.Add(1)
				}
				return err
			})
		})
		var count int
		e.See(t, func(tx *db.Tx) error { return tx.Raw("SELECT failures FROM sign_in_failures").Scan(&count).Error })
		if kinds[""] != 5 || kinds[fail.Throttled] != 25 || count != 5 || in.Load() != 0 {
			t.Errorf("%v, %d counted", kinds, count)
		}
		err := e.Write(ctx, func(tx *db.Tx) error { _, err := a.Entered(tx, c, true); return err })
		if fail.KindOf(err) != fail.Throttled {
			t.Errorf("right but late: %v", err)
		}
	})
}

// A try costs the same whoever it is for: somebody, nobody, one who has set no password yet, one who is closed, six digits.
func TestTheWorkDoesNotTell(t *testing.T) {
	e := dbtest.SQLite(t)
	a := accounts.New(accountstest.Key)
	tree := orgtest.County(t, e)
	made := func() (access.Actor, string) {
		by := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
		return by, accountstest.SetPassword(t, e, a, by.Account, accountstest.Password)
	}
	_, known := made()
	closed, closedName := made()
	if _, err := write(e, accounts.SetDisabled, orgtest.By, accounts.SetDisabledInput{ID: closed.Account, Disabled: true}); err != nil {
		t.Fatal(err)
	}
	_, digits := made()
	e.Do(t, func(tx *db.Tx) error {
		return tx.Exec("UPDATE accounts SET pin = ? WHERE username = ?", true, digits).Error
	})
	var bare accounts.View
	e.Do(t, func(tx *db.Tx) (err error) {
		bare, err = accounts.Add(tx, orgtest.By, accounts.AddInput{Username: "bare", Name: "没有密码"})
		return err
	})
	var costs []argon2id.Params
	for i, username := range []string{known, "nobody.here", "", closedName, digits, bare.Username} {
		e.See(t, func(tx *db.Tx) error {
			c, err := a.Candidate(tx, accounts.EnterInput{Username: username, Address: "look"})
			if err != nil {
				return err
			}
			cost, err := c.Cost()
			costs = append(costs, cost)
			return err
		})
		before := a.Compared()
		if _, err := accountstest.SignIn(e, a, username, wrong, fmt.Sprint(i)); !fail.Is(err, "accounts.wrong") {
			t.Errorf("%q: %v", username, err)
		}
		if n := a.Compared() - before; n != 1 || costs[i] != costs[0] {
			t.Errorf("%q: %d comparisons of %+v, want one of %+v", username, n, costs[i], costs[0])
		}
	}
}

func TestSetSecret(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		by, username := someone(t, e, a)
		const fresh = "another one 7"
		ctx := context.Background()
		e.Do(t, func(tx *db.Tx) error {
			for _, token := range []string{"here", "elsewhere"} {
				in := accounts.SignIn{Token: token, Account: by.Account, Data: []byte("x"), ExpiresAt: tx.Now.Add(time.Hour)}
				if err := accounts.KeepSignIn(tx, in); err != nil {
					return err
				}
			}
			return nil
		})
		change := func(old, password string) (done bool, err error) {
			var c accounts.Candidate
			e.See(t, func(tx *db.Tx) (err error) { c, err = a.OwnCandidate(tx, by, "10.0.0.1"); return err })
			ok, err := c.Verify(ctx, old)
			if err != nil {
				return false, err
			}
			s, err := a.Hash(ctx, password, username)
			if err != nil {
				return false, err
			}
			err = e.Write(ctx, func(tx *db.Tx) (err error) { done, err = a.SetSecret(tx, by, c, ok, s, "here"); return err })
			return done, err
		}
		if done, err := change(wrong, fresh); done || err != nil {
			t.Errorf("wrong old password: %v %v", done, err)
		}
		for password, want := range map[string]string{
			"": "input.required", "short1": "input.too_short", "onlyletters": "accounts.password_kinds", "87654321": "accounts.password_kinds",
			"ABC12345": "accounts.password_known", username: "accounts.password_known",
		} {
			if _, err := change(accountstest.Password, password); faults(err)["password"] != want {
				t.Errorf("%q: %v", password, err)
			}
		}
		if done, err := change(accountstest.Password, fresh); !done || err != nil {
			t.Errorf("%v %v", done, err)
		}
		if _, err := accountstest.SignIn(e, a, username, accountstest.Password, "10.0.0.9"); !fail.Is(err, "accounts.wrong") {
			t.Errorf("old password: %v", err)
		}
		if _, err := accountstest.SignIn(e, a, username, fresh, "10.0.0.9"); err != nil {
			t.Errorf("new password: %v", err)
		}
		e.See(t, func(tx *db.Tx) error {
			if _, err := accounts.FindSignIn(tx, "elsewhere"); fail.KindOf(err) != fail.Missing {
				t.Errorf("another sign-in lives on: %v", err)
			}
			_, err := accounts.FindSignIn(tx, "here")
			return err
		})
	})
}

// A password that was changed between comparing and entering does not let in.
func TestChangedMeanwhile(t *testing.T) {
	e := dbtest.SQLite(t)
	a := accounts.New(accountstest.Key)
	by, username := someone(t, e, a)
	var c accounts.Candidate
	e.See(t, func(tx *db.Tx) (err error) {
		c, err = a.Candidate(tx, accounts.EnterInput{Username: username, Address: "1"})
		return err
	})
	accountstest.SetPassword(t, e, a, by.Account, "another one 7")
	e.Do(t, func(tx *db.Tx) error {
		got, err := a.Entered(tx, c, true)
		if !got.IsZero() {
			t.Error("let in with the old password")
		}
		return err
	})
}

// Two hash at a time. The third waits for a place, and gives up with its request.
func TestHashesAreBounded(t *testing.T) {
	a := accounts.New(accountstest.Key)
	ctx, cancel := context.WithCancel(t.Context())
	first, err := a.Enter(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Enter(ctx)
	if err != nil {
		t.Fatal(err)
	}
	third := make(chan error)
	go func() { _, err := a.Hash(ctx, accountstest.Password); third <- err }()
	cancel()
	if err := <-third; fail.KindOf(err) != fail.Internal {
		t.Errorf("hashed while there was no place: %v", err)
	}
	go func() { _, err := a.Hash(t.Context(), accountstest.Password); third <- err }()
	first()
	if err := <-third; err != nil {
		t.Error(err)
	}
	second()
}

func BenchmarkActor(b *testing.B) {
	e := dbtest.SQLite(b)
	tree := orgtest.County(b, e)
	by := accountstest.As(b, e, access.Host, org.SiteUnit(tree.Site.ID))
	for b.Loop() {
		e.See(b, func(tx *db.Tx) error { _, _, err := accounts.Actor(tx, by.Account); return err })
	}
}
