package accounts_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// Who may give what, written down by hand and not taken from the code's table: roles given by each role
// on the unit where they are held inside the giver's own unit.
func TestNobodyGivesBeyondHisOwn(t *testing.T) {
	want := map[access.Role]string{
		access.County: "auditor county head host lecturer township trainee village", access.Auditor: "",
		access.Township: "head host lecturer trainee village", access.Village: "head host trainee",
		access.Secretary: "", access.Host: "", access.Head: "", access.Lecturer: "", access.Trainee: "",
	}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		givers := accountstest.Everyone(t, e, tree)
		for _, giver := range access.Roles {
			got := map[access.Role]fail.Kind{}
			for _, role := range access.Roles {
				v, err := write(e, accounts.Add, orgtest.By, accounts.AddInput{Username: "to." + string(giver) + "." + string(role), Name: "甲"})
				if err != nil {
					t.Fatal(err)
				}
				on := placeOf(tree, role)
				// the account holds something at the school already, so that each giver who manages accounts knows it
				if _, err := write(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: v.ID, Role: access.Trainee, Unit: org.SiteUnit(tree.Sister.ID)}); err != nil {
					t.Fatal(err)
				}
				got[role] = kind(e, accounts.Grant, givers[giver], accounts.GrantInput{Account: v.ID, Role: role, Unit: on})
			}
			list := ""
			for _, role := range slices.Sorted(slices.Values(access.Roles)) {
				if got[role] == "" {
					list += " " + string(role)
				} else if got[role] != fail.Missing && got[role] != fail.ForbiddenAct {
					t.Errorf("%s gives %s: %s", giver, role, got[role])
				}
			}
			if d := cmp.Diff(want[giver], strings.TrimSpace(list)); d != "" {
				t.Errorf("%s: %s", giver, d)
			}
		}
	})
}

func placeOf(tree orgtest.Tree, role access.Role) org.UnitID {
	switch role {
	case access.County, access.Auditor:
		return tree.County.ID
	case access.Township, access.Lecturer:
		return tree.Township.ID
	case access.Village:
		return tree.Village.ID
	case access.Secretary:
		return tree.Branch.ID
	}
	return org.SiteUnit(tree.Site.ID)
}

func TestForbiddenGrants(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		all := accountstest.Everyone(t, e, tree)
		far := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Far.ID))
		secretary := accountstest.As(t, e, access.Township, tree.Township.ID)
		if _, err := write(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: secretary.Account, Role: access.Township, Unit: tree.TownshipCommittee.ID}); err != nil {
			t.Fatal(err)
		}
		e.See(t, func(tx *db.Tx) (err error) { secretary, _, err = accounts.Actor(tx, secretary.Account); return err })
		grant := func(by access.Actor, to access.AccountID, role access.Role, unit org.UnitID) fail.Kind {
			return kind(e, accounts.Grant, by, accounts.GrantInput{Account: to, Role: role, Unit: unit})
		}
		host := all[access.Host].Account
		for name, got := range map[string][2]fail.Kind{
			"township raises itself":                {grant(all[access.Township], all[access.Township].Account, access.County, tree.County.ID), fail.Missing},
			"village raises itself":                 {grant(all[access.Village], all[access.Village].Account, access.Village, tree.Village2.ID), fail.Missing},
			"township gives its own rank":           {grant(all[access.Township], host, access.Township, tree.Township.ID), fail.ForbiddenAct},
			"township gives in another township":    {grant(all[access.Township], host, access.Host, org.SiteUnit(tree.Far.ID)), fail.Missing},
			"township gives to another township's":  {grant(all[access.Township], far.Account, access.Host, org.SiteUnit(tree.Site.ID)), fail.Missing},
			"township gives on the party tree":      {grant(all[access.Township], host, access.Secretary, tree.Branch.ID), fail.Missing},
			"township of both trees gives on it":    {grant(secretary, host, access.Secretary, tree.Branch.ID), ""},
			"host role on a village":                {grant(all[access.County], host, access.Host, tree.Village.ID), fail.InvalidInput},
			"county role on a township":             {grant(all[access.County], host, access.County, tree.Township.ID), fail.InvalidInput},
			"public role":                           {grant(all[access.County], host, access.Public, tree.County.ID), fail.InvalidInput},
			"auditor gives":                         {grant(all[access.Auditor], host, access.Trainee, org.SiteUnit(tree.Site.ID)), fail.ForbiddenAct},
			"unknown unit":                          {grant(all[access.County], host, access.Host, org.UnitID{1}), fail.Missing},
			"visitor":                               {grant(access.Visitor(), host, access.Host, org.SiteUnit(tree.Site.ID)), fail.Unauthenticated},
			"township closes the county":            {kind(e, accounts.SetDisabled, all[access.Township], accounts.SetDisabledInput{ID: all[access.County].Account, Disabled: true}), fail.Missing},
			"township closes the county's auditor":  {kind(e, accounts.SetDisabled, all[access.Township], accounts.SetDisabledInput{ID: all[access.Auditor].Account, Disabled: true}), fail.Missing},
			"village closes its host":               {kind(e, accounts.SetDisabled, all[access.Village], accounts.SetDisabledInput{ID: all[access.Head].Account, Disabled: true}), ""},
			"host closes the trainee":               {kind(e, accounts.SetDisabled, all[access.Host], accounts.SetDisabledInput{ID: all[access.Trainee].Account, Disabled: true}), fail.Missing},
			"another township reads the host":       {kind(e, accounts.Get, accountstest.As(t, e, access.Township, tree.Township2.ID), accounts.AccountInput{ID: host}), fail.Missing},
			"auditor reads the host":                {kind(e, accounts.Get, all[access.Auditor], accounts.AccountInput{ID: host}), ""},
			"auditor takes the host's role":         {kind(e, accounts.Revoke, all[access.Auditor], accounts.RevokeInput{Account: host, Grant: grantOf(t, e, host)}), fail.ForbiddenAct},
			"another township takes the host's":     {kind(e, accounts.Revoke, accountstest.As(t, e, access.Township, tree.Township2.ID), accounts.RevokeInput{Account: host, Grant: grantOf(t, e, host)}), fail.Missing},
			"a grant of another account is missing": {kind(e, accounts.Revoke, orgtest.By, accounts.RevokeInput{Account: host, Grant: grantOf(t, e, far.Account)}), fail.Missing},
			"village takes its host's":              {kind(e, accounts.Revoke, all[access.Village], accounts.RevokeInput{Account: host, Grant: grantOf(t, e, host)}), ""},
		} {
			if got[0] != got[1] {
				t.Errorf("%s: %q, want %q", name, got[0], got[1])
			}
		}
	})
}

// A township clerk who was let into the host's account by the host's lower role must not reach a
// higher role that the same account holds.
func TestNoBorrowingOfHigherAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := accounts.New(accountstest.Key)
		clerk := accountstest.As(t, e, access.Village, tree.Village.ID)
		both := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
		if k := kind(e, a.MakeResetCode, clerk, accounts.AccountInput{ID: both.Account}); k != "" {
			t.Errorf("before: %s", k)
		}
		if _, err := write(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: both.Account, Role: access.Township, Unit: tree.Township.ID}); err != nil {
			t.Fatal(err)
		}
		for name, k := range map[string]fail.Kind{
			"code":  kind(e, a.MakeResetCode, clerk, accounts.AccountInput{ID: both.Account}),
			"close": kind(e, accounts.SetDisabled, clerk, accounts.SetDisabledInput{ID: both.Account, Disabled: true}),
		} {
			if k != fail.ForbiddenAct {
				t.Errorf("%s: %q", name, k)
			}
		}
	})
}

// A right that ends cannot be passed on for longer.
func TestGrantsEndWithTheGivers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		clerk := accountstest.As(t, e, access.Township, tree.Township.ID)
		to := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID)).Account
		end := today.AddDays(10)
		if _, err := write(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: clerk.Account, Role: access.Township, Unit: tree.Township.ID, Until: end}); err != nil {
			t.Fatal(err)
		}
		for until, want := range map[date.Date]string{
			{}: "accounts.beyond_own", end.AddDays(1): "accounts.beyond_own", today.AddDays(-1): "accounts.until_past", end: "",
		} {
			v, err := write(e, accounts.Grant, clerk, accounts.GrantInput{Account: to, Role: access.Village, Unit: tree.Village.ID, Until: until})
			if got := faults(err)["until"]; got != want {
				t.Errorf("until %q: %q, want %q", until, got, want)
			}
			if want == "" && (len(v.Grants) != 2 || v.Grants[1].Until != end) {
				t.Errorf("%+v", v.Grants)
			}
		}
	})
}

func TestGrantAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		to := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID)).Account
		in := accounts.GrantInput{Account: to, Role: access.Village, Unit: tree.Village.ID}
		kinds := atOnce(8, func(int) error { _, err := write(e, accounts.Grant, orgtest.By, in); return err })
		v, err := write(e, accounts.Get, orgtest.By, accounts.AccountInput{ID: to})
		if kinds[""] != 8 || err != nil || len(v.Grants) != 2 {
			t.Errorf("%v %v %+v", kinds, err, v.Grants)
		}
	})
}

// Two county accounts that close each other, or give up their role, at the same time: one stays.
func TestTheLastCountyAccountStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a, b := accountstest.As(t, e, access.County, tree.County.ID), accountstest.As(t, e, access.County, tree.County.ID)
		other := map[int]access.Actor{0: b, 1: a}
		kinds := atOnce(2, func(i int) error {
			_, err := write(e, accounts.SetDisabled, other[i], accounts.SetDisabledInput{ID: []access.AccountID{a.Account, b.Account}[i], Disabled: true})
			return err
		})
		if kinds[""] != 1 || kinds[fail.Conflicting] != 1 {
			t.Errorf("%v", kinds)
		}
		e.See(t, func(tx *db.Tx) error {
			needed, err := accounts.NeedsSetup(tx)
			if needed {
				t.Error("no county account is left")
			}
			return err
		})
	})
}

func TestLastCountyRole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := accountstest.As(t, e, access.County, tree.County.ID)
		revoke := accounts.RevokeInput{Account: a.Account, Grant: grantOf(t, e, a.Account)}
		if k := kind(e, accounts.Revoke, a, revoke); k != fail.Conflicting {
			t.Errorf("revoke: %q", k)
		}
		limit := accounts.GrantInput{Account: a.Account, Role: access.County, Unit: tree.County.ID, Until: today}
		if k := kind(e, accounts.Grant, a, limit); k != fail.Conflicting {
			t.Errorf("limit: %q", k)
		}
		accountstest.As(t, e, access.County, tree.County.ID)
		if k := kind(e, accounts.Revoke, a, revoke); k != "" {
			t.Errorf("with another one: %q", k)
		}
	})
}

func grantOf(t *testing.T, e *dbtest.Env, account access.AccountID) accounts.GrantID {
	t.Helper()
	v, err := write(e, accounts.Get, orgtest.By, accounts.AccountInput{ID: account})
	if err != nil || len(v.Grants) == 0 {
		t.Fatal(err)
	}
	return v.Grants[0].ID
}
