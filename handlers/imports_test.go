package handlers_test

import (
	"context"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/imports"
)

// listFile stands for the bytes of a list of people, alone or in a multipart form.
const listFile = "@list.csv"

// listText is what such a file holds: somebody new, and a fault.
const listText = "姓名,出生年月,政治面貌,所在村\n李新民,1970.5,正式党员,安石村\n李旧民,不详,群众,安石村\n"

// importsOf is the clerk inside, whose imports stand; nobody else sees them.
func importsOf(_ *world, s *seat) int {
	switch {
	case !s.actor.SignedIn():
		return 401
	case s.name == "township inside":
		return allowed
	}
	return 404
}

func importRows() []row {
	return []row{
		{route: "GET /imports", want: listed(access.PeopleEdit)},
		{route: "GET /imports/new", at: "/imports/new?kind=people", want: listed(access.PeopleEdit)},
		{route: "POST /imports/new", at: "/imports/new?kind=people", body: listFile, want: listed(access.PeopleEdit)},
		{route: "GET /imports/templates/:kind", at: "/imports/templates/people", want: listed(access.PeopleEdit)},
		{route: "GET /imports/:id", at: "/imports/{checked}", want: importsOf},
		{route: "GET /imports/:id/columns", at: "/imports/{uploaded}/columns", want: importsOf},
		{route: "POST /imports/:id/columns", at: "/imports/{uploaded}/columns", body: "sheets.0.use=1&sheets.0.name=0&sheets.0.village=3&sheets.0.standing=2", want: importsOf},
		{route: "POST /imports/:id/apply", at: "/imports/{checked}/apply", body: "x=1", want: importsOf},
		{route: "POST /imports/:id/give-up", at: "/imports/{checked}/give-up", body: "x=1", want: importsOf},
		{route: "GET /imports/:id/file", at: "/imports/{checked}/file", want: importsOf},
		{route: "GET /api/v1/imports", want: listed(access.PeopleEdit)},
		{route: "PUT /api/v1/imports", at: "/api/v1/imports?kind=people&name=list.csv", body: listFile, want: listed(access.PeopleEdit)},
		{route: "GET /api/v1/imports/:id", at: "/api/v1/imports/{checked}", want: importsOf},
		{route: "GET /api/v1/imports/:id/rows", at: "/api/v1/imports/{checked}/rows", want: importsOf},
		{route: "GET /api/v1/imports/templates/:kind", at: "/api/v1/imports/templates/people", want: listed(access.PeopleEdit)},
		{route: "GET /api/v1/imports/:id/file", at: "/api/v1/imports/{checked}/file", want: importsOf},
		{route: "GET /api/v1/imports/:id/columns", at: "/api/v1/imports/{uploaded}/columns", want: importsOf},
		{
			route: "PUT /api/v1/imports/:id/columns", at: "/api/v1/imports/{uploaded}/columns", want: importsOf,
			body: `{"sheets":[{"use":true,"columns":{"name":0,"village":3,"standing":2}}]}`,
		},
		{route: "POST /api/v1/imports/:id/apply", at: "/api/v1/imports/{checked}/apply", body: `{}`, want: importsOf},
		{route: "POST /api/v1/imports/:id/give-up", at: "/api/v1/imports/{checked}/give-up", body: `{}`, want: importsOf},
	}
}

// fillImports lets the clerk inside upload a list twice, and has one of them checked.
func (w *world) fillImports() {
	w.t.Helper()
	a, by := w.areas.Imports, w.who("township inside").actor
	for _, name := range []string{"uploaded", "checked"} {
		f, err := a.Read(context.Background(), "people", "凤山镇名单.csv", []byte(listText))
		if err != nil {
			w.t.Fatal(err)
		}
		w.do(func(tx *db.Tx) error {
			v, err := a.Upload(tx, by, f)
			w.name(name, v.ID)
			if err != nil || name == "uploaded" {
				return err
			}
			m, err := a.Sheets(tx, by, imports.GetInput{ID: v.ID})
			if err == nil {
				_, err = a.Map(tx, by, imports.MapInput{ID: v.ID, Sheets: []imports.SheetMap{m.Sheets[0].Map}})
			}
			return err
		})
	}
	if !w.areas.Importer.Once(context.Background()) {
		w.t.Fatal("nothing to check")
	}
}
