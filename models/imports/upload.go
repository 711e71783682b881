package imports

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/imports/tables"
	"huotang/models/org"
)

// SheetView is a sheet of an uploaded file, with what is proposed for it.
type SheetView struct {
	Name      string     `json:"name"`
	Hidden    bool       `json:"hidden"`
	Rows      int        `json:"rows"`      // below the heads
	Concealed int        `json:"concealed"` // of them, rows that are hidden
	Heads     []string   `json:"heads"`
	Samples   [][]string `json:"samples"`           // the first rows below the heads
	Emptied   []string   `json:"emptied,omitempty"` // heads of columns that must not be kept
	Map       SheetMap   `json:"map"`
}

// SheetMap says how a sheet is read.
type SheetMap struct {
	Use     bool              `json:"use"`
	Head    int               `json:"head"`    // number of the row with the heads
	Columns map[string]int    `json:"columns"` // field → column, from 0
	Whole   map[string]string `json:"whole"`   // field → what the whole sheet has
	Hidden  bool              `json:"hidden"`  // hidden rows, too
	Leave   bool              `json:"leave"`   // who is put on another school's roster leaves the one he stands on
}

// File is a file that has been read; see [Area.Read].
type File struct {
	Kind   string
	Name   string
	Data   []byte
	book   *tables.Book
	sheets []SheetView
	keys   []string // of each sheet's heads
}

// Read reads an uploaded file; of all requests only a few do so at once. It asks nothing of the database, so it is done
// before the unit of work. Columns that must not be kept here are emptied. Kinds of error: invalid; not_found for no such kind.
func (a *Area) Read(ctx context.Context, kindName, name string, data []byte) (File, error) {
	k, err := a.kindOf(kindName)
	if err != nil {
		return File{}, err
	}
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	case <-ctx.Done():
		return File{}, fmt.Errorf("imports: %w", ctx.Err())
	}
	f := File{Kind: kindName, Name: shortName(name), Data: data}
	if f.book, err = tables.Read(name, data); err != nil {
		return f, err
	}
	for _, s := range f.book.Sheets {
		v, key := k.sheet(s)
		f.sheets, f.keys = append(f.sheets, v), append(f.keys, key)
	}
	if !slices.ContainsFunc(f.sheets, func(s SheetView) bool { return s.Map.Head > 0 }) {
		var c fail.Check
		c.Add("list", "imports.file_no_heads")
		return f, c.Err()
	}
	return f, f.empty()
}

// shortName is the file's name without folders, at most 100 characters with its end.
func shortName(name string) string {
	name = tables.Clean(path.Base(strings.ReplaceAll(name, `\`, "/")))
	r := []rune(name)
	if len(r) <= 100 {
		return name
	}
	return string(r[:90]) + "…" + path.Ext(name)[:min(len(path.Ext(name)), 5)]
}

// empty takes the columns that must not be kept out of the file.
func (f *File) empty() error {
	var out []tables.Emptied
	for i, s := range f.sheets {
		for column, head := range s.Heads {
			if slices.Contains(s.Emptied, head) {
				out = append(out, tables.Emptied{Sheet: i, Column: column, Below: s.Map.Head})
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	data, err := tables.Empty(f.Data, f.book, out)
	if err == nil {
		f.Data = data
		f.book, err = tables.Read(f.Name, data)
	}
	return err
}

// samples is how many rows are shown to recognise the columns by.
const samples = 3

// sheet says what is proposed for a sheet.
func (k kind) sheet(s tables.Sheet) (SheetView, string) {
	v := SheetView{Name: s.Name, Hidden: s.Hidden, Heads: []string{}, Map: SheetMap{Columns: map[string]int{}, Whole: map[string]string{}}}
	at := k.heads(s)
	if at < 0 {
		return v, ""
	}
	heads := s.Rows[at]
	v.Map.Head, v.Heads = heads.Number, heads.Cells
	v.Map.Columns = k.propose(heads)
	below := s.Rows[at+1:]
	v.Rows = len(below)
	_, keyed := v.Map.Columns[k.key]
	v.Map.Use = keyed && !s.Hidden && v.Rows > 0 && !notLists.MatchString(s.Name)
	for _, r := range below {
		if r.Hidden {
			v.Concealed++
		}
	}
	for _, h := range heads.Cells {
		if h != "" && never.MatchString(h) {
			v.Emptied = append(v.Emptied, h)
		}
	}
	for _, r := range below[:min(len(below), samples)] {
		cells := make([]string, len(heads.Cells))
		for i := range cells {
			if !slices.Contains(v.Emptied, heads.Cells[i]) {
				cells[i] = r.Cell(i)
			}
		}
		v.Samples = append(v.Samples, cells)
	}
	return v, headsKey(heads)
}

// Upload keeps a file that has been read, with what is proposed for it: by the heads, or as the actor's unit had it for these
// heads the last time. Permission: the kind's, on any unit.
func (a *Area) Upload(tx *db.Tx, by access.Actor, f File) (View, error) {
	k, err := a.kindOf(f.Kind)
	if err == nil {
		err = by.RequireAnywhere(k.need)
	}
	if err == nil && !by.SignedIn() {
		err = fail.NoSignIn("access.sign_in_first")
	}
	if err != nil {
		return View{}, err
	}
	unit, err := home(tx, by, k)
	if err != nil {
		return View{}, err
	}
	if err := remember(tx, unit, k, f); err != nil {
		return View{}, err
	}
	if err := a.guess(tx, by, k, f); err != nil {
		return View{}, err
	}
	r := importRow{
		ID: id.New[importTag](), AccountID: by.Account, UnitID: unit.Ptr(), Kind: k.name, State: Uploaded, FileName: f.Name, Format: f.book.Format,
		Bytes: len(f.Data), Mapping: "[]", MadeAt: tx.Now, ChangedAt: tx.Now,
	}
	r.Data = a.ring.Seal(string(marshal(f.sheets)), boundSheets+r.ID.String())
	if err := db.Insert(tx, &r); err != nil {
		return View{}, err
	}
	file := fileRow{ImportID: r.ID, Data: a.ring.Seal(string(f.Data), boundFile+r.ID.String()), MadeAt: tx.Now}
	if err := db.Insert(tx, &file); err != nil {
		return View{}, err
	}
	return view(r), audit.Add(tx, by, audit.Row{
		Act: "import.upload", Object: "import", ID: r.ID, Unit: audit.Unit(unit),
		Change: audit.Changes{}.Code("kind", "", k.name).Int("bytes", 0, r.Bytes),
	})
}

// home is the unit for which mappings are remembered: that of the actor's first grant with the kind's permission.
func home(tx *db.Tx, by access.Actor, k kind) (org.UnitID, error) {
	for _, g := range by.Grants() {
		if !access.Allowed(g.Role, k.need) {
			continue
		}
		found, err := db.All[org.Unit](tx.Where("path = ?", g.Path))
		if err != nil || len(found) == 1 {
			if err != nil {
				return org.UnitID{}, err
			}
			return found[0].ID, nil
		}
	}
	return org.UnitID{}, nil
}

// remember puts the columns of the last time with the same heads in place of those proposed.
func remember(tx *db.Tx, unit org.UnitID, k kind, f File) error {
	for i, key := range f.keys {
		if key == "" || unit.IsZero() {
			continue
		}
		rows, err := db.All[mappingRow](tx.Where("unit_id = ? AND kind = ? AND heads = ?", unit, k.name, key))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		var words map[string]string
		if err := json.Unmarshal([]byte(rows[0].Mapping), &words); err != nil {
			return fmt.Errorf("imports: mapping: %w", err)
		}
		columns := map[string]int{}
		for field, word := range words {
			at := slices.IndexFunc(f.sheets[i].Heads, func(h string) bool { return headWord(h) == word })
			if at >= 0 && k.field(field).Name != "" {
				columns[field] = at
			}
		}
		f.sheets[i].Map.Columns = columns
	}
	return nil
}

// guess gives a sheet without a column for its village the one that is in its name, or in the title above the heads.
func (a *Area) guess(tx *db.Tx, by access.Actor, k kind, f File) error {
	guessYear(k, f)
	field := k.field("village")
	if field.Whole == "" {
		return nil
	}
	p, err := loadPlaces(tx, by)
	if err != nil {
		return err
	}
	for i, s := range f.book.Sheets {
		m := &f.sheets[i].Map
		if _, have := m.Columns["village"]; have || m.Head == 0 {
			continue
		}
		names := []string{s.Name}
		for _, r := range s.Rows {
			if r.Number < m.Head {
				names = append(names, r.Cells...)
			}
		}
		names = append(names, f.Name)
		for _, name := range names {
			if u := p.find(org.Village, org.Administrative, name, k.need).unit; u != nil && name != "" {
				m.Whole["village"] = u.Code
				break
			}
		}
	}
	return nil
}

var yearIn = regexp.MustCompile(`20\d\d`)

// guessYear gives a sheet whose days may be without a year the one that is in its name, in the title above the heads, or in the file's name.
func guessYear(k kind, f File) {
	field := k.field("holiday_year")
	if field.Whole == "" {
		return
	}
	for i, s := range f.book.Sheets {
		m := &f.sheets[i].Map
		if _, have := m.Columns[field.Name]; have || m.Head == 0 {
			continue
		}
		names := []string{s.Name}
		for _, r := range s.Rows {
			if r.Number < m.Head {
				names = append(names, r.Cells...)
			}
		}
		if year := yearIn.FindString(strings.Join(append(names, f.Name), " ")); year != "" {
			m.Whole[field.Name] = year
		}
	}
}

// MapInput says which sheets are read, and which column is what.
type MapInput struct {
	ID     ImportID   `path:"id" json:"-"`
	Sheets []SheetMap `json:"sheets"` // one for each sheet of the file
}

// Map keeps the mapping, remembers it for the actor's unit, and asks for the rows to be checked; what an earlier check found is
// dropped. Locks the import. Only its account; not after it was applied. Permission: the kind's.
func (a *Area) Map(tx *db.Tx, by access.Actor, in MapInput) (View, error) {
	r, k, err := a.lock(tx, by, in.ID)
	if err != nil {
		return View{}, err
	}
	if r.State == Applying || r.State == Applied || r.State == GivenUp {
		return View{}, fail.Conflict("imports.ended")
	}
	sheets, err := a.sheets(r)
	if err != nil {
		return View{}, err
	}
	if err := k.checkMaps(in.Sheets, sheets); err != nil {
		return View{}, err
	}
	for i := range in.Sheets {
		in.Sheets[i].Head = sheets[i].Map.Head
		sheets[i].Map = in.Sheets[i]
	}
	for i, m := range in.Sheets {
		if m.Use && r.UnitID != nil {
			if err := keepMapping(tx, *r.UnitID, k, sheets[i], m); err != nil {
				return View{}, err
			}
		}
	}
	if _, err = db.Set(tx.Model(&importRow{}).Where("id = ?", r.ID), map[string]any{
		"state": Mapped, "mapping": string(marshal(in.Sheets)), "data": a.ring.Seal(string(marshal(sheets)), boundSheets+r.ID.String()),
		"total": 0, "done": 0, "fresh": 0, "changed": 0, "unchanged": 0, "faulty": 0, "skipped": 0, "failure": "",
		"attempts": 0, "fence": r.Fence + 1, "claimed_until": nil, "changed_at": tx.Now,
	}); err != nil {
		return View{}, err
	}
	r, err = find(tx, by, r.ID)
	if err != nil {
		return View{}, err
	}
	tx.AfterCommit(a.wake)
	return view(r), audit.Add(tx, by, audit.Row{Act: "import.map", Object: "import", ID: r.ID, Unit: audit.Unit(id.Or(r.UnitID))})
}

// sheets opens what is kept of the file's sheets; a conflict once the file has been dropped.
func (a *Area) sheets(r importRow) ([]SheetView, error) {
	if len(r.Data) == 0 {
		return nil, fail.Conflict("imports.dropped")
	}
	text, err := a.ring.Open(r.Data, boundSheets+r.ID.String())
	if err != nil {
		return nil, fmt.Errorf("imports: sheets: %w", err)
	}
	return unmarshal[[]SheetView]([]byte(text))
}

// checkMaps checks a mapping. Fields are named "sheets.0.columns.village".
func (k kind) checkMaps(maps []SheetMap, sheets []SheetView) error {
	var c fail.Check
	if c.If(len(maps) != len(sheets), "sheets", "input.malformed") {
		return c.Err()
	}
	used := 0
	for i, m := range maps {
		if !m.Use {
			continue
		}
		used++
		at := fmt.Sprintf("sheets.%d.", i)
		if c.If(sheets[i].Map.Head == 0, at+"use", "imports.sheet_no_heads") {
			continue
		}
		taken := map[int]string{}
		for _, f := range k.fields {
			column, ok := m.Columns[f.Name]
			switch {
			case !ok && f.Need && m.Whole[f.Name] == "":
				c.Add(at+f.Name, "imports.need_column")
			case ok && (column < 0 || column >= len(sheets[i].Heads)):
				c.Add(at+f.Name, "input.choice")
			case ok && taken[column] != "":
				c.Add(at+f.Name, "imports.column_twice")
			case ok:
				taken[column] = f.Name
			}
			c.If(m.Whole[f.Name] != "" && f.Whole == "", at+f.Name, "input.choice")
		}
		for name := range m.Columns {
			c.If(k.field(name).Name == "", at+"columns", "input.unknown_field", name)
		}
	}
	c.If(used == 0, "sheets", "imports.no_sheet")
	return c.Err()
}

// keepMapping remembers the columns by their heads.
func keepMapping(tx *db.Tx, unit org.UnitID, k kind, s SheetView, m SheetMap) error {
	words := map[string]string{}
	for field, column := range m.Columns {
		words[field] = headWord(s.Heads[column])
	}
	row := mappingRow{UnitID: unit, Kind: k.name, Heads: headsKey(tables.Row{Cells: s.Heads}), Mapping: string(marshal(words)), ChangedAt: tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("imports: %w", err)
	}
	return nil
}
