package exchange

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// SchoolView is a school that takes part.
type SchoolView struct {
	ID      org.SiteID `json:"id"`
	Code    string     `json:"code"`
	Name    string     `json:"name"`
	Village string     `json:"village"`
}

// Why is a reason for a group: a key "exchange.why." and this, with a number.
type Why struct {
	Code string `json:"code"`
	N    int    `json:"n"`
}

// GroupView is a group as pages and clients see it.
type GroupView struct {
	ID        GroupID            `json:"id"`
	Quarter   date.Quarter       `json:"quarter"`
	HeldOn    date.Date          `json:"held_on"`
	Hour      string             `json:"hour"`
	State     State              `json:"state"` // as seen today
	Reason    calendar.Reason    `json:"reason"`
	Host      SchoolView         `json:"host"`
	Guests    []SchoolView       `json:"guests"`
	Why       []Why              `json:"why"` // 为什么是我们
	ByHand    bool               `json:"by_hand"`
	SessionID calendar.SessionID `json:"session_id"`
	Sequence  int                `json:"sequence"`
	ChangedAt time.Time          `json:"changed_at"`
}

// Schools lists all of the group, the host first.
func (g GroupView) Schools() []SchoolView { return append([]SchoolView{g.Host}, g.Guests...) }

// WeekView is the exchange week of a township's quarter.
type WeekView struct {
	Unit     org.UnitID   `json:"unit"`
	Township string       `json:"township"`
	Quarter  date.Quarter `json:"quarter"`
	Monday   date.Date    `json:"monday,omitzero"` // zero until the week is set
	Groups   []GroupView  `json:"groups"`          // by day, then by the host's code
	Alone    []SchoolView `json:"alone"`           // licensed schools without a group
}

// WeekInput names a township's quarter.
type WeekInput struct {
	Unit    org.UnitID   `path:"unit"`
	Quarter date.Quarter `path:"quarter"`
}

// Week reads a township's exchange week with its groups. Permission: CalendarSee on the township.
func (a *Area) Week(tx *db.Tx, by access.Actor, in WeekInput) (WeekView, error) {
	u, err := org.FindUnit(tx, in.Unit)
	if err != nil {
		return WeekView{}, err
	}
	if err := by.Require(access.CalendarSee, u.Path); err != nil {
		return WeekView{}, err
	}
	if u.Kind != org.Township || in.Quarter.IsZero() {
		return WeekView{}, fail.NotFound("calendar.not_a_township")
	}
	return a.read(tx, u, in.Quarter)
}

func (a *Area) read(tx *db.Tx, township org.Unit, quarter date.Quarter) (WeekView, error) {
	w, err := week(tx, township.ID, quarter)
	if err != nil {
		return WeekView{}, err
	}
	t, err := a.readTown(tx, township, quarter)
	if err != nil {
		return WeekView{}, err
	}
	v := WeekView{Unit: township.ID, Township: township.Name, Quarter: quarter, Monday: w.Monday, Groups: []GroupView{}, Alone: []SchoolView{}}
	placed := map[org.SiteID]bool{}
	for _, g := range t.groups {
		v.Groups = append(v.Groups, t.view(g, tx.Today()))
		for _, s := range g.sites {
			placed[s] = true
		}
	}
	for _, s := range t.schools {
		if s.licensed && !placed[s.ID] {
			v.Alone = append(v.Alone, s.view())
		}
	}
	return v, nil
}

func (s townSchool) view() SchoolView { return SchoolView{s.ID, s.Code, s.name, s.village} }

func (t town) view(g group, today date.Date) GroupView {
	v := GroupView{
		ID: g.ID, Quarter: g.Quarter, HeldOn: g.HeldOn, Hour: g.Hour, State: g.seen(today), Reason: g.Reason, Host: t.school(g.HostID).view(),
		Guests: []SchoolView{}, Why: t.why(g), ByHand: g.ByHand, SessionID: g.SessionID, Sequence: g.Sequence, ChangedAt: g.ChangedAt,
	}
	for _, s := range t.schools { // in the order of their codes
		if s.ID != g.HostID && slices.Contains(g.sites, s.ID) {
			v.Guests = append(v.Guests, s.view())
		}
	}
	return v
}

// why gives the reasons that the matchmaker went by, in his order.
func (t town) why(g group) []Why {
	out := []Why{}
	if g.ByHand {
		out = append(out, Why{Code: "by_hand"})
	}
	most, farther, shared, village, group := 0, 0, 0, true, true
	for i := range g.sites {
		for j := range i {
			a, b := t.school(g.sites[i]).School, t.school(g.sites[j]).School
			most = max(most, t.met.Of(a.ID, b.ID))
			if metres, known := Distance(a, b); known {
				farther = max(farther, metres)
			}
			shared += Shared(a, b)
			village = village && a.Village == b.Village
			group = group && a.Group == b.Group && !a.Group.IsZero()
		}
	}
	if most == 0 {
		out = append(out, Why{Code: "never_met"})
	} else {
		out = append(out, Why{"met", most})
	}
	switch {
	case farther > 0:
		out = append(out, Why{"near", (farther + 999) / 1000})
	case village && group:
		out = append(out, Why{Code: "same_group"})
	case village:
		out = append(out, Why{Code: "same_village"})
	}
	switch {
	case shared == 0:
		out = append(out, Why{Code: "lessons_differ"})
	default:
		out = append(out, Why{"lessons_shared", shared})
	}
	if len(g.sites) == 3 {
		out = append(out, Why{Code: "three"})
	}
	if slices.ContainsFunc(g.sites, func(s org.SiteID) bool { return t.hosted[s] < t.hosted[g.HostID] }) {
		return out
	}
	return append(out, Why{"turn", t.hosted[g.HostID]})
}

// GroupInput names a group.
type GroupInput struct {
	ID GroupID `path:"id" json:"-"`
}

// Get reads a group. Permission: CalendarSee on one of its schools.
func (a *Area) Get(tx *db.Tx, by access.Actor, in GroupInput) (GroupView, error) {
	g, err := findGroup(tx, in.ID)
	if err != nil {
		return GroupView{}, err
	}
	if err := requireOne(tx, by, access.CalendarSee, g.sites); err != nil {
		return GroupView{}, err
	}
	return a.readGroup(tx, g)
}

func (a *Area) readGroup(tx *db.Tx, g group) (GroupView, error) {
	township, err := org.FindUnit(tx, g.TownshipID)
	if err != nil {
		return GroupView{}, err
	}
	t, err := a.readTown(tx, township, g.Quarter)
	if err != nil {
		return GroupView{}, err
	}
	return t.view(t.group(g.ID), tx.Today()), nil
}

func findGroup(tx *db.Tx, id GroupID) (group, error) {
	found, err := readGroups(tx, "g.id = ?", id)
	if err != nil {
		return group{}, err
	}
	if len(found) == 0 {
		return group{}, fail.NotFound("exchange.group_gone")
	}
	return found[0], nil
}

// requireOne asks for the permission on any of the schools.
func requireOne(tx *db.Tx, by access.Actor, p access.Permission, sites []org.SiteID) error {
	var paths []string
	for _, s := range sites {
		school, err := org.FindSchool(tx, s)
		if err != nil {
			return err
		}
		paths = append(paths, school.Paths()...)
	}
	return by.Require(p, paths...)
}

// SiteInput names a school and a quarter.
type SiteInput struct {
	Site    org.SiteID   `path:"id"`
	Quarter date.Quarter `query:"quarter"` // zero means this one
}

// OfSite lists the groups of a school in a quarter: one, or none. Permission: CalendarSee on the school or its branch.
func (a *Area) OfSite(tx *db.Tx, by access.Actor, in SiteInput) (db.Page[GroupView], error) {
	page := db.Page[GroupView]{Items: []GroupView{}}
	school, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return page, err
	}
	if err := by.Require(access.CalendarSee, school.Paths()...); err != nil {
		return page, err
	}
	if in.Quarter.IsZero() {
		in.Quarter = date.QuarterOf(tx.Today())
	}
	found, err := readGroups(tx, "g.id IN (SELECT group_id FROM exchange_members WHERE site_id = ? AND quarter = ?)", in.Site, in.Quarter)
	for _, g := range found {
		if err != nil {
			break
		}
		var v GroupView
		if v, err = a.readGroup(tx, g); err == nil {
			page.Items = append(page.Items, v)
		}
	}
	return page, err
}
