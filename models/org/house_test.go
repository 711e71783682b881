package org_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

func done[In, Out any](e *dbtest.Env, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out, err error) {
	err = e.Write(context.Background(), func(tx *db.Tx) (err error) {
		out, err = op(tx, by, in)
		return err
	})
	return out, err
}

// What a school has is a list of kinds; it is replaced as a whole, and told in the order of the register.
func TestEquipment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		by := orgtest.As(access.Village, tree.Village.Path)
		items := []org.Item{{Kind: "books", Count: 40, State: "good"}, {Kind: "television", Count: 1, State: "repair", Note: "没有声音"}}
		got, err := done(e, org.SetEquipment, by, org.SetEquipmentInput{Site: tree.Site.ID, Network: "mobile_good", Seats: 25, Items: items, Notes: "黑板一块"})
		want := org.EquipmentView{Network: "mobile_good", Seats: 25, Items: []org.Item{items[1], items[0]}, Notes: "黑板一块"}
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Errorf("%v %s", err, d)
		}
		_, err = done(e, org.SetEquipment, by, org.SetEquipmentInput{
			Site: tree.Site.ID, Network: "5g", Seats: 1000, Notes: strings.Repeat("茶", 301),
			Items: []org.Item{{Kind: "books", Count: 0, State: "lost", Note: strings.Repeat("茶", 101)}, {Kind: "books", Count: 1, State: "good"}, {Kind: "gun", Count: 1, State: "good"}},
		})
		e1, ok := fail.As(err)
		var names []string
		if ok {
			for _, f := range e1.Fields {
				names = append(names, f.Name)
			}
		}
		if d := cmp.Diff([]string{"notes", "network", "seats", "count_books", "state_books", "note_books", "items", "items"}, names); d != "" {
			t.Errorf("%v %s", err, d)
		}
		if got, err = done(e, org.SetEquipment, by, org.SetEquipmentInput{Site: tree.Site.ID}); err != nil || len(got.Items) > 0 || got.Network != "" || got.Seats != 0 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// A school gets another name and keeps the one before, its code, and what hangs on it.
func TestEditSite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		by := orgtest.As(access.Township, tree.Township.Path)
		v, err := done(e, org.EditSite, by, org.EditSiteInput{Site: tree.Site.ID, Name: "安石村新院家庭党校", Plaque: "凤字7号", Address: "新院", Branch: tree.Branch2.ID})
		if err != nil || v.Name != "安石村新院家庭党校" || v.Code != tree.Site.Code || v.Plaque != "凤字7号" || v.Branch != tree.Branch2.Name {
			t.Errorf("%+v %v", v, err)
		}
		e.See(t, func(tx *db.Tx) error {
			found, err := org.Sites(tx, orgtest.By, org.SitesInput{Q: "xinyuan"})
			aliases, bad := db.Ask[string](tx, "SELECT name FROM unit_aliases")
			if len(found.Items) != 1 || len(aliases) != 1 || aliases[0] != tree.Site.Name || bad != nil {
				t.Errorf("%+v, aliases %v %v", found.Items, aliases, bad)
			}
			return err
		})
		_, err = done(e, org.EditSite, by, org.EditSiteInput{Site: tree.Site.ID, Name: "", Plaque: strings.Repeat("茶", 61), Branch: tree.Village.ID})
		if bad, ok := fail.As(err); !ok || len(bad.Fields) != 3 {
			t.Errorf("%v", err)
		}
	})
}

// A township adds lines to the duties of its schools, and of no others.
func TestDuties(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		by := orgtest.As(access.Township, tree.Township.Path)
		v, err := done(e, org.SetDuties, by, org.SetDutiesInput{Township: tree.Township.ID, Lines: []string{" 每月报一次火塘边的话 ", "", "管好柴火"}})
		if d := cmp.Diff([]string{"每月报一次火塘边的话", "管好柴火"}, v.Lines); d != "" || err != nil {
			t.Errorf("%v %s", err, d)
		}
		for site, n := range map[org.SiteID]int{tree.Site.ID: 2, tree.Neighbour.ID: 2, tree.Far.ID: 0} {
			if v, err := done(e, org.DutiesOf, orgtest.By, org.GetSiteInput{ID: site}); err != nil || len(v.Lines) != n || len(v.Common) == 0 {
				t.Errorf("%+v %v", v, err)
			}
		}
		for name, in := range map[string]org.SetDutiesInput{
			"many": {Township: tree.Township.ID, Lines: strings.Split("一二三四五六七八九", "")}, "long": {Township: tree.Township.ID, Lines: []string{strings.Repeat("茶", 101)}},
		} {
			if _, err := done(e, org.SetDuties, by, in); fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := done(e, org.SetDuties, orgtest.By, org.SetDutiesInput{Township: tree.Village.ID}); fail.KindOf(err) != fail.Missing {
			t.Errorf("a village: %v", err)
		}
	})
}

// Suspending and revoking say why; no change is dated before the last one.
func TestLicenceSaysWhy(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, today := orgtest.County(t, e), date.Of(dbtest.Start)
		by := orgtest.As(access.Township, tree.Township.Path)
		for i, tc := range []struct {
			in   org.SetLicenceInput
			kind fail.Kind
		}{
			{org.SetLicenceInput{State: org.Suspended}, fail.InvalidInput},
			{org.SetLicenceInput{State: org.Suspended, Note: "修房子", On: orgtest.LicensedOn.AddDays(-1)}, fail.InvalidInput},
			{org.SetLicenceInput{State: org.Suspended, Number: "凤组3号", On: today.AddDays(-3)}, ""},
			{org.SetLicenceInput{State: org.Licensed, On: today.AddDays(-4)}, fail.InvalidInput},
			{org.SetLicenceInput{State: org.Licensed}, ""},
			{org.SetLicenceInput{State: org.Revoked, Note: "户主搬走"}, ""},
		} {
			tc.in.Site = tree.Site.ID
			if _, err := done(e, org.SetLicence, by, tc.in); fail.KindOf(err) != tc.kind {
				t.Errorf("%d: %v, want %q", i, err, tc.kind)
			}
		}
	})
}

// Who may, written by hand: what the school has, its particulars, the duties of its township; to write and to read.
func TestRolesOnAHouse(t *testing.T) {
	const ok, no, hidden = fail.Kind(""), fail.ForbiddenAct, fail.Missing
	all, none := [4]fail.Kind{ok, ok, ok, ok}, [4]fail.Kind{no, no, no, ok}
	own := [4]fail.Kind{no, no, hidden, ok} // sees the school, not the township
	want := map[access.Role][4]fail.Kind{
		access.County: all, access.TownshipAdmin: all, access.Township: all, access.Village: {ok, no, hidden, ok}, access.Auditor: none, access.Lecturer: none,
		access.Delegate: none, access.Resident: own, access.Secretary: own, access.GroupLeader: own, access.Host: own, access.Head: own, access.Cadre: own, access.Trainee: own,
	}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		try := func(where string, by access.Actor, want [4]fail.Kind) {
			_, equip := done(e, org.SetEquipment, by, org.SetEquipmentInput{Site: tree.Site.ID})
			_, edit := done(e, org.EditSite, by, org.EditSiteInput{Site: tree.Site.ID, Name: tree.Site.Name, Branch: tree.Branch.ID})
			_, duties := done(e, org.SetDuties, by, org.SetDutiesInput{Township: tree.Township.ID})
			_, read := done(e, org.GetEquipment, by, org.GetSiteInput{ID: tree.Site.ID})
			_, sheet := done(e, org.DutiesOf, by, org.GetSiteInput{ID: tree.Site.ID})
			for i, err := range []error{equip, edit, duties, read, sheet} {
				if got := fail.KindOf(err); got != want[min(i, 3)] {
					t.Errorf("%s, act %d: %v, want %q", where, i, err, want[min(i, 3)])
				}
			}
		}
		for _, s := range tree.Inside() {
			try(s.Name+" inside", s.Actor, want[s.Role])
		}
		for _, s := range tree.Outside() {
			try(s.Name+" outside", s.Actor, [4]fail.Kind{hidden, hidden, hidden, hidden})
		}
		visitor := fail.Unauthenticated
		try("visitor", access.Visitor(), [4]fail.Kind{visitor, visitor, visitor, visitor})
	})
}

// The villagers' group of a school is one of its own village.
func TestVillageGroupOfASchool(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		group := func(village org.UnitID) (u org.UnitView) {
			u, err := done(e, org.AddUnit, orgtest.By, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: "王家院", Parent: village})
			if err != nil {
				t.Fatal(err)
			}
			return u
		}
		own, other := group(tree.Village.ID), group(tree.Village2.ID)
		in := org.EditSiteInput{Site: tree.Site.ID, Name: tree.Site.Name, Branch: tree.Branch.ID, VillageGroup: own.ID}
		v, err := done(e, org.EditSite, orgtest.By, in)
		if err != nil || v.VillageGroup != "王家院" || v.VillageGroupID != own.ID {
			t.Errorf("%+v %v", v, err)
		}
		for _, wrong := range []org.UnitID{other.ID, tree.Village.ID, tree.Branch.ID} {
			in.VillageGroup = wrong
			if _, err := done(e, org.EditSite, orgtest.By, in); fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("%s: %v", wrong, err)
			}
			add := org.AddSiteInput{Village: tree.Village.ID, Name: "新家庭党校", VillageGroup: wrong}
			if _, err := done(e, org.AddSite, orgtest.By, add); fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("a new school in %s: %v", wrong, err)
			}
		}
		in.VillageGroup = org.UnitID{}
		if v, err := done(e, org.EditSite, orgtest.By, in); err != nil || !v.VillageGroupID.IsZero() {
			t.Errorf("%+v %v", v, err)
		}
	})
}
