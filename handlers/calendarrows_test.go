package handlers_test

import (
	"huotang/models/access"
)

func feedRows() []row {
	own := func(_ *world, s *seat) int {
		switch {
		case !s.actor.SignedIn():
			return 401
		case s.name == "host inside":
			return allowed
		}
		return 404
	}
	return []row{
		{route: "GET /feeds", want: signedIn},
		{route: "GET /feeds", at: "/feeds?site={site}", need: access.CalendarSee, on: "site"},
		{route: "POST /feeds", body: "kind=school&site={site}", need: access.CalendarSee, on: "site"},
		{route: "POST /feeds", body: "kind=own", want: signedIn},
		{route: "GET /feeds/:id", at: "/feeds/{feed}", want: own},
		{route: "POST /feeds/:id/renew", at: "/feeds/{feed}/renew", body: "x=1", want: own},
		{route: "POST /feeds/:id/revoke", at: "/feeds/{feed}/revoke", body: "x=1", want: own},
		{route: "GET /ics/:secret", at: "/ics/{feed.secret}.ics", want: anyone},
		{route: "GET /api/v1/feeds", want: signedIn},
		{route: "POST /api/v1/feeds", body: `{"kind":"school","site":"{site}"}`, need: access.CalendarSee, on: "site"},
		{route: "GET /api/v1/feeds/:id", at: "/api/v1/feeds/{feed}", want: own},
		{route: "POST /api/v1/feeds/:id/renew", at: "/api/v1/feeds/{feed}/renew", body: `{}`, want: own},
		{route: "DELETE /api/v1/feeds/:id", at: "/api/v1/feeds/{feed}", want: own},
	}
}

func calendarRows() []row {
	decides := func(w *world, s *seat) int {
		if got := listed(access.CalendarCancel)(w, s); got != allowed || s.actor.Can(access.CalendarCancel, w.objects["cancellation"]...) {
			return got
		}
		return 404
	}
	looks := func(w *world, s *seat) int {
		switch {
		case !s.actor.SignedIn():
			return 401
		case s.actor.Can(access.CalendarMove, w.objects["day"]...) && !s.actor.Has(access.Host, access.Head):
			return allowed
		case s.actor.Can(access.CalendarSee, w.objects["day"]...):
			return 403
		}
		return 404
	}
	return []row{
		{route: "GET /calendar", at: "/calendar?view=list", need: access.CalendarSee, holds: "{site.name}"},
		{route: "GET /calendar", at: "/calendar?view=month&month=2026-11", need: access.CalendarSee},
		{route: "GET /calendar", at: "/calendar?view=agenda&site={site}", need: access.CalendarSee, on: "site"},
		{route: "GET /calendar", at: "/calendar?view=sheet", need: access.CalendarSee},
		{route: "GET /calendar/days/:id", at: "/calendar/days/{day}", need: access.CalendarSee, on: "day"},
		{route: "POST /calendar/days/:id/move", at: "/calendar/days/{day}/move", body: "to=2026-11-27&reason=road", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/not-held", at: "/calendar/days/{day}/not-held", body: "reason=power", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/confirm", at: "/calendar/days/{day}/confirm", body: "x=1", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/unconfirm", at: "/calendar/days/{day}/unconfirm", body: "x=1", need: access.CalendarMove, on: "day"},
		{route: "POST /calendar/days/:id/cancel", at: "/calendar/days/{day}/cancel", body: "reason=power", need: access.CalendarMove, on: "day"},
		{route: "GET /calendar/requests", want: listed(access.CalendarCancel), holds: "{sister.name}"},
		{route: "POST /calendar/requests", body: "act=agree&ids={cancellation}", want: decides},
		{route: "POST /calendar/days/:id/undo", at: "/calendar/days/{sisterday}/undo", body: "x=1", need: access.CalendarMove, on: "sisterday"},
		{route: "GET /calendar/rules", want: listsRules},
		{route: "GET /calendar/rules/:unit", at: "/calendar/rules/{township}", need: access.CalendarSee, on: "township"},
		{route: "POST /calendar/rules/:unit", at: "/calendar/rules/{township}", body: "act=set&kind=day&day=5&holiday=keep&from=2026-12&seen={rule.seen}", need: access.CalendarRule, on: "township"},
		{route: "POST /calendar/rules/:unit/plan", at: "/calendar/rules/{township}/plan", body: "x=1", need: access.CalendarPlan, on: "township"},
		{route: "GET /calendar/places/:unit", at: "/calendar/places/{township}", need: access.CalendarSee, on: "township"},
		{route: "POST /calendar/places/:unit/market", at: "/calendar/places/{township}/market", body: "market=digits&digits=5", need: access.CalendarRule, on: "township"},
		{route: "POST /calendar/places/:unit/seasons", at: "/calendar/places/{township}/seasons", body: "season_code_0=farm&season_name_0=茶&season_from_0=3-1&season_to_0=4-1", need: access.CalendarRule, on: "township"},
		{route: "GET /calendar/periods", want: listed(access.CalendarPeriod)},
		{route: "GET /calendar/periods/:unit", at: "/calendar/periods/{county}", need: access.CalendarPeriod, on: "county"},
		{route: "POST /calendar/periods/:unit", at: "/calendar/periods/{county}", body: "times=1&on_time=5&locked=15&act=set", need: access.CalendarPeriod, on: "county"},
		{route: "GET /calendar/exceptions/:site", at: "/calendar/exceptions/{site}", need: access.CalendarPeriod, on: "site"},
		{route: "POST /calendar/exceptions/:site", at: "/calendar/exceptions/{site}", body: "month=2026-11&on_time_until=2026-12-10&locked_after=2026-12-20&reason=停电", need: access.CalendarPeriod, on: "site"},
		{route: "POST /api/v1/calendar/periods/:unit/preview", at: "/api/v1/calendar/periods/{county}/preview", body: `{"times":1,"on_time":5,"locked":15}`, need: access.CalendarPeriod, on: "county"},
		{route: "GET /calendar/years", want: anyone},
		{route: "GET /calendar/years/:year", at: "/calendar/years/2026", need: access.CalendarSee},
		{route: "POST /calendar/years/:year", at: "/calendar/years/2027", body: "day=2027-01-01&kind=holiday&name=元旦", need: access.CalendarHolidays},
		{route: "POST /calendar/years/:year/load", at: "/calendar/years/2026/load", body: "x=1", need: access.CalendarHolidays},
		{route: "POST /calendar/years/:year/finish", at: "/calendar/years/2026/finish", body: "x=1", need: access.CalendarHolidays, input: true},
		{route: "POST /calendar/holidays/:day/remove", at: "/calendar/holidays/2027-02-06/remove", body: "x=1", need: access.CalendarHolidays},
		{route: "GET /api/v1/calendar/days", want: listed(access.CalendarSee), holds: "{site.name}"},
		{route: "GET /api/v1/calendar/between", at: "/api/v1/calendar/between?from=2026-11-01&to=2026-12-31", want: listed(access.CalendarSee), holds: "{site.name}"},
		{route: "GET /api/v1/calendar/towns", at: "/api/v1/calendar/towns?from=2026-11-01&to=2026-12-31", want: listed(access.CalendarSee)},
		{route: "GET /api/v1/calendar/meetings", at: "/api/v1/calendar/meetings?from=2026-11-01&to=2026-12-31", want: listed(access.CalendarSee)},
		{route: "GET /api/v1/calendar/days/:id", at: "/api/v1/calendar/days/{day}", need: access.CalendarSee, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/move", at: "/api/v1/calendar/days/{day}/move", body: `{"to":"2026-11-27"}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/not-held", at: "/api/v1/calendar/days/{day}/not-held", body: `{"reason":"power"}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/confirm", at: "/api/v1/calendar/days/{day}/confirm", body: `{}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/unconfirm", at: "/api/v1/calendar/days/{day}/unconfirm", body: `{}`, need: access.CalendarMove, on: "day"},
		{route: "POST /api/v1/calendar/days/:id/cancel", at: "/api/v1/calendar/days/{day}/cancel", body: `{"reason":"power"}`, need: access.CalendarMove, on: "day"},
		{route: "GET /api/v1/calendar/days/:id/hints", at: "/api/v1/calendar/days/{day}/hints", want: looks},
		{route: "GET /api/v1/calendar/days/:id/look", at: "/api/v1/calendar/days/{day}/look?on=2026-11-27", want: looks},
		{route: "GET /api/v1/calendar/periods/:unit", at: "/api/v1/calendar/periods/{county}", need: access.CalendarPeriod, on: "county"},
		{route: "PUT /api/v1/calendar/periods/:unit", at: "/api/v1/calendar/periods/{county}", body: `{"times":1,"on_time":5,"locked":15}`, need: access.CalendarPeriod, on: "county"},
		{route: "POST /api/v1/calendar/exceptions/:site", at: "/api/v1/calendar/exceptions/{site}", body: `{"month":"2026-11","on_time_until":"2026-12-10","locked_after":"2026-12-20","reason":"停电"}`, need: access.CalendarPeriod, on: "site"},
		{route: "GET /api/v1/calendar/markets/:unit", at: "/api/v1/calendar/markets/{township}", need: access.CalendarSee, on: "township"},
		{route: "PUT /api/v1/calendar/markets/:unit", at: "/api/v1/calendar/markets/{township}", body: `{"market":"digits","values":[1,5,8]}`, need: access.CalendarRule, on: "township"},
		{route: "GET /api/v1/calendar/seasons/:unit", at: "/api/v1/calendar/seasons/{township}", need: access.CalendarSee, on: "township"},
		{route: "PUT /api/v1/calendar/seasons/:unit", at: "/api/v1/calendar/seasons/{township}", body: `{"seasons":[{"code":"farm","name":"茶","from":"3-1","to":"4-1"}],"festivals":[]}`, need: access.CalendarRule, on: "township"},
		{route: "GET /api/v1/calendar/requests", want: listed(access.CalendarCancel), holds: "{sister.name}"},
		{route: "POST /api/v1/calendar/requests", body: `{"ids":["{cancellation}"],"agree":true}`, want: decides},
		{route: "POST /api/v1/calendar/days/:id/undo", at: "/api/v1/calendar/days/{sisterday}/undo", body: `{}`, need: access.CalendarMove, on: "sisterday"},
		{route: "GET /api/v1/calendar/today/:site", at: "/api/v1/calendar/today/{site}", need: access.CalendarSee, on: "site"},
		{route: "GET /api/v1/calendar/rules", want: listsRules},
		{route: "GET /api/v1/calendar/rules/:unit", at: "/api/v1/calendar/rules/{township}", need: access.CalendarSee, on: "township"},
		{route: "PUT /api/v1/calendar/rules/:unit", at: "/api/v1/calendar/rules/{township}", body: `{"kind":"day","day":5,"holiday":"keep","from":"2026-12","seen":"{rule.seen}"}`, need: access.CalendarRule, on: "township"},
		{route: "POST /api/v1/calendar/rules/:unit/preview", at: "/api/v1/calendar/rules/{township}/preview", body: `{"kind":"day","day":5,"holiday":"keep","from":"2026-12"}`, need: access.CalendarRule, on: "township"},
		{route: "POST /api/v1/calendar/rules/:unit/plan", at: "/api/v1/calendar/rules/{township}/plan", body: `{}`, need: access.CalendarPlan, on: "township"},
		{route: "GET /api/v1/calendar/years/:year", at: "/api/v1/calendar/years/2026", need: access.CalendarSee},
		{route: "POST /api/v1/calendar/years/:year/load", at: "/api/v1/calendar/years/2026/load", body: `{}`, need: access.CalendarHolidays},
		{route: "POST /api/v1/calendar/years/:year/finish", at: "/api/v1/calendar/years/2026/finish", body: `{}`, need: access.CalendarHolidays, input: true},
		{route: "POST /api/v1/calendar/holidays", body: `{"day":"2027-01-01","kind":"holiday","name":"元旦"}`, need: access.CalendarHolidays},
		{route: "DELETE /api/v1/calendar/holidays/:day", at: "/api/v1/calendar/holidays/2027-02-06", need: access.CalendarHolidays},
	}
}
