package messages

import (
	"encoding/json"
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/outbox"
	"huotang/models/people"
)

// lease is how long a worker may take over one text message before another one takes it over.
const lease = 2 * time.Minute

// Delivery is a text message that a worker has claimed.
type Delivery struct {
	ID   MessageID // the receiver drops a second one with it
	Body []byte    // JSON: [SMS]; nil when there is nothing to send any more
	row  outbox.Row
	to   access.PersonID
}

// SMS is what the county's gateway gets.
type SMS struct {
	ID       MessageID `json:"id"`
	Kind     Kind      `json:"kind"`
	MadeAt   time.Time `json:"made_at"`
	To       string    `json:"to"` // the number, digits only
	Language lang.Lang `json:"language"`
	Text     string    `json:"text"`
}

// Notes that stand where a text message was not sent, because it was of no use any more.
const (
	noteRead      = "read meanwhile"
	noteOvertaken = "overtaken"
	notePassed    = "its day has passed"
	noteUnwanted  = "not wanted any more"
	noteNoNumber  = "no number"
)

// Next claims the next text message that is due, for a worker of that name; not ok when none is, and in the quiet hours. What is of no use
// any more, such as a message that was read meanwhile, comes without a body and is done. For the worker alone.
func (a *Area) Next(tx *db.Tx, worker string) (d Delivery, ok bool, err error) {
	if a.quiet.Next(tx.Now).After(tx.Now) {
		return d, false, nil
	}
	rows, err := outbox.Claim(tx, kindSMS, worker, lease, 1)
	if err != nil || len(rows) == 0 {
		return d, false, err
	}
	d = Delivery{ID: MessageID(rows[0].ID), row: rows[0]}
	note, err := a.compose(tx, &d)
	if err == nil && note != "" {
		err = outbox.Done(tx, d.row, note)
	}
	return d, true, err
}

type recipient struct {
	PersonID *access.PersonID
	Language string
	Disabled bool
	SMS      bool `gorm:"column:sms"`
}

// compose makes the body of a delivery, or says why there is none.
func (a *Area) compose(tx *db.Tx, d *Delivery) (note string, err error) {
	rows, err := db.All[messageRow](tx.Where("id = ?", d.ID))
	if err != nil || len(rows) == 0 {
		return noteUnwanted, err
	}
	r := rows[0]
	to, err := db.Ask[recipient](tx, "SELECT a.person_id, a.language, a.disabled_at IS NOT NULL AS disabled, COALESCE(p.sms, ?) AS sms FROM accounts a "+
		"LEFT JOIN message_prefs p ON p.account_id = a.id WHERE a.id = ?", false, r.AccountID)
	if err != nil {
		return "", err
	}
	facts, err := r.facts()
	switch {
	case err != nil:
		return "", err
	case len(to) == 0 || to[0].Disabled || !to[0].SMS:
		return noteUnwanted, nil
	case r.ReadAt != nil:
		return noteRead, nil
	case r.OvertakenAt != nil:
		return noteOvertaken, nil
	case !facts.On.IsZero() && facts.On.Before(tx.Today()):
		return notePassed, nil
	case to[0].PersonID == nil:
		return noteNoNumber, nil
	}
	d.to = id.Or(to[0].PersonID)
	phone, err := a.people.PhoneToSend(tx, d.to)
	if err != nil || phone == "" {
		return noteNoNumber, err
	}
	l := lang.Match(to[0].Language, "")
	said, err := views(tx, l, rows)
	if err != nil {
		return "", err
	}
	d.Body, err = json.Marshal(SMS{ID: d.ID, Kind: r.Kind, MadeAt: r.MadeAt, To: phone, Language: l, Text: l.T("messages.sms", said[0].Text)})
	if err != nil {
		return "", fmt.Errorf("messages: %w", err)
	}
	return "", nil
}

// Sent notes that a delivery has reached the gateway, and in the audit that the number was used. It is nothing when another worker has taken it over.
func Sent(tx *db.Tx, by access.Actor, d Delivery) error {
	if err := outbox.Done(tx, d.row, ""); err != nil {
		return err
	}
	return people.AuditOf(tx, by, d.to, "messages.sms", audit.Changes{})
}

// NotSent notes that the gateway did not take a delivery: it is tried again later, outside of the quiet hours, or given up.
func (a *Area) NotSent(tx *db.Tx, d Delivery, cause error) error {
	return outbox.Failed(tx, d.row, a.quiet.Next(tx.Now.Add(outbox.Wait(d.row.Attempts))), cause)
}

// Yield gives a delivery back that the worker has not tried, since it stops.
func Yield(tx *db.Tx, d Delivery) error { return outbox.Yield(tx, d.row) }

// DeliveryView is a text message that was not sent yet, as the county sees it: neither to whom nor what.
type DeliveryView struct {
	ID       MessageID `json:"id"`
	Kind     Kind      `json:"kind"`
	Unit     string    `json:"unit"` // name of the school or township that it is about
	MadeAt   time.Time `json:"made_at"`
	DueAt    time.Time `json:"due_at"`
	Attempts int       `json:"attempts"`
	Failure  string    `json:"failure"` // of the last attempt, in the machine's words
	GaveUp   bool      `json:"gave_up"`
}

// DeliveriesView is how the sending goes.
type DeliveriesView struct {
	On      bool           `json:"on"` // the county has a gateway
	Waiting int            `json:"waiting"`
	GaveUp  int            `json:"gave_up"`
	Items   []DeliveryView `json:"items"` // that were given up
	Next    string         `json:"next"`
}

// DeliveriesInput narrows the list.
type DeliveriesInput struct {
	After MessageID `query:"after"`
	Limit int       `query:"limit"` // 1–200; 0 means 50
}

const (
	usualDeliveries = 50
	mostDeliveries  = 200
)

// Deliveries lists the text messages that were given up, by the order of their IDs, and tells how many wait. Permission: JobsSee.
func (a *Area) Deliveries(tx *db.Tx, by access.Actor, in DeliveriesInput) (DeliveriesView, error) {
	v := DeliveriesView{On: a.sms, Items: []DeliveryView{}}
	if err := by.RequireAnywhere(access.JobsSee); err != nil {
		return v, err
	}
	if in.Limit < 1 || in.Limit > mostDeliveries {
		in.Limit = usualDeliveries
	}
	depths, err := outbox.Depths(tx)
	if err != nil {
		return v, err
	}
	for _, d := range depths {
		if d.Kind == kindSMS {
			v.Waiting, v.GaveUp = d.Waiting, d.GaveUp
		}
	}
	rows, err := db.Ask[DeliveryView](tx, "SELECT o.id, m.kind, u.name AS unit, o.made_at, o.due_at, o.attempts, o.failure, o.gave_up_at IS NOT NULL AS gave_up "+
		"FROM outbox_rows o JOIN messages m ON m.id = o.id JOIN units u ON u.id = m.unit_id "+
		"WHERE o.kind = ? AND o.done_at IS NULL AND o.gave_up_at IS NOT NULL AND o.id > ? ORDER BY o.id LIMIT ?", kindSMS, in.After, in.Limit+1)
	if len(rows) > in.Limit {
		rows = rows[:in.Limit]
		v.Next = rows[in.Limit-1].ID.String()
	}
	v.Items = append(v.Items, rows...)
	return v, err
}

// AgainInput names a text message; none means all that were given up.
type AgainInput struct {
	ID MessageID `json:"id" form:"id"`
}

// AgainView says how many are sent again.
type AgainView struct {
	Again int `json:"again"`
}

// SendAgain lets text messages that were given up be tried from the start (再发一次): one, or all of them. not_found when the one is not given up, conflict when the county
// has no gateway. Permission: JobsRun.
func (a *Area) SendAgain(tx *db.Tx, by access.Actor, in AgainInput) (AgainView, error) {
	if err := by.RequireAnywhere(access.JobsRun); err != nil {
		return AgainView{}, err
	}
	if !a.sms {
		return AgainView{}, fail.Conflict("messages.no_gateway")
	}
	n, err := outbox.Again(tx, kindSMS, outbox.RowID(in.ID), a.quiet.Next(tx.Now))
	if err != nil || n == 0 {
		return AgainView{}, err
	}
	tx.AfterCommit(a.wake)
	return AgainView{n}, audit.Add(tx, by, audit.Row{
		Act: "messages.send_again", Object: "message", ID: in.ID, Change: audit.Changes{}.Int("messages", 0, n),
	})
}
