package handlers_test

import (
	"slices"

	"huotang/models/access"
)

// table is the permission table of every route, area by area.
func table() []row {
	return slices.Concat(systemRows(), accountRows(), orgRows(), houseRows(), peopleRows(), calendarRows(), exchangeRows(), feedRows(), courseRows(), curriculumRows(),
		videoRows(), sessionRows(), lifeRows(), progressRows(), serviceRows(), reportRows(), jobRows(), messageRows(), importRows(), privacyRows(), rightRows())
}

// pendingOnly is for a browser in which a right password was given just now: nobody of those who ask is.
func pendingOnly(*world, *seat) int { return 401 }

func systemRows() []row {
	return []row{
		{route: "GET /sign-in", want: anyone},
		{route: "POST /sign-in", body: "username=bare&password=wrong", want: anyone, input: true},
		{route: "GET /sign-in/second", want: anyone, input: true},
		{route: "POST /sign-in/second", body: "code=123456", want: anyone, input: true},
		{route: "GET /sign-in/paper", want: signedIn},
		{route: "GET /sign-in/confirm", want: signedIn},
		{route: "POST /sign-in/confirm", body: "code=123456", want: signedIn, input: true},
		{route: "POST /sign-in/move", body: "digits=123456", want: anyone, input: true},
		{route: "POST /sign-in/forget", body: "who=x", want: anyone, input: true},
		{route: "POST /api/v1/sign-in/confirm", body: `{"code":"123456"}`, want: signedIn, input: true},
		{route: "POST /api/v1/sign-in/factor", body: `{}`, want: pendingOnly, input: true},
		{route: "POST /api/v1/sign-in/factor/confirm", body: `{"code":"123456"}`, want: pendingOnly, input: true},
		{route: "POST /sign-out", body: "x=1", want: anyone},
		{route: "POST /elder", body: "elder=1&back=/about", want: anyone},
		{route: "POST /language", body: "language=en&back=/about", want: anyone},
		{route: "POST /api/v1/sign-in", body: `{"username":"bare","password":"wrong"}`, want: anyone, input: true},
		{route: "POST /api/v1/sign-out", body: `{}`, want: anyone},
	}
}

func accountRows() []row {
	own := func(_ *world, s *seat) int {
		switch {
		case !s.actor.SignedIn():
			return 401
		case s.name == "host inside":
			return allowed
		}
		return 404
	}
	return []row{
		{route: "GET /me", want: signedIn},
		{route: "GET /me/password", want: signedIn},
		{route: "POST /me/password", body: "old=x&password=huotang+2026+spring", want: signedIn, input: true},
		{route: "POST /me/sign-ins/:id/end", at: "/me/sign-ins/{host.sign_in}/end", body: "x=1", want: own},
		{route: "POST /me/sign-ins/end-others", body: "x=1", want: signedIn},
		{route: "GET /setup", want: anyone, input: true},
		{route: "POST /setup", body: "code=ABCD", want: anyone, input: true},
		{route: "GET /first", want: anyone},
		{route: "GET /first/:code", at: "/first/{batch.code}", want: anyone},
		{route: "POST /first/:code", at: "/first/ABCD", body: "password=582941&again=582941", want: anyone, input: true},
		{route: "GET /check", want: anyone},
		{route: "GET /me/move", want: signedIn},
		{route: "POST /me/move", body: "x=1", want: signedIn},
		{route: "POST /me/paper", body: "x=1", want: signedIn, input: true},
		{route: "GET /accounts", want: listed(access.AccountsSee), holds: "{account.username}"},
		{route: "GET /accounts/new", want: listed(access.AccountsManage)},
		{route: "POST /accounts/new", body: "name=新学员&role=trainee&unit={site.unit}", want: managesAtSite},
		{route: "GET /accounts/bulk", want: listed(access.AccountsManage)},
		{route: "POST /accounts/bulk", body: "site={site}", want: managesAtSite},
		{route: "GET /accounts/slips", want: listed(access.AccountsSee), holds: "{account}"},
		{route: "POST /accounts/slips", body: "account={account}", want: givesTo},
		{route: "GET /accounts/slips/:batch", at: "/accounts/slips/{batch}", want: madeBatch},
		{route: "GET /accounts/:id", at: "/accounts/{account}", want: readsAccount},
		{route: "POST /accounts/:id/slip", at: "/accounts/{account}/slip", body: "x=1", want: givesTo},
		{route: "POST /accounts/:id/disabled", at: "/accounts/{account}/disabled", body: "disabled=true", want: accountsOf},
		{route: "POST /accounts/:id/leave", at: "/accounts/{account}/leave", body: "on=2027-03-01", want: accountsOf},
		{route: "POST /accounts/:id/factor-reset", at: "/accounts/{account}/factor-reset", body: "x=1", want: countyOnly},
		{route: "GET /api/v1/accounts/outstanding", want: listed(access.AccountsSee), holds: "{account.username}"},
		{route: "POST /api/v1/accounts/for", body: `{"name":"新学员","role":"trainee","unit":"{site.unit}"}`, want: managesAtSite},
		{route: "POST /api/v1/accounts/bulk", body: `{"sites":["{site}"]}`, want: managesAtSite},
		{route: "POST /api/v1/accounts/bulk/preview", body: `{"sites":["{site}"]}`, want: managesAtSite},
		{route: "POST /api/v1/accounts/slips", body: `{"accounts":["{account}"]}`, want: givesTo},
		{route: "GET /api/v1/accounts/slips/:batch", at: "/api/v1/accounts/slips/{batch}", want: madeBatch},
		{route: "POST /api/v1/accounts/:id/leave", at: "/api/v1/accounts/{account}/leave", body: `{"on":"2027-03-01"}`, want: accountsOf},
		{route: "POST /api/v1/accounts/:id/factor-reset", at: "/api/v1/accounts/{account}/factor-reset", body: `{}`, want: countyOnly},
		{route: "POST /api/v1/me/move-code", body: `{}`, want: signedIn},
		{route: "GET /api/v1/me/sign-ins", want: signedIn},
		{route: "POST /api/v1/me/sign-ins/:id/end", at: "/api/v1/me/sign-ins/{host.sign_in}/end", body: `{}`, want: own},
		{route: "POST /api/v1/me/sign-ins/end-others", body: `{}`, want: signedIn},
		{route: "PUT /api/v1/me/password", body: `{"old":"x","password":"huotang 2026 spring"}`, want: signedIn, input: true},
		{route: "GET /api/v1/me/paper", want: signedIn},
		{route: "POST /api/v1/me/paper", body: `{}`, want: signedIn, input: true},
		{route: "GET /api/v1/me", want: signedIn},
		{route: "GET /api/v1/me/ending", want: signedIn},
		{route: "PUT /api/v1/me/prefs", body: `{"language":"en","elder":"on"}`, want: signedIn},
		{route: "GET /api/v1/accounts", need: access.AccountsSee, holds: "{account.username}"},
		{route: "POST /api/v1/accounts", body: `{"username":"new.one","name":"新人"}`, need: access.AccountsManage},
		{route: "GET /api/v1/accounts/:id", at: "/api/v1/accounts/{account}", want: func(w *world, s *seat) int {
			if got := accountsOf(w, s); got != 403 {
				return got
			}
			return allowed
		}},
		{route: "POST /api/v1/accounts/:id/grants", at: "/api/v1/accounts/{account}/grants", body: `{"role":"host","unit":"{site.unit}"}`, want: accountsOf},
		{route: "DELETE /api/v1/accounts/:id/grants/:grant", at: "/api/v1/accounts/{account}/grants/{account.grant}", want: accountsOf},
		{route: "POST /api/v1/accounts/:id/disabled", at: "/api/v1/accounts/{account}/disabled", body: `{"disabled":true}`, want: accountsOf},
		{route: "POST /api/v1/accounts/:id/reset-code", at: "/api/v1/accounts/{account}/reset-code", body: `{}`, want: accountsOf},
	}
}

func orgRows() []row {
	return []row{
		{route: "GET /sites", want: listed(access.OrgSee), holds: "{site.name}"},
		{route: "GET /sites/new", need: access.SitesLicense},
		{route: "POST /sites/new", body: "village={village}&name=安石村新家庭党校", need: access.SitesLicense, on: "village"},
		{route: "GET /sites/:id", at: "/sites/{site}", need: access.OrgSee, on: "site"},
		{route: "POST /sites/:id/licence", at: "/sites/{site}/licence", body: "state=suspended&note=修房子", need: access.SitesLicense, on: "site"},
		{route: "GET /units", want: listed(access.OrgSee)},
		{route: "GET /units", at: "/units?q=安石村&tree=a", want: listed(access.OrgSee)},
		{route: "GET /units/:id", at: "/units/{village}", need: access.OrgSee, on: "village"},
		{route: "POST /units/:id/add", at: "/units/{village}/add", body: "kind=village_group&new_name=李家寨", need: access.PeopleEdit, on: "village"},
		{route: "POST /units/:id/rename", at: "/units/{village}/rename", body: "name=邦拐村", need: access.OrgEdit, on: "village"},
		{route: "POST /units/:id/move", at: "/units/{branch}/move", body: "parent={towncommittee}", need: access.OrgEdit, on: "branch"},
		{route: "POST /units/:id/close", at: "/units/{hamlet}/close", body: "on=2026-11-23", need: access.PeopleEdit, on: "hamlet"},
		{route: "POST /units/:id/reopen", at: "/units/{closed}/reopen", body: "x=1", need: access.PeopleEdit, on: "closed"},
		{route: "GET /api/v1/units/:id", at: "/api/v1/units/{village}", need: access.OrgSee, on: "village"},
		{route: "POST /api/v1/units/:id/rename", at: "/api/v1/units/{village}/rename", body: `{"name":"邦拐村"}`, need: access.OrgEdit, on: "village"},
		{route: "POST /api/v1/units/:id/move", at: "/api/v1/units/{branch}/move", body: `{"parent":"{towncommittee}"}`, need: access.OrgEdit, on: "branch"},
		{route: "POST /api/v1/units/:id/close", at: "/api/v1/units/{hamlet}/close", body: `{"on":"2026-11-23"}`, need: access.PeopleEdit, on: "hamlet"},
		{route: "POST /api/v1/units/:id/reopen", at: "/api/v1/units/{closed}/reopen", body: `{}`, need: access.PeopleEdit, on: "closed"},
		{route: "GET /api/v1/units", want: listed(access.OrgSee), holds: "{village.code}"},
		{route: "POST /api/v1/units", body: `{"tree":"a","kind":"village","code":"530921101299","name":"新村","parent":"{township}"}`, need: access.OrgEdit, on: "township"},
		{route: "GET /api/v1/sites", want: listed(access.OrgSee), holds: "{site.name}"},
		{route: "POST /api/v1/sites", body: `{"village":"{village}","name":"安石村新家庭党校"}`, need: access.SitesLicense, on: "village"},
		{route: "GET /api/v1/sites/:id", at: "/api/v1/sites/{site}", need: access.OrgSee, on: "site"},
		{route: "GET /api/v1/sites/:id/licence", at: "/api/v1/sites/{site}/licence", need: access.OrgSee, on: "site"},
		{route: "POST /api/v1/sites/:id/licence", at: "/api/v1/sites/{site}/licence", body: `{"state":"revoked","note":"户主搬走"}`, need: access.SitesLicense, on: "site"},
	}
}

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

func feedRows() []row {
	own := func(_ *world, s *seat) int {
		switch {
		case !s.actor.SignedIn():
			return 401
		case s.name == "host inside":
			return allowed
		}
		return 404
	}
	return []row{
		{route: "GET /feeds", want: signedIn},
		{route: "GET /feeds", at: "/feeds?site={site}", need: access.CalendarSee, on: "site"},
		{route: "POST /feeds", body: "kind=school&site={site}", need: access.CalendarSee, on: "site"},
		{route: "POST /feeds", body: "kind=own", want: signedIn},
		{route: "GET /feeds/:id", at: "/feeds/{feed}", want: own},
		{route: "POST /feeds/:id/renew", at: "/feeds/{feed}/renew", body: "x=1", want: own},
		{route: "POST /feeds/:id/revoke", at: "/feeds/{feed}/revoke", body: "x=1", want: own},
		{route: "GET /ics/:secret", at: "/ics/{feed.secret}.ics", want: anyone},
		{route: "GET /api/v1/feeds", want: signedIn},
		{route: "POST /api/v1/feeds", body: `{"kind":"school","site":"{site}"}`, need: access.CalendarSee, on: "site"},
		{route: "GET /api/v1/feeds/:id", at: "/api/v1/feeds/{feed}", want: own},
		{route: "POST /api/v1/feeds/:id/renew", at: "/api/v1/feeds/{feed}/renew", body: `{}`, want: own},
		{route: "DELETE /api/v1/feeds/:id", at: "/api/v1/feeds/{feed}", want: own},
	}
}

func calendarRows() []row {
	decides := func(w *world, s *seat) int {
		if got := listed(access.CalendarCancel)(w, s); got != allowed || s.actor.Can(access.CalendarCancel, w.objects["cancellation"]...) {
			return got
		}
		return 404
	}
	looks := func(w *world, s *seat) int {
		switch {
		case !s.actor.SignedIn():
			return 401
		case s.actor.Can(access.CalendarMove, w.objects["day"]...) && !s.actor.Has(access.Host, access.Head):
			return allowed
		case s.actor.Can(access.CalendarSee, w.objects["day"]...):
			return 403
		}
		return 404
	}
	return []row{
		{route: "GET /calendar", at: "/calendar?view=list", need: access.CalendarSee, holds: "{site.name}"},
		{route: "GET /calendar", at: "/calendar?view=month&month=2026-11", need: access.CalendarSee},
		{route: "GET /calendar", at: "/calendar?view=agenda&site={site}", need: access.CalendarSee, on: "site"},
		{route: "GET /calendar", at: "/calendar?view=sheet", need: access.CalendarSee},
		{route: "GET /calendar/days/:id", at: "/calendar/days/{day}", need: access.CalendarSee, on: "day"},
		{route: "POST /calendar/days/:id/move", at: "/calendar/days/{day}/move", body: "to=2026-11-27&reason=road", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/not-held", at: "/calendar/days/{day}/not-held", body: "reason=power", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/confirm", at: "/calendar/days/{day}/confirm", body: "x=1", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/unconfirm", at: "/calendar/days/{day}/unconfirm", body: "x=1", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/cancel", at: "/calendar/days/{day}/cancel", body: "reason=power", need: access.CalendarMove, on: "day"},
		{route: "GET /calendar/requests", want: listed(access.CalendarCancel), holds: "{sister.name}"},
		{route: "POST /calendar/requests", body: "act=agree&ids={cancellation}", want: decides},
		{route: "POST /calendar/days/:id/undo", at: "/calendar/days/{sisterday}/undo", body: "x=1", need: access.CalendarMove, on: "sisterday"},
		{route: "GET /calendar/rules", want: listsRules},
		{route: "GET /calendar/rules/:unit", at: "/calendar/rules/{township}", need: access.CalendarSee, on: "township"},
		{route: "POST /calendar/rules/:unit", at: "/calendar/rules/{township}", body: "act=set&kind=day&day=5&holiday=keep&from=2026-12&seen={rule.seen}", need: access.CalendarRule, on: "township"},
		{route: "POST /calendar/rules/:unit/plan", at: "/calendar/rules/{township}/plan", body: "x=1", need: access.CalendarPlan, on: "township"},
		{route: "GET /calendar/places/:unit", at: "/calendar/places/{township}", need: access.CalendarSee, on: "township"},
		{route: "POST /calendar/places/:unit/market", at: "/calendar/places/{township}/market", body: "market=digits&digits=5", need: access.CalendarRule, on: "township"},
		{route: "POST /calendar/places/:unit/seasons", at: "/calendar/places/{township}/seasons", body: "season_code_0=farm&season_name_0=茶&season_from_0=3-1&season_to_0=4-1", need: access.CalendarRule, on: "township"},
		{route: "GET /calendar/periods", want: listed(access.CalendarPeriod)},
		{route: "GET /calendar/periods/:unit", at: "/calendar/periods/{county}", need: access.CalendarPeriod, on: "county"},
		{route: "POST /calendar/periods/:unit", at: "/calendar/periods/{county}", body: "times=1&on_time=5&locked=15&act=set", need: access.CalendarPeriod, on: "county"},
		{route: "GET /calendar/exceptions/:site", at: "/calendar/exceptions/{site}", need: access.CalendarPeriod, on: "site"},
		{route: "POST /calendar/exceptions/:site", at: "/calendar/exceptions/{site}", body: "month=2026-11&on_time_until=2026-12-10&locked_after=2026-12-20&reason=停电", need: access.CalendarPeriod, on: "site"},
		{route: "POST /api/v1/calendar/periods/:unit/preview", at: "/api/v1/calendar/periods/{county}/preview", body: `{"times":1,"on_time":5,"locked":15}`, need: access.CalendarPeriod, on: "county"},
		{route: "GET /calendar/years", want: anyone},
		{route: "GET /calendar/years/:year", at: "/calendar/years/2026", need: access.CalendarSee},
		{route: "POST /calendar/years/:year", at: "/calendar/years/2027", body: "day=2027-01-01&kind=holiday&name=元旦", need: access.CalendarHolidays},
		{route: "POST /calendar/years/:year/load", at: "/calendar/years/2026/load", body: "x=1", need: access.CalendarHolidays},
		{route: "POST /calendar/years/:year/finish", at: "/calendar/years/2026/finish", body: "x=1", need: access.CalendarHolidays, input: true},
		{route: "POST /calendar/holidays/:day/remove", at: "/calendar/holidays/2027-02-06/remove", body: "x=1", need: access.CalendarHolidays},
		{route: "GET /api/v1/calendar/days", want: listed(access.CalendarSee), holds: "{site.name}"},
		{route: "GET /api/v1/calendar/between", at: "/api/v1/calendar/between?from=2026-11-01&to=2026-12-31", want: listed(access.CalendarSee), holds: "{site.name}"},
		{route: "GET /api/v1/calendar/towns", at: "/api/v1/calendar/towns?from=2026-11-01&to=2026-12-31", want: listed(access.CalendarSee)},
		{route: "GET /api/v1/calendar/meetings", at: "/api/v1/calendar/meetings?from=2026-11-01&to=2026-12-31", want: listed(access.CalendarSee)},
		{route: "GET /api/v1/calendar/days/:id", at: "/api/v1/calendar/days/{day}", need: access.CalendarSee, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/move", at: "/api/v1/calendar/days/{day}/move", body: `{"to":"2026-11-27"}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/not-held", at: "/api/v1/calendar/days/{day}/not-held", body: `{"reason":"power"}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/confirm", at: "/api/v1/calendar/days/{day}/confirm", body: `{}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/unconfirm", at: "/api/v1/calendar/days/{day}/unconfirm", body: `{}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/cancel", at: "/api/v1/calendar/days/{day}/cancel", body: `{"reason":"power"}`, need: access.CalendarMove, on: "day"},
		{route: "GET /api/v1/calendar/days/:id/hints", at: "/api/v1/calendar/days/{day}/hints", want: looks},
		{route: "GET /api/v1/calendar/days/:id/look", at: "/api/v1/calendar/days/{day}/look?on=2026-11-27", want: looks},
		{route: "GET /api/v1/calendar/periods/:unit", at: "/api/v1/calendar/periods/{county}", need: access.CalendarPeriod, on: "county"},
		{route: "PUT /api/v1/calendar/periods/:unit", at: "/api/v1/calendar/periods/{county}", body: `{"times":1,"on_time":5,"locked":15}`, need: access.CalendarPeriod, on: "county"},
		{route: "POST /api/v1/calendar/exceptions/:site", at: "/api/v1/calendar/exceptions/{site}", body: `{"month":"2026-11","on_time_until":"2026-12-10","locked_after":"2026-12-20","reason":"停电"}`, need: access.CalendarPeriod, on: "site"},
		{route: "GET /api/v1/calendar/markets/:unit", at: "/api/v1/calendar/markets/{township}", need: access.CalendarSee, on: "township"},
		{route: "PUT /api/v1/calendar/markets/:unit", at: "/api/v1/calendar/markets/{township}", body: `{"market":"digits","values":[1,5,8]}`, need: access.CalendarRule, on: "township"},
		{route: "GET /api/v1/calendar/seasons/:unit", at: "/api/v1/calendar/seasons/{township}", need: access.CalendarSee, on: "township"},
		{route: "PUT /api/v1/calendar/seasons/:unit", at: "/api/v1/calendar/seasons/{township}", body: `{"seasons":[{"code":"farm","name":"茶","from":"3-1","to":"4-1"}],"festivals":[]}`, need: access.CalendarRule, on: "township"},
		{route: "GET /api/v1/calendar/requests", want: listed(access.CalendarCancel), holds: "{sister.name}"},
		{route: "POST /api/v1/calendar/requests", body: `{"ids":["{cancellation}"],"agree":true}`, want: decides},
		{route: "POST /api/v1/calendar/days/:id/undo", at: "/api/v1/calendar/days/{sisterday}/undo", body: `{}`, need: access.CalendarMove, on: "sisterday"},
		{route: "GET /api/v1/calendar/today/:site", at: "/api/v1/calendar/today/{site}", need: access.CalendarSee, on: "site"},
		{route: "GET /api/v1/calendar/rules", want: listsRules},
		{route: "GET /api/v1/calendar/rules/:unit", at: "/api/v1/calendar/rules/{township}", need: access.CalendarSee, on: "township"},
		{route: "PUT /api/v1/calendar/rules/:unit", at: "/api/v1/calendar/rules/{township}", body: `{"kind":"day","day":5,"holiday":"keep","from":"2026-12","seen":"{rule.seen}"}`, need: access.CalendarRule, on: "township"},
		{route: "POST /api/v1/calendar/rules/:unit/preview", at: "/api/v1/calendar/rules/{township}/preview", body: `{"kind":"day","day":5,"holiday":"keep","from":"2026-12"}`, need: access.CalendarRule, on: "township"},
		{route: "POST /api/v1/calendar/rules/:unit/plan", at: "/api/v1/calendar/rules/{township}/plan", body: `{}`, need: access.CalendarPlan, on: "township"},
		{route: "GET /api/v1/calendar/years/:year", at: "/api/v1/calendar/years/2026", need: access.CalendarSee},
		{route: "POST /api/v1/calendar/years/:year/load", at: "/api/v1/calendar/years/2026/load", body: `{}`, need: access.CalendarHolidays},
		{route: "POST /api/v1/calendar/years/:year/finish", at: "/api/v1/calendar/years/2026/finish", body: `{}`, need: access.CalendarHolidays, input: true},
		{route: "POST /api/v1/calendar/holidays", body: `{"day":"2027-01-01","kind":"holiday","name":"元旦"}`, need: access.CalendarHolidays},
		{route: "DELETE /api/v1/calendar/holidays/:day", at: "/api/v1/calendar/holidays/2027-02-06", need: access.CalendarHolidays},
	}
}

func courseRows() []row {
	const course, lesson = `"revision":{course.rev},"task":"skills","title":"春茶采摘新法"`, `"title":"摊青","medium":"talk","minutes":30,"language":"dialect"`
	see, edit, review := access.CoursesSee, access.CoursesEdit, access.CoursesReview
	return []row{
		{route: "GET /courses", need: see, holds: draftTitle},
		{route: "GET /courses/new", need: edit},
		{route: "POST /courses/new", body: "unit={township}&task=skills&title=新课", need: edit, on: "township"},
		{route: "GET /courses/review", need: review, holds: "选接穗"},
		{route: "GET /courses/:id", at: "/courses/{course}", need: see, on: "township"},
		{route: "POST /courses/:id", at: "/courses/{course}", body: "revision={course.rev}&task=skills&title=春茶采摘新法", need: edit, on: "township"},
		{route: "POST /courses/:id/archive", at: "/courses/{course}/archive", body: "revision={course.rev}", need: edit, on: "township"},
		{route: "POST /courses/:id/restore", at: "/courses/{archived}/restore", body: "revision={archived.rev}", need: edit, on: "township"},
		{route: "POST /courses/:id/public", at: "/courses/{public}/public", body: "revision={public.rev}", want: shownToAll},
		{route: "POST /courses/:id/move", at: "/courses/{course}/move", body: "revision={course.rev}&lesson={lesson2}&up=1", need: edit, on: "township"},
		{route: "GET /courses/:id/lessons/new", at: "/courses/{course}/lessons/new", need: edit, on: "township"},
		{route: "POST /courses/:id/lessons/new", at: "/courses/{course}/lessons/new", body: "title=摊青&medium=talk&minutes=30&language=dialect", need: edit, on: "township"},
		{route: "GET /lessons/:id/edit", at: "/lessons/{lesson}/edit", need: edit, on: "township"},
		{route: "POST /lessons/:id/edit", at: "/lessons/{lesson}/edit", body: "revision={lesson.rev}&title=摊青&medium=talk&minutes=30&language=dialect", need: edit, on: "township"},
		{route: "POST /lessons/:id/remove", at: "/lessons/{lesson}/remove", body: "revision={lesson.rev}", need: edit, on: "township"},
		{route: "GET /lessons/:id/review", at: "/lessons/{unreviewed}/review", need: see, on: "township"},
		{route: "POST /lessons/:id/review", at: "/lessons/{unreviewed}/review", body: "revision={unreviewed.rev}", need: review, on: "township"},
		{route: "POST /lessons/:id/withdraw", at: "/lessons/{lesson}/withdraw", body: "revision={lesson.rev}&note=请补充安全提示", need: review, on: "township"},
		{route: "POST /api/v1/courses", body: `{"unit":"{township}","task":"skills","title":"新课"}`, need: edit, on: "township"},
		{route: "PUT /api/v1/courses/:id", at: "/api/v1/courses/{course}", body: `{` + course + `}`, need: edit, on: "township"},
		{route: "POST /api/v1/courses/:id/archive", at: "/api/v1/courses/{course}/archive", body: `{"revision":{course.rev}}`, need: edit, on: "township"},
		{route: "POST /api/v1/courses/:id/restore", at: "/api/v1/courses/{archived}/restore", body: `{"revision":{archived.rev}}`, need: edit, on: "township"},
		{route: "POST /api/v1/courses/:id/public", at: "/api/v1/courses/{public}/public", body: `{"revision":{public.rev},"public":false}`, want: shownToAll},
		{route: "POST /api/v1/courses/:id/order", at: "/api/v1/courses/{course}/order", body: `{"revision":{course.rev},"lessons":["{lesson2}","{lesson}","{video}"]}`, need: edit, on: "township"},
		{route: "POST /api/v1/courses/:id/lessons", at: "/api/v1/courses/{course}/lessons", body: `{` + lesson + `}`, need: edit, on: "township"},
		{route: "GET /api/v1/lessons/waiting", want: listed(review), holds: "选接穗"},
		{route: "PUT /api/v1/lessons/:id", at: "/api/v1/lessons/{lesson}", body: `{"revision":{lesson.rev},` + lesson + `}`, need: edit, on: "township"},
		{route: "POST /api/v1/lessons/:id/remove", at: "/api/v1/lessons/{lesson}/remove", body: `{"revision":{lesson.rev}}`, need: edit, on: "township"},
		{route: "POST /api/v1/lessons/:id/review", at: "/api/v1/lessons/{unreviewed}/review", body: `{"revision":{unreviewed.rev}}`, need: review, on: "township"},
		{route: "POST /api/v1/lessons/:id/withdraw", at: "/api/v1/lessons/{lesson}/withdraw", body: `{"revision":{lesson.rev},"note":"请补充"}`, need: review, on: "township"},
	}
}

// shownToAll is who decides what everyone may see; staff of the townships see the county's reviewed course.
func shownToAll(w *world, s *seat) int {
	switch {
	case s.actor.Can(access.CoursesReview, w.objects["county"]...):
		return allowed
	case !s.actor.SignedIn():
		return 401
	case s.actor.Visible(access.CoursesSee).Empty():
		return 404
	}
	return 403
}

func curriculumRows() []row {
	see, publish := planned(access.CurriculaSee), planned(access.CurriculaPublish)
	return []row{
		{route: "GET /curricula", need: access.CurriculaSee, holds: "/curricula/{plan}"},
		{route: "GET /curricula/new", need: access.CurriculaPublish},
		{route: "POST /curricula/new", body: "unit={township}&year=2026&title=冬学", need: access.CurriculaPublish, on: "township"},
		{route: "GET /curricula/:id", at: "/curricula/{plan}", want: see},
		{route: "GET /curricula/:id", at: "/curricula/{planned}", need: access.CurriculaSee, on: "township"},
		{route: "POST /curricula/:id", at: "/curricula/{plan}", body: "revision={plan.rev}&title=冬学", want: publish},
		{route: "POST /curricula/:id", at: "/curricula/{planned}", body: "revision={planned.rev}&title=冬学", need: access.CurriculaPublish, on: "township"},
		{route: "GET /curricula/:id/add", at: "/curricula/{plan}/add", want: publish},
		{route: "POST /curricula/:id/add", at: "/curricula/{plan}/add", body: "revision={plan.rev}&lesson={lesson2}&month=2026-12&required=1", want: publish},
		{route: "GET /curricula/:id/items/:lesson", at: "/curricula/{plan}/items/{lesson}", want: publish},
		{route: "POST /curricula/:id/items/:lesson", at: "/curricula/{plan}/items/{lesson}", body: "revision={plan.rev}&month=2026-12&required=0", want: publish},
		{route: "POST /curricula/:id/items/:lesson/move", at: "/curricula/{plan}/items/{lesson}/move", body: "revision={plan.rev}&lesson={lesson}", want: publish},
		{route: "POST /curricula/:id/items/:lesson/remove", at: "/curricula/{plan}/items/{lesson}/remove", body: "revision={plan.rev}&lesson={lesson}", want: publish},
		{route: "GET /curricula/:id/audience", at: "/curricula/{plan}/audience", want: publish},
		{route: "POST /curricula/:id/audience", at: "/curricula/{plan}/audience", body: "revision={plan.rev}&all=0&sites={sister}", want: publish},
		{route: "GET /curricula/:id/publish", at: "/curricula/{plan}/publish", want: publish},
		{route: "POST /curricula/:id/publish", at: "/curricula/{plan}/publish", body: "revision={plan.rev}&note=第二版", want: publish},
		{route: "GET /curricula/:id/versions", at: "/curricula/{plan}/versions", want: staffOnly},
		{route: "GET /curricula/:id/versions/:version", at: "/curricula/{plan}/versions/1", want: see},
		{route: "GET /catalogue", want: signedIn, holds: courseTitle, shown: learns},
		{route: "GET /catalogue/courses/:id", at: "/catalogue/courses/{course}", want: studies("township", "site")},
		{route: "GET /catalogue/courses/:id", at: "/catalogue/courses/{public}", want: anyone},
		{route: "GET /catalogue/lessons/:id", at: "/catalogue/lessons/{lesson}", want: studies("township", "site")},
		{route: "GET /catalogue/lessons/:id", at: "/catalogue/lessons/{publiclesson}", want: anyone},
		{route: "GET /catalogue/lessons/:id", at: "/catalogue/lessons/{unpublished}", want: studies("township")},
		{route: "GET /api/v1/courses", want: signedIn, holds: courseTitle, shown: learns},
		{route: "GET /api/v1/courses/:id", at: "/api/v1/courses/{course}", want: studies("township", "site")},
		{route: "GET /api/v1/lessons/:id", at: "/api/v1/lessons/{lesson}", want: studies("township", "site")},
		{route: "GET /api/v1/lessons/:id", at: "/api/v1/lessons/{unreviewed}", want: studies("township")},
		{route: "GET /api/v1/catalogue", want: signedIn, holds: courseTitle, shown: learns},
		{route: "GET /api/v1/sites/:id/plan", at: "/api/v1/sites/{site}/plan", need: access.CurriculaSee, on: "site"},
		{route: "GET /api/v1/curricula", need: access.CurriculaSee, holds: "{plan}"},
		{route: "POST /api/v1/curricula", body: `{"unit":"{township}","year":2026,"title":"冬学"}`, need: access.CurriculaPublish, on: "township"},
		{route: "GET /api/v1/curricula/:id", at: "/api/v1/curricula/{plan}", want: see},
		{route: "PUT /api/v1/curricula/:id", at: "/api/v1/curricula/{plan}", body: `{"revision":{plan.rev},"title":"冬学"}`, want: publish},
		{route: "PUT /api/v1/curricula/:id/items", at: "/api/v1/curricula/{plan}/items", body: `{"revision":{plan.rev},"items":[{"lesson":"{lesson}","month":"2026-12","required":true}]}`, want: publish},
		{route: "PUT /api/v1/curricula/:id/audience", at: "/api/v1/curricula/{plan}/audience", body: `{"revision":{plan.rev},"all":true,"sites":[]}`, want: publish},
		{route: "GET /api/v1/curricula/:id/candidates", at: "/api/v1/curricula/{plan}/candidates", want: publish},
		{route: "POST /api/v1/curricula/:id/publish", at: "/api/v1/curricula/{plan}/publish", body: `{"revision":{plan.rev},"note":""}`, want: publish},
		{route: "GET /api/v1/curricula/:id/versions", at: "/api/v1/curricula/{plan}/versions", want: staffOnly},
		{route: "GET /api/v1/curricula/:id/versions/:version/diff", at: "/api/v1/curricula/{plan}/versions/1/diff", want: see},
	}
}

// learns leaves out the secretaries, who have no catalogue.
func learns(_ *world, s *seat) bool { return !s.actor.Visible(access.LessonsStudy).Empty() }

func videoRows() []row {
	return []row{
		{route: "GET /lessons/:id/video", at: "/lessons/{video}/video", need: access.CoursesEdit, on: "township"},
		{route: "POST /lessons/:id/video", at: "/lessons/{video}/video", body: upload, need: access.CoursesEdit, on: "township"},
		{route: "GET /lessons/:id/play", at: "/lessons/{video}/play", want: studies("township", "site")},
		{route: "GET /api/v1/lessons/:id/video", at: "/api/v1/lessons/{video}/video", want: studies("township", "site")},
		{route: "PUT /api/v1/lessons/:id/video", at: "/api/v1/lessons/{video}/video", body: upload, need: access.CoursesEdit, on: "township"},
	}
}

// upload stands for the bytes of a video, alone or in a multipart form.
const upload = "@plain.mp4"

func sessionRows() []row {
	see, submit := access.SessionsSee, access.SessionsSubmit
	const roll = `"minutes":60,"recorder":"茶得月","marks":[{"person":"{member}","state":"present"}],"device":"phone-x","seq":1`
	return []row{
		{route: "GET /today", need: submit},
		{route: "GET /roll", want: anyone},
		{route: "GET /sessions", need: see, holds: "/sessions/{done}"},
		{route: "POST /sessions", body: "site={site}&activity_day={day}", need: submit, on: "site"},
		{route: "GET /sessions/:id", at: "/sessions/{done}", need: see, on: "site"},
		{route: "GET /sessions/:id/teach", at: "/sessions/{open}/teach", need: submit, on: "site"},
		{route: "GET /sessions/:id/roll", at: "/sessions/{open}/roll", need: submit, on: "site"},
		{route: "POST /sessions/:id/roll", at: "/sessions/{open}/roll", body: "revision=0&p={member}&mark.0=present", need: submit, on: "site"},
		{route: "GET /sessions/:id/check", at: "/sessions/{open}/check", want: anyone},
		{route: "POST /sessions/:id/check", at: "/sessions/{open}/check", body: "revision=0&kind=party_class&p={member}&mark.0=present&began=14:00&ended=15:00&recorder=李文&held_on=2026-11-23", need: submit, on: "site"},
		{route: "GET /sessions/:id/receipt", at: "/sessions/{done}/receipt", need: submit, on: "site"},
		{route: "GET /sessions/:id/guests", at: "/sessions/{done}/guests", need: submit, on: "site"},
		{route: "POST /sessions/:id/guests/:guest/attach", at: "/sessions/{done}/guests/{guest}/attach", body: "person={villager}", need: submit, on: "site"},
		{route: "POST /sessions/:id/guests/:guest/detach", at: "/sessions/{done}/guests/{guest}/detach", body: "x=1", need: submit, on: "site"},
		{route: "POST /sessions/:id/settle", at: "/sessions/{done}/settle", body: "person={member}&state=absent", need: submit, on: "site"},
		{route: "POST /sessions/:id/void", at: "/sessions/{mistaken}/void", body: "x=1", need: submit, on: "site"},
		{route: "GET /absences", want: listed(access.AbsencesSee), holds: "{member.name}"},
		{route: "GET /absences/:id", at: "/absences/{member}", want: secretaryOf},
		{route: "GET /api/v1/absences", want: listed(access.AbsencesSee), holds: "{member}"},
		{route: "GET /api/v1/absences/:id", at: "/api/v1/absences/{member}", want: secretaryOf},
		{route: "GET /api/v1/sessions", need: see, holds: "{done}"},
		{route: "POST /api/v1/sessions", body: `{"activity_day":"{day}"}`, need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id", at: "/api/v1/sessions/{done}", need: see, on: "site"},
		{route: "GET /api/v1/sessions/:id/roll", at: "/api/v1/sessions/{open}/roll", need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/roll", at: "/api/v1/sessions/{open}/roll", body: `{` + roll + `}`, need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id/receipt", at: "/api/v1/sessions/{done}/receipt", need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id/guests", at: "/api/v1/sessions/{done}/guests", need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/guests/:guest/attach", at: "/api/v1/sessions/{done}/guests/{guest}/attach", body: `{"person":"{villager}"}`, need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/guests/:guest/detach", at: "/api/v1/sessions/{done}/guests/{guest}/detach", body: `{}`, need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/settle", at: "/api/v1/sessions/{done}/settle", body: `{"person":"{member}","state":"absent"}`, need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/void", at: "/api/v1/sessions/{mistaken}/void", body: `{}`, need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id/hours", at: "/api/v1/sessions/{done}/hours", need: see, on: "site"},
		{route: "GET /api/v1/sites/:id/today", at: "/api/v1/sites/{site}/today", need: see, on: "site"},
		{route: "GET /api/v1/sites/:id/phone", at: "/api/v1/sites/{site}/phone", need: submit, on: "site"},
		{route: "GET /api/v1/sites/:id/summary", at: "/api/v1/sites/{site}/summary", need: see, on: "site"},
	}
}

func progressRows() []row {
	return slices.Concat(studyRows(), ruleRows())
}

// ruleRows are the rules about study hours: for everybody to read, for the county to set.
func ruleRows() []row {
	const hours, threshold = `{"from":"2026-12-01","steps":[{"from":40,"centi_hours":100}]}`, `{"year":2027,"member":4000,"secretary":6000}`
	return []row{
		{route: "GET /study-rules", want: listed(access.ProgressOwn)},
		{route: "POST /study-rules/hours", body: "from=2026-12-01&minutes_1=40&hours_1=1&act=set", need: access.SettingsEdit, on: "county"},
		{route: "POST /study-rules/threshold", body: "year=2027&member=40&secretary=60&act=set", need: access.SettingsEdit, on: "county"},
		{route: "GET /api/v1/study-rules", want: listed(access.ProgressOwn)},
		{route: "PUT /api/v1/study-rules/hours", body: hours, need: access.SettingsEdit, on: "county"},
		{route: "POST /api/v1/study-rules/hours/preview", body: hours, need: access.SettingsEdit, on: "county"},
		{route: "PUT /api/v1/study-rules/threshold", body: threshold, need: access.SettingsEdit, on: "county"},
		{route: "POST /api/v1/study-rules/threshold/preview", body: threshold, need: access.SettingsEdit, on: "county"},
	}
}

func studyRows() []row {
	return []row{
		{route: "GET /me/study", need: access.ProgressOwn},
		{route: "GET /people/:id/study", at: "/people/{member}/study", want: oneself(access.ProgressSee, "member")},
		{route: "POST /lessons/:id/position", at: "/lessons/{video}/position", body: "position=12.5", want: studies("township", "site")},
		{route: "GET /api/v1/me/study", need: access.ProgressOwn, want: func(_ *world, s *seat) int {
			switch {
			case !s.actor.SignedIn():
				return 401
			case s.actor.Can(access.ProgressOwn) && s.actor.Person.IsZero():
				return 404 // an account that is nobody's
			case s.actor.Person.IsZero():
				return 403
			}
			return allowed
		}},
		{route: "GET /api/v1/people/:id/study", at: "/api/v1/people/{member}/study", want: oneself(access.ProgressSee, "member")},
		{route: "GET /api/v1/lessons/:id/position", at: "/api/v1/lessons/{video}/position", want: studies("township", "site")},
		{route: "PUT /api/v1/lessons/:id/position", at: "/api/v1/lessons/{video}/position", body: `{"position_ms":12500}`, want: studies("township", "site")},
	}
}

func serviceRows() []row {
	answer, publish := access.FeedbackAnswer, access.NoticesPublish
	return []row{
		{route: "GET /", want: anyone},
		{route: "GET /about", want: anyone},
		{route: "GET /feedback", want: anyone},
		{route: "POST /feedback", body: "text=按钮太小&page=/today", want: anyone},
		{route: "GET /feedback/find", at: "/feedback/find?code={answered.code}", want: anyone},
		{route: "GET /feedback/answers", want: anyone},
		{route: "GET /feedback/inbox", need: answer},
		{route: "GET /feedback/inbox/:code", at: "/feedback/inbox/{asked.code}", need: answer},
		{route: "POST /feedback/inbox/:code", at: "/feedback/inbox/{asked.code}", body: "revision=0&answer=这就改", need: answer},
		{route: "GET /feedback/:code", at: "/feedback/{asked.code}", want: anyone},
		{route: "GET /notices", want: anyone},
		{route: "GET /notices/new", need: publish},
		{route: "POST /notices/new", body: "unit={township}&title=通知&body=明天学习", want: noticesOf},
		{route: "GET /notices/:id", at: "/notices/{notice}", want: anyone},
		{route: "GET /notices/:id/edit", at: "/notices/{notice}/edit", want: noticesOf},
		{route: "POST /notices/:id/edit", at: "/notices/{notice}/edit", body: "revision={notice.rev}&title=通知&body=后天学习", want: noticesOf},
		{route: "POST /notices/:id/withdraw", at: "/notices/{notice}/withdraw", body: "x=1", want: noticesOf},
		{route: "POST /api/v1/feedback", body: `{"text":"按钮太小","page":"/today"}`, want: anyone},
		{route: "GET /api/v1/feedback", want: anyone},
		{route: "GET /api/v1/feedback/inbox", need: answer},
		{route: "GET /api/v1/feedback/:code", at: "/api/v1/feedback/{asked.code}", want: anyone},
		{route: "POST /api/v1/feedback/:id/answer", at: "/api/v1/feedback/{asked}/answer", body: `{"revision":0,"answer":"这就改"}`, need: answer},
		{route: "GET /api/v1/notices", want: anyone},
		{route: "POST /api/v1/notices", body: `{"unit":"{township}","title":"通知","body":"明天学习"}`, want: noticesOf},
		{route: "GET /api/v1/notices/:id", at: "/api/v1/notices/{notice}", want: anyone},
		{route: "PUT /api/v1/notices/:id", at: "/api/v1/notices/{notice}", body: `{"revision":{notice.rev},"title":"通知","body":"后天"}`, want: noticesOf},
		{route: "POST /api/v1/notices/:id/withdraw", at: "/api/v1/notices/{notice}/withdraw", body: `{}`, want: noticesOf},
	}
}

// noticesOf is who publishes for the township; a notice itself is seen by everybody.
func noticesOf(w *world, s *seat) int {
	switch {
	case s.actor.Can(access.NoticesPublish, w.objects["township"]...):
		return allowed
	case !s.actor.SignedIn():
		return 401
	}
	return 403
}

func reportRows() []row {
	see, export := access.ReportsSee, access.ReportsExport
	return []row{
		{route: "GET /county", need: see},
		{route: "GET /county", at: "/county?unit={village.code}", need: see, on: "village"},
		{route: "GET /county", at: "/county?unit={site.code}", need: see, on: "site"},
		{route: "GET /month", need: see, holds: "{site.name}"},
		{route: "GET /month", at: "/month?unit={village.code}", need: see, on: "village"},
		{route: "GET /month/calls", need: see},
		{route: "POST /month/calls", body: "x=1", need: access.PeoplePhone},
		{route: "POST /month/calls", body: "unit={village.code}", need: access.PeoplePhone, on: "village"},
		{route: "GET /month/ready", at: "/month/ready?days=7", need: see, holds: "{site.name}"},
		{route: "GET /month/ready", at: "/month/ready?unit={village.code}", need: see, on: "village"},
		{route: "POST /month/ready", body: "act=confirm&day={day}", need: access.CalendarMove, on: "day"},
		{route: "POST /month/ready", body: "act=undo&day={day}", need: access.CalendarMove, on: "day"},
		{route: "POST /month/ready/calls", body: "x=1", need: access.PeoplePhone},
		{route: "POST /month/ready/calls", body: "unit={village.code}&act=print", need: access.PeoplePhone, on: "village"},
		{route: "GET /reports/trend.svg", need: see},
		{route: "GET /reports/trend.svg", at: "/reports/trend.svg?unit={village.code}", need: see, on: "village"},
		{route: "GET /reports/summary.xlsx", need: export},
		{route: "GET /reports/summary.xlsx", at: "/reports/summary.xlsx?unit={village.code}", need: export, on: "village"},
		{route: "GET /reports/summary.csv", need: export},
		{route: "GET /reports/summary.csv", at: "/reports/summary.csv?unit={village.code}", need: export, on: "village"},
		{route: "GET /reports/print", need: export},
		{route: "GET /reports/print", at: "/reports/print?unit={village.code}", need: export, on: "village"},
		{route: "GET /reports/month/print", need: see, holds: "{site.name}"},
		{route: "GET /reports/month.xlsx", need: see},
		{route: "GET /api/v1/reports/summary", need: see},
		{route: "GET /api/v1/reports/summary", at: "/api/v1/reports/summary?unit={village.code}", need: see, on: "village"},
		{route: "GET /api/v1/reports/trend", need: see},
		{route: "GET /api/v1/reports/trend", at: "/api/v1/reports/trend?unit={site.code}", need: see, on: "site"},
		{route: "GET /api/v1/reports/units", need: see},
		{route: "GET /api/v1/reports/units", at: "/api/v1/reports/units?unit={village.code}", need: see, on: "village"},
		{route: "GET /api/v1/reports/month", need: see, holds: "{site.name}"},
		{route: "GET /api/v1/reports/missing", need: see},
		{route: "POST /api/v1/reports/missing/calls", body: `{}`, need: access.PeoplePhone},
		{route: "POST /api/v1/reports/missing/calls", body: `{"unit":"{village.code}"}`, need: access.PeoplePhone, on: "village"},
		{route: "GET /api/v1/reports/ready", at: "/api/v1/reports/ready?days=7", need: see, holds: "{site.name}"},
		{route: "GET /api/v1/reports/ready", at: "/api/v1/reports/ready?unit={village.code}", need: see, on: "village"},
		{route: "POST /api/v1/reports/ready/calls", body: `{}`, need: access.PeoplePhone},
		{route: "POST /api/v1/reports/ready/calls", body: `{"unit":"{village.code}"}`, need: access.PeoplePhone, on: "village"},
		{route: "GET /api/v1/reports/sessions", at: "/api/v1/reports/sessions?unit={site.code}", need: see, on: "site"},
	}
}

func jobRows() []row {
	return []row{
		{route: "GET /jobs", need: access.JobsSee},
		{route: "POST /jobs/:name/run", at: "/jobs/calendar.plan/run", body: "x=1", need: access.JobsRun},
		{route: "POST /jobs/:name/try", at: "/jobs/calendar.plan/try", body: "x=1", need: access.JobsRun},
		{route: "GET /api/v1/jobs/replicas", need: access.JobsSee},
		{route: "GET /jobs/runs/:id", at: "/jobs/runs/{run}", need: access.JobsSee},
		{route: "GET /api/v1/jobs", need: access.JobsSee},
		{route: "GET /api/v1/jobs/runs", need: access.JobsSee},
		{route: "GET /api/v1/jobs/runs/:id", at: "/api/v1/jobs/runs/{run}", need: access.JobsSee},
		{route: "POST /api/v1/jobs/:name/run", at: "/api/v1/jobs/calendar.plan/run", body: `{}`, need: access.JobsRun},
	}
}

// managesAtSite is who makes accounts for the people of Site.
func managesAtSite(w *world, s *seat) int {
	switch {
	case !s.actor.SignedIn():
		return 401
	case s.actor.Visible(access.AccountsManage).Empty():
		return 403
	}
	return status(s.actor.Require(access.AccountsManage, w.objects["site.unit"]...))
}

// madeBatch is the clerk who made the slips: all others who print slips find none.
func madeBatch(_ *world, s *seat) int {
	switch {
	case s.name == "township inside":
		return allowed
	case !s.actor.SignedIn():
		return 401
	case s.actor.Visible(access.AccountsManage).Empty():
		return 403
	}
	return 404
}

// countyOnly is accountsOf for what only the county does.
func countyOnly(w *world, s *seat) int {
	if got := accountsOf(w, s); got != allowed || s.actor.Has(access.County) {
		return got
	}
	return 403
}
