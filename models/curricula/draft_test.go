package curricula_test

import (
	"slices"
	"strings"
	"testing"

	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula"
	"huotang/models/curricula/curriculatest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// Every op by each role on a published curriculum of the township, by hand.
func TestWhoMayDoWhat(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lessons := curriculatest.Lessons(w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管", "春管"))
		const no, missing = fail.ForbiddenAct, fail.Missing
		for _, c := range []struct {
			who        string
			see, staff fail.Kind // the current version; drafts, history
			edit       fail.Kind
			create     fail.Kind
		}{
			{"county", ok, ok, ok, ok},
			{"clerk", ok, ok, ok, ok},
			{"auditor", ok, ok, no, no},
			{"lecturer", ok, ok, no, no},
			{"village", ok, no, no, missing},
			{"host", ok, no, no, missing},
			{"head", ok, no, no, missing},
			{"trainee", ok, no, no, missing},
			{"member", ok, no, no, missing},
			{"sister", missing, missing, missing, missing}, // it is for one school
			{"village2", missing, missing, missing, missing},
			{"far clerk", missing, missing, missing, missing},
			{"far host", missing, missing, missing, missing},
			{"secretary", missing, missing, missing, missing},
			{"visitor", fail.Unauthenticated, fail.Unauthenticated, fail.Unauthenticated, fail.Unauthenticated},
		} {
			t.Run(c.who, func(t *testing.T) {
				id := curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, lessons, w.Site.ID)
				by := w.by(c.who)
				now := func(tx *db.Tx) int {
					v, err := curricula.Get(tx, w.reviewer, curricula.GetInput{ID: id})
					if err != nil {
						t.Error(err)
					}
					return v.Revision
				}
				for what, step := range map[string]struct {
					kind fail.Kind
					op   func(tx *db.Tx) error
				}{
					"get": {c.see, func(tx *db.Tx) error { _, err := curricula.Get(tx, by, curricula.GetInput{ID: id}); return err }},
					"diff": {c.see, func(tx *db.Tx) error {
						_, err := curricula.Compare(tx, by, curricula.DiffInput{ID: id, Version: 1})
						return err
					}},
					"history": {c.staff, func(tx *db.Tx) error { _, err := curricula.History(tx, by, curricula.HistoryInput{ID: id}); return err }},
					"candidates": {c.edit, func(tx *db.Tx) error {
						_, err := curricula.Candidates(tx, by, curricula.CandidatesInput{ID: id})
						return err
					}},
					"create": {c.create, func(tx *db.Tx) error {
						_, err := w.a.Create(tx, by, curricula.CreateInput{Unit: w.Township.ID, Year: 2027, Title: "新"})
						return err
					}},
					"edit": {c.edit, func(tx *db.Tx) error {
						_, err := w.a.Edit(tx, by, curricula.EditInput{ID: id, Revision: now(tx), Title: "改"})
						return err
					}},
					"items": {c.edit, func(tx *db.Tx) error {
						_, err := w.a.SetItems(tx, by, curricula.SetItemsInput{ID: id, Revision: now(tx), Items: []curricula.ItemInput{{Lesson: lessons[0], Month: curriculatest.In(1)}, {Lesson: lessons[1], Month: curriculatest.In(1)}}})
						return err
					}},
					"put item": {c.edit, func(tx *db.Tx) error {
						_, err := w.a.PutItem(tx, by, curricula.PutItemInput{ID: id, Revision: now(tx), Lesson: lessons[0], Month: curriculatest.In(2)})
						return err
					}},
					"move item": {c.edit, func(tx *db.Tx) error {
						_, err := w.a.MoveItem(tx, by, curricula.MoveItemInput{ID: id, Revision: now(tx), Lesson: lessons[0], Up: true})
						return err
					}},
					"audience": {c.edit, func(tx *db.Tx) error {
						_, err := w.a.SetAudience(tx, by, curricula.SetAudienceInput{ID: id, Revision: now(tx), Sites: []org.SiteID{w.Site.ID}})
						return err
					}},
					"publish": {c.edit, func(tx *db.Tx) error {
						_, err := w.a.Publish(tx, by, curricula.PublishInput{ID: id, Revision: now(tx)})
						return err
					}},
					"draft's diff": {map[fail.Kind]fail.Kind{no: missing}[c.staff], func(tx *db.Tx) error {
						_, err := curricula.Compare(tx, by, curricula.DiffInput{ID: id, Version: 0})
						if c.staff != no {
							return nil
						}
						return err
					}},
				} {
					want(t, what, w.try(step.op), step.kind)
				}
				want(t, "remove item", w.try(func(tx *db.Tx) error {
					_, err := w.a.RemoveItem(tx, by, curricula.RemoveItemInput{ID: id, Revision: now(tx), Lesson: lessons[0]})
					return err
				}), c.edit)
				listed := false
				want(t, "list", w.try(func(tx *db.Tx) error {
					page, err := curricula.List(tx, by, curricula.ListInput{Year: curriculatest.Year, Limit: 200})
					listed = slices.ContainsFunc(page.Items, func(i curricula.ListItem) bool { return i.ID == id })
					return err
				}), map[string]fail.Kind{"secretary": no, "visitor": fail.Unauthenticated}[c.who])
				if listed != (c.see == ok) {
					t.Errorf("listed %v", listed)
				}
			})
		}
	})
}

func TestItemsAreChecked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := curriculatest.Lessons(w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管"))
		far := curriculatest.Lessons(w.reviewed(t, "far clerk", w.Township2.ID, "核桃", "修枝"))
		county := coursestest.Course(t, w.Env, w.by("county"), w.County.ID, "学党章", "义务")
		drafts := curriculatest.Lessons(coursestest.Course(t, w.Env, w.by("clerk"), w.Township.ID, "新课", "草稿"))
		v := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID, nil)
		set := func(items ...curricula.ItemInput) string {
			t.Helper()
			return faults(w.try(func(tx *db.Tx) error {
				_, err := w.a.SetItems(tx, w.by("clerk"), curricula.SetItemsInput{ID: v.ID, Revision: v.Revision, Items: items})
				if err == nil {
					return fail.Invalid("test.none")
				}
				return err
			}))
		}
		in := curriculatest.In
		got := set(curricula.ItemInput{Lesson: own[0], Month: in(3)}, curricula.ItemInput{Lesson: own[0], Month: in(4)},
			curricula.ItemInput{Lesson: far[0], Month: in(3)}, curricula.ItemInput{Lesson: county.Lessons[0].ID, Month: in(3)},
			curricula.ItemInput{Lesson: drafts[0], Month: date.NewMonth(2027, 1)}, curricula.ItemInput{})
		if got != "items.1.lesson=curricula.lesson_twice items.4.month=curricula.month_outside items.5.month=input.required "+
			"items.2.lesson=input.id items.3.lesson=input.id items.5.lesson=input.id" {
			t.Error(got)
		}
		if got := set(curricula.ItemInput{Lesson: own[0], Month: in(3)}, curricula.ItemInput{Lesson: drafts[0], Month: in(3)}); got != "" {
			t.Error(got)
		}
		got = faults(w.try(func(tx *db.Tx) error {
			_, err := w.a.PutItem(tx, w.by("clerk"), curricula.PutItemInput{ID: v.ID, Revision: v.Revision, Lesson: far[0]})
			return err
		}))
		if got != "month=input.required lesson=input.id" {
			t.Error(got)
		}
		got = faults(w.try(func(tx *db.Tx) error {
			_, err := w.a.Create(tx, w.by("county"), curricula.CreateInput{Unit: w.Village.ID, Year: 20260, Title: ""})
			return err
		}))
		if got != "unit=courses.unit_kind year=input.range title=input.required" {
			t.Error(got)
		}
		for name, sites := range map[string][]org.SiteID{"curricula.audience_empty": nil, "input.id": {w.Site.ID, w.Far.ID}} {
			got = faults(w.try(func(tx *db.Tx) error {
				_, err := w.a.SetAudience(tx, w.by("clerk"), curricula.SetAudienceInput{ID: v.ID, Revision: v.Revision, Sites: sites})
				return err
			}))
			if got != "sites="+name {
				t.Errorf("audience: %s", got)
			}
		}
	})
}

func TestCandidates(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := curriculatest.Lessons(w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管", "春管"))
		w.reviewed(t, "far clerk", w.Township2.ID, "核桃", "修枝")
		coursestest.Course(t, w.Env, w.by("county"), w.County.ID, "学党章", "义务")
		w.reviewed(t, "county", w.County.ID, "防汛", "看天")
		coursestest.Course(t, w.Env, w.by("clerk"), w.Township.ID, "新课", "草稿")
		mine := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID, own[:1])
		whole := curriculatest.Draft(t, w.Env, w.by("county"), w.County.ID, nil)
		look := func(who string, in curricula.CandidatesInput) string {
			var out []string
			w.See(t, func(tx *db.Tx) error {
				page, err := curricula.Candidates(tx, w.by(who), in)
				for _, i := range page.Items {
					out = append(out, i.Title)
				}
				return err
			})
			return strings.Join(out, " ")
		}
		for _, c := range []struct {
			who  string
			in   curricula.CandidatesInput
			want string
		}{
			{"clerk", curricula.CandidatesInput{ID: mine.ID}, "草稿 春管 看天"},
			{"county", curricula.CandidatesInput{ID: whole.ID}, "义务 草稿 修枝 冬管 春管 看天"},
			{"clerk", curricula.CandidatesInput{ID: mine.ID, Q: "kt"}, "看天"},
			{"clerk", curricula.CandidatesInput{ID: mine.ID, Task: courses.Theory}, ""},
		} {
			got := strings.Fields(look(c.who, c.in))
			wanted := strings.Fields(c.want)
			slices.Sort(got)
			slices.Sort(wanted)
			if !slices.Equal(got, wanted) {
				t.Errorf("%s %+v: %v, want %v", c.who, c.in, got, wanted)
			}
		}
	})
}

func TestMoveItem(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := curriculatest.Lessons(w.reviewed(t, "clerk", w.Township.ID, "茶园", "一", "二", "三"))
		v := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID, l)
		step := func(wanted string, op func(tx *db.Tx) (curricula.View, error)) {
			t.Helper()
			w.Do(t, func(tx *db.Tx) (err error) { v, err = op(tx); return err })
			got := ""
			for i, item := range v.Items {
				got += item.Title
				if item.Place != i+1 {
					t.Errorf("%s has place %d", item.Title, item.Place)
				}
			}
			if got != wanted {
				t.Errorf("%s, want %s", got, wanted)
			}
		}
		move := func(n int, up bool) func(tx *db.Tx) (curricula.View, error) {
			return func(tx *db.Tx) (curricula.View, error) {
				return w.a.MoveItem(tx, w.by("clerk"), curricula.MoveItemInput{ID: v.ID, Revision: v.Revision, Lesson: l[n], Up: up})
			}
		}
		step("一三二", move(2, true))
		step("一三二", move(0, true))
		step("一三二", move(1, false))
		step("三一二", func(tx *db.Tx) (curricula.View, error) {
			return w.a.PutItem(tx, w.by("clerk"), curricula.PutItemInput{ID: v.ID, Revision: v.Revision, Lesson: l[2], Month: curriculatest.In(2)})
		})
		step("三一二", move(0, true)) // not into another month
	})
}
