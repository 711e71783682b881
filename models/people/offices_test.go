package people_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// A secretary follows the one before, committee members stand beside each other, and nobody ends what another township keeps.
func TestOffices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := peopletest.Add(t, e, tree, peopletest.Person{Name: "李一", Branch: tree.Branch.ID})
		b := peopletest.Add(t, e, tree, peopletest.Person{Name: "李二", Branch: tree.Branch.ID})
		far := peopletest.Add(t, e, tree, peopletest.Person{Name: "李远", Village: tree.Village3.ID, Branch: tree.Branch2.ID})
		clerk := orgtest.As(access.Village, tree.Village.Path)
		today := date.Of(dbtest.Start)
		give := func(p people.PersonID, u org.UnitID, o people.Office, since date.Date) error {
			return write(e, people.GiveOffice, clerk, people.GiveOfficeInput{Person: p, Unit: u, Office: o, Since: since})
		}
		year := today.AddDays(-400)
		for _, tc := range []struct {
			err  error
			want fail.Kind
		}{
			{give(a, tree.Branch.ID, people.Secretary, year), ""},
			{give(b, tree.Branch.ID, people.Organisation, year), ""},
			{give(a, tree.Branch.ID, people.Organisation, year), ""},
			{give(b, tree.Branch.ID, people.Organisation, today), fail.Conflicting},
			{give(b, tree.Branch.ID, people.Secretary, year), fail.Conflicting},
			{give(b, tree.Branch.ID, people.Secretary, today), ""},
			{give(b, tree.Branch.ID, people.GroupLeader, today), fail.InvalidInput},
			{give(b, tree.Village.ID, people.Secretary, today), fail.InvalidInput},
			{give(b, tree.Branch2.ID, people.Propaganda, today), fail.InvalidInput},
			{give(b, tree.Branch.ID, people.Propaganda, today.AddDays(1)), fail.InvalidInput},
			{give(b, tree.Branch.ID, "mayor", today), fail.InvalidInput},
			{give(far, tree.Branch2.ID, people.Secretary, today), fail.Missing},
			{give(a, tree.GeneralBranch.ID, people.Secretary, today), ""},
		} {
			if got := fail.KindOf(tc.err); got != tc.want {
				t.Errorf("%v, want %q", tc.err, tc.want)
			}
		}
		h := read(t, e, people.HistoryOf, clerk, people.PersonInput{Person: a})
		if len(h.Offices) != 3 || h.Offices[0].Until != today.AddDays(-1) && h.Offices[1].Until != today.AddDays(-1) {
			t.Errorf("%+v", h.Offices)
		}
		v := read(t, e, people.Get, clerk, people.GetInput{ID: b})
		if len(v.Offices) != 2 || v.Offices[0].Office != people.Secretary || v.Offices[0].Body != tree.Branch.Name {
			t.Errorf("%+v", v.Offices)
		}
		for o, want := range map[string]int{people.AnyOffice: 2, "secretary": 2, "organisation": 2, "propaganda": 0} {
			if got := read(t, e, people.List, clerk, people.ListInput{Office: o}); len(got.Items) != want {
				t.Errorf("%s: %d, want %d", o, len(got.Items), want)
			}
		}
		if got := read(t, e, people.List, orgtest.As(access.Host, tree.Site.Path), people.ListInput{Office: "any"}); len(got.Items) != 0 {
			t.Errorf("a host reads offices: %+v", got.Items)
		}
		end := people.EndOfficeInput{Person: b, Office: v.Offices[0].ID, Until: today}
		mustWrite(t, e, people.EndOffice, clerk, end)
		end.Until = today.AddDays(1)
		if err := write(e, people.EndOffice, clerk, end); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("a term that is over grows: %v", err)
		}
		mustWrite(t, e, people.EndOffice, clerk, people.EndOfficeInput{Person: b, Office: v.Offices[0].ID, Drop: true})
		if h := read(t, e, people.HistoryOf, clerk, people.PersonInput{Person: b}); len(h.Offices) != 1 {
			t.Errorf("%+v", h.Offices)
		}
	})
}

// Two secretaries at once: one of them follows the other, or is told so; never do two hold at a time.
func TestOneSecretary(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		var list []people.PersonID
		for _, name := range []string{"甲", "乙", "丙", "丁"} {
			list = append(list, peopletest.Add(t, e, tree, peopletest.Person{Name: name, Branch: tree.Branch.ID}))
		}
		done := make(chan error, len(list))
		for _, p := range list {
			go func() {
				done <- e.Write(t.Context(), func(tx *db.Tx) error {
					_, err := people.GiveOffice(tx, orgtest.By, people.GiveOfficeInput{Person: p, Unit: tree.Branch.ID, Office: people.Secretary})
					return err
				})
			}()
		}
		good := 0
		for range list {
			if err := <-done; err == nil {
				good++
			} else if fail.KindOf(err) != fail.Conflicting {
				t.Error(err)
			}
		}
		if good != 1 {
			t.Errorf("%d secretaries from today on", good)
		}
	})
}

// A villagers' group lies in its village, a move keeps where one lived, and lists find those of a group.
func TestVillageGroups(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		clerk := orgtest.As(access.Village, tree.Village.Path)
		add := func(by access.Actor, village org.UnitID, name string) (u org.UnitView, err error) {
			err = e.Write(t.Context(), func(tx *db.Tx) (err error) {
				u, err = org.AddUnit(tx, by, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: name, Parent: village})
				return err
			})
			return u, err
		}
		one, err := add(clerk, tree.Village.ID, "王家院")
		two, err2 := add(clerk, tree.Village.ID, "李家寨")
		if err != nil || err2 != nil || one.Code != tree.Village.Code+"-1" || two.Code != tree.Village.Code+"-2" {
			t.Fatal(err, err2, one, two)
		}
		if _, err := add(clerk, tree.Village2.ID, "别村"); fail.KindOf(err) != fail.Missing {
			t.Errorf("another village's group: %v", err)
		}
		p := peopletest.Add(t, e, tree, peopletest.Person{Name: "张三"})
		v := read(t, e, people.Get, clerk, people.GetInput{ID: p})
		edit := people.EditInput{Person: p, Details: people.Details{Name: v.Name, Village: v.VillageID, VillageGroup: one.ID}}
		mustWrite(t, e, people.Edit, clerk, edit)
		edit.Village = tree.Village2.ID
		if err := write(e, people.Edit, orgtest.By, edit); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("a group of another village: %v", err)
		}
		today := date.Of(dbtest.Start)
		mustWrite(t, e, people.Transfer, clerk, people.TransferInput{Person: p, Village: tree.Village.ID, VillageGroup: two.ID, On: today})
		h := read(t, e, people.HistoryOf, clerk, people.PersonInput{Person: p})
		if len(h.Places) != 2 || h.Places[0].VillageGroup != "王家院" || h.Places[1].VillageGroup != "李家寨" {
			t.Errorf("%+v", h.Places)
		}
		for code, want := range map[string]int{one.Code: 0, two.Code: 1} {
			if got := read(t, e, people.List, clerk, people.ListInput{Unit: code}); len(got.Items) != want {
				t.Errorf("%s: %d", code, len(got.Items))
			}
		}
	})
}
