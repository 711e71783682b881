package exchange

import (
	"cmp"
	"slices"
	"time"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// MeetingsInput names days of the calendar, and narrows them to one school or to the schools below a unit.
type MeetingsInput struct {
	Site  org.SiteID `query:"site"`
	Under string     `query:"under"` // code of an administrative unit
	From  date.Date  `query:"from"`
	To    date.Date  `query:"to"` // at most 366 days after From
}

// MeetingView is a group's meeting as it stands in a calendar.
type MeetingView struct {
	ID        GroupID         `json:"id"`
	HeldOn    date.Date       `json:"held_on"`
	Hour      string          `json:"hour"`
	State     State           `json:"state"` // as seen today
	Township  string          `json:"township"`
	Host      SchoolView      `json:"host"`
	Guests    []SchoolView    `json:"guests"`
	Sequence  int             `json:"sequence"`
	ChangedAt time.Time       `json:"changed_at"`
	Reason    calendar.Reason `json:"reason"`
}

// Week is the exchange week of a township.
type Week struct {
	Township string    `json:"township"`
	Monday   date.Date `json:"monday"`
}

// MeetingsView is what a calendar shows of exchange weeks.
type MeetingsView struct {
	Weeks []Week        `json:"weeks"` // by Monday, then by the township's code
	Items []MeetingView `json:"items"` // by date, then by the host's code
}

const longestSpan = 366

// Meetings lists the exchange weeks that touch the days, and the meetings on them in which a school takes part that the actor
// sees. Forbidden for who could see none anywhere. Permission: CalendarSee on one of the schools or its branch.
func Meetings(tx *db.Tx, by access.Actor, in MeetingsInput) (MeetingsView, error) {
	v := MeetingsView{Weeks: []Week{}, Items: []MeetingView{}}
	if err := by.RequireAnywhere(access.CalendarSee); err != nil {
		return v, err
	}
	var c fail.Check
	if !c.If(in.From.IsZero(), "from", "input.required") && !c.If(in.To.IsZero(), "to", "input.required") {
		c.If(in.To.Before(in.From) || in.To.Sub(in.From) > longestSpan, "to", "calendar.span", longestSpan)
	}
	if err := c.Err(); err != nil {
		return v, err
	}
	seen, args, err := in.schools(tx, by)
	if err != nil {
		return v, err
	}
	groups, err := readGroups(tx, "g.held_on >= ? AND g.held_on <= ? AND g.id IN (SELECT m.group_id FROM exchange_members m "+
		"JOIN sites s ON s.id = m.site_id JOIN units u ON u.id = s.id LEFT JOIN units b ON b.id = s.branch_id WHERE "+seen+")",
		append([]any{in.From, in.To}, args...)...)
	if err != nil {
		return v, err
	}
	if v.Items, err = meetingViews(tx, groups); err != nil {
		return v, err
	}
	v.Weeks, err = db.Ask[Week](tx, "SELECT t.name AS township, w.monday FROM exchange_weeks w JOIN units t ON t.id = w.township_id "+
		"WHERE w.monday >= ? AND w.monday <= ? AND EXISTS (SELECT 1 FROM units v JOIN units u ON u.parent_id = v.id JOIN sites s ON s.id = u.id "+
		"LEFT JOIN units b ON b.id = s.branch_id WHERE v.parent_id = t.id AND "+seen+") ORDER BY w.monday, t.code",
		append([]any{in.From.AddDays(-6), in.To}, args...)...)
	return v, err
}

// schools is a condition on schools s, their units u and branches b.
func (in MeetingsInput) schools(tx *db.Tx, by access.Actor) (string, []any, error) {
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.CalendarSee))
	if !in.Site.IsZero() {
		seen, args = seen+" AND s.id = ?", append(args, in.Site)
	}
	if in.Under == "" {
		return seen, args, nil
	}
	top, err := org.FindCode(tx, org.Administrative, in.Under)
	if err != nil {
		return "", nil, err
	}
	cond, more := db.PathRange("u.path", access.Scope{Paths: []string{top.Path}})
	return seen + " AND " + cond, append(args, more...), nil
}

// meetingViews names the schools of groups.
func meetingViews(tx *db.Tx, groups []group) ([]MeetingView, error) {
	out := make([]MeetingView, 0, len(groups))
	if len(groups) == 0 {
		return out, nil
	}
	var sites []org.SiteID
	for _, g := range groups {
		sites = append(append(sites, g.HostID), g.sites...)
	}
	names, towns, err := namesOf(tx, sites)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		v := MeetingView{
			ID: g.ID, HeldOn: g.HeldOn, Hour: g.Hour, State: g.State, Township: towns[g.HostID], Host: names[g.HostID], Guests: []SchoolView{},
			Sequence: g.Sequence, ChangedAt: g.ChangedAt, Reason: g.Reason,
		}
		if g.State == Planned && g.HeldOn.Before(tx.Today()) {
			v.State = NoRecord
		}
		for _, s := range g.sites {
			if s != g.HostID {
				v.Guests = append(v.Guests, names[s])
			}
		}
		slices.SortFunc(v.Guests, func(a, b SchoolView) int { return cmp.Compare(a.Code, b.Code) })
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b MeetingView) int {
		return cmp.Or(a.HeldOn.Compare(b.HeldOn), cmp.Compare(a.Host.Code, b.Host.Code))
	})
	return out, nil
}

// namesOf reads schools, and the names of their townships.
func namesOf(tx *db.Tx, sites []org.SiteID) (map[org.SiteID]SchoolView, map[org.SiteID]string, error) {
	slices.SortFunc(sites, byID)
	sites = slices.Compact(sites)
	names, towns := make(map[org.SiteID]SchoolView, len(sites)), make(map[org.SiteID]string, len(sites))
	for part := range slices.Chunk(sites, 500) {
		rows, err := db.Ask[struct {
			ID         org.SiteID
			Code, Name string
			Village    string
			Township   string
		}](tx, "SELECT u.id, u.code, u.name, v.name AS village, t.name AS township FROM units u JOIN units v ON v.id = u.parent_id "+
			"JOIN units t ON t.id = v.parent_id WHERE u.id IN ?", part)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range rows {
			names[r.ID], towns[r.ID] = SchoolView{r.ID, r.Code, r.Name, r.Village}, r.Township
		}
	}
	return names, towns, nil
}
