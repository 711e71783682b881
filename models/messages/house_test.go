package messages_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/messages"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// house is a county whose area of messages listens.
type house struct {
	*dbtest.Env
	t     *testing.T
	tree  orgtest.Tree
	area  *messages.Area
	host  access.Actor
	head  access.Actor
	clerk access.Actor
	far   access.Actor // host of a school of the other township
}

// night is the usual quiet part of the day.
var night = messages.Quiet{From: 21 * 60, Until: 7 * 60}

func open(t *testing.T, e *dbtest.Env, sms bool) house {
	t.Helper()
	h := house{Env: e, t: t, tree: orgtest.County(t, e), area: messages.New(peopletest.Area(t), night, sms)}
	h.area.Listen(e.DB)
	member := peopletest.Add(t, e, h.tree, peopletest.Person{Site: h.tree.Site.ID, Post: people.Host})
	h.host = accountstest.Of(t, e, member, access.Host, org.SiteUnit(h.tree.Site.ID))
	h.head = accountstest.As(t, e, access.Head, org.SiteUnit(h.tree.Site.ID))
	h.clerk = accountstest.As(t, e, access.Township, h.tree.Township.ID)
	h.far = accountstest.As(t, e, access.Host, org.SiteUnit(h.tree.Far.ID))
	calendartest.Rule(t, e, h.tree.Township.ID, calendartest.OnDay(26))
	return h
}

// day is the day of a month of the first school.
func (h house) day(m string) calendar.DayView {
	h.t.Helper()
	month, err := date.ParseMonth(m)
	if err != nil {
		h.t.Fatal(err)
	}
	return calendartest.Day(h.t, h.Env, h.tree.Site.ID, month)
}

func on(s string) date.Date {
	d, err := date.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (h house) inbox(by access.Actor) (items []messages.View) {
	h.t.Helper()
	h.See(h.t, func(tx *db.Tx) error {
		page, err := messages.List(tx, by, messages.ListInput{})
		items = page.Items
		return err
	})
	return items
}

// news are the kinds that wait to be read, newest first.
func (h house) news(by access.Actor) (kinds []messages.Kind) {
	h.t.Helper()
	for _, m := range h.inbox(by) {
		if m.New() {
			kinds = append(kinds, m.Kind)
		}
	}
	return kinds
}

func (h house) want(by access.Actor, who string, kinds ...messages.Kind) {
	h.t.Helper()
	if got := h.news(by); !slices.Equal(got, kinds) {
		h.t.Errorf("%s has %v waiting, want %v", who, got, kinds)
	}
}

// do runs an op.
func do[In, Out any](h house, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out) {
	h.t.Helper()
	h.Do(h.t, func(tx *db.Tx) (err error) { out, err = op(tx, by, in); return err })
	return out
}

// try is do for what may be refused.
func try[In, Out any](h house, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) error {
	return h.Write(context.Background(), func(tx *db.Tx) error { _, err := op(tx, by, in); return err })
}

func (h house) holds(text string, parts ...string) {
	h.t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			h.t.Errorf("%q does not hold %q", text, p)
		}
	}
}
