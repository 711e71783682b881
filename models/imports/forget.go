package imports

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/seal"
)

// Forget drops, as [SweepBefore] does, the files and rows of lists that hold the name of somebody who is being erased, and says how
// many it dropped. Only lists of units above his homes (paths) are read, and those of no unit. One that is being brought in stays,
// until the retention drops it. Locks the imports. The caller's op has asked for the permission.
func Forget(tx *db.Tx, ring *seal.Ring, name string, homes []string) (int, error) {
	a := New(ring, nil)
	kept, err := db.All[importRow](tx.Where("state <> ? AND id IN (SELECT import_id FROM import_files)", Applying).Order("id"))
	if err != nil {
		return 0, err
	}
	var dropped []ImportID
	for _, r := range kept {
		above, err := isAbove(tx, r.UnitID, homes)
		if err != nil {
			return 0, err
		}
		if !above {
			continue
		}
		held, err := a.holds(tx, r, squeezed(name))
		if err != nil {
			return 0, err
		}
		if held {
			dropped = append(dropped, r.ID)
		}
	}
	for _, which := range dropped {
		if err := tx.Lock("imports", which); err != nil {
			return 0, err
		}
	}
	return len(dropped), giveUp(tx, dropped)
}

func isAbove(tx *db.Tx, unit *org.UnitID, homes []string) (bool, error) {
	if unit == nil {
		return true, nil
	}
	u, err := org.FindUnit(tx, *unit)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(homes, func(home string) bool { return strings.HasPrefix(home, u.Path) }), nil
}

// squeezed is a text without its spaces, with which townships pad names of two characters.
func squeezed(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// holds looks for the name in the rows that were checked and in the file's first rows, and in the whole file while no row is.
func (a *Area) holds(tx *db.Tx, r importRow, name string) (found bool, err error) {
	if text, err := a.ring.Open(r.Data, boundSheets+r.ID.String()); err == nil && strings.Contains(squeezed(text+r.FileName), name) {
		return true, nil
	}
	rows := 0
	err = db.Each(tx, "SELECT seq, data FROM import_rows WHERE import_id = ?", []any{r.ID}, func(scan func(...any) error) error {
		var line lineRow
		if err := scan(&line.Seq, &line.Data); err != nil {
			return err
		}
		rows++
		text, err := a.ring.Open(line.Data, rowBound(r.ID, line.Seq))
		if err != nil {
			return nil //nolint:nilerr // what nobody can open, nobody reads
		}
		found = found || strings.Contains(squeezed(text), name)
		return nil
	})
	if err != nil || found || rows > 0 {
		return found, err
	}
	return a.fileHolds(tx, r, name)
}

func (a *Area) fileHolds(tx *db.Tx, r importRow, name string) (bool, error) {
	file, err := a.file(tx, r.ID)
	if err != nil {
		if _, ok := fail.As(err); ok {
			return false, nil
		}
		return false, nil //nolint:nilerr // sealed with a key that is gone
	}
	book, err := tables.Read("x."+string(r.Format), file)
	if err != nil {
		return true, nil //nolint:nilerr // nobody can say what is in it
	}
	for _, s := range book.Sheets {
		for _, row := range s.Rows {
			if strings.Contains(squeezed(strings.Join(row.Cells, "\n")), name) {
				return true, nil
			}
		}
	}
	return false, nil
}

// giveUp drops what is kept of imports; those that were not brought in are given up.
func giveUp(tx *db.Tx, which []ImportID) error {
	if len(which) == 0 {
		return nil
	}
	if err := dropData(tx, which); err != nil {
		return err
	}
	_, err := db.Set(tx.Model(&importRow{}).Where("id IN ? AND state NOT IN ?", which, []State{Applied, GivenUp}),
		map[string]any{"state": GivenUp, "ended_at": tx.Now, "claimed_until": nil})
	if err == nil {
		_, err = db.Set(tx.Model(&importRow{}).Where("id IN ?", which), map[string]any{"data": []byte{}, "changed_at": tx.Now})
	}
	if err != nil {
		return fmt.Errorf("imports: %w", err)
	}
	return nil
}
