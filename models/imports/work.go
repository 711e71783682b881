package imports

import (
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports/tables"
	"huotang/models/runs"
)

// Claim is the right to do an import's work in the background, until it runs out or somebody else asks for other work. Each
// unit of work checks it first, so whoever has lost it changes nothing.
type Claim struct {
	ID    ImportID
	State State // Mapped: the rows are to be checked; Applying: they are to be applied
	Fence int64
}

// claimed is how long a claim holds without a sign of life: longer than the longest step of the work.
const claimed = 2 * time.Minute

// Pause before work that failed is tried again.
const Pause = 5 * time.Second

// mostAttempts is how often work that stops in the middle is taken up again.
const mostAttempts = 4

// lost is the code of the error after which a worker must stop.
const lost = "imports.claim_lost"

// IsLost reports that the claim is another's, or that there is nothing left to do.
func IsLost(err error) bool { return fail.Is(err, lost) }

// Next claims the import that waits longest for work; not ok when none does. One that was taken up too often is stopped
// with a note for its account.
func (a *Area) Next(tx *db.Tx) (Claim, bool, error) {
	now, err := runs.ServerNow(tx)
	if err != nil {
		return Claim{}, false, err
	}
	rows, err := db.All[importRow](tx.Select("id").Where("state IN ? AND (claimed_until IS NULL OR claimed_until < ?)", []State{Mapped, Applying}, now).
		Order("changed_at, id").Limit(1))
	if err != nil || len(rows) == 0 {
		return Claim{}, false, err
	}
	r, err := db.One[importRow](tx.Locked().Where("id = ?", rows[0].ID), "imports.missing")
	if err != nil || r.State != Mapped && r.State != Applying || r.ClaimedUntil != nil && !r.ClaimedUntil.Before(now) {
		return Claim{}, false, err
	}
	if r.Attempts >= mostAttempts {
		return Claim{}, false, stop(tx, r, "imports.stopped")
	}
	_, err = db.Set(tx.Model(&importRow{}).Where("id = ?", r.ID),
		map[string]any{"fence": r.Fence + 1, "claimed_until": now.Add(claimed), "attempts": r.Attempts + 1})
	return Claim{r.ID, r.State, r.Fence + 1}, err == nil, err
}

// stop ends work that cannot go on: what was to be checked is to be mapped again, what was to be applied to be applied again.
func stop(tx *db.Tx, r importRow, code string) error {
	state := Uploaded
	if r.State == Applying {
		state = Checked
	}
	_, err := db.Set(tx.Model(&importRow{}).Where("id = ?", r.ID),
		map[string]any{"state": state, "failure": code, "fence": r.Fence + 1, "claimed_until": nil, "changed_at": tx.Now})
	return err
}

// Stop gives a claim back with the reason, a catalogue key, why the work cannot be done.
func (a *Area) Stop(tx *db.Tx, c Claim, code string) error {
	r, err := hold(tx, c)
	if err != nil {
		return err
	}
	return stop(tx, r, code)
}

// Yield gives a claim back for somebody to go on: at once when the worker is stopping, in a while, and not too often, when the
// work has failed.
func (a *Area) Yield(tx *db.Tx, c Claim, failed bool) error {
	r, err := hold(tx, c)
	if err != nil {
		return err
	}
	columns := map[string]any{"claimed_until": nil, "attempts": max(r.Attempts-1, 0)}
	if failed {
		now, err := runs.ServerNow(tx)
		if err != nil {
			return err
		}
		columns = map[string]any{"claimed_until": now.Add(Pause)}
	}
	_, err = db.Set(tx.Model(&importRow{}).Where("id = ?", r.ID), columns)
	return err
}

// hold locks the import of a claim, gives the claim more time, and fails as [IsLost] says when it is no longer the worker's.
func hold(tx *db.Tx, c Claim) (importRow, error) {
	r, err := db.One[importRow](tx.Locked().Where("id = ?", c.ID), "imports.missing")
	if err != nil {
		return r, err
	}
	if r.Fence != c.Fence || r.State != c.State {
		return r, fail.Conflict(lost)
	}
	now, err := runs.ServerNow(tx)
	if err == nil {
		_, err = db.Set(tx.Model(&importRow{}).Where("id = ?", c.ID), map[string]any{"claimed_until": now.Add(claimed)})
	}
	return r, err
}

// importer is the account that imports, with the grants it has now.
func importer(tx *db.Tx, r importRow, k kind) (access.Actor, error) {
	by, _, err := accounts.Actor(tx, r.AccountID)
	if err == nil {
		err = by.RequireAnywhere(k.need)
	}
	return by, err
}

// Check is the checking of one import's rows, in the memory of the worker that does it.
type Check struct {
	a     *Area
	claim Claim
	kind  kind
	row   importRow
	maps  []SheetMap
	file  []byte
	name  string
	book  *tables.Book
	lines []line
}

// line is a row with what was found of it.
type line struct {
	sheet, line, turn int
	state             RowState
	plan              Plan
}

// Open reads what a check needs. It only reads.
func (a *Area) Open(tx *db.Tx, c Claim) (*Check, error) {
	r, err := db.One[importRow](tx.Where("id = ? AND fence = ?", c.ID, c.Fence), lost)
	if err != nil {
		return nil, fail.Conflict(lost)
	}
	k, err := a.kindOf(r.Kind)
	if err != nil {
		return nil, err
	}
	w := &Check{a: a, claim: c, kind: k, row: r, name: "x." + string(r.Format)}
	if w.maps, err = unmarshal[[]SheetMap]([]byte(r.Mapping)); err != nil {
		return nil, err
	}
	w.file, err = a.file(tx, r.ID)
	return w, err
}

// file opens the bytes of an import's file; a conflict once they have been dropped.
func (a *Area) file(tx *db.Tx, which ImportID) ([]byte, error) {
	rows, err := db.All[fileRow](tx.Where("import_id = ?", which))
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fail.Conflict("imports.dropped")
	}
	text, err := a.ring.Open(rows[0].Data, boundFile+which.String())
	if err != nil {
		return nil, fmt.Errorf("imports: file: %w", err)
	}
	return []byte(text), nil
}

// Read reads the file; no database is asked.
func (w *Check) Read() (err error) {
	w.a.slots <- struct{}{}
	defer func() { <-w.a.slots }()
	w.book, err = tables.Read(w.name, w.file)
	return err
}

// Check checks every row against what is there, in the order of the file. It only reads.
func (w *Check) Check(tx *db.Tx) error {
	by, err := importer(tx, w.row, w.kind)
	if err != nil {
		return err
	}
	c, err := w.kind.open(tx, by)
	if err != nil {
		return err
	}
	w.lines = nil
	for i, s := range w.book.Sheets {
		if i < len(w.maps) && w.maps[i].Use {
			w.sheet(c, i, s, tx.Today().Year())
		}
	}
	return nil
}

func (w *Check) sheet(c checker, i int, s tables.Sheet, year int) {
	m := w.maps[i]
	var heads tables.Row
	many := w.sheets() > 1
	for _, r := range s.Rows {
		if r.Number <= m.Head {
			heads = r
			continue
		}
		l := line{sheet: i, line: r.Number}
		in := &reading{plan: Plan{Cells: map[string]string{}}, row: fmt.Sprint(r.Number), days: w.book.Days, today: year, fixed: m.Whole, leave: m.Leave}
		if many {
			in.row = s.Name + " " + in.row
		}
		for field, column := range m.Columns {
			if text := r.Cell(column); text != "" {
				in.plan.Cells[field] = text
			}
		}
		why := leaveOut(r, heads, keyColumn(m, w.kind))
		if why == "" && r.Hidden && !m.Hidden {
			why = "hidden"
		}
		if why != "" {
			l.state = RowSkipped
			in.note("", "imports.skip_"+why)
		} else {
			v := c.check(in)
			l.state, l.turn = v.state, v.turn
			if v.do != nil {
				in.plan.Do = marshal(v.do)
			}
		}
		l.plan = in.plan
		w.lines = append(w.lines, l)
	}
}

func keyColumn(m SheetMap, k kind) int {
	if column, ok := m.Columns[k.key]; ok {
		return column
	}
	return -1
}

func (w *Check) sheets() (n int) {
	for _, m := range w.maps {
		if m.Use {
			n++
		}
	}
	return n
}

// keptAtOnce is how many rows one unit of work stores.
const keptAtOnce = 1000

var lineBulk = db.Bulk{Table: "import_rows", Columns: []string{"import_id", "seq", "sheet", "line", "turn", "state", "outcome", "data"}}

// Store stores the next rows of what was found, after dropping those of an earlier check, and reports whether that was the last: then the import is
// checked. done says how many have been stored before.
func (w *Check) Store(tx *db.Tx, done int) (stored int, err error) {
	if _, err := hold(tx, w.claim); err != nil {
		return done, err
	}
	if done == 0 {
		if err := tx.Where("import_id = ?", w.claim.ID).Delete(&lineRow{}).Error; err != nil {
			return 0, fmt.Errorf("imports: %w", err)
		}
	}
	next := min(done+keptAtOnce, len(w.lines))
	rows := make([][]any, 0, next-done)
	for i, l := range w.lines[done:next] {
		seq := done + i
		data := w.a.ring.Seal(string(marshal(l.plan)), rowBound(w.claim.ID, seq))
		rows = append(rows, []any{w.claim.ID, seq, l.sheet, l.line, l.turn, l.state, "", data})
	}
	if err := lineBulk.Fill(tx, rows); err != nil {
		return done, err
	}
	columns := map[string]any{"total": len(w.lines), "done": next, "changed_at": tx.Now}
	if next == len(w.lines) {
		w.counts(columns)
		columns["state"], columns["claimed_until"] = Checked, nil
	}
	_, err = db.Set(tx.Model(&importRow{}).Where("id = ?", w.claim.ID), columns)
	return next, err
}

// Rows counts the rows that were checked.
func (w *Check) Rows() int { return len(w.lines) }

func (w *Check) counts(columns map[string]any) {
	n := map[RowState]int{}
	for _, l := range w.lines {
		n[l.state]++
	}
	columns["fresh"], columns["changed"], columns["unchanged"], columns["faulty"], columns["skipped"] = n[RowNew], n[RowChanged], n[RowUnchanged], n[RowFaulty], n[RowSkipped]
}

func rowBound(which ImportID, seq int) string { return fmt.Sprintf("%s%s/%d", boundRow, which, seq) }
