package attendance

import (
	"encoding/json"
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// moved is what a merge of two persons moves here.
type moved struct {
	Marks     []SessionID   `json:"marks"`     // of sessions in which the kept person had none
	Both      []both        `json:"both"`      // of sessions in which both had one
	Changes   []int64       `json:"changes"`   // of the latter
	Conflicts []conflictKey `json:"conflicts"` // given
	Clashed   []conflictRow `json:"clashed"`   // of one item about both, taken away
	Guests    []GuestID     `json:"guests"`    // names attached to the person
	Disputes  []DisputeID   `json:"disputes"`  // what he said of his own rows
	Questions []QuestionID  `json:"questions"` // about him
}

// both is the marks of two persons in one session, and the one that stands for them.
type both struct {
	Kept markRow `json:"kept"`
	Gone markRow `json:"gone"`
	Now  markRow `json:"now"`
}

type conflictKey struct {
	Session SessionID `json:"session"`
	Device  string    `json:"device"`
	Seq     int64     `json:"seq"`
}

// PeoplePart moves marks when two records turn out to be one person's; app registers it with [people.Area.OnMerged]. Where both have
// a mark in a session the stronger one stands: who was there was there.
func PeoplePart() people.Part {
	return people.Part{Name: "attendance", Lock: lockMerging, Move: move, Back: moveBack, Has: has}
}

// has counts the sessions that the person was at, and the guests' names that were attached to him.
func has(tx *db.Tx, person access.PersonID) ([]people.Fact, error) {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM marks WHERE person_id = ? AND state IN ?", person, []State{Present, MadeUp, Observer})
	if err != nil {
		return nil, err
	}
	return []people.Fact{{Code: "people.has_sessions", N: n[0]}}, nil
}

// lockMerging locks the schools and sessions in which either person may be marked, in the order in which a roll locks them: a
// roll that is being handed in comes before or after the merge, not between.
func lockMerging(tx *db.Tx, m people.Merging) error {
	pair := []access.PersonID{m.Kept, m.Gone}
	sites, err := db.Ask[org.SiteID](tx, "SELECT DISTINCT site_id FROM rosters WHERE person_id IN ?", pair)
	if err != nil {
		return err
	}
	slices.SortFunc(sites, func(a, b org.SiteID) int { return slices.Compare(a[:], b[:]) })
	for _, s := range sites {
		if err := tx.Lock("sites", s); err != nil {
			return err
		}
	}
	var sessions []SessionID
	if len(sites) > 0 {
		if sessions, err = db.Ask[SessionID](tx, "SELECT id FROM sessions WHERE site_id IN ?", sites); err != nil {
			return err
		}
	}
	marked, err := db.Ask[SessionID](tx, "SELECT session_id FROM marks WHERE person_id IN ?", pair)
	if err != nil {
		return err
	}
	sessions = append(sessions, marked...)
	slices.SortFunc(sessions, func(a, b SessionID) int { return slices.Compare(a[:], b[:]) })
	for _, s := range slices.Compact(sessions) {
		if err := tx.Lock("sessions", s); err != nil {
			return err
		}
	}
	return nil
}

func move(tx *db.Tx, _ access.Actor, m people.Merging) (any, error) {
	if err := lockMerging(tx, m); err != nil { // what came between the first lock and that of the persons
		return nil, err
	}
	out := &moved{}
	for _, step := range []func(*db.Tx, people.Merging) error{out.marks, out.conflicts, out.guests, out.asked} {
		if err := step(tx, m); err != nil {
			return nil, err
		}
	}
	if err := retally(tx, out.sessions()); err != nil {
		return nil, err
	}
	return out, countAgain(tx, m)
}

func (o *moved) marks(tx *db.Tx, m people.Merging) error {
	gone, err := marksOf(tx, m.Gone)
	if err != nil {
		return err
	}
	kept, err := marksOf(tx, m.Kept)
	if err != nil {
		return err
	}
	has := make(map[SessionID]markRow, len(kept))
	for _, k := range kept {
		has[k.SessionID] = k
	}
	for _, g := range gone {
		k, ok := has[g.SessionID]
		if !ok {
			o.Marks = append(o.Marks, g.SessionID)
			continue
		}
		now := stronger(k, g)
		o.Both = append(o.Both, both{k, g, now})
		if err := dropMark(tx, g); err != nil {
			return err
		}
		if err := putMark(tx, now); err != nil {
			return err
		}
	}
	if len(o.Marks) > 0 {
		_, err := db.Set(tx.Model(&markRow{}).Where("person_id = ? AND session_id IN ?", m.Gone, o.Marks), map[string]any{"person_id": m.Kept})
		if err != nil {
			return err
		}
	}
	if len(o.Both) > 0 {
		o.Changes, err = db.Ask[int64](tx, "SELECT id FROM mark_changes WHERE person_id = ? AND session_id IN ? ORDER BY id", m.Gone, o.sessions())
		if err != nil {
			return err
		}
	}
	_, err = db.Set(tx.Model(&changeRow{}).Where("person_id = ?", m.Gone), map[string]any{"person_id": m.Kept})
	return err
}

func marksOf(tx *db.Tx, person access.PersonID) ([]markRow, error) {
	return db.All[markRow](tx.Where("person_id = ?", person).Order("session_id"))
}

// sessions lists those in which both had a mark: their tallies change.
func (o *moved) sessions() []SessionID {
	out := make([]SessionID, len(o.Both))
	for i, b := range o.Both {
		out[i] = b.Now.SessionID
	}
	return out
}

// strength orders the states by how much they say.
var strength = map[State]int{Present: 6, Observer: 6, MadeUp: 5, OnLeave: 4, Absent: 3, Exempt: 2, Unmarked: 1}

// stronger is the mark that stands for two of one person. Who was due by either record was due.
func stronger(kept, gone markRow) markRow {
	now := kept
	if strength[gone.State] > strength[kept.State] {
		now = gone
		now.PersonID, now.SiteID = kept.PersonID, kept.SiteID
	}
	if now.List = kept.List; gone.List == ListDue {
		now.List = ListDue
	}
	switch {
	case now.List == ListDue && now.State == Observer:
		now.State = Present
	case now.List == ListCame && now.State == Present:
		now.State = Observer
	}
	return now
}

func dropMark(tx *db.Tx, row markRow) error {
	if err := tx.Where("session_id = ? AND person_id = ?", row.SessionID, row.PersonID).Delete(&markRow{}).Error; err != nil {
		return fmt.Errorf("attendance: %w", err)
	}
	return nil
}

// putMark stores a mark in place of the one that stands there.
func putMark(tx *db.Tx, row markRow) error {
	if err := dropMark(tx, row); err != nil {
		return err
	}
	return db.Insert(tx, &row)
}

// conflicts gives what two phones said of the person. One item may have said it of both: then the kept person's stands.
func (o *moved) conflicts(tx *db.Tx, m people.Merging) error {
	gone, err := db.All[conflictRow](tx.Where("person_id = ?", m.Gone).Order("session_id, device, seq"))
	if err != nil {
		return err
	}
	for _, g := range gone {
		clash, err := db.Ask[int](tx, "SELECT COUNT(*) FROM mark_conflicts WHERE session_id = ? AND person_id = ? AND device = ? AND seq = ?", g.SessionID, m.Kept, g.Device, g.Seq)
		if err != nil {
			return err
		}
		q := tx.Where("session_id = ? AND person_id = ? AND device = ? AND seq = ?", g.SessionID, m.Gone, g.Device, g.Seq)
		if clash[0] == 0 {
			o.Conflicts = append(o.Conflicts, conflictKey{g.SessionID, g.Device, g.Seq})
			_, err = db.Set(q.Model(&conflictRow{}), map[string]any{"person_id": m.Kept})
		} else {
			o.Clashed = append(o.Clashed, g)
			err = q.Delete(&conflictRow{}).Error
		}
		if err != nil {
			return fmt.Errorf("attendance: %w", err)
		}
	}
	return nil
}

func (o *moved) guests(tx *db.Tx, m people.Merging) (err error) {
	if o.Guests, err = db.Ask[GuestID](tx, "SELECT id FROM guests WHERE person_id = ? ORDER BY id", m.Gone); err != nil || len(o.Guests) == 0 {
		return err
	}
	_, err = db.Set(tx.Model(&guestRow{}).Where("person_id = ?", m.Gone), map[string]any{"person_id": m.Kept})
	return err
}

// asked gives what the person said of his own rows, and what is asked about him. Of two open disputes about one row the kept person's waits.
func (o *moved) asked(tx *db.Tx, m people.Merging) (err error) {
	_, err = db.Set(tx.Model(&disputeRow{}).Where("person_id = ? AND open = 1 AND session_id IN (SELECT session_id FROM (SELECT session_id FROM mark_disputes WHERE person_id = ? AND open = 1) k)", m.Gone, m.Kept),
		map[string]any{"open": nil, "outcome": RollIsRight, "settled_at": tx.Now})
	if err != nil {
		return err
	}
	if o.Disputes, err = db.Ask[DisputeID](tx, "SELECT id FROM mark_disputes WHERE person_id = ? ORDER BY id", m.Gone); err != nil {
		return err
	}
	if o.Questions, err = db.Ask[QuestionID](tx, "SELECT id FROM roll_questions WHERE person_id = ? ORDER BY id", m.Gone); err != nil {
		return err
	}
	return o.give(tx, m.Kept)
}

// give says whose the disputes and questions are.
func (o *moved) give(tx *db.Tx, person access.PersonID) error {
	if len(o.Disputes) > 0 {
		if _, err := db.Set(tx.Model(&disputeRow{}).Where("id IN ?", o.Disputes), map[string]any{"person_id": person}); err != nil {
			return err
		}
	}
	if len(o.Questions) == 0 {
		return nil
	}
	_, err := db.Set(tx.Model(&questionRow{}).Where("id IN ?", o.Questions), map[string]any{"person_id": person})
	return err
}

func moveBack(tx *db.Tx, _ access.Actor, m people.Merging, memory []byte) error {
	if err := lockMerging(tx, m); err != nil {
		return err
	}
	var o moved
	if err := json.Unmarshal(memory, &o); err != nil {
		return fmt.Errorf("attendance: %w", err)
	}
	for _, step := range []func(*db.Tx, people.Merging) error{o.marksBack, o.bothBack, o.restBack} {
		if err := step(tx, m); err != nil {
			return err
		}
	}
	if err := retally(tx, o.sessions()); err != nil {
		return err
	}
	return countAgain(tx, m)
}

// marksBack gives back the marks of sessions in which only the other person had one, as they were corrected since.
func (o *moved) marksBack(tx *db.Tx, m people.Merging) error {
	if len(o.Marks) == 0 {
		return nil
	}
	for _, model := range []any{&markRow{}, &changeRow{}} {
		_, err := db.Set(tx.Model(model).Where("person_id = ? AND session_id IN ?", m.Kept, o.Marks), map[string]any{"person_id": m.Gone})
		if err != nil {
			return err
		}
	}
	return nil
}

// bothBack puts both marks back where both had one. If the roll was corrected since, the correction stays with the kept person.
func (o *moved) bothBack(tx *db.Tx, m people.Merging) error {
	for _, b := range o.Both {
		now, err := db.All[markRow](tx.Where("session_id = ? AND person_id = ?", b.Now.SessionID, m.Kept))
		if err != nil {
			return err
		}
		if len(now) == 1 && same(now[0], b.Now) {
			if err := putMark(tx, b.Kept); err != nil {
				return err
			}
		}
		if err := putMark(tx, b.Gone); err != nil {
			return err
		}
	}
	if len(o.Changes) == 0 {
		return nil
	}
	_, err := db.Set(tx.Model(&changeRow{}).Where("id IN ?", o.Changes), map[string]any{"person_id": m.Gone})
	return err
}

// same compares marks as they are kept in the memory of the merge.
func same(a, b markRow) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func (o *moved) restBack(tx *db.Tx, m people.Merging) error {
	for _, k := range o.Conflicts {
		q := tx.Model(&conflictRow{}).Where("session_id = ? AND person_id = ? AND device = ? AND seq = ?", k.Session, m.Kept, k.Device, k.Seq)
		if _, err := db.Set(q, map[string]any{"person_id": m.Gone}); err != nil {
			return err
		}
	}
	if err := o.give(tx, m.Gone); err != nil {
		return err
	}
	if len(o.Clashed) > 0 {
		if err := db.Insert(tx, &o.Clashed); err != nil {
			return err
		}
	}
	if len(o.Guests) == 0 {
		return nil
	}
	_, err := db.Set(tx.Model(&guestRow{}).Where("person_id = ? AND id IN ?", m.Kept, o.Guests), map[string]any{"person_id": m.Gone})
	return err
}

// retally counts the sessions again from their rows.
func retally(tx *db.Tx, sessions []SessionID) error {
	for _, session := range sessions {
		s, err := lockSession(tx, session)
		if err != nil {
			return err
		}
		marks, err := db.All[markRow](tx.Where("session_id = ?", session))
		if err != nil {
			return err
		}
		guests, err := db.Ask[int](tx, "SELECT COUNT(*) FROM guests WHERE session_id = ? AND person_id IS NULL", session)
		if err != nil {
			return err
		}
		was := s.columns()
		s.Tally = count(marks, guests[0], s.Adults, s.Children)
		now := s.columns()
		for name, v := range now {
			if v == was[name] {
				delete(now, name)
			}
		}
		if len(now) == 0 {
			continue
		}
		if _, err := db.Set(tx.Model(&sessionRow{}).Where("id = ?", session), now); err != nil {
			return err
		}
	}
	return nil
}

// countAgain makes the tallies of both persons from their marks.
func countAgain(tx *db.Tx, m people.Merging) error {
	pair := []access.PersonID{m.Kept, m.Gone}
	sums, err := recountPeople(tx, pair...)
	if err != nil {
		return err
	}
	for _, model := range []any{&monthRow{}, &siteRow{}} {
		if err := tx.Where("person_id IN ?", pair).Delete(model).Error; err != nil {
			return fmt.Errorf("attendance: %w", err)
		}
	}
	var months, sites [][]any
	for k, s := range sums {
		if k.month.IsZero() {
			sites = append(sites, []any{k.person, k.site, s.sessions})
		} else {
			months = append(months, []any{k.person, k.month, k.site, k.month.Year(), s.sessions, s.minutes})
		}
	}
	if err := bulkPlain(bulkMonths).Fill(tx, months); err != nil {
		return err
	}
	return bulkPlain(bulkSites).Fill(tx, sites)
}

// bulkPlain is for rows that are not there yet.
func bulkPlain(b db.Bulk) db.Bulk {
	b.Keys, b.Clash = nil, ""
	return b
}
