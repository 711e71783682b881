package reports

import (
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

// Unplanned is the state of a school without an activity day in the month, beside calendar's.
const Unplanned calendar.State = "unplanned"

// MonthStates lists the states of a month in the order of filters.
var MonthStates = []calendar.State{calendar.NoRecord, calendar.DueToday, calendar.Upcoming, calendar.Announced, calendar.Confirmed, calendar.Held, calendar.NotHeld, calendar.Cancelled, Unplanned}

// MonthInput narrows the schools of a month.
type MonthInput struct {
	Unit  string         `query:"unit"`  // code; "" for all that the actor sees
	Month date.Month     `query:"month"` // zero means this one
	State calendar.State `query:"state"` // "" for all
	After string         `query:"after"` // code
	Limit int            `query:"limit"` // 1–1000; 0 means 50
}

// SchoolMonth is what became of a school's activity day in a month.
type SchoolMonth struct {
	Site        org.SiteID           `json:"site"`
	Code        string               `json:"code"`
	Name        string               `json:"name"`
	Village     string               `json:"village"`
	Township    string               `json:"township"`
	Day         calendar.DayID       `json:"day"` // the activity day, zero for none
	State       calendar.State       `json:"state"`
	Reason      calendar.Reason      `json:"reason"`
	PlannedOn   date.Date            `json:"planned_on"`
	RuledOn     date.Date            `json:"ruled_on"`
	Moved       bool                 `json:"moved"`                            // by somebody, to PlannedOn
	Sessions    int                  `json:"sessions"`                         // handed in
	Session     attendance.SessionID `json:"session"`                          // the activity day's, else the latest
	HeldOn      date.Date            `json:"held_on"`                          // of that one
	Attendances int                  `json:"attendances"`                      // of all
	Host        string               `json:"host"`                             // name; "" when there is none
	HostPhone   string               `json:"host_phone,omitzero" kept:"never"` // in a list of those to telephone alone: masked, or whole
	CameOn      date.Date            `json:"came_on,omitzero"`                 // when the first record of the month was handed in
	Late        bool                 `json:"late"`                             // that was after the day until which it is on time (补交)
	Short       int                  `json:"short"`                            // how often the school met less than the county asks, once the month is over; 0 where nothing was held
	Period      *calendar.Period     `json:"period"`                           // its own two dates, null where those of the month hold
	// SealedAt is when the figures above were sealed, null while the month is open; Later are today's, where they are others.
	SealedAt *time.Time `json:"sealed_at"`
	Later    *Told      `json:"later"`
	path     string
	host     people.PersonID
}

// MonthCounts says how many schools are in which state.
type MonthCounts struct {
	Schools   int `json:"schools"`
	Held      int `json:"held"`
	NoRecord  int `json:"no_record"`
	Upcoming  int `json:"upcoming"`  // announced and confirmed ones, and those due today, included
	Announced int `json:"announced"` // of those
	Confirmed int `json:"confirmed"` // of those
	NotHeld   int `json:"not_held"`
	Cancelled int `json:"cancelled"` // called off, with a reason
	Unplanned int `json:"unplanned"`
}

func (c *MonthCounts) add(s calendar.State) {
	c.Schools++
	switch s {
	case calendar.Held:
		c.Held++
	case calendar.NoRecord:
		c.NoRecord++
	case calendar.NotHeld:
		c.NotHeld++
	case calendar.Cancelled:
		c.Cancelled++
	case Unplanned:
		c.Unplanned++
	default:
		c.ahead(s)
	}
}

func (c *MonthCounts) ahead(s calendar.State) {
	c.Upcoming++
	switch s {
	case calendar.Announced:
		c.Announced++
	case calendar.Confirmed:
		c.Confirmed++
	}
}

// is reports that a filter for the state shows the school: what is still to come is shown with what was announced and confirmed of it.
func (s SchoolMonth) is(want calendar.State) bool {
	return want == "" || s.State == want || want == calendar.Upcoming && s.State.Ahead()
}

// MonthView is a month of a unit's schools, in code order.
type MonthView struct {
	Unit     string        `json:"unit"`
	UnitName string        `json:"unit_name"`
	Kind     org.Kind      `json:"kind"`
	Month    date.Month    `json:"month"`
	AsOf     time.Time     `json:"as_of"`
	Counts   MonthCounts   `json:"counts"`
	Sealed   int           `json:"sealed"` // schools whose figures are sealed (本月已封存)
	Later    int           `json:"later"`  // of them, those with other figures today
	Late     int           `json:"late"`   // schools whose first record came late
	Items    []SchoolMonth `json:"items"`
	Next     string        `json:"next"`
	// Period is what the county asks of the month, with its two dates; null for several counties at once.
	Period  *calendar.Period `json:"period"`
	MayCall bool             `json:"may_call,omitzero"` // in a list of those to telephone: the actor may open the numbers
}

// Month tells for each licensed school what became of its activity day. The counts are of all schools, whatever
// the filter. Permission: ReportsSee on the unit.
func Month(tx *db.Tx, by access.Actor, in MonthInput) (MonthView, error) {
	return in.month(tx, by, nil)
}

// month is [Month] without the schools to skip.
func (in MonthInput) month(tx *db.Tx, by access.Actor, skip func(SchoolMonth) bool) (MonthView, error) {
	v, p, err := in.view(tx, by)
	if err != nil {
		return v, err
	}
	all, err := p.month(tx, v.Month)
	if err != nil {
		return v, err
	}
	have, err := p.sealed(tx, v.Month)
	if err != nil {
		return v, err
	}
	v.keep(all, have)
	if err := v.judge(tx, p, all); err != nil {
		return v, err
	}
	for i := range all {
		v.Counts.add(all[i].State)
	}
	v.Items = slices.DeleteFunc(all, func(s SchoolMonth) bool {
		return s.Code <= in.After || !s.is(in.State) || skip != nil && skip(s)
	})
	if n := most(in.Limit, 50, 1000); len(v.Items) > n {
		v.Items, v.Next = v.Items[:n], v.Items[n-1].Code
	}
	return v, v.hosts(tx, by)
}

func (in MonthInput) view(tx *db.Tx, by access.Actor) (MonthView, place, error) {
	p, err := Span{Unit: in.Unit}.find(tx, by, access.ReportsSee)
	v := MonthView{Unit: p.Unit, UnitName: p.UnitName, Kind: p.Kind, Month: in.Month, AsOf: tx.Now, Items: []SchoolMonth{}}
	if err != nil {
		return v, p, err
	}
	if v.Month.IsZero() {
		v.Month = tx.Today().Month()
	}
	var c fail.Check
	c.If(v.Month.First().Before(earliest) || v.Month.First().After(latest), "month", "input.month")
	c.If(in.State != "" && !slices.Contains(MonthStates, in.State), "state", "input.choice")
	return v, p, c.Err()
}

// most is the size of a part of a list.
func most(limit, usual, highest int) int {
	if limit < 1 || limit > highest {
		return usual
	}
	return limit
}

// line is a school with an activity day, or with none.
type line struct {
	Site        org.SiteID
	Code        string
	Name        string
	Village     string
	Township    string
	Path        string
	Day         calendar.DayID
	PlannedOn   date.Date
	RuledOn     date.Date
	Shift       calendar.Shift
	State       calendar.State
	Reason      calendar.Reason
	Session     attendance.SessionID
	HeldOn      date.Date
	Attendances int
	Came        *time.Time
}

// firstUndone orders a school's activity days, of which the first speaks for the school.
const firstUndone = " ORDER BY u.code, CASE WHEN d.state IN ('planned', 'announced', 'confirmed', 'no_record') THEN 0 ELSE 1 END, d.nth"

// standing leaves out the days of schools that had no licence; what somebody called off has a reason and stays.
const standing = "AND (d.state <> 'cancelled' OR d.reason <> '') "

const monthQuery = "SELECT h.id, u.code, u.name, v.name, w.name, u.path, d.id, d.planned_on, d.ruled_on, " +
	"COALESCE(d.shift, ''), COALESCE(d.state, ''), COALESCE(d.reason, ''), s.id, s.held_on, COALESCE(s.attended, 0), s.submitted_at " +
	"FROM sites h JOIN units u ON u.id = h.id JOIN units v ON v.id = u.parent_id JOIN units w ON w.id = v.parent_id " +
	"LEFT JOIN activity_days d ON d.site_id = h.id AND d.`month` = ? " + standing +
	"LEFT JOIN sessions s ON s.id = d.session_id AND s.state = 'submitted' WHERE "

// month reads the schools of the place, in code order.
func (p place) month(tx *db.Tx, m date.Month) ([]SchoolMonth, error) {
	c := condition{"h.licence = 'licensed'", nil}
	p.schools(&c, "h.id")
	extra, err := p.inMonth(tx, m)
	if err != nil {
		return nil, err
	}
	out := []SchoolMonth{}
	err = db.Each(tx, monthQuery+c.text+firstUndone, append([]any{m}, c.args...),
		func(scan func(...any) error) error {
			var l line
			err := scan(&l.Site, &l.Code, &l.Name, &l.Village, &l.Township, &l.Path, &l.Day, &l.PlannedOn, &l.RuledOn, &l.Shift, &l.State, &l.Reason,
				&l.Session, &l.HeldOn, &l.Attendances, &l.Came)
			if n := len(out); n == 0 || out[n-1].Site != l.Site { // of several activity days the first undone one speaks for the school
				out = append(out, l.school(extra[l.Site], tx.Today(), m))
			}
			return err
		})
	return out, err
}

// held is what a school handed in within a month.
type held struct {
	session     attendance.SessionID // the latest
	on          date.Date
	sessions    int
	attendances int
	came        date.Date // the first of them
}

// inMonth gathers what was held in the month, on an activity day or not: the latest of each school, with the number of all.
func (p place) inMonth(tx *db.Tx, m date.Month) (map[org.SiteID]held, error) {
	var c condition
	c.and("s.state = 'submitted' AND s.held_on >= ? AND s.held_on <= ?", m.First(), m.Last())
	p.schools(&c, "s.site_id")
	out := map[org.SiteID]held{}
	err := db.Each(tx, "SELECT s.site_id, s.id, s.held_on, s.attended, s.submitted_at FROM sessions s WHERE "+c.text+" ORDER BY s.held_on, s.id", c.args,
		func(scan func(...any) error) error {
			var site org.SiteID
			var h held
			var came *time.Time
			err := scan(&site, &h.session, &h.on, &h.attendances, &came)
			before := out[site]
			h.came = earlier(before.came, came)
			h.sessions, h.attendances = before.sessions+1, before.attendances+h.attendances
			out[site] = h
			return err
		})
	return out, err
}

// earlier is the first of the days.
func earlier(a date.Date, b *time.Time) date.Date {
	if b == nil || !a.IsZero() && !date.Of(*b).Before(a) {
		return a
	}
	return date.Of(*b)
}

// school says what became of the school's day. A session on another day of the month is a record, too.
func (l line) school(h held, today date.Date, m date.Month) SchoolMonth {
	s := SchoolMonth{
		Site: l.Site, Code: l.Code, Name: l.Name, Village: l.Village, Township: l.Township, Day: l.Day, Reason: l.Reason,
		PlannedOn: l.PlannedOn, RuledOn: l.RuledOn, Moved: l.Shift == calendar.ByHand, path: l.Path,
		Session: l.Session, HeldOn: l.HeldOn, Sessions: h.sessions, Attendances: h.attendances, CameOn: h.came,
	}
	switch {
	case l.Session.IsZero():
		s.Session, s.HeldOn = h.session, h.on
	case l.HeldOn.Month() != m: // the month's day, held in another
		s.Sessions, s.Attendances, s.CameOn = s.Sessions+1, s.Attendances+l.Attendances, earlier(s.CameOn, l.Came)
	}
	if s.State = seen(l.State, l.PlannedOn, s.Sessions > 0, today, m); s.State == calendar.Held {
		s.Reason = ""
	}
	return s
}

// seen is the state of a school in a month as seen today: any session handed in is a record.
func seen(stored calendar.State, planned date.Date, handedIn bool, today date.Date, m date.Month) calendar.State {
	switch {
	case handedIn:
		return calendar.Held
	case !planned.IsZero():
		return stored.Seen(planned, today)
	case m.Last().Before(today):
		return calendar.NoRecord
	}
	return Unplanned
}

const countQuery = "SELECT h.id, u.code, u.name, COALESCE(d.state, ''), d.planned_on, EXISTS (SELECT 1 FROM sessions s WHERE s.site_id = h.id " +
	"AND s.held_on >= ? AND s.held_on <= ? AND s.state = 'submitted') FROM sites h JOIN units u ON u.id = h.id " +
	"LEFT JOIN activity_days d ON d.site_id = h.id AND d.`month` = ? " + standing + "WHERE "

// counts is [place.month] for its counts alone, with the first schools that have no record.
func (p place) counts(tx *db.Tx, m date.Month, first int) (n MonthCounts, none []MissingSchool, err error) {
	c := condition{"h.licence = 'licensed'", nil}
	p.schools(&c, "h.id")
	var last org.SiteID
	err = db.Each(tx, countQuery+c.text+firstUndone, append([]any{m.First(), m.Last(), m}, c.args...), func(scan func(...any) error) error {
		var (
			s        MissingSchool
			stored   calendar.State
			handedIn bool
		)
		if err := scan(&s.Site, &s.Code, &s.Name, &stored, &s.PlannedOn, &handedIn); err != nil || s.Site == last {
			return err
		}
		last = s.Site
		state := seen(stored, s.PlannedOn, handedIn, tx.Today(), m)
		if n.add(state); state == calendar.NoRecord && len(none) < first {
			none = append(none, s)
		}
		return nil
	})
	return n, none, err
}

// hosts adds the names of today's hosts, where the actor may know them.
func (v *MonthView) hosts(tx *db.Tx, by access.Actor) error {
	sites := make([]org.SiteID, len(v.Items))
	for i, s := range v.Items {
		sites[i] = s.Site
	}
	names, err := people.HostsOf(tx, sites, tx.Today())
	if err != nil {
		return err
	}
	for i := range v.Items {
		if by.Can(access.PeopleNames, v.Items[i].path) {
			h := names[v.Items[i].Site]
			v.Items[i].Host, v.Items[i].host = h.Name, h.Person
		}
	}
	return nil
}
