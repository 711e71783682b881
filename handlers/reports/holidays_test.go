package reports

import (
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org/orgtest"
)

// From November on the county is told that next year's holidays are not entered, until they are; nobody else is, and no earlier.
func TestNextYearsHolidays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		const says = "2027年的放假安排还没有录入"
		w.County.Env.Clock.Set(date.New(2026, 10, 31).At(9, 0))
		if got := w.as(t, access.County).Get("/county").Want(200); strings.Contains(got.Text(), says) {
			t.Error("said before November")
		}
		w.County.Env.Clock.Set(date.New(2026, 11, 1).At(9, 0))
		county := w.as(t, access.County)
		county.Get("/county").Want(200, says)
		for _, role := range []access.Role{access.Township, access.Auditor} {
			if got := w.as(t, role).Get("/county"); strings.Contains(got.Text(), says) {
				t.Errorf("%s is told", role)
			}
		}
		if got := county.Get("/county?unit=" + w.County.Township.Code); strings.Contains(got.Text(), says) {
			t.Error("said on a township's page, too")
		}
		w.County.Env.Do(t, func(tx *db.Tx) error {
			_, err := calendar.PutListed(tx, orgtest.By, calendar.PutDayInput{Day: date.New(2027, 10, 1), Kind: calendar.Holiday, Name: "国庆节"})
			if err == nil {
				_, err = calendar.PutListed(tx, orgtest.By, calendar.PutDayInput{Day: date.New(2027, 1, 1), Kind: calendar.Holiday, Name: "元旦"})
			}
			return err
		})
		if got := county.Get("/county"); strings.Contains(got.Text(), says) {
			t.Error("still said after the year was entered")
		}
	})
}
