package attendance

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/org"
)

// RollPerson is a line of a roll.
type RollPerson struct {
	Person access.PersonID `json:"person"`
	Name   string          `json:"name"`
	Value
	Exempt   bool `json:"exempt"`   // the register exempts the person that day
	Revision int  `json:"revision"` // of the session that set the mark, 0 when nobody did
}

// GuestView is a name outside the roster.
type GuestView struct {
	ID   GuestID `json:"id"`
	Name string  `json:"name"`
}

// ConflictView is a mark of which two phones said different things.
type ConflictView struct {
	Person   access.PersonID `json:"person"`
	Name     string          `json:"name"`
	Standing Value           `json:"standing"`
	Said     []Value         `json:"said"` // the other values, each once, newest first
}

// RevisionView is an item that changed the session.
type RevisionView struct {
	Revision  int              `json:"revision"`
	Account   access.AccountID `json:"account"`
	At        time.Time        `json:"at"`
	Why       string           `json:"why"`                 // of a correction
	Ahead     int              `json:"ahead,omitempty"`     // the device's clock against ours, in seconds; see [Receipt]
	EnteredBy access.AccountID `json:"entered_by,omitzero"` // who pasted it for the phone
	AgreedBy  access.AccountID `json:"agreed_by,omitzero"`  // to a correction of a closed roll; At is when
	Fields    []FieldChange    `json:"fields"`              // what it changed beside marks; lessons by their titles
}

// RollView is a session with its roll.
type RollView struct {
	SessionView
	DueList   []RollPerson   `json:"due_list"`
	CameList  []RollPerson   `json:"came_list"` // applicants and villagers of the roster
	GuestList []GuestView    `json:"guest_list"`
	Lessons   []Lesson       `json:"lessons"`
	Conflicts []ConflictView `json:"conflicts"`

	// Read by Get for those who see only some by name: how many more there are on each list. Guests are in the tally.
	DueOthers  int `json:"due_others"`
	CameOthers int `json:"came_others"`

	Revisions []RevisionView `json:"revisions"` // read by Get, oldest first
	Life      Life           `json:"life"`
}

// SessionInput names a session.
type SessionInput struct {
	ID SessionID `path:"id"`
}

// Get reads a session as it was handed in: everyone who was due, and of the others those who came; nobody
// before the first submission. Permission: SessionsSee on the school or its branch; names and marks only of those
// for whom the actor has SessionsMarks, the others are counted.
func Get(tx *db.Tx, by access.Actor, in SessionInput) (RollView, error) {
	s, school, err := find(tx, by, in.ID)
	if err != nil {
		return RollView{}, err
	}
	v := RollView{SessionView: view(s, school, by), DueList: []RollPerson{}, CameList: []RollPerson{}, GuestList: []GuestView{}, Lessons: []Lesson{}, Conflicts: []ConflictView{}, Revisions: []RevisionView{}}
	if s.Revision == 0 {
		return v, nil
	}
	marks, err := namedMarks(tx, s.ID)
	if err != nil {
		return RollView{}, err
	}
	who := sightOf(by, school)
	for _, m := range marks {
		switch {
		case who.names(m.PersonID, m.Party):
			v.add(m.List, RollPerson{m.PersonID, m.Name, m.value(), m.State == Exempt, m.Revision}, false)
		case m.List == ListDue:
			v.DueOthers++
		case m.State != Unmarked:
			v.CameOthers++
		}
	}
	if err := v.rest(tx, s); err != nil {
		return RollView{}, err
	}
	v.countOthers(who)
	if v.Revisions, err = revisions(tx, s.ID); err != nil {
		return v, err
	}
	v.Life, err = lifeOf(tx, s)
	return v, err
}

// Roll reads a session for calling its roll: everyone on the roster that day, with the marks so far, and whoever
// has a mark without being on it any more. Permission: SessionsSubmit on the school.
func Roll(tx *db.Tx, by access.Actor, in SessionInput) (RollView, error) {
	s, school, err := find(tx, by, in.ID)
	if err != nil {
		return RollView{}, err
	}
	if err := by.Require(access.SessionsSubmit, school.Paths()...); err != nil {
		return RollView{}, err
	}
	v := RollView{SessionView: view(s, school, by), DueList: []RollPerson{}, CameList: []RollPerson{}, GuestList: []GuestView{}, Lessons: []Lesson{}, Conflicts: []ConflictView{}, Revisions: []RevisionView{}}
	list, err := rosterOn(tx, s)
	if err != nil {
		return RollView{}, err
	}
	if s.Revision == 0 {
		for _, m := range list {
			v.addMember(m, nil)
		}
		return v, nil
	}
	marks, err := namedMarks(tx, s.ID)
	if err != nil {
		return RollView{}, err
	}
	marked := make(map[access.PersonID]*namedMark, len(marks))
	for i := range marks {
		marked[marks[i].PersonID] = &marks[i]
	}
	for _, m := range list {
		v.addMember(m, marked[m.id])
		delete(marked, m.id)
	}
	for i := range marks {
		if m := &marks[i]; marked[m.PersonID] != nil && m.Revision > 0 {
			v.add(m.List, RollPerson{m.PersonID, m.Name, m.value(), m.State == Exempt, m.Revision}, false)
		}
	}
	if v.Life, err = lifeOf(tx, s); err != nil {
		return v, err
	}
	return v, v.rest(tx, s)
}

func (v *RollView) addMember(m member, mark *namedMark) {
	p := RollPerson{Person: m.id, Name: m.name, Value: Value{State: m.untouched()}, Exempt: m.exempt}
	if mark != nil && mark.Revision > 0 {
		p.Value, p.Revision = mark.value(), mark.Revision
	}
	v.add(m.list, p, true)
}

// add puts a line on its list; a villager without a mark only when the whole roster is asked for.
func (v *RollView) add(list Part, p RollPerson, whole bool) {
	switch {
	case list == ListDue:
		v.DueList = append(v.DueList, p)
	case whole || p.State != Unmarked:
		v.CameList = append(v.CameList, p)
	}
}

// rest reads what a handed-in session has beside its marks.
func (v *RollView) rest(tx *db.Tx, s sessionRow) error {
	guests, err := db.All[guestRow](tx.Where("session_id = ? AND person_id IS NULL", s.ID).Order("place, id"))
	if err != nil {
		return err
	}
	for _, g := range guests {
		v.GuestList = append(v.GuestList, GuestView{g.ID, g.Name})
	}
	if v.Lessons, err = lessonsOf(tx, s.ID); err != nil {
		return err
	}
	return v.disputes(tx, s.ID)
}

func (v *RollView) disputes(tx *db.Tx, session SessionID) error {
	open, err := db.All[conflictRow](tx.Where("session_id = ? AND settled_at IS NULL", session).Order("person_id, at DESC, device, seq"))
	if err != nil {
		return err
	}
	at := map[access.PersonID]int{}
	for _, o := range open {
		i, ok := at[o.PersonID]
		if !ok {
			i = len(v.Conflicts)
			at[o.PersonID] = i
			p := v.find(o.PersonID)
			v.Conflicts = append(v.Conflicts, ConflictView{Person: o.PersonID, Name: p.Name, Standing: p.Value})
		}
		said := Value{o.State, o.Reason, o.MadeUpOn}
		if c := &v.Conflicts[i]; said != c.Standing && !slices.Contains(c.Said, said) {
			c.Said = append(c.Said, said)
		}
	}
	return nil
}

func (v *RollView) find(person access.PersonID) RollPerson {
	for _, list := range [][]RollPerson{v.DueList, v.CameList} {
		for _, p := range list {
			if p.Person == person {
				return p
			}
		}
	}
	return RollPerson{Person: person, Value: Value{State: Unmarked}}
}

type namedMark struct {
	PersonID access.PersonID
	Name     string
	Party    string // path of his group or branch
	List     Part
	State    State
	Reason   Reason
	MadeUpOn date.Date
	Revision int
}

func (m *namedMark) value() Value { return Value{m.State, m.Reason, m.MadeUpOn} }

func namedMarks(tx *db.Tx, session SessionID) ([]namedMark, error) {
	return db.Ask[namedMark](tx, "SELECT m.person_id, p.name, COALESCE(u.path, '') AS party, m.`list`, m.state, m.reason, m.made_up_on, m.revision "+
		"FROM marks m JOIN persons p ON p.id = m.person_id LEFT JOIN units u ON u.id = COALESCE(p.group_id, p.branch_id) "+
		"WHERE m.session_id = ? ORDER BY p.name, p.id", session)
}

// revisions lists who made each revision: the item that brought it, or who settled a conflict.
func revisions(tx *db.Tx, session SessionID) ([]RevisionView, error) {
	rows, err := db.Ask[struct {
		Revision   int
		AccountID  *access.AccountID
		ReceivedAt time.Time
		Why        string
		Ahead      int
		EnteredBy  *access.AccountID
		AgreedBy   *access.AccountID
	}](tx, `SELECT revision, account_id, received_at, why, ahead, entered_by, NULL AS agreed_by FROM roll_items WHERE session_id = ?
UNION ALL SELECT revision, asked_by, decided_at, why, 0, NULL, decided_by FROM roll_corrections WHERE session_id = ? AND revision > 0
UNION ALL SELECT c.revision, c.account_id, c.received_at, c.why, 0, NULL, NULL FROM mark_changes c WHERE c.session_id = ? AND c.revision > 0 AND c.device = ''
ORDER BY revision, received_at`, session, session, session)
	if err != nil {
		return nil, err
	}
	out := []RevisionView{}
	for _, r := range rows {
		if len(out) > 0 && out[len(out)-1].Revision >= r.Revision {
			continue // said nothing new
		}
		out = append(out, RevisionView{r.Revision, id.Or(r.AccountID), r.ReceivedAt, r.Why, r.Ahead, id.Or(r.EnteredBy), id.Or(r.AgreedBy), []FieldChange{}})
	}
	return addFields(tx, session, out)
}

// find reads a session and its school. Permission: SessionsSee there.
func find(tx *db.Tx, by access.Actor, session SessionID) (sessionRow, org.School, error) {
	s, err := db.One[sessionRow](tx.Where("id = ?", session), "attendance.session_missing")
	if err != nil {
		return s, org.School{}, hide(by, err)
	}
	school, err := org.FindSchool(tx, s.SiteID)
	if err != nil {
		return s, school, err
	}
	return s, school, by.Require(access.SessionsSee, school.Paths()...)
}

// ReceiptInput names a session, and an item of it if not the newest is wanted.
type ReceiptInput struct {
	ID     SessionID `path:"id"`
	Device string    `query:"device"`
	Seq    int64     `query:"seq"`
}

// ReadReceipt gives the receipt of an item again, for a phone that lost it. Permission: SessionsSubmit on the school.
func ReadReceipt(tx *db.Tx, by access.Actor, in ReceiptInput) (Receipt, error) {
	_, school, err := find(tx, by, in.ID)
	if err != nil {
		return Receipt{}, err
	}
	if err := by.Require(access.SessionsSubmit, school.Paths()...); err != nil {
		return Receipt{}, err
	}
	q := tx.Where("session_id = ?", in.ID).Order("received_at DESC, revision DESC")
	if in.Device != "" {
		q = q.Where("device = ? AND seq = ?", in.Device, in.Seq)
	}
	item, err := db.One[itemRow](q, "attendance.item_missing")
	if err != nil {
		return Receipt{}, err
	}
	return item.receipt()
}
