package imports

import (
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/people"
)

// hamlet is the villagers' group of a row: one of the village, or else the name of one that is to be added.
func (p *persons) hamlet(r *reading, village *unit) (org.UnitID, string) {
	name := tables.Name(r.limit("village_group", 100))
	if name == "" || empties[tables.Narrow(name)] || village == nil {
		return org.UnitID{}, ""
	}
	if rest := strings.TrimPrefix(name, village.Name); rest != "" {
		name = rest
	}
	for _, key := range []string{tables.Narrow(name), p.word(org.VillageGroup, name)} {
		for _, u := range p.byWord[org.VillageGroup][key] {
			if p.parent(u) == village && u.Until.IsZero() {
				return u.ID, ""
			}
		}
	}
	r.note("village_group", "imports.note_new_group", name)
	return org.UnitID{}, name
}

// compareHamlet says whether the row puts the person into another villagers' group.
func (p *persons) compareHamlet(r *reading, do *personDo, now *people.Details) {
	if now.Village != do.Was.Village { // the old one lies in the other village
		now.VillageGroup = org.UnitID{}
	}
	to := p.unitName(do.Details.VillageGroup)
	if do.Hamlet != "" {
		to = do.Hamlet
	}
	if to == "" || do.Hamlet == "" && do.Details.VillageGroup == now.VillageGroup {
		return
	}
	r.change("village_group", p.unitName(now.VillageGroup), to)
	now.VillageGroup = do.Details.VillageGroup
}

// settleHamlet adds the villagers' group of a row unless another row has added it meanwhile. The village is locked.
func settleHamlet(tx *db.Tx, by access.Actor, do *personDo) error {
	if do.Hamlet == "" {
		return nil
	}
	if err := findHamlet(tx, do); err != nil || do.Hamlet == "" {
		return err
	}
	u, err := org.AddUnit(tx, by, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: do.Hamlet, Parent: do.Details.Village})
	do.Details.VillageGroup, do.Hamlet = u.ID, ""
	return err
}

// findHamlet takes the villagers' group of a row where it is there by now.
func findHamlet(tx *db.Tx, do *personDo) error {
	have, err := db.All[org.Unit](tx.Where("parent_id = ? AND kind = ? AND `until` IS NULL", do.Details.Village, org.VillageGroup).Order("code"))
	for _, u := range have {
		if hamletWord(u.Name) == hamletWord(do.Hamlet) {
			do.Details.VillageGroup, do.Hamlet = u.ID, ""
			break
		}
	}
	return err
}

// hamletWord is a villagers' group's name as it is compared.
func hamletWord(name string) string {
	s := tables.Narrow(name)
	for _, t := range suffixes[org.VillageGroup] {
		if cut, ok := strings.CutSuffix(s, t); ok && cut != "" {
			return cut
		}
	}
	return s
}

// office is one that a row says somebody holds.
type office struct {
	Unit   org.UnitID
	Office people.Office
	Since  date.Date
}

// officeWords by how lists write an office, without the body in front; the longest first.
var officeWords = []struct {
	word   string
	office people.Office
}{
	{"副书记", people.Deputy},
	{"书记", people.Secretary},
	{"组织委员", people.Organisation},
	{"宣传委员", people.Propaganda},
	{"纪检委员", people.Discipline},
	{"纪律检查委员", people.Discipline},
	{"支委", people.Committee},
	{"支委委员", people.Committee},
	{"支部委员", people.Committee},
	{"委员", people.Committee},
	{"党小组长", people.GroupLeader},
	{"党小组组长", people.GroupLeader},
}

// offices reads what a row says of offices: of the branch, of the general branch above it, or of the party group. What is
// no office of the party is noted and left.
func (p *persons) offices(r *reading, branch, group *unit) []office {
	text := tables.Narrow(r.limit("office", 100))
	since, _ := r.day("office_since")
	day := since.Date()
	if day.After(p.today) {
		r.fault("office_since", "people.future")
	}
	var out []office
	for _, s := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("、,;/ ", c) }) {
		if empties[s] {
			continue
		}
		o, u := officeOf(s), branch
		switch {
		case o == people.GroupLeader:
			u = group
		case strings.Contains(s, "总支"):
			if u = p.parent(branch); u != nil && u.Kind != org.GeneralBranch {
				u = nil
			}
		}
		switch {
		case o == "" || strings.Contains(s, "第一书记") || strings.Contains(s, "团"):
			r.note("office", "imports.note_no_office", s)
		case u == nil:
			r.fault("office", "imports.fault_office_where", s)
		default:
			out = append(out, office{u.ID, o, day})
		}
	}
	return out
}

func officeOf(s string) people.Office {
	best := people.Office("")
	length := 0
	for _, w := range officeWords {
		if strings.HasSuffix(s, w.word) && len(w.word) > length {
			best, length = w.office, len(w.word)
		}
	}
	return best
}

// compareOffices leaves those that the person holds already, and shows the others.
func (p *persons) compareOffices(r *reading, do *personDo, k *known) {
	var left []office
	for _, o := range do.Offices {
		if p.held[heldOffice{k.ID, o.Unit, o.Office}] {
			continue
		}
		r.change("office", "", p.unitName(o.Unit)+officeText(o.Office))
		left = append(left, o)
	}
	do.Offices = left
}

// officeText is the office as lists write it.
func officeText(o people.Office) string {
	for _, w := range officeWords {
		if w.office == o {
			return w.word
		}
	}
	return ""
}

// heldOffice is an office that somebody holds today.
type heldOffice struct {
	person people.PersonID
	unit   org.UnitID
	office people.Office
}

func loadOffices(tx *db.Tx) (map[heldOffice]bool, error) {
	out := map[heldOffice]bool{}
	day := tx.Today()
	err := db.Each(tx, "SELECT person_id, unit_id, office FROM offices WHERE since <= ? AND (`until` IS NULL OR `until` >= ?)", []any{day, day}, func(scan func(...any) error) error {
		var h heldOffice
		err := scan(&h.person, &h.unit, &h.office)
		out[h] = true
		return err
	})
	return out, err
}

// giveOffices gives what the row says.
func giveOffices(tx *db.Tx, by access.Actor, do personDo, person people.PersonID) error {
	for _, o := range do.Offices {
		if _, err := people.GiveOffice(tx, by, people.GiveOfficeInput{Person: person, Unit: o.Unit, Office: o.Office, Since: o.Since}); err != nil {
			return err
		}
	}
	return nil
}

// hamletOf is the villagers' group as an ID, for what is matched.
func hamletOf(k *known) org.UnitID { return id.Or(k.VillageGroupID) }
