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
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// lane is a villagers' group with people in it.
func lane(t *testing.T, e *dbtest.Env, village org.UnitID, names ...string) (group org.UnitID, who []people.PersonID) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		who = nil
		u, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: "王家院组", Parent: village})
		group = u.ID
		for _, name := range names {
			if err != nil {
				return err
			}
			var v people.View
			v, err = people.Add(tx, orgtest.By, people.AddInput{
				Details: people.Details{Name: name, Village: village, VillageGroup: group}, Standing: people.Villager, Since: orgtest.LicensedOn,
			})
			who = append(who, v.ID)
		}
		return err
	})
	return group, who
}

func named(lines []people.GroupLine) (out []string) {
	for _, l := range lines {
		out = append(out, l.Name)
	}
	return out
}

// A whole villagers' group comes onto a roster but for who is there already or gone, goes off it again, and both are taken back.
func TestWholeGroup(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		site, clerk := tree.Site.ID, orgtest.As(access.Village, tree.Village.Path)
		group, who := lane(t, e, tree.Village.ID, "甲", "乙", "丙", "丁")
		day := date.Of(e.Clock.Now())
		for _, err := range []error{
			write(e, people.Enrol, clerk, people.EnrolInput{Site: site, Person: who[1], Since: orgtest.LicensedOn}),
			write(e, people.SetLife, clerk, people.SetLifeInput{Person: who[3], State: people.Dead, Since: day.AddDays(-9)}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		on := people.GroupInput{Site: site, Group: group, Way: people.GoesOn, On: day.AddDays(-3)}
		v := read(t, e, people.PreviewGroup, clerk, on)
		if diff := cmp.Diff([]string{"丙", "甲"}, named(v.People)); diff != "" || len(v.Stay) != 1 || v.Stay[0].Name != "乙" {
			t.Fatalf("%s\n%+v", diff, v)
		}
		on.People = 3
		if err := write(e, people.MoveGroup, clerk, on); !fail.Is(err, "people.group_changed") {
			t.Fatalf("others than were shown: %v", err)
		}
		on.People = 2
		if err := write(e, people.MoveGroup, clerk, on); err != nil {
			t.Fatal(err)
		}
		if err := write(e, people.MoveGroup, clerk, people.GroupInput{Site: site, Group: group, Way: people.GoesOn}); !fail.Is(err, "people.group_nobody") {
			t.Fatalf("again: %v", err)
		}
		wantRoster(t, e, site, day, "丙 villager", "乙 villager", "甲 villager")
		wantRoster(t, e, site, day.AddDays(-4), "乙 villager")

		off := people.GroupInput{Site: site, Group: group, Way: people.GoesOff, On: day.AddDays(-3)}
		if v = read(t, e, people.PreviewGroup, clerk, off); len(v.People) != 1 || len(v.Stay) != 2 {
			t.Fatalf("off from the day they came: %+v", v)
		}
		off.On = day
		if err := write(e, people.MoveGroup, clerk, off); err != nil {
			t.Fatal(err)
		}
		wantRoster(t, e, site, day)
		acts := read(t, e, people.GroupActs, clerk, people.RosterInput{Site: site}).Items
		if len(acts) != 2 || acts[0].Way+acts[1].Way != "offon" && acts[0].Way+acts[1].Way != "onoff" {
			t.Fatalf("%+v", acts)
		}
		byWay := map[people.Way]people.GroupActID{acts[0].Way: acts[0].ID, acts[1].Way: acts[1].ID}
		undo := people.UndoGroupInput{Site: site, Act: byWay[people.GoesOff]}
		if err := write(e, people.UndoGroup, clerk, undo); err != nil {
			t.Fatal(err)
		}
		wantRoster(t, e, site, day, "丙 villager", "乙 villager", "甲 villager")
		if err := write(e, people.UndoGroup, clerk, undo); !fail.Is(err, "people.group_undone") {
			t.Fatalf("twice: %v", err)
		}
		if err := write(e, people.Leave, clerk, people.LeaveInput{Site: site, Person: who[0], From: day}); err != nil {
			t.Fatal(err)
		}
		if err := write(e, people.UndoGroup, clerk, people.UndoGroupInput{Site: site, Act: byWay[people.GoesOn]}); err != nil {
			t.Fatal(err)
		}
		wantRoster(t, e, site, day, "乙 villager")
		wantRoster(t, e, site, day.AddDays(-1), "乙 villager", "甲 villager") // who was taken off by himself since is left as he is
	})
}

func wantRoster(t *testing.T, e *dbtest.Env, site org.SiteID, day date.Date, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, rosterOn(t, e, site, day)); diff != "" {
		t.Errorf("on %s:\n%s", day, diff)
	}
}

// Whoever keeps the school but not the group, or the group but not the school, moves nobody.
func TestWholeGroupOfOthers(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	group, _ := lane(t, e, tree.Village.ID, "甲")
	far, _ := lane(t, e, tree.Far.ParentID, "乙")
	clerk := orgtest.As(access.Village, tree.Village.Path)
	for _, c := range []struct {
		by   access.Actor
		in   people.GroupInput
		want fail.Kind
	}{
		{clerk, people.GroupInput{Site: tree.Site.ID, Group: far, Way: people.GoesOn}, fail.InvalidInput},
		{clerk, people.GroupInput{Site: tree.Far.ID, Group: group, Way: people.GoesOn}, fail.Missing},
		{orgtest.As(access.Host, tree.Site.Path), people.GroupInput{Site: tree.Site.ID, Group: group, Way: people.GoesOn}, fail.ForbiddenAct},
	} {
		if err := write(e, people.MoveGroup, c.by, c.in); fail.KindOf(err) != c.want {
			t.Errorf("%+v: %v", c.in, err)
		}
	}
}

// Two clerks who put the same group on at once put everybody on once.
func TestWholeGroupTwiceAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		group, who := lane(t, e, tree.Village.ID, "甲", "乙", "丙")
		in := people.GroupInput{Site: tree.Site.ID, Group: group, Way: people.GoesOn}
		var all sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			all.Go(func() {
				errs[i] = e.Write(context.Background(), func(tx *db.Tx) error {
					_, err := people.MoveGroup(tx, orgtest.By, in)
					return err
				})
			})
		}
		all.Wait()
		done := 0
		for _, err := range errs {
			switch {
			case err == nil:
				done++
			case !fail.Is(err, "people.group_nobody"):
				t.Error(err)
			}
		}
		if on := rosterOn(t, e, tree.Site.ID, date.Of(e.Clock.Now())); done != 1 || len(on) != len(who) {
			t.Errorf("%d did it, on the roster stand %v", done, on)
		}
	})
}
