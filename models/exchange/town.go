package exchange

import (
	"cmp"
	"slices"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
	"huotang/models/org"
)

// group is a group with its schools, by ID.
type group struct {
	groupRow
	sites []org.SiteID
}

// townSchool is a school with what only this package needs of it.
type townSchool struct {
	School
	name, village string
	licensed      bool
}

// town is a township in a quarter, with what came before it.
type town struct {
	schools []townSchool // by code
	groups  []group      // of the quarter, by day, then by the host's code
	met     Met          // who has met whom in other quarters
	last    map[Pair]date.Quarter
	hosted  map[org.SiteID]int // how often, in other quarters
}

func (t town) school(id org.SiteID) townSchool {
	i := slices.IndexFunc(t.schools, func(s townSchool) bool { return s.ID == id })
	if i < 0 {
		return townSchool{School: School{ID: id}}
	}
	return t.schools[i]
}

func (t town) licensed(id org.SiteID) bool { return t.school(id).licensed }

func (t town) group(id GroupID) group {
	i := slices.IndexFunc(t.groups, func(g group) bool { return g.ID == id })
	if i < 0 {
		return group{}
	}
	return t.groups[i]
}

// host chooses who of the schools hosts.
func (t town) host(sites []org.SiteID, quarter date.Quarter) org.SiteID {
	schools := make([]School, len(sites))
	for i, s := range sites {
		schools[i] = t.school(s).School
	}
	return HostOf(schools, t.hosted, quarter)
}

// HostOf chooses who of the schools hosts: who has done so least often; among those the lot decides.
func HostOf(schools []School, hosted map[org.SiteID]int, quarter date.Quarter) org.SiteID {
	return slices.MinFunc(schools, func(a, b School) int {
		return cmp.Or(cmp.Compare(hosted[a.ID], hosted[b.ID]), cmp.Compare(draw(quarter, a), draw(quarter, b)), cmp.Compare(a.Code, b.Code))
	}).ID
}

// lately is how many days lessons count for telling schools apart.
const lately = 366

// readTown reads the township's schools, the quarter's groups, and who has met whom: in a meeting that was begun or held, or
// that stands planned in another quarter and is not over.
func (a *Area) readTown(tx *db.Tx, township org.Unit, quarter date.Quarter) (t town, err error) {
	if t.schools, err = readSchools(tx, township.Path); err != nil {
		return t, err
	}
	all, err := readGroups(tx, "g.township_id = ?", township.ID)
	if err != nil {
		return t, err
	}
	t.met, t.last, t.hosted = Met{}, map[Pair]date.Quarter{}, map[org.SiteID]int{}
	for _, g := range all {
		switch {
		case g.Quarter == quarter:
			t.groups = append(t.groups, g)
		case g.State == Begun || g.State == Held || g.State == Planned && !g.HeldOn.Before(tx.Today()):
			t.count(g)
		}
	}
	slices.SortStableFunc(t.groups, func(a, b group) int {
		return cmp.Or(a.HeldOn.Compare(b.HeldOn), cmp.Compare(t.school(a.HostID).Code, t.school(b.HostID).Code))
	})
	return t, a.readTaught(tx, t.schools)
}

func (t *town) count(g group) {
	t.hosted[g.HostID]++
	for i := range g.sites {
		for j := range i {
			p := PairOf(g.sites[i], g.sites[j])
			t.met[p]++
			if t.last[p].Before(g.Quarter) {
				t.last[p] = g.Quarter
			}
		}
	}
}

func readSchools(tx *db.Tx, path string) ([]townSchool, error) {
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{path}})
	rows, err := db.Ask[struct {
		ID         org.SiteID
		VillageID  org.UnitID
		GroupID    *org.UnitID
		Code, Name string
		Village    string
		Licence    org.Licence
	}](tx, "SELECT s.id, u.parent_id AS village_id, s.village_group_id AS group_id, u.code, u.name, v.name AS village, s.licence FROM sites s JOIN units u ON u.id = s.id "+
		"JOIN units v ON v.id = u.parent_id WHERE "+cond+" ORDER BY u.code", args...)
	out := make([]townSchool, len(rows))
	for i, r := range rows {
		out[i] = townSchool{School: School{ID: r.ID, Code: r.Code, Village: r.VillageID, Group: id.Or(r.GroupID)}, name: r.Name, village: r.Village, licensed: r.Licence == org.Licensed}
	}
	return out, err
}

// readTaught asks what the schools have taught, when somebody knows it.
func (a *Area) readTaught(tx *db.Tx, schools []townSchool) error {
	if a.taught == nil || len(schools) == 0 {
		return nil
	}
	ids := make([]org.SiteID, len(schools))
	for i, s := range schools {
		ids[i] = s.ID
	}
	taught, err := a.taught(tx, ids, tx.Today().AddDays(-lately))
	for i := range schools {
		schools[i].Taught = taught[schools[i].ID]
	}
	return err
}

// readGroups reads groups with their schools; not those that were dissolved.
func readGroups(tx *db.Tx, where string, args ...any) ([]group, error) {
	rows, err := db.All[groupRow](tx.Table("exchange_groups g").Where("g.state <> ?", Dissolved).Where(where, args...).Order("g.quarter, g.held_on, g.id"))
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]GroupID, len(rows))
	at := make(map[GroupID]int, len(rows))
	out := make([]group, len(rows))
	for i, r := range rows {
		ids[i], at[r.ID], out[i].groupRow = r.ID, i, r
	}
	for part := range slices.Chunk(ids, 500) {
		members, err := db.All[memberRow](tx.Where("group_id IN ?", part))
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			g := &out[at[m.GroupID]]
			g.sites = append(g.sites, m.SiteID)
		}
	}
	for i := range out {
		slices.SortFunc(out[i].sites, byID)
	}
	return out, nil
}
