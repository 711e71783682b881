package exchange

import (
	"regexp"
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// lockGroup locks the township of a group and the group, and reads it as it is then.
func lockGroup(tx *db.Tx, id GroupID) (group, org.Unit, error) {
	g, err := findGroup(tx, id)
	if err != nil {
		return g, org.Unit{}, err
	}
	u, err := org.LockUnit(tx, g.TownshipID)
	if err != nil {
		return g, u, err
	}
	if err := tx.Lock("exchange_groups", id); err != nil {
		return g, u, err
	}
	g, err = findGroup(tx, id)
	return g, u, err
}

// lockPlanned is lockGroup for changes of a meeting that is to come.
func lockPlanned(tx *db.Tx, by access.Actor, id GroupID, p access.Permission) (group, error) {
	g, u, err := lockGroup(tx, id)
	if err != nil {
		return g, err
	}
	if err := requireTown(tx, by, p, u, g); err != nil {
		return g, err
	}
	return g, g.open()
}

// requireTown asks for the permission on the township; who sees a school of the group only is told that it is not his to
// change.
func requireTown(tx *db.Tx, by access.Actor, p access.Permission, township org.Unit, g group) error {
	if by.Can(p, township.Path) {
		return nil
	}
	return requireOne(tx, by, p, g.sites)
}

// open is the fault of changing a group that is settled or called off.
func (g group) open() error {
	switch g.State {
	case Planned:
		return nil
	case Begun:
		return fail.Conflict("exchange.begun")
	}
	return fail.Conflict("exchange.not_open")
}

// change stores what a group becomes, marks it as changed by hand, keeps the audit row, and tells of it.
func (a *Area) change(tx *db.Tx, by access.Actor, act string, old group, columns map[string]any, said audit.Changes) (GroupView, error) {
	columns["by_hand"], columns["sequence"], columns["changed_at"] = true, old.Sequence+1, tx.Now
	if _, err := db.Set(tx.Model(&groupRow{}).Where("id = ?", old.ID), columns); err != nil {
		return GroupView{}, err
	}
	err := audit.Add(tx, by, audit.Row{Act: act, Object: "exchange_group", ID: old.ID, Unit: audit.Unit(old.HostID), Change: said})
	if err == nil {
		err = tellOf(tx, by, whatOf(old, columns), old.ID)
	}
	if err != nil {
		return GroupView{}, err
	}
	return a.readGroup(tx, old)
}

// requireHost asks for CalendarMove on the school that hosts; who sees a guest's school only is told that it is not his to
// change.
func requireHost(tx *db.Tx, by access.Actor, g group) error {
	host, err := org.FindSchool(tx, g.HostID)
	if err != nil || by.Can(access.CalendarMove, host.Paths()...) {
		return err
	}
	if err := requireOne(tx, by, access.CalendarSee, g.sites); err != nil {
		return err
	}
	return fail.Forbidden("access.forbidden")
}

// MoveInput puts a meeting on another day or hour.
type MoveInput struct {
	ID   GroupID   `path:"id" json:"-"`
	To   date.Date `json:"to" form:"to"`     // within the quarter, from today on
	Hour string    `json:"hour" form:"hour"` // "20:00"
}

var hourForm = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d$`)

// Move puts a meeting on another day or hour; the quarter stays. Locks the township. Permission: CalendarMove on the
// school that hosts, so that a host may, who knows best when he is at home.
func (a *Area) Move(tx *db.Tx, by access.Actor, in MoveInput) (GroupView, error) {
	g, _, err := lockGroup(tx, in.ID)
	if err != nil {
		return GroupView{}, err
	}
	if err := requireHost(tx, by, g); err != nil {
		return GroupView{}, err
	}
	if err := g.open(); err != nil {
		return GroupView{}, err
	}
	var c fail.Check
	if !c.If(in.To.IsZero(), "to", "input.required") {
		c.If(in.To.Before(tx.Today()), "to", "calendar.move_past")
		c.If(date.QuarterOf(in.To) != g.Quarter, "to", "exchange.move_quarter")
	}
	c.If(!hourForm.MatchString(in.Hour), "hour", "exchange.hour_form")
	if err := c.Err(); err != nil {
		return GroupView{}, err
	}
	return a.change(tx, by, "exchange.move", g, map[string]any{"held_on": in.To, "hour": in.Hour},
		audit.Changes{}.Code("held_on", g.HeldOn.String(), in.To.String()).Code("hour", g.Hour, in.Hour))
}

// HostInput names who hosts.
type HostInput struct {
	ID   GroupID    `path:"id" json:"-"`
	Host org.SiteID `json:"host" form:"host"` // one of the group's schools
}

// SetHost lets another school of the group host the meeting, as when a host is ill. Locks the township. Permission: CalendarPlan
// on it.
func (a *Area) SetHost(tx *db.Tx, by access.Actor, in HostInput) (GroupView, error) {
	g, err := lockPlanned(tx, by, in.ID, access.CalendarPlan)
	if err != nil {
		return GroupView{}, err
	}
	var c fail.Check
	c.If(!slices.Contains(g.sites, in.Host), "host", "input.choice")
	if err := c.Err(); err != nil {
		return GroupView{}, err
	}
	return a.change(tx, by, "exchange.host", g, map[string]any{"host_id": in.Host}, audit.Changes{}.ID("host", g.HostID, in.Host))
}

// SwapInput names two schools of different groups of a quarter.
type SwapInput struct {
	ID   GroupID    `path:"id" json:"-"`
	Site org.SiteID `json:"site" form:"site"` // of this group
	With org.SiteID `json:"with" form:"with"` // of another group of the quarter, or of none
}

// Swap lets two schools change places; one that hosts hands this over to the one that comes in its place. A school
// that has no group comes in for the other, who then has none. Swapped back, all is as it was.
// Locks the township. Permission: CalendarPlan on it.
func (a *Area) Swap(tx *db.Tx, by access.Actor, in SwapInput) (GroupView, error) {
	g, err := lockPlanned(tx, by, in.ID, access.CalendarPlan)
	if err != nil {
		return GroupView{}, err
	}
	other, err := a.checkSwap(tx, g, in)
	if err != nil {
		return GroupView{}, err
	}
	if !other.ID.IsZero() {
		if err := replace(tx, other, in.With, org.SiteID{}); err != nil {
			return GroupView{}, err
		}
	}
	if err := replace(tx, g, in.Site, in.With); err != nil {
		return GroupView{}, err
	}
	if !other.ID.IsZero() {
		if err := enter(tx, other, in.Site); err != nil {
			return GroupView{}, err
		}
		said := audit.Changes{}.ID("school", in.With, in.Site)
		if _, err := a.change(tx, by, "exchange.swap", other, hostAfter(other, in.With, in.Site), said); err != nil {
			return GroupView{}, err
		}
	} else if err := tellLeft(tx, by, g, in.Site); err != nil {
		return GroupView{}, err
	}
	return a.change(tx, by, "exchange.swap", g, hostAfter(g, in.Site, in.With), audit.Changes{}.ID("school", in.Site, in.With))
}

// checkSwap gives the other school's group; none when it has none.
func (a *Area) checkSwap(tx *db.Tx, g group, in SwapInput) (other group, err error) {
	var c fail.Check
	c.If(!slices.Contains(g.sites, in.Site), "site", "input.choice")
	if c.If(in.With.IsZero() || slices.Contains(g.sites, in.With), "with", "exchange.swap_with") {
		return other, c.Err()
	}
	school, err := org.FindSchool(tx, in.With)
	if err != nil && fail.KindOf(err) != fail.Missing {
		return other, err
	}
	township, err2 := org.FindUnit(tx, g.TownshipID)
	if err2 != nil {
		return other, err2
	}
	c.If(err != nil || school.Licence != org.Licensed || len(school.Path) <= len(township.Path) || school.Path[:len(township.Path)] != township.Path,
		"with", "exchange.swap_with")
	if err := c.Err(); err != nil {
		return other, err
	}
	found, err := readGroups(tx, "g.id IN (SELECT group_id FROM exchange_members WHERE site_id = ? AND quarter = ?)", in.With, g.Quarter)
	if err != nil || len(found) == 0 {
		return other, err
	}
	if other, _, err = lockGroup(tx, found[0].ID); err != nil {
		return other, err
	}
	c.If(other.open() != nil, "with", "exchange.swap_done")
	return other, c.Err()
}

// replace takes a school out of a group and puts another in its place, none for a zero one.
func replace(tx *db.Tx, g group, out, in org.SiteID) error {
	if err := leave(tx, []memberRow{{GroupID: g.ID, SiteID: out}}); err != nil {
		return err
	}
	if in.IsZero() {
		return nil
	}
	return enter(tx, g, in)
}

func enter(tx *db.Tx, g group, site org.SiteID) error {
	return join(tx, []memberRow{{GroupID: g.ID, SiteID: site, Quarter: g.Quarter}})
}

// hostAfter hands the hosting over when the school that leaves had it.
func hostAfter(g group, out, in org.SiteID) map[string]any {
	if g.HostID != out {
		return map[string]any{}
	}
	return map[string]any{"host_id": in}
}

// CallOffInput says why a meeting does not take place.
type CallOffInput struct {
	ID     GroupID         `path:"id" json:"-"`
	Reason calendar.Reason `json:"reason" form:"reason"`
}

// CallOff says that a meeting does not take place, and why; [Area.Restore] takes it back. Locks the township. Permission: CalendarPlan
// on it.
func (a *Area) CallOff(tx *db.Tx, by access.Actor, in CallOffInput) (GroupView, error) {
	g, err := lockPlanned(tx, by, in.ID, access.CalendarPlan)
	if err != nil {
		return GroupView{}, err
	}
	var c fail.Check
	c.If(!slices.Contains(calendar.Reasons, in.Reason), "reason", "calendar.reason_required")
	if err := c.Err(); err != nil {
		return GroupView{}, err
	}
	return a.change(tx, by, "exchange.call_off", g, map[string]any{"state": CalledOff, "reason": in.Reason},
		audit.Changes{}.Code("state", string(Planned), string(CalledOff)).Code("reason", "", string(in.Reason)))
}

// Restore plans a meeting again that was called off. Locks the township. Permission: CalendarPlan on it.
func (a *Area) Restore(tx *db.Tx, by access.Actor, in GroupInput) (GroupView, error) {
	g, u, err := lockGroup(tx, in.ID)
	if err != nil {
		return GroupView{}, err
	}
	if err := requireTown(tx, by, access.CalendarPlan, u, g); err != nil {
		return GroupView{}, err
	}
	if g.State != CalledOff {
		return GroupView{}, fail.Conflict("calendar.nothing_to_undo")
	}
	return a.change(tx, by, "exchange.restore", g, map[string]any{"state": Planned, "reason": ""},
		audit.Changes{}.Code("state", string(CalledOff), string(Planned)).Code("reason", string(g.Reason), ""))
}
