package tables

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Column is what is added to a sheet: a head, and a text for each row by its number.
type Column struct {
	Sheet int // of the book
	Head  string
	Row   int // number of the row with the heads
	Texts map[int]string
}

// Back gives the file that the book was read from with columns added, behind each sheet's last one; a column with the same
// head, from an earlier time, is replaced. A workbook keeps its looks, but its formulas become the values that they had. A CSV file
// comes back as UTF-8 with a mark. Whatever could be read as a formula is made safe.
func Back(data []byte, b *Book, columns []Column) ([]byte, error) {
	if b.Format == CSV {
		return backCSV(b, columns)
	}
	c, err := openContainer(data)
	if err != nil {
		return nil, err
	}
	if _, err := c.main(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range c.zip.File {
		if err := c.copyPart(w, f, b, columns); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	return out.Bytes(), nil
}

func backCSV(b *Book, columns []Column) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	s := b.Sheets[0]
	line := 1
	for _, r := range s.Rows {
		for ; line < r.Number; line++ { // empty ones keep the numbers right
			if err := w.Write(make([]string, max(s.Columns, 2))); err != nil { // more than one: a single empty one is quoted
				return nil, fmt.Errorf("tables: %w", err)
			}
		}
		line++
		cells := make([]string, s.Columns, s.Columns+1)
		for i := range cells {
			cells[i] = Safe(r.Cell(i))
		}
		for _, c := range columns {
			at, text := s.columnFor(c), c.text(r.Number)
			if at < len(cells) {
				cells[at] = Safe(text)
			} else {
				cells = append(cells, Safe(text))
			}
		}
		if err := w.Write(cells); err != nil {
			return nil, fmt.Errorf("tables: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	return out.Bytes(), nil
}

func (c Column) text(row int) string {
	if row == c.Row {
		return c.Head
	}
	return c.Texts[row]
}

// columnFor is where a column goes: over one with the same head, else behind the last, counted from 0.
func (s Sheet) columnFor(c Column) int {
	for _, r := range s.Rows {
		if r.Number == c.Row {
			for i, head := range r.Cells {
				if head == c.Head {
					return i
				}
			}
		}
	}
	return s.Columns
}

// copyPart copies a part of a workbook: worksheets with their columns and without formulas, others as they are. The list of
// the order in which formulas are counted goes with them.
func (c *container) copyPart(w *zip.Writer, f *zip.File, b *Book, columns []Column) error {
	name := partName(f.Name)
	switch {
	case strings.HasSuffix(name, "/calcchain.xml"):
		return nil
	case name == "[content_types].xml" || strings.HasSuffix(name, "/_rels/workbook.xml.rels"):
		return c.rewrite(w, f, func(part []byte) ([]byte, error) { return chain.ReplaceAll(part, nil), nil })
	}
	for i, s := range b.Sheets {
		if partName(s.part) == name {
			e := edit{sheet: s}
			for j := range columns {
				if columns[j].Sheet == i {
					e.column = &columns[j]
				}
			}
			return c.rewrite(w, f, e.run)
		}
	}
	if err := w.Copy(f); err != nil {
		return fmt.Errorf("tables: %w", err)
	}
	return nil
}

var chain = regexp.MustCompile(`<(?:\w+:)?(?:Override|Relationship)\b[^>]*calcChain[^>]*>`)

func (c *container) rewrite(w *zip.Writer, f *zip.File, change func([]byte) ([]byte, error)) error {
	r, err := c.open(f.Name)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	part, err := io.ReadAll(r)
	if err != nil {
		return bad("imports.file_damaged")
	}
	if part, err = change(part); err != nil {
		return err
	}
	to, err := w.Create(f.Name)
	if err == nil {
		_, err = to.Write(part)
	}
	if err != nil {
		return fmt.Errorf("tables: %w", err)
	}
	return nil
}

// edit rewrites the XML of a worksheet, byte for byte but for what it changes.
type edit struct {
	sheet  Sheet
	column *Column // nil: only formulas go

	part  []byte
	out   bytes.Buffer
	done  int // bytes of part that are written or left out
	at    int // the added column, from 1
	row   int
	cell  int
	leave func(row, cell int) bool // cells to leave out instead; formulas stay
}

func (e *edit) run(part []byte) ([]byte, error) {
	e.part = part
	if e.column != nil {
		e.at = e.sheet.columnFor(*e.column) + 1
	}
	return e.walk(xml.NewDecoder(bytes.NewReader(part)))
}

func (e *edit) walk(d *xml.Decoder) ([]byte, error) {
	leave := ""
	for {
		before := int(d.InputOffset())
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, bad("imports.file_damaged")
		}
		after := int(d.InputOffset())
		switch t := t.(type) {
		case xml.StartElement:
			if leave == "" && e.start(t, before, after) {
				leave = t.Name.Local
			}
		case xml.EndElement:
			switch {
			case leave == t.Name.Local:
				leave, e.done = "", after
			case leave == "" && t.Name.Local == "row":
				e.endRow(t, before)
			}
		}
	}
	e.out.Write(e.part[e.done:])
	return e.out.Bytes(), nil
}

var spans = regexp.MustCompile(`\s(?:\w+:)?spans="[^"]*"`)

// start looks at an element's beginning and reports whether the element is left out: formulas, and cells where the added column
// goes or behind, which hold nothing but a look.
func (e *edit) start(t xml.StartElement, before, after int) bool {
	switch t.Name.Local {
	case "row":
		e.row++
		if n, err := strconv.Atoi(attr(t, "r")); err == nil {
			e.row = n
		}
		e.cell = 0
		e.copyTo(before)
		e.out.Write(spans.ReplaceAll(e.part[before:after], nil))
		e.done = after
		return false
	case "c":
		e.cell++
		if at := attr(t, "r"); at != "" {
			e.cell, _ = place(at)
		}
		if e.leave != nil && !e.leave(e.row, e.cell) || e.leave == nil && (e.at == 0 || e.cell < e.at) {
			return false
		}
	case "f":
		if e.leave != nil {
			return false
		}
	default:
		return false
	}
	e.copyTo(before)
	return true
}

func (e *edit) copyTo(offset int) {
	if offset > e.done {
		e.out.Write(e.part[e.done:offset])
		e.done = offset
	}
}

// endRow writes the added cell before a row's end. A row written as one empty tag has no text of its own.
func (e *edit) endRow(t xml.EndElement, before int) {
	if e.column == nil {
		return
	}
	text := e.column.text(e.row)
	if text == "" || bytes.HasSuffix(e.out.Bytes(), []byte("/>")) && before == e.done {
		return
	}
	e.copyTo(before)
	prefix := ""
	if t.Name.Space != "" {
		prefix = t.Name.Space + ":"
	}
	fmt.Fprintf(&e.out, `<%[1]sc r="%[2]s%[3]d" t="inlineStr"><%[1]sis><%[1]st>`, prefix, columnName(e.at), e.row)
	if err := xml.EscapeText(&e.out, []byte(Safe(text))); err != nil {
		return // a buffer takes everything
	}
	fmt.Fprintf(&e.out, `</%[1]st></%[1]sis></%[1]sc>`, prefix)
}
