// Package privacy keeps the promises that the law on personal information asks for: people are told in plain
// words what is kept of them ([Publish]) and say that they have read it ([Agree]), on the screen or, where they have no
// phone, on one sheet of paper per school ([TickPaper]). Each sees and takes away all that is kept of him ([Own]),
// asks for what is wrong to be put right ([AskCorrection]), and is erased by the county when he wants it ([AskErasure], [Area.EraseDue])
// such that no total changes. What has been kept long enough is dropped ([Drop]); what was done to an object is told in
// words ([History]); telephone numbers are sealed again when the key changes ([Area.Reseal]).
//
// The room reads and, to erase and to drop, writes rows of the rooms to its left by queries written by hand. Two tests
// hold that it forgets none: every column with a person or an account is in the list of what a person takes away, or
// excepted with a reason; so is every column with a name for what is erased.
package privacy

import (
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/seal"
)

// Area is the ops that need the keys of telephone numbers.
type Area struct {
	phones *seal.Ring
}

// New gives the area with the ring of telephone numbers.
func New(phones *seal.Ring) *Area { return &Area{phones: phones} }

// textRow is a version of the notice. Version 1 is the one that came with the program, stored when somebody first agrees.
type textRow struct {
	UnitID      org.UnitID `gorm:"primaryKey"`
	Version     int        `gorm:"primaryKey"`
	Body        string
	EffectiveOn date.Date
	AccountID   *access.AccountID
	MadeAt      time.Time
}

func (textRow) TableName() string { return "privacy_texts" }

// Answer is what somebody says to the notice.
type Answer string

// The answers.
const (
	Agreed   Answer = "agreed"
	Declined Answer = "declined"
)

// consentRow is appended, never changed: the latest one of a version counts.
type consentRow struct {
	AccountID access.AccountID `gorm:"primaryKey"`
	Version   int              `gorm:"primaryKey"`
	At        time.Time        `gorm:"primaryKey"`
	Answer    Answer
}

func (consentRow) TableName() string { return "consents" }

// paperRow says that the school's sheet of paper was read out and signed.
type paperRow struct {
	SiteID    org.SiteID `gorm:"primaryKey"`
	Version   int        `gorm:"primaryKey"`
	DoneOn    date.Date
	AccountID *access.AccountID
	MadeAt    time.Time
}

func (paperRow) TableName() string { return "paper_consents" }

type requestTag struct{}

// RequestID identifies a request for a correction.
type RequestID = id.ID[requestTag]

// RequestState is how far a request has come.
type RequestState string

// The states.
const (
	Waiting RequestState = "waiting"
	Done    RequestState = "done"
	Refused RequestState = "refused"
)

type requestRow struct {
	ID        RequestID `gorm:"primaryKey"`
	PersonID  access.PersonID
	AccountID *access.AccountID
	Body      string
	MadeAt    time.Time
	State     RequestState
	Answer    string
	DecidedBy *access.AccountID
	DecidedAt *time.Time
}

func (requestRow) TableName() string { return "correction_requests" }

type erasureTag struct{}

// ErasureID identifies an erasure.
type ErasureID = id.ID[erasureTag]

type erasureRow struct {
	ID       ErasureID `gorm:"primaryKey"`
	PersonID access.PersonID
	Basis    Basis
	AskedBy  *access.AccountID
	AskedAt  time.Time
	DueOn    date.Date
	UndoneBy *access.AccountID
	UndoneAt *time.Time
	DoneAt   *time.Time
}

func (erasureRow) TableName() string { return "erasures" }

type reportRow struct {
	ID        int64 `gorm:"primaryKey"`
	At        time.Time
	Kind      Kind
	Days      int
	OlderThan time.Time
	Dropped   int
}

func (reportRow) TableName() string { return "retention_reports" }

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any {
	return []any{textRow{}, consentRow{}, paperRow{}, requestRow{}, erasureRow{}, reportRow{}}
}
