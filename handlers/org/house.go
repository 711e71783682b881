package org

import (
	"net/url"
	"strconv"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

type equipmentPage struct {
	web.Base
	Site       org.SiteView
	Kinds      []string
	Conditions []web.Option
	Networks   []web.Option
}

// FieldLabel names a field of one of the things, too.
func (p equipmentPage) FieldLabel(name string) string { return thingLabel(p.Base, name) }

// thingLabel names a field of a list of things with the thing: "count_key" is "钥匙 · 数量：".
func thingLabel(b web.Base, name string) string {
	field, kind, _ := strings.Cut(name, "_")
	word := map[string]string{"count": "org.how_many", "state": "org.condition", "note": "org.item_note"}[field]
	if thing := "org.thing." + kind; word != "" && b.Has(thing) {
		return b.T(thing) + " · " + b.T(word) + b.T("layout.colon")
	}
	return b.FieldLabel(name)
}

func equipment(r *web.Request) error { return showEquipment(r, nil) }

func showEquipment(r *web.Request, form *web.Form) error {
	var in org.GetSiteInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := equipmentPage{Kinds: org.Equipment}
	var has org.EquipmentView
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Site, err = org.GetSite(tx, by, in); err != nil {
			return err
		}
		school, err := org.FindSchool(tx, in.ID)
		if err == nil {
			err = by.Require(access.SitesEquip, school.Paths()...)
		}
		if err == nil {
			has, err = org.GetEquipment(tx, by, in)
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.equipment_title", page.Site.Name)
	page.Conditions = options(page.Base, "org.condition.", org.Conditions)
	page.Networks = append([]web.Option{{Label: page.T("org.network_unknown")}}, options(page.Base, "org.network_", org.Networks)...)
	page.Form = equipmentForm(has)
	if form != nil {
		page.Form = *form
	}
	return r.Render("org/equipment", page)
}

func options(b web.Base, prefix string, values []string) []web.Option {
	out := make([]web.Option, len(values))
	for i, v := range values {
		out[i] = web.Option{Value: v, Label: b.T(prefix + v)}
	}
	return out
}

func equipmentForm(v org.EquipmentView) web.Form {
	f := web.Form{Values: url.Values{"network": {v.Network}, "notes": {v.Notes}}}
	if v.Seats > 0 {
		f.Values.Set("seats", strconv.Itoa(v.Seats))
	}
	for _, i := range v.Items {
		f.Values.Set("count_"+i.Kind, strconv.Itoa(i.Count))
		f.Values.Set("state_"+i.Kind, i.State)
		f.Values.Set("note_"+i.Kind, i.Note)
	}
	return f
}

// count reads how many of a thing there are; nothing typed is 0.
func count(c *fail.Check, form url.Values, name string) int {
	text := strings.TrimSpace(form.Get(name))
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	c.If(err != nil, name, "input.number")
	return n
}

func saveEquipment(r *web.Request) error {
	var in org.SetEquipmentInput
	err := r.Bind(&in)
	if err == nil {
		var c fail.Check
		for _, kind := range org.Equipment {
			i := org.Item{Kind: kind, Count: count(&c, r.Form(), "count_"+kind), State: r.Form().Get("state_" + kind), Note: r.Form().Get("note_" + kind)}
			if r.Form().Get("count_"+kind) != "" || i.Note != "" {
				in.Items = append(in.Items, i)
			}
		}
		err = c.Err()
	}
	if err == nil {
		_, err = web.Do(r, org.SetEquipment, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showEquipment(r, &f) })
	}
	return r.SeeNote("/sites/"+in.Site.String(), "org.equipment_kept")
}

type dutiesPage struct {
	web.Base
	Site     org.SiteView
	Duties   org.DutiesView
	Host     string
	Head     string
	Township org.Unit
	MayEdit  bool
	Today    date.Date
}

// duties shows a school's duties, to print and sign.
func duties(r *web.Request) error {
	var in org.GetSiteInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := dutiesPage{Today: date.Of(r.App.DB.Now())}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Site, err = org.GetSite(tx, by, in); err != nil {
			return err
		}
		if page.Duties, err = org.DutiesOf(tx, by, in); err != nil {
			return err
		}
		chain, err := org.Chain(tx, org.SiteUnit(in.ID))
		if err != nil {
			return err
		}
		page.Township = chain[2]
		page.MayEdit = by.Can(access.OrgEdit, page.Township.Path)
		school, err := org.FindSchool(tx, in.ID)
		if err != nil || !by.Can(access.PeopleNames, school.Paths()...) {
			return err
		}
		holders, err := people.Holders(tx, in.ID, tx.Today())
		for _, h := range holders {
			if h.Post == people.Host {
				page.Host = h.Name
			} else {
				page.Head = h.Name
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.duties_title", page.Site.Name)
	return r.Render("org/duties", page)
}

type linesPage struct {
	web.Base
	Township org.Unit
	Duties   org.DutiesView
}

type linesForm struct {
	ID    org.UnitID `path:"id"`
	Lines string     `form:"lines"`
}

func dutyLines(r *web.Request) error { return showLines(r, nil) }

func showLines(r *web.Request, form *web.Form) error {
	var in org.TownshipInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := linesPage{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Duties, err = org.GetDuties(tx, by, in); err != nil {
			return err
		}
		if page.Township, err = org.FindUnit(tx, in.ID); err == nil {
			err = by.Require(access.OrgEdit, page.Township.Path)
		}
		return err
	})
	if err != nil {
		return err
	}
	page.Base = r.Base("org.duty_lines_title", page.Township.Name)
	page.Form = web.FormOf(linesForm{Lines: strings.Join(page.Duties.Lines, "\n")})
	if form != nil {
		page.Form = *form
	}
	return r.Render("org/lines", page)
}

func saveDutyLines(r *web.Request) error {
	var in linesForm
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, org.SetDuties, org.SetDutiesInput{Township: in.ID, Lines: strings.Split(strings.ReplaceAll(in.Lines, "\r", ""), "\n")})
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return showLines(r, &f) })
	}
	return r.SeeNote("/townships/"+in.ID.String()+"/duties", "org.duty_lines_kept")
}
