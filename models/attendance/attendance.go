// Package attendance keeps what was held and who was there: sessions and their rolls.
//
// A session is one gathering of one school (次). Planned ones have the identity that the
// calendar derived, so that all phones agree on it without talking; others a random one. One evening may be
// several kinds at once (activity day, theme day, party class …): it is entered once and its minutes count once.
//
// The roll has two lists. Those due (应到) are the members on the school's roster that day; each has
// a mark, [Unmarked] until somebody says more. Applicants and villagers of the roster are marked only when
// they came. People outside the roster are guests by name, and unnamed adults and children a head count.
//
// A session goes from open to submitted, and is free to be corrected for [FreeHours] from its first receipt. After that, or once its
// month is sealed, what anybody hands in about it is kept as a correction that the township agrees to or not ([Area.Decide]). The
// first roll that comes after the month was sealed is never refused: it is late (补传), and counts once the township lets it
// in ([Area.Admit]).
//
// A roll is handed in by [Area.Submit]: one item is one revision of one session. It says which
// revision its phone saw, so that of two phones at once nothing is lost: what only one of them touched is
// accepted, the same value is a duplicate, two values are kept both until a host settles them with [Area.Settle].
// The first submission also fixes who was due: later changes of the roster do not change it until the roll
// itself is corrected.
//
// The session row is the root and is locked first; an op that makes a session locks its school before.
// Tallies on the row, in person_months and in person_sites are written in the same transaction, and [CheckTallies]
// recomputes them from the marks. Marks are never deleted, and each change of one is appended to mark_changes.
package attendance

import (
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

// SessionID identifies a session. For a planned one calendar derives it.
type SessionID = calendar.SessionID

// SessionState is how far a session has come.
type SessionState string

// The states of a session.
const (
	Opened    SessionState = "open"      // started, the roll not handed in
	HandedIn  SessionState = "submitted" // counts in every report
	Late      SessionState = "late"      // handed in after its month was sealed (补传): counts once the township lets it in
	Withdrawn SessionState = "void"      // opened by mistake, counts nowhere
)

// In reports that the roll was handed in, whether it counts yet or not.
func (s SessionState) In() bool { return s == HandedIn || s == Late }

// Kind is what a session was held as; it may be several at once.
type Kind string

// The kinds (三会一课, 主题党日 and the school's own days).
const (
	ActivityDay      Kind = "activity_day"
	ThemeDay         Kind = "theme_day"
	PartyClass       Kind = "party_class"
	GroupMeeting     Kind = "group_meeting"
	GeneralMeeting   Kind = "general_meeting"
	CommitteeMeeting Kind = "committee_meeting"
	OrganisationLife Kind = "organisation_life"
	Appraisal        Kind = "appraisal"
	Deliberation     Kind = "deliberation"
	Exchange         Kind = "exchange"
)

// Kinds lists the kinds in the order of forms and of the stored column.
var Kinds = []Kind{
	ActivityDay, ThemeDay, PartyClass, GroupMeeting, GeneralMeeting, CommitteeMeeting, OrganisationLife, Appraisal,
	Deliberation, Exchange,
}

// Lesson is a lesson that was taught in a session.
type Lesson struct {
	ID      courses.LessonID `json:"id"`
	Title   string           `json:"title"`
	Minutes int              `json:"minutes"`
}

// Attendee is a person of the roster who was there or made it up, with the day of the study.
type Attendee struct {
	Person access.PersonID
	On     date.Date
}

// Taught is what a session gave to whom.
type Taught struct {
	Lessons []Lesson
	Came    []Attendee // present, made up and observing people of the roster, by person
}

// Submitted tells other areas what an item has changed. Before is empty on the first submission.
type Submitted struct {
	Session       SessionID
	Site          org.SiteID
	Revision      int
	HeldOn        date.Date
	Before, After Taught
	At            time.Time
}

// Area is the ops that need rules from above. Make it with New, and register callbacks before use.
type Area struct {
	onSubmitted []func(*db.Tx, access.Actor, Submitted) error
}

// New gives the area without callbacks.
func New() *Area { return &Area{} }

// OnSubmitted registers what shall happen in the transaction of every submission, correction and
// settlement, in the order of registration; an error aborts the whole.
func (a *Area) OnSubmitted(f func(tx *db.Tx, by access.Actor, s Submitted) error) {
	a.onSubmitted = append(a.onSubmitted, f)
}
