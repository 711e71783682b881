// Package runs records the runs of jobs and holds the leases by which several
// replicas share them.
//
// A run is identified by its job and the time it was due at (unique), so of two
// replicas one gets it, and what was missed while all were down is found from the last row.
// Only the holder of the job's lease works on it; see [Acquire] and [Check].
package runs

import (
	"fmt"
	"time"

	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

type runTag struct{}

// RunID identifies a run.
type RunID = id.ID[runTag]

// State of a run.
type State string

// The states.
const (
	Running  State = "running"
	Finished State = "finished"
	Failed   State = "failed"
)

// Run is a row of job_runs.
type Run struct {
	ID         RunID `gorm:"primaryKey"`
	Job        string
	DueAt      time.Time
	ByHand     bool
	State      State
	Host       string
	Fence      int64
	StartedAt  time.Time
	FinishedAt *time.Time
	Summary    string
	Failure    string
}

// TableName is job_runs.
func (Run) TableName() string { return "job_runs" }

// taken is the code of the error that the slower of two replicas gets.
const taken = "jobs.taken"

// IsTaken reports that the run of this due time is there already.
func IsTaken(err error) bool { return fail.Is(err, taken) }

// NewID gives the identity of a run.
func NewID() RunID { return id.New[runTag]() }

// Begin stores that the holder of the lease starts the run that was due, as id. Where the
// row is there it fails as [IsTaken] says, unless its holder lost the lease in the middle of
// it: then the run is the new holder's. Locks the lease.
func Begin(tx *db.Tx, l Lease, id RunID, due time.Time, byHand bool) (Run, error) {
	if err := Check(tx, l); err != nil {
		return Run{}, err
	}
	due = due.UTC().Truncate(time.Millisecond)
	found, err := db.All[Run](tx.Where("job = ? AND due_at = ? AND by_hand = ?", l.Job, due, byHand).Limit(1))
	if err != nil {
		return Run{}, err
	}
	if len(found) == 1 {
		return takeOver(tx, l, found[0])
	}
	r := Run{
		ID: id, Job: l.Job, DueAt: due, ByHand: byHand, State: Running,
		Host: l.Holder, Fence: l.Fence, StartedAt: tx.Now,
	}
	if err := db.Insert(tx, &r); err != nil {
		if db.IsDuplicate(err) {
			return Run{}, fail.Conflict(taken).Because(err)
		}
		return Run{}, err
	}
	return r, nil
}

func takeOver(tx *db.Tx, l Lease, r Run) (Run, error) {
	if r.State != Running || r.Fence >= l.Fence {
		return Run{}, fail.Conflict(taken)
	}
	n, err := db.Set(tx.Model(&Run{}).Where("id = ? AND state = ? AND fence = ?", r.ID, Running, r.Fence),
		map[string]any{"host": l.Holder, "fence": l.Fence, "started_at": tx.Now})
	if err != nil {
		return Run{}, err
	}
	if n != 1 {
		return Run{}, fail.Conflict(taken)
	}
	r.Host, r.Fence, r.StartedAt = l.Holder, l.Fence, tx.Now
	return r, nil
}

// Finish stores that the run ended well, and what it did, in at most 500 characters.
func Finish(tx *db.Tx, r Run, summary string) error {
	return end(tx, r, map[string]any{"state": Finished, "summary": cut(summary, 500)})
}

// Fail stores that the run failed, and why: the error, for a panic with its stack.
func Fail(tx *db.Tx, r Run, failure string) error {
	return end(tx, r, map[string]any{"state": Failed, "failure": cut(failure, 20000)})
}

// end fails as [IsLost] says when another holder has taken the run over.
func end(tx *db.Tx, r Run, columns map[string]any) error {
	columns["finished_at"] = tx.Now
	n, err := db.Set(tx.Model(&Run{}).Where("id = ? AND fence = ? AND state = ?", r.ID, r.Fence, Running), columns)
	if err == nil && n != 1 {
		return fail.Conflict(lost)
	}
	return err
}

func cut(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}

// Abandon fails the job's runs that stand as running although the lease is l's: their
// holder was killed, and what was due then is not done again. The run of l itself is left alone.
func Abandon(tx *db.Tx, l Lease) error {
	_, err := db.Set(tx.Model(&Run{}).Where("job = ? AND state = ? AND fence < ?", l.Job, Running, l.Fence),
		map[string]any{"state": Failed, "failure": "the holder stopped in the middle", "finished_at": tx.Now})
	return err
}

// LastDue is the latest due time of the job's runs by the clock, ended or not.
// ok is false when it never ran.
func LastDue(tx *db.Tx, job string) (due time.Time, ok bool, err error) {
	r, ok, err := last(tx, job)
	return r.DueAt, ok, err
}

func last(tx *db.Tx, job string) (Run, bool, error) {
	rows, err := db.All[Run](tx.Where("job = ? AND by_hand = ?", job, false).Order("due_at DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		return Run{}, false, err
	}
	return rows[0], true, nil
}

// Unfinished reports whether the run of the due time stands as running although the
// job's lease is free: its holder was killed, and another may take it over.
func Unfinished(tx *db.Tx, job string, due time.Time) (bool, error) {
	r, ok, err := last(tx, job)
	if err != nil || !ok || r.State != Running || !r.DueAt.Equal(due) {
		return false, err
	}
	now, err := ServerNow(tx)
	if err != nil {
		return false, err
	}
	leases, err := db.All[Lease](tx.Where("job = ?", job))
	return len(leases) == 1 && !leases[0].ExpiresAt.After(now), err
}

// DropBefore deletes the runs that ended before the time and returns how many.
func DropBefore(tx *db.Tx, t time.Time) (int64, error) {
	res := tx.Where("finished_at < ?", t).Delete(&Run{})
	if res.Error != nil {
		return 0, fmt.Errorf("runs: drop: %w", res.Error)
	}
	return res.RowsAffected, nil
}

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{Run{}, Lease{}} }
