package exchange

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
)

type schoolPage struct {
	base
	School     org.School
	Quarter    date.Quarter
	Groups     []exchange.GroupView // one, or none
	Today      date.Date
	MayStart   bool
	Prev, Next string
}

// HeldToday reports a meeting whose day has come.
func (p schoolPage) HeldToday(g exchange.GroupView) bool { return !p.Today.Before(g.HeldOn) }

// Hosts reports that the school is the one to which the others come.
func (p schoolPage) Hosts(g exchange.GroupView) bool { return g.Host.ID == p.School.ID }

// showSchool shows what a school has before it in a quarter: where, when, with whom and why.
func showSchool(x *exchange.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in exchange.SiteInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		if _, err := r.Signed(); err != nil {
			return err
		}
		page := schoolPage{}
		err := r.Read(func(tx *db.Tx, by access.Actor) error {
			page.Today = tx.Today()
			if in.Quarter.IsZero() {
				in.Quarter = date.QuarterOf(page.Today)
			}
			found, err := x.OfSite(tx, by, in)
			if err != nil {
				return err
			}
			page.Groups = found.Items
			page.School, err = org.FindSchool(tx, in.Site)
			page.MayStart = by.Can(access.SessionsSubmit, page.School.Paths()...)
			return err
		})
		if err != nil {
			return err
		}
		page.base, page.Quarter = base{r.Base("exchange.yours")}, in.Quarter
		here := "/exchange/schools/" + in.Site.String()
		page.Prev, page.Next = quarterAddress(here, in.Quarter.Add(-1)), quarterAddress(here, in.Quarter.Add(1))
		return r.Render("exchange/school", page)
	}
}
