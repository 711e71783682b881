package accounts_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// tried is one wrong try without its slow comparison.
func tried(e *dbtest.Env, a *accounts.Area, in accounts.EnterInput) error {
	return e.Write(context.Background(), func(tx *db.Tx) error {
		c, err := a.Candidate(tx, in)
		if err == nil {
			_, err = a.Entered(tx, c, false)
		}
		return err
	})
}

// Whatever others try, from wherever: whoever has been on his phone before signs in on it at once; from an address of one's own
// nobody waits longer than a minute for what others did; and no wait is longer than five minutes.
func TestNobodyIsLockedOut(t *testing.T) {
	e := dbtest.SQLite(t)
	a := accounts.New(accountstest.Key)
	by, username := someone(t, e, a)
	e.Do(t, func(tx *db.Tx) error { return accounts.KeepDevice(tx, by, "phone") })
	look := func(address, device string) error {
		return e.Read(t.Context(), func(tx *db.Tx) error {
			_, err := a.Candidate(tx, accounts.EnterInput{Username: username, Address: address, Device: device})
			return err
		})
	}
	r := rand.New(rand.NewPCG(1, 2)) // the same each time
	for i := range 2500 {
		in := accounts.EnterInput{Username: username, Address: fmt.Sprintf("10.0.0.%d", r.IntN(60)), Device: "stranger"}
		if r.IntN(4) == 0 {
			in.Username = fmt.Sprintf("user%d", r.IntN(500))
		}
		if err := tried(e, a, in); err != nil {
			f, ok := fail.As(err)
			if !ok || f.Kind != fail.Throttled || f.Args[0].(int) < 1 || f.Args[0].(int) > 300 {
				t.Fatalf("try %d: %v", i, err)
			}
		}
		e.Clock.Add(time.Duration(r.IntN(3000)) * time.Millisecond)
		if err := look("10.0.0.1", "phone"); err != nil {
			t.Fatalf("try %d: one's own phone: %v", i, err)
		}
		if f, ok := fail.As(look("192.0.2.7", "")); ok && f.Args[0].(int) > 60 {
			t.Fatalf("try %d: another address waits %v", i, f.Args)
		}
	}
}

// One address takes three hundred wrong ones at once, then one every twelve seconds; another address is not kept waiting.
func TestAddressCap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		for i := range 300 {
			if err := tried(e, a, accounts.EnterInput{Username: fmt.Sprintf("user%d", i), Address: "village"}); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		next := accounts.EnterInput{Username: "one.more", Address: "village"}
		if f, ok := fail.As(tried(e, a, next)); !ok || f.Kind != fail.Throttled || f.Args[0] != 12 {
			t.Errorf("%+v", f)
		}
		if err := tried(e, a, accounts.EnterInput{Username: "one.more", Address: "town"}); err != nil {
			t.Error(err)
		}
		e.Clock.Add(12 * time.Second)
		if err := tried(e, a, next); err != nil {
			t.Error(err)
		}
		if err := tried(e, a, next); fail.KindOf(err) != fail.Throttled {
			t.Error("the bucket holds more than it should:", err)
		}
	})
}

// Six digits to go on elsewhere: once, for ten minutes; the wrong ones are bounded in all, wherever they come from.
func TestMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		by, _ := someone(t, e, a)
		give := func() string {
			c, err := write(e, a.MakeMoveCode, by, struct{}{})
			if err != nil || len(c.Code) != 6 {
				t.Fatal(c, err)
			}
			return c.Code
		}
		take := func(code, address string) (who accounts.AccountID, err error) {
			err = e.Write(t.Context(), func(tx *db.Tx) (err error) { who, err = a.TakeMoveCode(tx, code, address); return err })
			return who, err
		}
		old, code := give(), give()
		if who, err := take(old, "1"); !who.IsZero() || err != nil {
			t.Errorf("the code before: %s %v", who, err)
		}
		if own, err := write(e, a.OwnMoveCode, by, struct{}{}); err != nil || own.Code != code {
			t.Errorf("%+v %v", own, err)
		}
		if who, err := take(code[:3]+" "+code[3:], "1"); who != by.Account || err != nil {
			t.Errorf("%s %v", who, err)
		}
		if who, _ := take(code, "1"); !who.IsZero() {
			t.Error("used twice")
		}
		late := give()
		e.Clock.Add(10 * time.Minute)
		if who, _ := take(late, "1"); !who.IsZero() {
			t.Error("after ten minutes")
		}
		e.Clock.Add(24 * time.Hour)
		looked, limited := 0, 0
		for i := range 200 { // from everywhere, for an hour
			if _, err := take(fmt.Sprintf("%06d", i), fmt.Sprint("a", i)); fail.KindOf(err) == fail.Throttled {
				limited++
			} else {
				looked++
			}
			e.Clock.Add(18 * time.Second)
		}
		if looked > 62 || limited < 130 {
			t.Errorf("%d tries in an hour were looked at, %d were not", looked, limited)
		}
	})
}

func TestDevices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		tree := orgtest.County(t, e)
		here := func() (n int) {
			e.See(t, func(tx *db.Tx) error {
				people, err := accounts.DevicePeople(tx, "phone")
				n = len(people)
				return err
			})
			return n
		}
		var hosts []access.Actor
		for range 10 {
			by := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
			accountstest.SetPassword(t, e, a, by.Account, accountstest.Password)
			hosts = append(hosts, by)
			e.Clock.Add(time.Minute)
			e.Do(t, func(tx *db.Tx) error { return accounts.KeepDevice(tx, by, "phone") })
		}
		if n := here(); n != 8 {
			t.Errorf("%d people on a phone", n)
		}
		clerk := accountstest.As(t, e, access.Township, tree.Township.ID)
		e.Do(t, func(tx *db.Tx) error { return accounts.KeepDevice(tx, clerk, "phone") })
		e.Do(t, func(tx *db.Tx) error { return accounts.ForgetOnDevice(tx, "phone", hosts[9].Account) })
		if _, err := write(e, accounts.SetDisabled, orgtest.By, accounts.SetDisabledInput{ID: hosts[8].Account, Disabled: true}); err != nil {
			t.Fatal(err)
		}
		if n := here(); n != 6 {
			t.Errorf("%d are left", n)
		}
		e.Clock.Add(181 * 24 * time.Hour)
		if n := here(); n != 0 {
			t.Errorf("%d after half a year", n)
		}
	})
}

// Six digits outlive no office: who holds one now sets a password.
func TestPinIsNotForAnOffice(t *testing.T) {
	e := dbtest.SQLite(t)
	a := accounts.New(accountstest.Key)
	tree := orgtest.County(t, e)
	by := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
	use := func(s accounts.Secret) error {
		return e.Write(t.Context(), func(tx *db.Tx) error {
			c, err := a.MakeResetCode(tx, orgtest.By, accounts.AccountInput{ID: by.Account})
			if err == nil {
				_, err = a.Reset(tx, c.Code, s)
			}
			return err
		})
	}
	if err := use(pin(t, a, "582941")); err != nil {
		t.Fatal(err)
	}
	e.Do(t, func(tx *db.Tx) error {
		_, err := accounts.Grant(tx, orgtest.By, accounts.GrantInput{Account: by.Account, Role: access.Village, Unit: tree.Village.ID})
		return err
	})
	if err := use(pin(t, a, "582941")); faults(err)["password"] != "accounts.pin_not_for_office" {
		t.Error(err)
	}
	e.See(t, func(tx *db.Tx) error {
		if n, err := accounts.NeedsOf(tx, by.Account); !n.Password || err != nil {
			t.Errorf("%+v %v", n, err)
		}
		return nil
	})
	replace := func() error {
		return e.Write(t.Context(), func(tx *db.Tx) error {
			return accounts.ReplacePin(tx, by.Account, hash(t, a, accountstest.Password))
		})
	}
	if err := replace(); err != nil {
		t.Error(err)
	}
	if replace() == nil {
		t.Error("replaced a password without asking for it")
	}
}

// The whole of a sign-in, bound by the hash, beside the hash alone.
func BenchmarkSignIn(b *testing.B) {
	e := dbtest.SQLite(b)
	a := accounts.New(accountstest.Key)
	tree := orgtest.County(b, e)
	by := accountstest.As(b, e, access.Host, org.SiteUnit(tree.Site.ID))
	username := accountstest.SetPassword(b, e, a, by.Account, accountstest.Password)
	b.Run("whole", func(b *testing.B) {
		for b.Loop() {
			if _, err := accountstest.SignIn(e, a, username, accountstest.Password, "10.0.0.1"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hash", func(b *testing.B) {
		for b.Loop() {
			if _, err := a.Hash(b.Context(), accountstest.Password); err != nil {
				b.Fatal(err)
			}
		}
	})
}
