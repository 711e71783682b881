package attendance

import (
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// Writable locks a session (unless the unit of work only reads) and gives it, for an act of an area above that is for those who write its
// roll now. Permission: SessionsSubmit on the school.
func Writable(tx *db.Tx, by access.Actor, session SessionID) (SessionView, error) {
	s, school, before, err := forHandIn(tx, by, session)
	if err == nil && !before.IsZero() {
		err = fail.Forbidden("attendance.handed_over", before.String())
	}
	return view(s, school, by), err
}

// Sendable is [Writable] also for one who has handed the school over, about a day before: as [Area.Submit], for what a phone has kept.
func Sendable(tx *db.Tx, by access.Actor, session SessionID) (SessionView, error) {
	s, school, before, err := forHandIn(tx, by, session)
	if err == nil {
		err = stillHis(before, s.HeldOn)
	}
	return view(s, school, by), err
}

func forHandIn(tx *db.Tx, by access.Actor, session SessionID) (sessionRow, org.School, date.Date, error) {
	s, school, err := heldFor(tx, by, session)
	if err != nil {
		return s, school, date.Date{}, err
	}
	before, err := requireHandIn(tx, by, school)
	return s, school, before, err
}

// heldFor locks a session where the unit of work writes.
func heldFor(tx *db.Tx, by access.Actor, session SessionID) (sessionRow, org.School, error) {
	q := tx.Where("id = ?", session)
	if tx.Writes() {
		q = tx.Locked().Where("id = ?", session)
	}
	s, err := db.One[sessionRow](q, "attendance.session_missing")
	if err != nil {
		return s, org.School{}, hide(by, err)
	}
	school, err := org.FindSchool(tx, s.SiteID)
	return s, school, err
}

// Provable locks a session (unless the unit of work only reads) and gives it, for taking away or bringing back what proves its roll. While
// the roll may be corrected freely that is for who writes it; afterwards, as a correction, for the township. Permission: SessionsSubmit on
// the school, once the roll is closed SessionsApprove.
func Provable(tx *db.Tx, by access.Actor, session SessionID) (SessionView, error) {
	s, school, err := heldFor(tx, by, session)
	if err != nil {
		return SessionView{}, err
	}
	l, err := lifeOf(tx, s)
	if err != nil {
		return SessionView{}, err
	}
	if !l.Closed {
		return Writable(tx, by, session)
	}
	if by.Can(access.SessionsSubmit, school.Paths()...) && !by.Can(access.SessionsApprove, school.Paths()...) {
		return SessionView{}, fail.Forbidden("photos.closed")
	}
	return view(s, school, by), by.Require(access.SessionsApprove, school.Paths()...)
}

// Pictured reads a session for those who may see its pictures: whoever sees everybody's marks there by name, for a picture shows
// everybody who was in the room. Permission: SessionsSee and SessionsMarks on the school.
func Pictured(tx *db.Tx, by access.Actor, session SessionID) (SessionView, error) {
	s, school, err := find(tx, by, session)
	if err != nil {
		return SessionView{}, err
	}
	if !sightOf(by, school).all {
		return SessionView{}, fail.Forbidden("access.forbidden")
	}
	return view(s, school, by), nil
}
