package handlers_test

import (
	"time"

	"huotang/models/db"
)

// givenRefusals are about giving and ending roles: nobody reaches beyond his own units and rank.
func givenRefusals() []refusal {
	const admin, clerk, village = "township_admin inside", "township inside", "village inside"
	to := func(role, unit string) string { return `{"role":"` + role + `","unit":"{` + unit + `}"}` }
	const grants = "POST /api/v1/accounts/{account}/grants"
	return []refusal{
		{why: "a township's admin makes a county admin", as: admin, ask: grants, body: to("county", "county"), want: 404},
		{why: "a township's admin makes an auditor of the county", as: admin, ask: grants, body: to("auditor", "county"), want: 404},
		{why: "a township's admin makes an auditor of his township", as: admin, ask: grants, body: to("auditor", "township"), want: 403},
		{why: "a township's admin makes a second admin", as: admin, ask: grants, body: to("township_admin", "township"), want: 403},
		{why: "a township's admin makes a clerk of another township", as: admin, ask: grants, body: to("township", "township2"), want: 404},
		{why: "a township's admin makes a host in another township", as: admin, ask: grants, body: to("host", "far.unit"), want: 404},
		{why: "a township's admin raises himself", as: admin, ask: "POST /api/v1/accounts/{township_admin inside}/grants", body: to("county", "county"), want: 404},
		{why: "a township's admin lets a resident team in without an end", as: admin, ask: grants, body: to("resident", "village"), want: 422},
		{why: "a clerk makes himself admin", as: clerk, ask: "POST /api/v1/accounts/{township inside}/grants", body: to("township_admin", "township"), want: 403},
		{why: "a township's admin lets a resident team in for longer than its term", as: admin, ask: grants, body: `{"role":"resident","unit":"{village}","until":"2029-12-31"}`, want: 422},
		{why: "the county lets a resident team in for longer than its term through the page", as: "county inside", ask: "POST /rights/accounts/{account}/give", body: "role=resident&unit={village}&until=2029-12-31", want: 422},
		{why: "a clerk lets a resident team in", as: clerk, ask: grants, body: `{"role":"resident","unit":"{village}","until":"2026-12-31"}`, want: 403},
		{why: "a village clerk lets a resident team in", as: village, ask: grants, body: `{"role":"resident","unit":"{village}","until":"2026-12-31"}`, want: 403},
		{why: "a village clerk makes somebody a duty cadre", as: village, ask: grants, body: to("cadre", "site.unit"), want: 403},
		{why: "a village clerk makes somebody a delegate through the page", as: village, ask: "POST /rights/accounts/{account}/give", body: "role=delegate&unit={village}", want: 403},
		{why: "a resident team gives a role", as: "resident inside", ask: grants, body: to("trainee", "site.unit"), want: 404},
		{why: "a secretary makes a group leader", as: "secretary inside", ask: grants, body: to("group_leader", "group"), want: 404},
		{why: "a head makes a host", as: "head inside", ask: grants, body: to("host", "site.unit"), want: 404},
		{why: "a trainee makes himself host", as: "trainee inside", ask: "POST /api/v1/accounts/{trainee inside}/grants", body: to("host", "site.unit"), want: 404},
		{why: "the role of everybody is given", as: "county inside", ask: grants, body: to("public", "site.unit"), want: 422},
		{why: "a host's role is given on a village", as: "county inside", ask: grants, body: to("host", "village"), want: 422},
		{why: "a group leader's role is given on a school", as: "county inside", ask: grants, body: to("group_leader", "site.unit"), want: 422},
		{why: "a township's admin ends the county's office", as: admin, ask: "POST /rights/accounts/{county inside}/end", body: "x=1", want: 404},
		{why: "a clerk ends his admin's office", as: clerk, ask: "POST /rights/accounts/{township_admin inside}/end", body: "x=1", want: 403},
		{why: "a clerk ends the resident team's time", as: clerk, ask: "POST /api/v1/accounts/{resident inside}/end-office", body: `{}`, want: 403},
		{why: "a village clerk ends a cadre's office", as: village, ask: "POST /api/v1/accounts/{cadre inside}/end-office", body: `{}`, want: 403},
		{why: "an admin of another township ends an office", as: "township_admin outside", ask: "POST /api/v1/accounts/{account}/end-office", body: `{}`, want: 404},
		{why: "an auditor ends an office", as: "auditor inside", ask: "POST /rights/accounts/{account}/end", body: "x=1", want: 403},
		{why: "an auditor opens the form of giving a role", as: "auditor inside", ask: "GET /rights/accounts/{account}/give", want: 403},
		{why: "a host opens what his colleague holds", as: "host inside", ask: "GET /rights/accounts/{account}", want: 404},
		{why: "a group leader lists who holds what", as: "group_leader inside", ask: "GET /rights/holders", want: 403},
		{why: "a resident team lists who holds what", as: "resident inside", ask: "GET /api/v1/rights/holders", want: 403},
		{why: "a visitor lists who holds what", as: "visitor", ask: "GET /rights/holders", want: 303},
		{why: "a visitor ends an office", as: "visitor", ask: "POST /api/v1/accounts/{account}/end-office", body: `{}`, want: 401},
		{why: "a clerk's list of who holds what reaches into another township", as: clerk, ask: "GET /api/v1/rights/holders?limit=200", want: 200, lacks: "{faraccount}"},
		{why: "a clerk narrows the list to another township", as: clerk, ask: "GET /api/v1/rights/holders?unit={township2}", want: 404},
		{why: "a clerk looks for schools of another township to give a role on", as: clerk, ask: "GET /api/v1/rights/places?role=host&limit=200", want: 200, lacks: "{far.name}"},
		{why: "a village clerk looks for the county to give its role on", as: village, ask: "GET /api/v1/rights/places?role=county", want: 200, lacks: "{county}"},
		{why: "a host asks what he may at a school elsewhere", as: "host inside", ask: "GET /api/v1/rights/here?unit={far}", want: 404},
		{why: "a group leader asks what he may at a school that no branch of his keeps", as: "group_leader inside", ask: "GET /rights/here?unit={neighbour}", want: 404},
		{why: "a clerk lets himself into his admin's account", as: clerk, ask: "POST /api/v1/accounts/{township_admin inside}/reset-code", body: `{}`, want: 403},
		{why: "a clerk closes his admin's account", as: clerk, ask: "POST /api/v1/accounts/{township_admin inside}/disabled", body: `{"disabled":true}`, want: 403},
	}
}

// seenRefusals are about the party's side and those who come for a time: what they see is theirs, and they change nothing.
func seenRefusals() []refusal {
	const admin, leader, secretary = "township_admin inside", "group_leader inside", "secretary inside"
	const resident, cadre, delegate = "resident inside", "cadre inside", "delegate inside"
	const roll = `{"minutes":60,"recorder":"x","marks":[{"person":"{member}","state":"absent"}],"device":"phone-r","seq":1}`
	const done = "GET /api/v1/sessions/{done}"
	return []refusal{
		{why: "a township's admin hands in a roll", as: admin, ask: "POST /api/v1/sessions/{open}/roll", body: roll, want: 403},
		{why: "a township's admin brings in a file of holidays", as: admin, ask: "GET /imports/new?kind=holidays", want: 403},
		{why: "a township's admin gives a school of his more time", as: admin, ask: "POST /calendar/exceptions/{site}", body: "month=2026-11&on_time_until=2026-12-10&locked_after=2026-12-20&reason=x", want: 403},
		{why: "a township's admin opens the page on which the county sets the dates", as: admin, ask: "GET /calendar/periods", want: 403},
		{why: "a township's admin changes the county's holidays", as: admin, ask: "POST /calendar/years/2027", body: "day=2027-01-01&kind=holiday&name=x", want: 403},
		{why: "a township's admin runs a job", as: admin, ask: "POST /jobs/retention/run", body: "x=1", want: 403},
		{why: "a township's admin reads the list of acts", as: admin, ask: "GET /audit", want: 403},
		{why: "a township's admin answers feedback", as: admin, ask: "POST /api/v1/feedback/{asked}/answer", body: `{"revision":0,"answer":"x"}`, want: 403},
		{why: "another township's admin revokes the licence", as: "township_admin outside", ask: "POST /sites/{site}/licence", body: "state=revoked", want: 404},
		{why: "a secretary reads the mark of another branch's member", as: secretary, ask: done, want: 200, lacks: "{member2}", given: moved},
		{why: "a secretary sees the name of another branch's member on the page", as: secretary, ask: "GET /sessions/{done}", want: 200, lacks: member2Name, given: moved},
		{why: "a secretary sees what the session gave another branch's member", as: secretary, ask: "GET /api/v1/sessions/{done}/hours", want: 200, lacks: "{member}", given: absentee},
		{why: "a secretary sees the names of those outside the roster", as: secretary, ask: done, want: 200, lacks: "字过客"},
		{why: "a secretary reads in the session's history how another branch's member was marked", as: secretary, ask: "GET /api/v1/history/session/{done}", want: 200, lacks: memberName, given: absentee},
		{why: "a secretary reads the history of another branch's member", as: secretary, ask: "GET /api/v1/history/person/{member}", want: 403, given: absentee},
		{why: "a group leader reads in the session's history how another group's member was marked", as: leader, ask: "GET /history/session/{done}", want: 200, lacks: memberName, given: absentee},
		{why: "a resident team reads in the session's history who was marked", as: resident, ask: "GET /history/session/{done}", want: 200, lacks: memberName},
		{why: "a secretary sees the mark of a villager", as: secretary, ask: done, want: 200, lacks: "{villager}"},
		{why: "a group leader reads the mark of another group's member", as: leader, ask: done, want: 200, lacks: "{member2}"},
		{why: "a group leader reads who a member of another group is", as: leader, ask: "GET /people/{member2}", want: 404},
		{why: "a group leader reads what a member of another group has studied", as: leader, ask: "GET /api/v1/people/{member2}/study", want: 404},
		{why: "a group leader searches the whole branch", as: leader, ask: "GET /api/v1/people?branch={branch.code}", want: 200, lacks: member2Name},
		{why: "a group leader hands in a roll", as: leader, ask: "POST /api/v1/sessions/{open}/roll", body: roll, want: 403},
		{why: "a group leader changes a standing", as: leader, ask: "POST /people/{member}/standing", body: "standing=villager", want: 403},
		{why: "a leader of another branch's group reads the session", as: "group_leader outside", ask: "GET /sessions/{done}", want: 404},
		{why: "a secretary reads the standing of another branch's member at a school that his branch keeps", as: secretary, ask: "GET /api/v1/people/{member2}", want: 200, lacks: `"standing"`, given: moved},
		{why: "a secretary reads on the page which branch a guest of the school is of", as: secretary, ask: "GET /people/{member2}", want: 200, lacks: "古平党支部", given: moved},
		{why: "a secretary lists which branches the guests of a school are of", as: secretary, ask: "GET /api/v1/people?site={site}", want: 200, lacks: "古平党支部", given: moved},
		{why: "a secretary finds out the standing of a guest by searching for it", as: secretary, ask: "GET /api/v1/people?standing=full&site={site}", want: 200, lacks: member2Name, given: moved},
		{why: "a secretary reads the history of another branch's member", as: secretary, ask: "GET /api/v1/people/{member2}/history", want: 403, given: moved},
		{why: "a secretary reads what another branch's member has studied at a school that his branch keeps", as: secretary, ask: "GET /people/{member2}/study", want: 404, given: moved},
		{why: "a resident team reads who came", as: resident, ask: done, want: 200, lacks: "{member}"},
		{why: "a resident team reads the roll", as: resident, ask: "GET /api/v1/sessions/{open}/roll", want: 403},
		{why: "a resident team hands in the roll", as: resident, ask: "POST /api/v1/sessions/{open}/roll", body: roll, want: 403},
		{why: "a resident team reads standing", as: resident, ask: "GET /api/v1/people/{member}", want: 200, lacks: `"standing"`},
		{why: "a resident team lists people with their standing", as: resident, ask: "GET /api/v1/people", want: 200, lacks: `"standing"`},
		{why: "a resident team reads a year of birth", as: resident, ask: "GET /api/v1/people/{member}", want: 200, lacks: `"birth_year":1`},
		{why: "a resident team reads what somebody has studied", as: resident, ask: "GET /people/{member}/study", want: 404},
		{why: "a resident team changes who somebody is", as: resident, ask: "POST /people/{member}/standing", body: "standing=villager", want: 403},
		{why: "a resident team opens the hosts' numbers", as: resident, ask: "POST /month/ready/calls", body: "unit={village.code}", want: 403},
		{why: "a resident team opens the numbers of those without a record", as: resident, ask: "POST /api/v1/reports/missing/calls", body: `{}`, want: 403},
		{why: "a resident team says that a host agreed on the telephone", as: resident, ask: "POST /month/ready", body: "act=confirm&day={day}", want: 403},
		{why: "an auditor opens the hosts' numbers", as: "auditor inside", ask: "POST /api/v1/reports/ready/calls", body: `{"unit":"{township.code}"}`, want: 403},
		{why: "an auditor says that a host agreed on the telephone", as: "auditor inside", ask: "POST /month/ready", body: "act=confirm&day={day}", want: 403},
		{why: "a host reads what the office has to see to", as: "host inside", ask: "GET /month/ready", want: 403},
		{why: "a host reads what the office has to see to at his own school", as: "host inside", ask: "GET /api/v1/reports/ready?unit={site.code}", want: 404},
		{why: "a host opens his colleagues' numbers", as: "host inside", ask: "POST /month/ready/calls", body: "x=1", want: 403},
		{why: "a secretary opens the hosts' numbers", as: "secretary inside", ask: "POST /month/ready/calls", body: "x=1", want: 403},
		{why: "a clerk of another township opens the hosts' numbers", as: "township outside", ask: "POST /month/ready/calls", body: "unit={village.code}", want: 404},
		{why: "a clerk's list of what is missing reaches into another township", as: "township inside", ask: "GET /api/v1/reports/ready?days=7", want: 200, lacks: "{far.name}"},
		{why: "a clerk takes back what a host of another township said", as: "township inside", ask: "POST /month/ready", body: "act=undo&day={farday}", want: 404},
		{why: "a visitor opens the hosts' numbers", as: "visitor", ask: "POST /api/v1/reports/ready/calls", body: `{}`, want: 401},
		{why: "a resident team takes the figures away", as: resident, ask: "GET /reports/summary.xlsx?unit={village.code}", want: 403},
		{why: "a resident team moves the activity day", as: resident, ask: "POST /calendar/days/{day}/move", body: "to=2026-11-27&reason=road", want: 403},
		{why: "a resident team of another township opens the school", as: "resident outside", ask: "GET /sites/{site}", want: 404},
		{why: "a resident team goes on after its time", as: resident, ask: "GET /sites/{site}", want: 404, given: overdue(resident)},
		{why: "a duty cadre lists people", as: cadre, ask: "GET /people", want: 403},
		{why: "a duty cadre reads who somebody is", as: cadre, ask: "GET /people/{member}", want: 404},
		{why: "a duty cadre reads a session", as: cadre, ask: "GET /sessions/{done}", want: 404},
		{why: "a duty cadre reads the roll", as: cadre, ask: "GET /api/v1/sessions/{open}/roll", want: 404},
		{why: "a duty cadre says that the activity day was not held", as: cadre, ask: "POST /calendar/days/{day}/not-held", body: "reason=power", want: 403},
		{why: "a duty cadre reads the figures", as: cadre, ask: "GET /county", want: 403},
		{why: "a duty cadre of another school opens this one", as: "cadre outside", ask: "GET /sites/{site}", want: 404},
		{why: "a delegate lists the sessions", as: delegate, ask: "GET /api/v1/sessions", want: 403},
		{why: "a delegate reads who somebody is", as: delegate, ask: "GET /api/v1/people/{member}", want: 404},
		{why: "a delegate suspends the licence", as: delegate, ask: "POST /sites/{site}/licence", body: "state=suspended", want: 403},
		{why: "a delegate plays a lesson that is not public", as: delegate, ask: "GET /lessons/{video}/play", want: 404},
		{why: "a delegate publishes a notice", as: delegate, ask: "POST /api/v1/notices", body: `{"unit":"{township}","title":"x","body":"x"}`, want: 403},
		{why: "a head reads the standing of somebody on his roster", as: "head inside", ask: "GET /api/v1/people/{member2}", want: 200, lacks: `"standing"`},
		{why: "a head enrols somebody", as: "head inside", ask: "POST /api/v1/sites/{site}/roster", body: `{"person":"{free}"}`, want: 403},
		{why: "the head of a school elsewhere reads the roll", as: "head outside", ask: "GET /api/v1/sessions/{open}/roll", want: 404},
		{why: "a host reads standing in the roll", as: "host inside", ask: "GET /api/v1/sessions/{open}/roll", want: 200, lacks: `"standing":"`},
		{why: "a host reads years of birth in the roll", as: "host inside", ask: "GET /api/v1/sessions/{open}/roll", want: 200, lacks: "birth"},
		{why: "a host reads numbers in the roll", as: "host inside", ask: "GET /api/v1/sessions/{open}/roll", want: 200, lacks: "phone"},
		{why: "a head lists people with their standing", as: "head inside", ask: "GET /api/v1/people?site={site}", want: 200, lacks: `"standing":"`},
		{why: "a host reads a year of birth", as: "host inside", ask: "GET /api/v1/people/{villager}", want: 200, lacks: `"birth_year":1`},
	}
}

// moved lets member2 belong to the branch of another township, while he stays on the roster.
func moved(w *world) {
	w.do(func(tx *db.Tx) error {
		return tx.Exec("UPDATE persons SET branch_id = ?, group_id = NULL WHERE name = ?", w.tree.Branch2.ID, member2Name).Error
	})
}

// absentee does so with the member whom the session named.
func absentee(w *world) {
	w.do(func(tx *db.Tx) error {
		return tx.Exec("UPDATE persons SET branch_id = ?, group_id = NULL WHERE name = ?", w.tree.Branch2.ID, memberName).Error
	})
}

// overdue lets the seat's roles have ended.
func overdue(seat string) func(w *world) {
	return func(w *world) {
		w.do(func(tx *db.Tx) error {
			return tx.Exec("UPDATE grants SET expires_at = ? WHERE account_id = ?", tx.Now.Add(-time.Minute), w.who(seat).actor.Account).Error
		})
	}
}
