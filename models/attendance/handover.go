package attendance

import (
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

// SiteKeeper keeps a hand-over from being undone once there is a session under the new host; app registers it with [people.Area.OnHandover].
func SiteKeeper() people.Keeper { return people.Keeper{Undone: refuseUndone} }

// refuseUndone counts sessions of days under the new host that were recorded since the hand-over was; the school is locked, so none
// comes in meanwhile.
func refuseUndone(tx *db.Tx, _ access.Actor, h people.Handover) error {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM sessions WHERE site_id = ? AND held_on >= ? AND state <> ? AND (made_at >= ? OR submitted_at >= ?)",
		h.Site, h.On, Withdrawn, h.MadeAt, h.MadeAt)
	if err == nil && n[0] > 0 {
		err = fail.Conflict("attendance.held_since_handover", n[0])
	}
	return err
}

// requireHandIn asks for SessionsSubmit on a school whose sessions are locked. The actor's rights were read before the lock, and a hand-over
// may have come between: for an account that one has taken the school from they are read again. Such an account may
// still hand in what its phone has kept about the days before: then the day is given from which on it may not.
func requireHandIn(tx *db.Tx, by access.Actor, school org.School) (before date.Date, err error) {
	h, handed, err := accounts.HandedOver(tx, by.Account, school.ID)
	if err != nil {
		return before, err
	}
	if !handed {
		return before, by.Require(access.SessionsSubmit, school.Paths()...)
	}
	if !h.Actor.Can(access.SessionsSubmit, school.Paths()...) && !h.Before.IsZero() {
		return h.Before, nil
	}
	return before, h.Actor.Require(access.SessionsSubmit, school.Paths()...)
}

// stillHis refuses what one hands in who has handed the school over, unless it is about a day before.
func stillHis(before date.Date, days ...date.Date) error {
	if before.IsZero() {
		return nil
	}
	for _, d := range days {
		if !d.Before(before) {
			return fail.Forbidden("attendance.handed_over", before.String())
		}
	}
	return nil
}
