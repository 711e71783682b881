package people

import (
	"net/url"
	"slices"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

type listPage struct {
	web.Base
	In                               people.ListInput
	Site                             org.School // zero unless the list is of one school's roster
	People                           []people.View
	Next                             string
	MayAdd, MayMerge, MaySee         bool
	MayHouses                        bool // households are of villages
	MayAbsences                      bool
	Waiting                          int // noted as away or gone, for the reader to confirm
	Units, Branches, Standings, Life []web.Option
	Offices                          []web.Option
}

// Filtered reports that the list is not of everybody.
func (p listPage) Filtered() bool {
	return p.In.Unit != "" || p.In.Branch != "" || p.In.Standing != "" || p.In.Life != "" || p.In.Office != ""
}

func list(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.ListInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		if _, err := r.Signed(); err != nil {
			return err
		}
		page := listPage{In: in}
		err := r.Read(func(tx *db.Tx, by access.Actor) error {
			found, err := a.List(tx, by, in)
			if err != nil {
				return err
			}
			page.People = found.Items
			page.MayAdd, page.MayMerge = !by.Visible(access.PeopleEdit).Empty(), !by.Visible(access.PeopleMerge).Empty()
			page.MayHouses = people.SeesHouseholds(by)
			page.MayAbsences = in.Site.IsZero() && !by.Visible(access.AbsencesSee).Empty()
			page.MaySee = !by.Visible(access.PeopleSee).Empty()
			if found.Next != "" {
				page.Next = "/people?" + page.query(found.Next).Encode()
			}
			if !in.Site.IsZero() {
				page.Site, err = org.FindSchool(tx, in.Site)
				return err
			}
			if page.MayAdd {
				waiting, err := people.Unconfirmed(tx, by, people.UnconfirmedInput{})
				if err != nil {
					return err
				}
				page.Waiting = len(waiting.Items)
			}
			return page.filters(tx, by)
		})
		if err != nil {
			return err
		}
		page.Base = r.Base("people.title")
		page.Units, page.Branches = first(page.Units, page.T("people.all_villages")), first(page.Branches, page.T("people.all_branches"))
		page.Standings = first(standings(page.Base), page.T("people.all_standings"))
		page.Life = first(lives(page.Base), page.T("people.all_lives"))
		page.Offices = append([]web.Option{{Label: page.T("people.all_offices")}, {Value: people.AnyOffice, Label: page.T("people.office_any")}}, offices(page.Base)...)
		page.Form = web.Form{Values: url.Values{
			"unit": {in.Unit}, "branch": {in.Branch}, "standing": {string(in.Standing)}, "life": {string(in.Life)}, "office": {in.Office},
		}}
		return r.Render("people/list", page)
	}
}

// Asked is what narrows the list, for the export.
func (p listPage) Asked() []web.FieldError {
	var out []web.FieldError
	for name, v := range p.query("") {
		out = append(out, web.FieldError{Name: name, Text: v[0]})
	}
	return out
}

func (p *listPage) query(after string) url.Values {
	q := url.Values{}
	for name, v := range map[string]string{
		"site": p.In.Site.String(), "unit": p.In.Unit, "branch": p.In.Branch, "q": p.In.Q, "standing": string(p.In.Standing), "life": string(p.In.Life), "office": p.In.Office, "after": after,
	} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return q
}

// filters offers the villages and branches that the reader answers for; to one who answers for a county its townships and
// their committees, and below the chosen one its villages.
func (p *listPage) filters(tx *db.Tx, by access.Actor) error {
	if !p.MaySee {
		return nil
	}
	scope := by.Visible(access.PeopleSee)
	village, branch := org.Village, org.Branch
	if by.Has(access.County, access.Auditor) {
		village, branch = org.Township, org.TownshipCommittee
	}
	offer := func(tree org.Tree, kind org.Kind, under string) ([]web.Option, error) {
		units, err := org.Units(tx, by, org.UnitsInput{Tree: tree, Kind: kind, Under: under})
		var out []web.Option
		for _, u := range units.Items {
			if scope.Contains(u.Path) {
				out = append(out, web.Option{Value: u.Code, Label: u.Name})
			}
		}
		return out, err
	}
	var err error
	if p.Units, err = offer(org.Administrative, village, ""); err != nil {
		return err
	}
	if p.Branches, err = offer(org.Party, branch, ""); err != nil {
		return err
	}
	chosen := p.In.Unit
	if chosen == "" && village == org.Village && len(p.Units) == 1 { // a village's own
		chosen = p.Units[0].Value
	}
	if chosen == "" {
		return nil
	}
	chain, err := chainOf(tx, chosen)
	if err != nil {
		return err
	}
	for _, u := range slices.Backward(chain) { // below the chosen township its villages, below the chosen village its groups
		next := map[org.Kind]org.Kind{org.Township: org.Village, org.Village: org.VillageGroup}[u.Kind]
		if next == "" || next == village {
			continue
		}
		below, err := offer(org.Administrative, next, u.Code)
		if err != nil {
			return err
		}
		for i := range below {
			below[i].Label = u.Name + " " + below[i].Label
		}
		p.Units = append(p.Units, below...)
	}
	return nil
}

// chainOf is the unit with the code and those above it, nearest first.
func chainOf(tx *db.Tx, code string) ([]org.Unit, error) {
	u, err := org.FindCode(tx, org.Administrative, code)
	if err != nil {
		return nil, err
	}
	return org.Chain(tx, u.ID)
}
