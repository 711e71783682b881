package curricula_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula"
	"huotang/models/curricula/curriculatest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
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
				}), map[string]fail.Kind{"secretary": missing, "visitor": fail.Unauthenticated}[c.who])
				if listed != (c.see == ok) {
					t.Errorf("listed %v", listed)
				}
			})
		}
	})
}

// What a host reads is the current version, never the draft.
func TestReadersSeeTheCurrentVersion(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lessons := curriculatest.Lessons(w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管", "春管"))
		id := curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, lessons[:1])
		var v curricula.View
		w.Do(t, func(tx *db.Tx) (err error) {
			if v, err = curricula.Get(tx, w.by("clerk"), curricula.GetInput{ID: id}); err != nil {
				return err
			}
			v, err = w.a.PutItem(tx, w.by("clerk"), curricula.PutItemInput{ID: id, Revision: v.Revision, Lesson: lessons[1], Month: curriculatest.In(1)})
			return err
		})
		if len(v.Items) != 2 || v.Version != 0 || v.Current != 1 || !v.Audience.All || v.Audience.Count != 3 || v.Items[0].Title != "春管" {
			t.Errorf("the draft: %+v", v)
		}
		w.See(t, func(tx *db.Tx) error {
			got, err := curricula.Get(tx, w.by("host"), curricula.GetInput{ID: id})
			if err != nil {
				return err
			}
			if len(got.Items) != 1 || got.Version != 1 || got.Draft || got.PublishedAt == nil || got.PublishedBy != "township" {
				t.Errorf("a host reads %+v", got)
			}
			_, err = curricula.Get(tx, w.by("host"), curricula.GetInput{ID: id, Version: 2})
			want(t, "another version", err, fail.Missing)
			_, err = curricula.Get(tx, w.by("clerk"), curricula.GetInput{ID: id, Version: 2})
			want(t, "a version to come", err, fail.Missing)
			return nil
		})
	})
}

func faults(err error) string {
	var out []string
	if e, is := fail.As(err); is {
		for _, f := range e.Fields {
			out = append(out, f.Name+"="+f.Code)
		}
	}
	return strings.Join(out, " ")
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

func TestPublishIsChecked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		good := w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管", "春管")
		waiting := coursestest.Course(t, w.Env, w.by("clerk"), w.Township.ID, "新课", "草稿")
		publish := func(v curricula.View, revision int) (curricula.Published, error) {
			var p curricula.Published
			err := w.try(func(tx *db.Tx) (err error) {
				p, err = w.a.Publish(tx, w.by("clerk"), curricula.PublishInput{ID: v.ID, Revision: revision, Note: strings.Repeat("长", 10)})
				return err
			})
			return p, err
		}
		empty := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID, nil)
		if _, err := publish(empty, empty.Revision); faults(err) != "items=curricula.no_items" {
			t.Error(err)
		}
		v := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID,
			[]courses.LessonID{good.Lessons[0].ID, waiting.Lessons[0].ID, good.Lessons[1].ID}, w.Site.ID)
		w.Do(t, func(tx *db.Tx) error {
			_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: w.Site.ID, State: org.Suspended})
			if err != nil {
				return err
			}
			_, err = courses.New().RemoveLesson(tx, w.by("clerk"), courses.RemoveLessonInput{ID: good.Lessons[1].ID, Revision: 1})
			return err
		})
		_, err := publish(v, v.Revision)
		if got := faults(err); got != "audience=curricula.no_schools items.1=curricula.lesson_unreviewed items.2=curricula.lesson_removed" {
			t.Error(got)
		}
		if e, is := fail.As(err); is && e.Fields[1].Args[0] != "草稿" {
			t.Errorf("the fault names %v", e.Fields[1].Args)
		}
		_, err = publish(v, v.Revision-1)
		want(t, "an older revision", err, fail.Outdated)
		coursestest.Review(t, w.Env, w.reviewer, waiting.ID)
		w.Do(t, func(tx *db.Tx) (err error) {
			if v, err = w.a.RemoveItem(tx, w.by("clerk"), curricula.RemoveItemInput{ID: v.ID, Revision: v.Revision, Lesson: good.Lessons[1].ID}); err != nil {
				return err
			}
			v, err = w.a.SetAudience(tx, w.by("clerk"), curricula.SetAudienceInput{ID: v.ID, Revision: v.Revision, All: true})
			return err
		})
		p, err := publish(v, v.Revision)
		if err != nil || p.Version != 1 || p.Schools != 2 {
			t.Errorf("%+v, %v", p, err)
		}
	})
}

func TestDiffAndHistory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := curriculatest.Lessons(w.reviewed(t, "clerk", w.Township.ID, "茶园", "一", "二", "三", "四"))
		id := curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, l[:3])
		edit := func(items ...curricula.ItemInput) {
			w.Do(t, func(tx *db.Tx) error {
				v, err := curricula.Get(tx, w.by("clerk"), curricula.GetInput{ID: id})
				if err != nil {
					return err
				}
				v, err = w.a.SetItems(tx, w.by("clerk"), curricula.SetItemsInput{ID: id, Revision: v.Revision, Items: items})
				if err != nil {
					return err
				}
				_, err = w.a.SetAudience(tx, w.by("clerk"), curricula.SetAudienceInput{ID: id, Revision: v.Revision, Sites: []org.SiteID{w.Site.ID, w.Neighbour.ID}})
				return err
			})
		}
		in := func(n int, m time.Month, required bool) curricula.ItemInput {
			return curricula.ItemInput{Lesson: l[n], Month: curriculatest.In(m), Required: required}
		}
		edit(in(1, time.November, false), in(3, time.December, true), in(0, time.December, false))
		text := func(who string, version int) string {
			var d curricula.Diff
			w.See(t, func(tx *db.Tx) (err error) {
				d, err = curricula.Compare(tx, w.by(who), curricula.DiffInput{ID: id, Version: version})
				return err
			})
			var out []string
			for name, list := range map[string][]curricula.DiffItem{"1+": d.Added, "2-": d.Removed, "3m": d.Moved, "4c": d.Changed} {
				for _, i := range list {
					line := fmt.Sprintf("%s%s@%d", name, i.Title, i.Month.Of())
					if !i.From.IsZero() {
						line += fmt.Sprintf("<%d", i.From.Of())
					}
					out = append(out, line)
				}
			}
			slices.Sort(out)
			for _, u := range d.AudienceAdded {
				out = append(out, fmt.Sprint("+", u.Name, u.All))
			}
			for _, u := range d.AudienceRemoved {
				out = append(out, fmt.Sprint("-", u.Name, u.All))
			}
			return strings.Join(out, " ")
		}
		const first = "1+一@11 1+三@11 1+二@11"
		const second = "1+四@12 2-三@11 3m一@12<11 4c一@12 4c二@11"
		const whom = " +安石村王家院家庭党校false +大寺村街子家庭党校false -凤山镇true"
		if got := text("clerk", 0); got != second+whom {
			t.Errorf("the draft: %s", got)
		}
		curriculatest.Publish(t, w.Env, w.by("clerk"), id)
		for version, wanted := range map[int]string{1: first + " +凤山镇true", 2: second + whom, 0: ""} {
			if got := text("clerk", version); got != wanted {
				t.Errorf("version %d: %s, want %s", version, got, wanted)
			}
		}
		if got := text("host", 2); got != second {
			t.Errorf("a host reads %s", got)
		}
		w.See(t, func(tx *db.Tx) error {
			_, err := curricula.Compare(tx, w.by("clerk"), curricula.DiffInput{ID: id, Version: 3})
			want(t, "a version to come", err, fail.Missing)
			_, err = curricula.Compare(tx, w.by("host"), curricula.DiffInput{ID: id, Version: 1})
			want(t, "a host's older version", err, fail.Missing)
			page, err := curricula.History(tx, w.by("county"), curricula.HistoryInput{ID: id})
			if len(page.Items) != 2 || page.Items[0].Version != 2 || page.Items[0].Items != 3 || page.Items[1].PublishedBy != "township" {
				t.Errorf("history: %+v", page.Items)
			}
			return err
		})
		// What was published stays as it was, whatever becomes of the draft.
		edit(in(3, time.January, true))
		w.See(t, func(tx *db.Tx) error {
			v, err := curricula.Get(tx, w.by("clerk"), curricula.GetInput{ID: id, Version: 2})
			if len(v.Items) != 3 || v.Audience.All || v.Audience.Count != 2 || len(v.Audience.Schools) != 2 {
				t.Errorf("version 2 is now %+v", v)
			}
			return err
		})
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

// Two publish at once what both saw: one version comes of it, and the other is told.
func TestPublishAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := curriculatest.Lessons(w.reviewed(t, "clerk", w.Township.ID, "茶园", "一"))
		v := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID, l)
		errs := make([]error, 4)
		var wg sync.WaitGroup
		for i, who := range []string{"clerk", "county", "clerk", "county"} {
			wg.Go(func() {
				errs[i] = w.try(func(tx *db.Tx) error {
					_, err := w.a.Publish(tx, w.by(who), curricula.PublishInput{ID: v.ID, Revision: v.Revision})
					return err
				})
			})
		}
		wg.Wait()
		done := 0
		for _, err := range errs {
			switch fail.KindOf(err) {
			case ok:
				done++
			case fail.Outdated:
			default:
				t.Error(err)
			}
		}
		w.See(t, func(tx *db.Tx) error {
			page, err := curricula.History(tx, w.by("clerk"), curricula.HistoryInput{ID: v.ID})
			if done != 1 || len(page.Items) != 1 || page.Items[0].Version != 1 {
				t.Errorf("%d published: %+v", done, page.Items)
			}
			return err
		})
	})
}

// A publication against an edit of its lesson: what is published was reviewed at that moment.
func TestPublishWhileEditing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for range 5 {
			c := w.reviewed(t, "clerk", w.Township.ID, "茶园", "一", "二")
			v := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID, curriculatest.Lessons(c))
			var published, edited error
			var wg sync.WaitGroup
			wg.Go(func() {
				published = w.try(func(tx *db.Tx) error {
					_, err := w.a.Publish(tx, w.by("clerk"), curricula.PublishInput{ID: v.ID, Revision: v.Revision})
					return err
				})
			})
			wg.Go(func() {
				edited = w.try(func(tx *db.Tx) error { return courses.Touch(tx, c.Lessons[1].ID, w.by("clerk")) })
			})
			wg.Wait()
			if edited != nil || published != nil && faults(published) != "items.1=curricula.lesson_unreviewed" {
				t.Error(published, edited)
			}
		}
	})
}

func TestOnPublished(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := curriculatest.Lessons(w.reviewed(t, "clerk", w.Township.ID, "茶园", "一"))
		v := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID, l)
		w.a.OnPublished(func(_ *db.Tx, _ access.Actor, c curricula.CurriculumID, version int) error {
			if c != v.ID || version != 1 {
				t.Errorf("%s, version %d", c, version)
			}
			return fail.Conflict("test.refused")
		})
		want(t, "publish", w.try(func(tx *db.Tx) error {
			_, err := w.a.Publish(tx, w.by("clerk"), curricula.PublishInput{ID: v.ID, Revision: v.Revision})
			return err
		}), fail.Conflicting)
		if got := w.seers(t, l[0]); got != staff {
			t.Errorf("a refused publication reached %s", got)
		}
	})
}
