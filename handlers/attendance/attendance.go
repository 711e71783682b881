// Package attendance serves the host's evening: what is to do today, the lesson, the roll, its receipt, and the
// records of what was held (models/attendance).
//
// The roll goes over three pages without a script: the roll itself, 「核对一下再交」 and the receipt. What was tapped
// and typed travels in the form from page to page, so nothing is lost on the way back; only the last step stores.
//
// Without a network the roll is called on /roll, one page that a service worker keeps (offline.go, static/js/worker.js). It is the
// same for everybody; a phone fills it from what it took along (GET /api/v1/sites/{id}/phone), writes each tap before it shows
// it, and sends from an outbox that only receipts empty. Its scripts are in static/js: offline.js is where they begin,
// draft.js has the rules of a roll, send.js those of the outbox.
package attendance

import (
	"embed"

	"huotang/handlers/static"
	"huotang/handlers/web"
	"huotang/models/attendance"
	"huotang/models/progress"
	"huotang/models/relay"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *attendance.Area, phones *relay.Area) {
	p.Views("attendance", views)
	p.Get("/today", today)
	o := newOffline(p.App())
	p.Get("/roll", o.page)
	p.App().Root("/sw.js", "text/javascript; charset=utf-8", static.Worker(o.version))
	p.Get("/absences", absences)
	p.Get("/absences/:id", memberAbsences)
	p.Get("/sessions", list)
	p.Post("/sessions", open(a))
	p.Get("/sessions/:id", show)
	p.Get("/sessions/:id/teach", teach)
	p.Get("/sessions/:id/roll", roll)
	p.Post("/sessions/:id/roll", callRoll)
	p.Get("/sessions/:id/check", backToRoll)
	p.Post("/sessions/:id/check", handIn(a))
	p.Get("/sessions/:id/receipt", receipt)
	p.Get("/sessions/:id/guests", guests)
	p.Post("/sessions/:id/guests/:guest/attach", actGuest(a.AttachGuest, "attendance.guest_attached"))
	p.Post("/sessions/:id/guests/:guest/detach", actGuest(a.DetachGuest, "attendance.guest_detached"))
	p.Post("/sessions/:id/settle", settle(a))
	p.Post("/sessions/:id/void", void(a))
	p.Get("/me/rolls", ownRows)
	p.Post("/me/rolls/:id/dispute", dispute)
	p.Get("/relay", showRelay)
	p.Post("/relay", relayText(phones))

	web.Get(api, "/absences", attendance.AbsencesOf)
	web.Get(api, "/absences/:id", attendance.AbsencesOfMember)
	web.Get(api, "/sessions", attendance.List)
	web.Post(api, "/sessions", a.Open)
	web.Get(api, "/sessions/:id", attendance.Get)
	web.Get(api, "/sessions/:id/roll", attendance.Roll)
	web.Post(api, "/sessions/:id/roll", a.Submit)
	web.Get(api, "/sessions/:id/receipt", attendance.ReadReceipt)
	web.Get(api, "/sessions/:id/guests", attendance.Guests)
	web.Post(api, "/sessions/:id/guests/:guest/attach", a.AttachGuest)
	web.Post(api, "/sessions/:id/guests/:guest/detach", a.DetachGuest)
	web.Post(api, "/sessions/:id/settle", a.Settle)
	web.Post(api, "/sessions/:id/void", a.Void)
	web.Post(api, "/sessions/:id/dispute", attendance.Dispute)
	web.Get(api, "/me/rolls", attendance.OwnRows)
	web.Get(api, "/rolls/conflicts", attendance.OpenConflicts)
	web.Get(api, "/rolls/corrections", attendance.Corrections)
	web.Post(api, "/rolls/corrections", a.Decide)
	web.Get(api, "/rolls/late", attendance.LateRolls)
	web.Post(api, "/rolls/late", a.Admit)
	web.Get(api, "/rolls/disputes", attendance.Disputes)
	web.Post(api, "/rolls/disputes/:dispute", a.SettleDispute)
	web.Get(api, "/rolls/questions", attendance.Questions)
	web.Post(api, "/rolls/questions/:question", attendance.AnswerQuestion)
	web.Post(api, "/device/relay-key", phones.DeviceKey)
	web.Post(api, "/relay", phones.HandIn)
	web.Get(api, "/sessions/:id/hours", progress.OfSession)
	web.Get(api, "/sites/:id/today", attendance.Today)
	web.GetFresh(api, "/sites/:id/phone", attendance.Phone)
	web.Get(api, "/sites/:id/summary", attendance.SummaryOfSite)
}
