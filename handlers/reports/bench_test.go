package reports

import (
	"fmt"
	"net/http"
	"testing"

	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/attendance"
	"huotang/models/calendar/calendartest"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula/curriculatest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// BenchmarkReady shows what the activity days of a township's 45 schools, all in the next three days, still want: the page, its
// API, and the list with whole numbers, beside the page of a township that has no activity day soon, which is all but the list itself,
// and beside the bare statements for the same facts, written by hand.
func BenchmarkReady(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchReady(b, dbtest.SQLite(b)) })
	b.Run("mysql", func(b *testing.B) { benchReady(b, dbtest.Server(b, "mysql")) })
}

func benchReady(b *testing.B, e *dbtest.Env) {
	tree := township45(b, e)
	site := webtest.New(b, e, func(p *web.Pages, api *web.API) { Mount(p, api, peopletest.Area(b), attendance.New()) })
	clerk := site.As(b, accountstest.As(b, e, access.Township, tree.Township.ID).Account)
	far := site.As(b, accountstest.As(b, e, access.Township, tree.Township2.ID).Account)
	if n := len(names(clerk.Get("/month/ready"))); n != 45 {
		b.Fatalf("%d schools", n)
	}
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"page", func() { clerk.Get("/month/ready").Want(200) }},
		{"page of nothing", func() { far.Get("/month/ready").Want(200) }},
		{"numbers", func() { clerk.Post("/month/ready/calls", nil).Want(200) }},
		{"api", func() {
			if s := clerk.API(http.MethodGet, "/reports/ready", nil, nil); s != 200 {
				b.Fatal(s)
			}
		}},
		{"by hand", func() { readyByHand(b, e, tree) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			defer e.Spent(b)()
			for b.Loop() {
				c.do()
			}
		})
	}
}

// township45 is 凤山镇 with 45 schools that meet on the 25th, a roster of 20 and a host with a number each, equipment, and a plan.
func township45(b *testing.B, e *dbtest.Env) orgtest.Tree {
	b.Helper()
	tree := orgtest.County(b, e)
	schools := []org.School{tree.Site, tree.Sister, tree.Neighbour}
	e.Do(b, func(tx *db.Tx) error {
		for n := range 42 {
			made, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: tree.Village.ID, Name: fmt.Sprintf("安石村第%d家庭党校", n), LicensedOn: orgtest.LicensedOn})
			if err != nil {
				return err
			}
			s, err := org.FindSchool(tx, made.ID)
			if err != nil {
				return err
			}
			schools = append(schools, s)
		}
		return nil
	})
	phones := peopletest.Area(b)
	for i, s := range schools {
		members, _ := peopletest.Roster(b, e, tree, s, 13, 7)
		e.Do(b, func(tx *db.Tx) error {
			if _, err := phones.SetPhone(tx, orgtest.By, people.SetPhoneInput{Person: members[0], Phone: fmt.Sprintf("138123%05d", i)}); err != nil {
				return err
			}
			_, err := org.SetEquipment(tx, orgtest.By, org.SetEquipmentInput{Site: s.ID, Network: "mobile_weak", Items: []org.Item{
				{Kind: "television", Count: 1, State: "good"}, {Kind: "player", Count: 1, State: org.Conditions[i%3]}, {Kind: "discs", Count: 20, State: "good"},
			}})
			return err
		})
	}
	author, reviewer := coursestest.Actor(b, e, access.County, tree.County.Path), coursestest.Actor(b, e, access.County, tree.County.Path)
	c := coursestest.Reviewed(b, e, author, reviewer, tree.County.ID, "冬闲", "核桃修剪", "茶园冬管", "安全用电")
	curriculatest.Published(b, e, author, tree.County.ID, curriculatest.Lessons(c))
	calendartest.Rule(b, e, tree.Township.ID, calendartest.OnDay(25))
	return tree
}

// readyByHand asks for the same facts as one would without huotang: eight statements, whose rows are counted and forgotten.
func readyByHand(b *testing.B, e *dbtest.Env, tree orgtest.Tree) {
	b.Helper()
	today := date.Of(e.Now())
	days := "FROM activity_days d JOIN units u ON u.id = d.site_id WHERE u.path LIKE '" + tree.Township.Path + "%' AND d.planned_on >= ? AND d.planned_on <= ?"
	rows := 0
	for _, query := range []string{
		"SELECT d.id, u.code, u.name, d.planned_on, d.state " + days,
		"SELECT s.licence, s.network " + "FROM sites s WHERE s.id IN (SELECT d.site_id " + days + ")",
		"SELECT i.site_id, i.kind, i.state FROM site_items i WHERE i.site_id IN (SELECT d.site_id " + days + ")",
		"SELECT o.site_id, p.name, p.phone FROM posts o JOIN persons p ON p.id = o.person_id WHERE o.post = 'host' AND o.site_id IN (SELECT d.site_id " + days + ")",
		"SELECT r.site_id, COUNT(*) FROM rosters r WHERE r.site_id IN (SELECT d.site_id " + days + ") GROUP BY r.site_id",
		"SELECT s.site_id, l.lesson_id FROM sessions s JOIN session_lessons l ON l.session_id = s.id WHERE s.site_id IN (SELECT d.site_id " + days + ")",
		"SELECT c.activity_day_id FROM cancellations c WHERE c.activity_day_id IN (SELECT d.id " + days + ")",
		"SELECT i.lesson_id, l.title FROM curriculum_items i JOIN lessons l ON l.id = i.lesson_id WHERE ? <> ?",
	} {
		found, err := e.Pool().QueryContext(b.Context(), query, today, today.AddDays(3))
		if err != nil {
			b.Fatal(err)
		}
		for found.Next() {
			rows++
		}
		if err := found.Err(); err != nil {
			b.Fatal(err)
		}
		_ = found.Close()
	}
	if rows < 45*6 {
		b.Fatalf("%d rows", rows)
	}
}
