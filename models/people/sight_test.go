package people_test

import (
	"reflect"
	"slices"
	"testing"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// A branch keeps a school that members of another branch and villagers attend. Its secretary knows them by name; standing,
// exemption, branch, history and number are for those who answer for them, as the township's and the village's clerks do where
// they attend.
func TestStandingOfGuests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, a := orgtest.County(t, e), peopletest.Area(t)
		own := peopletest.Add(t, e, tree, peopletest.Person{Name: "本支部", Branch: tree.Branch.ID, Site: tree.Site.ID})
		guest := peopletest.Add(t, e, tree, peopletest.Person{Name: "别支部", Village: tree.Village3.ID, Branch: tree.Branch2.ID, Site: tree.Site.ID})
		none := peopletest.Add(t, e, tree, peopletest.Person{Name: "没支部", Standing: people.Villager, Site: tree.Site.ID})
		mustWrite(t, e, people.Exempt, orgtest.By, people.ExemptInput{Person: guest, ApprovedBy: "鲁史镇党委", Until: today})
		for _, p := range []people.PersonID{own, guest, none} {
			mustWrite(t, e, a.SetPhone, orgtest.By, people.SetPhoneInput{Person: p, Phone: "13800131234"})
		}
		at := func(r access.Role, u org.UnitView) access.Actor { return orgtest.As(r, u.Path) }
		for name, tc := range map[string]struct {
			by   access.Actor
			want []people.PersonID
		}{
			"secretary":         {at(access.Secretary, tree.Branch), []people.PersonID{own}},
			"general branch":    {at(access.Secretary, tree.GeneralBranch), []people.PersonID{own}},
			"party's clerk":     {at(access.Township, tree.TownshipCommittee), []people.PersonID{own}},
			"county committee":  {at(access.County, tree.Committee), []people.PersonID{own, guest}},
			"village clerk":     {at(access.Village, tree.Village), []people.PersonID{own, guest, none}},
			"clerk":             {at(access.Township, tree.Township), []people.PersonID{own, guest, none}},
			"host":              {orgtest.As(access.Host, tree.Site.Path), nil},
			"own and another's": {access.New(access.AccountID{1}, access.PersonID{}, "", []access.Grant{{Role: access.Secretary, Path: tree.Branch.Path}, {Role: access.Secretary, Path: tree.Branch2.Path}}), []people.PersonID{own, guest}},
		} {
			list := read(t, e, people.List, tc.by, people.ListInput{Site: tree.Site.ID})
			if len(list.Items) != 3 {
				t.Errorf("%s knows %d names", name, len(list.Items))
			}
			for _, v := range list.Items {
				sees := slices.Contains(tc.want, v.ID)
				if v.Shown != sees || (v.Standing != "") != sees || (v.BirthYear != 0) != sees || !sees && !reflect.DeepEqual(v, people.View{ID: v.ID, Name: v.Name}) {
					t.Errorf("%s reads %+v", name, v)
				}
				if one := read(t, e, a.Get, tc.by, people.GetInput{ID: v.ID}); one.Shown != sees || (one.Phone != "") != sees {
					t.Errorf("%s opens %+v", name, one)
				}
				err := e.Read(t.Context(), func(tx *db.Tx) error {
					_, err := people.HistoryOf(tx, tc.by, people.PersonInput{Person: v.ID})
					return err
				})
				if want := map[bool]fail.Kind{false: fail.ForbiddenAct}[sees]; fail.KindOf(err) != want {
					t.Errorf("%s reads the history of %s: %v", name, v.Name, err)
				}
			}
			for standing, who := range map[people.Standing][]people.PersonID{people.Full: {own, guest}, people.Villager: {none}} {
				found := len(read(t, e, people.List, tc.by, people.ListInput{Site: tree.Site.ID, Standing: standing}).Items)
				if want := len(slices.DeleteFunc(who, func(p people.PersonID) bool { return !slices.Contains(tc.want, p) })); found != want {
					t.Errorf("%s finds %d who are %s, want %d", name, found, standing, want)
				}
			}
		}
		if err := write(e, a.RevealPhone, at(access.Township, tree.TownshipCommittee), people.PersonInput{Person: guest}); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("the party's clerk reads a guest's number: %v", err)
		}
	})
}
