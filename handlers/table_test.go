package handlers_test

import (
	"slices"

	"huotang/models/access"
)

// table is the permission table of every route, area by area.
func table() []row {
	return slices.Concat(systemRows(), accountRows(), orgRows(), houseRows(), peopleRows(), calendarRows(), exchangeRows(), feedRows(), courseRows(), curriculumRows(),
		videoRows(), sessionRows(), lifeRows(), photoRows(), paperRows(), progressRows(), serviceRows(), reportRows(), jobRows(), messageRows(), importRows(), privacyRows(), rightRows())
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
