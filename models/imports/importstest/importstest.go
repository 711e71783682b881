// Package importstest makes files and areas for tests of imports.
package importstest

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"huotang/models/imports"
	"huotang/models/people"
	"huotang/models/seal"
)

// Area makes an area with keys of its own.
func Area(t testing.TB) *imports.Area {
	t.Helper()
	ring, err := seal.New(bytes.Repeat([]byte{5}, 32), bytes.Repeat([]byte{6}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return imports.New(ring, people.New(ring))
}

// Sheet is a sheet of a made file: its rows of cells, the first one in row 1. An empty row stays empty.
type Sheet struct {
	Name string
	Rows [][]any
}

// Workbook makes an .xlsx, as another program would.
func Workbook(t testing.TB, sheets ...Sheet) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i, s := range sheets {
		var err error
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = f.NewSheet(s.Name)
		}
		if err != nil {
			t.Fatal(err)
		}
		w, err := f.NewStreamWriter(s.Name)
		if err != nil {
			t.Fatal(err)
		}
		for n, row := range s.Rows {
			cell, err := excelize.CoordinatesToCellName(1, n+1)
			if err == nil {
				err = w.SetRow(cell, row)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
