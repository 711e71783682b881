// Package db opens the database and gives units of work on it.
//
// A county runs on MySQL (or MariaDB), or on SQLite in a file when nothing is
// configured. Only handlers, jobs, commands, the demo and tests open units of work,
// with [DB.Read] and [DB.Write]; ops take the *[Tx] and never see the DB. Rules that
// hold on both databases and that ops rely on:
//
//   - MySQL runs at READ COMMITTED, so an op locks the root of its aggregate first
//     ([Tx.Locked]) and reads the rest afterwards. SQLite has one writer.
//   - [DB.Write] repeats its function on deadlock, lock timeout and a busy file, so
//     an op has no effect but through its Tx; [Tx.AfterCommit] only wakes workers and
//     drops caches.
//   - Times are UTC with milliseconds (DATETIME(3)); local days are models/date.
//   - The text collation is binary: equal means the same characters.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// The drivers.
const (
	SQLite = "sqlite"
	MySQL  = "mysql"
)

// Config says which database to open.
type Config struct {
	Driver string // SQLite or MySQL
	Path   string // SQLite: the file; its folder must exist
	DSN    string // MySQL: go-sql-driver form, "user:password@tcp(host:port)/name"
	Pool   int    // connections; 0 means a default (16 for MySQL, 4 readers for SQLite)
	// Unsafe leaves SQLite's fsync out; for tests on throw-away files only.
	Unsafe bool
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	driver string
	write  *gorm.DB
	read   *gorm.DB
	pools  []*sql.DB
	now    func() time.Time
	told   listeners
}

// Open opens and checks the database; it does not migrate (see [DB.Migrate]).
// now is the clock of every unit of work.
func Open(ctx context.Context, cfg Config, now func() time.Time) (*DB, error) {
	var d *DB
	var err error
	switch cfg.Driver {
	case SQLite:
		d, err = openSQLite(cfg)
	case MySQL:
		d, err = openMySQL(cfg)
	default:
		return nil, fmt.Errorf("db: unknown driver %q", cfg.Driver)
	}
	if err != nil {
		return nil, err
	}
	d.driver, d.now = cfg.Driver, now
	if err := d.check(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Driver is SQLite or MySQL (which MariaDB is, too).
func (d *DB) Driver() string { return d.driver }

// Pool is the database/sql handle for writing, for migrations, metrics and tests.
func (d *DB) Pool() *sql.DB { return d.pools[0] }

// Now is the time of the clock that the database was opened with, in UTC.
func (d *DB) Now() time.Time { return d.now().UTC().Truncate(time.Millisecond) }

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.pools[0].PingContext(ctx); err != nil {
		return fmt.Errorf("db: ping: %w", err)
	}
	return nil
}

// Close closes the connections. Units of work must have ended.
func (d *DB) Close() error {
	var errs []error
	for _, p := range d.pools {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// check refuses a server that would not keep the rules of the package comment.
func (d *DB) check(ctx context.Context) error {
	if err := d.Ping(ctx); err != nil || d.driver != MySQL {
		return err
	}
	var isolation string
	if err := d.pools[0].QueryRowContext(ctx, "SELECT @@SESSION."+isolationVariable(ctx, d.pools[0])).Scan(&isolation); err != nil {
		return fmt.Errorf("db: read isolation: %w", err)
	}
	if isolation != "READ-COMMITTED" {
		return fmt.Errorf("db: isolation is %s, want READ-COMMITTED", isolation)
	}
	return nil
}

// isolationVariable names the session variable: MariaDB before 11.1 has only tx_isolation.
func isolationVariable(ctx context.Context, pool *sql.DB) string {
	var name, value string
	err := pool.QueryRowContext(ctx, "SHOW VARIABLES LIKE 'transaction_isolation'").Scan(&name, &value)
	if err != nil {
		return "tx_isolation"
	}
	return name
}

func gormConfig() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		TranslateError:         true,
		DisableAutomaticPing:   true,
		Logger:                 logger.Discard, // errors are returned, and logged once at the edge
	}
}
