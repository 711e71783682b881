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
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

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
			_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: w.Site.ID, State: org.Suspended, Note: "试"})
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
