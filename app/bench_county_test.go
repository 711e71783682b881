//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"huotang/configs"
	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/people"
)

// benchCounty is the demo county in a database of its own, served by a process of its own.
type benchCounty struct {
	name   string
	config db.Config
	pool   *sql.DB // waits for the disk, as the house does
	db     *db.DB
	house  *child
	server int // process of the database server, 0 for none
	lesson courses.LessonID
	homes  []*benchHome
}

// benchHome is a school with its host's sign-in and the people of its roster.
type benchHome struct {
	site   org.SiteID
	host   accounts.AccountID
	cookie string
	people []people.PersonID
}

// demoFile makes the demo county and gives its database; HUOTANG_BENCH_DEMO names one that was made before.
func demoFile(b *testing.B, program string) string {
	b.Helper()
	if made := os.Getenv("HUOTANG_BENCH_DEMO"); made != "" {
		return made
	}
	cfg := configs.Default()
	cfg.Data = filepath.Join(b.TempDir(), "demo")
	at := freeAddress(b)
	startChild(b, at, nil, program, "demo", "--reset", "--dir", cfg.Data, "--addr", at).stop(b)
	return cfg.DatabaseFile()
}

// openCounty copies the demo's database, changes the copy, and serves it.
func openCounty(b *testing.B, program, name, file string, change func(c *benchCounty)) *benchCounty {
	b.Helper()
	c := &benchCounty{name: name}
	environ := []string{"HUOTANG_SECRET=" + string(benchSecret), "HUOTANG_JOBS=off"}
	data := b.TempDir()
	if name == "SQLite" {
		c.config = db.Config{Driver: db.SQLite, Path: filepath.Join(data, "huotang.db")}
		from := openPool(b, db.Config{Driver: db.SQLite, Path: file})
		if _, err := from.Pool().Exec("VACUUM INTO ?", c.config.Path); err != nil {
			b.Fatal(err)
		}
	} else {
		c.config = dbtest.Server(b, "mysql").Conf
		environ = append(environ, "HUOTANG_DATABASE_DRIVER=mysql", "HUOTANG_DATABASE_DSN="+c.config.DSN)
		var err error
		if c.server, err = serverOn(os.Getenv("HUOTANG_TEST_MYSQL")); err != nil {
			b.Fatal(err)
		}
	}
	c.db = openPool(b, c.config)
	c.pool = c.db.Pool()
	if name != "SQLite" {
		c.copyFrom(b, openPool(b, db.Config{Driver: db.SQLite, Path: file}).Pool())
	}
	if change != nil {
		change(c)
	}

	c.findHomes(b)
	at := freeAddress(b)
	c.house = startChild(b, at, environ, program, "serve", "--data", data, "--listen", at)
	return c
}

func openPool(b *testing.B, cfg db.Config) *db.DB {
	b.Helper()
	d, err := db.Open(patient(b), cfg, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = d.Close() })
	return d
}

// copyFrom copies every table of a SQLite database whose schema is the same.
func (c *benchCounty) copyFrom(b *testing.B, from *sql.DB) {
	b.Helper()
	ctx := patient(b)
	conn, err := c.pool.Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	run := func(query string, args ...any) {
		if _, err := conn.ExecContext(ctx, query, args...); err != nil {
			b.Fatalf("%v: %.200s", err, query)
		}
	}
	run("SET foreign_key_checks = 0")
	for _, table := range columnOf(b, from, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose%'") {
		run("DELETE FROM `" + table + "`")
		copyTable(b, from, table, run)
	}
	run("SET foreign_key_checks = 1")
}

// copyTable reads a table and has run insert its rows, many at once.
func copyTable(b *testing.B, from *sql.DB, table string, run func(query string, args ...any)) {
	b.Helper()
	rows, err := from.QueryContext(patient(b), "SELECT * FROM `"+table+"`")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	names, _ := rows.Columns()
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", len(names)), ",") + ")"
	into := "INSERT INTO `" + table + "` (`" + strings.Join(names, "`,`") + "`) VALUES "
	var args []any
	flush := func() {
		if n := len(args) / len(names); n > 0 {
			run(into+strings.TrimSuffix(strings.Repeat(one+",", n), ","), args...)
		}
		args = args[:0]
	}
	for rows.Next() {
		line, at := make([]any, len(names)), make([]any, len(names))
		for i := range line {
			at[i] = &line[i]
		}
		if err := rows.Scan(at...); err != nil {
			b.Fatal(err)
		}
		if args = append(args, line...); len(args) > 10000 {
			flush()
		}
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	flush()
}

func columnOf(b *testing.B, pool *sql.DB, query string, args ...any) []string {
	b.Helper()
	rows, err := pool.QueryContext(patient(b), query, args...)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			b.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return out
}

// findHomes reads the schools with a host who has an account, and signs the hosts in.
func (c *benchCounty) findHomes(b *testing.B) {
	b.Helper()
	const atOnce = 13
	err := c.db.Write(patient(b), func(tx *db.Tx) error {
		found, err := db.Ask[struct {
			Site org.SiteID
			Host accounts.AccountID
		}](tx, "SELECT q.site_id AS site, MIN(a.id) AS host FROM posts q JOIN sites h ON h.id = q.site_id AND h.licence = 'licensed' JOIN accounts a ON a.person_id = q.person_id "+
			"WHERE q.post = 'host' AND q.`until` IS NULL AND a.disabled_at IS NULL GROUP BY q.site_id ORDER BY q.site_id")
		if err != nil {
			return err
		}
		lessons, err := db.Ask[courses.LessonID](tx, "SELECT l.id FROM lessons l JOIN courses c ON c.id = l.course_id WHERE c.is_public AND l.reviewed_at IS NOT NULL ORDER BY l.id LIMIT 1")
		if err != nil {
			return err
		}
		c.lesson = lessons[0]
		for _, h := range found {
			home := &benchHome{site: h.Site, host: h.Host}
			if home.cookie, err = signedIn(tx, h.Host); err != nil {
				return err
			}
			home.people, err = db.Ask[people.PersonID](tx, "SELECT person_id FROM rosters WHERE site_id = ? AND since <= ? AND (`until` IS NULL OR `until` >= ?) ORDER BY person_id LIMIT ?",
				h.Site, tx.Today().AddDays(-3), tx.Today(), atOnce)
			if err != nil {
				return err
			}
			c.homes = append(c.homes, home)
		}
		return nil
	})
	if err != nil || len(c.homes) < 500 {
		b.Fatalf("%d homes: %v", len(c.homes), err)
	}
}

// signedIn keeps a sign-in as the house does, and gives its cookie.
func signedIn(tx *db.Tx, account accounts.AccountID) (string, error) {
	token, ends := "bench-"+account.String(), tx.Now.Add(8*time.Hour)
	sum := sha256.Sum256([]byte(token))
	data, err := json.Marshal(struct {
		Deadline time.Time         `json:"deadline"`
		Values   map[string]string `json:"values"`
	}{ends, map[string]string{"account": account.String()}})
	if err != nil {
		return "", err
	}
	in := accounts.SignIn{Token: base64.RawURLEncoding.EncodeToString(sum[:]), Account: account, Data: data, ExpiresAt: ends}
	return "huotang=" + token, accounts.KeepSignIn(tx, in)
}

// caller is a browser of somebody with the role, signed in.
func (c *benchCounty) caller(b *testing.B, role access.Role) *caller {
	b.Helper()
	v := newCaller(b, c.house.url)
	err := c.db.Write(context.Background(), func(tx *db.Tx) error {
		who, err := db.Ask[accounts.AccountID](tx, "SELECT account_id FROM grants WHERE role = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY account_id LIMIT 1", role, tx.Now)
		if err == nil {
			v.cookie, err = signedIn(tx, who[0])
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return v
}

// hostCaller is the phone of a school's host.
func (c *benchCounty) hostCaller(b *testing.B, h *benchHome) *caller {
	v := newCaller(b, c.house.url)
	v.cookie = h.cookie
	v.do(false, http.MethodGet, fmt.Sprintf("/api/v1/sites/%s/today", h.site), nil)
	return v
}
