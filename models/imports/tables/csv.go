package tables

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// readCSV reads UTF-8 with or without its mark, UTF-16 with it, and GB18030, with commas, semicolons or tabs between the cells.
func readCSV(data []byte) (*Book, error) {
	text, err := decoded(data)
	if err != nil {
		return nil, err
	}
	b, s := &Book{Format: CSV}, &Sheet{}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = separator(text), -1, true, true
	breaks := 0 // line breaks within cells so far: they count no row
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, bad("imports.file_damaged")
		}
		if len(cells) > Most.Columns && strings.TrimSpace(strings.Join(cells[Most.Columns:], "")) != "" {
			return nil, bad("imports.file_columns", Most.Columns)
		}
		line, _ := r.FieldPos(0)
		row := Row{Number: line - breaks}
		for _, c := range cells[:min(len(cells), Most.Columns)] {
			breaks += strings.Count(c, "\n")
			row.Cells = append(row.Cells, strings.Clone(cut(Clean(c))))
		}
		if err := b.add(s, row); err != nil {
			return nil, err
		}
	}
	b.Sheets = []Sheet{*s}
	return b, nil
}

// decoded gives the text as UTF-8.
func decoded(data []byte) ([]byte, error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		from = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		from = unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM)
	case !utf8.Valid(data):
		from = simplifiedchinese.GB18030
	}
	if from != nil {
		var err error
		if data, err = from.NewDecoder().Bytes(data); err != nil {
			return nil, bad("imports.file_encoding")
		}
	}
	if !utf8.Valid(data) || bytes.ContainsRune(data, utf8.RuneError) || bytes.ContainsRune(data, 0) {
		return nil, bad("imports.file_encoding")
	}
	return data, nil
}

// separator is what stands most often between cells in the first lines.
func separator(text []byte) rune {
	head := string(text[:min(len(text), 4096)])
	best, most := ',', strings.Count(head, ",")
	for _, c := range "\t;" {
		if n := strings.Count(head, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}
