package curricula

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/db"
	"huotang/models/fail"
)

// addPage looks for lessons and puts one into the draft.
type addPage struct {
	planPage
	In     curricula.CandidatesInput
	Found  db.Page[curricula.Item]
	Months []web.Option
	Duties []web.Option
}

// Query keeps the search in the address of the form.
func (p addPage) Query() string {
	return "?" + url.Values{"q": {p.In.Q}, "task": {string(p.In.Task)}}.Encode()
}

func add(r *web.Request) error {
	var in curricula.CandidatesInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	month := r.Query("month")
	if month == "" {
		month = "-" // chosen below
	}
	return renderAdd(r, in, web.Form{Values: url.Values{"month": {month}, "required": {"1"}}})
}

func renderAdd(r *web.Request, in curricula.CandidatesInput, form web.Form) error {
	plan, err := editable(r, in.ID)
	if err != nil {
		return err
	}
	page := addPage{planPage: plan, In: in}
	if page.Found, err = web.Ask(r, curricula.Candidates, in); err != nil {
		return err
	}
	page.base = base{r.Base("curricula.add_item")}
	page.Months, page.Duties = months(page.base, plan.Plan.Year), duties(page.base)
	if form.Value("month") == "-" {
		form.Values.Set("month", page.Months[0].Value)
		if n := len(plan.Plan.Items); n > 0 {
			form.Values.Set("month", plan.Plan.Items[n-1].Month.String())
		}
	}
	page.Form = form
	return r.Render("curricula/add", page)
}

func addItem(a *curricula.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in curricula.PutItemInput
		var find curricula.CandidatesInput
		err := r.Bind(&in)
		if err2 := r.Bind(&find); err == nil {
			err = err2
		}
		if err == nil {
			_, err = web.Do(r, a.PutItem, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderAdd(r, find, f) })
		}
		back := url.Values{"task": {string(find.Task)}, "month": {in.Month.String()}} // the search has been answered
		return r.SeeNote("/curricula/"+in.ID.String()+"/add?"+back.Encode(), "curricula.added_note")
	}
}

// itemPage changes one item of the draft.
type itemPage struct {
	planPage
	Item        curricula.Item
	First, Last bool // of its month
	Months      []web.Option
	Duties      []web.Option
}

// itemAt is an item's address.
type itemAt struct {
	ID     curricula.CurriculumID `path:"id"`
	Lesson courses.LessonID       `path:"lesson"`
}

func (a itemAt) String() string { return "/curricula/" + a.ID.String() + "/items/" + a.Lesson.String() }

func showItem(r *web.Request) error {
	var at itemAt
	if err := r.Bind(&at); err != nil {
		return err
	}
	return renderItem(r, at, nil)
}

// renderItem shows an item; form is one that was sent.
func renderItem(r *web.Request, at itemAt, form *web.Form) error {
	plan, err := editable(r, at.ID)
	if err != nil {
		return err
	}
	page := itemPage{planPage: plan}
	items := plan.Plan.Items
	for i, item := range items {
		if item.Lesson == at.Lesson {
			page.Item = item
			page.First = i == 0 || items[i-1].Month != item.Month
			page.Last = i == len(items)-1 || items[i+1].Month != item.Month
		}
	}
	if page.Item.Lesson.IsZero() {
		return fail.NotFound("curricula.item_missing")
	}
	page.base = base{r.Base("courses.of_title", page.Item.Title)}
	page.Months, page.Duties = months(page.base, plan.Plan.Year), duties(page.base)
	if form == nil {
		duty := "0"
		if page.Item.Required {
			duty = "1"
		}
		form = &web.Form{Values: url.Values{"month": {page.Item.Month.String()}, "required": {duty}}}
	}
	page.Form = *form
	return r.Render("curricula/item", page)
}

func putItem(a *curricula.Area) web.PageFunc {
	return func(r *web.Request) error {
		var at itemAt
		var in curricula.PutItemInput
		err := r.Bind(&at)
		if err2 := r.Bind(&in); err == nil {
			err = err2
		}
		in.Lesson = at.Lesson
		if err == nil {
			_, err = web.Do(r, a.PutItem, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderItem(r, at, &f) })
		}
		return r.SeeNote("/curricula/"+at.ID.String(), "curricula.saved_note")
	}
}

// step is a button on an item's page.
type step interface {
	curricula.MoveItemInput | curricula.RemoveItemInput
}

// itemAct moves or removes the item of the address.
func itemAct[In step](op web.Op[In, curricula.View]) web.PageFunc {
	return func(r *web.Request) error {
		var at itemAt
		var in In
		err := r.Bind(&at)
		if err2 := r.Bind(&in); err == nil {
			err = err2
		}
		if err == nil {
			_, err = web.Do(r, op, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error {
				return renderPlan(r, curricula.GetInput{ID: at.ID}, web.Form{Message: f.Message, Errors: f.Errors})
			})
		}
		return r.SeeNote("/curricula/"+at.ID.String(), "curricula.saved_note")
	}
}
