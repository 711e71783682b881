// Package calendartest plans activity days for tests, through calendar's own ops.
package calendartest

import (
	"testing"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
)

// By is the job that the builders act as.
var By = access.System("test")

// OnDay is the rule "the n-th of the month, kept on holidays", for [Rule].
func OnDay(n int) calendar.Rule {
	return calendar.Rule{Kind: calendar.OnDay, Day: n, Holiday: calendar.Keep}
}

// Rule sets a township's or a school's rule from this month on, which plans the township
// to the end of the year. Days before the clock's today are not planned.
func Rule(t testing.TB, e *dbtest.Env, unit org.UnitID, r calendar.Rule) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) error {
		_, err := calendar.SetRule(tx, By, calendar.SetRuleInput{
			Unit: unit, Kind: r.Kind, Day: r.Day, Nth: r.Nth, Weekday: r.Weekday, Digit: r.Digit, Pick: r.Pick, Hour: r.Hour, Holiday: r.Holiday,
		})
		return err
	})
}

// Plan plans a township for the months.
func Plan(t testing.TB, e *dbtest.Env, township org.UnitID, from, to date.Month) calendar.PlanResult {
	t.Helper()
	var r calendar.PlanResult
	e.Do(t, func(tx *db.Tx) (err error) {
		r, err = calendar.Plan(tx, By, calendar.PlanInput{Unit: township, From: from, To: to})
		return err
	})
	return r
}

// Day is a school's activity day of the month, which must be planned.
func Day(t testing.TB, e *dbtest.Env, site org.SiteID, month date.Month) calendar.DayView {
	t.Helper()
	var d calendar.DayView
	e.See(t, func(tx *db.Tx) (err error) {
		d, err = calendar.Due(tx, site, month)
		return err
	})
	return d
}
