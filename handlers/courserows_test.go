package handlers_test

import (
	"slices"

	"huotang/models/access"
)

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
