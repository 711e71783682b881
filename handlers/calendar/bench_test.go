package calendar_test

import (
	"fmt"
	"testing"

	"huotang/handlers/calendar"
	"huotang/handlers/web/webtest"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar/calendartest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
)

// BenchmarkMonth shows December to the clerk of a township with 45 schools, all of which meet on the 9th and whose market days, seasons
// and equipment give hints: as a table of weeks, by date, by school; beside a page of one school for its host.
func BenchmarkMonth(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchMonth(b, dbtest.SQLite(b)) })
	b.Run("mysql", func(b *testing.B) { benchMonth(b, dbtest.Server(b, "mysql")) })
}

func benchMonth(b *testing.B, e *dbtest.Env) {
	tree := orgtest.County(b, e)
	e.Do(b, func(tx *db.Tx) error {
		for n := range 42 {
			v, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{
				Village: tree.Village.ID, Name: fmt.Sprintf("安石村第%d家庭党校", n), LicensedOn: orgtest.LicensedOn,
			})
			if err != nil {
				return err
			}
			if _, err := org.SetEquipment(tx, orgtest.By, org.SetEquipmentInput{Site: v.ID, Network: "mobile_weak", Items: []org.Item{
				{Kind: "television", Count: 1, State: "good"}, {Kind: "player", Count: 1, State: org.Conditions[n%3]},
			}}); err != nil {
				return err
			}
		}
		return nil
	})
	calendartest.Rule(b, e, tree.Township.ID, calendartest.OnDay(9))
	site := webtest.New(b, e, calendar.Mount)
	clerk := site.As(b, accountstest.As(b, e, access.Township, tree.Township.ID).Account)
	host := site.As(b, accountstest.As(b, e, access.Host, org.SiteUnit(tree.Site.ID)).Account)
	for _, c := range []struct {
		name string
		who  *webtest.Browser
		path string
	}{
		{"month", clerk, "/calendar?month=2026-12"},
		{"agenda", clerk, "/calendar?month=2026-12&view=agenda"},
		{"list", clerk, "/calendar?month=2026-12&view=list"},
		{"host's month", host, "/calendar?month=2026-12"},
	} {
		b.Run(c.name, func(b *testing.B) {
			defer e.Spent(b)()
			for b.Loop() {
				c.who.Get(c.path).Want(200)
			}
		})
	}
}
