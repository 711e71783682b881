package calendar

import (
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// farMove is how many days from the ruled date a day may be moved beyond its month.
const farMove = 15

// reachable reports a date to which a day of the month that is ruled on a date may be moved.
func reachable(month date.Month, ruled, to date.Date) bool {
	away := to.Sub(ruled)
	return to.Month() == month || away <= farMove && away >= -farMove
}

// reach is the last such date.
func reach(month date.Month, ruled date.Date) date.Date {
	if far := ruled.AddDays(farMove); far.After(month.Last()) {
		return far
	}
	return month.Last()
}

// lockDay locks the school of an activity day, the root, and reads the day. Permission: CalendarMove on the school.
func lockDay(tx *db.Tx, by access.Actor, day DayID) (Day, error) {
	d, _, err := lockDayOf(tx, by, day)
	return d, err
}

// lockDayOf is lockDay, with the school.
func lockDayOf(tx *db.Tx, by access.Actor, day DayID) (Day, org.School, error) {
	d, err := db.One[Day](tx.Where("id = ?", day), "calendar.day_gone")
	if err != nil {
		return Day{}, org.School{}, err
	}
	s, err := org.LockSite(tx, d.SiteID)
	if err != nil {
		return Day{}, org.School{}, err
	}
	if err := by.Require(access.CalendarMove, s.Paths()...); err != nil {
		return Day{}, s, err
	}
	d, err = db.One[Day](tx.Where("id = ?", day), "calendar.day_gone")
	return d, s, err
}

// become stores what a day has become and its audit row, and tells of it. Its sequence grows: whoever keeps the day in a calendar of his own
// shall see the change.
func become(tx *db.Tx, by access.Actor, act string, old, now Day) (DayView, error) {
	_, err := db.Set(tx.Model(&Day{}).Where("id = ?", old.ID), map[string]any{
		"planned_on": now.PlannedOn, "ruled_on": now.RuledOn, "hour": now.Hour, "shift": now.Shift, "state": now.State,
		"reason": now.Reason, "note": now.Note, "moved_by": now.MovedBy, "announced_at": now.AnnouncedAt,
		"confirmed_at": now.ConfirmedAt, "confirmed_by": now.ConfirmedBy, "confirmed_how": now.ConfirmedHow,
		"sequence": old.Sequence + 1, "changed_at": tx.Now,
	})
	if err != nil {
		return DayView{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: act, Object: "activity_day", ID: old.ID, Unit: audit.Unit(old.SiteID),
		Change: audit.Changes{}.Code("planned_on", old.PlannedOn.String(), now.PlannedOn.String()).
			Code("state", string(old.State), string(now.State)).Code("reason", string(old.Reason), string(now.Reason)),
	})
	if err == nil {
		err = tx.Tell(DaysChanged{By: by.Account, Days: []DayChange{changed(old, now)}})
	}
	if err != nil {
		return DayView{}, err
	}
	return readDay(tx, old.ID)
}

// MoveInput moves an activity day.
type MoveInput struct {
	ID     DayID     `path:"id" json:"-"`
	To     date.Date `json:"to" form:"to"`
	Reason Reason    `json:"reason" form:"reason"` // "" where he does not say why: nobody is asked for more than the day
}

// Move puts an activity day on another date: from today on, and in its month or at most 15 days
// from the ruled date, where the school has no other. It is announced and confirmed anew. A day that was said not to be held is planned again
// by it; one that was held or cancelled is a conflict. Locks the school. Permission: CalendarMove on the school.
func Move(tx *db.Tx, by access.Actor, in MoveInput) (DayView, error) {
	old, err := lockDay(tx, by, in.ID)
	if err != nil {
		return DayView{}, err
	}
	if !old.State.Open() && old.State != NotHeld {
		return DayView{}, fail.Conflict("calendar.not_open")
	}
	var c fail.Check
	c.If(in.Reason != "" && !slices.Contains(Reasons, in.Reason), "reason", "input.choice")
	if !c.If(in.To.IsZero(), "to", "input.required") && !c.If(in.To.Before(tx.Today()), "to", "calendar.move_past") {
		c.If(!reachable(old.Month, old.RuledOn, in.To), "to", "calendar.move_far", farMove)
	}
	if err := in.checkFree(tx, &c, old); err != nil {
		return DayView{}, err
	}
	if err := c.Err(); err != nil {
		return DayView{}, err
	}
	now := old
	now.anew()
	now.PlannedOn, now.Shift, now.Reason, now.MovedBy = in.To, ByHand, in.Reason, by.Account.Ptr()
	return become(tx, by, "calendar.move", old, now)
}

// checkFree notes that the school has another activity day on the date.
func (in MoveInput) checkFree(tx *db.Tx, c *fail.Check, old Day) error {
	others, err := db.All[Day](tx.Where("site_id = ? AND planned_on = ? AND id <> ? AND state <> ?", old.SiteID, in.To, old.ID, Cancelled).Limit(1))
	c.If(len(others) > 0, "to", "calendar.move_taken")
	return err
}

// NotHeldInput says why a day was not held.
type NotHeldInput struct {
	ID     DayID  `path:"id" json:"-"`
	Reason Reason `json:"reason" form:"reason"`
}

// SetNotHeld says that an activity day of this month or an earlier one is not held, and why; [Undo] takes it back.
// Locks the school. Permission: CalendarMove on the school.
func SetNotHeld(tx *db.Tx, by access.Actor, in NotHeldInput) (DayView, error) {
	old, err := lockDay(tx, by, in.ID)
	if err != nil {
		return DayView{}, err
	}
	if !old.State.Open() && old.State != NotHeld {
		return DayView{}, fail.Conflict("calendar.not_open")
	}
	if old.Month.After(tx.Today().Month()) {
		return DayView{}, fail.Conflict("calendar.not_yet")
	}
	var c fail.Check
	c.If(!slices.Contains(Reasons, in.Reason), "reason", "calendar.reason_required")
	if err := c.Err(); err != nil {
		return DayView{}, err
	}
	now := old
	now.State, now.Reason = NotHeld, in.Reason
	return become(tx, by, "calendar.not_held", old, now)
}

// UndoInput names the day.
type UndoInput struct {
	ID DayID `path:"id" json:"-"`
}

// Undo takes the last thing said of a day back: what was asked for and not decided is withdrawn, a day not held or called off is
// planned again, a confirmation is gone, a moved one goes back to where the rule has it. Locks the school. Permission:
// CalendarMove on the school; CalendarCancel for a day that was called off.
func Undo(tx *db.Tx, by access.Actor, in UndoInput) (DayView, error) {
	old, s, err := lockDayOf(tx, by, in.ID)
	if err != nil {
		return DayView{}, err
	}
	if done, err := withdraw(tx, by, old); done || err != nil {
		if err != nil {
			return DayView{}, err
		}
		return readDay(tx, old.ID)
	}
	now := old
	switch {
	case old.State == Cancelled && old.Reason != "":
		if err := mayUndoCancel(by, s); err != nil {
			return DayView{}, err
		}
		now.State, now.Reason, now.Note = old.opened(), "", ""
	case old.State == NotHeld:
		now.State, now.Reason, now.Note = old.opened(), "", ""
	case old.State.Open() && old.ConfirmedAt != nil:
		now = old.unconfirmed()
	case old.State.Open() && old.Shift == ByHand:
		if err := backToRule(tx, &now); err != nil {
			return DayView{}, err
		}
	default:
		return DayView{}, fail.Conflict("calendar.nothing_to_undo")
	}
	return become(tx, by, "calendar.undo", old, now)
}

// backToRule gives a moved day the date that planning would give it now.
func backToRule(tx *db.Tx, d *Day) error {
	chain, err := org.Chain(tx, org.SiteUnit(d.SiteID))
	if err != nil {
		return err
	}
	units := make([]org.UnitID, len(chain))
	for i, u := range chain {
		units[i] = u.ID
	}
	rs, err := loadRules(tx)
	if err != nil {
		return err
	}
	days, err := LoadDays(tx, d.Month, d.Month)
	if err != nil {
		return err
	}
	d.anew()
	d.PlannedOn, d.Shift, d.Reason, d.Note, d.MovedBy = d.RuledOn, AsRuled, "", "", nil
	if r := rs.at(d.Month, units...); r.IsSet() {
		d.PlannedOn, d.RuledOn, d.Shift = r.On(d.Month, days)
	}
	return nil
}

// SetHeld notes that the session of an activity day was submitted; for models/attendance, which has
// locked the school and asked its own permission and keeps the audit row.
func SetHeld(tx *db.Tx, day DayID) error {
	return setState(tx, day, map[string]any{"state": Held, "reason": "", "changed_at": tx.Now})
}

// SetUnheld notes that the session was voided: the day is again what it was before.
func SetUnheld(tx *db.Tx, day DayID) error {
	d, err := db.One[Day](tx.Where("id = ?", day), "calendar.day_gone")
	if err != nil || d.State != Held {
		return err
	}
	return setState(tx, day, map[string]any{"state": d.opened(), "changed_at": tx.Now})
}

func setState(tx *db.Tx, day DayID, columns map[string]any) error {
	n, err := db.Set(tx.Model(&Day{}).Where("id = ?", day), columns)
	if err == nil && n != 1 {
		return fail.NotFound("calendar.day_gone")
	}
	return err
}
