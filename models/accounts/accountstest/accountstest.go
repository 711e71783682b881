// Package accountstest makes accounts for tests, through the area's own ops.
package accountstest

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// Key is a key for accounts.New.
var Key = []byte("0123456789abcdef0123456789abcdef")

// Password is one that accounts take.
const Password = "huo-tang 2026"

var count atomic.Int64

// As makes an account with one role on one unit and gives its actor; Actor.Account is the account.
func As(t testing.TB, e *dbtest.Env, role access.Role, unit org.UnitID) access.Actor {
	t.Helper()
	return Of(t, e, access.PersonID{}, role, unit)
}

// Of is [As] for the account of a person; zero for nobody's.
func Of(t testing.TB, e *dbtest.Env, person access.PersonID, role access.Role, unit org.UnitID) access.Actor {
	t.Helper()
	var actor access.Actor
	e.Do(t, func(tx *db.Tx) error {
		v, err := accounts.Add(tx, orgtest.By, accounts.AddInput{
			Username: fmt.Sprintf("%s.%04d", role, count.Add(1)), Name: string(role), Person: person,
		})
		if err == nil {
			_, err = accounts.Grant(tx, orgtest.By, accounts.GrantInput{Account: v.ID, Role: role, Unit: unit, Until: until(tx, role)})
		}
		if err == nil {
			actor, _, err = accounts.Actor(tx, v.ID)
		}
		return err
	})
	return actor
}

// until is a day for the roles that need one.
func until(tx *db.Tx, role access.Role) date.Date {
	if slices.Contains(access.TimeLimited, role) {
		return tx.Today().AddDays(365)
	}
	return date.Date{}
}

// Everyone makes an account for each role where orgtest's seats have it, inside the tree's Site.
func Everyone(t testing.TB, e *dbtest.Env, tree orgtest.Tree) map[access.Role]access.Actor {
	t.Helper()
	on := On(tree)
	out := make(map[access.Role]access.Actor, len(on))
	for _, r := range access.Roles {
		out[r] = As(t, e, r, on[r])
	}
	return out
}

// On says where each role is held such that the tree's Site lies within.
func On(tree orgtest.Tree) map[access.Role]org.UnitID {
	site := org.SiteUnit(tree.Site.ID)
	return map[access.Role]org.UnitID{
		access.County: tree.County.ID, access.Auditor: tree.County.ID, access.TownshipAdmin: tree.Township.ID, access.Township: tree.Township.ID,
		access.Village: tree.Village.ID, access.Secretary: tree.Branch.ID, access.GroupLeader: tree.Group.ID, access.Host: site, access.Head: site,
		access.Resident: tree.Village.ID, access.Lecturer: tree.Township.ID, access.Cadre: site, access.Delegate: tree.Township.ID, access.Trainee: site,
	}
}

// SetPassword gives an account a password by way of a one-time code, and its user name.
func SetPassword(t testing.TB, e *dbtest.Env, a *accounts.Area, account accounts.AccountID, password string) (username string) {
	t.Helper()
	secret, err := a.Hash(context.Background(), password)
	if err != nil {
		t.Fatal(err)
	}
	e.Do(t, func(tx *db.Tx) error {
		code, err := a.MakeResetCode(tx, orgtest.By, accounts.AccountInput{ID: account})
		if err == nil {
			_, err = a.Reset(tx, code.Code, secret)
		}
		if err != nil {
			return err
		}
		v, err := accounts.Get(tx, orgtest.By, accounts.AccountInput{ID: account})
		username = v.Username
		return err
	})
	return username
}

// SignIn takes the three steps of signing in, as the web layer does.
func SignIn(e *dbtest.Env, a *accounts.Area, username, password, address string) (account accounts.AccountID, err error) {
	ctx := context.Background()
	var c accounts.Candidate
	err = e.Read(ctx, func(tx *db.Tx) (err error) {
		c, err = a.Candidate(tx, accounts.EnterInput{Username: username, Address: address})
		return err
	})
	if err != nil {
		return account, err
	}
	ok, err := c.Verify(ctx, password)
	if err != nil {
		return account, err
	}
	err = e.Write(ctx, func(tx *db.Tx) (err error) {
		account, err = a.Entered(tx, c, ok)
		return err
	})
	if err == nil && account.IsZero() {
		err = accounts.Wrong(username)
	}
	return account, err
}
