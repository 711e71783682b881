package demo

import (
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/service"
)

// reasonOf and wayOf are the plan's words as codes of models/attendance.
var (
	reasonOf = map[string]attendance.Reason{
		ReasonAway: attendance.Away, ReasonFarm: attendance.Farm, ReasonHome: attendance.Home, ReasonCare: attendance.Care,
		ReasonDuty: attendance.Duty, ReasonFeast: attendance.Feast, ReasonRoad: attendance.Road,
	}
	wayOf = map[string]attendance.Reason{
		wayDelivered: attendance.Delivered, wayVideo: attendance.Video, wayDisc: attendance.Disc, wayReading: attendance.Reading,
	}
)

// live goes through the 24 months day by day: who joins a roster joins, curricula come out, and what was held is handed
// in, on the day and at the hour that the plan says.
func (f *filler) live() error {
	days, planned, err := f.plannedDays()
	if err != nil {
		return err
	}
	history, err := f.c.History(planned)
	if err != nil {
		return err
	}
	diary := map[date.Date][]Session{}
	for s := range history {
		diary[s.SubmittedOn] = append(diary[s.SubmittedOn], s)
	}
	joining := map[date.Date][]int{}
	for i, p := range f.c.People {
		if p.RosterFrom.After(f.c.HistoryFrom) {
			joining[p.RosterFrom] = append(joining[p.RosterFrom], i)
		}
	}
	hosts := f.hosts()
	total := f.c.HistoryTo.Sub(f.c.HistoryFrom) + 1
	for day := f.c.HistoryFrom; !day.After(f.c.HistoryTo); day = day.AddDays(1) {
		f.progress("demo.sessions", 0.42+0.56*float64(day.Sub(f.c.HistoryFrom))/float64(total))
		if err := f.liveDay(day, joining[day], diary[day], days, hosts); err != nil {
			return fmt.Errorf("%s: %w", day, err)
		}
	}
	return nil
}

func (f *filler) liveDay(day date.Date, joining []int, held []Session, days []calendar.DayView, hosts map[int]int) error {
	f.Clock.Set(day.At(8, 0))
	if len(joining) > 0 {
		err := f.write(func(tx *db.Tx) error {
			for _, i := range joining {
				if err := f.enrol(tx, i, day); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := f.handOver(day); err != nil {
		return err
	}
	if day != f.c.HistoryFrom {
		if err := f.publishCurricula(day); err != nil {
			return err
		}
	}
	if len(held) == 0 {
		return f.meetBefore(day, hosts)
	}
	f.Clock.Set(evening(day, held))
	err := f.write(func(tx *db.Tx) error {
		for _, s := range held {
			if err := f.submit(tx, s, days[s.Planned], hosts[s.Site]); err != nil {
				return fmt.Errorf("%s: %w", f.c.Sites[s.Site].Code, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return f.meetBefore(day, hosts)
}

// evening is when the last roll of the day comes in: the day's rolls are one unit of work.
func evening(day date.Date, held []Session) time.Time {
	last := 0
	for _, s := range held {
		last = max(last, s.SubmittedMinute)
	}
	return day.At(last/60, last%60)
}

// plannedDays reads the activity days of the history back, as the plan's indexes want them.
func (f *filler) plannedDays() (days []calendar.DayView, planned []Planned, err error) {
	at := make(map[string]int, len(f.c.Sites))
	for i, s := range f.c.Sites {
		at[s.Code] = i
	}
	for m := f.c.HistoryFrom.Month(); !m.After(f.c.HistoryTo.Month()); m = m.Add(1) {
		after := ""
		for {
			page, err := f.daysOf(m, after)
			if err != nil {
				return nil, nil, err
			}
			for _, d := range page.Items {
				if !d.PlannedOn.Before(f.c.HistoryFrom) && !d.PlannedOn.After(f.c.HistoryTo) {
					days = append(days, d)
					planned = append(planned, Planned{Site: at[d.Code], On: d.PlannedOn})
				}
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	return days, planned, nil
}

func (f *filler) daysOf(m date.Month, after string) (page db.Page[calendar.DayView], err error) {
	err = f.DB.Read(f.ctx, func(tx *db.Tx) (err error) {
		page, err = calendar.ListDays(tx, by, calendar.DaysInput{Month: m, After: after, Limit: 1000})
		return err
	})
	return page, err
}

// hosts gives each school's host account, by index.
func (f *filler) hosts() map[int]int {
	out := make(map[int]int, len(f.c.Sites))
	for i, a := range f.c.Accounts {
		if a.Role == RoleHost {
			out[a.Site] = i
		}
	}
	return out
}

// submit hands in one roll as the host's phone would.
func (f *filler) submit(tx *db.Tx, s Session, day calendar.DayView, host int) error {
	actor, err := f.actor(tx, host)
	if heir, handed := f.heirs[s.Site]; handed {
		actor, err = heir, nil
	}
	if err != nil {
		return err
	}
	if s.On.After(f.last[s.Site]) {
		f.last[s.Site] = s.On
	}
	_, err = f.Attendance.Submit(tx, actor, f.item(s, day))
	return err
}

func (f *filler) item(s Session, day calendar.DayView) attendance.SubmitInput {
	began := s.On.At(s.StartMinute/60, s.StartMinute%60)
	ended := began.Add(time.Duration(s.Minutes) * time.Minute)
	sent := s.SubmittedOn.At(s.SubmittedMinute/60, s.SubmittedMinute%60)
	chair, recorder := f.c.People[s.Chair].Name, f.c.People[s.Recorder].Name
	in := attendance.SubmitInput{
		Session: day.SessionID, ActivityDay: day.ID, HeldOn: s.On, Kinds: []attendance.Kind{attendance.ActivityDay},
		BeganAt: &began, EndedAt: &ended, Minutes: s.Minutes, Chair: &chair, Recorder: &recorder,
		Marks: make([]attendance.MarkInput, len(s.Marks)), Guests: s.Guests, Adults: &s.Adults, Children: &s.Children,
		Lessons: make([]courses.LessonID, len(s.Lessons)),
		Stamp:   attendance.Stamp{Device: "phone-" + f.c.Sites[s.Site].Code, Seq: int64(s.On.Sub(f.c.HistoryFrom)) + 1, RecordedAt: &sent, HappenedAt: &began},
	}
	for i, l := range s.Lessons {
		in.Lessons[i] = f.lessons[l]
	}
	for i, m := range s.Marks {
		in.Marks[i] = attendance.MarkInput{Person: f.people[m.Person], Value: value(m)}
	}
	return in
}

func value(m Mark) attendance.Value {
	v := attendance.Value{State: attendance.State(m.State)}
	switch m.State {
	case OnLeave:
		v.Reason = reasonOf[m.Reason]
	case MadeUp:
		v.Reason, v.MadeUpOn = wayOf[m.MadeUpWay], m.MadeUpOn
	}
	return v
}

// openToPublic publishes the notices and has the feedback answered.
func (f *filler) openToPublic() error {
	for _, n := range f.c.Notices {
		f.Clock.Set(n.Published.At(9, 0))
		err := f.write(func(tx *db.Tx) error {
			author, err := f.actor(tx, n.Author)
			if err != nil {
				return err
			}
			unit, _ := f.place(f.c.Accounts[n.Author])
			_, err = f.Service.Publish(tx, author, service.PublishInput{Unit: unit, Title: n.Title, Body: n.Body})
			return err
		})
		if err != nil {
			return fmt.Errorf("notice %q: %w", n.Title, err)
		}
	}
	for _, fb := range f.c.Feedback {
		if err := f.feedback(fb); err != nil {
			return fmt.Errorf("feedback: %w", err)
		}
	}
	return nil
}

func (f *filler) feedback(fb Feedback) error {
	var code string
	f.Clock.Set(fb.Asked.At(20, 0))
	err := f.write(func(tx *db.Tx) error {
		v, err := f.Service.Send(tx, access.Visitor(), service.SendInput{Text: fb.Text})
		code = v.Code
		return err
	})
	if err != nil || fb.Answer == "" {
		return err
	}
	f.Clock.Set(fb.Answered.At(10, 0))
	return f.write(func(tx *db.Tx) error {
		county, err := f.actor(tx, fb.AnsweredBy)
		if err != nil {
			return err
		}
		v, err := f.Service.Find(tx, county, service.FindInput{Code: code})
		if err != nil {
			return err
		}
		_, err = f.Service.Answer(tx, county, service.AnswerInput{ID: v.ID, Revision: v.Revision, Answer: fb.Answer})
		return err
	})
}
