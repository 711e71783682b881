package imports

import (
	"cmp"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/people"
)

// rosterKind is a list of who attends which school, of people who are there already.
func rosterKind(a *Area) kind {
	return kind{
		name: "rosters", need: access.PeopleEdit, key: "name",
		fields: []Field{
			{Name: "site", Need: true, Whole: "site", Words: []string{"家庭党校", "所在家庭党校", "所属家庭党校", "党校", "学校", "学习点", "school", "family school"}},
			{Name: "name", Need: true, Words: []string{"姓名", "名字", "党员姓名", "学员姓名", "学员", "人员姓名", "name"}},
			{Name: "birth", Words: []string{"出生年月", "出生日期", "出生年份", "出生年", "出生", "birth"}},
			{Name: "village", Words: []string{"所在村", "村", "村名", "行政村", "村委会", "所属村", "village"}},
			{Name: "branch", Words: []string{"所在支部", "所在党支部", "组织关系", "党支部", "支部", "branch"}},
			{Name: "phone", Words: []string{"联系电话", "手机", "手机号", "手机号码", "电话", "联系方式", "phone"}},
			{Name: "since", Words: []string{"从哪天起", "加入日期", "加入时间", "上名单日期", "开始日期", "since"}},
		},
		open:  func(tx *db.Tx, by access.Actor) (checker, error) { return a.loadRosters(tx, by) },
		apply: applyRoster,
		lines: [][]string{
			{"安石村王家院家庭党校", "张三", "1965.3", "安石村", "安石第一党支部", "", "2026-01-01"},
			{"53092110120101", "李四", "", "", "", "", ""},
		},
	}
}

// rosterList checks a list of rosters.
type rosterList struct {
	*persons
	rows map[enrolment]string
}

func (a *Area) loadRosters(tx *db.Tx, by access.Actor) (*rosterList, error) {
	p, err := a.loadPeople(tx, by)
	return &rosterList{p, map[enrolment]string{}}, err
}

type rosterDo struct {
	Site   org.SiteID
	Person people.PersonID
	Since  date.Date
	Leave  []org.SiteID
}

func (l *rosterList) check(r *reading) verdict {
	name := l.name(r)
	site := r.place(l.places, "site", org.Site, org.Administrative, access.PeopleEdit)
	if site == nil && cmp.Or(r.text("site"), r.fixed["site"]) == "" {
		r.fault("site", "imports.fault_empty")
	}
	var like personDo
	like.Details.Name = name
	like.Details.BirthYear, _ = l.birth(r)
	if v := r.place(l.places, "village", org.Village, org.Administrative, ""); v != nil {
		like.Details.Village = v.ID
	}
	if b := r.place(l.places, "branch", org.Branch, org.Party, ""); b != nil {
		like.Details.Branch = b.ID
	}
	like.Index = l.index(phone(r))
	since, _ := r.day("since")
	do := rosterDo{}
	if since != (tables.Day{}) {
		if do.Since = since.Date(); do.Since.After(l.today) {
			r.fault("since", "people.future")
		}
	}
	if r.bad() || site == nil {
		return verdict{state: RowFaulty}
	}
	who := l.who(r, like, site)
	if who == nil {
		return verdict{state: RowFaulty}
	}
	do.Site, do.Person = site.school.ID, who.ID
	at := enrolment{do.Site, do.Person}
	switch row, twice := l.rows[at]; {
	case twice:
		r.note("name", "imports.note_twice", row)
		return verdict{state: RowSkipped}
	case l.enrol[at]:
		return verdict{state: RowUnchanged}
	}
	l.rows[at] = r.row
	if len(l.attends[who.ID]) > 0 {
		do.Leave = l.changeSchool(r, who.ID, do.Site)
	}
	return verdict{state: RowNew, do: do}
}

// who is the one person that the row names: of the school's own village where there are several of the name.
func (l *rosterList) who(r *reading, like personDo, site *unit) *known {
	var found, near []*known
	for _, k := range l.byName[like.Details.Name] {
		d := k.details()
		switch {
		case !bornAlike(k.BirthYear, like.Details.BirthYear, true), !k.Gone.IsZero():
		case !like.Details.Village.IsZero() && d.Village != like.Details.Village, !like.Details.Branch.IsZero() && d.Branch != like.Details.Branch:
		case like.Index != "" && k.Phone != "" && k.Phone != like.Index:
		default:
			found = append(found, k)
			if v := l.parent(site); v != nil && k.VillageID == v.ID {
				near = append(near, k)
			}
		}
	}
	if len(found) > 1 && len(near) > 0 {
		found = near
	}
	switch len(found) {
	case 0:
		r.fault("name", "imports.fault_nobody", like.Details.Name)
		return nil
	case 1:
		return found[0]
	}
	r.fault("name", "imports.fault_same_names", len(found))
	return nil
}

func applyRoster(tx *db.Tx, by access.Actor, raw []byte) error {
	do, err := unmarshal[rosterDo](raw)
	if err != nil {
		return err
	}
	if _, err = people.Enrol(tx, by, people.EnrolInput{Site: do.Site, Person: do.Person, Since: do.Since}); err != nil {
		return err
	}
	return leaveSchools(tx, by, do.Person, do.Leave)
}

// leaveSchools takes a person off rosters from today on: what was until now stays as it was, whatever day the list names. A place that he has
// left meanwhile stays as it is.
func leaveSchools(tx *db.Tx, by access.Actor, person people.PersonID, sites []org.SiteID) error {
	for _, site := range sites {
		_, err := people.Leave(tx, by, people.LeaveInput{Site: site, Person: person})
		if err != nil && !fail.Is(err, "people.not_enrolled") {
			return err
		}
	}
	return nil
}
