package people_test

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

var today = date.Of(dbtest.Start)

// write runs one op as a unit of work and gives its error.
func write[In, Out any](e *dbtest.Env, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) error {
	return e.Write(context.Background(), func(tx *db.Tx) error { _, err := op(tx, by, in); return err })
}

func read[In, Out any](t *testing.T, e *dbtest.Env, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out) {
	t.Helper()
	e.See(t, func(tx *db.Tx) (err error) { out, err = op(tx, by, in); return err })
	return out
}

func faults(err error) map[string]string {
	out := map[string]string{}
	if e, ok := fail.As(err); ok {
		for _, f := range e.Fields {
			out[f.Name] = f.Code
		}
	}
	return out
}

func TestAddChecksEverythingAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		err := write(e, people.Add, orgtest.By, people.AddInput{
			Details:  people.Details{Gender: "x", BirthYear: 2020, Branch: tree.Village.ID, Group: tree.Group2.ID},
			Standing: "member", Since: today.AddDays(1),
		})
		want := map[string]string{
			"name": "input.required", "gender": "input.choice", "birth_year": "people.too_young", "village": "input.required",
			"branch": "input.id", "group": "people.group_elsewhere", "standing": "input.choice", "since": "people.future",
		}
		if d := cmp.Diff(want, faults(err)); d != "" {
			t.Error(d)
		}
		err = write(e, people.Add, orgtest.By, people.AddInput{
			Details:  people.Details{Name: "a\x00b", BirthYear: 1899, Village: tree.Township.ID},
			Standing: people.Full,
		})
		want = map[string]string{"name": "input.characters", "birth_year": "input.range", "village": "people.not_a_village"}
		if d := cmp.Diff(want, faults(err)); d != "" {
			t.Error(d)
		}
		err = write(e, people.Add, orgtest.By, people.AddInput{
			Details: people.Details{Name: "甲", Village: org.UnitID{9}}, Standing: people.Full,
		})
		if d := cmp.Diff(map[string]string{"village": "input.id"}, faults(err)); d != "" {
			t.Error(d)
		}
	})
}

func TestRareNamesComeBackWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		rare := peopletest.Add(t, e, tree, peopletest.Person{Name: "𬭩䶮"})
		other := peopletest.Add(t, e, tree, peopletest.Person{Name: "𬭩龑"})
		page := read(t, e, people.List, orgtest.By, people.ListInput{Q: "𬭩䶮"})
		if len(page.Items) != 1 || page.Items[0].ID != rare || page.Items[0].Name != "𬭩䶮" {
			t.Errorf("%+v", page.Items)
		}
		e.See(t, func(tx *db.Tx) error {
			names, err := people.Names(tx, []people.PersonID{rare, other, {1}})
			if d := cmp.Diff(map[people.PersonID]string{rare: "𬭩䶮", other: "𬭩龑"}, names); d != "" {
				t.Error(d)
			}
			return err
		})
	})
}

func TestEdit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{Name: "王秀兰", Group: tree.Group.ID})
		in := people.EditInput{Person: p, Details: people.Details{Name: "王秀兰", Gender: people.Female, BirthYear: 1970, Village: tree.Village3.ID, Group: tree.Group2.ID}}
		clerk := orgtest.As(access.Township, tree.Township.Path)
		if got := fail.KindOf(write(e, people.Edit, clerk, in)); got != fail.Missing {
			t.Errorf("moved into another township: %s", got)
		}
		if err := write(e, people.Edit, orgtest.As(access.County, tree.County.Path), in); err != nil {
			t.Fatal(err)
		}
		v := read(t, e, people.Get, orgtest.By, people.GetInput{ID: p})
		if v.Village != "古平村" || v.Branch != "古平党支部" || v.Group != "犀牛党小组" || v.BirthYear != 1970 || v.Standing != people.Full {
			t.Errorf("%+v", v)
		}
		e.See(t, func(tx *db.Tx) error {
			var changed string
			err := tx.Raw("SELECT changed FROM audit_rows WHERE act = 'person.edit'").Scan(&changed).Error
			want := `[{"field":"birth_year"},{"field":"village_id","before":"` + tree.Village.ID.String() + `","after":"` + tree.Village3.ID.String() +
				`"},{"field":"branch_id","before":"` + tree.Branch.ID.String() + `","after":"` + tree.Branch2.ID.String() +
				`"},{"field":"group_id","before":"` + tree.Group.ID.String() + `","after":"` + tree.Group2.ID.String() + `"}]`
			if d := cmp.Diff(want, changed); d != "" {
				t.Error(d)
			}
			return err
		})
	})
}

// Who may do what to a person of the tree's Site, written down by hand: know the name, see
// the standing, change the person, enrol him at the school.
func TestRolesOnAPerson(t *testing.T) {
	const ok, no, hidden = fail.Kind(""), fail.ForbiddenAct, fail.Missing
	want := map[access.Role][4]fail.Kind{
		access.County: {ok, ok, ok, ok}, access.Auditor: {ok, ok, no, no}, access.Township: {ok, ok, ok, ok}, access.Village: {ok, ok, ok, ok},
		access.Secretary: {ok, ok, no, no}, access.Host: {ok, hidden, no, no}, access.Head: {ok, hidden, no, no},
		access.Lecturer: {hidden, hidden, hidden, hidden}, access.Trainee: {hidden, hidden, hidden, hidden},
		access.TownshipAdmin: {ok, ok, ok, ok}, access.Resident: {ok, hidden, no, no}, access.GroupLeader: {hidden, hidden, hidden, hidden},
		access.Cadre: {hidden, hidden, hidden, hidden}, access.Delegate: {hidden, hidden, hidden, hidden},
	}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{Branch: tree.Branch.ID, Site: tree.Site.ID})
		for _, seat := range tree.Inside() {
			if d := cmp.Diff(want[seat.Role], tryOnPerson(e, tree, p, seat.Actor)); d != "" {
				t.Errorf("%s: %s", seat.Name, d)
			}
		}
		for _, seat := range tree.Outside() {
			if d := cmp.Diff([4]fail.Kind{hidden, hidden, hidden, hidden}, tryOnPerson(e, tree, p, seat.Actor)); d != "" {
				t.Errorf("%s of elsewhere: %s", seat.Name, d)
			}
		}
		const first = fail.Unauthenticated
		if d := cmp.Diff([4]fail.Kind{first, first, first, first}, tryOnPerson(e, tree, p, access.Visitor())); d != "" {
			t.Errorf("visitor: %s", d)
		}
	})
}

func tryOnPerson(e *dbtest.Env, tree orgtest.Tree, p people.PersonID, by access.Actor) (kinds [4]fail.Kind) {
	var v people.View
	kinds[0] = fail.KindOf(e.Read(context.Background(), func(tx *db.Tx) (err error) {
		v, err = people.Get(tx, by, people.GetInput{ID: p})
		return err
	}))
	kinds[1] = kinds[0]
	if kinds[0] == "" && v.Standing == "" {
		kinds[1] = fail.Missing
	}
	kinds[2] = fail.KindOf(write(e, people.SetStanding, by, people.SetStandingInput{Person: p, Standing: people.Full}))
	kinds[3] = fail.KindOf(write(e, people.Enrol, by, people.EnrolInput{Site: tree.Site.ID, Person: p}))
	if kinds[3] == fail.Conflicting { // he stands there already, so he was let through
		kinds[3] = ""
	}
	return kinds
}

// Who sees a school by the branch that keeps it is told that he may not change who belongs there; a clerk of the
// township's party committee may.
func TestRolesAtASchool(t *testing.T) {
	const ok, no, hidden = fail.Kind(""), fail.ForbiddenAct, fail.Missing
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{Branch: tree.Branch.ID})
		for name, tc := range map[string]struct {
			by   access.Actor
			want fail.Kind
		}{
			"secretary":                    {orgtest.As(access.Secretary, tree.Branch.Path), no},
			"secretary of another branch":  {orgtest.As(access.Secretary, tree.Branch2.Path), hidden},
			"host":                         {orgtest.As(access.Host, tree.Site.Path), no},
			"trainee":                      {orgtest.As(access.Trainee, tree.Site.Path), hidden},
			"auditor":                      {orgtest.As(access.Auditor, tree.County.Path), no},
			"party clerk":                  {orgtest.As(access.Township, tree.TownshipCommittee.Path), ok},
			"party clerk of another place": {orgtest.As(access.Township, tree.TownshipCommittee2.Path), hidden},
		} {
			for op, err := range map[string]error{
				"assign": write(e, people.Assign, tc.by, people.AssignInput{Site: tree.Site.ID, Post: people.Head, Person: p}),
				"enrol":  write(e, people.Enrol, tc.by, people.EnrolInput{Site: tree.Site.ID, Person: p}),
				"leave":  write(e, people.Leave, tc.by, people.LeaveInput{Site: tree.Site.ID, Person: p}),
			} {
				if got := fail.KindOf(err); got != tc.want && !(tc.want == ok && op == "leave" && got == fail.Missing) {
					t.Errorf("%s by a %s: %v, want %q", op, name, err, tc.want)
				}
			}
		}
	})
}

// An input that names nobody is at fault, and tells everything else that is.
func TestNobodyIsNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		clerk := orgtest.As(access.Village, tree.Village.Path)
		both := map[string]string{"person": "input.required", "since": "people.future"}
		got := faults(write(e, people.Enrol, clerk, people.EnrolInput{Site: tree.Site.ID, Since: today.AddDays(1)}))
		if d := cmp.Diff(both, got); d != "" {
			t.Errorf("enrol: %s", d)
		}
		got = faults(write(e, people.Assign, clerk, people.AssignInput{Site: tree.Site.ID, Post: people.Host, Since: today.AddDays(1)}))
		if d := cmp.Diff(both, got); d != "" {
			t.Errorf("assign: %s", d)
		}
	})
}

// A village clerk cannot put a person of another township on a roster of his by guessing the ID,
// nor can a host's village, where the person only attends, change his standing.
func TestNoReachIntoOtherTownships(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		far := peopletest.Add(t, e, tree, peopletest.Person{Name: "茶朝明", Village: tree.Village3.ID, Branch: tree.Branch2.ID})
		clerk := orgtest.As(access.Village, tree.Village.Path)
		for name, err := range map[string]error{
			"enrol":  write(e, people.Enrol, clerk, people.EnrolInput{Site: tree.Site.ID, Person: far}),
			"assign": write(e, people.Assign, clerk, people.AssignInput{Site: tree.Site.ID, Person: far, Post: people.Host}),
			"exempt": write(e, people.Exempt, clerk, people.ExemptInput{Person: far, ApprovedBy: "x", Until: today}),
			"depart": write(e, people.Depart, clerk, people.DepartInput{Person: far}),
			"get":    write(e, people.Get, clerk, people.GetInput{ID: far}),
		} {
			if fail.KindOf(err) != fail.Missing {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := write(e, people.Enrol, orgtest.By, people.EnrolInput{Site: tree.Site.ID, Person: far}); err != nil {
			t.Fatal(err)
		}
		if err := write(e, people.SetStanding, clerk, people.SetStandingInput{Person: far, Standing: people.Villager}); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("standing of one who only attends: %v", err)
		}
		if v := read(t, e, people.Get, clerk, people.GetInput{ID: far}); v.Name != "茶朝明" || v.Standing != people.Full {
			t.Errorf("attends here, seen as %+v", v)
		}
		self := access.New(access.AccountID{1}, far, "", []access.Grant{{Role: access.Trainee, Path: tree.Site.Path}})
		if v := read(t, e, people.Get, self, people.GetInput{ID: far}); v.Standing != people.Full {
			t.Errorf("sees himself as %+v", v)
		}
	})
}

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		for _, p := range []peopletest.Person{
			{Name: "张三", Branch: tree.Branch.ID, Site: tree.Site.ID},
			{Name: "张三", Village: tree.Village3.ID, Site: tree.Far.ID},
			{Name: "李四", Group: tree.Group.ID, Village: tree.Village2.ID},
			{Name: "赵六", Standing: people.Villager, Site: tree.Site.ID, Village: tree.Village2.ID},
			{Name: "重阳", Village: tree.Village3.ID, Group: tree.Group2.ID},
		} {
			peopletest.Add(t, e, tree, p)
		}
		gone := peopletest.Add(t, e, tree, peopletest.Person{Name: "走了", Site: tree.Site.ID})
		if err := write(e, people.Depart, orgtest.By, people.DepartInput{Person: gone}); err != nil {
			t.Fatal(err)
		}
		list := func(by access.Actor, in people.ListInput) (out []string) {
			for _, v := range read(t, e, people.List, by, in).Items {
				out = append(out, v.Name+" "+string(v.Standing))
			}
			return out
		}
		host := orgtest.As(access.Host, tree.Site.Path)
		for name, tc := range map[string]struct {
			by   access.Actor
			in   people.ListInput
			want []string
		}{
			"all":            {orgtest.By, people.ListInput{}, []string{"张三 full", "张三 full", "李四 full", "赵六 villager", "重阳 full"}},
			"departed":       {orgtest.By, people.ListInput{Q: "走了", Gone: true}, []string{"走了 full"}},
			"township":       {orgtest.As(access.Township, tree.Township2.Path), people.ListInput{}, []string{"张三 full", "重阳 full"}},
			"secretary":      {orgtest.As(access.Secretary, tree.Branch.Path), people.ListInput{}, []string{"张三 full", "李四 full", "赵六 "}},
			"group's grant":  {orgtest.As(access.Secretary, tree.Group.Path), people.ListInput{}, []string{"李四 full"}},
			"host":           {host, people.ListInput{}, []string{"张三 ", "赵六 "}},
			"host, foreign":  {host, people.ListInput{Site: tree.Far.ID}, nil},
			"by school":      {orgtest.By, people.ListInput{Site: tree.Far.ID}, []string{"张三 full"}},
			"by unit":        {orgtest.By, people.ListInput{Unit: tree.Village2.Code}, []string{"李四 full", "赵六 villager"}},
			"by branch":      {orgtest.By, people.ListInput{Branch: tree.Branch.Code}, []string{"张三 full", "李四 full"}},
			"by pinyin":      {orgtest.By, people.ListInput{Q: "Zhang San"}, []string{"张三 full", "张三 full"}},
			"by initials":    {orgtest.By, people.ListInput{Q: "ls"}, []string{"李四 full"}},
			"second reading": {orgtest.By, people.ListInput{Q: "重"}, []string{"重阳 full"}},
		} {
			if d := cmp.Diff(tc.want, list(tc.by, tc.in)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
		var paged []string
		in := people.ListInput{Limit: 1}
		for range 5 {
			page := read(t, e, people.List, orgtest.By, in)
			paged = append(paged, page.Items[0].ID.String())
			in.After = page.Next
		}
		seen := map[string]bool{}
		for _, p := range paged {
			seen[p] = true
		}
		if len(seen) != 5 || in.After != "" {
			t.Errorf("pages of one: %v, then %q", paged, in.After)
		}
		if err := write(e, people.List, orgtest.By, people.ListInput{After: "x"}); fail.KindOf(err) != fail.InvalidInput {
			t.Error(err)
		}
		if err := write(e, people.List, access.Visitor(), people.ListInput{}); fail.KindOf(err) != fail.Unauthenticated {
			t.Error(err)
		}
	})
}

func atOnce(n int, do func() error) (done int, errs []error) {
	var wg sync.WaitGroup
	out := make([]error, n)
	for i := range out {
		wg.Go(func() { out[i] = do() })
	}
	wg.Wait()
	for _, err := range out {
		if err == nil {
			done++
		} else {
			errs = append(errs, err)
		}
	}
	return done, errs
}

func newPerson() people.PersonID { return people.PersonID(id.New[struct{}]()) }
