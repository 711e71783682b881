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

// Somebody who is entered into a unit in the very moment in which it is closed waits, and is refused.
func TestClosedWhileSomebodyIsEntered(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		group, _ := lane(t, e, tree.Village.ID)
		entered := make(chan error, 1)
		e.Do(t, func(tx *db.Tx) error {
			if _, err := people.CloseUnit(tx, orgtest.By, org.ShutInput{ID: group}); err != nil {
				return err
			}
			go func() {
				entered <- write(e, people.Add, orgtest.By, people.AddInput{
					Details: people.Details{Name: "甲", Village: tree.Village.ID, VillageGroup: group}, Standing: people.Villager, Since: orgtest.LicensedOn,
				})
			}()
			return waited(e, tx)
		})
		if err := <-entered; faults(err)["village_group"] == "" {
			t.Errorf("entered into a closed group: %v", err)
		}
	})
}

// waited returns once another unit of work waits for a row on the server; on SQLite it waits for the whole database anyway.
func waited(e *dbtest.Env, tx *db.Tx) error {
	if tx.Driver() == db.SQLite {
		return nil
	}
	for n := 0; n == 0; {
		var name string
		if err := e.Pool().QueryRow("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'").Scan(&name, &n); err != nil {
			return err
		}
	}
	return nil
}
