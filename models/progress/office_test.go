package progress_test

import (
	"testing"

	"huotang/models/access"
	"huotang/models/attendance/attendancetest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/progress"
)

// The threshold follows the dated office and no account: a secretary of last year had the secretary's figure then, and a
// member's after the term; a right to look at a branch is no office.
func TestThresholdFollowsTheOffice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		h := attendancetest.New(t, e, 4, 0)
		person := h.Members[1]
		today := date.Of(dbtest.Start)
		begin, end := date.New(today.Year()-1, 3, 1), date.New(today.Year(), 2, 1)
		e.Do(t, func(tx *db.Tx) error {
			in := people.GiveOfficeInput{Person: person, Unit: h.Branch.ID, Office: people.Secretary, Since: begin, Until: end}
			_, err := people.GiveOffice(tx, orgtest.By, in)
			return err
		})
		county := orgtest.As(access.County, h.County.Path)
		for _, tc := range []struct {
			person people.PersonID
			year   int
			want   progress.Category
			office bool
		}{
			{person, today.Year() - 1, progress.Secretary, true},
			{person, today.Year(), progress.Member, false},
			{person, today.Year() - 2, progress.Member, false},
			{h.Members[2], today.Year() - 1, progress.Member, false},
		} {
			e.See(t, func(tx *db.Tx) error {
				v, err := progress.OfPerson(tx, county, progress.OfPersonInput{Person: tc.person, Year: tc.year})
				if v.Category != tc.want || (v.Office != nil) != tc.office {
					t.Errorf("%d: %q %+v", tc.year, v.Category, v.Office)
				}
				if v.Office != nil && v.Threshold != 5600 {
					t.Errorf("%d", v.Threshold)
				}
				return err
			})
		}
	})
}
