package accounts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/settings"
)

// An office that holds its role in both trees holds one role.
func TestTogether(t *testing.T) {
	at := func(r access.Role, unit string, until date.Date) accounts.GrantView {
		return accounts.GrantView{Role: r, Unit: accounts.UnitRef{Name: unit}, Until: until}
	}
	got := accounts.Together([]accounts.GrantView{
		at(access.Township, "凤山镇", date.Date{}), at(access.Host, "学校", date.Date{}), at(access.Township, "镇党委", date.Date{}), at(access.Township, "小湾镇", today),
	})
	want := []accounts.Held{
		{Role: access.Township, Units: []string{"凤山镇", "镇党委"}}, {Role: access.Host, Units: []string{"学校"}}, {Role: access.Township, Units: []string{"小湾镇"}, Until: today},
	}
	if d := cmp.Diff(want, got, cmp.Comparer(func(a, b date.Date) bool { return a == b })); d != "" {
		t.Error(d)
	}
}

// A role that is for a time is given for no longer than the setting says, by whomever and however; it can be given anew when it
// ends, and a month before that both its holder and those who may give it are told.
func TestTerms(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		longest := date.New(today.Year()+2, today.UTC().Month(), today.Day())
		admin := accountstest.As(t, e, access.TownshipAdmin, tree.Township.ID)
		in := accounts.GrantInput{Account: known(t, e, tree), Role: access.Resident, Unit: tree.Village.ID, Until: longest.AddDays(1)}
		if _, err := write(e, accounts.Grant, admin, in); faults(err)["until"] != "accounts.until_too_long" {
			t.Errorf("longer than two years: %v", err)
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := accounts.New(make([]byte, 32)).AddFor(tx, admin, accounts.ForInput{Name: "队员", Role: access.Resident, Unit: tree.Village.ID, Until: longest.AddDays(1)})
			if faults(err)["until"] != "accounts.until_too_long" {
				t.Errorf("with the account: %v", err)
			}
			return nil
		})
		in.Until = longest
		if _, err := write(e, accounts.Grant, admin, in); err != nil {
			t.Fatal(err)
		}
		e.Do(t, func(tx *db.Tx) error {
			return settings.Put(tx, orgtest.By, accounts.Terms, settings.UnitID{}, today, map[access.Role]int{access.Resident: 2})
		})
		if _, err := write(e, accounts.Grant, admin, in); faults(err)["until"] != "accounts.until_too_long" {
			t.Errorf("longer than the setting: %v", err)
		}
		in.Until = today.AddDays(accounts.SoonDays + 1)
		if _, err := write(e, accounts.Grant, admin, in); err != nil {
			t.Fatal(err)
		}

		village := accountstest.As(t, e, access.Village, tree.Village.ID)
		far := accountstest.As(t, e, access.TownshipAdmin, tree.Township2.ID)
		resident := access.New(in.Account, access.PersonID{}, "", nil)
		told := func(want map[string][2]int) {
			t.Helper()
			for name, by := range map[string]access.Actor{"admin": admin, "village": village, "far": far, "resident": resident} {
				e.See(t, func(tx *db.Tx) error {
					v, err := accounts.Ending(tx, by, struct{}{})
					if got := [2]int{len(v.Own), v.Others}; got != want[name] {
						t.Errorf("%s is told of %d of his own and %d others, want %v", name, len(v.Own), v.Others, want[name])
					}
					return err
				})
			}
		}
		told(map[string][2]int{})
		e.Clock.Add(24 * time.Hour)
		told(map[string][2]int{"admin": {0, 1}, "resident": {1, 0}})
		e.Clock.Add((accounts.SoonDays + 1) * 24 * time.Hour)
		told(map[string][2]int{})
	})
}
