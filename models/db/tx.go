package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"huotang/models/date"
)

// Tx is one unit of work: a transaction bound to its context, with the one time
// that everything in it happens at.
type Tx struct {
	*gorm.DB
	Now       time.Time // UTC, whole milliseconds
	RequestID string    // of the request that asked for the work, "" for none
	driver    string
	writable  bool
	after     []func()
	told      []Listener
}

// Today is the county's local day at Now.
func (tx *Tx) Today() date.Date { return date.Of(tx.Now) }

// Driver is SQLite or MySQL.
func (tx *Tx) Driver() string { return tx.driver }

// Writes reports a unit of work of [DB.Write].
func (tx *Tx) Writes() bool { return tx.writable }

// Locked reads rows FOR UPDATE: the root of an aggregate, before anything else of
// it. On SQLite the unit of work already holds the only write lock.
func (tx *Tx) Locked() *gorm.DB {
	if tx.driver == SQLite {
		return tx.DB
	}
	return tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
}

// Lock locks the row of a table whose column `id` is the value, as [Tx.Locked] does, for an op that reads it by
// a query of its own afterwards. A row that is not there is no error.
func (tx *Tx) Lock(table string, id any) error {
	if tx.driver == SQLite {
		return nil
	}
	return Each(tx, "SELECT 1 FROM `"+table+"` WHERE id = ? FOR UPDATE", []any{id}, func(func(...any) error) error { return nil })
}

// Share locks the row of a table whose column `id` is the value against change until the unit of work ends, and waits for who changes it;
// several may share it. For what an op relies on without changing it: that a unit is open. A row that is not there is no error.
func (tx *Tx) Share(table string, id any) error {
	if tx.driver == SQLite || !tx.writable {
		return nil
	}
	return Each(tx, "SELECT 1 FROM `"+table+"` WHERE id = ? LOCK IN SHARE MODE", []any{id}, func(func(...any) error) error { return nil })
}

// AfterCommit registers what to do once the work is stored: wake a worker, drop a
// cache. What must happen is a row, never a callback.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// ErrUnknown says that the connection was lost at COMMIT: the work is stored or not.
// Ops whose IDs the client made are safe to repeat.
var ErrUnknown = errors.New("db: connection lost at commit")

// errNested refuses a unit of work within another, which would deadlock on SQLite.
var errNested = errors.New("db: a unit of work within another")

type (
	nestedKey  struct{}
	requestKey struct{}
)

// WithRequestID returns a context whose units of work carry the request's ID into the audit.
func WithRequestID(ctx context.Context, requestID string) context.Context {
	return context.WithValue(ctx, requestKey{}, requestID)
}

// RequestID is what [WithRequestID] put there, or "".
func RequestID(ctx context.Context) string {
	v, _ := ctx.Value(requestKey{}).(string)
	return v
}

// Read runs fn in a read-only transaction; a write in it fails.
func (d *DB) Read(ctx context.Context, fn func(*Tx) error) error {
	return d.run(ctx, d.read, false, fn)
}

// Peek runs fn without a transaction, for one query, which is a whole by itself: who asks is read so at every
// request. fn does not write.
func (d *DB) Peek(ctx context.Context, fn func(*Tx) error) error {
	if ctx.Value(nestedKey{}) != nil {
		return errNested
	}
	return fn(&Tx{DB: d.read.WithContext(ctx), Now: d.Now(), RequestID: RequestID(ctx), driver: d.driver})
}

// attempts of a Write; with the waits below they span at least a second.
const attempts = 8

// Write runs fn in a transaction and commits it if fn returns nil. On a deadlock, a
// lock timeout, a busy file or an error marked by [Repeat] it rolls back and runs fn
// again, so fn must have no effect but through its Tx.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	for n := 1; ; n++ {
		err := d.run(ctx, d.write, true, fn)
		if err == nil || n == attempts || !repeatable(err) {
			return err
		}
		if err := pause(ctx, n); err != nil {
			return err
		}
	}
}

// pause waits a random while that grows with the attempts made.
func pause(ctx context.Context, n int) error {
	t := time.NewTimer(time.Duration(1+rand.IntN(8<<n)) * time.Millisecond) //nolint:gosec // jitter
	defer t.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("db: %w", ctx.Err())
	case <-t.C:
		return nil
	}
}

func (d *DB) run(ctx context.Context, pool *gorm.DB, writable bool, fn func(*Tx) error) (err error) {
	if ctx.Value(nestedKey{}) != nil {
		return errNested
	}
	ctx = context.WithValue(ctx, nestedKey{}, true)
	g := pool.WithContext(ctx).Begin(&sql.TxOptions{ReadOnly: !writable && d.driver == MySQL})
	if g.Error != nil {
		return fmt.Errorf("db: begin: %w", g.Error)
	}
	tx := &Tx{DB: g, Now: d.Now(), RequestID: RequestID(ctx), driver: d.driver, writable: writable, told: d.told.list()}
	defer func() {
		if p := recover(); p != nil {
			g.Rollback()
			panic(p)
		}
	}()
	if err := fn(tx); err != nil {
		g.Rollback()
		return err
	}
	if err := g.Commit().Error; err != nil {
		return d.commitFailed(err)
	}
	for _, f := range tx.after {
		f()
	}
	return nil
}

// commitFailed tells a COMMIT that the database refused, which rolled back, from one
// whose answer never came.
func (d *DB) commitFailed(err error) error {
	if repeatable(err) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || d.driver == SQLite {
		return fmt.Errorf("db: commit: %w", err)
	}
	return errors.Join(ErrUnknown, err)
}
