package accounts

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
)

// params cost 19 MiB and about 35 ms (OWASP's second choice).
var params = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashes bounds how many run at once, and so their memory.
var hashes = make(chan struct{}, 2)

// nobody is compared with when the user name is unknown, so that time does not tell. Its
// password is random and was thrown away.
const nobody = "$argon2id$v=19$m=19456,t=2,p=1$xLnJWUzNVbWcZVCsS/ZYKA$Jm7zTn1yOzJmwqhUXfLJq0YvM0vbkfn5Nd+UJvT0xh0"

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
	account  AccountID // zero when the user name is unknown
	secret   string
	username string
	address  string
}

// Candidate finds the account of a user name; limited, with the seconds to wait, after too many failures.
func (a *Area) Candidate(tx *db.Tx, in EnterInput) (Candidate, error) {
	c := Candidate{secret: nobody, username: fold(in.Username), address: in.Address}
	f, err := db.One[failureRow](tx.Where("username = ? AND address = ?", c.username, c.address), "accounts.no_failures")
	if err != nil && fail.KindOf(err) != fail.Missing {
		return c, err
	}
	if left := f.LastAt.Add(wait(f.Failures)).Sub(tx.Now); err == nil && left > 0 {
		return c, fail.Limited("accounts.wait", int(math.Ceil(left.Seconds())))
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

// fold makes a user name what it is stored as.
func fold(username string) string {
	r := []rune(strings.ToLower(strings.TrimSpace(username)))
	return string(r[:min(len(r), 64)])
}

func wait(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	return min(time.Second<<min(failures-freeFailures, 20), longestWait)
}

// Verify compares the password, which takes about 35 ms of CPU whether or not the account exists.
func (c Candidate) Verify(ctx context.Context, password string) (bool, error) {
	select {
	case hashes <- struct{}{}:
		defer func() { <-hashes }()
	case <-ctx.Done():
		return false, fmt.Errorf("accounts: %w", ctx.Err())
	}
	ok, err := argon2id.ComparePasswordAndHash(password, c.secret)
	if err != nil {
		return false, fmt.Errorf("accounts: %w", err)
	}
	return ok && !c.account.IsZero(), nil
}

// Entered keeps how the try ended, and gives the account when it ended well. When it did not, the
// zero account is returned without an error, so that the failure is stored; the caller answers [ErrWrong].
func (a *Area) Entered(tx *db.Tx, c Candidate, ok bool) (AccountID, error) {
	if !ok {
		return AccountID{}, keepFailure(tx, c)
	}
	if err := tx.Where("username = ? AND address = ?", c.username, c.address).Delete(&failureRow{}).Error; err != nil {
		return AccountID{}, fmt.Errorf("accounts: %w", err)
	}
	return c.account, audit.Add(tx, access.New(c.account, access.PersonID{}, "", nil), audit.Row{Act: "account.enter", Object: "account", ID: c.account})
}

// ErrWrong says that user name and password do not belong together, and not which of them is wrong.
var ErrWrong = fail.Invalid("accounts.wrong")

// keepFailure counts one more failure, from one again after a day without any.
func keepFailure(tx *db.Tx, c Candidate) error {
	first := failureRow{Username: c.username, Address: c.address, LastAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error; err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	row, err := db.One[failureRow](tx.Locked().Where("username = ? AND address = ?", c.username, c.address), "accounts.no_failures")
	if err != nil {
		return err
	}
	n := row.Failures + 1
	if tx.Now.Sub(row.LastAt) > forgetAfter {
		n = 1
	}
	_, err = db.Set(tx.Model(&failureRow{}).Where("username = ? AND address = ?", c.username, c.address),
		map[string]any{"failures": n, "last_at": tx.Now})
	return err
}
