package access

import (
	"slices"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/org"
)

type tablePage struct {
	base
	Role     access.Role // whose permissions are read out; "" for the whole table alone
	Roles    []access.Role
	Options  []web.Option
	Sections []section
	One      []section // what the role may
	About    accounts.RoleView
	Rights   accounts.RightsView
}

type tableInput struct {
	Role access.Role `query:"role"`
}

// table is the whole matrix, and one role of it read out in sentences, which is what fits a phone.
func table(r *web.Request) error {
	var in tableInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := tablePage{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		page.Rights, err = accounts.Rights(tx, by, struct{}{})
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("rights.title"), "table"}
	page.Roles = append(slices.Clone(access.Roles), access.Public)
	page.Role = in.Role
	if !slices.Contains(page.Roles, in.Role) {
		page.Role = first(r.Actor)
	}
	for _, role := range page.Roles {
		page.Options = append(page.Options, web.Option{Value: string(role), Label: page.RoleName(role)})
	}
	page.Sections = sections(page.Lang, page.Rights.Permissions)
	page.One = sections(page.Lang, slices.DeleteFunc(slices.Clone(page.Rights.Permissions), func(p accounts.PermissionView) bool {
		return !slices.Contains(p.Roles, page.Role)
	}))
	for _, role := range page.Rights.Roles {
		if role.Role == page.Role {
			page.About = role
		}
	}
	return r.Render("access/table", page)
}

// first is the reader's own first role.
func first(by access.Actor) access.Role {
	for _, r := range access.Roles {
		if by.Has(r) {
			return r
		}
	}
	return access.Public
}

// Columns is how wide the whole table is.
func (p tablePage) Columns() int { return len(p.Roles) + 1 }

// May reports whether a role stands in a row.
func (tablePage) May(p accounts.PermissionView, r access.Role) bool {
	return slices.Contains(p.Roles, r)
}

// Names joins the names of roles.
func (p tablePage) Names(roles []access.Role) string {
	out := ""
	for i, r := range roles {
		if i > 0 {
			out += p.T("rights.and")
		}
		out += p.RoleName(r)
	}
	return out
}

// Kinds joins the kinds of unit that a role is held on.
func (p tablePage) Kinds(kinds []org.Kind) string {
	out := ""
	for i, k := range kinds {
		if i > 0 {
			out += p.T("rights.and")
		}
		out += p.T("rights.kind." + string(k))
	}
	return out
}

type herePage struct {
	base
	Me       accounts.MeView
	Here     accounts.HereView
	Sections []hereSection
}

type hereSection struct {
	Title string
	Items []accounts.MayView
}

// here says what the reader may do at a unit; without one it lists those that he holds a role on.
func here(r *web.Request) error {
	var in accounts.HereInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	page := herePage{}
	err := r.Read(func(tx *db.Tx, by access.Actor) (err error) {
		if page.Me, err = accounts.Me(tx, by, struct{}{}); err != nil || in.Unit.IsZero() {
			return err
		}
		page.Here, err = accounts.Here(tx, by, in)
		return err
	})
	if err != nil {
		return err
	}
	page.base = base{r.Base("rights.mine"), "here"}
	for _, m := range page.Here.May {
		title := page.T("rights.area." + area(m.Permission))
		if n := len(page.Sections); n == 0 || page.Sections[n-1].Title != title {
			page.Sections = append(page.Sections, hereSection{Title: title})
		}
		s := &page.Sections[len(page.Sections)-1]
		s.Items = append(s.Items, m)
	}
	return r.Render("access/here", page)
}
