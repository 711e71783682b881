package accounts_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

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

// hostOf makes a person host of a school.
func hostOf(t *testing.T, e *dbtest.Env, tree orgtest.Tree, name string, site org.SiteID) access.PersonID {
	t.Helper()
	p := peopletest.Add(t, e, tree, peopletest.Person{Name: name})
	e.Do(t, func(tx *db.Tx) error {
		_, err := people.Assign(tx, orgtest.By, people.AssignInput{Site: site, Post: people.Host, Person: p})
		return err
	})
	return p
}

func pin(t *testing.T, a *accounts.Area, digits string) accounts.Secret {
	t.Helper()
	s, err := a.HashPIN(context.Background(), digits)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// From the look before to the six digits: one account for each person, a slip that is void once a new one is printed, and a
// code that looking at does not use up.
func TestBulkAndSlips(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		tree := orgtest.County(t, e)
		clerk := accountstest.As(t, e, access.Township, tree.Township.ID)
		li := hostOf(t, e, tree, "李明", tree.Site.ID)
		hostOf(t, e, tree, "李明", tree.Sister.ID)
		in := accounts.BulkInput{Sites: []org.SiteID{tree.Site.ID, tree.Sister.ID, tree.Neighbour.ID}}
		look, err := write(e, accounts.PreviewBulk, clerk, in)
		if err != nil || look.New != 2 || look.More != 0 || len(look.Rows) != 3 || look.Rows[2].State != accounts.BulkNobody {
			t.Fatalf("%+v %v", look, err)
		}
		done, err := write(e, a.AddMany, clerk, in)
		if err != nil || done.Batch.N != 2 {
			t.Fatalf("%+v %v", done, err)
		}
		if again, err := write(e, a.AddMany, clerk, in); err != nil || again.Batch.N != 0 || again.Rows[0].State != accounts.BulkHas {
			t.Errorf("done again: %+v %v", again, err)
		}
		slips, err := write(e, a.Slips, clerk, accounts.BatchInput{ID: done.Batch.ID})
		if err != nil || len(slips.Items) != 2 || slips.Items[0].Username != "李明" || slips.Items[1].Username != "李明2" || !slips.Items[0].Pin || !slips.Items[0].First {
			t.Fatalf("%+v %v", slips, err)
		}
		other := accountstest.As(t, e, access.Township, tree.Township.ID)
		if k := kind(e, a.Slips, other, accounts.BatchInput{ID: done.Batch.ID}); k != fail.Missing {
			t.Errorf("another clerk sees the codes: %q", k)
		}
		who := done.Rows[0].Account
		lost, err := write(e, a.MakeSlips, clerk, accounts.SlipsInput{Accounts: []accounts.AccountID{who}})
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := write(e, a.Slips, clerk, accounts.BatchInput{ID: lost.ID})
		if err != nil {
			t.Fatal(err)
		}
		useSlip(t, e, a, who, slips.Items[0].Code, fresh.Items[0].Code)
		out, err := write(e, accounts.ListOutstanding, clerk, accounts.OutstandingInput{})
		if err != nil || slices.ContainsFunc(out.Items, func(o accounts.Outstanding) bool { return o.ID == who }) ||
			!slices.ContainsFunc(out.Items, func(o accounts.Outstanding) bool { return o.Username == "李明2" && !o.ExpiresAt.IsZero() }) {
			t.Errorf("%+v %v", out, err)
		}
		if _, err := write(e, accounts.Add, orgtest.By, accounts.AddInput{Username: "second", Name: "李明", Person: li}); !fail.Is(err, "accounts.person_has") {
			t.Errorf("a second account: %v", err)
		}
		e.Clock.Add(3 * time.Hour)
		if k := kind(e, a.Slips, clerk, accounts.BatchInput{ID: done.Batch.ID}); k != fail.Missing {
			t.Errorf("shown after hours: %q", k)
		}
	})
}

func useSlip(t *testing.T, e *dbtest.Env, a *accounts.Area, want accounts.AccountID, old, code string) {
	t.Helper()
	first := func(code string) (v accounts.FirstView, err error) {
		err = e.Read(context.Background(), func(tx *db.Tx) (err error) { v, err = a.First(tx, code); return err })
		return v, err
	}
	if _, err := first(old); faults(err)["code"] != "accounts.code_invalid" {
		t.Errorf("the lost slip works: %v", err)
	}
	for range 3 { // WeChat, a neighbour, another phone
		if v, err := first(strings.ToLower(strings.ReplaceAll(code, "-", ""))); err != nil || v.Name != "李*" || !v.Pin {
			t.Fatalf("%+v %v", v, err)
		}
	}
	use := func(s accounts.Secret) (who accounts.AccountID, err error) {
		err = e.Write(context.Background(), func(tx *db.Tx) (err error) { who, err = a.Reset(tx, code, s); return err })
		return who, err
	}
	if _, err := use(pin(t, a, "123456")); faults(err)["password"] != "accounts.pin_easy" {
		t.Errorf("123456: %v", err)
	}
	if who, err := use(pin(t, a, "582941")); err != nil || who != want {
		t.Fatal(who, err)
	}
	if _, err := use(pin(t, a, "582941")); faults(err)["code"] == "" {
		t.Errorf("used twice: %v", err)
	}
	if got, err := accountstest.SignIn(e, a, "李明", "５８２ ９４１", "1"); err != nil || got != want {
		t.Errorf("%s %v", got, err)
	}
}

// Several clerks at once make one account for each person.
func TestBulkAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		tree := orgtest.County(t, e)
		hostOf(t, e, tree, "王芳", tree.Site.ID)
		hostOf(t, e, tree, "王芳", tree.Sister.ID)
		in := accounts.BulkInput{Sites: []org.SiteID{tree.Site.ID, tree.Sister.ID}}
		kinds := atOnce(6, func(int) error {
			return e.Write(context.Background(), func(tx *db.Tx) error { _, err := a.AddMany(tx, orgtest.By, in); return err })
		})
		var n int
		e.See(t, func(tx *db.Tx) error {
			return tx.Raw("SELECT COUNT(*) FROM accounts WHERE person_id IS NOT NULL").Scan(&n).Error
		})
		if kinds[""] != 6 || n != 2 {
			t.Errorf("%v, %d accounts", kinds, n)
		}
	})
}

var errUndo = errors.New("not to be stored")

// Who makes accounts and slips, for people of his unit and nobody above him.
func TestWhoMakesAccounts(t *testing.T) {
	e := dbtest.SQLite(t)
	a := accounts.New(accountstest.Key)
	tree := orgtest.County(t, e)
	hostOf(t, e, tree, "李明", tree.Site.ID)
	host := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID)).Account
	boss := accountstest.As(t, e, access.County, tree.County.ID).Account
	makers := []access.Role{access.County, access.TownshipAdmin, access.Township, access.Village}
	slips := func(by access.Actor, of accounts.AccountID) error {
		return e.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := a.MakeSlips(tx, by, accounts.SlipsInput{Accounts: []accounts.AccountID{of}}); err != nil {
				return err
			}
			return errUndo
		})
	}
	for where, seats := range map[string][]orgtest.Seat{"inside": tree.Inside(), "outside": tree.Outside()} {
		for _, s := range seats {
			may := where == "inside" && slices.Contains(makers, s.Role)
			if k := kind(e, accounts.PreviewBulk, s.Actor, accounts.BulkInput{Sites: []org.SiteID{tree.Site.ID}}); (k == "") != may {
				t.Errorf("%s %s looks: %q", s.Role, where, k)
			}
			if err := slips(s.Actor, host); errors.Is(err, errUndo) != may {
				t.Errorf("%s %s prints: %v", s.Role, where, err)
			}
			if s.Role == access.County {
				continue
			}
			if err := slips(s.Actor, boss); errors.Is(err, errUndo) {
				t.Errorf("%s %s prints a slip of the county's", s.Role, where)
			}
			if kind(e, accounts.ResetFactor, s.Actor, accounts.AccountInput{ID: boss}) == "" || kind(e, accounts.ResetFactor, s.Actor, accounts.AccountInput{ID: host}) == "" {
				t.Errorf("%s %s resets a factor", s.Role, where)
			}
			if kind(e, accounts.Leave, s.Actor, accounts.LeaveInput{ID: boss, On: date.New(2027, 1, 1)}) == "" {
				t.Errorf("%s %s ends the county's office", s.Role, where)
			}
		}
	}
	own := accountstest.As(t, e, access.County, tree.County.ID)
	if err := slips(own, own.Account); !fail.Is(err, "accounts.not_own") {
		t.Errorf("one's own slip: %v", err)
	}
	if _, err := write(e, accounts.ResetFactor, own, accounts.AccountInput{ID: own.Account}); !fail.Is(err, "accounts.not_own") {
		t.Errorf("one's own factor: %v", err)
	}
}

func TestPins(t *testing.T) {
	a := accounts.New(accountstest.Key)
	for digits, want := range map[string]string{
		"": "input.required", "12345": "accounts.pin_six", "1234567": "accounts.pin_six", "12a456": "accounts.pin_six",
		"123456": "accounts.pin_easy", "987654": "accounts.pin_easy", "111111": "accounts.pin_easy", "121212": "accounts.pin_easy",
		"123123": "accounts.pin_easy", "112233": "accounts.pin_easy", "123321": "accounts.pin_easy", "100000": "accounts.pin_easy",
		"520131": "accounts.pin_easy", "196512": "accounts.pin_birthday", "121965": "accounts.pin_birthday", "650812": "accounts.pin_birthday",
		"198700": "accounts.pin_birthday", "582941": "", "５８２９４１": "", "58 29 41": "",
	} {
		if got := pin(t, a, digits).Fault(); got != want {
			t.Errorf("%q: %q, want %q", digits, got, want)
		}
	}
}

func TestHalf(t *testing.T) {
	for name, want := range map[string]string{"李明": "李*", "王小芳": "王*芳", "阿卜杜热合曼": "阿****曼", "李": "李", "": "", "𬭩一": "𬭩*"} {
		if got := accounts.Half(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// Leaving on a day: the roles end with it, the job closes the account, and it goes to nobody.
func TestLeave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		by := accountstest.As(t, e, access.Village, tree.Village.ID)
		day := date.Of(dbtest.Start).AddDays(10)
		v, err := write(e, accounts.Leave, orgtest.By, accounts.LeaveInput{ID: by.Account, On: day})
		if err != nil || v.EndsOn != day || v.Disabled || v.Grants[0].Until != day {
			t.Fatalf("%+v %v", v, err)
		}
		closed := func() (n int64) {
			e.Do(t, func(tx *db.Tx) (err error) { n, err = accounts.CloseLeft(tx, orgtest.By); return err })
			return n
		}
		e.Clock.Set(day.At(23, 59))
		if closed() != 0 {
			t.Error("closed on the last day")
		}
		e.Clock.Set(day.AddDays(1).At(0, 1))
		if closed() != 1 || closed() != 0 {
			t.Error("not closed, once, after the last day")
		}
		e.See(t, func(tx *db.Tx) error {
			if _, _, err := accounts.Actor(tx, by.Account); fail.KindOf(err) != fail.Unauthenticated {
				t.Error(err)
			}
			return nil
		})
	})
}
