package accounts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
	"huotang/models/people"
)

// BulkInput names schools whose hosts and heads get accounts.
type BulkInput struct {
	Sites []org.SiteID  `json:"sites" form:"site"`
	Roles []access.Role `json:"roles" form:"role"` // host, head; empty means both
}

// BulkState is what becomes of a post in a bulk.
type BulkState string

// The states of a post.
const (
	BulkNew    BulkState = "new"    // an account is made
	BulkRole   BulkState = "role"   // has an account, which gets the role
	BulkHas    BulkState = "has"    // has an account with the role
	BulkNobody BulkState = "nobody" // nobody holds the post
)

// BulkRow is a post at a school.
type BulkRow struct {
	Site    org.SiteID      `json:"site"`
	Code    string          `json:"code"`
	School  string          `json:"school"`
	Role    access.Role     `json:"role"`
	Person  access.PersonID `json:"person,omitzero"`
	Name    string          `json:"name"`
	Account AccountID       `json:"account,omitzero"`
	State   BulkState       `json:"state"`
}

// BulkView is what a bulk does, by school and role.
type BulkView struct {
	Rows []BulkRow `json:"rows"`
	New  int       `json:"new"`   // accounts that are made; who holds two posts gets one
	More int       `json:"roles"` // roles given to accounts that are there
}

// bulkMost is the most schools of one bulk.
const bulkMost = 150

var posts = map[people.Post]access.Role{people.Host: access.Host, people.Head: access.Head}

// PreviewBulk says who would get an account and who has one, and changes nothing. Permission: AccountsManage on each school.
func PreviewBulk(tx *db.Tx, by access.Actor, in BulkInput) (BulkView, error) {
	v := BulkView{Rows: []BulkRow{}}
	if err := by.RequireAnywhere(access.AccountsManage); err != nil {
		return v, err
	}
	var c fail.Check
	c.If(len(in.Sites) == 0, "site", "accounts.choose_schools")
	c.If(len(in.Sites) > bulkMost, "site", "accounts.too_many_schools", bulkMost)
	c.If(slices.ContainsFunc(in.Roles, func(r access.Role) bool { return r != access.Host && r != access.Head }), "role", "input.choice")
	if err := c.Err(); err != nil {
		return v, err
	}
	fresh := map[access.PersonID]bool{}
	for _, site := range in.Sites {
		rows, err := bulkRows(tx, by, site, in.Roles)
		if err != nil {
			return v, err
		}
		for _, r := range rows {
			if r.State == BulkNew && !fresh[r.Person] {
				fresh[r.Person] = true
				v.New++
			}
			if r.State == BulkRole {
				v.More++
			}
		}
		v.Rows = append(v.Rows, rows...)
	}
	slices.SortStableFunc(v.Rows, func(a, b BulkRow) int { return strings.Compare(a.Code, b.Code) })
	return v, nil
}

// bulkRows reads the posts of a school.
func bulkRows(tx *db.Tx, by access.Actor, site org.SiteID, roles []access.Role) ([]BulkRow, error) {
	school, err := org.FindSchool(tx, site)
	if err != nil {
		return nil, err
	}
	if err := by.Require(access.AccountsManage, school.Path); err != nil {
		return nil, err
	}
	holders, err := people.Holders(tx, site, tx.Today())
	if err != nil {
		return nil, err
	}
	var out []BulkRow
	for _, post := range []people.Post{people.Host, people.Head} {
		role := posts[post]
		if len(roles) > 0 && !slices.Contains(roles, role) {
			continue
		}
		r := BulkRow{Site: site, Code: school.Code, School: school.Name, Role: role, State: BulkNobody}
		i := slices.IndexFunc(holders, func(h people.Holder) bool { return h.Post == post })
		if i < 0 {
			if role == access.Head { // at most schools the host is the head, too
				continue
			}
		} else {
			r.Person, r.Name = holders[i].Person, holders[i].Name
			if r.Account, r.State, err = bulkState(tx, r.Person, role, site); err != nil {
				return nil, err
			}
		}
		out = append(out, r)
	}
	return out, nil
}

func bulkState(tx *db.Tx, person access.PersonID, role access.Role, site org.SiteID) (AccountID, BulkState, error) {
	row, err := openOf(tx, person)
	if err != nil || row.ID.IsZero() {
		return AccountID{}, BulkNew, err
	}
	grants, err := db.Ask[held](tx, heldQuery, row.ID)
	if slices.ContainsFunc(grants, func(g held) bool { return g.Role == role && g.UnitID == org.SiteUnit(site) && g.live(tx.Now) }) {
		return row.ID, BulkHas, err
	}
	return row.ID, BulkRole, err
}

// BulkDone is what a bulk did.
type BulkDone struct {
	BulkView
	Batch Batch `json:"batch"` // the slips of the accounts that were made; zero where none was
}

// AddMany gives the hosts and heads of the schools accounts with their role, and makes the slips of those that are new. Done
// again it changes nothing. Nobody can sign in with a new account before he has used his slip. Locks the schools, then the
// accounts. Permission: AccountsManage on each school, and the roles must be the actor's to give.
func (a *Area) AddMany(tx *db.Tx, by access.Actor, in BulkInput) (BulkDone, error) {
	v, err := PreviewBulk(tx, by, in)
	if err != nil {
		return BulkDone{}, err
	}
	made := map[access.PersonID]AccountID{}
	var slips []AccountID
	for i, r := range v.Rows {
		if r.State == BulkHas || r.State == BulkNobody {
			continue
		}
		unit, err := grantUnit(tx, by, GrantInput{Role: r.Role, Unit: org.SiteUnit(r.Site)})
		if err != nil {
			return BulkDone{}, err
		}
		account := r.Account
		if known, ok := made[r.Person]; ok {
			account = known
		}
		if account.IsZero() {
			if account, err = addPerson(tx, by, r.Person, r.Name); err != nil {
				return BulkDone{}, err
			}
			made[r.Person], slips = account, append(slips, account)
		}
		v.Rows[i].Account = account
		if err := giveOnce(tx, by, account, r.Role, unit); err != nil {
			return BulkDone{}, err
		}
	}
	done := BulkDone{BulkView: v}
	if len(slips) > 0 {
		done.Batch, err = a.MakeSlips(tx, by, SlipsInput{slips})
	}
	return done, err
}

// giveOnce grants a role where it is not held; one that has expired begins anew.
func giveOnce(tx *db.Tx, by access.Actor, account AccountID, role access.Role, unit org.Unit) error {
	h, err := lockHeld(tx, account)
	if err != nil {
		return err
	}
	g := grantRow{ID: id.New[grantTag](), AccountID: account, Role: role, UnitID: unit.ID, GrantedBy: by.Account.Ptr(), GrantedAt: tx.Now}
	last, err := lastDay(tx, by, role, unit.Path)
	if err != nil {
		return err
	}
	if !last.IsZero() {
		t := last.AddDays(1).At(0, 0)
		g.ExpiresAt = &t
	}
	i := slices.IndexFunc(h.grants, func(have held) bool { return have.Role == role && have.UnitID == unit.ID })
	if i < 0 {
		return insertGrant(tx, by, g)
	}
	return renew(tx, by, h, h.grants[i], g)
}

// addPerson makes the account of a person under a user name of his own: his name, with a number where others have it.
func addPerson(tx *db.Tx, by access.Actor, person access.PersonID, name string) (AccountID, error) {
	username, err := freeName(tx, name)
	if err != nil {
		return AccountID{}, err
	}
	row := accountRow{
		ID: AccountID(id.New[accountRow]()), Username: username, Name: name, PersonID: person.Ptr(), OpenPersonID: person.Ptr(),
		MadeAt: tx.Now, MadeBy: by.Account.Ptr(),
	}
	err = insertAccount(tx, by, row)
	if fail.KindOf(err) == fail.Conflicting { // somebody else makes one at this moment: look again
		return row.ID, db.Repeat(errors.Join(errors.New("accounts: the same person or name at the same time"), err))
	}
	return row.ID, err
}

// freeName is the person's name as a user name, 李明, or the next one with a number, 李明2. It is printed on the slip, and
// everybody can write his own name.
func freeName(tx *db.Tx, name string) (string, error) {
	base := strings.Trim(strings.Map(func(r rune) rune {
		if usernameForm.MatchString("a" + string(r)) {
			return r
		}
		return '.'
	}, fold(name)), ".")
	if r := []rune(base); len(r) > 56 {
		base = string(r[:56])
	}
	if !usernameForm.MatchString(base) {
		base = "u." + base
	}
	cond, arg := db.Like("username", base)
	rows, err := db.Ask[string](tx, "SELECT username FROM accounts WHERE "+cond, arg)
	if err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, r := range rows {
		taken[r] = true
	}
	for n := 2; taken[base]; n++ {
		if next := fmt.Sprintf("%s%d", base, n); !taken[next] {
			return next, nil
		}
	}
	return base, nil
}

// ForInput makes the account of one person.
type ForInput struct {
	Person   access.PersonID `json:"person" form:"person"`
	Name     string          `json:"name" form:"name"`         // of an official who is on no roster
	Username string          `json:"username" form:"username"` // "" for a name like the person's
	Role     access.Role     `json:"role" form:"role"`
	Unit     org.UnitID      `json:"unit" form:"unit"`
	Until    date.Date       `json:"until" form:"until"` // last day of the role; zero for no end
}

// AddFor makes the account of one person with one role, and its slip: of a trainee who asks for one, of a clerk who begins.
// Permission: AccountsManage on the unit and, for a person, where he lives, belongs or attends; the role must be the actor's to give.
func (a *Area) AddFor(tx *db.Tx, by access.Actor, in ForInput) (Batch, error) {
	if err := by.RequireAnywhere(access.AccountsManage); err != nil {
		return Batch{}, err
	}
	if !in.Person.IsZero() {
		p, err := people.Find(tx, in.Person)
		if err != nil {
			return Batch{}, err
		}
		in.Name = p.Name
	}
	unit, err := grantUnit(tx, by, GrantInput{Role: in.Role, Unit: in.Unit, Until: in.Until})
	if err != nil {
		return Batch{}, err
	}
	if in.Username == "" && strings.TrimSpace(in.Name) != "" {
		if in.Username, err = freeName(tx, in.Name); err != nil {
			return Batch{}, err
		}
	}
	v, err := Add(tx, by, AddInput{Username: in.Username, Name: in.Name, Person: in.Person})
	if err != nil {
		return Batch{}, err
	}
	if _, err := Grant(tx, by, GrantInput{Account: v.ID, Role: in.Role, Unit: unit.ID, Until: in.Until}); err != nil {
		return Batch{}, err
	}
	return a.MakeSlips(tx, by, SlipsInput{[]AccountID{v.ID}})
}
