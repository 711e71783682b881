package attendance

import (
	"slices"

	"huotang/models/date"
)

// State is what the roll says of one person.
type State string

// The states of a mark.
const (
	Unmarked State = "unmarked" // 未点: due, and nobody has said anything yet
	Present  State = "present"  // 到会
	OnLeave  State = "on_leave" // 请假, with a reason if one was given
	Absent   State = "absent"   // 没来 (缺席 on paper)
	MadeUp   State = "made_up"  // 补学, with the day and if known the way
	Exempt   State = "exempt"   // 免: the register exempts the person on that day
	Observer State = "observer" // 列席: a villager or applicant who came
)

// States lists the states in the order of forms.
var States = []State{Unmarked, Present, OnLeave, Absent, MadeUp, Exempt, Observer}

// Came reports whether the state counts as an attendance.
func (s State) Came() bool { return s == Present || s == MadeUp || s == Observer }

// Part is one of the two lists of a roll, which are never mixed.
type Part string

// The lists.
const (
	ListDue  Part = "due"  // 应到: full and probationary members of the roster
	ListCame Part = "came" // 来听课的群众: applicants and villagers of the roster, counted only when they came
)

// Reason is a chip beside a state: why someone is on leave, or how study was made up. None
// speaks of health.
type Reason string

// The reasons of a leave, and the ways of make-up study.
const (
	Away  Reason = "away"  // 外出务工
	Farm  Reason = "farm"  // 农忙
	Home  Reason = "home"  // 家中有事
	Care  Reason = "care"  // 照看老人孩子
	Duty  Reason = "duty"  // 公务
	Feast Reason = "feast" // 帮忙办客
	Road  Reason = "road"  // 路不通
	Other Reason = "other" // 其他

	Delivered Reason = "delivered" // 送学上门
	Video     Reason = "video"     // 看视频
	Disc      Reason = "disc"      // 看光盘
	Reading   Reason = "reading"   // 读材料
)

var (
	// LeaveReasons are the chips of a leave.
	LeaveReasons = []Reason{Away, Farm, Home, Care, Duty, Feast, Road, Other}
	// MadeUpWays are the chips of make-up study.
	MadeUpWays = []Reason{Delivered, Video, Disc, Reading}
)

// Value is what a mark says. Two values are the same when they are equal.
type Value struct {
	State    State     `json:"state" form:"state"`
	Reason   Reason    `json:"reason,omitempty" form:"reason"`
	MadeUpOn date.Date `json:"made_up_on,omitzero" form:"made_up_on"` // of made_up only
}

// seat is what the roster says of a person on the day of the session.
type seat struct {
	list   Part
	exempt bool
}

// check fits a value to the person's list, or says by a catalogue key why it cannot stand.
// What means "was here" is kept whichever word the sender used, since its copy of the roster may be
// old: a member who observed was present, a villager who was present observed. held is the day of the
// session, today the last day that study can have been made up on.
func (v Value) check(p seat, held, today date.Date) (Value, string) {
	if v.State == Present || v.State == Observer {
		v.State = Present
		if p.list == ListCame {
			v.State = Observer
		}
	}
	switch {
	case !slices.Contains(States, v.State):
		return v, "attendance.state_unknown"
	case p.list == ListCame && v.State != Observer && v.State != Unmarked:
		return v, "attendance.not_due"
	case v.State == Exempt && !p.exempt:
		return v, "attendance.not_exempt"
	case !reasonFits(v):
		return v, "attendance.reason_unknown"
	case v.State != MadeUp:
		if !v.MadeUpOn.IsZero() {
			return v, "attendance.made_up_only"
		}
	case v.MadeUpOn.IsZero():
		return v, "attendance.made_up_day"
	case v.MadeUpOn.Before(held) || v.MadeUpOn.After(today):
		return v, "attendance.made_up_range"
	}
	return v, ""
}

// CheckValue says by a catalogue key what keeps the value from standing for a person due, "" for nothing; for pages that
// show it beside its field. held is the day of the session.
func CheckValue(v Value, exempt bool, held, today date.Date) string {
	_, code := v.check(seat{list: ListDue, exempt: exempt}, held, today)
	return code
}

func reasonFits(v Value) bool {
	switch v.State {
	case OnLeave:
		return v.Reason == "" || slices.Contains(LeaveReasons, v.Reason)
	case MadeUp:
		return v.Reason == "" || slices.Contains(MadeUpWays, v.Reason)
	}
	return v.Reason == ""
}

// Outcome is what became of one mark of an item.
type Outcome string

// The outcomes.
const (
	Accepted  Outcome = "accepted"
	Duplicate Outcome = "duplicate" // the same value stands already
	Disputed  Outcome = "conflict"  // another phone said otherwise meanwhile; both values are kept
	Refused   Outcome = "refused"   // with the reason
	Waits     Outcome = "waiting"   // the roll is closed: it is asked for as a correction, see [Receipt]
)

// standing is a mark as it stands in the session: its value and the revision of the
// session that set it, 0 when nobody did.
type standing struct {
	Value
	revision int
}

// merge decides on a value that a phone sends which last saw the session at revision base. What
// nobody touched since then is the phone's to change; what somebody else set meanwhile to another value
// is a conflict, and the standing value stays until one of the hosts settles it.
func merge(now standing, sent Value, base int) Outcome {
	switch {
	case now.Value == sent:
		return Duplicate
	case now.revision > base:
		return Disputed
	}
	return Accepted
}
