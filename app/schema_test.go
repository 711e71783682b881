package main

import (
	"cmp"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"gorm.io/gorm/schema"

	"huotang/models/accounts"
	"huotang/models/attendance"
	"huotang/models/audit"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/exchange"
	"huotang/models/feeds"
	"huotang/models/imports"
	"huotang/models/messages"
	"huotang/models/org"
	"huotang/models/outbox"
	"huotang/models/people"
	"huotang/models/photos"
	"huotang/models/privacy"
	"huotang/models/progress"
	"huotang/models/relay"
	"huotang/models/reports"
	"huotang/models/runs"
	"huotang/models/service"
	"huotang/models/settings"
	"huotang/models/videos"
)

// rows are the row structs of all areas.
var rows = slices.Concat(
	db.Rows(), audit.Rows(), settings.Rows(), outbox.Rows(), runs.Rows(), org.Rows(), people.Rows(), accounts.Rows(),
	calendar.Rows(), courses.Rows(), videos.Rows(), curricula.Rows(), exchange.Rows(), feeds.Rows(), attendance.Rows(), photos.Rows(), relay.Rows(), progress.Rows(), service.Rows(), imports.Rows(),
	privacy.Rows(), messages.Rows(), reports.Rows(),
)

// rowless are tables that only queries written by hand use.
var rowless []string

// column is what the code, or a database, says of a column.
type column struct {
	Kind string // id, text, int, bool, time, date, bytes
	Null bool
}

// table is a table by the names of its columns. Keys are unique ones, the primary one first; References
// name the column and the table that it points to.
type table struct {
	Columns    map[string]column
	Keys       []string
	References []string
}

// The row structs and the migrated schema say the same, both ways: no column without a field, no field
// without a column, the same kinds, and NULL exactly where the code has a pointer (or a day, whose zero is NULL).
func TestRowsFitTheSchema(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tables := tablesOf(t, e)
		for _, name := range rowless {
			delete(tables, name)
		}
		for _, row := range rows {
			s, err := schema.Parse(row, &sync.Map{}, schema.NamingStrategy{})
			if err != nil {
				t.Errorf("%T: %v", row, err)
				continue
			}
			have, ok := tables[s.Table]
			if !ok {
				t.Errorf("%T: no table %s", row, s.Table)
				continue
			}
			compareRow(t, s, have)
			delete(tables, s.Table)
		}
		for name := range tables {
			t.Errorf("no row struct for %s", name)
		}
	})
}

func compareRow(t *testing.T, s *schema.Schema, have table) {
	t.Helper()
	for _, f := range s.Fields {
		if f.DBName == "" {
			continue
		}
		col, ok := have.Columns[f.DBName]
		if !ok {
			t.Errorf("%s: the field %s has no column", s.Table, f.DBName)
			continue
		}
		delete(have.Columns, f.DBName)
		kind, pointer := kindOf(f.FieldType)
		if kind != col.Kind {
			t.Errorf("%s.%s is %s in the code and %s in the database", s.Table, f.DBName, kind, col.Kind)
		}
		if day := kind == "date"; pointer && !col.Null || col.Null && !pointer && !day {
			t.Errorf("%s.%s: NULL is %v in the database, a pointer %v", s.Table, f.DBName, col.Null, pointer)
		}
	}
	for name := range have.Columns {
		t.Errorf("%s: the column %s has no field", s.Table, name)
	}
	if primary := keyOf(s.PrimaryFieldDBNames); !slices.Contains(have.Keys, primary) {
		t.Errorf("%s: primary key %s in the code, %v in the database", s.Table, primary, have.Keys)
	}
}

func keyOf(columns []string) string {
	return strings.Join(slices.Sorted(slices.Values(columns)), ",")
}

// kindOf is the kind of a field, and whether it is a pointer.
func kindOf(f reflect.Type) (kind string, pointer bool) {
	if f.Kind() == reflect.Pointer {
		f, pointer = f.Elem(), true
	}
	switch f {
	case reflect.TypeFor[date.Date]():
		return "date", pointer
	case reflect.TypeFor[date.Month](), reflect.TypeFor[date.Quarter]():
		return "text", pointer
	case reflect.TypeFor[time.Time]():
		return "time", pointer
	}
	switch f.Kind() {
	case reflect.String:
		return "text", pointer
	case reflect.Bool:
		return "bool", pointer
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "int", pointer
	case reflect.Array:
		return "id", pointer
	case reflect.Slice:
		return "bytes", pointer
	}
	return f.String(), pointer
}

// The two dialects' migrations make the same tables: names, null-ability, kinds, unique keys and references.
func TestDialectsAgree(t *testing.T) {
	want := tablesOf(t, dbtest.SQLite(t))
	if len(want) < 40 {
		t.Fatalf("only %d tables", len(want))
	}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		got := tablesOf(t, e)
		if d := gocmp.Diff(want, got, gocmp.Transformer("bytes", func(c column) string {
			return fmt.Sprint(strings.Replace(c.Kind, "id", "bytes", 1), c.Null) // SQLite has one word for both
		})); d != "" {
			t.Error(d)
		}
	})
}

func tablesOf(t *testing.T, e *dbtest.Env) map[string]table {
	t.Helper()
	if e.Driver() == db.SQLite {
		return sqliteTables(t, e)
	}
	return mysqlTables(t, e)
}

// ask runs a query and gives every value as text, "" for NULL.
func ask(t *testing.T, e *dbtest.Env, query string, args ...any) [][]string {
	t.Helper()
	found, err := e.Pool().QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for found.Next() {
		values, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(names))
		for i, v := range values {
			line[i] = v.String
		}
		out = append(out, line)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func sqliteTables(t *testing.T, e *dbtest.Env) map[string]table {
	t.Helper()
	out := map[string]table{}
	for _, name := range ask(t, e, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'schema!_%' ESCAPE '!'") {
		tb := table{Columns: map[string]column{}}
		var primary []string
		for _, c := range ask(t, e, "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?)", name[0]) {
			tb.Columns[c[0]] = column{sqliteKind(c[1], c[0]), c[2] == "0" && c[3] == "0"}
			if c[3] != "0" {
				primary = append(primary, c[0])
			}
		}
		tb.Keys = []string{keyOf(primary)}
		for _, index := range ask(t, e, "SELECT name FROM pragma_index_list(?) WHERE \"unique\" = 1 AND origin <> 'pk'", name[0]) {
			var columns []string
			for _, c := range ask(t, e, "SELECT name FROM pragma_index_info(?)", index[0]) {
				columns = append(columns, c[0])
			}
			tb.Keys = append(tb.Keys, keyOf(columns))
		}
		for _, r := range ask(t, e, "SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?)", name[0]) {
			tb.References = append(tb.References, r[0]+" "+r[1])
		}
		slices.Sort(tb.Keys)
		slices.Sort(tb.References)
		out[name[0]] = tb
	}
	return out
}

// sqliteKind tells IDs from other bytes by their names, which SQLite's types do not.
func sqliteKind(declared, name string) string {
	switch declared {
	case "BLOB":
		if name == "data" || name == "phone" {
			return "bytes"
		}
		return "id"
	case "TEXT":
		return "text"
	case "INTEGER":
		return "int"
	case "BOOLEAN":
		return "bool"
	case "DATETIME":
		return "time"
	case "DATE":
		return "date"
	}
	return declared
}

var mysqlKinds = map[string]string{
	"binary(16)": "id", "blob": "bytes", "longblob": "bytes", "tinyint(1)": "bool", "datetime(3)": "time", "date": "date", "int": "int", "int(11)": "int",
	"bigint": "int", "bigint(20)": "int", "longtext": "text", "char(7)": "text",
}

func mysqlTables(t *testing.T, e *dbtest.Env) map[string]table {
	t.Helper()
	out := map[string]table{}
	of := func(name string) table {
		if _, ok := out[name]; !ok {
			out[name] = table{Columns: map[string]column{}}
		}
		return out[name]
	}
	const ours = " WHERE table_schema = DATABASE() AND table_name NOT LIKE 'schema!_%' ESCAPE '!'"
	for _, c := range ask(t, e, "SELECT table_name, column_name, column_type, is_nullable, collation_name FROM information_schema.columns"+ours) {
		kind := mysqlKinds[c[2]]
		if strings.HasPrefix(c[2], "varchar(") {
			kind = "text"
		}
		of(c[0]).Columns[c[1]] = column{cmp.Or(kind, c[2]), c[3] == "YES"}
		if kind == "text" && c[4] != "utf8mb4_bin" {
			t.Errorf("%s.%s is compared as %s", c[0], c[1], c[4])
		}
	}
	keys := map[[2]string][]string{}
	for _, k := range ask(t, e, "SELECT table_name, index_name, column_name FROM information_schema.statistics"+ours+" AND non_unique = 0") {
		at := [2]string{k[0], k[1]}
		keys[at] = append(keys[at], k[2])
	}
	for at, columns := range keys {
		tb := of(at[0])
		tb.Keys = append(tb.Keys, keyOf(columns))
		slices.Sort(tb.Keys)
		out[at[0]] = tb
	}
	for _, r := range ask(t, e, "SELECT table_name, column_name, referenced_table_name FROM information_schema.key_column_usage"+ours+" AND referenced_table_name IS NOT NULL") {
		tb := of(r[0])
		tb.References = append(tb.References, r[1]+" "+r[2])
		slices.Sort(tb.References)
		out[r[0]] = tb
	}
	return out
}

// Text is told apart and ordered by its characters' codes on every database: case, accents, width and rare
// characters all count, which the servers' usual collations would mix up.
func TestTextIsOrderedByCode(t *testing.T) {
	want := []string{"", "A", "Z", "a", "aa", "b", "é", "｡", "Ａ", "王", "𬭩", "𬭩䶮", "𰀀"}
	slices.Sort(want) // by bytes of UTF-8, which is by code
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		shuffled := slices.Clone(want)
		slices.Reverse(shuffled)
		e.Do(t, func(tx *db.Tx) error {
			for _, name := range shuffled {
				if err := tx.Exec("INSERT INTO job_leases (job, holder, fence, expires_at) VALUES (?, ?, 1, ?)", name, name, tx.Now).Error; err != nil {
					return fmt.Errorf("%q: %w", name, err)
				}
			}
			return nil
		})
		e.See(t, func(tx *db.Tx) error {
			for _, column := range []string{"job", "holder"} { // with an index and without
				got, err := db.Ask[string](tx, "SELECT "+column+" FROM job_leases ORDER BY "+column)
				if err != nil {
					return err
				}
				if d := gocmp.Diff(want, got); d != "" {
					t.Errorf("%s: %s", column, d)
				}
			}
			return nil
		})
	})
}
