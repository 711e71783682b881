// Package runs records the runs of jobs and holds the leases by which several
// replicas share them.
//
// A run is identified by its job and the time it was due at (unique), so of two
// replicas one gets it, and what was missed while all were down is found from the last row.
// Only the holder of the job's lease works on it; see [Acquire] and [Check].
package runs

import (
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
	Skipped  State = "skipped" // the run before was still at work
)

// Run is a row of job_runs.
type Run struct {
	ID         RunID `gorm:"primaryKey"`
	Job        string
	DueAt      time.Time
	ByHand     bool
	Dry        bool // its units of work were taken back
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

// Asked says which run of a job to begin.
type Asked struct {
	ID     RunID
	Due    time.Time // by hand: when it was asked for
	ByHand bool
	Dry    bool // only by hand
}

// Begin stores that the holder of the lease starts the run. Where the row of its due time is there it fails
// as [IsTaken] says, unless its holder lost the lease in the middle of it: then the run is the new holder's.
// Locks the lease.
func Begin(tx *db.Tx, l Lease, asked Asked) (Run, error) {
	if err := Check(tx, l); err != nil {
		return Run{}, err
	}
	r := Run{
		ID: asked.ID, Job: l.Job, DueAt: asked.Due.UTC().Truncate(time.Millisecond), ByHand: asked.ByHand, Dry: asked.Dry,
		State: Running, Host: l.Holder, Fence: l.Fence, StartedAt: tx.Now,
	}
	found, err := db.All[Run](tx.Where("job = ? AND due_at = ? AND by_hand = ?", r.Job, r.DueAt, r.ByHand).Limit(1))
	if err != nil {
		return Run{}, err
	}
	if len(found) == 1 {
		return takeOver(tx, l, found[0])
	}
	return r, insert(tx, &r)
}

// insert fails as [IsTaken] says when another replica has stored the row of the same due time.
func insert(tx *db.Tx, r *Run) error {
	err := db.Insert(tx, r)
	if db.IsDuplicate(err) {
		return fail.Conflict(taken).Because(err)
	}
	return err
}

// Skip stores that nothing was done at the due time because a run of the job by the clock was still at work; not ok
// when none is any more, or when the time has its row already. Locks the lease, which a run gives back with its end.
func Skip(tx *db.Tx, job, host string, due time.Time) (ok bool, err error) {
	l, err := lockLease(tx, job)
	if err != nil {
		return false, err
	}
	st, err := Stand(tx, job)
	if err != nil || st.Open.IsZero() || !st.Held || !st.Last.Before(due) {
		return false, err
	}
	r := Run{
		ID: NewID(), Job: job, DueAt: due.UTC().Truncate(time.Millisecond), State: Skipped, Host: host, Fence: l.Fence,
		StartedAt: tx.Now, FinishedAt: &tx.Now,
	}
	err = insert(tx, &r)
	if IsTaken(err) {
		return false, nil
	}
	return err == nil, err
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

// Standing is how a job stands with the clock.
type Standing struct {
	Last time.Time // the latest due time that has a row; zero for none
	Open time.Time // due time of the run that is at work, or whose holder was killed at it; zero for none
	Held bool      // the job's lease is held, by a run by the clock or by hand
}

// Stand reads how the job stands.
func Stand(tx *db.Tx, job string) (Standing, error) {
	rows, err := db.All[Run](tx.Where("job = ? AND by_hand = ?", job, false).Order("due_at DESC").Limit(1))
	if err != nil || len(rows) == 0 {
		return Standing{}, err
	}
	st := Standing{Last: rows[0].DueAt}
	if rows[0].State == Skipped {
		rows, err = db.All[Run](tx.Where("job = ? AND by_hand = ? AND state <> ?", job, false, Skipped).Order("due_at DESC").Limit(1))
		if err != nil {
			return st, err
		}
	}
	if len(rows) == 1 && rows[0].State == Running {
		st.Open = rows[0].DueAt
	}
	now, err := ServerNow(tx)
	if err != nil {
		return st, err
	}
	leases, err := db.All[Lease](tx.Where("job = ?", job))
	st.Held = len(leases) == 1 && leases[0].ExpiresAt.After(now)
	return st, err
}

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{Run{}, Lease{}, Replica{}} }
