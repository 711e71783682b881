// Package tables reads the tables in which people keep their lists, Excel workbooks (.xlsx) and CSV files, and gives such a
// file back with a column added. It knows nothing of what the lists are about.
//
// A file comes from anywhere, so reading it is bounded by [Most] from the first byte on: a workbook's parts are decompressed one by
// one against one budget, only those that are needed, and their XML is read as a stream which may hold no document type, no entities
// of its own and no deep nesting. A whole book in memory is a few times the size of its texts.
//
// What is read is what a person sees: the text of each cell with the number of its row. Formulas give the value that was saved with
// them. A number is given as it is stored, so a day is Excel's count of days; [ParseDay] knows them. Cells merged downwards
// give their text to each row.
package tables

import (
	"path"
	"strings"
	"unicode/utf8"

	"huotang/models/fail"
)

// Limits bound what is read of a file.
type Limits struct {
	Bytes    int64 // of the file
	Unzipped int64 // of the parts of a workbook that are read, together
	Sheets   int
	Rows     int // with something in them, of all sheets together
	Columns  int
	Cell     int // characters; the rest of a longer text is left out
}

// Most is what is read at most.
var Most = Limits{Bytes: 10 << 20, Unzipped: 64 << 20, Sheets: 60, Rows: 30000, Columns: 256, Cell: 1000}

// Format is how a file holds its table.
type Format string

// The formats.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// Book is a file that has been read.
type Book struct {
	Format Format
	Sheets []Sheet // a CSV file has one, without a name
	Days   int     // to add to Excel's day numbers: 1462 in workbooks that count from 1904
	rows   int     // of all sheets
}

// Sheet is one table of a book.
type Sheet struct {
	Name    string
	Hidden  bool
	Rows    []Row // with something in them
	Columns int   // of the widest row
	part    string
}

// Row is a row with something in it.
type Row struct {
	Number int // as the program shows it that the file was made with, from 1
	Hidden bool
	Cells  []string // up to the last one with something in it
}

// Cell is the text of a column, counted from 0; "" beyond the end.
func (r Row) Cell(column int) string {
	if column < 0 || column >= len(r.Cells) {
		return ""
	}
	return r.Cells[column]
}

// HiddenRows counts the rows that are hidden.
func (s Sheet) HiddenRows() (n int) {
	for _, r := range s.Rows {
		if r.Hidden {
			n++
		}
	}
	return n
}

// bad is a file that is not read, as the fault of the field "list".
func bad(code string, args ...any) error {
	var c fail.Check
	c.Add("list", code, args...)
	return c.Err()
}

// Read reads a file by its content; the name must fit it. Kinds of error: invalid, with what to do about it, as the fault of
// the field "list", or too_large.
func Read(name string, data []byte) (*Book, error) {
	ext := strings.ToLower(path.Ext(strings.ReplaceAll(name, `\`, "/")))
	switch {
	case len(data) == 0:
		return nil, bad("imports.file_empty")
	case int64(len(data)) > Most.Bytes:
		return nil, fail.TooLarge("imports.file_large", Most.Bytes>>20)
	case ext == ".xls" || ext == ".et":
		return nil, bad("imports.file_xls")
	}
	var b *Book
	var err error
	switch kindOf(data) {
	case "zip":
		if ext != ".xlsx" {
			return nil, mismatch(ext)
		}
		b, err = readWorkbook(data)
	case "ole":
		if encrypted(data) {
			return nil, bad("imports.file_locked")
		}
		return nil, bad("imports.file_xls")
	case "text":
		if ext != ".csv" && ext != ".txt" {
			return nil, mismatch(ext)
		}
		b, err = readCSV(data)
	default:
		return nil, bad("imports.file_kind")
	}
	if err != nil {
		return nil, err
	}
	if b.rows == 0 {
		return nil, bad("imports.file_no_rows")
	}
	return b, nil
}

func mismatch(ext string) error {
	switch ext {
	case ".xlsx", ".csv", ".txt":
		return bad("imports.file_mismatch", ext)
	}
	return bad("imports.file_kind")
}

// kindOf looks at the first bytes, and for what no text holds.
func kindOf(data []byte) string {
	head := string(data[:min(len(data), 512)])
	switch {
	case strings.HasPrefix(head, "PK\x03\x04"):
		return "zip"
	case strings.HasPrefix(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return "ole"
	case strings.HasPrefix(head, "\xff\xfe") || strings.HasPrefix(head, "\xfe\xff"):
		return "text"
	case strings.Contains(head, "\x00"), strings.HasPrefix(strings.TrimSpace(head), "<"), strings.HasPrefix(head, "%PDF"):
		return ""
	}
	return "text"
}

// encrypted reports a workbook with a password: an OLE file with a stream of this name, in UTF-16.
func encrypted(data []byte) bool {
	var name strings.Builder
	for _, r := range "EncryptedPackage" {
		name.WriteRune(r)
		name.WriteByte(0)
	}
	return strings.Contains(string(data), name.String())
}

// cut shortens a text to the limit.
func cut(s string) string {
	if len(s) <= Most.Cell || utf8.RuneCountInString(s) <= Most.Cell {
		return s
	}
	return string([]rune(s)[:Most.Cell])
}

// add appends a row that has something in it, within the limits of the whole book.
func (b *Book) add(s *Sheet, r Row) error {
	for len(r.Cells) > 0 && r.Cells[len(r.Cells)-1] == "" {
		r.Cells = r.Cells[:len(r.Cells)-1]
	}
	if len(r.Cells) == 0 {
		return nil
	}
	if b.rows++; b.rows > Most.Rows {
		return bad("imports.file_rows", Most.Rows)
	}
	s.Columns = max(s.Columns, len(r.Cells))
	s.Rows = append(s.Rows, r)
	return nil
}
