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

// A branch with members or a secretary stays open; one whose people have all been transferred is closed, and takes nobody.
func TestCloseUnit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		var branch org.UnitView
		e.Do(t, func(tx *db.Tx) (err error) {
			in := org.AddUnitInput{Tree: org.Party, Kind: org.Branch, Name: "茶叶协会党支部", Parent: tree.GeneralBranch.ID}
			branch, err = org.AddUnit(tx, orgtest.By, in)
			return err
		})
		p := peopletest.Add(t, e, tree, peopletest.Person{Name: "张三", Branch: branch.ID})
		clerk := orgtest.As(access.Township, tree.Township.Path)
		closing := org.ShutInput{ID: branch.ID}
		if err := write(e, people.CloseUnit, clerk, closing); fail.KindOf(err) != fail.Conflicting {
			t.Errorf("with a member: %v", err)
		}
		mustWrite(t, e, people.GiveOffice, orgtest.By, people.GiveOfficeInput{Person: p, Unit: branch.ID, Office: people.Secretary})
		mustWrite(t, e, people.Transfer, clerk, people.TransferInput{Person: p, Village: tree.Village.ID, Branch: tree.Branch.ID})
		if err := write(e, people.CloseUnit, clerk, closing); fail.KindOf(err) != fail.Conflicting {
			t.Errorf("with a secretary: %v", err)
		}
		v := read(t, e, people.Get, orgtest.By, people.GetInput{ID: p})
		mustWrite(t, e, people.EndOffice, clerk, people.EndOfficeInput{Person: p, Office: v.Offices[0].ID, Until: date.Of(dbtest.Start)})
		mustWrite(t, e, people.CloseUnit, clerk, closing)
		back := people.TransferInput{Person: p, Village: tree.Village.ID, Branch: branch.ID}
		if err := write(e, people.Transfer, clerk, back); fail.KindOf(err) != fail.InvalidInput {
			t.Errorf("a closed branch takes somebody: %v", err)
		}
	})
}
