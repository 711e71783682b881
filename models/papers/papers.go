// Package papers gathers what is printed of sessions, before they are held and after: the roster that is signed on paper where there is no
// phone or no current (the paper twin of a roll), and the year's record book of a school.
//
// Every sheet to be signed carries a code, which is drawn beside the names: it names the session, or only the school where no day is
// planned. The code is no secret and gives no right; who follows it must sign in and may do what he may do anyhow. What is signed
// is entered by hand, as every roll is.
package papers

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
)

// Ahead is how many months after the present one may be printed.
const Ahead = 2

// Code is what a sheet's QR code carries at the end of its address: of a session or of a school.
type Code string

const (
	ofSession = "s"
	ofSchool  = "h"
	codeSize  = 23
)

// CodeOf is the code of a session.
func CodeOf(s attendance.SessionID) Code { return encode(ofSession, s) }

// CodeOfSchool is the code of a sheet without a planned day.
func CodeOfSchool(s org.SiteID) Code { return encode(ofSchool, s) }

func encode(kind string, v [16]byte) Code {
	return Code(kind + base64.RawURLEncoding.EncodeToString(v[:]))
}

// parse gives what a code names; exactly one of the two is not zero, or none when it is no code of ours.
func (c Code) parse() (session attendance.SessionID, site org.SiteID) {
	if len(c) != codeSize {
		return session, site
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(string(c[1:]))
	if err != nil {
		return session, site
	}
	switch string(c[:1]) {
	case ofSession:
		copy(session[:], b)
	case ofSchool:
		copy(site[:], b)
	}
	return session, site
}

// InText takes the code out of the text of a QR code: the end of an address of ours, wherever that stands. "" for another text.
func InText(text string) Code {
	i := strings.LastIndex(text, "/p/")
	if i < 0 {
		return ""
	}
	c := Code(text[i+len("/p/"):])
	if s, h := c.parse(); s.IsZero() && h.IsZero() {
		return ""
	}
	return c
}

// Twin is a roster to be signed.
type Twin struct {
	Site     org.SiteID           `json:"site"`
	SiteCode string               `json:"site_code"`
	SiteName string               `json:"site_name"`
	Session  attendance.SessionID `json:"session"` // "" where no day is planned
	HeldOn   date.Date            `json:"held_on"` // "" likewise: it is written by hand
	Hour     string               `json:"hour"`
	Kinds    []attendance.Kind    `json:"kinds"`
	Lessons  []string             `json:"lessons"` // titles of the month's plan
	Due      []string             `json:"due"`     // 应到, by name
	Others   []string             `json:"others"`  // applicants and villagers of the roster
	Code     Code                 `json:"code"`
}

// TwinsInput says what is to be printed: a session; a school's days from today on; or a month of all schools below a unit.
type TwinsInput struct {
	Session attendance.SessionID `query:"session"`
	Site    org.SiteID           `query:"site"`
	Under   string               `query:"under"` // code of an administrative unit
	Month   date.Month           `query:"month"` // of the days; zero for all from today on, of a unit for this month
	Blank   bool                 `query:"blank"` // without day and lesson, to be written by hand
}

// TwinsView is what is printed.
type TwinsView struct {
	Unit  string    `json:"unit"` // what the sheets are of
	From  date.Date `json:"from"`
	To    date.Date `json:"to"`
	Twins []Twin    `json:"twins"` // by code of the school, then day
	None  []string  `json:"none"`  // schools without a day in that time
}

// Twins gives the rosters to be signed, as they stand on each day, up to [Ahead] months ahead. Permission: SessionsMarks on the schools,
// and for several at once on any; see [attendance.Pictured].
func Twins(tx *db.Tx, by access.Actor, in TwinsInput) (TwinsView, error) {
	v := TwinsView{Twins: []Twin{}, None: []string{}}
	var c fail.Check
	v.From, v.To = tx.Today(), tx.Today().Month().Add(Ahead).Last()
	if !in.Month.IsZero() {
		c.If(in.Month.First().After(v.To) || in.Month.Last().Before(v.From), "month", "papers.month_range", Ahead)
		v.From, v.To = later(v.From, in.Month.First()), in.Month.Last()
	} else if in.Under != "" {
		v.To = v.From.Month().Last()
	}
	c.If(in.Session.IsZero() && in.Site.IsZero() && in.Under == "", "site", "input.required")
	if err := by.RequireAnywhere(access.SessionsMarks); err != nil {
		return v, err
	}
	if err := c.Err(); err != nil {
		return v, err
	}
	if !in.Session.IsZero() {
		err := v.session(tx, by, in.Session)
		return v, err
	}
	schools, err := v.schools(tx, by, in)
	if err != nil {
		return v, err
	}
	err = v.fill(tx, schools, in.Blank)
	return v, err
}

func later(a, b date.Date) date.Date {
	if b.After(a) {
		return b
	}
	return a
}

// session makes the sheet of one session, planned or not, opened or not.
func (v *TwinsView) session(tx *db.Tx, by access.Actor, session attendance.SessionID) error {
	r, err := Resolve(tx, by, ResolveInput{Code: CodeOf(session)})
	if err != nil {
		return err
	}
	school, err := org.FindSchool(tx, r.Site)
	if err != nil {
		return err
	}
	if err := named(by, school); err != nil {
		return err
	}
	v.Unit = school.Name
	day := calendar.DayView{PlannedOn: r.HeldOn, SessionID: session, Month: r.HeldOn.Month(), Hour: r.Hour}
	plans, err := curricula.PlansOf(tx, []org.School{school}, day.Month)
	if err != nil {
		return err
	}
	if !r.Group.IsZero() {
		v.Twins, err = meeting(tx, school, r.guests, day)
		return err
	}
	t, err := twin(tx, school, &day, plans, nil)
	if err == nil && len(r.Kinds) > 0 {
		t.Kinds = r.Kinds
	}
	v.Twins = append(v.Twins, t)
	return err
}

// schools are those that are asked for and whose rosters the actor reads.
func (v *TwinsView) schools(tx *db.Tx, by access.Actor, in TwinsInput) ([]org.School, error) {
	if !in.Site.IsZero() {
		school, err := org.FindSchool(tx, in.Site)
		if err == nil {
			err = named(by, school)
		}
		v.Unit = school.Name
		return []org.School{school}, hidden(by, err)
	}
	top, err := org.FindCode(tx, org.Administrative, in.Under)
	if err != nil {
		return nil, err
	}
	v.Unit = top.Name
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{top.Path}})
	ids, err := db.Ask[org.SiteID](tx, "SELECT s.id FROM sites s JOIN units u ON u.id = s.id WHERE s.licence = ? AND "+cond+" ORDER BY u.code", append([]any{org.Licensed}, args...)...)
	if err != nil {
		return nil, err
	}
	var out []org.School
	for _, site := range ids {
		school, err := org.FindSchool(tx, site)
		if err != nil {
			return nil, err
		}
		if named(by, school) == nil {
			out = append(out, school)
		}
	}
	if len(out) == 0 {
		return nil, fail.NotFound("access.not_found")
	}
	if len(out) > mostSchools {
		return nil, fail.Invalid("papers.too_many", mostSchools)
	}
	return out, nil
}

// mostSchools are printed in one go: a township has some 45.
const mostSchools = 120

// named asks whether the actor reads everybody's name and mark at the school.
func named(by access.Actor, school org.School) error {
	if err := by.Require(access.SessionsSee, school.Paths()...); err != nil {
		return err
	}
	if !by.Can(access.SessionsMarks, school.Path) {
		return fail.Forbidden("access.forbidden")
	}
	return nil
}

// hidden tells a visitor to sign in where others learn that there is no such thing.
func hidden(by access.Actor, err error) error {
	if fail.KindOf(err) == fail.Missing && !by.SignedIn() {
		return fail.NoSignIn("access.sign_in_first")
	}
	return err
}

func (v *TwinsView) fill(tx *db.Tx, schools []org.School, blank bool) error {
	plans, err := curricula.PlansOf(tx, schools, months(v.From, v.To)...)
	if err != nil {
		return err
	}
	for _, school := range schools {
		if blank {
			t, err := twin(tx, school, nil, plans, nil)
			if err != nil {
				return err
			}
			v.Twins = append(v.Twins, t)
			continue
		}
		days, err := calendar.Around(tx, school.ID, v.From, v.To)
		if err != nil {
			return err
		}
		days = slices.DeleteFunc(days, func(d calendar.DayView) bool { return !d.State.Ahead() && d.State != calendar.DueToday })
		joint, err := meetings(tx, school, v.From, v.To)
		if err != nil {
			return err
		}
		if len(days) == 0 && len(joint) == 0 {
			v.None = append(v.None, school.Name)
		}
		for i := range days {
			t, err := twin(tx, school, &days[i], plans, nil)
			if err != nil {
				return err
			}
			v.Twins = append(v.Twins, t)
		}
		v.Twins = append(v.Twins, joint...)
	}
	return nil
}

func months(from, to date.Date) []date.Month {
	var out []date.Month
	for m := from.Month(); !m.First().After(to); m = m.Add(1) {
		out = append(out, m)
	}
	return out
}

// twin is the roster of a school on a day; without one, that of today. Whom listed names is left out, and who is not is put there.
func twin(tx *db.Tx, school org.School, day *calendar.DayView, plans curricula.Plans, listed map[access.PersonID]bool) (Twin, error) {
	t := Twin{
		Site: school.ID, SiteCode: school.Code, SiteName: school.Name, Code: CodeOfSchool(school.ID), Kinds: []attendance.Kind{}, Lessons: []string{},
		Due: []string{}, Others: []string{},
	}
	on := tx.Today()
	if day != nil {
		on = day.PlannedOn
		t.Session, t.HeldOn, t.Hour, t.Code, t.Kinds = day.SessionID, on, day.Hour, CodeOf(day.SessionID), []attendance.Kind{attendance.ActivityDay}
		for _, l := range plans.At(school, day.Month) {
			t.Lessons = append(t.Lessons, l.Title)
		}
	}
	list, err := people.RosterOn(tx, school.ID, on)
	t.take(list, listed)
	return t, err
}

// ResolveInput is the code of a sheet.
type ResolveInput struct {
	Code Code `path:"code"`
}

// Resolved is what a code names.
type Resolved struct {
	Site     org.SiteID           `json:"site"`
	SiteName string               `json:"site_name"`
	Session  attendance.SessionID `json:"session"`      // "" of a sheet without a day
	Day      calendar.DayID       `json:"activity_day"` // "" of an evening that was not planned
	HeldOn   date.Date            `json:"held_on"`
	Hour     string               `json:"hour"`
	Kinds    []attendance.Kind    `json:"kinds"`
	Opened   bool                 `json:"opened"`    // the session is there
	MayEnter bool                 `json:"may_enter"` // by whoever asks

	Group  exchange.GroupID `json:"-"` // of the meeting of an exchange week
	guests []org.SiteID
}

// Resolve says which session or school a sheet is of. Permission: SessionsSee on the school; a code of a school that the actor does not see
// names nothing.
func Resolve(tx *db.Tx, by access.Actor, in ResolveInput) (Resolved, error) {
	r := Resolved{Kinds: []attendance.Kind{}}
	session, site := in.Code.parse()
	r.Session, r.Site = session, site
	if !session.IsZero() {
		if err := r.find(tx, session); err != nil {
			return Resolved{}, hidden(by, err)
		}
	}
	if r.Site.IsZero() {
		return Resolved{}, hidden(by, fail.NotFound("papers.code_unknown"))
	}
	school, err := org.FindSchool(tx, r.Site)
	if err != nil {
		return Resolved{}, hidden(by, fail.NotFound("papers.code_unknown").Because(err))
	}
	r.SiteName, r.MayEnter = school.Name, by.Can(access.SessionsSubmit, school.Paths()...)
	if err := by.Require(access.SessionsSee, school.Paths()...); err != nil {
		return Resolved{}, err
	}
	return r, nil
}

// find reads the session, or the day that is planned for it.
func (r *Resolved) find(tx *db.Tx, session attendance.SessionID) error {
	rows, err := db.Ask[struct {
		SiteID        org.SiteID
		ActivityDayID *calendar.DayID
		HeldOn        date.Date
		Kinds         string
		BeganAt       *time.Time
		State         attendance.SessionState
	}](tx, "SELECT site_id, activity_day_id, held_on, kinds, began_at, state FROM sessions WHERE id = ?", session)
	if err != nil {
		return err
	}
	if len(rows) > 0 {
		s := rows[0]
		r.Site, r.Day, r.HeldOn, r.Kinds, r.Opened = s.SiteID, id.Or(s.ActivityDayID), s.HeldOn, attendance.SplitKinds(s.Kinds), s.State != attendance.Withdrawn
		if s.BeganAt != nil {
			r.Hour = s.BeganAt.In(date.Zone).Format("15:04")
		}
		if s.ActivityDayID == nil {
			_, err = r.joint(tx, session)
		}
		return err
	}
	days, err := db.Ask[calendar.DayID](tx, "SELECT id FROM activity_days WHERE session_id = ?", session)
	if err != nil {
		return err
	}
	if len(days) == 0 {
		if known, err := r.joint(tx, session); known || err != nil {
			return err
		}
		return fail.NotFound("papers.code_unknown")
	}
	d, err := calendar.FindDay(tx, days[0])
	r.Site, r.Day, r.HeldOn, r.Hour = d.Site, d.ID, d.PlannedOn, d.Hour
	return err
}

// ChoicesInput has nothing to choose.
type ChoicesInput struct{}

// Choice is a session, or a day planned for one, of which a paper roll may be.
type Choice struct {
	Session  attendance.SessionID `json:"session"`
	SiteName string               `json:"site_name"`
	HeldOn   date.Date            `json:"held_on"`
	Planned  bool                 `json:"planned"` // nothing is started yet
	HandedIn bool                 `json:"handed_in"`
}

// choiceDays is how far back a paper roll is looked for.
const choiceDays = 120

// Choices lists the sessions and the planned days of the last months whose roll the actor writes, the newest first, at most 120, for
// filing a paper roll by hand. Permission: SessionsSubmit.
func Choices(tx *db.Tx, by access.Actor, _ ChoicesInput) (db.Page[Choice], error) {
	out := db.Page[Choice]{Items: []Choice{}}
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return out, err
	}
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.SessionsSubmit))
	const tables = " JOIN units u ON u.id = x.site_id JOIN sites h ON h.id = x.site_id LEFT JOIN units b ON b.id = h.branch_id WHERE "
	from, to := tx.Today().AddDays(-choiceDays), tx.Today()
	query := "SELECT x.id AS session, u.name AS site_name, x.held_on, 0 AS planned, x.state IN ('submitted', 'late') AS handed_in FROM sessions x" + tables +
		seen + " AND x.state <> 'void' AND x.held_on >= ? AND x.held_on <= ? UNION ALL " +
		"SELECT x.session_id, u.name, x.planned_on, 1, 0 FROM activity_days x" + tables + seen + " AND x.planned_on >= ? AND x.planned_on <= ? " +
		"AND x.state NOT IN ('cancelled', 'not_held') AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = x.session_id AND s.state <> 'void') " +
		"ORDER BY held_on DESC, site_name, session LIMIT 120"
	all := slices.Concat(args, []any{from, to}, args, []any{from, to})
	rows, err := db.Ask[Choice](tx, query, all...)
	out.Items = append(out.Items, rows...)
	return out, err
}
