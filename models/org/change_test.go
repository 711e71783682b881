package org_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

func act[In any](t *testing.T, e *dbtest.Env, op func(*db.Tx, access.Actor, In) (org.UnitView, error), by access.Actor, in In) (fail.Kind, org.UnitView) {
	t.Helper()
	var v org.UnitView
	err := e.Write(t.Context(), func(tx *db.Tx) (err error) { v, err = op(tx, by, in); return err })
	return fail.KindOf(err), v
}

// A name that a unit had stays with its days, and finds it.
func TestRename(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		clerk, today := orgtest.As(access.Township, tree.Township.Path), date.Of(dbtest.Start)
		for _, tc := range []struct {
			in   org.RenameInput
			want fail.Kind
		}{
			{org.RenameInput{ID: tree.Village.ID, Name: ""}, fail.InvalidInput},
			{org.RenameInput{ID: tree.Village.ID, Name: "邦拐村", Since: today.AddDays(1)}, fail.InvalidInput},
			{org.RenameInput{ID: tree.Village.ID, Name: "邦拐村", Since: today.AddDays(-1)}, fail.InvalidInput}, // before it began
			{org.RenameInput{ID: tree.Village3.ID, Name: "邦拐村"}, fail.Missing},
			{org.RenameInput{ID: org.SiteUnit(tree.Site.ID), Name: "邦拐"}, fail.Conflicting},
			{org.RenameInput{ID: tree.Village.ID, Name: "邦拐村", Since: today}, ""},
			{org.RenameInput{ID: tree.Village.ID, Name: "邦拐村"}, ""},
		} {
			if got, _ := act(t, e, org.Rename, clerk, tc.in); got != tc.want {
				t.Errorf("%+v: %q, want %q", tc.in, got, tc.want)
			}
		}
		if got, _ := act(t, e, org.Rename, orgtest.As(access.Village, tree.Village.Path), org.RenameInput{ID: tree.Village.ID, Name: "我的村"}); got != fail.ForbiddenAct {
			t.Errorf("the village renames itself: %q", got)
		}
		e.See(t, func(tx *db.Tx) error {
			v, err := org.GetUnit(tx, clerk, org.UnitInput{ID: tree.Village.ID})
			if v.Name != "邦拐村" || len(v.Aliases) != 1 || v.Aliases[0] != (org.AliasView{Name: "安石村", Since: today, Until: today.AddDays(-1)}) {
				t.Errorf("%+v", v)
			}
			if err != nil {
				return err
			}
			for q, want := range map[string]int{"安石村": 1, "邦拐": 1, "banggu": 1, "没有": 0} {
				found, err := org.Units(tx, clerk, org.UnitsInput{Tree: org.Administrative, Kind: org.Village, Q: q})
				if len(found.Items) != want || err != nil {
					t.Errorf("%s: %d %v", q, len(found.Items), err)
				}
			}
			return nil
		})
	})
}

// A village moves to another township with its schools; who answered for it does no more, and who is there now does.
func TestMove(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		county := orgtest.As(access.County, tree.County.Path)
		clerk := orgtest.As(access.Township, tree.Township.Path)
		for _, tc := range []struct {
			by   access.Actor
			in   org.MoveInput
			want fail.Kind
		}{
			{clerk, org.MoveInput{ID: tree.Village.ID, Parent: tree.Township2.ID}, fail.Missing},
			{county, org.MoveInput{ID: tree.Village.ID}, fail.InvalidInput},
			{county, org.MoveInput{ID: tree.Village.ID, Parent: tree.County.ID}, fail.InvalidInput},
			{county, org.MoveInput{ID: tree.Village.ID, Parent: org.UnitID{9}}, fail.InvalidInput},
			{county, org.MoveInput{ID: tree.Village.ID, Parent: tree.TownshipCommittee.ID}, fail.InvalidInput},
			{orgtest.By, org.MoveInput{ID: tree.Group.ID, Parent: tree.Branch2.ID}, fail.InvalidInput},
			{county, org.MoveInput{ID: tree.Village.ID, Parent: tree.Township2.ID}, ""},
			{county, org.MoveInput{ID: tree.Village.ID, Parent: tree.Township2.ID}, ""},
			{orgtest.By, org.MoveInput{ID: tree.GeneralBranch.ID, Parent: tree.TownshipCommittee2.ID}, ""},
		} {
			if got, _ := act(t, e, org.Move, tc.by, tc.in); got != tc.want {
				t.Errorf("%+v: %q, want %q", tc.in, got, tc.want)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			s, err := org.FindSchool(tx, tree.Site.ID)
			if want := tree.Township2.Path + tree.Village.Code + "/" + tree.Site.Code + "/"; s.Path != want || s.Party != tree.TownshipCommittee2.Path+tree.GeneralBranch.Code+"/"+tree.Branch.Code+"/" {
				t.Errorf("%s %s, want %s", s.Path, s.Party, want)
			}
			if clerk.Can(access.OrgEdit, s.Path) || !orgtest.As(access.Township, tree.Township2.Path).Can(access.OrgEdit, s.Path) {
				t.Error("rights did not follow")
			}
			return err
		})
	})
}

// What has something open below stays open; a closed unit takes nothing, and comes back.
func TestCloseAndReopen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		clerk := orgtest.As(access.Township, tree.Township.Path)
		add := func(parent org.UnitID) (fail.Kind, org.UnitView) {
			return act(t, e, org.AddUnit, clerk, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: "王家院", Parent: parent})
		}
		_, group := add(tree.Village.ID)
		_, empty := act(t, e, org.AddUnit, clerk, org.AddUnitInput{Tree: org.Administrative, Kind: org.Village, Code: "530921101299", Name: "空村", Parent: tree.Township.ID})
		_, inner := add(empty.ID)
		shut := func(u org.UnitID) fail.Kind { got, _ := act(t, e, org.Shut, clerk, org.ShutInput{ID: u}); return got }
		reopen := func(u org.UnitID) fail.Kind {
			got, _ := act(t, e, org.Reopen, clerk, org.ReopenInput{ID: u})
			return got
		}
		for i, tc := range []struct{ got, want fail.Kind }{
			{shut(tree.Village.ID), fail.Conflicting}, // schools
			{shut(empty.ID), fail.Conflicting},        // a group
			{shut(inner.ID), ""},
			{shut(inner.ID), fail.Conflicting},
			{shut(empty.ID), ""},
			{reopen(inner.ID), fail.Conflicting}, // the village is closed
			{reopen(group.ID), fail.Conflicting}, // open
			{shut(tree.Village3.ID), fail.Missing},
			{shut(org.SiteUnit(tree.Site.ID)), fail.Conflicting},
		} {
			if tc.got != tc.want {
				t.Errorf("%d: %q, want %q", i, tc.got, tc.want)
			}
		}
		if got, _ := add(empty.ID); got != fail.InvalidInput {
			t.Errorf("added to a closed village: %q", got)
		}
		if got, _ := act(t, e, org.Shut, orgtest.By, org.ShutInput{ID: tree.County.ID}); got != fail.Conflicting {
			t.Errorf("the county closes: %q", got)
		}
		e.See(t, func(tx *db.Tx) error {
			open, err := org.Units(tx, clerk, org.UnitsInput{Tree: org.Administrative, Kind: org.Village, Under: tree.Township.Code, Open: true})
			if len(open.Items) != 2 {
				t.Errorf("%+v", open.Items)
			}
			return err
		})
		if reopen(empty.ID) != "" || reopen(inner.ID) != "" {
			t.Error("not reopened")
		}
	})
}
