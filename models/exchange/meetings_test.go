package exchange_test

import (
	"slices"
	"testing"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
)

// A meeting stands in the calendars of those who take part, and of who looks after one of them; the week in its township's.
func TestMeetings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		week(t, e, tree.Township.ID, wed)
		week(t, e, tree.Township2.ID, wed.AddDays(7))
		g := plan(t, e, tree.Township.ID, q4, false).Groups[0]
		ask := func(by access.Actor, in exchange.MeetingsInput) (v exchange.MeetingsView) {
			in.From, in.To = date.New(2026, 12, 1), date.New(2026, 12, 31)
			e.See(t, func(tx *db.Tx) (err error) { v, err = exchange.Meetings(tx, by, in); return err })
			return v
		}
		v := ask(orgtest.By, exchange.MeetingsInput{})
		if len(v.Items) != 1 || len(v.Weeks) != 2 || v.Weeks[0].Township != "凤山镇" || v.Weeks[0].Monday != wed.AddDays(-2) {
			t.Fatalf("%+v", v)
		}
		m := v.Items[0]
		if m.ID != g.ID || m.HeldOn != g.HeldOn || m.Host != g.Host || !slices.Equal(m.Guests, g.Guests) || m.Township != "凤山镇" || m.State != exchange.Planned {
			t.Errorf("%+v, want %+v", m, g)
		}
		for name, c := range map[string]struct {
			by           access.Actor
			in           exchange.MeetingsInput
			items, weeks int
		}{
			"a guest":         {orgtest.As(access.Host, tree.Neighbour.Path), exchange.MeetingsInput{}, 1, 1},
			"the branch":      {orgtest.As(access.Secretary, tree.Branch.Path), exchange.MeetingsInput{}, 1, 1},
			"who is not in":   {orgtest.As(access.Host, tree.Far.Path), exchange.MeetingsInput{}, 0, 1},
			"one school":      {orgtest.By, exchange.MeetingsInput{Site: tree.Sister.ID}, 1, 1},
			"one township":    {orgtest.By, exchange.MeetingsInput{Under: tree.Township2.Code}, 0, 1},
			"another's clerk": {orgtest.As(access.Township, tree.Township2.Path), exchange.MeetingsInput{Under: tree.Township.Code}, 0, 0},
		} {
			if got := ask(c.by, c.in); len(got.Items) != c.items || len(got.Weeks) != c.weeks {
				t.Errorf("%s: %+v", name, got)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			_, err := exchange.Meetings(tx, orgtest.By, exchange.MeetingsInput{From: wed, To: wed.AddDays(-1)})
			if f, ok := fail.As(err); !ok || len(f.Fields) != 1 || f.Fields[0].Code != "calendar.span" {
				t.Errorf("%v", err)
			}
			return nil
		})
	})
}
