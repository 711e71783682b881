package privacy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
	"huotang/models/seal"
)

func ring(t testing.TB, keys ...byte) *seal.Ring {
	t.Helper()
	var all [][]byte
	for _, k := range keys {
		all = append(all, bytes.Repeat([]byte{k}, 32))
	}
	r, err := seal.New(bytes.Repeat([]byte{99}, 32), all...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// numbers gives n persons a number each, sealed by the ring.
func numbers(t *testing.T, e *dbtest.Env, tree orgtest.Tree, r *seal.Ring, n int) map[access.PersonID]string {
	t.Helper()
	out := map[access.PersonID]string{}
	for i := range n {
		p := peopletest.Add(t, e, tree, peopletest.Person{Name: fmt.Sprintf("人%d", i)})
		out[p] = fmt.Sprintf("1380013%04d", i)
		e.Do(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE persons SET phone = ?, phone_index = ? WHERE id = ?", r.Seal(out[p], seal.Bound("persons.phone", p)), r.Index(out[p]), p).Error
		})
	}
	return out
}

func TestReseal(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		old, both, young := ring(t, 1), ring(t, 2, 1), ring(t, 2)
		all := numbers(t, e, tree, old, 7)
		damaged := peopletest.Add(t, e, tree, peopletest.Person{Name: "坏的"})
		e.Do(t, func(tx *db.Tx) error {
			return tx.Exec("UPDATE persons SET phone = ? WHERE id = ?", old.Seal("1", "persons.phone/of another"), damaged).Error
		})
		a := privacy.New(both)
		e.See(t, func(tx *db.Tx) error {
			uses, err := a.KeyUses(tx)
			if len(uses) != 2 || uses[0].Values != 0 || !uses[0].Newest || uses[1].Values != 8 || !uses[1].Known {
				t.Errorf("before: %+v", uses)
			}
			return err
		})
		// Stopped in the middle of a step, nothing of it is done; begun again, only what is left.
		err := e.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := a.Reseal(tx, privacy.Resealed{}, 3); err != nil {
				return err
			}
			return errors.New("power cut")
		})
		if err == nil {
			t.Fatal("no error")
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := a.Reseal(tx, privacy.Resealed{}, 3)
			return err
		})
		sealed, hurt, steps := 0, 0, 0
		var step privacy.Resealed
		for !step.Done {
			e.Do(t, func(tx *db.Tx) (err error) {
				step, err = a.Reseal(tx, step, 3)
				return err
			})
			sealed, hurt, steps = sealed+step.Sealed, hurt+step.Damaged, steps+1
		}
		if sealed+hurt < 5 || sealed > 5 || hurt != 1 || steps > 12 {
			t.Errorf("sealed %d, damaged %d in %d steps", sealed, hurt, steps)
		}
		e.See(t, func(tx *db.Tx) error {
			for p, number := range all {
				v, err := db.Ask[[]byte](tx, "SELECT phone FROM persons WHERE id = ?", p)
				if err != nil {
					return err
				}
				if got, err := young.Open(v[0], seal.Bound("persons.phone", p)); got != number || err != nil {
					t.Errorf("%s: %q, %v", number, got, err)
				}
			}
			uses, err := privacy.New(young).KeyUses(tx)
			if len(uses) != 2 || uses[0].Values != 7 || uses[1].Known || uses[1].Values != 1 {
				t.Errorf("after: %+v", uses)
			}
			return err
		})
	})
}
