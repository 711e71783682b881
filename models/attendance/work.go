package attendance

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// work is one item being fitted into its session. Nothing is stored before all of it is decided.
type work struct {
	tx     *db.Tx
	by     access.Actor
	marker access.AccountID // whose word the marks are: the actor, or who asked for the correction that he agrees to
	over   bool             // the item was agreed to: what it says of a mark holds, whatever came between
	in     SubmitInput
	school org.School
	until  date.Date // the actor has handed the school over, and this day is no longer his; zero for everybody else

	was   sessionRow // as it was
	s     sessionRow // as it will be
	stale bool       // another item came in since the phone last saw the session

	happened, recorded time.Time

	members map[access.PersonID]member
	rows    map[access.PersonID]*markRow
	loaded  map[access.PersonID]standing // what the rows said before
	order   []access.PersonID            // of rows, by ID: the order in which rows are locked
	gone    []access.PersonID            // derived rows of people who are not due after all

	guests    []guestRow // mere names
	attached  []guestRow // names that are persons, see [Area.AttachGuest]
	newGuests []guestRow
	moved     []guestRow // attached to a person, or a mere name again
	hadGuests []guestRow

	lessons    []Lesson
	hadLessons []Lesson

	before Taught

	touched    map[access.PersonID]bool // rows to store
	fresh      map[access.PersonID]bool // those of them that are not stored yet
	accepted   int                      // marks set by the item
	corrected  map[access.PersonID]bool // people whose mark has changed before, in another item
	lastChange map[access.PersonID]changeRow
	outside    map[access.PersonID]string          // names of whom the item marks although they are not on the roster that day
	kept       map[access.PersonID]access.PersonID // records that the item names and that were merged, with those that are kept
	changes    []changeRow
	conflicts  []conflictRow
	open       map[access.PersonID]bool // people with an unsettled conflict
	settled    []access.PersonID

	receipt Receipt
	said    audit.Changes // of the act, beside the figures
}

func newWork(tx *db.Tx, by access.Actor, in SubmitInput) *work {
	w := &work{
		tx: tx, by: by, marker: by.Account, in: in, members: map[access.PersonID]member{}, rows: map[access.PersonID]*markRow{},
		touched: map[access.PersonID]bool{}, fresh: map[access.PersonID]bool{}, corrected: map[access.PersonID]bool{},
		open: map[access.PersonID]bool{}, lastChange: map[access.PersonID]changeRow{},
	}
	w.happened, w.recorded = in.times(tx.Now)
	return w
}

// load reads the roster of the day and, once there is something, what the session holds.
func (w *work) load() error {
	var err error
	if w.was.Revision > 0 {
		if err = w.loadHeld(); err != nil {
			return err
		}
	}
	w.hadGuests, w.hadLessons = w.guests, w.lessons
	if w.was.State == HandedIn {
		w.before = w.taughtNow(w.was)
	}
	return nil
}

func (w *work) loadHeld() error {
	marks, err := db.All[markRow](w.tx.Where("session_id = ?", w.s.ID))
	if err != nil {
		return err
	}
	w.loaded = make(map[access.PersonID]standing, len(marks))
	for i := range marks {
		w.rows[marks[i].PersonID], w.loaded[marks[i].PersonID] = &marks[i], marks[i].standing()
	}
	guests, err := db.All[guestRow](w.tx.Where("session_id = ?", w.s.ID).Order("place, id"))
	if err != nil {
		return err
	}
	for _, g := range guests {
		if g.PersonID == nil {
			w.guests = append(w.guests, g)
		} else {
			w.attached = append(w.attached, g)
		}
	}
	if w.lessons, err = lessonsOf(w.tx, w.s.ID); err != nil {
		return err
	}
	changed, err := db.All[changeRow](w.tx.Select("person_id", "revision", "before_state", "before_reason").Where("session_id = ?", w.s.ID).Order("id"))
	if err != nil {
		return err
	}
	for _, c := range changed {
		w.corrected[c.PersonID], w.lastChange[c.PersonID] = true, c
	}
	open, err := db.All[conflictRow](w.tx.Where("session_id = ? AND settled_at IS NULL", w.s.ID))
	for _, o := range open {
		w.open[o.PersonID] = true
	}
	return err
}

// roster fits the rows that nobody has touched to the roster of the (perhaps corrected) day: who
// is due has a row, who is not has none.
func (w *work) roster() error {
	list, err := rosterOn(w.tx, w.s)
	if err != nil {
		return err
	}
	for _, m := range list {
		w.members[m.id] = m
		if m.list != ListDue {
			continue
		}
		row := w.rows[m.id]
		if row == nil {
			row = w.addRow(m.id, m.list)
		}
		if row.Revision == 0 && row.State != m.untouched() {
			row.State, row.List = m.untouched(), m.list
			w.touched[m.id] = true
		}
	}
	for person, row := range w.rows {
		if m, ok := w.members[person]; row.Revision == 0 && (!ok || m.list != ListDue) {
			delete(w.rows, person)
			delete(w.touched, person)
			delete(w.fresh, person)
			w.gone = append(w.gone, person)
		}
	}
	return nil
}

// resolve finds the records that the item names and that were merged meanwhile: a phone may have been offline.
func (w *work) resolve() error {
	var unknown []access.PersonID
	for _, m := range w.in.Marks {
		if _, ok := w.members[m.Person]; !ok && w.rows[m.Person] == nil {
			unknown = append(unknown, m.Person)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	var err error
	if w.kept, err = people.Resolve(w.tx, unknown); err != nil {
		return err
	}
	return w.findOutside(unknown)
}

// refit puts a mark that the item says nothing of on the list that fits the standing of the day, where that was entered after the
// roll: only when the roll is corrected, and with a trace. Study that was made up stays as it is.
func (w *work) refit() {
	var moved []access.PersonID
	for person, m := range w.members {
		if row := w.rows[person]; row != nil && row.Revision > 0 && row.List != m.list && row.State != MadeUp {
			moved = append(moved, person)
		}
	}
	slices.SortFunc(moved, func(a, b access.PersonID) int { return slices.Compare(a[:], b[:]) })
	for _, person := range moved {
		m, row := w.members[person], w.rows[person]
		v := row.value()
		switch {
		case m.list == ListDue && v.State == Observer:
			v.State = Present
		case m.list == ListCame && v.State == Present:
			v.State = Observer
		case m.list == ListCame:
			v = Value{State: Unmarked}
		}
		w.set(person, m.list, v)
	}
}

// untouched is the state of a member of whom nobody has said anything.
func (m member) untouched() State {
	if m.exempt {
		return Exempt
	}
	return Unmarked
}

func (w *work) addRow(person access.PersonID, list Part) *markRow {
	site := w.s.SiteID
	if m, ok := w.members[person]; ok {
		site = m.site
	}
	row := &markRow{
		SessionID: w.s.ID, PersonID: person, SiteID: site, List: list, State: Unmarked,
		HappenedAt: w.happened, RecordedAt: w.recorded, ReceivedAt: w.tx.Now, Device: w.in.Device, Seq: w.in.Seq,
	}
	w.rows[person] = row
	w.touched[person], w.fresh[person] = true, true
	return row
}

// decide fits the item's marks in, one by one, and answers for each.
func (w *work) decide() {
	w.receipt.Marks = make([]MarkReceipt, 0, len(w.in.Marks))
	seen := make(map[access.PersonID]bool, len(w.in.Marks))
	for _, m := range w.in.Marks {
		named := m.Person
		if kept, ok := w.kept[named]; ok {
			m.Person = kept
		}
		r := w.decideOne(m, seen[m.Person])
		seen[m.Person] = true
		r.Person = named
		switch r.Outcome {
		case Disputed:
			w.receipt.Conflicts++
		case Refused:
			w.receipt.Refused++
		}
		w.receipt.Marks = append(w.receipt.Marks, r)
	}
}

func (w *work) decideOne(m MarkInput, again bool) MarkReceipt {
	row, on := w.rows[m.Person], true
	mem, ok := w.members[m.Person]
	if !ok {
		if on = row != nil; on {
			mem.seat = seat{list: row.List, exempt: row.State == Exempt}
		}
	}
	if !on {
		return w.decideOutside(m)
	}
	v, code := m.Value.check(mem.seat, w.s.HeldOn, w.tx.Today())
	now := standing{Value: Value{State: Unmarked}}
	if row != nil {
		now = row.standing()
	}
	if code == "" && again && now.Value != v {
		code = "attendance.marked_twice"
	}
	if code != "" {
		r := refused(m, code)
		r.Standing, r.Revision = now.Value, now.revision
		return r
	}
	base := w.in.BaseRevision
	if m.Base != nil {
		base = *m.Base
	}
	out := merge(now, v, base)
	if out == Disputed && w.over {
		out = Accepted
	}
	switch out {
	case Accepted:
		w.set(m.Person, mem.list, v)
		return MarkReceipt{Person: m.Person, Outcome: out, Standing: v, Revision: w.was.Revision + 1}
	case Disputed:
		w.conflicts = append(w.conflicts, conflictRow{
			SessionID: w.s.ID, PersonID: m.Person, Device: w.in.Device, Seq: w.in.Seq, BaseRevision: base,
			State: v.State, Reason: v.Reason, MadeUpOn: v.MadeUpOn, AccountID: w.marker.Ptr(), At: w.tx.Now,
		})
		return MarkReceipt{Person: m.Person, Outcome: out, Standing: now.Value, Revision: now.revision}
	default:
		return MarkReceipt{Person: m.Person, Outcome: out, Standing: now.Value, Revision: now.revision}
	}
}

func refused(m MarkInput, code string) MarkReceipt {
	return MarkReceipt{Person: m.Person, Outcome: Refused, Code: code, Standing: Value{State: Unmarked}}
}

// set changes a mark. The first mark of a person is its own record; when it changes, it goes to the appended
// changes together with the new one, so that a roll which nobody corrects costs no second row. An open conflict about it is
// settled by that.
func (w *work) set(person access.PersonID, list Part, v Value) {
	row := w.rows[person]
	if row == nil {
		row = w.addRow(person, list)
	}
	if row.Revision > 0 && !w.fresh[person] {
		if !w.corrected[person] {
			w.changes = append(w.changes, row.change(Value{State: Unmarked}, "", ""))
		}
		before, was := row.value(), row.List
		defer func() { w.changes = append(w.changes, row.change(before, was, w.in.Why)) }()
	}
	row.List, row.State, row.Reason, row.MadeUpOn = list, v.State, v.Reason, v.MadeUpOn
	row.Revision, row.AccountID = w.was.Revision+1, w.marker.Ptr()
	row.HappenedAt, row.RecordedAt, row.ReceivedAt = w.happened, w.recorded, w.tx.Now
	row.Device, row.Seq = w.in.Device, w.in.Seq
	w.touched[person] = true
	w.accepted++
	if w.open[person] {
		w.settled = append(w.settled, person)
	}
}

// change is the row that appends what the mark says now, after before.
func (m *markRow) change(before Value, list Part, why string) changeRow {
	return changeRow{
		SessionID: m.SessionID, PersonID: m.PersonID, Revision: m.Revision, BeforeState: before.State, AfterState: m.State,
		BeforeReason: before.Reason, AfterReason: m.Reason, BeforeList: list, AfterList: m.List,
		BeforeMadeUpOn: before.MadeUpOn, AfterMadeUpOn: m.MadeUpOn, AccountID: m.AccountID, Why: why,
		HappenedAt: m.HappenedAt, RecordedAt: m.RecordedAt, ReceivedAt: m.ReceivedAt, Device: m.Device, Seq: m.Seq,
	}
}

// tally counts the roll as it will be.
func (w *work) tally() {
	w.order = w.order[:0]
	for person := range w.rows {
		w.order = append(w.order, person)
	}
	slices.SortFunc(w.order, func(a, b access.PersonID) int { return slices.Compare(a[:], b[:]) })
	marks := make([]markRow, len(w.order))
	for i, person := range w.order {
		marks[i] = *w.rows[person]
	}
	w.s.Tally = count(marks, len(w.guests), w.s.Adults, w.s.Children)
}

// taughtNow is what the session gives as loaded or decided.
func (w *work) taughtNow(s sessionRow) Taught {
	t := Taught{Lessons: w.lessons}
	for _, row := range w.rows {
		if row.State.Came() {
			on := s.HeldOn
			if row.State == MadeUp {
				on = row.MadeUpOn
			}
			t.Came = append(t.Came, Attendee{row.PersonID, on})
		}
	}
	slices.SortFunc(t.Came, func(a, b Attendee) int { return slices.Compare(a.Person[:], b.Person[:]) })
	return t
}
