package accounts

import (
	"fmt"
	"math"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
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
	Username string
	Address  string // of the client
}

// Candidate is the account that a try may be for. Signing in takes three steps, so that the
// slow hash runs in no transaction: [Area.Candidate] in a read, [Candidate.Verify] outside, [Area.Entered] in a write.
type Candidate struct {
	area     *Area
	account  AccountID // zero when the user name is unknown
	secret   string
	username string
	address  string
}

// Candidate finds the account of a user name; limited, with the seconds to wait, after too many failures.
// Whether there is such an account does not show: an unknown one is waited for and compared with as well.
func (a *Area) Candidate(tx *db.Tx, in EnterInput) (Candidate, error) {
	c := Candidate{area: a, secret: nobody, username: fold(in.Username), address: cut(in.Address)}
	f, err := failures(tx.Where("username = ? AND address = ?", c.username, c.address))
	if err != nil {
		return c, err
	}
	if err := f.mustWait(tx.Now); err != nil {
		return c, err
	}
	row, err := db.One[accountRow](tx.Where("username = ?", c.username), "accounts.missing")
	switch {
	case fail.KindOf(err) == fail.Missing:
		return c, nil
	case err != nil:
		return c, err
	}
	if row.DisabledAt == nil && row.Secret != "" {
		c.account, c.secret = row.ID, row.Secret
	}
	return c, nil
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
		return fail.Limited("accounts.wait", int(math.Ceil(left.Seconds())))
	}
	return nil
}

// Entered keeps how the try ended, and gives the account when it ended well. When it did not, the
// zero account is returned without an error, so that the failure is stored; the caller answers [ErrWrong].
// Limited when other tries have failed meanwhile: of many at once no more than the free ones count. Locks the failures
// of the user name and address.
func (a *Area) Entered(tx *db.Tx, c Candidate, ok bool) (AccountID, error) {
	f, err := failures(tx.Locked().Where("username = ? AND address = ?", c.username, c.address))
	if err == nil {
		err = f.mustWait(tx.Now)
	}
	if err != nil {
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
	first := failureRow{Username: c.username, Address: c.address, LastAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error; err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	key := "username = ? AND address = ?"
	f, err := failures(tx.Locked().Where(key, c.username, c.address))
	if err != nil {
		return err
	}
	if err := f.mustWait(tx.Now); err != nil {
		return err
	}
	n := f.Failures + 1
	if tx.Now.Sub(f.LastAt) > forgetAfter {
		n = 1
	}
	if _, err = db.Set(tx.Model(&failureRow{}).Where(key, c.username, c.address), map[string]any{"failures": n, "last_at": tx.Now}); err != nil {
		return err
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
	row, err := lock(tx, by.Account)
	if err != nil {
		return false, err
	}
	if !ok || c.account != by.Account || row.Secret != c.secret {
		return false, keepFailure(tx, c)
	}
	return true, setSecret(tx, by, by.Account, s, token)
}

// setSecret stores a password and ends the account's sign-ins but one.
func setSecret(tx *db.Tx, by access.Actor, account AccountID, s Secret, token string) error {
	if _, err := db.Set(tx.Model(&accountRow{}).Where("id = ?", account), map[string]any{"secret": s.hash}); err != nil {
		return err
	}
	if _, err := EndAll(tx, account, token); err != nil {
		return err
	}
	return audit.Add(tx, by, audit.Row{Act: "account.secret", Object: "account", ID: account, Change: audit.Changes{}.Field("secret")})
}
