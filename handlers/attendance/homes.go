package attendance

import (
	"cmp"
	"slices"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/people"
)

// The orders of a roll.
const (
	byName = "name"
	byHome = "household"
)

// homesOf reads the households of those due, by which a host may call them.
func homesOf(tx *db.Tx, due []attendance.RollPerson) (map[string]people.Home, error) {
	persons := make([]access.PersonID, len(due))
	for i, p := range due {
		persons[i] = p.Person
	}
	found, err := people.Homes(tx, persons)
	out := make(map[string]people.Home, len(found))
	for p, h := range found {
		out[p.String()] = h
	}
	return out, err
}

// order puts those due in the order of their households, each under its name, or of their names; marks stay with their people. Who
// has no household comes last.
func (s *sheet) order(homes map[string]people.Home) {
	slices.SortStableFunc(s.Due, func(a, b line) int {
		if s.By == byHome {
			if n := compareHomes(homes, a, b); n != 0 {
				return n
			}
		}
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for i := range s.Due {
		s.Due[i].N = i
	}
}

func compareHomes(homes map[string]people.Home, a, b line) int {
	x, has := homes[a.ID]
	y, too := homes[b.ID]
	switch {
	case has && too:
		return cmp.Or(cmp.Compare(len(x.Code), len(y.Code)), cmp.Compare(x.Code, y.Code), slices.Compare(x.ID[:], y.ID[:]))
	case has:
		return -1
	case too:
		return 1
	}
	return 0
}
