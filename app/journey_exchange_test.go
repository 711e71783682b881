package main

import (
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/exchange"
	"huotang/models/org"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
)

// fourth gives the township a fourth school, in the village of the third, with two members; two pairs can then meet.
func (c *county) fourth(t *testing.T, h *place) org.School {
	t.Helper()
	var s org.School
	h.env.Do(t, func(tx *db.Tx) error {
		v, err := org.AddSite(tx, orgtest.By, org.AddSiteInput{Village: c.Village2.ID, Name: "大寺村桥头家庭党校", LicensedOn: orgtest.LicensedOn})
		if err != nil {
			return err
		}
		s, err = org.FindSchool(tx, v.ID)
		return err
	})
	peopletest.Roster(t, h.env, c.Tree, s, 2, 0)
	return s
}

// A clerk sets the week and has the schools matched, reads why, puts another school in the place of one whose host is ill, and prints the
// visits; the host sees who comes, and opens the roll of both.
func TestJourneyExchange(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		c.fourth(t, h)
		clerk := h.desk(t, c.clerk)
		clerk.Open("/calendar/rules")
		clerk.Tap("交流周")
		clerk.See("凤山镇交流周", "还没有定", "这一季还没有排")
		clerk.Fill("这一周里的任意一天", "2026-11-25")
		clerk.Tap("就定这一周")
		clerk.See("定好了：2026年11月23日 星期一这一周")
		clerk.Tap("排好每所家庭党校和谁交流")
		clerk.See("排好了：2组，0所单着", "以前没有交流过", "在同一个村", "学的课不一样")
		clerk.NoSideScroll()
		clerk.Axe()

		week := get[exchange.WeekView](t, h.client(t, c.clerk), "/exchange/weeks/"+c.Township.ID.String()+"/2026-Q4")
		clerk.Open("/exchange/groups/" + week.Groups[0].ID.String())
		clerk.See("为什么是我们", "以前没有交流过", "主办轮着来")
		clerk.Tap("有一家来不了：和别组对换")
		clerk.In("这一组的哪所").Choose("安石村李家寨家庭党校")
		clerk.Tap("对换")
		clerk.See("请选本乡镇另一组的家庭党校。")
		clerk.Fill("和哪所对换", "大寺村街子家庭党校")
		clerk.Tap("对换")
		clerk.See("对换好了", "大寺村街子家庭党校", "乡镇手工改过")
		if !clerk.Sees("安石村王家院家庭党校的交流") {
			clerk.Tap("户主病了、不在家：换一家主办")
			clerk.Choose("安石村王家院家庭党校")
			clerk.Tap("换成这家")
			clerk.See("换好了，在安石村王家院家庭党校")
		}
		clerk.NoSideScroll()
		clerk.Axe()
		clerk.Open("/exchange")
		clerk.Tap("走访安排")
		clerk.See("凤山镇2026年第4季度走访安排", "安石村王家院家庭党校", "大寺村街子家庭党校", "大寺村桥头家庭党校")
		clerk.Axe()
		if pdf := clerk.PDF(); len(pdf) == 0 {
			t.Error("nothing is printed")
		}

		guest := h.phone(t, c.neighbour)
		guest.Open("/today")
		guest.See("交流周", "你们到安石村王家院家庭党校去。")
		host := h.phone(t, c.host)
		host.Open("/today")
		host.See("交流周", "大寺村街子家庭党校到你们家来。")
		host.Tap("2026年11月23日 星期一 20:00")
		host.See("你们这一季的交流", "为什么是我们", "以前没有交流过")
		host.NoSideScroll()
		host.Axe()
		host.Tap("开始记这次交流")
		host.At("/sessions/" + week.Groups[0].SessionID.String() + "/*")
		host.Tap("去点名")
		host.See("点名:应到5人")
		host.Tap("应到的都到了")
		host.Tap("交名单(到5人)")
		host.Fill("几点开始", "20:00")
		host.Fill("几点结束", "21:00")
		host.Tap("没错,交")
		host.See("回执", "都传上去了")
		host.In("到会，应到5人").See("5")

		clerk.Open("/exchange/groups/" + week.Groups[0].ID.String())
		clerk.See("办过了")
		clerk.NotSee("改日子", "换一家主办")
		for _, p := range []*browsertest.Person{clerk, host, guest} {
			h.settled(p)
		}
		attendancetest.Sound(t, h.env)
	})
}

// The same through the API, with what others may not do, and what a settled meeting refuses.
func TestJourneyExchangeByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		fourth := c.fourth(t, h)
		clerk, host, guest, far := h.client(t, c.clerk), h.client(t, c.host), h.client(t, c.neighbour), h.client(t, c.farClerk)
		at := "/exchange/weeks/" + c.Township.ID.String() + "/2026-Q4"
		refused(t, clerk, "POST", at+"/plan", map[string]any{}, 409, "exchange.no_week")
		refused(t, far, "PUT", at, map[string]any{"day": "2026-11-25"}, 404, "access.not_found")
		send[exchange.WeekView](t, clerk, "PUT", at, map[string]any{"day": "2026-11-25"})
		week := send[exchange.WeekView](t, clerk, "POST", at+"/plan", map[string]any{})
		if len(week.Groups) != 2 || len(week.Alone) != 0 {
			t.Fatalf("%+v", week)
		}
		group := "/exchange/groups/" + week.Groups[0].ID.String()
		send[exchange.GroupView](t, clerk, "POST", group+"/swap", map[string]any{"site": c.Sister.ID, "with": c.Neighbour.ID})
		g := send[exchange.GroupView](t, clerk, "POST", group+"/host", map[string]any{"host": c.Site.ID})
		if g.Host.ID != c.Site.ID || len(g.Guests) != 1 || g.Guests[0].ID != c.Neighbour.ID || g.SessionID != exchange.SessionOf(g.ID) {
			t.Fatalf("%+v", g)
		}
		refused(t, host, "POST", group+"/call-off", map[string]any{"reason": "road"}, 403, "access.forbidden")
		today := get[attendance.TodayView](t, guest, "/sites/"+c.Neighbour.ID.String()+"/today")
		if today.Exchange == nil || today.Exchange.Host.ID != c.Site.ID || today.Exchange.SessionID != g.SessionID {
			t.Errorf("the guest's day: %+v", today.Exchange)
		}
		open := map[string]any{"session": g.SessionID, "site": c.Neighbour.ID, "kinds": []string{"exchange"}}
		refused(t, guest, "POST", "/sessions", open, 422, "input.invalid")
		open["site"] = c.Site.ID
		s := send[attendance.SessionView](t, host, "POST", "/sessions", open)
		refused(t, clerk, "POST", group+"/host", map[string]any{"host": c.Neighbour.ID}, 409, "exchange.begun")
		refused(t, clerk, "POST", group+"/swap", map[string]any{"site": c.Neighbour.ID, "with": fourth.ID}, 409, "exchange.begun")
		everybody := append(append([]access.PersonID{}, c.members...), c.others...)
		r := send[attendance.Receipt](t, host, "POST", "/sessions/"+s.ID.String()+"/roll", map[string]any{
			"base_revision": 0, "minutes": 60, "recorder": "杨桂芳", "marks": attendancetest.All(everybody, attendance.Present), "device": "phone", "seq": 1,
		})
		if r.Due != 5 || r.Present != 5 || r.Refused != 0 {
			t.Errorf("%+v", r)
		}
		if v := get[exchange.GroupView](t, guest, group); v.State != exchange.Held {
			t.Errorf("the meeting is %s", v.State)
		}
		attendancetest.Sound(t, h.env)
	})
}
