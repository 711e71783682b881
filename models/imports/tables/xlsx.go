package tables

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
)

// readWorkbook reads the sheets of a workbook.
func readWorkbook(data []byte) (*Book, error) {
	c, err := openContainer(data)
	if err != nil {
		return nil, err
	}
	b := &Book{Format: XLSX}
	texts, err := c.workbook(b)
	if err != nil {
		return nil, err
	}
	shared, err := c.texts(texts)
	if err != nil {
		return nil, err
	}
	for i := range b.Sheets {
		r := sheetReader{book: b, sheet: &b.Sheets[i], shared: shared}
		if err := c.tokens(r.sheet.part, r.token); err != nil {
			return nil, err
		}
		r.merge()
	}
	return b, nil
}

// main finds the part that is the workbook.
func (c *container) main() (string, error) {
	root, err := c.relations("")
	if err != nil {
		return "", err
	}
	for _, r := range root {
		if r.kind != "officeDocument" {
			continue
		}
		switch {
		case strings.HasSuffix(r.target, ".bin"):
			return "", bad("imports.file_xls")
		case !strings.HasSuffix(r.target, ".xml") || !strings.Contains(r.target, "workbook"):
			return "", bad("imports.file_kind")
		}
		return r.target, nil
	}
	return "", bad("imports.file_kind")
}

// workbook lists the sheets, and gives the name of the part with the texts that cells share, "" for none.
func (c *container) workbook(b *Book) (texts string, err error) {
	main, err := c.main()
	if err != nil {
		return "", err
	}
	parts, err := c.relations(main)
	if err != nil {
		return "", err
	}
	for _, r := range parts {
		if r.kind == "sharedStrings" {
			texts = r.target
		}
	}
	return texts, c.tokens(main, func(_ *xml.Decoder, t xml.Token) error {
		start, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case start.Name.Local == "workbookPr" && (attr(start, "date1904") == "1" || attr(start, "date1904") == "true"):
			b.Days = 1462
		case start.Name.Local == "sheet":
			r := parts[attr(start, "id")]
			if r.kind != "worksheet" {
				return nil // a chart
			}
			if len(b.Sheets) >= Most.Sheets {
				return bad("imports.file_sheets", Most.Sheets)
			}
			state := attr(start, "state")
			b.Sheets = append(b.Sheets, Sheet{Name: Clean(attr(start, "name")), Hidden: state == "hidden" || state == "veryHidden", part: r.target})
		}
		return nil
	})
}

// maxTexts that cells share; each takes some memory even when it is empty.
const maxTexts = 1 << 20

// texts reads the texts that cells share.
func (c *container) texts(part string) ([]string, error) {
	if part == "" || !c.has(part) {
		return nil, nil
	}
	var out []string
	var text strings.Builder
	in, phonetic := false, 0
	err := c.tokens(part, func(_ *xml.Decoder, t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.Reset()
			case "t":
				in = true
			case "rPh":
				phonetic++
			}
		case xml.CharData:
			if in && phonetic == 0 {
				keep(&text, t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				in = false
			case "rPh":
				phonetic--
			case "si":
				if len(out) >= maxTexts {
					return bad("imports.file_unzipped")
				}
				out = append(out, plain(text.String()))
			}
		}
		return nil
	})
	return out, err
}

// keep adds to a text while it is not far beyond what is kept of a cell.
func keep(text *strings.Builder, more []byte) {
	if text.Len() <= 4*Most.Cell {
		text.Write(more)
	}
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// plain undoes the format's way of writing control characters, and cleans.
func plain(s string) string {
	if strings.Contains(s, "_x") {
		s = escaped.ReplaceAllStringFunc(s, func(e string) string {
			n, err := strconv.ParseUint(e[2:6], 16, 16)
			if err != nil {
				return e
			}
			return string(rune(n))
		})
	}
	return cut(Clean(s))
}

// sheetReader takes the tokens of a worksheet.
type sheetReader struct {
	book   *Book
	sheet  *Sheet
	shared []string

	row    Row
	number int // of the row
	column int // of the cell, from 1
	kind   string
	text   strings.Builder
	in     bool // within v or t
	silent int  // within rPh
	down   []span
}

// span is a range of cells of one column that are merged: all below the first have its text.
type span struct{ column, from, to int }

func (r *sheetReader) token(_ *xml.Decoder, t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return r.start(t)
	case xml.CharData:
		if r.in && r.silent == 0 {
			keep(&r.text, t)
		}
	case xml.EndElement:
		return r.end(t.Name.Local)
	}
	return nil
}

func (r *sheetReader) start(t xml.StartElement) error {
	switch t.Name.Local {
	case "row":
		r.number++
		if n, err := strconv.Atoi(attr(t, "r")); err == nil {
			r.number = n
		}
		hidden := attr(t, "hidden")
		r.row, r.column = Row{Number: r.number, Hidden: hidden == "1" || hidden == "true"}, 0
	case "c":
		r.column++
		if at := attr(t, "r"); at != "" {
			r.column, _ = place(at)
		}
		r.kind = attr(t, "t")
		r.text.Reset()
	case "v", "t":
		r.in = true
	case "rPh":
		r.silent++
	case "mergeCell":
		return r.merged(attr(t, "ref"))
	}
	return nil
}

func (r *sheetReader) end(name string) error {
	switch name {
	case "v", "t":
		r.in = false
	case "rPh":
		r.silent--
	case "c":
		return r.cell()
	case "row":
		return r.book.add(r.sheet, r.row)
	}
	return nil
}

func (r *sheetReader) cell() error {
	text := r.value()
	switch {
	case text == "":
		return nil
	case r.column < 1:
		return bad("imports.file_damaged")
	case r.column > Most.Columns:
		return bad("imports.file_columns", Most.Columns)
	}
	for len(r.row.Cells) < r.column {
		r.row.Cells = append(r.row.Cells, "")
	}
	r.row.Cells[r.column-1] = text
	return nil
}

func (r *sheetReader) value() string {
	s := r.text.String()
	switch r.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 0 || n >= len(r.shared) {
			return ""
		}
		return r.shared[n]
	case "inlineStr", "str", "e", "d":
		return plain(s)
	case "b":
		return map[string]string{"1": "是", "0": "否"}[strings.TrimSpace(s)]
	}
	return number(strings.TrimSpace(s))
}

// number writes a stored number as people do: no exponent, and no traces of its binary form.
func number(s string) string {
	if len(s) < 15 && !strings.ContainsAny(s, "eE") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f > 1e20 || f < -1e20 {
		return cut(s)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// place gives column and row, from 1, of "C7"; 0 for what is no such address.
func place(at string) (column, row int) {
	i := 0
	for ; i < len(at) && i < 4 && (at[i]|0x20) >= 'a' && (at[i]|0x20) <= 'z'; i++ {
		column = column*26 + int(at[i]|0x20-'a') + 1
	}
	row, err := strconv.Atoi(at[i:])
	if err != nil || i > 3 || row < 1 {
		return 0, 0
	}
	return column, row
}

// columnName is "C" for 3.
func columnName(n int) string {
	var s string
	for ; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

// maxMerges that are looked at; beyond them cells stay as they are.
const maxMerges = 20000

func (r *sheetReader) merged(ref string) error {
	first, last, ok := strings.Cut(ref, ":")
	if !ok || len(r.down) >= maxMerges {
		return nil
	}
	column, from := place(first)
	_, to := place(last)
	if column > 0 && column <= Most.Columns && to > from {
		r.down = append(r.down, span{column - 1, from, to})
	}
	return nil
}

// merge gives the text of cells that are merged downwards to each row that has something of its own.
func (r *sheetReader) merge() {
	at := make(map[int]int, len(r.sheet.Rows))
	for i, row := range r.sheet.Rows {
		at[row.Number] = i
	}
	for _, m := range r.down {
		first, ok := at[m.from]
		if !ok {
			continue
		}
		text := r.sheet.Rows[first].Cell(m.column)
		if text == "" {
			continue
		}
		for i := first + 1; i < len(r.sheet.Rows) && r.sheet.Rows[i].Number <= m.to; i++ {
			row := &r.sheet.Rows[i]
			for len(row.Cells) <= m.column {
				row.Cells = append(row.Cells, "")
			}
			if row.Cells[m.column] == "" {
				row.Cells[m.column] = text
			}
		}
	}
}
