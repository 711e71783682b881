package imports

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/xuri/excelize/v2"

	"huotang/models/lang"
)

// Template makes an empty list of a kind, to be filled in: heads, examples that are never brought in, and a sheet that says how.
// Every cell is text, so that codes and telephone numbers keep their zeros. It asks nothing of the database.
func (a *Area) Template(kindName string, l lang.Lang) (out []byte, err error) {
	k, err := a.kindOf(kindName)
	if err != nil {
		return nil, err
	}
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fmt.Errorf("imports: template: %w", closing)
		}
	}()
	if err := k.template(f, l); err != nil {
		return nil, fmt.Errorf("imports: template: %w", err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, fmt.Errorf("imports: template: %w", err)
	}
	return b.Bytes(), nil
}

// fillRows are as many as are ready to be filled in as text.
const fillRows = 1000

func (k kind) template(f *excelize.File, l lang.Lang) error {
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49, Alignment: &excelize.Alignment{WrapText: true}})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	name := l.T("imports.kind." + k.name)
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, len(k.fields), 16); err != nil {
		return err
	}
	heads := make([]any, len(k.fields))
	for i, field := range k.fields {
		heads[i] = excelize.Cell{StyleID: head, Value: l.T("imports.field." + field.Name)}
	}
	if err := w.SetRow("A1", heads); err != nil {
		return err
	}
	for n := range fillRows {
		cells := make([]any, len(k.fields))
		for i := range cells {
			c := excelize.Cell{StyleID: text}
			if n < len(k.lines) && k.lines[n][i] != "" {
				c.Value = k.lines[n][i]
				if i == 0 {
					c.Value = l.T("imports.example") + k.lines[n][i]
				}
			}
			cells[i] = c
		}
		if err := w.SetRow("A"+strconv.Itoa(n+2), cells); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return k.explain(f, l)
}

// explain writes the sheet that says how a template is filled in.
func (k kind) explain(f *excelize.File, l lang.Lang) error {
	name := l.T("imports.notes_sheet")
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	rows := [][]any{{l.T("imports.notes_1")}, {l.T("imports.notes_2")}, {l.T("imports.notes_3")}, {l.T("imports.notes_4")}, {}}
	for _, field := range k.fields {
		need, hint := l.T("imports.notes_or"), ""
		if field.Need {
			need = l.T("imports.notes_need")
		}
		if key := "imports.hint." + field.Name; lang.Has(key) {
			hint = l.T(key)
		}
		rows = append(rows, []any{l.T("imports.field." + field.Name), need, hint})
	}
	for i, row := range rows {
		if err := f.SetSheetRow(name, "A"+strconv.Itoa(i+1), &row); err != nil {
			return err
		}
	}
	return f.SetColWidth(name, "A", "C", 24)
}
