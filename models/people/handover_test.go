package people_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

func handOver(e *dbtest.Env, a *people.Area, by access.Actor, in people.HandOverInput) (v people.HandoverView, err error) {
	err = e.Write(context.Background(), func(tx *db.Tx) (err error) {
		v, err = a.HandOver(tx, by, in)
		return err
	})
	return v, err
}

// Host, head and place change in one act; posts are intervals, the code and the plaque stay, and the list is kept.
func TestHandOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, a, today := orgtest.County(t, e), peopletest.Area(t), date.Of(dbtest.Start)
		members, _ := peopletest.Roster(t, e, tree, tree.Site, 3, 0)
		items := []people.HandedItem{{Kind: "television", Count: 1, State: "handed"}, {Kind: "key", State: "missing", Note: "少一把"}, {Kind: "player", Count: 1, State: "repair"}}
		by := orgtest.As(access.Village, tree.Village.Path)
		v, err := handOver(e, a, by, people.HandOverInput{
			Site: tree.Site.ID, On: today.AddDays(-10), NewHost: people.Newcomer{Name: "字新户", Standing: people.Villager, BirthYear: 1980},
			Head: members[1], Address: "新家院2号", Items: items, Note: "老户主去外省带孙子",
		})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(items, v.Items); d != "" || v.HostBefore.Person != members[0] || v.HostAfter.Name != "字新户" || !v.Moved() {
			t.Errorf("%+v %s", v, d)
		}
		e.See(t, func(tx *db.Tx) error {
			list, err := people.PostsOf(tx, by, people.SchoolInput{Site: tree.Site.ID})
			var got []string
			for _, p := range list.Items {
				got = append(got, string(p.Post)+" "+p.Name+" "+p.Since.String()+" "+p.Until.String())
			}
			host, head := names(t, e, members[0]), names(t, e, members[1])
			want := []string{
				"host 字新户 2026-11-13 ", "head " + head + " 2026-11-13 ", "host " + host + " 2023-03-01 2026-11-12", "head " + host + " 2023-03-01 2026-11-12",
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			s, bad := org.GetSite(tx, by, org.GetSiteInput{ID: tree.Site.ID})
			if bad != nil || s.Address != "新家院2号" || s.Code != tree.Site.Code {
				t.Errorf("%+v %v", s, bad)
			}
			return err
		})
		for name, tc := range map[string]struct {
			in   people.HandOverInput
			want string
		}{
			"on the same day":    {people.HandOverInput{On: today.AddDays(-10), Host: members[2]}, "people.handover_later"},
			"before it":          {people.HandOverInput{On: today.AddDays(-20), Host: members[2]}, "people.handover_later"},
			"nothing changes":    {people.HandOverInput{Head: members[1]}, "people.handover_nothing"},
			"in the future":      {people.HandOverInput{On: today.AddDays(1), Host: members[2]}, ""},
			"before the licence": {people.HandOverInput{On: date.New(2020, 1, 1), Host: members[2]}, "people.handover_before_licence"},
			"two hosts":          {people.HandOverInput{Host: members[2], NewHost: people.Newcomer{Name: "甲", Standing: people.Full}}, "people.handover_one_host"},
			"unknown thing":      {people.HandOverInput{Host: members[2], Items: []people.HandedItem{{Kind: "gun", State: "handed"}}}, "input.choice"},
			"a thing twice":      {people.HandOverInput{Host: members[2], Items: []people.HandedItem{items[0], items[0]}}, "input.choice"},
			"unknown state":      {people.HandOverInput{Host: members[2], Items: []people.HandedItem{{Kind: "key", State: "sold"}}}, "input.choice"},
			"no standing":        {people.HandOverInput{NewHost: people.Newcomer{Name: "甲"}}, "input.choice"},
			"nobody":             {people.HandOverInput{Host: people.PersonID{1}}, "people.missing"},
		} {
			tc.in.Site = tree.Site.ID
			_, err := handOver(e, a, by, tc.in)
			if err == nil || tc.want != "" && !fail.Is(err, tc.want) && !faulty(err, tc.want) {
				t.Errorf("%s: %v, want %q", name, err, tc.want)
			}
		}
		next, err := handOver(e, a, by, people.HandOverInput{Site: tree.Site.ID, Host: members[2]})
		if err != nil {
			t.Fatal(err)
		}
		first := people.HandoverInput{Site: tree.Site.ID, Handover: v.ID}
		if err := write(e, a.UndoHandover, by, first); !fail.Is(err, "people.handover_followed") {
			t.Errorf("the older one is undone: %v", err)
		}
		for _, which := range []people.HandoverID{next.ID, v.ID} {
			if err := write(e, a.UndoHandover, by, people.HandoverInput{Site: tree.Site.ID, Handover: which}); err != nil {
				t.Fatal(err)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			list, err := people.Holders(tx, tree.Site.ID, today)
			if len(list) != 2 || list[0].Person != members[0] || list[1].Person != members[0] {
				t.Errorf("after the undoing: %+v", list)
			}
			all, bad := people.Handovers(tx, by, people.SchoolInput{Site: tree.Site.ID})
			if len(all.Items) != 2 || all.Items[0].UndoneAt == nil || bad != nil {
				t.Errorf("history %+v %v", all.Items, bad)
			}
			return err
		})
		if _, err := handOver(e, a, by, people.HandOverInput{Site: tree.Site.ID, On: today.AddDays(-10), Host: members[2]}); err != nil {
			t.Errorf("again after the undoing: %v", err)
		}
	})
}

func names(t *testing.T, e *dbtest.Env, person people.PersonID) (name string) {
	t.Helper()
	e.See(t, func(tx *db.Tx) error {
		p, err := people.Find(tx, person)
		name = p.Name
		return err
	})
	return name
}

func faulty(err error, code string) bool {
	e, ok := fail.As(err)
	return ok && slices.ContainsFunc(e.Fields, func(f fail.Field) bool { return strings.HasPrefix(f.Code, code) })
}

// Who hands a school over, takes it back and reads about it, written by hand.
func TestRolesOnAHandover(t *testing.T) {
	const ok, no, hidden = fail.Kind(""), fail.ForbiddenAct, fail.Missing
	want := map[access.Role][2]fail.Kind{
		access.County: {ok, ok}, access.TownshipAdmin: {ok, ok}, access.Township: {ok, ok}, access.Village: {ok, ok},
		access.Auditor: {no, ok}, access.Secretary: {no, ok}, access.GroupLeader: {no, ok}, access.Host: {no, ok}, access.Head: {no, ok}, access.Resident: {no, ok},
		access.Lecturer: {hidden, hidden}, access.Cadre: {hidden, hidden}, access.Delegate: {hidden, hidden}, access.Trainee: {hidden, hidden},
	}
	want[access.GroupLeader] = [2]fail.Kind{hidden, hidden} // of a school he knows that it is there, of its people his group's
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, a := orgtest.County(t, e), peopletest.Area(t)
		members, _ := peopletest.Roster(t, e, tree, tree.Site, 2, 0)
		v, err := handOver(e, a, orgtest.By, people.HandOverInput{Site: tree.Site.ID, On: date.Of(dbtest.Start).AddDays(-1), Host: members[1]})
		if err != nil {
			t.Fatal(err)
		}
		in := people.HandoverInput{Site: tree.Site.ID, Handover: v.ID}
		try := func(where string, by access.Actor, want [2]fail.Kind) {
			_, err := handOver(e, a, by, people.HandOverInput{Site: tree.Site.ID, Host: members[1]})
			if fail.KindOf(err) == fail.InvalidInput { // nothing changes: he might have
				err = nil
			}
			reads := []error{err, nil, nil, nil}
			e.See(t, func(tx *db.Tx) error {
				_, reads[1] = people.GetHandover(tx, by, in)
				_, reads[2] = people.Handovers(tx, by, people.SchoolInput{Site: tree.Site.ID})
				_, reads[3] = people.PostsOf(tx, by, people.SchoolInput{Site: tree.Site.ID})
				return nil
			})
			for i, err := range reads {
				if got := fail.KindOf(err); got != want[min(i, 1)] {
					t.Errorf("%s, act %d: %v, want %q", where, i, err, want[min(i, 1)])
				}
			}
			if want[0] != ok {
				if got := fail.KindOf(write(e, a.UndoHandover, by, in)); got != want[0] {
					t.Errorf("%s undoes: %s", where, got)
				}
			}
		}
		for _, s := range tree.Inside() {
			try(s.Name+" inside", s.Actor, want[s.Role])
		}
		for _, s := range tree.Outside() {
			try(s.Name+" outside", s.Actor, [2]fail.Kind{hidden, hidden})
		}
		try("visitor", access.Visitor(), [2]fail.Kind{fail.Unauthenticated, fail.Unauthenticated})
		for role, kinds := range want {
			if kinds[0] != ok {
				continue
			}
			v, err := handOver(e, a, orgtest.By, people.HandOverInput{Site: tree.Sister.ID, Host: members[0]})
			if err == nil {
				err = write(e, a.UndoHandover, tree.Inside()[slices.Index(access.Roles, role)].Actor, people.HandoverInput{Site: tree.Sister.ID, Handover: v.ID})
			}
			if err != nil {
				t.Errorf("%s undoes: %v", role, err)
			}
		}
	})
}

// Two hand a school over at once: one of them does.
func TestHandOverTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, a := orgtest.County(t, e), peopletest.Area(t)
		members, _ := peopletest.Roster(t, e, tree, tree.Site, 3, 0)
		errs := make(chan error, 2)
		for i := range 2 {
			go func() {
				_, err := handOver(e, a, orgtest.By, people.HandOverInput{Site: tree.Site.ID, Host: members[i+1]})
				errs <- err
			}()
		}
		one, two := <-errs, <-errs
		if one != nil {
			one, two = two, one
		}
		if one != nil || !fail.Is(two, "people.handover_later") {
			t.Errorf("%v, %v", one, two)
		}
	})
}
