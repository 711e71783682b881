package calendar

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
)

// The ways in which a month is shown.
const (
	asMonth  = "month"  // a table of weeks
	asAgenda = "agenda" // by date
	asList   = "list"   // by school, or a school's year
	asSheet  = "sheet"  // for the wall
)

// monthInput is what of the calendar is shown. Moved, Was and Hand come back from moving a day by hand on the page.
type monthInput struct {
	Site  org.SiteID     `query:"site"`
	Under string         `query:"under"`
	Month date.Month     `query:"month"`
	Year  int            `query:"year"`
	View  string         `query:"view"`
	Moved calendar.DayID `query:"moved"`
	Was   date.Date      `query:"was"`
	Hand  bool           `query:"hand"` // it had been moved before
}

// address is the calendar with the same schools.
func (in monthInput) address(view string, m date.Month) string {
	q := url.Values{"month": {m.String()}, "view": {view}}
	if !in.Site.IsZero() {
		q.Set("site", in.Site.String())
	}
	if in.Under != "" {
		q.Set("under", in.Under)
	}
	return "/calendar?" + q.Encode()
}

// monthOf is the month that a form came from; of its query only what is known is kept. "" for anything else.
func monthOf(query string) string {
	q, err := url.ParseQuery(query)
	if err != nil || query == "" {
		return ""
	}
	kept := url.Values{}
	for _, name := range []string{"month", "view", "site", "under"} {
		if v := q.Get(name); v != "" {
			kept.Set(name, v)
		}
	}
	return "/calendar?" + kept.Encode()
}

type monthPage struct {
	base
	In       monthInput
	Heading  string
	Own      bool // one school's: its name is not repeated
	Overview bool // of many townships: what stands is counted by township
	Today    date.Date
	Weeks    [][]*cell
	Days     []*cell // of the month, on which there is something
	Towns    []web.Option
	Months   []web.Option
	Unloaded []int // years of the page whose holidays are not entered
	MayEnter bool  // enters holidays
	Movable  bool  // some day of the page may be moved
	More     bool  // there are more days than are shown

	Moved *calendar.DayView // put here by hand just now
	Read  time.Time
	Here  string // the query of this page
}

// calendarPage shows a month, or the list when it is asked for; who has one school begins with its year.
func calendarPage(r *web.Request) error {
	var in monthInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	by, err := r.Signed()
	if err != nil {
		return err
	}
	many := in.Site.IsZero() && by.Has(bySchool...)
	if in.View == asList || in.View == "" && (in.Year != 0 || in.Month.IsZero() && !many) {
		return list(r)
	}
	return month(r, in)
}

func month(r *web.Request, in monthInput) error {
	page := monthPage{In: in}
	if !slices.Contains([]string{asAgenda, asSheet}, in.View) {
		page.In.View = asMonth
	}
	if err := r.Read(page.load); err != nil {
		return err
	}
	page.base = base{r.Base("calendar.month_title", ""), "days"}
	page.dress()
	switch page.In.View {
	case asSheet:
		return r.Render("calendar/sheet", page)
	case asAgenda:
		return r.Render("calendar/agenda", page)
	}
	page.Wide = true
	if page.Movable {
		page.Script = "calendar.js"
	}
	return r.Render("calendar/month", page)
}

func (p *monthPage) load(tx *db.Tx, by access.Actor) error {
	p.Today, p.Read = tx.Today(), tx.Now
	if y := p.In.Month.Year(); y < firstYear || y > lastYear {
		p.In.Month = p.Today.Month()
	}
	if err := p.scope(tx, by); err != nil {
		return err
	}
	g := newGrid(p.In.Month, p.Today)
	var err error
	if p.Unloaded, err = g.holidays(tx, by); err != nil {
		return err
	}
	if p.In.View != asMonth { // only a table of weeks shows days beside the month
		p.Unloaded = slices.DeleteFunc(p.Unloaded, func(y int) bool { return y != p.In.Month.Year() })
	}
	p.MayEnter = by.Can(access.CalendarHolidays)
	if err := p.place(tx, by, g); err != nil {
		return err
	}
	if p.In.View != asSheet { // which hangs on a wall: hints are for who plans
		if err := g.hints(tx); err != nil {
			return err
		}
	}
	p.Weeks, p.Days = g.weeks, g.filled()
	p.Movable = slices.ContainsFunc(p.Days, func(c *cell) bool {
		return slices.ContainsFunc(c.Days, func(d placedDay) bool { return d.MayMove })
	})
	return p.undoable(tx, by)
}

// unloaded are the years of the dates whose holidays are not entered.
func unloaded(tx *db.Tx, from, to date.Date) ([]int, error) {
	years, err := calendar.Unloaded(tx, from, to)
	return slices.DeleteFunc(years, func(y int) bool { return y < firstYear || y > lastYear }), err
}

// scope says whose calendar it is.
func (p *monthPage) scope(tx *db.Tx, by access.Actor) error {
	if !p.In.Site.IsZero() {
		s, err := org.FindSchool(tx, p.In.Site)
		if err != nil {
			return err
		}
		p.Heading, p.Own = s.Name, true
		return by.Require(access.CalendarSee, s.Paths()...)
	}
	towns, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.Township, Limit: 500})
	if err != nil {
		return err
	}
	for _, t := range towns.Items {
		p.Towns = append(p.Towns, web.Option{Value: t.Code, Label: t.Name})
	}
	switch {
	case p.In.Under != "":
		u, err := org.FindCode(tx, org.Administrative, p.In.Under)
		if err != nil {
			return err
		}
		if by.Can(access.CalendarSee, u.Path) {
			p.Heading = u.Name
		}
	case len(p.Towns) > 1:
		p.Overview = true
	case len(p.Towns) == 1:
		p.Heading = p.Towns[0].Label
	}
	return nil
}

// mostShown bounds the days of one page: those of a township with 45 schools and three days a month are 135.
const mostShown = 1000

// place puts what stands in the calendar into its cells.
func (p *monthPage) place(tx *db.Tx, by access.Actor, g grid) error {
	if p.Overview {
		towns, err := calendar.Towns(tx, by, calendar.TownsInput{From: g.from, To: g.to})
		for _, t := range towns.Items {
			c := g.at(t.On)
			c.Towns = append(c.Towns, t)
		}
		if err != nil {
			return err
		}
	} else {
		days, err := calendar.Between(tx, by, calendar.BetweenInput{Site: p.In.Site, Under: p.In.Under, From: g.from, To: g.to, Limit: mostShown})
		for _, d := range days.Items {
			c := g.at(d.PlannedOn)
			c.Days = append(c.Days, placedDay{PlacedDay: d})
		}
		if p.More = days.Next != ""; err != nil {
			return err
		}
	}
	met, err := exchange.Meetings(tx, by, exchange.MeetingsInput{Site: p.In.Site, Under: p.In.Under, From: g.from, To: g.to})
	for _, m := range met.Items {
		c := g.at(m.HeldOn)
		c.Meetings = append(c.Meetings, m)
	}
	for _, w := range met.Weeks {
		for i := range 7 {
			if c := g.at(w.Monday.AddDays(i)); c != nil {
				c.Exchange = append(c.Exchange, w.Township)
			}
		}
	}
	return err
}

// undoable finds the day that was just moved, for the way back.
func (p *monthPage) undoable(tx *db.Tx, by access.Actor) error {
	if p.In.Moved.IsZero() || p.In.Was.IsZero() {
		return nil
	}
	d, err := calendar.GetDay(tx, by, calendar.GetDayInput{ID: p.In.Moved})
	if err == nil && d.Shift == calendar.ByHand {
		p.Moved = &d
	}
	return err
}

// monthsOffered is how many months before and after this one the list to jump by has.
const monthsOffered = 12

func (p *monthPage) dress() {
	p.Title = p.T("calendar.month_title", p.MonthName(p.In.Month))
	p.Here = strings.TrimPrefix(p.In.address(p.In.View, p.In.Month), "/calendar?")
	first, last := p.Today.Month().Add(-monthsOffered), p.Today.Month().Add(monthsOffered)
	if p.In.Month.Before(first) {
		first = p.In.Month
	}
	if p.In.Month.After(last) {
		last = p.In.Month
	}
	for m := first; !m.After(last) && len(p.Months) < 1300; m = m.Add(1) {
		p.Months = append(p.Months, web.Option{Value: m.String(), Label: p.MonthName(m)})
	}
}

// Address is this month in another way.
func (p monthPage) Address(view string) string { return p.In.address(view, p.In.Month) }

// Beside is a month n months on.
func (p monthPage) Beside(n int) string { return p.In.address(p.In.View, p.In.Month.Add(n)) }

// ThisMonth is the month with today.
func (p monthPage) ThisMonth() string { return p.In.address(p.In.View, p.Today.Month()) }

// Of is the calendar of a township.
func (p monthPage) Of(code string) string {
	return monthInput{Under: code}.address(p.In.View, p.In.Month)
}

// Feed is where to have these days on a phone.
func (p monthPage) Feed() string {
	q := url.Values{}
	switch {
	case p.Own:
		q.Set("site", p.In.Site.String())
	case p.In.Under != "":
		q.Set("under", p.In.Under)
	case len(p.Towns) == 1:
		q.Set("under", p.Towns[0].Value)
	}
	if len(q) == 0 {
		return "/feeds"
	}
	return "/feeds?" + q.Encode()
}

// Short leaves out of a school's name what all have.
func (p monthPage) Short(name string) string {
	if short := strings.TrimSuffix(name, "家庭党校"); short != "" {
		return short
	}
	return name
}

// Words says what is to be said of a day beside its name: the state where it is not the usual one, and from when it was moved.
func (b base) Words(d placedDay) string {
	var out []string
	if d.State != calendar.Upcoming {
		out = append(out, b.T("calendar.state."+string(d.State)))
	}
	if d.Reason != "" && (d.State == calendar.NotHeld || d.State == calendar.Cancelled) {
		out = append(out, b.T("calendar.reason."+string(d.Reason)))
	}
	if d.Shift == calendar.ByHand {
		out = append(out, b.T("calendar.moved_from", b.Day(d.RuledOn)))
	}
	if d.CancelAsked != "" {
		out = append(out, b.T("calendar.cancel_waits"))
	}
	return strings.Join(out, " · ")
}
