package imports

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports/tables"
)

// GetInput names an import.
type GetInput struct {
	ID ImportID `path:"id" json:"-"`
}

// Get reads an import. Only its account.
func (a *Area) Get(tx *db.Tx, by access.Actor, in GetInput) (View, error) {
	r, err := find(tx, by, in.ID)
	return view(r), err
}

// ListInput narrows the list of imports.
type ListInput struct {
	After string `query:"after"`
	Limit int    `query:"limit"` // 1–100; 0 means 20
}

// List lists the account's imports, the newest first. Permission: that of a kind, on any unit.
func (a *Area) List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[View], error) {
	if len(a.Kinds(by)) == 0 {
		return db.Page[View]{}, by.RequireAnywhere(access.PeopleEdit)
	}
	limit := in.Limit
	if limit < 1 || limit > 100 {
		limit = 20
	}
	q := tx.Omit("data", "mapping").Where("account_id = ?", by.Account)
	if in.After != "" {
		var last ImportID
		if err := last.UnmarshalText([]byte(in.After)); err != nil {
			return db.Page[View]{}, fail.Invalid("input.malformed").Because(err)
		}
		r, err := find(tx, by, last)
		if err != nil {
			return db.Page[View]{}, err
		}
		q = q.Where("made_at < ? OR made_at = ? AND id < ?", r.MadeAt, r.MadeAt, r.ID)
	}
	rows, err := db.All[importRow](q.Order("made_at DESC, id DESC").Limit(limit + 1))
	if err != nil {
		return db.Page[View]{}, err
	}
	page := db.Page[View]{Items: make([]View, 0, len(rows))}
	for _, r := range rows[:min(len(rows), limit)] {
		page.Items = append(page.Items, view(r))
	}
	if len(rows) > limit {
		page.Next = page.Items[limit-1].ID.String()
	}
	return page, nil
}

// Mapping is an import with what its sheets are and how they are read, for the page on which that is said.
type Mapping struct {
	View
	Sheets []SheetView `json:"sheets"`
}

// Sheets reads how the file's sheets are read, or are proposed to be. Only its account.
func (a *Area) Sheets(tx *db.Tx, by access.Actor, in GetInput) (Mapping, error) {
	r, err := find(tx, by, in.ID)
	if err != nil {
		return Mapping{}, err
	}
	sheets, err := a.sheets(r)
	return Mapping{view(r), sheets}, err
}

// Whole lists what a whole sheet of the kind may be given, by field. Permission: the kind's.
func (a *Area) Whole(tx *db.Tx, by access.Actor, kindName string) (map[string][]Choice, error) {
	k, err := a.kindOf(kindName)
	if err == nil {
		err = by.RequireAnywhere(k.need)
	}
	if err != nil {
		return nil, err
	}
	p, err := loadPlaces(tx, by)
	if err != nil {
		return nil, err
	}
	out := map[string][]Choice{}
	for _, f := range k.fields {
		if f.Whole != "" {
			out[f.Name] = p.whole(f.Whole, k.need)
		}
	}
	return out, nil
}

// RowsInput narrows the rows of an import.
type RowsInput struct {
	ID    ImportID `path:"id"`
	State RowState `query:"state"` // "" for all
	Only  string   `query:"only"`  // "refused" or "noted"; "" for all
	After string   `query:"after"` // number of the last row seen
	Limit int      `query:"limit"` // 1–200; 0 means 50
}

// RowView is a row with what was found, and what became of it.
type RowView struct {
	Seq     int      `json:"seq"`
	Sheet   int      `json:"sheet"`
	Line    int      `json:"line"`
	State   RowState `json:"state"`
	Outcome Outcome  `json:"outcome,omitempty"`

	Cells   map[string]string `json:"cells"` // as they stand in the file, by field
	Faults  []Note            `json:"faults,omitempty"`
	Notes   []Note            `json:"notes,omitempty"`
	Changes []Change          `json:"changes,omitempty"`
}

// Rows lists the rows of an import in the order of the file. Only its account.
func (a *Area) Rows(tx *db.Tx, by access.Actor, in RowsInput) (db.Page[RowView], error) {
	if _, err := find(tx, by, in.ID); err != nil {
		return db.Page[RowView]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	q := tx.Where("import_id = ?", in.ID)
	if in.State != "" {
		q = q.Where("state = ?", in.State)
	}
	if in.Only == "refused" {
		q = q.Where("outcome = ?", Refused)
	}
	if in.After != "" {
		n, err := strconv.Atoi(in.After)
		if err != nil {
			var c fail.Check
			c.Add("after", "input.type")
			return db.Page[RowView]{}, c.Err()
		}
		q = q.Where("seq > ?", n)
	}
	rows, err := db.All[lineRow](q.Order("seq").Limit(limit + 1))
	if err != nil {
		return db.Page[RowView]{}, err
	}
	page := db.Page[RowView]{Items: make([]RowView, 0, len(rows))}
	for _, r := range rows[:min(len(rows), limit)] {
		v, err := a.rowView(r)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, v)
	}
	if len(rows) > limit {
		page.Next = strconv.Itoa(rows[limit-1].Seq)
	}
	return page, nil
}

func (a *Area) rowView(r lineRow) (RowView, error) {
	p, err := a.plan(r)
	return RowView{
		Seq: r.Seq, Sheet: r.Sheet, Line: r.Line, State: r.State, Outcome: r.Outcome,
		Cells: p.Cells, Faults: p.Faults, Notes: p.Notes, Changes: p.Changes,
	}, err
}

// Results is the file of an import with what became of its rows, for giving it back.
type Results struct {
	Name  string
	Rows  []RowView
	a     *Area
	file  []byte
	kind  string
	maps  []SheetMap
	fmt   tables.Format
	ended bool
}

// Results reads what is given back of a checked or applied import; a conflict before that, and once the file has been
// dropped. Only its account.
func (a *Area) Results(tx *db.Tx, by access.Actor, in GetInput) (Results, error) {
	r, err := find(tx, by, in.ID)
	if err != nil {
		return Results{}, err
	}
	if r.State != Checked && r.State != Applying && r.State != Applied {
		return Results{}, fail.Conflict("imports.not_checked")
	}
	out := Results{Name: r.FileName, a: a, kind: r.Kind, fmt: r.Format, ended: r.State == Applied}
	if out.maps, err = unmarshal[[]SheetMap]([]byte(r.Mapping)); err != nil {
		return out, err
	}
	if out.file, err = a.file(tx, r.ID); err != nil {
		return out, err
	}
	rows, err := db.All[lineRow](tx.Where("import_id = ?", in.ID).Order("seq"))
	if err != nil {
		return out, err
	}
	out.Rows = make([]RowView, len(rows))
	for i, row := range rows {
		if out.Rows[i], err = a.rowView(row); err != nil {
			return out, err
		}
	}
	return out, nil
}

// Write makes the file: the uploaded one with a column that says of each row what say gives. It asks nothing of the database.
func (r Results) Write(ctx context.Context, head string, say func(RowView) string) ([]byte, error) {
	select {
	case r.a.slots <- struct{}{}:
		defer func() { <-r.a.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("imports: %w", ctx.Err())
	}
	book, err := tables.Read("x."+string(r.fmt), r.file)
	if err != nil {
		return nil, err
	}
	var columns []tables.Column
	for i, m := range r.maps {
		if m.Use {
			columns = append(columns, tables.Column{Sheet: i, Head: head, Row: m.Head, Texts: map[int]string{}})
		}
	}
	for _, row := range r.Rows {
		for i := range columns {
			if columns[i].Sheet == row.Sheet {
				columns[i].Texts[row.Line] = say(row)
			}
		}
	}
	return tables.Back(r.file, book, columns)
}

// SweptAtOnce is how many imports one unit of work drops the data of.
const SweptAtOnce = 50

// SweepBefore drops files and rows of imports that were uploaded before the instant, and what stands of their sheets; that there was
// an import, and its counts, stay. One that is being brought in is left until it has ended. It returns how many it dropped, at
// most [SweptAtOnce].
func SweepBefore(tx *db.Tx, before time.Time) (int64, error) {
	rows, err := db.All[importRow](tx.Select("id").Where("made_at < ? AND state <> ? AND id IN (SELECT import_id FROM import_files)", before, Applying).
		Order("made_at").Limit(SweptAtOnce))
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	which := make([]ImportID, len(rows))
	for i, r := range rows {
		which[i] = r.ID
	}
	return int64(len(which)), giveUp(tx, which)
}

// dropData deletes the files and rows of imports.
func dropData(tx *db.Tx, which []ImportID) error {
	for _, table := range []any{&fileRow{}, &lineRow{}} {
		if err := tx.Where("import_id IN ?", which).Delete(table).Error; err != nil {
			return fmt.Errorf("imports: %w", err)
		}
	}
	return nil
}

// Format is that of the file.
func (r Results) Format() tables.Format { return r.fmt }
