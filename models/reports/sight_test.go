package reports

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/fail"
)

// Each report by each role, on a unit that is his, one that is not, and by default.
func TestWhoSeesWhat(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.History(t)
		all := map[string]func(by access.Actor, unit string) error{
			"summary": func(by access.Actor, u string) error {
				_, err := ask(w, Summary, by, SummaryInput{Span{Unit: u}})
				return err
			},
			"trend": func(by access.Actor, u string) error {
				_, err := ask(w, Trend, by, TrendInput{Span{Unit: u}})
				return err
			},
			"units": func(by access.Actor, u string) error {
				_, err := ask(w, ByUnit, by, UnitsInput{Span: Span{Unit: u}})
				return err
			},
			"month": func(by access.Actor, u string) error { _, err := ask(w, Month, by, MonthInput{Unit: u}); return err },
			"missing": func(by access.Actor, u string) error {
				_, err := ask(w, w.Reports.Missing, by, MissingInput{Unit: u})
				return err
			},
			"overview": func(by access.Actor, u string) error {
				_, err := ask(w, Overview, by, OverviewInput{Span: Span{Unit: u}})
				return err
			},
			"sessions": func(by access.Actor, u string) error {
				_, err := ask(w, SiteSessions, by, SiteSessionsInput{Span: Span{Unit: u}})
				return err
			},
		}
		sees := []access.Role{access.County, access.Auditor, access.TownshipAdmin, access.Township, access.Village, access.Resident}
		exports := []access.Role{access.County, access.Auditor, access.TownshipAdmin, access.Township}
		kind := func(ok bool) fail.Kind {
			if ok {
				return ""
			}
			return fail.Missing
		}
		for _, seat := range w.Inside() {
			for name, op := range all {
				want(t, seat.Name+" "+name, op(seat.Actor, w.Site.Code), kind(slices.Contains(sees, seat.Role)))
				if name != "sessions" {
					byDefault := kind(slices.Contains(sees, seat.Role))
					if byDefault != "" {
						byDefault = fail.ForbiddenAct // that there are reports is no secret
					}
					want(t, seat.Name+" "+name+" by default", op(seat.Actor, ""), byDefault)
				}
				above := seat.Role == access.County || seat.Role == access.Auditor
				want(t, seat.Name+" "+name+" of a school elsewhere", op(seat.Actor, w.Far.Code), kind(above))
			}
			_, err := ask(w, Export, seat.Actor, ExportInput{Span{Unit: w.Site.Code}})
			switch {
			case slices.Contains(exports, seat.Role):
				want(t, seat.Name+" exports", err, "")
			case seat.Role == access.Village || seat.Role == access.Resident:
				want(t, seat.Name+" exports", err, fail.ForbiddenAct)
			default:
				want(t, seat.Name+" exports", err, fail.Missing)
			}
		}
		for _, seat := range w.Outside() {
			for name, op := range all {
				want(t, seat.Name+" outside "+name, op(seat.Actor, w.Site.Code), fail.Missing)
			}
			_, err := ask(w, Export, seat.Actor, ExportInput{Span{Unit: w.Site.Code}})
			want(t, seat.Name+" outside exports", err, fail.Missing)
		}
		for name, op := range all {
			want(t, "a visitor "+name, op(access.Visitor(), w.Site.Code), fail.Unauthenticated)
		}
		_, err := ask(w, Export, access.Visitor(), ExportInput{})
		want(t, "a visitor exports", err, fail.Unauthenticated)
	})
}

// Two grants are one report; a grant in the party's tree reaches the schools that its branches keep.
func TestScopes(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.History(t)
		actor := func(grants ...access.Grant) access.Actor {
			return access.New(access.AccountID{1}, access.PersonID{}, "", grants)
		}
		two := must(t, w, Summary, actor(access.Grant{Role: access.Village, Path: w.Village.Path}, access.Grant{Role: access.Village, Path: w.Village3.Path}), SummaryInput{})
		here, far := w.recount(t, w.Village.Path, date.Date{}, date.Date{}, time.Time{}), w.recount(t, w.Village3.Path, date.Date{}, date.Date{}, time.Time{})
		if two.Schools != 3 || two.Sessions != here.sessions+far.sessions || two.Unit != "" {
			t.Errorf("two villages %+v", two)
		}
		units := must(t, w, ByUnit, actor(access.Grant{Role: access.Village, Path: w.Village.Path}, access.Grant{Role: access.Village, Path: w.Village3.Path}), UnitsInput{})
		if len(units.Items) != 2 || units.Items[0].Schools != 2 || units.Items[1].Sessions != far.sessions || units.Total.Sessions != two.Sessions {
			t.Errorf("by village %+v", units)
		}
		both := must(t, w, Summary, actor(access.Grant{Role: access.County, Path: w.Tree.County.Path}, access.Grant{Role: access.County, Path: w.Committee.Path}), SummaryInput{})
		if both.Unit != "530921" || both.Schools != 4 || both.Sessions != 8 {
			t.Errorf("an office with grants in both trees %+v", both)
		}
		party := must(t, w, Summary, actor(access.Grant{Role: access.Township, Path: w.TownshipCommittee.Path}), SummaryInput{})
		if party.Schools != 2 || party.Sessions != here.sessions {
			t.Errorf("by the party's tree %+v", party)
		}
	})
}

// No report, export or API field speaks of sign-ins, devices, photos or time on a screen.
func TestNothingCountsScreens(t *testing.T) {
	var names []string
	var walk func(v reflect.Type)
	walk = func(v reflect.Type) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(v.Elem())
		case reflect.Struct:
			for i := range v.NumField() {
				f := v.Field(i)
				names = append(names, strings.ToLower(f.Name), f.Tag.Get("json"))
				if f.Type.PkgPath() == v.PkgPath() || f.Type.Kind() == reflect.Slice || f.Type.Kind() == reflect.Pointer {
					walk(f.Type)
				}
			}
		}
	}
	for _, v := range []any{OverviewView{}, ExportView{}, MonthView{}, SiteSessionsView{}} {
		walk(reflect.TypeOf(v))
	}
	if len(names) < 60 {
		t.Fatalf("only %d fields found", len(names))
	}
	for _, name := range names {
		for _, bad := range []string{"sign", "login", "device", "photo", "screen", "online", "watch", "rank", "score", "point", "top", "activat"} {
			if strings.Contains(name, bad) {
				t.Errorf("a report has a field %q", name)
			}
		}
	}
}
