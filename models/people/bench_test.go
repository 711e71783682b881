package people_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

// crowd makes 12,000 people in 60 villages of 13 townships with a branch each, on the rosters of as many schools.
func crowd(b *testing.B, e *dbtest.Env) (tree orgtest.Tree, clerk, village access.Actor, branch org.UnitView) {
	b.Helper()
	tree = orgtest.County(b, e)
	const villages, each = 60, 200
	towns := []org.UnitView{tree.Township, tree.Township2}
	e.Do(b, func(tx *db.Tx) error {
		for n := range 11 {
			u, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{
				Tree: org.Administrative, Kind: org.Township, Code: fmt.Sprintf("5309211%02d", n+3), Name: fmt.Sprint("镇", n), Parent: tree.County.ID,
			})
			if err != nil {
				return err
			}
			towns = append(towns, u)
		}
		return nil
	})
	for v := range villages {
		e.Do(b, func(tx *db.Tx) error {
			parent, committee := towns[v%len(towns)], tree.TownshipCommittee
			code := fmt.Sprintf("%s3%02d", parent.Code, v)
			unit, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{Tree: org.Administrative, Kind: org.Village, Code: code, Name: fmt.Sprint("村", v), Parent: parent.ID})
			if err != nil {
				return err
			}
			party, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{Tree: org.Party, Kind: org.Branch, Code: code, Name: fmt.Sprint("支部", v), Parent: committee.ID})
			if err != nil {
				return err
			}
			school, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: unit.ID, Name: fmt.Sprint("学校", v), Branch: party.ID, LicensedOn: orgtest.LicensedOn})
			if err != nil {
				return err
			}
			branch, village = party, orgtest.As(access.Village, unit.Path)
			for i := range each {
				in := people.AddInput{Details: people.Details{Name: benchName(v*each + i), Village: unit.ID}, Standing: people.Full, Since: orgtest.LicensedOn}
				if i%3 > 0 {
					in.Branch = party.ID
				} else {
					in.Standing = people.Villager
				}
				p, err := people.Add(tx, orgtest.By, in)
				if err != nil {
					return err
				}
				if _, err := people.Enrol(tx, orgtest.By, people.EnrolInput{Site: school.ID, Person: p.ID, Since: orgtest.LicensedOn}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return tree, orgtest.As(access.Township, tree.Township.Path), village, branch
}

func benchName(n int) string {
	s, g := []rune("王李张杨罗字周毕段茶鲁董赵尹郭"), []rune("秀兰建国桂芬文学丽琼正祥春梅玉珍朝明守田远山得月长青小满云开")
	return string(s[n%len(s)]) + string(g[n/7%len(g)]) + string(g[n/31%len(g)])
}

// BenchmarkList is the list of 12,000 people with search, as it is opened by the county, a township, a village, a secretary
// and a host; p50 of each in milliseconds. x-bare is that over the p50 of a query written by hand for the same page, in the same run,
// which asks nobody whether he may see it.
func BenchmarkList(b *testing.B) {
	run := func(b *testing.B, e *dbtest.Env) {
		tree, clerk, village, branch := crowd(b, e)
		area := peopletest.Area(b)
		county := orgtest.As(access.County, tree.County.Path)
		for _, c := range []struct {
			name string
			by   access.Actor
			in   people.ListInput
			bare string // condition of the query by hand, "" for none
		}{
			{"county", county, people.ListInput{}, "TRUE"},
			{"county by name", county, people.ListInput{Q: "秀兰"}, "p.search_key LIKE '%秀兰%'"},
			{"county by pinyin", county, people.ListInput{Q: "wangxiulan"}, "p.search_key LIKE '%wangxiulan%'"},
			{"county by initials", county, people.ListInput{Q: "wxl"}, "p.search_key LIKE '%wxl%'"},
			{"county nobody", county, people.ListInput{Q: "zzzz"}, ""},
			{"county by number", county, people.ListInput{Q: "13800138000"}, ""},
			{"county by standing", county, people.ListInput{Standing: people.Applicant}, ""},
			{"county by life", county, people.ListInput{Life: people.Away}, ""},
			{"township", clerk, people.ListInput{}, ""},
			{"township by initials", clerk, people.ListInput{Q: "zyt"}, "p.search_key LIKE '%zyt%' AND v.path LIKE '" + tree.Township.Path + "%'"},
			{"village", village, people.ListInput{}, ""},
			{"village by initials", village, people.ListInput{Q: "wx"}, "p.search_key LIKE '%wx%' AND v.path LIKE '" + village.Grants()[0].Path + "%'"},
			{"secretary", orgtest.As(access.Secretary, branch.Path), people.ListInput{}, ""},
			{"branch", county, people.ListInput{Branch: branch.Code}, ""},
			{"host", orgtest.As(access.Host, tree.Site.Path), people.ListInput{}, ""},
		} {
			b.Run(c.name, func(b *testing.B) {
				var took, bare []time.Duration
				spent := e.Spent(b)
				for b.Loop() {
					begin := time.Now()
					e.See(b, func(tx *db.Tx) error { _, err := area.List(tx, c.by, c.in); return err })
					took = append(took, time.Since(begin))
				}
				spent()
				b.ReportMetric(median(took), "p50-ms")
				if c.bare == "" {
					return
				}
				for range min(len(took), 200) {
					begin := time.Now()
					byHand(b, e, c.bare)
					bare = append(bare, time.Since(begin))
				}
				b.ReportMetric(median(bare), "bare-p50-ms")
				b.ReportMetric(median(took)/median(bare), "x-bare")
			})
		}
	}
	b.Run("sqlite", func(b *testing.B) { run(b, dbtest.SQLite(b)) })
	b.Run("mysql", func(b *testing.B) { run(b, dbtest.Server(b, "mysql")) })
}

// median in milliseconds.
func median(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)/2].Microseconds()) / 1000
}

// byHand reads a page of the list as one would without huotang.
func byHand(b *testing.B, e *dbtest.Env, cond string) {
	b.Helper()
	rows, err := e.Pool().QueryContext(b.Context(), "SELECT p.id, p.name, p.gender, p.birth_year, v.name, COALESCE(g.name, '') FROM persons p "+
		"JOIN units v ON v.id = p.village_id LEFT JOIN units g ON g.id = p.branch_id WHERE "+cond+" ORDER BY p.name, p.id LIMIT 51")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var person []byte
		var name, gender, home, branch string
		var year int
		if err := rows.Scan(&person, &name, &gender, &year, &home, &branch); err != nil {
			b.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
}
