package imports

import (
	"cmp"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/imports/tables"
	"huotang/models/org"
	"huotang/models/people"
)

// siteKind is a list of schools: a row a school, which gets its licence when it is new.
func siteKind(a *Area) kind {
	return kind{
		name: "sites", need: access.OrgEdit, key: "name",
		fields: []Field{
			{Name: "name", Need: true, Words: []string{"家庭党校名称", "家庭党校", "党校名称", "学校名称", "名称", "name"}},
			{Name: "village", Need: true, Whole: "village", Words: []string{"所在村", "村", "村名", "行政村", "村委会", "所属村", "村社区", "village"}},
			{Name: "code", Words: []string{"编号", "学校编号", "党校编号", "编码", "代码", "code"}},
			{Name: "branch", Words: []string{"所属支部", "所在支部", "党支部", "支部", "管理支部", "branch"}},
			{Name: "plaque", Words: []string{"牌号", "授牌号", "牌匾编号", "授牌编号", "plaque"}},
			{Name: "licensed", Words: []string{"授牌日期", "授牌时间", "挂牌日期", "挂牌时间", "成立时间", "licensed on"}},
			{Name: "address", Words: []string{"地址", "详细地址", "所在地", "位置", "address"}},
			{Name: "network", Words: []string{"网络", "网络情况", "上网", "network"}},
			{Name: "equipment", Words: []string{"设备", "设备情况", "equipment"}},
			{Name: "host", Words: []string{"户主", "户主姓名", "host"}},
			{Name: "head", Words: []string{"校长", "校长姓名", "负责人", "head"}},
		},
		open:  func(tx *db.Tx, by access.Actor) (checker, error) { return a.loadSites(tx, by) },
		apply: applySite,
		lines: [][]string{
			{"安石村王家院家庭党校", "安石村", "53092110120101", "安石第一党支部", "凤庆001", "2023-03-01", "王家院12号", "宽带", "电视机一台", "张三", "张三"},
			{"大寺村街子家庭党校", "凤山镇大寺村", "", "", "", "", "", "手机信号弱", "", "", ""},
		},
	}
}

// siteList checks a list of schools.
type siteList struct {
	*persons
	posts map[org.SiteID]map[people.Post]string // names of who holds them today
	rows  map[string]string
}

func (a *Area) loadSites(tx *db.Tx, by access.Actor) (*siteList, error) {
	p, err := a.loadPeople(tx, by)
	l := &siteList{persons: p, posts: map[org.SiteID]map[people.Post]string{}, rows: map[string]string{}}
	if err != nil {
		return l, err
	}
	for _, u := range p.byID {
		if u.school == nil || !by.Can(access.OrgEdit, p.paths(u)...) {
			continue
		}
		holders, err := people.Holders(tx, u.school.ID, p.today)
		if err != nil {
			return l, err
		}
		l.posts[u.school.ID] = map[people.Post]string{}
		for _, h := range holders {
			l.posts[u.school.ID][h.Post] = h.Name
		}
	}
	return l, nil
}

type siteDo struct {
	Site      org.SiteID // zero for a new one
	Add       org.AddSiteInput
	Edit      org.EditSiteInput
	Edited    bool
	Posts     map[people.Post]people.PersonID
	WasPlaque string
	WasName   string
	Network   string // "" stays
	Equipment string // "" stays
	Was       org.EquipmentView
}

var networkWords = map[string]string{
	"宽带": "broadband", "光纤": "broadband", "有线": "broadband", "有宽带": "broadband", "broadband": "broadband",
	"手机信号好": "mobile_good", "信号好": "mobile_good", "4g": "mobile_good", "5g": "mobile_good", "手机网络,信号好": "mobile_good", "手机网络": "mobile_good",
	"手机信号弱": "mobile_weak", "信号弱": "mobile_weak", "信号差": "mobile_weak", "手机网络,信号弱": "mobile_weak",
	"没有网络": "none", "无网络": "none", "没有": "none", "无": "none", "none": "none",
}

func (l *siteList) check(r *reading) verdict {
	village := r.place(l.places, "village", org.Village, org.Administrative, access.OrgEdit)
	if village == nil && !r.bad() {
		r.fault("village", "imports.fault_empty")
	}
	in := org.AddSiteInput{
		Name: tables.Name(r.limit("name", 100)), Code: tables.Narrow(r.text("code")), Plaque: r.limit("plaque", 60),
		Address: r.limit("address", 200), Equipment: r.limit("equipment", 300),
	}
	if in.Name == "" {
		r.fault("name", "imports.fault_empty")
	}
	if b := r.place(l.places, "branch", org.Branch, org.Party, "", l.party(village)...); b != nil {
		in.Branch = b.ID
	}
	if s := strings.ToLower(tables.Narrow(r.text("network"))); s != "" {
		if in.Network = networkWords[s]; in.Network == "" {
			r.fault("network", "imports.fault_network", s)
		}
	}
	if d, ok := r.day("licensed"); ok {
		if in.LicensedOn = d.Date(); in.LicensedOn.After(l.today) {
			r.fault("licensed", "people.future")
		}
	}
	if r.bad() {
		return verdict{state: RowFaulty}
	}
	in.Village = village.ID
	return l.match(r, village, siteDo{Add: in})
}

// match finds the school that the row is about: by its code, or else by its name in the village.
func (l *siteList) match(r *reading, village *unit, do siteDo) verdict {
	key := village.Code + "/" + l.shortName(village, do.Add.Name)
	if row, twice := l.rows[key]; twice {
		r.note("name", "imports.note_twice_place", row)
		return verdict{state: RowSkipped}
	}
	l.rows[key] = r.row
	u := l.byCode[org.Administrative][do.Add.Code]
	switch {
	case u != nil && (u.Kind != org.Site || l.parent(u) != village):
		r.fault("code", "imports.fault_code_elsewhere", do.Add.Code, u.Name)
	case u == nil && do.Add.Code != "" && (len(do.Add.Code) != len(village.Code)+2 || !strings.HasPrefix(do.Add.Code, village.Code)):
		r.fault("code", "org.site_code_form")
	}
	if r.bad() {
		return verdict{state: RowFaulty}
	}
	if u == nil {
		u = l.named(village, do.Add.Name)
		if u != nil && do.Add.Code != "" {
			r.fault("code", "imports.fault_other_code", u.Code)
			return verdict{state: RowFaulty}
		}
	}
	if u == nil {
		do.Posts = l.holders(r, village, nil)
		return verdict{state: RowNew, do: do}
	}
	return l.compareSite(r, village, u, do)
}

func (l *siteList) shortName(village *unit, name string) string {
	for _, front := range []string{village.Name, l.word(org.Village, village.Name)} {
		if short, ok := strings.CutPrefix(name, front); ok {
			name = short
			break
		}
	}
	return l.word(org.Site, name)
}

// named is the school of the village with the name, as lists write it.
func (l *siteList) named(village *unit, name string) *unit {
	for _, u := range l.byID {
		if u.Kind != org.Site || l.parent(u) != village {
			continue
		}
		for _, n := range append([]string{u.Name}, u.aliases...) {
			if l.shortName(village, n) == l.shortName(village, name) {
				return u
			}
		}
	}
	return nil
}

// compareSite says what the row changes of a school that is there. An empty cell changes nothing.
func (l *siteList) compareSite(r *reading, village, u *unit, do siteDo) verdict {
	s := u.school
	do.Site, do.WasPlaque, do.WasName = s.ID, s.Plaque, u.Name
	do.Edit = org.EditSiteInput{Site: s.ID, Name: u.Name, Plaque: s.Plaque, Address: s.Address, Branch: id.Or(s.BranchID)}
	was := do.Edit
	if l.shortName(village, do.Add.Name) != l.shortName(village, u.Name) && l.named(village, do.Add.Name) != u {
		r.change("name", u.Name, do.Add.Name)
		do.Edit.Name = do.Add.Name
	}
	for _, f := range []struct {
		field string
		to    string
		at    *string
	}{{"plaque", do.Add.Plaque, &do.Edit.Plaque}, {"address", do.Add.Address, &do.Edit.Address}} {
		if f.to != "" && f.to != *f.at {
			r.change(f.field, *f.at, f.to)
			*f.at = f.to
		}
	}
	if !do.Add.Branch.IsZero() && do.Add.Branch != was.Branch {
		r.change("branch", l.unitName(was.Branch), l.unitName(do.Add.Branch))
		do.Edit.Branch = do.Add.Branch
	}
	do.Edited = do.Edit != was
	l.compareEquipment(r, s, &do)
	l.compareLicence(r, s)
	do.Posts = l.holders(r, village, u)
	if len(r.plan.Changes) == 0 {
		return verdict{state: RowUnchanged}
	}
	return verdict{state: RowChanged, do: do}
}

// compareEquipment says what the row changes of the school's network and of what else it has. The items of the register are not in lists.
func (l *siteList) compareEquipment(r *reading, s *school, do *siteDo) {
	do.Was = org.EquipmentView{Network: s.Network, Notes: s.Equipment}
	if to := do.Add.Network; to != "" && to != s.Network {
		r.change("network", networkKey(s.Network), networkKey(to))
		do.Network = to
	}
	if to := do.Add.Equipment; to != "" && to != s.Equipment {
		r.change("equipment", s.Equipment, to)
		do.Equipment = to
	}
}

func networkKey(network string) string {
	if network == "" {
		return ""
	}
	return "org.network_" + network
}

// compareLicence says so when the list has another day of the licence: a list does not change it.
func (l *siteList) compareLicence(r *reading, s *school) {
	d, ok := r.day("licensed")
	if ok && !s.LicensedOn.IsZero() && (s.LicensedOn.Before(d.Date()) || s.LicensedOn.After(d.Last())) {
		r.note("licensed", "imports.note_licensed", s.LicensedOn.String())
	}
}

// holders are the persons who get a post that nobody holds. One who is not registered yet, and another than who holds it, are told
// and left alone: a change of host is an act of its own.
func (l *siteList) holders(r *reading, village, u *unit) map[people.Post]people.PersonID {
	out := map[people.Post]people.PersonID{}
	for _, post := range []people.Post{people.Host, people.Head} {
		name := tables.Name(r.text(string(post)))
		if name == "" || empties[name] {
			continue
		}
		var held string
		if u != nil {
			held = l.posts[u.school.ID][post]
		}
		var found []*known
		for _, k := range l.byName[name] {
			if k.VillageID == village.ID && k.Gone.IsZero() {
				found = append(found, k)
			}
		}
		switch {
		case held == name:
		case held != "":
			r.note(string(post), "imports.note_post_held", held)
		case len(found) != 1:
			r.note(string(post), "imports.note_post_unknown", name)
		default:
			out[post] = found[0].ID
			if u != nil {
				r.change(string(post), "", name)
			}
		}
	}
	return out
}

func applySite(tx *db.Tx, by access.Actor, raw []byte) error {
	do, err := unmarshal[siteDo](raw)
	if err != nil {
		return err
	}
	if do.Site.IsZero() {
		if err := notThere(tx, do.Add); err != nil {
			return err
		}
		v, err := org.AddSite(tx, by, do.Add)
		if err != nil {
			return err
		}
		return assign(tx, by, v.ID, do.Posts, do.Add.LicensedOn)
	}
	if do.Edited {
		s, err := org.LockSite(tx, do.Site)
		if err != nil {
			return err
		}
		now, err := org.GetSite(tx, by, org.GetSiteInput{ID: do.Site})
		if err != nil {
			return err
		}
		if s.Name != do.WasName || now.Plaque != do.WasPlaque {
			return fail.Conflict("imports.fault_meanwhile")
		}
		do.Edit.Site = do.Site
		if _, err := org.EditSite(tx, by, do.Edit); err != nil {
			return err
		}
	}
	if err := equip(tx, by, do); err != nil {
		return err
	}
	return assign(tx, by, do.Site, do.Posts, date.Date{})
}

// equip keeps the network and what else a school has, unless somebody changed them since the check; the items of the register stay.
func equip(tx *db.Tx, by access.Actor, do siteDo) error {
	if do.Network == "" && do.Equipment == "" {
		return nil
	}
	if _, err := org.LockSite(tx, do.Site); err != nil {
		return err
	}
	now, err := org.GetEquipment(tx, by, org.GetSiteInput{ID: do.Site})
	if err != nil {
		return err
	}
	if now.Network != do.Was.Network || now.Notes != do.Was.Notes {
		return fail.Conflict("imports.fault_meanwhile")
	}
	in := org.SetEquipmentInput{Site: do.Site, Seats: now.Seats, Items: now.Items, Network: cmp.Or(do.Network, now.Network), Notes: cmp.Or(do.Equipment, now.Notes)}
	_, err = org.SetEquipment(tx, by, in)
	return err
}

// notThere locks the village and refuses a school whose name it has.
func notThere(tx *db.Tx, in org.AddSiteInput) error {
	if _, err := org.LockUnit(tx, in.Village); err != nil {
		return err
	}
	same, err := db.All[org.Unit](tx.Where("parent_id = ? AND name = ?", in.Village, in.Name))
	if err == nil && len(same) > 0 {
		err = fail.Conflict("imports.fault_added_meanwhile")
	}
	return err
}

// assign gives posts that nobody holds.
func assign(tx *db.Tx, by access.Actor, site org.SiteID, posts map[people.Post]people.PersonID, since date.Date) error {
	for _, post := range []people.Post{people.Host, people.Head} {
		person, ok := posts[post]
		if !ok {
			continue
		}
		if _, err := people.Assign(tx, by, people.AssignInput{Site: site, Post: post, Person: person, Since: since}); err != nil {
			return err
		}
	}
	return nil
}
