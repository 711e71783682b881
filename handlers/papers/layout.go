package papers

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"huotang/models/papers"
)

// What is printed is laid out by the server, since browsers number pages only since 2024. The heights are those of the stylesheet
// (css/paper.css); a page of A4 has 264 mm between its margins.
const (
	twinRows   = 13 // of a page of a roster: large ones, for signatures and thumbs
	denseRows  = 21 // of one where smaller rows keep all on one page
	twinFit    = 18 // characters of a name in two lines of it
	spareRows  = 3  // at the least, for who comes and is not on the list; one where rows are small
	signRows   = 22 // of a page of a sign-in sheet
	signFit    = 20 // characters of a name in two lines of it
	indexRows  = 26 // of a page of contents
	recordRoom = 25 // lines of a record's table; with more of them the names go to the sign-in sheet
	valueWidth = 64 // half characters in a line of the table's right column
	fewRules   = 4  // lines to write the minutes on, at the least; one is as high as two of the table
)

// row is a line to be signed.
type row struct {
	Number  int // 0 for an empty one
	Name    string
	Said    string // what was marked
	Heading string // of a part of the list, in place of a name
}

// twinPage is one page of a roster.
type twinPage struct {
	papers.Twin
	Number, Of int
	QR         any
	Rows       []row
	Dense      bool // small rows
}

// twinPages lays a roster out: those due, under a heading of their own the others, and room for more. It is one page whenever small rows
// make it one.
func twinPages(t papers.Twin, dueHead, othersHead string) []twinPage {
	lines := []row{{Heading: dueHead}}
	add := func(names []string) {
		for i, n := range names {
			lines = append(lines, row{Number: i + 1, Name: n})
		}
	}
	add(t.Due)
	if len(t.Others) > 0 {
		lines = append(lines, row{Heading: othersHead})
		add(t.Others)
	}
	size, spare := twinRows, spareRows
	need := len(lines) + long(lines)
	dense := need+spare > twinRows && need < denseRows
	if dense {
		size, spare = denseRows, 1
	}
	for range spare {
		lines = append(lines, row{})
	}
	var out []twinPage
	for _, part := range parted(lines, size, twinFit) {
		out = append(out, twinPage{Twin: t, Rows: part, Dense: dense})
	}
	last := &out[len(out)-1]
	for free := size - len(last.Rows) - long(last.Rows); free > 0; free-- {
		last.Rows = append(last.Rows, row{})
	}
	for i := range out {
		out[i].Number, out[i].Of = i+1, len(out)
	}
	return out
}

// long counts the names that take the room of two.
func long(rows []row) int {
	n := 0
	for _, r := range rows {
		if utf8.RuneCountInString(r.Name) > twinFit {
			n++
		}
	}
	return n
}

// parted cuts lines into pages of size rows; a name with more characters than fit takes the room of two, and a heading never stands at the
// foot of a page.
func parted(lines []row, size, fit int) [][]row {
	out := [][]row{{}}
	used := 0
	for i, l := range lines {
		need := 1
		if utf8.RuneCountInString(l.Name) > fit {
			need = 2
		}
		if used+need > size || l.Heading != "" && used+2 > size && i < len(lines)-1 {
			out, used = append(out, []row{}), 0
		}
		out[len(out)-1] = append(out[len(out)-1], l)
		used += need
	}
	return out
}

// linesOf is how many lines a text takes in the right column.
func linesOf(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0x2e80 || strings.ContainsRune("·“”—…‘’", r) {
			n++
		}
	}
	return max(1, (n+valueWidth-1)/valueWidth)
}

func number(n int) string { return strconv.Itoa(n) }
