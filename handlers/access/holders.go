package access

import (
	"net/url"
	"slices"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
)

type holdersPage struct {
	base
	In      accounts.HoldersInput
	Holders []accounts.HolderView
	Units   []web.Option // one level below the reader's own
	Roles   []web.Option
	Next    string
}

// holders lists who holds what in the reader's units.
func holders(r *web.Request) error {
	page := holdersPage{}
	if err := r.Bind(&page.In); err != nil {
		return err
	}
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := accounts.Holders(tx, by, page.In)
		if err != nil {
			return err
		}
		page.Holders, page.Next = found.Items, nextHolders(page.In, found.Next)
		page.Units, err = below(tx, by)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("rights.holders"), "holders"}
	for _, role := range access.Roles {
		page.Roles = append(page.Roles, web.Option{Value: string(role), Label: page.RoleName(role)})
	}
	return r.Render("access/holders", page)
}

// below lists the townships that the reader looks after, or else his villages.
func below(tx *db.Tx, by access.Actor) ([]web.Option, error) {
	for _, kind := range []org.Kind{org.Township, org.Village} {
		units, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: kind, Limit: 500})
		if err != nil {
			return nil, err
		}
		units.Items = slices.DeleteFunc(units.Items, func(u org.UnitView) bool { return !by.Can(access.AccountsSee, u.Path) })
		if len(units.Items) < 2 {
			continue
		}
		out := make([]web.Option, len(units.Items))
		for i, u := range units.Items {
			out[i] = web.Option{Value: u.ID.String(), Label: u.Name}
		}
		return out, nil
	}
	return nil, nil
}

// nextHolders is the address of what follows, with the same filters.
func nextHolders(in accounts.HoldersInput, next string) string {
	if next == "" {
		return ""
	}
	q := url.Values{"after": {next}}
	for name, v := range map[string]string{"q": in.Q, "role": string(in.Role)} {
		if v != "" {
			q.Set(name, v)
		}
	}
	if !in.Unit.IsZero() {
		q.Set("unit", in.Unit.String())
	}
	if in.Soon {
		q.Set("soon", "true")
	}
	return "/rights/holders?" + q.Encode()
}

// End says in words until when a role is held.
func (b base) End(v accounts.HolderView) string {
	switch {
	case v.Until.IsZero():
		return b.T("rights.no_end")
	case v.DaysLeft == 0:
		return b.T("rights.ends_today")
	case v.Soon:
		return b.T("rights.ends_soon", b.Date(v.Until), v.DaysLeft)
	}
	return b.T("accounts.until_day", b.Date(v.Until))
}

type officePage struct {
	base
	Office accounts.OfficeView
}

func (p *officePage) read(r *web.Request, in accounts.AccountInput) (err error) {
	p.Office, err = web.Ask(r, accounts.Office, in)
	return err
}

// office shows what one account holds.
func office(r *web.Request) error { return showOffice(r, "access/office", "rights.of") }

// endForm asks whether the owner has left office.
func endForm(r *web.Request) error { return showOffice(r, "access/end", "rights.end_all_title") }

func showOffice(r *web.Request, view, title string) error {
	var in accounts.AccountInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	var page officePage
	if err := page.read(r, in); err != nil {
		return err
	}
	page.base = base{r.Base(title, page.Office.Name), ""}
	return r.Render(view, page)
}

func address(a accounts.AccountID) string { return "/rights/accounts/" + a.String() }

// backTo is the account's page, or the list when its last role of the reader's units has ended and he sees it no more.
func backTo(r *web.Request, account accounts.AccountID) string {
	if _, err := web.Ask(r, accounts.Office, accounts.AccountInput{ID: account}); err != nil {
		return "/rights/holders"
	}
	return address(account)
}

func endAll(r *web.Request) error {
	var in accounts.AccountInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := web.Do(r, accounts.EndOffice, in); err != nil {
		return r.Again(err, func(f web.Form) error { return againOffice(r, in.ID, f) })
	}
	return r.SeeNote(backTo(r, in.ID), "rights.ended_all")
}

func end(r *web.Request) error {
	var in accounts.RevokeInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := web.Do(r, accounts.Revoke, in); err != nil {
		return r.Again(err, func(f web.Form) error { return againOffice(r, in.Account, f) })
	}
	return r.SeeNote(backTo(r, in.Account), "rights.ended")
}

// againOffice shows what the account holds, with why nothing was ended.
func againOffice(r *web.Request, account accounts.AccountID, form web.Form) error {
	var page officePage
	if err := page.read(r, accounts.AccountInput{ID: account}); err != nil {
		return err
	}
	page.base = base{r.Base("rights.of", page.Office.Name), ""}
	page.Form = form
	return r.Render("access/office", page)
}

type givePage struct {
	officePage
	Role    access.Role
	Q       string
	Roles   []web.Option
	Places  []web.Option
	More    bool      // there are more places than are shown
	Longest date.Date // the role needs a last day, this one at the latest
}

type giveInput struct {
	Account accounts.AccountID `path:"id"`
	Role    access.Role        `query:"role" form:"role"`
	Q       string             `query:"q" form:"q"`
}

// giveForm asks for the role, then for the unit by a search, then for the last day.
func giveForm(r *web.Request) error {
	var in giveInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return showGive(r, in, nil)
}

// shown is how many places of a search are offered.
const shown = 20

func showGive(r *web.Request, in giveInput, form *web.Form) error {
	page := givePage{Role: in.Role, Q: in.Q}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if err = by.RequireAnywhere(access.AccountsManage); err != nil {
			return err
		}
		if page.Office, err = accounts.Office(tx, by, accounts.AccountInput{ID: in.Account}); err != nil {
			return err
		}
		roles := accounts.Givable(by)
		for _, role := range roles {
			page.Roles = append(page.Roles, web.Option{Value: string(role), Label: r.T("role." + string(role))})
		}
		if !slices.Contains(roles, in.Role) {
			page.Role = ""
			return nil
		}
		if page.Longest, err = accounts.LongestDay(tx, in.Role); err != nil {
			return err
		}
		return page.find(r, tx, by)
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("rights.give_to", page.Office.Name), ""}
	if form != nil {
		page.Form = *form
	} else if len(page.Places) == 1 {
		page.Form = web.FormOf(struct {
			Unit string `form:"unit"`
		}{page.Places[0].Value})
	}
	return r.Render("access/give", page)
}

func (p *givePage) find(r *web.Request, tx *db.Tx, by access.Actor) error {
	found, err := accounts.Places(tx, by, accounts.PlacesInput{Role: p.Role, Q: p.Q, Limit: shown})
	p.More = found.Next != ""
	for _, u := range found.Items {
		label := u.Name
		if u.Above != "" {
			label = r.T("rights.place", u.Name, u.Above)
		}
		p.Places = append(p.Places, web.Option{Value: u.ID.String(), Label: label})
	}
	return err
}

func give(r *web.Request) error {
	var in accounts.GrantInput
	err := r.Bind(&in)
	if err == nil {
		_, err = web.Do(r, accounts.Grant, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error {
			return showGive(r, giveInput{Account: in.Account, Role: access.Role(f.Value("role")), Q: f.Value("q")}, &f)
		})
	}
	return r.SeeNote(address(in.Account), "rights.given")
}
