package attendance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
)

type correctionTag struct{}

// CorrectionID identifies what somebody wants changed in a closed roll.
type CorrectionID = id.ID[correctionTag]

// CorrectionState is what became of it.
type CorrectionState string

// The states of a correction.
const (
	Asked   CorrectionState = "asked"
	Agreed  CorrectionState = "agreed"
	Decline CorrectionState = "declined"
)

// correctionRow keeps what is asked for while nobody has decided; afterwards the marks' own changes tell.
type correctionRow struct {
	ID        CorrectionID `gorm:"primaryKey"`
	SiteID    org.SiteID
	SessionID SessionID
	Input     string // of a [proposal], "" once it is decided
	Why       string
	State     CorrectionState
	AskedBy   *access.AccountID
	AskedAt   time.Time
	DecidedBy *access.AccountID
	DecidedAt *time.Time
	Answer    string
	Revision  int // of the session that it made, 0 for none
}

func (correctionRow) TableName() string { return "roll_corrections" }

// proposal is one of the ways in which a roll is changed, kept until it is agreed to.
type proposal struct {
	Submit *SubmitInput `json:"submit,omitempty"`
	Mark   *MarkInput   `json:"mark,omitempty"`   // which of the values that two phones gave holds, or what somebody said of himself
	Attach *attaching   `json:"attach,omitempty"` // who a guest was
}

// attaching is a guest with the person that he was; without one he is a mere name again.
type attaching struct {
	Guest  GuestID         `json:"guest"`
	Person access.PersonID `json:"person,omitzero"`
}

// ask keeps what was decided about a closed roll as a correction; nothing else is stored.
func (w *work) ask(p proposal) error {
	b, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("attendance: %w", err)
	}
	row := correctionRow{
		ID: id.New[correctionTag](), SiteID: w.s.SiteID, SessionID: w.s.ID, Input: string(b), Why: w.in.Why, State: Asked,
		AskedBy: w.by.Account.Ptr(), AskedAt: w.tx.Now,
	}
	if err := db.Insert(w.tx, &row); err != nil {
		return err
	}
	w.receipt.Waiting = row.ID
	for i := range w.receipt.Marks {
		if m := &w.receipt.Marks[i]; m.Outcome == Accepted || m.Outcome == Disputed {
			now := w.loaded[m.Person]
			m.Outcome, m.Standing, m.Revision = Waits, now.Value, now.revision
		}
	}
	w.receipt.Conflicts = 0
	w.s = w.was
	return audit.Add(w.tx, w.by, audit.Row{
		Act: "session.ask_correction", Object: "session", ID: w.s.ID, Unit: audit.Unit(w.s.SiteID),
		Change: audit.Changes{}.ID("correction", CorrectionID{}, row.ID),
	})
}

// apply decides what the proposal changes, without storing it.
func (w *work) apply(p proposal) error {
	switch {
	case p.Submit != nil:
		w.in = *p.Submit
		w.in.Session, w.in.Why = w.s.ID, p.Submit.Why
		w.stale = w.in.BaseRevision < w.was.Revision
		w.happened, w.recorded = w.in.times(w.tx.Now)
		return w.fitLoaded()
	case p.Mark != nil:
		if row := w.rows[p.Mark.Person]; row != nil {
			w.set(p.Mark.Person, row.List, p.Mark.Value)
		}
		w.tally()
		return nil
	}
	return w.reattach(*p.Attach)
}

func (r correctionRow) proposal() (proposal, error) {
	var p proposal
	if err := json.Unmarshal([]byte(r.Input), &p); err != nil {
		return p, fmt.Errorf("attendance: correction: %w", err)
	}
	if p.Submit == nil && p.Mark == nil && p.Attach == nil {
		return p, fmt.Errorf("attendance: correction %s asks for nothing", r.ID)
	}
	return p, nil
}

// rework is the work of a correction, loaded; the session is locked by who stores it.
func (r correctionRow) rework(tx *db.Tx, by access.Actor, s sessionRow, school org.School) (*work, error) {
	p, err := r.proposal()
	if err != nil {
		return nil, err
	}
	w := newWork(tx, by, SubmitInput{Session: s.ID})
	w.marker, w.over, w.school, w.was, w.s = id.Or(r.AskedBy), true, school, s, s
	w.in.Why = r.Why
	w.receipt = Receipt{Session: s.ID, Kept: []string{}}
	if err := w.load(); err != nil {
		return nil, err
	}
	return w, w.apply(p)
}

// MarkChange is a mark before and after.
type MarkChange struct {
	Person access.PersonID `json:"person"`
	Name   string          `json:"name"`
	Before Value           `json:"before"`
	After  Value           `json:"after"`
}

// FieldChange is something else of a session before and after, as text: a day, a number, kinds, a name.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// CorrectionView is a correction with what it would change in the roll as it stands now.
type CorrectionView struct {
	ID        CorrectionID     `json:"id"`
	Session   SessionView      `json:"session"`
	Why       string           `json:"why"`
	State     CorrectionState  `json:"state"`
	AskedBy   access.AccountID `json:"asked_by"`
	AskedAt   time.Time        `json:"asked_at"`
	DecidedBy access.AccountID `json:"decided_by,omitzero"`
	DecidedAt *time.Time       `json:"decided_at"`
	Answer    string           `json:"answer"`
	Marks     []MarkChange     `json:"marks"`  // while it waits
	Fields    []FieldChange    `json:"fields"` // likewise
	Stuck     bool             `json:"stuck"`  // it cannot be agreed to any more: what it names is not there
}

// CorrectionsInput narrows [Corrections].
type CorrectionsInput struct {
	Session SessionID `query:"session"` // of one session, those that were decided too; zero: what waits for the actor's word
}

// Corrections lists what was asked for, the oldest first, at most 100 at once. Permission: SessionsApprove on the schools, and of one session
// SessionsSubmit suffices.
func Corrections(tx *db.Tx, by access.Actor, in CorrectionsInput) (db.Page[CorrectionView], error) {
	out := db.Page[CorrectionView]{Items: []CorrectionView{}}
	var q condition
	if in.Session.IsZero() {
		if err := by.RequireAnywhere(access.SessionsApprove); err != nil {
			return out, err
		}
		q.and("c.state = ?", Asked)
		seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.SessionsApprove))
		q.and(seen, args...)
	} else {
		_, school, err := find(tx, by, in.Session)
		if err == nil && !by.Can(access.SessionsApprove, school.Paths()...) {
			err = by.Require(access.SessionsSubmit, school.Paths()...)
		}
		if err != nil {
			return out, err
		}
		q.and("c.session_id = ?", in.Session)
	}
	rows, err := db.Ask[correctionRow](tx, "SELECT c.* FROM roll_corrections c JOIN units u ON u.id = c.site_id JOIN sites h ON h.id = c.site_id "+
		"LEFT JOIN units b ON b.id = h.branch_id WHERE "+q.text+" ORDER BY c.asked_at, c.id LIMIT ?", append(q.args, mostDecided)...)
	for _, r := range rows {
		v, err := r.view(tx, by)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, v)
	}
	return out, err
}

func (r correctionRow) view(tx *db.Tx, by access.Actor) (CorrectionView, error) {
	v := CorrectionView{
		ID: r.ID, Why: r.Why, State: r.State, AskedBy: id.Or(r.AskedBy), AskedAt: r.AskedAt, DecidedBy: id.Or(r.DecidedBy), DecidedAt: r.DecidedAt,
		Answer: r.Answer, Marks: []MarkChange{}, Fields: []FieldChange{},
	}
	s, err := db.One[sessionRow](tx.Where("id = ?", r.SessionID), "attendance.session_missing")
	if err != nil {
		return v, err
	}
	school, err := org.FindSchool(tx, s.SiteID)
	v.Session = view(s, school, by)
	if err != nil || r.State != Asked {
		return v, err
	}
	w, err := r.rework(tx, by, s, school)
	if _, ok := fail.As(err); ok {
		v.Stuck = true
		return v, nil
	}
	if err != nil {
		return v, err
	}
	v.Fields = w.fields()
	v.Marks, err = w.differences()
	return v, err
}

// differences are the marks that were decided to be others than they stand, by name.
func (w *work) differences() ([]MarkChange, error) {
	out := []MarkChange{}
	var who []access.PersonID
	for _, person := range w.order {
		before, after := w.loaded[person].Value, w.rows[person].value()
		if w.touched[person] && before != after && !(before.State == "" && after.State == Unmarked) {
			if before.State == "" {
				before.State = Unmarked
			}
			out = append(out, MarkChange{Person: person, Before: before, After: after})
			who = append(who, person)
		}
	}
	names, err := people.Names(w.tx, who)
	for i := range out {
		out[i].Name = names[out[i].Person]
	}
	slices.SortStableFunc(out, func(a, b MarkChange) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}

// texts are the free texts of the session before and after.
func (w *work) texts() []FieldChange {
	return []FieldChange{{"place", w.was.Place, w.s.Place}, {"chair", w.was.Chair, w.s.Chair}, {"recorder", w.was.Recorder, w.s.Recorder}}
}

// fields are what else was decided to be other than it stands.
func (w *work) fields() []FieldChange {
	all := append([]FieldChange{
		{"held_on", w.was.HeldOn.String(), w.s.HeldOn.String()},
		{"minutes", strconv.Itoa(w.was.Minutes), strconv.Itoa(w.s.Minutes)},
		{"kinds", w.was.Kinds, w.s.Kinds},
		{"adults", strconv.Itoa(w.was.Adults), strconv.Itoa(w.s.Adults)},
		{"children", strconv.Itoa(w.was.Children), strconv.Itoa(w.s.Children)},
		{"lessons", strconv.Itoa(len(w.hadLessons)), strconv.Itoa(len(w.lessons))},
		{"ways", w.was.Ways, w.s.Ways},
		{"guests", strconv.Itoa(len(w.hadGuests)), strconv.Itoa(len(w.guests))},
	}, w.texts()...)
	return slices.DeleteFunc(all, func(f FieldChange) bool { return f.Before == f.After })
}

// DecideInput settles corrections.
type DecideInput struct {
	IDs    []CorrectionID `json:"ids" form:"ids"`
	Agree  bool           `json:"agree" form:"agree"`
	Answer string         `json:"answer" form:"answer"` // needed to decline
}

// Decided says how many were settled.
type Decided struct {
	Settled int `json:"settled"`
	Passed  int `json:"passed"` // were decided already
}

// Decide agrees to corrections of closed rolls, or declines them with a reason, several at once. What is agreed to is the word of who asked
// for it, and stands as the act of who agreed. Locks the schools in the order of their IDs, then the sessions. Permission: SessionsApprove on
// each school.
func (a *Area) Decide(tx *db.Tx, by access.Actor, in DecideInput) (Decided, error) {
	var v Decided
	if err := by.RequireAnywhere(access.SessionsApprove); err != nil {
		return v, err
	}
	var c fail.Check
	answer := c.Text("answer", in.Answer, 0, 200)
	c.If(len(in.IDs) == 0 || len(in.IDs) > mostDecided, "ids", "calendar.choose_some")
	c.If(!in.Agree && answer == "" && len(in.IDs) > 0, "answer", "calendar.answer_required")
	if err := c.Err(); err != nil {
		return v, err
	}
	rows, err := db.All[correctionRow](tx.Select("id", "session_id").Where("id IN ?", in.IDs).Order("site_id, session_id, asked_at, id"))
	if err != nil {
		return v, err
	}
	sessions := make([]SessionID, len(rows))
	for i, r := range rows {
		sessions[i] = r.SessionID
	}
	for _, want := range in.IDs {
		if !slices.ContainsFunc(rows, func(r correctionRow) bool { return r.ID == want }) {
			return v, fail.NotFound("attendance.correction_missing")
		}
	}
	if _, err := lockSites(tx, by, sessions); err != nil {
		return v, err
	}
	for _, r := range rows {
		done, err := a.decideCorrection(tx, by, r, in.Agree, answer)
		if err != nil {
			return v, err
		}
		if done {
			v.Settled++
		} else {
			v.Passed++
		}
	}
	return v, nil
}

func (a *Area) decideCorrection(tx *db.Tx, by access.Actor, r correctionRow, agree bool, answer string) (bool, error) {
	s, school, err := lockWithSchool(tx, by, r.SessionID, access.SessionsApprove)
	if err != nil {
		return false, err
	}
	if r, err = db.One[correctionRow](tx.Where("id = ?", r.ID), "attendance.correction_missing"); err != nil || r.State != Asked {
		return false, err
	}
	if !agree {
		if err := r.close(tx, by, Decline, answer, 0); err != nil {
			return false, err
		}
		return true, audit.Add(tx, by, audit.Row{
			Act: "session.decline_correction", Object: "session", ID: s.ID, Unit: audit.Unit(s.SiteID),
			Change: audit.Changes{}.ID("correction", CorrectionID{}, r.ID),
		})
	}
	w, err := r.rework(tx, by, s, school)
	if err != nil {
		return false, err
	}
	if !w.changed() {
		return true, r.close(tx, by, Agreed, answer, 0)
	}
	w.s.Revision = s.Revision + 1
	w.s.SubmittedBy, w.s.ChangedAt = w.marker.Ptr(), tx.Now
	w.said = w.said.ID("correction", CorrectionID{}, r.ID)
	if err := w.store(a, "session.agree_correction"); err != nil {
		return false, err
	}
	return true, r.close(tx, by, Agreed, answer, w.s.Revision)
}

func (r correctionRow) close(tx *db.Tx, by access.Actor, state CorrectionState, answer string, revision int) error {
	_, err := db.Set(tx.Model(&correctionRow{}).Where("id = ?", r.ID), map[string]any{
		"state": state, "decided_by": by.Account.Ptr(), "decided_at": tx.Now, "answer": answer, "input": "", "revision": revision,
	})
	return err
}

// Askers gives the names of the accounts that asked for corrections and decided on them.
func Askers(tx *db.Tx, list []CorrectionView) (map[accounts.AccountID]string, error) {
	var who []accounts.AccountID
	for _, v := range list {
		who = append(who, v.AskedBy, v.DecidedBy)
	}
	return accounts.Names(tx, who)
}
