package curricula_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula"
	"huotang/models/curricula/curriculatest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// world is a small county with people of every role, and one who reviews.
type world struct {
	*dbtest.Env
	orgtest.Tree
	a        *curricula.Area
	people   map[string]access.Actor
	reviewer access.Actor
}

func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		w := &world{Env: e, Tree: tree, a: curricula.New(), people: map[string]access.Actor{"visitor": access.Visitor()}}
		for name, seat := range map[string]struct {
			role access.Role
			path string
		}{
			"county": {access.County, tree.County.Path}, "auditor": {access.Auditor, tree.County.Path},
			"clerk": {access.Township, tree.Township.Path}, "far clerk": {access.Township, tree.Township2.Path},
			"village": {access.Village, tree.Village.Path}, "village2": {access.Village, tree.Village2.Path},
			"lecturer": {access.Lecturer, tree.Township.Path}, "secretary": {access.Secretary, tree.Branch.Path},
			"host": {access.Host, tree.Site.Path}, "head": {access.Head, tree.Site.Path}, "trainee": {access.Trainee, tree.Site.Path},
			"sister": {access.Host, tree.Sister.Path}, "neighbour": {access.Trainee, tree.Neighbour.Path},
			"far host": {access.Host, tree.Far.Path}, "far trainee": {access.Trainee, tree.Far.Path},
		} {
			w.people[name] = coursestest.Actor(t, e, seat.role, seat.path)
		}
		// Roles of the administrative tree are not granted on a branch today; the rule holds if they are.
		w.people["member"], w.people["far member"] = orgtest.As(access.Trainee, tree.Branch.Path), orgtest.As(access.Trainee, tree.Branch2.Path)
		w.reviewer = coursestest.Actor(t, e, access.County, tree.County.Path)
		fn(t, w)
	})
}

func (w *world) by(name string) access.Actor { return w.people[name] }

func (w *world) try(fn func(tx *db.Tx) error) error { return w.Write(context.Background(), fn) }

func want(t *testing.T, what string, err error, kind fail.Kind) {
	t.Helper()
	if got := fail.KindOf(err); got != kind {
		t.Errorf("%s: %q (%v), want %q", what, got, err, kind)
	}
}

const ok fail.Kind = ""

// reviewed makes a course of the unit with one reviewed lesson for each title.
func (w *world) reviewed(t *testing.T, by string, unit org.UnitID, title string, lessons ...string) courses.View {
	t.Helper()
	return coursestest.Reviewed(t, w.Env, w.by(by), w.reviewer, unit, title, lessons...)
}

// seers names everyone who sees the lesson, and fails where the ways to it disagree: the
// check of one lesson, the catalogue, its search, the course, the clients' list, and the video.
func (w *world) seers(t *testing.T, lesson courses.LessonID) string {
	t.Helper()
	var out []string
	for name, by := range w.people {
		w.See(t, func(tx *db.Tx) error {
			l, err := courses.FindLesson(tx, lesson)
			if err != nil {
				return err
			}
			_, err = curricula.RequireLesson(tx, by, lesson)
			sees := err == nil
			if sees {
				out = append(out, name)
			}
			if by.SignedIn() {
				for what, in := range map[string]curricula.CatalogueInput{
					"catalogue": {Limit: 1}, "search": {Q: l.Title}, "task": {Task: l.Task},
				} {
					if got := w.lists(t, tx, by, in, lesson); got != sees {
						t.Errorf("%s: RequireLesson says %v, the %s %v", name, sees, what, got)
					}
				}
				page, err := curricula.Courses(tx, by, curricula.CatalogueInput{Limit: 100})
				if err != nil {
					return err
				}
				staff := !l.Removed && !l.Archived && courses.SeesAll(by, l.Path)
				if got := holds(page.Items, lesson); got != (sees || staff) {
					t.Errorf("%s: RequireLesson says %v, the clients' list %v", name, sees, got)
				}
			}
			c, err := curricula.GetCourse(tx, by, courses.GetInput{ID: l.Course})
			if got := err == nil && holds([]curricula.Course{c}, lesson); got != sees {
				t.Errorf("%s: RequireLesson says %v, the course %v (%v)", name, sees, got, err)
			}
			if _, err = curricula.GetLesson(tx, by, curricula.GetLessonInput{ID: lesson}); (err == nil) != sees {
				t.Errorf("%s: RequireLesson says %v, the lesson %v", name, sees, err)
			}
			if _, err = curricula.RequirePlay(tx, by, lesson); (err == nil) != (sees || !l.Removed && courses.SeesAll(by, l.Path)) {
				t.Errorf("%s: RequireLesson says %v, the video %v", name, sees, err)
			}
			return nil
		})
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

// lists walks the catalogue to its end.
func (w *world) lists(t *testing.T, tx *db.Tx, by access.Actor, in curricula.CatalogueInput, lesson courses.LessonID) bool {
	t.Helper()
	for range 20 {
		page, err := curricula.Catalogue(tx, by, in)
		if err != nil {
			t.Fatal(err)
		}
		if holds(page.Items, lesson) {
			return true
		}
		if page.Next == "" {
			return false
		}
		in.After = page.Items[len(page.Items)-1].ID
	}
	t.Fatal("the catalogue has no end")
	return false
}

func holds(items []curricula.Course, lesson courses.LessonID) bool {
	return slices.ContainsFunc(items, func(c curricula.Course) bool {
		return slices.ContainsFunc(c.Lessons, func(l curricula.Lesson) bool { return l.ID == lesson })
	})
}

const (
	staff    = "auditor, clerk, county, lecturer" // of the first township's courses
	nobody   = ""
	township = "auditor, clerk, county, head, host, lecturer, member, neighbour, sister, trainee, village, village2"
	everyone = "auditor, clerk, county, far clerk, far host, far member, far trainee, head, host, lecturer, member, neighbour, sister, trainee, village, village2"
)

func TestWhoSeesALesson(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		county := w.reviewed(t, "county", w.County.ID, "学党章", "义务", "权利").Lessons
		own := w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管", "春管", "夏管", "秋管").Lessons
		waiting := coursestest.Course(t, w.Env, w.by("clerk"), w.Township.ID, "核桃", "修枝").Lessons[0]
		check := func(what string, lesson courses.LessonID, seers string) {
			t.Helper()
			if got := w.seers(t, lesson); got != seers {
				t.Errorf("%s is seen by\n%s\nwant\n%s", what, got, seers)
			}
		}
		check("the county's lesson in no curriculum", county[0].ID, "auditor, county")
		check("the township's lesson in no curriculum", own[0].ID, staff)
		check("a lesson that waits for its review", waiting.ID, nobody)

		draft := curriculatest.Draft(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{own[0].ID})
		check("a draft's lesson", own[0].ID, staff)
		curriculatest.Publish(t, w.Env, w.by("clerk"), draft.ID)
		check("the township's lesson, published to all", own[0].ID, township)

		curriculatest.Published(t, w.Env, w.by("county"), w.County.ID, []courses.LessonID{county[0].ID})
		check("the county's lesson, published to all", county[0].ID, everyone)
		check("the county's lesson in no curriculum", county[1].ID, "auditor, county")
		curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{county[1].ID})
		check("the county's lesson in the township's curriculum", county[1].ID, "auditor, clerk, county, head, host, lecturer, member, neighbour, sister, trainee, village, village2")

		curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{own[1].ID}, w.Site.ID)
		check("a lesson for one school", own[1].ID, "auditor, clerk, county, head, host, lecturer, member, trainee, village")
		curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{own[2].ID}, w.Sister.ID, w.Neighbour.ID)
		check("a lesson for two other schools", own[2].ID, "auditor, clerk, county, lecturer, member, neighbour, sister, village, village2")
		curriculatest.Published(t, w.Env, w.by("county"), w.County.ID, []courses.LessonID{own[3].ID}, w.Far.ID)
		check("the township's lesson, published by the county to the other", own[3].ID, "auditor, clerk, county, far clerk, far host, far member, far trainee, lecturer")
	})
}

// A school that is added gets what is for the whole unit; one without a licence gets nothing,
// until it has one again.
func TestSchoolsAddedAndRevoked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		own := w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管", "春管").Lessons
		all := curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{own[0].ID})
		some := curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{own[1].ID}, w.Site.ID)
		w.people = map[string]access.Actor{"host": w.by("host"), "sister": w.by("sister"), "village2": w.by("village2"), "neighbour": w.by("neighbour")}
		check := func(what, one, two string) {
			t.Helper()
			if a, b := w.seers(t, own[0].ID), w.seers(t, own[1].ID); a != one || b != two {
				t.Errorf("%s: %q and %q, want %q and %q", what, a, b, one, two)
			}
		}
		schools := func(c curricula.CurriculumID) (n int) {
			w.See(t, func(tx *db.Tx) error {
				list, err := curricula.SchoolsOf(tx, c)
				n = len(list)
				return err
			})
			return n
		}
		check("at first", "host, neighbour, sister, village2", "host")
		if schools(all) != 3 || schools(some) != 1 {
			t.Errorf("%d and %d schools", schools(all), schools(some))
		}

		var added org.SiteView
		w.Do(t, func(tx *db.Tx) (err error) {
			added, err = org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: w.Village2.ID, Name: "新家庭党校"})
			return err
		})
		var path string
		w.See(t, func(tx *db.Tx) error {
			s, err := org.FindSchool(tx, added.ID)
			path = s.Path
			return err
		})
		w.people["new"] = coursestest.Actor(t, w.Env, access.Host, path)
		check("with a school added", "host, neighbour, new, sister, village2", "host")
		if schools(all) != 4 || schools(some) != 1 {
			t.Errorf("%d and %d schools", schools(all), schools(some))
		}

		licence := func(s org.SiteID, state org.Licence) {
			w.Do(t, func(tx *db.Tx) error {
				_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: s, State: state, Note: "试"})
				return err
			})
		}
		licence(w.Site.ID, org.Revoked)
		check("with one revoked", "neighbour, new, sister, village2", "")
		licence(w.Neighbour.ID, org.Suspended)
		check("with one suspended", "new, sister, village2", "")
		licence(added.ID, org.Revoked)
		check("with a village that has no licensed school", "sister", "")
		if schools(all) != 1 || schools(some) != 0 {
			t.Errorf("%d and %d schools", schools(all), schools(some))
		}
		licence(w.Site.ID, org.Licensed)
		check("with one licensed again", "host, sister", "host")
	})
}

// What is published is as good as its review: without it nobody may study the lesson, and who
// would is told why; staff may still look at the video.
func TestReviewWithdrawnAfterPublishing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.reviewed(t, "clerk", w.Township.ID, "茶园", "冬管").Lessons[0]
		curriculatest.Published(t, w.Env, w.by("clerk"), w.Township.ID, []courses.LessonID{l.ID})
		w.Do(t, func(tx *db.Tx) error {
			_, err := courses.New().Withdraw(tx, w.by("county"), courses.WithdrawInput{ID: l.ID, Revision: l.Revision})
			return err
		})
		if got := w.seers(t, l.ID); got != nobody {
			t.Errorf("an unreviewed lesson is seen by %s", got)
		}
		w.See(t, func(tx *db.Tx) error {
			for name, kind := range map[string]fail.Kind{
				"host": fail.ForbiddenAct, "clerk": fail.ForbiddenAct, "far host": fail.Missing, "far clerk": fail.Missing,
				"secretary": fail.Missing, "visitor": fail.Unauthenticated,
			} {
				_, err := curricula.RequireLesson(tx, w.by(name), l.ID)
				want(t, name, err, kind)
				if kind == fail.ForbiddenAct && !fail.Is(err, "curricula.in_review") {
					t.Errorf("%s is told %v", name, err)
				}
			}
			plan, err := curricula.MonthPlan(tx, w.by("host"), curricula.MonthPlanInput{Site: w.Site.ID})
			if err == nil && (len(plan.Items) != 1 || plan.Items[0].Reviewed) {
				t.Errorf("the month's plan is %+v", plan.Items)
			}
			return err
		})
		coursestest.Review(t, w.Env, w.reviewer, l.Course)
		if got := w.seers(t, l.ID); got != township {
			t.Errorf("after the new review it is seen by %s", got)
		}
	})
}
