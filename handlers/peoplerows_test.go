package handlers_test

import (
	"huotang/models/access"
)

func peopleRows() []row {
	const person = `"name":"李新民","village":"{village}","standing":"full"`
	return []row{
		{route: "GET /people", need: access.PeopleNames, holds: memberName},
		{route: "POST /people/export", body: "unit={village.code}&q=cdy", need: access.PeopleSee},
		{route: "POST /sites/:id/roster/export", at: "/sites/{site}/roster/export", body: "x=1", need: access.PeopleSee, on: "site"},
		{route: "POST /api/v1/people/export", body: `{"branch":"{branch.code}"}`, need: access.PeopleSee},
		{route: "POST /api/v1/sites/:id/roster/export", at: "/api/v1/sites/{site}/roster/export", body: `{}`, need: access.PeopleSee, on: "site"},
		{route: "GET /people/new", need: access.PeopleEdit},
		{route: "POST /people/new", body: "name=李新民&village={village}&standing=full", need: access.PeopleEdit, on: "village"},
		{route: "GET /people/:id", at: "/people/{member}", want: oneself(access.PeopleNames, "member")},
		{route: "POST /people/:id/standing", at: "/people/{villager}/standing", body: "standing=applicant&act=standing", need: access.PeopleEdit, on: "villager"},
		{route: "POST /people/:id/exempt", at: "/people/{member}/exempt", body: "approved_by=支委会&until=2027-06-30", need: access.PeopleEdit, on: "member"},
		{route: "POST /people/:id/offices", at: "/people/{member}/offices", body: "office=secretary&unit={branch}&act=office", need: access.PeopleEdit, on: "member"},
		{route: "POST /people/:id/offices/:office", at: "/people/{member}/offices/{office}", body: "until=2026-11-20&act=office_end", need: access.PeopleEdit, on: "member"},
		{route: "POST /api/v1/people/:id/offices", at: "/api/v1/people/{member}/offices", body: `{"office":"secretary","unit":"{branch}"}`, need: access.PeopleEdit, on: "member"},
		{route: "POST /api/v1/people/:id/offices/:office", at: "/api/v1/people/{member}/offices/{office}", body: `{"drop":true}`, need: access.PeopleEdit, on: "member"},
		{route: "GET /people/away", want: eitherOf(access.PeopleEdit, access.PeopleAway)},
		{route: "POST /people/away", body: "act=confirm&items={away}", need: access.PeopleEdit, on: "wanderer"},
		{route: "POST /people/away", body: "act=undo&items={away}", want: puts("wanderer")},
		{route: "GET /people/same", need: access.PeopleMerge, holds: "字同文"},
		{route: "GET /people/compare", at: "/people/compare?person={twin}&other={twin2}", want: merges("twin")},
		{route: "POST /people/compare", body: "kept={twin}&gone={twin2}", want: merges("twin")},
		{route: "POST /people/compare", body: "act=distinct&person={twin}&other={twin2}", want: merges("twin")},
		{route: "POST /people/merges/:id/undo", at: "/people/merges/{merge}/undo", body: "x=1", want: unmerges},
		{route: "POST /people/:id/life", at: "/people/{villager}/life", body: "state=away&act=life", need: access.PeopleEdit, on: "villager"},
		{route: "POST /people/:id/phone", at: "/people/{villager}/phone", body: "phone=13800138000&act=phone", need: access.PeopleEdit, on: "villager"},
		{route: "POST /people/:id/phone/show", at: "/people/{member}/phone/show", body: "x=1", need: access.PeoplePhone, on: "member"},
		{route: "POST /people/:id/drop", at: "/people/{member}/drop", body: "kind=standing&since=2023-03-01&act=drop", need: access.PeopleEdit, on: "member", input: true},
		{route: "GET /people/:id/edit", at: "/people/{villager}/edit", need: access.PeopleEdit, on: "villager"},
		{route: "POST /people/:id/edit", at: "/people/{villager}/edit", body: "name=茶大满&village={village}&village_group={hamlet}", need: access.PeopleEdit, on: "villager"},
		{route: "GET /people/:id/transfer", at: "/people/{villager}/transfer", need: access.PeopleEdit, on: "villager"},
		{route: "POST /people/:id/transfer", at: "/people/{villager}/transfer", body: "village={village}&from={site}&to={sister}&on=2026-11-20", need: access.PeopleEdit, on: "villager"},
		{route: "GET /households", want: listsHouses, holds: "字家", shown: byVillage},
		{route: "GET /households/new", need: access.PeopleEdit},
		{route: "POST /households/new", body: "village={village}&name=茶家", need: access.PeopleEdit, on: "village"},
		{route: "GET /households/:id", at: "/households/{house}", need: access.PeopleSee, on: "house"},
		{route: "POST /households/:id", at: "/households/{house}", body: "name=字家&code=007", want: housework},
		{route: "POST /households/:id/join", at: "/households/{house}/join", body: "persons={free}", want: housework},
		{route: "POST /households/:id/part", at: "/households/{house}/part", body: "persons={kept}", want: housework},
		{route: "POST /households/:id/drop", at: "/households/{emptyhouse}/drop", body: "x=1", want: housework},
		{route: "GET /sites/:id/roster", at: "/sites/{site}/roster", need: access.PeopleNames, on: "site"},
		{route: "POST /sites/:id/roster", at: "/sites/{site}/roster", body: "persons={free}", need: access.PeopleEdit, on: "site"},
		{route: "GET /sites/:id/roster/group", at: "/sites/{sister}/roster/group?group={lane}&way=on", need: access.PeopleEdit, on: "sister"},
		{route: "POST /sites/:id/roster/group", at: "/sites/{sister}/roster/group", body: "group={lane}&way=on", need: access.PeopleEdit, on: "sister"},
		{route: "POST /sites/:id/roster/group/:act/undo", at: "/sites/{sister}/roster/group/{rosteract}/undo", body: "x=1", need: access.PeopleEdit, on: "sister"},
		{route: "POST /sites/:id/roster/:person/leave", at: "/sites/{site}/roster/{villager}/leave", body: "x=1", need: access.PeopleEdit, on: "site"},
		{route: "GET /sites/:id/roster/:person/away", at: "/sites/{site}/roster/{villager}/away", need: access.PeopleAway, on: "site"},
		{route: "POST /sites/:id/roster/:person/away", at: "/sites/{site}/roster/{villager}/away", body: "state=away", need: access.PeopleAway, on: "site"},
		{route: "POST /sites/:id/call-list", at: "/sites/{site}/call-list", body: "x=1", need: access.PeoplePhone, on: "site"},
		{route: "GET /api/v1/people", need: access.PeopleNames, holds: memberName},
		{route: "POST /api/v1/people", body: `{` + person + `}`, need: access.PeopleEdit, on: "village"},
		{route: "GET /api/v1/people/:id", at: "/api/v1/people/{member}", want: oneself(access.PeopleNames, "member")},
		{route: "PUT /api/v1/people/:id", at: "/api/v1/people/{villager}", body: `{"name":"茶大满","village":"{village}"}`, need: access.PeopleEdit, on: "villager"},
		{route: "POST /api/v1/people/:id/standing", at: "/api/v1/people/{villager}/standing", body: `{"standing":"applicant"}`, need: access.PeopleEdit, on: "villager"},
		{route: "POST /api/v1/people/:id/exempt", at: "/api/v1/people/{member}/exempt", body: `{"approved_by":"支委会","until":"2027-06-30"}`, need: access.PeopleEdit, on: "member"},
		{route: "POST /api/v1/people/:id/depart", at: "/api/v1/people/{villager}/depart", body: `{"on":"2026-11-20"}`, need: access.PeopleEdit, on: "villager"},
		{route: "POST /api/v1/sites/:id/roster", at: "/api/v1/sites/{site}/roster", body: `{"person":"{free}"}`, need: access.PeopleEdit, on: "site"},
		{route: "GET /api/v1/sites/:id/roster/group", at: "/api/v1/sites/{sister}/roster/group?group={lane}&way=on", need: access.PeopleEdit, on: "sister"},
		{route: "POST /api/v1/sites/:id/roster/group", at: "/api/v1/sites/{sister}/roster/group", body: `{"group":"{lane}","way":"on"}`, need: access.PeopleEdit, on: "sister"},
		{route: "GET /api/v1/sites/:id/roster/group/acts", at: "/api/v1/sites/{sister}/roster/group/acts", need: access.PeopleEdit, on: "sister"},
		{route: "POST /api/v1/sites/:id/roster/group/:act/undo", at: "/api/v1/sites/{sister}/roster/group/{rosteract}/undo", body: `{}`, need: access.PeopleEdit, on: "sister"},
		{route: "POST /api/v1/sites/:id/roster/:person/leave", at: "/api/v1/sites/{site}/roster/{villager}/leave", body: `{}`, need: access.PeopleEdit, on: "site"},
		{route: "GET /api/v1/people/unconfirmed", want: eitherOf(access.PeopleEdit, access.PeopleAway)},
		{route: "POST /api/v1/people/confirm-life", body: `{"items":["{away}"]}`, need: access.PeopleEdit, on: "wanderer"},
		{route: "POST /api/v1/people/undo-life", body: `{"items":["{away}"]}`, want: puts("wanderer")},
		{route: "GET /api/v1/people/likely", need: access.PeopleMerge, holds: "{twin}"},
		{route: "GET /api/v1/people/compare", at: "/api/v1/people/compare?person={twin}&other={twin2}", want: merges("twin")},
		{route: "POST /api/v1/people/merge", body: `{"kept":"{twin}","gone":"{twin2}"}`, want: merges("twin")},
		{route: "POST /api/v1/people/distinct", body: `{"person":"{twin}","other":"{twin2}"}`, want: merges("twin")},
		{route: "POST /api/v1/people/merges/:id/undo", at: "/api/v1/people/merges/{merge}/undo", body: `{}`, want: unmerges},
		{route: "GET /api/v1/people/:id/history", at: "/api/v1/people/{member}/history", want: historyOf("member")},
		{route: "POST /api/v1/people/:id/life", at: "/api/v1/people/{villager}/life", body: `{"state":"away"}`, need: access.PeopleEdit, on: "villager"},
		{route: "POST /api/v1/people/:id/drop", at: "/api/v1/people/{member}/drop", body: `{"kind":"standing","since":"2023-03-01"}`, need: access.PeopleEdit, on: "member", input: true},
		{route: "POST /api/v1/people/:id/transfer", at: "/api/v1/people/{villager}/transfer", body: `{"village":"{village}","from":"{site}","to":"{sister}","on":"2026-11-20"}`, need: access.PeopleEdit, on: "villager"},
		{route: "PUT /api/v1/people/:id/phone", at: "/api/v1/people/{villager}/phone", body: `{"phone":"13800138000"}`, need: access.PeopleEdit, on: "villager"},
		{route: "POST /api/v1/people/:id/phone/reveal", at: "/api/v1/people/{member}/phone/reveal", body: `{}`, need: access.PeoplePhone, on: "member"},
		{route: "GET /api/v1/households", want: listsHouses, holds: "{house}", shown: byVillage},
		{route: "POST /api/v1/households", body: `{"village":"{village}","name":"茶家"}`, need: access.PeopleEdit, on: "village"},
		{route: "GET /api/v1/households/:id", at: "/api/v1/households/{house}", need: access.PeopleSee, on: "house"},
		{route: "PUT /api/v1/households/:id", at: "/api/v1/households/{house}", body: `{"name":"字家","code":"007"}`, want: housework},
		{route: "DELETE /api/v1/households/:id", at: "/api/v1/households/{emptyhouse}", want: housework},
		{route: "POST /api/v1/households/:id/join", at: "/api/v1/households/{house}/join", body: `{"persons":["{free}"]}`, want: housework},
		{route: "POST /api/v1/households/:id/part", at: "/api/v1/households/{house}/part", body: `{"persons":["{kept}"]}`, want: housework},
		{route: "GET /api/v1/sites/:id/roster", at: "/api/v1/sites/{site}/roster", need: access.PeopleNames, on: "site"},
		{route: "POST /api/v1/sites/:id/roster/several", at: "/api/v1/sites/{site}/roster/several", body: `{"persons":["{free}"]}`, need: access.PeopleEdit, on: "site"},
		{route: "POST /api/v1/sites/:id/roster/:person/away", at: "/api/v1/sites/{site}/roster/{villager}/away", body: `{"state":"away"}`, need: access.PeopleAway, on: "site"},
		{route: "POST /api/v1/sites/:id/call-list", at: "/api/v1/sites/{site}/call-list", body: `{}`, need: access.PeoplePhone, on: "site"},
		{route: "POST /api/v1/sites/:id/posts", at: "/api/v1/sites/{site}/posts", body: `{"post":"head","person":"{member2}"}`, need: access.PeopleEdit, on: "site"},
	}
}

// secretaryOf is the secretary of the member's branch; to other secretaries he is nobody, to all others the page is closed.
func secretaryOf(w *world, s *seat) int {
	switch {
	case !s.actor.SignedIn():
		return 401
	case s.actor.Can(access.AbsencesSee, w.objects["branch"]...):
		return allowed
	case s.actor.Has(access.Secretary):
		return 404
	}
	return 403
}

// eitherOf is whoever holds one of the permissions anywhere.
func eitherOf(list ...access.Permission) func(*world, *seat) int {
	return func(_ *world, s *seat) int {
		for _, p := range list {
			if !s.actor.Visible(p).Empty() {
				return allowed
			}
		}
		if !s.actor.SignedIn() {
			return 401
		}
		return 403
	}
}

// puts is who may take back that somebody is away, while the village has not confirmed it: also who calls the roll.
func puts(person string) func(*world, *seat) int {
	return func(w *world, s *seat) int {
		if s.actor.Can(access.PeopleAway, w.objects[person]...) {
			return allowed
		}
		return status(s.actor.Require(access.PeopleEdit, w.objects[person]...))
	}
}

// merges is who answers for both of two who look alike; to all who never merge it is forbidden whoever they are.
func merges(person string) func(*world, *seat) int {
	return func(w *world, s *seat) int {
		switch {
		case s.actor.Can(access.PeopleMerge, w.objects[person]...):
			return allowed
		case !s.actor.SignedIn():
			return 401
		}
		return hidden
	}
}

func unmerges(w *world, s *seat) int { return merges("merge")(w, s) }

// historyOf is who sees more than the name, and the person.
func historyOf(person string) func(*world, *seat) int {
	return func(w *world, s *seat) int {
		switch {
		case s.actor.Person.String() == w.ids[person], s.actor.Can(access.PeopleSee, w.objects[person]...):
			return allowed
		case !s.actor.SignedIn():
			return 401
		}
		return hidden
	}
}

// housework is who may change a household; who sees it is told that he may not.
func housework(w *world, s *seat) int {
	switch {
	case s.actor.Can(access.PeopleEdit, w.objects["house"]...):
		return allowed
	case !s.actor.SignedIn():
		return 401
	}
	return hidden
}

// listsHouses is for those who see the people of a village or more: not for a branch.
func listsHouses(w *world, s *seat) int {
	if s.role == access.Secretary || s.role == access.GroupLeader {
		return 403
	}
	return listed(access.PeopleSee)(w, s)
}

// listsRules is for those of a township or above; everybody else reads the rule of his school.
func listsRules(w *world, s *seat) int {
	switch {
	case s.actor.Can(access.CalendarSee, w.objects["township"]...), s.actor.Can(access.CalendarSee, w.objects["township2"]...):
		return allowed
	case !s.actor.SignedIn():
		return 401
	}
	return 403
}

// byVillage leaves out who answers for a branch alone: households belong to villages.
func byVillage(w *world, s *seat) bool { return s.actor.Can(access.PeopleSee, w.objects["village"]...) }
