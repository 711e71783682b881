package imports

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"huotang/handlers/web"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/imports"
	"huotang/models/lang"
)

type showPage struct {
	web.Base
	Import imports.View
	Show   imports.RowState
	Tabs   []tab
	Rows   []rowView
	Next   string

	MayMerge bool // records of people
	Year     int  // that an arrangement of holidays is most likely of
}

type tab struct {
	Path, Label string
	Current     bool
}

// rowView is a row with its texts.
type rowView struct {
	imports.RowView
	Where   string
	Name    string
	Faults  []said
	Notes   []said
	Changes []string
}

// said is a fault or note with the column that it is about.
type said struct{ Field, Text string }

func (s pages) show(r *web.Request) error {
	var in imports.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return s.showImport(r, in.ID, web.Form{})
}

// showImport shows an import as it stands: what to say of its columns, how far the work is, or its rows.
func (s pages) showImport(r *web.Request, which imports.ImportID, form web.Form) error {
	v, err := web.Ask(r, s.a.Get, imports.GetInput{ID: which})
	switch {
	case err != nil:
		return err
	case v.State == imports.Uploaded:
		return s.showColumns(r, which, nil, form)
	case v.Working():
		r.Header("Refresh", "2")
		return r.Render("imports/working", showPage{Base: r.Base("imports.state." + string(v.State)), Import: v})
	case v.State == imports.GivenUp:
		return r.Render("imports/ended", showPage{Base: r.Base("imports.given_up_title"), Import: v})
	}
	return s.showRows(r, v, form)
}

func (s pages) showRows(r *web.Request, v imports.View, form web.Form) error {
	page := showPage{Import: v, Show: imports.RowState(r.Query("show"))}
	page.Tabs = tabs(r.Lang(), v, &page.Show)
	rows := imports.RowsInput{ID: v.ID, State: page.Show, After: r.Query("after")}
	if page.Show == refused {
		rows.State, rows.Only = "", refused
	}
	var sheets []imports.SheetView
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		found, err := s.a.Rows(tx, by, rows)
		if err != nil {
			return err
		}
		if found.Next != "" {
			page.Next = "/imports/" + v.ID.String() + "?" + url.Values{"show": {string(page.Show)}, "after": {found.Next}}.Encode()
		}
		m, err := s.a.Sheets(tx, by, imports.GetInput{ID: v.ID})
		sheets = m.Sheets
		if len(found.Items) > 0 && err != nil {
			return err
		}
		w := sayer{r.Lang()}
		for _, row := range found.Items {
			page.Rows = append(page.Rows, w.row(row, sheets))
		}
		return nil
	})
	if err != nil {
		return err
	}
	title := "imports.checked_title"
	if v.State == imports.Applied {
		title = "imports.applied_title"
	}
	page.Base, page.Form = r.Base(title), form
	page.Year = date.Of(v.MadeAt).Month().Add(3).Year() // from October on the next
	page.MayMerge = !r.Actor.Visible(access.PeopleMerge).Empty()
	return r.Render("imports/rows", page)
}

const refused = "refused"

// tabs are the sorts of rows that there are; the first with something in it is shown where none is chosen.
func tabs(l lang.Lang, v imports.View, show *imports.RowState) []tab {
	type sort struct {
		state imports.RowState
		n     int
	}
	sorts := []sort{
		{imports.RowFaulty, v.Faulty},
		{imports.RowNew, v.New},
		{imports.RowChanged, v.Changed},
		{imports.RowUnchanged, v.Unchanged},
		{imports.RowSkipped, v.Skipped},
	}
	if v.State == imports.Applied {
		sorts = slices.Insert(sorts, 0, sort{refused, v.Refused})
	}
	known := slices.ContainsFunc(sorts, func(s sort) bool { return s.state == *show })
	out := make([]tab, 0, len(sorts))
	for _, s := range sorts {
		if !known && s.n > 0 {
			*show, known = s.state, true
		}
		key := "imports.row." + string(s.state)
		if s.state == refused {
			key = "imports.refused"
		}
		if s.n > 0 || s.state == *show {
			out = append(out, tab{"/imports/" + v.ID.String() + "?show=" + string(s.state), l.T(key) + " " + lang.Count(s.n), s.state == *show})
		}
	}
	if !known {
		*show = imports.RowNew
	}
	return out
}

// sayer puts what was found of rows into words.
type sayer struct{ lang lang.Lang }

func (w sayer) row(v imports.RowView, sheets []imports.SheetView) rowView {
	out := rowView{RowView: v, Where: w.lang.T("imports.line", v.Line), Name: cmp.Or(v.Cells["name"], strings.TrimSpace(v.Cells["holiday_day"]+" "+v.Cells["holiday_name"]))}
	used := 0
	for _, s := range sheets {
		if s.Map.Use {
			used++
		}
	}
	if used > 1 && v.Sheet < len(sheets) {
		out.Where = w.lang.T("imports.line_sheet", sheets[v.Sheet].Name, v.Line)
	}
	for _, n := range v.Faults {
		out.Faults = append(out.Faults, said{w.field(n.Field), n.Say(w.lang)})
	}
	for _, n := range v.Notes {
		out.Notes = append(out.Notes, said{w.field(n.Field), n.Say(w.lang)})
	}
	out.Changes = w.changes(v)
	return out
}

// field names a column as the page of columns does; "" for none.
func (w sayer) field(name string) string {
	for _, key := range []string{"imports.field." + name, "field." + name} {
		if name != "" && lang.Has(key) {
			return w.lang.T(key)
		}
	}
	return ""
}

func (w sayer) changes(v imports.RowView) []string {
	var out []string
	for _, c := range v.Changes {
		from, to := c.Say(w.lang)
		if from == "" {
			out = append(out, w.lang.T("imports.will_add", w.field(c.Field), to))
		} else {
			out = append(out, w.lang.T("imports.will_change", w.field(c.Field), from, to))
		}
	}
	return out
}

// result is what the file that is given back says of a row.
func (w sayer) result(v imports.RowView) string {
	changes := strings.Join(w.changes(v), w.lang.T("imports.and"))
	var notes []string
	for _, n := range append(slices.Clone(v.Faults), v.Notes...) {
		text := n.Say(w.lang)
		if field := w.field(n.Field); field != "" {
			text = field + w.lang.T("layout.colon") + text
		}
		notes = append(notes, text)
	}
	why := strings.Join(notes, " ")
	switch {
	case v.Outcome == imports.Refused:
		return w.lang.T("imports.said_refused", why)
	case v.Outcome == imports.Done && v.State == imports.RowNew:
		return w.lang.T("imports.said_added")
	case v.Outcome == imports.Done:
		return w.lang.T("imports.said_edited", changes)
	case v.State == imports.RowFaulty:
		return w.lang.T("imports.said_faulty", why)
	case v.State == imports.RowSkipped:
		return w.lang.T("imports.said_skipped", why)
	case v.State == imports.RowChanged:
		return w.lang.T("imports.said_changed", changes)
	}
	return w.lang.T("imports.said_" + string(v.State))
}

type columnsPage struct {
	web.Base
	Import imports.View
	Sheets []sheetForm
}

// sheetForm is a sheet with the choices for each field.
type sheetForm struct {
	imports.SheetView
	Index  string
	Only   bool // no other sheet could be read
	Rolls  bool // the rows put people on the rosters of schools
	Fields []fieldForm
}

type fieldForm struct {
	Name, Label, Hint string
	Options           []web.Option
}

func (s pages) columns(r *web.Request) error {
	var in imports.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	return s.showColumns(r, in.ID, nil, web.Form{})
}

// wholeMark begins the value of a choice for the whole sheet; all others are columns.
const wholeMark = "="

func (s pages) showColumns(r *web.Request, which imports.ImportID, typed url.Values, form web.Form) error {
	var page columnsPage
	err := r.Read(func(tx *db.Tx, by access.Actor) error {
		m, err := s.a.Sheets(tx, by, imports.GetInput{ID: which})
		if err != nil {
			return err
		}
		fields, err := s.a.Fields(m.Kind)
		if err != nil {
			return err
		}
		whole, err := s.a.Whole(tx, by, m.Kind)
		if err != nil {
			return err
		}
		page.Import = m.View
		values := url.Values{}
		for i, sheet := range m.Sheets {
			one := sheetOf(r.Lang(), i, sheet, fields, whole, values)
			one.Rolls = m.Kind == "people" || m.Kind == "rosters"
			page.Sheets = append(page.Sheets, one)
		}
		page.only()
		if typed == nil {
			form.Values = values
		}
		return nil
	})
	if err != nil {
		return err
	}
	page.Base, page.Form = r.Base("imports.map_title"), form
	return r.Render("imports/columns", page)
}

// only marks the one sheet that can be read.
func (p *columnsPage) only() {
	readable := 0
	for _, s := range p.Sheets {
		if s.Map.Head > 0 {
			readable++
		}
	}
	for i := range p.Sheets {
		p.Sheets[i].Only = readable == 1
	}
}

// sheetOf makes the form of a sheet and its first values. Fields are called "sheets.0.name", as in the op's faults.
func sheetOf(l lang.Lang, index int, sheet imports.SheetView, fields []imports.Field, whole map[string][]imports.Choice, values url.Values) sheetForm {
	out := sheetForm{SheetView: sheet, Index: strconv.Itoa(index)}
	at := "sheets." + out.Index + "."
	if sheet.Map.Use {
		values.Set(at+"use", "1")
	}
	if sheet.Map.Leave {
		values.Set(at+"leave", "1")
	}
	if sheet.Map.Hidden {
		values.Set(at+"hidden", "1")
	}
	for _, f := range fields {
		one := fieldForm{Name: at + f.Name, Label: l.T("imports.field." + f.Name)}
		if !f.Need {
			one.Options = append(one.Options, web.Option{Label: l.T("imports.not_there")})
		}
		for column, head := range sheet.Heads {
			if head != "" && !slices.Contains(sheet.Emptied, head) {
				one.Options = append(one.Options, web.Option{Value: strconv.Itoa(column), Label: l.T("imports.column", letter(column), head)})
			}
		}
		for _, c := range whole[f.Name] {
			text := c.Text
			if lang.Has(text) {
				text = l.T(text)
			}
			one.Options = append(one.Options, web.Option{Value: wholeMark + c.Value, Label: l.T("imports.whole_of", text)})
		}
		if column, ok := sheet.Map.Columns[f.Name]; ok {
			values.Set(one.Name, strconv.Itoa(column))
		} else if v := sheet.Map.Whole[f.Name]; v != "" {
			values.Set(one.Name, wholeMark+v)
		}
		out.Fields = append(out.Fields, one)
	}
	return out
}

// letter is how programs call a column, from 0.
func letter(column int) string {
	var s string
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return s
}

func (s pages) setColumns(r *web.Request) error {
	var in imports.MapInput
	err := r.Bind(&in)
	if err == nil {
		err = s.readColumns(r, &in)
	}
	if err == nil {
		_, err = web.Do(r, s.a.Map, in)
	}
	if err != nil {
		return r.Again(err, func(f web.Form) error { return s.showColumns(r, in.ID, f.Values, f) })
	}
	return r.See("/imports/" + in.ID.String())
}

// readColumns reads the choices of the form for each sheet of the import.
func (s pages) readColumns(r *web.Request, in *imports.MapInput) error {
	m, err := web.Ask(r, s.a.Sheets, imports.GetInput{ID: in.ID})
	if err != nil {
		return err
	}
	fields, err := s.a.Fields(m.Kind)
	if err != nil {
		return err
	}
	for i := range m.Sheets {
		at := "sheets." + strconv.Itoa(i) + "."
		one := imports.SheetMap{
			Use: r.Form().Get(at+"use") != "", Hidden: r.Form().Get(at+"hidden") != "", Leave: r.Form().Get(at+"leave") != "", Columns: map[string]int{}, Whole: map[string]string{},
		}
		for _, f := range fields {
			v := r.Form().Get(at + f.Name)
			if whole, ok := strings.CutPrefix(v, wholeMark); ok {
				one.Whole[f.Name] = whole
			} else if v != "" {
				column, err := strconv.Atoi(v)
				if err != nil {
					column = -1 // told by the op
				}
				one.Columns[f.Name] = column
			}
		}
		in.Sheets = append(in.Sheets, one)
	}
	return nil
}
