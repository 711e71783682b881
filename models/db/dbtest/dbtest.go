// Package dbtest gives tests real, migrated, empty databases.
//
// [Each] runs a test on SQLite, MySQL and MariaDB, [SQLite] on a file alone. The
// servers are named by HUOTANG_TEST_MYSQL and HUOTANG_TEST_MARIADB
// ("root@tcp(127.0.0.1:3306)/"); a server without a variable is left out,
// unless HUOTANG_TEST_ALL=1 makes that fatal. A test never shares its database: a file is a copy of a
// migrated template, a server database belongs to a slot that one test holds at a time and
// finds emptied.
package dbtest

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"huotang/models/db"
)

// Start is what a new Clock says: a Monday afternoon in the county.
var Start = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// Clock is a clock that only a test moves. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock gives a clock that says t.
func NewClock(t time.Time) *Clock { return &Clock{now: t} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Add moves the clock by d.
func (c *Clock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }

// Env is a test's database and its clock.
type Env struct {
	*db.DB
	Clock *Clock
	Name  string    // "sqlite", "mysql" or "mariadb"
	Conf  db.Config // to open the same database a second time, as a replica would
}

// Do runs a unit of work that must succeed.
func (e *Env) Do(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := e.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// See reads in a unit of work that must succeed.
func (e *Env) See(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := e.Read(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// All reports whether every service must be there (make test).
func All() bool { return os.Getenv("HUOTANG_TEST_ALL") == "1" }

// Service gives the value of a variable that names a service; without it the test
// is skipped, or fails when everything must be there.
func Service(t testing.TB, variable string) string {
	t.Helper()
	v := os.Getenv(variable)
	switch {
	case v != "":
	case All():
		t.Fatalf("%s is not set, and HUOTANG_TEST_ALL=1 wants every service", variable)
	default:
		t.Skipf("%s is not set", variable)
	}
	return v
}

// Each runs fn as a subtest on every database.
func Each(t *testing.T, fn func(t *testing.T, e *Env)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	for name, variable := range servers {
		if os.Getenv(variable) == "" && !All() {
			continue // fast run: no service, no subtest
		}
		t.Run(name, func(t *testing.T) { fn(t, Server(t, name)) })
	}
}

var servers = map[string]string{"mysql": "HUOTANG_TEST_MYSQL", "mariadb": "HUOTANG_TEST_MARIADB"}

var template struct {
	once sync.Once
	file []byte
	err  error
}

// SQLite gives a test its own file.
func SQLite(t testing.TB) *Env {
	t.Helper()
	template.once.Do(func() { template.file, template.err = migratedFile() })
	if template.err != nil {
		t.Fatal(template.err)
	}
	path := filepath.Join(t.TempDir(), "test.db")
	if err := os.WriteFile(path, template.file, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, "sqlite", db.Config{Driver: db.SQLite, Path: path, Unsafe: true})
}

func open(t testing.TB, name string, cfg db.Config) *Env {
	t.Helper()
	clock := NewClock(Start)
	d, err := db.Open(context.Background(), cfg, clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return &Env{DB: d, Clock: clock, Name: name, Conf: cfg}
}

// migratedFile migrates a file once for the test binary and gives its bytes.
func migratedFile() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "huotang-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), db.Config{Driver: db.SQLite, Path: path, Unsafe: true}, time.Now)
	if err != nil {
		return nil, err
	}
	if _, err := d.Migrate(context.Background(), nil); err != nil {
		return nil, err
	}
	if _, err := d.Pool().Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}
