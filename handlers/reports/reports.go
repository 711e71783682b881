// Package reports serves 全县情况, the month of a township's schools, and their exports (models/reports).
package reports

import (
	"embed"
	"net/http"
	"net/url"
	"strings"
	"time"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/lang"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/reports"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, who *people.Area, rolls *attendance.Area) {
	a := reports.New(who)
	p.Views("reports", views)
	p.Get("/county", county)
	w := waiting{rolls}
	p.Get("/waiting", w.show)
	p.Post("/waiting/corrections", w.decide)
	p.Post("/waiting/late", w.admit)
	p.Post("/waiting/disputes/:dispute", w.settle)
	p.Post("/waiting/questions/:question", w.answer)
	p.Get("/month", month)
	p.Get("/month/ready", ready{a}.show)
	p.Post("/month/ready", ready{a}.say)
	p.Confirmed().Post("/month/ready/calls", ready{a}.calls)
	p.Get("/month/calls", missing{a}.show)
	p.Confirmed().Post("/month/calls", missing{a}.open)
	p.Get("/reports/trend.svg", trend)
	p.Get("/reports/summary.xlsx", workbook)
	p.Get("/reports/summary.csv", commas)
	p.Get("/reports/print", printReport)
	p.Get("/reports/month/print", printMonth)
	p.Get("/reports/month.xlsx", monthBook)

	web.Get(api, "/waiting", reports.Waiting)
	web.Get(api, "/reports/summary", reports.Summary)
	web.Get(api, "/reports/trend", reports.Trend)
	web.Get(api, "/reports/units", reports.ByUnit)
	web.Get(api, "/reports/month", reports.Month)
	web.Get(api, "/reports/ready", a.Ready)
	web.Serve(api.Confirmed(), http.MethodPost, "/reports/ready/calls", "reports.CallReady", numbers(a.CallReady))
	web.Get(api, "/reports/missing", a.Missing)
	web.Serve(api.Confirmed(), http.MethodPost, "/reports/missing/calls", "reports.CallMissing", numbers(a.CallMissing))
	web.Get(api, "/reports/sessions", reports.SiteSessions)
}

// base adds to every page here what its views need.
type base struct{ web.Base }

// Short writes a number as people say it: 103216 is "10万+" in Chinese.
func (b base) Short(n int) string { return short(b.Lang, n) }

func short(l lang.Lang, n int) string {
	const wan = 10_000
	if l != lang.Chinese || n < 10*wan {
		return lang.Count(n)
	}
	s := lang.Count(n/wan) + "万"
	if n%wan > 0 {
		s += "+"
	}
	return s
}

// Percent writes thousandths: 867 is "86.7%".
func (b base) Percent(permille int) string { return percent(permille) }

func percent(permille int) string {
	s := lang.Count(permille/10) + "." + string(rune('0'+permille%10))
	return s + "%"
}

// Since names a span of days.
func (b base) Since(h reports.Head) string { return since(b.Base, h) }

func since(b web.Base, h reports.Head) string {
	if h.From.IsZero() {
		return b.T("reports.until", h.To.String())
	}
	return b.T("reports.from_to", h.From.String(), h.To.String())
}

// title names a report by its unit: 全县情况, 凤山镇情况.
func title(l lang.Lang, h reports.Head) string {
	switch h.Kind {
	case org.County:
		return l.T("reports.county_title")
	case "":
		return l.T("reports.several_title")
	}
	return l.T("reports.unit_title", h.UnitName)
}

// query makes the address of a page with the filter of this one.
func query(path string, s reports.Span, more ...string) string {
	q := url.Values{}
	set := func(name, v string) {
		if v != "" {
			q.Set(name, v)
		}
	}
	set("unit", s.Unit)
	set("from", s.From.String())
	set("to", s.To.String())
	if !s.AsOf.IsZero() {
		set("as_of", s.AsOf.UTC().Format(time.RFC3339))
	}
	for i := 0; i+1 < len(more); i += 2 {
		set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

type countyPage struct {
	base
	In       reports.OverviewInput
	View     reports.OverviewView
	Shown    bool // false when the filter has a fault
	Sessions *reports.SiteSessionsView
	Next     string
	Crumbs   []crumb
	MayInbox bool
	MayTell  bool
	// NoHolidays is the year whose holidays are to be entered, for who enters them, on the page of the whole county; 0 for none.
	NoHolidays int
}

// DateType is the kind of a field for a day: plain text for one that does not exist, which a date field would not show.
func (page countyPage) DateType(name string) string {
	if page.Form.Error(name) != "" {
		return "text"
	}
	return "date"
}

type crumb struct{ Path, Name string }

type countyInput struct {
	reports.OverviewInput
	After string `query:"after"`
}

// county is 全県情况 and everything below: townships, villages, schools.
func county(r *web.Request) error {
	var in countyInput
	err := r.Bind(&in)
	if _, who := r.Signed(); who != nil {
		return who
	}
	page := countyPage{In: in.OverviewInput}
	if err == nil {
		err = r.Read(func(tx *db.Tx, by access.Actor) error { return page.read(tx, by, in) })
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error {
			f.Values = r.URL.Query()
			page.base = base{r.Base("reports.county_title")}
			page.Form = f
			page.In.From, page.In.To = date.Date{}, date.Date{}
			return r.Render("reports/county", page)
		})
	}
	page.base = base{r.Base("reports.county_title")}
	page.Title = title(page.Lang, page.View.Summary.Head)
	page.Form = web.Form{Values: url.Values{"from": {in.From.String()}, "to": {in.To.String()}}}
	return r.Render("reports/county", page)
}

func (page *countyPage) read(tx *db.Tx, by access.Actor, in countyInput) (err error) {
	if page.View, err = reports.Overview(tx, by, in.OverviewInput); err != nil {
		return err
	}
	page.Shown = true
	page.MayInbox, page.MayTell = by.Can(access.FeedbackAnswer), !by.Visible(access.NoticesPublish).Empty()
	above := in.Span
	for _, a := range page.View.Above {
		above.Unit = a.Code
		page.Crumbs = append(page.Crumbs, crumb{query("/county", above), a.Name})
	}
	if page.View.Summary.Kind == org.County && by.Can(access.CalendarHolidays) {
		if page.NoHolidays, err = calendar.NextYearMissing(tx); err != nil {
			return err
		}
	}
	if page.View.Summary.Kind != org.Site {
		return nil
	}
	list, err := reports.SiteSessions(tx, by, reports.SiteSessionsInput{Span: in.Span, After: in.After})
	page.Sessions = &list
	if list.Next != "" {
		page.Next = query("/county", in.Span, "after", list.Next)
	}
	return err
}

// Link is the address of another page with this one's filter.
func (page countyPage) Link(path string, more ...string) string {
	return query(path, page.In.Span, more...)
}

// Down is the address of the same report on a unit below.
func (page countyPage) Down(code string) string {
	s := page.In.Span
	s.Unit = code
	return query("/county", s)
}

// Kind is the level of the units in the table, for its heading.
func (page countyPage) Kind() string {
	if len(page.View.Units.Items) == 0 {
		return ""
	}
	return string(page.View.Units.Items[0].Kind)
}

// KindList joins the kinds of a session.
func (b base) KindList(s reports.SessionLine) string {
	names := make([]string, len(s.Kinds))
	for i, k := range s.Kinds {
		names[i] = b.T("attendance.kind." + string(k))
	}
	return strings.Join(names, b.T("reports.comma"))
}
