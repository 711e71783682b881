package demo

import (
	"time"

	"huotang/models/date"
)

// The states of a mark.
const (
	Present  = "present"
	OnLeave  = "on_leave"
	Absent   = "absent"
	MadeUp   = "made_up"
	Exempt   = "exempt"
	Observer = "observer"
)

// The reasons of a leave. None speaks of health.
const (
	ReasonAway   = "外出务工"
	ReasonFarm   = "农忙"
	ReasonHome   = "家中有事"
	ReasonCare   = "照看老人孩子"
	ReasonDuty   = "公务"
	ReasonFeast  = "帮忙办客"
	ReasonRoad   = "路不通"
	wayDelivered = "送学上门"
	wayVideo     = "看视频"
	wayDisc      = "看光盘"
	wayReading   = "读材料"
)

// Mark is what the roll call says of one person of the roster.
type Mark struct {
	Person    int // index into People
	State     string
	Reason    string // of a leave
	MadeUpOn  date.Date
	MadeUpWay string
}

// callRoll marks everyone due who was on the roster that day, and the applicants
// and villagers who came. Those who do not count as due are never absent.
func (c *County) callRoll(d dice, s *Session) {
	makeUps := d.chance(0.22) // whether the host brought study home to those who missed it
	for _, i := range c.roster[s.Site] {
		p := &c.People[i]
		if s.On.Before(p.RosterFrom) {
			continue
		}
		if i == s.Chair || i == s.Recorder {
			s.Marks = append(s.Marks, came(i, p))
			continue
		}
		if mark, ok := c.mark(d, s, i, makeUps); ok {
			s.Marks = append(s.Marks, mark)
		}
	}
}

// came is the mark of one who was there.
func came(i int, p *Person) Mark {
	if p.Due() {
		return Mark{Person: i, State: Present}
	}
	return Mark{Person: i, State: Observer}
}

// mark draws one person's evening; false means that nothing is written.
func (c *County) mark(d dice, s *Session, i int, makeUps bool) (Mark, bool) {
	p := &c.People[i]
	there := d.chance(c.likelihood(i, s.On))
	switch {
	case there:
		return came(i, p), true
	case !p.Due():
		return Mark{}, false
	case p.exemptOn(s.On):
		return Mark{Person: i, State: Exempt}, true
	case makeUps && d.chance(0.5):
		return c.makeUp(d, s, i), true
	case d.chance(0.68):
		return Mark{Person: i, State: OnLeave, Reason: leaveReason(d, p, s.On)}, true
	}
	return Mark{Person: i, State: Absent}, true
}

// makeUp dates the study on the same or the next days, never after yesterday.
func (c *County) makeUp(d dice, s *Session, i int) Mark {
	day := s.On.AddDays(d.weighted(3, 4, 2, 1))
	if day.After(c.HistoryTo) {
		day = c.HistoryTo
	}
	way := pick(d, []string{wayDelivered, wayDelivered, wayVideo, wayDisc, wayReading})
	return Mark{Person: i, State: MadeUp, MadeUpOn: day, MadeUpWay: way}
}

// leaveReason is working away for mobile members and field work in its season.
func leaveReason(d dice, p *Person, on date.Date) string {
	switch {
	case p.Mobile:
		return ReasonAway
	case season(on) < 0.6 && d.chance(0.6):
		return ReasonFarm
	case isRainy(on) && d.chance(0.12):
		return ReasonRoad
	}
	return []string{ReasonHome, ReasonAway, ReasonCare, ReasonFeast, ReasonDuty, ReasonFarm}[d.weighted(30, 22, 16, 14, 8, 10)]
}

// isRainy is the time of slides and washed-out roads.
func isRainy(on date.Date) bool {
	m := on.Month().Of()
	return m >= time.June && m <= time.September
}

// likelihood is the chance that a person comes on a day.
func (c *County) likelihood(i int, on date.Date) float64 {
	p := &c.People[i]
	usual := c.regularity(i)
	switch m := on.Month().Of(); {
	case p.Mobile && (m == time.January || m == time.February):
		return 0.45 // home for the new year
	case p.Mobile:
		return 0.06
	case p.exemptOn(on):
		return 0.2
	case season(on) < 0.6:
		return usual * 0.88
	}
	return usual
}

// guests draws up to two of the school's four passing neighbours, who are on no
// roster and gave a name.
func (c *County) guests(d dice, site int) []string {
	n := d.weighted(82, 14, 4)
	if n == 0 {
		return nil
	}
	pool := c.passing[site]
	first := d.IntN(len(pool))
	out := []string{pool[first]}
	if n == 2 {
		out = append(out, pool[(first+1)%len(pool)])
	}
	return out
}
