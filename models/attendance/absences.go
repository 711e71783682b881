package attendance

import (
	"cmp"
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

// AbsencesInput is a span of days, both included; without days it is the last six months.
type AbsencesInput struct {
	From date.Date `query:"from"`
	To   date.Date `query:"to"`
}

// Absences are facts about the members of a branch, for its secretary alone. They have no order but that of names, hold no
// threshold and call nobody anything: what follows from them is for people to decide.
type Absences struct {
	From  date.Date     `json:"from"`
	To    date.Date     `json:"to"`
	Items []AbsenceLine `json:"items"`
}

// AbsenceLine is a member with what the rolls say of him in the span. Due = came + on leave + made up + absent + not marked.
type AbsenceLine struct {
	Person   access.PersonID `json:"person"`
	Name     string          `json:"name"`
	Branch   string          `json:"branch"`
	Due      int             `json:"due"`
	Came     int             `json:"came"`
	OnLeave  int             `json:"on_leave"`
	MadeUp   int             `json:"made_up"`
	Absent   int             `json:"absent"`
	Unmarked int             `json:"unmarked"`

	LastCame    date.Date `json:"last_came,omitzero"`    // the newest day until To on which he came or made up, in the span or before
	AbsentSince date.Date `json:"absent_since,omitzero"` // the first day after that on which he was absent without leave
	SinceLast   int       `json:"since_last"`            // how often since LastCame, in the span or before
}

// usualMonths is the span where none is chosen: what the party's statutes speak of.
const usualMonths = 6

// span checks the days, and fills in those that are not given.
func (in AbsencesInput) span(tx *db.Tx) (from, to date.Date, err error) {
	from, to = in.From, in.To
	if to.IsZero() {
		to = tx.Today()
	}
	if from.IsZero() {
		from = date.Of(to.At(12, 0).AddDate(0, -usualMonths, 0))
	}
	var c fail.Check
	c.If(to.Before(from), "to", "attendance.span_backwards")
	c.If(to.Sub(from) > 5*366, "from", "attendance.span_long")
	return from, to, c.Err()
}

// AbsencesOf lists the facts about the members who belong to the actor's branch and are here, in the order of names.
// Permission: AbsencesSee, which the secretary of a branch holds and nobody above, beside or below him.
func AbsencesOf(tx *db.Tx, by access.Actor, in AbsencesInput) (Absences, error) {
	v := Absences{Items: []AbsenceLine{}}
	if err := by.RequireAnywhere(access.AbsencesSee); err != nil {
		return v, err
	}
	var err error
	if v.From, v.To, err = in.span(tx); err != nil {
		return v, err
	}
	if v.Items, err = members(tx, by.Visible(access.AbsencesSee), access.PersonID{}); err != nil || len(v.Items) == 0 {
		return v, err
	}
	return v, noted(tx, v.Items, v.From, v.To)
}

// noted fits what the rolls of the span say of members into their lines; what they say from before it only of whoever did not come within
// it, for then it is long ago that he last came.
func noted(tx *db.Tx, lines []AbsenceLine, from, to date.Date) error {
	at := make(map[access.PersonID]*AbsenceLine, len(lines))
	who := make([]access.PersonID, len(lines))
	for i := range lines {
		at[lines[i].Person], who[i] = &lines[i], lines[i].Person
	}
	marks, err := dueMarks(tx, who, from, to)
	if err != nil {
		return err
	}
	came := map[access.PersonID]bool{}
	for _, m := range marks {
		came[m.PersonID] = came[m.PersonID] || m.State == Present || m.State == MadeUp
	}
	who = slices.DeleteFunc(who, func(p access.PersonID) bool { return came[p] })
	before, err := dueMarks(tx, who, date.New(1900, time.January, 1), from.AddDays(-1))
	for _, m := range append(before, marks...) {
		at[m.PersonID].note(m, from)
	}
	return err
}

// members are the full and probationary members of the branches in the scope who are here today; person narrows to one of them.
func members(tx *db.Tx, scope access.Scope, person access.PersonID) ([]AbsenceLine, error) {
	today := tx.Today()
	cond, args := db.PathRange("b.path", scope)
	if !person.IsZero() {
		cond, args = cond+" AND p.id = ?", append(args, person)
	}
	out := []AbsenceLine{}
	args = append([]any{today}, append(args, today)...)
	err := db.Each(tx, "SELECT p.id, p.name, b.name, COALESCE((SELECT s.standing FROM standings s WHERE s.person_id = p.id AND s.since <= ? ORDER BY s.since DESC LIMIT 1), '') "+
		"FROM units b CROSS JOIN persons p ON p.branch_id = b.id WHERE "+cond+" AND p.merged_into IS NULL AND (p.gone_on IS NULL OR p.gone_on > ?) ORDER BY p.name, p.id", args,
		func(scan func(...any) error) error {
			var l AbsenceLine
			var standing people.Standing
			err := scan(&l.Person, &l.Name, &l.Branch, &standing)
			if standing.Due() {
				out = append(out, l)
			}
			return err
		})
	return out, err
}

// dueMark is what a handed-in roll says of one who was due.
type dueMark struct {
	PersonID access.PersonID
	HeldOn   date.Date
	State    State
	MadeUpOn date.Date
}

// dueMarks lists them from day to day, the oldest first. CROSS JOIN keeps SQLite to the members' own marks: without statistics it would
// begin with all sessions of the days.
func dueMarks(tx *db.Tx, who []access.PersonID, from, to date.Date) ([]dueMark, error) {
	var out []dueMark
	for part := range slices.Chunk(who, 400) {
		rows, err := db.Ask[dueMark](tx, "SELECT m.person_id, s.held_on, m.state, m.made_up_on FROM marks m CROSS JOIN sessions s ON s.id = m.session_id "+
			"WHERE m.person_id IN ? AND m.list = ? AND s.state = ? AND s.held_on >= ? AND s.held_on <= ? ORDER BY s.held_on, s.id", part, ListDue, HandedIn, from, to)
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	slices.SortStableFunc(out, func(a, b dueMark) int { return cmp.Or(a.HeldOn.Compare(b.HeldOn), 0) })
	return out, nil
}

// note takes the next mark in, in the order of days.
func (l *AbsenceLine) note(m dueMark, from date.Date) {
	switch m.State {
	case Present, MadeUp:
		l.LastCame, l.AbsentSince, l.SinceLast = m.HeldOn, date.Date{}, 0
	case Absent:
		if l.SinceLast++; l.AbsentSince.IsZero() {
			l.AbsentSince = m.HeldOn
		}
	}
	if m.HeldOn.Before(from) || m.State == Exempt {
		return
	}
	l.Due++
	switch m.State {
	case Present:
		l.Came++
	case MadeUp:
		l.MadeUp++
	case OnLeave:
		l.OnLeave++
	case Absent:
		l.Absent++
	default:
		l.Unmarked++
	}
}

// AbsencesOfInput names a member and a span.
type AbsencesOfInput struct {
	Person access.PersonID `path:"id"`
	From   date.Date       `query:"from"`
	To     date.Date       `query:"to"`
}

// MemberAbsences is one member's line with the sessions that it counts.
type MemberAbsences struct {
	From     date.Date    `json:"from"`
	To       date.Date    `json:"to"`
	Line     AbsenceLine  `json:"line"`
	Sessions []DueSession `json:"sessions"` // the newest first
}

// DueSession is a session at which a member was due, with the mark.
type DueSession struct {
	Session  SessionID  `json:"session"`
	Site     org.SiteID `json:"site"`
	SiteName string     `json:"site_name"`
	HeldOn   date.Date  `json:"held_on"`
	Kinds    []Kind     `json:"kinds"`
	State    State      `json:"state"`
	Reason   Reason     `json:"reason"`
	MadeUpOn date.Date  `json:"made_up_on,omitzero"`
	MayOpen  bool       `json:"-"` // the actor may see the session itself
}

// AbsencesOfMember reads the sessions behind a member's line. Permission: as [AbsencesOf]; not_found for whoever is no member of
// the actor's branch.
func AbsencesOfMember(tx *db.Tx, by access.Actor, in AbsencesOfInput) (MemberAbsences, error) {
	v := MemberAbsences{Sessions: []DueSession{}}
	if err := by.RequireAnywhere(access.AbsencesSee); err != nil {
		return v, err
	}
	var err error
	if v.From, v.To, err = (AbsencesInput{in.From, in.To}).span(tx); err != nil {
		return v, err
	}
	found, err := members(tx, by.Visible(access.AbsencesSee), in.Person)
	if err != nil {
		return v, err
	}
	if len(found) == 0 {
		return v, fail.NotFound("access.not_found")
	}
	if err := noted(tx, found, v.From, v.To); err != nil {
		return v, err
	}
	v.Line = found[0]
	return v, v.sessions(tx, by)
}

func (v *MemberAbsences) sessions(tx *db.Tx, by access.Actor) error {
	args := []any{v.Line.Person, ListDue, HandedIn, v.From, v.To}
	return db.Each(tx, "SELECT s.id, s.site_id, u.name, u.path, COALESCE(b.path, ''), s.held_on, s.kinds, m.state, m.reason, m.made_up_on FROM marks m "+
		"CROSS JOIN sessions s ON s.id = m.session_id JOIN units u ON u.id = s.site_id JOIN sites h ON h.id = s.site_id LEFT JOIN units b ON b.id = h.branch_id "+
		"WHERE m.person_id = ? AND m.list = ? AND s.state = ? AND s.held_on >= ? AND s.held_on <= ? ORDER BY s.held_on DESC, s.id", args, func(scan func(...any) error) error {
		var d DueSession
		var path, party, kinds string
		err := scan(&d.Session, &d.Site, &d.SiteName, &path, &party, &d.HeldOn, &kinds, &d.State, &d.Reason, &d.MadeUpOn)
		d.Kinds, d.MayOpen = splitKinds(kinds), by.Can(access.SessionsSee, path, party)
		v.Sessions = append(v.Sessions, d)
		return err
	})
}
