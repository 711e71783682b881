package accounts

import (
	"regexp"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/org"
)

// countyAccounts counts accounts that can steer the whole county.
const countyAccounts = "SELECT COUNT(DISTINCT a.id) FROM grants g JOIN accounts a ON a.id = g.account_id JOIN units u ON u.id = g.unit_id " +
	"WHERE g.role = ? AND u.tree = ? AND u.kind = ? AND a.disabled_at IS NULL AND (g.expires_at IS NULL OR g.expires_at > ?) AND a.id <> ?"

// otherCounty reports whether a county account other than this one can sign in.
func otherCounty(tx *db.Tx, except AccountID) (bool, error) {
	counts, err := db.Ask[int](tx, countyAccounts, access.County, org.Administrative, org.County, tx.Now, except)
	return err == nil && counts[0] > 0, err
}

// NeedsSetup reports whether nobody can steer the county yet, so that a set-up code is to be shown.
func NeedsSetup(tx *db.Tx) (bool, error) {
	done, err := otherCounty(tx, AccountID{})
	return !done && err == nil, err
}

// MakeSetupCode gives a one-time code for [Area.SetUp]; conflict when the county is set up. Only a job may: the
// server when it starts, or a command on its machine. Codes made before go on working until they expire.
func (a *Area) MakeSetupCode(tx *db.Tx, by access.Actor) (Code, error) {
	if err := by.RequireJob(); err != nil {
		return Code{}, err
	}
	needed, err := NeedsSetup(tx)
	if err != nil {
		return Code{}, err
	}
	if !needed {
		return Code{}, fail.Conflict("accounts.set_up_done")
	}
	return a.makeCode(tx, codeRow{Purpose: forSetUp}, codeLife)
}

// CheckSetupCode is nil while the code works, for the page that asks for the rest.
func (a *Area) CheckSetupCode(tx *db.Tx, code string) error {
	_, err := a.findCode(tx, tx.DB, code, forSetUp)
	return err
}

// SetUpInput makes the first county account. The county is asked for only where none is there.
type SetUpInput struct {
	Code       string `json:"code" form:"code"`
	CountyCode string `json:"county_code" form:"county_code"` // six digits
	County     string `json:"county" form:"county"`           // 凤庆县
	Username   string `json:"username" form:"username"`
	Name       string `json:"name" form:"name"`
	Password   string `json:"password" form:"password"` // the caller makes the Secret of it, see [Area.Hash]
}

// SetUp creates the roots of both trees, where they are not there, and the first county account with the
// county's role on both; it gives the account, to be signed in at once. Locks every set-up code, so that of two set-ups one wins.
// The code is the permission; it works once, for a day, and only while [NeedsSetup].
func (a *Area) SetUp(tx *db.Tx, in SetUpInput, s Secret) (AccountID, error) {
	if _, err := db.All[codeRow](tx.Locked().Where("purpose = ?", forSetUp).Order("hash")); err != nil {
		return AccountID{}, err
	}
	code, err := a.lockCode(tx, in.Code, forSetUp)
	if err != nil {
		return AccountID{}, err
	}
	if needed, err := NeedsSetup(tx); err != nil || !needed {
		return AccountID{}, orConflict(err, "accounts.set_up_done")
	}
	by := access.System("accounts.set_up")
	roots, row, err := setUpRows(tx, by, in, s)
	if err != nil {
		return AccountID{}, err
	}
	if err := insertAccount(tx, by, row); err != nil {
		return AccountID{}, err
	}
	for _, root := range roots {
		g := grantRow{ID: id.New[grantTag](), AccountID: row.ID, Role: access.County, UnitID: root, GrantedAt: tx.Now}
		if err := insertGrant(tx, by, g); err != nil {
			return AccountID{}, err
		}
	}
	return row.ID, useCode(tx, code)
}

func orConflict(err error, code string) error {
	if err != nil {
		return err
	}
	return fail.Conflict(code)
}

var countyCode = regexp.MustCompile(`^[1-9][0-9]{5}$`)

// setUpRows checks the whole input and makes the roots and the account's row.
func setUpRows(tx *db.Tx, by access.Actor, in SetUpInput, s Secret) ([]org.UnitID, accountRow, error) {
	var c fail.Check
	row := newAccount(tx, by, &c, in.Username, in.Name, "")
	s.check(&c, "password")
	row.Secret = s.hash
	root, err := org.Root(tx)
	missing := fail.KindOf(err) == fail.Missing
	if err != nil && !missing {
		return nil, row, err
	}
	if missing {
		c.If(!countyCode.MatchString(in.CountyCode), "county_code", "accounts.county_code")
		root.Code, root.Name = in.CountyCode, c.Text("county", in.County, 1, 60)
	}
	if err := c.Err(); err != nil {
		return nil, row, err
	}
	a, err := orAdd(tx, by, root, org.AddUnitInput{Tree: org.Administrative, Kind: org.County, Code: root.Code, Name: root.Name})
	if err != nil {
		return nil, row, err
	}
	party, err := db.One[org.Unit](tx.Where("tree = ? AND kind = ?", org.Party, org.CountyCommittee), "org.unit_missing")
	if err != nil && fail.KindOf(err) != fail.Missing {
		return nil, row, err
	}
	name := lang.Chinese.T("accounts.committee_of", root.Name)
	p, err := orAdd(tx, by, party, org.AddUnitInput{Tree: org.Party, Kind: org.CountyCommittee, Code: root.Code, Name: name})
	return []org.UnitID{a, p}, row, err
}

// orAdd gives the unit when it is there, else adds it.
func orAdd(tx *db.Tx, by access.Actor, u org.Unit, in org.AddUnitInput) (org.UnitID, error) {
	if !u.ID.IsZero() {
		return u.ID, nil
	}
	v, err := org.AddUnit(tx, by, in)
	return v.ID, err
}
