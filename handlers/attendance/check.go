package attendance

import (
	"strings"
	"time"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/fail"
	"huotang/models/id"
)

type checkPage struct {
	rollPage
	Lessons []choice
	Media   []web.Option // how it may have been taught beside them
	Reasons []web.Option
	Ways    []web.Option
	Kinds   []web.Option
	Today   date.Date
	Closed  bool // what is handed in is for the township to agree to
	Aside   bool // the fold with kind, day and place is open: it has a fault, or the evening was not planned
}

type choice struct {
	ID, Title string
	Minutes   int
	On        bool
}

func showCheck(r *web.Request, v stored, s sheet, f web.Form) error {
	page := checkPage{rollPage: rollPage{Base: r.Base("attendance.check"), Session: v.SessionView, Sheet: s}, Today: v.today}
	page.Heading, page.Form, page.Nav = heading(page.Base, v.SessionView), f, nil
	page.Lessons, page.Closed = choices(v, s), v.Life.Closed
	page.Reasons = options(page.Base, attendance.LeaveReasons, "attendance.no_reason")
	page.Ways = options(page.Base, attendance.MadeUpWays, "attendance.no_way")
	for _, way := range attendance.Ways {
		page.Media = append(page.Media, web.Option{Value: string(way), Label: page.T("attendance.way." + string(way))})
	}
	for _, k := range attendance.Kinds {
		page.Kinds = append(page.Kinds, web.Option{Value: string(k), Label: page.T("attendance.kind." + string(k))})
	}
	page.Aside = v.ActivityDay.IsZero() || f.Error("held_on") != "" || f.Error("place") != "" || f.Error("kind") != ""
	return r.Render("attendance/check", page)
}

// choices are the lessons that may have been taught: those of the month, and those recorded before.
func choices(v stored, s sheet) []choice {
	var out []choice
	have := map[courses.LessonID]bool{}
	add := func(l courses.LessonID, title string, minutes int) {
		if !have[l] {
			have[l] = true
			out = append(out, choice{l.String(), title, minutes, s.Has(l)})
		}
	}
	for _, p := range v.plan {
		if p.Reviewed {
			add(p.Lesson, p.Title, p.Minutes)
		}
	}
	for _, l := range v.Lessons {
		add(l.ID, l.Title, l.Minutes)
	}
	return out
}

func options(b web.Base, reasons []attendance.Reason, none string) []web.Option {
	out := []web.Option{{Value: "", Label: b.T(none)}}
	for _, reason := range reasons {
		out = append(out, web.Option{Value: string(reason), Label: b.T("attendance.reason." + string(reason))})
	}
	return out
}

// handIn stores the roll, or shows it again: the check with what is wrong, or the roll for who wants to change it.
func handIn(a *attendance.Area) web.PageFunc {
	return func(r *web.Request) error {
		v, err := load(r, true)
		if err != nil {
			return err
		}
		s := typed(r.Form(), v.RollView)
		if r.Form().Get("back") != "" {
			return showRoll(r, v, s, web.Form{})
		}
		in, err := s.submit(v, r.Form().Get("form_id"))
		if err == nil {
			_, err = web.Do(r, a.Submit, in)
		}
		if err != nil {
			return r.Again(beside(err), func(f web.Form) error { return showCheck(r, v, s, f) })
		}
		return r.See("/sessions/" + v.ID.String() + "/receipt")
	}
}

// submit makes the item of the sheet. The form's own UUID is its device, so the form sent twice is the same item.
func (s sheet) submit(v stored, form string) (attendance.SubmitInput, error) {
	var c fail.Check
	if form == "" {
		form = id.Random[sheet]().String()
	}
	if err := s.checkCounts(); err != nil {
		return attendance.SubmitInput{}, err
	}
	adults, children := number(s.Adults), number(s.Children)
	in := attendance.SubmitInput{
		Session: v.ID, BaseRevision: number(s.Revision), Lessons: []courses.LessonID{}, Ways: []courses.Medium{}, Guests: s.Guests(), Adults: &adults, Children: &children,
		Place: &s.Place, Recorder: &s.Recorder, Why: s.Why, OnPaper: s.OnPaper, Stamp: attendance.Stamp{Device: form, Seq: 1},
	}
	for _, k := range s.Kinds {
		in.Kinds = append(in.Kinds, attendance.Kind(k))
	}
	for _, way := range s.Ways {
		in.Ways = append(in.Ways, courses.Medium(way))
	}
	if in.Guests == nil {
		in.Guests = []string{}
	}
	if err := in.HeldOn.UnmarshalText([]byte(strings.TrimSpace(s.HeldOn))); err != nil {
		c.Add("held_on", "input.date")
	}
	held := in.HeldOn
	if held.IsZero() {
		held = v.HeldOn
	}
	if s.Began != "" || s.Ended != "" || v.Minutes == 0 { // a roll without times, from a phone, may stay so
		in.BeganAt, in.EndedAt = s.times(&c, held)
	}
	c.If(len(s.Kinds) == 0, "kind", "input.required")
	s.checkTexts(&c)
	for _, l := range s.Lessons {
		var lesson courses.LessonID
		if err := lesson.UnmarshalText([]byte(l)); err != nil {
			c.Add("lesson", "input.id")
			continue
		}
		in.Lessons = append(in.Lessons, lesson)
	}
	in.Marks = s.checked(&c, held, v.today)
	return in, c.Err()
}

// times reads both clock times on the day; an end before the beginning is after midnight.
func (s sheet) times(c *fail.Check, on date.Date) (began, ended *time.Time) {
	read := func(name, typed string) *time.Time {
		t, err := time.Parse("15:04", strings.TrimSpace(typed))
		switch {
		case strings.TrimSpace(typed) == "":
			c.Add(name, "input.required")
		case err != nil:
			c.Add(name, "input.time")
		default:
			at := on.At(t.Hour(), t.Minute())
			return &at
		}
		return nil
	}
	began, ended = read("began", s.Began), read("ended", s.Ended)
	if began != nil && ended != nil && ended.Before(*began) {
		next := ended.Add(24 * time.Hour)
		ended = &next
	}
	return began, ended
}

// checked gives the marks, and notes what cannot stand beside its field.
func (s sheet) checked(c *fail.Check, held, today date.Date) []attendance.MarkInput {
	marks := s.marks()
	lines := map[access.PersonID]line{}
	for _, l := range s.Due {
		var person access.PersonID
		if person.UnmarshalText([]byte(l.ID)) == nil {
			lines[person] = l
		}
	}
	for _, m := range marks {
		l, due := lines[m.Person]
		if !due {
			continue
		}
		name, day := "mark", date.Date{}
		if m.State == attendance.MadeUp {
			name = "made_up"
		}
		if c.If(day.UnmarshalText([]byte(strings.TrimSpace(l.MadeUpOn))) != nil, field(name, l.N), "input.date") {
			continue
		}
		code := attendance.CheckValue(m.Value, l.Exempt, held, today)
		c.If(code != "", field(name, l.N), code)
	}
	return marks
}

// checkTexts notes what the op would say of the texts, so that it stands beside the other faults.
func (s sheet) checkTexts(c *fail.Check) {
	c.Text("recorder", s.Recorder, 0, 60)
	c.Text("place", s.Place, 0, 100)
	least := 0
	if number(s.Revision) > 0 {
		least = 1
	}
	c.Text("why", s.Why, least, 200)
}

// beside gives the op's fields the names that they have on the page.
func beside(err error) error {
	e, ok := fail.As(err)
	if !ok {
		return err
	}
	names := map[string]string{"began_at": "began", "ended_at": "ended", "minutes": "ended", "guests": "extra", "lessons": "lesson", "ways": "taught", "kinds": "kind"}
	out := *e
	out.Fields = nil
	for _, f := range e.Fields {
		head, _, _ := strings.Cut(f.Name, ".")
		if name, ok := names[head]; ok {
			f.Name = name
		}
		out.Fields = append(out.Fields, f)
	}
	return &out
}
