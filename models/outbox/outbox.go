// Package outbox keeps what must happen after a commit, outside of the database: a message to send. An op adds a row in its
// transaction; a worker claims rows one by one and does them at least once, so the doing must be repeatable, and whoever
// receives it is told the row's ID, by which he can drop a repeat.
//
// A row that fails waits twice as long each time ([Failed]); after [MostAttempts] it is given up, stays to be seen, and is done only when
// somebody says [Again]. A worker that dies leaves its rows until the lease ends; what it says of them afterwards is lost.
package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

type rowTag struct{}

// RowID identifies a row.
type RowID = id.ID[rowTag]

// Row is a thing to do.
type Row struct {
	ID           RowID `gorm:"primaryKey"`
	Kind         string
	Payload      string // JSON
	MadeAt       time.Time
	DueAt        time.Time
	Attempts     int
	ClaimedBy    string
	ClaimedUntil *time.Time
	DoneAt       *time.Time
	GaveUpAt     *time.Time
	Failure      string
}

// TableName is outbox_rows.
func (Row) TableName() string { return "outbox_rows" }

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any { return []any{Row{}} }

// MostAttempts is how often a row is tried before it is given up: for about 17 hours.
const MostAttempts = 10

// Add stores a thing to do, due at once.
func Add(tx *db.Tx, kind string, payload any) error {
	return AddAs(tx, id.New[rowTag](), kind, payload, tx.Now)
}

// AddAs is Add with an ID of the caller's, so that the same thing is never added twice, and with the time from which on it
// is due.
func AddAs(tx *db.Tx, row RowID, kind string, payload any, due time.Time) error {
	b, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("outbox: %s: %w", kind, err)
	}
	return db.Insert(tx, &Row{ID: row, Kind: kind, Payload: string(b), MadeAt: tx.Now, DueAt: due})
}

// Claim takes up to limit due rows of a kind for the worker until the lease ends; of two
// workers one gets a row (compare and set).
func Claim(tx *db.Tx, kind, worker string, lease time.Duration, limit int) ([]Row, error) {
	const free = "done_at IS NULL AND gave_up_at IS NULL AND due_at <= ? AND (claimed_until IS NULL OR claimed_until < ?)"
	rows, err := db.All[Row](tx.Where("kind = ? AND "+free, kind, tx.Now, tx.Now).Order("due_at, id").Limit(limit))
	if err != nil {
		return nil, err
	}
	until := tx.Now.Add(lease)
	mine := rows[:0]
	for _, r := range rows {
		n, err := db.Set(tx.Model(&Row{}).Where("id = ? AND attempts = ? AND "+free, r.ID, r.Attempts, tx.Now, tx.Now),
			map[string]any{"claimed_by": worker, "claimed_until": until, "attempts": r.Attempts + 1})
		if err != nil {
			return nil, err
		}
		if n == 1 {
			r.Attempts, r.ClaimedBy = r.Attempts+1, worker
			mine = append(mine, r)
		}
	}
	return mine, nil
}

// claimed sets columns of a row that is still the worker's: each claim is another attempt.
func claimed(tx *db.Tx, r Row, columns map[string]any) error {
	_, err := db.Set(tx.Model(&Row{}).Where("id = ? AND claimed_by = ? AND attempts = ? AND done_at IS NULL", r.ID, r.ClaimedBy, r.Attempts), columns)
	return err
}

// Done marks a claimed row as done; note, in machine's words, says what there was instead of a doing, "" for none. It is nothing for a
// row that another worker has claimed meanwhile.
func Done(tx *db.Tx, r Row, note string) error {
	return claimed(tx, r, map[string]any{"done_at": tx.Now, "claimed_until": nil, "failure": note})
}

// Wait is how long a row waits after an attempt: twice as long each time, from two minutes to a day.
func Wait(attempts int) time.Duration { return min(time.Minute<<min(attempts, 11), 24*time.Hour) }

// Failed gives a claimed row back, due again at the time given or later ([Wait]), or gives it up after the last attempt. It is nothing for
// a row that another worker has claimed meanwhile.
func Failed(tx *db.Tx, r Row, due time.Time, cause error) error {
	msg := []rune(cause.Error())
	columns := map[string]any{
		"due_at": later(due, tx.Now.Add(Wait(r.Attempts))), "claimed_until": nil, "failure": string(msg[:min(len(msg), 500)]),
	}
	if r.Attempts >= MostAttempts {
		columns["gave_up_at"] = tx.Now
	}
	return claimed(tx, r, columns)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Yield gives a claimed row back as if it had not been claimed, as by a worker that stops.
func Yield(tx *db.Tx, r Row) error {
	return claimed(tx, r, map[string]any{"claimed_until": nil, "attempts": r.Attempts - 1})
}

// Again makes rows of a kind that were given up due at the time, from the first attempt on; one row, or all for the zero ID. It
// gives how many; not_found when the one is not given up.
func Again(tx *db.Tx, kind string, row RowID, due time.Time) (int, error) {
	q := tx.Model(&Row{}).Where("kind = ? AND gave_up_at IS NOT NULL AND done_at IS NULL", kind)
	if !row.IsZero() {
		q = q.Where("id = ?", row)
	}
	n, err := db.Set(q, map[string]any{"gave_up_at": nil, "attempts": 0, "claimed_until": nil, "due_at": due})
	if err == nil && n == 0 && !row.IsZero() {
		err = fail.NotFound("outbox.not_given_up")
	}
	return int(n), err
}

// Depth is what waits of a kind.
type Depth struct {
	Kind    string
	Waiting int        // not done and not given up
	Oldest  *time.Time // when the oldest of those that are due became so; nil when none is
	GaveUp  int
}

// Depths tells what waits, by kind; nothing for kinds of which nothing does.
func Depths(tx *db.Tx) ([]Depth, error) {
	all, err := db.Ask[Depth](tx, "SELECT kind, SUM(CASE WHEN gave_up_at IS NULL THEN 1 ELSE 0 END) AS waiting, "+
		"SUM(CASE WHEN gave_up_at IS NULL THEN 0 ELSE 1 END) AS gave_up FROM outbox_rows WHERE done_at IS NULL GROUP BY kind ORDER BY kind")
	for i := range all {
		if err != nil {
			return nil, err
		}
		var due []time.Time
		due, err = db.Ask[time.Time](tx, "SELECT due_at FROM outbox_rows WHERE done_at IS NULL AND gave_up_at IS NULL AND kind = ? AND due_at <= ? "+
			"ORDER BY due_at LIMIT 1", all[i].Kind, tx.Now)
		if len(due) > 0 {
			all[i].Oldest = &due[0]
		}
	}
	return all, err
}
