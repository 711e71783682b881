package imports

import (
	"slices"
	"strconv"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/imports/tables"
	"huotang/models/org"
)

// unit is a unit as rows are matched with it.
type unit struct {
	org.Unit
	aliases []string
	school  *school // of a unit that is one
}

// school is what is kept of a school beside its unit.
type school struct {
	ID         org.SiteID
	BranchID   *org.UnitID
	Plaque     string
	LicensedOn date.Date
	Address    string
	Equipment  string
	Network    string
}

// places are all units of both trees, by code and by their names as lists write them.
type places struct {
	by     access.Actor
	byID   map[org.UnitID]*unit
	byCode map[org.Tree]map[string]*unit
	byWord map[org.Kind]map[string][]*unit
	county string   // its name
	years  []Choice // that a list may be about: the last, this and the next
}

func loadPlaces(tx *db.Tx, by access.Actor) (*places, error) {
	p := &places{
		by: by, byID: map[org.UnitID]*unit{}, byWord: map[org.Kind]map[string][]*unit{},
		byCode: map[org.Tree]map[string]*unit{org.Administrative: {}, org.Party: {}},
	}
	for y := tx.Today().Year() - 1; y <= tx.Today().Year()+1; y++ {
		p.years = append(p.years, Choice{strconv.Itoa(y), strconv.Itoa(y)})
	}
	all, err := db.All[org.Unit](tx.Order("path"))
	if err != nil {
		return nil, err
	}
	for _, u := range all {
		one := &unit{Unit: u}
		p.byID[u.ID], p.byCode[u.Tree][u.Code] = one, one
		if u.Kind == org.County {
			p.county = tables.Narrow(u.Name)
		}
	}
	aliases, err := db.Ask[struct {
		UnitID org.UnitID
		Name   string
	}](tx, "SELECT unit_id, name FROM unit_aliases ORDER BY name")
	if err != nil {
		return nil, err
	}
	for _, a := range aliases {
		if u := p.byID[a.UnitID]; u != nil {
			u.aliases = append(u.aliases, a.Name)
		}
	}
	schools, err := db.Ask[school](tx, "SELECT id, branch_id, plaque, licensed_on, address, equipment, network FROM sites")
	if err != nil {
		return nil, err
	}
	for i := range schools {
		if u := p.byID[org.SiteUnit(schools[i].ID)]; u != nil {
			u.school = &schools[i]
		}
	}
	for _, u := range all {
		p.index(p.byID[u.ID])
	}
	return p, nil
}

// index makes a unit found by its names.
func (p *places) index(u *unit) {
	if !u.Until.IsZero() { // closed: nobody comes there any more
		return
	}
	if p.byWord[u.Kind] == nil {
		p.byWord[u.Kind] = map[string][]*unit{}
	}
	names := append([]string{u.Name}, u.aliases...)
	if v := p.parent(u); u.Kind == org.Site && v != nil { // lists leave out the village
		for _, front := range []string{v.Name, p.word(org.Village, v.Name)} {
			if short, ok := strings.CutPrefix(u.Name, front); ok {
				names = append(names, short)
				break
			}
		}
	}
	for _, name := range names {
		for _, w := range []string{tables.Narrow(name), p.word(u.Kind, name)} {
			if w != "" && !slices.Contains(p.byWord[u.Kind][w], u) {
				p.byWord[u.Kind][w] = append(p.byWord[u.Kind][w], u)
			}
		}
	}
}

// suffixes that lists leave out or write otherwise, the longest first.
var suffixes = map[org.Kind][]string{
	org.Township:          {"街道办事处", "民族乡", "街道", "镇", "乡"},
	org.Village:           {"村民委员会", "社区居民委员会", "居民委员会", "社区居委会", "村委会", "居委会", "社区", "村"},
	org.VillageGroup:      {"村民小组", "村小组", "小组", "自然村", "组"},
	org.Site:              {"农村家庭党校", "家庭党校", "党校"},
	org.TownshipCommittee: {"镇委员会", "乡委员会", "街道工作委员会", "镇党委", "乡党委", "街道党工委", "委员会", "党委"},
	org.GeneralBranch:     {"党总支部委员会", "总支部委员会", "党总支部", "党总支", "总支部", "总支"},
	org.Branch:            {"党支部委员会", "支部委员会", "党支部", "支部"},
	org.Group:             {"党小组", "小组"},
}

// word is the name as it is compared: without what stands above it, without suffix, and without 村 between the parts of the name
// of a branch: 「安石村第一党支部」 and 「安石党总支第一支部」 are both 安石第一.
func (p *places) word(k org.Kind, name string) string {
	s := strings.TrimPrefix(tables.Narrow(name), "中共")
	if rest := strings.TrimPrefix(s, p.county); rest != "" && k != org.County {
		s = rest
	}
	for _, t := range suffixes[k] {
		if cut, ok := strings.CutSuffix(s, t); ok && cut != "" {
			s = cut
			break
		}
	}
	switch k {
	case org.GeneralBranch, org.Branch, org.Group:
		s = partyWords.Replace(s)
	case org.Site:
		s = strings.ReplaceAll(s, "村委会", "村")
	}
	return s
}

var partyWords = strings.NewReplacer("党总支部", "", "党总支", "", "总支部", "", "总支", "", "党支部", "", "支部", "", "村委会", "", "社区", "", "村", "")

// above drops the names of county and townships that stand in front, and gives the township that did.
func (p *places) above(s string) (rest string, township *unit) {
	s = tables.Narrow(s)
	for _, kind := range []org.Kind{org.County, org.Township} {
		for w, units := range p.byWord[kind] {
			if len([]rune(w)) < 2 || kind == org.Township && w != tables.Narrow(units[0].Name) {
				continue
			}
			if cut, ok := strings.CutPrefix(s, w); ok && cut != "" {
				s = cut
				if kind == org.Township {
					township = units[0]
				}
				break
			}
		}
	}
	return s, township
}

// found is what a text names.
type found struct {
	unit *unit
	code string // of the fault, "" for none
}

// find finds a unit of the kind by a code or a name. near are paths that decide between several of one name; with a permission,
// only units where the actor holds it count, and another's is a fault of its own.
func (p *places) find(k org.Kind, tree org.Tree, text string, need access.Permission, near ...string) found {
	s := tables.Narrow(text)
	if u := p.byCode[tree][s]; u != nil && u.Kind == k && u.Until.IsZero() {
		return p.allowed([]*unit{u}, need, near)
	}
	units := p.byWord[k][s]
	if len(units) == 0 {
		units = p.byWord[k][p.word(k, s)]
	}
	if len(units) == 0 {
		rest, township := p.above(s)
		if township != nil {
			near = append([]string{township.Path, "/p/" + strings.TrimPrefix(township.Path, "/a/")}, near...)
		}
		if units = p.byWord[k][p.word(k, rest)]; len(units) == 0 && k == org.Village {
			units = p.byWord[k][p.word(k, upToVillage(rest))]
		}
	}
	return p.allowed(units, need, near)
}

// upToVillage is 安石村 of 「安石村委会王家院12号」.
func upToVillage(s string) string {
	for _, end := range []string{"村民委员会", "村委会", "社区", "村"} {
		if i := strings.Index(s, end); i > 0 {
			return s[:i+len(end)]
		}
	}
	return s
}

func (p *places) allowed(units []*unit, need access.Permission, near []string) found {
	if len(units) == 0 {
		return found{code: "imports.fault_unknown"}
	}
	if need != "" {
		var mine []*unit
		for _, u := range units {
			if p.by.Can(need, p.paths(u)...) {
				mine = append(mine, u)
			}
		}
		if units = mine; len(units) == 0 {
			return found{code: "imports.fault_not_yours"}
		}
	}
	for _, path := range near {
		if len(units) == 1 {
			break
		}
		var beside []*unit
		for _, u := range units {
			if path != "" && strings.HasPrefix(u.Path, path) {
				beside = append(beside, u)
			}
		}
		if len(beside) > 0 {
			units = beside
		}
	}
	if len(units) > 1 {
		return found{code: "imports.fault_several"}
	}
	return found{unit: units[0]}
}

// paths of a unit; a school's are its own and its branch's.
func (p *places) paths(u *unit) []string {
	if u.school != nil {
		if b := p.byID[id.Or(u.school.BranchID)]; b != nil {
			return []string{u.Path, b.Path}
		}
	}
	return []string{u.Path}
}

// called reports whether a list may write the unit so: by its name, or one that it had.
func (p *places) called(u *unit, name string) bool {
	return slices.ContainsFunc(append([]string{u.Name}, u.aliases...), func(have string) bool {
		return p.word(u.Kind, have) == p.word(u.Kind, name)
	})
}

// parent is the unit above, nil for a root.
func (p *places) parent(u *unit) *unit {
	if u == nil || u.ParentID == nil {
		return nil
	}
	return p.byID[*u.ParentID]
}

// only is the one unit of the kind on which the actor holds the permission, nil when there are none or several.
func (p *places) only(k org.Kind, need access.Permission) *unit {
	var one *unit
	for _, u := range p.byID {
		if u.Kind == k && p.by.Can(need, u.Path) {
			if one != nil {
				return nil
			}
			one = u
		}
	}
	return one
}

// party are paths in the party's tree that stand for a village: below a unit with the code of the village, or of its township.
func (p *places) party(village *unit) []string {
	var out []string
	for u := village; u != nil; u = p.parent(u) {
		if c := p.byCode[org.Party][u.Code]; c != nil {
			out = append(out, c.Path)
		}
	}
	return out
}
