package handlers_test

import "slices"

// peopleForms are those about a person and a household.
func peopleForms() []form {
	const clerk = "village inside"
	name := typed("name=", "name="+chars(61))
	return []form{
		{
			by: "county inside", page: "/privacy/erasures", post: "/privacy/erasures", fill: "persons={longgone}",
			faults: append(picked("persons=x"), fault{set: "persons={nobody}", status: 404, at: "-", picked: true}, fault{set: "persons={villager}", status: 409, at: "-", picked: true}),
			api:    "POST /api/v1/privacy/erasures", json: `{"persons":["{longgone}"]}`,
		},
		{
			by: "county inside", page: "/study-rules", post: "/study-rules/hours", fill: "from=2026-12-01&minutes_1=40&hours_1=1&minutes_2=20&hours_2=0.5&act=set", other: "hours_1=2",
			faults: typed("from=2026-02-30", "from=2020-01-01", "from=2040-01-01", "minutes_1=许多", "minutes_1=0", "minutes_2=50", "hours_1=一", "hours_1=99", "hours_2=1.5"),
			api:    "PUT /api/v1/study-rules/hours", json: `{"from":"2026-12-01","steps":[{"from":40,"centi_hours":100},{"from":20,"centi_hours":50}]}`,
		},
		{
			by: "county inside", page: "/study-rules", post: "/study-rules/threshold", fill: "year=2027&member=40&secretary=60&act=set", other: "member=36",
			faults: typed("year=明年", "year=2020", "year=2050", "member=", "member=很多", "member=501", "secretary=-1"),
			api:    "PUT /api/v1/study-rules/threshold", json: `{"year":2027,"member":4000,"secretary":6000}`,
		},
		{
			by: clerk, page: "/people/{villager}/edit", post: "/people/{villager}/edit", fill: "name=茶大满&gender=female&birth_year=1966&village={village}&village_group={hamlet}&branch={branch}",
			other:   "name=茶小满",
			faults:  slices.Concat(name, typed("birth_year=很久以前", "birth_year=2020", "birth_year=1800"), picked("gender=none", "village=x", "village=", "village_group=x", "branch=x", "group=x")),
			foreign: "/people/{farman}/edit", unknown: "/people/{nobody}/edit",
			api: "PUT /api/v1/people/{villager}", json: `{"name":"茶大满","gender":"female","birth_year":1966,"village":"{village}","branch":"{branch}"}`,
		},
		{
			by: "township inside", page: "/people/{villager}/transfer", post: "/people/{villager}/transfer", fill: "village={village2}&to={neighbour}&on=2026-11-20",
			other:   "on=2026-11-19",
			faults:  append(typed("on=2026-02-30", "on=2027-01-01"), picked("village=x", "village=", "branch=x", "group=x", "from=x", "to=x")...),
			foreign: "/people/{farman}/transfer", unknown: "/people/{nobody}/transfer",
			api: "POST /api/v1/people/{villager}/transfer", json: `{"village":"{village2}","from":"{site}","to":"{neighbour}","on":"2026-11-20"}`,
		},
		{
			by: clerk, page: "/people/{member}", post: "/people/{member}/offices", fill: "office=secretary&unit={branch}&since=2026-11-01&until=2026-11-20&act=office", other: "until=2026-11-21",
			faults: append(typed("since=2026-02-30", "since=2027-01-01", "until=2026-02-30", "until=2026-10-01"),
				picked("office=none", "office=", "office=group_leader", "unit=x", "unit={branch2}", "unit={village}")...),
			foreign: "/people/{farman}/offices", unknown: "/people/{nobody}/offices",
			api: "POST /api/v1/people/{member}/offices", json: `{"office":"secretary","unit":"{branch}","since":"2026-11-01"}`,
		},
		{
			by: clerk, page: "/people/{member}", post: "/people/{member}/offices/{office}", fill: "until=2026-11-23&act=office_end", other: "until=2026-11-22", optional: true,
			faults:  []fault{{set: "until=2026-02-30", picked: true}, {set: "until=2020-01-01", picked: true}},
			foreign: "/people/{farman}/offices/{office}", unknown: "/people/{nobody}/offices/{office}",
			api: "POST /api/v1/people/{member}/offices/{office}", json: `{"until":"2026-11-20"}`,
		},
		{
			by: clerk, page: "/people/{villager}", post: "/people/{villager}/life", fill: "state=away&since=2026-11-01&act=life", other: "since=2026-11-02",
			faults:  append(typed("since=2026-02-30", "since=2027-01-01"), picked("state=none", "state=")...),
			foreign: "/people/{farman}/life", unknown: "/people/{nobody}/life",
			api: "POST /api/v1/people/{villager}/life", json: `{"state":"away","since":"2026-11-01"}`,
		},
		{
			by: clerk, page: "/people/{villager}", post: "/people/{villager}/phone", fill: "phone=13800138000&act=phone", other: "phone=13800138001",
			faults: typed("phone=12345", "phone=打给我"), foreign: "/people/{farman}/phone", unknown: "/people/{nobody}/phone",
			api: "PUT /api/v1/people/{villager}/phone", json: `{"phone":"13800138000"}`, optional: true,
		},
		{
			by: clerk, page: "/households/new", post: "/households/new", fill: "village={village}&name=茶家&code=901", other: "name=字家",
			faults: slices.Concat(name, typed("code="+chars(21)), picked("village=x", "village=")),
			api:    "POST /api/v1/households", json: `{"village":"{village}","name":"茶家","code":"901"}`,
		},
		{
			by: clerk, page: "/households/{house}", post: "/households/{house}", fill: "name=字家&code=007", other: "name=茶家",
			faults: slices.Concat(name, typed("code=", "code="+chars(21))), unknown: "/households/{nobody}",
			api: "PUT /api/v1/households/{house}", json: `{"name":"字家","code":"007"}`,
		},
	}
}
