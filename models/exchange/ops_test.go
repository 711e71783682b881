package exchange_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

var (
	q4   = date.NewQuarter(2026, 4)
	wed  = date.New(2026, 12, 9)
	area = exchange.New()
)

func week(t *testing.T, e *dbtest.Env, unit org.UnitID, day date.Date) (v exchange.WeekView) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) (err error) {
		v, err = area.SetWeek(tx, orgtest.By, exchange.SetWeekInput{Unit: unit, Quarter: date.QuarterOf(day), Day: day})
		return err
	})
	return v
}

func plan(t *testing.T, e *dbtest.Env, unit org.UnitID, quarter date.Quarter, anew bool) (v exchange.WeekView) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) (err error) {
		v, err = area.Plan(tx, orgtest.By, exchange.PlanInput{Unit: unit, Quarter: quarter, Anew: anew})
		return err
	})
	return v
}

// A quarter from the week to the meeting: set, planned, planned again without effect, changed by hand.
func TestAQuarter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		town := tree.Township.ID
		err := e.Write(context.Background(), func(tx *db.Tx) error {
			_, err := area.Plan(tx, orgtest.By, exchange.PlanInput{Unit: town, Quarter: q4})
			return err
		})
		if !fail.Is(err, "exchange.no_week") {
			t.Errorf("planned without a week: %v", err)
		}
		if v := week(t, e, town, wed); v.Monday != date.New(2026, 12, 7) || len(v.Alone) != 3 || len(v.Groups) != 0 {
			t.Errorf("%+v", v)
		}
		first := plan(t, e, town, q4, false)
		if len(first.Groups) != 1 || len(first.Alone) != 0 || len(first.Groups[0].Guests) != 2 {
			t.Fatalf("%+v", first)
		}
		g := first.Groups[0]
		if diff := cmp.Diff([]exchange.Why{{Code: "never_met"}, {Code: "lessons_differ"}, {Code: "three"}, {Code: "turn"}}, g.Why); diff != "" {
			t.Error(diff)
		}
		if g.HeldOn != date.New(2026, 12, 7) || g.Hour != "20:00" || g.SessionID != exchange.SessionOf(g.ID) {
			t.Errorf("%+v", g)
		}
		if diff := cmp.Diff(first, plan(t, e, town, q4, false), cmpopts.EquateComparable(date.Date{}, date.Quarter{})); diff != "" {
			t.Errorf("planned again: %s", diff)
		}
		if v := week(t, e, town, wed.AddDays(7)); v.Groups[0].HeldOn != date.New(2026, 12, 14) || v.Groups[0].Sequence != 1 {
			t.Errorf("the meeting did not move with its week: %+v", v.Groups[0])
		}
		byHand(t, e, tree, g)
	})
}

func byHand(t *testing.T, e *dbtest.Env, tree orgtest.Tree, g exchange.GroupView) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		host := orgtest.As(access.Host, schoolPath(tx, t, g.Host.ID))
		moved, err := area.Move(tx, host, exchange.MoveInput{ID: g.ID, To: date.New(2026, 12, 18), Hour: "19:30"})
		if moved.HeldOn != date.New(2026, 12, 18) || moved.Hour != "19:30" || !moved.ByHand || moved.Why[0].Code != "by_hand" {
			t.Errorf("%+v", moved)
		}
		_, bad := area.Move(tx, host, exchange.MoveInput{ID: g.ID, To: date.New(2027, 1, 1), Hour: "8"})
		f, _ := fail.As(bad)
		if f == nil || len(f.Fields) != 2 {
			t.Errorf("%v", bad)
		}
		guest := g.Guests[0].ID
		v, err2 := area.SetHost(tx, orgtest.By, exchange.HostInput{ID: g.ID, Host: guest})
		if v.Host.ID != guest || len(v.Guests) != 2 {
			t.Errorf("%+v", v)
		}
		return errors.Join(err, err2)
	})
	// A school that loses its licence leaves the group, and its hosting; the others stay together.
	e.Do(t, func(tx *db.Tx) error {
		_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: g.Guests[0].ID, State: org.Suspended, Note: "整改"})
		return err
	})
	left := plan(t, e, tree.Township.ID, q4, false)
	if len(left.Groups) != 1 || len(left.Groups[0].Guests) != 1 || left.Groups[0].Host.ID == g.Guests[0].ID || left.Groups[0].ID != g.ID {
		t.Errorf("%+v", left)
	}
	// With its licence again it comes in as the third.
	e.Do(t, func(tx *db.Tx) error {
		_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: g.Guests[0].ID, State: org.Licensed})
		return err
	})
	if again := plan(t, e, tree.Township.ID, q4, false); len(again.Groups) != 1 || len(again.Groups[0].Guests) != 2 || len(again.Alone) != 0 {
		t.Errorf("%+v", again)
	}
	e.Do(t, func(tx *db.Tx) error {
		off, err := area.CallOff(tx, orgtest.By, exchange.CallOffInput{ID: g.ID, Reason: calendar.HostAway})
		if off.State != exchange.CalledOff || off.Reason != calendar.HostAway {
			t.Errorf("%+v", off)
		}
		_, bad := area.CallOff(tx, orgtest.By, exchange.CallOffInput{ID: g.ID, Reason: calendar.HostAway})
		if !fail.Is(bad, "exchange.not_open") {
			t.Error(bad)
		}
		back, err2 := area.Restore(tx, orgtest.By, exchange.GroupInput{ID: g.ID})
		if back.State != exchange.Planned || back.Reason != "" {
			t.Errorf("%+v", back)
		}
		return errors.Join(err, err2)
	})
}

func schoolPath(tx *db.Tx, t *testing.T, site org.SiteID) string {
	t.Helper()
	s, err := org.FindSchool(tx, site)
	if err != nil {
		t.Fatal(err)
	}
	return s.Path
}

// bigTown adds schools to the first township until it has n.
func bigTown(t *testing.T, e *dbtest.Env, tree orgtest.Tree, n int) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		for i := 3; i < n; i++ {
			village := []org.UnitID{tree.Village.ID, tree.Village2.ID}[i%2]
			_, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: village, Name: "家庭党校", LicensedOn: orgtest.LicensedOn})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Two schools change places, and back; a host that goes hands the hosting over.
func TestSwap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		bigTown(t, e, tree, 8)
		week(t, e, tree.Township.ID, wed)
		v := plan(t, e, tree.Township.ID, q4, false)
		if len(v.Groups) != 4 {
			t.Fatalf("%d groups", len(v.Groups))
		}
		a, b := v.Groups[0], v.Groups[1]
		if a.HeldOn == b.HeldOn {
			t.Errorf("both on %s", a.HeldOn)
		}
		swap := func(g exchange.GroupID, site, with org.SiteID) (v exchange.GroupView, err error) {
			err = e.Write(context.Background(), func(tx *db.Tx) (err error) {
				v, err = area.Swap(tx, orgtest.By, exchange.SwapInput{ID: g, Site: site, With: with})
				return err
			})
			return v, err
		}
		got, err := swap(a.ID, a.Host.ID, b.Guests[0].ID)
		if err != nil || got.Host.ID != b.Guests[0].ID || got.Guests[0].ID != a.Guests[0].ID {
			t.Fatalf("%+v %v", got, err)
		}
		if back, err := swap(a.ID, b.Guests[0].ID, a.Host.ID); err != nil || back.Host.ID != a.Host.ID {
			t.Errorf("%+v %v", back, err)
		}
		for _, with := range []org.SiteID{{}, a.Guests[0].ID, tree.Far.ID} {
			if _, err := swap(a.ID, a.Host.ID, with); fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("swapped with %s: %v", with, err)
			}
		}
		now := plan(t, e, tree.Township.ID, q4, true)
		if len(now.Groups) != 4 || !contains(now, a.ID) || !contains(now, b.ID) {
			t.Errorf("drawn anew, what was changed by hand did not stay: %+v", now)
		}
	})
}

func contains(v exchange.WeekView, id exchange.GroupID) bool {
	for _, g := range v.Groups {
		if g.ID == id {
			return true
		}
	}
	return false
}

// Two clerks plan at once: every school has one group.
func TestPlanAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		bigTown(t, e, tree, 9)
		week(t, e, tree.Township.ID, wed)
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				err := e.Write(context.Background(), func(tx *db.Tx) error {
					_, err := area.Plan(tx, orgtest.By, exchange.PlanInput{Unit: tree.Township.ID, Quarter: q4, Anew: i%2 == 1})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		e.See(t, func(tx *db.Tx) error {
			v, err := area.Week(tx, orgtest.By, exchange.WeekInput{Unit: tree.Township.ID, Quarter: q4})
			n := 0
			for _, g := range v.Groups {
				n += 1 + len(g.Guests)
			}
			if n != 9 || len(v.Groups) != 4 || len(v.Alone) != 0 {
				t.Errorf("%d schools in %d groups, %d alone", n, len(v.Groups), len(v.Alone))
			}
			return err
		})
	})
}

func TestWhoMay(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	week(t, e, tree.Township.ID, wed)
	g := plan(t, e, tree.Township.ID, q4, false).Groups[0]
	office := map[access.Role]bool{access.County: true, access.TownshipAdmin: true, access.Township: true}
	sees := map[access.Role]bool{access.County: true, access.Auditor: true, access.TownshipAdmin: true, access.Township: true, access.Lecturer: true, access.Delegate: true}
	hosts := map[access.Role]bool{access.County: true, access.TownshipAdmin: true, access.Township: true, access.Village: true, access.Host: true, access.Head: true}
	visitor := orgtest.Seat{Name: "visitor", Actor: access.Visitor()}
	for i, seat := range append(append(tree.Inside(), visitor), tree.Outside()...) {
		inside := i <= len(tree.Inside())
		try := func(what string, may bool, do func(tx *db.Tx) error) {
			t.Helper()
			err := e.Write(context.Background(), func(tx *db.Tx) error { return errors.Join(do(tx), errBack) })
			if got := !slices.Contains([]fail.Kind{fail.ForbiddenAct, fail.Missing, fail.Unauthenticated}, fail.KindOf(err)); got != may {
				t.Errorf("%s (inside %v) %s: %v, want %v: %v", seat.Name, inside, what, got, may, err)
			}
		}
		in := exchange.GroupInput{ID: g.ID}
		try("sees the week", inside && sees[seat.Role], func(tx *db.Tx) error {
			_, err := area.Week(tx, seat.Actor, exchange.WeekInput{Unit: tree.Township.ID, Quarter: q4})
			return err
		})
		try("sees the school's group", inside && seat.Role != "", func(tx *db.Tx) error {
			_, err := area.OfSite(tx, seat.Actor, exchange.SiteInput{Site: tree.Site.ID, Quarter: q4})
			return err
		})
		try("sees the group", inside && seat.Role != "", func(tx *db.Tx) error { _, err := area.Get(tx, seat.Actor, in); return err })
		try("sets the week", inside && office[seat.Role], func(tx *db.Tx) error {
			_, err := area.SetWeek(tx, seat.Actor, exchange.SetWeekInput{Unit: tree.Township.ID, Quarter: q4, Day: wed})
			return err
		})
		try("plans", inside && office[seat.Role], func(tx *db.Tx) error {
			_, err := area.Plan(tx, seat.Actor, exchange.PlanInput{Unit: tree.Township.ID, Quarter: q4})
			return err
		})
		try("sets the host", inside && office[seat.Role], func(tx *db.Tx) error {
			_, err := area.SetHost(tx, seat.Actor, exchange.HostInput{ID: g.ID, Host: g.Guests[0].ID})
			return err
		})
		try("swaps", inside && office[seat.Role], func(tx *db.Tx) error {
			_, err := area.Swap(tx, seat.Actor, exchange.SwapInput{ID: g.ID, Site: g.Host.ID, With: tree.Far.ID})
			return err
		})
		try("calls off and restores", inside && office[seat.Role], func(tx *db.Tx) error {
			_, err := area.CallOff(tx, seat.Actor, exchange.CallOffInput{ID: g.ID, Reason: calendar.Road})
			if err == nil {
				_, err = area.Restore(tx, seat.Actor, in)
			}
			return err
		})
		if g.Host.ID == tree.Site.ID {
			try("moves", inside && hosts[seat.Role], func(tx *db.Tx) error {
				_, err := area.Move(tx, seat.Actor, exchange.MoveInput{ID: g.ID, To: wed, Hour: "20:00"})
				return err
			})
		}
	}
}

var errBack = errors.New("taken back")

// Schools of one villagers' group meet first, and are told why.
func TestNearByVillageGroup(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		bigTown(t, e, tree, 8)
		sites := []org.SiteID{tree.Site.ID}
		e.Do(t, func(tx *db.Tx) error {
			u, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: "王家院", Parent: tree.Village.ID})
			if err != nil {
				return err
			}
			found, err := org.Sites(tx, orgtest.By, org.SitesInput{Under: tree.Village.Code})
			if err != nil {
				return err
			}
			sites = append(sites, found.Items[len(found.Items)-1].ID)
			for _, s := range sites {
				school, err := org.FindSchool(tx, s)
				if err != nil {
					return err
				}
				if _, err := org.EditSite(tx, orgtest.By, org.EditSiteInput{Site: s, Name: school.Name, VillageGroup: u.ID}); err != nil {
					return err
				}
			}
			return nil
		})
		week(t, e, tree.Township.ID, wed)
		for _, g := range plan(t, e, tree.Township.ID, q4, false).Groups {
			near := slices.Contains(g.Why, exchange.Why{Code: "same_group"})
			both := g.Host.ID == sites[0] && g.Guests[0].ID == sites[1] || g.Host.ID == sites[1] && g.Guests[0].ID == sites[0]
			if near != both {
				t.Errorf("%s with %s: %+v", g.Host.Code, g.Guests[0].Code, g.Why)
			}
			if both = both || slices.Contains(g.Why, exchange.Why{Code: "same_village"}); !both {
				t.Errorf("%s with %s across villages: %+v", g.Host.Code, g.Guests[0].Code, g.Why)
			}
		}
	})
}
