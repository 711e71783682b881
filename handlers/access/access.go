// Package access serves who may do what: the matrix in plain words, what one may do oneself and here, who holds which role,
// and giving and ending them (models/access, models/accounts).
package access

import (
	"embed"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/lang"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API) {
	p.Views("access", views)
	p.Get("/rights", table)
	p.Get("/rights/here", here)
	p.Get("/rights/holders", holders)
	p.Get("/rights/accounts/:id", office)
	p.Get("/rights/accounts/:id/give", giveForm)
	p.Post("/rights/accounts/:id/give", give)
	p.Post("/rights/accounts/:id/grants/:grant/end", end)
	p.Get("/rights/accounts/:id/end", endForm)
	p.Post("/rights/accounts/:id/end", endAll)

	web.Get(api.Public(), "/rights", accounts.Rights)
	web.Get(api, "/rights/here", accounts.Here)
	web.Get(api, "/rights/holders", accounts.Holders)
	web.Get(api, "/rights/places", accounts.Places)
	web.Post(api, "/accounts/:id/end-office", accounts.EndOffice)
}

// base is what the area's pages have in common.
type base struct {
	web.Base
	Tab string // "table", "here" or "holders"
}

// tab is an entry above the area's pages.
type tab struct {
	Path, Label string
	Current     bool
}

// Tabs lists the area's pages that are of use to this reader.
func (b base) Tabs() []tab {
	out := []tab{{"/rights", b.T("rights.title"), b.Tab == "table"}}
	if b.Actor.SignedIn() {
		out = append(out, tab{"/rights/here", b.T("rights.mine"), b.Tab == "here"})
	}
	if !b.Actor.Visible(access.AccountsSee).Empty() {
		out = append(out, tab{"/rights/holders", b.T("rights.holders"), b.Tab == "holders"})
	}
	if len(out) == 1 {
		return nil
	}
	return out
}

// RoleName names a role.
func (b base) RoleName(r access.Role) string { return b.T("role." + string(r)) }

// Can says a permission in plain words.
func (b base) Can(p access.Permission) string { return b.T("can." + string(p)) }

// area is the heading that a permission stands under.
func area(p access.Permission) string {
	for i := range p {
		if p[i] == '.' {
			return string(p[:i])
		}
	}
	return string(p)
}

// section is a run of permissions under one heading.
type section struct {
	Title string
	Items []accounts.PermissionView
}

// sections groups the matrix by heading, in its own order.
func sections(l lang.Lang, list []accounts.PermissionView) []section {
	var out []section
	for _, p := range list {
		title := l.T("rights.area." + area(p.Permission))
		if len(out) == 0 || out[len(out)-1].Title != title {
			out = append(out, section{Title: title})
		}
		s := &out[len(out)-1]
		s.Items = append(s.Items, p)
	}
	return out
}
