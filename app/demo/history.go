package demo

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"huotang/models/date"
)

// Planned is an activity day as the calendar planned it. A school has at most one on a day.
type Planned struct {
	Site int // index into Sites
	On   date.Date
}

// Session is an activity that was held, with its roll call.
type Session struct {
	Planned     int // index into the days given to History
	Site        int
	On          date.Date
	StartMinute int // after local midnight
	Minutes     int
	Lessons     []int // indexes into Lessons, at least one, of that month's curricula
	Chair       int   // who led it: the head or the host
	Recorder    int   // whose name stands as recorder: the host
	Marks       []Mark
	Guests      []string // people outside the roster who gave a name
	Adults      int      // unnamed
	Children    int

	// When the roll was handed in: the same evening, or after the last make-up study.
	SubmittedOn     date.Date
	SubmittedMinute int // after local midnight
}

// Attendances counts the session as the reports do: present, made up and observers
// by name, guests, and the head count.
func (s *Session) Attendances() int {
	n := len(s.Guests) + s.Adults + s.Children
	for _, m := range s.Marks {
		if m.State == Present || m.State == MadeUp || m.State == Observer {
			n++
		}
	}
	return n
}

// History chooses so many of the planned days that with the [County.JointCount] meetings of the exchange week there are [SessionCount] sessions, and gives those in
// order of date and school code. Days outside the 24 months are passed over. Every
// school but the silent one holds at least one session, the demo's school nearly
// all of its own, and the latest one yesterday's. It fails when there are too few days for that. Each session is
// made when the loop comes to it and belongs to the caller.
func (c *County) History(days []Planned) (iter.Seq[Session], error) {
	chosen, err := c.choose(days)
	if err != nil {
		return nil, err
	}
	return func(yield func(Session) bool) {
		for _, i := range chosen {
			if !yield(c.session(i, days[i])) {
				return
			}
		}
	}, nil
}

// candidate is a planned day with its place in the draw: lower is held sooner.
type candidate struct {
	day  int
	rank float64
	must bool
}

// choose draws without replacement, weighted by school and season, after setting
// apart what must be held.
func (c *County) choose(days []Planned) ([]int, error) {
	candidates, err := c.candidates(days)
	if err != nil {
		return nil, err
	}
	count := SessionCount - c.JointCount()
	if len(candidates) < count {
		return nil, fmt.Errorf("history needs %d planned days, the 24 months have %d", count, len(candidates))
	}
	slices.SortFunc(candidates, func(a, b candidate) int {
		if a.must != b.must {
			if a.must {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.day, b.day))
	})
	chosen := make([]int, count)
	for i := range chosen {
		chosen[i] = candidates[i].day
	}
	slices.SortFunc(chosen, func(a, b int) int {
		return cmp.Or(days[a].On.Compare(days[b].On), cmp.Compare(days[a].Site, days[b].Site))
	})
	return chosen, nil
}

// candidates ranks the days of the 24 months and marks those that must be held.
func (c *County) candidates(days []Planned) ([]candidate, error) {
	out := make([]candidate, 0, len(days))
	best := make([]int, len(c.Sites)) // place in out, plus one
	for i, p := range days {
		if p.Site < 0 || p.Site >= len(c.Sites) {
			return nil, fmt.Errorf("planned day %d names no school: %d", i, p.Site)
		}
		if p.Site == c.SilentSite || p.On.Before(c.HistoryFrom) || p.On.After(c.HistoryTo) {
			continue
		}
		d := c.dice("draw", c.Sites[p.Site].Code, p.On.String())
		out = append(out, candidate{day: i, rank: d.ExpFloat64() / c.weight(p)})
		switch p.Site {
		case c.DemoSite:
			out[len(out)-1].must = d.chance(0.9)
		case c.LatestSite:
			out[len(out)-1].must = p.On == c.HistoryTo
		}
		if b := best[p.Site]; b == 0 || out[len(out)-1].rank < out[b-1].rank {
			best[p.Site] = len(out)
		}
	}
	for site, b := range best {
		switch {
		case b > 0:
			out[b-1].must = true
		case site != c.SilentSite:
			return nil, fmt.Errorf("school %s has no planned day in the 24 months", c.Sites[site].Code)
		}
	}
	return out, nil
}

// weight is how likely a planned day is held: some schools are more diligent, and
// everyone is busy at the spring tea and the walnut harvest.
func (c *County) weight(p Planned) float64 {
	d := c.dice("diligence", c.Sites[p.Site].Code)
	return (0.35 + 1.3*d.Float64()) * season(p.On)
}

// season is the weight of a time of the year.
func season(on date.Date) float64 {
	switch m := on.Month().Of(); {
	case m == time.March || m == time.April:
		return 0.5
	case m == time.August && on.Day() >= 20 || m == time.September:
		return 0.5
	case m == time.November || m == time.January:
		return 1.25
	case m == time.December:
		return 1.4
	}
	return 0.95
}

// session fills in what happened on a chosen day.
func (c *County) session(i int, p Planned) Session {
	site := c.Sites[p.Site]
	d := c.dice("session", site.Code, p.On.String())
	host, head := c.hands(p.Site, p.On)
	s := Session{
		Planned: i, Site: p.Site, On: p.On,
		StartMinute: c.startMinute(d, site), Lessons: c.lessonsOf(d, site.Township, p.On),
		Chair: host, Recorder: host,
	}
	s.Minutes = 5 * d.between(2, 5) // for talking it over
	for _, l := range s.Lessons {
		s.Minutes += c.Lessons[l].Minutes
	}
	if d.chance(0.7) {
		s.Chair = head
	}
	c.callRoll(d, &s)
	s.Guests = c.guests(d, p.Site)
	s.Adults = d.weighted(58, 25, 12, 5)
	s.Children = d.weighted(60, 22, 13, 5)
	c.submit(d, &s)
	return s
}

// startMinute follows the school's habit: most meet between 19:30 and 20:30, some
// in the afternoon.
func (c *County) startMinute(d dice, site Site) int {
	if c.dice("habit", site.Code).chance(0.18) {
		return 14*60 + 15*d.between(0, 6)
	}
	return 19*60 + 30 + 15*d.between(0, 4)
}

// lessonsOf takes the month's required lesson of the county and sometimes more of
// what the township was given for the month.
func (c *County) lessonsOf(d dice, township int, on date.Date) []int {
	items := c.taught[townMonth{township, on.Month()}]
	out := []int{items[0].Lesson}
	for _, item := range items[1:] {
		if d.chance(0.36) {
			out = append(out, item.Lesson)
		}
	}
	return out
}

// submit hands the roll in soon after the end, or on the day of the last make-up study.
func (c *County) submit(d dice, s *Session) {
	s.SubmittedOn, s.SubmittedMinute = s.On, s.StartMinute+s.Minutes+d.between(3, 20)
	for _, m := range s.Marks {
		if m.MadeUpOn.After(s.SubmittedOn) {
			s.SubmittedOn, s.SubmittedMinute = m.MadeUpOn, d.between(19*60, 21*60)
		}
	}
}
