// Package service answers people and tells them what is going on: feedback (提意见), sent by
// anyone without a sign-in or a name, and notices (通知) of the county and the townships.
//
// Nothing here knows who sent feedback: no account, no address, no contact, and of the page it came from only
// which page it was, not whose. Who sends gets a short code, under which the answer can be read; the county
// answers, and what is answered everybody can read.
//
// The roots are the feedback row and the notice row.
package service

import (
	"crypto/rand"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/id"
	"huotang/models/org"
)

type (
	feedbackTag struct{}
	noticeTag   struct{}
)

// FeedbackID identifies one piece of feedback.
type FeedbackID = id.ID[feedbackTag]

// NoticeID identifies a notice.
type NoticeID = id.ID[noticeTag]

type feedbackRow struct {
	ID         FeedbackID `gorm:"primaryKey"`
	Code       string
	Page       string
	Body       string
	MadeAt     time.Time
	Answer     string
	AnsweredBy *access.AccountID
	AnsweredAt *time.Time
	TextHidden bool
	Revision   int
}

func (feedbackRow) TableName() string { return "feedback" }

type noticeRow struct {
	ID          NoticeID `gorm:"primaryKey"`
	UnitID      org.UnitID
	Title       string
	Body        string
	PublishedOn date.Date
	ExpiresOn   date.Date
	AccountID   *access.AccountID
	MadeAt      time.Time
	ChangedAt   time.Time
	WithdrawnAt *time.Time
	Revision    int
}

func (noticeRow) TableName() string { return "notices" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{feedbackRow{}, noticeRow{}} }

// Area is the ops that need more than a transaction. Make it with New.
type Area struct{ code func() string }

// New gives the area.
func New() *Area { return &Area{code: newCode} }

// codeLetters are the characters of a code: none that looks or sounds like another (0 O D Q, 1 I L, 2 Z, 5 S, 8 B, U V).
const codeLetters = "34679ACEFGHJKMNPRTWXY"

const codeLength = 8

// newCode is 8 characters that nobody can guess: 35 bits.
func newCode() string {
	var b strings.Builder
	var random [2 * codeLength]byte
	for b.Len() < codeLength {
		_, _ = rand.Read(random[:]) // never fails, says crypto/rand
		for _, r := range random {
			if int(r) < 256/len(codeLetters)*len(codeLetters) && b.Len() < codeLength { // else the first letters would be likelier
				b.WriteByte(codeLetters[int(r)%len(codeLetters)])
			}
		}
	}
	return b.String()
}

// plainCode reads a code as people type it: in either case, with spaces or dashes.
func plainCode(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(s)))
}
