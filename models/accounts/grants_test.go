package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
// on the unit where they are held inside the giver's own unit. The clerks hold their grant in both trees, as
// offices do.
func TestNobodyGivesBeyondHisOwn(t *testing.T) {
	want := map[access.Role]string{
		access.County:        "auditor cadre county delegate group_leader head host lecturer resident secretary township township_admin trainee village",
		access.TownshipAdmin: "cadre delegate group_leader head host lecturer resident secretary township trainee village",
		access.Township:      "cadre delegate group_leader head host lecturer secretary trainee village",
		access.Village:       "head host trainee",
	}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		givers := accountstest.Everyone(t, e, tree)
		for role, committee := range map[access.Role]org.UnitID{
			access.County: tree.Committee.ID, access.TownshipAdmin: tree.TownshipCommittee.ID, access.Township: tree.TownshipCommittee.ID,
		} {
			givers[role] = also(t, e, givers[role], role, committee)
		}
		on := accountstest.On(tree)
		for _, giver := range access.Roles {
			got := []string{}
			for _, role := range access.Roles {
				switch k := kind(e, accounts.Grant, givers[giver], accounts.GrantInput{Account: known(t, e, tree), Role: role, Unit: on[role], Until: today.AddDays(30)}); k {
				case "":
					got = append(got, string(role))
				case fail.Missing, fail.ForbiddenAct:
				default:
					t.Errorf("%s gives %s: %s", giver, role, k)
				}
				if giver == access.County || want[giver] == "" {
					continue
				}
				if k := kind(e, accounts.Grant, givers[giver], accounts.GrantInput{Account: known(t, e, tree), Role: role, Unit: elsewhere(tree)[role], Until: today.AddDays(30)}); k != fail.Missing {
					t.Errorf("%s gives %s in another township: %q", giver, role, k)
				}
			}
			slices.Sort(got)
			if d := cmp.Diff(want[giver], strings.Join(got, " ")); d != "" {
				t.Errorf("%s: %s", giver, d)
			}
		}
	})
}

var made atomic.Int64

// known makes an account that holds something at a school, so that each giver who manages accounts knows it.
func known(t *testing.T, e *dbtest.Env, tree orgtest.Tree) access.AccountID {
	t.Helper()
	v, err := write(e, accounts.Add, orgtest.By, accounts.AddInput{Username: fmt.Sprintf("to.%d", made.Add(1)), Name: "甲"})
	if err == nil {
		_, err = write(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: v.ID, Role: access.Trainee, Unit: org.SiteUnit(tree.Sister.ID)})
	}
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

// also gives the actor's account one more grant, and the actor anew.
func also(t *testing.T, e *dbtest.Env, by access.Actor, role access.Role, unit org.UnitID) access.Actor {
	t.Helper()
	if _, err := write(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: by.Account, Role: role, Unit: unit}); err != nil {
		t.Fatal(err)
	}
	e.See(t, func(tx *db.Tx) (err error) { by, _, err = accounts.Actor(tx, by.Account); return err })
	return by
}

// elsewhere is where each role is held in the other township; the county's is the county's.
func elsewhere(tree orgtest.Tree) map[access.Role]org.UnitID {
	far := org.SiteUnit(tree.Far.ID)
	return map[access.Role]org.UnitID{
		access.County: tree.County.ID, access.Auditor: tree.Township2.ID, access.TownshipAdmin: tree.Township2.ID, access.Township: tree.Township2.ID,
		access.Village: tree.Village3.ID, access.Secretary: tree.Branch2.ID, access.GroupLeader: tree.Group2.ID, access.Host: far, access.Head: far,
		access.Resident: tree.Village3.ID, access.Lecturer: tree.Township2.ID, access.Cadre: tree.Village3.ID, access.Delegate: far, access.Trainee: far,
	}
}

// Each role is held on certain kinds of unit and on no other, written down by hand.
func TestWhereRolesAreHeld(t *testing.T) {
	want := map[access.Role]string{
		access.County: "county committee", access.Auditor: "county township committee township_committee", access.TownshipAdmin: "township township_committee",
		access.Township: "township township_committee", access.Village: "village", access.Secretary: "general_branch branch",
		access.GroupLeader: "group", access.Host: "site", access.Head: "site", access.Resident: "village", access.Lecturer: "county township",
		access.Cadre: "township village site", access.Delegate: "county township village site", access.Trainee: "village site",
	}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		units := []struct {
			name string
			id   org.UnitID
		}{
			{"county", tree.County.ID},
			{"township", tree.Township.ID},
			{"village", tree.Village.ID},
			{"site", org.SiteUnit(tree.Site.ID)},
			{"committee", tree.Committee.ID},
			{"township_committee", tree.TownshipCommittee.ID},
			{"general_branch", tree.GeneralBranch.ID},
			{"branch", tree.Branch.ID},
			{"group", tree.Group.ID},
		}
		for _, role := range access.Roles {
			got := []string{}
			for _, u := range units {
				switch k := kind(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: known(t, e, tree), Role: role, Unit: u.id, Until: today.AddDays(30)}); k {
				case "":
					got = append(got, u.name)
				case fail.InvalidInput:
				default:
					t.Errorf("%s on %s: %s", role, u.name, k)
				}
			}
			if d := cmp.Diff(want[role], strings.Join(got, " ")); d != "" {
				t.Errorf("%s: %s", role, d)
			}
		}
	})
}

// Who is sent for a time has a role for a time.
func TestResidentsNeedADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		in := accounts.GrantInput{Account: known(t, e, tree), Role: access.Resident, Unit: tree.Village.ID}
		if _, err := write(e, accounts.Grant, orgtest.By, in); faults(err)["until"] != "accounts.until_needed" {
			t.Errorf("%v", err)
		}
		in.Until = today.AddDays(1)
		if _, err := write(e, accounts.Grant, orgtest.By, in); err != nil {
			t.Fatal(err)
		}
		sees := func() (can bool) {
			e.See(t, func(tx *db.Tx) error {
				by, _, err := accounts.Actor(tx, in.Account)
				can = by.Can(access.PeopleNames, tree.Site.Path)
				return err
			})
			return can
		}
		if !sees() {
			t.Error("the team sees nothing")
		}
		in.Until = date.Date{}
		if _, err := write(e, accounts.Grant, orgtest.By, in); faults(err)["until"] != "accounts.until_needed" {
			t.Errorf("a day cannot be taken off again: %v", err)
		}
		e.Clock.Add(48 * time.Hour)
		if sees() {
			t.Error("the team still sees the village")
		}
	})
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
