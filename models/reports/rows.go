package reports

import (
	"fmt"

	"huotang/models/db"
)

// each runs a query and calls read for every row: for the lists of hundreds of rows that a report folds in
// memory, where filling structs by reflection would cost more than the query.
func each(tx *db.Tx, query string, args []any, read func(scan func(dest ...any) error) error) error {
	rows, err := tx.Raw(query, args...).Rows()
	if err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err tells
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return fmt.Errorf("reports: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reports: %w", err)
	}
	return nil
}
