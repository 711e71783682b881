package attendance

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/db"
)

// store writes what was decided, tells the areas above and keeps the trace.
func (w *work) store(a *Area, act string) error {
	for _, f := range []func() error{w.storeSession, w.storeFields, w.storeMarks, w.storeGuests, w.storeLessons, w.storeConflicts, w.held} {
		if err := f(); err != nil {
			return err
		}
	}
	var after Taught
	if w.s.State == HandedIn {
		after = w.taughtNow(w.s)
	}
	if err := w.storeTallies(after); err != nil {
		return err
	}
	if err := w.note(act); err != nil {
		return err
	}
	if w.s.State != HandedIn {
		return nil
	}
	for _, f := range a.onSubmitted {
		err := f(w.tx, w.by, Submitted{
			Session: w.s.ID, Site: w.s.SiteID, Revision: w.s.Revision, HeldOn: w.s.HeldOn, Before: w.before, After: after, At: w.tx.Now,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// columns are the columns that an item may change.
func (s *sessionRow) columns() map[string]any {
	return map[string]any{
		"kinds": s.Kinds, "ways": s.Ways, "held_on": s.HeldOn, "began_at": s.BeganAt, "ended_at": s.EndedAt, "minutes": s.Minutes,
		"state": s.State, "late": s.late(),
		"place": s.Place, "chair": s.Chair, "recorder": s.Recorder, "revision": s.Revision, "due": s.Due, "present": s.Present,
		"on_leave": s.OnLeave, "absent": s.Absent, "made_up": s.MadeUp, "exempt": s.Exempt, "unmarked": s.Unmarked,
		"observers": s.Observers, "guests": s.Guests, "adults": s.Adults, "children": s.Children, "attended": s.Attendances(),
		"happened_at": s.HappenedAt, "recorded_at": s.RecordedAt, "received_at": s.ReceivedAt, "device": s.Device, "seq": s.Seq,
		"submitted_by": s.SubmittedBy, "submitted_at": s.SubmittedAt, "changed_at": s.ChangedAt,
		"admitted_by": s.AdmittedBy, "admitted_at": s.AdmittedAt, "on_paper": s.OnPaper,
	}
}

func (s *sessionRow) late() any {
	if s.State == Late {
		return 1
	}
	return nil
}

// storeSession writes the columns that differ: a short statement is a fast one.
func (w *work) storeSession() error {
	was, now := w.was.columns(), w.s.columns()
	for name, v := range now {
		if v == was[name] {
			delete(now, name)
		}
	}
	if len(now) == 0 {
		return nil
	}
	_, err := db.Set(w.tx.Model(&sessionRow{}).Where("id = ?", w.s.ID), now)
	return err
}

var (
	bulkMarks = db.Bulk{Table: "marks", Columns: []string{
		"session_id", "person_id", "site_id", "list", "state", "reason", "made_up_on", "revision", "account_id",
		"happened_at", "recorded_at", "received_at", "device", "seq",
	}}
	bulkMonths = db.Bulk{
		Table: "person_months", Columns: []string{"person_id", "month", "site_id", "year", "sessions", "minutes"},
		Keys: []string{"person_id", "month", "site_id"},
	}
	bulkSites = db.Bulk{
		Table: "person_sites", Columns: []string{"person_id", "site_id", "sessions"}, Keys: []string{"person_id", "site_id"},
		Clash: "sessions = sessions + 1",
	}
)

func (m *markRow) values() []any {
	return []any{
		m.SessionID, m.PersonID, m.SiteID, string(m.List), string(m.State), string(m.Reason), m.MadeUpOn, m.Revision, m.AccountID,
		m.HappenedAt, m.RecordedAt, m.ReceivedAt, m.Device, m.Seq,
	}
}

func (w *work) storeMarks() error {
	if len(w.gone) > 0 {
		err := w.tx.Where("session_id = ? AND person_id IN ? AND revision = 0", w.s.ID, w.gone).Delete(&markRow{}).Error
		if err != nil {
			return fmt.Errorf("attendance: %w", err)
		}
	}
	var fresh [][]any
	var old []markRow
	for _, person := range w.order {
		switch row := w.rows[person]; {
		case w.fresh[person]:
			fresh = append(fresh, row.values())
		case w.touched[person]:
			old = append(old, *row)
		}
	}
	if err := bulkMarks.Fill(w.tx, fresh); err != nil {
		return err
	}
	if len(old) > 0 {
		if err := w.tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&old, 200).Error; err != nil {
			return fmt.Errorf("attendance: marks: %w", err)
		}
	}
	if len(w.changes) == 0 {
		return nil
	}
	return db.Insert(w.tx, &w.changes)
}

func (w *work) storeGuests() error {
	for _, g := range w.moved {
		_, err := db.Set(w.tx.Model(&guestRow{}).Where("id = ?", g.ID), map[string]any{"person_id": g.PersonID, "attached_by": g.AttachedBy, "attached_at": g.AttachedAt})
		if err != nil {
			return err
		}
	}
	var gone []GuestID
	for _, g := range w.hadGuests {
		same := func(x guestRow) bool { return x.ID == g.ID }
		if !slices.ContainsFunc(w.guests, same) && !slices.ContainsFunc(w.moved, same) {
			gone = append(gone, g.ID)
		}
	}
	if len(gone) > 0 {
		if err := w.tx.Where("session_id = ? AND id IN ?", w.s.ID, gone).Delete(&guestRow{}).Error; err != nil {
			return fmt.Errorf("attendance: guests: %w", err)
		}
	}
	if len(w.newGuests) == 0 {
		return nil
	}
	for i := range w.newGuests {
		w.newGuests[i].Place = len(w.hadGuests) + i
	}
	return db.Insert(w.tx, &w.newGuests)
}

func (w *work) lessonsChanged() bool {
	return !slices.Equal(lessonIDs(w.lessons), lessonIDs(w.hadLessons))
}

func (w *work) storeLessons() error {
	if !w.lessonsChanged() {
		return nil
	}
	if len(w.hadLessons) > 0 {
		if err := w.tx.Where("session_id = ?", w.s.ID).Delete(&lessonRow{}).Error; err != nil {
			return fmt.Errorf("attendance: lessons: %w", err)
		}
	}
	rows := make([]lessonRow, len(w.lessons))
	for i, l := range w.lessons {
		rows[i] = lessonRow{w.s.ID, l.ID, i}
	}
	if len(rows) == 0 {
		return nil
	}
	return db.Insert(w.tx, &rows)
}

func (w *work) storeConflicts() error {
	for _, person := range w.settled {
		if err := settleRows(w.tx, w.by, w.s.ID, person, w.rows[person].State); err != nil {
			return err
		}
	}
	if len(w.conflicts) == 0 {
		return nil
	}
	return db.Insert(w.tx, &w.conflicts)
}

// settleRows closes the open conflicts about a person's mark.
func settleRows(tx *db.Tx, by access.Actor, session SessionID, person access.PersonID, as State) error {
	_, err := db.Set(tx.Model(&conflictRow{}).Where("session_id = ? AND person_id = ? AND settled_at IS NULL", session, person),
		map[string]any{"settled_by": by.Account.Ptr(), "settled_at": tx.Now, "settled_as": as})
	return err
}

func sameTime(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
