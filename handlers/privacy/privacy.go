// Package privacy serves what people are told of their data and say to it, what is kept of them, corrections and erasures,
// how long things are kept, the histories of objects, and the list of acts (models/privacy).
package privacy

import (
	"embed"
	"net/http"
	"strings"

	"huotang/handlers/web"
	"huotang/models/audit"
	"huotang/models/privacy"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area, and the question that everybody answers after the first sign-in.
func Mount(p *web.Pages, api *web.API, a *privacy.Area) {
	p.Views("privacy", views)
	p.Gate(newGate().check)

	p.Get("/privacy", showText)
	p.Get("/privacy/texts", listTexts)
	p.Get("/privacy/texts/:version", showText)
	p.Get("/privacy/edit", editText)
	p.Post("/privacy/edit", publishText)
	p.Get("/privacy/consent", askConsent)
	p.Post("/privacy/consent", giveConsent)
	p.Get("/privacy/declined", declined)
	p.Get("/privacy/paper", papers)
	p.Confirmed().Get("/privacy/paper/:site", paper)
	p.Post("/privacy/paper/:site", tickPaper)
	p.Get("/privacy/requests", requests)
	p.Get("/privacy/requests/:id", request)
	p.Post("/privacy/requests/:id", decide)
	p.Get("/privacy/retention", retention)
	p.Post("/privacy/retention/:kind", setRetention)
	p.Get("/privacy/erasures", pending)
	p.Post("/privacy/erasures", askErasures)
	p.Get("/people/:id/erase", erasure)
	p.Post("/people/:id/erase", askErasure)
	p.Post("/people/:id/erase/undo", undoErasure)
	p.Get("/me/data", ownData(a))
	p.Post("/me/data/file", takeOwn(a))
	p.Get("/me/data/correct", correctForm)
	p.Post("/me/data/correct", correct)
	p.Get("/history/:object/:id", history)
	p.Get("/audit", acts)
	p.Confirmed().Post("/audit/export", exportActs)

	public := api.Public()
	web.Get(public, "/privacy/texts", privacy.Texts)
	web.Get(public, "/privacy/texts/:version", privacy.Text)
	web.Post(api, "/privacy/texts", privacy.Publish)
	web.Get(api, "/privacy/consent", privacy.Consent)
	web.Post(api, "/privacy/consent/agree", privacy.Agree)
	web.Post(api, "/privacy/consent/decline", privacy.Decline)
	web.Get(api, "/privacy/papers", privacy.Papers)
	web.Get(api.Confirmed(), "/privacy/papers/:site", privacy.Paper)
	web.Put(api, "/privacy/papers/:site", privacy.TickPaper)
	web.Get(api, "/privacy/requests", privacy.Requests)
	web.Get(api, "/privacy/requests/:id", privacy.Request)
	web.Post(api, "/privacy/requests/:id", privacy.Decide)
	web.Get(api, "/privacy/retention", privacy.Retention)
	web.Put(api, "/privacy/retention/:kind", privacy.SetRetention)
	web.Get(api, "/privacy/retention/reports", privacy.Reports)
	web.Get(api, "/privacy/erasures", privacy.Pending)
	web.Post(api, "/privacy/erasures", privacy.AskErasures)
	web.Get(api, "/privacy/erasures/proposed", privacy.Proposed)
	web.Get(api, "/people/:id/erasure", privacy.Erasure)
	web.Post(api, "/people/:id/erasure", privacy.AskErasure)
	web.Delete(api, "/people/:id/erasure", privacy.UndoErasure)
	web.Get(api, "/me/data", a.Own)
	web.Get(api, "/me/corrections", privacy.OwnRequests)
	web.Post(api, "/me/corrections", privacy.AskCorrection)
	web.Get(api, "/audit", privacy.Search)
	web.Deliver(api.Confirmed(), http.MethodPost, "/audit/export", "privacy.Export", []string{csvKind}, func(r *web.Request, in exportForm) error {
		return giveActs(r, in.search())
	})
	web.Get(api, "/audit/:object/:id", audit.History)
	web.Get(api, "/history/:object/:id", privacy.History)
}

// base adds to every page here what its views need.
type base struct{ web.Base }

// Paragraph is a part of the notice.
type Paragraph struct {
	Heading bool
	Text    string
}

// Paragraphs parts a notice at its line breaks.
func (b base) Paragraphs(s string) []Paragraph {
	var out []Paragraph
	for line := range strings.SplitSeq(s, "\n") {
		text, heading := strings.CutPrefix(strings.TrimSpace(line), "#")
		if text = strings.TrimSpace(text); text != "" {
			out = append(out, Paragraph{heading, text})
		}
	}
	return out
}

// Body is the text of a version; the one that came with the program in the language of the page.
func (b base) Body(v privacy.TextView) string {
	if v.Supplied {
		return b.T("privacy.body")
	}
	return v.Body
}
