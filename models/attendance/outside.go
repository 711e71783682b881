package attendance

import (
	"slices"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/people"
)

// notOnRoster tells of a mark that its person is on no list of that day.
const notOnRoster = "attendance.not_on_roster"

// findOutside names those of the unknown whom the sender may know: they were on the school's roster on another day, or stand where he
// sees names. Nobody else is found by an ID.
func (w *work) findOutside(unknown []access.PersonID) error {
	w.outside = map[access.PersonID]string{}
	for _, person := range unknown {
		if kept, ok := w.kept[person]; ok {
			person = kept
		}
		if _, on := w.members[person]; on || w.rows[person] != nil {
			continue
		}
		rows, err := db.Ask[string](w.tx, "SELECT DISTINCT p.name FROM persons p JOIN rosters r ON r.person_id = p.id WHERE p.id = ? AND r.site_id = ?", person, w.s.SiteID)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			w.outside[person] = rows[0]
			continue
		}
		p, err := people.Named(w.tx, w.by, person)
		if _, ok := fail.As(err); ok {
			continue
		}
		if err != nil {
			return err
		}
		w.outside[person] = p.Name
	}
	return nil
}

// decideOutside makes a mark of somebody outside the roster what it is: who came was one of 名单外的人, of whom it is known who he is; that
// others did not come says nothing.
func (w *work) decideOutside(m MarkInput) MarkReceipt {
	name, known := w.outside[m.Person]
	switch {
	case !known:
		return refused(m, notOnRoster)
	case !m.State.Came():
		r := refused(m, notOnRoster)
		r.Outcome = Duplicate
		return r
	}
	w.asGuest(m.Person, name)
	v := Value{State: Observer}
	w.set(m.Person, ListCame, v)
	return MarkReceipt{Person: m.Person, Outcome: Accepted, Code: notOnRoster, Standing: v, Revision: w.was.Revision + 1}
}

// asGuest keeps that the person is a name outside the roster; a name that was written already is the same one.
func (w *work) asGuest(person access.PersonID, name string) {
	g := guestRow{ID: id.New[guestTag](), SessionID: w.s.ID, Name: name, AccountID: w.marker.Ptr(), At: w.tx.Now}
	same := func(o guestRow) bool { return lang.SearchTerm(o.Name) == lang.SearchTerm(name) }
	if i := slices.IndexFunc(w.guests, same); i >= 0 {
		g = w.guests[i]
		w.guests = slices.Delete(slices.Clone(w.guests), i, i+1)
	}
	g.PersonID, g.AttachedBy, g.AttachedAt = person.Ptr(), w.marker.Ptr(), &w.tx.Now
	if slices.ContainsFunc(w.hadGuests, func(o guestRow) bool { return o.ID == g.ID }) {
		w.moved = append(w.moved, g)
		return
	}
	w.newGuests = slices.DeleteFunc(w.newGuests, func(o guestRow) bool { return o.ID == g.ID })
	w.newGuests = append(w.newGuests, g)
}
