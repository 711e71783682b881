// Package exchange serves the exchange weeks (models/exchange): a township's quarter with who meets whom and why, one meeting,
// what a school has before it, and the visits on paper.
package exchange

import (
	"embed"
	"strings"

	"huotang/handlers/web"
	"huotang/models/date"
	"huotang/models/exchange"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, x *exchange.Area) {
	p.Views("exchange", views)
	p.Get("/exchange", list)
	p.Get("/exchange/weeks/:unit/:quarter", showWeek(x))
	p.Post("/exchange/weeks/:unit/:quarter", setWeek(x))
	p.Post("/exchange/weeks/:unit/:quarter/plan", plan(x))
	p.Get("/exchange/weeks/:unit/:quarter/rota", rota(x))
	p.Get("/exchange/groups/:id", showGroup(x))
	p.Post("/exchange/groups/:id/move", move(x))
	p.Post("/exchange/groups/:id/host", setHost(x))
	p.Post("/exchange/groups/:id/swap", swap(x))
	p.Post("/exchange/groups/:id/call-off", callOff(x))
	p.Post("/exchange/groups/:id/restore", restore(x))
	p.Get("/exchange/schools/:id", showSchool(x))

	web.Get(api, "/exchange/townships", exchange.Towns)
	web.Get(api, "/exchange/groups", exchange.List)
	web.Get(api, "/exchange/weeks/:unit/:quarter", x.Week)
	web.Put(api, "/exchange/weeks/:unit/:quarter", x.SetWeek)
	web.Post(api, "/exchange/weeks/:unit/:quarter/plan", x.Plan)
	web.Get(api, "/exchange/groups/:id", x.Get)
	web.Post(api, "/exchange/groups/:id/move", x.Move)
	web.Post(api, "/exchange/groups/:id/host", x.SetHost)
	web.Post(api, "/exchange/groups/:id/swap", x.Swap)
	web.Post(api, "/exchange/groups/:id/call-off", x.CallOff)
	web.Post(api, "/exchange/groups/:id/restore", x.Restore)
	web.Get(api, "/exchange/schools/:id", x.OfSite)
}

// base is what the area's pages share.
type base struct{ web.Base }

// QuarterName writes a quarter: 2026年第4季度.
func (b base) QuarterName(q date.Quarter) string { return b.T("exchange.quarter", q.Year(), q.N()) }

// Names writes schools one after the other.
func (b base) Names(schools []exchange.SchoolView) string {
	names := make([]string, len(schools))
	for i, s := range schools {
		names[i] = s.Name
	}
	return strings.Join(names, b.T("exchange.and"))
}

// WhyText writes a reason.
func (b base) WhyText(w exchange.Why) string {
	if key := "exchange.why." + w.Code; w.N > 0 || w.Code == "met" {
		return b.T(key, w.N)
	}
	if w.Code == "turn" {
		return b.T("exchange.why.turn_first")
	}
	return b.T("exchange.why." + w.Code)
}

// TagClass is the look of a state; the state itself is always a word.
func (b base) TagClass(s exchange.State) string {
	switch s {
	case exchange.Held, exchange.Begun:
		return "tag on"
	case exchange.NoRecord:
		return "tag ask"
	case exchange.CalledOff:
		return "tag off"
	}
	return "tag"
}

// quarterAddress is the address of a quarter of a page that takes it from the query.
func quarterAddress(path string, q date.Quarter) string { return path + "?quarter=" + q.String() }
