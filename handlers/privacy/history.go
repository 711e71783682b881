package privacy

import (
	"bufio"
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"time"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/imports/tables"
	"huotang/models/lang"
	"huotang/models/org"
	"huotang/models/privacy"
)

// line is an event in words.
type line struct {
	At   time.Time
	Who  string
	What string
	On   string // name of the object
	Link string // its own page, "" where there is none for the reader
	Unit string
}

func lines(b web.Base, events []privacy.Event) []line {
	out := make([]line, len(events))
	for i, e := range events {
		out[i] = line{At: e.At, Who: e.Actor(b.Lang), What: e.Text(b.Lang), On: e.Name, Unit: e.Unit}
		if _, ok := objectPages[e.Object]; ok && e.ObjectID != "" && e.Name != "" {
			out[i].Link = "/history/" + e.Object + "/" + e.ObjectID
		}
	}
	return out
}

// objectPages are the pages of the objects that have a history.
var objectPages = map[string]string{
	"person": "/people/", "session": "/sessions/", "site": "/sites/", "course": "/courses/", "curriculum": "/curricula/", "account": "",
	"household": "/households/", "lesson": "/lessons/", "activity_day": "/calendar/days/", "unit": "/units/", "roster": "/sites/", "notice": "/notices/",
	"import": "/imports/", "exchange_group": "/exchange/groups/", "calendar_year": "/calendar/years/", "feedback": "", "setting": "", "retention": "", "privacy_text": "",
}

type historyPage struct {
	base
	History privacy.HistoryView
	Lines   []line
	Back    string
	Next    string
	Erase   string // the page on which the person is erased, "" for who may not
}

func history(r *web.Request) error {
	var in privacy.HistoryInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	var v privacy.HistoryView
	mayErase := false
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if v, err = privacy.History(tx, by, in); err != nil || v.Object != "person" {
			return err
		}
		mayErase, err = privacy.MayErase(tx, by, v.ID)
		return err
	})
	if err != nil {
		return err
	}
	if key := "history.setting." + v.Name; r.Base("history.object.setting").Has(key) { // a rule of the whole county
		v.Name = r.Base("history.object.setting").T(key)
	}
	page := historyPage{base: base{r.Base("history.title", v.Name)}, History: v, Back: back(v, r.Actor)}
	page.Lines = lines(page.Base, v.Events)
	for i := range page.Lines { // each line is about this object, or names its own
		page.Lines[i].Link = ""
	}
	if mayErase {
		page.Erase = "/people/" + v.ID + "/erase"
	}
	if !v.Next.IsZero() {
		page.Next = "/history/" + v.Object + "/" + v.ID + "?" + url.Values{"before": {v.Next.Format(time.RFC3339Nano)}}.Encode()
	}
	return r.Render("privacy/history", page)
}

// back is the page of the object; accounts have one for their owner only, so that others go back to the list of acts.
func back(v privacy.HistoryView, by access.Actor) string {
	switch path := objectPages[v.Object]; {
	case v.Object == "roster":
		return path + v.ID + "/roster"
	case v.Object == "lesson":
		return path + v.ID + "/edit"
	case v.Object == "feedback":
		return "/feedback/inbox/" + v.Name
	case v.Object == "setting":
		return settingPage(v.ID, by)
	case v.Object == "retention":
		return "/privacy/retention"
	case v.Object == "privacy_text":
		return "/privacy"
	case path != "":
		return path + v.ID
	case by.Account.String() == v.ID:
		return "/me"
	case !by.Visible(access.AuditSee).Empty():
		return "/audit"
	}
	return ""
}

// settingPage is the page on which a rule is set.
func settingPage(key string, by access.Actor) string {
	name, unit, _ := strings.Cut(key, ":")
	switch {
	case name == "calendar.activity_rule" && unit != "":
		return "/calendar/rules/" + unit
	case strings.HasPrefix(name, "progress."):
		return "/study-rules"
	case !by.Visible(access.AuditSee).Empty():
		return "/audit"
	}
	return ""
}

type actsPage struct {
	base
	In      privacy.SearchInput
	Lines   []line
	Next    string
	Acts    []web.Option
	Objects []web.Option
	Units   []web.Option
	Again   url.Values // what was asked, for the export
}

func acts(r *web.Request) error {
	var in privacy.SearchInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := actsPage{In: in}
	var events []privacy.Event
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := privacy.Search(tx, by, in)
		if err != nil {
			return err
		}
		events, page.Next = found.Items, found.Next
		page.Units, err = townships(tx, by)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("nav.audit")}
	page.Lines = lines(page.Base, events)
	page.options()
	if page.Next != "" {
		q := asked(in)
		q.Set("after", page.Next)
		page.Next = "/audit?" + q.Encode()
	}
	page.Again = asked(in)
	return r.Render("privacy/acts", page)
}

// asked is what narrows the list, as an address.
func asked(in privacy.SearchInput) url.Values {
	q := url.Values{}
	for name, v := range map[string]string{
		"who": in.Who, "act": in.Act, "object": in.Object, "id": in.ID, "unit": in.Unit, "from": in.From.String(), "to": in.To.String(), "account": in.Account.String(),
	} {
		if v != "" && v != (access.AccountID{}).String() {
			q.Set(name, v)
		}
	}
	return q
}

func townships(tx *db.Tx, by access.Actor) ([]web.Option, error) {
	units, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.Township, Limit: 200})
	if err != nil {
		return nil, err
	}
	var out []web.Option
	for _, u := range units.Items {
		out = append(out, web.Option{Value: u.Code, Label: u.Name})
	}
	return out, nil
}

func (p *actsPage) options() {
	all := p.T("history.all")
	p.Units = append([]web.Option{{Label: all}}, p.Units...)
	p.Acts, p.Objects = []web.Option{{Label: all}}, []web.Option{{Label: all}}
	for _, key := range lang.Keys("act.") {
		p.Acts = append(p.Acts, web.Option{Value: strings.TrimPrefix(key, "act."), Label: p.T(key)})
	}
	for _, key := range lang.Keys("history.object.") {
		p.Objects = append(p.Objects, web.Option{Value: strings.TrimPrefix(key, "history.object."), Label: p.T(key)})
	}
	p.Form = web.Form{Values: asked(p.In)}
}

// exportActs answers with the list of acts as a table for Excel and WPS, part by part as it is read. That it went out is an
// act itself, so it is a form that is sent.
func exportActs(r *web.Request) error {
	var in exportForm
	if err := r.Bind(&in); err != nil {
		return err
	}
	return giveActs(r, in.search())
}

const csvKind = "text/csv; charset=utf-8"

func giveActs(r *web.Request, search privacy.SearchInput) error {
	started, err := web.Do(r, privacy.StartExport, search)
	if err != nil {
		return err
	}
	read := func() (page db.Page[privacy.Event], err error) {
		err = r.Read(func(tx *db.Tx, by access.Actor) (err error) {
			page, err = privacy.ExportPart(tx, by, search)
			return err
		})
		return page, err
	}
	page, err := read() // what fails, fails before the first byte
	if err != nil {
		return err
	}
	b := r.Base("nav.audit")
	r.StartFile(b.Title+"-"+date.Of(started.At).String()+".csv", csvKind)
	w := newTable(r.Writer())
	if err := w.write(b.T("privacy.column.at"), b.T("privacy.column.who"), b.T("privacy.column.what"), b.T("history.object"), b.T("history.unit"), "act", "object", "id"); err != nil {
		return nil //nolint:nilerr // the reader went away
	}
	for {
		for _, e := range page.Items {
			err := w.write(b.Time(e.At), e.Actor(b.Lang), e.Text(b.Lang), e.Name, e.Unit, e.Act, e.Object, e.ObjectID)
			if err != nil {
				return nil //nolint:nilerr // the reader went away
			}
		}
		if search.After = page.Next; page.Next == "" {
			return w.flush()
		}
		if page, err = read(); err != nil {
			panic(http.ErrAbortHandler) // a file that breaks off must not look whole
		}
	}
}

// exportForm is [privacy.SearchInput] as the page's form sends it on.
type exportForm struct {
	Account access.AccountID `form:"account" json:"account"`
	Who     string           `form:"who" json:"who"`
	Act     string           `form:"act" json:"act"`
	Object  string           `form:"object" json:"object"`
	ID      string           `form:"id" json:"id"`
	Unit    string           `form:"unit" json:"unit"`
	From    date.Date        `form:"from" json:"from"`
	To      date.Date        `form:"to" json:"to"`
}

func (f exportForm) search() privacy.SearchInput {
	return privacy.SearchInput{Account: f.Account, Who: f.Who, Act: f.Act, Object: f.Object, ID: f.ID, Unit: f.Unit, From: f.From, To: f.To}
}

// table writes CSV with the mark by which Excel knows UTF-8, and no cell that Excel would take for a formula.
type table struct {
	buffer *bufio.Writer
	csv    *csv.Writer
}

func newTable(out http.ResponseWriter) table {
	b := bufio.NewWriterSize(out, 32<<10)
	_, _ = b.WriteString("\ufeff") // told by the writes that follow
	w := csv.NewWriter(b)
	w.UseCRLF = true
	return table{b, w}
}

func (t table) write(cells ...string) error {
	for i, c := range cells {
		cells[i] = tables.Safe(c)
	}
	return t.csv.Write(cells) //nolint:wrapcheck // the reader went away
}

func (t table) flush() error {
	t.csv.Flush()
	return t.buffer.Flush() //nolint:wrapcheck // the reader went away
}
