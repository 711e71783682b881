package privacy_test

import (
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/privacy"
)

// Acts stand in the order of their times, those that were written later for an earlier day, too, and no page loses or repeats one.
func TestActsStandInTheOrderOfTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		by := accountstest.As(t, e, access.County, tree.County.ID)
		start := e.Clock.Now()
		for _, hours := range []int{5, 1, 3, 3, 3, 9, 7, 2} {
			e.Clock.Set(start.Add(time.Duration(hours) * time.Hour))
			e.Do(t, func(tx *db.Tx) error {
				return audit.Add(tx, access.System("test"), audit.Row{Act: "site.edit", Object: "site", ID: tree.Site.ID})
			})
		}
		e.Clock.Set(start.Add(20 * time.Hour))
		var got []int
		in := privacy.SearchInput{Act: "site.edit", Limit: 3}
		for more := true; more; more = in.After != "" {
			e.See(t, func(tx *db.Tx) error {
				page, err := privacy.Search(tx, by, in)
				for _, v := range page.Items {
					got = append(got, int(v.At.Sub(start).Hours()))
				}
				in.After = page.Next
				return err
			})
		}
		want := []int{9, 7, 5, 3, 3, 3, 2, 1}
		if len(got) != len(want) {
			t.Fatalf("%v, want %v", got, want)
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%v, want %v", got, want)
				break
			}
		}
	})
}
