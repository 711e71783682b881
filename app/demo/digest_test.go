package demo_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"huotang/models/db"
)

// aside is what two fills cannot have alike: what the schema's own log says of the real time, random codes that people
// keep, sealed values, and hashes over identities, which are random.
var aside = map[string][]string{
	"schema_versions": {"tstamp"},
	"feedback":        {"code"},
	"persons":         {"phone"},
	"roll_items":      {"hash"},
}

// identity is an ID as texts hold it: in the audit and in receipts.
var identity = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// reader gives each identity the number of its first appearance, since IDs themselves are random.
type reader struct {
	*testing.T
	pool  *sql.DB
	known map[string]string
}

// digests is a fingerprint of each table. Tables in order of insertion come first, so that the identities in
// those with an order of their own are known.
func digests(t *testing.T, d *db.DB) map[string]string {
	t.Helper()
	r := reader{t, d.Pool(), map[string]string{}}
	out := map[string]string{}
	for _, order := range []string{" ORDER BY rowid", ""} {
		for _, table := range r.tables(order == "") {
			out[table] = r.digest(table, order)
		}
	}
	return out
}

// tables lists those with a rowid, or without.
func (r reader) tables(keyed bool) (names []string) {
	r.Helper()
	rows, err := r.pool.QueryContext(r.Context(), "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = ? AND name NOT LIKE 'sqlite%' ORDER BY name", keyed)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			r.Fatal(err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		r.Fatal(err)
	}
	return names
}

// digest is the fingerprint of a table's rows, whatever their order.
func (r reader) digest(table, order string) string {
	r.Helper()
	rows, err := r.pool.QueryContext(r.Context(), "SELECT * FROM "+table+order)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		r.Fatal(err)
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	var lines []string
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			r.Fatal(err)
		}
		var line strings.Builder
		for i, v := range values {
			if !slices.Contains(aside[table], columns[i]) {
				line.WriteString(r.text(v) + "\x00")
			}
		}
		lines = append(lines, line.String())
	}
	if err := rows.Err(); err != nil {
		r.Fatal(err)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return fmt.Sprintf("%d rows, %s", len(lines), hex.EncodeToString(sum[:8]))
}

// text is a value with numbers for identities.
func (r reader) text(v any) string {
	switch v := v.(type) {
	case []byte:
		if len(v) == 16 {
			h := hex.EncodeToString(v)
			return r.number(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
		}
		return identity.ReplaceAllStringFunc(string(v), r.number)
	case string:
		return identity.ReplaceAllStringFunc(v, r.number)
	}
	return fmt.Sprint(v)
}

func (r reader) number(id string) string {
	n, ok := r.known[id]
	if !ok {
		n = "#" + strconv.Itoa(len(r.known))
		r.known[id] = n
	}
	return n
}
