// Package progress serves what each person has studied, and the bookmark in a video (models/progress).
package progress

import (
	"embed"
	"net/http"
	"strconv"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/fail"
	"huotang/models/progress"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API) {
	p.Views("progress", views)
	p.Get("/me/study", own)
	p.Get("/study-rules", rules)
	p.Post("/study-rules/hours", setHours)
	p.Post("/study-rules/threshold", setThreshold)
	p.Get("/people/:id/study", ofPerson)
	p.Post("/lessons/:id/position", keepPosition)

	web.Get(api, "/me/study", progress.Own)
	web.Get(api, "/study-rules", progress.Rules)
	web.Put(api, "/study-rules/hours", progress.SetHours)
	web.Post(api, "/study-rules/hours/preview", progress.PreviewHours)
	web.Put(api, "/study-rules/threshold", progress.SetThreshold)
	web.Post(api, "/study-rules/threshold/preview", progress.PreviewThreshold)
	web.Get(api, "/people/:id/study", progress.OfPerson)
	web.Get(api, "/lessons/:id/position", progress.Position)
	web.Put(api, "/lessons/:id/position", progress.KeepPosition)
}

type studyPage struct {
	web.Base
	Study  progress.StudyView
	Own    bool
	Nobody bool   // the account belongs to no person
	Here   string // its address
	Last   int    // the year before; shown from 2000 on, where records can begin
	Next   int    // the year after, 0 in this one
}

// own is 「我的学习」.
func own(r *web.Request) error {
	var in progress.OwnInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	v, err := web.Ask(r, progress.Own, in)
	if fail.Is(err, "progress.nobody") {
		page := studyPage{Base: r.Base("progress.own"), Nobody: true}
		return r.Render("progress/study", page)
	}
	if err != nil {
		return err
	}
	return show(r, v, "/me/study", true)
}

// ofPerson is the same of somebody else.
func ofPerson(r *web.Request) error {
	var in progress.OfPersonInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	v, err := web.Ask(r, progress.OfPerson, in)
	if err != nil {
		return err
	}
	return show(r, v, "/people/"+in.Person.String()+"/study", r.Actor.Is(in.Person))
}

func show(r *web.Request, v progress.StudyView, path string, own bool) error {
	page := studyPage{Base: r.Base("progress.own"), Study: v, Own: own, Here: path, Last: v.Year - 1}
	if !own {
		page.Title = page.T("progress.of", v.Name)
	}
	if v.AsOf == date.New(v.Year, 12, 31) && !r.Actor.Has(access.Public) {
		page.Next = v.Year + 1
	}
	return r.Render("progress/study", page)
}

// most seconds that a bookmark may lie in; the op has the last word.
const most = 1e6

// keepPosition takes the bookmark that the player sends; it sends whole seconds and wants no answer.
func keepPosition(r *web.Request) error {
	var in struct {
		Lesson courses.LessonID `path:"id"`
	}
	if err := r.Bind(&in); err != nil {
		return err
	}
	seconds, err := strconv.ParseFloat(r.Form().Get("position"), 64)
	if err != nil || !(seconds >= 0 && seconds < most) {
		return fail.Invalid("input.number").Because(err)
	}
	_, err = web.Do(r, progress.KeepPosition, progress.KeepPositionInput{Lesson: in.Lesson, PositionMs: int(seconds * 1000)})
	if err != nil {
		return err
	}
	r.Writer().WriteHeader(http.StatusNoContent)
	return nil
}
