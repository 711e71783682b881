package attendance

import (
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// Writable locks a session (unless the unit of work only reads) and gives it, for an act of an area above that is for those who write its roll: as [Area.Submit], also for one
// who has handed the school over, about a day before. Permission: SessionsSubmit on the school.
func Writable(tx *db.Tx, by access.Actor, session SessionID) (SessionView, error) {
	q := tx.Where("id = ?", session)
	if tx.Writes() {
		q = tx.Locked().Where("id = ?", session)
	}
	s, err := db.One[sessionRow](q, "attendance.session_missing")
	if err != nil {
		return SessionView{}, hide(by, err)
	}
	school, err := org.FindSchool(tx, s.SiteID)
	if err != nil {
		return SessionView{}, err
	}
	until, err := requireHandIn(tx, by, school)
	if err == nil {
		err = stillHis(until, s.HeldOn)
	}
	return view(s, school, by), err
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
