package db

import (
	"fmt"
	"reflect"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

// Insert stores a row (a pointer to its struct) or rows (a pointer to a slice of structs). It takes tables and columns from
// GORM's reading of the struct, and leaves GORM's machinery for creating out: that costs more than the insert.
func Insert(tx *Tx, rows any) error {
	read := &gorm.Statement{DB: tx.DB}
	if err := read.Parse(rows); err != nil {
		return fmt.Errorf("db: insert: %w", err)
	}
	s, v := read.Schema, reflect.Indirect(reflect.ValueOf(rows))
	b := Bulk{Table: s.Table}
	var fields []*schema.Field
	for _, f := range s.Fields {
		if f.DBName != "" && !f.AutoIncrement {
			b.Columns, fields = append(b.Columns, f.DBName), append(fields, f)
		}
	}
	values := func(row reflect.Value) []any {
		out := make([]any, len(fields))
		for i, f := range fields {
			out[i], _ = f.ValueOf(tx.Statement.Context, row)
		}
		return out
	}
	if v.Kind() != reflect.Slice {
		return b.Fill(tx, [][]any{values(v)})
	}
	all := make([][]any, v.Len())
	for i := range all {
		all[i] = values(v.Index(i))
	}
	return b.Fill(tx, all)
}

// Bulk is an insert into one table with its columns given, for ops that are measured, and for rows that may be there
// already. SQLite gets one short statement for each row, which it keeps parsed; a server gets many rows at once.
type Bulk struct {
	Table   string
	Columns []string
	Keys    []string // of the unique key, where a row may be there already; none for a plain insert
	Clash   string   // what such a row becomes, "n = n + 1"; "" leaves it as it is
}

// bulkRows is the most rows in one statement to a server.
const bulkRows = 200

// Fill inserts rows, each with its values in the order of the columns.
func (b Bulk) Fill(tx *Tx, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	var err error
	if tx.driver == SQLite {
		err = b.each(tx, rows)
	} else {
		err = b.chunks(tx, rows)
	}
	if err != nil {
		return fmt.Errorf("db: insert into %s: %w", b.Table, err)
	}
	return nil
}

// each runs one prepared statement for every row.
func (b Bulk) each(tx *Tx, rows [][]any) (err error) {
	ctx := tx.Statement.Context
	stmt, err := tx.Statement.ConnPool.PrepareContext(ctx, b.statement(tx, 1))
	if err != nil {
		return err
	}
	defer func() {
		if closing := stmt.Close(); err == nil {
			err = closing
		}
	}()
	for _, row := range rows {
		if _, err := stmt.ExecContext(ctx, row...); err != nil {
			return translated(tx, err)
		}
	}
	return nil
}

// chunks sends many rows in one statement.
func (b Bulk) chunks(tx *Tx, rows [][]any) error {
	for len(rows) > 0 {
		n := min(len(rows), bulkRows)
		args := make([]any, 0, n*len(b.Columns))
		for _, row := range rows[:n] {
			args = append(args, row...)
		}
		if _, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context, b.statement(tx, n), args...); err != nil {
			return translated(tx, err)
		}
		rows = rows[n:]
	}
	return nil
}

// translated gives GORM's errors for the driver's.
func translated(tx *Tx, err error) error {
	if t, ok := tx.Dialector.(gorm.ErrorTranslator); ok {
		return t.Translate(err)
	}
	return err
}

func (b Bulk) statement(tx *Tx, rows int) string {
	var s strings.Builder
	s.WriteString("INSERT INTO `" + b.Table + "` (" + quoted(b.Columns) + ") VALUES ")
	one := "(" + strings.Repeat("?,", len(b.Columns)-1) + "?)"
	s.WriteString(one)
	for range rows - 1 {
		s.WriteString("," + one)
	}
	switch {
	case len(b.Keys) == 0:
	case tx.driver != SQLite && b.Clash == "":
		s.WriteString(" ON DUPLICATE KEY UPDATE `" + b.Keys[0] + "` = `" + b.Keys[0] + "`")
	case tx.driver != SQLite:
		s.WriteString(" ON DUPLICATE KEY UPDATE " + b.Clash)
	case b.Clash == "":
		s.WriteString(" ON CONFLICT (" + quoted(b.Keys) + ") DO NOTHING")
	default:
		s.WriteString(" ON CONFLICT (" + quoted(b.Keys) + ") DO UPDATE SET " + b.Clash)
	}
	return s.String()
}

func quoted(columns []string) string { return "`" + strings.Join(columns, "`, `") + "`" }
