package people

import (
	"net/url"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

type householdsPage struct {
	web.Base
	In     people.HouseholdsInput
	List   []people.HouseholdView
	Next   string
	MayAdd bool
}

func households(r *web.Request) error {
	var in people.HouseholdsInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := householdsPage{In: in}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := people.Households(tx, by, in)
		page.List, page.MayAdd = found.Items, !by.Visible(access.PeopleEdit).Empty()
		if found.Next != "" {
			page.Next = "/households?" + url.Values{"q": {in.Q}, "unit": {in.Unit}, "after": {found.Next}}.Encode()
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("people.households")
	return r.Render("people/households", page)
}

type householdPage struct {
	web.Base
	Household people.HouseholdView
	MayEdit   bool
	Q         string
	Found     []people.View // of the village, to be added
	Villages  []web.Option
}

type householdQuery struct {
	ID people.HouseholdID `path:"id"`
	Q  string             `query:"q" form:"q"`
}

func household(r *web.Request) error {
	var in householdQuery
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showHousehold(r, in, nil)
}

func showHousehold(r *web.Request, in householdQuery, form *web.Form) error {
	page := householdPage{Q: in.Q}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Household, err = people.GetHousehold(tx, by, people.HouseholdInput{ID: in.ID}); err != nil {
			return err
		}
		village, err := org.FindUnit(tx, page.Household.VillageID)
		if err != nil {
			return err
		}
		page.MayEdit = by.Can(access.PeopleEdit, village.Path)
		if in.Q == "" || !page.MayEdit {
			return nil
		}
		found, err := people.List(tx, by, people.ListInput{Q: in.Q, Unit: village.Code, Limit: 30})
		for _, v := range found.Items {
			if v.HouseholdID != page.Household.ID {
				page.Found = append(page.Found, v)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("people.household_title", page.Household.Name)
	page.Form = web.FormOf(people.EditHouseholdInput{Name: page.Household.Name, Code: page.Household.Code})
	if form != nil {
		page.Form = *form
	}
	return r.Render("people/household", page)
}

func newHousehold(r *web.Request) error { return showNewHousehold(r, web.Form{}) }

func showNewHousehold(r *web.Request, form web.Form) error {
	var page householdPage
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err := by.RequireAnywhere(access.PeopleEdit); err != nil {
			return err
		}
		page.Villages, err = options(tx, by, org.Administrative, org.Village, access.PeopleEdit)
		return err
	})
	if err != nil {
		return err
	}
	page.Base, page.Form = r.Base("people.household_add"), form
	return r.Render("people/new-household", page)
}

func addHousehold(r *web.Request) error {
	var in people.AddHouseholdInput
	err := r.Bind(&in)
	var v people.HouseholdView
	if err == nil {
		v, err = web.Do(r, people.AddHousehold, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showNewHousehold(r, f) })
	}
	return r.SeeNote("/households/"+v.ID.String(), "people.household_kept")
}

// actHousehold answers one of the forms on a household's page.
func actHousehold[In any](op web.Op[In, people.HouseholdView]) web.PageFunc {
	return func(r *web.Request) error {
		var at householdQuery
		if err := r.Bind(&at); err != nil {
			return err
		}
		var in In
		err := r.Bind(&in)
		if err == nil {
			_, err = web.Do(r, op, in)
		}
		if err != nil {
			return r.Again(err, func(f web.Form) error { return showHousehold(r, at, &f) })
		}
		return r.SeeNote("/households/"+at.ID.String(), "people.household_kept")
	}
}

func dropHousehold(r *web.Request) error {
	var in people.HouseholdInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, people.DropHousehold, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showHousehold(r, householdQuery{ID: in.ID}, &f) })
	}
	return r.SeeNote("/households", "people.household_dropped")
}
