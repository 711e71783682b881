package attendance

import (
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
	"huotang/models/people"
)

// member is a person of the roster on the day of the session.
type member struct {
	id   access.PersonID
	name string
	site org.SiteID // whose roster
	seat
}

// rosterOn reads the roster of the session's day in its own order; for the meeting of an exchange week those of the
// guests' schools after it. Who is on two of them comes with the first.
func rosterOn(tx *db.Tx, s sessionRow) ([]member, error) {
	out, err := rosterOf(tx, s.SiteID, s.HeldOn)
	if err != nil || !slices.Contains(splitKinds(s.Kinds), Exchange) {
		return out, err
	}
	joint, _, err := exchange.Joint(tx, s.ID)
	for _, site := range joint.Guests {
		if err != nil {
			break
		}
		var more []member
		more, err = rosterOf(tx, site, s.HeldOn)
		for _, m := range more {
			if !slices.ContainsFunc(out, func(o member) bool { return o.id == m.id }) {
				out = append(out, m)
			}
		}
	}
	return out, err
}

// rosterOf reads one school's roster of a day in one query.
func rosterOf(tx *db.Tx, site org.SiteID, day date.Date) ([]member, error) {
	list, err := people.RosterOn(tx, site, day)
	if err != nil {
		return nil, err
	}
	out := make([]member, len(list))
	for i, p := range list {
		out[i] = member{id: p.Person, name: p.Name, site: site, seat: seat{list: ListCame}}
		if p.Standing.Due() {
			out[i].seat = seat{list: ListDue, exempt: p.Exempt}
		}
	}
	return out, nil
}
