package people

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// Way is whether a villagers' group goes onto a school's roster or off it.
type Way string

// The ways.
const (
	GoesOn  Way = "on"
	GoesOff Way = "off"
)

type groupActTag struct{}

// GroupActID identifies an act on a whole villagers' group.
type GroupActID = id.ID[groupActTag]

type groupActRow struct {
	ID       GroupActID `gorm:"primaryKey"`
	SiteID   org.SiteID
	GroupID  org.UnitID
	Way      Way
	OnDay    date.Date // the first day on the roster, or off it
	People   int       // how many came or went
	MadeAt   time.Time
	UndoneAt *time.Time
}

func (groupActRow) TableName() string { return "roster_acts" }

// mostInGroup is how many of a villagers' group (村民小组) one act may move; the largest have a few hundred.
const mostInGroup = 1000

// GroupInput names a villagers' group, a school, and a day.
type GroupInput struct {
	Site  org.SiteID `path:"id" json:"-"`
	Group org.UnitID `query:"group" json:"group" form:"group"`
	Way   Way        `query:"way" json:"way" form:"way"`
	On    date.Date  `query:"on" json:"on" form:"on"` // first day on the roster, or off it; zero means today; not in the future
	// People is how many were shown to come or go; another number then is a conflict, 0 for whatever number.
	People int `query:"-" json:"people,omitzero" form:"people"`
}

// GroupLine is one of a villagers' group.
type GroupLine struct {
	Person   PersonID   `json:"person"`
	Name     string     `json:"name"`
	Standing Standing   `json:"standing,omitempty"`
	Life     Life       `json:"life"`
	Schools  string     `json:"schools,omitempty"` // other ones on whose roster he stands on the day
	Since    *date.Date `json:"since,omitempty"`   // of his place on this roster
}

// GroupPreview is who would come or go.
type GroupPreview struct {
	Site   org.SiteID  `json:"site"`
	Group  org.UnitID  `json:"group"`
	Name   string      `json:"name"` // of the group
	Way    Way         `json:"way"`
	On     date.Date   `json:"on"`
	People []GroupLine `json:"people"` // those who would come or go
	Stay   []GroupLine `json:"stay"`   // those left as they are: on the roster already, or only since that day or later
}

// PreviewGroup tells who would come onto a school's roster, or leave it, with [MoveGroup]. Permission: PeopleEdit on the school or its
// branch, and on the group.
func PreviewGroup(tx *db.Tx, by access.Actor, in GroupInput) (GroupPreview, error) {
	group, on, err := in.check(tx, by)
	if err != nil {
		return GroupPreview{}, err
	}
	v := GroupPreview{Site: in.Site, Group: group.ID, Name: group.Name, Way: in.Way, On: on, People: []GroupLine{}, Stay: []GroupLine{}}
	all, err := groupLines(tx, in, on)
	for _, l := range all {
		stays := l.Since != nil
		if in.Way == GoesOff {
			stays = !l.Since.Before(on)
		}
		if stays {
			v.Stay = append(v.Stay, l)
		} else {
			v.People = append(v.People, l)
		}
	}
	return v, err
}

// check asks for the permissions and checks the input.
func (in GroupInput) check(tx *db.Tx, by access.Actor) (org.Unit, date.Date, error) {
	if err := requireAt(tx, by, in.Site); err != nil {
		return org.Unit{}, date.Date{}, err
	}
	var c fail.Check
	c.If(in.Way != GoesOn && in.Way != GoesOff, "way", "input.choice")
	on := notFuture(tx, &c, "on", in.On)
	if c.If(in.Group.IsZero(), "group", "input.required") {
		return org.Unit{}, on, c.Err()
	}
	group, err := org.FindUnit(tx, in.Group)
	switch {
	case fail.KindOf(err) == fail.Missing || err == nil && (group.Kind != org.VillageGroup || !by.Can(access.PeopleEdit, group.Path)):
		c.Add("group", "input.choice")
	case err != nil:
		return group, on, err
	case in.Way == GoesOn && !group.Until.IsZero():
		c.Add("group", "people.group_closed")
	}
	return group, on, c.Err()
}

// groupLines lists those of a group whom an act concerns, in the order of names: onto the roster everybody who is not gone, off it those who
// stand on it.
func groupLines(tx *db.Tx, in GroupInput, on date.Date) ([]GroupLine, error) {
	held := "LEFT"
	if in.Way == GoesOff {
		held = "" // only those who hold a place
	}
	sql := "SELECT p.id AS person, p.name, COALESCE((SELECT s.standing FROM standings s WHERE s.person_id = p.id AND s.since <= ? ORDER BY s.since DESC LIMIT 1), '') AS standing, " +
		"COALESCE((SELECT l.state FROM life_states l WHERE l.person_id = p.id AND l.since <= ? ORDER BY l.since DESC LIMIT 1), 'at_home') AS life, " +
		"COALESCE((SELECT MIN(u.name) FROM rosters o JOIN units u ON u.id = o.site_id WHERE o.person_id = p.id AND o.site_id <> ? AND o.since <= ? " +
		"AND (o.`until` IS NULL OR o.`until` >= ?)), '') AS schools, r.since FROM persons p " + held + " JOIN rosters r ON r.person_id = p.id AND r.site_id = ? AND "
	args := []any{on, on, in.Site, on, on, in.Site}
	if in.Way == GoesOff {
		sql += "r.`until` IS NULL WHERE "
	} else {
		sql += "(r.`until` IS NULL OR r.`until` >= ?) WHERE p.gone_on IS NULL AND "
		args = append(args, on)
	}
	return db.Ask[GroupLine](tx, sql+"p.village_group_id = ? AND p.merged_into IS NULL ORDER BY p.name, p.id LIMIT ?", append(args, in.Group, mostInGroup)...)
}

// GroupMoved is an act on a whole villagers' group.
type GroupMoved struct {
	ID     GroupActID `json:"id"`
	Group  org.UnitID `json:"group"`
	Name   string     `json:"name"`
	Way    Way        `json:"way"`
	On     date.Date  `json:"on"`
	People int        `json:"people"`
	MadeAt time.Time  `json:"made_at"`
	Undone bool       `json:"undone"`
}

// MoveGroup puts everybody of a villagers' group on a school's roster from a day on, or takes all of them off it: those whom [PreviewGroup] lists, in one
// act that [UndoGroup] takes back. Locks the persons, in the order of their IDs. Permission: PeopleEdit on the school or its branch, and on the
// group. Conflict when nobody would come or go, or others than were shown.
func MoveGroup(tx *db.Tx, by access.Actor, in GroupInput) (GroupMoved, error) {
	v, err := PreviewGroup(tx, by, in)
	if err != nil {
		return GroupMoved{}, err
	}
	who := make([]PersonID, len(v.People))
	for i, l := range v.People {
		who[i] = l.Person
	}
	if err := lockMany(tx, who); err != nil {
		return GroupMoved{}, err
	}
	if v, err = PreviewGroup(tx, by, in); err != nil { // as it stands now that nobody else changes it
		return GroupMoved{}, err
	}
	v.People = slices.DeleteFunc(v.People, func(l GroupLine) bool { return !slices.Contains(who, l.Person) })
	switch {
	case len(v.People) == 0:
		return GroupMoved{}, fail.Conflict("people.group_nobody")
	case in.People != 0 && in.People != len(v.People):
		return GroupMoved{}, fail.Conflict("people.group_changed")
	}
	act := groupActRow{ID: id.New[groupActTag](), SiteID: in.Site, GroupID: v.Group, Way: v.Way, OnDay: v.On, People: len(v.People), MadeAt: tx.Now}
	if err := db.Insert(tx, &act); err != nil {
		return GroupMoved{}, err
	}
	if err := act.move(tx, v.People); err != nil {
		return GroupMoved{}, err
	}
	return act.view(v.Name), act.audit(tx, by, v.People)
}

// lockMany locks persons in the order of their IDs.
func lockMany(tx *db.Tx, who []PersonID) error {
	for some := range slices.Chunk(inOrder(who), namesChunk) {
		if _, err := db.All[personRow](tx.Locked().Select("id").Where("id IN ?", some).Order("id")); err != nil {
			return err
		}
	}
	return nil
}

func (a groupActRow) move(tx *db.Tx, people []GroupLine) error {
	if a.Way == GoesOn {
		rows := make([]rosterRow, len(people))
		for i, l := range people {
			rows[i] = rosterRow{ID: id.New[rosterTag](), SiteID: a.SiteID, PersonID: l.Person, Since: a.OnDay, CameActID: &a.ID}
		}
		return db.Insert(tx, &rows)
	}
	for some := range slices.Chunk(people, namesChunk) {
		who := make([]PersonID, len(some))
		for i, l := range some {
			who[i] = l.Person
		}
		_, err := db.Set(tx.Model(&rosterRow{}).Where("site_id = ? AND person_id IN ? AND `until` IS NULL", a.SiteID, who),
			map[string]any{"until": a.OnDay.AddDays(-1), "left_act_id": a.ID})
		if err != nil {
			return err
		}
	}
	return nil
}

// audit traces the act at the roster and at each person.
func (a groupActRow) audit(tx *db.Tx, by access.Actor, people []GroupLine) error {
	whole := audit.Row{
		Act: "roster.group_on", Object: "roster", ID: a.SiteID, Unit: audit.Unit(a.SiteID),
		Change: audit.Changes{}.Code("village_group_id", "", a.GroupID.String()).Code("since", "", a.OnDay.String()).Int("people", 0, a.People),
	}
	if a.Way == GoesOff {
		whole.Act = "roster.group_off"
	}
	rows := append(make([]audit.Row, 0, len(people)+1), whole)
	for _, l := range people {
		one := enrolAct(a.SiteID, l.Person, a.OnDay)
		if a.Way == GoesOff {
			one.Act, one.Change = "roster.leave", audit.Changes{}.Code("from", "", a.OnDay.String())
		}
		rows = append(rows, one)
	}
	return audit.Add(tx, by, rows...)
}

func (a groupActRow) view(name string) GroupMoved {
	return GroupMoved{a.ID, a.GroupID, name, a.Way, a.OnDay, a.People, a.MadeAt, a.UndoneAt != nil}
}

// GroupActs lists the last acts on whole groups at a school, the latest first, 20 at most. Permission: PeopleEdit on the school or its branch.
func GroupActs(tx *db.Tx, by access.Actor, in RosterInput) (db.Page[GroupMoved], error) {
	if err := requireAt(tx, by, in.Site); err != nil {
		return db.Page[GroupMoved]{}, err
	}
	rows, err := db.Ask[GroupMoved](tx, "SELECT a.id, a.group_id AS `group`, u.name, a.way, a.on_day AS `on`, a.people, a.made_at, a.undone_at IS NOT NULL AS undone "+
		"FROM roster_acts a JOIN units u ON u.id = a.group_id WHERE a.site_id = ? ORDER BY a.made_at DESC, a.id DESC LIMIT 20", in.Site)
	return db.Page[GroupMoved]{Items: rows}, err
}

// UndoGroupInput names an act on a whole group.
type UndoGroupInput struct {
	Site org.SiteID `path:"id" json:"-"`
	Act  GroupActID `path:"act" json:"-"`
}

// UndoGroup takes an act of [MoveGroup] back: who came by it was never on the roster, who went by it stays. A place that somebody has changed since is
// left as it is. Locks the act, then the persons. Permission: PeopleEdit on the school or its branch. Conflict when it has been taken back.
func UndoGroup(tx *db.Tx, by access.Actor, in UndoGroupInput) (Settled, error) {
	if err := requireAt(tx, by, in.Site); err != nil {
		return Settled{}, err
	}
	a, err := db.One[groupActRow](tx.Locked().Where("id = ? AND site_id = ?", in.Act, in.Site), "people.group_act_missing")
	if err != nil {
		return Settled{}, err
	}
	if a.UndoneAt != nil {
		return Settled{}, fail.Conflict("people.group_undone")
	}
	rows, err := a.places(tx)
	if err != nil {
		return Settled{}, err
	}
	who := make([]PersonID, len(rows))
	for i, r := range rows {
		who[i] = r.PersonID
	}
	if err := lockMany(tx, who); err != nil {
		return Settled{}, err
	}
	if rows, err = a.places(tx); err != nil {
		return Settled{}, err
	}
	if err := a.back(tx, rows); err != nil {
		return Settled{}, err
	}
	if _, err := db.Set(tx.Model(&groupActRow{}).Where("id = ?", a.ID), map[string]any{"undone_at": tx.Now}); err != nil {
		return Settled{}, err
	}
	return Settled{Count: len(rows)}, a.auditBack(tx, by, rows)
}

// places are those that the act began or ended, and that stand as it left them.
func (a groupActRow) places(tx *db.Tx) ([]rosterRow, error) {
	if a.Way == GoesOn {
		return db.All[rosterRow](tx.Where("site_id = ? AND came_act_id = ? AND since = ? AND `until` IS NULL", a.SiteID, a.ID, a.OnDay).Order("id"))
	}
	return db.All[rosterRow](tx.Where("site_id = ? AND left_act_id = ? AND `until` = ? AND NOT EXISTS (SELECT 1 FROM rosters o WHERE o.site_id = rosters.site_id "+
		"AND o.person_id = rosters.person_id AND o.since > rosters.since)", a.SiteID, a.ID, a.OnDay.AddDays(-1)).Order("id"))
}

func (a groupActRow) back(tx *db.Tx, rows []rosterRow) error {
	for some := range slices.Chunk(rows, namesChunk) {
		which := make([]id.ID[rosterTag], len(some))
		for i, r := range some {
			which[i] = r.ID
		}
		q := tx.Model(&rosterRow{}).Where("id IN ?", which)
		if a.Way == GoesOn {
			if err := q.Delete(&rosterRow{}).Error; err != nil {
				return err
			}
			continue
		}
		if _, err := db.Set(q, map[string]any{"until": nil, "left_act_id": nil}); err != nil {
			return err
		}
	}
	return nil
}

func (a groupActRow) auditBack(tx *db.Tx, by access.Actor, rows []rosterRow) error {
	traces := []audit.Row{{
		Act: "roster.group_undo", Object: "roster", ID: a.SiteID, Unit: audit.Unit(a.SiteID),
		Change: audit.Changes{}.Code("village_group_id", "", a.GroupID.String()).Code("since", a.OnDay.String(), "").Int("people", a.People, a.People-len(rows)),
	}}
	for _, r := range rows {
		traces = append(traces, audit.Row{
			Act: "roster.undo", Object: "person", ID: r.PersonID, Unit: audit.Unit(a.SiteID), Change: audit.Changes{}.Code("since", r.Since.String(), ""),
		})
	}
	return audit.Add(tx, by, traces...)
}
