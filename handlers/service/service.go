// Package service serves feedback, notices and the public pages (models/service).
package service

import (
	"embed"
	"net/http"
	"strings"
	"time"

	"huotang/handlers/web"
	"huotang/models/date"
	"huotang/models/service"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *service.Area) {
	s := &sender{area: a, limit: newLimiter()}
	p.Views("service", views)
	p.Get("/", front(a))
	p.Get("/about", about)
	p.Get("/feedback", feedbackForm(a))
	p.Post("/feedback", s.page)
	p.Get("/feedback/find", findFeedback)
	p.Get("/feedback/answers", answers(a))
	p.Get("/feedback/inbox", inbox(a))
	p.Get("/feedback/inbox/:code", answerForm(a))
	p.Post("/feedback/inbox/:code", answerFeedback(a))
	p.Get("/feedback/:code", showFeedback(a))
	p.Get("/notices", notices(a))
	p.Get("/notices/new", newNotice(a))
	p.Post("/notices/new", publish(a))
	p.Get("/notices/:id", showNotice(a))
	p.Get("/notices/:id/edit", editNotice(a))
	p.Post("/notices/:id/edit", saveNotice(a))
	p.Post("/notices/:id/withdraw", withdraw(a))

	public := api.Public()
	web.Serve(public, http.MethodPost, "/feedback", "service.Send", s.api)
	web.Get(public, "/feedback", a.Answered)
	web.Get(api, "/feedback/inbox", a.Inbox)
	web.Get(public, "/feedback/:code", a.Find)
	web.Post(api, "/feedback/:id/answer", a.Answer)
	web.Get(public, "/notices", a.Notices)
	web.Post(api, "/notices", a.Publish)
	web.Get(public, "/notices/:id", a.Notice)
	web.Put(api, "/notices/:id", a.Edit)
	web.Post(api, "/notices/:id/withdraw", a.Withdraw)
}

// base adds to every page here what its views need.
type base struct{ web.Base }

// On is the day of an instant; the time of day is nobody's business here.
func (b base) On(t time.Time) string { return b.Date(date.Of(t)) }

// Lines parts a text at its line breaks.
func (b base) Lines(s string) []string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
