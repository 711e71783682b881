package curricula_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/curricula"
	"huotang/models/curricula/curriculatest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// A county of the source's size: 13 townships, 583 schools, three years of curricula.
func bigCounty(b *testing.B, e *dbtest.Env) (county string, townships, sites []string) {
	e.Do(b, func(tx *db.Tx) error {
		add := func(kind org.Kind, code string, parent org.UnitID) org.UnitView {
			u, err := org.AddUnit(tx, orgtest.By, org.AddUnitInput{Tree: org.Administrative, Kind: kind, Code: code, Name: code, Parent: parent})
			if err != nil {
				b.Fatal(err)
			}
			return u
		}
		root := add(org.County, "530921000000", org.UnitID{})
		county = root.Path
		for n := range 583 {
			if n%45 == 0 {
				townships = append(townships, add(org.Township, fmt.Sprintf("530921%03d000", 100+n/45), root.ID).Path)
			}
		}
		villages := map[string]org.UnitView{}
		for n := range 583 {
			t, err := org.FindCode(tx, org.Administrative, fmt.Sprintf("530921%03d000", 100+n/45))
			if err != nil {
				return err
			}
			code := fmt.Sprintf("530921%03d%03d", 100+n/45, 200+n/3)
			if _, ok := villages[code]; !ok {
				villages[code] = add(org.Village, code, t.ID)
			}
			s, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: villages[code].ID, Name: code})
			if err != nil {
				return err
			}
			sites = append(sites, villages[code].Path+s.Code+"/")
		}
		return nil
	})
	return county, townships, sites
}

func bench(b *testing.B, e *dbtest.Env) {
	county, townships, sites := bigCounty(b, e)
	chief, second := coursestest.Actor(b, e, access.County, county), coursestest.Actor(b, e, access.County, county)
	var root org.Unit
	e.See(b, func(tx *db.Tx) (err error) { root, err = org.Root(tx); return err })
	var lessons []courses.LessonID
	for n := range 18 {
		v := coursestest.Reviewed(b, e, chief, second, root.ID, fmt.Sprintf("课程%d", n), "第一讲", "第二讲", "第三讲")
		lessons = append(lessons, curriculatest.Lessons(v)...)
	}
	for range 3 {
		curriculatest.Published(b, e, chief, root.ID, lessons[:24])
		for _, t := range townships {
			var u org.Unit
			e.See(b, func(tx *db.Tx) (err error) { u, err = db.One[org.Unit](tx.Where("path = ?", t), "x"); return err })
			curriculatest.Published(b, e, chief, u.ID, lessons[24:36])
		}
	}
	for name, by := range map[string]access.Actor{
		"host":  coursestest.Actor(b, e, access.Host, sites[300]),
		"clerk": coursestest.Actor(b, e, access.Township, townships[3]), "county": chief,
	} {
		for what, in := range map[string]curricula.CatalogueInput{"page": {}, "search": {Q: "kc"}} {
			b.Run(name+"/"+what, func(b *testing.B) {
				before := cpu(b)
				for b.Loop() {
					err := e.Read(context.Background(), func(tx *db.Tx) error {
						page, err := curricula.Catalogue(tx, by, in)
						if len(page.Items) != 10 {
							b.Fatalf("%d courses", len(page.Items))
						}
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N)/1000, "cpu-ms/op")
			})
		}
	}
}

// cpu is the time that this process has spent; on SQLite the database's, too.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkCatalogue(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { bench(b, dbtest.SQLite(b)) })
	b.Run("mysql", func(b *testing.B) { bench(b, dbtest.Server(b, "mysql")) })
}
