package attendance

import (
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
)

// sight says of whom the actor sees a session's marks by name: of everybody, where his office or house covers the school;
// in the party's tree only of those who belong to his own branch or group. The others are counted.
type sight struct {
	by  access.Actor
	all bool
}

func sightOf(by access.Actor, school org.School) sight {
	return sight{by, by.Can(access.SessionsMarks, school.Path)}
}

// names takes the path of the branch or group that the person belongs to, "" for none.
func (s sight) names(person access.PersonID, party string) bool {
	return s.all || s.by.Is(person) || s.by.Can(access.SessionsMarks, party)
}

// MayName tells of which of the persons the actor sees marks by name at sessions of the school. No permission is
// asked: the caller's op has asked for SessionsSee.
func MayName(tx *db.Tx, by access.Actor, school org.School, persons []access.PersonID) (map[access.PersonID]bool, error) {
	out, s := make(map[access.PersonID]bool, len(persons)), sightOf(by, school)
	if s.all || len(persons) == 0 {
		for _, p := range persons {
			out[p] = true
		}
		return out, nil
	}
	rows, err := db.Ask[struct {
		ID    access.PersonID
		Party string
	}](tx, "SELECT p.id, COALESCE(u.path, '') AS party FROM persons p LEFT JOIN units u ON u.id = COALESCE(p.group_id, p.branch_id) WHERE p.id IN ?", persons)
	for _, r := range rows {
		out[r.ID] = s.names(r.ID, r.Party)
	}
	return out, err
}

// OthersCame is how many were there beside those due and are not named to the reader: villagers and guests.
func (v RollView) OthersCame() int { return v.CameOthers + v.Guests - len(v.GuestList) }

// countOthers leaves out what the actor does not see by name.
func (v *RollView) countOthers(s sight) {
	if s.all {
		return
	}
	v.GuestList = []GuestView{}
	open := v.Conflicts
	v.Conflicts = []ConflictView{}
	for _, c := range open {
		if c.Name != "" {
			v.Conflicts = append(v.Conflicts, c)
		}
	}
}
