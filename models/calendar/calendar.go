// Package calendar says on which days the schools meet.
//
// Each month a school has one activity day (党建活动日). Its date comes from a rule that the
// township sets from a month on, and that a school may have of its own ([Rule]); holidays and
// make-up workdays are rows of calendar_days, entered year by year ([Days]). [Plan] turns rules into
// activity days, whose identity is what they stand for: the same school and month give the same
// ID, and the same ID of the session to be held, on every machine.
//
// People may move a day, or say that nothing was held and why. Planning never undoes what
// people did. The root of an activity day is its school; planning locks the township.
package calendar

import (
	"slices"
	"strconv"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/id"
	"huotang/models/org"
)

type (
	dayTag     struct{}
	sessionTag struct{}
)

// DayID identifies an activity day.
type DayID = id.ID[dayTag]

// SessionID identifies a session (models/attendance); named here because every activity day
// knows the ID of its session before anybody opens it.
type SessionID = id.ID[sessionTag]

// IDOf is the identity of a school's nth activity day of a month.
func IDOf(site org.SiteID, month date.Month, nth int) DayID {
	return id.Derived[dayTag](site, "activity day "+month.String()+" "+strconv.Itoa(nth))
}

// SessionOf is the identity of the session held on an activity day.
func SessionOf(day DayID) SessionID { return id.Derived[sessionTag](day, "session") }

// State is what became of an activity day.
type State string

// The states. Upcoming and DueToday are only seen, see [State.Seen]; the others are stored. That a day was moved is its
// [Shift]: a moved day is announced and confirmed like any other.
const (
	Planned   State = "planned"
	Announced State = "announced" // people were told, three days ahead at the latest
	Confirmed State = "confirmed" // the host said that it stands, by a tap or on the telephone
	NoRecord  State = "no_record" // 还没有记录: it has passed, and nobody handed in or said anything
	Held      State = "held"      // its session was submitted
	NotHeld   State = "not_held"  // somebody said so, with a reason
	Cancelled State = "cancelled" // the school has no licence; with a reason, somebody called it off

	Upcoming State = "upcoming"
	DueToday State = "due_today"
)

// Open reports a stored state in which nothing has been handed in, and nothing said of the day's not taking place.
func (s State) Open() bool { return slices.Contains(open, s) }

var open = []State{Planned, Announced, Confirmed, NoRecord}

// Ahead reports a seen state of a day that is still to come, today's not among them.
func (s State) Ahead() bool { return s == Upcoming || s == Announced || s == Confirmed }

// Seen is the state as people see it on a day: an open one is due today, or has passed without a record, whether the
// job has noted it or not.
func (s State) Seen(planned, today date.Date) State {
	switch {
	case !s.Open():
		return s
	case planned == today:
		return DueToday
	case planned.Before(today):
		return NoRecord
	case s == Announced || s == Confirmed:
		return s
	}
	return Upcoming
}

// Shift says how the planned date differs from the ruled one.
type Shift string

// The shifts.
const (
	AsRuled Shift = ""
	Kept    Shift = "kept"    // on a holiday, and the rule keeps it there
	Later   Shift = "later"   // a holiday: to the next working day
	Earlier Shift = "earlier" // a holiday up to the month's end: to the last working day before
	ByHand  Shift = "by_hand" // somebody moved it
)

// Reason is why a day was moved or not held.
type Reason string

// The reasons, each a chip on the page.
const (
	FarmWork  Reason = "farm_work" // 农忙
	Road      Reason = "road"      // 下雨路断
	Power     Reason = "power"     // 停电
	HostAway  Reason = "host_away" // 户主不在
	TooFew    Reason = "too_few"   // 人凑不齐
	Equipment Reason = "equipment" // 设备坏
)

// Reasons lists the chips in their order.
var Reasons = []Reason{FarmWork, Road, Power, HostAway, TooFew, Equipment}

// How says who confirmed a day.
type How string

// The ways.
const (
	ByHost  How = "host"  // the host's own tap
	ByPhone How = "phone" // 已电话说好: an office called, or was called
)

// Day is a row of activity_days.
type Day struct {
	ID           DayID `gorm:"primaryKey"`
	SiteID       org.SiteID
	Month        date.Month
	Nth          int
	PlannedOn    date.Date
	Hour         string // at which people meet, "20:00"; "" when nobody said
	RuledOn      date.Date
	Shift        Shift
	State        State
	Reason       Reason
	Note         string // why, in words
	MovedBy      *access.AccountID
	AnnouncedAt  *time.Time
	ConfirmedAt  *time.Time
	ConfirmedBy  *access.AccountID
	ConfirmedHow How
	Sequence     int // grows with every change that a calendar client has to show
	SessionID    SessionID
	MadeAt       time.Time
	ChangedAt    time.Time
}

// opened is the state of a day about which nothing is said beyond what its times tell.
func (d Day) opened() State {
	switch {
	case d.ConfirmedAt != nil:
		return Confirmed
	case d.AnnouncedAt != nil:
		return Announced
	}
	return Planned
}

// anew makes a day one that was neither announced nor confirmed, as after it got another date.
func (d *Day) anew() {
	d.State, d.AnnouncedAt = Planned, nil
	d.ConfirmedAt, d.ConfirmedBy, d.ConfirmedHow = nil, nil, ""
}

// TableName is activity_days.
func (Day) TableName() string { return "activity_days" }

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any {
	return []any{Day{}, dayRow{}, yearRow{}, cancellation{}, periodException{}, closedMonth{}}
}
