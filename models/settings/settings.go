// Package settings holds rules that change by year or place: thresholds, hour
// tables, activity-day rules. A value belongs to a unit and is valid from a day; the
// latest one that is valid on the day asked for counts, and a lower unit's goes before
// a higher one's. Nothing is overwritten, so an old figure can always be explained.
package settings

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
)

type unitTag struct{}

// UnitID is a unit's or school's identity here; see [Unit]. Zero stands for the whole county's installation.
type UnitID = id.ID[unitTag]

// Unit turns any unit's or school's ID into the form that settings take.
func Unit[T any](v id.ID[T]) UnitID { return id.As[unitTag](v) }

// Key names a setting and its type; Default holds where nobody set it.
type Key[T any] struct {
	Name    string
	Default T
}

// Found is a value with where it comes from.
type Found[T any] struct {
	Value     T
	Unit      UnitID    // zero when it is the default or the installation's
	ValidFrom date.Date // zero when it is the default
}

type row struct {
	UnitID    UnitID    `gorm:"primaryKey"`
	Name      string    `gorm:"primaryKey"`
	ValidFrom date.Date `gorm:"primaryKey"`
	Value     string
	SetBy     *access.AccountID
	SetAt     time.Time
}

func (row) TableName() string { return "settings" }

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any { return []any{row{}} }

// Get finds the value on a day for units given from the nearest to the farthest.
func Get[T any](tx *db.Tx, key Key[T], on date.Date, units ...UnitID) (Found[T], error) {
	units = append(slices.Clip(units), UnitID{})
	all, err := db.All[row](tx.Where("name = ? AND unit_id IN ? AND valid_from <= ?", key.Name, units, on).Order("valid_from"))
	if err != nil {
		return Found[T]{}, err
	}
	for _, u := range units {
		for i := len(all) - 1; i >= 0; i-- {
			if all[i].UnitID == u {
				return decode(key, all[i])
			}
		}
	}
	return Found[T]{Value: key.Default}, nil
}

func decode[T any](key Key[T], r row) (Found[T], error) {
	f := Found[T]{Unit: r.UnitID, ValidFrom: r.ValidFrom}
	if err := json.Unmarshal([]byte(r.Value), &f.Value); err != nil {
		return f, fmt.Errorf("settings: %s of %s: %w", key.Name, r.ValidFrom, err)
	}
	return f, nil
}

// All lists every value of a key, by unit and day, for work over many units at once.
func All[T any](tx *db.Tx, key Key[T]) (map[UnitID][]Found[T], error) {
	rows, err := db.All[row](tx.Where("name = ?", key.Name).Order("valid_from"))
	if err != nil {
		return nil, err
	}
	return byUnit(key, rows)
}

// Of is [All] of some units.
func Of[T any](tx *db.Tx, key Key[T], units []UnitID) (map[UnitID][]Found[T], error) {
	var all []row
	for part := range slices.Chunk(units, 500) {
		rows, err := db.All[row](tx.Where("name = ? AND unit_id IN ?", key.Name, part).Order("valid_from"))
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return byUnit(key, all)
}

func byUnit[T any](key Key[T], rows []row) (map[UnitID][]Found[T], error) {
	out := make(map[UnitID][]Found[T], len(rows))
	for _, r := range rows {
		f, err := decode(key, r)
		if err != nil {
			return nil, err
		}
		out[r.UnitID] = append(out[r.UnitID], f)
	}
	return out, nil
}

// Put sets the value from a day on, replacing one set for the same day. The op that
// calls it has checked the permission and the value.
func Put[T any](tx *db.Tx, by access.Actor, key Key[T], unit UnitID, from date.Date, value T) error {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("settings: %s: %w", key.Name, err)
	}
	r := row{UnitID: unit, Name: key.Name, ValidFrom: from, Value: string(b), SetBy: by.Account.Ptr(), SetAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&r).Error; err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return audit.Add(tx, by, audit.Row{
		Act: "settings.put", Object: "setting", ID: text(key.Name), Unit: audit.Unit(unit),
		Change: audit.Changes{}.Code("valid_from", "", from.String()).Field("value"),
	})
}

type text string

func (t text) String() string { return string(t) }
