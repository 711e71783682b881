package accounts

import (
	"fmt"
	"math"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"huotang/models/db"
	"huotang/models/fail"
)

// bucket bounds failures that many share, whoever they come from: it takes so many at once and loses one at every step of
// time. When it is full, the next try waits for the next step, so it never shuts anybody out for good. It is kept among the failures,
// under a name that no account can have.
type bucket struct {
	name, address string
	holds         int
	step          time.Duration // in which one runs out
}

// The bounds of wrong passwords. One's own device, on which one has signed in before, is under none of them: there only its
// own failures count. So whoever tries from elsewhere, or from the one address that a village shares, keeps nobody out of
// his own phone.
const (
	addressHolds = 300 // wrong ones of all accounts from one address, beyond them 300 an hour
	addressStep  = 12 * time.Second
	accountHolds = 60 // wrong ones for one account from all addresses, beyond them one a minute
	accountStep  = time.Minute
)

func addressBucket(address string) bucket {
	return bucket{"*address", address, addressHolds, addressStep}
}

func (c Candidate) buckets() []bucket {
	return []bucket{addressBucket(c.address), {c.username, "*account", accountHolds, accountStep}}
}

// level is what is in it now.
func (b bucket) level(f failureRow, now time.Time) int {
	return max(0, f.Failures-int(now.Sub(f.LastAt)/b.step))
}

// mustWait is limited, with the seconds left, while the bucket is full.
func (b bucket) mustWait(tx *db.Tx) error {
	f, err := failures(tx.Where("username = ? AND address = ?", b.name, b.address))
	if err != nil {
		return err
	}
	over := b.level(f, tx.Now) - b.holds
	if over < 0 {
		return nil
	}
	next := f.LastAt.Add(time.Duration(f.Failures-b.holds+1) * b.step)
	return limited(next.Sub(tx.Now))
}

// fill counts one failure. Locks the bucket's row.
func (b bucket) fill(tx *db.Tx) error {
	f, err := lockFailures(tx, b.name, b.address)
	if err != nil {
		return err
	}
	level := b.level(f, tx.Now)
	last := tx.Now
	if level > 0 { // what has begun to run out goes on doing so
		last = f.LastAt.Add(time.Duration(f.Failures-level) * b.step)
	}
	return setFailures(tx, b.name, b.address, level+1, last)
}

func limited(left time.Duration) error {
	return fail.Limited("accounts.wait", int(math.Ceil(left.Seconds())))
}

// lockFailures locks the row of a name and address, which is made where it is missing.
func lockFailures(tx *db.Tx, name, address string) (failureRow, error) {
	first := failureRow{Username: name, Address: address, LastAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&first).Error; err != nil {
		return failureRow{}, fmt.Errorf("accounts: %w", err)
	}
	return failures(tx.Locked().Where("username = ? AND address = ?", name, address))
}

func setFailures(tx *db.Tx, name, address string, n int, at time.Time) error {
	_, err := db.Set(tx.Model(&failureRow{}).Where("username = ? AND address = ?", name, address), map[string]any{"failures": n, "last_at": at})
	return err
}

// countFailure adds one to a row that is locked, from one again after a day without any.
func countFailure(tx *db.Tx, f failureRow, name, address string) error {
	n := f.Failures + 1
	if tx.Now.Sub(f.LastAt) > forgetAfter {
		n = 1
	}
	return setFailures(tx, name, address, n, tx.Now)
}

// mustWait is limited while the failures of the user name at the address, or what many share, ask for a wait.
func (c Candidate) mustWait(tx *db.Tx, q *gorm.DB) error {
	f, err := failures(q.Where("username = ? AND address = ?", c.username, c.address))
	if err == nil {
		err = f.mustWait(tx.Now)
	}
	if err != nil || c.known {
		return err
	}
	for _, b := range c.buckets() {
		if err := b.mustWait(tx); err != nil {
			return err
		}
	}
	return nil
}
