package attendance

import (
	"slices"
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
// is attached already moves to the other person. In a closed roll it becomes a correction. Locks the session. Permission: SessionsSubmit on the school, and the person's
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
	return w.act(a, "session.guest_attach", attaching{g.ID, p.ID})
}

// DetachGuest makes a guest a mere name again. The mark that came by attaching goes back to what it was, unless the roll was
// corrected since. A mere name stays one. In a closed roll it becomes a correction. Locks the session. Permission: SessionsSubmit on the school.
func (a *Area) DetachGuest(tx *db.Tx, by access.Actor, in GuestInput) (SessionView, error) {
	w, g, err := a.guest(tx, by, in)
	if err != nil {
		return SessionView{}, err
	}
	if g.PersonID == nil {
		return view(w.s, w.school, by), nil
	}
	return w.act(a, "session.guest_detach", attaching{Guest: g.ID})
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
	return w, g, nil
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

// act changes who a guest was; in a closed roll it becomes a correction.
func (w *work) act(a *Area, act string, at attaching) (SessionView, error) {
	if err := w.reattach(at); err != nil {
		return SessionView{}, err
	}
	return w.finish(a, act, proposal{Attach: &at})
}

// reattach decides the marks and the tally that follow from who a guest was.
func (w *work) reattach(at attaching) error {
	all := append(slices.Clone(w.guests), w.attached...)
	i := slices.IndexFunc(all, func(g guestRow) bool { return g.ID == at.Guest })
	if i < 0 {
		return fail.NotFound("attendance.guest_missing")
	}
	if err := w.rosterOfDay(); err != nil {
		return err
	}
	g, was := all[i], id.Or(all[i].PersonID)
	if g.PersonID != nil {
		w.takeBack(g)
	}
	g.PersonID, g.AttachedBy, g.AttachedAt = at.Person.Ptr(), nil, nil
	if !at.Person.IsZero() {
		g.AttachedBy, g.AttachedAt = w.marker.Ptr(), &w.tx.Now
		seat := w.seatOf(at.Person)
		if row := w.rows[at.Person]; row == nil || !row.State.Came() {
			v, _ := Value{State: Present}.check(seat, w.s.HeldOn, w.tx.Today())
			w.set(at.Person, seat.list, v)
		}
	}
	w.guests = slices.DeleteFunc(all, func(o guestRow) bool { return o.ID != g.ID && o.PersonID != nil || o.ID == g.ID && g.PersonID != nil })
	w.hadGuests, w.moved = w.guests, []guestRow{g}
	w.tally()
	w.said = audit.Changes{}.ID("guest_id", GuestID{}, g.ID).ID("person_id", was, at.Person)
	return nil
}
