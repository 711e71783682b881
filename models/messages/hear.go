package messages

import (
	"slices"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
)

// draft is a message before it is known who gets it.
type draft struct {
	kind     Kind
	object   string
	id       ObjectID
	sequence int
	unit     org.UnitID
	facts    Facts
	week     date.Date // Monday, of a digest
	to       []access.AccountID
}

// Hear makes messages of what other areas tell, in their units of work; app registers it by [Area.Listen].
func (a *Area) Hear(tx *db.Tx, event any) error {
	switch e := event.(type) {
	case calendar.DaysChanged:
		return a.hearDays(tx, e)
	case calendar.RequestChanged:
		return a.hearRequest(tx, e)
	case exchange.GroupsChanged:
		return a.hearGroups(tx, e)
	}
	return nil
}

// ofDays are the kinds of messages to the house.
var ofDays = map[calendar.What]Kind{
	calendar.WhatAnnounced: DayAnnounced, calendar.WhatMoved: DayMoved, calendar.WhatRuled: DayRuled, calendar.WhatOff: DayOff, calendar.WhatOn: DayOn,
}

// hearDays tells the people of the house. Days of a school that changed in the same way by the same act are one message, about
// the nearest of them.
func (a *Area) hearDays(tx *db.Tx, e calendar.DaysChanged) error {
	type same struct {
		site org.SiteID
		kind Kind
	}
	var drafts []draft
	of, objects := map[same]int{}, make([]ObjectID, len(e.Days))
	for i, d := range e.Days {
		objects[i] = ObjectID(d.Day)
		kind, tells := ofDays[d.What]
		if !tells {
			continue
		}
		next := draft{
			kind: kind, object: ofDay, id: ObjectID(d.Day), sequence: d.Sequence, unit: org.SiteUnit(d.Site),
			facts: Facts{On: d.On, Was: d.Was, Hour: d.Hour, Reason: d.Reason},
		}
		at, seen := of[same{d.Site, kind}]
		if !seen {
			of[same{d.Site, kind}] = len(drafts)
			drafts = append(drafts, next)
			continue
		}
		next.facts.More = drafts[at].facts.More + 1
		if next.facts.On.Before(drafts[at].facts.On) {
			drafts[at] = next
		} else {
			drafts[at].facts.More = next.facts.More
		}
	}
	if err := overtake(tx, objects); err != nil {
		return err
	}
	if err := toHouses(tx, drafts); err != nil {
		return err
	}
	return a.deliver(tx, e.By, drafts)
}

// toHouses gives each draft the hosts and heads of its school.
func toHouses(tx *db.Tx, drafts []draft) error {
	units := make([]org.UnitID, len(drafts))
	for i, d := range drafts {
		units[i] = d.unit
	}
	found, err := accounts.Holding(tx, units, access.Host, access.Head)
	for i := range drafts {
		drafts[i].to = found[drafts[i].unit]
	}
	return err
}

// hearRequest tells the township's clerks that a request waits, and those of the house and who asked when it was refused. That it was
// agreed to, the day's own message tells.
func (a *Area) hearRequest(tx *db.Tx, e calendar.RequestChanged) error {
	if err := overtake(tx, []ObjectID{ObjectID(e.Request)}); err != nil {
		return err
	}
	d := draft{
		kind: CancelAsked, object: ofRequest, id: ObjectID(e.Request), unit: org.SiteUnit(e.Day.Site),
		facts: Facts{On: e.Day.On, Hour: e.Day.Hour, Reason: e.Day.Reason},
	}
	var err error
	switch {
	case e.Open:
		d.to, err = clerks(tx, d.unit)
	case e.Refused:
		d.kind, d.sequence = CancelRefused, 1
		var house map[org.UnitID][]access.AccountID
		house, err = accounts.Holding(tx, []org.UnitID{d.unit}, access.Host, access.Head)
		if d.to = house[d.unit]; !e.AskedBy.IsZero() && !slices.Contains(d.to, e.AskedBy) {
			d.to = append(d.to, e.AskedBy)
		}
	default:
		return nil
	}
	if err != nil {
		return err
	}
	return a.deliver(tx, e.By, []draft{d})
}

// clerks are the accounts of the township that a unit lies in.
func clerks(tx *db.Tx, unit org.UnitID) ([]access.AccountID, error) {
	chain, err := org.Chain(tx, unit)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(chain, func(u org.Unit) bool { return u.Kind == org.Township })
	if at < 0 {
		return nil, nil
	}
	found, err := accounts.Holding(tx, []org.UnitID{chain[at].ID}, access.TownshipAdmin, access.Township)
	return found[chain[at].ID], err
}

var ofGroups = map[exchange.What]Kind{
	exchange.WhatPlanned: GroupPlanned, exchange.WhatChanged: GroupChanged, exchange.WhatOff: GroupOff, exchange.WhatOn: GroupOn, exchange.WhatLeft: GroupLeft,
}

// hearGroups tells the people of each house that takes part.
func (a *Area) hearGroups(tx *db.Tx, e exchange.GroupsChanged) error {
	var drafts []draft
	objects := make([]ObjectID, len(e.Groups))
	for i, g := range e.Groups {
		objects[i] = ObjectID(g.Group)
		for _, site := range g.Sites {
			if kind, tells := ofGroups[g.What]; tells {
				drafts = append(drafts, draft{
					kind: kind, object: ofGroup, id: ObjectID(g.Group), sequence: g.Sequence, unit: org.SiteUnit(site),
					facts: Facts{On: g.On, Hour: g.Hour, Reason: g.Reason},
				})
			}
		}
	}
	if err := overtake(tx, objects); err != nil {
		return err
	}
	if err := toHouses(tx, drafts); err != nil {
		return err
	}
	return a.deliver(tx, e.By, drafts)
}
