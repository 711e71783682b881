package reports

import (
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
)

// callee is a host in a list, and where the number goes.
type callee struct {
	person people.PersonID
	paths  []string
	phone  *string
}

func hostsOf(days []ReadyDay) []callee {
	out := make([]callee, 0, len(days))
	for i := range days {
		if d := &days[i]; !d.Host.Person.IsZero() {
			out = append(out, callee{d.Host.Person, d.school.Paths(), &d.Host.Phone})
		}
	}
	return out
}

// mask shows the numbers with their middles hidden, to those who may see more of a person than his name.
func (a *Area) mask(tx *db.Tx, by access.Actor, list []callee) error {
	list = slices.DeleteFunc(list, func(c callee) bool { return !by.Can(access.PeopleSee, c.paths...) })
	masked, err := a.people.Masks(tx, persons(list))
	for _, c := range list {
		*c.phone = masked[c.person]
	}
	return err
}

func persons(list []callee) []people.PersonID {
	out := make([]people.PersonID, len(list))
	for i, c := range list {
		out[i] = c.person
	}
	return out
}

// tell shows whole numbers where the actor may see them, and keeps one audit row of the list: for its unit, or, of several at once,
// one for each.
func (a *Area) tell(tx *db.Tx, by access.Actor, p place, list []callee) error {
	list = slices.DeleteFunc(list, func(c callee) bool { return !by.Can(access.PeoplePhone, c.paths...) })
	units := []org.Unit{p.unit}
	if p.Kind == "" {
		var err error
		if units, err = db.All[org.Unit](tx.Where("path IN ?", p.scope.Paths).Order("path")); err != nil {
			return err
		}
	}
	var told []people.Told
	for _, u := range units {
		one := people.Told{Unit: u.ID}
		for _, c := range list {
			if slices.ContainsFunc(c.paths, func(path string) bool { return strings.HasPrefix(path, u.Path) }) {
				one.Persons = append(one.Persons, c.person)
			}
		}
		told = append(told, one)
	}
	phones, err := a.people.Tell(tx, by, told...)
	for _, c := range list {
		*c.phone = phones[c.person]
	}
	return err
}

// requireCalls asks for the permission to see numbers on the unit, or on some of what the actor sees.
func requireCalls(by access.Actor, p place) error {
	if p.Kind == "" {
		return by.RequireAnywhere(access.PeoplePhone)
	}
	return by.Require(access.PeoplePhone, p.unit.Path)
}

// CallReady is [Area.Ready] with the whole numbers of the hosts, which one audit row keeps. Permission: ReportsSee and
// PeoplePhone on the unit.
func (a *Area) CallReady(tx *db.Tx, by access.Actor, in ReadyInput) (ReadyView, error) {
	v, p, err := in.view(tx, by)
	if err == nil {
		err = requireCalls(by, p)
	}
	if err == nil {
		err = a.mask(tx, by, hostsOf(v.Items))
	}
	if err != nil {
		return ReadyView{}, err
	}
	return v, a.tell(tx, by, p, hostsOf(v.Items))
}

// MissingInput is [MonthInput] without a state.
type MissingInput struct {
	Unit  string     `query:"unit" json:"unit" form:"unit"`
	Month date.Month `query:"month" json:"month" form:"month"`
	After string     `query:"after" json:"after" form:"after"`
	Limit int        `query:"limit" json:"limit"`
}

func (in MissingInput) month(tx *db.Tx, by access.Actor) (MonthView, error) {
	// Of a sealed month those who have handed in since need no call, though the figures stay.
	done := func(s SchoolMonth) bool { return s.Later != nil && s.Later.State != calendar.NoRecord }
	v, err := MonthInput{Unit: in.Unit, Month: in.Month, State: calendar.NoRecord, After: in.After, Limit: in.Limit}.month(tx, by, done)
	for _, s := range v.Items {
		v.MayCall = v.MayCall || by.Can(access.PeoplePhone, s.path)
	}
	return v, err
}

// Missing lists the licensed schools whose activity day of the month has passed without a record and without a word why, with
// their hosts: those to telephone. Numbers are masked. Permission: ReportsSee on the unit.
func (a *Area) Missing(tx *db.Tx, by access.Actor, in MissingInput) (MonthView, error) {
	v, err := in.month(tx, by)
	if err != nil {
		return v, err
	}
	return v, a.mask(tx, by, v.callees())
}

// CallMissing is [Area.Missing] with the whole numbers of the hosts, which one audit row keeps. Permission: ReportsSee and
// PeoplePhone on the unit.
func (a *Area) CallMissing(tx *db.Tx, by access.Actor, in MissingInput) (MonthView, error) {
	p, err := Span{Unit: in.Unit}.find(tx, by, access.ReportsSee)
	if err == nil {
		err = requireCalls(by, p)
	}
	if err != nil {
		return MonthView{}, err
	}
	v, err := a.Missing(tx, by, in)
	if err != nil {
		return MonthView{}, err
	}
	return v, a.tell(tx, by, p, v.callees())
}

func (v MonthView) callees() []callee {
	out := make([]callee, 0, len(v.Items))
	for i := range v.Items {
		if s := &v.Items[i]; !s.host.IsZero() {
			out = append(out, callee{s.host, []string{s.path}, &s.HostPhone})
		}
	}
	return out
}
