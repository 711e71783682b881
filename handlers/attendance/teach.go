package attendance

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/progress"
)

type teachPage struct {
	web.Base
	Session  attendance.SessionView
	Heading  string
	Lesson   *attendance.Planned  // shown now; nil when nothing is planned
	Others   []attendance.Planned // of the month
	Position int                  // seconds, where it stopped before
	Material string
	InReview bool // a lesson of the month cannot be shown yet
}

// teach shows the lesson on the whole screen: the video, or what to put on.
func teach(r *web.Request) error {
	var in struct {
		ID     attendance.SessionID `path:"id"`
		Lesson courses.LessonID     `query:"lesson"`
	}
	if err := r.Bind(&in); err != nil {
		return err
	}
	var page teachPage
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		s, err := attendance.Get(tx, by, attendance.SessionInput{ID: in.ID})
		if err == nil && !s.MayChange {
			err = fail.Forbidden("access.forbidden")
		}
		if err != nil {
			return err
		}
		page.Session = s.SessionView
		plan, err := attendance.Plan(tx, by, attendance.PlanInput{Site: s.Site, Month: s.HeldOn.Month()})
		if err != nil {
			return err
		}
		page.choose(plan, in.Lesson)
		if page.Lesson == nil || page.Lesson.Medium != courses.Video {
			return nil
		}
		at, err := progress.Position(tx, by, progress.PositionInput{Lesson: page.Lesson.Lesson})
		page.Position = at.PositionMs / 1000
		return err
	})
	if err != nil {
		return err
	}
	if page.Session.State == attendance.HandedIn {
		return r.See("/sessions/" + in.ID.String() + "/receipt")
	}
	page.Base = r.Base("attendance.teach")
	if page.Lesson != nil {
		page.Title = page.Lesson.Title
	}
	page.Heading, page.Stage = heading(page.Base, page.Session), true
	if page.Lesson != nil && page.Lesson.Medium == courses.Video {
		page.Script = "player.js"
	}
	return r.Render("attendance/teach", page)
}

// choose takes the lesson asked for, else the one to begin with.
func (p *teachPage) choose(plan []attendance.Planned, asked courses.LessonID) {
	if first := tonight(plan); asked.IsZero() && len(first) > 0 {
		asked = first[0].Lesson
	}
	for i := range plan {
		switch {
		case !plan[i].Reviewed:
			p.InReview = true
		case plan[i].Lesson == asked:
			p.Lesson = &plan[i]
		default:
			p.Others = append(p.Others, plan[i])
		}
	}
}

// MediumIcon is the icon of a medium; the names are those of the sprite.
func (p teachPage) MediumIcon(m courses.Medium) string {
	switch m {
	case courses.Video:
		return "film"
	case courses.Broadcast:
		return "radio"
	}
	return string(m)
}

// ToRoll is the way on, with the lesson that was shown.
func (p teachPage) ToRoll() string {
	next := "/sessions/" + p.Session.ID.String() + "/roll"
	if p.Lesson != nil {
		next += "?lesson=" + p.Lesson.Lesson.String()
	}
	return next
}
