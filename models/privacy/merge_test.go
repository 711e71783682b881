package privacy_test

import (
	"context"
	"testing"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

// An erasure is neither widened nor undone by a merge: while it stands, records are not put together or taken apart.
func TestErasureAndMerge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, area, by := orgtest.County(t, e), peopletest.Area(t), orgtest.By
		area.OnMerged(privacy.PeoplePart())
		kept, gone := peopletest.Add(t, e, tree, peopletest.Person{Name: "字一"}), peopletest.Add(t, e, tree, peopletest.Person{Name: "字二"})
		var merged people.Merged
		refused := func(step, code string, op func(tx *db.Tx) error) {
			t.Helper()
			if err := e.Write(context.Background(), op); !fail.Is(err, code) {
				t.Errorf("%s: %v, want %s", step, err, code)
			}
		}
		merge := func(tx *db.Tx) (err error) {
			merged, err = area.Merge(tx, by, people.MergeInput{Kept: kept, Gone: gone})
			return err
		}
		unmerge := func(tx *db.Tx) error {
			_, err := area.Unmerge(tx, by, people.UnmergeInput{ID: merged.ID})
			return err
		}
		erase := func(p access.PersonID, name string) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				_, err := privacy.AskErasure(tx, by, privacy.AskErasureInput{Person: p, Basis: privacy.OwnWish, Name: name})
				return err
			}
		}
		undo := func(p access.PersonID) func(*db.Tx) error {
			return func(tx *db.Tx) error {
				_, err := privacy.UndoErasure(tx, by, privacy.PersonInput{Person: p})
				return err
			}
		}
		e.Do(t, erase(gone, "字二"))
		refused("merge of one to be erased", "privacy.erasure_stands", merge)
		e.Do(t, undo(gone))
		e.Do(t, merge)
		refused("erasure of a merged record", "people.merged", erase(gone, "字二"))
		e.Do(t, erase(kept, "字一"))
		refused("taking apart what is to be erased", "privacy.erasure_stands", unmerge)
		e.Do(t, undo(kept))
		e.Do(t, unmerge)
		e.Do(t, merge)
		e.Do(t, erase(kept, "字一"))
		e.Clock.Add(20 * 24 * 60 * 60 * 1e9)
		e.Do(t, func(tx *db.Tx) error {
			if done, err := privacy.New(peopletest.Ring(t)).EraseDue(tx, by); err != nil || !done {
				t.Errorf("not erased: %v %v", done, err)
			}
			return nil
		})
		refused("taking apart what was erased", "people.merge_erased", unmerge)
	})
}
