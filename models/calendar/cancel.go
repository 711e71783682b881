package calendar

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

type cancellationTag struct{}

// CancellationID identifies that somebody asked for a day to be called off.
type CancellationID = id.ID[cancellationTag]

// What became of such a request.
const (
	asked     = "asked"
	agreed    = "agreed"
	refused   = "refused"
	withdrawn = "withdrawn"
)

// cancellation is a row of cancellations.
type cancellation struct {
	ID            CancellationID `gorm:"primaryKey"`
	ActivityDayID DayID
	Reason        Reason
	Note          string
	State         string
	AskedBy       *access.AccountID
	AskedAt       time.Time
	DecidedBy     *access.AccountID
	DecidedAt     *time.Time
	Answer        string
}

func (cancellation) TableName() string { return "cancellations" }

// mostNote is the longest text beside a reason, in characters.
const mostNote = 200

// CancelInput says that an activity day should not take place, and why.
type CancelInput struct {
	ID     DayID  `path:"id" json:"-"`
	Reason Reason `json:"reason" form:"reason"`
	Note   string `json:"note" form:"note"` // may be empty
}

// Cancel calls an activity day off: at once for who holds CalendarCancel, the township; a village or a host asks for it, and the
// township decides ([DecideCancel]). It is for days to come and today; one that has passed was not held ([SetNotHeld]). [Undo] takes it
// back. Locks the school. Permission: CalendarMove on the school.
func Cancel(tx *db.Tx, by access.Actor, in CancelInput) (DayView, error) {
	old, s, err := lockDayOf(tx, by, in.ID)
	if err != nil {
		return DayView{}, err
	}
	if !old.State.Open() || old.PlannedOn.Before(tx.Today()) {
		return DayView{}, fail.Conflict("calendar.not_open")
	}
	var c fail.Check
	note := c.Text("note", in.Note, 0, mostNote)
	c.If(!slices.Contains(Reasons, in.Reason), "reason", "calendar.reason_required")
	if err := c.Err(); err != nil {
		return DayView{}, err
	}
	open, err := openRequest(tx, old.ID)
	if err != nil {
		return DayView{}, err
	}
	row := cancellation{
		ID: id.New[cancellationTag](), ActivityDayID: old.ID, Reason: in.Reason, Note: note, State: asked, AskedBy: by.Account.Ptr(), AskedAt: tx.Now,
	}
	if !by.Can(access.CalendarCancel, s.Paths()...) {
		if open != nil {
			return DayView{}, fail.Conflict("calendar.cancel_asked")
		}
		return ask(tx, by, old, row)
	}
	if open != nil { // the township's own word settles what was asked
		if err := settle(tx, by, old, *open, agreed, ""); err != nil {
			return DayView{}, err
		}
	}
	row.State, row.DecidedBy, row.DecidedAt = agreed, by.Account.Ptr(), &tx.Now
	if err := db.Insert(tx, &row); err != nil {
		return DayView{}, err
	}
	return callOff(tx, by, old, row)
}

func ask(tx *db.Tx, by access.Actor, d Day, row cancellation) (DayView, error) {
	if err := db.Insert(tx, &row); err != nil {
		return DayView{}, err
	}
	err := audit.Add(tx, by, audit.Row{
		Act: "calendar.ask_cancel", Object: "activity_day", ID: d.ID, Unit: audit.Unit(d.SiteID),
		Change: audit.Changes{}.Code("reason", "", string(row.Reason)),
	})
	if err == nil {
		err = tellRequest(tx, by, d, row)
	}
	if err != nil {
		return DayView{}, err
	}
	return readDay(tx, d.ID)
}

// tellRequest tells of a request as it stands now.
func tellRequest(tx *db.Tx, by access.Actor, d Day, row cancellation) error {
	c := d.change(WhatOther)
	c.Reason = row.Reason
	return tx.Tell(RequestChanged{
		By: by.Account, Request: row.ID, AskedBy: id.Or(row.AskedBy), Open: row.State == asked, Refused: row.State == refused, Day: c,
	})
}

func callOff(tx *db.Tx, by access.Actor, old Day, row cancellation) (DayView, error) {
	now := old
	now.State, now.Reason, now.Note = Cancelled, row.Reason, row.Note
	return become(tx, by, "calendar.cancel", old, now)
}

// openRequest is the request about the day that nobody has decided, nil when there is none.
func openRequest(tx *db.Tx, day DayID) (*cancellation, error) {
	rows, err := db.All[cancellation](tx.Where("activity_day_id = ? AND state = ?", day, asked).Limit(1))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// settle stores what became of a request about a day, and tells of it.
func settle(tx *db.Tx, by access.Actor, d Day, row cancellation, state, answer string) error {
	_, err := db.Set(tx.Model(&cancellation{}).Where("id = ?", row.ID), map[string]any{
		"state": state, "decided_by": by.Account.Ptr(), "decided_at": tx.Now, "answer": answer,
	})
	if err != nil {
		return err
	}
	row.State = state
	return tellRequest(tx, by, d, row)
}

// DecideInput answers requests to call days off.
type DecideInput struct {
	IDs    []CancellationID `json:"ids" form:"ids"` // 1–100
	Agree  bool             `json:"agree" form:"agree"`
	Answer string           `json:"answer" form:"answer"` // why not; required when refused
}

// DecideView says how many were settled.
type DecideView struct {
	Settled int `json:"settled"`
	Passed  int `json:"passed"` // their days had passed or changed meanwhile; these requests are closed unanswered
}

const mostDecided = 100

// DecideCancel agrees to days being called off, or refuses it with a reason, several at once. Locks their schools. Permission:
// CalendarCancel on each.
func DecideCancel(tx *db.Tx, by access.Actor, in DecideInput) (v DecideView, err error) {
	if err := by.RequireAnywhere(access.CalendarCancel); err != nil {
		return v, err
	}
	var c fail.Check
	answer := c.Text("answer", in.Answer, 0, mostNote)
	c.If(len(in.IDs) == 0 || len(in.IDs) > mostDecided, "ids", "calendar.choose_some")
	c.If(!in.Agree && answer == "" && len(in.IDs) > 0, "answer", "calendar.answer_required")
	if err := c.Err(); err != nil {
		return v, err
	}
	ids := slices.Clone(in.IDs)
	slices.SortFunc(ids, func(a, b CancellationID) int { return slices.Compare(a[:], b[:]) })
	for _, one := range slices.Compact(ids) {
		done, err := decideOne(tx, by, one, in.Agree, answer)
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

func decideOne(tx *db.Tx, by access.Actor, request CancellationID, agree bool, answer string) (bool, error) {
	const gone = "calendar.request_gone"
	row, err := db.One[cancellation](tx.Where("id = ?", request), gone)
	if err != nil {
		return false, err
	}
	d, s, err := lockDayOf(tx, by, row.ActivityDayID)
	if err != nil {
		return false, err
	}
	if err := by.Require(access.CalendarCancel, s.Paths()...); err != nil {
		return false, err
	}
	if row, err = db.One[cancellation](tx.Where("id = ?", request), gone); err != nil {
		return false, err
	}
	switch {
	case row.State != asked:
		return false, nil
	case !d.State.Open() || d.PlannedOn.Before(tx.Today()):
		return false, settle(tx, by, d, row, withdrawn, "")
	case agree:
		if err := settle(tx, by, d, row, agreed, answer); err != nil {
			return false, err
		}
		_, err = callOff(tx, by, d, row)
		return true, err
	}
	if err := settle(tx, by, d, row, refused, answer); err != nil {
		return false, err
	}
	return true, audit.Add(tx, by, audit.Row{Act: "calendar.refuse_cancel", Object: "activity_day", ID: d.ID, Unit: audit.Unit(d.SiteID)})
}

// withdraw takes a request back that nobody has decided; not done when there is none.
func withdraw(tx *db.Tx, by access.Actor, d Day) (bool, error) {
	row, err := openRequest(tx, d.ID)
	if err != nil || row == nil {
		return false, err
	}
	if err := settle(tx, by, d, *row, withdrawn, ""); err != nil {
		return false, err
	}
	return true, audit.Add(tx, by, audit.Row{Act: "calendar.withdraw_cancel", Object: "activity_day", ID: d.ID, Unit: audit.Unit(d.SiteID)})
}

// RequestView is a request to call a day off.
type RequestView struct {
	ID        CancellationID `json:"id"`
	Day       DayID          `json:"day"`
	Code      string         `json:"code"` // of the school
	Name      string         `json:"name"`
	PlannedOn date.Date      `json:"planned_on"`
	Reason    Reason         `json:"reason"`
	Note      string         `json:"note"`
	AskedAt   time.Time      `json:"asked_at"`
}

// RequestsInput is empty.
type RequestsInput struct{}

// mostRequests bounds the list; a township has some 45 schools.
const mostRequests = 500

// Requests lists what waits for the actor's word (等我办的): days that villages and hosts want called off, by code of the school.
// Permission: CalendarCancel, on whatever unit.
func Requests(tx *db.Tx, by access.Actor, _ RequestsInput) (db.Page[RequestView], error) {
	if err := by.RequireAnywhere(access.CalendarCancel); err != nil {
		return db.Page[RequestView]{}, err
	}
	cond, args := db.PathRange("u.path", by.Visible(access.CalendarCancel))
	rows, err := db.Ask[RequestView](tx, "SELECT c.id, c.activity_day_id AS day, u.code, u.name, d.planned_on, c.reason, c.note, c.asked_at FROM cancellations c "+
		"JOIN activity_days d ON d.id = c.activity_day_id JOIN units u ON u.id = d.site_id WHERE c.state = ? AND d.state IN ? AND d.planned_on >= ? AND "+cond+
		" ORDER BY u.code, d.planned_on LIMIT ?", append(append([]any{asked, open, tx.Today()}, args...), mostRequests)...)
	return db.Page[RequestView]{Items: rows}, err
}

// mayUndoCancel asks for what taking a cancellation back needs: who may call off may call on again.
func mayUndoCancel(by access.Actor, s org.School) error {
	return by.Require(access.CalendarCancel, s.Paths()...)
}
