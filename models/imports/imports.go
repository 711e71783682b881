// Package imports brings in the lists that townships keep: people, schools, divisions, branches and rosters, from a workbook or a CSV
// file as it is.
//
// An import is a row with a state, so that it goes on after a closed tab:
//
//	uploaded   the file is read; which column is what is proposed
//	mapped     which column is what is said; the rows are being checked
//	checked    each row is new, changes something, changes nothing, is at fault, or is no row of the list
//	applying   the good rows are being brought in
//	applied    all good rows have their outcome
//	given_up   nothing was brought in
//
// Checking and applying are work in the background, in units that may each be the last: whoever does it holds a claim ([Claim]),
// and goes on where another stopped. Rows are matched with what is there, so the same file again changes nothing. Each row is
// applied once, by the ordinary ops of the area that it is about, as the account that imports and with the grants that this
// account has at that moment.
//
// A kind of list is a value with its columns, its check and its apply; see [Kinds]. The file and its rows hold names and
// telephone numbers: they are sealed, seen by nobody but the account that imports, and dropped after [Keep].
package imports

import (
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/seal"
)

type importTag struct{}

// ImportID identifies an import.
type ImportID = id.ID[importTag]

// State of an import.
type State string

// The states, see the package comment.
const (
	Uploaded State = "uploaded"
	Mapped   State = "mapped"
	Checked  State = "checked"
	Applying State = "applying"
	Applied  State = "applied"
	GivenUp  State = "given_up"
)

// RowState is what the check found of a row.
type RowState string

// What a row of the file is.
const (
	RowNew       RowState = "new"       // not there yet
	RowChanged   RowState = "changed"   // there, and something is different
	RowUnchanged RowState = "unchanged" // there, as the row says
	RowFaulty    RowState = "faulty"    // something must be put right in the file
	RowSkipped   RowState = "skipped"   // a total, a repeated head, a remark
)

// Outcome of a row that was to be applied; "" before.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"
	Refused Outcome = "refused" // by the op, or because something has changed since the check
)

// Keep is how long file and rows are kept after the upload.
const Keep = 30 * 24 * time.Hour

// Area holds the keys that files and rows are sealed with, and the areas through which rows are brought in.
type Area struct {
	ring   *seal.Ring
	people *people.Area
	slots  chan struct{}
	wake   func()
}

// readsAtOnce bounds the memory of reading files.
const readsAtOnce = 2

// New makes the area, one for a process. ring is that of the telephone numbers.
func New(ring *seal.Ring, p *people.Area) *Area {
	return &Area{ring: ring, people: p, slots: make(chan struct{}, readsAtOnce), wake: func() {}}
}

// OnWork registers what wakes the worker in the background, once there is something for it.
func (a *Area) OnWork(wake func()) { a.wake = wake }

type importRow struct {
	ID           ImportID `gorm:"primaryKey"`
	AccountID    access.AccountID
	UnitID       *org.UnitID // for which mappings are remembered
	Kind         string
	State        State
	FileName     string
	Format       tables.Format
	Bytes        int
	Data         []byte // sealed: []SheetView
	Mapping      string // JSON: []SheetMap
	Total        int
	Done         int // of Total, of the work in progress
	Fresh        int
	Changed      int
	Unchanged    int
	Faulty       int
	Skipped      int
	Applied      int
	Refused      int
	Failure      string // key of why the work stopped
	Attempts     int    // claims since the work was asked for
	Fence        int64
	ClaimedUntil *time.Time
	MadeAt       time.Time
	ChangedAt    time.Time
	EndedAt      *time.Time
}

func (importRow) TableName() string { return "imports" }

type fileRow struct {
	ImportID ImportID `gorm:"primaryKey"`
	Data     []byte   // sealed
	MadeAt   time.Time
}

func (fileRow) TableName() string { return "import_files" }

type lineRow struct {
	ImportID ImportID `gorm:"primaryKey"`
	Seq      int      `gorm:"primaryKey"` // in the order of the file
	Sheet    int
	Line     int // number of the row in its sheet
	Turn     int // rows are applied by it: parents before children
	State    RowState
	Outcome  Outcome
	Data     []byte // sealed: Plan
}

func (lineRow) TableName() string { return "import_rows" }

type mappingRow struct {
	UnitID    org.UnitID `gorm:"primaryKey"`
	Kind      string     `gorm:"primaryKey"`
	Heads     string     `gorm:"primaryKey"`
	Mapping   string     // JSON: field → head
	ChangedAt time.Time
}

func (mappingRow) TableName() string { return "import_mappings" }

// Rows lists the area's row structs for the test that compares them with the schema.
func Rows() []any { return []any{importRow{}, fileRow{}, lineRow{}, mappingRow{}} }

// View is an import as its account sees it.
type View struct {
	ID        ImportID  `json:"id"`
	Kind      string    `json:"kind"`
	State     State     `json:"state"`
	FileName  string    `json:"file_name"`
	Bytes     int       `json:"bytes"`
	Total     int       `json:"total"` // rows of the chosen sheets
	Done      int       `json:"done"`  // of them, by the work in progress
	New       int       `json:"new"`
	Changed   int       `json:"changed"`
	Unchanged int       `json:"unchanged"`
	Faulty    int       `json:"faulty"`
	Skipped   int       `json:"skipped"`
	Applied   int       `json:"applied"`
	Refused   int       `json:"refused"`
	Failure   string    `json:"failure,omitempty"` // catalogue key
	MadeAt    time.Time `json:"made_at"`
	EndedAt   time.Time `json:"ended_at,omitzero"`
	KeptUntil date.Date `json:"kept_until"` // last day of the file
}

// Good counts the rows that would be brought in.
func (v View) Good() int { return v.New + v.Changed }

// Working reports work in the background.
func (v View) Working() bool { return v.State == Mapped || v.State == Applying }

func view(r importRow) View {
	v := View{
		ID: r.ID, Kind: r.Kind, State: r.State, FileName: r.FileName, Bytes: r.Bytes, Total: r.Total, Done: r.Done,
		New: r.Fresh, Changed: r.Changed, Unchanged: r.Unchanged, Faulty: r.Faulty, Skipped: r.Skipped,
		Applied: r.Applied, Refused: r.Refused, Failure: r.Failure, MadeAt: r.MadeAt, KeptUntil: date.Of(r.MadeAt.Add(Keep)),
	}
	if r.EndedAt != nil {
		v.EndedAt = *r.EndedAt
	}
	return v
}

// find reads an import for its account; not_found for anybody else.
func find(tx *db.Tx, by access.Actor, which ImportID) (importRow, error) {
	if !by.SignedIn() {
		return importRow{}, fail.NoSignIn("access.sign_in_first")
	}
	return db.One[importRow](tx.Where("id = ? AND account_id = ?", which, by.Account), "imports.missing")
}

// lock is [find] with the row locked, and the kind's permission still held.
func (a *Area) lock(tx *db.Tx, by access.Actor, which ImportID) (importRow, kind, error) {
	if err := tx.Lock("imports", which); err != nil {
		return importRow{}, kind{}, err
	}
	r, err := find(tx, by, which)
	if err != nil {
		return r, kind{}, err
	}
	k, err := a.kindOf(r.Kind)
	if err == nil {
		err = by.RequireAnywhere(k.need)
	}
	return r, k, err
}

// Bindings of what is sealed.
const (
	boundFile   = "import_files.data/"
	boundSheets = "imports.data/"
	boundRow    = "import_rows.data/"
)
