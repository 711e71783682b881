package attendance

import (
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
)

// SettleInput says which of the values that two phones gave of a person holds.
type SettleInput struct {
	Session SessionID       `path:"id" json:"-"`
	Person  access.PersonID `json:"person" form:"person"`
	Value                   // one of those that were given
}

// Settle ends a conflict about a mark: the value chosen stands from now on. Every open conflict of the person in the
// session is settled by it; conflict when there is none. In a closed roll another value than the standing one becomes a correction. Locks the session. Permission: SessionsSubmit on the school.
func (a *Area) Settle(tx *db.Tx, by access.Actor, in SettleInput) (SessionView, error) {
	s, school, err := lockWithSchool(tx, by, in.Session, access.SessionsSubmit)
	if err != nil {
		return SessionView{}, err
	}
	var c fail.Check
	if c.If(in.Person.IsZero(), "person", "input.required") {
		return SessionView{}, c.Err()
	}
	w := newWork(tx, by, SubmitInput{Session: s.ID})
	w.school, w.was, w.s = school, s, s
	if err := w.load(); err != nil {
		return SessionView{}, err
	}
	chosen, err := w.choice(in)
	if err != nil {
		return SessionView{}, err
	}
	if row := w.rows[in.Person]; row.value() == chosen {
		return w.keep(in.Person)
	}
	w.set(in.Person, w.rows[in.Person].List, chosen)
	w.tally()
	return w.finish(a, "session.settle", proposal{Mark: &MarkInput{Person: in.Person, Value: chosen}})
}

// choice checks that the value chosen is the standing one or one of those said otherwise.
func (w *work) choice(in SettleInput) (Value, error) {
	open, err := db.All[conflictRow](w.tx.Where("session_id = ? AND person_id = ? AND settled_at IS NULL", in.Session, in.Person))
	if err != nil {
		return Value{}, err
	}
	if len(open) == 0 {
		return Value{}, fail.Conflict("attendance.nothing_to_settle")
	}
	row := w.rows[in.Person]
	given := row.value() == in.Value || slices.ContainsFunc(open, func(o conflictRow) bool {
		return Value{o.State, o.Reason, o.MadeUpOn} == in.Value
	})
	var c fail.Check
	c.If(!given, "state", "input.choice")
	return in.Value, c.Err()
}

// keep settles conflicts in favour of what stands.
func (w *work) keep(person access.PersonID) (SessionView, error) {
	if err := settleRows(w.tx, w.by, w.s.ID, person, w.rows[person].State); err != nil {
		return SessionView{}, err
	}
	err := audit.Add(w.tx, w.by, audit.Row{
		Act: "session.settle", Object: "session", ID: w.s.ID, Unit: audit.Unit(w.s.SiteID),
		Change: audit.Changes{}.ID("person", access.PersonID{}, person).Code("state", "", string(w.rows[person].State)),
	})
	return view(w.s, w.school, w.by), err
}

// finish stores what an act on a roll that was handed in has decided; in a closed roll it becomes a correction.
func (w *work) finish(a *Area, act string, p proposal) (SessionView, error) {
	shut, err := w.shut()
	if err != nil {
		return SessionView{}, err
	}
	if shut {
		err = w.ask(p)
		v := view(w.s, w.school, w.by)
		v.Waiting = w.receipt.Waiting
		return v, err
	}
	w.s.Revision++
	w.s.SubmittedBy, w.s.ChangedAt = w.marker.Ptr(), w.tx.Now
	return view(w.s, w.school, w.by), w.store(a, act)
}
