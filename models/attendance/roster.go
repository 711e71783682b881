package attendance

import (
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// member is a person of the roster on the day of the session.
type member struct {
	id   access.PersonID
	name string
	seat
}

// rosterOn reads the roster in its own order, in one query.
func rosterOn(tx *db.Tx, site org.SiteID, day date.Date) ([]member, error) {
	list, err := people.RosterOn(tx, site, day)
	if err != nil {
		return nil, err
	}
	out := make([]member, len(list))
	for i, p := range list {
		out[i] = member{id: p.Person, name: p.Name, seat: seat{list: ListCame}}
		if p.Standing.Due() {
			out[i].seat = seat{list: ListDue, exempt: p.Exempt}
		}
	}
	return out, nil
}
