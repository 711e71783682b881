package accounts

import (
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// SoonDays is how many days before its end a role is said to end soon.
const SoonDays = 30

// HoldersInput narrows the list of who holds what.
type HoldersInput struct {
	Unit  org.UnitID  `query:"unit"` // held on it or below
	Role  access.Role `query:"role"`
	Soon  bool        `query:"soon"`  // ends within SoonDays
	Q     string      `query:"q"`     // in the name or the user name
	After GrantID     `query:"after"` // the last one of the part before
	Limit int         `query:"limit"` // 1–200; 0 means 50
}

// HolderView is a role that somebody holds on a unit.
type HolderView struct {
	GrantView
	Account  AccountID       `json:"account"`
	Name     string          `json:"name"`
	Username string          `json:"username"`
	Person   access.PersonID `json:"person,omitzero"`
	Disabled bool            `json:"disabled"`
	Soon     bool            `json:"soon"`      // ends within SoonDays
	DaysLeft int             `json:"days_left"` // after today; 0 where today is the last day, or there is none
}

type holderLine struct {
	Held      held `gorm:"embedded"`
	AccountID AccountID
	Username  string
	Holder    string
	PersonID  *access.PersonID
	Disabled  bool
}

const holdersQuery = "SELECT g.id, g.role, g.unit_id, u.code, u.name, u.kind, u.tree, u.path, g.expires_at, g.account_id, a.username, " +
	"a.name AS holder, a.person_id, a.disabled_at IS NOT NULL AS disabled FROM grants g JOIN units u ON u.id = g.unit_id " +
	"JOIN accounts a ON a.id = g.account_id WHERE (g.expires_at IS NULL OR g.expires_at > ?)"

// Holders lists who holds what in the actor's units, by unit and user name; what has expired is left out. Permission: AccountsSee.
func Holders(tx *db.Tx, by access.Actor, in HoldersInput) (db.Page[HolderView], error) {
	page := db.Page[HolderView]{Items: []HolderView{}}
	if err := by.RequireAnywhere(access.AccountsSee); err != nil {
		return page, err
	}
	if in.Limit < 1 || in.Limit > 200 {
		in.Limit = 50
	}
	cond, args, err := in.where(tx, by)
	if err != nil {
		return page, err
	}
	rows, err := db.Ask[holderLine](tx, holdersQuery+cond+" ORDER BY u.path, a.username, g.id LIMIT ?", append(args, in.Limit+1)...)
	if err != nil {
		return page, err
	}
	for _, r := range rows[:min(len(rows), in.Limit)] {
		page.Items = append(page.Items, r.view(tx.Today()))
	}
	if len(rows) > in.Limit {
		page.Next = page.Items[in.Limit-1].ID.String()
	}
	return page, nil
}

func (l holderLine) view(today date.Date) HolderView {
	v := HolderView{
		GrantView: l.Held.view(), Account: l.AccountID, Name: l.Holder, Username: l.Username, Person: id.Or(l.PersonID), Disabled: l.Disabled,
	}
	if !v.Until.IsZero() {
		v.DaysLeft = v.Until.Sub(today)
		v.Soon = v.DaysLeft <= SoonDays
	}
	return v
}

func (in HoldersInput) where(tx *db.Tx, by access.Actor) (string, []any, error) {
	cond, args := "", []any{tx.Now}
	and := func(text string, more ...any) { cond, args = cond+" AND "+text, append(args, more...) }
	if !by.Has(access.County) {
		seen, more := db.PathRange("u.path", by.Visible(access.AccountsSee))
		and(seen, more...)
	}
	if !in.Unit.IsZero() {
		u, err := org.FindUnit(tx, in.Unit)
		if err == nil && !by.Has(access.County) {
			err = by.Require(access.AccountsSee, u.Path)
		}
		if err != nil {
			return "", nil, err
		}
		below, more := db.PathRange("u.path", access.Scope{Paths: []string{u.Path}})
		and(below, more...)
	}
	if in.Role != "" {
		and("g.role = ?", in.Role)
	}
	if in.Soon {
		and("g.expires_at <= ?", tx.Today().AddDays(SoonDays+1).At(0, 0))
	}
	if in.Q != "" {
		name, arg := db.Like("a.name", in.Q)
		username, folded := db.Like("a.username", fold(in.Q))
		and("("+name+" OR "+username+")", arg, folded)
	}
	if in.After.IsZero() {
		return cond, args, nil
	}
	last, err := db.Ask[struct {
		Path, Username string
		ID             GrantID
	}](tx, "SELECT u.path, a.username, g.id FROM grants g JOIN units u ON u.id = g.unit_id JOIN accounts a ON a.id = g.account_id WHERE g.id = ?", in.After)
	if err == nil && len(last) == 0 {
		err = fail.NotFound("accounts.grant_missing")
	}
	if err != nil {
		return "", nil, err
	}
	l := last[0]
	and("(u.path > ? OR u.path = ? AND (a.username > ? OR a.username = ? AND g.id > ?))", l.Path, l.Path, l.Username, l.Username, l.ID)
	return cond, args, nil
}

// OfficeView is an account with what it holds, for those who give and end roles.
type OfficeView struct {
	ID       AccountID     `json:"id"`
	Name     string        `json:"name"`
	Username string        `json:"username"`
	Disabled bool          `json:"disabled"`
	Grants   []OfficeGrant `json:"grants"`
	MayGive  bool          `json:"may_give"` // the actor may give roles somewhere
}

// OfficeGrant is a role with what the actor may do about it.
type OfficeGrant struct {
	HolderView
	Ended  bool `json:"ended"` // its last day is over
	MayEnd bool `json:"may_end"`
}

// Ends reports whether the actor may end any of the roles.
func (v OfficeView) Ends() bool {
	return slices.ContainsFunc(v.Grants, func(g OfficeGrant) bool { return g.MayEnd })
}

// Office reads what an account holds. Permission: as for [Get].
func Office(tx *db.Tx, by access.Actor, in AccountInput) (OfficeView, error) {
	h, err := readHeld(tx, in.ID)
	if err == nil {
		err = h.requireSeen(by)
	}
	if err != nil {
		return OfficeView{}, err
	}
	v := OfficeView{ID: in.ID, Name: h.row.Name, Username: h.row.Username, Disabled: h.row.DisabledAt != nil, Grants: []OfficeGrant{}, MayGive: len(Givable(by)) > 0}
	for _, g := range h.grants {
		line := holderLine{Held: g, AccountID: in.ID, Username: h.row.Username, Holder: h.row.Name, PersonID: h.row.PersonID, Disabled: v.Disabled}
		v.Grants = append(v.Grants, OfficeGrant{line.view(tx.Today()), !g.live(tx.Now), mayEnd(by, g)})
	}
	return v, nil
}

func mayEnd(by access.Actor, g held) bool {
	return by.Can(access.AccountsManage, g.Path) && mayGive(by, g.Role, g.Path)
}

// EndOffice takes away at once every role of an account that is the actor's to give, when its owner leaves office; the
// account stays his and moves to nobody. What is not the actor's to take stays and is in the answer; forbidden when
// that is all. The last account that can steer the county keeps its role: conflict. Locks the account. Permission: as for [Grant].
func EndOffice(tx *db.Tx, by access.Actor, in AccountInput) (View, error) {
	h, err := lockHeld(tx, in.ID)
	if err == nil {
		err = h.requireSeen(by)
	}
	if err != nil {
		return View{}, err
	}
	ends := slices.DeleteFunc(slices.Clone(h.grants), func(g held) bool { return !mayEnd(by, g) })
	if len(ends) == 0 {
		if len(h.grants) == 0 && len(Givable(by)) > 0 {
			return read(tx, in.ID)
		}
		return View{}, fail.Forbidden("accounts.not_yours_to_give")
	}
	if err := h.keepCounty(tx, ends...); err != nil {
		return View{}, err
	}
	change := audit.Changes{}
	list := make([]GrantID, len(ends))
	for i, g := range ends {
		list[i] = g.ID
		change = change.Code("role", string(g.Role), "").ID("unit_id", g.UnitID, org.UnitID{})
	}
	if err := tx.Where("id IN ?", list).Delete(&grantRow{}).Error; err != nil {
		return View{}, wrap(err)
	}
	err = audit.Add(tx, by, audit.Row{Act: "account.end_office", Object: "account", ID: in.ID, Unit: audit.Unit(ends[0].UnitID), Change: change})
	if err != nil {
		return View{}, err
	}
	return read(tx, in.ID)
}
