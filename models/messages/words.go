package messages

import (
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/lang"
	"huotang/models/org"
)

// views puts messages into words, with the names as they are now.
func views(tx *db.Tx, l lang.Lang, rows []messageRow) ([]View, error) {
	units := make([]org.UnitID, len(rows))
	var groups []exchange.GroupID
	for i, r := range rows {
		units[i] = r.UnitID
		if r.Object == ofGroup {
			groups = append(groups, exchange.GroupID(r.ObjectID))
		}
	}
	out := make([]View, len(rows))
	if len(rows) == 0 {
		return out, nil
	}
	names, err := org.Names(tx, units)
	if err != nil {
		return nil, err
	}
	parties, err := exchange.Parties(tx, groups)
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		f, err := r.facts()
		if err != nil {
			return nil, err
		}
		w := words{voice{l, false}, r, f, names[r.UnitID], parties[exchange.GroupID(r.ObjectID)]}
		out[i] = View{
			ID: r.ID, Kind: r.Kind, Object: r.Object, ObjectID: r.ObjectID, Unit: r.UnitID, Facts: f, Text: w.text(), Link: w.link(),
			MadeAt: r.MadeAt, Read: r.ReadAt != nil, Overtaken: r.OvertakenAt != nil, Over: !r.Until.IsZero() && r.Until.Before(tx.Today()),
		}
	}
	return out, nil
}

// words are what a message's text is made of.
type words struct {
	voice
	row   messageRow
	facts Facts
	unit  string
	party exchange.Party // of a group that is still there
}

func (w words) text() string {
	f := w.facts
	switch w.row.Kind {
	case DayAnnounced:
		return w.T("messages.text.day_announced", w.unit, w.when(f.On, f.Hour))
	case DayMoved:
		return w.T("messages.text.day_moved", w.unit, w.short(f.Was), w.when(f.On, f.Hour)) + w.why(f.Reason)
	case DayRuled:
		s := w.T("messages.text.day_ruled", w.unit, w.short(f.Was), w.when(f.On, f.Hour))
		if f.More > 0 {
			s += w.T("messages.more", f.More)
		}
		return s
	case DayOff:
		return w.T("messages.text.day_off", w.unit, w.day(f.On)) + w.why(f.Reason)
	case DayOn:
		return w.T("messages.text.day_on", w.unit, w.when(f.On, f.Hour))
	case CancelAsked:
		return w.T("messages.text.cancel_asked", w.unit, w.day(f.On)) + w.why(f.Reason)
	case CancelRefused:
		return w.T("messages.text.cancel_refused", w.unit, w.when(f.On, f.Hour))
	case Digest:
		return w.digest()
	}
	return w.group()
}

// group is the text of a message about an exchange week.
func (w words) group() string {
	f := w.facts
	switch w.row.Kind {
	case GroupOff:
		return w.T("messages.text.group_off", w.unit, w.day(f.On)) + w.why(f.Reason)
	case GroupOn:
		return w.T("messages.text.group_on", w.unit, w.when(f.On, f.Hour))
	case GroupLeft:
		return w.T("messages.text.group_left", w.unit)
	}
	var others []string
	for _, s := range append([]exchange.SchoolView{w.party.Host}, w.party.Guests...) {
		if s.Name != "" && org.SiteUnit(s.ID) != w.row.UnitID {
			others = append(others, s.Name)
		}
	}
	if len(others) == 0 || w.party.State == exchange.Dissolved { // the group is no more
		return w.T("messages.text.group_gone", w.unit, w.day(f.On))
	}
	return w.T("messages.text."+string(w.row.Kind), w.unit, w.join(others), w.when(f.On, f.Hour), w.party.Host.Name)
}

// digest lists what waits, without what is nothing.
func (w words) digest() string {
	var waits []string
	for _, one := range []struct {
		key string
		n   int
	}{
		{"messages.waits.requests", w.facts.Requests},
		{"messages.waits.corrections", w.facts.Corrections},
		{"messages.waits.imports", w.facts.Imports},
		{"messages.waits.no_record", w.facts.NoRecord},
	} {
		if one.n > 0 {
			waits = append(waits, w.T(one.key, one.n))
		}
	}
	return w.T("messages.text.digest", w.unit, w.join(waits))
}

// link is the page on which something can be done about it.
func (w words) link() string {
	switch w.row.Object {
	case ofDay:
		return "/calendar/days/" + w.row.ObjectID.String()
	case ofRequest:
		if w.row.Kind == CancelAsked {
			return "/calendar/requests"
		}
		return "/calendar?site=" + w.row.UnitID.String()
	case ofGroup:
		if w.row.Kind == GroupLeft || w.party.Host.Name == "" || w.party.State == exchange.Dissolved {
			return ""
		}
		return "/messages/groups/" + w.row.ObjectID.String()
	}
	switch f := w.facts; {
	case f.Requests > 0:
		return "/calendar/requests"
	case f.Corrections > 0:
		return "/privacy/requests"
	case f.Imports > 0:
		return "/imports"
	}
	return "/month"
}
