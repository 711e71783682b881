package accounts_test

import (
	"context"
	"sync"
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
	"huotang/models/people/peopletest"
)

var today = date.Of(dbtest.Start)

// write runs one op as a unit of work.
func write[In, Out any](e *dbtest.Env, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out, err error) {
	err = e.Write(context.Background(), func(tx *db.Tx) (err error) { out, err = op(tx, by, in); return err })
	return out, err
}

// kind is the kind of error that the op ends with.
func kind[In, Out any](e *dbtest.Env, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) fail.Kind {
	_, err := write(e, op, by, in)
	return fail.KindOf(err)
}

func faults(err error) map[string]string {
	out := map[string]string{}
	if e, ok := fail.As(err); ok {
		for _, f := range e.Fields {
			out[f.Name] = f.Code
		}
	}
	return out
}

// atOnce runs do n times at the same time and sorts its errors by kind.
func atOnce(n int, do func(i int) error) map[fail.Kind]int {
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range errs {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	kinds := map[fail.Kind]int{}
	for _, err := range errs {
		kinds[fail.KindOf(err)]++
	}
	return kinds
}

func TestActor(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		person := peopletest.Add(t, e, tree, peopletest.Person{Name: "王秀兰", Site: tree.Site.ID})
		by := accountstest.Of(t, e, person, access.Host, org.SiteUnit(tree.Site.ID))
		if _, err := write(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: by.Account, Role: access.Trainee, Unit: org.SiteUnit(tree.Sister.ID), Until: today}); err != nil {
			t.Fatal(err)
		}
		actor := func() (a access.Actor, p accounts.Prefs, err error) {
			err = e.Read(context.Background(), func(tx *db.Tx) (err error) { a, p, err = accounts.Actor(tx, by.Account); return err })
			return a, p, err
		}
		a, _, err := actor()
		want := []access.Grant{{Role: access.Host, Path: tree.Site.Path}, {Role: access.Trainee, Path: tree.Sister.Path}}
		if d := cmp.Diff(want, a.Grants()); d != "" || err != nil || !a.Is(person) || a.Account != by.Account {
			t.Errorf("%s %v %+v", d, err, a)
		}
		e.Clock.Set(today.At(23, 59))
		if a, _, _ = actor(); len(a.Grants()) != 2 {
			t.Error("the grant ended before its last day did")
		}
		e.Clock.Set(today.AddDays(1).At(0, 0))
		if a, _, _ = actor(); len(a.Grants()) != 1 {
			t.Error("an expired grant counts")
		}
		if _, err := write(e, accounts.SetPrefs, by, accounts.Prefs{Language: "en", Elder: "off"}); err != nil {
			t.Error(err)
		}
		if _, p, _ := actor(); p != (accounts.Prefs{Language: "en", Elder: "off"}) {
			t.Errorf("%+v", p)
		}
		if _, err := write(e, accounts.SetDisabled, orgtest.By, accounts.SetDisabledInput{ID: by.Account, Disabled: true}); err != nil {
			t.Error(err)
		}
		if _, _, err := actor(); fail.KindOf(err) != fail.Unauthenticated {
			t.Errorf("disabled: %v", err)
		}
		if _, err := write(e, accounts.SetPrefs, access.Visitor(), accounts.Prefs{Language: "fr"}); fail.KindOf(err) != fail.Unauthenticated {
			t.Errorf("prefs of a visitor: %v", err)
		}
		if _, err := write(e, accounts.SetPrefs, by, accounts.Prefs{Language: "fr", Elder: "x"}); len(faults(err)) != 2 {
			t.Errorf("prefs: %v", err)
		}
	})
}

func TestMe(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		by := accountstest.As(t, e, access.Township, tree.Township.ID)
		for _, role := range []access.Role{access.Lecturer, access.Auditor} {
			if _, err := write(e, accounts.Grant, orgtest.By, accounts.GrantInput{Account: by.Account, Role: role, Unit: tree.Township.ID}); err != nil {
				t.Fatal(err)
			}
		}
		me, err := write(e, accounts.Me, by, struct{}{})
		if err != nil {
			t.Fatal(err)
		}
		units := []accounts.UnitRef{{ID: tree.Township.ID, Tree: org.Administrative, Kind: org.Township, Code: "530921101", Name: "凤山镇"}}
		if d := cmp.Diff(units, me.Units) + cmp.Diff([]access.Role{access.Township, access.Lecturer, access.Auditor}, me.Roles); d != "" || len(me.Grants) != 3 {
			t.Error(d)
		}
		if k := kind(e, accounts.Me, access.Visitor(), struct{}{}); k != fail.Unauthenticated {
			t.Error(k)
		}
	})
}

func TestAdd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		person := peopletest.Add(t, e, tree, peopletest.Person{Village: tree.Village2.ID, Site: tree.Site.ID})
		all := accountstest.Everyone(t, e, tree)
		_, err := write(e, accounts.Add, orgtest.By, accounts.AddInput{Username: "a b", Language: "fr"})
		want := map[string]string{"username": "accounts.username_form", "name": "input.required", "language": "input.choice"}
		if d := cmp.Diff(want, faults(err)); d != "" {
			t.Error(d)
		}
		v, err := write(e, accounts.Add, all[access.Township], accounts.AddInput{Username: " Wang.Xiulan ", Name: "王秀兰", Person: person})
		if err != nil || v.Username != "wang.xiulan" || v.Person != person || len(v.Grants) != 0 {
			t.Errorf("%+v %v", v, err)
		}
		for name, tc := range map[string]struct {
			by   access.Actor
			in   accounts.AddInput
			want fail.Kind
		}{
			"user name taken, other case":       {all[access.County], accounts.AddInput{Username: "WANG.xiulan", Name: "甲"}, fail.Conflicting},
			"has an account":                    {all[access.County], accounts.AddInput{Username: "second", Name: "甲", Person: person}, fail.Conflicting},
			"village where he attends":          {all[access.Village], accounts.AddInput{Username: "third", Name: "甲", Person: person}, fail.Conflicting},
			"Chinese user name":                 {all[access.County], accounts.AddInput{Username: "王秀兰", Name: "甲"}, ""},
			"unknown person":                    {all[access.County], accounts.AddInput{Username: "fourth", Name: "甲", Person: access.PersonID{1}}, fail.Missing},
			"person of elsewhere":               {accountstest.As(t, e, access.Village, tree.Village3.ID), accounts.AddInput{Username: "fifth", Name: "甲", Person: person}, fail.Missing},
			"host":                              {all[access.Host], accounts.AddInput{Username: "sixth", Name: "甲"}, fail.ForbiddenAct},
			"auditor":                           {all[access.Auditor], accounts.AddInput{Username: "seventh", Name: "甲"}, fail.ForbiddenAct},
			"visitor":                           {access.Visitor(), accounts.AddInput{Username: "eighth", Name: "甲"}, fail.Unauthenticated},
			"village, official without a place": {all[access.Village], accounts.AddInput{Username: "ninth", Name: "甲"}, ""},
		} {
			if got := kind(e, accounts.Add, tc.by, tc.in); got != tc.want {
				t.Errorf("%s: %q, want %q", name, got, tc.want)
			}
		}
	})
}

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		all := accountstest.Everyone(t, e, tree)
		accountstest.As(t, e, access.Host, org.SiteUnit(tree.Far.ID))
		if _, err := write(e, accounts.Add, all[access.Village], accounts.AddInput{Username: "new", Name: "新来的"}); err != nil {
			t.Fatal(err)
		}
		roles := func(by access.Actor, in accounts.ListInput) (out []string) {
			page, err := write(e, accounts.List, by, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range page.Items {
				if len(v.Grants) == 0 {
					out = append(out, "-")
				} else {
					out = append(out, string(v.Grants[0].Role))
				}
			}
			return out
		}
		for name, tc := range map[string]struct {
			by   access.Actor
			in   accounts.ListInput
			want []string
		}{
			"county": {all[access.County], accounts.ListInput{}, []string{
				"auditor", "cadre", "county", "delegate", "group_leader", "head", "host", "host", "lecturer", "-", "resident", "secretary", "township",
				"township_admin", "trainee", "village",
			}},
			"township": {all[access.Township], accounts.ListInput{}, []string{"cadre", "delegate", "head", "host", "lecturer", "resident", "township", "township_admin", "trainee", "village"}},
			"village":  {all[access.Village], accounts.ListInput{}, []string{"cadre", "head", "host", "-", "resident", "trainee", "village"}},
			"by role":  {all[access.Auditor], accounts.ListInput{Role: access.Host}, []string{"host", "host"}},
			"by name":  {all[access.County], accounts.ListInput{Q: "新来"}, []string{"-"}},
			"by user":  {all[access.County], accounts.ListInput{Q: "SECRET"}, []string{"secretary"}},
		} {
			if d := cmp.Diff(tc.want, roles(tc.by, tc.in)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
		page, err := write(e, accounts.List, all[access.Village], accounts.ListInput{Limit: 2})
		if err != nil || len(page.Items) != 2 || page.Next != page.Items[1].Username {
			t.Errorf("%+v %v", page, err)
		}
		for _, role := range []access.Role{access.Host, access.Trainee, access.Secretary, access.Lecturer} {
			if k := kind(e, accounts.List, all[role], accounts.ListInput{}); k != fail.ForbiddenAct {
				t.Errorf("%s: %q", role, k)
			}
		}
	})
}

func TestDemoCards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		host := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
		cards := []accounts.DemoCard{{Role: access.Host, Account: host.Account, Who: "王秀兰"}}
		set := func(by access.Actor) error {
			return e.Write(context.Background(), func(tx *db.Tx) error { return accounts.SetDemoCards(tx, by, cards) })
		}
		if err := set(host); fail.KindOf(err) != fail.ForbiddenAct {
			t.Error(err)
		}
		for range 2 {
			if err := set(orgtest.By); err != nil {
				t.Fatal(err)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			got, err := accounts.DemoAccount(tx, access.Host)
			if got != host.Account {
				t.Errorf("%s %v", got, err)
			}
			if _, err := accounts.DemoAccount(tx, access.County); fail.KindOf(err) != fail.Missing {
				t.Error(err)
			}
			return err
		})
	})
}
