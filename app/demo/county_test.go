package demo

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDivisions(t *testing.T) {
	c := plan(t, seed, todays()["plain"])
	if len(c.Townships()) != 13 || len(c.Villages()) != 187 || len(c.Divisions) != 3+13+187 {
		t.Fatalf("%d townships, %d villages, %d divisions", len(c.Townships()), len(c.Villages()), len(c.Divisions))
	}
	distinct(t, "division code", c.Divisions, func(d Division) string { return d.Code })
	distinct(t, "village", c.Villages(), func(i int) string { return c.Divisions[i].Short })
	distinct(t, "slug", c.Townships(), func(i int) string { return c.Divisions[i].Slug })
	for i, d := range c.Divisions {
		if d.Parent >= i || d.Parent == None && d.Level != Province {
			t.Errorf("%s has parent %d", d.Name, d.Parent)
		}
	}
}

func TestSites(t *testing.T) {
	each(t, func(t *testing.T, c *County) {
		if len(c.Sites) != SiteCount {
			t.Fatalf("%d schools", len(c.Sites))
		}
		distinct(t, "code", c.Sites, func(s Site) string { return s.Code })
		distinct(t, "name", c.Sites, func(s Site) string { return s.Name })
		distinct(t, "plaque", c.Sites, func(s Site) string { return s.Plaque })
		perVillage := map[int]int{}
		for i, s := range c.Sites {
			perVillage[s.Village]++
			checkSite(t, c, i, s)
		}
		for _, v := range c.Villages() {
			if n := perVillage[v]; n < 2 || n > 5 {
				t.Errorf("%s has %d schools", c.Divisions[v].Name, n)
			}
		}
		if name := c.Sites[c.DemoSite].Name; name != "安石村王家院家庭党校" {
			t.Errorf("the demo's school is %s", name)
		}
	})
}

func checkSite(t *testing.T, c *County, i int, s Site) {
	t.Helper()
	if !strings.HasPrefix(s.Code, c.Divisions[s.Village].Code) || len(s.Code) != 14 {
		t.Errorf("code %s", s.Code)
	}
	if !s.Licensed.Before(c.HistoryFrom) || s.Licensed.Year() > 2024 {
		t.Errorf("%s was licensed %s", s.Code, s.Licensed)
	}
	if n := len(c.Roster(i)); n < 8 || n > 40 {
		t.Errorf("%s has %d people", s.Code, n)
	}
	if c.People[s.Host].Site != i || c.People[s.Head].Site != i || c.People[s.Head].Standing != Full {
		t.Errorf("%s: host %d, head %d", s.Code, s.Host, s.Head)
	}
	kinds := map[string]bool{}
	for _, e := range s.Equipment {
		kinds[e.Kind] = e.Quantity > 0 && !e.Bought.After(s.Licensed)
	}
	if !kinds["television"] || !kinds["disc_player"] {
		t.Errorf("%s has equipment %v", s.Code, s.Equipment)
	}
}

func TestParties(t *testing.T) {
	c := plan(t, seed, todays()["plain"])
	distinct(t, "code", c.Parties, func(p PartyUnit) string { return p.Code })
	levels := map[string]int{}
	for i, p := range c.Parties {
		levels[p.Level]++
		if p.Parent >= i || p.Parent == None && i != 0 {
			t.Errorf("%s has parent %d", p.Name, p.Parent)
		}
		committee := p.Level == CountyCommittee || p.Level == TownshipCommittee
		if committee != (p.Secretary == None) {
			t.Errorf("%s has secretary %d", p.Name, p.Secretary)
		}
	}
	t.Log(levels)
	if levels[GeneralBranch] != 187 || levels[PartyGroup] != SiteCount || levels[TownshipCommittee] != 13 {
		t.Errorf("levels %v", levels)
	}
}

func TestPeople(t *testing.T) {
	each(t, func(t *testing.T, c *County) {
		if n := len(c.People); n < 11_800 || n > 12_200 {
			t.Fatalf("%d people", n)
		}
		distinct(t, "key", c.People, func(p Person) string { return p.Key })
		counts := map[string]int{}
		for i := range c.People {
			checkPerson(t, c, &c.People[i])
			count(counts, &c.People[i])
		}
		t.Log(len(c.People), counts) // shown with -v
		for i := range c.Sites {
			distinct(t, "name on a roster", c.Roster(i), func(p int) string { return c.People[p].Name })
		}
	})
}

func count(counts map[string]int, p *Person) {
	counts[p.Standing]++
	if p.Exempt != nil {
		counts["exempt"]++
	}
	if p.Mobile {
		counts["mobile"]++
	}
}

func checkPerson(t *testing.T, c *County, p *Person) {
	t.Helper()
	old := c.Today.Year() - p.BirthYear
	if old < 20 || old > 90 || utf8.RuneCountInString(p.Name) < 2 || utf8.RuneCountInString(p.Name) > 4 {
		t.Errorf("%s: %s, %d years", p.Key, p.Name, old)
	}
	if (p.Standing == Villager) != (p.Party == None) {
		t.Errorf("%s, %s, belongs to %d", p.Key, p.Standing, p.Party)
	}
	if p.RosterFrom.After(c.HistoryTo) || c.Groups[p.Group].Village != p.Village {
		t.Errorf("%s joined %s, group %d", p.Key, p.RosterFrom, p.Group)
	}
	if e := p.Exempt; e != nil && (!p.Due() || old < 70 || e.From.After(c.HistoryTo) || e.Until.Before(c.Today) || e.By == "") {
		t.Errorf("%s, %d years, is exempt %+v", p.Key, old, e)
	}
}

func TestRareCharactersOccur(t *testing.T) {
	c := plan(t, seed, todays()["plain"])
	var all strings.Builder
	for _, p := range c.People {
		all.WriteString(p.Name)
	}
	for _, r := range "𬭩䶮㛃犇" {
		if !strings.ContainsRune(all.String(), r) {
			t.Errorf("nobody is called %c", r)
		}
	}
}

func TestHostsAreMostlyFiftyToSeventy(t *testing.T) {
	c := plan(t, seed, todays()["plain"])
	n := 0
	for _, s := range c.Sites {
		if old := c.Today.Year() - c.People[s.Host].BirthYear; old >= 50 && old <= 70 {
			n++
		}
	}
	if n < SiteCount*3/4 {
		t.Errorf("%d hosts are 50 to 70", n)
	}
}

func TestAccounts(t *testing.T) {
	each(t, func(t *testing.T, c *County) {
		distinct(t, "user name", c.Accounts, func(a Account) string { return a.Username })
		roles := map[string]int{}
		person := map[int]bool{}
		for _, a := range c.Accounts {
			roles[a.Role]++
			if a.Person != None && person[a.Person] {
				t.Errorf("%s is a second account of one person", a.Username)
			}
			person[a.Person] = true
			if a.Name == "" || a.Unit == "" {
				t.Errorf("account %+v", a)
			}
		}
		want := map[string]int{
			RoleCounty: 2, RoleAuditor: 1, RoleTownship: 26, RoleVillage: 13, RoleSecretary: 13,
			RoleHost: SiteCount, RoleHead: 6, RoleLecturer: 4, RoleTrainee: 30,
			RoleTownshipAdmin: 1, RoleGroupLeader: 1, RoleResident: 1, RoleCadre: 1, RoleDelegate: 1,
		}
		for role, n := range want {
			if roles[role] != n {
				t.Errorf("%d accounts of role %s, want %d", roles[role], role, n)
			}
		}
	})
}

func TestCardsBelongToTheDemoSchool(t *testing.T) {
	each(t, func(t *testing.T, c *County) {
		demo := c.Sites[c.DemoSite]
		units := map[string]string{
			"county": countyCode, "auditor": countyCode,
			"township":  c.Divisions[demo.Township].Code,
			"village":   c.Divisions[demo.Village].Code,
			"secretary": c.Parties[demo.Branch].Code,
			"host":      demo.Code,
			"trainee":   demo.Code,

			"township_admin": c.Divisions[demo.Township].Code,
			"group_leader":   c.Parties[demo.Party].Code,
			"resident":       c.Divisions[demo.Village].Code,
			"cadre":          c.Divisions[demo.Village].Code,
			"delegate":       c.Divisions[demo.Township].Code,
			"lecturer":       countyCode,
		}
		for card, unit := range units {
			if a, ok := c.Carded(card); !ok || a.Unit != unit || a.Role != card {
				t.Errorf("card %s shows %+v", card, a)
			}
		}
		if _, ok := c.Carded(""); ok {
			t.Error("a card without a name")
		}
	})
}

func TestCourses(t *testing.T) {
	c := plan(t, seed, todays()["plain"])
	distinct(t, "course", c.Courses, func(x Course) string { return x.Title })
	distinct(t, "lesson", c.Lessons, func(l Lesson) string { return l.Title })
	perCourse, tasks, videos := map[int]int{}, map[string]bool{}, map[string]bool{}
	for _, l := range c.Lessons {
		perCourse[l.Course]++
		if l.Order != perCourse[l.Course] || l.Minutes < 15 || l.Minutes > 60 || l.Language == "" {
			t.Errorf("lesson %+v", l)
		}
		if (l.Medium == MediumVideo) != (l.Video != "") {
			t.Errorf("%s is a %s with video %q", l.Title, l.Medium, l.Video)
		}
		videos[l.Video] = true
	}
	for i, x := range c.Courses {
		tasks[x.Task] = true
		if perCourse[i] < 2 || x.Author == x.Reviewer || x.Author == None || x.Reviewer == None || !x.Written.Before(x.Reviewed) {
			t.Errorf("course %+v has %d lessons", x, perCourse[i])
		}
	}
	if len(c.Courses) < 14 || len(c.Lessons) < 30 || len(tasks) != 7 {
		t.Errorf("%d courses, %d lessons, %d tasks", len(c.Courses), len(c.Lessons), len(tasks))
	}
	if !videos["01-tea"] || !videos["02-charter"] || !videos["03-policy"] {
		t.Errorf("videos %v", videos)
	}
}

func TestCurricula(t *testing.T) {
	each(t, func(t *testing.T, c *County) {
		years := c.Today.Year() - c.HistoryFrom.Year() + 1
		if want := 14 * years; len(c.Curricula) != want {
			t.Fatalf("%d curricula, want %d", len(c.Curricula), want)
		}
		for _, cur := range c.Curricula {
			checkCurriculum(t, c, cur)
		}
		for _, town := range c.Townships() {
			if !slices.ContainsFunc(c.taught[townMonth{town, c.Today.Month()}], func(i CurriculumItem) bool { return c.Lessons[i.Lesson].Video != "" }) {
				t.Errorf("%s plans no video for %s", c.Divisions[town].Name, c.Today.Month())
			}
		}
		for m := c.HistoryFrom.Month(); !m.After(c.Today.Month()); m = m.Add(1) {
			for _, town := range c.Townships() {
				if len(c.taught[townMonth{town, m}]) != 3 {
					t.Errorf("%s plans %d lessons for %s", c.Divisions[town].Name, len(c.taught[townMonth{town, m}]), m)
				}
			}
		}
	})
}

func checkCurriculum(t *testing.T, c *County, cur Curriculum) {
	t.Helper()
	if !cur.Published.Before(c.Today) || cur.Published.Year() != cur.Year-1 {
		t.Errorf("%s was published %s", cur.Title, cur.Published)
	}
	seen, tasks := map[int]bool{}, map[string]bool{}
	for _, item := range cur.Items {
		course := c.Courses[c.Lessons[item.Lesson].Course]
		tasks[course.Task] = true
		foreign := course.Owner != cur.Owner && c.Divisions[course.Owner].Level != CountyUnit
		if seen[item.Lesson] || foreign || !course.Reviewed.Before(cur.Published) {
			t.Errorf("%s: lesson %d twice, of another township or not reviewed in time", cur.Title, item.Lesson)
		}
		seen[item.Lesson] = true
	}
	if c.Divisions[cur.Owner].Level == CountyUnit && (len(tasks) != 7 || !hasVideos(c, seen)) {
		t.Errorf("%s has the tasks %v", cur.Title, tasks)
	}
}

// hasVideos reports whether all three videos are among the lessons.
func hasVideos(c *County, lessons map[int]bool) bool {
	n := 0
	for l := range lessons {
		if c.Lessons[l].Video != "" {
			n++
		}
	}
	return n == 3
}

func TestPublicPage(t *testing.T) {
	each(t, func(t *testing.T, c *County) {
		if len(c.Notices) < 3 || len(c.Feedback) < 4 {
			t.Fatalf("%d notices, %d feedbacks", len(c.Notices), len(c.Feedback))
		}
		for _, n := range c.Notices {
			if n.Title == "" || n.Body == "" || n.Published.After(c.HistoryTo) {
				t.Errorf("notice %+v", n)
			}
		}
		for _, f := range c.Feedback {
			if f.Text == "" || f.Answer == "" || f.Answered.Before(f.Asked) || f.Answered.After(c.HistoryTo) {
				t.Errorf("feedback %+v", f)
			}
		}
	})
}
