package curricula_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/courses"
	model "huotang/models/curricula"
	"huotang/models/curricula/curriculatest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// The right hosts see a lesson and no others: on each page and endpoint, for a sister school, another township,
// a school that is added, and one that loses its licence.
func TestTheRightHostsAndNoOthers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		c := h.course(t, "茶园", "冬管五件事")
		lesson := c.Lessons[0].ID
		plan := curriculatest.Published(t, e, h.people[access.Township], h.tree.Township.ID, []courses.LessonID{lesson}, h.tree.Site.ID, h.tree.Neighbour.ID)
		added := h.addSchool(t)
		check := func(name string, who access.Actor, sees bool) {
			t.Helper()
			b := h.site.As(t, who.Account)
			for _, p := range []string{"/catalogue", "/catalogue?q=dongguan", "/catalogue?task=skills"} {
				if got := strings.Contains(b.Get(p).Want(200).Body, "冬管五件事"); got != sees {
					t.Errorf("%s at %s: %v, want %v", name, p, got, sees)
				}
			}
			for _, p := range []string{"/courses", "/courses?q=DGWJS", "/catalogue"} {
				var page db.Page[model.Course]
				if got := b.API("GET", p, nil, &page); got != 200 || (len(page.Items) == 1) != sees {
					t.Errorf("%s at the API's %s: %d %+v, want %v", name, p, got, page, sees)
				}
			}
			want := map[bool]int{true: 200, false: 404}[sees]
			for _, p := range []string{"/catalogue/courses/" + c.ID.String(), "/catalogue/lessons/" + lesson.String(), "/curricula/" + plan.String()} {
				if got := b.Get(p).Status; got != want {
					t.Errorf("%s at %s: %d, want %d", name, p, got, want)
				}
			}
			for _, p := range []string{"/courses/" + c.ID.String(), "/lessons/" + lesson.String(), "/curricula/" + plan.String()} {
				if got := b.API("GET", p, nil, nil); got != want {
					t.Errorf("%s at the API's %s: %d, want %d", name, p, got, want)
				}
			}
		}
		host, trainee := h.people[access.Host], h.people[access.Trainee]
		far := accountstest.As(t, e, access.Host, org.SiteUnit(h.tree.Far.ID))
		check("the host", host, true)
		check("the trainee", trainee, true)
		check("the neighbour", h.neigbour, true)
		check("the sister", h.sister, false)
		check("the other township", far, false)
		check("the other clerk", h.far, false)
		check("a school that was added", added, false)
		whole := curriculatest.Published(t, e, h.people[access.Township], h.tree.Township.ID, []courses.LessonID{lesson})
		_ = whole
		if body := h.site.As(t, added.Account).Get("/catalogue").Body; !strings.Contains(body, "冬管五件事") {
			t.Error("a school that was added does not get what is for all")
		}
		e.Do(t, func(tx *db.Tx) error {
			_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: h.tree.Site.ID, State: org.Revoked, Note: "试"})
			return err
		})
		check("the host without a licence", host, false)
		check("the trainee of a school without a licence", trainee, false)
	})
}

func (h house) addSchool(t *testing.T) access.Actor {
	t.Helper()
	var s org.SiteView
	h.e.Do(t, func(tx *db.Tx) (err error) {
		s, err = org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: h.tree.Village2.ID, Name: "新家庭党校"})
		return err
	})
	return accountstest.As(t, h.e, access.Host, org.SiteUnit(s.ID))
}

// A lesson whose review is withdrawn after publishing: the plan says so, and the lesson's page, too.
func TestWithdrawnAfterPublishing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := open(t, e)
		l := h.course(t, "茶园", "冬管五件事").Lessons[0]
		plan := curriculatest.Published(t, e, h.people[access.Township], h.tree.Township.ID, []courses.LessonID{l.ID})
		host := h.as(t, access.Host)
		host.Get("/catalogue/lessons/"+l.ID.String()).Want(200, "请讲师来讲", "在家看不计学时", "本地话")
		e.Do(t, func(tx *db.Tx) error {
			_, err := courses.New().Withdraw(tx, h.reviewer, courses.WithdrawInput{ID: l.ID, Revision: l.Revision})
			return err
		})
		page := host.Get("/curricula/"+plan.String()).Want(200, "正在重新审核，先别放")
		if page.Find(`a[href^="/catalogue/lessons/"]`).Length() != 0 {
			t.Error("the plan still leads to the lesson")
		}
		host.Get("/catalogue/lessons/"+l.ID.String()).Want(403, "这一课正在重新审核")
		host.Get("/catalogue").Want(200, "还没有发给您的课")
		var items db.Page[model.PlanItem]
		if got := host.API("GET", "/sites/"+h.tree.Site.ID.String()+"/plan?month=2026-11", nil, &items); got != 200 || len(items.Items) != 1 || items.Items[0].Reviewed {
			t.Errorf("%d %+v", got, items)
		}
	})
}

// Paging and the language of the reader.
func TestCataloguePages(t *testing.T) {
	e := dbtest.SQLite(t)
	h := open(t, e)
	var lessons []courses.LessonID
	for n := range 12 {
		lessons = append(lessons, curriculatest.Lessons(h.course(t, fmt.Sprintf("课%02d", n), fmt.Sprintf("第%02d节", n)))...)
	}
	curriculatest.Published(t, e, h.people[access.Township], h.tree.Township.ID, lessons)
	host := h.as(t, access.Host)
	page := host.Get("/catalogue").Want(200, "课00", "课09")
	next, _ := page.Find(".pager a").Attr("href")
	if got := text(host.Get(next).Want(200), "main h2"); got != "课10课11" {
		t.Errorf("the second part is %s", got)
	}
	host.Get("/catalogue?q="+url.QueryEscape("养蜂")).Want(200, "没有找到「养蜂」", "提意见")
	if page.Find("script:not([src]), [style], [onclick]").Length() != 0 {
		t.Error("inline script or style")
	}
	if n := len(page.Body); n > 30_000 {
		t.Errorf("a page of the catalogue has %d bytes", n)
	}
}
