package attendance

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/photos"
)

// stored is what the pages of a roll need of the database.
type stored struct {
	attendance.RollView
	plan    []attendance.Planned
	today   date.Date
	mayNote bool           // that somebody is away or gone
	noted   []people.Noted // of the school's roster, not confirmed yet
	homes   map[string]people.Home
	papers  []photos.View // of the paper roll
}

func load(r *web.Request, withPlan bool) (stored, error) {
	var in attendance.SessionInput
	if err := r.Bind(&in); err != nil {
		return stored{}, err
	}
	var s stored
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if s.RollView, err = attendance.Roll(tx, by, in); err != nil {
			return err
		}
		s.today = tx.Today()
		if s.papers, err = photos.Papers(tx, by, in.ID); err != nil {
			return err
		}
		if s.homes, err = homesOf(tx, s.DueList); err != nil {
			return err
		}
		if err := s.away(tx, by); err != nil {
			return err
		}
		if withPlan {
			s.plan, err = attendance.Plan(tx, by, attendance.PlanInput{Site: s.Site, Month: s.HeldOn.Month()})
		}
		return err
	})
	return s, err
}

// away reads who was noted as away or gone, on the day of the roll itself: tomorrow's note changes no roll of today.
func (s *stored) away(tx *db.Tx, by access.Actor) error {
	if s.HeldOn != s.today || s.State != attendance.Opened {
		return nil
	}
	school, err := org.FindSchool(tx, s.Site)
	if err != nil || !by.Can(access.PeopleAway, school.Paths()...) {
		return err
	}
	s.mayNote = true
	noted, err := people.Unconfirmed(tx, by, people.UnconfirmedInput{Site: s.Site})
	s.noted = noted.Items
	return err
}

type rollPage struct {
	web.Base
	Session attendance.SessionView
	Heading string
	Sheet   sheet
	MayNote bool
	Noted   []people.Noted
	Lives   []web.Option
	Homes   map[string]people.Home // of those due
	Papers  []photos.View          // pictures of the paper roll, to be shown beside it
}

// Correcting reports a page that was made of a roll already handed in.
func (p rollPage) Correcting() bool { return number(p.Sheet.Revision) > 0 }

// Other is the order in which the roll can be shown instead, "" where nobody has a household.
func (p rollPage) Other() string {
	switch {
	case p.Sheet.By == byHome:
		return byName
	case len(p.Homes) > 0:
		return byHome
	}
	return ""
}

// To is the address of a page of the session.
func (p rollPage) To(page string) string { return "/sessions/" + p.Session.ID.String() + "/" + page }

// roll shows the roll: as stored, nobody marked at first.
func roll(r *web.Request) error {
	v, err := load(r, false)
	if err != nil {
		return err
	}
	s := sheetOf(v.RollView)
	if len(v.papers) > 0 {
		s.OnPaper = true
	}
	if lesson := r.Query("lesson"); lesson != "" && v.Revision == 0 {
		s.Lessons = []string{lesson}
	}
	if v.BeganAt != nil && v.EndedAt != nil {
		s.Began, s.Ended = clock(*v.BeganAt), clock(*v.EndedAt)
	}
	return showRoll(r, v, s, web.Form{})
}

func showRoll(r *web.Request, v stored, s sheet, f web.Form) error {
	page := rollPage{Base: r.Base("attendance.roll", s.DueCount()), Session: v.SessionView, Sheet: s}
	page.Heading, page.Form, page.Script, page.Nav = heading(page.Base, v.SessionView), f, "roll.js", nil
	page.MayNote, page.Noted, page.Homes, page.Papers = v.mayNote, v.noted, v.homes, v.papers
	for _, l := range []people.Life{people.Away, people.Moved, people.Dead} {
		page.Lives = append(page.Lives, web.Option{Value: string(l), Label: page.T("people.note." + string(l))})
	}
	return r.Render("attendance/roll", page)
}

// callRoll takes the roll as tapped: everyone due at once without a script, or on to the check. It stores nothing.
func callRoll(r *web.Request) error {
	v, err := load(r, true)
	if err != nil {
		return err
	}
	s := typed(r.Form(), v.RollView)
	if r.Form().Get("all") != "" {
		s.markAll(attendance.Present)
		return showRoll(r, v, s, web.Form{})
	}
	if by := r.Form().Get("order"); by != "" {
		s.By = by
		s.order(v.homes)
		return showRoll(r, v, s, web.Form{})
	}
	if r.Form().Get("note") != "" || r.Form().Get("back_on") != "" {
		return note(r, v, s)
	}
	if err := s.checkCounts(); err != nil {
		return r.Again(err, func(f web.Form) error { return showRoll(r, v, s, f) })
	}
	s.begin(v, r.Actor.Name)
	return showCheck(r, v, s, web.Form{})
}

// note takes somebody off the roll who is away or gone, or puts him back, and shows the roll again with all that was tapped.
func note(r *web.Request, v stored, s sheet) error {
	var c fail.Check
	in := people.NoteAwayInput{Site: v.Site, State: people.Life(r.Form().Get("note"))}
	var err error
	if item := r.Form().Get("back_on"); item != "" {
		_, err = web.Do(r, people.UndoLife, people.LifeInput{Items: []string{item}})
	} else if who := r.Form().Get("who"); who == "" || in.Person.UnmarshalText([]byte(who)) != nil {
		c.Add("who", "people.choose_some")
		err = c.Err()
	} else {
		_, err = web.Do(r, people.NoteAway, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showRoll(r, v, s, f) })
	}
	now, err := load(r, false)
	if err != nil {
		return err
	}
	s.fit(sheetOf(now.RollView), now.homes)
	return showRoll(r, now, s, web.Form{})
}

// fit leaves out who is not on the roll any more and adds who came back; marks stay as they were tapped.
func (s *sheet) fit(now sheet, homes map[string]people.Home) {
	said := map[string]line{}
	for _, l := range append(slices.Clone(s.Due), s.Came...) {
		said[l.ID] = l
	}
	for _, list := range [][]line{now.Due, now.Came} {
		for i := range list {
			if l, ok := said[list[i].ID]; ok {
				l.N = i
				list[i] = l
			}
		}
	}
	s.Due, s.Came = now.Due, now.Came
	if s.By == byHome {
		s.order(homes)
	}
}

// checkCounts notes faults of what is typed on the roll page itself.
func (s sheet) checkCounts() error {
	var c fail.Check
	for name, typed := range map[string]string{"adults": s.Adults, "children": s.Children} {
		if n, ok := whole(typed); !ok {
			c.Add(name, "input.number")
		} else {
			c.Range(name, n, 0, mostHeads)
		}
	}
	for _, name := range s.Guests() {
		if n := utf8.RuneCountInString(name); n > longestName {
			c.Add("extra", "input.too_long", longestName, n)
		}
	}
	return c.Err()
}

// What the fields hold; the op has the last word.
const (
	mostHeads   = 300
	longestName = 60
)

// whole reads a number that may be left empty.
func whole(s string) (int, bool) {
	if s == "" {
		return 0, true
	}
	var n int
	if _, err := fmt.Sscanf(s, "%d", &n); err != nil || fmt.Sprint(n) != s {
		return 0, false
	}
	return n, true
}

// begin proposes the times and the recorder of an evening that is handed in as it ends; every one of them
// can be changed on the page.
func (s *sheet) begin(v stored, name string) {
	if s.Recorder == "" && v.Revision == 0 {
		s.Recorder = name
	}
	if s.Began == "" && s.Ended == "" && v.BeganAt != nil && v.EndedAt != nil {
		s.Began, s.Ended = clock(*v.BeganAt), clock(*v.EndedAt) // of another phone
	}
	if v.Revision > 0 || s.Began != "" || s.Ended != "" || v.HeldOn != v.today || v.State != attendance.Opened {
		return
	}
	began := v.ChangedAt.Truncate(5 * time.Minute)
	minutes := 0
	for _, l := range v.plan {
		if s.Has(l.Lesson) {
			minutes += l.Minutes
		}
	}
	ended := began.Add(time.Duration(max(minutes, shortest)) * time.Minute)
	s.Began, s.Ended = clock(began), clock(ended)
}

// shortest is the length proposed for an evening without a planned lesson, in minutes.
const shortest = 60

func clock(t time.Time) string { return t.In(date.Zone).Format("15:04") }

// backToRoll answers who asks for the check without having called the roll.
func backToRoll(r *web.Request) error {
	var in attendance.SessionInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return r.See("/sessions/" + in.ID.String() + "/roll")
}
