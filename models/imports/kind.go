package imports

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports/tables"
	"huotang/models/lang"
)

// kind is a sort of list.
type kind struct {
	name   string // its text is "imports.kind." and this
	need   access.Permission
	fields []Field
	key    string                                                         // the field that every row has
	open   func(tx *db.Tx, by access.Actor) (checker, error)              // reads what rows are matched with
	apply  func(tx *db.Tx, by access.Actor, do []byte) error              // brings one row in; do is what the check gave
	many   func(tx *db.Tx, by access.Actor, do [][]byte) ([]error, error) // brings in at once as many of the first rows as it can take, and gives for each why it is refused; nil where there is none
	locks  func(do []byte) ([]string, error)                              // codes of the administrative units to lock before rows are applied
	lines  [][]string                                                     // of the template: examples, a cell for each field
}

// checker checks the rows of one list, in the order of the file.
type checker interface {
	// check reads a row and says what it would do.
	check(r *reading) verdict
}

// Choice is a value that may be chosen; the text may be a catalogue key.
type Choice struct {
	Value string `json:"value"`
	Text  string `json:"text"`
}

// verdict is what a row would do.
type verdict struct {
	state RowState
	do    any // for apply
	turn  int // 0 before 1: parents before children
}

// kinds in the order in which they are shown.
func (a *Area) kinds() []kind {
	all := []kind{peopleKind(a), rosterKind(a), siteKind(a), branchKind(a), divisionKind(a), holidayKind(a)}
	for _, k := range all {
		for i, f := range k.fields { // the heads of the templates
			for _, l := range lang.Langs {
				if w := l.T("imports.field." + f.Name); !slices.Contains(f.Words, w) {
					k.fields[i].Words = append(k.fields[i].Words, headWord(w))
				}
			}
		}
	}
	return all
}

// Kinds lists the sorts of lists that the actor may import.
func (a *Area) Kinds(by access.Actor) []string {
	var out []string
	for _, k := range a.kinds() {
		if !by.Visible(k.need).Empty() {
			out = append(out, k.name)
		}
	}
	return out
}

func (a *Area) kindOf(name string) (kind, error) {
	all := a.kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.name == name })
	if i < 0 {
		return kind{}, fail.NotFound("imports.no_kind")
	}
	return all[i], nil
}

// Fields lists a kind's columns.
func (a *Area) Fields(name string) ([]Field, error) {
	k, err := a.kindOf(name)
	return k.fields, err
}

// Note is something to say about a row: a fault, or what is worth a look.
type Note struct {
	Field string `json:"field,omitempty"` // "" for the row
	Code  string `json:"code"`            // catalogue key
	Args  []any  `json:"args,omitempty"`  // texts, catalogue keys, whole numbers
}

// Say is the note in a language.
func (n Note) Say(l lang.Lang) string {
	args := make([]any, len(n.Args))
	for i, a := range n.Args {
		switch a := a.(type) {
		case float64: // JSON knows no other numbers
			args[i] = int(a)
		case string:
			args[i] = word(l, a)
		default:
			args[i] = a
		}
	}
	return l.T(n.Code, args...)
}

// word is a text, or that of a catalogue key.
func word(l lang.Lang, s string) string {
	if strings.Contains(s, ".") && lang.Has(s) {
		return l.T(s)
	}
	return s
}

// Say is what was and what becomes, in a language; "" stays.
func (c Change) Say(l lang.Lang) (from, to string) { return word(l, c.From), word(l, c.To) }

// Change is a value that is there and becomes another.
type Change struct {
	Field string `json:"field"`
	From  string `json:"from"` // a text or a catalogue key
	To    string `json:"to"`
}

// Plan is what the check found of a row.
type Plan struct {
	Cells   map[string]string `json:"cells"` // as they stand in the file, by field
	Faults  []Note            `json:"faults,omitempty"`
	Notes   []Note            `json:"notes,omitempty"`
	Changes []Change          `json:"changes,omitempty"`
	Do      json.RawMessage   `json:"do,omitempty"`
}

// reading is a row being checked.
type reading struct {
	plan  Plan
	row   string // as people call it: 「安石村 第5行」
	days  int    // of the book
	today int    // the year
	fixed map[string]string
	leave bool // the rosters that one who is enrolled elsewhere stands on
}

// text is a field's cell, cleaned; "" where there is no such column.
func (r *reading) text(field string) string { return r.plan.Cells[field] }

// fault notes what must be put right.
func (r *reading) fault(field, code string, args ...any) {
	r.plan.Faults = append(r.plan.Faults, Note{field, code, args})
}

// note notes what is worth a look.
func (r *reading) note(field, code string, args ...any) {
	r.plan.Notes = append(r.plan.Notes, Note{field, code, args})
}

// change notes a value that becomes another.
func (r *reading) change(field, from, to string) {
	if from != to {
		r.plan.Changes = append(r.plan.Changes, Change{field, from, to})
	}
}

// bad is the verdict of a row with faults.
func (r *reading) bad() bool { return len(r.plan.Faults) > 0 }

// day reads a day; the zero one for an empty cell, a fault for what is none.
func (r *reading) day(field string) (tables.Day, bool) {
	s := r.text(field)
	if s == "" {
		return tables.Day{}, false
	}
	d, ok := tables.ParseDay(s, r.days, r.today)
	if !ok {
		r.fault(field, "imports.fault_day", s)
	}
	return d, ok
}

// limit faults a text that is too long to be kept.
func (r *reading) limit(field string, most int) string {
	s := r.text(field)
	if n := len([]rune(s)); n > most {
		r.fault(field, "imports.fault_long", n, most)
	}
	return s
}

// marshal of what is made of plain data.
func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("imports: %v", err)) // plain data
	}
	return b
}

func unmarshal[T any](b []byte) (v T, err error) {
	if err = json.Unmarshal(b, &v); err != nil {
		err = fmt.Errorf("imports: %w", err)
	}
	return v, err
}
