// Package courses serves the editors' side of courses: writing them, their lessons, and the
// review (models/courses). What is studied lies in handlers/curricula.
package courses

import (
	"embed"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/videos"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *courses.Area) {
	p.Views("courses", views)
	p.Get("/courses", list)
	p.Get("/courses/new", newCourse)
	p.Post("/courses/new", create(a))
	p.Get("/courses/review", waiting)
	p.Get("/courses/:id", show)
	p.Post("/courses/:id", edit(a))
	p.Post("/courses/:id/archive", act(a.Archive, "courses.archived_note"))
	p.Post("/courses/:id/restore", act(a.Restore, "courses.restored_note"))
	p.Post("/courses/:id/public", act(a.SetPublic, "courses.public_note"))
	p.Post("/courses/:id/move", act(a.Move, ""))
	p.Get("/courses/:id/lessons/new", newLesson)
	p.Post("/courses/:id/lessons/new", addLesson(a))
	p.Get("/lessons/:id/edit", showLesson)
	p.Post("/lessons/:id/edit", editLesson(a))
	p.Post("/lessons/:id/remove", removeLesson(a))
	p.Get("/lessons/:id/review", check)
	p.Post("/lessons/:id/review", review(a))
	p.Post("/lessons/:id/withdraw", withdraw(a))

	web.Post(api, "/courses", a.Create)
	web.Put(api, "/courses/:id", a.Edit)
	web.Post(api, "/courses/:id/archive", a.Archive)
	web.Post(api, "/courses/:id/restore", a.Restore)
	web.Post(api, "/courses/:id/public", a.SetPublic)
	web.Post(api, "/courses/:id/order", a.Order)
	web.Post(api, "/courses/:id/lessons", a.AddLesson)
	web.Get(api, "/lessons/waiting", courses.Waiting)
	web.Put(api, "/lessons/:id", a.EditLesson)
	web.Post(api, "/lessons/:id/remove", a.RemoveLesson)
	web.Post(api, "/lessons/:id/review", a.Review)
	web.Post(api, "/lessons/:id/withdraw", a.Withdraw)
}

// base is what the area's pages share.
type base struct{ web.Base }

// Tasks are the seven education tasks, for forms.
func (b base) Tasks() []web.Option {
	out := make([]web.Option, len(courses.Tasks))
	for i, t := range courses.Tasks {
		out[i] = web.Option{Value: string(t), Label: b.T(t.Key())}
	}
	return out
}

// Media are the ways to teach a lesson, for forms.
func (b base) Media() []web.Option {
	out := make([]web.Option, len(courses.Media))
	for i, m := range courses.Media {
		out[i] = web.Option{Value: string(m), Label: b.T("courses.choose_" + string(m)), Icon: MediumIcon(m)}
	}
	return out
}

// Languages are those of lessons, for forms.
func (b base) Languages() []web.Option {
	out := make([]web.Option, len(courses.Languages))
	for i, l := range courses.Languages {
		out[i] = web.Option{Value: string(l), Label: b.T(l.Key())}
	}
	return out
}

// MediumIcon names the icon of a medium.
func MediumIcon(m courses.Medium) string {
	switch m {
	case courses.Video:
		return "film"
	case courses.Broadcast:
		return "radio"
	}
	return string(m)
}

// MediumIcon is for views.
func (b base) MediumIcon(m courses.Medium) string { return MediumIcon(m) }

// Mega writes a size as people here name it: about so many 兆.
func (b base) Mega(bytes int64) string {
	if n := (bytes + 1<<19) >> 20; n > 0 {
		return b.T("courses.mega", n)
	}
	return b.T("courses.mega_less")
}

// On writes the local day of an instant, "" for none.
func (b base) On(l courses.LessonView) string {
	if l.ReviewedAt == nil {
		return ""
	}
	return b.Date(date.Of(*l.ReviewedAt))
}

// after is the address of what follows on a list.
func after(r *web.Request, next string) string {
	q := r.URL.Query()
	q.Set("after", next)
	return r.URL.Path + "?" + q.Encode()
}

type listPage struct {
	base
	In      courses.ListInput
	Courses db.Page[courses.Item]
	Next    string
	MayAdd  bool
	Review  bool // the reader reviews
	Waiting int  // lessons that wait for him, at most 100
}

func list(r *web.Request) error {
	var page listPage
	if err := r.Bind(&page.In); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Courses, err = courses.List(tx, by, page.In); err != nil {
			return err
		}
		page.MayAdd = !by.Visible(access.CoursesEdit).Empty()
		if page.Review = !by.Visible(access.CoursesReview).Empty(); !page.Review {
			return nil
		}
		found, err := courses.Waiting(tx, by, courses.WaitingInput{Limit: 100})
		page.Waiting = len(found.Items)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("nav.courses")}
	if page.Courses.Next != "" {
		page.Next = after(r, page.Courses.Next)
	}
	return r.Render("courses/list", page)
}

// formPage is a new course.
type formPage struct {
	base
	Owners []org.UnitView
}

// Units are the owners to choose from.
func (p formPage) Units() []web.Option {
	out := make([]web.Option, len(p.Owners))
	for i, u := range p.Owners {
		out[i] = web.Option{Value: u.ID.String(), Label: u.Name}
	}
	return out
}

func newCourse(r *web.Request) error { return renderNew(r, web.Form{}) }

func renderNew(r *web.Request, form web.Form) error {
	var page formPage
	if _, err := r.Signed(); err != nil {
		return err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		page.Owners, err = courses.Owners(tx, by, access.CoursesEdit)
		if err == nil && len(page.Owners) == 0 {
			err = fail.Forbidden("access.forbidden")
		}
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("courses.new")}
	page.Form = form
	return r.Render("courses/new", page)
}

func create(a *courses.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in courses.CreateInput
		err := r.Bind(&in)
		var made courses.View
		if err == nil {
			made, err = web.Do(r, a.Create, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderNew(r, f) })
		}
		return r.SeeNote("/courses/"+made.ID.String(), "courses.created_note")
	}
}

// coursePage is a course with its lessons.
type coursePage struct {
	base
	Course    courses.View
	Videos    map[courses.LessonID]videos.View
	MayEdit   bool // it is in use, too
	MayPut    bool // away or back into use
	MayReview bool
	MayShow   bool // to everyone
	Stale     bool // the form was of an earlier state, which is shown beside it
}

// Video is a lesson's file, nil while there is none.
func (p coursePage) Video(l courses.LessonID) *videos.View {
	if v, ok := p.Videos[l]; ok {
		return &v
	}
	return nil
}

// MayJudge reports a lesson that the reader can review now, or whose review he can withdraw.
func (p coursePage) MayJudge(l courses.LessonView) bool {
	if !p.MayReview || l.Reviewed {
		return p.MayReview
	}
	return !l.Mine && (l.Medium != courses.Video || p.Video(l.ID) != nil)
}

// Reviewed is the number of lessons whose review a change of the course would withdraw.
func (p coursePage) Reviewed() int { return len(p.Course.Lessons) - p.Course.Waiting() }

// Last reports the last lesson.
func (p coursePage) Last(place int) bool { return place == len(p.Course.Lessons) }

func show(r *web.Request) error {
	var in courses.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderCourse(r, in.ID, sent{})
}

// sent is a form that failed and is shown again.
type sent struct {
	form  web.Form
	typed bool // it is the course's own, whose values stay
	stale bool // another has changed the course since; how it stands now is shown beside
}

func renderCourse(r *web.Request, course courses.CourseID, again sent) error {
	page := coursePage{Stale: again.stale}
	if _, err := r.Signed(); err != nil {
		return err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Course, err = courses.Get(tx, by, courses.GetInput{ID: course}); err != nil {
			return err
		}
		page.MayPut = by.Can(access.CoursesEdit, page.Course.Path)
		page.MayEdit = page.MayPut && !page.Course.Archived
		page.MayReview = by.Can(access.CoursesReview, page.Course.Path) && !page.Course.Archived
		top, err := org.Root(tx)
		if err != nil {
			return err
		}
		page.MayShow = page.MayReview && by.Can(access.CoursesReview, top.Path)
		ids := make([]courses.LessonID, len(page.Course.Lessons))
		for i, l := range page.Course.Lessons {
			ids[i] = l.ID
		}
		page.Videos, err = videos.OfLessons(tx, ids)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("courses.of_title", page.Course.Title)}
	page.Form = again.form
	if !again.typed {
		page.Form.Values = web.FormOf(courses.EditInput{
			Task: page.Course.Task, Title: page.Course.Title, Summary: page.Course.Summary, Lecturer: page.Course.Lecturer,
		}).Values
	}
	return r.Render("courses/course", page)
}

func edit(a *courses.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in courses.EditInput
		err := r.Bind(&in)
		var out courses.EditedView
		if err == nil {
			out, err = web.Do(r, a.Edit, in)
		}
		if err != nil {
			stale := fail.KindOf(err) == fail.Outdated
			return r.Again(err, func(f web.Form) error { return renderCourse(r, in.ID, sent{form: f, typed: true, stale: stale}) })
		}
		if out.Withdrawn > 0 {
			return r.SeeNote("/courses/"+in.ID.String(), "courses.saved_withdrawn_note", out.Withdrawn)
		}
		return r.SeeNote("/courses/"+in.ID.String(), "courses.saved_note")
	}
}

// act is a button on the course's page.
func act[In any](op web.Op[In, courses.View], note string) web.PageFunc {
	return func(r *web.Request) error {
		var in In
		err := r.Bind(&in)
		var out courses.View
		if err == nil {
			out, err = web.Do(r, op, in)
		}
		var id courses.CourseID
		if idErr := id.UnmarshalText([]byte(r.Param("id"))); idErr != nil {
			return fail.NotFound("access.not_found").Because(idErr)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderCourse(r, id, sent{form: f}) })
		}
		if note == "" {
			return r.See("/courses/" + out.ID.String() + "#lessons")
		}
		return r.SeeNote("/courses/"+out.ID.String(), note)
	}
}
