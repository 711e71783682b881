package attendance_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
)

// Five people are on one roll: of a branch, of a group of it, of another branch, of none, and a villager. Who sees which of
// them by name is written down by hand; everybody sees how many they are.
func TestMarksByName(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := attendancetest.New(t, e, 0, 0)
		add := func(p peopletest.Person) access.PersonID {
			p.Site = s.School.ID
			return peopletest.Add(t, e, s.Tree, p)
		}
		branch := add(peopletest.Person{Name: "支部的", Branch: s.Branch.ID})
		group := add(peopletest.Person{Name: "小组的", Branch: s.Branch.ID, Group: s.Group.ID})
		other := add(peopletest.Person{Name: "别的支部的", Branch: s.Branch2.ID})
		none := add(peopletest.Person{Name: "没有支部的", Standing: "full"})
		villager := add(peopletest.Person{Name: "群众", Standing: "villager"})
		a := attendance.New()
		s.Open(t, e, a)
		in := s.Item(attendancetest.All([]access.PersonID{branch, other}, attendance.Absent)...)
		in.Marks = append(in.Marks, attendancetest.All([]access.PersonID{group, none}, attendance.Present)...)
		in.Marks = append(in.Marks, attendancetest.All([]access.PersonID{villager}, attendance.Observer)...)
		in.Guests = []string{"过路的"}
		attendancetest.MustSubmit(t, e, a, s.Host, in)

		all := []string{"别的支部的", "小组的", "支部的", "没有支部的", "群众", "过路的"}
		for who, tc := range map[string]struct {
			by   access.Actor
			want []string
			due  int
			came int
		}{
			"county":                        {orgtest.As(access.County, s.County.Path), all, 0, 0},
			"township admin":                {orgtest.As(access.TownshipAdmin, s.Township.Path), all, 0, 0},
			"village":                       {orgtest.As(access.Village, s.Village.Path), all, 0, 0},
			"host":                          {s.Host, all, 0, 0},
			"secretary":                     {orgtest.As(access.Secretary, s.Branch.Path), []string{"小组的", "支部的"}, 2, 2},
			"secretary of general branch":   {orgtest.As(access.Secretary, s.GeneralBranch.Path), []string{"小组的", "支部的"}, 2, 2},
			"group leader":                  {orgtest.As(access.GroupLeader, s.Group.Path), []string{"小组的"}, 3, 2},
			"resident team":                 {orgtest.As(access.Resident, s.Village.Path), []string{}, 4, 2},
			"township, on the party's side": {orgtest.As(access.Township, s.TownshipCommittee.Path), []string{"小组的", "支部的"}, 2, 2},
		} {
			t.Run(who, func(t *testing.T) {
				e.See(t, func(tx *db.Tx) error {
					v, err := attendance.Get(tx, tc.by, attendance.SessionInput{ID: s.Day.SessionID})
					if err != nil {
						return err
					}
					if d := cmp.Diff(tc.want, namesOf(v)); d != "" {
						t.Error(d)
					}
					if v.Due != 4 || v.Absent != 2 || v.DueOthers != tc.due || v.OthersCame() != tc.came {
						t.Errorf("due %d, absent %d, others %d and %d", v.Due, v.Absent, v.DueOthers, v.OthersCame())
					}
					seen, err := attendance.MayName(tx, tc.by, s.School, []access.PersonID{branch, group, other, none, villager})
					for id, name := range map[access.PersonID]string{branch: "支部的", group: "小组的", other: "别的支部的", none: "没有支部的", villager: "群众"} {
						if seen[id] != slices.Contains(tc.want, name) {
							t.Errorf("%s may be named: %v", name, seen[id])
						}
					}
					text, jErr := json.Marshal(v)
					for _, name := range all {
						if !slices.Contains(tc.want, name) && strings.Contains(string(text), name) {
							t.Errorf("the answer holds %s", name)
						}
					}
					if jErr != nil {
						t.Error(jErr)
					}
					return err
				})
			})
		}
	})
}

func namesOf(v attendance.RollView) []string {
	out := []string{}
	for _, p := range slices.Concat(v.DueList, v.CameList) {
		out = append(out, p.Name)
	}
	for _, g := range v.GuestList {
		out = append(out, g.Name)
	}
	return out
}
