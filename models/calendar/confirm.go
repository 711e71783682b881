package calendar

import (
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// ConfirmInput says that an activity day takes place as planned.
type ConfirmInput struct {
	ID  DayID `path:"id" json:"-"`
	How How   `json:"how" form:"how"` // "" means host for those of the house, phone for everybody else
}

// Confirm says that an activity day takes place: the host by one tap, or an office that has it from him on the telephone
// (已电话说好). Nobody has to confirm. Planning leaves a confirmed day where it is; [Undo] takes the word back.
// Said again it changes nothing; a day that is over or called off is a conflict. Locks the school. Permission: CalendarMove on the school.
func Confirm(tx *db.Tx, by access.Actor, in ConfirmInput) (DayView, error) {
	old, s, err := lockDayOf(tx, by, in.ID)
	if err != nil {
		return DayView{}, err
	}
	own := OfTheHouse(by, s)
	if in.How == "" {
		in.How = ByPhone
		if own {
			in.How = ByHost
		}
	}
	var c fail.Check
	c.If(in.How != ByPhone && (in.How != ByHost || !own), "how", "input.choice")
	if err := c.Err(); err != nil {
		return DayView{}, err
	}
	switch {
	case !old.State.Open() || old.PlannedOn.Before(tx.Today()):
		return DayView{}, fail.Conflict("calendar.not_to_confirm")
	case old.ConfirmedAt != nil:
		return readDay(tx, old.ID)
	}
	now := old
	now.State, now.ConfirmedAt, now.ConfirmedBy, now.ConfirmedHow = Confirmed, &tx.Now, by.Account.Ptr(), in.How
	return become(tx, by, "calendar.confirm", old, now)
}

// Unconfirm takes back that a day takes place, whoever said it, and nothing else that was said of the day: on a page that is old by now
// the other words of [Undo] could be meant by nobody. Not said, it changes nothing. A day that was held or called off is a conflict. Locks
// the school. Permission: CalendarMove on the school.
func Unconfirm(tx *db.Tx, by access.Actor, in UndoInput) (DayView, error) {
	old, _, err := lockDayOf(tx, by, in.ID)
	if err != nil {
		return DayView{}, err
	}
	switch {
	case !old.State.Open():
		return DayView{}, fail.Conflict("calendar.not_to_confirm")
	case old.ConfirmedAt == nil:
		return readDay(tx, old.ID)
	}
	return become(tx, by, "calendar.unconfirm", old, old.unconfirmed())
}

// unconfirmed is the day without the word that it stands.
func (d Day) unconfirmed() Day {
	d.ConfirmedAt, d.ConfirmedBy, d.ConfirmedHow = nil, nil, ""
	d.State = d.opened()
	return d
}

// OfTheHouse reports an actor who is host or head of the school.
func OfTheHouse(by access.Actor, s org.School) bool {
	return slices.ContainsFunc(by.Grants(), func(g access.Grant) bool {
		return (g.Role == access.Host || g.Role == access.Head) &&
			slices.ContainsFunc(s.Paths(), func(p string) bool { return p != "" && strings.HasPrefix(p, g.Path) })
	})
}
