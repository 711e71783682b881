package runs

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
)

// Lease is a holder's right to work on a job until ExpiresAt by the database's
// clock. Fence grows with each acquisition, so an old holder is known by its number.
type Lease struct {
	Job       string `gorm:"primaryKey"`
	Holder    string
	Fence     int64
	ExpiresAt time.Time
}

// TableName is job_leases.
func (Lease) TableName() string { return "job_leases" }

// lost is the code of the error after which a holder must stop.
const lost = "jobs.lease_lost"

// IsLost reports that another holder has taken the lease.
func IsLost(err error) bool { return fail.Is(err, lost) }

// ServerNow is the time by the database's clock, in UTC and whole milliseconds. Leases
// go by it, since the clocks of two replicas differ and theirs is the only one they share. MySQL
// gives the start of the statement; SQLite's clock is the machine's.
func ServerNow(tx *db.Tx) (time.Time, error) {
	if tx.Driver() == db.MySQL {
		var now time.Time
		if err := tx.Raw("SELECT UTC_TIMESTAMP(3)").Scan(&now).Error; err != nil {
			return time.Time{}, fmt.Errorf("runs: server time: %w", err)
		}
		return now.UTC(), nil
	}
	var text string
	if err := tx.Raw("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')").Scan(&text).Error; err != nil {
		return time.Time{}, fmt.Errorf("runs: server time: %w", err)
	}
	now, err := time.Parse("2006-01-02 15:04:05.000", text)
	if err != nil {
		return time.Time{}, fmt.Errorf("runs: server time: %w", err)
	}
	return now, nil
}

// never is before every clock: the expiry of a lease that nobody has held yet or that was given back.
var never = date.New(2000, time.January, 1).UTC()

// Acquire takes the job's lease for the holder if it is free or has expired. It is
// not ok when another work on the job is under way, be it the same holder's.
func Acquire(tx *db.Tx, job, holder string, ttl time.Duration) (Lease, bool, error) {
	now, err := ServerNow(tx)
	if err != nil {
		return Lease{}, false, err
	}
	// A plain read first: the holder's units of work lock the row, and who comes for nothing should not wait for them.
	seen, err := db.All[Lease](tx.Where("job = ?", job))
	if err != nil || len(seen) == 1 && seen[0].ExpiresAt.After(now) {
		return Lease{}, false, err
	}
	empty := Lease{Job: job, ExpiresAt: never}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&empty).Error; err != nil {
		return Lease{}, false, fmt.Errorf("runs: lease of %s: %w", job, err)
	}
	old, err := lockLease(tx, job)
	if err != nil || old.ExpiresAt.After(now) {
		return Lease{}, false, err
	}
	l := Lease{Job: job, Holder: holder, Fence: old.Fence + 1, ExpiresAt: now.Add(ttl)}
	n, err := db.Set(tx.Model(&Lease{}).Where("job = ? AND fence = ?", job, old.Fence),
		map[string]any{"holder": holder, "fence": l.Fence, "expires_at": l.ExpiresAt})
	return l, n == 1, err
}

func lockLease(tx *db.Tx, job string) (Lease, error) {
	return db.One[Lease](tx.Locked().Where("job = ?", job), lost)
}

// Renew gives the lease another ttl from now. It fails as [IsLost] says when
// somebody else has acquired it; a lease that merely ran out is renewed.
func Renew(tx *db.Tx, l Lease, ttl time.Duration) (Lease, error) {
	if err := Check(tx, l); err != nil {
		return l, err
	}
	now, err := ServerNow(tx)
	if err != nil {
		return l, err
	}
	l.ExpiresAt = now.Add(ttl)
	_, err = db.Set(tx.Model(&Lease{}).Where("job = ? AND fence = ?", l.Job, l.Fence), map[string]any{"expires_at": l.ExpiresAt})
	return l, err
}

// Check locks the lease's row and fails as [IsLost] says when the lease is no longer
// the holder's. A job's unit of work calls it first: since nobody can acquire the lease before
// that work has ended, a holder that lost it commits nothing.
func Check(tx *db.Tx, l Lease) error {
	now, err := lockLease(tx, l.Job)
	if err != nil {
		return err
	}
	if now.Fence != l.Fence || now.Holder != l.Holder {
		return fail.Conflict(lost)
	}
	return nil
}

// Release gives the lease back; one that was lost stays with its new holder.
func Release(tx *db.Tx, l Lease) error {
	_, err := db.Set(tx.Model(&Lease{}).Where("job = ? AND fence = ?", l.Job, l.Fence), map[string]any{"expires_at": never})
	return err
}
