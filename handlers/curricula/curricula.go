// Package curricula serves study plans (what is taught in which month, for which schools) and the
// catalogue, where people see the lessons that are for them (models/curricula).
package curricula

import (
	"embed"
	"strconv"
	"time"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *curricula.Area) {
	p.Views("curricula", views)
	p.Get("/curricula", list)
	p.Get("/curricula/new", newCurriculum)
	p.Post("/curricula/new", create(a))
	p.Get("/curricula/:id", show)
	p.Post("/curricula/:id", edit(a))
	p.Get("/curricula/:id/add", add)
	p.Post("/curricula/:id/add", addItem(a))
	p.Get("/curricula/:id/items/:lesson", showItem)
	p.Post("/curricula/:id/items/:lesson", putItem(a))
	p.Post("/curricula/:id/items/:lesson/move", itemAct(a.MoveItem))
	p.Post("/curricula/:id/items/:lesson/remove", itemAct(a.RemoveItem))
	p.Get("/curricula/:id/audience", audience)
	p.Post("/curricula/:id/audience", setAudience(a))
	p.Get("/curricula/:id/publish", publishPage)
	p.Post("/curricula/:id/publish", publish(a))
	p.Get("/curricula/:id/versions", versions)
	p.Get("/curricula/:id/versions/:version", version)
	p.Get("/catalogue", catalogue)
	p.Get("/catalogue/courses/:id", course)
	p.Get("/catalogue/lessons/:id", lesson)

	web.Get(api, "/courses", curricula.Courses)
	web.Get(api.Public(), "/courses/:id", curricula.OpenCourse) // those that the county shows to everyone
	web.Get(api.Public(), "/lessons/:id", curricula.OpenLesson)
	web.Get(api, "/catalogue", curricula.Catalogue)
	web.Get(api, "/sites/:id/plan", curricula.MonthPlan)
	web.Get(api, "/curricula", curricula.List)
	web.Post(api, "/curricula", a.Create)
	web.Get(api, "/curricula/:id", curricula.Get)
	web.Put(api, "/curricula/:id", a.Edit)
	web.Put(api, "/curricula/:id/items", a.SetItems)
	web.Put(api, "/curricula/:id/audience", a.SetAudience)
	web.Get(api, "/curricula/:id/candidates", curricula.Candidates)
	web.Post(api, "/curricula/:id/publish", a.Publish)
	web.Get(api, "/curricula/:id/versions", curricula.History)
	web.Get(api, "/curricula/:id/versions/:version/diff", curricula.Compare)
}

// base is what the area's pages share.
type base struct{ web.Base }

// MediumIcon names the icon of a medium.
func (b base) MediumIcon(m courses.Medium) string {
	switch m {
	case courses.Video:
		return "film"
	case courses.Broadcast:
		return "radio"
	}
	return string(m)
}

// Mega writes a size as people here name it: about so many 兆.
func (b base) Mega(bytes int64) string {
	if n := (bytes + 1<<19) >> 20; n > 0 {
		return b.T("courses.mega", n)
	}
	return b.T("courses.mega_less")
}

// Tasks are the seven education tasks, for forms.
func (b base) Tasks() []web.Option {
	out := make([]web.Option, len(courses.Tasks))
	for i, t := range courses.Tasks {
		out[i] = web.Option{Value: string(t), Label: b.T(t.Key())}
	}
	return out
}

// MonthOf writes a month of a known year: "11月".
func (b base) MonthOf(m date.Month) string {
	return b.T("curricula.month_" + strconv.Itoa(int(m.Of())))
}

// Duty writes 必修 or 选修.
func (b base) Duty(required bool) string {
	if required {
		return b.T("curricula.required")
	}
	return b.T("curricula.elective")
}

// months of a year, for forms.
func months(b base, year int) []web.Option {
	out := make([]web.Option, 0, 12)
	for m := time.January; m <= time.December; m++ {
		v := date.NewMonth(year, m)
		out = append(out, web.Option{Value: v.String(), Label: b.MonthOf(v)})
	}
	return out
}

// duties are 必修 and 选修, for forms.
func duties(b base) []web.Option {
	return []web.Option{{Value: "1", Label: b.Duty(true)}, {Value: "0", Label: b.Duty(false)}}
}

type listPage struct {
	base
	In        curricula.ListInput
	Curricula db.Page[curricula.ListItem]
	MayAdd    bool
	Next      string
}

// Beside is the list of another year.
func (p listPage) Beside(years int) string { return "/curricula?year=" + strconv.Itoa(p.In.Year+years) }

func list(r *web.Request) error {
	var page listPage
	if err := r.Bind(&page.In); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.In.Year == 0 {
			page.In.Year = tx.Today().Year()
		}
		page.MayAdd = !by.Visible(access.CurriculaPublish).Empty()
		page.Curricula, err = curricula.List(tx, by, page.In)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("nav.curricula")}
	if page.Curricula.Next != "" {
		page.Next = page.Beside(0) + "&after=" + page.Curricula.Next
	}
	return r.Render("curricula/list", page)
}

type newPage struct {
	base
	Owners []org.UnitView
}

// Units are the owners to choose from.
func (p newPage) Units() []web.Option {
	out := make([]web.Option, len(p.Owners))
	for i, u := range p.Owners {
		out[i] = web.Option{Value: u.ID.String(), Label: u.Name}
	}
	return out
}

func newCurriculum(r *web.Request) error { return renderNew(r, nil) }

// renderNew shows the form of a new curriculum; form is one that was sent.
func renderNew(r *web.Request, form *web.Form) error {
	var page newPage
	if _, err := r.Signed(); err != nil {
		return err
	}
	year := 0
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		year = tx.Today().Year()
		page.Owners, err = courses.Owners(tx, by, access.CurriculaPublish)
		if err == nil && len(page.Owners) == 0 {
			err = fail.Forbidden("access.forbidden")
		}
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("curricula.new")}
	if form == nil {
		title := r.T("curricula.first_title", year)
		if len(page.Owners) == 1 {
			title = page.Owners[0].Name + title
		}
		f := web.FormOf(curricula.CreateInput{Year: year, Title: title})
		form = &f
	}
	page.Form = *form
	return r.Render("curricula/new", page)
}

func create(a *curricula.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in curricula.CreateInput
		err := r.Bind(&in)
		var made curricula.View
		if err == nil {
			made, err = web.Do(r, a.Create, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderNew(r, &f) })
		}
		return r.SeeNote("/curricula/"+made.ID.String(), "curricula.created_note")
	}
}

// planPage is a curriculum: the editor of its draft, or one version to read.
type planPage struct {
	base
	Plan    curricula.View
	Diff    curricula.Diff // of the draft against what counts
	MayEdit bool           // the draft is shown and the reader may change it
}

// Address of a page of this curriculum.
func (p planPage) Address(rest string) string { return "/curricula/" + p.Plan.ID.String() + rest }

func show(r *web.Request) error {
	var in curricula.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return renderPlan(r, in, web.Form{})
}

func renderPlan(r *web.Request, in curricula.GetInput, form web.Form) error {
	page, err := readPlan(r, in)
	if err != nil {
		return err
	}
	page.base = base{r.Base("courses.of_title", page.Plan.Title)}
	page.Form = form
	if page.Form.Values == nil {
		page.Form.Values = web.FormOf(curricula.EditInput{Title: page.Plan.Title}).Values
	}
	return r.Render("curricula/plan", page)
}

// readPlan reads a curriculum; the page's base is still to be made.
func readPlan(r *web.Request, in curricula.GetInput) (planPage, error) {
	var page planPage
	if _, err := r.Signed(); err != nil {
		return page, err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Plan, err = curricula.Get(tx, by, in); err != nil {
			return err
		}
		page.MayEdit = page.Plan.Version == 0 && by.Can(access.CurriculaPublish, page.Plan.Path)
		if page.Plan.Version != 0 || page.Plan.Current == 0 {
			return nil
		}
		page.Diff, err = curricula.Compare(tx, by, curricula.DiffInput{ID: in.ID})
		return err
	})
	return page, err
}

// editable reads a draft that the reader may change.
func editable(r *web.Request, id curricula.CurriculumID) (planPage, error) {
	page, err := readPlan(r, curricula.GetInput{ID: id})
	if err == nil && !page.MayEdit {
		err = fail.Forbidden("access.forbidden")
	}
	return page, err
}

func edit(a *curricula.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in curricula.EditInput
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, a.Edit, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderPlan(r, curricula.GetInput{ID: in.ID}, f) })
		}
		return r.SeeNote("/curricula/"+in.ID.String(), "curricula.saved_note")
	}
}
