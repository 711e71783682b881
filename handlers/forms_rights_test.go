package handlers_test

import (
	"slices"
	"strings"
)

// accountForms are those by which accounts are made, ended and given roles.
func accountForms() []form {
	const clerk = "township inside"
	return []form{
		{
			by: clerk, page: "/accounts/new?role=village&q=", post: "/accounts/new", fill: "name=李新干&unit={village}&username=lixingan&until=2027-06-30", other: "name=李旧干",
			faults: slices.Concat(typed("name=", "name="+chars(61), "username=a b", "username="+strings.Repeat("x", 65), "until=2026-02-30", "until=2020-01-01", "until=明年"),
				picked("unit=x", "unit="), lost("role=none", "person=x"), absent("unit={village3}", "unit={nobody}", "person={farman}")),
			api: "POST /api/v1/accounts/for", json: `{"name":"李新干","unit":"{village}","role":"village","username":"lixingan","until":"2027-06-30"}`,
		},
		{
			by: clerk, page: "/accounts/bulk?under={village.code}", post: "/accounts/bulk", fill: "site={sister}",
			faults: append(picked("site=", "site=x", "role=none"), absent("site={far}", "site={nobody}")...),
			api:    "POST /api/v1/accounts/bulk", json: `{"sites":["{sister}"],"roles":["host"]}`,
		},
		{
			by: clerk, page: "/accounts/slips", post: "/accounts/slips", fill: "account={newcomer}", other: "account={account}",
			faults: append(picked("account=", "account=x"), absent("account={faraccount}", "account={nobody}")...),
			api:    "POST /api/v1/accounts/slips", json: `{"accounts":["{newcomer}"]}`,
		},
		{
			by: clerk, page: "/accounts/{account}", post: "/accounts/{account}/leave", fill: "on=2026-12-31", other: "on=2027-01-31",
			faults: typed("on=", "on=2026-02-30", "on=明天"), foreign: "/accounts/{faraccount}/leave", unknown: "/accounts/{nobody}/leave",
			api: "POST /api/v1/accounts/{account}/leave", json: `{"on":"2026-12-31"}`,
		},
		{
			by: clerk, page: "/rights/accounts/{account}/give?role=host&q=安石", post: "/rights/accounts/{account}/give", fill: "unit={site.unit}&until=2027-06-30", other: "until=2027-05-31",
			faults:  slices.Concat(typed("until=2026-02-30", "until=2020-01-01", "until=明年"), picked("unit=x", "unit="), absent("unit={far.unit}", "unit={nobody}")),
			foreign: "/rights/accounts/{faraccount}/give", unknown: "/rights/accounts/{nobody}/give",
			api: "POST /api/v1/accounts/{account}/grants", json: `{"role":"host","unit":"{site.unit}","until":"2027-06-30"}`,
		},
	}
}

// rosterForms are those of lists of people: who is on a roster, of a household, away, the same, or a guest.
func rosterForms() []form {
	const clerk = "village inside"
	others := absent("persons={farman}", "persons={nobody}")
	return []form{
		{
			by: clerk, page: "/households/{house}?q=字同文", post: "/households/{house}/join", fill: "persons={twin}", other: "persons={twin2}",
			faults: append(picked("persons=", "persons=x"), others...), foreign: "/households/{farhouse}/join", unknown: "/households/{nobody}/join",
			api: "POST /api/v1/households/{house}/join", json: `{"persons":["{twin}"]}`,
		},
		{
			by: clerk, page: "/households/{house}", post: "/households/{house}/part", fill: "persons={kept}",
			faults: picked("persons=", "persons=x"), foreign: "/households/{farhouse}/part", unknown: "/households/{nobody}/part",
			api: "POST /api/v1/households/{house}/part", json: `{"persons":["{kept}"]}`,
		},
		{
			by: clerk, page: "/sites/{site}/roster?q=字云开", post: "/sites/{site}/roster", fill: "persons={free}&since=2026-11-20", other: "since=2026-11-19",
			faults:  slices.Concat(typed("since=2026-02-30", "since=2027-01-01", "since=昨天"), picked("persons=", "persons=x"), others),
			foreign: "/sites/{far}/roster", unknown: "/sites/{nobody}/roster",
			api: "POST /api/v1/sites/{site}/roster/several", json: `{"persons":["{free}"],"since":"2026-11-20"}`,
		},
		{
			by: clerk, page: "/sites/{sister}/roster/group?group={lane}&way=on", post: "/sites/{sister}/roster/group", fill: "group={lane}&way=on&on=2026-11-20", other: "on=2026-11-19",
			faults:  picked("on=2026-02-30", "on=2027-01-01", "group=x", "group=", "group={village}", "group={farlane}", "group={closed}", "way=none", "people=x"),
			foreign: "/sites/{far}/roster/group", unknown: "/sites/{nobody}/roster/group",
			api: "POST /api/v1/sites/{sister}/roster/group", json: `{"group":"{lane}","way":"on","on":"2026-11-20"}`,
		},
		{
			by: "host inside", page: "/sites/{site}/roster/{villager}/away", post: "/sites/{site}/roster/{villager}/away", fill: "state=away",
			faults: picked("state=", "state=none"), foreign: "/sites/{far}/roster/{farman}/away", unknown: "/sites/{site}/roster/{nobody}/away",
			api: "POST /api/v1/sites/{site}/roster/{villager}/away", json: `{"state":"away"}`,
		},
		{
			by: clerk, page: "/people/away", post: "/people/away", fill: "items={away}&act=confirm",
			faults: append(picked("items=", "items=x", "items="+chars(100)), absent("items={nobody}_2026-11-23")...),
			api:    "POST /api/v1/people/confirm-life", json: `{"items":["{away}"]}`,
		},
		{
			by: "county inside", page: "/people/compare?person={twin}&other={twin2}", post: "/people/compare", other: "gone={kept}",
			faults: append(lost("gone=x", "gone=", "kept=x"), absent("gone={nobody}")...),
			api:    "POST /api/v1/people/merge", json: `{"kept":"{twin}","gone":"{twin2}"}`,
		},
		{
			by: "host inside", page: "/sessions/{done}/guests?q=茶长青", post: "/sessions/{done}/guests/{guest}/attach", fill: "person={member2}", other: "person={villager}",
			faults:  append(picked("person=", "person=x"), absent("person={farman}", "person={nobody}")...),
			foreign: "/sessions/{fardone}/guests/{guest}/attach", unknown: "/sessions/{done}/guests/{nobody}/attach",
			api: "POST /api/v1/sessions/{done}/guests/{guest}/attach", json: `{"person":"{member2}"}`,
		},
	}
}

// privacyForms are those about what is kept of people, and lists.
func privacyForms() []form {
	body := strings.Repeat("谁在收集，为了什么，收集什么，放多久，有什么权利。", 3)
	return []form{
		{
			by: "county inside", page: "/privacy/edit", post: "/privacy/edit", fill: "body=" + body + "&effective_on=2026-12-01", other: "effective_on=2026-12-02",
			faults: append(typed("body=", "body=太短", "body="+chars(8001), "effective_on=2026-02-30", "effective_on=2020-01-01", "effective_on=明天"),
				fault{set: "version=7", status: 412, at: "-", picked: true}),
			api: "POST /api/v1/privacy/texts", json: `{"version":1,"body":"` + body + `","effective_on":"2026-12-01"}`,
		},
		{
			by: "township inside", page: "/privacy/paper/{site}", post: "/privacy/paper/{site}", fill: "done_on=2026-11-20", other: "done_on=2026-11-19",
			faults:  append(typed("done_on=2026-02-30", "done_on=2027-01-01", "done_on=昨天"), absent("version=7")...),
			foreign: "/privacy/paper/{far}", unknown: "/privacy/paper/{nobody}",
			api: "PUT /api/v1/privacy/papers/{site}", json: `{"version":1,"done_on":"2026-11-20"}`, optional: true,
		},
		{
			by: "township inside", page: "/privacy/requests/{request}", post: "/privacy/requests/{request}", fill: "state=refused&answer=户口本上是这一年", other: "answer=别的",
			faults:  slices.Concat(typed("answer="+chars(501), "answer="), picked("state=", "state=none")),
			foreign: "/privacy/requests/{farrequest}", unknown: "/privacy/requests/{nobody}",
			api: "POST /api/v1/privacy/requests/{request}", json: `{"state":"refused","answer":"户口本上是这一年"}`,
		},
		{
			by: "county inside", page: "/privacy/retention", post: "/privacy/retention/feedback", fill: "days=400", other: "days=401",
			faults: typed("days=", "days=许多", "days=0", "days=-5", "days=1000000"), unknown: "/privacy/retention/{nobody}",
			api: "PUT /api/v1/privacy/retention/feedback", json: `{"days":400}`,
		},
		{
			by: "host inside", page: "/me/data/correct", post: "/me/data/correct", fill: "body=出生年应该是1962年", other: "body=名字写错了",
			faults: typed("body=", "body="+chars(501)), api: "POST /api/v1/me/corrections", json: `{"body":"出生年应该是1962年"}`,
		},
		{
			by: "county inside", page: "/people/{free}/erase", post: "/people/{free}/erase", fill: "basis=no_need&name=字云开", other: "basis=own_wish",
			faults:  append(typed("name=", "name=别人", "name="+chars(61)), picked("basis=", "basis=none")...),
			unknown: "/people/{nobody}/erase",
			api:     "POST /api/v1/people/{free}/erasure", json: `{"basis":"no_need","name":"字云开"}`,
		},
		{
			by: "township inside", page: "/imports/{uploaded}/columns", post: "/imports/{uploaded}/columns", fill: "sheets.0.use=1&sheets.0.name=0&sheets.0.standing=2&sheets.0.village=3",
			other:   "sheets.0.standing=1",
			faults:  picked("sheets.0.name=", "sheets.0.name=99", "sheets.0.name=x", "sheets.0.standing=0"),
			foreign: "/imports/{farlist}/columns", unknown: "/imports/{nobody}/columns",
			api: "PUT /api/v1/imports/{uploaded}/columns", json: `{"sheets":[{"use":true,"head":1,"columns":{"name":0,"village":3,"standing":2}}]}`,
		},
	}
}
