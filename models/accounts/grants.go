package accounts

import (
	"slices"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
)

// held is a grant with its unit.
type held struct {
	ID        GrantID
	Role      access.Role
	UnitID    org.UnitID
	Code      string
	Name      string
	Kind      org.Kind
	Tree      org.Tree
	Path      string
	ExpiresAt *time.Time
}

// live reports whether the grant has not expired.
func (g held) live(now time.Time) bool { return g.ExpiresAt == nil || g.ExpiresAt.After(now) }

// county reports whether the grant steers the whole county.
func (g held) county() bool { return g.Role == access.County && g.Kind == org.County }

const heldQuery = "SELECT g.id, g.role, g.unit_id, u.code, u.name, u.kind, u.tree, u.path, g.expires_at FROM grants g " +
	"JOIN units u ON u.id = g.unit_id WHERE g.account_id = ? ORDER BY g.granted_at, g.id"

// holder is an account with its grants, expired ones included.
type holder struct {
	row    accountRow
	grants []held
	home   []string // where a person lives, belongs and attends whose account holds nothing; empty for any other
}

// lockHeld locks an account and reads it with its grants.
func lockHeld(tx *db.Tx, account AccountID) (holder, error) {
	row, err := lock(tx, account)
	if err != nil {
		return holder{}, err
	}
	return hold(tx, row)
}

// hold reads what an account holds.
func hold(tx *db.Tx, row accountRow) (h holder, err error) {
	h.row = row
	if h.grants, err = db.Ask[held](tx, heldQuery, row.ID); err != nil || len(h.grants) > 0 || row.PersonID == nil {
		return h, err
	}
	_, h.home, err = homeOf(tx, *row.PersonID)
	return h, err
}

// homeOf reads a person and where he lives, belongs and attends.
func homeOf(tx *db.Tx, person access.PersonID) (p people.Person, paths []string, err error) {
	if p, err = people.Find(tx, person); err != nil {
		return p, nil, err
	}
	schools, err := people.Schools(tx, person, tx.Today())
	paths = p.Home()
	for _, s := range schools {
		paths = append(paths, s.Path)
	}
	return p, paths, err
}

// seen reports whether the actor may know of the account: where it holds a grant, or when it holds none, where its owner is at
// home; because he made it, or as the county.
func (h holder) seen(by access.Actor) bool {
	own := by.SignedIn() && id.Or(h.row.MadeBy) == by.Account
	return own || len(h.home) > 0 && by.Can(access.AccountsSee, h.home...) || by.Job() != "" || by.Has(access.County) || slices.ContainsFunc(h.grants, func(g held) bool {
		return by.Can(access.AccountsSee, g.Path)
	})
}

// requireSeen is not_found for an account that the actor may not know of.
func (h holder) requireSeen(by access.Actor) error {
	if h.seen(by) {
		return nil
	}
	return by.Require(access.AccountsSee)
}

// requireOver asks for the right to close the account or to let its owner in again: everything that
// it may do must be the actor's to give, or it would be a way to borrow a higher account.
func (h holder) requireOver(by access.Actor) error {
	if err := h.requireSeen(by); err != nil {
		return err
	}
	if by.Job() == "" && by.Visible(access.AccountsManage).Empty() {
		return fail.Forbidden("access.forbidden")
	}
	for _, g := range h.grants {
		if !mayGive(by, g.Role, g.Path) {
			return fail.Forbidden("accounts.not_yours_to_give")
		}
	}
	return nil
}

// keepCounty refuses to take away the last account that can steer the county. It locks the county's
// unit, so that of two accounts that close each other one stays.
func (h holder) keepCounty(tx *db.Tx, taken ...held) error {
	i := slices.IndexFunc(taken, func(g held) bool { return g.county() && g.live(tx.Now) })
	if i < 0 || h.row.DisabledAt != nil {
		return nil
	}
	if _, err := org.LockUnit(tx, taken[i].UnitID); err != nil {
		return err
	}
	other, err := otherCounty(tx, h.row.ID)
	if err == nil && !other {
		err = fail.Conflict("accounts.last_county")
	}
	return err
}

// GrantInput gives an account a role on a unit and all below it.
type GrantInput struct {
	Account AccountID   `path:"id" json:"-"`
	Role    access.Role `json:"role" form:"role"`
	Unit    org.UnitID  `json:"unit" form:"unit"`
	Until   date.Date   `json:"until" form:"until"` // last day; zero for no end, which a role that is for a time does not have, see [Terms]
}

// Grant gives a role, or changes how long it is held. Locks the account. Permission: AccountsManage on the unit, and
// never beyond one's own: the county gives every role, a township those below it, a village those of its schools; no
// longer than the giver's own lasts, and one that is for a time no longer than [Terms]. The account must be one that the actor may know of.
func Grant(tx *db.Tx, by access.Actor, in GrantInput) (View, error) {
	h, err := lockHeld(tx, in.Account)
	if err == nil {
		err = h.requireSeen(by)
	}
	if err != nil {
		return View{}, err
	}
	unit, err := grantUnit(tx, by, in)
	if err != nil {
		return View{}, err
	}
	g := grantRow{
		ID: id.New[grantTag](), AccountID: in.Account, Role: in.Role, UnitID: unit.ID, GrantedBy: by.Account.Ptr(), GrantedAt: tx.Now,
	}
	if !in.Until.IsZero() {
		t := in.Until.AddDays(1).At(0, 0)
		g.ExpiresAt = &t
	}
	i := slices.IndexFunc(h.grants, func(have held) bool { return have.Role == in.Role && have.UnitID == unit.ID })
	switch {
	case i < 0:
		err = insertGrant(tx, by, g)
	default:
		err = renew(tx, by, h, h.grants[i], g)
	}
	if err != nil {
		return View{}, err
	}
	return read(tx, in.Account)
}

// grantUnit checks the input and the right to give the role on the unit.
func grantUnit(tx *db.Tx, by access.Actor, in GrantInput) (org.Unit, error) {
	var c fail.Check
	kinds, known := heldOn[in.Role]
	c.If(!known, "role", "input.choice")
	if c.If(in.Unit.IsZero(), "unit", "input.required") {
		return org.Unit{}, c.Err()
	}
	u, err := org.FindUnit(tx, in.Unit)
	if err != nil {
		return u, err
	}
	if err := by.Require(access.AccountsManage, u.Path); err != nil {
		return u, err
	}
	c.If(known && !slices.Contains(kinds, u.Kind), "unit", "accounts.wrong_unit")
	if err := c.Err(); err != nil {
		return u, err
	}
	if !mayGive(by, in.Role, u.Path) {
		return u, fail.Forbidden("accounts.not_yours_to_give")
	}
	c.If(!in.Until.IsZero() && in.Until.Before(tx.Today()), "until", "accounts.until_past")
	c.If(in.Until.IsZero() && slices.Contains(access.TimeLimited, in.Role), "until", "accounts.until_needed")
	longest, err := LongestDay(tx, in.Role)
	if err != nil {
		return u, err
	}
	c.If(!longest.IsZero() && in.Until.After(longest), "until", "accounts.until_too_long", longest.String())
	last, err := lastDay(tx, by, in.Role, u.Path)
	if err != nil {
		return u, err
	}
	c.If(!last.IsZero() && (in.Until.IsZero() || in.Until.After(last)), "until", "accounts.beyond_own", last.String())
	return u, c.Err()
}

// lastDay is the last day of the actor's own right to give the role on the path, zero for no end.
func lastDay(tx *db.Tx, by access.Actor, role access.Role, path string) (date.Date, error) {
	own, err := db.Ask[held](tx, heldQuery, by.Account)
	var last date.Date
	for _, g := range own {
		if !g.live(tx.Now) || !strings.HasPrefix(path, g.Path) || !slices.Contains(gives[g.Role], role) {
			continue
		}
		if g.ExpiresAt == nil {
			return date.Date{}, err
		}
		if d := date.Of(g.ExpiresAt.Add(-time.Millisecond)); d.After(last) {
			last = d
		}
	}
	return last, err
}

func insertGrant(tx *db.Tx, by access.Actor, g grantRow) error {
	if err := db.Insert(tx, &g); err != nil {
		return err
	}
	change := audit.Changes{}.Code("role", "", string(g.Role)).ID("unit_id", org.UnitID{}, g.UnitID).Code("expires", "", moment(g.ExpiresAt))
	return audit.Add(tx, by, audit.Row{Act: "account.grant", Object: "account", ID: g.AccountID, Unit: audit.Unit(g.UnitID), Change: change})
}

// renew changes how long a grant is held; the same again changes nothing.
func renew(tx *db.Tx, by access.Actor, h holder, old held, g grantRow) error {
	change := audit.Changes{}.Code("expires", moment(old.ExpiresAt), moment(g.ExpiresAt))
	if change.Empty() {
		return nil
	}
	if g.ExpiresAt != nil {
		if err := h.keepCounty(tx, old); err != nil {
			return err
		}
	}
	_, err := db.Set(tx.Model(&grantRow{}).Where("id = ?", old.ID),
		map[string]any{"expires_at": g.ExpiresAt, "granted_by": g.GrantedBy, "granted_at": g.GrantedAt})
	if err != nil {
		return err
	}
	return audit.Add(tx, by, audit.Row{Act: "account.grant", Object: "account", ID: g.AccountID, Unit: audit.Unit(g.UnitID), Change: change})
}

func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// RevokeInput takes a role away.
type RevokeInput struct {
	Account AccountID `path:"id" json:"-"`
	Grant   GrantID   `path:"grant" json:"-"`
}

// Revoke takes a role away; it counts from the account's next request. The last account that can steer the county keeps its
// role: conflict. Locks the account. Permission: as for [Grant].
func Revoke(tx *db.Tx, by access.Actor, in RevokeInput) (View, error) {
	h, err := lockHeld(tx, in.Account)
	if err == nil {
		err = h.requireSeen(by)
	}
	if err != nil {
		return View{}, err
	}
	i := slices.IndexFunc(h.grants, func(g held) bool { return g.ID == in.Grant })
	if i < 0 {
		return View{}, fail.NotFound("accounts.grant_missing")
	}
	g := h.grants[i]
	if err := by.Require(access.AccountsManage, g.Path); err != nil {
		return View{}, err
	}
	if !mayGive(by, g.Role, g.Path) {
		return View{}, fail.Forbidden("accounts.not_yours_to_give")
	}
	if err := h.keepCounty(tx, g); err != nil {
		return View{}, err
	}
	if err := tx.Where("id = ?", g.ID).Delete(&grantRow{}).Error; err != nil {
		return View{}, wrap(err)
	}
	change := audit.Changes{}.Code("role", string(g.Role), "").ID("unit_id", g.UnitID, org.UnitID{})
	err = audit.Add(tx, by, audit.Row{Act: "account.revoke", Object: "account", ID: in.Account, Unit: audit.Unit(g.UnitID), Change: change})
	if err != nil {
		return View{}, err
	}
	return read(tx, in.Account)
}
