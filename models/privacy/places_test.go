package privacy_test

import (
	"slices"
	"testing"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

// Whoever answers for a township finds what was done with its people among the acts of the township, and of no other one.
func TestActsOnPeopleAreFoundWhereTheyLive(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		area := peopletest.Area(t)
		add := func() people.PersonID { return peopletest.Add(t, e, tree, peopletest.Person{Site: tree.Site.ID}) }
		person, twin, other := add(), add(), add()
		own := accountstest.Of(t, e, person, access.Trainee, org.SiteUnit(tree.Site.ID))
		host := accountstest.As(t, e, access.Host, org.SiteUnit(tree.Site.ID))
		acts := append(onPerson(area, tree, host, person), onPair(area, own, person, twin, other)...)
		here := accountstest.As(t, e, access.Auditor, tree.Township.ID)
		there := accountstest.As(t, e, access.Auditor, tree.Township2.ID)
		found := func(by access.Actor, unit, act string) bool {
			var page db.Page[privacy.Event]
			e.See(t, func(tx *db.Tx) (err error) {
				page, err = privacy.Search(tx, by, privacy.SearchInput{Unit: unit, Act: act})
				return err
			})
			return slices.ContainsFunc(page.Items, func(v privacy.Event) bool { return v.Act == act })
		}
		for _, a := range acts {
			e.Do(t, a.do)
			if !found(here, tree.Township.Code, a.act) {
				t.Errorf("%s is not among the acts of the township", a.act)
			}
			if found(there, "", a.act) {
				t.Errorf("%s is among the acts of another township", a.act)
			}
		}
	})
}

// An act on a person that says not where it happened is a defect, and refused.
func TestActsOnPeopleSayWhere(t *testing.T) {
	e := dbtest.SQLite(t)
	err := e.DB.Write(t.Context(), func(tx *db.Tx) error {
		return audit.Add(tx, orgtest.By, audit.Row{Act: "person.edit", Object: "person", ID: people.PersonID{1}})
	})
	if err == nil {
		t.Error("taken")
	}
}

type onePlaced struct {
	act string
	do  func(tx *db.Tx) error
}

// onPerson are acts on one person, each after the one before.
func onPerson(area *people.Area, tree orgtest.Tree, host access.Actor, person people.PersonID) []onePlaced {
	day := orgtest.LicensedOn.AddDays(30)
	return []onePlaced{
		{"person.standing", func(tx *db.Tx) error {
			_, err := people.SetStanding(tx, orgtest.By, people.SetStandingInput{Person: person, Standing: people.Applicant, Since: day})
			return err
		}},
		{"person.drop", func(tx *db.Tx) error {
			_, err := people.Drop(tx, orgtest.By, people.DropInput{Person: person, Kind: "standing", Since: day})
			return err
		}},
		{"person.exempt", func(tx *db.Tx) error {
			_, err := people.Exempt(tx, orgtest.By, people.ExemptInput{Person: person, ApprovedBy: "支委会", Until: tx.Today().AddDays(90)})
			return err
		}},
		{"person.life", func(tx *db.Tx) error {
			_, err := people.SetLife(tx, orgtest.By, people.SetLifeInput{Person: person, State: people.Away})
			return err
		}},
		{"person.life_undo", func(tx *db.Tx) error {
			_, err := people.UndoLife(tx, orgtest.By, people.LifeInput{Items: []string{person.String() + "_" + tx.Today().String()}})
			return err
		}},
		{"person.note_away", func(tx *db.Tx) error {
			_, err := people.NoteAway(tx, host, people.NoteAwayInput{Site: tree.Site.ID, Person: person, State: people.Away})
			return err
		}},
		{"person.life_confirm", func(tx *db.Tx) error {
			_, err := people.ConfirmLife(tx, orgtest.By, people.LifeInput{Items: []string{person.String() + "_" + tx.Today().String()}})
			return err
		}},
		{"person.phone", func(tx *db.Tx) error {
			_, err := area.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: person, Phone: "13800138000"})
			return err
		}},
		{"person.phone_shown", func(tx *db.Tx) error {
			_, err := area.RevealPhone(tx, orgtest.By, people.PersonInput{Person: person})
			return err
		}},
		{"person.transfer", func(tx *db.Tx) error {
			_, err := people.Transfer(tx, orgtest.By, people.TransferInput{Person: person, Village: tree.Village.ID, Branch: tree.Branch.ID})
			return err
		}},
	}
}

// onPair are acts on who may be one person, and what people ask for.
func onPair(area *people.Area, own access.Actor, person, twin, other people.PersonID) []onePlaced {
	var merge people.MergeID
	return []onePlaced{
		{"person.distinct", func(tx *db.Tx) error {
			_, err := area.SetDistinct(tx, orgtest.By, people.PairInput{Person: person, Other: other})
			return err
		}},
		{"person.merge", func(tx *db.Tx) error {
			m, err := area.Merge(tx, orgtest.By, people.MergeInput{Kept: person, Gone: twin})
			merge = m.ID
			return err
		}},
		{"person.unmerge", func(tx *db.Tx) error {
			_, err := area.Unmerge(tx, orgtest.By, people.UnmergeInput{ID: merge})
			return err
		}},
		{"correction.ask", func(tx *db.Tx) error {
			_, err := privacy.AskCorrection(tx, own, privacy.AskCorrectionInput{Body: "名字写错了"})
			return err
		}},
		{"erasure.ask", func(tx *db.Tx) error {
			_, err := privacy.AskErasure(tx, orgtest.By, privacy.AskErasureInput{Person: other, Basis: privacy.Bases[0], Name: "杨秀英"})
			return err
		}},
		{"erasure.undo", func(tx *db.Tx) error {
			_, err := privacy.UndoErasure(tx, orgtest.By, privacy.PersonInput{Person: other})
			return err
		}},
	}
}
