package handlers_test

import "huotang/models/access"

func rightRows() []row {
	return []row{
		{route: "GET /rights", want: anyone},
		{route: "GET /rights/here", at: "/rights/here?unit={site}", need: access.OrgSee, on: "site"},
		{route: "GET /rights/holders", need: access.AccountsSee, holds: "{account}"},
		{route: "GET /rights/accounts/:id", at: "/rights/accounts/{account}", want: readsAccount},
		{route: "GET /rights/accounts/:id/give", at: "/rights/accounts/{account}/give?role=host", want: givesTo},
		{route: "POST /rights/accounts/:id/give", at: "/rights/accounts/{account}/give", body: "role=host&unit={site.unit}", want: accountsOf},
		{route: "POST /rights/accounts/:id/grants/:grant/end", at: "/rights/accounts/{account}/grants/{account.grant}/end", body: "x=1", want: accountsOf},
		{route: "GET /rights/accounts/:id/end", at: "/rights/accounts/{account}/end", want: readsAccount},
		{route: "POST /rights/accounts/:id/end", at: "/rights/accounts/{account}/end", body: "x=1", want: accountsOf},
		{route: "GET /api/v1/rights", want: anyone},
		{route: "GET /api/v1/rights/here", at: "/api/v1/rights/here?unit={site}", need: access.OrgSee, on: "site"},
		{route: "GET /api/v1/rights/holders", need: access.AccountsSee, holds: "{account}"},
		{route: "GET /api/v1/rights/places", at: "/api/v1/rights/places?role=host", need: access.AccountsManage, holds: "{site.unit}"},
		{route: "POST /api/v1/accounts/:id/end-office", at: "/api/v1/accounts/{account}/end-office", body: `{}`, want: accountsOf},
	}
}

// readsAccount is who looks after accounts at Site, and who may only read them.
func readsAccount(w *world, s *seat) int {
	if got := accountsOf(w, s); got != 403 {
		return got
	}
	return allowed
}

// givesTo is accountsOf for a form, which is forbidden to all who never give a role.
func givesTo(w *world, s *seat) int {
	if got := accountsOf(w, s); got != 404 || !s.actor.Visible(access.AccountsManage).Empty() {
		return got
	}
	return 403
}
