package imports

import (
	"strings"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
	"huotang/models/people"
)

// addPersons brings the new people at the head of the rows in at once, each matched once more as [Area.addPerson] does. Where the
// first row is no such, it takes none.
func (a *Area) addPersons(tx *db.Tx, by access.Actor, raw [][]byte) ([]error, error) {
	list, err := alike(tx, raw)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	there, err := namedLike(tx, list)
	if err != nil {
		return nil, err
	}
	refused := make([]error, len(list))
	var in []people.Entrant
	var at []int
	for i, do := range list {
		if same, _ := matches(there[do.Details.Name], do); len(same) > 0 {
			refused[i] = fail.Conflict("imports.fault_added_meanwhile")
			continue
		}
		in = append(in, people.Entrant{AddInput: people.AddInput{Details: do.Details, Standing: do.Standing, Since: do.Since}, Phone: do.Phone, Site: do.Site})
		at = append(at, i)
	}
	admitted, err := a.people.AddMany(tx, by, in)
	for i, one := range admitted {
		refused[at[i]] = one.Refused
	}
	return refused, err
}

// alike are the first rows that add somebody with a number and a roster place at most, up to one that an earlier one of them may be.
func alike(tx *db.Tx, raw [][]byte) ([]personDo, error) {
	var list []personDo
	names, hamlets := map[string]bool{}, map[hamletKey]org.UnitID{}
	for _, r := range raw {
		do, err := unmarshal[personDo](r)
		if err != nil {
			return nil, err
		}
		if err := do.hamletIn(tx, hamlets); err != nil {
			return nil, err
		}
		if !do.Target.IsZero() || do.Home != (homeText{}) || do.Exempt != (exemption{}) || len(do.Offices) > 0 || do.Hamlet != "" || do.Life != "" || names[do.Details.Name] {
			break
		}
		names[do.Details.Name] = true
		list = append(list, do)
	}
	return list, nil
}

// hamletKey is a villagers' group as rows name it.
type hamletKey struct {
	village org.UnitID
	name    string
}

// hamletIn takes the villagers' group of a row where an earlier one has added it; known keeps those that were found.
func (do *personDo) hamletIn(tx *db.Tx, known map[hamletKey]org.UnitID) error {
	if do.Hamlet == "" {
		return nil
	}
	key := hamletKey{do.Details.Village, do.Hamlet}
	if unit, ok := known[key]; ok {
		do.Details.VillageGroup, do.Hamlet = unit, ""
		return nil
	}
	err := findHamlet(tx, do)
	if err == nil && do.Hamlet == "" {
		known[key] = do.Details.VillageGroup
	}
	return err
}

// namedLike are those who are there by the name of one of the rows and in the village, branch or by the number of one.
func namedLike(tx *db.Tx, list []personDo) (map[string][]*known, error) {
	var names, villages, branches, phones []any
	for _, do := range list {
		names, villages, branches = append(names, do.Details.Name), append(villages, do.Details.Village), append(branches, do.Details.Branch)
		if do.Index != "" {
			phones = append(phones, do.Index)
		}
	}
	cond, args := "p.name IN (?"+strings.Repeat(",?", len(names)-1)+") AND (", names
	for i, c := range []struct {
		column string
		values []any
	}{{"p.village_id", villages}, {"p.branch_id", branches}, {"p.phone_index", phones}} {
		if len(c.values) == 0 {
			continue
		}
		if i > 0 {
			cond += " OR "
		}
		cond, args = cond+c.column+" IN (?"+strings.Repeat(",?", len(c.values)-1)+")", append(args, c.values...)
	}
	all, err := knownWhere(tx, cond+")", args...)
	there := map[string][]*known{}
	for _, k := range all {
		there[k.Name] = append(there[k.Name], k)
	}
	return there, err
}
