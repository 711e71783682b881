package attendance

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

type questionTag struct{}

// QuestionID identifies something about a roll that looks odd and is asked about (请核对).
type QuestionID = id.ID[questionTag]

// QuestionKind is what is asked.
type QuestionKind string

// The kinds of question.
const (
	TwoPlaces QuestionKind = "two_places" // one person at two schools at the same hour
	Ahead     QuestionKind = "ahead"      // a session of a day that has not come
)

// Answer is what was tapped.
type Answer string

// The answers.
const (
	ItIsRight Answer = "right"  // 对的
	ToChange  Answer = "change" // 改一下
)

// questionRow is a row of roll_questions. Open is 1 while it waits and NULL afterwards: the unique key keeps one open for a school and
// month.
type questionRow struct {
	ID             QuestionID `gorm:"primaryKey"`
	SiteID         org.SiteID
	Month          date.Month
	Kind           QuestionKind
	SessionID      SessionID
	OtherSessionID *SessionID
	PersonID       *access.PersonID
	Open           *int
	Answer         Answer
	MadeAt         time.Time
	AnsweredBy     *access.AccountID
	AnsweredAt     *time.Time
}

func (questionRow) TableName() string { return "roll_questions" }

// askBack is how many days back sessions are looked at.
const askBack = 62

// AskedCount says how many questions came.
type AskedCount struct{ Asked int }

// AskQuestions looks at the rolls of the last two months and asks about what does not fit together: at most one question is open for a
// school and month, and nothing is asked twice. It judges nobody, and nothing is counted by it. For jobs alone.
func AskQuestions(tx *db.Tx, by access.Actor) (AskedCount, error) {
	var n AskedCount
	if by.Job() == "" {
		return n, fail.Forbidden("access.forbidden")
	}
	found, err := ahead(tx)
	if err != nil {
		return n, err
	}
	more, err := twoPlaces(tx)
	if err != nil {
		return n, err
	}
	taken, err := db.Ask[questionRow](tx, "SELECT * FROM roll_questions WHERE open = 1 OR made_at >= ?", tx.Now.AddDate(0, 0, -2*askBack))
	if err != nil {
		return n, err
	}
	type slot struct {
		site  org.SiteID
		month date.Month
	}
	type same struct {
		kind    QuestionKind
		session SessionID
		person  access.PersonID
	}
	open, was := map[slot]bool{}, map[same]bool{}
	for _, q := range taken {
		open[slot{q.SiteID, q.Month}] = open[slot{q.SiteID, q.Month}] || q.Open != nil
		was[same{q.Kind, q.SessionID, id.Or(q.PersonID)}] = true
	}
	for _, q := range append(found, more...) {
		at, it := slot{q.SiteID, q.Month}, same{q.Kind, q.SessionID, id.Or(q.PersonID)}
		if open[at] || was[it] {
			continue
		}
		one := 1
		q.ID, q.Open, q.MadeAt = id.New[questionTag](), &one, tx.Now
		if err := db.Insert(tx, &q); err != nil {
			return n, err
		}
		open[at], was[it] = true, true
		n.Asked++
	}
	return n, nil
}

// ahead finds sessions of days that have not come: a phone's clock was wrong, or a day was mistyped.
func ahead(tx *db.Tx) ([]questionRow, error) {
	rows, err := db.All[sessionRow](tx.Select("id", "site_id", "held_on").Where("held_on > ? AND state IN ?", tx.Today(), []SessionState{HandedIn, Late}).Order("held_on, id"))
	out := make([]questionRow, len(rows))
	for i, s := range rows {
		out[i] = questionRow{SiteID: s.SiteID, Month: s.HeldOn.Month(), Kind: Ahead, SessionID: s.ID}
	}
	return out, err
}

// twoPlaces finds people who were at two schools at once by their rolls; both schools are asked.
func twoPlaces(tx *db.Tx) ([]questionRow, error) {
	rows, err := db.Ask[struct {
		SiteID    org.SiteID
		HeldOn    date.Date
		SessionID SessionID
		OtherID   SessionID
		PersonID  access.PersonID
	}](tx, `SELECT s.site_id, s.held_on, s.id AS session_id, o.id AS other_id, m.person_id FROM sessions s JOIN sessions o ON o.held_on = s.held_on AND o.site_id <> s.site_id
AND o.state = s.state AND o.began_at < s.ended_at AND s.began_at < o.ended_at
JOIN marks m ON m.session_id = s.id AND m.state IN ? JOIN marks n ON n.session_id = o.id AND n.person_id = m.person_id AND n.state IN ?
WHERE s.held_on >= ? AND s.state = ? ORDER BY s.held_on, s.id, m.person_id`,
		[]State{Present, Observer}, []State{Present, Observer}, tx.Today().AddDays(-askBack), HandedIn)
	out := make([]questionRow, len(rows))
	for i, r := range rows {
		out[i] = questionRow{SiteID: r.SiteID, Month: r.HeldOn.Month(), Kind: TwoPlaces, SessionID: r.SessionID, OtherSessionID: r.OtherID.Ptr(), PersonID: r.PersonID.Ptr()}
	}
	return out, err
}

// QuestionView is a question with what it is about.
type QuestionView struct {
	ID        QuestionID   `json:"id"`
	Kind      QuestionKind `json:"kind"`
	Session   SessionID    `json:"session"`
	Site      org.SiteID   `json:"site"`
	SiteName  string       `json:"site_name"`
	HeldOn    date.Date    `json:"held_on"`
	Name      string       `json:"name"`       // of the person, "" for none
	OtherName string       `json:"other_name"` // of the other school, "" for none
	MayAnswer bool         `json:"may_answer"`
}

// QuestionsInput has nothing to choose.
type QuestionsInput struct{}

// Questions lists what is asked of the schools and not answered, by code of the school, at most 200. Permission: QuestionsSee on the schools,
// which ends at the township: nobody above it sees one.
func Questions(tx *db.Tx, by access.Actor, _ QuestionsInput) (db.Page[QuestionView], error) {
	out := db.Page[QuestionView]{Items: []QuestionView{}}
	if err := by.RequireAnywhere(access.QuestionsSee); err != nil {
		return out, err
	}
	var q condition
	q.and("q.open = 1")
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.QuestionsSee))
	q.and(seen, args...)
	err := db.Each(tx, `SELECT q.id, q.kind, q.session_id, q.site_id, u.name, s.held_on, COALESCE(p.name, ''), COALESCE(v.name, ''), u.path, COALESCE(b.path, '')
FROM roll_questions q JOIN sessions s ON s.id = q.session_id JOIN units u ON u.id = q.site_id JOIN sites h ON h.id = q.site_id LEFT JOIN units b ON b.id = h.branch_id
LEFT JOIN persons p ON p.id = q.person_id LEFT JOIN sessions o ON o.id = q.other_session_id LEFT JOIN units v ON v.id = o.site_id
WHERE `+q.text+` ORDER BY u.code, s.held_on, q.id LIMIT 200`, q.args, func(scan func(...any) error) error {
		var v QuestionView
		var path, party string
		err := scan(&v.ID, &v.Kind, &v.Session, &v.Site, &v.SiteName, &v.HeldOn, &v.Name, &v.OtherName, &path, &party)
		v.MayAnswer = by.Can(access.SessionsSubmit, path, party)
		out.Items = append(out.Items, v)
		return err
	})
	return out, err
}

// AnswerInput answers a question.
type AnswerInput struct {
	Question QuestionID `path:"question" json:"-"`
	Answer   Answer     `json:"answer" form:"answer"`
}

// Answered names the roll that a question was about.
type Answered struct {
	Session SessionID `json:"session"`
}

// AnswerQuestion answers by one tap; what was answered stays so. To change the roll is an act of its own. Locks the session. Permission:
// SessionsSubmit on the school.
func AnswerQuestion(tx *db.Tx, by access.Actor, in AnswerInput) (Answered, error) {
	const missing = "attendance.question_missing"
	q, err := db.One[questionRow](tx.Where("id = ?", in.Question), missing)
	if err != nil {
		return Answered{}, hide(by, err)
	}
	s, _, err := lockWithSchool(tx, by, q.SessionID, access.SessionsSubmit)
	if err != nil {
		return Answered{}, err
	}
	var c fail.Check
	c.If(in.Answer != ItIsRight && in.Answer != ToChange, "answer", "input.choice")
	if err := c.Err(); err != nil {
		return Answered{}, err
	}
	n, err := db.Set(tx.Model(&questionRow{}).Where("id = ? AND open = 1", q.ID), map[string]any{
		"open": nil, "answer": in.Answer, "answered_by": by.Account.Ptr(), "answered_at": tx.Now,
	})
	if err != nil || n == 0 {
		return Answered{s.ID}, err
	}
	return Answered{s.ID}, audit.Add(tx, by, audit.Row{
		Act: "session.answer", Object: "session", ID: s.ID, Unit: audit.Unit(s.SiteID),
		Change: audit.Changes{}.Code("question", "", string(q.Kind)).Code("answer", "", string(in.Answer)),
	})
}
