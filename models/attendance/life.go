package attendance

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/settings"
)

// FreeHours is the setting: how many hours from the receipt of a roll its host corrects it by himself.
var FreeHours = settings.Key[int]{Name: "attendance.free_hours", Default: 72}

// mostAhead is the least difference of clocks that is told, either way: below it, it may be the network.
const mostAhead = 5 * time.Minute

// mostSkew is what is kept of a difference: an unset clock says 1970.
const mostSkew = 50 * 365 * 24 * time.Hour

// ahead is how many seconds the device's clock was ahead of ours as it sent the item, or recorded it; 0 for less than [mostAhead]. A
// clock that is behind shows only where the device said when it sent. No time of an item is changed by it.
func (in SubmitInput) ahead(now time.Time) int {
	var by time.Duration
	switch {
	case in.SentAt != nil:
		by = in.SentAt.Sub(now)
	case in.RecordedAt != nil && in.RecordedAt.After(now):
		by = in.RecordedAt.Sub(now)
	}
	if by.Abs() < mostAhead {
		return 0
	}
	return int(max(min(by, mostSkew), -mostSkew) / time.Second)
}

// checkDay checks the day of an item. What is typed on a page is held to the limits of who types it ([checkDay]). What a phone has recorded
// is taken however long ago it was, for a phone may have been without a network: what comes after the month was sealed is for the
// township to let in. A day that the device believes to have come is asked about, not refused.
func (in SubmitInput) checkDay(tx *db.Tx, c *fail.Check, by access.Actor, school org.School, on date.Date) error {
	switch {
	case in.RecordedAt == nil:
		return checkDay(tx, c, by, school, on)
	case on.After(tx.Today()) && (on.After(date.Of(*in.RecordedAt)) || on.Sub(tx.Today()) > mostFuture):
		c.Add("held_on", "attendance.day_future")
	case outsideLicence(school, on):
		c.Add("held_on", "attendance.day_unlicensed")
	}
	return nil
}

// mostFuture is how many days a device's clock may be ahead for its evening to be kept.
const mostFuture = 366

func outsideLicence(school org.School, on date.Date) bool {
	return on.Before(school.LicensedOn) || school.Licence != org.Licensed && !on.Before(school.ChangedOn)
}

// sealedOn reports that the month of a day is sealed for a school.
func sealedOn(tx *db.Tx, site org.SiteID, on date.Date) (bool, error) {
	if !on.Month().Before(tx.Today().Month()) {
		return false, nil
	}
	p, err := calendar.PeriodOf(tx, site, on.Month())
	return p.Locked, err
}

// enter decides what the session is from this item on.
func (w *work) enter() error {
	w.s.OnPaper = w.s.OnPaper || w.in.OnPaper && w.was.Revision == 0
	if w.was.State == HandedIn {
		return nil
	}
	w.s.State = HandedIn
	if w.by.Job() != "" {
		return nil
	}
	sealed, err := sealedOn(w.tx, w.s.SiteID, w.s.HeldOn)
	if sealed {
		w.s.State = Late
	}
	return err
}

// shut reports that what was decided is for the township to agree to: the roll was handed in, and its free time is over.
func (w *work) shut() (bool, error) {
	if w.over || w.was.State != HandedIn || w.by.Job() != "" || !w.changed() && len(w.conflicts) == 0 {
		return false, nil
	}
	until, err := freeUntil(w.tx, w.was)
	if err != nil || w.tx.Now.After(until) {
		return err == nil, err
	}
	for _, on := range []date.Date{w.was.HeldOn, w.s.HeldOn} {
		if sealed, err := sealedOn(w.tx, w.s.SiteID, on); err != nil || sealed {
			return sealed, err
		}
	}
	return false, nil
}

// freeUntil is the end of the free time of a roll that was handed in.
func freeUntil(tx *db.Tx, s sessionRow) (time.Time, error) {
	f, err := settings.Get(tx, FreeHours, tx.Today())
	if s.SubmittedAt == nil {
		return tx.Now, err
	}
	return s.SubmittedAt.Add(time.Duration(f.Value) * time.Hour), err
}

// Life is until when a roll may be corrected freely.
type Life struct {
	FreeUntil *time.Time `json:"free_until"` // null before it is handed in
	Sealed    bool       `json:"sealed"`     // 本月已封存
	Closed    bool       `json:"closed"`     // what is changed now is for the township to agree to
}

func lifeOf(tx *db.Tx, s sessionRow) (Life, error) {
	var v Life
	var err error
	if v.Sealed, err = sealedOn(tx, s.SiteID, s.HeldOn); err != nil || !s.State.In() {
		return v, err
	}
	until, err := freeUntil(tx, s)
	v.FreeUntil, v.Closed = &until, s.State == HandedIn && (v.Sealed || tx.Now.After(until))
	return v, err
}

// LateInput narrows [LateRolls].
type LateInput struct {
	Site org.SiteID `query:"site"` // zero for all that the actor answers for
}

// LateRolls lists the rolls that came after their month was sealed and wait to be let in, the oldest receipt first, at most 200. Permission:
// SessionsApprove on the schools.
func LateRolls(tx *db.Tx, by access.Actor, in LateInput) (db.Page[SessionView], error) {
	out := db.Page[SessionView]{Items: []SessionView{}}
	if err := by.RequireAnywhere(access.SessionsApprove); err != nil {
		return out, err
	}
	var q condition
	q.and("s.late = 1")
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.SessionsApprove))
	q.and(seen, args...)
	if !in.Site.IsZero() {
		q.and("s.site_id = ?", in.Site)
	}
	rows, err := db.Ask[listed](tx, listQuery+q.text+" ORDER BY s.submitted_at, s.id LIMIT 200", q.args...)
	for _, r := range rows {
		school := org.School{ID: r.Session.SiteID, Code: r.Code, Name: r.SiteName, Path: r.Path, Party: r.Party}
		out.Items = append(out.Items, view(r.Session, school, by))
	}
	return out, err
}

// AdmitInput names late rolls.
type AdmitInput struct {
	Sessions []SessionID `json:"sessions" form:"sessions"`
}

// Admitted says how many were let in.
type Admitted struct {
	Admitted int `json:"admitted"`
	Passed   int `json:"passed"` // were let in already
}

// mostDecided is how many are decided at once.
const mostDecided = 100

// Admit lets rolls into their sealed months (补传), several at once: they count from now on, and beside the figures that were
// sealed. Locks the schools in the order of their IDs, then the sessions. Permission: SessionsApprove on each school.
func (a *Area) Admit(tx *db.Tx, by access.Actor, in AdmitInput) (Admitted, error) {
	var v Admitted
	if err := by.RequireAnywhere(access.SessionsApprove); err != nil {
		return v, err
	}
	var c fail.Check
	if c.If(len(in.Sessions) == 0 || len(in.Sessions) > mostDecided, "sessions", "calendar.choose_some") {
		return v, c.Err()
	}
	sessions, err := lockSites(tx, by, in.Sessions)
	if err != nil {
		return v, err
	}
	for _, session := range sessions {
		done, err := a.admit(tx, by, session)
		if err != nil {
			return v, err
		}
		if done {
			v.Admitted++
		} else {
			v.Passed++
		}
	}
	return v, nil
}

func (a *Area) admit(tx *db.Tx, by access.Actor, session SessionID) (bool, error) {
	s, school, err := lockWithSchool(tx, by, session, access.SessionsApprove)
	if err != nil {
		return false, err
	}
	if s.State != Late {
		return false, nil
	}
	w := newWork(tx, by, SubmitInput{Session: s.ID})
	w.school, w.was, w.s = school, s, s
	if err := w.load(); err != nil {
		return false, err
	}
	w.tally()
	w.s.State, w.s.AdmittedBy, w.s.AdmittedAt, w.s.ChangedAt = HandedIn, by.Account.Ptr(), &tx.Now, tx.Now
	return true, w.store(a, "session.admit")
}

// lockSites locks the schools of the sessions in the order of their IDs, and gives the sessions, each once, in the order in which they
// are to be locked.
func lockSites(tx *db.Tx, by access.Actor, sessions []SessionID) ([]SessionID, error) {
	rows, err := db.Ask[struct {
		ID     SessionID
		SiteID org.SiteID
	}](tx, "SELECT id, site_id FROM sessions WHERE id IN ? ORDER BY site_id, id", sessions)
	if err != nil {
		return nil, err
	}
	out := make([]SessionID, len(rows))
	for i, r := range rows {
		out[i] = r.ID
		if i > 0 && rows[i-1].SiteID == r.SiteID {
			continue
		}
		if err := tx.Lock("sites", r.SiteID); err != nil {
			return nil, err
		}
	}
	for _, s := range sessions {
		if !slices.Contains(out, s) {
			return nil, hide(by, fail.NotFound("attendance.session_missing"))
		}
	}
	return out, nil
}

// aside adds to what is said of the act what an audit row tells of the rest of the session: codes and numbers, and of texts only that
// they were changed.
func (w *work) aside() audit.Changes {
	said := w.said.Code("kinds", w.was.Kinds, w.s.Kinds).Int("adults", w.was.Adults, w.s.Adults).Int("children", w.was.Children, w.s.Children)
	if w.was.State != w.s.State && w.was.State == Opened {
		return said
	}
	for _, t := range w.texts() {
		if t.Before != t.After {
			said = said.Field(t.Field)
		}
	}
	return said
}
