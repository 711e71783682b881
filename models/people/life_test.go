package people_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/people"
	"huotang/models/people/peopletest"
)

func unconfirmed(t *testing.T, e *dbtest.Env, by access.Actor) []people.Noted {
	t.Helper()
	return read(t, e, people.Unconfirmed, by, people.UnconfirmedInput{}).Items
}

// What a host notes counts at once, waits for the village, and can be taken back by either.
func TestNoteAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := peopletest.Add(t, e, tree, peopletest.Person{Name: "甲", Site: tree.Site.ID})
		b := peopletest.Add(t, e, tree, peopletest.Person{Name: "乙", Site: tree.Site.ID})
		c := peopletest.Add(t, e, tree, peopletest.Person{Name: "丙", Site: tree.Sister.ID})
		host, clerk := orgtest.As(access.Host, tree.Site.Path), orgtest.As(access.Village, tree.Village.Path)
		note := func(by access.Actor, p people.PersonID, l people.Life) error {
			return write(e, people.NoteAway, by, people.NoteAwayInput{Site: tree.Site.ID, Person: p, State: l})
		}
		for i, step := range []struct {
			err  error
			want fail.Kind
		}{
			{note(host, c, people.Away), fail.Missing}, // not on this roster
			{note(host, a, people.AtHome), fail.InvalidInput},
			{note(host, a, ""), fail.InvalidInput},
			{note(host, a, people.Away), ""},
			{note(host, a, people.Away), ""},
			{note(host, b, people.Dead), ""},
		} {
			if got := fail.KindOf(step.err); got != step.want {
				t.Errorf("step %d: %v", i, step.err)
			}
		}
		if got := rosterOn(t, e, tree.Site.ID, today); len(got) != 0 {
			t.Errorf("still on the roll: %v", got)
		}
		if got := rosterOn(t, e, tree.Site.ID, today.AddDays(-1)); len(got) != 2 {
			t.Errorf("yesterday's roll: %v", got)
		}
		list := unconfirmed(t, e, clerk)
		if len(list) != 2 || list[0].Name != "乙" || list[0].State != people.Dead || list[0].School != tree.Site.Name || list[0].NotedBy != host.Account || !list[0].MayConfirm {
			t.Fatalf("%+v", list)
		}
		if own := unconfirmed(t, e, host); len(own) != 2 || own[0].MayConfirm {
			t.Errorf("the host sees %+v", own)
		}
		if other := unconfirmed(t, e, orgtest.As(access.Host, tree.Far.Path)); len(other) != 0 {
			t.Errorf("another host sees %+v", other)
		}
		if err := write(e, people.ConfirmLife, host, people.LifeInput{Items: []string{list[0].Item}}); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("confirmed by the host: %v", err)
		}
		both := people.LifeInput{Items: []string{list[0].Item, list[1].Item, list[1].Item}}
		if done := mustWrite(t, e, people.ConfirmLife, clerk, both); done.Count != 2 {
			t.Errorf("confirmed %d", done.Count)
		}
		if done := mustWrite(t, e, people.ConfirmLife, clerk, both); done.Count != 0 || len(unconfirmed(t, e, clerk)) != 0 {
			t.Errorf("confirmed again %d", done.Count)
		}
		if err := write(e, people.UndoLife, host, both); fail.KindOf(err) != fail.ForbiddenAct {
			t.Errorf("what is confirmed is undone by the host: %v", err)
		}
		if err := write(e, people.SetLife, clerk, people.SetLifeInput{Person: b, State: people.AtHome}); fail.KindOf(err) != "" {
			t.Errorf("corrected on the same day: %v", err)
		}
		if done := mustWrite(t, e, people.UndoLife, clerk, both); done.Count != 2 {
			t.Errorf("undone %d", done.Count)
		}
		if got := rosterOn(t, e, tree.Site.ID, today); len(got) != 2 {
			t.Errorf("back on the roll: %v", got)
		}
		e.See(t, func(tx *db.Tx) error {
			var n int
			err := tx.Raw("SELECT COUNT(*) FROM audit_rows WHERE act IN ('person.note_away', 'person.life_confirm', 'person.life_undo')").Scan(&n).Error
			if n != 6 {
				t.Errorf("%d audit rows", n)
			}
			return err
		})
	})
}

func mustWrite[In, Out any](t *testing.T, e *dbtest.Env, op func(*db.Tx, access.Actor, In) (Out, error), by access.Actor, in In) (out Out) {
	t.Helper()
	e.Do(t, func(tx *db.Tx) (err error) { out, err = op(tx, by, in); return err })
	return out
}

// Who confirms and who undoes at once: every note is settled once, and the list is empty after.
func TestSettleLifeAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		members, _ := peopletest.Roster(t, e, tree, tree.Site, 6, 0)
		host, clerk := orgtest.As(access.Host, tree.Site.Path), orgtest.As(access.Village, tree.Village.Path)
		var in people.LifeInput
		for _, p := range members {
			mustWrite(t, e, people.NoteAway, host, people.NoteAwayInput{Site: tree.Site.ID, Person: p, State: people.Away})
			in.Items = append(in.Items, p.String()+"_"+today.String())
		}
		done, errs := atOnce(8, func() error { return write(e, people.ConfirmLife, clerk, in) })
		if done != 8 || len(errs) > 0 || len(unconfirmed(t, e, clerk)) != 0 {
			t.Errorf("%d, %v", done, errs)
		}
		done, errs = atOnce(8, func() error { return write(e, people.UndoLife, clerk, in) })
		if done != 8 || len(errs) > 0 || len(rosterOn(t, e, tree.Site.ID, today)) != 6 {
			t.Errorf("%d, %v", done, errs)
		}
	})
}

// An absence that is over leaves its days: an old roll does without the person, today's has him.
func TestLifeOverTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{Name: "甲", Site: tree.Site.ID, Post: people.Host})
		set := func(l people.Life, ago int) error {
			return write(e, people.SetLife, orgtest.By, people.SetLifeInput{Person: p, State: l, Since: today.AddDays(-ago)})
		}
		for i, step := range []struct {
			err  error
			want fail.Kind
		}{
			{set(people.Away, 90), ""},
			{set(people.AtHome, 60), ""},
			{set(people.Away, -1), fail.InvalidInput},
			{set("gone", 1), fail.InvalidInput},
			{set(people.Moved, 20), ""},
			{set(people.Dead, 10), ""},
			{set(people.AtHome, 5), fail.Conflicting},
		} {
			if fail.KindOf(step.err) != step.want {
				t.Errorf("step %d: %v", i, step.err)
			}
		}
		for ago, want := range map[int]int{91: 1, 90: 0, 61: 0, 60: 1, 21: 1, 20: 0, 0: 0} {
			if got := len(rosterOn(t, e, tree.Site.ID, today.AddDays(-ago))); got != want {
				t.Errorf("%d days ago %d on the roll, want %d", ago, got, want)
			}
		}
		v := read(t, e, people.Get, orgtest.By, people.GetInput{ID: p})
		if v.Gone != today.AddDays(-20) || v.Life != people.Dead {
			t.Errorf("%+v", v)
		}
		e.See(t, func(tx *db.Tx) error {
			_, there, err := people.HostOf(tx, tree.Site.ID, today)
			_, then, err2 := people.HostOf(tx, tree.Site.ID, today.AddDays(-75)) // away for a time, and still the host
			if there || !then || err2 != nil {
				t.Errorf("host %t, then %t", there, then)
			}
			return err
		})
	})
}

func TestPhone(t *testing.T) {
	for typed, want := range map[string]string{
		"13800138000": "13800138000", " 138 0013-8000 ": "13800138000", "１３８００１３８０００": "13800138000", "+86 13800138000": "13800138000",
		"0883-4211234": "08834211234", "（0883）4211234": "08834211234", "010-66668888": "01066668888", "": "",
	} {
		if got, ok := people.ParsePhone(typed); got != want || !ok {
			t.Errorf("%q: %q, %t", typed, got, ok)
		}
	}
	for _, typed := range []string{"1380013800", "138001380001", "12800138000", "4211234", "abc", "0883-1211234", "13800138000;", "十三亿"} {
		if _, ok := people.ParsePhone(typed); ok {
			t.Errorf("%q is taken", typed)
		}
	}
	for phone, want := range map[string]string{"13800131234": "138****1234", "08834211234": "0883****234", "01066668888": "010****888", "": "", "123": ""} {
		if got := people.Mask(phone); got != want {
			t.Errorf("%q: %q, want %q", phone, got, want)
		}
	}
}

// A number is stored sealed, shown masked, found whole, and each look at it is kept.
func TestPhoneOfAPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, a := orgtest.County(t, e), peopletest.Area(t)
		p := peopletest.Add(t, e, tree, peopletest.Person{Name: "甲", Site: tree.Site.ID, Branch: tree.Branch.ID})
		clerk := orgtest.As(access.Village, tree.Village.Path)
		set := func(phone string) error {
			return write(e, a.SetPhone, clerk, people.SetPhoneInput{Person: p, Phone: phone})
		}
		if d := cmp.Diff(map[string]string{"phone": "people.phone_form"}, faults(set("123"))); d != "" {
			t.Error(d)
		}
		for range 2 { // twice is once
			if err := set("１３８００１３１２３４"); err != nil {
				t.Fatal(err)
			}
		}
		for name, by := range map[string]access.Actor{"clerk": clerk, "auditor": orgtest.As(access.Auditor, tree.County.Path)} {
			if v := read(t, e, a.Get, by, people.GetInput{ID: p}); v.Phone != "138****1234" {
				t.Errorf("%s sees %q", name, v.Phone)
			}
		}
		if v := read(t, e, a.Get, orgtest.As(access.Host, tree.Site.Path), people.GetInput{ID: p}); v.Phone != "" {
			t.Errorf("a host sees %q", v.Phone)
		}
		if n := mustWrite(t, e, a.RevealPhone, clerk, people.PersonInput{Person: p}); n.Phone != "13800131234" {
			t.Errorf("%+v", n)
		}
		mustWrite(t, e, a.CallList, clerk, people.CallListInput{Site: tree.Site.ID})
		for who, want := range map[string]int{"clerk": 1, "auditor": 0, "far": 0} {
			by := map[string]access.Actor{"clerk": clerk, "auditor": orgtest.As(access.Auditor, tree.County.Path), "far": orgtest.As(access.Village, tree.Village3.Path)}[who]
			if got := len(read(t, e, a.List, by, people.ListInput{Q: "138 0013 1234"}).Items); got != want {
				t.Errorf("%s finds %d", who, got)
			}
			if got := len(read(t, e, a.List, by, people.ListInput{Q: "1380013"}).Items); got != 0 {
				t.Errorf("%s finds %d by part of the number", who, got)
			}
		}
		e.See(t, func(tx *db.Tx) error {
			var acts []string
			err := tx.Raw("SELECT act FROM audit_rows WHERE act LIKE '%phone%' OR act LIKE '%call%' ORDER BY id").Scan(&acts).Error
			if d := cmp.Diff([]string{"person.phone", "person.phone_shown", "people.call_list"}, acts); d != "" {
				t.Error(d)
			}
			var leaks int
			if err := tx.Raw("SELECT COUNT(*) FROM audit_rows WHERE changed LIKE '%138%'").Scan(&leaks).Error; err != nil || leaks > 0 {
				t.Errorf("%d numbers in the audit, %v", leaks, err)
			}
			return err
		})
		if err := set(""); err != nil {
			t.Fatal(err)
		}
		if err := write(e, a.RevealPhone, clerk, people.PersonInput{Person: p}); fail.KindOf(err) != fail.Missing {
			t.Errorf("no number: %v", err)
		}
	})
}

// A move leaves the history; what was entered wrong can be taken out of it again.
func TestTransfer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		p := peopletest.Add(t, e, tree, peopletest.Person{Name: "甲", Group: tree.Group.ID, Site: tree.Site.ID})
		day := today.AddDays(-10)
		in := people.TransferInput{Person: p, Village: tree.Village3.ID, Branch: tree.Branch2.ID, From: tree.Site.ID, To: tree.Far.ID, On: day}
		county, clerk := orgtest.As(access.County, tree.County.Path), orgtest.As(access.Village, tree.Village.Path)
		if got := fail.KindOf(write(e, people.Transfer, clerk, in)); got != fail.Missing {
			t.Errorf("a clerk moves him to another township: %q", got)
		}
		bad := people.TransferInput{Person: p, Village: tree.Township.ID, From: tree.Site.ID, To: tree.Site.ID, On: today.AddDays(1)}
		if d := cmp.Diff(map[string]string{"village": "people.not_a_village", "to": "people.same_school", "on": "people.future"}, faults(write(e, people.Transfer, county, bad))); d != "" {
			t.Error(d)
		}
		mustWrite(t, e, people.Transfer, county, in)
		for site, want := range map[string][2]int{"old": {1, 0}, "new": {0, 1}} {
			s := tree.Site.ID
			if site == "new" {
				s = tree.Far.ID
			}
			if got := [2]int{len(rosterOn(t, e, s, day.AddDays(-1))), len(rosterOn(t, e, s, day))}; got != want {
				t.Errorf("%s school: %v, want %v", site, got, want)
			}
		}
		h := read(t, e, people.HistoryOf, county, people.PersonInput{Person: p})
		want := []people.PlaceLine{{orgtest.LicensedOn, "安石村", "安石第一党支部", "王家院党小组", ""}, {day, "古平村", "古平党支部", "", ""}}
		if d := cmp.Diff(want, h.Places, cmp.AllowUnexported(date.Date{})); d != "" || len(h.Rosters) != 2 {
			t.Errorf("%s, %+v", d, h.Rosters)
		}
		if err := write(e, people.Transfer, county, in); fail.KindOf(err) != fail.Missing {
			t.Errorf("moved from a roster on which he is not: %v", err)
		}
		mustWrite(t, e, people.Drop, county, people.DropInput{Person: p, Kind: "place", Since: day})
		if v := read(t, e, people.Get, county, people.GetInput{ID: p}); v.Village != "安石村" || v.Group != "王家院党小组" {
			t.Errorf("%+v", v)
		}
		for kind, want := range map[string]fail.Kind{"place": fail.Conflicting, "standing": fail.Conflicting, "name": fail.InvalidInput, "exemption": fail.Missing} {
			if err := write(e, people.Drop, county, people.DropInput{Person: p, Kind: kind, Since: orgtest.LicensedOn}); fail.KindOf(err) != want {
				t.Errorf("drop %s: %v", kind, err)
			}
		}
	})
}

func TestHouseholds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		a := peopletest.Add(t, e, tree, peopletest.Person{Name: "甲"})
		b := peopletest.Add(t, e, tree, peopletest.Person{Name: "乙"})
		far := peopletest.Add(t, e, tree, peopletest.Person{Name: "远", Village: tree.Village3.ID})
		clerk := orgtest.As(access.Village, tree.Village.Path)
		h := mustWrite(t, e, people.AddHousehold, clerk, people.AddHouseholdInput{Village: tree.Village.ID, Name: "甲家", Persons: []people.PersonID{a, b, a}})
		if h.Code != "001" || h.Count != 2 || len(h.Members) != 2 {
			t.Errorf("%+v", h)
		}
		done, errs := atOnce(4, func() error {
			return write(e, people.AddHousehold, clerk, people.AddHouseholdInput{Village: tree.Village.ID, Name: "新家"})
		})
		if done != 4 || len(errs) > 0 {
			t.Errorf("%d made at once, %v", done, errs)
		}
		if err := write(e, people.AddHousehold, clerk, people.AddHouseholdInput{Village: tree.Village.ID, Name: "重", Code: "001"}); fail.KindOf(err) != fail.Conflicting {
			t.Errorf("the same code: %v", err)
		}
		if err := write(e, people.JoinHousehold, clerk, people.JoinInput{ID: h.ID, Persons: []people.PersonID{far}}); fail.KindOf(err) != fail.Missing {
			t.Errorf("one from elsewhere: %v", err)
		}
		if err := write(e, people.DropHousehold, clerk, people.HouseholdInput{ID: h.ID}); fail.KindOf(err) != fail.Conflicting {
			t.Errorf("dropped with people in it: %v", err)
		}
		list := read(t, e, people.Households, clerk, people.HouseholdsInput{Limit: 2})
		next := read(t, e, people.Households, clerk, people.HouseholdsInput{Limit: 10, After: list.Next})
		if len(list.Items) != 2 || len(next.Items) != 3 || list.Items[0].Code != "001" || next.Items[2].Code != "005" {
			t.Errorf("%+v, %+v", list, next)
		}
		if got := read(t, e, people.Households, clerk, people.HouseholdsInput{Q: "jj"}); len(got.Items) != 1 {
			t.Errorf("by initials %+v", got)
		}
		h = mustWrite(t, e, people.PartHousehold, clerk, people.JoinInput{ID: h.ID, Persons: []people.PersonID{a, b, far}})
		mustWrite(t, e, people.EditHousehold, clerk, people.EditHouseholdInput{ID: h.ID, Name: "乙家", Code: "099"})
		mustWrite(t, e, people.DropHousehold, clerk, people.HouseholdInput{ID: h.ID})
	})
}

// The roster of a day, who left it before, and several who join it together.
func TestRosterOfASchool(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		members, _ := peopletest.Roster(t, e, tree, tree.Site, 2, 0)
		clerk := orgtest.As(access.Village, tree.Village.Path)
		more := []people.PersonID{peopletest.Add(t, e, tree, peopletest.Person{Name: "新一"}), peopletest.Add(t, e, tree, peopletest.Person{Name: "新二"}), members[0]}
		in := people.EnrolManyInput{Site: tree.Site.ID, Persons: more, Since: today.AddDays(-3)}
		done, errs := atOnce(4, func() error { return write(e, people.EnrolMany, clerk, in) })
		if done != 4 || len(errs) > 0 {
			t.Errorf("%d at once, %v", done, errs)
		}
		mustWrite(t, e, people.Leave, clerk, people.LeaveInput{Site: tree.Site.ID, Person: members[1], From: today.AddDays(-1)})
		mustWrite(t, e, people.NoteAway, clerk, people.NoteAwayInput{Site: tree.Site.ID, Person: members[0], State: people.Away})
		count := func(ago int) [3]int {
			r := read(t, e, people.RosterOf, clerk, people.RosterInput{Site: tree.Site.ID, On: today.AddDays(-ago)})
			return [3]int{len(r.Now), len(r.Left), len(r.Away)}
		}
		for ago, want := range map[int][3]int{0: {3, 1, 1}, 2: {4, 0, 0}, 5: {2, 0, 0}} {
			if got := count(ago); got != want {
				t.Errorf("%d days ago: %v, want %v", ago, got, want)
			}
		}
		if d := cmp.Diff(map[string]string{"persons": "people.choose_some", "since": "people.future"}, faults(write(e, people.EnrolMany, clerk, people.EnrolManyInput{Site: tree.Site.ID, Since: today.AddDays(1)}))); d != "" {
			t.Error(d)
		}
	})
}

// Rare characters of every extension, and each reading of those that have several.
func TestNamesAreFound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		rare := []string{"㐂", "𠮷", "𪜈", "𫝀", "𫠝", "𬺰", "𰀀", "𱍐"} // one of each extension A to H
		for _, r := range rare {
			peopletest.Add(t, e, tree, peopletest.Person{Name: "王" + r})
		}
		for _, r := range rare {
			if got := read(t, e, people.List, orgtest.By, people.ListInput{Q: r}).Items; len(got) != 1 || got[0].Name != "王"+r {
				t.Errorf("%s: %+v", r, got)
			}
		}
		peopletest.Add(t, e, tree, peopletest.Person{Name: "单长乐"})
		for _, q := range []string{"shanchangle", "shanzhangyue", "danchangle", "scl", "dzy", "单", "长乐"} {
			if got := read(t, e, people.List, orgtest.By, people.ListInput{Q: q}).Items; len(got) != 1 {
				t.Errorf("%s: %d found", q, len(got))
			}
		}
		long := peopletest.Add(t, e, tree, peopletest.Person{Name: longName()})
		if v := read(t, e, people.Get, orgtest.By, people.GetInput{ID: long}); v.Name != longName() {
			t.Error("a long name is cut")
		}
	})
}

func longName() string {
	out := ""
	for range 60 {
		out += "庄"
	}
	return out
}

// Every new act by each role, inside its unit and outside.
func TestRolesOnNewActs(t *testing.T) {
	const ok, no, hidden = fail.Kind(""), fail.ForbiddenAct, fail.Missing
	acts := []string{"life", "phone", "reveal", "away", "transfer", "household", "likely", "history", "calls"}
	editor := [9]fail.Kind{ok, ok, ok, no, ok, ok, ok, ok, ok}
	want := map[access.Role][9]fail.Kind{
		access.County: editor, access.TownshipAdmin: editor, access.Township: editor,
		access.Village:     {ok, ok, ok, ok, ok, ok, ok, ok, ok},
		access.Auditor:     {no, no, no, no, no, no, no, ok, no},
		access.Secretary:   {no, no, no, no, no, hidden, no, ok, no},
		access.GroupLeader: {no, no, no, hidden, no, hidden, no, ok, hidden},
		access.Host:        {no, no, no, ok, no, hidden, no, no, no},
		access.Head:        {no, no, no, ok, no, hidden, no, no, no},
		access.Resident:    {no, no, no, ok, no, no, no, no, no},
	}
	nobody := [9]fail.Kind{hidden, hidden, hidden, hidden, hidden, hidden, no, hidden, hidden}
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, a := orgtest.County(t, e), peopletest.Area(t)
		p := peopletest.Add(t, e, tree, peopletest.Person{Branch: tree.Branch.ID, Group: tree.Group.ID, Site: tree.Site.ID})
		mustWrite(t, e, a.SetPhone, orgtest.By, people.SetPhoneInput{Person: p, Phone: "13800138000"})
		h := mustWrite(t, e, people.AddHousehold, orgtest.By, people.AddHouseholdInput{Village: tree.Village.ID, Name: "家"})
		try := func(by access.Actor) (kinds [9]fail.Kind) {
			for i, err := range []error{
				write(e, people.SetLife, by, people.SetLifeInput{Person: p, State: people.AtHome}),
				write(e, a.SetPhone, by, people.SetPhoneInput{Person: p, Phone: "13800138000"}),
				write(e, a.RevealPhone, by, people.PersonInput{Person: p}),
				write(e, people.NoteAway, by, people.NoteAwayInput{Site: tree.Site.ID, Person: p, State: people.Away}),
				write(e, people.Transfer, by, people.TransferInput{Person: p, Village: tree.Village.ID, Branch: tree.Branch.ID, Group: tree.Group.ID}),
				write(e, people.EditHousehold, by, people.EditHouseholdInput{ID: h.ID, Name: "家", Code: h.Code}),
				write(e, a.Likely, by, people.LikelyInput{}),
				write(e, people.HistoryOf, by, people.PersonInput{Person: p}),
				write(e, a.CallList, by, people.CallListInput{Site: tree.Site.ID}),
			} {
				kinds[i] = fail.KindOf(err)
			}
			return kinds
		}
		for _, seat := range tree.Inside() {
			expect, listed := want[seat.Role]
			if !listed {
				expect = nobody
			}
			for i, got := range try(seat.Actor) {
				if got != expect[i] {
					t.Errorf("%s by %s: %q, want %q", acts[i], seat.Name, got, expect[i])
				}
			}
		}
		for _, seat := range tree.Outside() {
			for i, got := range try(seat.Actor) {
				if expect := nobody[i]; got != expect && !(acts[i] == "likely" && got == ok) {
					t.Errorf("%s by %s of elsewhere: %q, want %q", acts[i], seat.Name, got, expect)
				}
			}
		}
		for i, got := range try(access.Visitor()) {
			if got != fail.Unauthenticated {
				t.Errorf("%s by a visitor: %q", acts[i], got)
			}
		}
	})
}

// Doubles are proposed to who answers for both, until somebody says that they are two.
func TestLikely(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree, a := orgtest.County(t, e), peopletest.Area(t)
		add := func(p peopletest.Person) people.PersonID { return peopletest.Add(t, e, tree, p) }
		one, two := add(peopletest.Person{Name: "同名", Branch: tree.Branch.ID}), add(peopletest.Person{Name: "同名", Branch: tree.Branch.ID})
		add(peopletest.Person{Name: "同名", Branch: tree.Branch2.ID, Village: tree.Village3.ID})
		x, y := add(peopletest.Person{Name: "群众一"}), add(peopletest.Person{Name: "群众二"})
		add(peopletest.Person{Name: "散户", Village: tree.Village2.ID})
		add(peopletest.Person{Name: "散户", Village: tree.Village.ID})
		for _, p := range []people.PersonID{x, y} {
			mustWrite(t, e, a.SetPhone, orgtest.By, people.SetPhoneInput{Person: p, Phone: "13800138000"})
		}
		clerk := orgtest.As(access.Village, tree.Village.Path)
		likely := func(by access.Actor) (out []string) {
			for _, l := range read(t, e, a.Likely, by, people.LikelyInput{}).Items {
				out = append(out, l.Name+" "+l.Why)
			}
			return out
		}
		got := likely(clerk)
		if len(got) != 2 || got[0] != "同名 name" || got[1][len(got[1])-5:] != "phone" {
			t.Errorf("%v", got)
		}
		if far := likely(orgtest.As(access.Village, tree.Village3.Path)); len(far) != 0 {
			t.Errorf("elsewhere %v", far)
		}
		pair := people.PairInput{Person: two, Other: one}
		if v := read(t, e, a.Compare, clerk, people.PairInput{Person: x, Other: y}); !v.SamePhone || v.Distinct || v.Sides[0].Phone != "138****8000" {
			t.Errorf("%+v", v)
		}
		for range 2 {
			mustWrite(t, e, a.SetDistinct, clerk, pair)
		}
		if got := likely(clerk); len(got) != 1 || !read(t, e, a.Compare, clerk, pair).Distinct {
			t.Errorf("said to be two: %v", got)
		}
	})
}
