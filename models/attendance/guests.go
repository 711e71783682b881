package attendance

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/people"
)

// GuestLine is a name outside the roster, with whom it was found to be.
type GuestLine struct {
	ID         GuestID          `json:"id"`
	Name       string           `json:"name"`
	Person     access.PersonID  `json:"person"` // zero while it is only a name
	PersonName string           `json:"person_name"`
	AttachedBy access.AccountID `json:"attached_by"`
	AttachedAt *time.Time       `json:"attached_at"`
	Likely     []people.View    `json:"likely"` // persons of this name whom the actor may know; only of a mere name
}

// mostLikely bounds the persons proposed for one name.
const mostLikely = 5

// Guests lists the names outside the roster of a session, in the order in which they were written. Permission: SessionsSubmit
// on the school.
func Guests(tx *db.Tx, by access.Actor, in SessionInput) (db.Page[GuestLine], error) {
	out := db.Page[GuestLine]{Items: []GuestLine{}}
	s, school, err := find(tx, by, in.ID)
	if err == nil {
		err = by.Require(access.SessionsSubmit, school.Paths()...)
	}
	if err != nil {
		return out, err
	}
	rows, err := db.All[guestRow](tx.Where("session_id = ?", s.ID).Order("place, id"))
	if err != nil {
		return out, err
	}
	var who []access.PersonID
	for _, g := range rows {
		if g.PersonID != nil {
			who = append(who, *g.PersonID)
		}
	}
	names, err := people.Names(tx, who)
	if err != nil {
		return out, err
	}
	for _, g := range rows {
		line := GuestLine{ID: g.ID, Name: g.Name, Person: id.Or(g.PersonID), AttachedBy: id.Or(g.AttachedBy), AttachedAt: g.AttachedAt, Likely: []people.View{}}
		line.PersonName = names[line.Person]
		if g.PersonID == nil && !by.Visible(access.PeopleNames).Empty() {
			found, err := people.List(tx, by, people.ListInput{Name: g.Name, Limit: mostLikely})
			if err != nil {
				return out, err
			}
			line.Likely = found.Items
		}
		out.Items = append(out.Items, line)
	}
	return out, nil
}

// GuestInput names a guest of a session.
type GuestInput struct {
	Session SessionID `path:"id" json:"-"`
	Guest   GuestID   `path:"guest" json:"-"`
}

// AttachInput says who a guest was.
type AttachInput struct {
	GuestInput
	Person access.PersonID `json:"person" form:"person"`
}

// AttachGuest says that a name outside the roster is a person: the person was there, as [Present] when he was due that day, as
// [Observer] otherwise, and the name counts no more by itself. Who was marked as there already is counted once. A guest who
// is attached already moves to the other person. Locks the session. Permission: SessionsSubmit on the school, and the person's
// name must be one that the actor may know.
func (a *Area) AttachGuest(tx *db.Tx, by access.Actor, in AttachInput) (SessionView, error) {
	w, g, err := a.guest(tx, by, in.GuestInput)
	if err != nil {
		return SessionView{}, err
	}
	var c fail.Check
	if c.If(in.Person.IsZero(), "person", "input.required") {
		return SessionView{}, c.Err()
	}
	p, err := people.Named(tx, by, in.Person)
	if err != nil {
		return SessionView{}, err
	}
	if id.Or(g.PersonID) == p.ID {
		return view(w.s, w.school, by), nil
	}
	if g.PersonID != nil {
		w.takeBack(g)
	}
	seat := w.seatOf(p.ID)
	if row := w.rows[p.ID]; row == nil || !row.State.Came() {
		v, _ := Value{State: Present}.check(seat, w.s.HeldOn, tx.Today())
		w.set(p.ID, seat.list, v)
	}
	return w.keepGuest(a, g, p.ID.Ptr(), "session.guest_attach")
}

// DetachGuest makes a guest a mere name again. The mark that came by attaching goes back to what it was, unless the roll was
// corrected since. A mere name stays one. Locks the session. Permission: SessionsSubmit on the school.
func (a *Area) DetachGuest(tx *db.Tx, by access.Actor, in GuestInput) (SessionView, error) {
	w, g, err := a.guest(tx, by, in)
	if err != nil {
		return SessionView{}, err
	}
	if g.PersonID == nil {
		return view(w.s, w.school, by), nil
	}
	w.takeBack(g)
	return w.keepGuest(a, g, nil, "session.guest_detach")
}

// guest locks the session and finds the guest.
func (a *Area) guest(tx *db.Tx, by access.Actor, in GuestInput) (*work, guestRow, error) {
	s, school, err := lockWithSchool(tx, by, in.Session, access.SessionsSubmit)
	if err != nil {
		return nil, guestRow{}, err
	}
	g, err := db.One[guestRow](tx.Where("id = ? AND session_id = ?", in.Guest, in.Session), "attendance.guest_missing")
	if err != nil {
		return nil, g, err
	}
	w := newWork(tx, by, SubmitInput{Session: s.ID})
	w.school, w.was, w.s = school, s, s
	if err := w.load(); err != nil {
		return nil, g, err
	}
	return w, g, w.rosterOfDay()
}

// rosterOfDay reads the roster of the day without fitting the roll to it.
func (w *work) rosterOfDay() error {
	list, err := rosterOn(w.tx, w.s)
	for _, m := range list {
		w.members[m.id] = m
	}
	return err
}

// seatOf is the list on which a person stands in this session: that of his mark, else that of the roster of the day.
func (w *work) seatOf(person access.PersonID) seat {
	if row := w.rows[person]; row != nil {
		return seat{list: row.List, exempt: row.State == Exempt}
	}
	if m, ok := w.members[person]; ok {
		return m.seat
	}
	return seat{list: ListCame}
}

// takeBack undoes the mark that attaching the guest has set.
func (w *work) takeBack(g guestRow) {
	person := id.Or(g.PersonID)
	row := w.rows[person]
	if row == nil || g.AttachedAt == nil || !row.ReceivedAt.Equal(*g.AttachedAt) || row.Device != "" {
		return // was there before, or was corrected since
	}
	for _, other := range w.attached {
		if other.ID != g.ID && id.Or(other.PersonID) == person {
			return // another name of the same person
		}
	}
	before := Value{State: Unmarked}
	if m := w.members[person]; row.List == ListDue && m.exempt {
		before.State = Exempt
	}
	if last, ok := w.lastChange[person]; ok && last.Revision == row.Revision {
		before = Value{State: last.BeforeState, Reason: last.BeforeReason}
	}
	w.set(person, row.List, before)
}

// keepGuest stores what was decided about a guest, with the marks, tallies and credits that follow.
func (w *work) keepGuest(a *Area, g guestRow, person *access.PersonID, act string) (SessionView, error) {
	columns := map[string]any{"person_id": person, "attached_by": nil, "attached_at": nil}
	if person != nil {
		columns["attached_by"], columns["attached_at"] = w.by.Account.Ptr(), w.tx.Now
	}
	if _, err := db.Set(w.tx.Model(&guestRow{}).Where("id = ?", g.ID), columns); err != nil {
		return SessionView{}, err
	}
	guests, err := db.All[guestRow](w.tx.Where("session_id = ? AND person_id IS NULL", w.s.ID).Order("place, id"))
	if err != nil {
		return SessionView{}, err
	}
	w.guests, w.hadGuests = guests, guests
	w.tally()
	w.s.Revision++
	w.s.SubmittedBy, w.s.ChangedAt = w.by.Account.Ptr(), w.tx.Now
	w.said = audit.Changes{}.ID("guest_id", GuestID{}, g.ID).ID("person_id", id.Or(g.PersonID), id.Or(person))
	return view(w.s, w.school, w.by), w.store(a, act)
}
