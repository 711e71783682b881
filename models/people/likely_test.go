package people_test

import (
	"fmt"
	"slices"
	"testing"

	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// However many pairs look alike, all of them are reached part by part, each once: those of one name first, then those of one number.
func TestLikelyPartByPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := peopletest.Area(t)
		add := func(name string) people.PersonID {
			return peopletest.Add(t, e, tree, peopletest.Person{Name: name, Branch: tree.Branch.ID})
		}
		for i := range 4 {
			add(fmt.Sprintf("同名%c", 'a'+i))
			add(fmt.Sprintf("同名%c", 'a'+i))
		}
		add("同名a") // three of one name are three pairs
		for i := range 3 {
			for _, p := range []people.PersonID{add(fmt.Sprintf("号码%c", 'a'+i)), add(fmt.Sprintf("另外%c", 'a'+i))} {
				e.Do(t, func(tx *db.Tx) error {
					_, err := a.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: p, Phone: fmt.Sprintf("1380013800%d", i)})
					return err
				})
			}
		}
		read := func(limit int) (out []string) {
			in := people.LikelyInput{Limit: limit}
			for more := true; more; more = in.After != "" {
				e.See(t, func(tx *db.Tx) error {
					page, err := a.Likely(tx, orgtest.By, in)
					if len(page.Items) > limit {
						t.Errorf("%d at once, want %d at most", len(page.Items), limit)
					}
					for _, l := range page.Items {
						out = append(out, l.Why+" "+l.Person.String()+" "+l.Other.String())
					}
					in.After = page.Next
					return err
				})
			}
			return out
		}
		all := read(200)
		if len(all) != 9 || all[0][:4] != "name" || all[8][:5] != "phone" {
			t.Fatalf("%v", all)
		}
		for _, limit := range []int{1, 2, 3, 6, 8, 9} {
			if got := read(limit); !slices.Equal(got, all) {
				t.Errorf("%d at a time: %v\nwant %v", limit, got, all)
			}
		}
		for _, mark := range []string{"x", "n", "q" + all[0][5:41], "n0"} {
			err := e.DB.Read(t.Context(), func(tx *db.Tx) error {
				_, err := a.Likely(tx, orgtest.By, people.LikelyInput{After: mark})
				return err
			})
			if fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("after %q: %v", mark, err)
			}
		}
	})
}
