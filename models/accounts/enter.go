package accounts

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/people"
)

type failureRow struct {
	Username string `gorm:"primaryKey"`
	Address  string `gorm:"primaryKey"`
	Failures int
	LastAt   time.Time
}

func (failureRow) TableName() string { return "sign_in_failures" }

// The slow-down: free tries, then a wait that doubles from one second to five minutes. It is kept
// for each user name and address, so that nobody locks another one out.
const (
	freeFailures = 5
	longestWait  = 5 * time.Minute
	forgetAfter  = 24 * time.Hour
)

// EnterInput is a try to sign in.
type EnterInput struct {
	Username string // or a telephone number
	Address  string // of the client
	Device   string // as [KeepDevice] knows it, "" for none
}

// Candidate is the account that a try may be for. Signing in takes three steps, so that the
// slow hash runs in no transaction: [Area.Candidate] in a read, [Candidate.Verify] outside, [Area.Entered] in a write.
type Candidate struct {
	area     *Area
	account  AccountID // zero when the user name is unknown
	secret   string
	pin      bool
	username string
	address  string // or the device, where the account has signed in on it before
	known    bool   // the address is such a device
}

// Candidate finds the account of a user name, or of a telephone number that only one person with an account has; limited, with the seconds to wait, after too many failures.
// Whether there is such an account does not show: an unknown one is waited for and compared with as well.
func (a *Area) Candidate(tx *db.Tx, in EnterInput) (Candidate, error) {
	c := Candidate{area: a, secret: nobody, address: cut(in.Address)}
	var row accountRow
	var err error
	if row, c.username, err = a.named(tx, in.Username); err != nil {
		return c, err
	}
	if in.Device != "" && !row.ID.IsZero() {
		if c.known, err = knownOn(tx, in.Device, row.ID); err != nil {
			return c, err
		}
	}
	if c.known {
		c.address = cut("device " + in.Device)
	}
	if err := c.mustWait(tx, tx.DB); err != nil {
		return c, err
	}
	if row.DisabledAt == nil && row.Secret != "" {
		c.account, c.secret, c.pin = row.ID, row.Secret, row.Pin
	}
	return c, nil
}

// named finds the account of what was typed, the zero row for none, and the name under which failures count. Those of a number
// count under its index and not under the account's name: no number is stored, and no wait tells whose it is.
func (a *Area) named(tx *db.Tx, typed string) (row accountRow, name string, err error) {
	name = fold(typed)
	rows, err := db.All[accountRow](tx.Where("username = ?", name))
	if err != nil {
		return row, name, err
	}
	owners, index, err := people.PhoneOwners(tx, a.ring, typed)
	if err != nil {
		return row, name, err
	}
	if index != "" {
		name = cut("*phone " + index)
		if len(rows) == 0 && len(owners) > 0 {
			if rows, err = db.All[accountRow](tx.Where("open_person_id IN ? AND secret <> ''", owners)); err != nil {
				return row, name, err
			}
		}
	}
	if len(rows) == 1 {
		row = rows[0]
	}
	return row, name, nil
}

// OwnCandidate is [Area.Candidate] for the actor's own account, before it changes its password.
func (a *Area) OwnCandidate(tx *db.Tx, by access.Actor, address string) (Candidate, error) {
	if !by.SignedIn() {
		return Candidate{}, fail.NoSignIn("access.sign_in_first")
	}
	row, err := db.One[accountRow](tx.Where("id = ?", by.Account), "accounts.missing")
	if err != nil {
		return Candidate{}, err
	}
	return a.Candidate(tx, EnterInput{Username: row.Username, Address: address})
}

// fold makes a user name what it is stored as: half width, lower case.
func fold(username string) string {
	return cut(strings.ToLower(norm.NFKC.String(strings.TrimSpace(username))))
}

// cut shortens what comes from outside to its column.
func cut(s string) string {
	r := []rune(strings.ToValidUTF8(s, ""))
	return string(r[:min(len(r), 64)])
}

func wait(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	return min(time.Second<<min(failures-freeFailures, 20), longestWait)
}

// mustWait is limited, with the seconds left, while the wait after the last failure runs.
func (f failureRow) mustWait(now time.Time) error {
	if left := f.LastAt.Add(wait(f.Failures)).Sub(now); left > 0 {
		return limited(left)
	}
	return nil
}

// Entered keeps how the try ended, and gives the account when it ended well. When it did not, the
// zero account is returned without an error, so that the failure is stored; the caller answers [ErrWrong].
// Limited when other tries have failed meanwhile: of many at once no more than the free ones count. Locks the failures
// of the user name and address.
func (a *Area) Entered(tx *db.Tx, c Candidate, ok bool) (AccountID, error) {
	if err := c.mustWait(tx, tx.Locked()); err != nil {
		return AccountID{}, err
	}
	if ok {
		row, err := db.One[accountRow](tx.Where("id = ?", c.account), "accounts.missing")
		if err != nil && fail.KindOf(err) != fail.Missing {
			return AccountID{}, err
		}
		ok = err == nil && row.Secret == c.secret && row.DisabledAt == nil // not changed while it was compared
	}
	if !ok {
		return AccountID{}, keepFailure(tx, c)
	}
	if err := tx.Where("username = ? AND address = ?", c.username, c.address).Delete(&failureRow{}).Error; err != nil {
		return AccountID{}, fmt.Errorf("accounts: %w", err)
	}
	return c.account, auditOwn(tx, c.account, "account.enter")
}

// ErrWrong says that user name and password do not belong together, and not which of them is wrong.
var ErrWrong = fail.Invalid("accounts.wrong")

// Wrong is [ErrWrong] for what was typed: to a telephone number it says, whoever has it, that one which several share
// lets nobody in.
func Wrong(typed string) error {
	if phone, ok := people.ParsePhone(typed); ok && phone != "" {
		return fail.Invalid("accounts.wrong_phone")
	}
	return ErrWrong
}

// failures reads the row of the query, the zero row when there is none.
func failures(q *gorm.DB) (failureRow, error) {
	f, err := db.One[failureRow](q, "accounts.no_failures")
	if fail.KindOf(err) == fail.Missing {
		return failureRow{}, nil
	}
	return f, err
}

// keepFailure counts one more failure, from one again after a day without any. Two first ones at
// once both count: the second waits for the first one's row and adds to it.
func keepFailure(tx *db.Tx, c Candidate) error {
	f, err := lockFailures(tx, c.username, c.address)
	if err != nil {
		return err
	}
	if err := f.mustWait(tx.Now); err != nil {
		return err
	}
	if err := countFailure(tx, f, c.username, c.address); err != nil {
		return err
	}
	if !c.known {
		for _, b := range c.buckets() {
			if err := b.fill(tx); err != nil {
				return err
			}
		}
	}
	if c.account.IsZero() {
		return nil
	}
	return auditOwn(tx, c.account, "account.refused")
}

func auditOwn(tx *db.Tx, account AccountID, act string) error {
	return audit.Add(tx, access.New(account, access.PersonID{}, "", nil), audit.Row{Act: act, Object: "account", ID: account})
}

// SetSecret gives the actor's account a new password, once the old one has been compared ([Area.OwnCandidate],
// [Candidate.Verify]); all its other sign-ins end. It reports false, without an error, when the old one was wrong, so that the
// failure is stored; the caller answers [ErrWrong]. Locks the account. token is the sign-in that stays.
func (a *Area) SetSecret(tx *db.Tx, by access.Actor, c Candidate, ok bool, s Secret, token string) (bool, error) {
	if !by.SignedIn() {
		return false, fail.NoSignIn("access.sign_in_first")
	}
	var faults fail.Check
	s.check(&faults, "password")
	if err := faults.Err(); err != nil {
		return false, err
	}
	h, err := lockHeld(tx, by.Account)
	if err != nil {
		return false, err
	}
	if faults.If(s.pin && !h.mayPin(tx.Now), "password", "accounts.pin_not_for_office") {
		return false, faults.Err()
	}
	if !ok || c.account != by.Account || h.row.Secret != c.secret {
		return false, keepFailure(tx, c)
	}
	return true, setSecret(tx, by, by.Account, s, token)
}

// setSecret stores a password and ends the account's sign-ins but one.
func setSecret(tx *db.Tx, by access.Actor, account AccountID, s Secret, token string) error {
	if _, err := db.Set(tx.Model(&accountRow{}).Where("id = ?", account), map[string]any{"secret": s.hash, "pin": s.pin}); err != nil {
		return err
	}
	if _, err := EndAll(tx, account, token); err != nil {
		return err
	}
	if err := voidCodes(tx, account); err != nil { // a code to go on in another browser, a slip in somebody's drawer
		return err
	}
	return audit.Add(tx, by, audit.Row{Act: "account.secret", Object: "account", ID: account, Change: audit.Changes{}.Field("secret")})
}

// Needs is what an account still has to do after its password, before it is signed in.
type Needs struct {
	Factor   string // "ask" or "enrol", "" for nothing; where the installation asks for it
	Password bool   // a password in the place of six digits, since it holds an office now
}

// NeedsOf reads what an account has to do. No permission is asked: the caller knows its password.
func NeedsOf(tx *db.Tx, account AccountID) (Needs, error) {
	by, _, err := Actor(tx, account)
	if err != nil {
		return Needs{}, err
	}
	row, err := db.One[accountRow](tx.Where("id = ?", account), "accounts.missing")
	if err != nil {
		return Needs{}, err
	}
	n := Needs{Password: row.Pin && office(by)}
	if NeedsFactor(by) {
		f, err := FactorOf(tx, account)
		if err != nil {
			return n, err
		}
		n.Factor = "ask"
		if f.Kind == "" {
			n.Factor = "enrol"
		}
	}
	return n, nil
}

// ReplacePin stores the password of an account that had six digits and holds an office now. The caller has compared these
// digits. Locks the account.
func ReplacePin(tx *db.Tx, account AccountID, s Secret) error {
	row, err := lock(tx, account)
	if err != nil {
		return err
	}
	var c fail.Check
	s.check(&c, "password")
	c.If(s.pin, "password", "accounts.pin_not_for_office")
	if err := c.Err(); err != nil {
		return err
	}
	if !row.Pin || row.DisabledAt != nil {
		return fail.Conflict("accounts.missing")
	}
	return setSecret(tx, access.New(account, access.PersonID{}, "", nil), account, s, "")
}
