package privacy_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

// Who died or moved away long ago is proposed, and only asked for is he erased; the job drops nobody by itself.
func TestProposed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		today, since := date.Of(dbtest.Start), date.New(2010, 1, 1)
		add := func(name string, life people.Life, gone date.Date) people.PersonID {
			p := peopletest.Add(t, e, tree, peopletest.Person{Name: name, Since: since})
			if life != people.AtHome {
				e.Do(t, func(tx *db.Tx) error {
					_, err := people.SetLife(tx, orgtest.By, people.SetLifeInput{Person: p, State: life, Since: gone})
					return err
				})
			}
			return p
		}
		dead := add("丁逝", people.Dead, today.AddDays(-6*365))
		moved := add("丙迁", people.Moved, today.AddDays(-6*365))
		add("乙近", people.Dead, today.AddDays(-100))
		here := add("甲在", people.AtHome, today)
		county := orgtest.As(access.County, tree.County.Path)
		list := func() (out []privacy.ProposedView) {
			e.See(t, func(tx *db.Tx) error {
				page, err := privacy.Proposed(tx, county, privacy.ProposedInput{})
				out = page.Items
				return err
			})
			return out
		}
		if got := list(); len(got) != 2 || got[0].Person != dead || got[1].Person != moved {
			t.Fatalf("%+v", got)
		}
		e.Do(t, func(tx *db.Tx) error {
			for _, kind := range []privacy.Kind{"people_dead", "people_moved", "guests", "reasons", "agreements", "handovers"} {
				if n, more, err := privacy.Drop(tx, kind); n != 0 || more || err != nil {
					t.Errorf("%s: %d %v %v", kind, n, more, err)
				}
			}
			return nil
		})
		ask := func(by access.Actor, who ...access.PersonID) error {
			return e.Write(t.Context(), func(tx *db.Tx) error {
				_, err := privacy.AskErasures(tx, by, privacy.AskErasuresInput{Persons: who})
				return err
			})
		}
		for i, tc := range []struct {
			err  error
			want fail.Kind
		}{
			{ask(county), fail.InvalidInput},
			{ask(county, here, dead), fail.Conflicting},
			{ask(county, access.PersonID{9}), fail.Missing},
			{ask(orgtest.As(access.Township, tree.Township.Path), dead), fail.ForbiddenAct},
			{ask(county, moved, dead, dead), ""},
		} {
			if got := fail.KindOf(tc.err); got != tc.want {
				t.Errorf("%d: %v, want %q", i, tc.err, tc.want)
			}
		}
		if err := ask(county, dead); fail.KindOf(err) != fail.Conflicting {
			t.Errorf("asked twice: %v", err)
		}
		if got := list(); len(got) != 0 {
			t.Errorf("%+v", got)
		}
		e.See(t, func(tx *db.Tx) error {
			waiting, err := privacy.Pending(tx, county, privacy.PendingInput{})
			if len(waiting.Items) != 2 || waiting.Items[0].Basis != privacy.NoNeed {
				t.Errorf("%+v", waiting.Items)
			}
			return err
		})
	})
}
