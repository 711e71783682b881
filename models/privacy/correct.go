package privacy

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/people"
)

// mostRequest bounds what is asked and answered, in characters; mostWaiting the requests of one person that wait.
const (
	mostRequest = 500
	mostWaiting = 5
)

// RequestView is a request for a correction.
type RequestView struct {
	ID        RequestID       `json:"id"`
	Person    access.PersonID `json:"person"`
	Name      string          `json:"name"`
	Village   string          `json:"village"`
	Body      string          `json:"body"`
	MadeAt    time.Time       `json:"made_at"`
	State     RequestState    `json:"state"`
	Answer    string          `json:"answer"`
	DecidedBy string          `json:"decided_by"` // name
	DecidedAt *time.Time      `json:"decided_at"`
}

const requestsQuery = `SELECT r.id, r.person_id AS person, p.name, v.name AS village, r.body, r.made_at, r.state, r.answer, r.decided_at,
COALESCE(w.name, a.name, '') AS decided_by FROM correction_requests r JOIN persons p ON p.id = r.person_id JOIN units v ON v.id = p.village_id
LEFT JOIN units g ON g.id = COALESCE(p.group_id, p.branch_id)
LEFT JOIN accounts a ON a.id = r.decided_by LEFT JOIN persons w ON w.id = a.person_id WHERE `

// AskCorrectionInput says what is wrong.
type AskCorrectionInput struct {
	Body string `json:"body" form:"body"`
}

// AskCorrection asks the township to put right what is kept of the actor. Locks the person. Permission: being signed in as a
// person of the register; not_found for an account that is nobody's.
func AskCorrection(tx *db.Tx, by access.Actor, in AskCorrectionInput) (RequestView, error) {
	person, err := oneself(by)
	if err != nil {
		return RequestView{}, err
	}
	if err := tx.Lock("persons", person); err != nil {
		return RequestView{}, err
	}
	p, err := people.Find(tx, person)
	if err != nil {
		return RequestView{}, err
	}
	var c fail.Check
	body := c.Prose("body", in.Body, 2, mostRequest)
	if err := c.Err(); err != nil {
		return RequestView{}, err
	}
	waiting, err := db.Ask[int](tx, "SELECT COUNT(*) FROM correction_requests WHERE person_id = ? AND state = ?", person, Waiting)
	if err != nil {
		return RequestView{}, err
	}
	if waiting[0] >= mostWaiting {
		return RequestView{}, fail.Limited("privacy.too_many_requests")
	}
	r := requestRow{ID: id.New[requestTag](), PersonID: person, AccountID: by.Account.Ptr(), Body: body, MadeAt: tx.Now, State: Waiting}
	if err := db.Insert(tx, &r); err != nil {
		return RequestView{}, err
	}
	v := RequestView{ID: r.ID, Person: person, Name: p.Name, Body: body, MadeAt: r.MadeAt, State: Waiting}
	return v, audit.Add(tx, by, p.Act("correction.ask", audit.Changes{}.Field("request")))
}

// oneself is the person that the actor is.
func oneself(by access.Actor) (access.PersonID, error) {
	switch {
	case !by.SignedIn():
		return access.PersonID{}, fail.NoSignIn("access.sign_in_first")
	case by.Person.IsZero():
		return access.PersonID{}, fail.NotFound("privacy.nobody")
	}
	return by.Person, nil
}

// OwnRequestsInput is empty.
type OwnRequestsInput struct{}

// OwnRequests lists what the actor has asked, newest first. As [AskCorrection].
func OwnRequests(tx *db.Tx, by access.Actor, _ OwnRequestsInput) (db.Page[RequestView], error) {
	person, err := oneself(by)
	if err != nil {
		return db.Page[RequestView]{}, err
	}
	rows, err := db.Ask[RequestView](tx, requestsQuery+"r.person_id = ? ORDER BY r.made_at DESC, r.id DESC LIMIT 100", person)
	return db.Page[RequestView]{Items: rows}, err
}

// RequestsInput narrows the list.
type RequestsInput struct {
	State RequestState `query:"state"` // "" for those that wait
	After RequestID    `query:"after"`
}

const requestsPart = 50

// Requests lists what people have asked, oldest first. Permission: PrivacyDecide where they live or formally belong.
func Requests(tx *db.Tx, by access.Actor, in RequestsInput) (db.Page[RequestView], error) {
	page := db.Page[RequestView]{Items: []RequestView{}}
	scope := by.Visible(access.PrivacyDecide)
	if scope.Empty() {
		return page, by.RequireAnywhere(access.PrivacyDecide)
	}
	if in.State == "" {
		in.State = Waiting
	}
	home, args := db.PathRange("v.path", scope)
	party, more := db.PathRange("g.path", scope)
	args = append([]any{in.State, in.After}, append(append(args, more...), requestsPart+1)...)
	rows, err := db.Ask[RequestView](tx, requestsQuery+"r.state = ? AND r.id > ? AND ("+home+" OR "+party+") ORDER BY r.id LIMIT ?", args...)
	if len(rows) > requestsPart {
		rows = rows[:requestsPart]
		page.Next = rows[requestsPart-1].ID.String()
	}
	page.Items = append(page.Items, rows...)
	return page, err
}

// RequestInput names a request.
type RequestInput struct {
	ID RequestID `path:"id"`
}

// Request reads a request. Permission: PrivacyDecide on the person, or it is the actor's own.
func Request(tx *db.Tx, by access.Actor, in RequestInput) (RequestView, error) {
	if !by.SignedIn() && by.Job() == "" {
		return RequestView{}, fail.NoSignIn("access.sign_in_first")
	}
	rows, err := db.Ask[RequestView](tx, requestsQuery+"r.id = ?", in.ID)
	if err != nil {
		return RequestView{}, err
	}
	if len(rows) == 0 {
		return RequestView{}, fail.NotFound("privacy.no_request")
	}
	p, err := people.Find(tx, rows[0].Person)
	if err == nil && !by.Is(p.ID) {
		err = by.Require(access.PrivacyDecide, p.Home()...)
	}
	if err != nil {
		return RequestView{}, err
	}
	return rows[0], nil
}

// DecideInput answers a request. Putting the data right is done where the data is edited; this says that it was, or why not.
type DecideInput struct {
	ID     RequestID    `path:"id" json:"-"`
	State  RequestState `json:"state" form:"state"` // done or refused
	Answer string       `json:"answer" form:"answer"`
}

// Decide answers a request; a refusal says why. It is a conflict when it was answered before. Locks the request. Permission:
// PrivacyDecide on the person.
func Decide(tx *db.Tx, by access.Actor, in DecideInput) (RequestView, error) {
	if err := tx.Lock("correction_requests", in.ID); err != nil {
		return RequestView{}, err
	}
	r, err := Request(tx, by, RequestInput{ID: in.ID})
	if err != nil {
		return RequestView{}, err
	}
	p, err := people.Find(tx, r.Person)
	if err == nil {
		err = by.Require(access.PrivacyDecide, p.Home()...)
	}
	if err != nil {
		return RequestView{}, err
	}
	if r.State != Waiting {
		return RequestView{}, fail.Conflict("privacy.decided")
	}
	var c fail.Check
	c.If(in.State != Done && in.State != Refused, "state", "input.choice")
	least := 0
	if in.State == Refused {
		least = 2
	}
	answer := c.Prose("answer", in.Answer, least, mostRequest)
	if err := c.Err(); err != nil {
		return RequestView{}, err
	}
	_, err = db.Set(tx.Model(&requestRow{}).Where("id = ?", in.ID), map[string]any{
		"state": in.State, "answer": answer, "decided_by": by.Account.Ptr(), "decided_at": tx.Now,
	})
	if err != nil {
		return RequestView{}, err
	}
	if err = people.AuditOf(tx, by, r.Person, "correction.decide", audit.Changes{}.Code("request", string(Waiting), string(in.State))); err != nil {
		return RequestView{}, err
	}
	return Request(tx, by, RequestInput{ID: in.ID})
}
