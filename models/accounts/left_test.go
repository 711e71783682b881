package accounts_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// An account goes to nobody: that of one who has died or moved away is closed the day after, once the village has confirmed it;
// one who is away for work keeps his.
func TestAccountsOfThoseWhoLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		owner := func() (access.PersonID, access.Actor) {
			p := peopletest.Add(t, e, tree, peopletest.Person{Site: tree.Site.ID})
			return p, accountstest.Of(t, e, p, access.Trainee, org.SiteUnit(tree.Site.ID))
		}
		open := func(by access.Actor) (yes bool) {
			e.See(t, func(tx *db.Tx) error {
				v, err := accounts.Get(tx, orgtest.By, accounts.AccountInput{ID: by.Account})
				yes = !v.Disabled
				return err
			})
			return yes
		}
		life := func(p access.PersonID, state people.Life) {
			if _, err := write(e, people.SetLife, orgtest.By, people.SetLifeInput{Person: p, State: state}); err != nil {
				t.Fatal(err)
			}
		}
		dead, his := owner()
		moved, hers := owner()
		away, theirs := owner()
		noted, noteds := owner()
		life(dead, people.Dead)
		life(moved, people.Moved)
		life(away, people.Away)
		host := orgtest.As(access.Host, tree.Site.Path)
		if _, err := write(e, people.NoteAway, host, people.NoteAwayInput{Site: tree.Site.ID, Person: noted, State: people.Dead}); err != nil {
			t.Fatal(err)
		}
		sweep := func(days int) (n int64) {
			e.Clock.Set(date.Of(dbtest.Start).AddDays(days).At(3, 0))
			e.Do(t, func(tx *db.Tx) (err error) { n, err = accounts.CloseLeft(tx, access.System("test")); return err })
			return n
		}
		if n := sweep(0); n != 0 {
			t.Errorf("%d closed on the day itself", n)
		}
		if n := sweep(1); n != 2 || open(his) || open(hers) || !open(theirs) || !open(noteds) {
			t.Errorf("%d closed: %v %v %v %v", n, open(his), open(hers), open(theirs), open(noteds))
		}
		item := noted.String() + "_" + date.Of(dbtest.Start).String()
		if _, err := write(e, people.ConfirmLife, orgtest.By, people.LifeInput{Items: []string{item}}); err != nil {
			t.Fatal(err)
		}
		if n := sweep(2); n != 1 || open(noteds) || sweep(3) != 0 {
			t.Errorf("%d closed after the village has confirmed", n)
		}
		_, err := write(e, accounts.Add, orgtest.By, accounts.AddInput{Username: "again", Name: "又来", Person: moved})
		if !fail.Is(err, "accounts.person_gone") {
			t.Errorf("a new account for one who has moved away: %v", err)
		}
	})
}

// A host who has handed his school over keeps his account, which holds nothing: six digits stay enough, his phone is not signed out
// in the middle of what it has still to send, and the clerk of his village finds him to give him another role.
func TestAccountOfAFormerHost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{Site: tree.Site.ID})
		by := accountstest.Of(t, e, p, access.Host, org.SiteUnit(tree.Site.ID))
		secret := pin(t, a, "582941")
		e.Do(t, func(tx *db.Tx) error {
			code, err := a.MakeResetCode(tx, orgtest.By, accounts.AccountInput{ID: by.Account})
			if err == nil {
				_, err = a.Reset(tx, code.Code, secret)
			}
			if err != nil {
				return err
			}
			v, err := accounts.Get(tx, orgtest.By, accounts.AccountInput{ID: by.Account})
			if err == nil {
				_, err = accounts.Revoke(tx, orgtest.By, accounts.RevokeInput{Account: by.Account, Grant: v.Grants[0].ID})
			}
			return err
		})
		e.See(t, func(tx *db.Tx) error {
			former, _, err := accounts.Actor(tx, by.Account)
			if err != nil || len(former.Grants()) != 0 || accounts.Idles(former) {
				t.Errorf("%v: %+v idles", err, former)
			}
			if n, err := accounts.NeedsOf(tx, by.Account); err != nil || n.Password {
				t.Errorf("%+v %v", n, err)
			}
			return nil
		})
		village, other := accountstest.As(t, e, access.Village, tree.Village.ID), accountstest.As(t, e, access.Village, tree.Village2.ID)
		if _, err := write(e, accounts.Get, other, accounts.AccountInput{ID: by.Account}); fail.KindOf(err) != fail.Missing {
			t.Errorf("another village: %v", err)
		}
		in := accounts.GrantInput{Account: by.Account, Role: access.Trainee, Unit: org.SiteUnit(tree.Site.ID)}
		if _, err := write(e, accounts.Grant, village, in); err != nil {
			t.Errorf("his own village: %v", err)
		}
	})
}
