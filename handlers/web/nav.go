package web

import (
	"strings"

	"huotang/models/access"
	"huotang/models/lang"
)

type entry struct{ path, icon, label string }

// entries are the main entries of each role, at most five; the first is the role's home.
var entries = []struct {
	role  access.Role
	items []entry
}{
	{access.County, []entry{
		{"/county", "report", "nav.county"},
		{"/sites", "house", "nav.sites"},
		{"/courses", "courses", "nav.courses"},
		{"/curricula", "calendar", "nav.curricula"},
		{"/me", "me", "nav.me"},
	}},
	{access.Auditor, []entry{
		{"/county", "report", "nav.county"},
		{"/sites", "house", "nav.sites"},
		{"/curricula", "calendar", "nav.curricula"},
		{"/audit", "search", "nav.audit"},
		{"/me", "me", "nav.me"},
	}},
	{access.Township, []entry{
		{"/month", "house", "nav.month"},
		{"/courses", "courses", "nav.courses"},
		{"/curricula", "calendar", "nav.curricula"},
		{"/county", "report", "nav.report"},
		{"/me", "me", "nav.me"},
	}},
	{access.Village, []entry{
		{"/month", "house", "nav.month"},
		{"/people", "people", "nav.people"},
		{"/catalogue", "courses", "nav.catalogue"},
		{"/county", "report", "nav.report"},
		{"/me", "me", "nav.me"},
	}},
	{access.Secretary, []entry{
		{"/people", "people", "nav.branch"}, {"/sessions", "roll", "nav.sessions"}, {"/me/study", "report", "nav.study"}, {"/me", "me", "nav.me"},
	}},
	{access.Host, hostEntries},
	{access.Head, hostEntries},
	{access.Lecturer, []entry{
		{"/courses", "courses", "nav.courses"}, {"/catalogue", "film", "nav.catalogue"}, {"/me/study", "report", "nav.study"}, {"/me", "me", "nav.me"},
	}},
	{access.Trainee, []entry{
		{"/catalogue", "courses", "nav.catalogue"}, {"/me/study", "report", "nav.study"}, {"/me", "me", "nav.me"},
	}},
}

var hostEntries = []entry{
	{"/today", "today", "nav.today"},
	{"/catalogue", "courses", "nav.catalogue"},
	{"/sessions", "roll", "nav.sessions"},
	{"/me/study", "report", "nav.study"},
	{"/me", "me", "nav.me"},
}

// roleEntries are those of the actor's first role in the table's order.
func roleEntries(by access.Actor) []entry {
	for _, e := range entries {
		if by.Has(e.role) {
			return e.items
		}
	}
	return nil
}

// Home is where the actor begins.
func Home(by access.Actor) string {
	if items := roleEntries(by); len(items) > 0 {
		return items[0].path
	}
	return "/"
}

func nav(by access.Actor, l lang.Lang, path string) []NavItem {
	items := roleEntries(by)
	out := make([]NavItem, len(items))
	best := -1
	for i, e := range items {
		out[i] = NavItem{Path: e.path, Icon: e.icon, Label: l.T(e.label)}
		if (path == e.path || strings.HasPrefix(path, e.path+"/")) && (best < 0 || len(e.path) > len(items[best].path)) {
			best = i
		}
	}
	if best >= 0 {
		out[best].Current = true
	}
	return out
}
