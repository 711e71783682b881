package people_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// A hand-over puts the school's register right by its list, leaves alone what is not on it, and taken back, puts back what nobody has
// changed since.
func TestHandoverKeepsTheRegister(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, a := orgtest.County(t, e), peopletest.Area(t)
		peopletest.Roster(t, e, tree, tree.Site, 2, 0)
		fresh := peopletest.Add(t, e, tree, peopletest.Person{Name: "字新户"})
		before := []org.Item{
			{Kind: "television", Count: 1, State: "good", Note: "45寸"},
			{Kind: "player", Count: 2, State: "broken"},
			{Kind: "books", Count: 40, State: "good"},
			{Kind: "others", Count: 3, State: "good", Note: "黑板"},
		}
		mustWrite(t, e, org.SetEquipment, orgtest.By, org.SetEquipmentInput{Site: tree.Site.ID, Network: "broadband", Notes: "旧的", Items: before})
		register := func() []org.Item {
			v := read(t, e, org.GetEquipment, orgtest.By, org.GetSiteInput{ID: tree.Site.ID})
			if v.Network != "broadband" || v.Notes != "旧的" {
				t.Errorf("%+v", v)
			}
			return v.Items
		}
		done := mustWrite(t, e, a.HandOver, orgtest.By, people.HandOverInput{Site: tree.Site.ID, Host: fresh, Items: []people.HandedItem{
			{Kind: "television", Count: 1, State: "repair"},
			{Kind: "player", State: "missing"},
			{Kind: "computer", Count: 1, State: "handed"},
			{Kind: "key", Count: 2, State: "handed"},
			{Kind: "others", Count: 9, State: "handed"},
		}})
		want := []org.Item{
			{Kind: "television", Count: 1, State: "repair", Note: "45寸"},
			{Kind: "computer", Count: 1, State: "good"},
			{Kind: "books", Count: 40, State: "good"},
			{Kind: "others", Count: 3, State: "good", Note: "黑板"},
		}
		if d := cmp.Diff(want, register()); d != "" {
			t.Errorf("after the hand-over: %s", d)
		}
		want[1].Count = 5 // somebody bought computers
		mustWrite(t, e, org.SetEquipment, orgtest.By, org.SetEquipmentInput{Site: tree.Site.ID, Network: "broadband", Notes: "旧的", Items: want})
		mustWrite(t, e, a.UndoHandover, orgtest.By, people.HandoverInput{Site: tree.Site.ID, Handover: done.ID})
		want = []org.Item{before[0], before[1], want[1], before[2], before[3]}
		if d := cmp.Diff(want, register()); d != "" {
			t.Errorf("taken back: %s", d)
		}
		var rows int
		e.See(t, func(tx *db.Tx) error {
			return tx.Raw("SELECT COUNT(*) FROM audit_rows WHERE act = 'site.equip'").Scan(&rows).Error
		})
		if rows != 4 {
			t.Errorf("%d rows of the audit, want 4", rows)
		}
	})
}
