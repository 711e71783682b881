package imports_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/imports"
	"huotang/models/imports/importstest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// A workbook with a sheet for each village, called after it, needs no column of the village.
func TestSheetsCalledAfterVillages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		heads := []any{"姓名", "政治面貌"}
		v := h.check(h.clerk, "people", importstest.Workbook(
			t, importstest.Sheet{Name: "安石村", Rows: [][]any{heads, {"张三", "群众"}}},
			importstest.Sheet{Name: "大寺村委会", Rows: [][]any{{"大寺村党员花名册"}, heads, {"李四", "群众"}, {"合计", "1"}}},
			importstest.Sheet{Name: "填表说明", Rows: [][]any{{"姓名要写全"}}},
		))
		if v.New != 2 || v.Faulty != 0 {
			t.Fatalf("%+v %v", v, h.rows(h.clerk, v.ID))
		}
		if v = h.apply(h.clerk, v.ID); v.Applied != 2 {
			t.Fatalf("%+v", v)
		}
		e.See(t, func(tx *db.Tx) error {
			for name, village := range map[string]string{"张三": "安石村", "李四": "大寺村"} {
				found, err := people.List(tx, h.clerk, people.ListInput{Name: name})
				if err != nil || len(found.Items) != 1 || found.Items[0].Village != village {
					t.Errorf("%s: %+v %v", name, found.Items, err)
				}
			}
			return nil
		})
	})
}

// A row that names another school than the one whose roster somebody stands on says what becomes of that place: it stays, unless the
// sheet says that he leaves it; and never where the actor keeps no roster.
func TestAnotherSchool(t *testing.T) {
	for kind, state := range map[string]string{"people": "changed", "rosters": "new"} {
		t.Run(kind, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, e *dbtest.Env) { anotherSchool(t, open(t, e), kind, state) })
		})
	}
}

func anotherSchool(t *testing.T, h *house, kind, state string) {
	t.Helper()
	add := func(name string) people.PersonID {
		return peopletest.Add(t, h.Env, h.tree, peopletest.Person{Name: name, Site: h.tree.Site.ID, Standing: people.Villager})
	}
	stays, moves := add("张三"), add("李四")
	attends := func(p people.PersonID) (sites []string) {
		h.See(t, func(tx *db.Tx) error {
			schools, err := people.Schools(tx, p, tx.Today())
			sites = nil
			for _, s := range schools {
				sites = append(sites, s.ID.String())
			}
			return err
		})
		return sites
	}
	bring := func(name string, leave bool, want ...string) {
		t.Helper()
		data := importstest.Workbook(t, sheet([]any{"姓名", "政治面貌", "所在村", "家庭党校"}, []any{name, "群众", "安石村", h.tree.Sister.Code}))
		v, err := h.upload(h.clerk, kind, "名单.xlsx", data)
		if err != nil {
			t.Fatal(err)
		}
		v = h.agree(h.clerk, v.ID, func(maps []imports.SheetMap) { maps[0].Leave = leave })
		if d := cmp.Diff(want, h.rows(h.clerk, v.ID)); d != "" {
			t.Error(d)
		}
		if v = h.apply(h.clerk, v.ID); v.Applied != 1 {
			t.Fatalf("%+v", v)
		}
	}
	bring("张三", false, "0.2 "+state+" site/note_two_schools site[→"+h.tree.Sister.Name+"]")
	bring("李四", true, "0.2 "+state+" site["+h.tree.Site.Name+"→"+h.tree.Sister.Name+"]")
	both := []string{h.tree.Site.ID.String(), h.tree.Sister.ID.String()}
	if got := attends(stays); !cmp.Equal(got, both) {
		t.Errorf("stays: %v", got)
	}
	if got := attends(moves); !cmp.Equal(got, both[1:]) {
		t.Errorf("moves: %v", got)
	}
}
