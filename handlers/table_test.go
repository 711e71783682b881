package handlers_test

import (
	"slices"

	"huotang/models/access"
)

// table is the permission table of every route, area by area.
func table() []row {
	return slices.Concat(systemRows(), accountRows(), orgRows(), peopleRows(), calendarRows(), courseRows(), curriculumRows(),
		videoRows(), sessionRows(), progressRows(), serviceRows(), reportRows(), jobRows())
}

func systemRows() []row {
	return []row{
		{route: "GET /sign-in", want: anyone},
		{route: "POST /sign-in", body: "username=bare&password=wrong", want: anyone, input: true},
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
		{route: "GET /audit", need: access.AuditSee},
		{route: "GET /api/v1/me", want: signedIn},
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
		{route: "GET /api/v1/audit", need: access.AuditSee},
		{route: "GET /api/v1/audit/:object/:id", at: "/api/v1/audit/session/{done}", need: access.AuditSee},
	}
}

func orgRows() []row {
	return []row{
		{route: "GET /sites", want: signedIn, holds: "{site.name}"},
		{route: "GET /sites/new", need: access.SitesLicense},
		{route: "POST /sites/new", body: "village={village}&name=安石村新家庭党校", need: access.SitesLicense, on: "village"},
		{route: "GET /sites/:id", at: "/sites/{site}", need: access.OrgSee, on: "site"},
		{route: "POST /sites/:id/licence", at: "/sites/{site}/licence", body: "state=suspended&note=修房子", need: access.SitesLicense, on: "site.unit"},
		// Who may see none gets an empty list.
		{route: "GET /api/v1/units", want: anyone, holds: "{village.code}"},
		{route: "POST /api/v1/units", body: `{"tree":"a","kind":"village","code":"530921101299","name":"新村","parent":"{township}"}`, need: access.OrgEdit, on: "township"},
		{route: "GET /api/v1/sites", want: anyone, holds: "{site.name}"},
		{route: "POST /api/v1/sites", body: `{"village":"{village}","name":"安石村新家庭党校"}`, need: access.SitesLicense, on: "village"},
		{route: "GET /api/v1/sites/:id", at: "/api/v1/sites/{site}", need: access.OrgSee, on: "site"},
		{route: "GET /api/v1/sites/:id/licence", at: "/api/v1/sites/{site}/licence", need: access.OrgSee, on: "site"},
		{route: "POST /api/v1/sites/:id/licence", at: "/api/v1/sites/{site}/licence", body: `{"state":"revoked"}`, need: access.SitesLicense, on: "site.unit"},
	}
}

func peopleRows() []row {
	const person = `"name":"李新民","village":"{village}","standing":"full"`
	return []row{
		{route: "GET /people", need: access.PeopleNames, holds: memberName},
		{route: "GET /people/new", need: access.PeopleEdit},
		{route: "POST /people/new", body: "name=李新民&village={village}&standing=full", need: access.PeopleEdit, on: "village"},
		{route: "GET /people/:id", at: "/people/{member}", want: oneself(access.PeopleNames, "member")},
		{route: "POST /people/:id/standing", at: "/people/{villager}/standing", body: "standing=applicant&act=standing", need: access.PeopleEdit, on: "villager"},
		{route: "POST /people/:id/exempt", at: "/people/{member}/exempt", body: "approved_by=支委会&until=2027-06-30", need: access.PeopleEdit, on: "member"},
		{route: "POST /people/:id/depart", at: "/people/{villager}/depart", body: "on=2026-11-20", need: access.PeopleEdit, on: "villager"},
		{route: "GET /api/v1/people", need: access.PeopleNames, holds: memberName},
		{route: "POST /api/v1/people", body: `{` + person + `}`, need: access.PeopleEdit, on: "village"},
		{route: "GET /api/v1/people/:id", at: "/api/v1/people/{member}", want: oneself(access.PeopleNames, "member")},
		{route: "PUT /api/v1/people/:id", at: "/api/v1/people/{villager}", body: `{"name":"茶大满","village":"{village}"}`, need: access.PeopleEdit, on: "villager"},
		{route: "POST /api/v1/people/:id/standing", at: "/api/v1/people/{villager}/standing", body: `{"standing":"applicant"}`, need: access.PeopleEdit, on: "villager"},
		{route: "POST /api/v1/people/:id/exempt", at: "/api/v1/people/{member}/exempt", body: `{"approved_by":"支委会","until":"2027-06-30"}`, need: access.PeopleEdit, on: "member"},
		{route: "POST /api/v1/people/:id/depart", at: "/api/v1/people/{villager}/depart", body: `{"on":"2026-11-20"}`, need: access.PeopleEdit, on: "villager"},
		{route: "POST /api/v1/sites/:id/roster", at: "/api/v1/sites/{site}/roster", body: `{"person":"{free}"}`, need: access.PeopleEdit, on: "site.unit"},
		{route: "POST /api/v1/sites/:id/roster/:person/leave", at: "/api/v1/sites/{site}/roster/{villager}/leave", body: `{}`, need: access.PeopleEdit, on: "site.unit"},
		{route: "POST /api/v1/sites/:id/posts", at: "/api/v1/sites/{site}/posts", body: `{"post":"head","person":"{member2}"}`, need: access.PeopleEdit, on: "site.unit"},
	}
}

func calendarRows() []row {
	return []row{
		{route: "GET /calendar", need: access.CalendarSee, holds: "{site.name}"},
		{route: "GET /calendar/days/:id", at: "/calendar/days/{day}", need: access.CalendarSee, on: "day"},
		{route: "POST /calendar/days/:id/move", at: "/calendar/days/{day}/move", body: "to=2026-11-27&reason=road", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/not-held", at: "/calendar/days/{day}/not-held", body: "reason=power", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/undo", at: "/calendar/days/{sisterday}/undo", body: "x=1", need: access.CalendarMove, on: "sisterday"},
		{route: "GET /calendar/rules", want: signedIn},
		{route: "GET /calendar/rules/:unit", at: "/calendar/rules/{township}", need: access.CalendarSee, on: "township"},
		{route: "POST /calendar/rules/:unit", at: "/calendar/rules/{township}", body: "act=set&kind=day&day=5&holiday=keep&from=2026-12", need: access.CalendarRule, on: "township"},
		{route: "POST /calendar/rules/:unit/plan", at: "/calendar/rules/{township}/plan", body: "x=1", need: access.CalendarPlan, on: "township"},
		{route: "GET /calendar/years", want: anyone},
		{route: "GET /calendar/years/:year", at: "/calendar/years/2026", need: access.CalendarSee},
		{route: "POST /calendar/years/:year", at: "/calendar/years/2027", body: "day=2027-01-01&kind=holiday&name=元旦", need: access.CalendarHolidays},
		{route: "POST /calendar/years/:year/load", at: "/calendar/years/2026/load", body: "x=1", need: access.CalendarHolidays},
		{route: "POST /calendar/years/:year/finish", at: "/calendar/years/2026/finish", body: "x=1", need: access.CalendarHolidays, input: true},
		{route: "POST /calendar/holidays/:day/remove", at: "/calendar/holidays/2027-02-06/remove", body: "x=1", need: access.CalendarHolidays},
		{route: "GET /api/v1/calendar/days", want: anyone, holds: "{site.name}"},
		{route: "GET /api/v1/calendar/days/:id", at: "/api/v1/calendar/days/{day}", need: access.CalendarSee, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/move", at: "/api/v1/calendar/days/{day}/move", body: `{"to":"2026-11-27"}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/not-held", at: "/api/v1/calendar/days/{day}/not-held", body: `{"reason":"power"}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/undo", at: "/api/v1/calendar/days/{sisterday}/undo", body: `{}`, need: access.CalendarMove, on: "sisterday"},
		{route: "GET /api/v1/calendar/today/:site", at: "/api/v1/calendar/today/{site}", need: access.CalendarSee, on: "site"},
		{route: "GET /api/v1/calendar/rules", want: anyone},
		{route: "GET /api/v1/calendar/rules/:unit", at: "/api/v1/calendar/rules/{township}", need: access.CalendarSee, on: "township"},
		{route: "PUT /api/v1/calendar/rules/:unit", at: "/api/v1/calendar/rules/{township}", body: `{"kind":"day","day":5,"holiday":"keep","from":"2026-12"}`, need: access.CalendarRule, on: "township"},
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
		{route: "GET /api/v1/lessons/waiting", want: anyone, holds: "选接穗", shown: func(_ *world, s *seat) bool { return !s.actor.Visible(review).Empty() }},
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
		{route: "GET /sessions", need: see, holds: "/sessions/{done}"},
		{route: "POST /sessions", body: "site={site}&activity_day={day}", need: submit, on: "site"},
		{route: "GET /sessions/:id", at: "/sessions/{done}", need: see, on: "site"},
		{route: "GET /sessions/:id/teach", at: "/sessions/{open}/teach", need: submit, on: "site"},
		{route: "GET /sessions/:id/roll", at: "/sessions/{open}/roll", need: submit, on: "site"},
		{route: "POST /sessions/:id/roll", at: "/sessions/{open}/roll", body: "revision=0&p={member}&mark.0=present", need: submit, on: "site"},
		{route: "GET /sessions/:id/check", at: "/sessions/{open}/check", want: anyone},
		{route: "POST /sessions/:id/check", at: "/sessions/{open}/check", body: "revision=0&kind=party_class&p={member}&mark.0=present&began=14:00&ended=15:00&recorder=李文&held_on=2026-11-23", need: submit, on: "site"},
		{route: "GET /sessions/:id/receipt", at: "/sessions/{done}/receipt", need: submit, on: "site"},
		{route: "POST /sessions/:id/settle", at: "/sessions/{done}/settle", body: "person={member}&state=absent", need: submit, on: "site"},
		{route: "POST /sessions/:id/void", at: "/sessions/{mistaken}/void", body: "x=1", need: submit, on: "site"},
		{route: "GET /api/v1/sessions", need: see, holds: "{done}"},
		{route: "POST /api/v1/sessions", body: `{"activity_day":"{day}"}`, need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id", at: "/api/v1/sessions/{done}", need: see, on: "site"},
		{route: "GET /api/v1/sessions/:id/roll", at: "/api/v1/sessions/{open}/roll", need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/roll", at: "/api/v1/sessions/{open}/roll", body: `{` + roll + `}`, need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id/receipt", at: "/api/v1/sessions/{done}/receipt", need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/settle", at: "/api/v1/sessions/{done}/settle", body: `{"person":"{member}","state":"absent"}`, need: submit, on: "site"},
		{route: "POST /api/v1/sessions/:id/void", at: "/api/v1/sessions/{mistaken}/void", body: `{}`, need: submit, on: "site"},
		{route: "GET /api/v1/sessions/:id/hours", at: "/api/v1/sessions/{done}/hours", need: see, on: "site"},
		{route: "GET /api/v1/sites/:id/today", at: "/api/v1/sites/{site}/today", need: see, on: "site"},
		{route: "GET /api/v1/sites/:id/summary", at: "/api/v1/sites/{site}/summary", need: see, on: "site"},
	}
}

func progressRows() []row {
	return []row{
		{route: "GET /me/study", need: access.ProgressOwn},
		{route: "GET /people/:id/study", at: "/people/{member}/study", want: oneself(access.ProgressSee, "member")},
		{route: "POST /lessons/:id/position", at: "/lessons/{video}/position", body: "position=12.5", want: studies("township", "site")},
		{route: "GET /api/v1/me/study", need: access.ProgressOwn, want: func(_ *world, s *seat) int {
			switch {
			case !s.actor.SignedIn():
				return 401
			case s.actor.Person.IsZero():
				return hidden // an account that is nobody's
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
		{route: "POST /feedback/inbox/:code", at: "/feedback/inbox/{asked.code}", body: "id={asked}&revision=0&answer=这就改", need: answer},
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
	return hidden
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
		{route: "GET /reports/trend.svg", need: see},
		{route: "GET /reports/trend.svg", at: "/reports/trend.svg?unit={village.code}", need: see, on: "village"},
		{route: "GET /reports/summary.xlsx", need: export},
		{route: "GET /reports/summary.xlsx", at: "/reports/summary.xlsx?unit={village.code}", need: export, on: "village"},
		{route: "GET /reports/summary.csv", need: export},
		{route: "GET /reports/summary.csv", at: "/reports/summary.csv?unit={village.code}", need: export, on: "village"},
		{route: "GET /reports/print", need: export},
		{route: "GET /reports/print", at: "/reports/print?unit={village.code}", need: export, on: "village"},
		{route: "GET /reports/month/print", need: see, holds: "{site.name}"},
		{route: "GET /api/v1/reports/summary", need: see},
		{route: "GET /api/v1/reports/summary", at: "/api/v1/reports/summary?unit={village.code}", need: see, on: "village"},
		{route: "GET /api/v1/reports/trend", need: see},
		{route: "GET /api/v1/reports/trend", at: "/api/v1/reports/trend?unit={site.code}", need: see, on: "site"},
		{route: "GET /api/v1/reports/units", need: see},
		{route: "GET /api/v1/reports/units", at: "/api/v1/reports/units?unit={village.code}", need: see, on: "village"},
		{route: "GET /api/v1/reports/month", need: see, holds: "{site.name}"},
		{route: "GET /api/v1/reports/missing", need: see},
		{route: "GET /api/v1/reports/sessions", at: "/api/v1/reports/sessions?unit={site.code}", need: see, on: "site"},
	}
}

func jobRows() []row {
	return []row{
		{route: "GET /jobs", need: access.JobsSee},
		{route: "POST /jobs/:name/run", at: "/jobs/calendar.plan/run", body: "x=1", need: access.JobsRun},
		{route: "GET /jobs/runs/:id", at: "/jobs/runs/{run}", need: access.JobsSee},
		{route: "GET /api/v1/jobs", need: access.JobsSee},
		{route: "GET /api/v1/jobs/runs", need: access.JobsSee},
		{route: "GET /api/v1/jobs/runs/:id", at: "/api/v1/jobs/runs/{run}", need: access.JobsSee},
		{route: "POST /api/v1/jobs/:name/run", at: "/api/v1/jobs/calendar.plan/run", body: `{}`, need: access.JobsRun},
	}
}
