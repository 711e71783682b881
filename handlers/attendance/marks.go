package attendance

import (
	"html/template"
	"strconv"
	"strings"

	"huotang/handlers/web"
	"huotang/models/attendance"
	"huotang/models/people"
)

// Marks is the list of those due with their radio buttons, and what goes with it unseen. It is the bulk of
// the page that every evening depends on, twenty lines of some forty values: written straight it takes a tenth of what the
// template took, which was half of the whole page. Everything that comes from a person is escaped.
func (p rollPage) Marks() template.HTML {
	w := marksWriter{page: p.Base, correcting: p.Correcting()}
	w.options = []option{
		{"x", "", "none", p.T("attendance.none_short")},
		{"present", string(attendance.Present), "", p.T("attendance.present_short")},
		{"on_leave", string(attendance.OnLeave), "away", p.T("attendance.leave_short")},
		{"absent", string(attendance.Absent), "away", p.T("attendance.absent_short")},
		{"made_up", string(attendance.MadeUp), "", p.T("attendance.made_up_short")},
	}
	w.b.Grow(900 * len(p.Sheet.Due))
	under := "-"
	for _, l := range p.Sheet.Due {
		if h := p.Homes[l.ID]; p.Sheet.By == byHome && under != h.ID.String() {
			w.home(h)
			under = h.ID.String()
		}
		w.line(l)
	}
	return template.HTML(w.b.String()) //nolint:gosec // escaped value by value below
}

type option struct{ id, state, class, label string }

type marksWriter struct {
	b          strings.Builder
	page       web.Base
	correcting bool
	options    []option
}

func (w *marksWriter) put(parts ...string) {
	for _, s := range parts {
		w.b.WriteString(s)
	}
}

// home writes the name of a household above its people.
func (w *marksWriter) home(h people.Home) {
	name := w.page.T("attendance.no_household")
	if !h.ID.IsZero() {
		name = w.page.T("people.household_title", h.Name)
	}
	w.put("\n<li role=\"none\"><h3>", template.HTMLEscapeString(name), "</h3></li>")
}

func (w *marksWriter) line(l line) {
	n, name := strconv.Itoa(l.N), template.HTMLEscapeString(l.Name)
	shown := name
	if shown == "" {
		shown = w.page.T("attendance.off_roster")
	}
	w.put("\n<li role=\"group\" aria-label=\"", name, "\"")
	if l.Exempt {
		w.put(" data-exempt")
	}
	w.put("><label class=\"who\" for=\"m", n, "present\">", shown)
	if l.Exempt {
		w.put("<small>", w.page.T("attendance.exempt"), "</small>")
	}
	w.put("</label><span class=\"seg\">")
	for _, o := range w.options {
		if o.id != "made_up" || w.correcting || l.State == o.state {
			w.radio(l, n, o)
		}
	}
	w.put("</span>")
	w.hidden("p", l.ID)
	w.hidden("was."+n, l.Was)
	if l.Reason != "" {
		w.hidden("reason."+n, l.Reason)
	}
	if l.MadeUpOn != "" {
		w.hidden("made_up."+n, l.MadeUpOn)
	}
	w.put("</li>")
}

func (w *marksWriter) radio(l line, n string, o option) {
	w.put("<input type=\"radio\" id=\"m", n, o.id, "\" name=\"mark.", n, "\" value=\"", o.state, "\"")
	if o.class != "" {
		w.put(" class=\"", o.class, "\"")
	}
	if l.State == o.state {
		w.put(" checked")
	}
	label := o.label
	if l.Exempt && o.state == "" {
		label = w.page.T("attendance.exempt_short")
	}
	w.put("><label for=\"m", n, o.id, "\">", template.HTMLEscapeString(label), "</label>")
}

func (w *marksWriter) hidden(name, value string) {
	w.put("<input type=\"hidden\" name=\"", name, "\" value=\"", template.HTMLEscapeString(value), "\">")
}
