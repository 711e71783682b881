package courses

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/videos"
)

// lessonPage is the form of a lesson, new or not.
type lessonPage struct {
	base
	Course courses.View
	Lesson courses.LessonView // zero for a new one
	New    bool
	Stale  bool // another has changed the lesson since the form was opened
	Action string
}

func newLesson(r *web.Request) error {
	var in courses.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	first := courses.AddLessonInput{Medium: courses.Video, Language: courses.Mandarin}
	return renderNewLesson(r, in.ID, web.FormOf(first))
}

func renderNewLesson(r *web.Request, course courses.CourseID, form web.Form) error {
	page := lessonPage{New: true, Action: "/courses/" + course.String() + "/lessons/new"}
	if err := page.course(r, course); err != nil {
		return err
	}
	page.base = base{r.Base("courses.add_lesson")}
	page.Form = form
	return r.Render("courses/lesson", page)
}

// course reads the course of the page for whoever may change it.
func (p *lessonPage) course(r *web.Request, course courses.CourseID) error {
	if _, err := r.Signed(); err != nil {
		return err
	}
	return r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if p.Course, err = courses.Get(tx, by, courses.GetInput{ID: course}); err != nil {
			return err
		}
		if !by.Can(access.CoursesEdit, p.Course.Path) {
			return fail.Forbidden("access.forbidden")
		}
		if p.Course.Archived {
			return fail.Conflict("courses.archived")
		}
		return nil
	})
}

func addLesson(a *courses.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in courses.AddLessonInput
		err := r.Bind(&in)
		var made courses.LessonView
		if err == nil {
			made, err = web.Do(r, a.AddLesson, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderNewLesson(r, in.Course, f) })
		}
		if made.Medium == courses.Video {
			return r.SeeNote("/lessons/"+made.ID.String()+"/video", "courses.lesson_added_video")
		}
		return r.SeeNote("/courses/"+in.Course.String(), "courses.lesson_added")
	}
}

func showLesson(r *web.Request) error {
	var in courses.GetLessonInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderLesson(r, in.ID, sent{})
}

func renderLesson(r *web.Request, lesson courses.LessonID, again sent) error {
	page := lessonPage{Action: "/lessons/" + lesson.String() + "/edit", Stale: again.stale}
	if _, err := r.Signed(); err != nil {
		return err
	}
	var err error
	if page.Lesson, err = web.Ask(r, courses.GetLesson, courses.GetLessonInput{ID: lesson}); err != nil {
		return err
	}
	if err := page.course(r, page.Lesson.Course); err != nil {
		return err
	}
	page.base = base{r.Base("courses.edit_lesson")}
	page.Form = again.form
	if !again.typed {
		l := page.Lesson
		page.Form.Values = web.FormOf(courses.EditLessonInput{
			Title: l.Title, Medium: l.Medium, Minutes: l.Minutes, Language: l.Language, Material: l.Material,
		}).Values
	}
	return r.Render("courses/lesson", page)
}

func editLesson(a *courses.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in courses.EditLessonInput
		err := r.Bind(&in)
		var out courses.LessonView
		if err == nil {
			out, err = web.Do(r, a.EditLesson, in)
		}
		if err != nil {
			stale := fail.KindOf(err) == fail.Outdated
			return r.Again(err, func(f web.Form) error { return renderLesson(r, in.ID, sent{form: f, typed: true, stale: stale}) })
		}
		return r.SeeNote("/courses/"+out.Course.String(), "courses.lesson_saved")
	}
}

func removeLesson(a *courses.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in courses.RemoveLessonInput
		err := r.Bind(&in)
		var out courses.View
		if err == nil {
			out, err = web.Do(r, a.RemoveLesson, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderLesson(r, in.ID, sent{form: f}) })
		}
		return r.SeeNote("/courses/"+out.ID.String(), "courses.lesson_removed")
	}
}

// waitingPage lists what waits for the reader's review.
type waitingPage struct {
	base
	Lessons db.Page[courses.WaitingItem]
	Next    string
}

func waiting(r *web.Request) error {
	var in courses.WaitingInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	by, err := r.Signed()
	if err != nil {
		return err
	}
	if by.Visible(access.CoursesReview).Empty() {
		return fail.Forbidden("access.forbidden")
	}
	var page waitingPage
	if page.Lessons, err = web.Ask(r, courses.Waiting, in); err != nil {
		return err
	}
	page.base = base{r.Base("courses.waiting_title")}
	if page.Lessons.Next != "" {
		page.Next = after(r, page.Lessons.Next)
	}
	return r.Render("courses/waiting", page)
}

// checkPage is one lesson with what its reviewer must see.
type checkPage struct {
	base
	Course  courses.View
	Lesson  courses.LessonView
	Video   videos.View
	Has     bool // the lesson has its video
	May     bool // the reader reviews for this unit
	Nothing bool // a video lesson without a video: nothing to review
}

func check(r *web.Request) error {
	var in courses.GetLessonInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderCheck(r, in.ID, web.Form{})
}

func renderCheck(r *web.Request, lesson courses.LessonID, form web.Form) error {
	var page checkPage
	if _, err := r.Signed(); err != nil {
		return err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Lesson, err = courses.GetLesson(tx, by, courses.GetLessonInput{ID: lesson}); err != nil {
			return err
		}
		if page.Course, err = courses.Get(tx, by, courses.GetInput{ID: page.Lesson.Course}); err != nil {
			return err
		}
		page.May = by.Can(access.CoursesReview, page.Course.Path) && !page.Course.Archived
		if page.Lesson.Medium != courses.Video {
			return nil
		}
		page.Video, err = videos.OfLesson(tx, lesson)
		page.Has = err == nil
		page.Nothing = fail.KindOf(err) == fail.Missing
		if page.Nothing {
			return nil
		}
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("courses.check_title", page.Lesson.Title)}
	if page.Has {
		page.Script = "player.js"
	}
	page.Form = form
	return r.Render("courses/check", page)
}

func review(a *courses.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in courses.ReviewInput
		return judge(r, &in, &in.ID, func() error { _, err := web.Do(r, a.Review, in); return err }, "courses.reviewed_note")
	}
}

func withdraw(a *courses.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in courses.WithdrawInput
		return judge(r, &in, &in.ID, func() error { _, err := web.Do(r, a.Withdraw, in); return err }, "courses.withdrawn_note")
	}
}

// judge runs one of the two answers of a review and goes on to what waits next.
func judge(r *web.Request, in any, lesson *courses.LessonID, do func() error, note string) error {
	err := r.Bind(in)
	if err == nil {
		err = do()
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return renderCheck(r, *lesson, f) })
	}
	return r.SeeNote("/courses/review", note)
}
