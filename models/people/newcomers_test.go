package people_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// TestAddManyDoesWhatTheOpsForOneDo holds what is stored and traced of many against the same through Add, SetPhone and Enrol.
func TestAddManyDoesWhatTheOpsForOneDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, area := orgtest.County(t, e), peopletest.Area(t)
		clerk := orgtest.As(access.Township, tree.Township.Path)
		in := people.Entrant{
			AddInput: people.AddInput{
				Details:  people.Details{Name: "王秀兰", Gender: people.Female, BirthYear: 1970, Village: tree.Village.ID, Group: tree.Group.ID},
				Standing: people.Full, Since: orgtest.LicensedOn,
			},
			Phone: "13800138000", Site: tree.Site.ID,
		}
		e.Do(t, func(tx *db.Tx) error {
			v, err := people.Add(tx, clerk, in.AddInput)
			if err == nil {
				_, err = area.SetPhone(tx, clerk, people.SetPhoneInput{Person: v.ID, Phone: in.Phone})
			}
			if err == nil {
				_, err = people.Enrol(tx, clerk, people.EnrolInput{Site: in.Site, Person: v.ID})
			}
			return err
		})
		young, elsewhere, noPhone, otherSchool, early := in, in, in, in, in
		young.BirthYear, noPhone.Phone = today.Year()-1, "123"
		elsewhere.Village, elsewhere.Group = tree.Village3.ID, org.UnitID{}
		otherSchool.Site = org.SiteID{9}
		early.SiteDay = today.AddDays(1)
		e.Do(t, func(tx *db.Tx) error {
			admitted, err := area.AddMany(tx, clerk, []people.Entrant{young, in, elsewhere, noPhone, otherSchool, early})
			if err != nil {
				return err
			}
			var got []string
			for _, a := range admitted {
				got = append(got, fmt.Sprint(fail.KindOf(a.Refused), faults(a.Refused)))
				if a.ID.IsZero() != (a.Refused != nil) {
					t.Errorf("%+v", a)
				}
			}
			want := []string{
				fmt.Sprint(fail.InvalidInput, map[string]string{"birth_year": "people.too_young"}), got[1], fmt.Sprint(fail.Missing, map[string]string{}),
				fmt.Sprint(fail.InvalidInput, map[string]string{"phone": "people.phone_form"}), fmt.Sprint(fail.Missing, map[string]string{}),
				fmt.Sprint(fail.InvalidInput, map[string]string{"since": "people.future"}),
			}
			if d := cmp.Diff(want, got); d != "" || admitted[1].Refused != nil {
				t.Error(d, admitted[1].Refused)
			}
			return nil
		})
		e.See(t, func(tx *db.Tx) error {
			lines, err := db.Ask[string](tx, "SELECT COUNT(*) FROM persons p JOIN standings s ON s.person_id = p.id JOIN affiliations a ON a.person_id = p.id "+
				"JOIN rosters r ON r.person_id = p.id GROUP BY p.name, p.search_key, p.gender, p.birth_year, p.village_id, p.branch_id, p.group_id, p.phone_index, "+
				"s.since, s.standing, a.since, a.village_id, a.branch_id, a.group_id, r.site_id, r.since")
			if d := cmp.Diff([]string{"2"}, lines); err != nil || d != "" {
				t.Error(d, err)
			}
			acts, err := db.Ask[string](tx, "SELECT COUNT(*) FROM audit_rows WHERE object = 'person' GROUP BY act, unit_id, changed ORDER BY act")
			if d := cmp.Diff([]string{"2", "2", "2"}, acts); d != "" {
				t.Error(d)
			}
			return err
		})
		for _, p := range read(t, e, people.List, orgtest.By, people.ListInput{Name: "王秀兰"}).Items {
			if v := read(t, e, area.Get, clerk, people.GetInput{ID: p.ID}); v.Phone != "138****8000" {
				t.Errorf("%+v", v)
			}
		}
	})
}
