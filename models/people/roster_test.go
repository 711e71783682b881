package people_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

func rosterOn(t testing.TB, e *dbtest.Env, site org.SiteID, day date.Date) (out []string) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		members, err := people.RosterOn(tx, site, day)
		out = nil
		for _, m := range members {
			s := m.Name + " " + string(m.Standing)
			if m.Exempt {
				s += " exempt"
			}
			if m.Mobile {
				s += " mobile"
			}
			out = append(out, s)
		}
		return err
	})
	return out
}

// What the roster shows is what held on the day asked for.
func TestRosterOnADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		start := orgtest.LicensedOn
		a := peopletest.Add(t, e, tree, peopletest.Person{Name: "甲", Standing: people.Applicant, Site: tree.Site.ID})
		b := peopletest.Add(t, e, tree, peopletest.Person{Name: "乙", Site: tree.Site.ID, Mobile: true})
		c := peopletest.Add(t, e, tree, peopletest.Person{Name: "丙", Standing: people.Villager, Site: tree.Site.ID, Since: start.AddDays(10)})
		peopletest.Add(t, e, tree, peopletest.Person{Name: "丁", Site: tree.Sister.ID})
		for _, err := range []error{
			write(e, people.SetStanding, orgtest.By, people.SetStandingInput{Person: a, Standing: people.Probationary, Since: start.AddDays(20)}),
			write(e, people.SetStanding, orgtest.By, people.SetStandingInput{Person: a, Standing: people.Full, Since: start.AddDays(30)}),
			write(e, people.Exempt, orgtest.By, people.ExemptInput{Person: b, ApprovedBy: "凤山镇党委", Since: start.AddDays(5), Until: start.AddDays(9)}),
			write(e, people.Leave, orgtest.By, people.LeaveInput{Site: tree.Site.ID, Person: c, From: start.AddDays(20)}),
			write(e, people.Depart, orgtest.By, people.DepartInput{Person: b, On: start.AddDays(25)}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		for day, want := range map[int][]string{
			-1: nil,
			0:  {"乙 full mobile", "甲 applicant"},
			5:  {"乙 full exempt mobile", "甲 applicant"},
			9:  {"乙 full exempt mobile", "甲 applicant"},
			10: {"丙 villager", "乙 full mobile", "甲 applicant"},
			19: {"丙 villager", "乙 full mobile", "甲 applicant"},
			20: {"乙 full mobile", "甲 probationary"},
			24: {"乙 full mobile", "甲 probationary"},
			25: {"甲 probationary"},
			30: {"甲 full"},
		} {
			if d := cmp.Diff(want, rosterOn(t, e, tree.Site.ID, start.AddDays(day))); d != "" {
				t.Errorf("day %d: %s", day, d)
			}
		}
	})
}

// A place that ends before it began was a mistake, and the person can be enrolled again.
func TestEnrolAndLeave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{})
		enrol := func(site org.SiteID, day date.Date) error {
			return write(e, people.Enrol, orgtest.By, people.EnrolInput{Site: site, Person: p, Since: day})
		}
		leave := func(day date.Date) error {
			return write(e, people.Leave, orgtest.By, people.LeaveInput{Site: tree.Site.ID, Person: p, From: day})
		}
		for i, step := range []struct {
			err  error
			want fail.Kind
		}{
			{leave(today), fail.Missing},
			{enrol(tree.Site.ID, today.AddDays(1)), fail.InvalidInput},
			{enrol(tree.Site.ID, today), ""},
			{leave(today), ""}, // enrolled by mistake
			{enrol(tree.Site.ID, today.AddDays(-9)), ""},
			{enrol(tree.Site.ID, today), fail.Conflicting},
			{enrol(tree.Sister.ID, today), ""},
			{leave(today.AddDays(-4)), ""},
			{enrol(tree.Site.ID, today.AddDays(-5)), fail.Conflicting}, // still on it that day
			{enrol(tree.Site.ID, today.AddDays(-20)), fail.Conflicting},
			{enrol(tree.Site.ID, today.AddDays(-4)), ""},
		} {
			if got := fail.KindOf(step.err); got != step.want {
				t.Errorf("step %d: %q, want %q: %v", i, got, step.want, step.err)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			schools, err := people.Schools(tx, p, today)
			if len(schools) != 2 || schools[0] != tree.Site || schools[1] != tree.Sister {
				t.Errorf("%+v", schools)
			}
			return err
		})
	})
}

func TestEnrolAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{})
		day := today
		done, errs := atOnce(8, func() error {
			return write(e, people.Enrol, orgtest.By, people.EnrolInput{Site: tree.Site.ID, Person: p, Since: day})
		})
		for _, err := range errs {
			if fail.KindOf(err) != fail.Conflicting {
				t.Error(err)
			}
		}
		if got := rosterOn(t, e, tree.Site.ID, today); done != 1 || len(got) != 1 {
			t.Errorf("%d enrolled, roster %v", done, got)
		}
	})
}

func TestExempt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{Site: tree.Site.ID})
		err := write(e, people.Exempt, orgtest.By, people.ExemptInput{Person: p, Until: today.AddDays(-1)})
		if d := cmp.Diff(map[string]string{"approved_by": "input.required", "until": "people.until_before_since"}, faults(err)); d != "" {
			t.Error(d)
		}
		in := people.ExemptInput{Person: p, ApprovedBy: "凤山镇党委", Since: today, Until: today.AddDays(400)}
		for _, until := range []date.Date{today.AddDays(400), today.AddDays(30)} { // the second ends it earlier
			in.Until = until
			if err := write(e, people.Exempt, orgtest.By, in); err != nil {
				t.Fatal(err)
			}
			if v := read(t, e, people.Get, orgtest.By, people.GetInput{ID: p}); v.Exempt != until {
				t.Errorf("exempt until %s", v.Exempt)
			}
		}
	})
}

func TestPosts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := peopletest.Add(t, e, tree, peopletest.Person{Name: "甲"})
		b := peopletest.Add(t, e, tree, peopletest.Person{Name: "乙"})
		assign := func(p people.PersonID, post people.Post, day date.Date) error {
			return write(e, people.Assign, orgtest.By, people.AssignInput{Site: tree.Site.ID, Post: post, Person: p, Since: day})
		}
		for i, step := range []struct {
			err  error
			want fail.Kind
		}{
			{assign(a, people.Host, today.AddDays(-30)), ""},
			{assign(a, people.Head, today.AddDays(-30)), ""},
			{assign(b, people.Host, today.AddDays(-10)), ""},
			{assign(a, people.Host, today.AddDays(-20)), fail.Conflicting},
			{assign(b, "clerk", today.AddDays(1)), fail.InvalidInput},
			{assign(newPerson(), people.Host, today), fail.Missing},
			{assign(b, people.Head, today), ""},
			{assign(a, people.Head, today), ""}, // corrected on the same day
		} {
			if got := fail.KindOf(step.err); got != step.want {
				t.Errorf("step %d: %q, want %q: %v", i, got, step.want, step.err)
			}
		}
		hostOn := func(day date.Date) (name string) {
			e.See(t, func(tx *db.Tx) error {
				h, ok, err := people.HostOf(tx, tree.Site.ID, day)
				if many, mErr := people.HostsOf(tx, []org.SiteID{tree.Site.ID, tree.Far.ID}, day); mErr != nil || ok && many[tree.Site.ID] != h || len(many) > 1 {
					t.Errorf("%v, %v", many, mErr)
				}
				name = h.Name
				return err
			})
			return name
		}
		got := []string{hostOn(today.AddDays(-31)), hostOn(today.AddDays(-30)), hostOn(today.AddDays(-11)), hostOn(today.AddDays(-10)), hostOn(today)}
		if d := cmp.Diff([]string{"", "甲", "甲", "乙", "乙"}, got); d != "" {
			t.Error(d)
		}
		if err := write(e, people.Depart, orgtest.By, people.DepartInput{Person: b}); err != nil {
			t.Fatal(err)
		}
		if h := hostOn(today); h != "" {
			t.Errorf("%s is gone and still host", h)
		}
	})
}

// Many give the post at once to two persons: one of them holds it, and there is one row.
func TestAssignAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		old := peopletest.Add(t, e, tree, peopletest.Person{Name: "旧", Site: tree.Site.ID, Post: people.Host})
		fresh := peopletest.Add(t, e, tree, peopletest.Person{Name: "新"})
		done, errs := atOnce(8, func() error {
			return write(e, people.Assign, orgtest.By, people.AssignInput{Site: tree.Site.ID, Post: people.Host, Person: fresh})
		})
		e.See(t, func(tx *db.Tx) error {
			var n int
			err := tx.Raw("SELECT COUNT(*) FROM posts WHERE site_id = ?", tree.Site.ID).Scan(&n).Error
			before, _, hErr := people.HostOf(tx, tree.Site.ID, today.AddDays(-1))
			now, _, nErr := people.HostOf(tx, tree.Site.ID, today)
			if done != 8 || len(errs) != 0 || n != 2 || before.Person != old || now.Person != fresh || hErr != nil || nErr != nil {
				t.Errorf("%d done, %v, %d posts, %v then %v", done, errs, n, before, now)
			}
			return err
		})
	})
}

// BenchmarkRosterOn opens the roll of 20 among 12,000 persons' worth of neighbours.
func BenchmarkRosterOn(b *testing.B) {
	e := dbtest.SQLite(b)
	tree := orgtest.County(b, e)
	for _, s := range tree.Schools() {
		peopletest.Roster(b, e, tree, s, 14, 6)
	}
	for b.Loop() {
		if n := len(rosterOn(b, e, tree.Site.ID, today)); n != 20 {
			b.Fatal(n)
		}
	}
}
