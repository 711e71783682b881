package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"huotang/models/db"
)

// maxSlots bounds the databases on a server; a test waits for none, it takes the next.
const maxSlots = 64

// schema is the state of the migrations that a database was made with: one of another state is left alone.
var schema = db.Fingerprint()

// Server gives a test an emptied database on "mysql" or "mariadb".
func Server(t testing.TB, name string) *Env {
	t.Helper()
	prefix := Service(t, servers[name])
	slot, release, err := takeSlot(prefix)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	t.Cleanup(release)
	e := open(t, name, db.Config{Driver: db.MySQL, DSN: prefix + slot, Pool: 8})
	if err := prepare(e.DB); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return e
}

// takeSlot finds a database that no test of any process holds. The hold is a lock
// of the server, so that a killed process lets go of it.
func takeSlot(prefix string) (name string, release func(), err error) {
	ctx := context.Background()
	admin, err := sql.Open("mysql", prefix)
	if err != nil {
		return "", nil, err
	}
	conn, err := admin.Conn(ctx)
	if err != nil {
		return "", nil, errors.Join(err, admin.Close())
	}
	release = func() { _ = conn.Close(); _ = admin.Close() }
	for n := range maxSlots {
		name = fmt.Sprintf("huotang_test_%s_%d", schema, n+1)
		var got sql.NullInt64
		if err = conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, 0)", name).Scan(&got); err != nil {
			break
		}
		if got.Int64 == 1 {
			_, err = conn.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
			if err != nil {
				break
			}
			return name, release, nil
		}
	}
	release()
	return "", nil, errors.Join(errors.New("no free test database"), err)
}

// prepare migrates the slot's database, once for each state of the migrations, and empties it.
func prepare(d *db.DB) error {
	ctx := context.Background()
	if err := d.Current(ctx); err != nil {
		if err := recreate(ctx, d); err != nil {
			return err
		}
		if _, err := d.Migrate(ctx, nil); err != nil {
			return err
		}
	}
	return empty(ctx, d)
}

func recreate(ctx context.Context, d *db.DB) error {
	return withoutKeys(ctx, d, func(conn *sql.Conn, table string) error {
		_, err := conn.ExecContext(ctx, "DROP TABLE `"+table+"`")
		return err
	})
}

func empty(ctx context.Context, d *db.DB) error {
	return withoutKeys(ctx, d, func(conn *sql.Conn, table string) error {
		if strings.HasPrefix(table, "schema_") {
			return nil
		}
		var one int
		err := conn.QueryRowContext(ctx, "SELECT 1 FROM `"+table+"` LIMIT 1").Scan(&one)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			_, err = conn.ExecContext(ctx, "DELETE FROM `"+table+"`")
		}
		return err
	})
}

// withoutKeys calls do for each table of the database with foreign keys switched off.
func withoutKeys(ctx context.Context, d *db.DB, do func(conn *sql.Conn, table string) error) (err error) {
	conn, err := d.Pool().Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	tables, err := tableNames(ctx, conn)
	if err != nil {
		return err
	}
	if _, err = conn.ExecContext(ctx, "SET FOREIGN_KEY_CHECKS=0"); err != nil {
		return err
	}
	for _, t := range tables {
		if err = do(conn, t); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	_, err = conn.ExecContext(ctx, "SET FOREIGN_KEY_CHECKS=1")
	return err
}

func tableNames(ctx context.Context, conn *sql.Conn) ([]string, error) {
	rows, err := conn.QueryContext(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		names = append(names, n)
	}
	return names, rows.Err()
}

// Wait polls until ok holds, for work that another goroutine does.
func Wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 10 s for %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
