package privacy

import (
	"strings"

	"huotang/models/access"
	"huotang/models/db"
)

// Taken lists the columns by which what people take away is found.
func Taken() []string {
	var out []string
	for _, h := range holdings {
		out = append(out, strings.Fields(h.tables)...)
	}
	return out
}

// Erased lists the columns, and whole tables, that an erasure empties; the last ones are those of functions of their own.
func Erased(tx *db.Tx) []string {
	var out []string
	for _, s := range eraseSteps(tx, access.PersonID{}, "") {
		out = append(out, strings.Fields(s.what)...)
	}
	out = append(out, FreeTexts()...)
	return append(out, "households.search_key", "courses.lecturer", "courses.search_key", "imports.data", "import_files.data", "import_rows.data")
}

// Sealed lists the sealed columns.
func Sealed() []string {
	var out []string
	for _, s := range sealedColumns {
		out = append(out, s.name())
	}
	return out
}

// FreeTexts lists the columns in which people write.
func FreeTexts() []string {
	var out []string
	for _, f := range freeTexts {
		out = append(out, f.table+"."+f.column)
	}
	return out
}
