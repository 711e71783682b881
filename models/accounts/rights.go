package accounts

import (
	"slices"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// RightsView is the whole of who may do what, for everybody to read.
type RightsView struct {
	Roles       []RoleView       `json:"roles"`
	Permissions []PermissionView `json:"permissions"`
}

// RoleView says where a role is held and which roles it gives.
type RoleView struct {
	Role        access.Role   `json:"role"`
	HeldOn      []org.Kind    `json:"held_on"`
	Gives       []access.Role `json:"gives"`
	TimeLimited bool          `json:"time_limited"` // only ever until a day
}

// PermissionView says which roles hold a permission, "public" for everybody.
type PermissionView struct {
	Permission access.Permission `json:"permission"`
	Roles      []access.Role     `json:"roles"`
}

// Rights reads who may do what. Permission: PublicRead.
func Rights(_ *db.Tx, by access.Actor, _ struct{}) (RightsView, error) {
	if err := by.Require(access.PublicRead); err != nil {
		return RightsView{}, err
	}
	var v RightsView
	for _, r := range access.Roles {
		gives := slices.DeleteFunc(slices.Clone(access.Roles), func(to access.Role) bool { return !slices.Contains(gives[r], to) })
		v.Roles = append(v.Roles, RoleView{r, heldOn[r], gives, slices.Contains(access.TimeLimited, r)})
	}
	for _, p := range access.Permissions() {
		v.Permissions = append(v.Permissions, PermissionView{p, access.RolesOf(p)})
	}
	return v, nil
}

// HereInput names a unit or school; without one it is about the system as a whole.
type HereInput struct {
	Unit org.UnitID `query:"unit"`
}

// HereView says what the actor may do at a unit.
type HereView struct {
	Unit UnitRef   `json:"unit"`
	May  []MayView `json:"may"`
}

// MayView is a permission that the actor has at the unit, and by which of his roles.
type MayView struct {
	Permission access.Permission `json:"permission"`
	Everybody  bool              `json:"everybody"` // without signing in, too
	Through    []GrantView       `json:"through"`
}

// Here tells the actor what he may do at a unit, in the order of the matrix. Permission: OrgSee there.
func Here(tx *db.Tx, by access.Actor, in HereInput) (HereView, error) {
	if !by.SignedIn() {
		return HereView{}, fail.NoSignIn("access.sign_in_first")
	}
	if in.Unit.IsZero() {
		var c fail.Check
		c.Add("unit", "input.required")
		return HereView{}, c.Err()
	}
	u, err := org.FindUnit(tx, in.Unit)
	if err != nil {
		return HereView{}, err
	}
	paths := []string{u.Path}
	if u.Kind == org.Site {
		school, err := org.FindSchool(tx, org.UnitSite(u.ID))
		if err != nil {
			return HereView{}, err
		}
		paths = school.Paths()
	}
	if err := by.Require(access.OrgSee, paths...); err != nil {
		return HereView{}, err
	}
	own, err := db.Ask[held](tx, heldQuery, by.Account)
	if err != nil {
		return HereView{}, err
	}
	own = slices.DeleteFunc(own, func(g held) bool { return !g.live(tx.Now) })
	return HereView{Unit: ref(u), May: mayAt(own, paths)}, nil
}

func mayAt(own []held, paths []string) []MayView {
	out := []MayView{}
	for _, p := range access.Permissions() {
		m := MayView{Permission: p, Everybody: access.Allowed(access.Public, p), Through: []GrantView{}}
		for _, g := range own {
			one := access.New(AccountID{}, access.PersonID{}, "", []access.Grant{{Role: g.Role, Path: g.Path}})
			if one.Can(p, paths...) {
				m.Through = append(m.Through, g.view())
			}
		}
		if m.Everybody || len(m.Through) > 0 {
			out = append(out, m)
		}
	}
	return out
}

func ref(u org.Unit) UnitRef { return UnitRef{u.ID, u.Tree, u.Kind, u.Code, u.Name} }

// PlacesInput asks where a role can be given.
type PlacesInput struct {
	Role  access.Role `query:"role"`
	Q     string      `query:"q"`     // name, pinyin, initials or code
	After org.UnitID  `query:"after"` // the last one of the part before
	Limit int         `query:"limit"` // 1–200; 0 means 30
}

// Place is a unit with the one above it, by which two of a name are told apart.
type Place struct {
	UnitRef
	Above string `json:"above"`
}

// Places lists the units on which the actor may give a role, by tree and code. Permission: AccountsManage
// anywhere; nothing is listed for a role that is not the actor's to give.
func Places(tx *db.Tx, by access.Actor, in PlacesInput) (db.Page[Place], error) {
	page := db.Page[Place]{Items: []Place{}}
	if err := by.RequireAnywhere(access.AccountsManage); err != nil {
		return page, err
	}
	if _, known := heldOn[in.Role]; !known {
		var c fail.Check
		c.Add("role", "input.choice")
		return page, c.Err()
	}
	if in.Limit < 1 || in.Limit > 200 {
		in.Limit = 30
	}
	cond, args := db.PathRange("u.path", givenBelow(by, in.Role))
	args = append(args, heldOn[in.Role])
	if term := lang.SearchTerm(in.Q); term != "" {
		like, arg := db.Like("u.search_key", term)
		cond, args = cond+" AND u.kind IN ? AND "+like, append(args, arg)
	} else {
		cond += " AND u.kind IN ?"
	}
	if !in.After.IsZero() {
		last, err := org.FindUnit(tx, in.After)
		if err != nil {
			return page, err
		}
		cond, args = cond+" AND u.path > ?", append(args, last.Path)
	}
	rows, err := db.Ask[Place](tx, "SELECT u.id, u.tree, u.kind, u.code, u.name, COALESCE(a.name, '') AS above FROM units u "+
		"LEFT JOIN units a ON a.id = u.parent_id WHERE "+cond+" ORDER BY u.path LIMIT ?", append(args, in.Limit+1)...)
	if err != nil {
		return page, err
	}
	page.Items = rows[:min(len(rows), in.Limit)]
	if len(rows) > in.Limit {
		page.Next = page.Items[in.Limit-1].ID.String()
	}
	return page, nil
}

// givenBelow are the subtrees in which the actor may give the role.
func givenBelow(by access.Actor, role access.Role) access.Scope {
	if by.Job() != "" {
		return access.Scope{All: true}
	}
	var s access.Scope
	for _, g := range by.Grants() {
		if slices.Contains(gives[g.Role], role) {
			s.Paths = append(s.Paths, g.Path)
		}
	}
	return s
}

// Givable lists the roles that the actor may give somewhere, in the order of access.Roles.
func Givable(by access.Actor) []access.Role {
	out := []access.Role{}
	for _, role := range access.Roles {
		if !givenBelow(by, role).Empty() {
			out = append(out, role)
		}
	}
	return out
}
