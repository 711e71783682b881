package accounts_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
)

// An app's digits count once and for a minute and a half; a code on paper counts once; wrong ones slow down; a county that has
// lost its factor is let in again by another one.
func TestFactor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		tree := orgtest.County(t, e)
		boss, other := accountstest.As(t, e, access.County, tree.County.ID), accountstest.As(t, e, access.County, tree.County.ID)
		var secret, address string
		e.Do(t, func(tx *db.Tx) (err error) {
			address, secret, err = a.StartFactor(tx, boss.Account, "凤庆县 家庭党校")
			return err
		})
		if !strings.HasPrefix(address, "otpauth://totp/凤庆县%20家庭党校:county.") || !strings.Contains(address, "secret="+secret) {
			t.Error(address)
		}
		var stored []byte
		e.See(t, func(tx *db.Tx) error { return tx.Raw("SELECT data FROM factors").Row().Scan(&stored) })
		if len(stored) == 0 || bytes.Contains(stored, []byte(secret)) {
			t.Error("the secret is not sealed")
		}
		now := func() string {
			code, err := totp.GenerateCode(secret, e.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		check := func(code string) (ok bool, err error) {
			err = e.Write(t.Context(), func(tx *db.Tx) (err error) { ok, err = a.CheckFactor(tx, boss.Account, code); return err })
			return ok, err
		}
		if ok, _ := check(now()); ok {
			t.Error("lets in before it is confirmed")
		}
		if err := e.Write(t.Context(), func(tx *db.Tx) error { return a.ConfirmFactor(tx, boss.Account, "000000") }); faults(err)["code"] != "accounts.factor_wrong" {
			t.Error(err)
		}
		first := now()
		e.Do(t, func(tx *db.Tx) error { return a.ConfirmFactor(tx, boss.Account, first) })
		if ok, _ := check(first); ok {
			t.Error("the same digits twice")
		}
		e.Clock.Add(30 * time.Second)
		next := now()
		if ok, err := check(next[:3] + " " + next[3:]); !ok || err != nil {
			t.Error("the next digits:", err)
		}
		e.Clock.Add(2 * time.Minute)
		if ok, _ := check(next); ok {
			t.Error("old digits")
		}
		paper, err := write(e, a.Paper, boss, struct{}{})
		if err != nil || len(paper.Items) != 10 {
			t.Fatal(paper, err)
		}
		code := strings.ToLower(paper.Items[3].Code)
		if ok, err := check(code); !ok || err != nil {
			t.Error("paper:", code, err)
		}
		if ok, _ := check(code); ok {
			t.Error("paper twice")
		}
		for range 10 {
			_, _ = check("wrong")
		}
		if _, err := check(now()); fail.KindOf(err) != fail.Throttled {
			t.Error("never slows down:", err)
		}
		e.Clock.Add(time.Hour)
		if more, err := write(e, a.Paper, boss, struct{}{}); err != nil || len(more.Items) != 0 {
			t.Error("paper is shown after an hour", err)
		}
		clerk := accountstest.As(t, e, access.TownshipAdmin, tree.Township.ID)
		if k := kind(e, accounts.ResetFactor, clerk, accounts.AccountInput{ID: boss.Account}); k != fail.Missing {
			t.Errorf("a township resets the county's: %q", k)
		}
		if _, err := write(e, accounts.ResetFactor, other, accounts.AccountInput{ID: boss.Account}); err != nil {
			t.Error(err)
		}
		e.See(t, func(tx *db.Tx) error {
			if n, err := accounts.NeedsOf(tx, boss.Account); n.Factor != "enrol" || err != nil {
				t.Errorf("%+v %v", n, err)
			}
			return nil
		})
	})
}

func TestCard(t *testing.T) {
	e := dbtest.SQLite(t)
	a := accounts.New(accountstest.Key)
	tree := orgtest.County(t, e)
	by := accountstest.As(t, e, access.Township, tree.Township.ID)
	e.Do(t, func(tx *db.Tx) error { return a.TakeCard(tx, by.Account) })
	paper, err := write(e, a.Paper, by, struct{}{})
	if err != nil || len(paper.Items) != 40 {
		t.Fatal(len(paper.Items), err)
	}
	for _, c := range paper.Items[:2] {
		var ok bool
		e.Do(t, func(tx *db.Tx) (err error) { ok, err = a.CheckFactor(tx, by.Account, c.Code); return err })
		if !ok {
			t.Error(c)
		}
	}
	e.See(t, func(tx *db.Tx) error {
		if f, err := accounts.FactorOf(tx, by.Account); f.Kind != accounts.FactorCard || f.Left != 38 || err != nil {
			t.Errorf("%+v %v", f, err)
		}
		return nil
	})
}
