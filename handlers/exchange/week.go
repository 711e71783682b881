package exchange

import (
	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
)

type listPage struct {
	base
	Quarter    date.Quarter
	Towns      []exchange.TownView
	Cards      []exchange.Card // for who sees schools, but no township
	Prev, Next string          // quarters beside this one
	More       string
}

// list shows the townships of a quarter; who sees one township or one school only is taken to it, and who sees
// some schools finds their meetings.
func list(r *web.Request) error {
	var in exchange.ListInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	var page listPage
	var own db.Page[org.SiteView]
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		if in.Quarter.IsZero() {
			in.Quarter = date.QuarterOf(tx.Today())
		}
		towns, err := exchange.Towns(tx, by, exchange.TownsInput{Quarter: in.Quarter})
		if page.Towns = towns.Items; err != nil || len(page.Towns) > 0 {
			return err
		}
		cards, err := exchange.List(tx, by, in)
		if page.Cards, page.More = cards.Items, cards.Next; err != nil || len(page.Cards) > 1 {
			return err
		}
		own, err = org.Sites(tx, by, org.SitesInput{Limit: 2})
		return err
	})
	switch {
	case err != nil:
		return err
	case len(page.Towns) == 1:
		return r.See(weekAddress(page.Towns[0].Unit, in.Quarter))
	case len(own.Items) == 1:
		return r.See(quarterAddress("/exchange/schools/"+own.Items[0].ID.String(), in.Quarter))
	}
	page.base, page.Quarter = base{r.Base("exchange.title")}, in.Quarter
	page.Prev, page.Next = quarterAddress("/exchange", in.Quarter.Add(-1)), quarterAddress("/exchange", in.Quarter.Add(1))
	if page.More != "" {
		page.More = quarterAddress("/exchange", in.Quarter) + "&after=" + page.More
	}
	return r.Render("exchange/list", page)
}

func weekAddress(unit org.UnitID, q date.Quarter) string {
	return "/exchange/weeks/" + unit.String() + "/" + q.String()
}

type weekPage struct {
	base
	Week    exchange.WeekView
	Sunday  date.Date
	MaySet  bool
	MayPlan bool // the week is set and not over
	Over    bool // the week is over
	Several bool // the reader sees other townships, too
	Failed  string
}

// Address is that of the page, or of one below it.
func (p weekPage) Address() string { return weekAddress(p.Week.Unit, p.Week.Quarter) }

// Beside is the address of a quarter before or after.
func (p weekPage) Beside(n int) string { return weekAddress(p.Week.Unit, p.Week.Quarter.Add(n)) }

// Redraws reports groups that drawing again could change.
func (p weekPage) Redraws() bool {
	for _, g := range p.Week.Groups {
		if g.State == exchange.Planned && !g.ByHand {
			return p.MayPlan
		}
	}
	return false
}

func showWeek(x *exchange.Area) web.PageFunc {
	return func(r *web.Request) error { return renderWeek(r, x, "", nil, "exchange/week") }
}

func rota(x *exchange.Area) web.PageFunc {
	return func(r *web.Request) error { return renderWeek(r, x, "", nil, "exchange/rota") }
}

// renderWeek shows a quarter, with the form as it was sent when it has faults.
func renderWeek(r *web.Request, x *exchange.Area, failed string, form *web.Form, view string) error {
	var in exchange.WeekInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	page := weekPage{Failed: failed}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Week, err = x.Week(tx, by, in); err != nil {
			return err
		}
		unit, err := org.FindUnit(tx, in.Unit)
		if err != nil {
			return err
		}
		page.Over = !page.Week.Monday.IsZero() && page.Week.Monday.AddDays(6).Before(tx.Today())
		page.MaySet = by.Can(access.CalendarRule, unit.Path) && !in.Quarter.Last().AddDays(6).Before(tx.Today())
		page.MayPlan = by.Can(access.CalendarPlan, unit.Path) && !page.Week.Monday.IsZero() && !page.Over
		page.Several = by.Has(access.County, access.Auditor)
		return nil
	})
	if err != nil {
		return err
	}
	if !page.Week.Monday.IsZero() {
		page.Sunday = page.Week.Monday.AddDays(6)
	}
	page.base = base{r.Base("exchange.week_of", page.Week.Township)}
	if form != nil {
		page.Form = *form
	}
	return r.Render(view, page)
}

func setWeek(x *exchange.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in exchange.SetWeekInput
		err := r.Bind(&in)
		var v exchange.WeekView
		if err == nil {
			v, err = web.Do(r, x.SetWeek, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderWeek(r, x, "week", &f, "exchange/week") })
		}
		return r.SeeNote(weekAddress(in.Unit, in.Quarter), "exchange.week_kept", base{r.Base("exchange.title")}.Date(v.Monday))
	}
}

func plan(x *exchange.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in exchange.PlanInput
		err := r.Bind(&in)
		var v exchange.WeekView
		if err == nil {
			v, err = web.Do(r, x.Plan, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return renderWeek(r, x, "plan", &f, "exchange/week") })
		}
		return r.SeeNote(weekAddress(in.Unit, in.Quarter), "exchange.planned_note", len(v.Groups), len(v.Alone))
	}
}
