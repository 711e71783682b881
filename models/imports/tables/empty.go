package tables

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Emptied is a column whose cells are to be emptied.
type Emptied struct {
	Sheet  int // of the book
	Column int // from 0
	Below  int // number of the row with the heads, which stay
}

// numbers of identity cards, wherever they stand in a workbook: cells share their texts in a part of its own.
var numbers = regexp.MustCompile(`([>\s]|^)[1-9]\d{16}[\dXx]([<\s]|$)`)

// Empty gives the file that the book was read from without what stands in the columns, for what must not be kept.
func Empty(data []byte, b *Book, columns []Emptied) ([]byte, error) {
	if b.Format == CSV {
		return emptyCSV(b, columns)
	}
	c, err := openContainer(data)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range c.zip.File {
		at := slices.IndexFunc(b.Sheets, func(s Sheet) bool { return partName(s.part) == partName(f.Name) })
		switch {
		case at >= 0:
			err = c.rewrite(w, f, func(part []byte) ([]byte, error) { return emptySheet(part, at, columns) })
		case strings.HasSuffix(partName(f.Name), "/sharedstrings.xml"):
			err = c.rewrite(w, f, func(part []byte) ([]byte, error) { return numbers.ReplaceAll(part, []byte("$1$2")), nil })
		default:
			err = w.Copy(f)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	return out.Bytes(), nil
}

func emptyCSV(b *Book, columns []Emptied) ([]byte, error) {
	s := b.Sheets[0]
	var out bytes.Buffer
	out.WriteString("\ufeff")
	w := csv.NewWriter(&out)
	line := 1
	for _, r := range s.Rows {
		for ; line < r.Number; line++ {
			if err := w.Write([]string{"", ""}); err != nil {
				return nil, fmt.Errorf("tables: %w", err)
			}
		}
		line++
		cells := append(slices.Clone(r.Cells), "") // never a line that the reader takes for an empty one
		for _, e := range columns {
			if e.Column < len(cells) && r.Number > e.Below {
				cells[e.Column] = ""
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

// emptySheet leaves out the cells of the columns.
func emptySheet(part []byte, sheet int, columns []Emptied) ([]byte, error) {
	e := edit{part: part, leave: func(row, cell int) bool {
		return slices.ContainsFunc(columns, func(c Emptied) bool { return c.Sheet == sheet && c.Column == cell-1 && row > c.Below })
	}}
	return e.walk(xml.NewDecoder(bytes.NewReader(part)))
}
