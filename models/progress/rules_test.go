package progress_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/progress"
)

// The county's table counts from its day on, and its yearly figure from its year on; what was before stays as it was.
func TestRulesChangeFromTheirDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := attendancetest.New(t, e, 4, 0)
		county, today := orgtest.As(access.County, h.County.Path), date.Of(dbtest.Start)
		person := h.Members[1]
		e.Do(t, func(tx *db.Tx) error {
			_, err := people.GiveOffice(tx, orgtest.By, people.GiveOfficeInput{Person: h.Members[2], Unit: h.Branch.ID, Office: people.Deputy})
			return err
		})
		table := progress.SetHoursInput{From: today, Steps: []progress.Step{{From: 90, CentiHours: 300}, {From: 10, CentiHours: 100}}}
		yearly := progress.SetThresholdInput{Year: today.Year() + 1, Member: 4000, Secretary: 6000}
		e.See(t, func(tx *db.Tx) error {
			if _, err := progress.PreviewHours(tx, county, table); err != nil {
				return err
			}
			v, err := progress.PreviewThreshold(tx, county, yearly)
			if v.Secretaries != 1 || v.Members != 3 || v.Before.Member != 3200 || v.After.Member != 4000 {
				t.Errorf("%+v", v)
			}
			return err
		})
		rule := func(year int) (out progress.StudyView) {
			e.See(t, func(tx *db.Tx) (err error) {
				out, err = progress.OfPerson(tx, county, progress.OfPersonInput{Person: person, Year: year})
				return err
			})
			return out
		}
		if v := rule(today.Year()); v.Rule.Code != progress.Yunnan.Code {
			t.Errorf("a preview has set it: %+v", v.Rule)
		}
		e.Do(t, func(tx *db.Tx) error {
			if _, err := progress.SetHours(tx, county, table); err != nil {
				return err
			}
			v, err := progress.SetThreshold(tx, county, yearly)
			if len(v.Hours) != 2 || !v.Hours[0].Now || v.Hours[1].Now || len(v.Thresholds) != 2 || v.Thresholds[0].Now || !v.Thresholds[1].Now {
				t.Errorf("%+v", v)
			}
			return err
		})
		if v := rule(today.Year()); v.Rule.CentiHours(90) != 300 || v.Rule.CentiHours(9) != 0 || v.Threshold != 3200 {
			t.Errorf("%+v", v)
		}
		if v := rule(today.Year() - 1); v.Rule.Code != progress.Yunnan.Code || v.Threshold != 3200 {
			t.Errorf("last year has changed: %+v", v.Rule)
		}
		if v := rule(today.Year() + 1); v.Threshold != 4000 || v.ThresholdFrom != date.New(today.Year()+1, 1, 1) {
			t.Errorf("next year: %d", v.Threshold)
		}
		for name, bad := range map[string]progress.SetHoursInput{
			"past":      {From: today.AddDays(-1), Steps: table.Steps},
			"no lines":  {From: today},
			"disorder":  {From: today, Steps: []progress.Step{{From: 10, CentiHours: 10}, {From: 20, CentiHours: 5}}},
			"more":      {From: today, Steps: []progress.Step{{From: 20, CentiHours: 10}, {From: 10, CentiHours: 50}}},
			"six lines": {From: today, Steps: []progress.Step{{From: 60}, {From: 50}, {From: 40}, {From: 30}, {From: 20}, {From: 10}}},
		} {
			err := e.Write(t.Context(), func(tx *db.Tx) error { _, err := progress.SetHours(tx, county, bad); return err })
			if fail.KindOf(err) != fail.InvalidInput {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, role := range []access.Role{access.Auditor, access.Township, access.Secretary, access.Host} {
			err := e.Write(t.Context(), func(tx *db.Tx) error {
				_, err := progress.SetHours(tx, orgtest.As(role, h.Township.Path), table)
				return err
			})
			if err == nil {
				t.Errorf("%s sets hours", role)
			}
		}
	})
}
