package handlers_test

import (
	"slices"
	"strings"
)

// form is a page's form as people fill it, with what can be wrong with it, and the endpoint that does the same.
type form struct {
	by     string // the seat that fills it
	page   string // where it stands
	via    string // what is sent there to come to the form, "" to open it
	post   string // its address
	fill   string // what is typed and chosen
	other  string // the same with another content: "title=…"
	faults []fault
	// The same address on another township's object and on none; "" where the address names none.
	foreign, unknown string
	api, json        string // the twin: "PUT /api/v1/…" and a valid body
	optional         bool   // an empty body is good
	once             bool   // a form without a key: sent twice it is no new act, or a second one is harmless
}

// fault is one field with a value that cannot stand.
type fault struct {
	set    string // "minutes=many"
	status int    // 0 means 422
	at     string // the field that is named, where it is not the one set; "-" for none
	picked bool   // a choice that the page does not offer, so it cannot come back
	lost   bool   // it says what the page is about, so there is no page to show again, only the message
}

func typed(sets ...string) []fault {
	out := make([]fault, len(sets))
	for i, s := range sets {
		out[i] = fault{set: s}
	}
	return out
}

func picked(sets ...string) []fault {
	out := typed(sets...)
	for i := range out {
		out[i].picked = true
	}
	return out
}

// lost are faults of what a page is about, which somebody has made up.
func lost(sets ...string) []fault {
	out := picked(sets...)
	for i := range out {
		out[i].lost = true
	}
	return out
}

// absent are choices of things that there are not, or not for this actor.
func absent(sets ...string) []fault {
	out := picked(sets...)
	for i := range out {
		out[i].status = 404
	}
	return out
}

// chars is a text of n characters.
func chars(n int) string { return strings.Repeat("茶", n) }

func forms() []form {
	return slices.Concat(courseForms(), unitForms(), houseForms(), peopleForms(), accountForms(), rosterForms(), privacyForms(), exchangeForms(), lifeForms(), otherForms())
}

func courseForms() []form {
	const clerk = "township inside"
	course := append(typed("title=", "title="+chars(101), "summary="+chars(1001), "lecturer="+chars(61)), picked("task=none", "task=")...)
	lesson := append(typed("title=", "title="+chars(101), "minutes=许多", "minutes=0", "minutes=100000"), picked("medium=none", "language=none")...)
	stale := fault{set: "revision=0", status: 412, at: "-", picked: true}
	return []form{
		{
			by: clerk, page: "/courses/new", post: "/courses/new", fill: "task=skills&title=核桃采收&summary=先熟先采&lecturer=李师傅", other: "title=别的课",
			faults: slices.Concat(course, picked("unit=不是编号")),
			api:    "POST /api/v1/courses", json: `{"unit":"{township}","task":"skills","title":"核桃采收","summary":"先熟先采","lecturer":"李师傅"}`,
		},
		{
			by: clerk, page: "/courses/{course}", post: "/courses/{course}", fill: "task=skills&title=春茶&summary=一芽二叶&lecturer=李师傅", other: "title=别的课",
			faults: slices.Concat(course, []fault{stale}), foreign: "/courses/{farcourse}", unknown: "/courses/{nobody}",
			api: "PUT /api/v1/courses/{course}", json: `{"revision":{course.rev},"task":"skills","title":"春茶","summary":"","lecturer":"李师傅"}`,
		},
		{
			by: clerk, page: "/courses/{course}/lessons/new", post: "/courses/{course}/lessons/new", fill: "title=摊青&medium=disc&minutes=30&language=dialect&material=光盘三号",
			other: "title=别的一讲", faults: slices.Concat(lesson, typed("material="+chars(301))), foreign: "/courses/{farcourse}/lessons/new", unknown: "/courses/{nobody}/lessons/new",
			api: "POST /api/v1/courses/{course}/lessons", json: `{"title":"摊青","medium":"disc","minutes":30,"language":"dialect","material":"光盘三号"}`,
		},
		{
			by: clerk, page: "/lessons/{lesson}/edit", post: "/lessons/{lesson}/edit", fill: "title=摊青&medium=disc&minutes=45&language=dialect&material=光盘三号",
			other: "title=别的一讲", faults: slices.Concat(lesson, []fault{stale}), foreign: "/lessons/{farlesson}/edit", unknown: "/lessons/{nobody}/edit",
			api: "PUT /api/v1/lessons/{lesson}", json: `{"revision":{lesson.rev},"title":"摊青","medium":"disc","minutes":45,"language":"dialect","material":"光盘三号"}`,
		},
		{
			by: clerk, page: "/lessons/{unreviewed}/review", post: "/lessons/{unreviewed}/withdraw", fill: "note=请补充安全提示", other: "note=别的",
			faults: append(typed("note="+chars(301)), stale), foreign: "/lessons/{farlesson}/withdraw", unknown: "/lessons/{nobody}/withdraw",
			api: "POST /api/v1/lessons/{unreviewed}/withdraw", json: `{"revision":{unreviewed.rev},"note":"请补充"}`,
		},
		{
			by: clerk, page: "/curricula/new", post: "/curricula/new", fill: "year=2027&title=冬学安排", other: "title=别的安排",
			faults: append(typed("title=", "title="+chars(101), "year=明年", "year=1999"), fault{set: "unit=x", picked: true}),
			api:    "POST /api/v1/curricula", json: `{"unit":"{township}","year":2027,"title":"冬学安排"}`,
		},
		{
			by: clerk, page: "/curricula/{plan}", post: "/curricula/{plan}", fill: "title=冬学安排", other: "title=别的安排",
			faults: append(typed("title=", "title="+chars(101)), stale), foreign: "/curricula/{farplan}", unknown: "/curricula/{nobody}",
			api: "PUT /api/v1/curricula/{plan}", json: `{"revision":{plan.rev},"title":"冬学安排"}`,
		},
		{
			by: clerk, page: "/curricula/{plan}/add", post: "/curricula/{plan}/add?q=&task=", fill: "lesson={lesson2}&month=2026-12&required=1",
			faults: []fault{
				{set: "month=2026-13", picked: true},
				{set: "month=2025-01", picked: true},
				{set: "lesson={nobody}", picked: true},
				{set: "lesson={farlesson}", picked: true},
				{set: "lesson=x", picked: true},
				stale,
			},
			foreign: "/curricula/{farplan}/add", unknown: "/curricula/{nobody}/add",
			api: "PUT /api/v1/curricula/{plan}/items", json: `{"revision":{plan.rev},"items":[]}`,
		},
		{
			by: clerk, page: "/curricula/{plan}/items/{lesson}", post: "/curricula/{plan}/items/{lesson}", fill: "month=2026-12&required=0", other: "month=2026-10",
			faults:  []fault{{set: "month=2026-13", picked: true}, {set: "month=2025-01", picked: true}, stale},
			foreign: "/curricula/{farplan}/items/{farlesson}", unknown: "/curricula/{nobody}/items/{lesson}",
		},
		{
			by: clerk, page: "/curricula/{plan}/audience", post: "/curricula/{plan}/audience", fill: "all=0&sites={sister}", other: "sites={site}",
			faults: []fault{
				{set: "sites=", picked: true}, // no school is chosen
				{set: "sites={far}", picked: true},
				{set: "sites={nobody}", picked: true},
				stale,
			},
			foreign: "/curricula/{farplan}/audience", unknown: "/curricula/{nobody}/audience",
			api: "PUT /api/v1/curricula/{plan}/audience", json: `{"revision":{plan.rev},"all":false,"sites":["{sister}"]}`,
		},
		{
			by: clerk, page: "/curricula/{plan}/publish", post: "/curricula/{plan}/publish", fill: "note=第二版", other: "note=别的",
			faults: append(typed("note="+chars(301)), stale), foreign: "/curricula/{farplan}/publish", unknown: "/curricula/{nobody}/publish",
			api: "POST /api/v1/curricula/{plan}/publish", json: `{"revision":{plan.rev},"note":"第二版"}`,
		},
	}
}

func unitForms() []form {
	const clerk = "township inside"
	return []form{
		{
			by: clerk, page: "/sites/new", post: "/sites/new",
			fill:  "village={village}&name=安石村新家庭党校&code=53092110120177&plaque=凤庆001&licensed_on=2026-11-01&address=三组&equipment=电视机一台",
			other: "name=别的家庭党校",
			faults: append(typed("name=", "name="+chars(101), "code=12", "plaque="+chars(61), "licensed_on=2026-02-30", "licensed_on=2027-01-01",
				"address="+chars(201), "equipment="+chars(301)), fault{set: "village=x", picked: true}),
			api:  "POST /api/v1/sites",
			json: `{"village":"{village}","name":"安石村新家庭党校","code":"53092110120177","plaque":"凤庆001","licensed_on":"2026-11-01","address":"三组"}`,
		},
		{
			by: clerk, page: "/sites/{site}", post: "/sites/{site}/licence", fill: "state=suspended&on=2026-11-20&number=凤组3号&note=修房子", other: "note=别的",
			faults:  append(typed("on=2026-02-30", "on=2027-01-01", "number="+chars(61), "note="+chars(301)), picked("state=none")...),
			foreign: "/sites/{far}/licence", unknown: "/sites/{nobody}/licence",
			api: "POST /api/v1/sites/{site}/licence", json: `{"state":"suspended","on":"2026-11-20","number":"凤组3号","note":"修房子"}`,
		},
		{
			by: "village inside", page: "/people/new?site={site}", post: "/people/new", fill: "name=李新民&standing=full&village={village}&branch={branch}&gender=male&birth_year=1970",
			other: "name=李旧民",
			faults: append(typed("name=", "name="+chars(61), "birth_year=很久以前", "birth_year=2020"),
				picked("standing=none", "gender=none", "village=x", "branch=x", "site=x")...),
			api: "POST /api/v1/people", json: `{"name":"李新民","standing":"full","village":"{village}","branch":"{branch}","gender":"male","birth_year":1970,"since":"2026-01-01"}`,
		},
		{
			by: "village inside", page: "/people/{villager}", post: "/people/{villager}/standing", fill: "standing=applicant&since=2026-11-01", other: "since=2026-11-02",
			faults:  append(typed("since=2026-02-30", "since=2027-01-01", "since=去年"), picked("standing=none")...),
			foreign: "/people/{farman}/standing", unknown: "/people/{nobody}/standing",
			api: "POST /api/v1/people/{villager}/standing", json: `{"standing":"applicant","since":"2026-11-01"}`,
		},
		{
			by: "village inside", page: "/people/{member}", post: "/people/{member}/exempt", fill: "approved_by=支委会&until=2027-06-30", other: "until=2027-07-30",
			faults:  typed("approved_by=", "approved_by="+chars(61), "until=", "until=2026-02-30", "until=2020-01-01"),
			foreign: "/people/{farman}/exempt", unknown: "/people/{nobody}/exempt",
			api: "POST /api/v1/people/{member}/exempt", json: `{"approved_by":"支委会","since":"2026-11-01","until":"2027-06-30"}`,
		},
		{
			by: "host inside", page: "/calendar/days/{day}", post: "/calendar/days/{day}/move", fill: "to=2026-11-27&reason=road", other: "to=2026-11-28",
			faults:  append(typed("to=", "to=2026-02-30", "to=2020-01-01", "to=2027-06-01", "to=明天"), picked("reason=none")...),
			foreign: "/calendar/days/{farday}/move", unknown: "/calendar/days/{nobody}/move",
			api: "POST /api/v1/calendar/days/{day}/move", json: `{"to":"2026-11-27","reason":"road"}`,
		},
		{
			by: "host inside", page: "/calendar/days/{day}", post: "/calendar/days/{day}/not-held", fill: "reason=power", other: "reason=road",
			faults: picked("reason=", "reason=none"), foreign: "/calendar/days/{farday}/not-held", unknown: "/calendar/days/{nobody}/not-held",
			api: "POST /api/v1/calendar/days/{day}/not-held", json: `{"reason":"power"}`,
		},
		{
			by: "host inside", page: "/calendar/days/{day}", post: "/calendar/days/{day}/cancel", fill: "reason=power&note=电杆倒了",
			faults:  append(typed("note="+chars(201)), picked("reason=", "reason=none")...),
			foreign: "/calendar/days/{farday}/cancel", unknown: "/calendar/days/{nobody}/cancel",
			api: "POST /api/v1/calendar/days/{day}/cancel", json: `{"reason":"power","note":"电杆倒了"}`,
		},
		{
			by: clerk, page: "/calendar/requests", post: "/calendar/requests", fill: "ids={cancellation}&answer=同意&act=agree",
			faults: append(typed("answer="+chars(201)), picked("ids=x")...),
			api:    "POST /api/v1/calendar/requests", json: `{"ids":["{cancellation}"],"agree":true,"answer":"同意"}`,
		},
		{
			by: clerk, page: "/calendar/days/{day}", post: "/calendar/days/{day}/confirm", fill: "how=phone",
			faults: picked("how=host", "how=none"), foreign: "/calendar/days/{farday}/confirm", unknown: "/calendar/days/{nobody}/confirm",
			api: "POST /api/v1/calendar/days/{day}/confirm", json: `{"how":"phone"}`, optional: true,
		},
		{
			by: clerk, page: "/calendar/rules/{township}", post: "/calendar/rules/{township}", fill: "from=2026-12&kind=day&day=5&nth=1&weekday=5&holiday=keep&act=set&seen={rule.seen}", other: "day=6",
			faults:  slices.Concat(typed("from=2026-13", "from=去年", "from=2020-01", "hour=八点"), picked("kind=none", "day=32", "day=many", "holiday=none"), []fault{{set: "seen=other", status: 409, at: "-", picked: true}}),
			foreign: "/calendar/rules/{township2}", unknown: "/calendar/rules/{nobody}",
			api: "PUT /api/v1/calendar/rules/{township}", json: `{"from":"2026-12","kind":"day","day":5,"nth":0,"weekday":0,"holiday":"keep","seen":"{rule.seen}"}`,
		},
		{
			by: clerk, page: "/calendar/places/{township}", post: "/calendar/places/{township}/market", fill: "market=digits&digits=5", other: "digits=6",
			faults:  []fault{{set: "market=none-such", picked: true}, {set: "market=zodiac", at: "values", picked: true}, {set: "digits=十一", picked: true}},
			foreign: "/calendar/places/{township2}/market", unknown: "/calendar/places/{nobody}/market",
			api: "PUT /api/v1/calendar/markets/{township}", json: `{"market":"digits","values":[5]}`, optional: true,
		},
		{
			by: clerk, page: "/calendar/places/{township}", post: "/calendar/places/{township}/seasons",
			fill:  "season_code_0=farm&season_name_0=采茶&season_from_0=3月1日&season_to_0=4-30&festival_name_0=火把节&festival_month_0=6&festival_day_0=24",
			other: "season_name_0=栽秧",
			faults: append(typed("season_name_0=", "season_name_0="+chars(21), "season_from_0=立春", "season_from_0=2月30日", "season_to_0=", "festival_name_0="),
				picked("season_code_0=none", "festival_month_0=13", "festival_day_0=31", "festival_day_0=初一")...),
			foreign: "/calendar/places/{township2}/seasons", unknown: "/calendar/places/{nobody}/seasons",
			api: "PUT /api/v1/calendar/seasons/{township}", json: `{"seasons":[{"code":"farm","name":"采茶","from":"03-01","to":"04-30"}],"festivals":[{"name":"火把节","month":6,"day":24}],"inherit":false}`, optional: true,
		},
		{
			by: "county inside", page: "/calendar/periods/{county}", post: "/calendar/periods/{county}", fill: "from=2026-12&times=1&on_time=5&locked=15&act=set", other: "locked=16",
			faults:  append(typed("from=2026-13", "from=2020-01", "on_time=", "on_time=五", "on_time=61", "on_time=-1", "locked=91", "locked=4"), picked("times=0", "times=5")...),
			unknown: "/calendar/periods/{nobody}",
			api:     "PUT /api/v1/calendar/periods/{county}", json: `{"from":"2026-12","times":1,"on_time":5,"locked":15}`,
		},
		{
			by: "county inside", page: "/calendar/exceptions/{site}?month=2026-11", post: "/calendar/exceptions/{site}",
			fill: "month=2026-11&on_time_until=2026-12-10&locked_after=2026-12-20&reason=停电", other: "reason=路断",
			faults: append(typed("on_time_until=", "on_time_until=2026-02-30", "on_time_until=2026-11-01", "locked_after=2026-12-01", "locked_after=2027-12-01", "reason=", "reason="+chars(201)),
				picked("month=2026-13")...),
			unknown: "/calendar/exceptions/{nobody}",
		},
		{
			by: "county inside", page: "/calendar/years/2027", post: "/calendar/years/2027", fill: "day=2027-05-01&until=2027-05-03&kind=holiday&name=劳动节", other: "name=五一",
			faults: append(typed("day=", "day=2027-02-30", "until=2027-02-30", "until=2027-04-01", "until=2028-05-01", "name=", "name="+chars(61)), picked("kind=none")...),
			api:    "POST /api/v1/calendar/holidays", json: `{"day":"2027-05-01","until":"2027-05-03","kind":"holiday","name":"劳动节"}`,
		},
	}
}

func otherForms() []form {
	return []form{
		{
			by: "host inside", page: "/sessions/{open}/roll", post: "/sessions/{open}/roll", fill: "mark.0=present&extra=王路过&adults=2&children=1&next=check", once: true,
			faults: typed("adults=许多", "adults=301", "children=-1", "extra="+chars(61)), foreign: "/sessions/{faropen}/roll", unknown: "/sessions/{nobody}/roll",
			api:  "POST /api/v1/sessions/{open}/roll",
			json: `{"minutes":60,"recorder":"茶得月","held_on":"2026-11-23","marks":[{"person":"{member}","state":"present"}],"guests":["王路过"],"adults":2,"children":1,"place":"院子","device":"phone-y","seq":1}`,
		},
		{
			by: "host inside", page: "/sessions/{open}/roll", via: "revision=0&kind=party_class&p={member}&p={member2}&mark.0=present&mark.1=on_leave&extra=王路过&adults=2&next=check",
			post: "/sessions/{open}/check", fill: "began=14:00&ended=15:30&recorder=李文&place=院子&held_on=2026-11-23&reason.1=farm", other: "place=堂屋",
			faults: append(typed("began=", "began=25:00", "ended=许久", "held_on=2026-02-30", "held_on=2027-01-01", "recorder="+chars(61), "place="+chars(101)),
				fault{set: "lesson={nobody}", picked: true}, fault{set: "lesson=x", picked: true}, fault{set: "adults=许多", picked: true}),
			foreign: "/sessions/{faropen}/check", unknown: "/sessions/{nobody}/check",
		},
		{
			by: "county inside", page: "/feedback/inbox/{asked.code}", post: "/feedback/inbox/{asked.code}", fill: "answer=下周改好&hide_text=1", other: "answer=别的",
			faults:  append(typed("answer=", "answer="+chars(2001)), fault{set: "revision=7", status: 412, at: "-", picked: true}),
			unknown: "/feedback/inbox/{nobody}",
			api:     "POST /api/v1/feedback/{asked}/answer", json: `{"revision":0,"answer":"下周改好","hide_text":true}`,
		},
		{
			by: "township inside", page: "/notices/new", post: "/notices/new", fill: "title=冬训&body=明天上午学习&expires_on=2026-12-31", other: "title=夏训",
			faults: append(typed("title=", "title="+chars(121), "body=", "body="+chars(4001), "expires_on=2026-02-30", "expires_on=2020-01-01"), picked("unit=x")...),
			api:    "POST /api/v1/notices", json: `{"unit":"{township}","title":"冬训","body":"明天上午学习","expires_on":"2026-12-31"}`,
		},
		{
			by: "township inside", page: "/notices/{notice}/edit", post: "/notices/{notice}/edit", fill: "title=冬训&body=后天上午学习&expires_on=2026-12-31", other: "title=夏训",
			faults: append(typed("title=", "title="+chars(121), "body=", "body="+chars(4001), "expires_on=2026-02-30"),
				fault{set: "revision=7", status: 412, at: "-", picked: true}),
			foreign: "/notices/{farnotice}/edit", unknown: "/notices/{nobody}/edit",
			api: "PUT /api/v1/notices/{notice}", json: `{"revision":{notice.rev},"title":"冬训","body":"后天","expires_on":"2026-12-31"}`,
		},
		{
			by: "visitor", page: "/feedback?page=/today", post: "/feedback", fill: "text=字太小了", other: "text=别的",
			faults: typed("text=", "text="+chars(2001)), api: "POST /api/v1/feedback", json: `{"text":"字太小了"}`,
		},
		{
			by: "village inside", page: "/today?site={sister}", post: "/sessions", faults: []fault{
				{set: "held_on=2026-02-30", picked: true},
				{set: "held_on=2027-01-01", picked: true},
				{set: "activity_day=x", picked: true},
				{set: "activity_day={nobody}", status: 404, picked: true},
				{set: "activity_day={farday}", status: 404, picked: true},
				{set: "site={far}", status: 404, picked: true},
			},
			api: "POST /api/v1/sessions", json: `{"activity_day":"{day}","held_on":"2026-11-23","kinds":["activity_day"],"device":"phone-z","seq":1}`,
		},
	}
}
