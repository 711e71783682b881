// Package exchange brings the schools of a township together: once a quarter, in a week that the township sets
// (交流周), each school meets one or two others, who come with their own people.
//
// [Match] decides who meets whom; [Area.Plan] stores it as groups, which clerks may change by hand: who hosts, which
// schools change places, when. A school takes part in one group of a quarter, and its group's session, held by
// the host with the rosters of all, has an identity that every phone can work out ([SessionOf]).
//
// Nothing of a group is ever deleted: one whose schools are drawn anew is dissolved, and schools that leave are kept
// as such, with a sequence that grows by each change, so that calendars elsewhere can take a meeting out ([Entries]).
//
// Once the host has opened the joint session ([Begin]) the group is settled: no other host, no swap, no other day, no
// calling off, until the host takes the session back ([Abandon]).
//
// The root is the township's unit: everything that changes groups locks it, then the groups. What models/attendance notes
// of a session locks the group alone.
package exchange

import (
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/org"
)

type groupTag struct{}

// GroupID identifies a group.
type GroupID = id.ID[groupTag]

// SessionOf is the identity of the joint session of a group.
func SessionOf(group GroupID) calendar.SessionID {
	return calendar.SessionID(id.Derived[struct{}](group, "session"))
}

// State is what became of a group's meeting.
type State string

// The states. NoRecord is a planned meeting whose day has passed, as it is seen; the others are stored. A group that is
// begun or held is settled: who hosts, who comes and when are no longer changed from here.
const (
	Planned   State = "planned"
	Begun     State = "begun" // its host has opened the joint session
	Held      State = "held"
	CalledOff State = "called_off"
	Dissolved State = "dissolved" // its schools were put into other groups; kept for whoever has it in a calendar of his own
	NoRecord  State = "no_record"
)

// Area holds what other areas tell this one.
type Area struct {
	taught Taught
}

// Taught gives the lessons that schools have taught since a day.
type Taught func(tx *db.Tx, sites []org.SiteID, since date.Date) (map[org.SiteID][]courses.LessonID, error)

// New makes the area.
func New() *Area { return &Area{} }

// OnTaught says where to learn what schools have taught; before the first use.
func (a *Area) OnTaught(f Taught) { a.taught = f }

// weekRow is the week that a township has set.
type weekRow struct {
	TownshipID org.UnitID   `gorm:"primaryKey"`
	Quarter    date.Quarter `gorm:"primaryKey"`
	Monday     date.Date
	SetBy      *access.AccountID
	SetAt      time.Time
}

func (weekRow) TableName() string { return "exchange_weeks" }

type groupRow struct {
	ID         GroupID `gorm:"primaryKey"`
	TownshipID org.UnitID
	Quarter    date.Quarter
	HostID     org.SiteID
	HeldOn     date.Date
	Hour       string // "20:00"
	State      State
	Reason     calendar.Reason // of one called off
	ByHand     bool            // somebody has changed it: matching leaves it as it is
	SessionID  calendar.SessionID
	Sequence   int // of changes that those who come must hear of
	MadeAt     time.Time
	ChangedAt  time.Time
}

func (groupRow) TableName() string { return "exchange_groups" }

type memberRow struct {
	GroupID GroupID    `gorm:"primaryKey"`
	SiteID  org.SiteID `gorm:"primaryKey"`
	Quarter date.Quarter
}

func (memberRow) TableName() string { return "exchange_members" }

// leftRow is a school that was in a group and is no more: its people must hear that the meeting is not theirs.
type leftRow struct {
	GroupID GroupID    `gorm:"primaryKey"`
	SiteID  org.SiteID `gorm:"primaryKey"`
	LeftAt  time.Time
}

func (leftRow) TableName() string { return "exchange_left" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{weekRow{}, groupRow{}, memberRow{}, leftRow{}} }
