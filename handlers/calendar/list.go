package calendar

import (
	"net/url"
	"strconv"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

type listPage struct {
	base
	In         calendar.DaysInput
	Heading    string
	BySchool   bool // a month of many schools; else a year of one
	Days       []calendar.DayView
	Townships  []web.Option
	Prev, Next string // addresses of the month or year beside this one
	More       string
	Today      date.Date
	Unloaded   []int // years of shown dates whose holidays are not entered
	MayEnter   bool  // enters holidays
}

// bySchool are the roles that look after more than one school.
var bySchool = []access.Role{
	access.County, access.Auditor, access.TownshipAdmin, access.Township, access.Village, access.Secretary, access.GroupLeader, access.Resident,
	access.Lecturer, access.Cadre, access.Delegate,
}

// list shows a month of all schools by code to offices, and a year to one school.
func list(r *web.Request) error {
	page := listPage{}
	if err := r.Bind(&page.In); err != nil {
		return err
	}
	by, err := r.Signed()
	if err != nil {
		return err
	}
	page.BySchool = page.In.Site.IsZero() && by.Has(bySchool...)
	err = r.Read(func(tx *db.Tx, by access.Actor) error { return page.load(tx, by) })
	if err != nil {
		return err
	}
	page.base = base{r.Base("calendar.days"), "days"}
	page.name()
	return r.Render("calendar/list", &page)
}

func (p *listPage) load(tx *db.Tx, by access.Actor) error {
	today := tx.Today()
	p.Today = today
	if p.BySchool && p.In.Month.IsZero() {
		p.In.Month = today.Month()
	}
	if p.In.Year < 2000 || p.In.Year > 2100 {
		p.In.Year = today.Year()
	}
	if p.BySchool {
		p.In.Year = p.In.Month.Year()
	}
	if !p.In.Site.IsZero() {
		s, err := org.FindSchool(tx, p.In.Site)
		if err != nil {
			return err
		}
		if err := by.Require(access.CalendarSee, s.Paths()...); err != nil {
			return err
		}
		p.Heading = s.Name
	}
	found, err := calendar.ListDays(tx, by, p.In)
	if err != nil {
		return err
	}
	p.Days, p.More = found.Items, found.Next
	p.MayEnter = by.Can(access.CalendarHolidays)
	if p.Unloaded, err = p.unloaded(tx); err != nil {
		return err
	}
	if !p.BySchool {
		return nil
	}
	towns, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.Township, Limit: 500})
	for _, t := range towns.Items {
		p.Townships = append(p.Townships, web.Option{Value: t.Code, Label: t.Name})
	}
	return err
}

// unloaded are the years of the dates on the page whose holidays are not entered: a day of December may stand in January.
func (p *listPage) unloaded(tx *db.Tx) ([]int, error) {
	from, to := date.New(p.In.Year, 1, 1), date.New(p.In.Year, 12, 31)
	if p.BySchool {
		from, to = p.In.Month.First(), p.In.Month.Last()
	}
	for _, d := range p.Days {
		if d.PlannedOn.Before(from) {
			from = d.PlannedOn
		}
		if d.PlannedOn.After(to) {
			to = d.PlannedOn
		}
	}
	return unloaded(tx, from, to)
}

// name sets the heading and the addresses of the parts beside this one.
func (p *listPage) name() {
	if p.BySchool {
		p.Heading = p.T("calendar.month_title", p.MonthName(p.In.Month))
		p.Prev, p.Next = p.month(p.In.Month.Add(-1)), p.month(p.In.Month.Add(1))
	} else {
		p.Prev, p.Next = p.year(p.In.Year-1), p.year(p.In.Year+1)
	}
	if p.Heading == "" && len(p.Days) > 0 {
		p.Heading = p.Days[0].Name
	}
	if p.More != "" {
		here := p.year(p.In.Year)
		if p.BySchool {
			here = p.month(p.In.Month)
		}
		p.More = here + "&after=" + url.QueryEscape(p.More)
	}
}

// AsMonth is the same schools as a table of weeks.
func (p *listPage) AsMonth() string {
	m := p.In.Month
	if m.IsZero() {
		m = p.Today.Month()
		if p.In.Year != m.Year() {
			m = date.NewMonth(p.In.Year, 1)
		}
	}
	return monthInput{Site: p.In.Site, Under: p.In.Under}.address(asMonth, m)
}

func (p *listPage) month(m date.Month) string {
	return "/calendar?" + url.Values{"view": {asList}, "month": {m.String()}, "under": {p.In.Under}}.Encode()
}

func (p *listPage) year(y int) string {
	q := url.Values{"view": {asList}, "year": {strconv.Itoa(y)}}
	if !p.In.Site.IsZero() {
		q.Set("site", p.In.Site.String())
	}
	return "/calendar?" + q.Encode()
}
