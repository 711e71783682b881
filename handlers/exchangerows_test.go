package handlers_test

import (
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// fillExchange plans the exchange weeks of both townships: {meet} is to come, at Site with Sister and Neighbour, {offmeet} of the
// next quarter was called off, and the other township has the same at Far.
func (w *world) fillExchange() {
	t := w.tree
	this := date.QuarterOf(date.Of(dbtest.Start))
	w.do(func(tx *db.Tx) error {
		_, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: t.Village3.ID, Name: "古平村桥头家庭党校", LicensedOn: orgtest.LicensedOn})
		return err
	})
	for quarter, day := range map[date.Quarter]date.Date{this: date.New(2026, 12, 9), this.Add(1): date.New(2027, 3, 10)} {
		for name, at := range map[string]struct {
			town org.UnitView
			host org.School
		}{"meet": {t.Township, t.Site}, "farmeet": {t.Township2, t.Far}} {
			w.do(func(tx *db.Tx) error {
				g, err := w.meeting(tx, at.town.ID, at.host.ID, quarter, day)
				if err != nil {
					return err
				}
				if name = map[bool]string{true: name, false: "off" + name}[quarter == this]; quarter != this {
					in := exchange.CallOffInput{ID: g.ID, Reason: calendar.Road}
					if g, err = w.areas.Exchange.CallOff(tx, orgtest.By, in); err != nil {
						return err
					}
				}
				paths := []string{at.town.Path}
				for _, s := range g.Schools() {
					school, err := org.FindSchool(tx, s.ID)
					if err != nil {
						return err
					}
					paths = append(paths, school.Paths()...)
				}
				w.name(name, g.ID, paths...)
				w.name(name+".session", g.SessionID)
				return nil
			})
		}
	}
	w.do(func(tx *db.Tx) error { // has its licence since, and no group
		in := org.AddSiteInput{Village: t.Village2.ID, Name: "大寺村新来家庭党校", LicensedOn: orgtest.LicensedOn}
		v, err := org.AddSite(tx, orgtest.By, in)
		w.name("fresh.school", v.ID, t.Village2.Path+v.Code+"/")
		return err
	})
}

// meeting plans a township's quarter, whose one group meets at the school.
func (w *world) meeting(tx *db.Tx, town org.UnitID, host org.SiteID, quarter date.Quarter, day date.Date) (g exchange.GroupView, err error) {
	x := w.areas.Exchange
	if _, err := x.SetWeek(tx, orgtest.By, exchange.SetWeekInput{Unit: town, Quarter: quarter, Day: day}); err != nil {
		return g, err
	}
	v, err := x.Plan(tx, orgtest.By, exchange.PlanInput{Unit: town, Quarter: quarter})
	if err != nil {
		return g, err
	}
	return x.SetHost(tx, orgtest.By, exchange.HostInput{ID: v.Groups[0].ID, Host: host})
}

func exchangeRows() []row {
	const week = "/exchange/weeks/{township}/2026-Q4"
	return []row{
		{route: "GET /exchange", want: listed(access.CalendarSee)},
		{route: "GET /exchange/weeks/:unit/:quarter", at: week, need: access.CalendarSee, on: "township"},
		{route: "GET /exchange/weeks/:unit/:quarter/rota", at: week + "/rota", need: access.CalendarSee, on: "township"},
		{route: "POST /exchange/weeks/:unit/:quarter", at: week, body: "day=2026-12-16", need: access.CalendarRule, on: "township"},
		{route: "POST /exchange/weeks/:unit/:quarter/plan", at: week + "/plan", body: "anew=true", need: access.CalendarPlan, on: "township"},
		{route: "GET /exchange/groups/:id", at: "/exchange/groups/{meet}", need: access.CalendarSee, on: "meet"},
		{route: "POST /exchange/groups/:id/move", at: "/exchange/groups/{meet}/move", body: "to=2026-12-18&hour=19:30", want: movesMeeting},
		{route: "POST /exchange/groups/:id/host", at: "/exchange/groups/{meet}/host", body: "host={sister}", need: access.CalendarPlan, on: "meet"},
		{route: "POST /exchange/groups/:id/swap", at: "/exchange/groups/{meet}/swap", body: "site={sister}&with={fresh.school}", need: access.CalendarPlan, on: "meet"},
		{route: "POST /exchange/groups/:id/call-off", at: "/exchange/groups/{meet}/call-off", body: "reason=road", need: access.CalendarPlan, on: "meet"},
		{route: "POST /exchange/groups/:id/restore", at: "/exchange/groups/{offmeet}/restore", body: "x=1", need: access.CalendarPlan, on: "offmeet"},
		{route: "GET /exchange/schools/:id", at: "/exchange/schools/{site}", need: access.CalendarSee, on: "site"},
		{route: "GET /api/v1/exchange/townships", want: listed(access.CalendarSee)},
		{route: "GET /api/v1/exchange/groups", want: listed(access.CalendarSee), holds: "{site.name}"},
		{route: "GET /api/v1/exchange/weeks/:unit/:quarter", at: "/api/v1" + week, need: access.CalendarSee, on: "township"},
		{route: "PUT /api/v1/exchange/weeks/:unit/:quarter", at: "/api/v1" + week, body: `{"day":"2026-12-16"}`, need: access.CalendarRule, on: "township"},
		{route: "POST /api/v1/exchange/weeks/:unit/:quarter/plan", at: "/api/v1" + week + "/plan", body: `{"anew":true}`, need: access.CalendarPlan, on: "township"},
		{route: "GET /api/v1/exchange/groups/:id", at: "/api/v1/exchange/groups/{meet}", need: access.CalendarSee, on: "meet"},
		{route: "POST /api/v1/exchange/groups/:id/move", at: "/api/v1/exchange/groups/{meet}/move", body: `{"to":"2026-12-18","hour":"19:30"}`, want: movesMeeting},
		{route: "POST /api/v1/exchange/groups/:id/host", at: "/api/v1/exchange/groups/{meet}/host", body: `{"host":"{sister}"}`, need: access.CalendarPlan, on: "meet"},
		{route: "POST /api/v1/exchange/groups/:id/swap", at: "/api/v1/exchange/groups/{meet}/swap", body: `{"site":"{sister}","with":"{fresh.school}"}`, need: access.CalendarPlan, on: "meet"},
		{route: "POST /api/v1/exchange/groups/:id/call-off", at: "/api/v1/exchange/groups/{meet}/call-off", body: `{"reason":"road"}`, need: access.CalendarPlan, on: "meet"},
		{route: "POST /api/v1/exchange/groups/:id/restore", at: "/api/v1/exchange/groups/{offmeet}/restore", body: `{}`, need: access.CalendarPlan, on: "offmeet"},
		{route: "GET /api/v1/exchange/schools/:id", at: "/api/v1/exchange/schools/{site}", need: access.CalendarSee, on: "site"},
	}
}

// movesMeeting is for whoever may move days at the school that hosts {meet}; who sees another of its schools only is told that it is not his.
func movesMeeting(w *world, s *seat) int {
	switch {
	case w.sees(s, access.CalendarMove, "site"):
		return allowed
	case !s.actor.SignedIn():
		return 401
	case w.sees(s, access.CalendarSee, "meet"):
		return 403
	}
	return 404
}

func exchangeForms() []form {
	const clerk, group = "township inside", "/exchange/groups/{meet}"
	return []form{
		{
			by: clerk, page: "/exchange/weeks/{township}/2026-Q4", post: "/exchange/weeks/{township}/2026-Q4", fill: "day=2026-12-16", other: "day=2026-12-02",
			faults:  typed("day=", "day=2026-02-30", "day=2026-11-02", "day=2027-02-03", "day=下周"),
			foreign: "/exchange/weeks/{township2}/2026-Q4", unknown: "/exchange/weeks/{nobody}/2026-Q4",
			api: "PUT /api/v1/exchange/weeks/{township}/2026-Q4", json: `{"day":"2026-12-16"}`,
		},
		{
			by: "host inside", page: group, post: group + "/move", fill: "to=2026-12-18&hour=19:30", other: "to=2026-12-11",
			faults:  typed("to=", "to=2026-02-30", "to=2026-11-02", "to=2027-01-06", "to=明天", "hour=八点", "hour="),
			foreign: "/exchange/groups/{farmeet}/move", unknown: "/exchange/groups/{nobody}/move",
			api: "POST /api/v1/exchange/groups/{meet}/move", json: `{"to":"2026-12-18","hour":"19:30"}`,
		},
		{
			by: clerk, page: group, post: group + "/host", fill: "host={sister}", other: "host={neighbour}",
			faults:  picked("host=", "host={far}", "host={nobody}", "host=x"),
			foreign: "/exchange/groups/{farmeet}/host", unknown: "/exchange/groups/{nobody}/host",
			api: "POST /api/v1/exchange/groups/{meet}/host", json: `{"host":"{sister}"}`,
		},
		{
			by: clerk, page: group, post: group + "/swap", fill: "site={sister}&with={fresh.school}",
			faults:  picked("site=", "site={far}", "with=", "with={far}", "with={site}", "with=x"),
			foreign: "/exchange/groups/{farmeet}/swap", unknown: "/exchange/groups/{nobody}/swap",
			api: "POST /api/v1/exchange/groups/{meet}/swap", json: `{"site":"{sister}","with":"{fresh.school}"}`,
		},
		{
			by: clerk, page: group, post: group + "/call-off", fill: "reason=road",
			faults:  picked("reason=", "reason=none"),
			foreign: "/exchange/groups/{farmeet}/call-off", unknown: "/exchange/groups/{nobody}/call-off",
			api: "POST /api/v1/exchange/groups/{meet}/call-off", json: `{"reason":"road"}`,
		},
	}
}
