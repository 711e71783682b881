package org_test

import (
	"context"
	"fmt"
	"sync"
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

func TestTreesAndPaths(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		want := []string{
			"/a/530921/530921101/530921101201/53092110120101/", "/a/530921/530921101/530921101201/53092110120102/",
			"/a/530921/530921101/530921101202/53092110120201/", "/a/530921/530921102/530921102201/53092110220101/",
		}
		var got []string
		for _, s := range tree.Schools() {
			got = append(got, s.Path)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if p := "/p/530921/530921101/530921101201/530921101201-1/"; tree.Site.Party != p || tree.Neighbour.Party != "" {
			t.Errorf("party paths %q and %q", tree.Site.Party, tree.Neighbour.Party)
		}
		e.See(t, func(tx *db.Tx) error {
			chain, err := org.Chain(tx, org.SiteUnit(tree.Site.ID))
			var names []string
			for _, u := range chain {
				names = append(names, u.Name)
			}
			if d := cmp.Diff([]string{"安石村王家院家庭党校", "安石村", "凤山镇", "凤庆县"}, names); d != "" {
				t.Error(d)
			}
			return err
		})
	})
}

func TestUnitsFitTheirParents(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		add := func(in org.AddUnitInput) error {
			return e.Write(context.Background(), func(tx *db.Tx) error { _, err := org.AddUnit(tx, orgtest.By, in); return err })
		}
		for name, tc := range map[string]struct {
			in   org.AddUnitInput
			kind fail.Kind
		}{
			"village below the county": {org.AddUnitInput{Tree: org.Administrative, Kind: org.Village, Code: "1", Name: "甲", Parent: tree.County.ID}, fail.InvalidInput},
			"branch in the other tree": {org.AddUnitInput{Tree: org.Party, Kind: org.Branch, Code: "1", Name: "甲", Parent: tree.Village.ID}, fail.InvalidInput},
			"township without parent":  {org.AddUnitInput{Tree: org.Administrative, Kind: org.Township, Code: "1", Name: "甲"}, fail.InvalidInput},
			"slash in the code":        {org.AddUnitInput{Tree: org.Administrative, Kind: org.Township, Code: "1/2", Name: "甲", Parent: tree.County.ID}, fail.InvalidInput},
			"no name":                  {org.AddUnitInput{Tree: org.Administrative, Kind: org.Township, Code: "1", Parent: tree.County.ID}, fail.InvalidInput},
			"code taken":               {org.AddUnitInput{Tree: org.Administrative, Kind: org.Township, Code: tree.Township.Code, Name: "甲", Parent: tree.County.ID}, fail.Conflicting},
			"unknown parent":           {org.AddUnitInput{Tree: org.Administrative, Kind: org.Township, Code: "1", Name: "甲", Parent: org.SiteUnit(org.SiteID{1})}, fail.Missing},
		} {
			if got := fail.KindOf(add(tc.in)); got != tc.kind {
				t.Errorf("%s: %s, want %s", name, got, tc.kind)
			}
		}
		if err := add(org.AddUnitInput{Tree: org.Administrative, Kind: org.Township, Code: "530921103", Name: "䶮山𬭩乡", Parent: tree.County.ID}); err != nil {
			t.Error(err)
		}
	})
}

// A page is what may be seen, in code order, found by name, pinyin, initials or code.
func TestListsHoldWhatIsSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		sites := func(by access.Actor, in org.SitesInput) (codes []string) {
			e.See(t, func(tx *db.Tx) error {
				codes = nil
				page, err := org.Sites(tx, by, in)
				for _, s := range page.Items {
					codes = append(codes, s.Code[len(s.Code)-6:])
				}
				return err
			})
			return codes
		}
		a, b, c, d := "120101", "120102", "120201", "220101"
		for name, tc := range map[string]struct {
			by   access.Actor
			in   org.SitesInput
			want []string
		}{
			"county":    {orgtest.As(access.County, tree.County.Path), org.SitesInput{}, []string{a, b, c, d}},
			"township":  {orgtest.As(access.Township, tree.Township.Path), org.SitesInput{}, []string{a, b, c}},
			"secretary": {orgtest.As(access.Secretary, tree.Branch.Path), org.SitesInput{}, []string{a, b}},
			"host":      {orgtest.As(access.Host, tree.Site.Path), org.SitesInput{}, []string{a}},
			"under":     {orgtest.By, org.SitesInput{Under: tree.Village.Code}, []string{a, b}},
			"foreign":   {orgtest.As(access.Township, tree.Township2.Path), org.SitesInput{Under: tree.Village.Code}, nil},
			"Chinese":   {orgtest.By, org.SitesInput{Q: "王家院"}, []string{a}},
			"pinyin":    {orgtest.By, org.SitesInput{Q: "Wang Jia Yuan"}, []string{a}},
			"initials":  {orgtest.By, org.SitesInput{Q: "wjy"}, []string{a}},
			"wildcard":  {orgtest.By, org.SitesInput{Q: "%"}, nil},
			"after":     {orgtest.By, org.SitesInput{After: tree.Sister.Code, Limit: 1}, []string{c}},
			"revoked":   {orgtest.By, org.SitesInput{Licence: org.Revoked}, nil},
		} {
			if diff := cmp.Diff(tc.want, sites(tc.by, tc.in)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			page, err := org.Units(tx, orgtest.As(access.Township, tree.Township.Path), org.UnitsInput{Kind: org.Village, Limit: 1})
			if err != nil || len(page.Items) != 1 || page.Next != tree.Village.Code {
				t.Errorf("first page %v, next %q, %v", page.Items, page.Next, err)
			}
			page, err = org.Units(tx, orgtest.As(access.Township, tree.Township.Path), org.UnitsInput{Kind: org.Village, After: page.Next})
			if err != nil || len(page.Items) != 1 || page.Items[0].ID != tree.Village2.ID || page.Next != "" {
				t.Errorf("second page %v, next %q, %v", page.Items, page.Next, err)
			}
			return nil
		})
	})
}

// Who may do what, written down by hand and not taken from the matrix: read the school,
// change its licence, add a school to its village. A host sees his school and not the
// village; a secretary sees the school by the branch that keeps it, and not the village.
func TestRolesOnASchool(t *testing.T) {
	const ok, no, hidden = fail.Kind(""), fail.ForbiddenAct, fail.Missing
	want := map[access.Role][3]fail.Kind{
		access.County: {ok, ok, ok}, access.Auditor: {ok, no, no}, access.Township: {ok, ok, ok}, access.Village: {ok, no, no},
		access.Secretary: {ok, no, hidden}, access.Host: {ok, no, hidden}, access.Head: {ok, no, hidden},
		access.Lecturer: {ok, no, no}, access.Trainee: {ok, no, hidden},
		access.TownshipAdmin: {ok, ok, ok}, access.GroupLeader: {ok, no, hidden}, access.Resident: {ok, no, no},
		access.Cadre: {ok, no, hidden}, access.Delegate: {ok, no, no},
	}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		for _, seat := range tree.Inside() {
			if d := cmp.Diff(want[seat.Role], tryOnSchool(e, tree, seat.Actor)); d != "" {
				t.Errorf("%s: %s", seat.Name, d)
			}
		}
		for _, seat := range tree.Outside() {
			if d := cmp.Diff([3]fail.Kind{hidden, hidden, hidden}, tryOnSchool(e, tree, seat.Actor)); d != "" {
				t.Errorf("%s of elsewhere: %s", seat.Name, d)
			}
		}
		if d := cmp.Diff([3]fail.Kind{fail.Unauthenticated, fail.Unauthenticated, fail.Unauthenticated}, tryOnSchool(e, tree, access.Visitor())); d != "" {
			t.Errorf("visitor: %s", d)
		}
	})
}

func tryOnSchool(e *dbtest.Env, tree orgtest.Tree, by access.Actor) (kinds [3]fail.Kind) {
	for i, act := range []func(tx *db.Tx) error{
		func(tx *db.Tx) error { _, err := org.GetSite(tx, by, org.GetSiteInput{ID: tree.Site.ID}); return err },
		func(tx *db.Tx) error {
			_, err := org.SetLicence(tx, by, org.SetLicenceInput{Site: tree.Site.ID, State: org.Licensed})
			return err
		},
		func(tx *db.Tx) error {
			_, err := org.AddSite(tx, by, org.AddSiteInput{Village: tree.Village.ID, Name: "新"})
			return err
		},
	} {
		kinds[i] = fail.KindOf(e.Write(context.Background(), act))
	}
	return kinds
}

// Who sees no unit at all is told so, and does not take an empty list for the county's.
func TestListsAreNotForEverybody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		orgtest.County(t, e)
		bare := access.New(access.AccountID{1}, access.PersonID{}, "", access.Visitor().Grants())
		for name, list := range map[string]func(tx *db.Tx, by access.Actor) error{
			"units": func(tx *db.Tx, by access.Actor) error { _, err := org.Units(tx, by, org.UnitsInput{}); return err },
			"sites": func(tx *db.Tx, by access.Actor) error { _, err := org.Sites(tx, by, org.SitesInput{}); return err },
		} {
			for want, by := range map[fail.Kind]access.Actor{fail.Unauthenticated: access.Visitor(), fail.ForbiddenAct: bare} {
				err := e.Read(context.Background(), func(tx *db.Tx) error { return list(tx, by) })
				if got := fail.KindOf(err); got != want {
					t.Errorf("%s: %v, want %s", name, err, want)
				}
			}
		}
	})
}

// A clerk of the township's party committee cares for the schools that its branches keep, wherever they stand.
func TestLicenceByTheBranch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		set := func(by access.Actor, site org.SiteID) fail.Kind {
			return fail.KindOf(e.Write(context.Background(), func(tx *db.Tx) error {
				_, err := org.SetLicence(tx, by, org.SetLicenceInput{Site: site, State: org.Suspended, Note: "试"})
				return err
			}))
		}
		clerk := orgtest.As(access.Township, tree.TownshipCommittee.Path)
		if got := set(clerk, tree.Site.ID); got != "" {
			t.Errorf("a school of his branches: %q", got)
		}
		if got := set(clerk, tree.Neighbour.ID); got != fail.Missing {
			t.Errorf("a school that no branch keeps: %q", got)
		}
		if got := set(clerk, tree.Far.ID); got != fail.Missing {
			t.Errorf("a school of another committee: %q", got)
		}
	})
}

// A school without a village is a fault of the form, for who may add one somewhere.
func TestAddSiteWantsAVillage(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		add := func(by access.Actor) error {
			return e.Write(context.Background(), func(tx *db.Tx) error {
				_, err := org.AddSite(tx, by, org.AddSiteInput{Name: "新"})
				return err
			})
		}
		if d := cmp.Diff([]fail.Field{{Name: "village", Code: "input.required"}}, fields(add(orgtest.As(access.Township, tree.Township.Path)))); d != "" {
			t.Error(d)
		}
		for want, by := range map[fail.Kind]access.Actor{
			fail.Unauthenticated: access.Visitor(), fail.ForbiddenAct: orgtest.As(access.Trainee, tree.Site.Path),
		} {
			if err := add(by); fail.KindOf(err) != want {
				t.Errorf("%v, want %s", err, want)
			}
		}
	})
}

func TestLicence(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		set := func(in org.SetLicenceInput) (v org.SiteView, err error) {
			in.Site = tree.Site.ID
			err = e.Write(context.Background(), func(tx *db.Tx) error { v, err = org.SetLicence(tx, orgtest.By, in); return err })
			return v, err
		}
		if _, err := set(org.SetLicenceInput{State: "gone", On: date.Of(dbtest.Start).AddDays(1)}); len(fields(err)) != 2 {
			t.Errorf("faults %v", err)
		}
		v, err := set(org.SetLicenceInput{State: org.Suspended, Note: "户主外出"})
		if err != nil || v.Licence != org.Suspended || v.ChangedOn != date.Of(dbtest.Start) || v.LicensedOn != orgtest.LicensedOn {
			t.Errorf("%+v, %v", v, err)
		}
		e.See(t, func(tx *db.Tx) error {
			var events, audits int
			if err := tx.Raw("SELECT COUNT(*) FROM licence_events WHERE site_id = ?", tree.Site.ID).Scan(&events).Error; err != nil {
				return err
			}
			err := tx.Raw("SELECT COUNT(*) FROM audit_rows WHERE act = 'site.licence' AND changed LIKE '%suspended%' AND changed NOT LIKE '%户主%'").Scan(&audits).Error
			if events != 2 || audits != 1 {
				t.Errorf("%d events, %d audit rows", events, audits)
			}
			return err
		})
	})
}

func fields(err error) []fail.Field {
	if e, ok := fail.As(err); ok {
		return e.Fields
	}
	return nil
}

// Ten schools added to one village at once get ten codes.
func TestSchoolCodesAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		var wg sync.WaitGroup
		errs := make([]error, 10)
		for i := range errs {
			wg.Go(func() {
				errs[i] = e.Write(context.Background(), func(tx *db.Tx) error {
					_, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: tree.Village3.ID, Name: fmt.Sprint("学校", i)})
					return err
				})
			})
		}
		wg.Wait()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			page, err := org.Sites(tx, orgtest.By, org.SitesInput{Under: tree.Village3.Code})
			if n := len(page.Items); n != 11 || page.Items[n-1].Code != tree.Village3.Code+"11" {
				t.Errorf("%d schools", n)
			}
			return err
		})
	})
}
