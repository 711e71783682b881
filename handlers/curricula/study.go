package curricula

import (
	"html/template"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/progress"
)

// cataloguePage is 看课. It is the page that is opened most, so its words are made here once and the
// view only sets them.
type cataloguePage struct {
	base
	In      curricula.CatalogueInput
	Courses []courseLine
	Next    string
}

// courseLine is a course with its lessons in a list.
type courseLine struct {
	ID      courses.CourseID
	Title   string
	Facts   string
	Lessons template.HTML
}

// lines writes what the lists of courses show.
func (b base) lines(found []curricula.Course) []courseLine {
	w := newLessonWriter(b)
	out := make([]courseLine, len(found))
	for i, c := range found {
		out[i] = courseLine{ID: c.ID, Title: c.Title, Facts: b.T(c.Task.Key()), Lessons: w.list(c.Lessons)}
		if c.Lecturer != "" {
			out[i].Facts += " · " + b.T("curricula.taught_by", c.Lecturer)
		}
	}
	return out
}

func catalogue(r *web.Request) error {
	var page cataloguePage
	if err := r.Bind(&page.In); err != nil {
		return err
	}
	found, err := web.Ask(r, curricula.Catalogue, page.In)
	if err != nil {
		return err
	}
	page.base = base{r.Base("nav.catalogue")}
	page.Wide = false // read on a phone, a PC or a TV alike
	page.Courses = page.lines(found.Items)
	if found.Next != "" {
		q := r.URL.Query()
		q.Set("after", found.Next)
		page.Next = "/catalogue?" + q.Encode()
	}
	return r.Render("curricula/catalogue", page)
}

// coursePage is a course with the lessons that are for the reader.
type coursePage struct {
	base
	Course  curricula.Course
	Lessons template.HTML
}

func course(r *web.Request) error {
	var in courses.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	found, err := web.Ask(r, curricula.GetCourse, in)
	if err != nil {
		return err
	}
	page := coursePage{base: base{r.Base("courses.of_title", found.Title)}, Course: found}
	page.Wide, page.Lessons = false, page.lines([]curricula.Course{found})[0].Lessons
	return r.Render("curricula/course", page)
}

// lessonPage is a lesson to watch, or where to find it.
type lessonPage struct {
	base
	Lesson   curricula.LessonDetail
	Position int // seconds that the reader has seen, 0 for none
}

// Stopped says where the reader stopped: 5分10秒.
func (p lessonPage) Stopped() string {
	return p.T("curricula.minutes_seconds", p.Position/60, p.Position%60)
}

// ReviewedOn is the day of the review.
func (p lessonPage) ReviewedOn() string {
	if p.Lesson.ReviewedAt == nil {
		return ""
	}
	return p.Date(date.Of(*p.Lesson.ReviewedAt))
}

func lesson(r *web.Request) error {
	var in curricula.GetLessonInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	var page lessonPage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Lesson, err = curricula.GetLesson(tx, by, in); err != nil || !by.SignedIn() || page.Lesson.Medium != courses.Video {
			return err
		}
		at, err := progress.Position(tx, by, progress.PositionInput{Lesson: in.ID})
		page.Position = at.PositionMs / 1000
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("courses.of_title", page.Lesson.Title)}
	page.Wide = false
	if page.Lesson.Medium == courses.Video {
		page.Script = "player.js"
	}
	return r.Render("curricula/lesson", page)
}
