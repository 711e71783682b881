// Package messages tells people what concerns them: hosts that a day comes, moves or is called off, and whom they meet in an exchange week;
// the township's clerk that a request waits, and once a week what else does.
//
// The areas to the left tell what has happened ([calendar.DaysChanged], [exchange.GroupsChanged]); [Area.Hear] makes messages of it in
// the same unit of work. A message is a kind, an object with its sequence, and codes ([Facts]): never a name or a text. Its words
// are made when it is read, in the reader's language. The same kind about the same object at the same sequence reaches an account
// once, whatever happens twice: that is the message's identity. A later change of the object overtakes the messages about it that
// nobody has read, so that nobody is told what does not hold any more; and once the day that a message is about has passed, it waits for
// nobody.
//
// Messages lie in the account's inbox ([List]). Where the county has a gateway for text messages, an account that asked for it gets
// them on its telephone, too: a row of the outbox, written with the message, which a worker ([Area.Next]) sends outside of the quiet
// hours. Who holds a loudspeaker, a WeChat group or a wall finds the words for them in [Notice] and [GroupNotice].
//
// Nobody is reminded of what he has not done: that a day has no record is told to the township's clerk alone, as a number.
package messages

import (
	"encoding/json"
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
)

type (
	messageTag struct{}
	objectTag  struct{}
)

// MessageID identifies a message.
type MessageID = id.ID[messageTag]

// ObjectID identifies what a message is about, whatever its kind.
type ObjectID = id.ID[objectTag]

// Kind says what a message tells; its words are "messages.text." and this.
type Kind string

// The kinds.
const (
	DayAnnounced  Kind = "day_announced"
	DayMoved      Kind = "day_moved"
	DayRuled      Kind = "day_ruled" // moved by the rule or a holiday
	DayOff        Kind = "day_off"
	DayOn         Kind = "day_on"
	CancelAsked   Kind = "cancel_asked" // to the township: it waits for a word
	CancelRefused Kind = "cancel_refused"
	GroupPlanned  Kind = "group_planned"
	GroupChanged  Kind = "group_changed"
	GroupOff      Kind = "group_off"
	GroupOn       Kind = "group_on"
	GroupLeft     Kind = "group_left" // the school meets nobody this quarter
	Digest        Kind = "digest"     // what waits for the township's clerk
)

// The kinds of objects.
const (
	ofDay     = "activity_day"
	ofRequest = "cancellation"
	ofGroup   = "exchange_group"
	ofUnit    = "unit"
)

// Facts are the codes of a message, as they were when it was made.
type Facts struct {
	On          date.Date       `json:"on,omitzero"`
	Was         date.Date       `json:"was,omitzero"` // the date before
	Hour        string          `json:"hour,omitempty"`
	Reason      calendar.Reason `json:"reason,omitempty"`
	More        int             `json:"more,omitempty"` // other days of the same school that changed with this one
	Requests    int             `json:"requests,omitempty"`
	NoRecord    int             `json:"no_record,omitempty"`
	Corrections int             `json:"corrections,omitempty"`
	Imports     int             `json:"imports,omitempty"`
}

type messageRow struct {
	ID          MessageID `gorm:"primaryKey"`
	AccountID   access.AccountID
	Kind        Kind
	Object      string
	ObjectID    ObjectID
	Sequence    int
	UnitID      org.UnitID // the school or township that it is about
	Facts       string     // JSON: Facts
	MadeAt      time.Time
	ReadAt      *time.Time
	OvertakenAt *time.Time // when a later change of the object made it out of date, unread
	Until       date.Date  // the last day on which it concerns anybody; zero for no end
}

func (messageRow) TableName() string { return "messages" }

func (r messageRow) facts() (f Facts, err error) {
	if err = json.Unmarshal([]byte(r.Facts), &f); err != nil {
		err = fmt.Errorf("messages: facts: %w", err)
	}
	return f, err
}

// prefRow says whether an account wants its messages on the telephone, too; without a row it does not.
type prefRow struct {
	AccountID access.AccountID `gorm:"primaryKey"`
	SMS       bool             `gorm:"column:sms"`
	ChangedAt time.Time
}

func (prefRow) TableName() string { return "message_prefs" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{messageRow{}, prefRow{}} }

// Area knows whether the county has a gateway for text messages, when it is quiet, and how numbers are opened.
type Area struct {
	people *people.Area
	quiet  Quiet
	sms    bool
	wake   func()
}

// New makes the area. Without sms no message goes to a telephone.
func New(p *people.Area, quiet Quiet, sms bool) *Area {
	return &Area{people: p, quiet: quiet, sms: sms, wake: func() {}}
}

// Sends reports whether the county has a gateway for text messages.
func (a *Area) Sends() bool { return a.sms }

// OnWork registers what wakes the worker that sends, once there is something for it.
func (a *Area) OnWork(wake func()) { a.wake = wake }

// Listen registers the area for what other areas tell.
func (a *Area) Listen(d *db.DB) { d.OnTold("messages", a.Hear) }
