package attendance

import (
	"slices"
	"strconv"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

type todayPage struct {
	web.Base
	attendance.TodayView
	Day     *calendar.DayView // that of the view; beside it the base's way to write a day
	Today   date.Date
	Tonight []attendance.Planned // the lessons to begin with: those of the month not taught yet
	Schools []org.SiteView       // to choose from, for who has several
	MayMove bool
	Waits   bool // for a word about its rolls, see /waiting

	Unloaded []int // years of the days ahead on the page whose holidays are not entered
}

// HandIn says until when the overdue day may be handed in.
func (p todayPage) HandIn() string {
	switch d := p.Period; {
	case d.Locked:
		return p.T("calendar.period_host_locked")
	case d.Late:
		return p.T("calendar.period_host_late", p.Base.Day(d.OnTimeUntil), p.Base.Day(d.LockedAfter))
	default:
		return p.T("calendar.period_host", p.Base.Day(d.OnTimeUntil), p.Base.Day(d.LockedAfter))
	}
}

// today is the home of hosts. Who cares for several schools chooses one.
func today(r *web.Request) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	page, err := todayOf(r)
	if err != nil {
		return err
	}
	page.Base = r.Base("attendance.today")
	page.Script = "phone.js"
	return r.Render("attendance/today", page)
}

// todayOf reads the page of the school that the query or form names, else of the actor's first one.
func todayOf(r *web.Request) (todayPage, error) {
	var page todayPage
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		schools, err := mySchools(tx, by)
		if err != nil {
			return err
		}
		page.Schools = schools
		site, err := chosen(r, schools)
		if err != nil {
			return err
		}
		page.Today = tx.Today()
		if page.TodayView, err = attendance.Today(tx, by, attendance.TodayInput{Site: site}); err != nil {
			return err
		}
		school, err := org.FindSchool(tx, site)
		page.MayMove = by.Can(access.CalendarMove, school.Paths()...)
		if err != nil {
			return err
		}
		if page.Waits, err = attendance.Waiting(tx, by, attendance.TodayInput{Site: site}); err != nil {
			return err
		}
		page.Unloaded, err = page.unloaded(tx)
		return err
	})
	page.Tonight, page.Day = tonight(page.Plan), page.TodayView.Day
	return page, err
}

// unloaded are the years of the days ahead that the page shows and whose holidays are not entered: such a day may still be put off.
func (p todayPage) unloaded(tx *db.Tx) ([]int, error) {
	last := date.Date{}
	if p.Next != nil {
		last = p.Next.PlannedOn
	}
	if p.Exchange != nil && p.Exchange.HeldOn.After(last) {
		last = p.Exchange.HeldOn
	}
	if last.Before(p.Today) {
		return nil, nil
	}
	years, err := calendar.Unloaded(tx, p.Today, last)
	return slices.DeleteFunc(years, func(y int) bool { return y < last.Year() && !p.shows(y) }), err
}

// shows reports a day ahead in the year.
func (p todayPage) shows(year int) bool {
	return p.Next != nil && p.Next.PlannedOn.Year() == year || p.Exchange != nil && p.Exchange.HeldOn.Year() == year
}

// mostSchools bounds the choice; a township has some 45.
const mostSchools = 60

// mySchools lists the schools for which the actor may hand in rolls.
func mySchools(tx *db.Tx, by access.Actor) ([]org.SiteView, error) {
	scope := by.Visible(access.SessionsSubmit)
	if scope.Empty() {
		return nil, fail.Forbidden("attendance.not_a_host")
	}
	found, err := org.Sites(tx, by, org.SitesInput{Limit: mostSchools})
	if err != nil {
		return nil, err
	}
	var out []org.SiteView
	for _, s := range found.Items {
		school, err := org.FindSchool(tx, s.ID)
		if err != nil {
			return nil, err
		}
		if by.Can(access.SessionsSubmit, school.Paths()...) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, fail.NotFound("attendance.no_school")
	}
	return out, nil
}

func chosen(r *web.Request, schools []org.SiteView) (org.SiteID, error) {
	asked := r.Query("site")
	if asked == "" {
		asked = r.Form().Get("site")
	}
	if asked == "" {
		return schools[0].ID, nil
	}
	var site org.SiteID
	if err := site.UnmarshalText([]byte(asked)); err != nil {
		return site, fail.NotFound("access.not_found").Because(err)
	}
	return site, nil
}

// tonight picks what to teach: the required lessons of the month that were not taught this year, else the first
// one of the others.
func tonight(plan []attendance.Planned) []attendance.Planned {
	var required, other []attendance.Planned
	for _, p := range plan {
		switch {
		case !p.TaughtOn.IsZero() || !p.Reviewed:
		case p.Required:
			required = append(required, p)
		default:
			other = append(other, p)
		}
	}
	if len(required) > 0 {
		return required[:1]
	}
	return other[:min(len(other), 1)]
}

// MeetsNow reports that the school hosts a meeting of the exchange week that is to be recorded, and nothing else is first.
func (p todayPage) MeetsNow() bool {
	return p.Exchange != nil && p.MayMove && p.Exchange.State != exchange.Begun && p.Exchange.Host.ID == p.Site && !p.Today.Before(p.Exchange.HeldOn) &&
		(p.Task == attendance.Nothing || p.Task == attendance.CalledOff)
}

// Meets says where the people of the school go in the exchange week, or who comes to it.
func (p todayPage) Meets() string {
	if p.Exchange.Host.ID != p.Site {
		return p.T("exchange.you_go", p.Exchange.Host.Name)
	}
	names := make([]string, len(p.Exchange.Guests))
	for i, s := range p.Exchange.Guests {
		names[i] = s.Name
	}
	return p.T("exchange.they_come", strings.Join(names, p.T("exchange.and")))
}

// HasLeft reports an older session that is still open.
func (p todayPage) HasLeft() bool { return p.Left != nil }

type openForm struct {
	Session attendance.SessionID `form:"session"` // of the meeting of an exchange week
	Site    org.SiteID           `form:"site"`
	Day     calendar.DayID       `form:"activity_day"`
	HeldOn  date.Date            `form:"held_on"`
	Kinds   []attendance.Kind    `form:"kinds"`
	Lesson  courses.LessonID     `form:"lesson"`
}

// open starts tonight's session and goes on to the lesson.
func open(a *attendance.Area) web.PageFunc {
	return func(r *web.Request) error {
		var form openForm
		var s attendance.SessionView
		err := r.Bind(&form)
		if err == nil {
			s, err = web.Do(r, a.Open, attendance.OpenInput{Session: form.Session, Site: form.Site, ActivityDay: form.Day, HeldOn: form.HeldOn, Kinds: form.Kinds})
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error {
				page, err := todayOf(r)
				if err != nil {
					return err
				}
				page.Base = r.Base("attendance.today")
				page.Form = f
				return r.Render("attendance/today", page)
			})
		}
		if s.State == attendance.HandedIn {
			return r.See("/sessions/" + s.ID.String() + "/receipt")
		}
		next := "/sessions/" + s.ID.String() + "/teach"
		if !form.HeldOn.IsZero() && form.HeldOn.Before(date.Of(s.ChangedAt)) {
			next = "/sessions/" + s.ID.String() + "/roll" // it is over: nothing to show
		}
		if !form.Lesson.IsZero() {
			next += "?lesson=" + form.Lesson.String()
		}
		return r.See(next)
	}
}

// void takes back a session that was opened by mistake.
func void(a *attendance.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in attendance.VoidInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		s, err := web.Do(r, a.Void, in)
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showSession(r, attendance.SessionInput{ID: in.Session}, f) })
		}
		return r.SeeNote("/today?site="+s.Site.String(), "attendance.voided")
	}
}

// heading names a session by what it was: "11月活动日", "主题党日、党课".
func heading(b web.Base, s attendance.SessionView) string {
	var names []string
	for _, k := range s.Kinds {
		if k == attendance.ActivityDay {
			names = append(names, b.T("attendance.day_of", short(b, s.HeldOn.Month())))
			continue
		}
		names = append(names, b.T("attendance.kind."+string(k)))
	}
	return strings.Join(names, b.T("attendance.and"))
}

// short names a month without its year: "11月", "November".
func short(b web.Base, m date.Month) string {
	if b.Lang == lang.English {
		return m.Of().String()
	}
	return strconv.Itoa(int(m.Of())) + "月"
}

// Short names a month without its year.
func (p todayPage) Short(m date.Month) string { return short(p.Base, m) }

// HeadingOf names a session.
func (p todayPage) HeadingOf(s *attendance.SessionView) string { return heading(p.Base, *s) }
