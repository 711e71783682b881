package people

import (
	"encoding/json"
	"fmt"
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// Merging is what the areas above are told of a merge.
type Merging struct{ Kept, Gone PersonID }

// Part is what an area keeps of persons and moves when two records turn out to be one person's. The parts run in the order
// in which they were registered, in the transaction of the merge; an error aborts the whole.
type Part struct {
	Name string // of the part in the memory of the merge

	// Lock locks what Move and Back will change, before the persons are locked; nil for nothing.
	Lock func(tx *db.Tx, m Merging) error

	// Move gives to Kept what Gone has, and returns what Back needs to put it back, as JSON.
	Move func(tx *db.Tx, by access.Actor, m Merging) (any, error)

	// Back gives back to Gone what came from it. What was recorded since the merge stays with Kept.
	Back func(tx *db.Tx, by access.Actor, m Merging, moved []byte) error

	// Has counts for people what a person has: keys of the catalogues with numbers; nil for nothing to show.
	Has func(tx *db.Tx, person PersonID) ([]Fact, error)
}

// Fact is a count of something that a person has.
type Fact struct {
	Code string `json:"code"` // key of the catalogues, which takes the number
	N    int    `json:"n"`
}

// OnMerged registers a part.
func (a *Area) OnMerged(p Part) { a.parts = append(a.parts, p) }

// MergeInput says that two records are one person's.
type MergeInput struct {
	Kept PersonID `json:"kept" form:"kept"`
	Gone PersonID `json:"gone" form:"gone"` // its records go to Kept
}

// Merged is a merge that was done.
type Merged struct {
	ID   MergeID  `json:"id"`
	Kept PersonID `json:"kept"`
	Gone PersonID `json:"gone"`
}

// Merge gives everything that was recorded of Gone to Kept: rolls, roster places, posts, exemptions, study hours, the account.
// What Kept has stands: the name, the histories of standing and place; what Kept lacks (number, household, year of birth,
// gender) is taken. [Area.Unmerge] puts it back. Conflict when both have an account that works, or one is merged already.
// Locks what the parts lock, then the persons. Permission: PeopleMerge on both persons.
func (a *Area) Merge(tx *db.Tx, by access.Actor, in MergeInput) (Merged, error) {
	if err := by.RequireAnywhere(access.PeopleMerge); err != nil {
		return Merged{}, err
	}
	var c fail.Check
	c.If(in.Kept.IsZero(), "kept", "input.required")
	c.If(in.Gone.IsZero(), "gone", "input.required")
	c.If(!in.Kept.IsZero() && in.Kept == in.Gone, "gone", "people.same_person")
	if err := c.Err(); err != nil {
		return Merged{}, err
	}
	m := Merging(in)
	if err := a.lockBoth(tx, by, m, unmerged); err != nil {
		return Merged{}, err
	}
	moved := map[string]any{}
	for _, p := range a.parts {
		part, err := p.Move(tx, by, m)
		if err != nil {
			return Merged{}, err
		}
		moved[p.Name] = part
	}
	memory, err := json.Marshal(moved)
	if err != nil {
		return Merged{}, fmt.Errorf("people: %w", err)
	}
	row := mergeRow{ID: id.New[mergeTag](), KeptID: m.Kept, GoneID: m.Gone, Moved: string(memory), MergedBy: by.Account.Ptr(), MergedAt: tx.Now}
	if err := db.Insert(tx, &row); err != nil {
		return Merged{}, err
	}
	if _, err := db.Set(tx.Model(&personRow{}).Where("id = ?", m.Gone), map[string]any{"merged_into": m.Kept}); err != nil {
		return Merged{}, err
	}
	return Merged{row.ID, m.Kept, m.Gone}, AuditOf(tx, by, m.Kept, "person.merge", audit.Changes{}.ID("gone_id", PersonID{}, m.Gone))
}

// lockBoth asks for the permission and locks everything, twice the same if nobody came between; the records themselves by one.
func (a *Area) lockBoth(tx *db.Tx, by access.Actor, m Merging, one func(*db.Tx, PersonID) error) error {
	for _, person := range []PersonID{m.Kept, m.Gone} {
		p, err := Find(tx, person)
		if err != nil {
			return err
		}
		if err := requireOf(tx, by, access.PeopleMerge, p); err != nil {
			return err
		}
	}
	for _, p := range a.parts {
		if p.Lock != nil {
			if err := p.Lock(tx, m); err != nil {
				return err
			}
		}
	}
	for _, person := range inOrder([]PersonID{m.Kept, m.Gone}) {
		if err := one(tx, person); err != nil {
			return err
		}
	}
	return nil
}

// unmerged locks a record that is not merged into another, merged one that may be.
func unmerged(tx *db.Tx, person PersonID) error {
	_, err := lock(tx, person)
	return err
}

func merged(tx *db.Tx, person PersonID) error { return tx.Lock("persons", person) }

// UnmergeInput names a merge.
type UnmergeInput struct {
	ID MergeID `path:"id" json:"-"`
}

// Unmerge takes two records apart again: what came from Gone goes back, what was recorded since stays with Kept. Of several merges
// into one person the newest is undone first: conflict otherwise, when it is undone already, and once the person was erased. Locks as [Area.Merge] does.
// Permission: PeopleMerge on both persons.
func (a *Area) Unmerge(tx *db.Tx, by access.Actor, in UnmergeInput) (Merged, error) {
	row, err := db.One[mergeRow](tx.Where("id = ?", in.ID), "people.merge_missing")
	if err != nil {
		if e := by.RequireAnywhere(access.PeopleMerge); e != nil {
			return Merged{}, e
		}
		return Merged{}, err
	}
	m := Merging{row.KeptID, row.GoneID}
	if err := a.lockBoth(tx, by, m, merged); err != nil {
		return Merged{}, err
	}
	if row, err = db.One[mergeRow](tx.Where("id = ?", in.ID), "people.merge_missing"); err != nil {
		return Merged{}, err
	}
	if err := mayUndo(tx, row); err != nil {
		return Merged{}, err
	}
	var moved map[string]json.RawMessage
	if err := json.Unmarshal([]byte(row.Moved), &moved); err != nil {
		return Merged{}, fmt.Errorf("people: %w", err)
	}
	if _, err := db.Set(tx.Model(&personRow{}).Where("id = ?", m.Gone), map[string]any{"merged_into": nil}); err != nil {
		return Merged{}, err
	}
	for _, p := range a.parts {
		if err := p.Back(tx, by, m, moved[p.Name]); err != nil {
			return Merged{}, err
		}
	}
	_, err = db.Set(tx.Model(&mergeRow{}).Where("id = ?", row.ID), map[string]any{"undone_by": by.Account.Ptr(), "undone_at": tx.Now})
	if err != nil {
		return Merged{}, err
	}
	return Merged{row.ID, m.Kept, m.Gone}, AuditOf(tx, by, m.Kept, "person.unmerge", audit.Changes{}.ID("gone_id", m.Gone, PersonID{}))
}

func mayUndo(tx *db.Tx, row mergeRow) error {
	if row.UndoneAt != nil {
		return fail.Conflict("people.merge_undone")
	}
	kept, err := Find(tx, row.KeptID)
	if err != nil {
		return err
	}
	if row.Moved == "" {
		return fail.Conflict("people.merge_erased")
	}
	later, err := db.Ask[int](tx, "SELECT COUNT(*) FROM merges WHERE kept_id = ? AND undone_at IS NULL AND id <> ? AND (merged_at > ? OR merged_at = ? AND id > ?)",
		row.KeptID, row.ID, row.MergedAt, row.MergedAt, row.ID)
	if err == nil && (later[0] > 0 || !kept.MergedInto.IsZero()) {
		err = fail.Conflict("people.merged_later")
	}
	return err
}

// PairInput names two persons.
type PairInput struct {
	Person PersonID `json:"person" form:"person" query:"person"`
	Other  PersonID `json:"other" form:"other" query:"other"`
}

// Side is one of two persons who may be one.
type Side struct {
	View
	Schools []string     `json:"schools"`
	Since   StandingLine `json:"since"` // the first standing
	Has     []Fact       `json:"has"`
}

// Pair is two records beside each other.
type Pair struct {
	Sides     [2]Side `json:"sides"`
	SamePhone bool    `json:"same_phone"`
	Distinct  bool    `json:"distinct"` // somebody said that they are two
}

// Compare shows two records beside each other with what each has. Permission: PeopleMerge on both persons.
func (a *Area) Compare(tx *db.Tx, by access.Actor, in PairInput) (Pair, error) {
	var out Pair
	if in.Person.IsZero() || in.Other.IsZero() || in.Person == in.Other {
		var c fail.Check
		c.Add("other", "people.same_person")
		if err := by.RequireAnywhere(access.PeopleMerge); err != nil {
			return out, err
		}
		return out, c.Err()
	}
	var index [2]string
	for i, person := range []PersonID{in.Person, in.Other} {
		p, err := Find(tx, person)
		if err == nil {
			err = requireOf(tx, by, access.PeopleMerge, p)
		}
		if err == nil {
			out.Sides[i], index[i], err = a.side(tx, by, p)
		}
		if err != nil {
			return out, err
		}
	}
	out.SamePhone = index[0] != "" && index[0] == index[1]
	lo, hi := lowHigh(in.Person, in.Other)
	said, err := db.Ask[int](tx, "SELECT COUNT(*) FROM distinct_persons WHERE person_id = ? AND other_id = ?", lo, hi)
	out.Distinct = err == nil && said[0] > 0
	return out, err
}

func (a *Area) side(tx *db.Tx, by access.Actor, p Person) (s Side, index string, err error) {
	s.Schools, s.Has = []string{}, []Fact{}
	if s.View, err = a.Get(tx, by, GetInput{ID: p.ID}); err != nil {
		return s, "", err
	}
	schools, err := Schools(tx, p.ID, tx.Today())
	for _, h := range schools {
		s.Schools = append(s.Schools, h.Name)
	}
	if err == nil {
		var lines []StandingLine
		err = ask(tx, &lines, "SELECT since, standing FROM standings WHERE person_id = ? ORDER BY since LIMIT 1", p.ID)
		s.Since = first(lines)
	}
	for _, part := range a.parts {
		if err == nil && part.Has != nil {
			var facts []Fact
			facts, err = part.Has(tx, p.ID)
			s.Has = append(s.Has, facts...)
		}
	}
	if err != nil {
		return s, "", err
	}
	row, err := db.One[personRow](tx.Select("phone_index").Where("id = ?", p.ID), "people.missing")
	return s, row.PhoneIndex, err
}

func lowHigh(a, b PersonID) (lo, hi PersonID) {
	if slices.Compare(a[:], b[:]) > 0 {
		return b, a
	}
	return a, b
}

// SetDistinct says that two persons who look alike are two, so that they are not proposed again. Locks the persons. Permission:
// PeopleMerge on both.
func (a *Area) SetDistinct(tx *db.Tx, by access.Actor, in PairInput) (Settled, error) {
	if _, err := a.Compare(tx, by, in); err != nil {
		return Settled{}, err
	}
	lo, hi := lowHigh(in.Person, in.Other)
	if err := upsert(tx, &distinctRow{PersonID: lo, OtherID: hi, SaidBy: by.Account.Ptr(), SaidAt: tx.Now}); err != nil {
		return Settled{}, err
	}
	return Settled{1}, AuditOf(tx, by, lo, "person.distinct", audit.Changes{}.ID("other_id", PersonID{}, hi))
}
