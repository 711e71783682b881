package db_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
)

// "Below" is the unit itself and what begins with its path, and no unit whose code only begins alike.
func TestPathRange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		paths := []string{"/a/53/", "/a/53/1/", "/a/53/1/x/", "/a/53/10/", "/a/53/1a/", "/a/53/2/", "/p/53/1/", "/p/53/1/Z/"}
		find := func(cond string, args []any) (got []string) {
			e.See(t, func(tx *db.Tx) error {
				rows, err := db.All[tally](tx.Where(cond, args...).Order("job"))
				for _, r := range rows {
					got = append(got, r.Job)
				}
				return err
			})
			return got
		}
		e.Do(t, func(tx *db.Tx) error {
			for _, p := range paths {
				if err := db.Insert(tx, &tally{Job: p, ExpiresAt: tx.Now}); err != nil {
					return err
				}
			}
			return nil
		})
		for name, tc := range map[string]struct {
			s    access.Scope
			want []string
		}{
			"one":  {access.Scope{Paths: []string{"/a/53/1/"}}, []string{"/a/53/1/", "/a/53/1/x/"}},
			"two":  {access.Scope{Paths: []string{"/a/53/2/", "/p/53/1/"}}, []string{"/a/53/2/", "/p/53/1/", "/p/53/1/Z/"}},
			"leaf": {access.Scope{Paths: []string{"/a/53/10/"}}, []string{"/a/53/10/"}},
			"none": {access.Scope{}, nil},
			"all":  {access.Scope{All: true}, paths},
		} {
			if d := cmp.Diff(tc.want, find(db.PathRange("job", tc.s))); d != "" {
				t.Errorf("%s: %s", name, d)
			}
			if d := cmp.Diff(tc.want, find(db.SchoolRange("job", "job", tc.s))); d != "" {
				t.Errorf("%s, of both trees: %s", name, d)
			}
			var inside []string
			for _, p := range paths {
				if tc.s.Contains(p) {
					inside = append(inside, p)
				}
			}
			if d := cmp.Diff(tc.want, inside); d != "" {
				t.Errorf("%s: the scope itself says otherwise: %s", name, d)
			}
		}
	})
}

// What people type is searched for as it is, wildcards included.
func TestLikeTakesNoWildcards(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		names := []string{"100%", "a_b", "a!b", "axb", "𬭩䶮"}
		e.Do(t, func(tx *db.Tx) error {
			for _, n := range names {
				if err := db.Insert(tx, &tally{Job: n, ExpiresAt: tx.Now}); err != nil {
					return err
				}
			}
			return nil
		})
		for term, want := range map[string][]string{
			"%": {"100%"}, "_": {"a_b"}, "!": {"a!b"}, "a": {"a!b", "a_b", "axb"}, "䶮": {"𬭩䶮"}, "䶯": nil, "0%": {"100%"}, `\`: nil,
		} {
			e.See(t, func(tx *db.Tx) error {
				rows, err := db.All[tally](tx.Scopes(db.Matching("job", term)).Order("job"))
				var got []string
				for _, r := range rows {
					got = append(got, r.Job)
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("%q: %s", term, d)
				}
				return err
			})
		}
	})
}
