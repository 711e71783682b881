package service

import (
	"errors"
	"regexp"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// FeedbackView is feedback as everybody may read it once it is answered, or who has the code before.
type FeedbackView struct {
	ID         FeedbackID `json:"id"`
	Code       string     `json:"code"`
	Page       string     `json:"page"` // it was sent from, without whose
	Text       string     `json:"text"` // "" when the county keeps it back
	TextHidden bool       `json:"text_hidden"`
	MadeAt     time.Time  `json:"made_at"`
	Answer     string     `json:"answer"`
	AnsweredAt *time.Time `json:"answered_at"`
	Revision   int        `json:"revision"` // of the answer: 0 until there is one
}

// view hides a text that names people from all but those who answer.
func (r feedbackRow) view(by access.Actor) FeedbackView {
	v := FeedbackView{
		ID: r.ID, Code: r.Code, Page: r.Page, Text: r.Body, TextHidden: r.TextHidden, MadeAt: r.MadeAt,
		Answer: r.Answer, AnsweredAt: r.AnsweredAt, Revision: r.Revision,
	}
	if r.TextHidden && !by.Can(access.FeedbackAnswer) {
		v.Text = ""
	}
	return v
}

// The limits of texts, in characters.
const (
	MostText   = 2000
	MostAnswer = 2000
)

// SendInput is feedback.
type SendInput struct {
	Text string `json:"text" form:"text"`
	Page string `json:"page" form:"page"` // path of the page that it is about, may be ""
}

// SendView tells who sent feedback where its answer will be.
type SendView struct {
	Code string `json:"code"`
}

// Send takes feedback from anyone. The caller passes a visitor, also for people who have
// signed in, so that neither the row nor the audit knows them. Permission: FeedbackSend.
func (a *Area) Send(tx *db.Tx, by access.Actor, in SendInput) (SendView, error) {
	if err := by.Require(access.FeedbackSend); err != nil {
		return SendView{}, err
	}
	var c fail.Check
	text := c.Prose("text", in.Text, 1, MostText)
	if err := c.Err(); err != nil {
		return SendView{}, err
	}
	row := feedbackRow{ID: id.New[feedbackTag](), Code: a.code(), Page: PageOf(in.Page), Body: text, MadeAt: tx.Now}
	if err := db.Insert(tx, &row); err != nil {
		if db.IsDuplicate(err) {
			return SendView{}, db.Repeat(errors.Join(errors.New("service: a code that stands already"), err))
		}
		return SendView{}, err
	}
	return SendView{Code: row.Code}, audit.Add(tx, access.Visitor(), audit.Row{Act: "feedback.send", Object: "feedback", ID: row.ID})
}

var identity = regexp.MustCompile(`[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f-]{4,27}|[0-9]{6,}`)

// PageOf keeps of a page's address which page it is, not whose: no query, no identities or codes of units.
// Anything but a short path of this site gives "".
func PageOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	path, _, _ = strings.Cut(path, "#")
	path = identity.ReplaceAllString(path, "_")
	if !strings.HasPrefix(path, "/") || len(path) > 200 || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return path
}

// FindInput names feedback by its code.
type FindInput struct {
	Code string `path:"code"`
}

// Find reads feedback by its code, answered or not. Permission: FeedbackSend; the code is the key.
func (a *Area) Find(tx *db.Tx, by access.Actor, in FindInput) (FeedbackView, error) {
	if err := by.Require(access.FeedbackSend); err != nil {
		return FeedbackView{}, err
	}
	r, err := db.One[feedbackRow](tx.Where("code = ?", plainCode(in.Code)), "feedback.missing")
	if err != nil {
		return FeedbackView{}, err
	}
	return r.view(by), nil
}

// ListInput is a part of a list.
type ListInput struct {
	After string `query:"after"`
	Limit int    `query:"limit"` // 1–100; 0 means 20
}

// most is the size of a part of a list.
func most(limit int) int {
	if limit < 1 || limit > 100 {
		return 20
	}
	return limit
}

// after reads the row that a part of a list ended with.
func after[Tag, Row any](tx *db.Tx, s string) (Row, error) {
	v, err := id.Parse[Tag](s)
	if err != nil {
		return *new(Row), fail.Invalid("input.id").Because(err)
	}
	return db.One[Row](tx.Where("id = ?", v), "input.id")
}

// read takes a part of a list, the newest first.
func (in ListInput) read(tx *db.Tx, by access.Actor, where string) (db.Page[FeedbackView], error) {
	q := tx.Where(where)
	if in.After != "" {
		last, err := after[feedbackTag, feedbackRow](tx, in.After)
		if err != nil {
			return db.Page[FeedbackView]{}, err
		}
		q = q.Where("(made_at < ? OR made_at = ? AND id < ?)", last.MadeAt, last.MadeAt, last.ID)
	}
	limit := most(in.Limit)
	rows, err := db.All[feedbackRow](q.Order("made_at DESC, id DESC").Limit(limit + 1))
	if err != nil {
		return db.Page[FeedbackView]{}, err
	}
	page := db.Page[FeedbackView]{Items: []FeedbackView{}}
	for _, r := range rows[:min(len(rows), limit)] {
		page.Items = append(page.Items, r.view(by))
	}
	if len(rows) > limit {
		page.Next = rows[limit-1].ID.String()
	}
	return page, nil
}

// Answered lists feedback that has an answer, the newest first. Permission: PublicRead.
func (a *Area) Answered(tx *db.Tx, by access.Actor, in ListInput) (db.Page[FeedbackView], error) {
	if err := by.Require(access.PublicRead); err != nil {
		return db.Page[FeedbackView]{}, err
	}
	return in.read(tx, by, "answered_at IS NOT NULL")
}

// InboxInput narrows the county's list.
type InboxInput struct {
	ListInput
	Open bool `query:"open"` // only what waits for an answer
}

// Inbox lists all feedback, the newest first. Permission: FeedbackAnswer.
func (a *Area) Inbox(tx *db.Tx, by access.Actor, in InboxInput) (db.Page[FeedbackView], error) {
	if err := by.Require(access.FeedbackAnswer); err != nil {
		return db.Page[FeedbackView]{}, err
	}
	if in.Open {
		return in.read(tx, by, "answered_at IS NULL")
	}
	return in.read(tx, by, "1 = 1")
}

// AnswerInput is an answer, or a better one.
type AnswerInput struct {
	ID       FeedbackID `path:"id" json:"-"`
	Revision int        `json:"revision" form:"revision"` // of the answer that was read: 0 for none
	Answer   string     `json:"answer" form:"answer"`
	HideText bool       `json:"hide_text" form:"hide_text"` // everybody reads the answer, but not the text: it names people
}

// Answer answers feedback, or changes the answer; from then on everybody reads both. Stale when
// somebody else has answered meanwhile. Locks the feedback. Permission: FeedbackAnswer.
func (a *Area) Answer(tx *db.Tx, by access.Actor, in AnswerInput) (FeedbackView, error) {
	if err := by.Require(access.FeedbackAnswer); err != nil {
		return FeedbackView{}, err // before looking, so that nobody else learns what is there
	}
	r, err := db.One[feedbackRow](tx.Locked().Where("id = ?", in.ID), "feedback.missing")
	if err != nil {
		return FeedbackView{}, err
	}
	var c fail.Check
	answer := c.Prose("answer", in.Answer, 1, MostAnswer)
	if err := c.Err(); err != nil {
		return FeedbackView{}, err
	}
	if in.Revision != r.Revision {
		return FeedbackView{}, fail.Stale("feedback.answered_meanwhile")
	}
	if answer == r.Answer && in.HideText == r.TextHidden {
		return r.view(by), nil
	}
	change := audit.Changes{}.Int("revision", r.Revision, r.Revision+1)
	if answer != r.Answer {
		change = change.Field("answer")
	}
	if in.HideText != r.TextHidden {
		change = change.Code("text_hidden", yes(r.TextHidden), yes(in.HideText))
	}
	r.Answer, r.TextHidden, r.AnsweredBy, r.AnsweredAt, r.Revision = answer, in.HideText, by.Account.Ptr(), &tx.Now, r.Revision+1
	_, err = db.Set(tx.Model(&feedbackRow{}).Where("id = ?", r.ID), map[string]any{
		"answer": r.Answer, "text_hidden": r.TextHidden, "answered_by": r.AnsweredBy, "answered_at": r.AnsweredAt, "revision": r.Revision,
	})
	if err != nil {
		return FeedbackView{}, err
	}
	return r.view(by), audit.Add(tx, by, audit.Row{Act: "feedback.answer", Object: "feedback", ID: r.ID, Change: change})
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
