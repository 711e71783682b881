package privacy

import (
	"encoding/hex"
	"fmt"
	"strconv"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/seal"
)

// sealed is a column with sealed values. Rows are found by id and, where there are several of one, by seq; a value is bound to
// seal.Bound("persons.phone", id), with "/" and the number where there is one.
type sealed struct {
	table, column string
	id, seq       string // columns; seq may be ""
	heavy         bool   // a whole file, one in a step
}

// sealedColumns lists them all; a test finds columns that are missing here.
var sealedColumns = []sealed{
	{table: "persons", column: "phone", id: "id"},
	{table: "factors", column: "data", id: "account_id"},
	{table: "imports", column: "data", id: "id"},
	{table: "import_files", column: "data", id: "import_id", heavy: true},
	{table: "import_rows", column: "data", id: "import_id", seq: "seq"},
}

func (s sealed) name() string { return s.table + "." + s.column }

func (s sealed) bound(v sealedValue) string {
	bound := seal.Bound(s.name(), v.ID)
	if s.seq != "" {
		bound += "/" + strconv.Itoa(v.Seq)
	}
	return bound
}

// KeyUse is how many values a key has sealed.
type KeyUse struct {
	Name   string // see seal.Ring.Names
	Values int
	Known  bool // the ring has it: without it the values cannot be read
	Newest bool
}

// KeyUses lists the ring's keys, newest first, and then keys that the ring does not have. No permission is asked: it is for
// whoever has the machine.
func (a *Area) KeyUses(tx *db.Tx) ([]KeyUse, error) {
	counts := map[string]int{}
	for _, s := range sealedColumns {
		rows, err := db.Ask[struct {
			Name   string
			Values int
		}](tx, fmt.Sprintf("SELECT LOWER(HEX(SUBSTR(%[2]s, 2, 4))) AS name, COUNT(*) AS `values` FROM %[1]s WHERE LENGTH(%[2]s) > 0 GROUP BY 1 ORDER BY 1", s.table, s.column))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			counts[r.Name] += r.Values
		}
	}
	var uses []KeyUse
	for i, name := range a.phones.Names() {
		uses = append(uses, KeyUse{Name: name, Values: counts[name], Known: true, Newest: i == 0})
		delete(counts, name)
	}
	for name, n := range counts {
		uses = append(uses, KeyUse{Name: name, Values: n})
	}
	return uses, nil
}

// Resealed is how far the sealing has come.
type Resealed struct {
	column int
	after  sealedValue

	Sealed  int // in this step
	Damaged int // in this step: left as they are
	Done    bool
}

// Reseal seals up to limit values again whose key is not the newest one, from where the step before ended. Stopped
// anywhere it can begin again. A value that somebody changes meanwhile stays as he left it. No permission is asked: see [Area.KeyUses].
func (a *Area) Reseal(tx *db.Tx, from Resealed, limit int) (Resealed, error) {
	next := Resealed{column: from.column, after: from.after}
	if from.column >= len(sealedColumns) {
		next.Done = true
		return next, nil
	}
	s := sealedColumns[from.column]
	if s.heavy {
		limit = 1
	}
	rows, err := a.stale(tx, s, from.after, limit)
	if err != nil {
		return next, err
	}
	for _, r := range rows {
		next.after = sealedValue{ID: r.ID, Seq: r.Seq}
		done, err := a.reseal(tx, s, r)
		switch {
		case err != nil:
			return next, err
		case done:
			next.Sealed++
		default:
			next.Damaged++
		}
	}
	if len(rows) < limit {
		next.column, next.after = next.column+1, sealedValue{}
	}
	return next, nil
}

type sealedValue struct {
	ID    anyID
	Seq   int
	Value []byte
}

// stale lists values of other keys than the newest, by their row.
func (a *Area) stale(tx *db.Tx, s sealed, after sealedValue, limit int) ([]sealedValue, error) {
	newest, err := hex.DecodeString(a.phones.Names()[0])
	if err != nil {
		return nil, fmt.Errorf("privacy: %w", err)
	}
	seq, beyond, args := "0", "", []any{newest, after.ID}
	if s.seq != "" {
		seq, beyond, args = s.seq, fmt.Sprintf(" OR %s = ? AND %s > ?", s.id, s.seq), append(args, after.ID, after.Seq)
	}
	query := fmt.Sprintf("SELECT %[3]s AS id, %[4]s AS seq, %[2]s AS value FROM %[1]s WHERE LENGTH(%[2]s) > 0 AND SUBSTR(%[2]s, 2, 4) <> ? "+
		"AND (%[3]s > ?%[5]s) ORDER BY 1, 2 LIMIT ?", s.table, s.column, s.id, seq, beyond)
	return db.Ask[sealedValue](tx, query, append(args, limit)...)
}

// headSize is how much of a sealed value tells it from every other: format, key and nonce.
const headSize = 17

// reseal is not done for a value that cannot be opened.
func (a *Area) reseal(tx *db.Tx, s sealed, r sealedValue) (bool, error) {
	plain, err := a.phones.Open(r.Value, s.bound(r))
	if err != nil {
		return false, nil //nolint:nilerr // counted, and told by the command
	}
	cond, args := s.id+" = ?", []any{r.ID}
	if s.seq != "" {
		cond, args = cond+" AND "+s.seq+" = ?", append(args, r.Seq)
	}
	args = append(append([]any{a.phones.Seal(plain, s.bound(r))}, args...), r.Value[:headSize])
	res := tx.Exec(fmt.Sprintf("UPDATE %[1]s SET %[2]s = ? WHERE %[3]s AND SUBSTR(%[2]s, 1, %[4]d) = ?", s.table, s.column, cond, headSize), args...)
	if res.Error != nil {
		return false, fmt.Errorf("privacy: seal %s: %w", s.name(), res.Error)
	}
	return true, nil
}

// NoteKeys audits what was done with the keys: "keys.add", "keys.reseal" or "keys.drop".
func NoteKeys(tx *db.Tx, by access.Actor, act string, values int) error {
	return audit.Add(tx, by, audit.Row{Act: act, Object: "keys", ID: word("phones"), Change: audit.Changes{}.Int("values", 0, values)})
}

// word is the identity of what there is only one of.
type word string

func (w word) String() string { return string(w) }
