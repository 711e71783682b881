package exchange

import (
	"fmt"
	"time"

	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// join puts schools into groups; one that comes back has not left.
func join(tx *db.Tx, members []memberRow) error {
	if len(members) == 0 {
		return nil
	}
	for _, m := range members {
		if err := tx.Where("group_id = ? AND site_id = ?", m.GroupID, m.SiteID).Delete(&leftRow{}).Error; err != nil {
			return fmt.Errorf("exchange: %w", err)
		}
	}
	return db.Insert(tx, &members)
}

// leave takes schools out of groups and keeps that they were there.
func leave(tx *db.Tx, members []memberRow) error {
	if len(members) == 0 {
		return nil
	}
	left := make([]leftRow, len(members))
	for i, m := range members {
		left[i] = leftRow{GroupID: m.GroupID, SiteID: m.SiteID, LeftAt: tx.Now}
		if err := tx.Where("group_id = ? AND site_id = ?", m.GroupID, m.SiteID).Delete(&memberRow{}).Error; err != nil {
			return fmt.Errorf("exchange: %w", err)
		}
	}
	return db.Insert(tx, &left)
}

// dissolve takes all schools out of a group that is drawn anew.
func dissolve(tx *db.Tx, g group) error {
	members := make([]memberRow, len(g.sites))
	for i, s := range g.sites {
		members[i] = memberRow{GroupID: g.ID, SiteID: s}
	}
	if err := leave(tx, members); err != nil {
		return err
	}
	_, err := db.Set(tx.Model(&groupRow{}).Where("id = ?", g.ID),
		map[string]any{"state": Dissolved, "sequence": g.Sequence + 1, "changed_at": tx.Now})
	return err
}

// Entry is a group as it stands in the calendar of one school.
type Entry struct {
	Group     GroupID
	Site      org.SiteID // whose calendar
	HeldOn    date.Date
	Hour      string // "20:00"
	Host      org.SiteID
	HostName  string
	Cancelled bool // called off, or the school is no longer in it
	Sequence  int  // grows with every change
	MadeAt    time.Time
	ChangedAt time.Time
}

// Entries gives the groups of schools from a day on, also those that they have left: by day, then by group and school. For
// calendars that are read elsewhere, whose own permission is asked by them.
func Entries(tx *db.Tx, sites []org.SiteID, since date.Date) ([]Entry, error) {
	if len(sites) == 0 {
		return nil, nil
	}
	return db.Ask[Entry](tx, "SELECT g.id AS `group`, m.site_id AS site, g.held_on, g.hour, g.host_id AS host, u.name AS host_name, "+
		"(m.gone = 1 OR g.state = ?) AS cancelled, g.sequence, g.made_at, g.changed_at FROM exchange_groups g JOIN units u ON u.id = g.host_id JOIN "+
		"(SELECT group_id, site_id, 0 AS gone FROM exchange_members WHERE site_id IN ? UNION ALL "+
		"SELECT group_id, site_id, 1 AS gone FROM exchange_left WHERE site_id IN ?) m ON m.group_id = g.id "+
		"WHERE g.held_on >= ? ORDER BY g.held_on, g.id, m.site_id", CalledOff, sites, sites, since)
}

// Meeting is a group as models/attendance needs it for the joint session.
type Meeting struct {
	Group  GroupID
	Host   org.SiteID
	Guests []org.SiteID
	State  State
	HeldOn date.Date
	Hour   string
}

// Joint gives the group that a session is the meeting of, with those who were to meet when it is dissolved; ok is false for
// any other session. For models/attendance, which asks its own permission.
func Joint(tx *db.Tx, session calendar.SessionID) (m Meeting, ok bool, err error) {
	rows, err := db.All[groupRow](tx.Where("session_id = ?", session))
	if err != nil || len(rows) == 0 {
		return m, false, err
	}
	g := rows[0]
	m.Group, m.Host, m.State, m.HeldOn, m.Hour = g.ID, g.HostID, g.State, g.HeldOn, g.Hour
	table := "exchange_members"
	if g.State == Dissolved {
		table = "exchange_left"
	}
	m.Guests, err = db.Ask[org.SiteID](tx, "SELECT site_id FROM "+table+" WHERE group_id = ? AND site_id <> ? ORDER BY site_id", g.ID, g.HostID)
	return m, true, err
}

// Begin notes that a school opens the joint session of a group, and gives the group as it was before: from then on it is
// settled, when it was planned and the school hosts it. ok is false for any other session. Locks the group; for models/attendance, which has
// locked the school, keeps the audit row and refuses whom the group does not fit.
func Begin(tx *db.Tx, session calendar.SessionID, site org.SiteID) (m Meeting, ok bool, err error) {
	m, ok, err = lockJoint(tx, session)
	if err == nil && ok && m.State == Planned && m.Host == site {
		err = become(tx, session, Begun)
	}
	return m, ok, err
}

// Abandon notes that a joint session was taken back before it was handed in: its group can be changed again. Locks the
// group; for models/attendance, as Begin.
func Abandon(tx *db.Tx, session calendar.SessionID) error {
	m, ok, err := lockJoint(tx, session)
	if err == nil && ok && m.State == Begun {
		err = become(tx, session, Planned)
	}
	return err
}

// SetHeld notes that the joint session was handed in: what was held was held, also when it had been called off. A group that
// was dissolved stays so. Locks the group; for models/attendance, as Begin. It is nothing for a session that is no group's.
func SetHeld(tx *db.Tx, session calendar.SessionID) error {
	m, ok, err := lockJoint(tx, session)
	if err == nil && ok && m.State != Dissolved {
		err = become(tx, session, Held)
	}
	return err
}

func lockJoint(tx *db.Tx, session calendar.SessionID) (m Meeting, ok bool, err error) {
	rows, err := db.All[groupRow](tx.Locked().Where("session_id = ?", session))
	if err != nil || len(rows) == 0 {
		return m, false, err
	}
	return Joint(tx, session)
}

func become(tx *db.Tx, session calendar.SessionID, s State) error {
	_, err := db.Set(tx.Model(&groupRow{}).Where("session_id = ?", session), map[string]any{"state": s, "changed_at": tx.Now})
	return err
}
