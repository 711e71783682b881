package imports

import (
	"fmt"
	"strings"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports/tables"
	"huotang/models/org"
)

// divisionKind is a list of townships and villages by their official codes.
func divisionKind(*Area) kind {
	return kind{
		name: "divisions", need: access.OrgEdit, key: "name",
		fields: []Field{
			{Name: "code", Need: true, Words: []string{"代码", "区划代码", "行政区划代码", "统计用区划代码", "编号", "编码", "code"}},
			{Name: "name", Need: true, Words: []string{"名称", "区划名称", "单位名称", "村名", "村", "乡镇", "name"}},
		},
		open: func(tx *db.Tx, by access.Actor) (checker, error) {
			p, err := loadPlaces(tx, by)
			return &divisionList{p, map[string]string{}}, err
		},
		apply: applyUnit,
		lines: [][]string{{"530921101", "凤山镇"}, {"530921101201", "安石村"}},
	}
}

// divisionList checks a list of divisions.
type divisionList struct {
	*places
	rows map[string]string // by code
}

// unitDo is what applying a row with a unit does.
type unitDo struct {
	Add   org.AddUnitInput
	Above string   // code of the unit above, where it may be one of the list
	Name  string   // of the branch above, where it has no code yet
	Kind  org.Kind // of that
}

// Lengths of the official codes.
const (
	townshipCode = 9
	villageCode  = 12
)

func (l *divisionList) check(r *reading) verdict {
	code, name := tables.Narrow(r.text("code")), tables.Name(r.limit("name", 100))
	code = strings.TrimSuffix(code, ".0")
	if name == "" {
		r.fault("name", "imports.fault_empty")
	}
	digits := code != "" && strings.Trim(code, "0123456789") == ""
	if len(code) == villageCode && strings.HasSuffix(code, "000") { // a township, as the statistics write it
		code = code[:townshipCode]
	}
	do := unitDo{Add: org.AddUnitInput{Tree: org.Administrative, Code: code, Name: name}}
	turn := 0
	switch {
	case code == "":
		r.fault("code", "imports.fault_empty")
	case !digits || len(code) != townshipCode && len(code) != villageCode:
		r.fault("code", "imports.fault_code", code)
	case len(code) == townshipCode:
		do.Add.Kind, do.Above = org.Township, code[:6]
	default:
		do.Add.Kind, do.Above, turn = org.Village, code[:townshipCode], 1
	}
	if r.bad() {
		return verdict{state: RowFaulty}
	}
	if row, twice := l.rows[code]; twice {
		r.note("code", "imports.note_twice_place", row)
		return verdict{state: RowSkipped}
	}
	above := l.byCode[org.Administrative][do.Above]
	_, listed := l.rows[do.Above]
	switch {
	case above == nil && !listed:
		r.fault("code", "imports.fault_no_above", do.Above)
	case above != nil && !l.by.Can(access.OrgEdit, above.Path):
		r.fault("code", "imports.fault_not_yours", above.Name)
	}
	if r.bad() {
		return verdict{state: RowFaulty}
	}
	if u := l.byCode[org.Administrative][code]; u != nil {
		if !l.called(u, name) {
			r.fault("name", "imports.fault_code_taken", u.Name)
			return verdict{state: RowFaulty}
		}
		return verdict{state: RowUnchanged}
	}
	l.rows[code] = r.row
	return verdict{state: RowNew, do: do, turn: turn}
}

// branchKind is a list of the units of the party below the township committees.
func branchKind(*Area) kind {
	return kind{
		name: "branches", need: access.OrgEdit, key: "name",
		fields: []Field{
			{Name: "name", Need: true, Words: []string{"党组织名称", "组织名称", "支部名称", "党支部名称", "党支部", "名称", "name"}},
			{Name: "above", Need: true, Words: []string{"上级党组织", "上级组织", "上级", "隶属党组织", "所属党总支", "所属党委", "above"}},
			{Name: "level", Words: []string{"类型", "组织类型", "党组织类型", "级别", "类别", "kind"}},
			{Name: "code", Words: []string{"编号", "组织编码", "组织代码", "编码", "代码", "code"}},
		},
		open: func(tx *db.Tx, by access.Actor) (checker, error) {
			p, err := loadPlaces(tx, by)
			return &branchList{p, map[string]string{}, map[string]unitDo{}}, err
		},
		apply: applyUnit,
		lines: [][]string{
			{"安石党总支", "中共凤庆县凤山镇委员会", "党总支", ""},
			{"安石第一党支部", "安石党总支", "党支部", ""},
			{"王家院党小组", "安石第一党支部", "党小组", ""},
		},
	}
}

// branchList checks a list of branches.
type branchList struct {
	*places
	rows map[string]string // by what is above and the name
	new  map[string]unitDo // of this list, by kind and name
}

// levels by the end of a name or by what a list calls them, the longest first.
var levels = []struct {
	word string
	kind org.Kind
}{
	{"党总支部", org.GeneralBranch},
	{"党总支", org.GeneralBranch},
	{"总支部", org.GeneralBranch},
	{"总支", org.GeneralBranch},
	{"党小组", org.Group},
	{"小组", org.Group},
	{"党支部", org.Branch},
	{"支部", org.Branch},
}

func levelOf(text string) org.Kind {
	text = strings.TrimSuffix(tables.Narrow(text), "委员会")
	for _, l := range levels {
		if strings.HasSuffix(text, l.word) {
			return l.kind
		}
	}
	return ""
}

// above are the kinds that may stand above a kind, the nearest first.
var above = map[org.Kind][]org.Kind{
	org.GeneralBranch: {org.TownshipCommittee},
	org.Branch:        {org.GeneralBranch, org.TownshipCommittee, org.CountyCommittee},
	org.Group:         {org.Branch},
}

// turns by which units are added: what stands above first.
var turns = map[org.Kind]int{org.GeneralBranch: 0, org.Branch: 1, org.Group: 2}

func (l *branchList) check(r *reading) verdict {
	name, code := tables.Name(r.limit("name", 100)), tables.Narrow(r.limit("code", 32))
	if name == "" {
		r.fault("name", "imports.fault_empty")
	}
	k := levelOf(r.text("level"))
	if k == "" {
		k = levelOf(name)
	}
	if k == "" && name != "" {
		r.fault("level", "imports.fault_level", r.text("level")+name)
	}
	if r.text("above") == "" {
		r.fault("above", "imports.fault_empty")
	}
	if strings.ContainsFunc(code, func(c rune) bool {
		return c > 'z' || !strings.ContainsRune("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.", c)
	}) {
		r.fault("code", "org.code_form")
	}
	if r.bad() {
		return verdict{state: RowFaulty}
	}
	do := unitDo{Add: org.AddUnitInput{Tree: org.Party, Kind: k, Code: code, Name: name}}
	parent := l.findAbove(r, k, &do)
	if r.bad() {
		return verdict{state: RowFaulty}
	}
	return l.match(r, parent, do)
}

// findAbove finds what stands above: a unit that is there, or one of this list; nil for that.
func (l *branchList) findAbove(r *reading, k org.Kind, do *unitDo) *unit {
	text := r.text("above")
	worst := found{code: "imports.fault_unknown"}
	for _, up := range above[k] {
		f := l.find(up, org.Party, text, access.OrgEdit)
		if f.unit != nil {
			do.Add.Parent = f.unit.ID
			return f.unit
		}
		if p, ok := l.new[string(up)+"/"+l.word(up, text)]; ok {
			do.Name, do.Kind = p.Add.Name, up
			return nil
		}
		if f.code != "imports.fault_unknown" {
			worst = f
		}
	}
	r.fault("above", worst.code, text)
	return nil
}

func (l *branchList) match(r *reading, parent *unit, do unitDo) verdict {
	k, name := do.Add.Kind, do.Add.Name
	key := fmt.Sprintf("%s/%s/%s/%s", do.Add.Parent, do.Name, k, l.word(k, name))
	if row, twice := l.rows[key]; twice {
		r.note("name", "imports.note_twice_place", row)
		return verdict{state: RowSkipped}
	}
	l.rows[key] = r.row
	if u := l.byCode[org.Party][do.Add.Code]; u != nil {
		if u.Kind != k || !l.called(u, name) {
			r.fault("code", "imports.fault_code_taken", u.Name)
			return verdict{state: RowFaulty}
		}
		return verdict{state: RowUnchanged}
	}
	for _, u := range l.byWord[k][l.word(k, name)] {
		if parent != nil && l.parent(u) == parent {
			return verdict{state: RowUnchanged}
		}
	}
	l.new[string(k)+"/"+l.word(k, name)] = do
	return verdict{state: RowNew, do: do, turn: turns[k]}
}

// applyUnit adds a unit below what is above it by now.
func applyUnit(tx *db.Tx, by access.Actor, raw []byte) error {
	do, err := unmarshal[unitDo](raw)
	if err != nil {
		return err
	}
	parent, err := parentOf(tx, do)
	if err != nil {
		return err
	}
	if _, err := org.LockUnit(tx, parent.ID); err != nil {
		return err
	}
	do.Add.Parent = parent.ID
	same, err := db.All[org.Unit](tx.Where("parent_id = ? AND kind = ? AND name = ?", parent.ID, do.Add.Kind, do.Add.Name))
	switch {
	case err != nil:
		return err
	case len(same) > 0:
		return fail.Conflict("imports.fault_added_meanwhile")
	}
	_, err = org.AddUnit(tx, by, do.Add)
	return err
}

func parentOf(tx *db.Tx, do unitDo) (org.Unit, error) {
	switch {
	case !do.Add.Parent.IsZero():
		return org.FindUnit(tx, do.Add.Parent)
	case do.Above != "":
		return org.FindCode(tx, do.Add.Tree, do.Above)
	}
	found, err := db.All[org.Unit](tx.Where("tree = ? AND kind = ? AND name = ?", do.Add.Tree, do.Kind, do.Name))
	if err == nil && len(found) != 1 {
		err = fail.Conflict("imports.fault_several", do.Name)
	}
	if err != nil {
		return org.Unit{}, err
	}
	return found[0], nil
}
