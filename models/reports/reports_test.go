package reports

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// Every combination of unit, days and cut-off is what a recount from the marks finds.
func TestSummaryIsTheRecount(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.History(t)
		days := []date.Date{
			{},
			date.New(2026, 9, 5), date.New(2026, 10, 1), date.New(2026, 10, 15), date.New(2026, 10, 31), date.New(2026, 11, 1),
			date.New(2026, 11, 20), date.New(2026, 11, 21), date.New(2026, 11, 23),
		}
		units := []org.UnitView{w.Tree.County, w.Township, w.Village, w.Township2}
		n := 0
		for _, u := range units {
			for _, from := range days {
				for _, to := range days {
					for _, asOf := range []time.Time{{}, date.New(2026, 10, 31).At(21, 30), date.New(2026, 11, 1).At(12, 0)} {
						if !to.IsZero() && to.Before(from) {
							continue
						}
						got := must(t, w, Summary, orgtest.By, SummaryInput{Span{Unit: u.Code, From: from, To: to, AsOf: asOf}})
						c := w.recount(t, u.Path, from, to, asOf)
						if got.Sessions != c.sessions || got.Attendances != c.attendances || got.Minutes != c.minutes || got.People != len(c.people) {
							t.Errorf("%s %s–%s as of %s: %+v, recount %d %d %d %d", u.Name, from, to, asOf, got, c.sessions, c.attendances, c.minutes, len(c.people))
						}
						n++
					}
				}
			}
		}
		if n < 400 {
			t.Errorf("only %d combinations", n)
		}
		all := must(t, w, Summary, orgtest.By, SummaryInput{})
		if all.Schools != 4 || all.Sessions != 8 || all.Unit != "530921" || all.To != date.New(2026, 11, 23) || !all.AsOf.Equal(w.Now()) {
			t.Errorf("of all %+v", all)
		}
	})
}

func TestSummaryAsJSON(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.History(t)
	b, err := json.Marshal(must(t, w, Summary, orgtest.By, SummaryInput{}))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"schools", "sessions", "attendances", "people", "minutes", "unit", "from", "to", "as_of"} {
		if _, ok := m[name]; !ok {
			t.Errorf("no %q in %s", name, b)
		}
	}
}

// What is handed in later, or taken back, or of a school that lost its licence.
func TestWhatCounts(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.History(t)
		before := must(t, w, Summary, orgtest.By, SummaryInput{})
		at := w.Now()
		w.Clock.Add(time.Hour)
		r := w.Hold(t, w.Site, date.New(2026, 11, 2)) // held long ago, handed in now
		after := must(t, w, Summary, orgtest.By, SummaryInput{})
		if after.Sessions != before.Sessions+1 || after.Attendances != before.Attendances+r.Attendances {
			t.Errorf("before %+v, after %+v", before, after)
		}
		then := must(t, w, Summary, orgtest.By, SummaryInput{Span{AsOf: at}})
		if then.Figures != before.Figures || then.People != before.People {
			t.Errorf("as of before %+v, was %+v", then, before)
		}
		w.Do(t, func(tx *db.Tx) error {
			_, err := org.SetLicence(tx, orgtest.By, org.SetLicenceInput{Site: w.Far.ID, State: org.Revoked, Note: "试"})
			return err
		})
		revoked := must(t, w, Summary, orgtest.By, SummaryInput{})
		if revoked.Schools != 3 || revoked.Sessions != after.Sessions {
			t.Errorf("with one licence less %+v", revoked)
		}
	})
}

func TestSpanIsChecked(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, in := range []Span{
		{From: date.New(2026, 11, 2), To: date.New(2026, 11, 1)}, {From: date.New(1800, 1, 1)}, {To: date.New(9000, 1, 1)},
	} {
		_, err := ask(w, Summary, orgtest.By, SummaryInput{in})
		want(t, in.From.String()+" to "+in.To.String(), err, fail.InvalidInput)
	}
	_, err := ask(w, Month, orgtest.By, MonthInput{State: "happy"})
	want(t, "a state that is none", err, fail.InvalidInput)
	_, err = ask(w, Summary, orgtest.By, SummaryInput{Span{Unit: "999"}})
	want(t, "no such unit", err, fail.Missing)
	_, err = ask(w, SiteSessions, orgtest.By, SiteSessionsInput{Span: Span{Unit: w.Township.Code}})
	want(t, "sessions of a township", err, fail.Missing)
}

// An empty county has figures, too.
func TestNothingYet(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		w := &world{Env: e}
		if got := must(t, w, Summary, orgtest.By, SummaryInput{}); got.Figures != (Figures{}) || got.People != 0 {
			t.Errorf("before the set-up %+v", got)
		}
		must(t, w, Overview, orgtest.By, OverviewInput{})
		tree := orgtest.County(t, e)
		county := orgtest.As(access.County, tree.County.Path)
		o := must(t, w, Overview, county, OverviewInput{Coverage: true})
		if o.Summary.Schools != 4 || o.Summary.Sessions != 0 || len(o.Trend.Months) != trendMonths || o.Units.Coverage.Permille() != 0 || o.Counts.Unplanned != 4 {
			t.Errorf("before the first session %+v", o)
		}
	})
}

func TestTrend(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.History(t)
		v := must(t, w, Trend, orgtest.By, TrendInput{Span{From: date.New(2026, 8, 1)}})
		var months []string
		for _, m := range v.Months {
			months = append(months, m.Month.String())
			c := w.recount(t, "/a/", m.Month.First(), m.Month.Last(), time.Time{})
			if m.Sessions != c.sessions || m.Attendances != c.attendances {
				t.Errorf("%s: %+v, recount %+v", m.Month, m, c)
			}
		}
		if !slices.Equal(months, []string{"2026-08", "2026-09", "2026-10", "2026-11"}) {
			t.Errorf("months %q", months)
		}
		usual := must(t, w, Trend, orgtest.By, TrendInput{Span{Unit: w.Township2.Code}})
		if len(usual.Months) != trendMonths || usual.Months[trendMonths-1].Sessions != 1 || usual.Months[0].Month.String() != "2024-12" {
			t.Errorf("usual %+v", usual)
		}
		long := must(t, w, Trend, orgtest.By, TrendInput{Span{From: date.New(1990, 1, 1)}})
		if len(long.Months) != MostMonths {
			t.Errorf("%d months", len(long.Months))
		}
	})
}

func TestByUnit(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.History(t)
		for _, span := range []Span{
			{},
			{Unit: w.Township.Code},
			{Unit: w.Village.Code},
			{From: date.New(2026, 10, 1), To: date.New(2026, 10, 31)},
			{Unit: w.Township.Code, From: date.New(2026, 10, 2), To: date.New(2026, 11, 19)},
			{AsOf: date.New(2026, 10, 20).At(0, 0)},
		} {
			v := must(t, w, ByUnit, orgtest.By, UnitsInput{Span: span})
			w.holdsUnits(t, v, span)
		}
		names := func(in UnitsInput) (out []string) {
			for _, u := range must(t, w, ByUnit, orgtest.By, in).Items {
				out = append(out, u.Name)
			}
			return out
		}
		if d := cmp.Diff([]string{"凤山镇", "鲁史镇"}, names(UnitsInput{})); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff([]string{"安石村王家院家庭党校", "安石村李家寨家庭党校"}, names(UnitsInput{Span: Span{Unit: w.Village.Code}, Brief: true})); d != "" {
			t.Error(d)
		}
		if got := names(UnitsInput{Span: Span{Unit: w.Site.Code}}); len(got) != 0 {
			t.Errorf("below a school %q", got)
		}
	})
}

// holdsUnits compares every unit's figures and coverage with a recount.
func (w *world) holdsUnits(t *testing.T, v UnitsView, span Span) {
	t.Helper()
	if !slices.IsSortedFunc(v.Items, func(a, b UnitFigures) int { return strings.Compare(a.Code, b.Code) }) {
		t.Errorf("not in code order: %+v", v.Items)
	}
	paths := map[string]string{}
	for _, u := range []org.UnitView{w.Tree.County, w.Township, w.Township2, w.Village, w.Village2, w.Village3} {
		paths[u.Code] = u.Path
	}
	for _, s := range w.Schools() {
		paths[s.Code] = s.Path
	}
	for _, u := range append(v.Items, UnitFigures{Code: v.Unit, Figures: v.Total, Coverage: v.Coverage}) {
		c := w.recount(t, paths[u.Code], span.From, span.To, span.AsOf)
		if u.Sessions != c.sessions || u.Attendances != c.attendances || u.Minutes != c.minutes {
			t.Errorf("%s of %+v: %+v, recount %+v", u.Code, span, u.Figures, c)
		}
		if got := w.recountCoverage(t, paths[u.Code], span); u.Coverage == nil || *u.Coverage != got {
			t.Errorf("%s of %+v: coverage %+v, recount %+v", u.Code, span, u.Coverage, got)
		}
	}
}

func (w *world) recountCoverage(t *testing.T, path string, span Span) Coverage {
	t.Helper()
	day := span.To
	if day.IsZero() {
		day = date.Of(w.Now())
		if !span.AsOf.IsZero() {
			day = date.Of(span.AsOf)
		}
	}
	came := w.recount(t, "/a/", span.From, span.To, span.AsOf).people
	due := map[people.PersonID]bool{}
	var c Coverage
	w.See(t, func(tx *db.Tx) error {
		for _, s := range w.Schools() {
			members, err := people.RosterOn(tx, s.ID, day)
			if err != nil {
				return err
			}
			for _, m := range members {
				if !strings.HasPrefix(s.Path, path) || !m.Standing.Due() || m.Exempt || due[m.Person] {
					continue
				}
				due[m.Person] = true
				c.Due++
				if came[m.Person] {
					c.Trained++
				}
			}
		}
		return nil
	})
	return c
}

func TestCoverageIsRoundedDown(t *testing.T) {
	for c, out := range map[Coverage]int{{}: 0, {1, 3}: 333, {2, 3}: 666, {999, 1000}: 999, {1999, 2000}: 999, {5, 5}: 1000} {
		if got := c.Permille(); got != out {
			t.Errorf("%+v gives %d, want %d", c, got, out)
		}
	}
}

func TestMonth(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.Clock.Set(date.New(2026, 11, 1).At(9, 0))
		calendartest.Rule(t, w.Env, w.Township.ID, calendartest.OnDay(20))
		nov := date.NewMonth(2026, 11)
		day := func(s org.School) calendar.DayView { return calendartest.Day(t, w.Env, s.ID, nov) }
		state := func(m date.Month) map[string]calendar.State {
			out := map[string]calendar.State{}
			for _, s := range must(t, w, Month, orgtest.By, MonthInput{Month: m}).Items {
				out[s.Code] = s.State
			}
			return out
		}
		site, sister, neighbour, far := w.Site.Code, w.Sister.Code, w.Neighbour.Code, w.Far.Code
		expect := func(what string, m date.Month, states map[string]calendar.State) {
			t.Helper()
			if d := cmp.Diff(states, state(m)); d != "" {
				t.Errorf("%s: %s", what, d)
			}
		}
		up := calendar.Upcoming
		expect("before", nov, map[string]calendar.State{site: up, sister: up, neighbour: up, far: Unplanned})
		w.Clock.Set(date.New(2026, 11, 20).At(9, 0))
		due := calendar.DueToday
		expect("on the day", nov, map[string]calendar.State{site: due, sister: due, neighbour: due, far: Unplanned})

		w.Do(t, func(tx *db.Tx) error {
			if _, err := calendar.SetNotHeld(tx, orgtest.By, calendar.NotHeldInput{ID: day(w.Sister).ID, Reason: calendar.FarmWork}); err != nil {
				return err
			}
			_, err := calendar.Move(tx, orgtest.By, calendar.MoveInput{ID: day(w.Neighbour).ID, To: date.New(2026, 12, 2), Reason: calendar.HostAway})
			return err
		})
		w.Clock.Set(date.New(2026, 11, 21).At(9, 0))
		expect("a day later", nov, map[string]calendar.State{site: calendar.NoRecord, sister: calendar.NotHeld, neighbour: up, far: Unplanned})
		v := must(t, w, Month, orgtest.By, MonthInput{Month: nov})
		if v.Counts != (MonthCounts{Schools: 4, NoRecord: 1, NotHeld: 1, Upcoming: 1, Unplanned: 1}) {
			t.Errorf("counts %+v", v.Counts)
		}
		if n := v.Items[2]; !n.Moved || n.PlannedOn != date.New(2026, 12, 2) || n.Reason != calendar.HostAway || n.RuledOn != date.New(2026, 11, 20) {
			t.Errorf("moved %+v", n)
		}
		call := must(t, w, w.Reports.Missing, orgtest.By, MissingInput{})
		if len(call.Items) != 1 || call.Items[0].Site != w.Site.ID || call.Items[0].Host == "" || call.Items[0].Village != "安石村" {
			t.Errorf("to telephone %+v", call.Items)
		}
		o := must(t, w, Overview, orgtest.By, OverviewInput{})
		if *o.Counts != v.Counts || len(o.Missing) != 1 || o.Missing[0].Site != w.Site.ID || o.Missing[0].PlannedOn != date.New(2026, 11, 20) {
			t.Errorf("overview %+v %+v", o.Counts, o.Missing)
		}

		r := w.Hold(t, w.Site, date.New(2026, 11, 21)) // not on its activity day, but a record
		held := must(t, w, Month, orgtest.By, MonthInput{State: calendar.Held}).Items
		if len(held) != 1 || held[0].Session != r.Session || held[0].Sessions != 1 || held[0].Attendances != r.Attendances {
			t.Errorf("held %+v", held)
		}
		w.Clock.Set(date.New(2026, 12, 2).At(21, 0))
		w.Do(t, func(tx *db.Tx) error {
			d := day(w.Neighbour)
			_, err := w.Area.Submit(tx, orgtest.By, attendance.SubmitInput{
				Session: d.SessionID, ActivityDay: d.ID, Minutes: 60, Stamp: attendance.Stamp{Device: "x", Seq: 1},
				Marks: []attendance.MarkInput{{Person: w.Members[w.Neighbour.ID][0], Value: attendance.Value{State: attendance.Present}}},
			})
			return err
		})
		expect("November seen from December", nov, map[string]calendar.State{
			site: calendar.Held, sister: calendar.NotHeld, neighbour: calendar.Held, far: calendar.NoRecord,
		})
		moved := must(t, w, Month, orgtest.By, MonthInput{Month: nov, Unit: w.Village2.Code}).Items
		if len(moved) != 1 || moved[0].HeldOn != date.New(2026, 12, 2) || moved[0].Attendances != 1 || moved[0].Sessions != 1 {
			t.Errorf("held in December %+v", moved)
		}
	})
}

func TestMonthHasParts(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		var codes []string
		in := MonthInput{Limit: 3}
		for range 2 {
			v := must(t, w, Month, orgtest.By, in)
			for _, s := range v.Items {
				codes = append(codes, s.Code)
			}
			if v.Counts.Schools != 4 {
				t.Errorf("counts of a part: %+v", v.Counts)
			}
			in.After = v.Next
		}
		if in.After != "" || !slices.Equal(codes, []string{w.Site.Code, w.Sister.Code, w.Neighbour.Code, w.Far.Code}) {
			t.Errorf("codes %q, then %q", codes, in.After)
		}
	})
}

func TestSiteSessions(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.History(t)
		in := SiteSessionsInput{Span: Span{Unit: w.Site.Code}, Limit: 3}
		first := must(t, w, SiteSessions, orgtest.By, in)
		in.After = first.Next
		second := must(t, w, SiteSessions, orgtest.By, in)
		all := append(first.Items, second.Items...)
		var days []string
		sum := 0
		for _, s := range all {
			days = append(days, s.HeldOn.String())
			sum += s.Attendances
		}
		if d := cmp.Diff([]string{"2026-11-20", "2026-11-01", "2026-10-31", "2026-09-05"}, days); d != "" || second.Next != "" {
			t.Error(d, second.Next)
		}
		if c := w.recount(t, w.Site.Path, date.Date{}, date.Date{}, time.Time{}); sum != c.attendances {
			t.Errorf("%d attendances, recount %d", sum, c.attendances)
		}
		in.After = "2026-13-01.x"
		_, err := ask(w, SiteSessions, orgtest.By, in)
		want(t, "a bad place in the list", err, fail.InvalidInput)
	})
}

// The overview and the export say what the single reports say.
func TestTogether(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		w.History(t)
		for _, span := range []Span{{}, {Unit: w.Township.Code}, {Unit: w.Village.Code, From: date.New(2026, 10, 2)}, {Unit: w.Site.Code}} {
			sum := must(t, w, Summary, orgtest.By, SummaryInput{span})
			trend := must(t, w, Trend, orgtest.By, TrendInput{span})
			units := must(t, w, ByUnit, orgtest.By, UnitsInput{Span: span})
			o := must(t, w, Overview, orgtest.By, OverviewInput{Span: span, Coverage: true})
			x := must(t, w, Export, orgtest.By, ExportInput{span})
			opt := cmp.AllowUnexported(UnitFigures{}, date.Date{}, date.Month{})
			for what, d := range map[string]string{
				"summary": cmp.Diff(sum, o.Summary, opt), "trend": cmp.Diff(trend, o.Trend, opt), "units": cmp.Diff(units, o.Units, opt),
				"exported summary": cmp.Diff(sum, x.Summary, opt), "exported trend": cmp.Diff(trend, x.Trend, opt), "exported units": cmp.Diff(units, x.Units, opt),
			} {
				if d != "" {
					t.Errorf("%s of %q: %s", what, span.Unit, d)
				}
			}
			if len(x.Schools.Items) != sum.Schools || x.Schools.Total != units.Total {
				t.Errorf("%q: %d schools, total %+v", span.Unit, len(x.Schools.Items), x.Schools.Total)
			}
			if n := len(o.Above); n != map[string]int{"": 0, w.Township.Code: 1, w.Village.Code: 2, w.Site.Code: 3}[span.Unit] {
				t.Errorf("%q lies below %+v", span.Unit, o.Above)
			}
		}
	})
}
