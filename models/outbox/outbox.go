// Package outbox keeps what must happen after a commit: a notice to send, a search
// key to rebuild, an object to delete. An op adds a row in its transaction; a job
// claims rows one by one and does them at least once, so the doing must be repeatable.
package outbox

import (
	"encoding/json"
	"fmt"
	"time"

	"huotang/models/db"
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
	Failure      string
}

// TableName is outbox_rows.
func (Row) TableName() string { return "outbox_rows" }

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any { return []any{Row{}} }

// Add stores a thing to do, due at once.
func Add(tx *db.Tx, kind string, payload any) error {
	b, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("outbox: %s: %w", kind, err)
	}
	return db.Insert(tx, &Row{ID: id.New[rowTag](), Kind: kind, Payload: string(b), MadeAt: tx.Now, DueAt: tx.Now})
}

// Claim takes up to limit due rows of a kind for the worker until the lease ends; of two
// workers one gets a row (compare and set).
func Claim(tx *db.Tx, kind, worker string, lease time.Duration, limit int) ([]Row, error) {
	const free = "done_at IS NULL AND due_at <= ? AND (claimed_until IS NULL OR claimed_until < ?)"
	rows, err := db.All[Row](tx.Where("kind = ? AND "+free, kind, tx.Now, tx.Now).Order("due_at, id").Limit(limit))
	if err != nil {
		return nil, err
	}
	until := tx.Now.Add(lease)
	mine := rows[:0]
	for _, r := range rows {
		n, err := db.Set(tx.Model(&Row{}).Where("id = ? AND "+free, r.ID, tx.Now, tx.Now),
			map[string]any{"claimed_by": worker, "claimed_until": until, "attempts": r.Attempts + 1})
		if err != nil {
			return nil, err
		}
		if n == 1 {
			r.Attempts++
			mine = append(mine, r)
		}
	}
	return mine, nil
}

// Done marks a claimed row as done.
func Done(tx *db.Tx, row RowID) error {
	_, err := db.Set(tx.Model(&Row{}).Where("id = ?", row), map[string]any{"done_at": tx.Now, "failure": ""})
	return err
}

// Failed gives a claimed row back, due again after a wait that doubles with each
// attempt, from a minute to a day.
func Failed(tx *db.Tx, r Row, cause error) error {
	wait := min(time.Minute<<min(r.Attempts, 11), 24*time.Hour)
	msg := []rune(cause.Error())
	_, err := db.Set(tx.Model(&Row{}).Where("id = ?", r.ID), map[string]any{
		"due_at": tx.Now.Add(wait), "claimed_until": nil, "failure": string(msg[:min(len(msg), 500)]),
	})
	return err
}
