package jobs_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/runs"
)

// runNow runs a job by hand and gives how it went.
func runNow(t *testing.T, s *jobs.Scheduler, e *dbtest.Env, name string) runs.View {
	t.Helper()
	e.Clock.Add(time.Second)
	v, err := s.RunNow(context.Background(), access.System("test"), jobs.LaunchInput{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A province has more townships than one page of a list; each gets its turn.
func TestEveryTownshipGetsItsTurn(t *testing.T) {
	e := dbtest.SQLite(t)
	tree := orgtest.County(t, e)
	e.Do(t, func(tx *db.Tx) error {
		for i := range 510 {
			_, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{
				Tree: org.Administrative, Kind: org.Township, Code: fmt.Sprintf("530921%03d", 300+i), Name: fmt.Sprintf("%d镇", i), Parent: tree.County.ID,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	s := replica(t, e, "a", jobs.CalendarPlan(), jobs.CalendarClose())
	if v := runNow(t, s, e, "calendar.plan"); v.State != runs.Finished || !strings.HasPrefix(v.Summary, "townships 512,") {
		t.Errorf("%+v", v)
	}
	last := fmt.Sprintf("530921%03d", 300+509)
	e.Do(t, func(tx *db.Tx) error { // a school in the last of them, to be sealed
		top, err := org.FindCode(tx, org.Administrative, last)
		if err != nil {
			return err
		}
		village, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{Tree: org.Administrative, Kind: org.Village, Code: last + "201", Name: "某村", Parent: top.ID})
		if err == nil {
			_, err = org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: village.ID, Name: "某家庭党校", LicensedOn: orgtest.LicensedOn})
		}
		return err
	})
	e.Do(t, func(tx *db.Tx) error {
		top, err := org.FindCode(tx, org.Administrative, last)
		if err == nil {
			_, err = calendar.SetRule(tx, orgtest.By, calendar.SetRuleInput{Unit: top.ID, Kind: calendar.OnDay, Day: 25, Holiday: calendar.Keep})
		}
		return err
	})
	e.Clock.Set(date.New(2026, 12, 12).At(1, 0))
	if v := runNow(t, s, e, "calendar.close"); !strings.HasSuffix(v.Summary, "schools sealed 1") {
		t.Errorf("%+v", v)
	}
}

// A township that cannot be planned keeps no other from its days: the run does the others, says which it was, and ends as failed. Once
// it is mended, the next run makes up for it.
func TestOneTownshipFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		for _, town := range []org.UnitID{tree.Township.ID, tree.Township2.ID} {
			calendartest.Rule(t, e, town, calendartest.OnDay(28))
		}
		e.Do(t, func(tx *db.Tx) error { return tx.Exec("DELETE FROM activity_days").Error })
		clash := calendar.IDOf(tree.Site.ID, date.NewMonth(2026, 12), 1)
		e.Do(t, func(tx *db.Tx) error { // another row has the ID of one of the first township's days
			d := calendar.Day{
				ID: clash, SiteID: tree.Far.ID, Month: date.NewMonth(2020, 1), Nth: 1, PlannedOn: date.New(2020, 1, 1), RuledOn: date.New(2020, 1, 1),
				State: calendar.Held, SessionID: calendar.SessionOf(clash), MadeAt: tx.Now, ChangedAt: tx.Now,
			}
			return db.Insert(tx, &d)
		})
		s := replica(t, e, "a", jobs.CalendarPlan())
		v := runNow(t, s, e, "calendar.plan")
		if v.State != runs.Failed || !strings.Contains(v.Failure, "failed 1 of 2, "+tree.Township.Code) || !strings.Contains(v.Failure, "added 4") {
			t.Errorf("%s: %s", v.State, v.Failure)
		}
		if d := calendartest.Day(t, e, tree.Far.ID, date.NewMonth(2026, 12)); d.PlannedOn != date.New(2026, 12, 28) {
			t.Errorf("the other township: %+v", d)
		}
		e.Do(t, func(tx *db.Tx) error { return tx.Exec("DELETE FROM activity_days WHERE id = ?", clash).Error })
		if v := runNow(t, s, e, "calendar.plan"); v.State != runs.Finished || !strings.Contains(v.Summary, "added 12") {
			t.Errorf("%s: %s%s", v.State, v.Summary, v.Failure)
		}
	})
}

// After a downtime of years planning makes up for every month that it missed.
func TestPlanAfterYears(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, calendartest.OnDay(28))
		e.Clock.Set(date.New(2031, 5, 10).At(3, 10))
		s := replica(t, e, "a", jobs.CalendarPlan())
		v := runNow(t, s, e, "calendar.plan")
		if v.State != runs.Finished {
			t.Fatal(v.Failure)
		}
		for m := date.NewMonth(2026, 11); !m.After(calendar.Horizon(date.New(2031, 5, 10))); m = m.Add(1) {
			if d := calendartest.Day(t, e, tree.Site.ID, m); d.Month != m {
				t.Errorf("%s has no day", m)
			}
		}
		if v := runNow(t, s, e, "calendar.plan"); !strings.Contains(v.Summary, "added 0, moved 0, cancelled 0, restored 0") {
			t.Errorf("again: %s", v.Summary)
		}
	})
}
