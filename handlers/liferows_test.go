package handlers_test

import (
	"encoding/json"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/relay"
)

// fillLife makes, at each of two schools, a roll of a sealed month that waits, a correction of a closed one, somebody whose row is not right
// and a question.
func (w *world) fillLife() {
	w.fillLifeOf("", "member", w.tree.Site, w.tree.Township)
	w.fillLifeOf("far", "farman", w.tree.Far, w.tree.Township2)
}

func (w *world) fillLifeOf(prefix, person string, school org.School, township org.UnitView) {
	t, e, a := w.t, w.Env, w.areas.Attendance
	host, clerk := coursestest.Actor(t, e, access.Host, school.Path), coursestest.Actor(t, e, access.Township, township.Path)
	who := parse[people.PersonID](w, person)
	submit := func(device string, on date.Date, base int, state attendance.State, session attendance.SessionID) attendance.Receipt {
		return attendancetest.MustSubmit(t, e, a, host, attendance.SubmitInput{
			Session: session, Site: school.ID, HeldOn: on, Minutes: 60, BaseRevision: base, Why: "记错了", Marks: attendancetest.All([]people.PersonID{who}, state),
			Stamp: attendance.Stamp{Device: prefix + device, Seq: 1},
		})
	}
	closed, late := attendance.SessionID(id.New[world]()), attendance.SessionID(id.New[world]())
	old := date.Of(dbtest.Start).AddDays(-45)
	submit("closed", old, 0, attendance.Present, closed)
	w.do(func(tx *db.Tx) error {
		_, err := a.Admit(tx, clerk, attendance.AdmitInput{Sessions: []attendance.SessionID{closed}})
		return err
	})
	w.name(prefix+"correction", submit("again", old, 1, attendance.Absent, closed).Waiting, school.Paths()...)
	submit("late", old.AddDays(-1), 0, attendance.Present, late)
	w.ids[prefix+"code"] = w.code(host, school)
	w.name(prefix+"late", late, school.Paths()...)
	dispute, question := id.New[world](), id.New[world]()
	w.do(func(tx *db.Tx) error {
		err := tx.Exec("INSERT INTO mark_disputes (id, session_id, person_id, said, outcome, open, asked_at) VALUES (?, ?, ?, 'on_leave', 'open', 1, ?)", dispute, closed, who, tx.Now).Error
		if err == nil {
			err = tx.Exec("INSERT INTO roll_questions (id, site_id, `month`, kind, session_id, open, answer, made_at) VALUES (?, ?, ?, 'ahead', ?, 1, '', ?)",
				question, school.ID, old.Month(), closed, tx.Now).Error
		}
		return err
	})
	w.name(prefix+"dispute", dispute, school.Paths()...)
	w.name(prefix+"question", question, school.Paths()...)
}

// code is a roll as a phone that cannot hand it in gives it for a text.
func (w *world) code(host access.Actor, school org.School) string {
	in := relay.Item{Session: attendance.SessionID(id.New[world]()), SubmitInput: attendance.SubmitInput{
		Site: school.ID, HeldOn: date.Of(dbtest.Start), Minutes: 60, Guests: []string{"字过客"}, Stamp: attendance.Stamp{Device: "phone-far", Seq: 7},
	}}
	var key relay.Key
	w.do(func(tx *db.Tx) (err error) {
		key, err = w.areas.Relay.DeviceKey(tx, host, relay.KeyInput{Device: in.Device})
		return err
	})
	body, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := relay.Seal(key, body)
	if err != nil {
		w.t.Fatal(err)
	}
	return text + "."
}

// approvesAt is for acts on several rolls at once, which ask first whether the actor agrees to any.
func approvesAt(w *world, s *seat) int {
	if got := listed(access.SessionsApprove)(w, s); got != allowed {
		return got
	}
	return status(s.actor.Require(access.SessionsApprove, w.objects["site"]...))
}

// relaysAt likewise, of who hands in for others.
func relaysAt(w *world, s *seat) int {
	if got := listed(access.SessionsRelay)(w, s); got != allowed {
		return got
	}
	return status(s.actor.Require(access.SessionsRelay, w.objects["site"]...))
}

// hasRow is whose name stands in the roll {done}.
func hasRow(_ *world, s *seat) int {
	switch s.name {
	case "host inside", "trainee inside":
		return allowed
	case "visitor":
		return 401
	case "nobody in particular":
		return 403
	}
	return 404
}

// lifeRows are what becomes of a roll after it was handed in.
func lifeRows() []row {
	submit := access.SessionsSubmit
	return []row{
		{route: "GET /waiting", want: signedIn},
		{route: "POST /waiting/corrections", body: "ids={correction}&act=agree", want: approvesAt},
		{route: "POST /waiting/late", body: "sessions={late}", want: approvesAt},
		{route: "POST /waiting/disputes/:dispute", at: "/waiting/disputes/{dispute}", body: "right=false", need: submit, on: "site"},
		{route: "POST /waiting/questions/:question", at: "/waiting/questions/{question}", body: "answer=right", need: submit, on: "site"},
		{route: "GET /me/rolls", want: listed(access.ProgressOwn)},
		{route: "POST /me/rolls/:id/dispute", at: "/me/rolls/{done}/dispute", body: "state=on_leave", want: hasRow},
		{route: "GET /relay", want: listed(access.SessionsRelay)},
		{route: "POST /relay", body: "text={code}", want: relaysAt},
		{route: "GET /api/v1/waiting", want: signedIn},
		{route: "GET /api/v1/me/rolls", want: listed(access.ProgressOwn)},
		{route: "POST /api/v1/sessions/:id/dispute", at: "/api/v1/sessions/{done}/dispute", body: `{"state":"on_leave"}`, want: hasRow},
		{route: "GET /api/v1/rolls/conflicts", want: listed(submit), holds: "{done}"},
		{route: "GET /api/v1/rolls/corrections", want: listed(access.SessionsApprove), holds: "{correction}"},
		{route: "POST /api/v1/rolls/corrections", body: `{"ids":["{correction}"],"agree":true}`, want: approvesAt},
		{route: "GET /api/v1/rolls/late", want: listed(access.SessionsApprove), holds: "{late}"},
		{route: "POST /api/v1/rolls/late", body: `{"sessions":["{late}"]}`, want: approvesAt},
		{route: "GET /api/v1/rolls/disputes", want: listed(submit), holds: "{dispute}"},
		{route: "POST /api/v1/rolls/disputes/:dispute", at: "/api/v1/rolls/disputes/{dispute}", body: `{"right":false}`, need: submit, on: "site"},
		{route: "GET /api/v1/rolls/questions", want: listed(access.QuestionsSee), holds: "{question}"},
		{route: "POST /api/v1/rolls/questions/:question", at: "/api/v1/rolls/questions/{question}", body: `{"answer":"right"}`, need: submit, on: "site"},
		{route: "POST /api/v1/device/relay-key", body: `{"device":"phone-x"}`, want: listed(submit)},
		{route: "POST /api/v1/relay", body: `{"text":"{code}"}`, want: relaysAt},
	}
}

// lifeForms are their forms.
func lifeForms() []form {
	const clerk = "township inside"
	return []form{
		{
			by: "host inside", page: "/sheets", post: "/sheets/{unfiled}/session", fill: "session={open}", faults: append(typed("session="), picked("session=x")...),
			api: "POST /api/v1/sheets/{unfiled}/session", json: `{"session":"{open}"}`,
		},
		{
			by: clerk, page: "/waiting", post: "/waiting/corrections", fill: "ids={correction}&answer=看过了&act=agree",
			faults: append(typed("answer="+chars(201)), picked("ids=x")...),
			api:    "POST /api/v1/rolls/corrections", json: `{"ids":["{correction}"],"agree":true,"answer":"看过了"}`,
		},
		{
			by: clerk, page: "/waiting", post: "/waiting/late", fill: "sessions={late}", faults: picked("sessions=x"),
			api: "POST /api/v1/rolls/late", json: `{"sessions":["{late}"]}`,
		},
		{
			by: clerk, page: "/relay", post: "/relay", fill: "text={code}", faults: typed("text=", "text=名单", "text=HT1.AAAA."),
			api: "POST /api/v1/relay", json: `{"text":"{code}"}`,
		},
	}
}
