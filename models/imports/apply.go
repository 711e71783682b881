package imports

import (
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// ApplyInput names the import to be brought in.
type ApplyInput struct {
	ID ImportID `path:"id" json:"-"`
}

// Apply asks for all good rows to be brought in, those without a fault; the others stay out. Asked again it goes on where it
// stopped. Locks the import. Only its account. Permission: the kind's.
func (a *Area) Apply(tx *db.Tx, by access.Actor, in ApplyInput) (View, error) {
	r, _, err := a.lock(tx, by, in.ID)
	if err != nil {
		return View{}, err
	}
	switch {
	case r.State == Applying || r.State == Applied:
		return view(r), nil
	case r.State != Checked:
		return View{}, fail.Conflict("imports.not_checked")
	case r.Fresh+r.Changed == 0:
		return View{}, fail.Conflict("imports.nothing_good")
	}
	_, err = db.Set(tx.Model(&importRow{}).Where("id = ?", r.ID), map[string]any{
		"state": Applying, "failure": "", "done": r.Applied + r.Refused, "attempts": 0, "fence": r.Fence + 1, "claimed_until": nil, "changed_at": tx.Now,
	})
	if err != nil {
		return View{}, err
	}
	r.State, r.Failure = Applying, ""
	tx.AfterCommit(a.wake)
	return view(r), audit.Add(tx, by, audit.Row{
		Act: "import.apply", Object: "import", ID: r.ID, Unit: audit.Unit(id.Or(r.UnitID)),
		Change: audit.Changes{}.Int("rows", 0, r.Fresh+r.Changed),
	})
}

// GiveUp ends an import without bringing anything in, and drops its file and rows. Locks the import. Only its account.
func (a *Area) GiveUp(tx *db.Tx, by access.Actor, in ApplyInput) (View, error) {
	if err := tx.Lock("imports", in.ID); err != nil {
		return View{}, err
	}
	r, err := find(tx, by, in.ID)
	switch {
	case err != nil:
		return View{}, err
	case r.State == GivenUp:
		return view(r), nil
	case r.State == Applying || r.State == Applied || r.Applied > 0:
		return View{}, fail.Conflict("imports.ended")
	}
	_, err = db.Set(tx.Model(&importRow{}).Where("id = ?", r.ID), map[string]any{
		"state": GivenUp, "data": []byte{}, "fence": r.Fence + 1, "claimed_until": nil, "changed_at": tx.Now, "ended_at": tx.Now,
	})
	if err == nil {
		err = dropData(tx, []ImportID{r.ID})
	}
	if err != nil {
		return View{}, err
	}
	r.State = GivenUp
	return view(r), audit.Add(tx, by, audit.Row{Act: "import.give_up", Object: "import", ID: r.ID, Unit: audit.Unit(id.Or(r.UnitID))})
}

// AppliedAtOnce is how many rows one unit of work brings in.
const AppliedAtOnce = 100

// Step brings in the next good rows of a claimed import, at most so many, as the account that imports, and reports whether
// that was the last of the work. A row's effect and its outcome commit together; one that the op refuses leaves nothing behind.
func (a *Area) Step(tx *db.Tx, c Claim, most int) (finished bool, err error) {
	r, err := hold(tx, c)
	if err != nil {
		return false, err
	}
	k, err := a.kindOf(r.Kind)
	if err != nil {
		return false, err
	}
	by, err := importer(tx, r, k)
	if err != nil {
		return false, err
	}
	rows, err := db.All[lineRow](tx.Where("import_id = ? AND state IN ? AND outcome = ?", r.ID, []RowState{RowNew, RowChanged}, "").Order("turn, seq").Limit(most))
	if err != nil {
		return false, err
	}
	if len(rows) == 0 {
		return true, a.finish(tx, by, r)
	}
	plans := make([]Plan, len(rows))
	for i := range rows {
		if plans[i], err = a.plan(rows[i]); err != nil {
			return false, err
		}
	}
	if err := lockUnits(tx, k, plans); err != nil {
		return false, err
	}
	done, err := a.bringAll(tx, by, k, rows, plans)
	if err != nil {
		return false, err
	}
	r.Applied, r.Refused = r.Applied+done, r.Refused+len(rows)-done
	_, err = db.Set(tx.Model(&importRow{}).Where("id = ?", r.ID),
		map[string]any{"applied": r.Applied, "refused": r.Refused, "done": r.Applied + r.Refused, "changed_at": tx.Now})
	return false, err
}

func (a *Area) plan(l lineRow) (Plan, error) {
	text, err := a.ring.Open(l.Data, rowBound(l.ImportID, l.Seq))
	if err != nil {
		return Plan{}, fmt.Errorf("imports: row: %w", err)
	}
	return unmarshal[Plan]([]byte(text))
}

// lockUnits locks the units that the rows are about, always in the same order, so that two imports of one list do not both
// find that somebody is not there yet.
func lockUnits(tx *db.Tx, k kind, plans []Plan) error {
	if k.locks == nil {
		return nil
	}
	var codes []string
	for _, p := range plans {
		more, err := k.locks(p.Do)
		if err != nil {
			return err
		}
		codes = append(codes, more...)
	}
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		rows, err := db.Ask[struct{ ID ImportID }](tx, "SELECT id FROM units WHERE tree = 'a' AND code = ?", code)
		if err != nil {
			return err
		}
		for _, u := range rows {
			if err := tx.Lock("units", u.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// bringAll applies rows in their order, as many at once as the kind takes, keeps the outcome of each, and counts those done.
func (a *Area) bringAll(tx *db.Tx, by access.Actor, k kind, rows []lineRow, plans []Plan) (int, error) {
	var done []int
	for at := 0; at < len(rows); {
		refused, err := bringMany(tx, by, k, plans[at:])
		if err == nil && len(refused) == 0 {
			refused = []error{nil}
			refused[0], err = bringIn(tx, by, k, plans[at])
		}
		if err != nil {
			return 0, err
		}
		for _, reason := range refused {
			if reason == nil {
				done = append(done, rows[at].Seq)
			} else if err := a.refuse(tx, rows[at], plans[at], reason); err != nil {
				return 0, err
			}
			at++
		}
	}
	if len(done) == 0 {
		return 0, nil
	}
	_, err := db.Set(tx.Model(&lineRow{}).Where("import_id = ? AND seq IN ?", rows[0].ImportID, done), map[string]any{"outcome": Done})
	return len(done), err
}

// bringMany applies the first rows at once; none where the kind takes each by itself.
func bringMany(tx *db.Tx, by access.Actor, k kind, plans []Plan) ([]error, error) {
	if k.many == nil {
		return nil, nil
	}
	do := make([][]byte, len(plans))
	for i, p := range plans {
		do[i] = p.Do
	}
	return k.many(tx, by, do)
}

// bringIn applies one row; one that is refused leaves nothing behind.
func bringIn(tx *db.Tx, by access.Actor, k kind, p Plan) (refused, err error) {
	if err := tx.Exec("SAVEPOINT import_row").Error; err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}
	if refused = k.apply(tx, by, p.Do); refused != nil {
		if _, expected := fail.As(refused); !expected {
			return nil, refused
		}
		if err := tx.Exec("ROLLBACK TO SAVEPOINT import_row").Error; err != nil {
			return nil, fmt.Errorf("imports: %w", err)
		}
	}
	if err := tx.Exec("RELEASE SAVEPOINT import_row").Error; err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}
	return refused, nil
}

// refuse keeps that a row was refused, and why.
func (a *Area) refuse(tx *db.Tx, l lineRow, p Plan, reason error) error {
	e, expected := fail.As(reason)
	if !expected {
		return reason
	}
	p.Faults = notes(e)
	_, err := db.Set(tx.Model(&lineRow{}).Where("import_id = ? AND seq = ?", l.ImportID, l.Seq),
		map[string]any{"outcome": Refused, "data": a.ring.Seal(string(marshal(p)), rowBound(l.ImportID, l.Seq))})
	return err
}

// notes are the faults of an op's refusal.
func notes(e *fail.Error) []Note {
	var out []Note
	for _, f := range e.Fields {
		out = append(out, Note{f.Name, f.Code, plain(f.Args)})
	}
	if len(out) == 0 {
		out = append(out, Note{"", e.Code, plain(e.Args)})
	}
	return out
}

func plain(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if n, ok := a.(int); ok {
			out[i] = n
		} else {
			out[i] = fmt.Sprint(a)
		}
	}
	return out
}

// finish ends an import whose rows all have their outcome.
func (a *Area) finish(tx *db.Tx, by access.Actor, r importRow) error {
	_, err := db.Set(tx.Model(&importRow{}).Where("id = ?", r.ID),
		map[string]any{"state": Applied, "claimed_until": nil, "changed_at": tx.Now, "ended_at": tx.Now})
	if err != nil {
		return err
	}
	return audit.Add(tx, by, audit.Row{
		Act: "import.done", Object: "import", ID: r.ID, Unit: audit.Unit(id.Or(r.UnitID)),
		Change: audit.Changes{}.Int("applied", 0, r.Applied).Int("refused", 0, r.Refused),
	})
}
