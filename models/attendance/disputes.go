package attendance

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

type disputeTag struct{}

// DisputeID identifies that somebody says his own row of a roll is not right (对不上).
type DisputeID = id.ID[disputeTag]

// DisputeOutcome is what became of it.
type DisputeOutcome string

// The outcomes.
const (
	NotSettled  DisputeOutcome = "open"
	HeIsRight   DisputeOutcome = "right" // the roll was changed to what he says, or the township is asked to agree to that
	RollIsRight DisputeOutcome = "kept"
)

// Sayable are the states that somebody can say of himself.
var Sayable = []State{Present, OnLeave, Absent}

// disputeRow is a row of mark_disputes. Open is 1 while it waits and NULL afterwards, so that the unique key keeps one open.
type disputeRow struct {
	ID           DisputeID `gorm:"primaryKey"`
	SessionID    SessionID
	PersonID     access.PersonID
	Said         State
	Outcome      DisputeOutcome
	Open         *int
	AskedBy      *access.AccountID
	AskedAt      time.Time
	SettledBy    *access.AccountID
	SettledAt    *time.Time
	CorrectionID *CorrectionID
}

func (disputeRow) TableName() string { return "mark_disputes" }

// DisputeView is a dispute as those see it who settle it, and whose row it is.
type DisputeView struct {
	ID        DisputeID       `json:"id"`
	Session   SessionID       `json:"session"`
	SiteName  string          `json:"site_name"`
	HeldOn    date.Date       `json:"held_on"`
	Person    access.PersonID `json:"person"`
	Name      string          `json:"name"`
	Said      State           `json:"said"`
	Standing  Value           `json:"standing"` // what the roll says now
	AskedAt   time.Time       `json:"asked_at"`
	Outcome   DisputeOutcome  `json:"outcome"`
	SettledAt *time.Time      `json:"settled_at"`
	Waits     bool            `json:"waits"` // he is right, and the township is to agree
}

const disputeQuery = `SELECT d.id, d.session_id AS session, u.name AS site_name, s.held_on, d.person_id AS person, p.name, d.said, m.state, m.reason, m.made_up_on,
d.asked_at, d.outcome, d.settled_at, COALESCE(c.state, '') = 'asked' AS waits
FROM mark_disputes d JOIN sessions s ON s.id = d.session_id JOIN units u ON u.id = s.site_id JOIN sites h ON h.id = s.site_id LEFT JOIN units b ON b.id = h.branch_id
JOIN persons p ON p.id = d.person_id JOIN marks m ON m.session_id = d.session_id AND m.person_id = d.person_id
LEFT JOIN roll_corrections c ON c.id = d.correction_id WHERE `

func disputes(tx *db.Tx, q condition) ([]DisputeView, error) {
	out := []DisputeView{}
	err := db.Each(tx, disputeQuery+q.text+" ORDER BY d.asked_at, d.id LIMIT 200", q.args, func(scan func(...any) error) error {
		var v DisputeView
		err := scan(&v.ID, &v.Session, &v.SiteName, &v.HeldOn, &v.Person, &v.Name, &v.Said, &v.Standing.State, &v.Standing.Reason, &v.Standing.MadeUpOn,
			&v.AskedAt, &v.Outcome, &v.SettledAt, &v.Waits)
		out = append(out, v)
		return err
	})
	return out, err
}

// OwnRowsInput names a year; 0 means this one.
type OwnRowsInput struct {
	Year int `query:"year"`
}

// OwnRow is what a roll says of who asks.
type OwnRow struct {
	Session  SessionID `json:"session"`
	SiteName string    `json:"site_name"`
	HeldOn   date.Date `json:"held_on"`
	Kinds    []Kind    `json:"kinds"`
	Value
	Dispute *DisputeView `json:"dispute"` // the newest of his, null for none
}

// OwnRows lists what the rolls of a year say of the person himself, the newest first. Permission: ProgressOwn; nobody reads another's.
func OwnRows(tx *db.Tx, by access.Actor, in OwnRowsInput) (db.Page[OwnRow], error) {
	out := db.Page[OwnRow]{Items: []OwnRow{}}
	if err := by.RequireAnywhere(access.ProgressOwn); err != nil || by.Person.IsZero() {
		return out, err
	}
	if in.Year < 2000 || in.Year > 2999 {
		in.Year = tx.Today().Year()
	}
	// CROSS JOIN keeps SQLite to the person's own marks: without statistics it would begin with all sessions of the year.
	args := []any{by.Person, HandedIn, Late, date.New(in.Year, 1, 1), date.New(in.Year, 12, 31)}
	err := db.Each(tx, "SELECT s.id, u.name, s.held_on, s.kinds, m.state, m.reason, m.made_up_on FROM marks m CROSS JOIN sessions s ON s.id = m.session_id "+
		"JOIN units u ON u.id = s.site_id WHERE m.person_id = ? AND s.state IN (?, ?) AND s.held_on >= ? AND s.held_on <= ? ORDER BY s.held_on DESC, s.id LIMIT 400", args,
		func(scan func(...any) error) error {
			var r OwnRow
			var kinds string
			err := scan(&r.Session, &r.SiteName, &r.HeldOn, &kinds, &r.State, &r.Reason, &r.MadeUpOn)
			r.Kinds = splitKinds(kinds)
			out.Items = append(out.Items, r)
			return err
		})
	if err != nil {
		return out, err
	}
	var q condition
	q.and("d.person_id = ?", by.Person)
	said, err := disputes(tx, q)
	for i := range out.Items {
		for j := range said {
			if said[j].Session == out.Items[i].Session {
				out.Items[i].Dispute = &said[j]
			}
		}
	}
	return out, err
}

// DisputeInput says what somebody was by his own word.
type DisputeInput struct {
	Session SessionID `path:"id" json:"-"`
	State   State     `json:"state" form:"state"` // one of [Sayable]
}

// Dispute asks the school's host, and its village, about the person's own row: it is a question, and changes nothing. One waits at a
// time; asked again, the newest word stands. Locks the session. Permission: ProgressOwn, and the roll must have a row of the person.
func Dispute(tx *db.Tx, by access.Actor, in DisputeInput) (DisputeView, error) {
	if err := by.RequireAnywhere(access.ProgressOwn); err != nil {
		return DisputeView{}, err
	}
	s, err := lockSession(tx, in.Session)
	if err != nil {
		return DisputeView{}, hide(by, err)
	}
	marks, err := db.All[markRow](tx.Where("session_id = ? AND person_id = ?", s.ID, by.Person))
	if err != nil {
		return DisputeView{}, err
	}
	if len(marks) == 0 || by.Person.IsZero() || !s.State.In() {
		return DisputeView{}, fail.NotFound("attendance.session_missing")
	}
	var c fail.Check
	c.If(!slices.Contains(Sayable, in.State), "state", "input.choice")
	same := marks[0].State == in.State || in.State == Present && marks[0].State == Observer
	c.If(same, "state", "attendance.dispute_same")
	if err := c.Err(); err != nil {
		return DisputeView{}, err
	}
	n, err := db.Set(tx.Model(&disputeRow{}).Where("session_id = ? AND person_id = ? AND open = 1", s.ID, by.Person),
		map[string]any{"said": in.State, "asked_by": by.Account.Ptr(), "asked_at": tx.Now})
	if err != nil {
		return DisputeView{}, err
	}
	if n == 0 {
		one := 1
		err = db.Insert(tx, &disputeRow{
			ID: id.New[disputeTag](), SessionID: s.ID, PersonID: by.Person, Said: in.State, Outcome: NotSettled, Open: &one,
			AskedBy: by.Account.Ptr(), AskedAt: tx.Now,
		})
	}
	if err == nil {
		err = audit.Add(tx, by, audit.Row{
			Act: "session.dispute", Object: "session", ID: s.ID, Unit: audit.Unit(s.SiteID), Change: audit.Changes{}.ID("person_id", access.PersonID{}, by.Person),
		})
	}
	if err != nil {
		return DisputeView{}, err
	}
	var q condition
	q.and("d.session_id = ? AND d.person_id = ? AND d.open = 1", s.ID, by.Person)
	out, err := disputes(tx, q)
	if err != nil {
		return DisputeView{}, err
	}
	return out[0], nil
}

// DisputesInput has nothing to choose.
type DisputesInput struct{}

// Disputes lists what people say of their own rows and nobody has settled, the oldest first, at most 200. Permission: SessionsSubmit on the
// schools.
func Disputes(tx *db.Tx, by access.Actor, _ DisputesInput) (db.Page[DisputeView], error) {
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return db.Page[DisputeView]{Items: []DisputeView{}}, err
	}
	var q condition
	q.and("d.open = 1")
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.SessionsSubmit))
	q.and(seen, args...)
	out, err := disputes(tx, q)
	return db.Page[DisputeView]{Items: out}, err
}

// SettleDisputeInput answers a dispute.
type SettleDisputeInput struct {
	Dispute DisputeID `path:"dispute" json:"-"`
	Right   bool      `json:"right" form:"right"` // he is right, and the roll is changed; false: the roll is
}

// SettleDispute answers by one tap: the row becomes what its person says, as any correction does (in a closed roll the township is asked
// to agree), or the roll stands. A dispute that was settled stays so. Locks the session. Permission: SessionsSubmit on the school.
func (a *Area) SettleDispute(tx *db.Tx, by access.Actor, in SettleDisputeInput) (DisputeView, error) {
	d, err := db.One[disputeRow](tx.Where("id = ?", in.Dispute), "attendance.dispute_missing")
	if err != nil {
		return DisputeView{}, hide(by, err)
	}
	s, school, err := lockWithSchool(tx, by, d.SessionID, access.SessionsSubmit)
	if err != nil {
		return DisputeView{}, err
	}
	if d, err = db.One[disputeRow](tx.Where("id = ?", in.Dispute), "attendance.dispute_missing"); err != nil {
		return DisputeView{}, err
	}
	if d.Open != nil {
		if err := a.settleDispute(tx, by, d, s, school, in.Right); err != nil {
			return DisputeView{}, err
		}
	}
	var q condition
	q.and("d.id = ?", d.ID)
	out, err := disputes(tx, q)
	if err != nil || len(out) == 0 {
		return DisputeView{}, err
	}
	return out[0], nil
}

func (a *Area) settleDispute(tx *db.Tx, by access.Actor, d disputeRow, s sessionRow, school org.School, right bool) error {
	columns := map[string]any{"open": nil, "outcome": RollIsRight, "settled_by": by.Account.Ptr(), "settled_at": tx.Now}
	if right {
		correction, err := a.believe(tx, by, d, s, school)
		if err != nil {
			return err
		}
		columns["outcome"], columns["correction_id"] = HeIsRight, correction.Ptr()
	} else {
		err := audit.Add(tx, by, audit.Row{
			Act: "session.keep_disputed", Object: "session", ID: s.ID, Unit: audit.Unit(s.SiteID), Change: audit.Changes{}.ID("person_id", access.PersonID{}, d.PersonID),
		})
		if err != nil {
			return err
		}
	}
	_, err := db.Set(tx.Model(&disputeRow{}).Where("id = ?", d.ID), columns)
	return err
}

// believe sets the row to what its person says, and gives the correction that it became, zero for none.
func (a *Area) believe(tx *db.Tx, by access.Actor, d disputeRow, s sessionRow, school org.School) (CorrectionID, error) {
	w := newWork(tx, by, SubmitInput{Session: s.ID})
	w.school, w.was, w.s = school, s, s
	if err := w.load(); err != nil {
		return CorrectionID{}, err
	}
	row := w.rows[d.PersonID]
	if row == nil {
		return CorrectionID{}, fail.NotFound("attendance.dispute_missing")
	}
	v, code := Value{State: d.Said}.check(seat{list: row.List, exempt: row.State == Exempt}, s.HeldOn, tx.Today())
	if code != "" && row.List == ListCame { // of a villager it is only said that he came
		v, code = Value{State: Unmarked}, ""
	}
	if code != "" {
		return CorrectionID{}, fail.Invalid(code)
	}
	if row.value() == v {
		return CorrectionID{}, nil
	}
	w.set(d.PersonID, row.List, v)
	w.tally()
	w.said = audit.Changes{}.ID("person_id", access.PersonID{}, d.PersonID)
	out, err := w.finish(a, "session.believe_disputed", proposal{Mark: &MarkInput{Person: d.PersonID, Value: v}})
	return out.Waiting, err
}
