package attendance

import (
	"encoding/json"
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// Submit hands in one item of a roll and answers for each of its marks. The first one makes the session count;
// a later one that has seen a submitted roll is a correction and says why. An item that comes again with the same
// device and number gets the receipt it got before, or is refused with conflict if its content is another. Marks
// that cannot stand are refused one by one and hold up nothing; a fault in the rest of the item is invalid, with every
// fault at once. A session unknown to the server is made from the item.
//
// No item is refused because it comes late: the first roll of a sealed month is kept as [Late], and an item about a roll that is closed
// becomes a correction, which the receipt names; until it is agreed to the roll stays as it is.
//
// Locks the session, before it the school when the session is new or not yet handed in. Permission: SessionsSubmit on the school; one who
// has handed the school over ([people.Area.HandOver]) may still hand in what is about a day before, from the account that he had.
func (a *Area) Submit(tx *db.Tx, by access.Actor, in SubmitInput) (Receipt, error) {
	hash, err := in.hash()
	if err != nil {
		return Receipt{}, err
	}
	w, err := begin(tx, by, in)
	if fail.Is(err, "attendance.handed_over") { // what was taken before the hand-over has its receipt
		if old, found, bad := keptItem(tx, in, hash); found && bad == nil {
			return old, nil
		}
	}
	if err != nil {
		return Receipt{}, err
	}
	if in.clerk != nil {
		if err := in.clerk.Require(access.SessionsRelay, w.school.Paths()...); err != nil {
			return Receipt{}, err
		}
	}
	if old, found, err := keptItem(tx, in, hash); found || err != nil {
		return old, err
	}
	if err := w.fit(); err != nil {
		return Receipt{}, err
	}
	act := "session.submit"
	if w.was.State.In() {
		act = "session.correct"
	}
	if shut, err := w.shut(); err != nil || shut {
		if err == nil {
			err = w.ask(proposal{Submit: &in})
		}
		if err != nil {
			return Receipt{}, err
		}
		return w.answer(hash)
	}
	if err := w.store(a, act); err != nil {
		return Receipt{}, err
	}
	return w.answer(hash)
}

// SubmitFor hands in an item that the owner's phone could not hand in (代传): it is the owner's word, and who pasted it is kept beside it.
// The receipt is the one that the phone gets later. Locks as [Area.Submit]. Permission: SessionsRelay on the school for the clerk, and
// what [Area.Submit] asks of the owner.
func (a *Area) SubmitFor(tx *db.Tx, owner, clerk access.Actor, in SubmitInput) (Receipt, error) {
	if err := clerk.RequireAnywhere(access.SessionsRelay); err != nil {
		return Receipt{}, err
	}
	in.clerk, in.SentAt = &clerk, nil
	r, err := a.Submit(tx, owner, in)
	if err != nil || r.EnteredBy != clerk.Account || !r.ReceivedAt.Equal(tx.Now) {
		return r, err
	}
	s, err := db.One[sessionRow](tx.Where("id = ?", in.Session), "attendance.session_missing")
	if err != nil {
		return r, err
	}
	return r, audit.Add(tx, clerk, audit.Row{
		Act: "session.relay", Object: "session", ID: s.ID, Unit: audit.Unit(s.SiteID),
		Change: audit.Changes{}.ID("account_id", access.AccountID{}, owner.Account).Int("revision", 0, r.Revision),
	})
}

// begin locks what the item is about and asks for the permission.
func begin(tx *db.Tx, by access.Actor, in SubmitInput) (*work, error) {
	w := newWork(tx, by, in)
	if err := w.lock(); err != nil {
		return nil, err
	}
	w.was = w.s
	w.stale = in.BaseRevision < w.was.Revision
	w.receipt = Receipt{Session: w.s.ID, Kept: []string{}, Device: in.Device, Seq: in.Seq, ReceivedAt: tx.Now, Ahead: in.ahead(tx.Now)}
	if in.clerk != nil {
		w.receipt.EnteredBy, w.receipt.Ahead = in.clerk.Account, 0
	}
	return w, nil
}

func (w *work) lock() error {
	found, err := db.Ask[struct {
		SiteID org.SiteID
		State  SessionState
	}](w.tx, "SELECT site_id, state FROM sessions WHERE id = ?", w.in.Session)
	switch {
	case err != nil:
		return err
	case len(found) == 0, found[0].State == Withdrawn && !w.in.Site.IsZero() && w.in.Site != found[0].SiteID:
		return w.bring()
	case found[0].State != HandedIn:
		w.school, err = org.LockSite(w.tx, found[0].SiteID)
	default:
		w.school, err = org.FindSchool(w.tx, found[0].SiteID)
	}
	if err != nil {
		return err
	}
	if w.s, err = lockSession(w.tx, w.in.Session); err != nil {
		return err
	}
	if w.until, err = requireHandIn(w.tx, w.by, w.school); err != nil {
		return err
	}
	if err := w.stillHosts(); err != nil {
		return err
	}
	return stillHis(w.until, w.s.HeldOn)
}

// stillHosts refuses the joint session of a school that took it back and then lost the hosting.
func (w *work) stillHosts() error {
	if w.s.State != Withdrawn {
		return nil
	}
	var c fail.Check
	if _, err := beginJoint(w.tx, &c, w.school, w.s.ID); err != nil {
		return err
	}
	return c.Err()
}

// bring makes the session that the item brings with it.
func (w *work) bring() error {
	in := OpenInput{
		Session: w.in.Session, Site: w.in.Site, ActivityDay: w.in.ActivityDay, HeldOn: w.in.HeldOn, Kinds: w.in.Kinds, Stamp: w.in.Stamp, item: &w.in,
	}
	if in.Site.IsZero() && in.ActivityDay.IsZero() {
		return hide(w.by, fail.NotFound("attendance.session_missing"))
	}
	school, day, err := lockForOpen(w.tx, w.by, in)
	if err != nil {
		return err
	}
	if w.until, err = requireHandIn(w.tx, w.by, school); err != nil {
		return err
	}
	if day != nil && day.SessionID != w.in.Session {
		return fail.Invalid("attendance.session_other_day")
	}
	w.school = school
	if w.s, err = openSession(w.tx, w.by, school, day, in); err != nil {
		return err
	}
	return stillHis(w.until, w.s.HeldOn)
}

// keptItem finds the receipt of an item that came before.
func keptItem(tx *db.Tx, in SubmitInput, hash string) (Receipt, bool, error) {
	item, err := db.One[itemRow](tx.Where("device = ? AND seq = ?", in.Device, in.Seq), "attendance.item_missing")
	switch {
	case fail.KindOf(err) == fail.Missing:
		return Receipt{}, false, nil
	case err != nil:
		return Receipt{}, false, err
	case item.Hash != hash || item.SessionID != in.Session:
		return Receipt{}, true, fail.Conflict("attendance.item_differs")
	}
	r, err := item.receipt()
	return r, true, err
}

func (i itemRow) receipt() (Receipt, error) {
	var r Receipt
	if err := json.Unmarshal([]byte(i.Receipt), &r); err != nil {
		return r, fmt.Errorf("attendance: receipt: %w", err)
	}
	return r, nil
}

// fit decides everything that the item changes, without storing any of it.
func (w *work) fit() error {
	if err := w.load(); err != nil {
		return err
	}
	return w.fitLoaded()
}

func (w *work) fitLoaded() error {
	var c fail.Check
	if err := w.header(&c); err != nil {
		return err
	}
	if err := c.Err(); err != nil {
		return err
	}
	if err := stillHis(w.until, w.s.HeldOn); err != nil {
		return err
	}
	if err := w.roster(); err != nil {
		return err
	}
	if err := w.resolve(); err != nil {
		return err
	}
	w.decide()
	w.refit()
	w.tally()
	if w.was.Revision == 0 && w.s.Attendances() == 0 && len(w.in.Marks) == w.receipt.Refused {
		return fail.Invalid("attendance.nobody")
	}
	if err := w.enter(); err != nil {
		return err
	}
	if w.changed() {
		w.s.Revision++
		w.s.SubmittedBy, w.s.ChangedAt = w.marker.Ptr(), w.tx.Now
	}
	if w.was.SubmittedAt == nil {
		now := w.tx.Now
		w.s.SubmittedAt = &now
		w.s.HappenedAt, w.s.RecordedAt, w.s.ReceivedAt = w.happened, w.recorded, w.tx.Now
		w.s.Device, w.s.Seq = w.in.Device, w.in.Seq
	}
	return nil
}

// changed reports whether the item leaves the session other than it was.
func (w *work) changed() bool {
	was, now := w.was, w.s
	return was.State != now.State || w.accepted > 0 || len(w.newGuests) > 0 || len(w.guests) != len(w.hadGuests) ||
		w.lessonsChanged() || was.HeldOn != now.HeldOn || was.Minutes != now.Minutes || was.Kinds != now.Kinds || was.Ways != now.Ways ||
		was.Place != now.Place || was.Chair != now.Chair || was.Recorder != now.Recorder || was.Tally != now.Tally ||
		!sameTime(was.BeganAt, now.BeganAt) || !sameTime(was.EndedAt, now.EndedAt)
}

// answer makes and keeps the receipt.
func (w *work) answer(hash string) (Receipt, error) {
	r := &w.receipt
	r.Revision, r.Tally, r.Attendances, r.Minutes, r.Late = w.s.Revision, w.s.Tally, w.s.Attendances(), w.s.Minutes, w.s.State == Late
	b, err := json.Marshal(r)
	if err != nil {
		return *r, fmt.Errorf("attendance: %w", err)
	}
	err = db.Insert(w.tx, &itemRow{
		Device: w.in.Device, Seq: w.in.Seq, SessionID: w.s.ID, Hash: hash, Revision: r.Revision, Why: w.in.Why, Receipt: string(b),
		AccountID: w.by.Account.Ptr(), ReceivedAt: w.tx.Now, Ahead: r.Ahead, EnteredBy: r.EnteredBy.Ptr(),
	})
	if db.IsDuplicate(err) {
		return *r, db.Repeat(err)
	}
	return *r, err
}

// note adds the item's audit row.
func (w *work) note(act string) error {
	return audit.Add(w.tx, w.by, audit.Row{
		Act: act, Object: "session", ID: w.s.ID, Unit: audit.Unit(w.s.SiteID),
		Change: w.aside().Code("state", string(w.was.State), string(w.s.State)).
			Int("revision", w.was.Revision, w.s.Revision).Code("held_on", w.was.HeldOn.String(), w.s.HeldOn.String()).
			Int("minutes", w.was.Minutes, w.s.Minutes).Int("due", w.was.Due, w.s.Due).Int("present", w.was.Present, w.s.Present).
			Int("attendances", w.was.Attendances(), w.s.Attendances()).Int("marks", 0, w.accepted).
			Int("conflicts", 0, len(w.conflicts)),
	})
}

// held tells the calendar, or the exchange week, on the first submission.
func (w *work) held() error {
	if w.was.State == HandedIn || w.s.State != HandedIn {
		return nil
	}
	if slices.Contains(splitKinds(w.s.Kinds), Exchange) {
		if err := exchange.SetHeld(w.tx, w.s.ID); err != nil {
			return err
		}
	}
	if w.s.ActivityDayID == nil {
		return nil
	}
	return calendar.SetHeld(w.tx, id.Or(w.s.ActivityDayID))
}
