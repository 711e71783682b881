package web

import (
	"slices"
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
	{access.TownshipAdmin, townshipEntries},
	{access.Township, townshipEntries},
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
	{access.GroupLeader, []entry{
		{"/people", "people", "nav.group"}, {"/sessions", "roll", "nav.sessions"}, {"/me/study", "report", "nav.study"}, {"/me", "me", "nav.me"},
	}},
	{access.Host, hostEntries},
	{access.Head, hostEntries},
	{access.Resident, []entry{
		{"/month", "house", "nav.month"},
		{"/people", "people", "nav.people"},
		{"/sessions", "roll", "nav.sessions"},
		{"/catalogue", "courses", "nav.catalogue"},
		{"/me", "me", "nav.me"},
	}},
	{access.Lecturer, []entry{
		{"/courses", "courses", "nav.courses"}, {"/catalogue", "film", "nav.catalogue"}, {"/me/study", "report", "nav.study"}, {"/me", "me", "nav.me"},
	}},
	{access.Cadre, placeEntries},
	{access.Delegate, placeEntries},
	{access.Trainee, []entry{
		{"/catalogue", "courses", "nav.catalogue"}, {"/me/study", "report", "nav.study"}, {"/me", "me", "nav.me"},
	}},
}

var townshipEntries = []entry{
	{"/month", "house", "nav.month"},
	{"/courses", "courses", "nav.courses"},
	{"/curricula", "calendar", "nav.curricula"},
	{"/county", "report", "nav.report"},
	{"/me", "me", "nav.me"},
}

// placeEntries are for those who come to the schools on certain days.
var placeEntries = []entry{
	{"/calendar", "calendar", "calendar.days"},
	{"/sites", "house", "nav.sites"},
	{"/me/study", "report", "nav.study"},
	{"/me", "me", "nav.me"},
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

// under says below which entry a page stands that has none of its own; the first that the actor has counts.
var under = map[string][]string{
	"/lessons": {"/courses", "/catalogue"}, "/households": {"/people", "/me"}, "/imports": {"/people", "/me"}, "/reports": {"/county"},
	"/accounts": {"/me"}, "/people": {"/me"}, "/sites": {"/month", "/today"}, "/townships": {"/sites", "/month"}, "/check": {"/me"},
	"/audit": {"/me"}, "/calendar": {"/me"}, "/feeds": {"/me"}, "/feedback/inbox": {"/me"}, "/history": {"/me"}, "/jobs": {"/me"}, "/messages": {"/me"}, "/notices": {"/me"},
	"/privacy": {"/me"}, "/rights": {"/me"}, "/absences": {"/people"}, "/study-rules": {"/me/study", "/me"}, "/units": {"/sites", "/month", "/me"},
}

func nav(by access.Actor, l lang.Lang, path string) []NavItem {
	items := roleEntries(by)
	out := make([]NavItem, len(items))
	best := -1
	for i, e := range items {
		out[i] = NavItem{Path: e.path, Icon: e.icon, Label: l.T(e.label)}
		if within(path, e.path) && (best < 0 || len(e.path) > len(items[best].path)) {
			best = i
		}
	}
	if best < 0 {
		best = aboveOf(items, path)
	}
	if best >= 0 {
		out[best].Current = true
	}
	return out
}

func within(path, top string) bool { return path == top || strings.HasPrefix(path, top+"/") }

// aboveOf finds the entry that a page stands below by [under], -1 for none.
func aboveOf(items []entry, path string) int {
	for top, above := range under {
		if !within(path, top) {
			continue
		}
		for _, a := range above {
			if i := slices.IndexFunc(items, func(e entry) bool { return e.path == a }); i >= 0 {
				return i
			}
		}
	}
	return -1
}
