package handlers_test

import (
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// fillHouse hands the neighbour school over, which is then there to be taken back, and so the far one.
func (w *world) fillHouse() {
	for name, act := range map[string]people.HandOverInput{
		"handover":    {Site: w.tree.Neighbour.ID, Address: "街子头"},
		"farhandover": {Site: w.tree.Far.ID, Address: "新犀牛"},
	} {
		act.On = date.Of(dbtest.Start).AddDays(-1)
		w.do(func(tx *db.Tx) error {
			v, err := w.areas.People.HandOver(tx, orgtest.By, act)
			w.name(name, v.ID)
			return err
		})
	}
}

// houseRows are what a school has, who holds it, and what it is to do.
func houseRows() []row {
	sheet := "/sites/{neighbour}/handovers/{handover}"
	return []row{
		{route: "GET /sites/:id/edit", at: "/sites/{site}/edit", need: access.OrgEdit, on: "site"},
		{route: "POST /sites/:id/edit", at: "/sites/{site}/edit", body: "name=安石村新院家庭党校&branch={branch}&village_group={hamlet}", need: access.OrgEdit, on: "site"},
		{route: "GET /sites/:id/equipment", at: "/sites/{site}/equipment", need: access.SitesEquip, on: "site"},
		{route: "POST /sites/:id/equipment", at: "/sites/{site}/equipment", body: "network=broadband&seats=20&count_books=40&state_books=good", need: access.SitesEquip, on: "site"},
		{route: "GET /sites/:id/handover", at: "/sites/{site}/handover", need: access.PeopleEdit, on: "site"},
		{route: "GET /sites/:id/handover", at: "/sites/{site}/handover?host=same", need: access.PeopleEdit, on: "site"},
		{route: "POST /sites/:id/handover", at: "/sites/{site}/handover", body: "host=same&head=keep&address=新院", need: access.PeopleEdit, on: "site"},
		{route: "GET /sites/:id/handovers/:handover", at: sheet, need: access.PeopleNames, on: "neighbour"},
		{route: "POST /sites/:id/handovers/:handover/undo", at: sheet + "/undo", body: "x=1", need: access.PeopleEdit, on: "neighbour"},
		{route: "GET /sites/:id/duties", at: "/sites/{site}/duties", need: access.OrgSee, on: "site"},
		{route: "GET /townships/:id/duties", at: "/townships/{township}/duties", need: access.OrgEdit, on: "township"},
		{route: "POST /townships/:id/duties", at: "/townships/{township}/duties", body: "lines=管好柴火", need: access.OrgEdit, on: "township"},
		{route: "PUT /api/v1/sites/:id", at: "/api/v1/sites/{site}", body: `{"name":"安石村新院家庭党校","plaque":"","address":"新院"}`, need: access.OrgEdit, on: "site"},
		{route: "GET /api/v1/sites/:id/equipment", at: "/api/v1/sites/{site}/equipment", need: access.OrgSee, on: "site"},
		{route: "PUT /api/v1/sites/:id/equipment", at: "/api/v1/sites/{site}/equipment", body: `{"network":"none","items":[{"kind":"books","count":40,"state":"good"}]}`, need: access.SitesEquip, on: "site"},
		{route: "GET /api/v1/sites/:id/posts", at: "/api/v1/sites/{site}/posts", need: access.PeopleNames, on: "site"},
		{route: "GET /api/v1/sites/:id/handovers", at: "/api/v1/sites/{site}/handovers", need: access.PeopleNames, on: "site"},
		{route: "POST /api/v1/sites/:id/handovers", at: "/api/v1/sites/{site}/handovers", body: `{"address":"新院","items":[{"kind":"key","count":1,"state":"handed"}]}`, need: access.PeopleEdit, on: "site"},
		{route: "GET /api/v1/sites/:id/handovers/:handover", at: "/api/v1" + sheet, need: access.PeopleNames, on: "neighbour"},
		{route: "DELETE /api/v1/sites/:id/handovers/:handover", at: "/api/v1" + sheet, need: access.PeopleEdit, on: "neighbour"},
		{route: "GET /api/v1/sites/:id/duties", at: "/api/v1/sites/{site}/duties", need: access.OrgSee, on: "site"},
		{route: "GET /api/v1/townships/:id/duties", at: "/api/v1/townships/{township}/duties", need: access.OrgSee, on: "township"},
		{route: "PUT /api/v1/townships/:id/duties", at: "/api/v1/townships/{township}/duties", body: `{"lines":["管好柴火"]}`, need: access.OrgEdit, on: "township"},
	}
}

// houseForms are their forms.
func houseForms() []form {
	const clerk = "township inside"
	return []form{
		{
			by: clerk, page: "/units/{village}", post: "/units/{village}/add", fill: "kind=village_group&new_name=李家寨&code=99", other: "new_name=张家寨",
			faults: append(typed("new_name=", "new_name="+chars(101), "code=一组"), picked("kind=none", "kind=township")...), foreign: "/units/{village3}/add", unknown: "/units/{nobody}/add",
			api: "POST /api/v1/units", json: `{"tree":"a","kind":"village_group","code":"99","name":"李家寨","parent":"{village}"}`,
		},
		{
			by: clerk, page: "/units/{village}", post: "/units/{village}/rename", fill: "name=邦拐村&since=2026-11-23", other: "name=帮拐村",
			faults:  typed("name=", "name="+chars(101), "since=2026-02-30", "since=2027-01-01", "since=2020-01-01"),
			foreign: "/units/{village3}/rename", unknown: "/units/{nobody}/rename",
			api: "POST /api/v1/units/{village}/rename", json: `{"name":"邦拐村","since":"2026-11-23"}`,
		},
		{
			by: clerk, page: "/units/{branch}", post: "/units/{branch}/move", fill: "parent={towncommittee}",
			faults: picked("parent=", "parent=x", "parent={nobody}", "parent={group}"), foreign: "/units/{branch2}/move", unknown: "/units/{nobody}/move",
			api: "POST /api/v1/units/{branch}/move", json: `{"parent":"{towncommittee}"}`,
		},
		{
			by: clerk, page: "/units/{hamlet}", post: "/units/{hamlet}/close", fill: "on=2026-11-23", optional: true,
			faults: typed("on=2026-02-30", "on=2027-01-01", "on=2020-01-01"), foreign: "/units/{farhamlet}/close", unknown: "/units/{nobody}/close",
			api: "POST /api/v1/units/{hamlet}/close", json: `{"on":"2026-11-23"}`,
		},
		{
			by: clerk, page: "/sites/{site}/edit", post: "/sites/{site}/edit", fill: "name=安石村新院家庭党校&plaque=凤字7号&address=新院&branch={branch}&village_group={hamlet}", other: "address=老院",
			faults:  append(typed("name=", "name="+chars(101), "plaque="+chars(61), "address="+chars(201)), picked("branch=x")...),
			foreign: "/sites/{far}/edit", unknown: "/sites/{nobody}/edit",
			api: "PUT /api/v1/sites/{site}", json: `{"name":"安石村新院家庭党校","plaque":"凤字7号","address":"新院","branch":"{branch}"}`,
		},
		{
			by: "village inside", page: "/sites/{site}/equipment", post: "/sites/{site}/equipment", fill: "network=broadband&seats=20&count_books=40&state_books=good&note_books=新&notes=黑板", other: "notes=白板",
			faults: slices.Concat(typed("seats=许多", "seats=-1", "seats=1000", "count_books=许多", "count_books=-1", "count_books=10000", "note_books="+chars(101), "notes="+chars(301)),
				picked("network=5g", "state_books=none")),
			foreign: "/sites/{far}/equipment", unknown: "/sites/{nobody}/equipment", optional: true,
			api: "PUT /api/v1/sites/{site}/equipment", json: `{"network":"broadband","seats":20,"items":[{"kind":"books","count":40,"state":"good","note":"新"}],"notes":"黑板"}`,
		},
		{
			by: "village inside", page: "/sites/{site}/handover?host=new", post: "/sites/{site}/handover",
			fill: "host=new&name=字新户&standing=full&birth_year=1970&on=2026-11-22&head=host&address=新院&state_key=handed&count_key=2&note_key=铜的&note=外出", other: "note=搬走",
			faults: slices.Concat(typed("name=", "name="+chars(61), "birth_year=很久", "birth_year=1800", "on=2026-02-30", "on=2027-01-01", "on=2020-01-01",
				"address="+chars(201), "count_key=两把", "count_key=10000", "note_key="+chars(101), "note="+chars(501)),
				picked("standing=none", "head=x", "state_key=sold")),
			foreign: "/sites/{far}/handover", unknown: "/sites/{nobody}/handover",
			api:  "POST /api/v1/sites/{site}/handovers",
			json: `{"on":"2026-11-22","new_host":{"name":"字新户","standing":"full","birth_year":1970},"head_too":true,"address":"新院","items":[{"kind":"key","count":2,"state":"handed","note":"铜的"}],"note":"外出"}`,
		},
		{
			by: clerk, page: "/townships/{township}/duties", post: "/townships/{township}/duties", fill: "lines=管好柴火", other: "lines=管好火塘",
			faults: typed("lines=" + chars(101)), foreign: "/townships/{township2}/duties", unknown: "/townships/{nobody}/duties", optional: true,
			api: "PUT /api/v1/townships/{township}/duties", json: `{"lines":["管好柴火"]}`,
		},
	}
}
