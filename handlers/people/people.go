// Package people serves the pages and endpoints of persons, households and rosters (models/people).
package people

import (
	"embed"
	"net/http"

	"huotang/handlers/web"
	"huotang/models/people"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *people.Area) {
	p.Views("people", views)
	p.Get("/people", list(a))
	p.Get("/people/new", newPerson)
	p.Post("/people/new", addPerson(a))
	p.Get("/people/away", away)
	p.Post("/people/away", settleAway)
	p.Get("/people/same", likely(a))
	p.Get("/people/compare", compare(a))
	p.Post("/people/compare", decide(a))
	p.Post("/people/merges/:id/undo", unmerge(a))
	p.Get("/people/:id", show(a))
	p.Post("/people/:id/standing", act(a, people.SetStanding, "people.kept"))
	p.Post("/people/:id/exempt", act(a, people.Exempt, "people.kept"))
	p.Post("/people/:id/life", act(a, people.SetLife, "people.kept"))
	p.Post("/people/:id/phone", act(a, a.SetPhone, "people.phone_kept"))
	p.Post("/people/:id/phone/show", showPhone(a))
	p.Post("/people/:id/drop", act(a, people.Drop, "people.dropped"))
	p.Post("/people/:id/offices", act(a, people.GiveOffice, "people.office_kept"))
	p.Post("/people/:id/offices/:office", act(a, people.EndOffice, "people.office_kept"))
	p.Get("/people/:id/edit", editPerson(a))
	p.Post("/people/:id/edit", keepPerson(a))
	p.Get("/people/:id/transfer", transfer(a))
	p.Post("/people/:id/transfer", doTransfer(a))
	p.Get("/households", households)
	p.Get("/households/new", newHousehold)
	p.Post("/households/new", addHousehold)
	p.Get("/households/:id", household)
	p.Post("/households/:id", actHousehold(people.EditHousehold))
	p.Post("/households/:id/join", actHousehold(people.JoinHousehold))
	p.Post("/households/:id/part", actHousehold(people.PartHousehold))
	p.Post("/households/:id/drop", dropHousehold)
	p.Get("/sites/:id/roster", roster)
	p.Post("/sites/:id/roster", enrolMany)
	p.Get("/sites/:id/roster/group", group)
	p.Post("/sites/:id/roster/group", moveGroup)
	p.Post("/sites/:id/roster/group/:act/undo", undoGroup)
	p.Post("/sites/:id/roster/:person/leave", leave)
	p.Get("/sites/:id/roster/:person/away", askAway)
	p.Post("/sites/:id/roster/:person/away", noteAway)
	out := p.Confirmed()
	out.Post("/people/export", exportPeople(a))
	out.Post("/sites/:id/roster/export", exportRoster(a))
	out.Post("/sites/:id/call-list", callList(a))
	mountAPI(api, a)
}

func mountAPI(api *web.API, a *people.Area) {
	mountOut(api.Confirmed(), a)
	web.Post(api, "/people", people.Add)
	web.Get(api, "/people/unconfirmed", people.Unconfirmed)
	web.Post(api, "/people/confirm-life", people.ConfirmLife)
	web.Post(api, "/people/undo-life", people.UndoLife)
	web.Get(api, "/people/likely", a.Likely)
	web.Get(api, "/people/compare", a.Compare)
	web.Post(api, "/people/merge", a.Merge)
	web.Post(api, "/people/distinct", a.SetDistinct)
	web.Post(api, "/people/merges/:id/undo", a.Unmerge)
	web.Get(api, "/people/:id", a.Get)
	web.Put(api, "/people/:id", people.Edit)
	web.Get(api, "/people/:id/history", people.HistoryOf)
	web.Post(api, "/people/:id/standing", people.SetStanding)
	web.Post(api, "/people/:id/exempt", people.Exempt)
	web.Post(api, "/people/:id/depart", people.Depart)
	web.Post(api, "/people/:id/life", people.SetLife)
	web.Post(api, "/people/:id/drop", people.Drop)
	web.Post(api, "/people/:id/transfer", people.Transfer)
	web.Post(api, "/people/:id/offices", people.GiveOffice)
	web.Post(api, "/people/:id/offices/:office", people.EndOffice)
	web.Put(api, "/people/:id/phone", a.SetPhone)
	web.Post(api, "/people/:id/phone/reveal", a.RevealPhone)
	web.Get(api, "/households", people.Households)
	web.Post(api, "/households", people.AddHousehold)
	web.Get(api, "/households/:id", people.GetHousehold)
	web.Put(api, "/households/:id", people.EditHousehold)
	web.Delete(api, "/households/:id", people.DropHousehold)
	web.Post(api, "/households/:id/join", people.JoinHousehold)
	web.Post(api, "/households/:id/part", people.PartHousehold)
	web.Get(api, "/sites/:id/roster", people.RosterOf)
	web.Post(api, "/sites/:id/roster", people.Enrol)
	web.Post(api, "/sites/:id/roster/several", people.EnrolMany)
	web.Get(api, "/sites/:id/roster/group", people.PreviewGroup)
	web.Post(api, "/sites/:id/roster/group", people.MoveGroup)
	web.Get(api, "/sites/:id/roster/group/acts", people.GroupActs)
	web.Post(api, "/sites/:id/roster/group/:act/undo", people.UndoGroup)
	web.Post(api, "/sites/:id/roster/:person/leave", people.Leave)
	web.Post(api, "/sites/:id/roster/:person/away", people.NoteAway)
	web.Post(api, "/sites/:id/posts", people.Assign)
}

// mountOut adds what gives people out in numbers.
func mountOut(api *web.API, a *people.Area) {
	web.Get(api, "/people", a.List)
	web.Post(api, "/sites/:id/call-list", a.CallList)
	web.Deliver(api, http.MethodPost, "/people/export", "people.Export", []string{web.Workbook}, func(r *web.Request, in people.ExportInput) error {
		return giveOut(r, a, in)
	})
	web.Deliver(api, http.MethodPost, "/sites/:id/roster/export", "people.ExportRoster", []string{web.Workbook}, func(r *web.Request, in people.RosterExportInput) error {
		return giveOut(r, a, people.ExportInput{Site: in.Site})
	})
}

func standings(b web.Base) []web.Option {
	out := make([]web.Option, len(people.Standings))
	for i, s := range people.Standings {
		out[i] = web.Option{Value: string(s), Label: b.T("people.standing." + string(s))}
	}
	return out
}

func lives(b web.Base) []web.Option {
	out := make([]web.Option, len(people.Lives))
	for i, l := range people.Lives {
		out[i] = web.Option{Value: string(l), Label: b.T("people.life." + string(l))}
	}
	return out
}

func genders(b web.Base) []web.Option {
	out := []web.Option{{Label: b.T("people.gender_unknown")}}
	for _, g := range []people.Gender{people.Female, people.Male} {
		out = append(out, web.Option{Value: string(g), Label: b.T("people.gender." + string(g))})
	}
	return out
}

func offices(b web.Base) []web.Option {
	out := make([]web.Option, len(people.Offices))
	for i, o := range people.Offices {
		out[i] = web.Option{Value: string(o), Label: b.T("people.office." + string(o))}
	}
	return out
}

func first(all []web.Option, label string) []web.Option {
	return append([]web.Option{{Label: label}}, all...)
}
