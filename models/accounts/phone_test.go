package accounts_test

import (
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// A telephone number lets in as the user name does, as long as one person with an account has it. A shared one, one that nobody
// has, one whose owner has no account, and a wrong password get the same words for the same work, and no number is kept.
func TestPhoneSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		a.SealWith(peopletest.Ring(t))
		register := peopletest.Area(t)
		tree := orgtest.County(t, e)
		with := func(phone string) people.PersonID {
			p := peopletest.Add(t, e, tree, peopletest.Person{Site: tree.Site.ID})
			e.Do(t, func(tx *db.Tx) error {
				_, err := register.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: p, Phone: phone})
				return err
			})
			return p
		}
		account := func(p people.PersonID) access.Actor {
			by := accountstest.Of(t, e, p, access.Host, org.SiteUnit(tree.Site.ID))
			accountstest.SetPassword(t, e, a, by.Account, accountstest.Password)
			return by
		}
		const own, shared, idle, nobodys = "13987654321", "13800138000", "13700137000", "13600136000"
		host := account(with(own))
		with(own) // his mother, who has no account
		account(with(shared))
		account(with(shared))
		with(idle)

		for _, typed := range []string{own, " 139 8765 4321", "＋86-139-8765-4321"} {
			if got, err := accountstest.SignIn(e, a, typed, accountstest.Password, "1"); err != nil || got != host.Account {
				t.Errorf("%q: %s %v", typed, got, err)
			}
		}
		for i, try := range [][2]string{
			{own, wrong}, {shared, accountstest.Password}, {idle, accountstest.Password}, {nobodys, accountstest.Password}, {"0883-4212345", wrong},
		} {
			before := a.Compared()
			if _, err := accountstest.SignIn(e, a, try[0], try[1], "2"+string(rune('a'+i))); !fail.Is(err, "accounts.wrong_phone") {
				t.Errorf("%v: %v", try, err)
			}
			if n := a.Compared() - before; n != 1 {
				t.Errorf("%v: %d comparisons", try, n)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			kept, err := db.Ask[string](tx, "SELECT CONCAT(username, ' ', address) FROM sign_in_failures")
			for _, k := range kept {
				if strings.Contains(k, "1380013") || strings.Contains(k, "8000") {
					t.Errorf("kept: %s", k)
				}
			}
			return err
		})
	})
}

// Failures by number slow down the number alone: whoever guesses a number and a user name learns nothing of their belonging together.
func TestPhoneFailuresTellNothing(t *testing.T) {
	e := dbtest.SQLite(t)
	a := accounts.New(accountstest.Key)
	a.SealWith(peopletest.Ring(t))
	tree := orgtest.County(t, e)
	p := peopletest.Add(t, e, tree, peopletest.Person{Site: tree.Site.ID})
	e.Do(t, func(tx *db.Tx) error {
		_, err := peopletest.Area(t).SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: p, Phone: "13987654321"})
		return err
	})
	by := accountstest.Of(t, e, p, access.Host, org.SiteUnit(tree.Site.ID))
	username := accountstest.SetPassword(t, e, a, by.Account, accountstest.Password)
	try := func(name string) error { return tried(e, a, accounts.EnterInput{Username: name, Address: "1"}) }
	for range 5 {
		if err := try("139-8765-4321"); err != nil {
			t.Fatal(err)
		}
	}
	if err := try("13987654321"); fail.KindOf(err) != fail.Throttled {
		t.Errorf("the number, written otherwise: %v", err)
	}
	if err := try(username); err != nil {
		t.Errorf("the user name waits for the number's failures: %v", err)
	}
	if err := try("13600136000"); err != nil {
		t.Errorf("another number: %v", err)
	}
}
