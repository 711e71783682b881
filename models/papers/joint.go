package papers

import (
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
	"huotang/models/people"
)

// joint takes the meeting of a group in, which is entered by its host; known is false for any other session.
func (r *Resolved) joint(tx *db.Tx, session attendance.SessionID) (known bool, err error) {
	m, known, err := exchange.Joint(tx, session)
	if err != nil || !known {
		return false, err
	}
	r.Group, r.guests = m.Group, m.Guests
	if r.Site.IsZero() {
		r.Site, r.HeldOn, r.Hour, r.Kinds = m.Host, m.HeldOn, m.Hour, []attendance.Kind{attendance.Exchange}
	}
	return true, nil
}

// meeting makes the sheets of a group's meeting: the host's roster and each guest's, everybody once as on the roll. The lesson is
// written by hand.
func meeting(tx *db.Tx, host org.School, guests []org.SiteID, day calendar.DayView) ([]Twin, error) {
	schools := []org.School{host}
	for _, site := range guests {
		school, err := org.FindSchool(tx, site)
		if err != nil {
			return nil, err
		}
		schools = append(schools, school)
	}
	listed := map[access.PersonID]bool{}
	var out []Twin
	for _, school := range schools {
		t, err := twin(tx, school, &day, curricula.Plans{}, listed)
		if err != nil {
			return nil, err
		}
		t.Kinds = []attendance.Kind{attendance.Exchange}
		out = append(out, t)
	}
	return out, nil
}

// meetings makes the sheets of the meetings that a school hosts.
func meetings(tx *db.Tx, host org.School, from, to date.Date) ([]Twin, error) {
	found, err := exchange.Around(tx, host.ID, from, to)
	if err != nil {
		return nil, err
	}
	var out []Twin
	for _, c := range found {
		if c.Host.ID != host.ID || c.State == exchange.Held {
			continue
		}
		var guests []org.SiteID
		for _, g := range c.Guests {
			guests = append(guests, g.ID)
		}
		more, err := meeting(tx, host, guests, calendar.DayView{PlannedOn: c.HeldOn, SessionID: c.SessionID, Month: c.HeldOn.Month(), Hour: c.Hour})
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// take lists a roster, but whom another sheet of the evening has listed.
func (t *Twin) take(roster []people.Member, listed map[access.PersonID]bool) {
	for _, m := range roster {
		switch {
		case listed[m.Person]:
		case m.Standing.Due():
			t.Due = append(t.Due, m.Name)
		default:
			t.Others = append(t.Others, m.Name)
		}
		if listed != nil {
			listed[m.Person] = true
		}
	}
}
