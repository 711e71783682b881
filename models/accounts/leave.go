package accounts

import (
	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
)

// LeaveInput says on which day somebody leaves office.
type LeaveInput struct {
	ID AccountID `path:"id" json:"-"`
	On date.Date `json:"on" form:"on"` // last day in office; today or before closes the account at once
}

// Leave ends an account with its owner's office: its roles end with the day, then it is closed and its sign-ins end. It goes to
// nobody else; what was done by it stays its owner's. A later day than the one set before takes its place. Conflict for
// the last account that steers the county. Locks the account. Permission: as for [SetDisabled].
func Leave(tx *db.Tx, by access.Actor, in LeaveInput) (View, error) {
	h, err := lockOver(tx, by, in.ID)
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	if c.If(in.On.IsZero(), "on", "input.required") {
		return View{}, c.Err()
	}
	if err := h.keepCounty(tx, h.grants...); err != nil {
		return View{}, err
	}
	end := in.On.AddDays(1).At(0, 0)
	if !in.On.After(tx.Today()) {
		end = tx.Now
	}
	_, err = db.Set(tx.Model(&grantRow{}).Where("account_id = ? AND (expires_at IS NULL OR expires_at > ?)", in.ID, end), map[string]any{"expires_at": end})
	if err == nil {
		_, err = db.Set(tx.Model(&accountRow{}).Where("id = ?", in.ID), map[string]any{"ends_on": in.On})
	}
	if err == nil {
		err = audit.Add(tx, by, audit.Row{
			Act: "account.leave", Object: "account", ID: in.ID, Change: audit.Changes{}.Code("ends_on", h.row.EndsOn.String(), in.On.String()),
		})
	}
	if err != nil {
		return View{}, err
	}
	if !in.On.After(tx.Today()) {
		return SetDisabled(tx, by, SetDisabledInput{ID: in.ID, Disabled: true})
	}
	return read(tx, in.ID)
}

// departed are the persons who have moved away or died before a day, as those who keep the rolls have confirmed.
const departed = "SELECT p.id FROM persons p WHERE p.gone_on < ? AND NOT EXISTS (SELECT 1 FROM life_states l " +
	"WHERE l.person_id = p.id AND l.since = p.gone_on AND l.confirmed_at IS NULL)"

// CloseLeft closes the accounts whose last day is over, and those whose owner has moved away or died, and says how many. An
// owner who comes back gets his account opened again by hand. A job calls it.
func CloseLeft(tx *db.Tx, by access.Actor) (int64, error) {
	rows, err := db.All[accountRow](tx.Where("disabled_at IS NULL AND (ends_on < ? OR open_person_id IN ("+departed+"))", tx.Today(), tx.Today()).
		Order("id").Limit(500))
	var n int64
	for _, r := range rows {
		_, err := SetDisabled(tx, by, SetDisabledInput{ID: r.ID, Disabled: true})
		if fail.KindOf(err) == fail.Conflicting {
			continue // the last one that steers the county stays
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, err
}
