package accounts_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

func hash(t *testing.T, a *accounts.Area, password string) accounts.Secret {
	t.Helper()
	s, err := a.Hash(context.Background(), password)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func setupCode(t *testing.T, e *dbtest.Env, a *accounts.Area) (code string) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		c, err := a.MakeSetupCode(tx, orgtest.By)
		code = c.Code
		return err
	})
	return code
}

func setUp(e *dbtest.Env, a *accounts.Area, in accounts.SetUpInput, s accounts.Secret) (account accounts.AccountID, err error) {
	err = e.Write(context.Background(), func(tx *db.Tx) (err error) { account, err = a.SetUp(tx, in, s); return err })
	return account, err
}

var first = accounts.SetUpInput{CountyCode: "530921", County: "凤庆县", Username: "county", Name: "李明"}

func TestSetUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		code := setupCode(t, e, a)
		if !regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(code) {
			t.Errorf("code %q", code)
		}
		_, err := setUp(e, a, accounts.SetUpInput{Code: code, CountyCode: "53"}, hash(t, a, "x"))
		want := map[string]string{
			"county_code": "accounts.county_code", "county": "input.required", "username": "input.required", "name": "input.required", "password": "input.too_short",
		}
		if d := cmp.Diff(want, faults(err)); d != "" {
			t.Error(d)
		}
		in := first
		in.Code = strings.ToLower(strings.ReplaceAll(code, "-", " ")) // as people type it
		account, err := setUp(e, a, in, hash(t, a, accountstest.Password))
		if err != nil {
			t.Fatal(err)
		}
		e.See(t, func(tx *db.Tx) error {
			by, _, err := accounts.Actor(tx, account)
			grants := []access.Grant{{Role: access.County, Path: "/a/530921/"}, {Role: access.County, Path: "/p/530921/"}}
			if d := cmp.Diff(grants, by.Grants()); d != "" {
				t.Error(d)
			}
			party, pErr := org.FindCode(tx, org.Party, "530921")
			if pErr != nil || party.Name != "中共凤庆县委员会" || party.Kind != org.CountyCommittee {
				t.Errorf("%+v %v", party, pErr)
			}
			if needed, nErr := accounts.NeedsSetup(tx); needed || nErr != nil {
				t.Errorf("still needs the set-up: %v", nErr)
			}
			var codes int
			if err := tx.Raw("SELECT COUNT(*) FROM setup_codes WHERE hash LIKE ?", "%"+strings.ReplaceAll(code, "-", "")[:8]+"%").Scan(&codes).Error; err != nil || codes != 0 {
				t.Errorf("the code is stored: %v", err)
			}
			return err
		})
		if _, err := accountstest.SignIn(e, a, "county", accountstest.Password, "1"); err != nil {
			t.Error(err)
		}
		in.Username = "second"
		if _, err := setUp(e, a, in, hash(t, a, accountstest.Password)); faults(err)["code"] != "accounts.code_invalid" {
			t.Errorf("used twice: %v", err)
		}
		err = e.Write(context.Background(), func(tx *db.Tx) error { _, err := a.MakeSetupCode(tx, orgtest.By); return err })
		if fail.KindOf(err) != fail.Conflicting {
			t.Errorf("a code for a county that is set up: %v", err)
		}
	})
}

// The set-up joins the roots of a county that is there.
func TestSetUpOfAKnownCounty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := accounts.New(accountstest.Key)
		in := first
		in.Code, in.CountyCode, in.County = setupCode(t, e, a), "", ""
		account, err := setUp(e, a, in, hash(t, a, accountstest.Password))
		if err != nil {
			t.Fatal(err)
		}
		e.See(t, func(tx *db.Tx) error {
			by, _, err := accounts.Actor(tx, account)
			if g := by.Grants(); len(g) != 2 || g[0].Path != tree.County.Path || g[1].Path != tree.Committee.Path {
				t.Errorf("%+v", g)
			}
			return err
		})
	})
}

// Two use one code, or two codes, at the same time: one county account is made.
func TestSetUpAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		codes := []string{setupCode(t, e, a), setupCode(t, e, a)}
		secret := hash(t, a, accountstest.Password)
		kinds := atOnce(6, func(i int) error {
			in := first
			in.Code, in.CountyCode, in.Username = codes[i%2], []string{"530921", "530922", "530923"}[i%3], "county"+string(rune('a'+i))
			_, err := setUp(e, a, in, secret)
			return err
		})
		var made, roots int
		e.See(t, func(tx *db.Tx) error {
			if err := tx.Raw("SELECT COUNT(*) FROM accounts").Scan(&made).Error; err != nil {
				return err
			}
			return tx.Raw("SELECT COUNT(*) FROM units").Scan(&roots).Error
		})
		if kinds[""] != 1 || made != 1 || roots != 2 || kinds[fail.Internal] != 0 {
			t.Errorf("%v: %d accounts, %d units", kinds, made, roots)
		}
	})
}

func TestSetupCodesExpire(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		a := accounts.New(accountstest.Key)
		in := first
		in.Code = setupCode(t, e, a)
		check := func(a *accounts.Area) error {
			return e.Read(context.Background(), func(tx *db.Tx) error { return a.CheckSetupCode(tx, in.Code) })
		}
		e.Clock.Add(24*time.Hour - time.Second)
		if err := check(a); err != nil {
			t.Error(err)
		}
		if err := check(accounts.New([]byte("another installation's key, whole"))); err == nil {
			t.Error("a code works under another key")
		}
		e.Clock.Add(time.Second)
		if err := check(a); faults(err)["code"] != "accounts.code_invalid" {
			t.Error(err)
		}
		if _, err := setUp(e, a, in, hash(t, a, accountstest.Password)); faults(err)["code"] != "accounts.code_invalid" {
			t.Error(err)
		}
		err := e.Write(context.Background(), func(tx *db.Tx) error { _, err := a.MakeSetupCode(tx, access.Visitor()); return err })
		if fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("a visitor makes a code: %v", err)
		}
	})
}

// A code for a new password works once; a newer one and a closed account make it useless.
func TestReset(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := accounts.New(accountstest.Key)
		clerk := accountstest.As(t, e, access.Township, tree.Township.ID)
		host := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID)).Account
		code := func() string {
			c, err := write(e, a.MakeResetCode, clerk, accounts.AccountInput{ID: host})
			if err != nil {
				t.Fatal(err)
			}
			return c.Code
		}
		reset := func(code string, s accounts.Secret) error {
			return e.Write(context.Background(), func(tx *db.Tx) error { _, err := a.Reset(tx, code, s); return err })
		}
		good := hash(t, a, accountstest.Password)
		old := code()
		now := code()
		if err := reset(old, good); faults(err)["code"] == "" {
			t.Errorf("an earlier code: %v", err)
		}
		if err := reset(now, hash(t, a, "weak")); faults(err)["password"] != "input.too_short" {
			t.Errorf("weak: %v", err)
		}
		kinds := atOnce(4, func(int) error { return reset(now, good) })
		if kinds[""] != 1 || kinds[fail.InvalidInput] != 3 {
			t.Errorf("at once: %v", kinds)
		}
		closed := code()
		if _, err := write(e, accounts.SetDisabled, clerk, accounts.SetDisabledInput{ID: host, Disabled: true}); err != nil {
			t.Fatal(err)
		}
		if err := reset(closed, good); faults(err)["code"] == "" {
			t.Errorf("closed account: %v", err)
		}
		if k := kind(e, a.MakeResetCode, clerk, accounts.AccountInput{ID: host}); k != fail.Conflicting {
			t.Errorf("code for a closed account: %q", k)
		}
		if err := reset(setupCode(t, e, a), good); err == nil {
			t.Error("a set-up code resets a password")
		}
	})
}
