package curricula_test

import (
	"strings"
	"testing"

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

// Only the current version counts; a public course is for everyone; what is out of use or
// removed is for those alone to whom it is published, or for nobody.
func TestVersionsPublicAndRemoved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管", "春管")
		one, two := v.Lessons[0].ID, v.Lessons[1].ID
		c := curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{one})
		w.Do(t, func(tx *db.Tx) error {
			d, err := curricula.Get(tx, w.by("clerk"), curricula.GetInput{ID: c})
			if err != nil {
				return err
			}
			_, err = w.a.SetItems(tx, w.by("clerk"), curricula.SetItemsInput{ID: c, Revision: d.Revision, Items: []curricula.ItemInput{{Lesson: two, Month: curriculatest.Month}}})
			return err
		})
		if a, b := w.seers(t, one), w.seers(t, two); a != township || b != staff {
			t.Errorf("with a changed draft: %s; %s", a, b)
		}
		curriculatest.Publish(t, w.Env, w.by("clerk"), c)
		if a, b := w.seers(t, one), w.seers(t, two); a != staff || b != township {
			t.Errorf("with the second version: %s; %s", a, b)
		}
		revision := func(tx *db.Tx) int {
			found, err := courses.FindCourse(tx, v.ID)
			if err != nil {
				t.Error(err)
			}
			return found.Revision
		}
		area := courses.New()
		w.Do(t, func(tx *db.Tx) error {
			_, err := area.SetPublic(tx, w.by("county"), courses.SetPublicInput{ID: v.ID, Revision: revision(tx), Public: true})
			return err
		})
		if got := w.seers(t, one); got != everyone+", visitor" && got != strings.Replace(everyone, "sister", "secretary, sister", 1)+", visitor" {
			t.Errorf("a public lesson is seen by %s", got)
		}
		w.Do(t, func(tx *db.Tx) error {
			_, err := area.Archive(tx, w.by("clerk"), courses.ArchiveInput{ID: v.ID, Revision: revision(tx)})
			return err
		})
		if a, b := w.seers(t, one), w.seers(t, two); a != nobody || b != township {
			t.Errorf("out of use: %s; %s", a, b)
		}
		w.Do(t, func(tx *db.Tx) error {
			if _, err := area.Restore(tx, w.by("clerk"), courses.ArchiveInput{ID: v.ID, Revision: revision(tx)}); err != nil {
				return err
			}
			_, err := area.RemoveLesson(tx, w.by("clerk"), courses.RemoveLessonInput{ID: two, Revision: 1})
			return err
		})
		if got := w.seers(t, two); got != nobody {
			t.Errorf("a removed lesson is seen by %s", got)
		}
	})
}

// A search finds no course by the title of a lesson that is not for him.
func TestSearchTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		v := w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管", "春管")
		curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{v.Lessons[0].ID})
		w.See(t, func(tx *db.Tx) error {
			for q, n := range map[string]int{"茶": 1, "chayuan": 1, "CY": 1, "冬管": 1, "dg": 1, "春管": 0, "chunguan": 0, "茶文光": 1, "%": 0, "_": 0, "'": 1} {
				page, err := curricula.Catalogue(tx, w.by("host"), curricula.CatalogueInput{Q: q})
				if err != nil {
					return err
				}
				if len(page.Items) != n || n == 1 && len(page.Items[0].Lessons) != 1 {
					t.Errorf("%q finds %+v", q, page.Items)
				}
			}
			return nil
		})
	})
}

func TestCatalogue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		a := w.reviewed(t, "county", w.County.ID, "乙课", "一", "二")
		b := w.reviewed(t, "county", w.County.ID, "甲课", "三")
		draft := coursestest.Course(t, w.Env, w.by("clerk"), w.Township.ID, "丙课", "四")
		empty := coursestest.Course(t, w.Env, w.by("clerk"), w.Township.ID, "丁课")
		v := curriculatest.Draft(t, w.Env, w.by("county"), w.County.ID, append(curriculatest.Lessons(a), curriculatest.Lessons(b)...))
		w.Do(t, func(tx *db.Tx) error {
			_, err := w.a.PutItem(tx, w.by("county"), curricula.PutItemInput{ID: v.ID, Revision: v.Revision, Lesson: a.Lessons[1].ID, Month: curriculatest.Month})
			return err
		})
		curriculatest.Publish(t, w.Env, w.by("county"), v.ID)
		titles := func(tx *db.Tx, op func(*db.Tx, access.Actor, curricula.CatalogueInput) (db.Page[curricula.Course], error), who string, in curricula.CatalogueInput) string {
			t.Helper()
			page, err := op(tx, w.by(who), in)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, c := range page.Items {
				line := c.Title
				for _, l := range c.Lessons {
					line += " " + l.Title
					if l.Required {
						line += "!"
					}
					if !l.Reviewed {
						line += "?"
					}
				}
				out = append(out, line)
			}
			return strings.Join(out, ", ")
		}
		w.See(t, func(tx *db.Tx) error {
			for _, c := range []struct {
				who  string
				in   curricula.CatalogueInput
				want string
			}{
				{"host", curricula.CatalogueInput{}, "乙课 一! 二, 甲课 三!"},
				{"clerk", curricula.CatalogueInput{}, "乙课 一! 二, 甲课 三!"},
				{"host", curricula.CatalogueInput{Required: true}, "乙课 一!, 甲课 三!"},
				{"host", curricula.CatalogueInput{Limit: 1}, "乙课 一! 二"},
				{"host", curricula.CatalogueInput{After: a.ID}, "甲课 三!"},
				{"host", curricula.CatalogueInput{Site: w.Site.ID}, "乙课 一! 二, 甲课 三!"},
				{"host", curricula.CatalogueInput{Task: courses.Theory}, ""},
			} {
				if got := titles(tx, curricula.Catalogue, c.who, c.in); got != c.want {
					t.Errorf("%s %+v: %s, want %s", c.who, c.in, got, c.want)
				}
			}
			const all = "丁课, 丙课 四?, 乙课 一! 二, 甲课 三!"
			for who, list := range map[string]string{"host": "乙课 一! 二, 甲课 三!", "clerk": all, "county": all, "far clerk": "乙课 一! 二, 甲课 三!", "secretary": ""} {
				if got := titles(tx, curricula.Courses, who, curricula.CatalogueInput{}); got != list {
					t.Errorf("%s as a client: %s, want %s", who, got, list)
				}
			}
			if got := titles(tx, curricula.Courses, "clerk", curricula.CatalogueInput{Q: "四"}); got != "丙课 四?" {
				t.Errorf("a clerk finds %s", got)
			}
			for _, in := range []courses.CourseID{draft.ID, empty.ID} {
				if _, err := curricula.OpenCourse(tx, w.by("clerk"), courses.GetInput{ID: in}); err != nil {
					t.Error(err)
				}
				_, err := curricula.GetCourse(tx, w.by("clerk"), courses.GetInput{ID: in})
				want(t, "a draft to study", err, fail.Missing)
				_, err = curricula.OpenCourse(tx, w.by("host"), courses.GetInput{ID: in})
				want(t, "a host's draft", err, fail.Missing)
			}
			if d, err := curricula.OpenLesson(tx, w.by("clerk"), curricula.GetLessonInput{ID: draft.Lessons[0].ID}); err != nil || d.Title != "四" || d.Reviewed {
				t.Errorf("%+v, %v", d, err)
			}
			if d, err := curricula.GetLesson(tx, w.by("host"), curricula.GetLessonInput{ID: a.Lessons[0].ID}); err != nil || d.Next != a.Lessons[1].ID || !d.Previous.IsZero() || !d.Required {
				t.Errorf("%+v, %v", d, err)
			}
			_, err := curricula.Catalogue(tx, w.by("host"), curricula.CatalogueInput{Site: w.Far.ID})
			want(t, "another's school", err, fail.Missing)
			_, err = curricula.Catalogue(tx, access.Visitor(), curricula.CatalogueInput{})
			want(t, "a visitor", err, fail.Unauthenticated)
			return nil
		})
	})
}

func TestMonthPlan(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		county := w.reviewed(t, "county", w.County.ID, "学党章", "义务", "权利").Lessons
		own := w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管").Lessons
		curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{own[0].ID, county[1].ID}, w.Site.ID)
		v := curriculatest.Draft(t, w.Env, w.by("county"), w.County.ID, []courses.LessonID{county[0].ID, county[1].ID})
		w.Do(t, func(tx *db.Tx) error {
			_, err := w.a.PutItem(tx, w.by("county"), curricula.PutItemInput{ID: v.ID, Revision: v.Revision, Lesson: county[1].ID, Month: curriculatest.Month})
			return err
		})
		curriculatest.Publish(t, w.Env, w.by("county"), v.ID)
		plan := func(tx *db.Tx, who string, site org.SiteID, months int) string {
			t.Helper()
			page, err := curricula.MonthPlan(tx, w.by(who), curricula.MonthPlanInput{Site: site, Month: curriculatest.Month.Add(months)})
			if err != nil {
				return string(fail.KindOf(err))
			}
			var out []string
			for _, i := range page.Items {
				line := i.Title
				if i.Required {
					line += "!"
				}
				out = append(out, line)
			}
			return strings.Join(out, " ")
		}
		w.See(t, func(tx *db.Tx) error {
			for _, c := range []struct {
				who    string
				site   org.SiteID
				months int
				want   string
			}{
				{"host", w.Site.ID, 0, "义务! 权利! 冬管!"},
				{"sister", w.Sister.ID, 0, "义务! 权利"},
				{"far host", w.Far.ID, 0, "义务! 权利"},
				{"clerk", w.Site.ID, 0, "义务! 权利! 冬管!"},
				{"host", w.Site.ID, 1, ""},
				{"host", w.Sister.ID, 0, "not_found"},
				{"far clerk", w.Site.ID, 0, "not_found"},
				{"secretary", w.Site.ID, 0, "not_found"},
				{"member", w.Site.ID, 0, "义务! 权利! 冬管!"},
			} {
				if got := plan(tx, c.who, c.site, c.months); got != c.want {
					t.Errorf("%s in %d months: %s, want %s", c.who, c.months, got, c.want)
				}
			}
			return nil
		})
		w.Do(t, func(tx *db.Tx) error {
			_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: w.Site.ID, State: org.Suspended, Note: "试"})
			return err
		})
		w.See(t, func(tx *db.Tx) error {
			if got := plan(tx, "host", w.Site.ID, 0); got != "" {
				t.Errorf("a school without a licence is to teach %s", got)
			}
			return nil
		})
	})
}
