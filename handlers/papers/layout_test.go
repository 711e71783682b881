package papers

import (
	"fmt"
	"strings"
	"testing"

	"huotang/models/papers"
)

// A roster is one page as long as rows to be signed have room on it, never loses a name, and always has a row to write one more on.
func TestTwinPages(t *testing.T) {
	names := func(n int, name string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprint(name, i)
		}
		return out
	}
	for _, tc := range []struct {
		due, others int
		name        string
		pages       int
		dense       bool
	}{
		{0, 0, "字", 1, false},
		{9, 0, "字", 1, false},
		{10, 0, "字", 1, true},
		{12, 4, "字", 1, true},
		{15, 3, "字", 1, true},
		{15, 4, "字", 2, false},
		{43, 0, "字", 4, false},
		{8, 0, strings.Repeat("阿", 20), 1, true},
		{12, 0, strings.Repeat("阿", 20), 3, false},
	} {
		pages := twinPages(papers.Twin{Due: names(tc.due, tc.name), Others: names(tc.others, tc.name)}, "应到", "群众")
		listed, empty := 0, 0
		for i, p := range pages {
			if p.Number != i+1 || p.Of != len(pages) || p.Dense != tc.dense {
				t.Errorf("%+v: page %d of %d, dense %t", tc, p.Number, p.Of, p.Dense)
			}
			size := twinRows
			if p.Dense {
				size = denseRows
			}
			if len(p.Rows)+long(p.Rows) > size {
				t.Errorf("%+v: %d rows on page %d", tc, len(p.Rows), i+1)
			}
			for _, r := range p.Rows {
				switch {
				case r.Name != "":
					listed++
				case r.Heading == "":
					empty++
				}
			}
		}
		if len(pages) != tc.pages || listed != tc.due+tc.others || empty == 0 {
			t.Errorf("%+v: %d pages with %d names and %d empty rows", tc, len(pages), listed, empty)
		}
	}
}
