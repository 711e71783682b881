package courses

// Rows lists the rows of this package, for the test that holds them against the schema.
func Rows() []any { return []any{courseRow{}, lessonRow{}, authorRow{}} }
