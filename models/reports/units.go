package reports

import (
	"strings"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
)

// UnitsInput is the span of a report by unit.
type UnitsInput struct {
	Span
	Brief bool `query:"brief"` // without coverage, which costs more than all the rest
}

// UnitFigures are one unit's.
type UnitFigures struct {
	Code string   `json:"code"`
	Name string   `json:"name"`
	Kind org.Kind `json:"kind"`
	Figures
	Coverage *Coverage `json:"coverage"` // null in a brief report
	path     string
}

// UnitsView is a report on the units right below one, in code order.
type UnitsView struct {
	Head
	Items []UnitFigures `json:"items"`
	Total Figures       `json:"total"`
	// Coverage of the whole: a person of two units counts once here.
	Coverage *Coverage `json:"coverage"`
}

// ByUnit counts what the units right below one have: townships of the county, villages of a township,
// schools of a village. A school has none below it. Permission: ReportsSee on the unit.
func ByUnit(tx *db.Tx, by access.Actor, in UnitsInput) (UnitsView, error) {
	p, err := in.find(tx, by, access.ReportsSee)
	if err != nil {
		return UnitsView{}, err
	}
	children, err := p.children(tx)
	if err != nil {
		return UnitsView{}, err
	}
	return p.byUnit(tx, children, !in.Brief)
}

// children are the units right below the place's; of several places at once, these themselves.
func (p place) children(tx *db.Tx) ([]UnitFigures, error) {
	const columns = "SELECT u.code, u.name, u.kind, u.path FROM units u WHERE "
	cond, args := "u.parent_id = ? AND u.kind <> ?", []any{p.unit.ID, org.VillageGroup} // no session is of a group
	if p.Kind == "" {
		cond, args = "u.path IN ?", []any{p.scope.Paths}
	}
	rows, err := db.Ask[struct {
		Code, Name, Path string
		Kind             org.Kind
	}](tx, columns+"u.tree = 'a' AND "+cond+" ORDER BY u.code", args...)
	if err != nil {
		return nil, err
	}
	out := make([]UnitFigures, len(rows))
	for i, r := range rows {
		out[i] = UnitFigures{Code: r.Code, Name: r.Name, Kind: r.Kind, path: r.Path}
	}
	return out, nil
}

// allSchools are the schools of the place as units of their own, for the most detailed report.
func (p place) allSchools(tx *db.Tx) ([]UnitFigures, error) {
	sites, err := p.sites(tx)
	out := []UnitFigures{}
	for _, s := range sites {
		out = append(out, UnitFigures{Code: s.Code, Name: s.Name, Kind: org.Site, path: s.Path})
	}
	return out, err
}

// school is what reports know of one.
type school struct {
	ID      org.SiteID
	Code    string
	Name    string
	Path    string
	Licence org.Licence
}

// sites lists the schools of the place in code order, those that lost their licence too: what they held counts.
func (p place) sites(tx *db.Tx) ([]school, error) {
	c := condition{"u.tree = 'a'", nil}
	p.schools(&c, "h.id")
	var out []school
	err := db.Each(tx, "SELECT h.id, u.code, u.name, u.path, h.licence FROM sites h JOIN units u ON u.id = h.id WHERE "+c.text+" ORDER BY u.code", c.args,
		func(scan func(...any) error) error {
			var s school
			err := scan(&s.ID, &s.Code, &s.Name, &s.Path, &s.Licence)
			out = append(out, s)
			return err
		})
	return out, err
}

// index finds the unit that a school lies in.
type index struct {
	at map[string]int // by path
}

func indexOf(units []UnitFigures) index {
	x := index{at: make(map[string]int, len(units))}
	for i, u := range units {
		x.at[u.path] = i
	}
	return x
}

// find gives the position of the unit that is the path or lies above it, -1 for none.
func (x index) find(path string) int {
	for path != "" {
		if i, ok := x.at[path]; ok {
			return i
		}
		path = path[:strings.LastIndexByte(path[:len(path)-1], '/')+1]
		if path == "/" {
			break
		}
	}
	return -1
}

// byUnit counts for the units, which are of the place.
func (p place) byUnit(tx *db.Tx, units []UnitFigures, coverage bool) (UnitsView, error) {
	v := UnitsView{Head: p.Head, Items: units}
	sites, err := p.sites(tx)
	if err != nil {
		return v, err
	}
	x, of := indexOf(units), make(map[org.SiteID]int, len(sites))
	for _, s := range sites {
		i := x.find(s.Path)
		of[s.ID] = i
		if s.Licence != org.Licensed {
			continue
		}
		v.Total.Schools++
		if i >= 0 {
			units[i].Schools++
		}
	}
	if err := p.held(tx, &v, of); err != nil || !coverage {
		return v, err
	}
	return v, p.coverage(tx, &v, of)
}

// held adds the sessions of each school to its unit and to the total.
func (p place) held(tx *db.Tx, v *UnitsView, of map[org.SiteID]int) error {
	c := p.sessions()
	return db.Each(tx, "SELECT s.site_id, COUNT(*), SUM(s.attended), SUM(s.minutes) FROM sessions s WHERE "+c.text+" GROUP BY s.site_id", c.args,
		func(scan func(...any) error) error {
			var site org.SiteID
			var f Figures
			err := scan(&site, &f.Sessions, &f.Attendances, &f.Minutes)
			v.Total.add(f)
			if i, ok := of[site]; ok && i >= 0 {
				v.Items[i].add(f)
			}
			return err
		})
}

func (f *Figures) add(g Figures) {
	f.Sessions += g.Sessions
	f.Attendances += g.Attendances
	f.Minutes += g.Minutes
}
