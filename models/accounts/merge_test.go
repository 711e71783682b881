package accounts_test

import (
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

// The account of a record that turns out to be another's is the kept person's from then on, with its name, its secret and its
// roles; taken apart again, it is whose it was. Two accounts that work are nobody's to choose from: one is closed first.
func TestAccountOfAMergedPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, area, a := orgtest.County(t, e), peopletest.Area(t), accounts.New(accountstest.Key)
		area.OnMerged(accounts.PeoplePart())
		kept, gone := peopletest.Add(t, e, tree, peopletest.Person{Name: "字一"}), peopletest.Add(t, e, tree, peopletest.Person{Name: "字二"})
		host := accountstest.Of(t, e, gone, access.Host, org.SiteUnit(tree.Site.ID))
		name := accountstest.SetPassword(t, e, a, host.Account, accountstest.Password)
		var merged people.Merged
		merge := func() error {
			return e.Write(t.Context(), func(tx *db.Tx) (err error) {
				merged, err = area.Merge(tx, orgtest.By, people.MergeInput{Kept: kept, Gone: gone})
				return err
			})
		}
		unmerge := func() {
			t.Helper()
			e.Do(t, func(tx *db.Tx) error {
				_, err := area.Unmerge(tx, orgtest.By, people.UnmergeInput{ID: merged.ID})
				return err
			})
		}
		isOf := func(when string, person access.PersonID) {
			t.Helper()
			e.See(t, func(tx *db.Tx) error {
				by, _, err := accounts.Actor(tx, host.Account)
				if err != nil || by.Person != person || !by.Can(access.PeopleAway, tree.Site.Path) {
					t.Errorf("%s: the account is %+v %v", when, by, err)
				}
				with, err := accounts.WithAccount(tx, kept, gone)
				if with[person] != host.Account || len(with) != 1 {
					t.Errorf("%s: those with an account are %v", when, with)
				}
				return err
			})
			if in, err := accountstest.SignIn(e, a, name, accountstest.Password, "10.0.0.1"); err != nil || in != host.Account {
				t.Errorf("%s: signed in as %v, %v", when, in, err)
			}
		}

		isOf("before", gone)
		if err := merge(); err != nil {
			t.Fatal(err)
		}
		isOf("merged", kept)
		if err := e.Write(t.Context(), func(tx *db.Tx) error {
			_, err := accounts.Add(tx, orgtest.By, accounts.AddInput{Username: "zweites", Name: "字一", Person: kept})
			return err
		}); !fail.Is(err, "accounts.person_has") {
			t.Errorf("a second account of the kept person: %v", err)
		}
		unmerge()
		isOf("apart", gone)

		other := accountstest.Of(t, e, kept, access.Trainee, org.SiteUnit(tree.Site.ID))
		if err := merge(); !fail.Is(err, "people.two_accounts") {
			t.Errorf("two accounts that work: %v", err)
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := accounts.SetDisabled(tx, orgtest.By, accounts.SetDisabledInput{ID: other.Account, Disabled: true})
			return err
		})
		if err := merge(); err != nil {
			t.Fatal(err)
		}
		isOf("one closed", kept)
		unmerge()
		isOf("apart, one closed", gone)
	})
}
