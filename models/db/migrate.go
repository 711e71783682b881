package db

import (
	"context"
	"embed"
	"fmt"
	"hash/fnv"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// provider reads the migrations; locked makes several processes migrate one after another.
func (d *DB) provider(log *slog.Logger, locked bool) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+d.driver)
	if err != nil {
		return nil, fmt.Errorf("db: migrations: %w", err)
	}
	dialect := goose.DialectSQLite3
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithTableName("schema_versions")}
	if log != nil {
		opts = append(opts, goose.WithSlog(log))
	}
	if d.driver == MySQL {
		dialect = goose.DialectMySQL
	}
	if d.driver == MySQL && locked {
		locker, err := lock.NewMySQLTableLocker(lock.WithTableName("schema_lock"))
		if err != nil {
			return nil, fmt.Errorf("db: migration lock: %w", err)
		}
		opts = append(opts, goose.WithLocker(locker))
	}
	p, err := goose.NewProvider(dialect, d.pools[0], files, opts...)
	if err != nil {
		return nil, fmt.Errorf("db: migrations: %w", err)
	}
	return p, nil
}

// Migrate brings the schema up to this binary's and returns how many steps it
// took. Several processes may call it at once: one works, the others wait.
func (d *DB) Migrate(ctx context.Context, log *slog.Logger) (int, error) {
	if err := d.refuseNewer(ctx); err != nil {
		return 0, err
	}
	p, err := d.provider(log, true)
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return len(done), fmt.Errorf("db: migrate: %w", err)
	}
	return len(done), nil
}

// Fingerprint tells one state of the migrations from another, 8 hex digits: test databases are named by it.
func Fingerprint() string {
	sum := fnv.New32a()
	err := fs.WalkDir(migrations, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := migrations.ReadFile(path)
		_, _ = sum.Write(append([]byte(path), text...)) // which cannot fail
		return err
	})
	if err != nil {
		panic(err) // what is embedded can be read
	}
	return fmt.Sprintf("%08x", sum.Sum32())
}

// Current is nil when the schema is exactly this binary's.
func (d *DB) Current(ctx context.Context) error {
	have, want, err := d.versions(ctx)
	if err != nil {
		return err
	}
	if have != want {
		return fmt.Errorf("db: the schema is at version %d, this program needs %d", have, want)
	}
	return nil
}

// refuseNewer keeps an older binary off a schema that it does not know.
func (d *DB) refuseNewer(ctx context.Context) error {
	have, want, err := d.versions(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return fmt.Errorf("db: the schema (version %d) is newer than this program (version %d); use the newer program", have, want)
	}
	return nil
}

// versions gives the schema's version in the database and in this binary.
func (d *DB) versions(ctx context.Context) (have, want int64, err error) {
	p, err := d.provider(nil, false)
	if err != nil {
		return 0, 0, err
	}
	for _, s := range p.ListSources() {
		want = max(want, s.Version)
	}
	have, err = p.GetDBVersion(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("db: schema version: %w", err)
	}
	return have, want, nil
}
