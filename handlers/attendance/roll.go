package attendance

import (
	"fmt"
	"time"
	"unicode/utf8"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
)

// stored is what the pages of a roll need of the database.
type stored struct {
	attendance.RollView
	plan  []attendance.Planned
	today date.Date
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
		if withPlan {
			s.plan, err = attendance.Plan(tx, by, attendance.PlanInput{Site: s.Site, Month: s.HeldOn.Month()})
		}
		return err
	})
	return s, err
}

type rollPage struct {
	web.Base
	Session attendance.SessionView
	Heading string
	Sheet   sheet
}

// Correcting reports a page that was made of a roll already handed in.
func (p rollPage) Correcting() bool { return number(p.Sheet.Revision) > 0 }

// To is the address of a page of the session.
func (p rollPage) To(page string) string { return "/sessions/" + p.Session.ID.String() + "/" + page }

// roll shows the roll: as stored, nobody marked at first.
func roll(r *web.Request) error {
	v, err := load(r, false)
	if err != nil {
		return err
	}
	s := sheetOf(v.RollView)
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
	if err := s.checkCounts(); err != nil {
		return r.Again(err, func(f web.Form) error { return showRoll(r, v, s, f) })
	}
	s.begin(v, r.Actor.Name)
	return showCheck(r, v, s, web.Form{})
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
