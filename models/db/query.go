package db

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"huotang/models/access"
	"huotang/models/fail"
)

// Page is a part of a list, in the order of the list. Next, when not "", goes into
// `?after=` for the part that follows.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// One takes the first row of q; a missing row becomes not_found with the code.
func One[T any](q *gorm.DB, code string) (T, error) {
	var row T
	if err := q.Take(&row).Error; err != nil {
		if IsMissing(err) {
			return row, fail.NotFound(code)
		}
		return row, fmt.Errorf("db: %w", err)
	}
	return row, nil
}

// All takes every row of q; never nil, so that JSON shows [].
func All[T any](q *gorm.DB) ([]T, error) {
	rows := []T{}
	if err := q.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	return rows, nil
}

// Ask runs a query in SQL and takes every row; for joins and sums that GORM's builder only obscures.
func Ask[T any](tx *Tx, query string, args ...any) ([]T, error) {
	rows := []T{}
	if err := tx.Raw(query, args...).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("db: %w", err)
	}
	return rows, nil
}

// Each runs a query in SQL and calls read for every row. It is for what every request asks and for lists of hundreds
// of rows: there, filling structs by reflection, as [Ask] does, costs more than the query. Lists among the arguments are
// not expanded.
func Each(tx *Tx, query string, args []any, read func(scan func(dest ...any) error) error) (err error) {
	rows, err := tx.Statement.ConnPool.QueryContext(tx.Statement.Context, query, args...)
	if err != nil {
		return fmt.Errorf("db: %w", translated(tx, err))
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return fmt.Errorf("db: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("db: %w", translated(tx, err))
	}
	return nil
}

// Set updates columns of the rows of q by name and returns how many matched. q has Model and Where.
func Set(q *gorm.DB, columns map[string]any) (int64, error) {
	res := q.Updates(columns)
	if res.Error != nil {
		return 0, fmt.Errorf("db: update: %w", res.Error)
	}
	return res.RowsAffected, nil
}

// Under is a GORM scope: rows whose column (a unit ID, "sessions.site_id") lies in
// the access scope.
func Under(column string, s access.Scope) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		switch {
		case s.All:
			return q
		case s.Empty():
			return q.Where("1 = 0")
		}
		cond, args := PathRange("path", s)
		return q.Where(column+" IN (SELECT id FROM units WHERE "+cond+")", args...)
	}
}

// PathRange is a condition in SQL on a column with paths, for queries written by hand.
// A range, not LIKE: both databases use an index for it, and SQLite's LIKE ignores case.
func PathRange(column string, s access.Scope) (string, []any) {
	switch {
	case s.All:
		return "1 = 1", nil
	case s.Empty():
		return "1 = 0", nil
	}
	cond, args := "", make([]any, 0, 2*len(s.Paths))
	for i, p := range s.Paths {
		if i > 0 {
			cond += " OR "
		}
		cond += column + " >= ? AND " + column + " < ?"
		args = append(args, p, p[:len(p)-1]+"0") // '0' follows '/'
	}
	return "(" + cond + ")", args
}

// SchoolRange is a condition in SQL that a school lies in the scope: by its own path, or by the path of the branch that keeps
// it. A tree in which the scope has no root is left out, since an OR over both trees reads every school there is.
func SchoolRange(own, branch string, s access.Scope) (string, []any) {
	if s.All {
		return PathRange(own, s)
	}
	cond, args := "", []any{}
	for _, tree := range []struct{ column, root string }{{own, "/a/"}, {branch, "/p/"}} {
		roots := slices.DeleteFunc(slices.Clone(s.Paths), func(path string) bool { return !strings.HasPrefix(path, tree.root) })
		if len(roots) == 0 {
			continue
		}
		if cond != "" {
			cond += " OR "
		}
		way, more := PathRange(tree.column, access.Scope{Paths: roots})
		cond, args = cond+way, append(args, more...)
	}
	if cond == "" {
		return "1 = 0", nil
	}
	return "(" + cond + ")", args
}

// PathAbove is a condition in SQL on a column with paths: units that are a root of the
// scope or lie above one, whose rules and courses reach it.
func PathAbove(column string, s access.Scope) (string, []any) {
	if s.All {
		return "1 = 1", nil
	}
	var above []string
	for _, p := range s.Paths {
		for i := 1; i < len(p); i++ {
			if p[i] == '/' && !slices.Contains(above, p[:i+1]) {
				above = append(above, p[:i+1])
			}
		}
	}
	if len(above) == 0 {
		return "1 = 0", nil
	}
	return column + " IN ?", []any{above}
}

// Matching is a GORM scope: rows whose search column (models/lang.SearchKey) holds
// the term, already folded by lang.SearchTerm. An empty term matches all.
func Matching(column, term string) func(*gorm.DB) *gorm.DB {
	return func(q *gorm.DB) *gorm.DB {
		if term == "" {
			return q
		}
		cond, arg := Like(column, term)
		return q.Where(cond, arg)
	}
}

// Like is the condition of [Matching] and its argument, for queries written by hand.
func Like(column, term string) (string, any) {
	return column + " LIKE ? ESCAPE '!'", "%" + likeEscaper.Replace(term) + "%"
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
