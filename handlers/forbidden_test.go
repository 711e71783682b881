package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/accounts/accountstest"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// refusal is something that must not be possible, in words. It is written by hand and takes nothing from the
// table of roles, so that a wrong table cannot approve itself.
type refusal struct {
	why   string
	as    string
	ask   string // "POST /api/v1/…"
	body  string
	want  int
	given func(w *world) // what has happened before
	lacks string         // what an answer that is given must not hold
}

// Nothing of this is possible, and trying changes nothing in any table.
func TestForbidden(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.join("host of the sister school", access.Host, w.tree.Sister.Path)
	w.join("trainee of the sister school", access.Trainee, w.tree.Sister.Path)
	w.join("village clerk of the next village", access.Village, w.tree.Village2.Path)
	w.keep()
	cases := refusals()
	t.Logf("%d cases", len(cases))
	for _, c := range cases {
		t.Run(c.why, func(t *testing.T) { w.within(t).refuse(c) })
	}
}

// join makes one more account with a role.
func (w *world) join(name string, role access.Role, path string) {
	w.seat(&seat{name: name, role: role, actor: accountstest.As(w.t, w.Env, role, unitAt(w, path))})
}

func unitAt(w *world, path string) org.UnitID {
	var unit org.Unit
	w.Env.See(w.t, func(tx *db.Tx) (err error) {
		unit, err = db.One[org.Unit](tx.Where("path = ?", path), "org.unit_missing")
		return err
	})
	return unit.ID
}

func (w *world) refuse(c refusal) {
	w.t.Helper()
	defer w.reset()
	if c.given != nil {
		c.given(w)
	}
	for _, s := range w.seats {
		w.ids[s.name] = s.actor.Account.String()
		w.ids[s.name+".sign_in"] = s.ids["sign_in"]
	}
	method, path, _ := strings.Cut(c.ask, " ")
	before := w.tables()
	got := w.send(w.who(c.as), method, w.expand(path), c.body)
	if got.status != c.want {
		w.t.Errorf("%s %s as %s: status %d, want %d: %.300s", method, w.expand(path), c.as, got.status, c.want, got.body)
	}
	if diff := cmp.Diff(before, w.tables()); diff != "" {
		w.t.Errorf("something has changed: %.2000s", diff)
	}
	if c.want == http.StatusSeeOther && !strings.HasPrefix(got.header.Get("Location"), "/sign-in") {
		w.t.Errorf("it leads to %q", got.header.Get("Location"))
	}
	if c.lacks != "" && strings.Contains(got.body, w.expand(c.lacks)) {
		w.t.Errorf("the answer holds %s", w.expand(c.lacks))
	}
	if leak := w.leak(got.body); leak != "" && c.want >= 400 && c.lacks == "" {
		w.t.Errorf("the refusal holds %s", leak)
	}
}

func refusals() []refusal {
	var out []refusal
	for _, part := range [][]refusal{schoolRefusals(), townshipRefusals(), readerRefusals(), accountRefusals(), bodyRefusals(), playRefusals(), givenRefusals(), seenRefusals(), lifeRefusals(), messageRefusals()} {
		out = append(out, part...)
	}
	return out
}

// Neighbouring schools keep out of each other's rolls.
func schoolRefusals() []refusal {
	const sister = "host of the sister school"
	const roll = `{"minutes":60,"recorder":"x","marks":[{"person":"{member}","state":"absent"}],"device":"phone-q","seq":1}`
	return []refusal{
		{why: "the host of the sister school reads the roll", as: sister, ask: "GET /api/v1/sessions/{open}/roll", want: 404},
		{why: "the host of the sister school opens the page of the roll", as: sister, ask: "GET /sessions/{open}/roll", want: 404},
		{why: "the host of the sister school reads a session that was held", as: sister, ask: "GET /sessions/{done}", want: 404},
		{why: "the host of the sister school hands in the roll", as: sister, ask: "POST /api/v1/sessions/{open}/roll", body: roll, want: 404},
		{why: "the host of the sister school starts the activity day", as: sister, ask: "POST /api/v1/sessions", body: `{"activity_day":"{day}"}`, want: 404},
		{why: "the host of the sister school starts an evening at the school", as: sister, ask: "POST /sessions", body: "site={site}", want: 404},
		{why: "the host of the sister school takes a session back", as: sister, ask: "POST /sessions/{mistaken}/void", body: "x=1", want: 404},
		{why: "the host of the sister school settles a conflict", as: sister, ask: "POST /api/v1/sessions/{done}/settle", body: `{"person":"{member}","state":"absent"}`, want: 404},
		{why: "the host of the sister school moves the activity day", as: sister, ask: "POST /calendar/days/{day}/move", body: "to=2026-11-27", want: 404},
		{why: "the host of the sister school confirms the activity day", as: sister, ask: "POST /api/v1/calendar/days/{day}/confirm", body: `{}`, want: 404},
		{why: "the host of the sister school asks for the activity day to be called off", as: sister, ask: "POST /calendar/days/{day}/cancel", body: "reason=power", want: 404},
		{why: "a guest moves the exchange meeting to another day", as: sister, ask: "POST /exchange/groups/{meet}/move", body: "to=2026-12-18&hour=19:00", want: 403},
		{why: "a guest makes himself the host of the exchange meeting", as: sister, ask: "POST /api/v1/exchange/groups/{meet}/host", body: `{"host":"{sister}"}`, want: 403},
		{why: "a guest starts the joint session at the host's school", as: sister, ask: "POST /api/v1/sessions", body: `{"session":"{meet.session}","site":"{site}","kinds":["exchange"]}`, want: 404},
		{why: "a guest starts the joint session at his own school", as: sister, ask: "POST /api/v1/sessions", body: `{"session":"{meet.session}","site":"{sister}","kinds":["exchange"]}`, want: 422},
		{why: "a guest takes the joint session for an ordinary evening", as: sister, ask: "POST /sessions", body: "session={meet.session}&site={sister}&kinds=party_class", want: 422},
		{why: "a host agrees to what he asked for", as: sister, ask: "POST /api/v1/calendar/requests", body: `{"ids":["{cancellation}"],"agree":true}`, want: 403},
		{why: "the host of the sister school reads the receipt", as: sister, ask: "GET /api/v1/sessions/{done}/receipt", want: 404},
		{why: "the host of the sister school reads who somebody is", as: sister, ask: "GET /people/{member}", want: 404},
		{why: "the host of the sister school searches for somebody of the other roster", as: sister, ask: "GET /api/v1/people?q=cdy", want: 200, lacks: memberName},
		{why: "the host of the sister school lists the other school's people by its ID", as: sister, ask: "GET /api/v1/people?site={site}", want: 200, lacks: memberName},
		{why: "the host of the sister school lists the other school's sessions by its ID", as: sister, ask: "GET /api/v1/sessions?site={site}", want: 404},
		{why: "a session of one's own school is handed in under another's activity day", as: "host inside", ask: "POST /api/v1/sessions", body: `{"site":"{site}","activity_day":"{farday}"}`, want: 404},
		{why: "a session ID of another school is taken for one's own", as: "host inside", ask: "POST /api/v1/sessions", body: `{"session":"{fardone}","site":"{site}"}`, want: 404},
		{why: "the host reads what somebody of his roster has studied", as: "host inside", ask: "GET /people/{member2}/study", want: 404},
		{why: "the host changes who is on the roster", as: "host inside", ask: "POST /api/v1/sites/{site}/roster/{villager}/leave", body: `{}`, want: 403},
		{why: "the host gives himself the post of head", as: "host inside", ask: "POST /api/v1/sites/{site}/posts", body: `{"post":"head","person":"{member}"}`, want: 403},
		{why: "the host enters the market days", as: "host inside", ask: "POST /calendar/places/{township}/market", body: "market=digits&digits=5", want: 404},
		{why: "the host sets the school's own rule", as: "host inside", ask: "PUT /api/v1/calendar/rules/{site.unit}", body: `{"kind":"day","day":1,"holiday":"keep","from":"2026-12"}`, want: 403},
		{why: "the village clerk of the next village hands in the roll", as: "village clerk of the next village", ask: "POST /api/v1/sessions/{open}/roll", body: roll, want: 404},
	}
}

// One township's clerk has no say in another, nor in the county.
func townshipRefusals() []refusal {
	const other, own = "township outside", "township inside"
	return []refusal{
		{why: "another township's clerk publishes the plan", as: other, ask: "POST /curricula/{plan}/publish", body: "revision={plan.rev}", want: 404},
		{why: "another township's clerk reviews a lesson", as: other, ask: "POST /lessons/{unreviewed}/review", body: "revision={unreviewed.rev}", want: 404},
		{why: "another township's clerk edits a course", as: other, ask: "PUT /api/v1/courses/{course}", body: `{"revision":{course.rev},"task":"skills","title":"x"}`, want: 404},
		{why: "another township's clerk removes a lesson", as: other, ask: "POST /api/v1/lessons/{lesson}/remove", body: `{"revision":{lesson.rev}}`, want: 404},
		{why: "another township's clerk replaces the video", as: other, ask: "POST /lessons/{video}/video", body: upload, want: 404},
		{why: "another township's clerk replaces the video through the API", as: other, ask: "PUT /api/v1/lessons/{video}/video", body: upload, want: 404},
		{why: "another township's clerk revokes the licence", as: other, ask: "POST /sites/{site}/licence", body: "state=revoked", want: 404},
		{why: "another township's clerk adds a school to the village", as: other, ask: "POST /sites/new", body: "village={village}&name=x", want: 404},
		{why: "another township's clerk sets the rule", as: other, ask: "POST /calendar/rules/{township}", body: "act=set&kind=day&day=1&holiday=keep&from=2026-12", want: 404},
		{why: "another township's clerk sets the exchange week", as: other, ask: "POST /exchange/weeks/{township}/2026-Q4", body: "day=2026-12-16", want: 404},
		{why: "another township's clerk draws the exchange week anew", as: other, ask: "POST /api/v1/exchange/weeks/{township}/2026-Q4/plan", body: `{"anew":true}`, want: 404},
		{why: "another township's clerk swaps one of his schools into the meeting", as: other, ask: "POST /exchange/groups/{meet}/swap", body: "site={sister}&with={far}", want: 404},
		{why: "a clerk swaps a school of another township into the meeting", as: own, ask: "POST /api/v1/exchange/groups/{meet}/swap", body: `{"site":"{sister}","with":"{far}"}`, want: 422},
		{why: "a clerk starts the joint session, which only the host does", as: own, ask: "POST /api/v1/sessions", body: `{"session":"{meet.session}","site":"{site}","kinds":["exchange"]}`, want: 403},
		{why: "the host calls the exchange meeting off", as: "host inside", ask: "POST /exchange/groups/{meet}/call-off", body: "reason=host_away", want: 403},
		{why: "the host reads who meets whom in the whole township", as: "host inside", ask: "GET /exchange/weeks/{township}/2026-Q4", want: 404},
		{why: "another township's clerk exempts somebody", as: other, ask: "POST /people/{member}/exempt", body: "approved_by=x&until=2027-01-01", want: 404},
		{why: "another township's clerk enters somebody into the village", as: other, ask: "POST /people/new", body: "name=x&village={village}&standing=full", want: 404},
		{why: "another township's clerk withdraws the notice", as: other, ask: "POST /api/v1/notices/{notice}/withdraw", body: `{}`, want: 403},
		{why: "another township's clerk reads a notice that was withdrawn", as: other, ask: "GET /notices/{withdrawn}", want: 404},
		{why: "a clerk hands in a roll, which only the school's people do", as: own, ask: "POST /sessions/{open}/check", body: "revision=0&kind=party_class&p={member}&mark.0=present&began=14:00&ended=15:00&recorder=x&held_on=2026-11-23", want: 403},
		{why: "a clerk changes the county's holidays", as: own, ask: "POST /calendar/years/2027", body: "day=2027-01-01&kind=holiday&name=x", want: 403},
		{why: "a clerk runs a job", as: own, ask: "POST /jobs/retention/run", body: "x=1", want: 403},
		{why: "a clerk answers feedback for the county", as: own, ask: "POST /api/v1/feedback/{asked}/answer", body: `{"revision":0,"answer":"x"}`, want: 403},
		{why: "a clerk reads the list of acts", as: own, ask: "GET /audit", want: 403},
		{why: "a clerk edits the county's course", as: own, ask: "PUT /api/v1/courses/{public}", body: `{"revision":{public.rev},"task":"skills","title":"x"}`, want: 403},
		{why: "a clerk shows a course of the township to everyone", as: own, ask: "POST /api/v1/courses/{course}/public", body: `{"revision":{course.rev},"public":true}`, want: 403},
		{why: "a clerk adds a unit below the county", as: own, ask: "POST /api/v1/units", body: `{"tree":"a","kind":"township","code":"530921109","name":"x","parent":"{county}"}`, want: 404},
		{why: "a reviewer reviews the lesson that he wrote", as: own, ask: "POST /api/v1/lessons/{mine}/review", body: `{"revision":{mine.rev}}`, want: 403, given: writeOne},
		{why: "a reviewer reviews through the page the lesson that he wrote", as: own, ask: "POST /lessons/{mine}/review", body: "revision={mine.rev}", want: 403, given: writeOne},
		{why: "a lecturer reviews", as: "lecturer inside", ask: "POST /lessons/{unreviewed}/review", body: "revision={unreviewed.rev}", want: 403},
		{why: "a lecturer publishes the plan", as: "lecturer inside", ask: "POST /curricula/{plan}/publish", body: "revision={plan.rev}", want: 403},
		{why: "a lecturer reads rolls", as: "lecturer inside", ask: "GET /sessions/{done}", want: 404},
	}
}

// writeOne has the clerk inside write a lesson.
func writeOne(w *world) {
	by := w.who("township inside").actor
	w.do(func(tx *db.Tx) error {
		l, err := w.areas.Courses.AddLesson(tx, by, courses.AddLessonInput{
			Course: parse[courses.CourseID](w, "draft"), Title: "自己写的", Medium: courses.Talk, Minutes: 30, Language: courses.Dialect,
		})
		w.name("mine", l.ID)
		w.ids["mine.rev"] = "1"
		return err
	})
}

// Who only reads or learns changes nothing, and sees no more than his own.
func readerRefusals() []refusal {
	const auditor, trainee, secretary, otherBranch = "auditor inside", "trainee inside", "secretary inside", "secretary outside"
	return []refusal{
		{why: "an auditor changes a licence", as: auditor, ask: "POST /sites/{site}/licence", body: "state=revoked", want: 403},
		{why: "an auditor writes a course", as: auditor, ask: "POST /courses/new", body: "unit={township}&task=skills&title=x", want: 403},
		{why: "an auditor publishes", as: auditor, ask: "POST /curricula/{plan}/publish", body: "revision={plan.rev}", want: 403},
		{why: "an auditor corrects a roll", as: auditor, ask: "POST /api/v1/sessions/{done}/settle", body: `{"person":"{member}","state":"absent"}`, want: 403},
		{why: "an auditor answers feedback", as: auditor, ask: "POST /api/v1/feedback/{asked}/answer", body: `{"revision":0,"answer":"x"}`, want: 403},
		{why: "an auditor changes who somebody is", as: auditor, ask: "POST /people/{member}/standing", body: "standing=villager", want: 403},
		{why: "an auditor tries a job", as: auditor, ask: "POST /jobs/retention/try", body: "x=1", want: 403},
		{why: "an auditor runs a job", as: auditor, ask: "POST /jobs/retention/run", body: "x=1", want: 403},
		{why: "an auditor gives a role", as: auditor, ask: "POST /api/v1/accounts/{account}/grants", body: `{"role":"host","unit":"{site.unit}"}`, want: 403},
		{why: "an auditor plans", as: auditor, ask: "POST /calendar/rules/{township}/plan", body: "x=1", want: 403},
		{why: "an auditor sets the exchange week", as: auditor, ask: "PUT /api/v1/exchange/weeks/{township}/2026-Q4", body: `{"day":"2026-12-16"}`, want: 403},
		{why: "an auditor withdraws a notice", as: auditor, ask: "POST /notices/{notice}/withdraw", body: "x=1", want: 403},
		{why: "the county reads who of a branch did not come", as: "county inside", ask: "GET /absences", want: 403},
		{why: "the county reads a member's absences", as: "county inside", ask: "GET /api/v1/absences/{member}", want: 403},
		{why: "an auditor reads who of a branch did not come", as: auditor, ask: "GET /api/v1/absences", want: 403},
		{why: "a township reads who of a branch did not come", as: "township inside", ask: "GET /absences", want: 403},
		{why: "a township's admin reads a member's absences", as: "township_admin inside", ask: "GET /absences/{member}", want: 403},
		{why: "a village reads who of a branch did not come", as: "village inside", ask: "GET /api/v1/absences", want: 403},
		{why: "a host reads who of a branch did not come", as: "host inside", ask: "GET /absences", want: 403},
		{why: "a head reads a member's absences", as: "head inside", ask: "GET /absences/{member}", want: 403},
		{why: "a group leader reads a member's absences", as: "group_leader inside", ask: "GET /absences/{member}", want: 403},
		{why: "a resident team reads who of a branch did not come", as: "resident inside", ask: "GET /absences", want: 403},
		{why: "a trainee reads another's absences", as: trainee, ask: "GET /api/v1/absences/{member}", want: 403},
		{why: "a visitor reads a member's absences", as: "visitor", ask: "GET /api/v1/absences/{member}", want: 401},
		{why: "the secretary of another branch reads a member's absences", as: otherBranch, ask: "GET /absences/{member}", want: 404},
		{why: "the secretary of another branch lists this one's members", as: otherBranch, ask: "GET /absences", want: 200, lacks: "{member.name}"},
		{why: "a secretary reads the absences of a villager", as: secretary, ask: "GET /absences/{villager}", want: 404},
		{why: "a township sets its own hours", as: "township inside", ask: "POST /study-rules/hours", body: "minutes_1=1&hours_1=24&act=set", want: 404},
		{why: "an auditor sets the yearly figures", as: auditor, ask: "PUT /api/v1/study-rules/threshold", body: `{"year":2027,"member":0,"secretary":0}`, want: 403},
		{why: "a trainee sets the hours of a lesson", as: trainee, ask: "PUT /api/v1/study-rules/hours", body: `{"steps":[{"from":1,"centi_hours":2400}]}`, want: 404},
		{why: "a township erases the long departed", as: "township inside", ask: "POST /privacy/erasures", body: "persons={longgone}", want: 403},
		{why: "the county erases somebody who is here among the departed", as: "county inside", ask: "POST /api/v1/privacy/erasures", body: `{"persons":["{longgone}","{villager}"]}`, want: 409},
		{why: "an auditor reads who is proposed for erasure", as: auditor, ask: "GET /api/v1/privacy/erasures/proposed", want: 403},
		{why: "a village renames itself", as: "village inside", ask: "POST /units/{village}/rename", body: "name=我的村", want: 403},
		{why: "a village closes a branch", as: "village inside", ask: "POST /units/{branch}/close", body: "x=1", want: 404},
		{why: "a village closes itself", as: "village inside", ask: "POST /units/{village}/close", body: "x=1", want: 403},
		{why: "a village adds a group to the next village", as: "village inside", ask: "POST /units/{village2}/add", body: "kind=village_group&new_name=x", want: 404},
		{why: "a host adds a villagers' group", as: "host inside", ask: "POST /api/v1/units", body: `{"tree":"a","kind":"village_group","name":"x","parent":"{village}"}`, want: 404},
		{why: "a township takes another's village over", as: "township outside", ask: "POST /api/v1/units/{village}/move", body: `{"parent":"{township2}"}`, want: 404},
		{why: "a township gives its village away", as: "township inside", ask: "POST /units/{village}/move", body: "parent={township2}", want: 404},
		{why: "an auditor renames a unit", as: auditor, ask: "POST /api/v1/units/{village}/rename", body: `{"name":"x"}`, want: 403},
		{why: "a secretary names his committee himself", as: secretary, ask: "POST /people/{member}/offices", body: "office=deputy&unit={branch}", want: 403},
		{why: "a host makes himself secretary", as: "host inside", ask: "POST /api/v1/people/{member}/offices", body: `{"office":"secretary","unit":"{branch}"}`, want: 403},
		{why: "a village ends the office of another township", as: "village inside", ask: "POST /people/{farman}/offices/{faroffice}", body: "x=1", want: 404},
		{why: "a village names somebody into another township's branch", as: "village inside", ask: "POST /api/v1/people/{member}/offices", body: `{"office":"deputy","unit":"{branch2}"}`, want: 422},
		{why: "a trainee opens the editors' list", as: trainee, ask: "GET /courses", want: 403},
		{why: "a trainee opens the editor of a lesson", as: trainee, ask: "GET /lessons/{lesson}/edit", want: 404},
		{why: "a trainee writes a course", as: trainee, ask: "POST /api/v1/courses", body: `{"unit":"{township}","task":"skills","title":"x"}`, want: 404},
		{why: "a trainee uploads a video", as: trainee, ask: "POST /lessons/{video}/video", body: upload, want: 404},
		{why: "a trainee reads a roll", as: trainee, ask: "GET /sessions/{done}", want: 404},
		{why: "a trainee reads what another has studied", as: trainee, ask: "GET /api/v1/people/{member}/study", want: 404},
		{why: "a trainee reads who another is", as: trainee, ask: "GET /people/{member}", want: 404},
		{why: "a trainee lists people", as: trainee, ask: "GET /api/v1/people", want: 403},
		{why: "a trainee marks himself present", as: trainee, ask: "POST /api/v1/sessions/{open}/roll", body: `{"minutes":60,"marks":[{"person":"{member2}","state":"present"}],"device":"p","seq":1}`, want: 404},
		{why: "a secretary reads the people of another branch", as: otherBranch, ask: "GET /people/{member}", want: 404},
		{why: "a secretary reads the roll of a school that another branch keeps", as: otherBranch, ask: "GET /sessions/{done}", want: 404},
		{why: "a secretary reads what a member of another branch has studied", as: otherBranch, ask: "GET /people/{member}/study", want: 404},
		{why: "a secretary asks for the members of another branch by its code", as: secretary, ask: "GET /api/v1/people?branch={branch2.code}", want: 200, lacks: farName},
		{why: "a secretary sees a school that no branch of his keeps", as: secretary, ask: "GET /sites/{neighbour}", want: 404},
		{why: "a secretary hands in a roll", as: secretary, ask: "POST /api/v1/sessions/{open}/roll", body: `{"minutes":60,"marks":[],"device":"p","seq":1}`, want: 403},
		{why: "a secretary suspends the licence of a school of his branch", as: secretary, ask: "POST /sites/{site}/licence", body: "state=suspended", want: 403},
		{why: "a secretary of another branch suspends the licence", as: otherBranch, ask: "POST /api/v1/sites/{site}/licence", body: `{"state":"suspended"}`, want: 404},
		{why: "a secretary enrols somebody at a school of his branch", as: secretary, ask: "POST /api/v1/sites/{site}/roster", body: `{"person":"{free}"}`, want: 403},
		{why: "a secretary takes somebody off the roster", as: secretary, ask: "POST /api/v1/sites/{site}/roster/{villager}/leave", body: `{}`, want: 403},
		{why: "a secretary gives the post of host", as: secretary, ask: "POST /api/v1/sites/{site}/posts", body: `{"post":"host","person":"{member2}"}`, want: 403},
		{why: "a secretary asks which lessons wait for a review", as: secretary, ask: "GET /api/v1/lessons/waiting", want: 403},
		{why: "a trainee asks which lessons wait for a review", as: trainee, ask: "GET /api/v1/lessons/waiting", want: 403},
		{why: "an auditor asks which lessons wait for a review", as: auditor, ask: "GET /courses/review", want: 403},
		{why: "an account without a role lists the units", as: "nobody in particular", ask: "GET /api/v1/units", want: 403},
		{why: "an account without a role lists the schools", as: "nobody in particular", ask: "GET /sites", want: 403},
		{why: "an account without a role lists the activity days", as: "nobody in particular", ask: "GET /api/v1/calendar/days", want: 403},
		{why: "a branch secretary lists households", as: "secretary inside", ask: "GET /api/v1/households", want: 403},
		{why: "a group leader lists households", as: "group_leader inside", ask: "GET /households", want: 403},
		{why: "a host lists the rules of townships", as: "host inside", ask: "GET /api/v1/calendar/rules", want: 403},
		{why: "a village clerk lists the rules of townships", as: "village inside", ask: "GET /calendar/rules", want: 403},
		{why: "an account without a role lists the rules", as: "nobody in particular", ask: "GET /calendar/rules", want: 403},
		{why: "a visitor lists the units", as: "visitor", ask: "GET /api/v1/units", want: 401},
		{why: "a visitor lists the activity days", as: "visitor", ask: "GET /api/v1/calendar/days", want: 401},
		{why: "a secretary changes a standing", as: secretary, ask: "POST /people/{member}/standing", body: "standing=villager", want: 403},
		{why: "a host sees the draft of a plan", as: "host inside", ask: "GET /curricula/{planned}", want: 404},
		{why: "a host asks what the draft changes", as: "host inside", ask: "GET /api/v1/curricula/{plan}/versions/0/diff", want: 404},
		{why: "a host asks which schools are to be added", as: "host inside", ask: "GET /api/v1/curricula/{plan}", want: 200, lacks: "{sister.name}"},
		{why: "a host of another township reads the month's plan", as: "host outside", ask: "GET /api/v1/sites/{site}/plan", want: 404},
		{why: "a visitor reads the feedback that waits", as: "visitor", ask: "GET /api/v1/feedback/inbox", want: 401},
		{why: "a visitor reads a withdrawn notice", as: "visitor", ask: "GET /notices/{withdrawn}", want: 404},
		{why: "a visitor opens a school", as: "visitor", ask: "GET /sites/{site}", want: 303},
		{why: "a visitor opens the form of a new person", as: "visitor", ask: "GET /people/new", want: 303},
	}
}

// Nobody makes himself more than he is.
func accountRefusals() []refusal {
	const village, clerk = "village inside", "township inside"
	return []refusal{
		{why: "a village clerk gives himself the county", as: village, ask: "POST /api/v1/accounts/{village inside}/grants", body: `{"role":"county","unit":"{county}"}`, want: 404},
		{why: "a village clerk gives himself the township", as: village, ask: "POST /api/v1/accounts/{village inside}/grants", body: `{"role":"township","unit":"{township}"}`, want: 404},
		{why: "a village clerk gives another his own rank", as: village, ask: "POST /api/v1/accounts/{account}/grants", body: `{"role":"village","unit":"{village}"}`, want: 403},
		{why: "a village clerk gives a role at a school of the next village", as: village, ask: "POST /api/v1/accounts/{account}/grants", body: `{"role":"host","unit":"{neighbour.unit}"}`, want: 404},
		{why: "a clerk gives another his own rank", as: clerk, ask: "POST /api/v1/accounts/{account}/grants", body: `{"role":"township","unit":"{township}"}`, want: 403},
		{why: "a clerk makes somebody auditor", as: clerk, ask: "POST /api/v1/accounts/{account}/grants", body: `{"role":"auditor","unit":"{township}"}`, want: 403},
		{why: "a clerk gives a role to an account of another township", as: clerk, ask: "POST /api/v1/accounts/{faraccount}/grants", body: `{"role":"host","unit":"{site.unit}"}`, want: 404},
		{why: "a clerk asks for a code to enter as the county", as: clerk, ask: "POST /api/v1/accounts/{county inside}/reset-code", body: `{}`, want: 404},
		{why: "a village clerk asks for a code to enter as the township", as: village, ask: "POST /api/v1/accounts/{township inside}/reset-code", body: `{}`, want: 404},
		{why: "a clerk closes another township's account", as: clerk, ask: "POST /api/v1/accounts/{faraccount}/disabled", body: `{"disabled":true}`, want: 404},
		{why: "a clerk takes away a role in another township", as: clerk, ask: "DELETE /api/v1/accounts/{faraccount}/grants/{faraccount.grant}", want: 404},
		{why: "a grant of one account is taken away by way of another", as: clerk, ask: "DELETE /api/v1/accounts/{account}/grants/{faraccount.grant}", want: 404},
		{why: "a clerk makes an account of a person of another township", as: clerk, ask: "POST /api/v1/accounts", body: `{"username":"far.one","name":"x","person":"{farman}"}`, want: 404},
		{why: "a host makes an account", as: "host inside", ask: "POST /api/v1/accounts", body: `{"username":"some.one","name":"x"}`, want: 403},
		{why: "a host lists accounts", as: "host inside", ask: "GET /api/v1/accounts", want: 403},
		{why: "somebody ends another's sign-in", as: "trainee inside", ask: "POST /me/sign-ins/{host inside.sign_in}/end", body: "x=1", want: 404},
		{why: "a visitor sets the county up a second time", as: "visitor", ask: "POST /setup", body: "code=0000-0000-0000-0000-0000&username=x.y&name=x&password=huotang-2026-x&county=x&county_code=530922", want: 422},
		{why: "an account whose role was taken away goes on", as: "host inside", ask: "GET /api/v1/sessions/{open}/roll", want: 404, given: func(w *world) {
			w.do(func(tx *db.Tx) error {
				v, err := accounts.Get(tx, orgtest.By, accounts.AccountInput{ID: w.who("host inside").actor.Account})
				if err == nil {
					_, err = accounts.Revoke(tx, orgtest.By, accounts.RevokeInput{Account: v.ID, Grant: v.Grants[0].ID})
				}
				return err
			})
		}},
		{why: "an account that was closed goes on with its cookie", as: "host inside", ask: "GET /api/v1/me", want: 401, given: func(w *world) {
			w.do(func(tx *db.Tx) error {
				_, err := accounts.SetDisabled(tx, orgtest.By, accounts.SetDisabledInput{ID: w.who("host inside").actor.Account, Disabled: true})
				return err
			})
		}},
	}
}

// Who did it comes from the sign-in, and IDs from elsewhere do not slip in with a good request.
func bodyRefusals() []refusal {
	const clerk = "township inside"
	return []refusal{
		{why: "a body names the author of a course", as: clerk, ask: "POST /api/v1/courses", body: `{"unit":"{township}","task":"skills","title":"x","author_id":"{account}"}`, want: 422},
		{why: "a body names the reviewer", as: clerk, ask: "POST /api/v1/lessons/{unreviewed}/review", body: `{"revision":{unreviewed.rev},"reviewed_by":"{account}"}`, want: 422},
		{why: "a body names who marks", as: "host inside", ask: "POST /api/v1/sessions/{open}/roll", body: `{"minutes":60,"marks":[{"person":"{member}","state":"present","account":"{account}"}],"device":"p","seq":1}`, want: 422},
		{why: "a body names who hands in", as: "host inside", ask: "POST /api/v1/sessions/{open}/roll", body: `{"minutes":60,"marks":[],"submitted_by":"{account}","device":"p","seq":1}`, want: 422},
		{why: "a body names who grants", as: clerk, ask: "POST /api/v1/accounts/{account}/grants", body: `{"role":"host","unit":"{site.unit}","granted_by":"{county inside}"}`, want: 422},
		{why: "a body names who publishes", as: clerk, ask: "POST /api/v1/curricula/{plan}/publish", body: `{"revision":{plan.rev},"published_by":"{account}"}`, want: 422},
		{why: "a body names the account of a notice", as: clerk, ask: "POST /api/v1/notices", body: `{"unit":"{township}","title":"x","body":"x","account_id":"{account}"}`, want: 422},
		{why: "a body names the day of the record", as: clerk, ask: "POST /api/v1/sites/{site}/licence", body: `{"state":"suspended","at":"2020-01-01T00:00:00Z"}`, want: 422},
		{why: "a body sets a lesson reviewed", as: clerk, ask: "PUT /api/v1/lessons/{unreviewed}", body: `{"revision":{unreviewed.rev},"title":"x","medium":"talk","minutes":30,"language":"dialect","reviewed":true}`, want: 422},
		{why: "a body names the ID that stands in the address", as: clerk, ask: "PUT /api/v1/courses/{course}", body: `{"id":"{farcourse}","revision":{course.rev},"task":"skills","title":"x"}`, want: 422},
		{why: "a course is made for another township", as: clerk, ask: "POST /api/v1/courses", body: `{"unit":"{township2}","task":"skills","title":"x"}`, want: 404},
		{why: "a course is made for the county", as: clerk, ask: "POST /api/v1/courses", body: `{"unit":"{county}","task":"skills","title":"x"}`, want: 404},
		{why: "a plan is made for another township", as: clerk, ask: "POST /curricula/new", body: "unit={township2}&year=2027&title=x", want: 404},
		{why: "a notice is published for another township", as: clerk, ask: "POST /api/v1/notices", body: `{"unit":"{township2}","title":"x","body":"x"}`, want: 403},
		{why: "a lesson of another township is put into the plan", as: clerk, ask: "PUT /api/v1/curricula/{plan}/items", body: `{"revision":{plan.rev},"items":[{"lesson":"{farlesson}","month":"2026-12","required":true}]}`, want: 422},
		{why: "a school of another township is put into the audience", as: clerk, ask: "PUT /api/v1/curricula/{plan}/audience", body: `{"revision":{plan.rev},"all":false,"sites":["{site}","{far}"]}`, want: 422},
		{why: "a lesson of another course is put into the order", as: clerk, ask: "POST /api/v1/courses/{course}/order", body: `{"revision":{course.rev},"lessons":["{lesson2}","{lesson}","{farlesson}"]}`, want: 422},
		{why: "a person of another township is enrolled", as: clerk, ask: "POST /api/v1/sites/{site}/roster", body: `{"person":"{farman}"}`, want: 404},
		{why: "a person of another township is made host", as: clerk, ask: "POST /api/v1/sites/{site}/posts", body: `{"post":"host","person":"{farman}"}`, want: 404},
		{why: "a person is moved into another township", as: clerk, ask: "PUT /api/v1/people/{villager}", body: `{"name":"x","village":"{village3}"}`, want: 404},
		{why: "a school is kept by a unit that is no branch", as: clerk, ask: "POST /api/v1/sites", body: `{"village":"{village}","name":"x","branch":"{village}"}`, want: 422},
		{why: "an unreviewed lesson is said to be taught", as: "host inside", ask: "POST /api/v1/sessions/{open}/roll", body: `{"minutes":60,"recorder":"x","lessons":["{unreviewed}"],"marks":[{"person":"{member}","state":"present"}],"device":"p","seq":1}`, want: 422},
		{why: "a lesson that was never published to the school is said to be taught", as: "host inside", ask: "POST /api/v1/sessions/{open}/roll", body: `{"minutes":60,"recorder":"x","lessons":["{farlesson}"],"marks":[{"person":"{member}","state":"present"}],"device":"p","seq":1}`, want: 422},
		{why: "an unreviewed plan is published", as: clerk, ask: "POST /api/v1/curricula/{planned}/publish", body: `{"revision":{planned.rev}}`, want: 422, given: func(w *world) {
			w.do(func(tx *db.Tx) error {
				_, err := w.areas.Courses.Withdraw(tx, w.who(clerk).actor, courses.WithdrawInput{ID: parse[courses.LessonID](w, "lesson2"), Revision: 1})
				return err
			})
		}},
		{why: "a method is named in a header", as: "trainee inside", ask: "POST /api/v1/courses/{course}?_method=DELETE", body: `{}`, want: 404},
	}
}

// What was not published to one's school does not play, by whatever address.
func playRefusals() []refusal {
	const sister = "trainee of the sister school"
	revoke := func(w *world) {
		w.do(func(tx *db.Tx) error {
			_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: w.tree.Site.ID, State: org.Revoked, Note: "x"})
			return err
		})
	}
	return []refusal{
		{why: "the host of a revoked school plays a lesson by its address", as: "host inside", ask: "GET /lessons/{video}/play", want: 404, given: revoke},
		{why: "the host of a revoked school reads a lesson through the API", as: "host inside", ask: "GET /api/v1/lessons/{lesson}", want: 404, given: revoke},
		{why: "the trainee of a revoked school searches the catalogue", as: "trainee inside", ask: "GET /api/v1/catalogue?q=jcsf", want: 200, lacks: "{video.title}", given: revoke},
		{why: "a trainee of the sister school plays a lesson by its address", as: sister, ask: "GET /lessons/{video}/play", want: 404},
		{why: "a trainee of the sister school asks for the video's address", as: sister, ask: "GET /api/v1/lessons/{video}/video", want: 404},
		{why: "a trainee of the sister school opens the lesson", as: sister, ask: "GET /catalogue/lessons/{lesson}", want: 404},
		{why: "a trainee of the sister school opens the course", as: sister, ask: "GET /catalogue/courses/{course}", want: 404},
		{why: "a trainee of the sister school searches for the lesson", as: sister, ask: "GET /api/v1/catalogue?q=cjcq", want: 200, lacks: courseTitle},
		{why: "a trainee of the sister school looks into the other school's catalogue", as: sister, ask: "GET /api/v1/catalogue?site={site}", want: 404},
		{why: "a trainee of the sister school keeps a place in the video", as: sister, ask: "PUT /api/v1/lessons/{video}/position", body: `{"position_ms":1}`, want: 404},
		{why: "a trainee plays what was never published", as: "trainee inside", ask: "GET /catalogue/lessons/{unpublished}", want: 404},
		{why: "a trainee opens a lesson that nobody has reviewed", as: "trainee inside", ask: "GET /api/v1/lessons/{unreviewed}", want: 404},
		{why: "a visitor plays a lesson that is not public", as: "visitor", ask: "GET /lessons/{video}/play", want: 303},
		{why: "a visitor asks for the video through the API", as: "visitor", ask: "GET /api/v1/lessons/{video}/video", want: 401},
		{why: "a visitor reads a lesson that is not public", as: "visitor", ask: "GET /api/v1/lessons/{lesson}", want: 401},
		{why: "a lesson whose review was withdrawn is played", as: "trainee inside", ask: "GET /lessons/{video}/play", want: 403, given: func(w *world) {
			w.do(func(tx *db.Tx) error {
				l, err := courses.FindLesson(tx, parse[courses.LessonID](w, "video"))
				if err == nil {
					_, err = w.areas.Courses.Withdraw(tx, w.who("township inside").actor, courses.WithdrawInput{ID: l.ID, Revision: l.Revision})
				}
				return err
			})
		}},
		{why: "a clerk of another township plays a lesson", as: "township outside", ask: "GET /lessons/{video}/play", want: 404},
		{why: "a lesson is fetched from the store's folder by its name", as: "trainee inside", ask: "GET /static/../videos/{video}/source.mp4", want: 404},
	}
}
