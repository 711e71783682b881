package attendance

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/db"
)

// Said is what a roll says of one person: on which list, and what.
type Said struct {
	List Part
	Value
}

// Replay makes the marks of a session from their history: from nothing, change after change, each from what stood before. A mark that
// was never changed is its own record. The day, the times, kinds, lessons and heads are replayed likewise. It lists where the history does not fit together or does not end in what the roll says now; empty
// when all is well. Changes from before the list and the day of make-up study were kept are taken as they are. For jobs and tests: no
// permission is asked.
func Replay(tx *db.Tx, session SessionID) (map[access.PersonID]Said, []Difference, error) {
	changes, err := db.All[changeRow](tx.Where("session_id = ?", session).Order("id"))
	if err != nil {
		return nil, nil, err
	}
	marks, err := db.All[markRow](tx.Where("session_id = ? AND revision > 0", session))
	if err != nil {
		return nil, nil, err
	}
	now, diff := map[access.PersonID]Said{}, []Difference{}
	note := func(person access.PersonID, kept, said Said) {
		diff = append(diff, Difference{"mark", session.String() + " " + person.String(), fmt.Sprintf("%+v", kept), fmt.Sprintf("%+v", said)})
	}
	for _, c := range changes {
		stood, before := now[c.PersonID], Said{c.BeforeList, Value{c.BeforeState, c.BeforeReason, c.BeforeMadeUpOn}}
		if stood == (Said{}) {
			stood.State = Unmarked
		}
		if c.AfterList != "" && stood != before {
			note(c.PersonID, stood, before)
		}
		now[c.PersonID] = Said{c.AfterList, Value{c.AfterState, c.AfterReason, c.AfterMadeUpOn}}
	}
	for i := range marks {
		m := &marks[i]
		said := Said{m.List, m.value()}
		kept, changed := now[m.PersonID]
		if changed && kept.List != "" && kept != said {
			note(m.PersonID, kept, said)
		}
		if !changed {
			now[m.PersonID] = said
		}
	}
	_, more, err := replayFields(tx, session)
	return now, append(diff, more...), err
}
