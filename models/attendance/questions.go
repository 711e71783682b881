package attendance

import (
	"bytes"
	"cmp"
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

type questionTag struct{}

// QuestionID identifies something about a roll that looks odd and is asked about (请核对).
type QuestionID = id.ID[questionTag]

// QuestionKind is what is asked.
type QuestionKind string

// The kinds of question.
const (
	TwoPlaces QuestionKind = "two_places" // one person at two schools at the same hour
	Ahead     QuestionKind = "ahead"      // a session of a day that has not come
	Crowded   QuestionKind = "crowded"    // more present than the house holds, where somebody has said how many it holds
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
	if err := by.RequireJob(); err != nil {
		return n, err
	}
	found, err := ahead(tx)
	if err != nil {
		return n, err
	}
	for _, look := range []func(*db.Tx) ([]questionRow, error){twoPlaces, crowded} {
		more, err := look(tx)
		if err != nil {
			return n, err
		}
		found = append(found, more...)
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
	for _, q := range found {
		at, it := slot{q.SiteID, q.Month}, same{q.Kind, q.SessionID, id.Or(q.PersonID)}
		if open[at] || was[it] {
			continue
		}
		one := 1
		q.ID, q.Open, q.MadeAt = id.New[questionTag](), &one, tx.Now
		if err := db.Insert(tx, &q); err != nil {
			if db.IsDuplicate(err) {
				err = db.Repeat(err)
			}
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

// inTheRoom is how many a roll says were there at once: nobody who made it up elsewhere.
const inTheRoom = "s.present + s.observers + s.guests + s.adults + s.children"

// crowded finds sessions in a house with more people than it holds. Of a house of which nobody has said how many it holds, and of a
// session that was held at another place, nothing is asked.
func crowded(tx *db.Tx) ([]questionRow, error) {
	rows, err := db.Ask[sessionRow](tx, "SELECT s.id, s.site_id, s.held_on FROM sessions s JOIN sites h ON h.id = s.venue_site_id "+
		"WHERE s.held_on >= ? AND s.state = ? AND h.seats > 0 AND s.place = '' AND "+inTheRoom+" > h.seats ORDER BY s.held_on, s.id", tx.Today().AddDays(-askBack), HandedIn)
	out := make([]questionRow, len(rows))
	for i, s := range rows {
		out[i] = questionRow{SiteID: s.SiteID, Month: s.HeldOn.Month(), Kind: Crowded, SessionID: s.ID}
	}
	return out, err
}

// twoPlaces finds people who were at two schools at once by their rolls; both schools are asked. It looks first for who was at two schools
// on a day at all: those are few, where the pairs of sessions of an activity day are a hundred thousand.
func twoPlaces(tx *db.Tx) ([]questionRow, error) {
	here, since := []State{Present, Observer}, tx.Today().AddDays(-askBack)
	twice, err := db.Ask[access.PersonID](tx, "SELECT m.person_id FROM sessions s JOIN marks m ON m.session_id = s.id "+
		"WHERE s.held_on >= ? AND s.state = ? AND m.state IN ? GROUP BY m.person_id, s.held_on HAVING COUNT(DISTINCT s.site_id) > 1", since, HandedIn, here)
	if err != nil || len(twice) == 0 {
		return nil, err
	}
	slices.SortFunc(twice, func(a, b access.PersonID) int { return bytes.Compare(a[:], b[:]) })
	var rows []stay
	for part := range slices.Chunk(slices.Compact(twice), 400) {
		more, err := db.Ask[stay](tx, "SELECT s.site_id, s.held_on, s.id AS session_id, s.began_at, s.ended_at, m.person_id FROM marks m JOIN sessions s ON s.id = m.session_id "+
			"WHERE m.person_id IN ? AND m.state IN ? AND s.held_on >= ? AND s.state = ? AND s.began_at IS NOT NULL AND s.ended_at IS NOT NULL", part, here, since, HandedIn)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	slices.SortFunc(rows, stay.compare)
	of := map[access.PersonID][]stay{}
	for _, r := range rows {
		of[r.PersonID] = append(of[r.PersonID], r)
	}
	var out []questionRow
	for _, r := range rows {
		for _, o := range of[r.PersonID] {
			if r.meets(o) {
				out = append(out, questionRow{
					SiteID: r.SiteID, Month: r.HeldOn.Month(), Kind: TwoPlaces, SessionID: r.SessionID, OtherSessionID: o.SessionID.Ptr(), PersonID: r.PersonID.Ptr(),
				})
			}
		}
	}
	return out, nil
}

// stay is somebody at a session, by its roll.
type stay struct {
	SiteID           org.SiteID
	HeldOn           date.Date
	SessionID        SessionID
	BeganAt, EndedAt time.Time
	PersonID         access.PersonID
}

// compare orders by day, session and person.
func (s stay) compare(o stay) int {
	return cmp.Or(s.HeldOn.Compare(o.HeldOn), bytes.Compare(s.SessionID[:], o.SessionID[:]), bytes.Compare(s.PersonID[:], o.PersonID[:]))
}

// meets reports that both are at the same hour at two schools.
func (s stay) meets(o stay) bool {
	return s.HeldOn == o.HeldOn && s.SiteID != o.SiteID && s.BeganAt.Before(o.EndedAt) && o.BeganAt.Before(s.EndedAt)
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
	Came      int          `json:"came"`       // how many were there at once by the roll
	Seats     int          `json:"seats"`      // how many the house holds, 0 where nobody has said
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
	err := db.Each(tx, `SELECT q.id, q.kind, q.session_id, q.site_id, u.name, s.held_on, COALESCE(p.name, ''), COALESCE(v.name, ''), `+inTheRoom+`, e.seats, u.path, COALESCE(b.path, '')
FROM roll_questions q JOIN sessions s ON s.id = q.session_id JOIN units u ON u.id = q.site_id JOIN sites h ON h.id = q.site_id JOIN sites e ON e.id = s.venue_site_id LEFT JOIN units b ON b.id = h.branch_id
LEFT JOIN persons p ON p.id = q.person_id LEFT JOIN sessions o ON o.id = q.other_session_id LEFT JOIN units v ON v.id = o.site_id
WHERE `+q.text+` ORDER BY u.code, s.held_on, q.id LIMIT 200`, q.args, func(scan func(...any) error) error {
		var v QuestionView
		var path, party string
		err := scan(&v.ID, &v.Kind, &v.Session, &v.Site, &v.SiteName, &v.HeldOn, &v.Name, &v.OtherName, &v.Came, &v.Seats, &path, &party)
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
