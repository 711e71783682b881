package main

import (
	"os"
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people"
)

// villageClerk is the account of the clerk of the first village.
func (c *county) villageClerk(t *testing.T, h *place) string {
	return c.account(t, h, access.Village, c.Village.ID, access.PersonID{})
}

// hamlet gives the first village a villagers' group with people in it.
func (c *county) hamlet(t *testing.T, h *place, name string, called ...string) org.UnitView {
	t.Helper()
	var u org.UnitView
	h.env.Do(t, func(tx *db.Tx) (err error) {
		u, err = org.AddUnit(tx, orgtest.By, org.AddUnitInput{Tree: org.Administrative, Kind: org.VillageGroup, Name: name, Parent: c.Village.ID})
		for _, who := range called {
			if err != nil {
				return err
			}
			_, err = people.Add(tx, orgtest.By, people.AddInput{
				Details: people.Details{Name: who, Village: c.Village.ID, VillageGroup: u.ID}, Standing: people.Villager, Since: orgtest.LicensedOn,
			})
		}
		return err
	})
	return u
}

// A village clerk looks at who of a villagers' group would come onto a school's roster, puts them on, finds it in the history, and takes it back.
func TestJourneyWholeGroup(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 2, 0)
		c.hamlet(t, h, "王家院组", "茶山高", "茶水长")
		clerk := h.desk(t, c.villageClerk(t, h))
		clerk.Open("/sites/" + c.Site.ID.String() + "/roster")
		clerk.Tap("按村民小组上、下名单")
		clerk.Fill("村民小组", "王家院组")
		clerk.Fill("从哪天起", "2026-11-20")
		clerk.Tap("看看是哪些人")
		clerk.See("王家院组 从 2026年11月20日 星期五 上名单，共 2 人", "茶山高", "茶水长", "群众")
		clerk.NoSideScroll()
		clerk.Axe()
		looks(clerk, "group")
		clerk.Tap("没错，这 2 人上名单")
		clerk.See("王家院组 全组上名单，共 2 人")
		clerk.Open("/sites/" + c.Site.ID.String() + "/roster?on=2026-11-20")
		clerk.See("茶山高", "茶水长")
		clerk.Open("/sites/" + c.Site.ID.String() + "/roster?on=2026-11-19")
		clerk.NotSee("茶山高")
		clerk.Open("/history/roster/" + c.Site.ID.String())
		clerk.See("全组上名单", "王家院组", "茶山高")
		clerk.Open("/sites/" + c.Site.ID.String() + "/roster/group")
		clerk.Tap("撤回")
		clerk.See("撤回了，涉及 2 人。", "已撤回")
		clerk.Open("/sites/" + c.Site.ID.String() + "/roster")
		clerk.NotSee("茶山高")
		h.settled(clerk)
	})
}

// looks keeps pictures of the page on a desk and on a phone, where HUOTANG_SCREENS says.
func looks(p *browsertest.Person, name string) {
	dir := os.Getenv("HUOTANG_SCREENS")
	if dir == "" {
		return
	}
	p.ScreenshotTo(dir+"/"+name+"-desk.png", true)
	p.OnPhone()
	p.NoSideScroll()
	p.ScreenshotTo(dir+"/"+name+"-phone.png", true)
	p.OnDesk()
}

// A clerk notes who is secretary; the next one ends the term of the one before, and both stand in the history.
func TestJourneyOffices(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 2, 0)
		clerk := h.desk(t, c.clerk)
		give := func(who access.PersonID, since string) {
			clerk.Open("/people/" + who.String())
			clerk.Tap("任职或免职")
			clerk.Fill("党内职务", "书记")
			clerk.Fill("在哪个党组织", c.Branch.Name)
			clerk.Fill("第一天", since)
			clerk.Tap("登记任职")
			clerk.See("职务记好了。", c.Branch.Name+" 书记")
		}
		give(c.members[0], "2026-01-01")
		clerk.NoSideScroll()
		clerk.Axe()
		give(c.members[1], "2026-11-01")
		clerk.Open("/people/" + c.members[0].String())
		clerk.Unfold()
		clerk.See("2026年1月1日", "2026年10月31日")
		clerk.Open("/people/" + c.members[1].String())
		clerk.Tap("任职或免职")
		clerk.Tap("不再担任")
		clerk.See("职务记好了。")
		h.settled(clerk)
	})
}

// A clerk gives a village another name, by whose old one it is still found, moves a branch, and closes a villagers' group that has nobody.
func TestJourneyUnits(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 2, 0)
		empty, full := c.hamlet(t, h, "空院组"), c.hamlet(t, h, "王家院组", "茶山高")
		clerk := h.desk(t, c.clerk)
		clerk.Open("/units/" + c.Village.ID.String())
		clerk.Tap("改名")
		clerk.Fill("新名称", "安石新村")
		clerk.Press(browsertest.Enter)
		clerk.See("记好了。", "安石新村", "用过的名称", "安石村")
		clerk.NoSideScroll()
		clerk.Axe()
		clerk.Open("/units?tree=a&q=安石村")
		clerk.See("安石新村")
		clerk.Open("/units/" + c.Branch.ID.String())
		clerk.Tap("换上级")
		clerk.Fill("新的上级", c.TownshipCommittee.Name)
		clerk.TabTo("换上级")
		clerk.Press(browsertest.Enter)
		clerk.See("记好了。")
		clerk.Open("/units/" + c.GeneralBranch.ID.String())
		clerk.NotSee(c.Branch.Name)
		clerk.Open("/units/" + full.ID.String())
		clerk.Tap("停用")
		clerk.Fill("最后一天", "2026-11-23")
		clerk.TabTo("停用")
		clerk.Press(browsertest.Enter)
		clerk.WantStatus(409)
		clerk.Open("/units/" + empty.ID.String())
		clerk.Tap("停用")
		clerk.Fill("最后一天", "2026-11-23")
		clerk.TabTo("停用")
		clerk.Press(browsertest.Enter)
		clerk.See("记好了。", "2026年11月23日 星期一 停用")
		h.settled(clerk)
	})
}

// A branch secretary reads on the phone who came and who did not; nobody else does.
func TestJourneyAbsences(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		h.env.Do(t, func(tx *db.Tx) error {
			for _, m := range c.members {
				in := people.TransferInput{Person: m, Village: c.Village.ID, Branch: c.Branch.ID}
				if _, err := people.Transfer(tx, orgtest.By, in); err != nil {
					return err
				}
			}
			return nil
		})
		s := attendancetest.School{
			Tree: c.Tree, School: c.Site, Host: c.accounts[c.host], Day: calendartest.Day(t, h.env, c.Site.ID, date.Of(dbtest.Start).Month()),
		}
		s.Open(t, h.env, h.areas.Attendance)
		marks := append(attendancetest.All(c.members[:2], attendance.Present), attendancetest.All(c.members[2:], attendance.Absent)...)
		attendancetest.MustSubmit(t, h.env, h.areas.Attendance, s.Host, s.Item(marks...))
		secretary := h.phone(t, c.secretary)
		secretary.Open("/people")
		secretary.Tap("本支部到会情况")
		secretary.See("只有支部书记看得到", "应到", "没来")
		secretary.NoSideScroll()
		secretary.Axe()
		for _, other := range []string{c.office, c.clerk, c.auditor, c.host} {
			p := h.phone(t, other)
			p.Open("/absences")
			p.WantStatus(403)
		}
		h.settled(secretary)
	})
}

// The county sees what a new rule would change, and then sets it for the days to come.
func TestJourneyStudyRules(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 2, 0)
		office := h.desk(t, c.office)
		office.Open("/study-rules")
		office.See("一课记多少学时", "系统自带")
		office.Tap("定新的年度要求")
		office.Fill("从哪一年起", "2027")
		office.Fill("党员一年多少学时", "40")
		office.Fill("支部书记和支委一年多少学时", "60")
		office.In("定新的年度要求").Tap("先看看影响")
		office.See("影响", "2027 年起", "改为 40")
		office.NoSideScroll()
		office.Axe()
		office.Open("/study-rules")
		office.NotSee("2027 年起")
		office.Tap("定新的年度要求")
		office.Fill("从哪一年起", "2027")
		office.Fill("党员一年多少学时", "40")
		office.Fill("支部书记和支委一年多少学时", "60")
		office.In("定新的年度要求").Tap("记下")
		office.See("规则记好了。", "2027 年起", "党员 40 学时，支部书记和支委 60 学时")
		auditor := h.desk(t, c.auditor)
		auditor.Open("/study-rules")
		auditor.NotSee("定新的年度要求")
		h.settled(office)
	})
}
