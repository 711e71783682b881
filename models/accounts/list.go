package accounts

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// View is an account as those see it who look after it. It does not tell whether or when anyone signs in.
type View struct {
	ID       AccountID       `json:"id"`
	Username string          `json:"username"`
	Name     string          `json:"name"`
	Person   access.PersonID `json:"person,omitzero"`
	Disabled bool            `json:"disabled"`
	Grants   []GrantView     `json:"grants"`
	EndsOn   date.Date       `json:"ends_on,omitzero"` // last day in office
}

// GrantView is a role on a unit.
type GrantView struct {
	ID    GrantID     `json:"id"`
	Role  access.Role `json:"role"`
	Unit  UnitRef     `json:"unit"`
	Until date.Date   `json:"until,omitzero"` // last day
}

// Held is a role with the units on which it is held until one day: an office has its own in both trees.
type Held struct {
	Role  access.Role
	Units []string
	Until date.Date
}

// Together puts the grants of one role and one last day together, in their order, for people to read.
func Together(grants []GrantView) []Held {
	var out []Held
	for _, g := range grants {
		i := slices.IndexFunc(out, func(h Held) bool { return h.Role == g.Role && h.Until == g.Until })
		if i < 0 {
			i, out = len(out), append(out, Held{Role: g.Role, Until: g.Until})
		}
		out[i].Units = append(out[i].Units, g.Unit.Name)
	}
	return out
}

// Held is [Together] of the account's grants.
func (v View) Held() []Held { return Together(v.Grants) }

// UnitRef names a unit.
type UnitRef struct {
	ID   org.UnitID `json:"id"`
	Tree org.Tree   `json:"tree"`
	Kind org.Kind   `json:"kind"`
	Code string     `json:"code"`
	Name string     `json:"name"`
}

func (g held) view() GrantView {
	v := GrantView{ID: g.ID, Role: g.Role, Unit: UnitRef{g.UnitID, g.Tree, g.Kind, g.Code, g.Name}}
	if g.ExpiresAt != nil {
		v.Until = date.Of(g.ExpiresAt.Add(-time.Millisecond))
	}
	return v
}

func wrap(err error) error { return fmt.Errorf("accounts: %w", err) }

func readHeld(tx *db.Tx, account AccountID) (holder, error) {
	row, err := db.One[accountRow](tx.Where("id = ?", account), "accounts.missing")
	if err != nil {
		return holder{}, err
	}
	return hold(tx, row)
}

// read reads an account for an actor who has been let through.
func read(tx *db.Tx, account AccountID) (View, error) {
	h, err := readHeld(tx, account)
	return h.view(), err
}

func (h holder) view() View {
	r := h.row
	v := View{r.ID, r.Username, r.Name, id.Or(r.PersonID), r.DisabledAt != nil, make([]GrantView, len(h.grants)), r.EndsOn}
	for i, g := range h.grants {
		v.Grants[i] = g.view()
	}
	return v
}

// AccountInput names an account.
type AccountInput struct {
	ID AccountID `path:"id" json:"-"`
}

// Get reads an account. Permission: AccountsSee where it holds a grant; one may see those that one made.
func Get(tx *db.Tx, by access.Actor, in AccountInput) (View, error) {
	h, err := readHeld(tx, in.ID)
	if err == nil {
		err = h.requireSeen(by)
	}
	if err != nil {
		return View{}, err
	}
	return h.view(), nil
}

// ListInput narrows the list of accounts.
type ListInput struct {
	Role  access.Role `query:"role"`
	Q     string      `query:"q"`     // in the name or the user name
	After string      `query:"after"` // user name
	Limit int         `query:"limit"` // 1–200; 0 means 50
}

// List lists the accounts that hold a grant where the actor holds AccountsSee, and those that he made, by user name.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[View], error) {
	q, err := listed(tx, by, org.UnitID{})
	if err != nil {
		return db.Page[View]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	q = q.Where("username > ?", in.After)
	if in.Role != "" {
		q = q.Where("id IN (SELECT account_id FROM grants WHERE role = ?)", in.Role)
	}
	if in.Q != "" {
		name, arg := db.Like("name", in.Q)
		username, folded := db.Like("username", fold(in.Q))
		q = q.Where("("+name+" OR "+username+")", arg, folded)
	}
	rows, err := db.All[accountRow](q.Order("username").Limit(limit + 1))
	if err != nil {
		return db.Page[View]{}, err
	}
	return page(tx, rows, limit)
}

// listed is a query of the accounts that the actor may know of, with a role on the unit or below it, where one is named.
func listed(tx *db.Tx, by access.Actor, below org.UnitID) (*gorm.DB, error) {
	if err := by.RequireAnywhere(access.AccountsSee); err != nil {
		return nil, err
	}
	scope := by.Visible(access.AccountsSee)
	q := tx.DB
	if !scope.All && !by.Has(access.County) {
		cond, args := db.PathRange("u.path", scope)
		q = q.Where("(id IN (SELECT g.account_id FROM grants g JOIN units u ON u.id = g.unit_id WHERE "+cond+") OR made_by = ?)",
			append(args, by.Account)...)
	}
	if below.IsZero() {
		return q, nil
	}
	u, err := org.FindUnit(tx, below)
	if err == nil {
		err = by.Require(access.AccountsSee, u.Path)
	}
	if err != nil {
		return nil, err
	}
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{u.Path}})
	return q.Where("id IN (SELECT g.account_id FROM grants g JOIN units u ON u.id = g.unit_id WHERE "+cond+")", args...), nil
}

// page joins the grants of a page's accounts in one query.
func page(tx *db.Tx, rows []accountRow, limit int) (db.Page[View], error) {
	p := db.Page[View]{Items: make([]View, 0, limit)}
	if len(rows) > limit {
		rows = rows[:limit]
		p.Next = rows[limit-1].Username
	}
	ids := make([]AccountID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	type line struct {
		Held      held `gorm:"embedded"`
		AccountID AccountID
	}
	grants, err := db.Ask[line](tx, "SELECT g.id, g.role, g.unit_id, u.code, u.name, u.kind, u.tree, u.path, g.expires_at, g.account_id "+
		"FROM grants g JOIN units u ON u.id = g.unit_id WHERE g.account_id IN ? ORDER BY g.granted_at, g.id", append(ids, AccountID{}))
	if err != nil {
		return p, err
	}
	of := map[AccountID][]held{}
	for _, g := range grants {
		of[g.AccountID] = append(of[g.AccountID], g.Held)
	}
	for _, r := range rows {
		p.Items = append(p.Items, holder{row: r, grants: of[r.ID]}.view())
	}
	return p, nil
}

// ByUsername finds an account by its user name. Only a job may: a command on the server.
func ByUsername(tx *db.Tx, by access.Actor, username string) (AccountID, error) {
	if err := by.RequireJob(); err != nil {
		return AccountID{}, err
	}
	row, err := db.One[accountRow](tx.Where("username = ?", fold(username)), "accounts.missing")
	return row.ID, err
}

// MeView is the actor's own account.
type MeView struct {
	Name     string          `json:"name"`
	Username string          `json:"username"`
	Person   access.PersonID `json:"person,omitzero"`
	Roles    []access.Role   `json:"roles"`
	Units    []UnitRef       `json:"units"`  // those that the roles are held on
	Grants   []GrantView     `json:"grants"` // which role on which
	Prefs
}

// Held is [Together] of one's own grants.
func (v MeView) Held() []Held { return Together(v.Grants) }

// Me reads the actor's own account with the grants that have not expired. Permission: being signed in.
func Me(tx *db.Tx, by access.Actor, _ struct{}) (MeView, error) {
	if !by.SignedIn() {
		return MeView{}, fail.NoSignIn("access.sign_in_first")
	}
	h, err := readHeld(tx, by.Account)
	if err != nil {
		return MeView{}, err
	}
	r := h.row
	v := MeView{
		Name: r.Name, Username: r.Username, Person: id.Or(r.PersonID), Roles: []access.Role{}, Units: []UnitRef{}, Grants: []GrantView{},
		Prefs: Prefs{r.Language, r.Elder},
	}
	for _, g := range h.grants {
		if !g.live(tx.Now) {
			continue
		}
		gv := g.view()
		v.Grants = append(v.Grants, gv)
		v.Roles = once(v.Roles, gv.Role)
		v.Units = once(v.Units, gv.Unit)
	}
	return v, nil
}

func once[T comparable](list []T, v T) []T {
	for _, have := range list {
		if have == v {
			return list
		}
	}
	return append(list, v)
}
