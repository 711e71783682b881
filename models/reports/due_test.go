package reports_test

import (
	"testing"

	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
	"huotang/models/reports"
)

// One meaning of 应到: the roll of a day, the tally of its session and the coverage up to that day count the same people as due,
// whoever is away, back, gone, exempt or of another standing on that day, and whatever holds today.
func TestOneMeaningOfDue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, today := orgtest.County(t, e), date.Of(dbtest.Start)
		a, host := attendance.New(), orgtest.By
		day := today.AddDays(-10)
		var present []people.PersonID
		type life struct {
			state people.Life
			since int // days from day
		}
		for name, p := range map[string]struct {
			standing people.Standing
			since    int
			exempt   [2]int
			lives    []life
		}{
			"正式": {}, "预备": {standing: people.Probationary}, "积极": {standing: people.Applicant}, "群众": {standing: people.Villager},
			"免学": {exempt: [2]int{-1, 1}}, "免过": {exempt: [2]int{-9, -1}}, "将免": {exempt: [2]int{1, 9}},
			"外出": {lives: []life{{people.Away, 0}}}, "回来": {lives: []life{{people.Away, -9}, {people.AtHome, -1}}},
			"后走": {lives: []life{{people.Away, 1}}}, "转出": {lives: []life{{people.Moved, -1}}}, "后转": {lives: []life{{people.Moved, 1}}},
			"去世": {lives: []life{{people.Dead, 0}}}, "走又转": {lives: []life{{people.Away, -5}, {people.Moved, 2}}}, "免又走": {exempt: [2]int{-5, 5}, lives: []life{{people.Away, -5}}},
		} {
			who := peopletest.Add(t, e, tree, peopletest.Person{Name: name, Standing: p.standing, Site: tree.Site.ID})
			if name == "正式" {
				present = append(present, who)
			}
			e.Do(t, func(tx *db.Tx) error {
				if p.exempt != [2]int{} {
					in := people.ExemptInput{Person: who, ApprovedBy: "镇党委", Since: day.AddDays(p.exempt[0]), Until: day.AddDays(p.exempt[1])}
					if _, err := people.Exempt(tx, host, in); err != nil {
						return err
					}
				}
				for _, l := range p.lives {
					if _, err := people.SetLife(tx, host, people.SetLifeInput{Person: who, State: l.state, Since: day.AddDays(l.since)}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		// By hand: 正式 预备 免过 将免 回来 后走 后转; today those two, 免学 免过 将免 whose exemption is over, and 回来.
		for on, want := range map[date.Date]int{day: 7, today: 6} {
			var roll attendance.SessionView
			e.Do(t, func(tx *db.Tx) (err error) {
				roll, err = a.Open(tx, host, attendance.OpenInput{Site: tree.Site.ID, HeldOn: on})
				return err
			})
			attendancetest.MustSubmit(t, e, a, host, attendance.SubmitInput{
				Session: roll.ID, Minutes: 60, Marks: attendancetest.All(present, attendance.Present), Stamp: attendance.Stamp{Device: attendancetest.Device(), Seq: 1},
			})
			e.See(t, func(tx *db.Tx) error {
				members, err := people.RosterOn(tx, tree.Site.ID, on)
				if err != nil {
					return err
				}
				due := 0
				for _, m := range members {
					if m.Standing.Due() && !m.Exempt {
						due++
					}
				}
				now, err := attendance.Get(tx, host, attendance.SessionInput{ID: roll.ID})
				if err != nil {
					return err
				}
				v, err := reports.Overview(tx, host, reports.OverviewInput{Span: reports.Span{To: on}, Coverage: true})
				if due != want || now.Tally.Due != want || v.Units.Coverage.Due != want {
					t.Errorf("%s: %d on the roll, %d in the tally, %d in the coverage, want %d", on, due, now.Tally.Due, v.Units.Coverage.Due, want)
				}
				return err
			})
		}
	})
}
