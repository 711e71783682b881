package handlers_test

import (
	"errors"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/messages"
	"huotang/models/org"
	"huotang/models/outbox"
)

// fillMessages tells the houses of both townships of a day: {message} is the host's inside, {farmessage} that of the host outside.
func (w *world) fillMessages() {
	w.t.Helper()
	w.fillGatherings()
	for name, at := range map[string]struct {
		site org.SiteID
		day  string
		seat string
	}{
		"message":    {w.tree.Site.ID, "day", "host inside"},
		"farmessage": {w.tree.Far.ID, "farday", "host outside"},
	} {
		w.do(func(tx *db.Tx) error {
			d, err := calendar.FindDay(tx, parse[calendar.DayID](w, at.day))
			if err != nil {
				return err
			}
			return tx.Tell(calendar.DaysChanged{Days: []calendar.DayChange{{
				What: calendar.WhatAnnounced, Day: d.ID, Site: at.site, Sequence: d.Sequence, On: d.PlannedOn, Hour: d.Hour,
			}}})
		})
		w.Env.See(w.t, func(tx *db.Tx) error {
			found, err := db.Ask[messages.MessageID](tx, "SELECT id FROM messages WHERE account_id = ?", w.who(at.seat).actor.Account)
			if len(found) != 1 {
				w.t.Fatalf("%s has %d messages", at.seat, len(found))
			}
			w.name(name, found[0])
			return err
		})
	}
}

// fillGatherings plans a meeting of schools in each township, in a quarter of its own: {gathering} at Site with Sister, {fargathering}
// with nobody yet.
func (w *world) fillGatherings() {
	w.t.Helper()
	const group = "INSERT INTO exchange_groups (id, township_id, quarter, host_id, held_on, hour, state, reason, by_hand, session_id, `sequence`, made_at, changed_at) " +
		"VALUES (?, ?, '2027-Q2', ?, '2027-05-12', '20:00', 'planned', '', ?, ?, 0, ?, ?)"
	for name, at := range map[string]struct {
		township org.UnitID
		schools  []org.School
	}{
		"gathering":    {w.tree.Township.ID, []org.School{w.tree.Site, w.tree.Sister}},
		"fargathering": {w.tree.Township2.ID, []org.School{w.tree.Far}},
	} {
		id := id.Derived[struct{}](at.township, name)
		var paths []string
		w.do(func(tx *db.Tx) error {
			paths = nil
			err := tx.Exec(group, id, at.township, at.schools[0].ID, true, id, tx.Now, tx.Now).Error
			for _, s := range at.schools {
				paths = append(paths, s.Paths()...)
				err = errors.Join(err, tx.Exec("INSERT INTO exchange_members (group_id, site_id, quarter) VALUES (?, ?, '2027-Q2')", id, s.ID).Error)
			}
			return err
		})
		w.name(name, id, paths...)
	}
}

// giveUp leaves the host's message as one that the gateway never took.
func giveUp(w *world) {
	w.do(func(tx *db.Tx) error {
		row := outbox.RowID(parse[messages.MessageID](w, "message"))
		if err := outbox.AddAs(tx, row, "sms", map[string]string{}, tx.Now); err != nil {
			return err
		}
		_, err := db.Set(tx.Model(&outbox.Row{}).Where("id = ?", row), map[string]any{"gave_up_at": tx.Now, "failure": "the gateway answered 503"})
		return err
	})
}

// ownMessage is for the host inside alone, whose message it is.
func ownMessage(_ *world, s *seat) int {
	switch {
	case !s.actor.SignedIn():
		return 401
	case s.name == "host inside":
		return allowed
	}
	return 404
}

func messageRows() []row {
	return []row{
		{route: "GET /messages", want: signedIn},
		{route: "POST /messages/read", body: "until={message}", want: ownMessage},
		{route: "POST /messages/sms", body: "x=1", want: signedIn},
		{route: "POST /messages/:id/read", at: "/messages/{message}/read", body: "x=1", want: ownMessage},
		{route: "GET /messages/days/:id", at: "/messages/days/{day}", need: access.CalendarMove, on: "day"},
		{route: "GET /messages/days/:id/wall", at: "/messages/days/{day}/wall", need: access.CalendarMove, on: "day"},
		{route: "GET /messages/groups/:id", at: "/messages/groups/{gathering}", need: access.CalendarMove, on: "gathering"},
		{route: "GET /messages/groups/:id/wall", at: "/messages/groups/{gathering}/wall", need: access.CalendarMove, on: "gathering"},
		{route: "GET /messages/sending", need: access.JobsSee},
		{route: "POST /messages/sending", body: "id=", need: access.JobsRun},
		{route: "GET /api/v1/messages", want: signedIn},
		{route: "GET /api/v1/messages/count", want: signedIn},
		{route: "POST /api/v1/messages/read", body: `{"until":"{message}"}`, want: ownMessage},
		{route: "POST /api/v1/messages/:id/read", at: "/api/v1/messages/{message}/read", body: `{}`, want: ownMessage},
		{route: "GET /api/v1/messages/sms", want: signedIn},
		{route: "PUT /api/v1/messages/sms", body: `{"sms":true}`, want: signedIn},
		{route: "GET /api/v1/messages/days/:id", at: "/api/v1/messages/days/{day}", need: access.CalendarMove, on: "day"},
		{route: "GET /api/v1/messages/groups/:id", at: "/api/v1/messages/groups/{gathering}", need: access.CalendarMove, on: "gathering"},
		{route: "GET /api/v1/messages/sending", need: access.JobsSee},
		{route: "POST /api/v1/messages/sending", body: `{}`, need: access.JobsRun},
	}
}

// Messages are each account's own, and the words for a village are for those who look after it.
func messageRefusals() []refusal {
	const sister = "host of the sister school"
	return []refusal{
		{why: "the county reads a host's message", as: "county inside", ask: "POST /api/v1/messages/{message}/read", body: `{}`, want: 404},
		{why: "the head marks the host's message as read", as: "head inside", ask: "POST /messages/{message}/read", body: "x=1", want: 404},
		{why: "a host goes on reading behind somebody else's message", as: "host inside", ask: "GET /api/v1/messages?after={farmessage}", want: 404},
		{why: "a host marks everything up to somebody else's message", as: "host inside", ask: "POST /api/v1/messages/read", body: `{"until":"{farmessage}"}`, want: 404},
		{why: "the host of the sister school announces the day", as: sister, ask: "GET /messages/days/{day}", want: 404},
		{why: "a trainee announces the day of his school", as: "trainee inside", ask: "GET /api/v1/messages/days/{day}", want: 403},
		{why: "a host of the other township announces a meeting", as: "host outside", ask: "GET /messages/groups/{gathering}", want: 404},
		{why: "the township looks at what is sent to telephones", as: "township inside", ask: "GET /messages/sending", want: 403},
		{why: "the auditor sends text messages again", as: "auditor inside", ask: "POST /api/v1/messages/sending", body: `{}`, want: 403},
		{why: "somebody asks for text messages for another account", as: "host inside", ask: "PUT /api/v1/messages/sms", body: `{"sms":true,"account":"{account}"}`, want: 422},
		{why: "a visitor counts messages", as: "visitor", ask: "GET /api/v1/messages/count", want: 401},
	}
}
