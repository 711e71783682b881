package org

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any { return []any{Unit{}, aliasRow{}, siteRow{}, licenceEvent{}, siteItem{}} }
