package exchange

import (
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// TownView is a township with its exchange week of a quarter.
type TownView struct {
	Unit   org.UnitID `json:"unit"`
	Code   string     `json:"code"`
	Name   string     `json:"name"`
	Monday date.Date  `json:"monday,omitzero"` // zero until the week is set
	Groups int        `json:"groups"`
	Held   int        `json:"held"`
}

// TownsInput names a quarter.
type TownsInput struct {
	Quarter date.Quarter `query:"quarter"` // zero means this one
}

// Towns lists the townships that the actor sees as a whole, by code; forbidden for who could see no exchange week
// anywhere. Permission: CalendarSee on the township.
func Towns(tx *db.Tx, by access.Actor, in TownsInput) (db.Page[TownView], error) {
	page := db.Page[TownView]{Items: []TownView{}}
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return page, err
	}
	if in.Quarter.IsZero() {
		in.Quarter = date.QuarterOf(tx.Today())
	}
	cond, args := db.PathRange("u.path", by.Visible(access.CalendarSee))
	args = append([]any{Held, Dissolved, CalledOff, in.Quarter, in.Quarter, org.Administrative, org.Township}, args...)
	found, err := db.Ask[TownView](tx, "SELECT u.id AS unit, u.code, u.name, w.monday, COALESCE(g.n, 0) AS `groups`, COALESCE(g.held, 0) AS held FROM units u "+
		"LEFT JOIN (SELECT township_id, COUNT(*) AS n, SUM(CASE WHEN state = ? THEN 1 ELSE 0 END) AS held FROM exchange_groups "+
		"WHERE state NOT IN (?, ?) AND quarter = ? GROUP BY township_id) g ON g.township_id = u.id "+
		"LEFT JOIN exchange_weeks w ON w.township_id = u.id AND w.quarter = ? "+
		"WHERE u.tree = ? AND u.kind = ? AND "+cond+" ORDER BY u.code", args...)
	if len(found) > 0 {
		page.Items = found
	}
	return page, err
}

// Card is a group in few words.
type Card struct {
	Group     GroupID            `json:"group"`
	Quarter   date.Quarter       `json:"quarter"`
	HeldOn    date.Date          `json:"held_on"`
	Hour      string             `json:"hour"`
	State     State              `json:"state"` // as seen today
	Host      SchoolView         `json:"host"`
	Guests    []SchoolView       `json:"guests"` // by code
	SessionID calendar.SessionID `json:"session_id"`
}

// ListInput names a quarter.
type ListInput struct {
	Quarter date.Quarter `query:"quarter"` // zero means this one
	After   string       `query:"after"`
	Limit   int          `query:"limit"` // 1–200; 0 means 50
}

// List lists the groups of the quarter in which the actor sees a school, by day; forbidden for who could see none
// anywhere. Permission: CalendarSee on the school or its branch.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[Card], error) {
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return db.Page[Card]{}, err
	}
	if in.Quarter.IsZero() {
		in.Quarter = date.QuarterOf(tx.Today())
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.CalendarSee))
	where := "g.quarter = ? AND g.id IN (SELECT m.group_id FROM exchange_members m JOIN sites s ON s.id = m.site_id JOIN units u ON u.id = s.id " +
		"LEFT JOIN units b ON b.id = s.branch_id WHERE m.quarter = ? AND " + seen + ")"
	args = append([]any{in.Quarter, in.Quarter}, args...)
	if in.After != "" {
		day, group, err := parseAfter(in.After)
		if err != nil {
			return db.Page[Card]{}, err
		}
		where += " AND (g.held_on > ? OR g.held_on = ? AND g.id > ?)"
		args = append(args, day, day, group)
	}
	found, err := readGroups(tx, where, args...)
	if err != nil {
		return db.Page[Card]{}, err
	}
	page := db.Page[Card]{}
	if len(found) > limit {
		last := found[limit-1]
		page.Next, found = last.HeldOn.String()+"."+last.ID.String(), found[:limit]
	}
	page.Items, err = cards(tx, found)
	return page, err
}

func parseAfter(s string) (day date.Date, group GroupID, err error) {
	on, of, _ := strings.Cut(s, ".")
	if day, err = date.Parse(on); err == nil {
		err = group.UnmarshalText([]byte(of))
	}
	if err != nil {
		err = fail.Invalid("input.type").Because(err)
	}
	return day, group, err
}

// GetCard reads a group in few words. Permission: CalendarSee on one of its schools.
func GetCard(tx *db.Tx, by access.Actor, in GroupInput) (Card, error) {
	g, err := findGroup(tx, in.ID)
	if err != nil {
		return Card{}, err
	}
	if err := requireOne(tx, by, access.CalendarSee, g.sites); err != nil {
		return Card{}, err
	}
	out, err := cards(tx, []group{g})
	if err != nil {
		return Card{}, err
	}
	return out[0], nil
}

// How far around today a school is reminded of its meeting, in days.
const (
	soon    = 21
	notLong = 62
)

// Coming gives the meeting of a school that its host is to think of: the next one, or the last one that it hosted and has
// not recorded; ok is false for none. For models/attendance, which asks its own permission.
func Coming(tx *db.Tx, site org.SiteID) (card Card, ok bool, err error) {
	today := tx.Today()
	found, err := readGroups(tx, "g.state IN ? AND g.held_on >= ? AND g.held_on <= ? AND g.id IN (SELECT group_id FROM exchange_members WHERE site_id = ?)",
		[]State{Planned, Begun}, today.AddDays(-notLong), today.AddDays(soon), site)
	if err != nil {
		return card, false, err
	}
	i := slices.IndexFunc(found, func(g group) bool { return !g.HeldOn.Before(today) })
	if i < 0 {
		if i = len(found) - 1; i < 0 || found[i].HostID != site {
			return card, false, nil
		}
	}
	out, err := cards(tx, found[i:i+1])
	if err != nil {
		return card, false, err
	}
	return out[0], true, nil
}

// Around gives the meetings of a school from one day to another that take place or took place, the earliest first. For models/attendance,
// which asks its own permission.
func Around(tx *db.Tx, site org.SiteID, from, to date.Date) ([]Card, error) {
	found, err := readGroups(tx, "g.state IN ? AND g.held_on >= ? AND g.held_on <= ? AND g.id IN (SELECT group_id FROM exchange_members WHERE site_id = ?)",
		[]State{Planned, Begun, Held}, from, to, site)
	if err != nil {
		return nil, err
	}
	return cards(tx, found)
}

// cards names the schools of groups.
func cards(tx *db.Tx, groups []group) ([]Card, error) {
	out := make([]Card, len(groups))
	var ids []org.SiteID
	for _, g := range groups {
		ids = append(ids, g.sites...)
	}
	if len(ids) == 0 {
		return out, nil
	}
	named, err := db.Ask[SchoolView](tx, "SELECT u.id, u.code, u.name, v.name AS village FROM units u JOIN units v ON v.id = u.parent_id "+
		"WHERE u.id IN ? ORDER BY u.code", ids)
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	for i, g := range groups {
		out[i] = Card{
			Group: g.ID, Quarter: g.Quarter, HeldOn: g.HeldOn, Hour: g.Hour, State: g.seen(tx.Today()), Guests: []SchoolView{}, SessionID: g.SessionID,
		}
		for _, s := range named {
			switch {
			case s.ID == g.HostID:
				out[i].Host = s
			case slices.Contains(g.sites, s.ID):
				out[i].Guests = append(out[i].Guests, s)
			}
		}
	}
	return out, nil
}

// seen is the state as it is seen on a day.
func (g group) seen(today date.Date) State {
	if g.State == Planned && g.HeldOn.Before(today) {
		return NoRecord
	}
	return g.State
}
