package people_test

import (
	"fmt"
	"testing"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// settle is [people.Settle] as an op.
func settle(tx *db.Tx, by access.Actor, in people.SettleInput) (people.View, error) {
	return people.View{}, people.Settle(tx, by, in)
}

// Several lists that name one new household at the same time make it once.
func TestSettleAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		members, _ := peopletest.Roster(t, e, tree, tree.Site, 6, 0)
		todo := make(chan people.PersonID, len(members))
		for _, m := range members {
			todo <- m
		}
		done, errs := atOnce(len(members), func() error {
			return write(e, settle, orgtest.By, people.SettleInput{Person: <-todo, Village: tree.Village.ID, Name: "新家"})
		})
		list := read(t, e, people.Households, orgtest.By, people.HouseholdsInput{})
		if done != len(members) || len(errs) > 0 || len(list.Items) != 1 || list.Items[0].Count != len(members) {
			t.Errorf("%d settled, %v, %+v", done, errs, list.Items)
		}
	})
}

func TestRolesOnSettle(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	p := peopletest.Add(t, e, tree, peopletest.Person{Branch: tree.Branch.ID, Group: tree.Group.ID, Site: tree.Site.ID})
	n := 0
	try := func(by access.Actor) error {
		n++
		return write(e, settle, by, people.SettleInput{Person: p, Village: tree.Village.ID, Code: fmt.Sprint(n)})
	}
	for _, seat := range tree.Inside() {
		if err := try(seat.Actor); (err == nil) != access.Allowed(seat.Role, access.PeopleEdit) {
			t.Errorf("%s: %v", seat.Name, err)
		}
	}
	for _, seat := range tree.Outside() {
		if err := try(seat.Actor); fail.KindOf(err) != fail.Missing {
			t.Errorf("%s of elsewhere: %v", seat.Name, err)
		}
	}
	if err := write(e, settle, orgtest.By, people.SettleInput{Person: p, Village: tree.Village.ID}); faults(err)["name"] == "" {
		t.Errorf("no household: %v", err)
	}
}
