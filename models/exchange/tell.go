package exchange

import (
	"slices"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// What has become of a group, for its schools.
type What string

// What the events of this package say.
const (
	WhatPlanned What = "planned" // a new group
	WhatChanged What = "changed" // another day, host or school
	WhatOff     What = "off"
	WhatOn      What = "on"   // planned again
	WhatLeft    What = "left" // the school has no group any more
	WhatGone    What = "gone" // the group is dissolved: its schools hear of their new ones
)

// GroupChange is what became of one group.
type GroupChange struct {
	What     What
	Group    GroupID
	Sequence int // of the group after the change
	On       date.Date
	Hour     string
	Reason   calendar.Reason
	Sites    []org.SiteID // whom it concerns
}

// GroupsChanged is told ([db.Tx.Tell]) of groups that have changed by the same act.
type GroupsChanged struct {
	By     access.AccountID // who did it, and knows
	Groups []GroupChange
}

// told is what groups have become as they stand now, each for all its schools.
func told(tx *db.Tx, what What, ids []GroupID) ([]GroupChange, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	groups, err := readGroups(tx, "g.id IN ?", ids)
	out := make([]GroupChange, len(groups))
	for i, g := range groups {
		out[i] = GroupChange{What: what, Group: g.ID, Sequence: g.Sequence, On: g.HeldOn, Hour: g.Hour, Reason: g.Reason, Sites: g.sites}
	}
	return out, err
}

// tellOf tells of groups as they stand now.
func tellOf(tx *db.Tx, by access.Actor, what What, ids ...GroupID) error {
	changes, err := told(tx, what, ids)
	if err != nil || len(changes) == 0 {
		return err
	}
	return tx.Tell(GroupsChanged{By: by.Account, Groups: changes})
}

// tellLeft tells a school that it has no group any more.
func tellLeft(tx *db.Tx, by access.Actor, g group, site org.SiteID) error {
	c := GroupChange{What: WhatLeft, Group: g.ID, Sequence: g.Sequence + 1, On: g.HeldOn, Hour: g.Hour, Sites: []org.SiteID{site}}
	return tx.Tell(GroupsChanged{By: by.Account, Groups: []GroupChange{c}})
}

// whatOf says what the change to these columns is for the schools.
func whatOf(old group, columns map[string]any) What {
	switch {
	case columns["state"] == CalledOff:
		return WhatOff
	case old.State == CalledOff:
		return WhatOn
	}
	return WhatChanged
}

// tell tells of what planning did to the township's groups.
func (p *planner) tell(by access.Actor) error {
	event := GroupsChanged{By: by.Account}
	for _, g := range p.gone {
		event.Groups = append(event.Groups, GroupChange{What: WhatGone, Group: g.ID})
	}
	var fresh, touched []GroupID
	for _, g := range p.fresh {
		fresh = append(fresh, g.ID)
	}
	for _, m := range slices.Concat(p.left, p.joined) {
		if !slices.Contains(touched, m.GroupID) {
			touched = append(touched, m.GroupID)
		}
	}
	made, err := told(p.tx, WhatPlanned, fresh)
	if err != nil {
		return err
	}
	changed, err := told(p.tx, WhatChanged, touched)
	if err != nil {
		return err
	}
	for _, m := range p.left {
		at := slices.IndexFunc(changed, func(c GroupChange) bool { return c.Group == m.GroupID })
		left := changed[at]
		left.What, left.Sites = WhatLeft, []org.SiteID{m.SiteID}
		event.Groups = append(event.Groups, left)
	}
	event.Groups = slices.Concat(event.Groups, made, changed)
	if len(event.Groups) == 0 {
		return nil
	}
	return p.tx.Tell(event)
}

// Party is a group with its schools.
type Party struct {
	Group    GroupID
	Quarter  date.Quarter
	HeldOn   date.Date
	Hour     string
	State    State
	Reason   calendar.Reason
	Sequence int
	Host     SchoolView
	Guests   []SchoolView // by code
}

// Parties reads groups with their schools; those that were dissolved are left out. No permission is asked: the caller's op does.
func Parties(tx *db.Tx, ids []GroupID) (map[GroupID]Party, error) {
	out := make(map[GroupID]Party, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	groups, err := db.All[groupRow](tx.Where("id IN ?", ids))
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		out[g.ID] = Party{Group: g.ID, Quarter: g.Quarter, HeldOn: g.HeldOn, Hour: g.Hour, State: g.State, Reason: g.Reason, Sequence: g.Sequence, Host: SchoolView{ID: g.HostID}}
	}
	rows, err := db.Ask[struct {
		GroupID             GroupID
		SiteID              org.SiteID
		Code, Name, Village string
	}](tx, "SELECT m.group_id, m.site_id, u.code, u.name, v.name AS village FROM exchange_members m JOIN units u ON u.id = m.site_id "+
		"JOIN units v ON v.id = u.parent_id WHERE m.group_id IN ? ORDER BY u.code", ids)
	for _, r := range rows {
		p, s := out[r.GroupID], SchoolView{ID: r.SiteID, Code: r.Code, Name: r.Name, Village: r.Village}
		if p.Host.ID == s.ID {
			p.Host = s
		} else {
			p.Guests = append(p.Guests, s)
		}
		out[r.GroupID] = p
	}
	return out, err
}
