package attendance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/org"
)

// MarkInput is what a phone or page says of one person. Unmarked takes a mark back.
type MarkInput struct {
	Person access.PersonID `json:"person"`
	Value
	Base *int `json:"base"` // revision of the session at which the phone last saw this mark; nil means that of the item
}

// SubmitInput is one item: one revision of one session. What is not given stays as it is; the first item
// of a session must give its minutes (or both times).
type SubmitInput struct {
	Session SessionID `path:"id" json:"-"`

	// For a session that the server does not know yet: its activity day, or its school.
	ActivityDay calendar.DayID `json:"activity_day"`
	Site        org.SiteID     `json:"site"`

	BaseRevision int                `json:"base_revision"` // of the session, as the phone last saw it; 0 before the first submission
	Kinds        []Kind             `json:"kinds"`
	HeldOn       date.Date          `json:"held_on"`
	BeganAt      *time.Time         `json:"began_at"`
	EndedAt      *time.Time         `json:"ended_at"`
	Minutes      int                `json:"minutes"`        // not needed when both times are given
	Lessons      []courses.LessonID `json:"lessons"`        // taught, in order; [] for none
	Ways         []courses.Medium   `json:"ways,omitempty"` // how it was taught beside them, of [Ways]; [] for none
	Place        *string            `json:"place"`
	Chair        *string            `json:"chair"`    // 主持人, a name
	Recorder     *string            `json:"recorder"` // 记录人, a name; who enters is known from the sign-in
	Marks        []MarkInput        `json:"marks"`
	Guests       []string           `json:"guests"`             // 名单外的人, all of them by name; [] for none
	Adults       *int               `json:"adults"`             // without a name
	Children     *int               `json:"children"`           // without a name
	Why          string             `json:"why"`                // of a correction, that is, of an item that has seen a submitted roll
	OnPaper      bool               `json:"on_paper,omitempty"` // entered from a paper roll, which may be long after the evening
	SentAt       *time.Time         `json:"sent_at,omitempty"`  // by the device's clock as it hands the item in; no part of what the item says
	Stamp

	clerk *access.Actor // who pastes it for the phone, see [Area.SubmitFor]
}

// Limits of an item.
const (
	maxMarks   = 500
	maxGuests  = 100
	maxHeads   = 300
	maxMinutes = 720
	maxLessons = 20
)

// hash is the identity of the item's content: the same key with another hash is not the same item.
func (in SubmitInput) hash() (string, error) {
	in.SentAt = nil
	b, err := json.Marshal(struct {
		Session SessionID
		SubmitInput
	}{in.Session, in})
	if err != nil {
		return "", fmt.Errorf("attendance: %w", err)
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), nil
}

// MarkReceipt answers for one mark of an item.
type MarkReceipt struct {
	Person   access.PersonID `json:"person"`
	Outcome  Outcome         `json:"outcome"`
	Code     string          `json:"code,omitempty"` // why it was refused, a key of the catalogues
	Standing Value           `json:"standing"`       // what the roll says now
	Revision int             `json:"revision"`       // of the standing value
}

// Receipt answers an item. It is kept and given again when the item comes again.
type Receipt struct {
	Session   SessionID     `json:"session"`
	Revision  int           `json:"revision"`
	Marks     []MarkReceipt `json:"marks"`
	Conflicts int           `json:"conflicts"` // of this item
	Refused   int           `json:"refused"`   // of this item
	Kept      []string      `json:"kept"`      // fields of the item that another phone had said otherwise; the other's stand
	Tally
	Attendances int              `json:"attendances"`
	Late        bool             `json:"late,omitempty"`      // its month was sealed: it counts once the township lets it in (补传)
	Waiting     CorrectionID     `json:"waiting,omitzero"`    // the roll was closed: what the item says waits for the township as this correction
	Ahead       int              `json:"ahead,omitempty"`     // the device's clock against ours, in seconds, from five minutes on; negative where it is behind
	EnteredBy   access.AccountID `json:"entered_by,omitzero"` // who pasted it for the phone
	Minutes     int              `json:"minutes"`
	Device      string           `json:"device"`
	Seq         int64            `json:"seq"`
	ReceivedAt  time.Time        `json:"received_at"`
}
