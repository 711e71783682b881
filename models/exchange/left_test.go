package exchange_test

import (
	"context"
	"testing"

	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// calendarOf is what stands in the calendars of schools, by group and school.
func calendarOf(t *testing.T, e *dbtest.Env, sites ...org.SiteID) map[exchange.GroupID]map[org.SiteID]exchange.Entry {
	t.Helper()
	out := map[exchange.GroupID]map[org.SiteID]exchange.Entry{}
	e.See(t, func(tx *db.Tx) error {
		entries, err := exchange.Entries(tx, sites, date.New(2026, 10, 1))
		for _, v := range entries {
			if out[v.Group] == nil {
				out[v.Group] = map[org.SiteID]exchange.Entry{}
			}
			if _, twice := out[v.Group][v.Site]; twice {
				t.Errorf("%s has %s twice", v.Site, v.Group)
			}
			out[v.Group][v.Site] = v
		}
		return err
	})
	return out
}

func sitesOf(v exchange.WeekView) (out []org.SiteID) {
	for _, g := range v.Groups {
		for _, s := range g.Schools() {
			out = append(out, s.ID)
		}
	}
	return out
}

// A group that is drawn anew, and a place that a school loses by a swap, stay in the calendars of those who had it as cancelled, with a
// sequence that has grown; taken back, they stand again.
func TestNothingIsForgotten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		bigTown(t, e, tree, 8)
		week(t, e, tree.Township.ID, wed)
		first := plan(t, e, tree.Township.ID, q4, false)
		sites := sitesOf(first)
		before := calendarOf(t, e, sites...)
		if len(before) != 4 || len(sites) != 8 {
			t.Fatalf("%d groups of %d schools", len(before), len(sites))
		}
		if again := plan(t, e, tree.Township.ID, q4, true); len(calendarOf(t, e, sites...)) != 4 || again.Groups[0].Sequence != 0 {
			t.Error("drawn anew with nothing new, groups were made anew")
		}
		a, b := first.Groups[0], first.Groups[1]
		out, in := a.Guests[0].ID, b.Guests[0].ID
		swap := func(site, with org.SiteID) {
			t.Helper()
			e.Do(t, func(tx *db.Tx) error {
				_, err := area.Swap(tx, orgtest.By, exchange.SwapInput{ID: a.ID, Site: site, With: with})
				return err
			})
		}
		swap(out, in)
		now := calendarOf(t, e, sites...)
		if old := now[a.ID][out]; !old.Cancelled || old.Sequence <= before[a.ID][out].Sequence || now[b.ID][out].Cancelled || now[a.ID][in].Cancelled {
			t.Errorf("swapped: %+v", now[a.ID])
		}
		swap(in, out)
		if back := calendarOf(t, e, sites...); back[a.ID][out].Cancelled || !back[a.ID][in].Cancelled || back[a.ID][out].Sequence <= now[a.ID][out].Sequence {
			t.Errorf("swapped back: %+v", back[a.ID])
		}
		// A school less, and one of the two groups that nobody touched cannot stay: both are drawn anew.
		gone := first.Groups[2]
		e.Do(t, func(tx *db.Tx) error {
			_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: gone.Guests[0].ID, State: org.Suspended, Note: "整改"})
			return err
		})
		plan(t, e, tree.Township.ID, q4, true)
		dropped := calendarOf(t, e, sites...)[gone.ID]
		for _, s := range gone.Schools() {
			if got := dropped[s.ID]; !got.Cancelled || got.Sequence != 1 || got.HostName == "" || got.HeldOn != gone.HeldOn {
				t.Errorf("drawn anew: %+v", got)
			}
		}
		refuseDissolved(t, e, gone)
	})
}

// refuseDissolved holds that a group that was drawn anew is not there for anybody who would change it.
func refuseDissolved(t *testing.T, e *dbtest.Env, g exchange.GroupView) {
	t.Helper()
	for name, op := range map[string]func(tx *db.Tx) error{
		"get": func(tx *db.Tx) error { _, err := area.Get(tx, orgtest.By, exchange.GroupInput{ID: g.ID}); return err },
		"restore": func(tx *db.Tx) error {
			_, err := area.Restore(tx, orgtest.By, exchange.GroupInput{ID: g.ID})
			return err
		},
		"call off": func(tx *db.Tx) error {
			_, err := area.CallOff(tx, orgtest.By, exchange.CallOffInput{ID: g.ID, Reason: calendar.Road})
			return err
		},
	} {
		if err := e.Write(context.Background(), op); fail.KindOf(err) != fail.Missing {
			t.Errorf("%s: %v", name, err)
		}
	}
	e.See(t, func(tx *db.Tx) error {
		m, ok, err := exchange.Joint(tx, g.SessionID)
		if !ok || m.State != exchange.Dissolved || len(m.Guests) != len(g.Guests) {
			t.Errorf("its session: %+v %v", m, ok)
		}
		return err
	})
}
