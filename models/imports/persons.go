package imports

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/people"
)

// peopleKind is the list of people that townships keep: a row a person, with where he lives and belongs.
func peopleKind(a *Area) kind {
	return kind{
		name: "people", need: access.PeopleEdit, key: "name",
		fields: []Field{
			{Name: "name", Need: true, Words: []string{"姓名", "名字", "党员姓名", "学员姓名", "人员姓名", "name"}},
			{Name: "gender", Words: []string{"性别", "gender", "sex"}},
			{Name: "birth", Words: []string{"出生年月", "出生日期", "出生年月日", "出生年份", "出生年", "出生时间", "生日", "出生", "birth"}},
			{Name: "age", Words: []string{"年龄", "周岁", "岁数", "age"}},
			{Name: "standing", Whole: "standing", Words: []string{"党员类型", "党员类别", "政治面貌", "人员类别", "人员类型", "身份", "党籍", "类别", "standing"}},
			{Name: "since", Words: []string{"转正时间", "转正日期", "入党时间", "入党日期", "加入党组织时间", "加入党组织日期", "身份起始日期", "since"}},
			{Name: "village", Whole: "village", Words: []string{"所在村", "村", "村名", "行政村", "村委会", "所属村", "村社区", "村(社区)", "村民委员会", "所在村社区", "居住村", "现居住地", "居住地", "家庭住址", "住址", "village"}},
			{Name: "village_group", Words: []string{"村民小组", "所在村民小组", "所属村民小组", "村小组", "村组", "组别", "自然村", "village group"}},
			{Name: "branch", Whole: "branch", Words: []string{"所在支部", "所在党支部", "组织关系", "党支部", "支部", "所属支部", "支部名称", "组织关系所在支部", "组织关系所在党支部", "所在党组织", "branch"}},
			{Name: "group", Words: []string{"党小组", "所在党小组", "group"}},
			{Name: "office", Words: []string{"党内职务", "职务", "担任职务", "党组织职务", "支部职务", "现任职务", "party office"}},
			{Name: "office_since", Words: []string{"任职时间", "任职日期", "任职起始日期", "任现职时间", "in office since"}},
			{Name: "site", Whole: "site", Words: []string{"家庭党校", "所在家庭党校", "所属家庭党校", "党校", "学习点", "school"}},
			{Name: "phone", Words: []string{"联系电话", "手机", "手机号", "手机号码", "电话", "电话号码", "联系方式", "移动电话", "phone"}},
			{Name: "mobile", Words: []string{"流动党员", "是否流动党员", "是否流动", "流动", "是否外出", "mobile"}},
			{Name: "household", Words: []string{"户号", "户编号", "家庭编号", "农户编号", "household no"}},
			{Name: "householder", Words: []string{"户主", "户主姓名", "户主名字", "householder"}},
			{Name: "relation", Words: []string{"与户主关系", "与户主的关系", "和户主关系", "户主关系", "家庭关系", "关系", "relation"}},
			{Name: "life", Words: []string{"现状", "人员现状", "人员状态", "在村情况", "在村状态", "是否在村", "在不在村", "居住状态", "状态", "where"}},
			{Name: "life_since", Words: []string{"现状起始日期", "变动日期", "变动时间", "外出时间", "外出日期", "转出时间", "转出日期", "去世时间", "去世日期", "there since"}},
			{Name: "exempt_by", Words: []string{"免学批准单位", "批准单位", "免学批准人", "批准人", "审批单位", "审批人", "exemption approved by"}},
			{Name: "exempt_since", Words: []string{"免学开始日期", "免学开始", "免学起始日期", "免学从", "exempt since"}},
			{Name: "exempt_until", Words: []string{"免学截止日期", "免学截止", "免学到期", "免学到", "免学至", "免学期限", "exempt until"}},
			{Name: "exempt", Words: []string{"是否免学", "免学对象", "是否免学对象", "免学情况", "免学", "exempt"}},
		},
		open:  func(tx *db.Tx, by access.Actor) (checker, error) { return a.loadPeople(tx, by) },
		apply: a.applyPerson,
		many:  a.addPersons,
		locks: lockedVillage,
		lines: [][]string{
			{"张三", "男", "1965.3", "", "正式党员", "1990-07-01", "安石村", "王家院村民小组", "安石第一党支部", "", "书记", "2024-03-01", "安石村王家院家庭党校", "13800000000", "否", "012", "张三", "户主", "在村", "", "凤山镇党委", "2026-01-01", "2026-12-31", "是"},
			{"李四", "女", "1972年11月", "", "群众", "", "安石村", "王家院村民小组", "", "", "", "", "安石村王家院家庭党校", "", "", "012", "张三", "妻子", "外出", "2026-02-20", "", "", "", ""},
		},
	}
}

var standingWords = map[string]people.Standing{
	"正式党员": people.Full, "正式": people.Full, "中共党员": people.Full, "中共正式党员": people.Full, "党员": people.Full, "中国共产党党员": people.Full, "full": people.Full,
	"预备党员": people.Probationary, "预备": people.Probationary, "中共预备党员": people.Probationary, "probationary": people.Probationary,
	"积极分子": people.Applicant, "入党积极分子": people.Applicant, "发展对象": people.Applicant, "入党申请人": people.Applicant, "申请人": people.Applicant, "applicant": people.Applicant,
	"群众": people.Villager, "村民": people.Villager, "普通群众": people.Villager, "团员": people.Villager, "共青团员": people.Villager, "villager": people.Villager,
}

var genderWords = map[string]people.Gender{"男": people.Male, "男性": people.Male, "m": people.Male, "male": people.Male, "女": people.Female, "女性": people.Female, "f": people.Female, "female": people.Female}

var yesWords = map[string]bool{
	"是": true, "有": true, "流动": true, "流动党员": true, "外出": true, "√": true, "✓": true, "1": true, "y": true, "yes": true,
	"否": false, "无": false, "不是": false, "没有": false, "在村": false, "×": false, "0": false, "n": false, "no": false, "/": false, "-": false, "—": false,
}

// persons checks a list of people.
type persons struct {
	*places
	today   date.Date
	byName  map[string][]*known
	byPhone map[string][]*known
	enrol   map[enrolment]bool
	attends map[people.PersonID][]org.SiteID // today, by code of the school
	index   func(phone string) string
	village *unit // the only one that the actor keeps
	homes   homes
	exempt  map[people.PersonID][]exemption
	held    map[heldOffice]bool
}

type enrolment struct {
	site   org.SiteID
	person people.PersonID
}

func (a *Area) loadPeople(tx *db.Tx, by access.Actor) (*persons, error) {
	pl, err := loadPlaces(tx, by)
	if err != nil {
		return nil, err
	}
	p := &persons{places: pl, today: tx.Today(), byName: map[string][]*known{}, byPhone: map[string][]*known{}, enrol: map[enrolment]bool{}, attends: map[people.PersonID][]org.SiteID{}, index: a.ring.Index}
	scope := by.Visible(access.PeopleEdit)
	cond, args := db.PathRange("v.path", scope)
	party, more := db.PathRange("g.path", scope)
	all, err := knownWhere(tx, "("+cond+" OR "+party+") ORDER BY p.name, p.id", append(args, more...)...)
	if err != nil {
		return nil, err
	}
	for _, k := range all {
		p.remember(k)
	}
	if p.homes, err = loadHomes(tx, scope); err != nil {
		return nil, err
	}
	if p.exempt, err = loadExemptions(tx); err != nil {
		return nil, err
	}
	if p.held, err = loadOffices(tx); err != nil {
		return nil, err
	}
	p.village = p.only(org.Village, access.PeopleEdit)
	err = db.Each(tx, "SELECT r.site_id, r.person_id FROM rosters r JOIN units u ON u.id = r.site_id WHERE r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) ORDER BY u.code", []any{p.today, p.today},
		func(scan func(...any) error) error {
			var e enrolment
			err := scan(&e.site, &e.person)
			p.enrol[e] = true
			p.attends[e.person] = append(p.attends[e.person], e.site)
			return err
		})
	return p, err
}

// remember lets rows below be matched with a person.
func (p *persons) remember(k *known) {
	p.byName[k.Name] = append(p.byName[k.Name], k)
	if k.Phone != "" {
		p.byPhone[k.Phone] = append(p.byPhone[k.Phone], k)
	}
}

// personDo is what applying a row does.
type personDo struct {
	Target   people.PersonID // zero for a new one
	Details  people.Details  // as they become
	Was      people.Details  // as the check saw them
	Standing people.Standing // to be set; "" to leave it
	Since    date.Date
	Site     org.SiteID   // to be enrolled at; zero for none
	Leave    []org.SiteID // rosters to be taken off
	Village  string       // code
	Phone    string       // to be kept; "" to leave it
	Index    string       // of the number in the row
	WasPhone string       // index
	WasSince date.Date    // of the standing
	Age      bool         // the year of birth comes from an age

	Life      people.Life // to be set; "" to leave it
	LifeSince date.Date
	WasLife   people.Life
	Home      homeText  // to be settled in; zero to leave it
	Exempt    exemption // to be stored; zero to leave it

	Hamlet  string   // a villagers' group that is not there yet, to be added; "" for none
	Offices []office // to be given
}

func (p *persons) check(r *reading) verdict {
	do := personDo{}
	do.Details.Name = p.name(r)
	do.Details.Gender = p.gender(r)
	do.Details.BirthYear, do.Age = p.birth(r)
	do.Details.Mobile = p.mobile(r)
	do.Standing, do.Since = p.standing(r)
	site := p.site(r)
	village := p.home(r, site)
	branch, group := p.belongs(r, village)
	do.Details.VillageGroup, do.Hamlet = p.hamlet(r, village)
	do.Offices = p.offices(r, branch, group)
	do.Phone = phone(r)
	do.Index = p.index(do.Phone)
	do.Home = household(r, do.Details.Name)
	do.Life, do.LifeSince = p.life(r)
	do.Exempt = p.exemption(r)
	if r.bad() || village == nil {
		return verdict{state: RowFaulty}
	}
	do.Details.Village, do.Village = village.ID, village.Code
	if branch != nil {
		do.Details.Branch = branch.ID
	}
	if group != nil {
		do.Details.Group = group.ID
	}
	if site != nil && !do.Life.Left() {
		do.Site = site.school.ID
	}
	return p.match(r, do)
}

func (p *persons) name(r *reading) string {
	name := tables.Name(r.text("name"))
	switch n := len([]rune(name)); {
	case n == 0:
		r.fault("name", "imports.fault_empty")
	case n > 60:
		r.fault("name", "imports.fault_long", n, 60)
	case strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsLetter(c) && c != '·' && c != ' ' && !unicode.IsMark(c) }):
		r.fault("name", "imports.fault_name", name)
	}
	return name
}

func (p *persons) gender(r *reading) people.Gender {
	s := strings.ToLower(tables.Narrow(r.text("gender")))
	g, ok := genderWords[s]
	if s != "" && !ok {
		r.fault("gender", "imports.fault_gender", s)
	}
	return g
}

var years = regexp.MustCompile(`^\d{1,3}$`)

// birth is the year of birth; an age gives it to within a year.
func (p *persons) birth(r *reading) (year int, age bool) {
	if d, ok := r.day("birth"); ok {
		if two := tables.Narrow(r.text("birth")); len(two) == 2 {
			r.fault("birth", "imports.fault_two_digits", two)
		}
		return p.bornIn(r, "birth", d.Year), false
	}
	s := strings.TrimSuffix(tables.Narrow(r.text("age")), "岁")
	if s == "" || r.text("birth") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || !years.MatchString(s) || n > 120 {
		r.fault("age", "imports.fault_age", s)
		return 0, false
	}
	return p.bornIn(r, "age", p.today.Year()-n), true
}

const leastAge = 14 // of whom is named, as in people

func (p *persons) bornIn(r *reading, field string, year int) int {
	switch {
	case year > p.today.Year()-leastAge:
		r.fault(field, "people.too_young")
	case year < 1900:
		r.fault(field, "imports.fault_day", r.text(field))
	}
	return year
}

func (p *persons) mobile(r *reading) bool {
	s := strings.ToLower(tables.Narrow(r.text("mobile")))
	yes, ok := yesWords[s]
	if s != "" && !ok {
		r.fault("mobile", "imports.fault_yes", s)
	}
	return yes
}

func (p *persons) standing(r *reading) (people.Standing, date.Date) {
	s := tables.Narrow(r.text("standing"))
	if s == "" {
		s = r.fixed["standing"]
	}
	st, ok := standingWords[strings.ToLower(s)]
	if s != "" && !ok {
		r.fault("standing", "imports.fault_standing", s)
	}
	since, ok := r.day("since")
	if !ok {
		return st, date.Date{}
	}
	day := since.Date()
	if day.After(p.today) {
		r.fault("since", "people.future")
	}
	return st, day
}

func (p *persons) site(r *reading) *unit {
	near := ""
	if v := p.find(org.Village, org.Administrative, cmp.Or(r.text("village"), r.fixed["village"]), access.PeopleEdit).unit; v != nil {
		near = v.Path
	}
	return p.place(r, "site", org.Site, org.Administrative, access.PeopleEdit, near)
}

// place is the unit that a cell names, or that the whole sheet is given; nil for none, with a fault where it is unknown.
func (p *persons) place(r *reading, field string, k org.Kind, tree org.Tree, need access.Permission, near ...string) *unit {
	return r.place(p.places, field, k, tree, need, near...)
}

func (r *reading) place(p *places, field string, k org.Kind, tree org.Tree, need access.Permission, near ...string) *unit {
	s := r.text(field)
	if s == "" {
		s = r.fixed[field]
	}
	if s == "" || empties[tables.Narrow(s)] {
		return nil
	}
	f := p.find(k, tree, s, need, near...)
	if f.code != "" {
		r.fault(field, f.code, s)
	}
	return f.unit
}

// empties are ways of writing nothing.
var empties = map[string]bool{"/": true, "-": true, "—": true, "无": true, "没有": true, "\\": true, "、": true}

// home is the village: as written, or that of the school, or the only one that the actor keeps.
func (p *persons) home(r *reading, site *unit) *unit {
	faults := len(r.plan.Faults)
	v := p.place(r, "village", org.Village, org.Administrative, access.PeopleEdit)
	switch {
	case v != nil || len(r.plan.Faults) > faults:
		return v
	case site != nil:
		return p.parent(site)
	case p.village != nil:
		return p.village
	}
	r.fault("village", "imports.fault_empty")
	return nil
}

// belongs are branch and group; the branch follows from the group.
func (p *persons) belongs(r *reading, village *unit) (branch, group *unit) {
	near := p.party(village)
	branch = p.place(r, "branch", org.Branch, org.Party, "", near...)
	if branch != nil {
		near = []string{branch.Path}
	}
	group = p.place(r, "group", org.Group, org.Party, "", near...)
	switch {
	case group == nil:
	case branch == nil:
		branch = p.parent(group)
	case p.parent(group) != branch:
		r.fault("group", "people.group_elsewhere")
	}
	return branch, group
}

// phone reads a number; "" where there is none.
func phone(r *reading) string {
	s := strings.TrimSuffix(tables.Narrow(r.text("phone")), ".0")
	if empties[s] {
		return ""
	}
	number, ok := people.ParsePhone(s)
	if !ok {
		r.fault("phone", "imports.fault_phone", r.text("phone"))
	}
	return number
}
