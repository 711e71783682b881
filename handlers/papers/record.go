package papers

import (
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/papers"
)

// fact is a line of a record's table.
type fact struct{ Label, Text string }

// leaf is one page that is printed: a record, a part of a sign-in sheet, or of a book its cover or contents.
type leaf struct {
	What       string // record, sign_in, cover, contents
	Number, Of int
	Session    attendance.RollView
	Kind       string // what the evening was, in words
	Facts      []fact
	Rows       []row
	Last       bool // the last page of its sheet, which is signed
	Part, Many int  // of a sheet of several pages
	Index      []indexed
	Notes      []string
	Rules      []struct{} // lines to write the minutes on
}

// indexed is a line of a book's contents.
type indexed struct {
	Number        int
	Date, Kind    string
	Lessons, Came string
	Page          int
}

type leavesPage struct {
	web.Base
	Leaves  []leaf
	Back    string
	Kinds   []attendance.Kind // of which one can be printed by itself
	Session attendance.RollView
	Book    papers.BookView
	Years   []int
}

// printer makes leaves of sessions.
type printer struct {
	web.Base
	accounts map[accounts.AccountID]string
}

// record prints a session as it is filed: each kind that the evening was, by itself.
func record(r *web.Request) error { return printed(r, "papers.record_title", printer.records) }

// signIn prints the list with what was marked, to be signed.
func signIn(r *web.Request) error {
	return printed(r, "papers.sign_in_title", func(p printer, s attendance.RollView, k attendance.Kind) []leaf { return p.signIn(s, k) })
}

func printed(r *web.Request, title string, lay func(printer, attendance.RollView, attendance.Kind) []leaf) error {
	var in attendance.SessionInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := leavesPage{}
	p := printer{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Session, err = attendance.Get(tx, by, in); err != nil {
			return err
		}
		if !page.Session.State.In() {
			return fail.Conflict("papers.not_handed_in")
		}
		p.accounts, err = accounts.Names(tx, []accounts.AccountID{page.Session.SubmittedBy})
		return err
	})
	if err != nil {
		return err
	}
	page.Base = base(r, title)
	p.Base, page.Back, page.Kinds = page.Base, "/sessions/"+in.ID.String(), page.Session.Kinds
	asked := attendance.Kind(r.Query("kind"))
	for _, k := range page.Session.Kinds {
		if asked == "" || asked == k {
			page.Leaves = append(page.Leaves, lay(p, page.Session, k)...)
		}
	}
	if len(page.Leaves) == 0 {
		return fail.NotFound("access.not_found")
	}
	numbered(page.Leaves)
	return r.Render("papers/leaves", page)
}

func numbered(list []leaf) {
	for i := range list {
		list[i].Number, list[i].Of = i+1, len(list)
	}
}

// records is the record of a session as one of its kinds; names that do not fit on the page follow as a list.
func (p printer) records(s attendance.RollView, k attendance.Kind) []leaf {
	l := leaf{What: "record", Session: s, Kind: p.T("attendance.kind." + string(k)), Last: true, Part: 1, Many: 1}
	l.Facts = p.facts(s, k)
	names := p.names(s)
	room := recordRoom
	for _, f := range append(l.Facts, names...) {
		room -= linesOf(f.Text)
	}
	l.Notes = p.notes(s)
	l.Rules = make([]struct{}, fewRules+max(0, room)/2)
	if room >= 0 {
		l.Facts = append(l.Facts, names...)
		return []leaf{l}
	}
	l.Facts = append(l.Facts, fact{p.T("papers.names"), p.T("papers.names_follow")})
	l.Rules = make([]struct{}, fewRules+(recordRoom-len(l.Facts))/2)
	return append([]leaf{l}, p.signIn(s, k)...)
}

func (p printer) facts(s attendance.RollView, k attendance.Kind) []fact {
	when := p.Date(s.HeldOn)
	if s.BeganAt != nil && s.EndedAt != nil {
		when += " " + p.Clock(*s.BeganAt) + "—" + p.Clock(*s.EndedAt)
	}
	if s.Minutes > 0 {
		when += " · " + p.T("attendance.minutes", s.Minutes)
	}
	out := []fact{
		{p.T("attendance.school"), s.SiteName + " " + s.SiteCode},
		{p.T("attendance.when"), when},
		{p.T("attendance.place"), s.Place},
		{p.T("papers.chair"), s.Chair},
		{p.T("attendance.recorder"), s.Recorder},
	}
	var lessons []string
	for _, l := range s.Lessons {
		lessons = append(lessons, l.Title+"（"+p.T("attendance.minutes", l.Minutes)+"）")
	}
	lessons = append(lessons, p.ways(s)...)
	out = append(out, fact{p.T("papers.studied"), strings.Join(lessons, "；")})
	out = append(out, fact{p.T("papers.counted"), p.T("papers.figures", s.Due, s.Present, s.OnLeave, s.Absent, s.MadeUp, s.Exempt)})
	out = append(out, fact{p.T("papers.beside"), p.T("papers.beside_figures", s.Observers+s.Guests, s.Adults, s.Children)})
	if len(s.Kinds) > 1 {
		var others []attendance.Kind
		for _, o := range s.Kinds {
			if o != k {
				others = append(others, o)
			}
		}
		out = append(out, fact{p.T("papers.also"), p.T("papers.also_text", kinds(p.Base, others))})
	}
	return out
}

// ways names how it was taught beside lessons.
func (p printer) ways(s attendance.RollView) []string {
	var out []string
	for _, way := range s.Ways {
		out = append(out, p.T("attendance.way."+string(way)))
	}
	return out
}

// names are the people by what was marked.
func (p printer) names(s attendance.RollView) []fact {
	by := map[attendance.State][]string{}
	for _, l := range s.DueList {
		by[l.State] = append(by[l.State], l.Name+p.reason(l))
	}
	var out []fact
	for _, state := range []attendance.State{attendance.Present, attendance.OnLeave, attendance.Absent, attendance.MadeUp, attendance.Exempt, attendance.Unmarked} {
		if len(by[state]) > 0 {
			out = append(out, fact{p.T("papers.state." + string(state)), strings.Join(by[state], "、")})
		}
	}
	var came []string
	for _, l := range s.CameList {
		came = append(came, l.Name)
	}
	for _, g := range s.GuestList {
		came = append(came, g.Name)
	}
	if len(came) > 0 {
		out = append(out, fact{p.T("papers.state.observer"), strings.Join(came, "、")})
	}
	if n := s.DueOthers + s.OthersCame(); n > 0 {
		out = append(out, fact{p.T("papers.names"), p.T("papers.unnamed", n)})
	}
	return out
}

func (p printer) reason(l attendance.RollPerson) string {
	said := ""
	if l.Reason != "" {
		said = p.T("attendance.reason." + string(l.Reason))
	}
	if !l.MadeUpOn.IsZero() {
		said = strings.TrimSpace(said + " " + p.Day(l.MadeUpOn))
	}
	if said == "" {
		return ""
	}
	return "（" + said + "）"
}

// notes say how the record came to be: when it was entered, by whom, and from what.
func (p printer) notes(s attendance.RollView) []string {
	var out []string
	if s.SubmittedAt != nil {
		who := p.accounts[s.SubmittedBy]
		out = append(out, p.T("papers.entered", p.Date(s.HeldOn), p.Time(*s.SubmittedAt), who))
	}
	if s.OnPaper {
		out = append(out, p.T("attendance.from_paper"))
	}
	if s.AdmittedAt != nil {
		out = append(out, p.T("attendance.admitted")+" "+p.Time(*s.AdmittedAt))
	}
	return append(out, p.T("papers.revision", s.Revision))
}

// signIn is the list of a session, to be signed.
func (p printer) signIn(s attendance.RollView, k attendance.Kind) []leaf {
	lines := []row{{Heading: p.T("papers.due")}}
	for i, l := range s.DueList {
		lines = append(lines, row{Number: i + 1, Name: l.Name, Said: p.T("papers.state."+string(l.State)) + p.reason(l)})
	}
	if len(s.CameList)+len(s.GuestList) > 0 {
		lines = append(lines, row{Heading: p.T("papers.others")})
		n := 0
		for _, l := range s.CameList {
			n++
			lines = append(lines, row{Number: n, Name: l.Name, Said: p.T("papers.state.observer")})
		}
		for _, g := range s.GuestList {
			n++
			lines = append(lines, row{Number: n, Name: g.Name, Said: p.T("papers.state.observer")})
		}
	}
	parts := parted(lines, signRows, signFit)
	var out []leaf
	for i, part := range parts {
		out = append(out, leaf{
			What: "sign_in", Session: s, Kind: p.T("attendance.kind." + string(k)), Rows: part, Part: i + 1, Many: len(parts), Last: i == len(parts)-1, Notes: p.notes(s),
		})
	}
	return out
}
