// Package audit keeps who did what to which object. Every op that changes
// something adds one [Row] in its own transaction, so there is no act without its
// trace and no trace without its act.
//
// A row holds IDs, field names, state codes and numbers, before and after; never a
// name, a phone number or free text. Pages join names at view time, so a person can be
// erased and the trace stays whole.
package audit

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// Row is what an op says of its act.
type Row struct {
	Act    string          // "session.submit": a verb of the area
	Object string          // "session": the kind of object
	ID     fmt.Stringer    // the object's identity
	Unit   id.ID[unitless] // the unit it happened in, zero for none; see [Unit]
	Change Changes
}

type unitless struct{}

// Unit turns any unit's or school's ID into the form that a Row takes.
func Unit[T any](v id.ID[T]) id.ID[unitless] { return id.As[unitless](v) }

// Changes lists the fields that changed. The zero Changes is ready for use.
type Changes struct{ fields []change }

type change struct {
	Field  string `json:"field"`
	Before any    `json:"before,omitempty"`
	After  any    `json:"after,omitempty"`
}

var safeCode = regexp.MustCompile(`^[A-Za-z0-9_.:,/ -]{0,120}$`)

// and adds a change. c stays as it is, so that two lists may begin with the same one.
func (c Changes) and(next change) Changes { return Changes{append(slices.Clip(c.fields), next)} }

// Field notes that a field with text that must not be kept here has changed.
func (c Changes) Field(name string) Changes {
	return c.and(change{Field: name})
}

// Code notes a state or another code before and after; equal values are left out.
// It panics on text that is not a code: that would be a name in the audit.
func (c Changes) Code(name, before, after string) Changes {
	if before == after {
		return c
	}
	if !safeCode.MatchString(before) || !safeCode.MatchString(after) {
		panic("audit: " + name + " is not a code")
	}
	return c.and(change{name, before, after})
}

// Int notes a number before and after; equal values are left out.
func (c Changes) Int(name string, before, after int) Changes {
	if before == after {
		return c
	}
	return c.and(change{name, before, after})
}

// ID notes a reference before and after; equal values are left out.
func (c Changes) ID(name string, before, after fmt.Stringer) Changes {
	return c.Code(name, before.String(), after.String())
}

// Empty reports that nothing changed; an op may then leave the row out.
func (c Changes) Empty() bool { return len(c.fields) == 0 }

type row struct {
	ID        int64 `gorm:"primaryKey"`
	At        time.Time
	AccountID *access.AccountID
	System    string
	Act       string
	Object    string
	ObjectID  string
	UnitID    *id.ID[unitless]
	Changed   string
	RequestID string
}

func (row) TableName() string { return "audit_rows" }

// Add stores rows in the op's transaction, in the order given: one for each act, however many an op does at once. An act on a
// person must say in which unit.
func Add(tx *db.Tx, by access.Actor, rows ...Row) error {
	values := make([][]any, len(rows))
	for i, r := range rows {
		if r.Object == "person" && r.Unit.IsZero() {
			return fmt.Errorf("audit: %s of a person says not where", r.Act) // whoever answers for the unit would not find it
		}
		changed := "[]"
		if !r.Change.Empty() {
			b, err := json.Marshal(r.Change.fields)
			if err != nil {
				return fmt.Errorf("audit: %w", err)
			}
			changed = string(b)
		}
		values[i] = []any{tx.Now, by.Account.Ptr(), by.Job(), r.Act, r.Object, r.ID.String(), r.Unit.Ptr(), changed, tx.RequestID}
	}
	return bulk.Fill(tx, values)
}

// bulk stores a row for every act there is, so it is short.
var bulk = db.Bulk{
	Table:   "audit_rows",
	Columns: []string{"at", "account_id", "system", "act", "object", "object_id", "unit_id", "changed", "request_id"},
}

// Entry is a row as people read it.
type Entry struct {
	At       time.Time        `json:"at"`
	Account  access.AccountID `json:"account"`
	System   string           `json:"system"`
	Act      string           `json:"act"`
	Object   string           `json:"object"`
	ObjectID string           `json:"object_id"`
	Unit     id.ID[unitless]  `json:"unit,omitzero"`
	Changed  json.RawMessage  `json:"changed"`
}

func entry(r row) Entry {
	return Entry{r.At, id.Or(r.AccountID), r.System, r.Act, r.Object, r.ObjectID, id.Or(r.UnitID), json.RawMessage(r.Changed)}
}

// HistoryInput names the object.
type HistoryInput struct {
	Object string `path:"object"`
	ID     string `path:"id"`
}

// History lists what was done to an object, newest first, 200 rows at most.
// Permission: AuditSee.
func History(tx *db.Tx, by access.Actor, in HistoryInput) (db.Page[Entry], error) {
	return list(tx, by, tx.Where("object = ? AND object_id = ?", in.Object, in.ID), 200)
}

// ListInput narrows the list of acts.
type ListInput struct {
	Act   string `query:"act"`   // "session.submit"; "" for all
	After string `query:"after"` // Next of the page before
	Limit int    `query:"limit"` // 1–200; 0 means 50
}

// List lists what was done in the county, newest first. Permission: AuditSee.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[Entry], error) {
	q := tx.Where("1 = 1")
	if in.Act != "" {
		q = q.Where("act = ?", in.Act)
	}
	if in.After != "" {
		before, err := strconv.ParseInt(in.After, 10, 64)
		if err != nil {
			var c fail.Check
			c.Add("after", "input.type")
			return db.Page[Entry]{}, c.Err()
		}
		q = q.Where("id < ?", before)
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	return list(tx, by, q, limit)
}

// list takes up to limit rows of q, newest first.
func list(_ *db.Tx, by access.Actor, q *gorm.DB, limit int) (db.Page[Entry], error) {
	if err := by.RequireAnywhere(access.AuditSee); err != nil {
		return db.Page[Entry]{}, err
	}
	rows, err := db.All[row](q.Order("id DESC").Limit(limit + 1))
	if err != nil {
		return db.Page[Entry]{}, err
	}
	var page db.Page[Entry]
	for _, r := range rows[:min(len(rows), limit)] {
		page.Items = append(page.Items, entry(r))
	}
	if len(rows) > limit {
		page.Next = strconv.FormatInt(rows[limit-1].ID, 10)
	}
	return page, nil
}

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{row{}} }
