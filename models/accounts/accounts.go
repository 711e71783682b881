// Package accounts holds who may sign in, with which roles, and the sign-ins
// themselves. An account belongs to one person; a grant gives it a role on a unit of either tree and
// everything below. The root of the aggregate is the account's row, locked before its grants and sign-ins.
//
// Who may give which role stands in gives.go, and nobody gives beyond his own ([Grant]); a role for a time ends on a day, at most
// [Terms] ahead, and its end is told beforehand ([Ending]). Accounts are made one by one or for many schools at once
// ([Area.AddMany]) and let their owners in by a printed slip with a code that works once ([Area.MakeSlips]): an office then
// chooses a password, a host or a trainee may take six digits ([MayPin]). A forgotten one is a new slip, handed over face to
// face. Failures slow down and lock nobody out for good; an office's sign-in ends when it is not used ([Idles]).
package accounts

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// AccountID identifies an account.
type AccountID = access.AccountID

type grantTag struct{}

// GrantID identifies a grant.
type GrantID = id.ID[grantTag]

type accountRow struct {
	ID         AccountID `gorm:"primaryKey"`
	Username   string
	PersonID   *access.PersonID
	Name       string
	Secret     string // argon2id, "" when the account has no password yet
	Language   string
	Elder      string
	MadeAt     time.Time
	MadeBy     *AccountID
	DisabledAt *time.Time

	OpenPersonID *access.PersonID // PersonID while the account is open; unique, since a person has one account
	Pin          bool             // the secret is six digits
	EndsOn       date.Date        // last day, see [Leave]; zero for no end
}

func (accountRow) TableName() string { return "accounts" }

type grantRow struct {
	ID        GrantID `gorm:"primaryKey"`
	AccountID AccountID
	Role      access.Role
	UnitID    org.UnitID
	GrantedBy *AccountID
	GrantedAt time.Time
	ExpiresAt *time.Time
}

func (grantRow) TableName() string { return "grants" }

// Prefs is how an account wants its pages.
type Prefs struct {
	Language string `json:"language" form:"language"` // "zh-CN", "en" or "" for as the browser asks
	Elder    string `json:"elder" form:"elder"`       // "on", "max", "off" or "" for as the role has it
}

const (
	actorColumns = "a.id, a.person_id, COALESCE(a.name, ''), COALESCE(a.language, ''), COALESCE(a.elder, ''), a.disabled_at, " +
		"COALESCE(g.role, ''), COALESCE(u.path, '')"
	actorGrants = " LEFT JOIN grants g ON g.account_id = a.id AND (g.expires_at IS NULL OR g.expires_at > ?) " +
		"LEFT JOIN units u ON u.id = g.unit_id "
	actorQuery = "SELECT " + actorColumns + " FROM accounts a" + actorGrants + "WHERE a.id = ? ORDER BY g.granted_at, g.id"
)

// actorLines gathers an actor from the rows of actorColumns, of which each has one grant.
type actorLines struct {
	account  *AccountID // nil: there is no such account
	person   *access.PersonID
	name     string
	prefs    Prefs
	disabled *time.Time
	grants   []access.Grant
}

// read takes a row that begins with other columns.
func (a *actorLines) read(scan func(...any) error, before ...any) error {
	var g access.Grant
	err := scan(append(before, &a.account, &a.person, &a.name, &a.prefs.Language, &a.prefs.Elder, &a.disabled, &g.Role, &g.Path)...)
	if g.Role != "" && g.Path != "" {
		a.grants = append(a.grants, g)
	}
	return err
}

func (a *actorLines) actor() (access.Actor, Prefs, error) {
	if a.account == nil || a.disabled != nil {
		return access.Actor{}, Prefs{}, fail.NoSignIn("accounts.disabled")
	}
	return access.New(*a.account, id.Or(a.person), a.name, a.grants), a.prefs, nil
}

// Actor makes the actor of an account from its grants that have not expired, in one
// query. Unauthenticated when the account is gone or disabled.
func Actor(tx *db.Tx, account AccountID) (access.Actor, Prefs, error) {
	var a actorLines
	err := db.Each(tx, actorQuery, []any{tx.Now, account}, func(scan func(...any) error) error { return a.read(scan) })
	if err != nil {
		return access.Actor{}, Prefs{}, err
	}
	return a.actor()
}

// lock locks an account's row.
func lock(tx *db.Tx, account AccountID) (accountRow, error) {
	return db.One[accountRow](tx.Locked().Where("id = ?", account), "accounts.missing")
}

// SetPrefs keeps how the actor wants its pages. Permission: being signed in.
func SetPrefs(tx *db.Tx, by access.Actor, in Prefs) (Prefs, error) {
	if !by.SignedIn() {
		return Prefs{}, fail.NoSignIn("access.sign_in_first")
	}
	var c fail.Check
	c.If(in.Language != "" && in.Language != "zh-CN" && in.Language != "en", "language", "input.choice")
	c.If(in.Elder != "" && in.Elder != "on" && in.Elder != "max" && in.Elder != "off", "elder", "input.choice")
	if err := c.Err(); err != nil {
		return Prefs{}, err
	}
	old, err := lock(tx, by.Account)
	if err != nil {
		return Prefs{}, err
	}
	if _, err := db.Set(tx.Model(&accountRow{}).Where("id = ?", by.Account), map[string]any{"language": in.Language, "elder": in.Elder}); err != nil {
		return Prefs{}, err
	}
	return in, audit.Add(tx, by, audit.Row{
		Act: "account.prefs", Object: "account", ID: by.Account,
		Change: audit.Changes{}.Code("language", old.Language, in.Language).Code("elder", old.Elder, in.Elder),
	})
}

// Names gives the names on those of the accounts that exist. No permission is asked.
func Names(tx *db.Tx, list []AccountID) (map[AccountID]string, error) {
	rows, err := db.All[accountRow](tx.Select("id", "name").Where("id IN ?", list))
	out := make(map[AccountID]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, err
}
