package reports

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/reports"
)

// ready is 还差什么: what the activity days of the next days still want, and the list to telephone by.
type ready struct{ area *reports.Area }

type readyPage struct {
	base
	In     reports.ReadyInput
	View   reports.ReadyView
	First  []reports.ReadyDay // to call first
	Others []reports.ReadyDay
	Whole  bool // the numbers are whole
	Shown  bool // false when the filter has a fault
	Next   string
}

// tick is what an office says of a day in the list.
type tick struct {
	reports.ReadyInput
	Day calendar.DayID `form:"day"`
	Act string         `form:"act"` // "confirm", "undo"; in a call list also "print" or "" to open it
}

const readyPath = "/month/ready"

func (a ready) show(r *web.Request) error {
	var in reports.ReadyInput
	err := r.Bind(&in)
	if _, who := r.Signed(); who != nil {
		return who
	}
	if err == nil {
		err = a.render(r, in, false, web.Form{})
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error {
			page := readyPage{base: base{r.Base("reports.ready_title")}}
			page.Form = f
			return r.Render("reports/ready", page)
		})
	}
	return nil
}

// render reads the list and shows it; whole numbers are asked for anew, and recorded, each time.
func (a ready) render(r *web.Request, in reports.ReadyInput, whole bool, form web.Form) (err error) {
	page := readyPage{In: in, Whole: whole, Shown: true}
	if whole {
		page.View, err = reveal(r, a.area.CallReady, in)
	} else {
		page.View, err = web.Ask(r, a.area.Ready, in)
	}
	if err != nil {
		return err
	}
	page.base = base{r.Base("reports.ready_title")}
	page.Form = form
	for _, d := range page.View.Items {
		if d.First {
			page.First = append(page.First, d)
			continue
		}
		page.Others = append(page.Others, d)
	}
	if page.View.Next != "" {
		page.Next = readyLink(in, "after", page.View.Next)
	}
	return r.Render("reports/ready", page)
}

// say keeps what the office heard on the telephone, or takes it back, and shows the list again.
func (a ready) say(r *web.Request) error {
	in, err := readTick(r)
	note := ""
	if err == nil {
		note, err = in.do(r)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return a.render(r, in.ReadyInput, false, f) })
	}
	return r.SeeNote(readyLink(in.ReadyInput), note)
}

// readTick reads the form; at fault it gives the list from the beginning, to show again.
func readTick(r *web.Request) (tick, error) {
	var in tick
	err := r.Bind(&in)
	if err == nil {
		err = in.Check()
	}
	if err != nil {
		in.ReadyInput = reports.ReadyInput{Unit: in.Unit}
	}
	return in, err
}

// do is the act of a tick, and the note that it was done.
func (in tick) do(r *web.Request) (note string, err error) {
	switch in.Act {
	case "confirm":
		_, err = web.Do(r, calendar.Confirm, calendar.ConfirmInput{ID: in.Day, How: calendar.ByPhone})
		return "reports.ready_said", err
	case "undo":
		_, err = web.Do(r, calendar.Unconfirm, calendar.UndoInput{ID: in.Day})
		return "reports.ready_unsaid", err
	}
	return "", fail.Invalid("input.choice")
}

// calls opens the numbers: the list with whole numbers, on the screen or laid out for paper. A tick in it is kept, and the list is shown
// again.
func (a ready) calls(r *web.Request) error {
	in, err := readTick(r)
	switch {
	case err != nil:
		return r.Again(err, func(f web.Form) error { return a.render(r, in.ReadyInput, false, f) })
	case in.Act == "print":
		return a.print(r, in.ReadyInput)
	case in.Act != "":
		_, err = in.do(r)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return a.render(r, in.ReadyInput, true, f) })
	}
	return a.render(r, in.ReadyInput, true, web.Form{})
}

// print lays the list with its numbers out on A4.
func (a ready) print(r *web.Request, in reports.ReadyInput) error {
	in.After, in.Limit = "", 1000
	v, err := reveal(r, a.area.CallReady, in)
	if err != nil {
		return err
	}
	b := base{r.Base("reports.ready_title")}
	page := printPage{
		base: b, Subtitle: v.UnitName + " · " + b.T("reports.from_to", b.Date(v.From), b.Date(v.To)), AsOfText: b.T("reports.as_of", b.Time(v.AsOf)),
		Basis: []string{b.T("reports.call_kept")}, Back: readyLink(in),
	}
	page.Sheets = sheets(b.readyTable(v), b.T("reports.ready_lead", v.Counts.Days, v.Counts.First, v.Counts.Confirmed))
	return r.Render("reports/print", page)
}

// reveal runs an op that gives out numbers, each time anew and audited: its answer is kept nowhere.
func reveal[In, Out any](r *web.Request, op web.Op[In, Out], in In) (out Out, err error) {
	r.Header("Cache-Control", "no-store")
	err = r.Write(func(tx *db.Tx, by access.Actor) (err error) {
		out, err = op(tx, by, in)
		return err
	})
	return out, err
}

// numbers is an endpoint that gives out the numbers of a whole list.
func numbers[In, Out any](op web.Op[In, Out]) func(*web.Request, In) (Out, error) {
	return func(r *web.Request, in In) (Out, error) { return reveal(r, op, in) }
}

func readyLink(in reports.ReadyInput, more ...string) string {
	q := url.Values{}
	if in.Unit != "" {
		q.Set("unit", in.Unit)
	}
	if in.Days != 0 {
		q.Set("days", strconv.Itoa(in.Days))
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return readyPath
	}
	return readyPath + "?" + q.Encode()
}

// days is a choice of how far ahead the list looks.
type days struct {
	Path    string
	Count   int
	Current bool
}

// Spans are the choices.
func (page readyPage) Spans() []days {
	out := make([]days, len(reports.ReadyDays))
	for i, n := range reports.ReadyDays {
		in := page.In
		in.Days = n
		out[i] = days{readyLink(in), n, page.Ahead() == n}
	}
	return out
}

// Ahead is how many days the list looks ahead.
func (page readyPage) Ahead() int {
	if page.In.Days == 0 {
		return reports.ReadyDays[0]
	}
	return page.In.Days
}

// Action is where ticks go: a list with whole numbers is shown again with them.
func (page readyPage) Action() string {
	if page.Whole {
		return readyPath + "/calls"
	}
	return readyPath
}

// ManyTownships reports that the schools are not all of one township.
func (page readyPage) ManyTownships() bool {
	return page.View.Kind == org.County || page.View.Kind == ""
}

// Lack says what is missing.
func (b base) Lack(l reports.Lack) string {
	key := "reports.lack." + string(l.Code)
	switch l.Code {
	case reports.ContentReview, reports.ContentVideo:
		return b.T(key, l.Title)
	case reports.EquipmentFault:
		return b.T(key, b.T("org.thing."+l.Item), b.T("org.condition."+l.State))
	case reports.EquipmentMissing:
		return b.T(key, b.T("org.thing."+l.Item))
	case reports.NoLicence:
		return b.T(key, b.T("org.licence."+l.State))
	case reports.CancelAsked:
		return b.T(key, b.T("calendar.reason."+l.State))
	}
	return b.T(key)
}

// Mend is the page on which a lack is seen to, "" for who may not.
func (b base) Mend(d reports.ReadyDay, l reports.Lack) string {
	site := "/sites/" + d.Site.String()
	switch {
	case !l.May:
		return ""
	case l.Code == reports.NoContent || l.Code == reports.ContentTaught:
		return "/curricula"
	case l.Code == reports.ContentReview:
		return "/lessons/" + l.Lesson.String() + "/review"
	case l.Code == reports.ContentVideo:
		return "/lessons/" + l.Lesson.String() + "/video"
	case l.Code == reports.CancelAsked:
		return "/calendar/requests"
	case l.Code == reports.HostAway:
		return "/calendar/days/" + d.Day.String()
	case l.Code == reports.NoRoster:
		return site + "/roster"
	case slices.Contains([]reports.LackCode{reports.EquipmentFault, reports.EquipmentMissing, reports.NoNetwork}, l.Code):
		return site + "/equipment"
	}
	return site
}

// Has says in one line what there is.
func (b base) Has(d reports.ReadyDay) string {
	var parts []string
	if d.Content.Title != "" {
		parts = append(parts, b.T("reports.ready_lesson", d.Content.Title, b.T("courses.medium_"+string(d.Content.Medium)), d.Content.Minutes))
	}
	if d.Licence == org.Licensed {
		parts = append(parts, b.T("org.licence.licensed"))
	}
	if d.Roster.People > 0 {
		parts = append(parts, b.T("reports.ready_roster", d.Roster.People, d.Roster.Due))
	}
	good := 0
	for _, i := range d.Equipment.Items {
		if i.State == "good" {
			good++
		}
	}
	switch {
	case len(d.Equipment.Items) == 0:
		parts = append(parts, b.T("reports.ready_no_register"))
	case good == len(d.Equipment.Items):
		parts = append(parts, b.T("reports.ready_all_good"))
	}
	if d.Equipment.Network != "" && d.Equipment.Network != "none" {
		parts = append(parts, b.T("org.network_"+d.Equipment.Network))
	}
	return strings.Join(parts, " · ")
}

// Word is what was said of the day: confirmed by whom, else how it stands.
func (b base) Word(d reports.ReadyDay) string {
	if d.ConfirmedHow != "" {
		return b.T("reports.ready_by_" + string(d.ConfirmedHow))
	}
	return b.T("calendar.state." + string(d.State))
}

// readyTable is the list for paper.
func (b base) readyTable(v reports.ReadyView) table {
	t := table{Caption: b.T("reports.ready_order"), Columns: []column{
		{Name: b.T("reports.kind_site"), Fits: 9},
		{Name: b.T("reports.day")},
		{Name: b.T("reports.host"), Fits: 4},
		{Name: b.T("reports.phone")},
		{Name: b.T("reports.ready_missing"), Fits: 11},
		{Name: b.T("reports.ready_word"), Fits: 5},
	}}
	for _, d := range v.Items {
		lacks := make([]string, len(d.Lacks))
		for i, l := range d.Lacks {
			lacks[i] = b.Lack(l)
		}
		word := "□"
		if d.ConfirmedHow != "" {
			word = b.Word(d)
		}
		t.Rows = append(t.Rows, []any{d.Name, b.Day(d.PlannedOn), d.Host.Name, d.Host.Phone, strings.Join(lacks, b.T("reports.semicolon")), word})
	}
	return t
}
