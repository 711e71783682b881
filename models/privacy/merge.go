package privacy

import (
	"encoding/json"
	"fmt"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/people"
)

// moved is what a merge of two persons moves here.
type moved struct {
	Requests []RequestID `json:"requests"`
	Erasures []ErasureID `json:"erasures"` // taken back ones
}

// PeoplePart gives what somebody wanted corrected, and the erasures that were taken back, to the kept person when two records turn
// out to be one person's; app registers it with [people.Area.OnMerged]. The answers to the notice are the account's and go with
// it. Conflict while one of the two is to be erased, or is: an erasure must neither reach a person whom it was not meant for, nor
// be undone by taking records apart.
func PeoplePart() people.Part {
	return people.Part{Name: "privacy", Move: moveAsked, Back: askedBack}
}

// noErasure refuses what an erasure speaks against. The persons are locked, and with them their erasures.
func noErasure(tx *db.Tx, m people.Merging) error {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM erasures WHERE person_id IN ? AND undone_at IS NULL", []access.PersonID{m.Kept, m.Gone})
	if err == nil && n[0] > 0 {
		err = fail.Conflict("privacy.erasure_stands")
	}
	return err
}

func moveAsked(tx *db.Tx, _ access.Actor, m people.Merging) (any, error) {
	if err := noErasure(tx, m); err != nil {
		return nil, err
	}
	var o moved
	var err error
	if o.Requests, err = db.Ask[RequestID](tx, "SELECT id FROM correction_requests WHERE person_id = ? ORDER BY id", m.Gone); err != nil {
		return nil, err
	}
	if o.Erasures, err = db.Ask[ErasureID](tx, "SELECT id FROM erasures WHERE person_id = ? ORDER BY id", m.Gone); err != nil {
		return nil, err
	}
	return o, o.give(tx, m.Gone, m.Kept)
}

func askedBack(tx *db.Tx, _ access.Actor, m people.Merging, memory []byte) error {
	if err := noErasure(tx, m); err != nil {
		return err
	}
	var o moved
	if len(memory) == 0 { // merged before requests moved
		return nil
	}
	if err := json.Unmarshal(memory, &o); err != nil {
		return fmt.Errorf("privacy: %w", err)
	}
	return o.give(tx, m.Kept, m.Gone)
}

// give names another person in what was moved, where it still names the one.
func (o moved) give(tx *db.Tx, from, to access.PersonID) error {
	for _, q := range []struct {
		model any
		n     int
		which any
	}{{&requestRow{}, len(o.Requests), o.Requests}, {&erasureRow{}, len(o.Erasures), o.Erasures}} {
		if q.n == 0 {
			continue
		}
		if _, err := db.Set(tx.Model(q.model).Where("id IN ? AND person_id = ?", q.which, from), map[string]any{"person_id": to}); err != nil {
			return err
		}
	}
	return nil
}
