package privacy

import (
	"slices"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
)

// HistoryInput names an object of one of [HistoryObjects]; a roster by its school.
type HistoryInput struct {
	Object string    `path:"object"`
	ID     string    `path:"id"`
	Before time.Time `query:"before"` // only what was done before; zero for the newest
}

// HistoryView tells what was done to an object, newest first.
type HistoryView struct {
	Object string    `json:"object"`
	ID     string    `json:"id"`
	Name   string    `json:"name"`
	Events []Event   `json:"events"`
	Next   time.Time `json:"next,omitzero"` // goes into `?before=` for what is older
}

// historyPart is the most events in one answer but for those of one moment, which are never parted.
const historyPart = 100

// subject is an object with what belongs to its history.
type subject struct {
	name    string
	of      []thing
	session attendance.SessionID // whose marks' changes belong here, too: of those in marked
	marked  []access.PersonID
	without []string        // acts that name somebody whose marks the actor does not see
	person  access.PersonID // likewise
	roster  org.SiteID      // of which who came and went belongs here
}

// thing is an object of audit rows.
type thing struct {
	object, id string
	to         string // the last of several whose IDs follow each other in order, "" for the one
	unit       anyID  // only what was done there; zero for wherever
}

// rows is the condition on audit rows a.
func (t thing) rows() (cond string, args []any) {
	cond, args = "a.object = ? AND a.object_id = ?", []any{t.object, t.id}
	if t.to != "" {
		cond, args = "a.object = ? AND a.object_id >= ? AND a.object_id <= ?", append(args, t.to)
	}
	if !t.unit.IsZero() {
		cond, args = cond+" AND a.unit_id = ?", append(args, t.unit)
	}
	return cond, args
}

// lookups find an object and ask whether the actor may see it.
var lookups = map[string]func(tx *db.Tx, by access.Actor, key anyID) (subject, error){
	"person": personSubject, "session": sessionSubject, "site": siteSubject, "course": courseSubject, "curriculum": curriculumSubject,
	"account": accountSubject, "household": householdSubject, "lesson": lessonSubject, "activity_day": daySubject, "unit": unitSubject,
	"roster": rosterSubject, "notice": noticeSubject, "feedback": feedbackSubject, "exchange_group": groupSubject, "import": importSubject,
}

// HistoryObjects lists the kinds of object that have a history.
func HistoryObjects() []string {
	var out []string
	for object := range lookups {
		out = append(out, object)
	}
	for object := range worded {
		out = append(out, object)
	}
	slices.Sort(out)
	return out
}

// History tells in words what was done to an object. Permission: whoever may see the object itself; of a person more than the
// name, of a curriculum its drafts, of an account those who hold AuditSee on the county, too.
func History(tx *db.Tx, by access.Actor, in HistoryInput) (HistoryView, error) {
	v := HistoryView{Object: in.Object, ID: in.ID, Events: []Event{}}
	if !by.SignedIn() && by.Job() == "" {
		return v, fail.NoSignIn("access.sign_in_first")
	}
	s, err := in.find(tx, by)
	if err != nil {
		return v, err
	}
	v.Name = s.name
	events, err := s.events(tx, in.Before, historyPart+1)
	if err != nil {
		return v, err
	}
	v.Events, v.Next = part(events, historyPart)
	return v, nil
}

// find finds the object for who may see it.
func (in HistoryInput) find(tx *db.Tx, by access.Actor) (subject, error) {
	if look, ok := worded[in.Object]; ok {
		return look(tx, by, in.ID)
	}
	look, ok := lookups[in.Object]
	key, err := id.Parse[anyTag](in.ID)
	if !ok || err != nil {
		return subject{}, fail.NotFound("access.not_found")
	}
	return look(tx, by, key)
}

// part takes the first events and says where to go on, without parting what was done in one moment.
func part(events []Event, most int) ([]Event, time.Time) {
	if len(events) <= most {
		return events, time.Time{}
	}
	end := most
	for end > 0 && events[end-1].At.Equal(events[most].At) {
		end--
	}
	if end == 0 { // one moment fills it: better long than lost
		return events, events[len(events)-1].At
	}
	return events[:end], events[end-1].At
}

func (s subject) events(tx *db.Tx, before time.Time, limit int) ([]Event, error) {
	if before.IsZero() {
		before = tx.Now.Add(time.Hour)
	}
	lines, err := s.lines(tx, before, limit)
	if err != nil {
		return nil, err
	}
	events, err := named(tx, lines)
	if err != nil {
		return nil, err
	}
	marks, err := s.marks(tx, before, limit)
	if err != nil {
		return nil, err
	}
	events = append(events, marks...)
	slices.SortStableFunc(events, func(a, b Event) int { return b.At.Compare(a.At) })
	return events, nil
}

func (s subject) lines(tx *db.Tx, before time.Time, limit int) ([]auditLine, error) {
	var lines []auditLine
	if !s.roster.IsZero() {
		came, err := db.Ask[auditLine](tx, "SELECT "+auditColumns+" FROM audit_rows a WHERE a.unit_id = ? AND a.at < ? AND a.object = 'person' "+
			"AND (a.act LIKE 'roster.%' OR a.act LIKE 'post.%') ORDER BY a.at DESC, a.id DESC LIMIT ?", s.roster, before, limit)
		if err != nil {
			return nil, err
		}
		lines = came
	}
	for _, t := range s.of {
		cond, args := t.rows()
		some, err := db.Ask[auditLine](tx, "SELECT "+auditColumns+" FROM audit_rows a WHERE "+cond+" AND a.at < ? AND a.act NOT IN ? ORDER BY a.at DESC, a.id DESC LIMIT ?",
			append(args, before, append([]string{""}, s.without...), limit)...)
		if err != nil {
			return nil, err
		}
		lines = append(lines, some...)
	}
	slices.SortFunc(lines, func(a, b auditLine) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return int(b.ID - a.ID)
	})
	return lines[:min(len(lines), limit)], nil
}

const marksQuery = `SELECT c.received_at AS at, c.account_id, COALESCE(w.name, a.name, '') AS who, c.session_id, c.person_id, p.name AS person,
c.before_state, c.after_state, c.before_reason, c.after_reason, c.why, s.held_on, u.name AS school
FROM mark_changes c JOIN persons p ON p.id = c.person_id JOIN sessions s ON s.id = c.session_id JOIN units u ON u.id = s.site_id
LEFT JOIN accounts a ON a.id = c.account_id LEFT JOIN persons w ON w.id = a.person_id WHERE `

type markLine struct {
	At           time.Time
	AccountID    *access.AccountID
	Who          string
	SessionID    attendance.SessionID
	PersonID     access.PersonID
	Person       string
	BeforeState  string
	AfterState   string
	BeforeReason string
	AfterReason  string
	Why          string
	HeldOn       date.Date
	School       string
}

// marks lists changes of marks: of a session's, or of a person's.
func (s subject) marks(tx *db.Tx, before time.Time, limit int) ([]Event, error) {
	var cond string
	var args []any
	switch {
	case !s.session.IsZero() && len(s.marked) > 0:
		cond, args = "c.session_id = ? AND c.person_id IN ?", []any{s.session, s.marked}
	case !s.person.IsZero():
		cond, args = "c.person_id = ?", []any{s.person}
	default:
		return nil, nil
	}
	lines, err := db.Ask[markLine](tx, marksQuery+cond+" AND c.received_at < ? ORDER BY c.received_at DESC, c.id DESC LIMIT ?", append(args, before, limit)...)
	if err != nil {
		return nil, err
	}
	events := make([]Event, len(lines))
	for i, m := range lines {
		e := Event{
			At: m.At, Account: id.Or(m.AccountID), Who: m.Who, Act: markAct, Object: "session", ObjectID: m.SessionID.String(), Name: m.Person, Why: m.Why,
			Changes: []Change{{Field: "state", Before: joined(m.BeforeState, m.BeforeReason), After: joined(m.AfterState, m.AfterReason), Kept: true}},
		}
		if !s.person.IsZero() {
			e.Name, e.Unit = dated(m.School, m.HeldOn), m.School
		}
		events[i] = e
	}
	return events, nil
}

func joined(state, reason string) string { return strings.TrimSpace(state + " " + reason) }

func personSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	person := access.PersonID(key)
	v, err := people.Get(tx, by, people.GetInput{ID: person})
	if err == nil && !v.Shown {
		err = fail.Forbidden("access.forbidden")
	}
	s := subject{name: v.Name, of: []thing{{object: "person", id: key.String()}}}
	if err != nil {
		return s, err
	}
	p, err := people.Find(tx, person)
	if by.Is(person) || by.Can(access.ProgressSee, p.Home()...) { // when he came is for his own branch, not where he is a guest
		s.person = person
	}
	return s, err
}

// markedIn lists whose marks of a session the actor sees by name.
func markedIn(tx *db.Tx, by access.Actor, school org.School, session attendance.SessionID) ([]access.PersonID, error) {
	changed, err := db.Ask[struct{ PersonID access.PersonID }](tx, "SELECT DISTINCT person_id FROM mark_changes WHERE session_id = ?", session)
	if err != nil {
		return nil, err
	}
	persons := make([]access.PersonID, len(changed))
	for i, c := range changed {
		persons[i] = c.PersonID
	}
	may, err := attendance.MayName(tx, by, school, persons)
	return slices.DeleteFunc(persons, func(p access.PersonID) bool { return !may[p] }), err
}

func sessionSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	rows, err := db.Ask[struct {
		SiteID        org.SiteID
		HeldOn        date.Date
		ActivityDayID *anyID
	}](tx, "SELECT site_id, held_on, activity_day_id FROM sessions WHERE id = ?", key)
	if err != nil {
		return subject{}, err
	}
	if len(rows) == 0 {
		return subject{}, fail.NotFound("attendance.session_missing")
	}
	school, err := org.FindSchool(tx, rows[0].SiteID)
	if err == nil {
		err = by.Require(access.SessionsSee, school.Paths()...)
	}
	s := subject{name: dated(school.Name, rows[0].HeldOn), of: []thing{{object: "session", id: key.String()}}, session: attendance.SessionID(key)}
	if err == nil {
		s.marked, err = markedIn(tx, by, school, s.session)
		if !by.Can(access.SessionsMarks, school.Path) {
			s.without = attendance.ActsOnPersons
		}
	}
	if day := rows[0].ActivityDayID; day != nil {
		s.of = append(s.of, thing{object: "activity_day", id: day.String()})
	}
	return s, err
}

func siteSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	school, err := org.FindSchool(tx, org.SiteID(key))
	if err == nil {
		err = by.Require(access.OrgSee, school.Paths()...)
	}
	return subject{name: school.Name, of: []thing{{object: "site", id: key.String()}, {object: "unit", id: key.String()}}}, err
}

func courseSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	course, err := courses.Get(tx, by, courses.GetInput{ID: courses.CourseID(key)})
	if err != nil {
		return subject{}, err
	}
	s := subject{name: course.Title, of: []thing{{object: "course", id: key.String()}}}
	lessons, err := db.Ask[anyID](tx, "SELECT id FROM lessons WHERE course_id = ? ORDER BY place, id", key)
	for _, l := range lessons {
		s.of = append(s.of, thing{object: "lesson", id: l.String()})
	}
	return s, err
}

func curriculumSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	v, err := curricula.Get(tx, by, curricula.GetInput{ID: curricula.CurriculumID(key)})
	if err == nil && !v.Draft {
		err = fail.Forbidden("access.forbidden")
	}
	return subject{name: v.Title, of: []thing{{object: "curriculum", id: key.String()}}}, err
}

func accountSubject(tx *db.Tx, by access.Actor, key anyID) (subject, error) {
	account := access.AccountID(key)
	all, err := seesAll(tx, by)
	if err != nil {
		return subject{}, err
	}
	asker := by
	if all || by.Account == account {
		asker = access.System("privacy.history")
	}
	v, err := accounts.Get(tx, asker, accounts.AccountInput{ID: account})
	return subject{name: v.Name, of: []thing{{object: "account", id: key.String()}}}, err
}

// seesAll reports whether the actor reads all acts of the county, those on accounts without any role, too.
func seesAll(tx *db.Tx, by access.Actor) (bool, error) {
	root, err := org.Root(tx)
	if fail.KindOf(err) == fail.Missing {
		return false, nil
	}
	return by.Can(access.AuditSee, root.Path), err
}
