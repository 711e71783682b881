package people

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/people"
)

// exportPeople answers with the list, narrowed as it is on the page, as a workbook.
func exportPeople(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.ExportInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return giveOut(r, a, in)
	}
}

// exportRoster is [exportPeople] for a school's roster today.
func exportRoster(a *people.Area) web.PageFunc {
	return func(r *web.Request) error {
		var in people.RosterExportInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		return giveOut(r, a, people.ExportInput{Site: in.Site})
	}
}

func giveOut(r *web.Request, a *people.Area, in people.ExportInput) error {
	started, err := web.Do(r, a.StartExport, in)
	if err != nil {
		return err
	}
	all := make([]people.Exported, 0, started.Rows)
	for after, more := "", true; more; more = after != "" {
		var page db.Page[people.Exported]
		err := r.Read(func(tx *db.Tx, by access.Actor) (err error) { // each in a unit of work of its own
			page, err = a.ExportPart(tx, by, in, after)
			return err
		})
		if err != nil {
			return err
		}
		all, after = append(all, page.Items...), page.Next
	}
	title := r.T("people.title")
	if !in.Site.IsZero() {
		var school org.School
		err := r.Read(func(tx *db.Tx, _ access.Actor) (err error) {
			school, err = org.FindSchool(tx, in.Site)
			return err
		})
		if err != nil {
			return err
		}
		title = r.T("people.roster_title", school.Name)
	}
	b := r.Base("people.title")
	book, err := (&listBook{b, title, started, all}).write()
	if err != nil {
		return fmt.Errorf("people: export: %w", err)
	}
	return r.File(title+"-"+date.Of(started.At).String()+".xlsx", web.Workbook, book)
}

// listBook is a list of people as a workbook. Its heads are those by which lists are read, so that it can be corrected and
// brought in again; what it says of itself is on a second sheet.
type listBook struct {
	web.Base
	title   string
	started people.ExportStarted
	all     []people.Exported
}

// exportFields are the columns: the field of the lists that are read, and the width.
var exportFields = []struct {
	name  string
	width float64
}{
	{"name", 12},
	{"gender", 6},
	{"birth", 10},
	{"standing", 12},
	{"village", 16},
	{"village_group", 12},
	{"branch", 24},
	{"group", 16},
	{"office", 16},
	{"site", 28},
	{"phone", 16},
	{"mobile", 10},
	{"life", 8},
	{"exempt_until", 14},
}

func (l *listBook) cells(p people.Exported) []string {
	if !p.Shown {
		return []string{p.Name}
	}
	word := func(key, code string) string {
		if code == "" {
			return ""
		}
		return l.T(key + code)
	}
	birth, mobile, exempt := "", "", ""
	if p.BirthYear != 0 {
		birth = strconv.Itoa(p.BirthYear)
	}
	offices := make([]string, len(p.Offices))
	for i, o := range p.Offices {
		offices[i] = l.T("people.office." + string(o.Office))
	}
	if p.Mobile {
		mobile = l.T("people.export_yes")
	}
	if !p.Exempt.IsZero() {
		exempt = p.Exempt.String()
	}
	return []string{
		p.Name, word("people.gender.", string(p.Gender)), birth, word("people.standing.", string(p.Standing)), p.Village, p.VillageGroup, p.Branch, p.Group, strings.Join(offices, l.T("people.export_and")),
		strings.Join(p.Schools, l.T("people.export_and")), p.Phone, mobile, word("people.life.", string(p.Life)), exempt,
	}
}

func (l *listBook) write() (out []byte, err error) {
	f := excelize.NewFile()
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = closing
		}
	}()
	if err := f.SetSheetName("Sheet1", l.T("people.export_sheet")); err != nil {
		return nil, err
	}
	if err := l.rows(f, l.T("people.export_sheet")); err != nil {
		return nil, err
	}
	notes := l.T("people.export_notes")
	if _, err := f.NewSheet(notes); err != nil {
		return nil, err
	}
	for i, line := range []string{
		l.title, l.T("people.export_when", l.Time(l.started.At), l.Count(l.started.Rows)), l.T("people.export_phones", l.started.Phones), l.T("people.export_care"),
	} {
		if err := f.SetCellStr(notes, "A"+strconv.Itoa(i+1), tables.Safe(line)); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	err = f.Write(&b)
	return b.Bytes(), err
}

// rows writes the people, every cell as text, so that numbers keep their zeros and nothing is a formula.
func (l *listBook) rows(f *excelize.File, sheet string) error {
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	if err != nil {
		return err
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49})
	if err != nil {
		return err
	}
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	heads := make([]any, len(exportFields))
	for i, field := range exportFields {
		heads[i] = excelize.Cell{StyleID: head, Value: l.T("imports.field." + field.name)}
		if err := w.SetColWidth(i+1, i+1, field.width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := w.SetRow("A1", heads); err != nil {
		return err
	}
	for i, p := range l.all {
		row := make([]any, 0, len(exportFields))
		for _, c := range l.cells(p) {
			row = append(row, excelize.Cell{StyleID: text, Value: tables.Safe(c)})
		}
		if err := w.SetRow("A"+strconv.Itoa(i+2), row); err != nil {
			return err
		}
	}
	return w.Flush()
}
