// Package imports serves the pages and endpoints by which lists are brought in (models/imports).
package imports

import (
	"embed"
	"errors"
	"io"
	"net/http"
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports"
	"huotang/models/imports/tables"
)

//go:embed views/*.html
var views embed.FS

// formRoom is what a multipart form may have beside its file, in bytes.
const formRoom = 1 << 20

const csvKind = "text/csv; charset=utf-8"

// pages are the pages of the area.
type pages struct{ a *imports.Area }

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, a *imports.Area) {
	s := pages{a}
	p.Views("imports", views)
	p.Get("/imports", s.list)
	p.Get("/imports/new", s.newImport)
	p.Upload("/imports/new", tables.Most.Bytes+formRoom, s.upload)
	p.Get("/imports/templates/:kind", s.template)
	p.Get("/imports/:id", s.show)
	p.Get("/imports/:id/columns", s.columns)
	p.Post("/imports/:id/columns", s.setColumns)
	p.Post("/imports/:id/apply", s.act(a.Apply))
	p.Post("/imports/:id/give-up", s.act(a.GiveUp))
	p.Confirmed().Get("/imports/:id/file", s.file)

	web.Get(api, "/imports", a.List)
	web.Receive(api, "/imports", "imports.Upload", tables.Most.Bytes+1, s.receive)
	web.Get(api, "/imports/:id", a.Get)
	web.Get(api.Confirmed(), "/imports/:id/rows", a.Rows)
	web.Deliver(api, http.MethodGet, "/imports/templates/:kind", "imports.Template", []string{web.Workbook}, s.giveTemplate)
	web.Deliver(api.Confirmed(), http.MethodGet, "/imports/:id/file", "imports.Results", []string{web.Workbook, csvKind}, s.giveFile)
	web.Get(api, "/imports/:id/columns", a.Sheets)
	web.Put(api, "/imports/:id/columns", a.Map)
	web.Post(api, "/imports/:id/apply", a.Apply)
	web.Post(api, "/imports/:id/give-up", a.GiveUp)
}

type listPage struct {
	web.Base
	Kinds   []string
	Imports []imports.View
	Next    string
}

func (s pages) list(r *web.Request) error {
	var in imports.ListInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	found, err := web.Ask(r, s.a.List, in)
	if err != nil {
		return err
	}
	page := listPage{Base: r.Base("imports.title"), Kinds: s.a.Kinds(r.Actor), Imports: found.Items}
	if found.Next != "" {
		page.Next = "/imports?" + url.Values{"after": {found.Next}}.Encode()
	}
	return r.Render("imports/list", page)
}

type newPage struct {
	web.Base
	Kind string
	MB   int64
}

// kindInput names a kind of list.
type kindInput struct {
	Kind string `query:"kind" json:"-"`
	Name string `query:"name" json:"-"` // of the file, for an upload
}

// templateInput names a kind of list.
type templateInput struct {
	Kind string `path:"kind" json:"-"`
}

// required checks that the actor may import lists of the kind.
func (s pages) required(r *web.Request, kind string) error {
	_, err := web.Ask(r, s.a.Whole, kind)
	return err
}

func (s pages) newImport(r *web.Request) error {
	var in kindInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if in.Kind == "" {
		in.Kind = "people"
	}
	if err := s.required(r, in.Kind); err != nil {
		return err
	}
	return s.showNew(r, in.Kind, web.Form{})
}

func (s pages) showNew(r *web.Request, kind string, form web.Form) error {
	page := newPage{Kind: kind, MB: tables.Most.Bytes >> 20}
	page.Base = r.Base("imports.new_title", r.T("imports.kind."+kind))
	page.Form = form
	return r.Render("imports/new", page)
}

// upload reads the posted file and keeps it.
func (s pages) upload(r *web.Request) error {
	kind := r.Query("kind")
	if kind == "" {
		kind = "people"
	}
	v, err := s.store(r, kind)
	if err != nil {
		_, _ = io.Copy(io.Discard, r.Body) // up to the limit: a browser reads no answer while it is still sending
		return r.Again(err, func(f web.Form) error { return s.showNew(r, kind, f) })
	}
	return r.See("/imports/" + v.ID.String())
}

func (s pages) store(r *web.Request, kind string) (imports.View, error) {
	form, err := r.Multipart() // first, so that nobody makes the pages around an error parse the file
	if err != nil {
		return imports.View{}, err
	}
	if err := s.required(r, kind); err != nil {
		return imports.View{}, err
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return imports.View{}, noFile()
		}
		if err != nil {
			return imports.View{}, web.BodyError(err)
		}
		if part.FormName() != "list" && part.FormName() != "file" {
			continue
		}
		if part.FileName() == "" {
			return imports.View{}, noFile()
		}
		return s.keep(r, kind, part.FileName(), part)
	}
}

// keep reads a file and stores it as an import.
func (s pages) keep(r *web.Request, kind, name string, body io.Reader) (imports.View, error) {
	data, err := io.ReadAll(io.LimitReader(body, tables.Most.Bytes+1))
	if err != nil {
		return imports.View{}, web.BodyError(err)
	}
	f, err := s.a.Read(r.Context(), kind, name, data)
	if err != nil {
		return imports.View{}, err
	}
	var v imports.View
	err = r.Write(func(tx *db.Tx, by access.Actor) error {
		v, err = s.a.Upload(tx, by, f)
		return err
	})
	return v, err
}

func noFile() error {
	var c fail.Check
	c.Add("list", "imports.file_none")
	return c.Err()
}

func (s pages) receive(r *web.Request, in kindInput, body io.Reader) (imports.View, error) {
	if _, err := r.Signed(); err != nil {
		return imports.View{}, err
	}
	if err := s.required(r, in.Kind); err != nil {
		return imports.View{}, err
	}
	return s.keep(r, in.Kind, in.Name, body)
}

func (s pages) template(r *web.Request) error {
	var in templateInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return s.giveTemplate(r, in)
}

func (s pages) giveTemplate(r *web.Request, in templateInput) error {
	if err := s.required(r, in.Kind); err != nil {
		return err
	}
	b, err := s.a.Template(in.Kind, r.Lang())
	if err != nil {
		return err
	}
	return r.File(r.T("imports.new_title", r.T("imports.kind."+in.Kind))+".xlsx", web.Workbook, b)
}

// act answers one of the buttons of an import's page.
func (s pages) act(op web.Op[imports.ApplyInput, imports.View]) web.PageFunc {
	return func(r *web.Request) error {
		var in imports.ApplyInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		if _, err := web.Do(r, op, in); err != nil {
			return r.Again(err, func(f web.Form) error { return s.showImport(r, in.ID, f) })
		}
		return r.See("/imports/" + in.ID.String())
	}
}

// file gives the uploaded file back with what became of each row.
func (s pages) file(r *web.Request) error {
	var in imports.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return s.giveFile(r, in)
}

func (s pages) giveFile(r *web.Request, in imports.GetInput) error {
	results, err := web.Ask(r, s.a.Results, in)
	if err != nil {
		return err
	}
	w := sayer{r.Lang()}
	b, err := results.Write(r.Context(), r.T("imports.result"), w.result)
	if err != nil {
		return err
	}
	kind := web.Workbook
	if results.Format() == tables.CSV {
		kind = csvKind
	}
	return r.File(results.Name, kind, b)
}
