package imports

import (
	"slices"
	"strconv"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// known is a person as rows are matched with him.
type known struct {
	ID        people.PersonID
	Name      string
	Gender    people.Gender
	BirthYear int
	VillageID org.UnitID
	BranchID  *org.UnitID
	GroupID   *org.UnitID

	VillageGroupID *org.UnitID

	Mobile    bool
	Gone      date.Date
	Standing  people.Standing
	Since     date.Date // of the standing
	Path      string    // of the village
	Party     string
	Phone     string // index
	Household people.HouseholdID
	Life      people.Life
	row       string // of this file, that is about him
}

const knownQuery = "SELECT p.id, p.name, p.gender, p.birth_year, p.village_id, p.branch_id, p.group_id, p.village_group_id, p.mobile, p.gone_on AS gone, " +
	"COALESCE((SELECT s.standing FROM standings s WHERE s.person_id = p.id AND s.since <= ? ORDER BY s.since DESC LIMIT 1), '') AS standing, " +
	"(SELECT MAX(s.since) FROM standings s WHERE s.person_id = p.id AND s.since <= ?) AS since, " +
	"v.path, COALESCE(g.path, '') AS party, p.phone_index AS phone, p.household_id, " +
	"COALESCE((SELECT l.state FROM life_states l WHERE l.person_id = p.id AND l.since <= ? ORDER BY l.since DESC LIMIT 1), 'at_home') AS life " +
	"FROM persons p JOIN units v ON v.id = p.village_id " +
	"LEFT JOIN units g ON g.id = COALESCE(p.group_id, p.branch_id) WHERE p.merged_into IS NULL AND "

func knownWhere(tx *db.Tx, cond string, args ...any) ([]*known, error) {
	var out []*known
	err := db.Each(tx, knownQuery+cond, append([]any{tx.Today(), tx.Today(), tx.Today()}, args...), func(scan func(...any) error) error {
		k := &known{}
		out = append(out, k)
		return scan(&k.ID, &k.Name, &k.Gender, &k.BirthYear, &k.VillageID, &k.BranchID, &k.GroupID, &k.VillageGroupID, &k.Mobile, &k.Gone, &k.Standing, &k.Since, &k.Path, &k.Party, &k.Phone, &k.Household, &k.Life)
	})
	return out, err
}

// match finds the person that the row is about.
func (p *persons) match(r *reading, do personDo) verdict {
	same, near := matches(p.byName[do.Details.Name], do)
	switch {
	case len(same) > 1:
		r.fault("name", "imports.fault_same_names", len(same))
		return verdict{state: RowFaulty}
	case len(same) == 1 && same[0].row != "":
		r.note("name", "imports.note_twice", same[0].row)
		return verdict{state: RowSkipped}
	case len(same) == 1:
		same[0].row = r.row
		return p.compare(r, do, same[0])
	case do.Life.Left():
		r.note("life", "imports.note_left")
		return verdict{state: RowSkipped}
	case do.Standing == "":
		r.fault("standing", "imports.fault_empty")
		return verdict{state: RowFaulty}
	}
	if do.Life == people.AtHome {
		do.Life = ""
	}
	if len(near) > 0 {
		r.note("name", "imports.note_alike", len(near))
	}
	p.sharedPhone(r, do)
	d := do.Details
	p.remember(&known{Name: d.Name, VillageID: d.Village, BranchID: d.Branch.Ptr(), BirthYear: d.BirthYear, Phone: do.Index, row: r.row})
	return verdict{state: RowNew, do: do}
}

// sharedPhone says that somebody else has the number: families share one, or it is the same person under another name.
func (p *persons) sharedPhone(r *reading, do personDo) {
	for _, k := range p.byPhone[do.Index] {
		if k.Name != do.Details.Name {
			r.note("phone", "imports.note_phone", k.Name)
			return
		}
	}
}

// matches are those of the same name who are the one of the row, and those who may be: same village, branch or number, and a
// year of birth that does not speak against it.
func matches(named []*known, do personDo) (same, near []*known) {
	for _, k := range named {
		if k.VillageID != do.Details.Village && (k.BranchID == nil || *k.BranchID != do.Details.Branch) && (k.Phone == "" || k.Phone != do.Index) {
			continue
		}
		if bornAlike(k.BirthYear, do.Details.BirthYear, do.Age) {
			same = append(same, k)
		} else {
			near = append(near, k)
		}
	}
	exact := slices.DeleteFunc(slices.Clone(same), func(k *known) bool { return k.BirthYear == 0 || k.BirthYear != do.Details.BirthYear })
	if len(exact) == 1 {
		same = exact
	}
	return same, near
}

func bornAlike(a, b int, age bool) bool {
	switch {
	case a == 0 || b == 0 || a == b:
		return true
	case age:
		return a-b == 1 || b-a == 1
	}
	return false
}

// compare says what the row changes of a person who is there. An empty cell changes nothing.
func (p *persons) compare(r *reading, do personDo, k *known) verdict {
	do.Target, do.Was, do.WasLife = k.ID, k.details(), k.Life
	if k.Life.Left() || do.Life.Left() {
		return p.left(r, do, k)
	}
	now := do.Was
	if do.Details.Gender != "" && do.Details.Gender != now.Gender {
		r.change("gender", genderKey(now.Gender), genderKey(do.Details.Gender))
		now.Gender = do.Details.Gender
	}
	if y := do.Details.BirthYear; y != 0 && y != now.BirthYear && !(do.Age && now.BirthYear != 0) {
		r.change("birth", yearText(now.BirthYear), yearText(y))
		now.BirthYear = y
	}
	if r.text("mobile") != "" && do.Details.Mobile != now.Mobile {
		r.change("mobile", yesKey(now.Mobile), yesKey(do.Details.Mobile))
		now.Mobile = do.Details.Mobile
	}
	if do.Details.Village != now.Village {
		r.change("village", p.unitName(now.Village), p.unitName(do.Details.Village))
		now.Village = do.Details.Village
	}
	p.compareHamlet(r, &do, &now)
	p.compareParty(r, do, &now)
	do.Details, do.WasPhone, do.WasSince = now, k.Phone, k.Since
	if do.Index == k.Phone {
		do.Phone = ""
	}
	if do.Phone != "" {
		r.change("phone", phoneKey(k.Phone), people.Mask(do.Phone))
		p.sharedPhone(r, do)
	}
	if do.Standing == k.Standing {
		do.Standing = ""
	}
	if do.Standing != "" {
		r.change("standing", standingKey(k.Standing), standingKey(do.Standing))
	}
	if !do.Site.IsZero() {
		if p.enrol[enrolment{do.Site, k.ID}] {
			do.Site = org.SiteID{}
		} else {
			do.Leave = p.changeSchool(r, k.ID, do.Site)
		}
	}
	p.compareHome(r, &do, k)
	p.compareExempt(r, &do, k)
	p.compareOffices(r, &do, k)
	if do.Life == k.Life {
		do.Life = ""
	}
	return p.changes(r, do, k)
}

// changeSchool says that somebody comes onto the roster of a school, and what becomes of those that he stands on: he leaves them where the
// sheet says so and the actor keeps them, and stands on both else, which is told. It gives those that he leaves.
func (p *persons) changeSchool(r *reading, person people.PersonID, to org.SiteID) (leaves []org.SiteID) {
	var from, stays []string
	for _, site := range p.attends[person] {
		u := p.byID[org.SiteUnit(site)]
		if u == nil {
			continue
		}
		if r.leave && p.by.Can(access.PeopleEdit, p.paths(u)...) {
			from, leaves = append(from, u.Name), append(leaves, site)
		} else {
			stays = append(stays, u.Name)
		}
	}
	r.change("site", strings.Join(from, "、"), p.unitName(org.SiteUnit(to)))
	if len(stays) > 0 {
		r.note("site", "imports.note_two_schools", strings.Join(stays, "、"))
	}
	return leaves
}

// changes is the verdict of a row about somebody who is there.
func (p *persons) changes(r *reading, do personDo, k *known) verdict {
	if do.Life != "" {
		r.change("life", lifeKey(k.Life), lifeKey(do.Life))
	}
	switch {
	case r.bad():
		return verdict{state: RowFaulty}
	case len(r.plan.Changes) == 0:
		return verdict{state: RowUnchanged}
	}
	return verdict{state: RowChanged, do: do}
}

func (p *persons) compareParty(r *reading, do personDo, now *people.Details) {
	if b := do.Details.Branch; !b.IsZero() && b != now.Branch {
		r.change("branch", p.unitName(now.Branch), p.unitName(b))
		now.Branch, now.Group = b, org.UnitID{}
	}
	if g := do.Details.Group; !g.IsZero() && g != now.Group {
		r.change("group", p.unitName(now.Group), p.unitName(g))
		now.Group = g
	}
}

func (k *known) details() people.Details {
	d := people.Details{Name: k.Name, Gender: k.Gender, BirthYear: k.BirthYear, Village: k.VillageID, VillageGroup: hamletOf(k), Mobile: k.Mobile}
	if k.BranchID != nil {
		d.Branch = *k.BranchID
	}
	if k.GroupID != nil {
		d.Group = *k.GroupID
	}
	return d
}

func (p *places) unitName(u org.UnitID) string {
	if one := p.byID[u]; one != nil {
		return one.Name
	}
	return ""
}

func genderKey(g people.Gender) string {
	if g == "" {
		return ""
	}
	return "people.gender." + string(g)
}

func standingKey(s people.Standing) string {
	if s == "" {
		return ""
	}
	return "people.standing." + string(s)
}

func lifeKey(l people.Life) string { return "people.life." + string(l) }

func yesKey(yes bool) string {
	if yes {
		return "imports.yes"
	}
	return "imports.no"
}

func phoneKey(index string) string {
	if index == "" {
		return ""
	}
	return "imports.another_number"
}

func yearText(y int) string {
	if y == 0 {
		return ""
	}
	return strconv.Itoa(y)
}

// wholeMost is the most choices that a list to choose from has.
const wholeMost = 120

// whole lists what a whole sheet may be given for a field of this sort.
func (p *places) whole(sort string, need access.Permission) []Choice {
	if sort == "standing" {
		out := make([]Choice, 0, len(people.Standings))
		for _, s := range people.Standings {
			out = append(out, Choice{string(s), standingKey(s)})
		}
		return out
	}
	if sort == "year" {
		return p.years
	}
	return p.wholeUnits(sort, need)
}

// wholeUnits lists the units that a sheet may be given as a whole; none when there are too many to choose from.
func (p *places) wholeUnits(field string, need access.Permission) []Choice {
	k := map[string]org.Kind{"village": org.Village, "branch": org.Branch, "site": org.Site}[field]
	var out []Choice
	for _, u := range p.byID {
		if u.Kind == k && (k == org.Branch || p.by.Can(need, p.paths(u)...)) {
			out = append(out, Choice{u.Code, u.Name})
		}
	}
	if len(out) > wholeMost {
		return nil
	}
	slices.SortFunc(out, func(a, b Choice) int { return strings.Compare(a.Value, b.Value) })
	return out
}
