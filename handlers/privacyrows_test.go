package handlers_test

import (
	"strings"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
)

// fillPrivacy adds a request for a correction, and somebody whose erasure waits.
func (w *world) fillPrivacy() {
	leaver := peopletest.Add(w.t, w.Env, w.tree, peopletest.Person{Name: "字将行", Village: w.tree.Village.ID})
	w.name("leaver", leaver, w.tree.Village.Path)
	w.do(func(tx *db.Tx) error {
		_, err := privacy.AskErasure(tx, orgtest.By, privacy.AskErasureInput{Person: leaver, Basis: privacy.OwnWish, Name: "字将行"})
		return err
	})
	member := access.New(access.AccountID{1}, parse[people.PersonID](w, "member"), "", nil)
	w.do(func(tx *db.Tx) error {
		r, err := privacy.AskCorrection(tx, member, privacy.AskCorrectionInput{Body: "出生年不对"})
		w.name("request", r.ID)
		return err
	})
}

// agree lets an account agree to the notice, as everybody does after the first sign-in.
func (w *world) agree(by access.Actor) {
	w.do(func(tx *db.Tx) error {
		_, err := privacy.Agree(tx, by, privacy.AnswerInput{Version: 1})
		return err
	})
}

// somebody is for accounts that belong to a person of the register.
func somebody(_ *world, s *seat) int {
	switch {
	case !s.actor.SignedIn():
		return 401
	case s.actor.Person.IsZero():
		return 404
	}
	return allowed
}

// shownPerson is who sees more of a person than the name.
func shownPerson(person string) func(*world, *seat) int {
	return func(w *world, s *seat) int {
		switch {
		case s.actor.Person.String() == w.ids[person], s.actor.Can(access.PeopleSee, w.objects[person]...):
			return allowed
		case s.actor.Can(access.PeopleNames, w.objects[person]...):
			return 403
		}
		return status(s.actor.Require(access.PeopleSee, w.objects[person]...))
	}
}

// sawAccount is who may know of the account, and who sees all that is done.
func sawAccount(w *world, s *seat) int {
	var err error
	w.Env.See(w.t, func(tx *db.Tx) error {
		_, err = accounts.Get(tx, s.actor, accounts.AccountInput{ID: parse[access.AccountID](w, "account")})
		return nil
	})
	switch {
	case fail.KindOf(err) == fail.Unauthenticated || !s.actor.SignedIn():
		return 401
	case s.actor.Can(access.AuditSee, w.objects["county"]...):
		return allowed
	}
	return status(err)
}

func privacyRows() []row {
	text := strings.Repeat("谁在收集，为了什么，收集什么，放多久，有什么权利。", 3)
	either := func(_ *world, s *seat) int {
		switch {
		case !s.actor.Visible(access.PrivacyPaper).Empty(), !s.actor.Visible(access.AuditSee).Empty():
			return allowed
		case !s.actor.SignedIn():
			return 401
		}
		return 403
	}
	var rows []row
	for _, api := range []string{"", "/api/v1"} {
		rows = append(rows,
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/person/{member}", want: shownPerson("member")},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/session/{done}", need: access.SessionsSee, on: "site"},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/site/{site}", need: access.OrgSee, on: "site"},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/course/{course}", need: access.CoursesSee, on: "township"},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/curriculum/{plan}", want: staffOnly},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/account/{account}", want: sawAccount},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/household/{house}", need: access.PeopleSee, on: "house"},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/lesson/{lesson}", need: access.CoursesSee, on: "township"},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/activity_day/{day}", need: access.CalendarSee, on: "site"},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/notice/{notice}", want: oneOf("township", access.NoticesPublish, access.AuditSee)},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/feedback/{asked}", want: oneOf("county", access.FeedbackAnswer, access.AuditSee)},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/calendar_year/2026", want: listed(access.CalendarSee)},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/setting/progress.hours", want: oneOf("county", access.SettingsEdit, access.AuditSee)},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/setting/calendar.activity_rule:{township}", need: access.CalendarSee, on: "township"},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/retention/imports", want: listed(access.AuditSee)},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/privacy_text/county", want: listed(access.AuditSee)},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/import/{checked}", want: ownList},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/unit/{township}", need: access.OrgSee, on: "township"},
			row{route: "GET " + api + "/history/:object/:id", at: api + "/history/roster/{site}", need: access.PeopleNames, on: "site"},
			row{route: "GET " + api + "/audit", want: listed(access.AuditSee)},
		)
	}
	return append(rows, []row{
		{route: "GET /privacy", want: anyone},
		{route: "GET /privacy/texts", want: anyone},
		{route: "GET /privacy/texts/:version", at: "/privacy/texts/1", want: anyone},
		{route: "GET /privacy/edit", want: listed(access.SettingsEdit)},
		{route: "POST /privacy/edit", body: "version=1&body=" + text, need: access.SettingsEdit, on: "county"},
		{route: "GET /privacy/consent", want: signedIn},
		{route: "POST /privacy/consent", body: "version=1&answer=declined", want: signedIn},
		{route: "GET /privacy/declined", want: signedIn},
		{route: "GET /privacy/paper", want: either},
		{route: "GET /privacy/paper/:site", at: "/privacy/paper/{site}", need: access.PrivacyPaper, on: "site"},
		{route: "POST /privacy/paper/:site", at: "/privacy/paper/{site}", body: "version=1", need: access.PrivacyPaper, on: "site"},
		{route: "GET /privacy/requests", want: listed(access.PrivacyDecide), holds: memberName},
		{route: "GET /privacy/requests/:id", at: "/privacy/requests/{request}", want: oneself(access.PrivacyDecide, "member")},
		{route: "POST /privacy/requests/:id", at: "/privacy/requests/{request}", body: "state=done", need: access.PrivacyDecide, on: "member"},
		{route: "GET /privacy/retention", want: listed(access.AuditSee)},
		{route: "POST /privacy/erasures", body: "persons={longgone}", want: listed(access.PrivacyErase)},
		{route: "POST /api/v1/privacy/erasures", body: `{"persons":["{longgone}"]}`, want: listed(access.PrivacyErase)},
		{route: "GET /api/v1/privacy/erasures/proposed", want: listed(access.PrivacyErase), holds: "{longgone}"},
		{route: "POST /privacy/retention/:kind", at: "/privacy/retention/feedback", body: "days=400", need: access.SettingsEdit, on: "county"},
		{route: "GET /privacy/erasures", want: listed(access.PrivacyErase)},
		{route: "GET /people/:id/erase", at: "/people/{free}/erase", need: access.PrivacyErase, on: "free"},
		{route: "POST /people/:id/erase", at: "/people/{free}/erase", body: "basis=no_need&name=字云开", need: access.PrivacyErase, on: "free"},
		{route: "POST /people/:id/erase/undo", at: "/people/{leaver}/erase/undo", body: "x=1", need: access.PrivacyErase, on: "leaver"},
		{route: "GET /me/data", want: signedIn},
		{route: "POST /me/data/file", body: "x=1", want: signedIn},
		{route: "GET /me/data/correct", want: somebody},
		{route: "POST /me/data/correct", body: "body=出生年应该是1962年", want: somebody},
		{route: "POST /api/v1/audit/export", body: `{"act":"person.add"}`, want: listed(access.AuditSee)},
		{route: "POST /audit/export", body: "act=person.add", want: listed(access.AuditSee)},

		{route: "GET /api/v1/privacy/texts", want: anyone},
		{route: "GET /api/v1/privacy/texts/:version", at: "/api/v1/privacy/texts/1", want: anyone},
		{route: "POST /api/v1/privacy/texts", body: `{"version":1,"body":"` + text + `"}`, need: access.SettingsEdit, on: "county"},
		{route: "GET /api/v1/privacy/consent", want: signedIn},
		{route: "POST /api/v1/privacy/consent/agree", body: `{"version":1}`, want: signedIn},
		{route: "POST /api/v1/privacy/consent/decline", body: `{"version":1}`, want: signedIn},
		{route: "GET /api/v1/privacy/papers", want: either},
		{route: "GET /api/v1/privacy/papers/:site", at: "/api/v1/privacy/papers/{site}", need: access.PrivacyPaper, on: "site"},
		{route: "PUT /api/v1/privacy/papers/:site", at: "/api/v1/privacy/papers/{site}", body: `{"version":1}`, need: access.PrivacyPaper, on: "site"},
		{route: "GET /api/v1/privacy/requests", want: listed(access.PrivacyDecide), holds: memberName},
		{route: "GET /api/v1/privacy/requests/:id", at: "/api/v1/privacy/requests/{request}", want: oneself(access.PrivacyDecide, "member")},
		{route: "POST /api/v1/privacy/requests/:id", at: "/api/v1/privacy/requests/{request}", body: `{"state":"refused","answer":"户口本上是这一年"}`, need: access.PrivacyDecide, on: "member"},
		{route: "GET /api/v1/privacy/retention", want: listed(access.AuditSee)},
		{route: "PUT /api/v1/privacy/retention/:kind", at: "/api/v1/privacy/retention/feedback", body: `{"days":400}`, need: access.SettingsEdit, on: "county"},
		{route: "GET /api/v1/privacy/retention/reports", want: listed(access.AuditSee)},
		{route: "GET /api/v1/privacy/erasures", want: listed(access.PrivacyErase)},
		{route: "GET /api/v1/people/:id/erasure", at: "/api/v1/people/{free}/erasure", need: access.PrivacyErase, on: "free"},
		{route: "POST /api/v1/people/:id/erasure", at: "/api/v1/people/{free}/erasure", body: `{"basis":"no_need","name":"字云开"}`, need: access.PrivacyErase, on: "free"},
		{route: "DELETE /api/v1/people/:id/erasure", at: "/api/v1/people/{leaver}/erasure", need: access.PrivacyErase, on: "leaver"},
		{route: "GET /api/v1/me/data", want: signedIn},
		{route: "GET /api/v1/me/corrections", want: somebody},
		{route: "POST /api/v1/me/corrections", body: `{"body":"出生年不对"}`, want: somebody},
		{route: "GET /api/v1/audit/:object/:id", at: "/api/v1/audit/session/{done}", need: access.AuditSee},
	}...)
}

// oneOf is whoever holds one of the permissions on the object; to all others who are signed in it is not there.
func oneOf(object string, list ...access.Permission) func(*world, *seat) int {
	return func(w *world, s *seat) int {
		for _, p := range list {
			if s.actor.Can(p, w.objects[object]...) {
				return allowed
			}
		}
		if !s.actor.SignedIn() {
			return 401
		}
		return 404
	}
}

// ownList is the clerk who sent the list, and who reads all acts there.
func ownList(w *world, s *seat) int {
	if s.name == "township inside" {
		return allowed
	}
	return oneOf("township", access.AuditSee)(w, s)
}
