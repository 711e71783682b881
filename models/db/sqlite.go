package db

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/ncruces/go-sqlite3/gormlite"
	"gorm.io/gorm"
)

// timeLayout has a fixed width, since SQLite compares times as text.
const timeLayout = "2006-01-02 15:04:05.000"

// openSQLite makes two pools on one file: a single writer that takes its lock at
// BEGIN, and readers that cannot write.
func openSQLite(cfg Config) (*DB, error) {
	w, err := sqlitePool(cfg, 1, "immediate", "foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	readers := cfg.Pool
	if readers == 0 {
		readers = 4
	}
	r, err := sqlitePool(cfg, readers, "deferred", "query_only(1)")
	if err != nil {
		return nil, err
	}
	d := &DB{write: w, read: r}
	for _, g := range []*gorm.DB{w, r} {
		pool, err := g.DB()
		if err != nil {
			return nil, fmt.Errorf("db: %w", err)
		}
		d.pools = append(d.pools, pool)
	}
	return d, nil
}

func sqlitePool(cfg Config, size int, lock string, pragmas ...string) (*gorm.DB, error) {
	sync, cache := "synchronous(FULL)", "cache_size(-8000)" // KiB
	if cfg.Unsafe {
		sync, cache = "synchronous(OFF)", "cache_size(-48000)" // made once and closed: quicker in memory
	}
	q := url.Values{"_txlock": {lock}, "_timefmt": {timeLayout}}
	q["_pragma"] = append([]string{"busy_timeout(5000)", "journal_mode(WAL)", sync, cache}, pragmas...)
	dsn := url.URL{Scheme: "file", Opaque: filepath.ToSlash(cfg.Path), RawQuery: q.Encode()}
	keeper, err := newStatementKeeper(dsn.String())
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(keeper)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	g, err := gorm.Open(gormlite.OpenDB(pool), gormConfig())
	if err != nil {
		return nil, fmt.Errorf("db: open %s: %w", cfg.Path, err)
	}
	return g, nil
}
