package people

import (
	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

// Entrant is a new person with what a list says of him beside.
type Entrant struct {
	AddInput
	Phone   string     // "" for none
	Site    org.SiteID // on whose roster he stands; zero for none
	SiteDay date.Date  // from when on; zero means today
}

// Admitted is what became of an [Entrant].
type Admitted struct {
	ID      PersonID // zero for one who is refused
	Refused error    // why; nil for who is there now
}

// AddMany is [Add], [Area.SetPhone] and [Enrol] for each of several new persons, with the same checks and traces, and with a few
// statements for all. One who is refused leaves nothing behind and the others come in; what became of each is told in the order
// given. The error is what no input explains. Permission: PeopleEdit on the village of each and on his school or its branch.
func (a *Area) AddMany(tx *db.Tx, by access.Actor, in []Entrant) ([]Admitted, error) {
	units, schools := unitsOf(tx), once(func(s org.SiteID) (org.School, error) { return org.FindSchool(tx, s) })
	out := make([]Admitted, len(in))
	list := make([]newRows, 0, len(in))
	for i, one := range in {
		n, err := newcomer(tx, by, units, one.AddInput)
		if err == nil {
			err = a.dial(&n, one.Phone)
		}
		if err == nil && !one.Site.IsZero() {
			err = enter(tx, by, &n, units, schools, one)
		}
		if _, expected := fail.As(err); err != nil && !expected {
			return nil, err
		}
		if out[i].Refused = err; err == nil {
			out[i].ID = n.person.ID
			list = append(list, n)
		}
	}
	return out, store(tx, by, list)
}

// newRows are what is stored of a new person.
type newRows struct {
	person   personRow
	standing standingRow
	place    affiliationRow
	roster   *rosterRow
	acts     []audit.Row
}

// newcomer checks a new person and makes his rows. Permission: PeopleEdit on the village.
func newcomer(tx *db.Tx, by access.Actor, units unitFinder, in AddInput) (newRows, error) {
	var c fail.Check
	r, err := details(tx, by, units, &c, in.Details)
	if err != nil {
		return newRows{}, err
	}
	since := checkStanding(tx, &c, in.Standing, in.Since)
	if err := c.Err(); err != nil {
		return newRows{}, err
	}
	r.ID, r.MadeAt = PersonID(id.New[personRow]()), tx.Now
	return newRows{
		person:   r,
		standing: standingRow{PersonID: r.ID, Since: since, Standing: in.Standing},
		place:    affiliationRow{PersonID: r.ID, Since: since, VillageID: r.VillageID, BranchID: r.BranchID, GroupID: r.GroupID, VillageGroupID: r.VillageGroupID},
		acts: []audit.Row{{
			Act: "person.add", Object: "person", ID: r.ID, Unit: audit.Unit(r.VillageID),
			Change: audit.Changes{}.Field("name").Code("standing", "", string(in.Standing)),
		}},
	}, nil
}

// dial gives a new person a number, "" for none.
func (a *Area) dial(n *newRows, typed string) error {
	phone, err := checkPhone(typed)
	if err != nil || phone == "" {
		return err
	}
	sealed := a.phones.Seal(phone, bound(n.person.ID))
	n.person.Phone, n.person.PhoneIndex = &sealed, a.phones.Index(phone)
	n.acts = append(n.acts, Person{ID: n.person.ID, Lives: n.person.VillageID}.Act("person.phone", audit.Changes{}.Field("phone")))
	return nil
}

// enter puts a new person on a school's roster. Permission: PeopleEdit on the school or its branch, and
// PeopleNames on the person.
func enter(tx *db.Tx, by access.Actor, n *newRows, units unitFinder, schools func(org.SiteID) (org.School, error), in Entrant) error {
	s, err := schools(in.Site)
	if err == nil {
		err = by.Require(access.PeopleEdit, s.Paths()...)
	}
	if err != nil {
		return err
	}
	var c fail.Check
	since := notFuture(tx, &c, "since", in.SiteDay)
	err = c.Err()
	if err != nil {
		return err
	}
	var home []string
	for _, unit := range []*org.UnitID{&n.person.VillageID, n.person.BranchID, n.person.GroupID} {
		if unit == nil {
			continue
		}
		u, err := units(*unit)
		if err != nil {
			return err
		}
		home = append(home, u.Path)
	}
	if err := by.Require(access.PeopleNames, home...); err != nil {
		return err
	}
	n.roster = &rosterRow{ID: id.New[rosterTag](), SiteID: in.Site, PersonID: n.person.ID, Since: since}
	n.acts = append(n.acts, enrolAct(in.Site, n.person.ID, since))
	return nil
}

// store keeps new persons with their traces.
func store(tx *db.Tx, by access.Actor, list []newRows) error {
	var persons []personRow
	var standings []standingRow
	var places []affiliationRow
	var rosters []rosterRow
	var acts []audit.Row
	for _, n := range list {
		persons, standings, places = append(persons, n.person), append(standings, n.standing), append(places, n.place)
		if n.roster != nil {
			rosters = append(rosters, *n.roster)
		}
		acts = append(acts, n.acts...)
	}
	for _, rows := range []any{&persons, &standings, &places, &rosters} {
		if err := db.Insert(tx, rows); err != nil {
			return err
		}
	}
	return audit.Add(tx, by, acts...)
}

// unitFinder is [org.FindUnit] for an op.
type unitFinder func(org.UnitID) (org.Unit, error)

// unitsOf reads each unit once, however often an op asks for it. The units are shared until the op ends, so that none is closed meanwhile: who closes one
// locks it and then counts who is there.
func unitsOf(tx *db.Tx) unitFinder {
	return once(func(u org.UnitID) (org.Unit, error) {
		if err := tx.Share("units", u); err != nil {
			return org.Unit{}, err
		}
		return org.FindUnit(tx, u)
	})
}

// once keeps what a reader gave.
func once[K comparable, V any](read func(K) (V, error)) func(K) (V, error) {
	type answer struct {
		value V
		err   error
	}
	kept := map[K]answer{}
	return func(key K) (V, error) {
		a, ok := kept[key]
		if !ok {
			a.value, a.err = read(key)
			kept[key] = a
		}
		return a.value, a.err
	}
}
