package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/org"
	"huotang/models/progress"
)

// A host's evening: today, the lesson, the roll with its exceptions, the check, the receipt.
func TestJourneyTeach(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 20, 4)
		published(t, h, c)
		host := h.phone(t, c.host)
		host.At("/today")
		host.See("今天的事", "春茶第一锄", "视频 · 30分钟")
		host.Tap("开始今晚的活动")
		host.At("/sessions/*")
		host.See("春茶第一锄")
		host.Tap("放满屏")
		host.Watch("play", func(v browsertest.Video) bool { return v.At > 0.3 && v.Error == "" })
		host.LeaveFullScreen()
		host.Tap("去点名")

		host.See("点名:应到20人", "还有20人未点")
		host.Tap("应到的都到了")
		host.See("交名单(到20人)")
		host.In("李秀兰").Tap("请假")
		host.In("张秀兰").Tap("没来")
		host.In("杨秀兰").Tap("到") // a second tap takes the mark back
		host.See("交名单(到17人)", "还有1人未点")
		host.Choose("王桂芬")
		host.Fill("名单外的人，写名字", "赵有福")
		host.Tap("大人多一个")
		host.Tap("大人多一个")
		host.Tap("小孩多一个")
		host.NoSideScroll()
		host.Axe()
		host.Tap("交名单")

		host.See("核对一下再交", "这1个人还没点，来了吗？", "17人(应到20人)", "记名2人，没记名3人", "赵有福")
		host.In("杨秀兰").Choose("到")
		host.Fill("李秀兰", "农忙")
		host.Fill("几点开始", "20:00")
		host.Fill("几点结束", "21:30")
		host.NoSideScroll()
		host.Axe()
		host.Tap("没错,交")

		host.See("回执", "都传上去了")
		host.In("到会，应到20人").See("18")
		host.In("活动时长").See("90")
		host.In("每人记这么多").See("1 学时")
		host.In("来听课的群众").See("5")
		host.See("一课满30分钟记1学时", "同一课一年只记一次")
		host.In("没到的").See("李秀兰", "请假 · 农忙", "张秀兰", "没来")
		host.NoSideScroll()
		host.Axe()
		host.Tap("回到今天的事")
		host.See("已经交了", "到18人，来听课的群众5人")
		h.settled(host)
		attendancetest.Sound(t, h.env)
	})
}

// Without scripts the same evening works, too.
func TestJourneyTeachWithoutScripts(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 3, 1)
	published(t, h, c)
	host := browsertest.Phone(t, h.URL())
	host.WithoutJS()
	signIn(host, c.host)
	host.Tap("开始今晚的活动")
	host.Open("/today")
	host.Tap("去点名")
	host.Tap("应到的都到了")
	host.In("张秀兰").Choose("没来")
	host.Tap("交名单")
	host.See("核对一下再交", "2人(应到3人)")
	if !host.Chosen("春茶第一锄") {
		t.Error("the lesson of the evening is not ticked")
	}
	host.Tap("没错,交")
	host.See("回执")
	host.In("到会，应到3人").See("2")
}

// Two phones hold one roll: what they say of different people stands, where they differ one tap settles it.
func TestJourneyTwoPhones(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 6, 0)
		published(t, h, c)
		head := c.account(t, h, access.Head, org.SiteUnit(c.Site.ID), access.PersonID{})
		one, two := h.phone(t, c.host), h.phone(t, head)
		one.Tap("开始今晚的活动")
		roll := strings.Split(strings.TrimSuffix(one.Path(), "/teach"), "/teach")[0] + "/roll"
		mark := func(p *browsertest.Person, states map[string]string) {
			p.Open(roll)
			for name, state := range states {
				p.In(name).Choose(state)
			}
			p.Tap("交名单")
			p.See("核对一下再交")
			p.Fill("几点开始", "20:00")
			p.Fill("几点结束", "21:00")
		}
		mark(one, map[string]string{"王秀兰": "到", "李秀兰": "到", "张秀兰": "请假"})
		mark(two, map[string]string{"杨秀兰": "到", "罗秀兰": "没来", "张秀兰": "没来"})
		together(func() { one.Tap("没错,交") }, func() { two.Tap("没错,交") })
		one.See("回执")
		two.See("回执")
		attendancetest.Sound(t, h.env)

		one.Open(strings.TrimSuffix(roll, "/roll"))
		one.See("3/6", "有1个人，两部手机记得不一样")
		one.In("两部手机记得不一样").Tap("请假")
		one.NotSee("两部手机记得不一样")
		two.Open(strings.TrimSuffix(roll, "/roll"))
		two.NotSee("两部手机记得不一样")
		two.In("张秀兰").See("请假")
		attendancetest.Sound(t, h.env)
		h.settled(one)
		h.settled(two)
	})
}

// together does things at the same moment and waits for both.
func together(acts ...func()) {
	var ready, done sync.WaitGroup
	ready.Add(len(acts))
	for _, act := range acts {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			act()
		})
	}
	done.Wait()
}

// The same through the API: two phones hand in at once, again and again, and nothing is lost or counted twice.
func TestJourneyTeachByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 20, 2)
		p := published(t, h, c)
		host, head := h.client(t, c.host), h.client(t, c.account(t, h, access.Head, org.SiteUnit(c.Site.ID), access.PersonID{}))
		today := get[attendance.TodayView](t, host, "/sites/"+c.Site.ID.String()+"/today")
		if today.Task != attendance.DueToday || len(today.Plan) != 1 || today.Plan[0].Lesson != p.lesson.ID {
			t.Fatalf("today is %+v", today)
		}
		open := map[string]any{"activity_day": today.Day.ID}
		session := send[attendance.SessionView](t, host, "POST", "/sessions", open)
		if again := send[attendance.SessionView](t, head, "POST", "/sessions", open); again.ID != session.ID {
			t.Error("the other phone opened another session")
		}
		at := "/sessions/" + session.ID.String()
		item := func(device string, marks []attendance.MarkInput) map[string]any {
			return map[string]any{
				"base_revision": 0, "minutes": 90, "lessons": []any{p.lesson.ID}, "marks": marks, "adults": 2, "children": 1,
				"device": device, "seq": 1,
			}
		}
		one := item("one", append(attendancetest.All(c.members[:10], attendance.Present), attendancetest.All(c.villagers[:1], attendance.Present)...))
		two := item("two", append(attendancetest.All(c.members[9:18], attendance.Present), attendancetest.All(c.members[0:1], attendance.OnLeave)...))
		receipts := make([]attendance.Receipt, 2)
		together(
			func() { receipts[0] = send[attendance.Receipt](t, host, "POST", at+"/roll", one) },
			func() { receipts[1] = send[attendance.Receipt](t, head, "POST", at+"/roll", two) },
		)
		if got := receipts[0].Conflicts + receipts[1].Conflicts; got != 1 {
			t.Errorf("%d conflicts, want the one about the first member: %+v", got, receipts)
		}
		again := send[attendance.Receipt](t, host, "POST", at+"/roll", one)
		if fmt.Sprint(again) != fmt.Sprint(receipts[0]) {
			t.Errorf("the same item again gave another receipt:\n%+v\n%+v", again, receipts[0])
		}
		one["minutes"] = 91
		refused(t, host, "POST", at+"/roll", one, 409, "attendance.item_differs")

		send[any](t, head, "POST", at+"/settle", map[string]any{"person": c.members[0], "state": "present"})
		v := get[attendance.RollView](t, host, at)
		want := attendance.Tally{Due: 20, Present: 18, Unmarked: 2, Observers: 1, Adults: 2, Children: 1}
		if v.Tally != want || v.Attendances != 22 || v.Minutes != 90 {
			t.Errorf("the roll is %+v (%d, %d minutes), want %+v", v.Tally, v.Attendances, v.Minutes, want)
		}
		attendancetest.Sound(t, h.env)
		hours := get[progress.SessionHours](t, host, at+"/hours")
		if hours.CentiHours != 100 || len(hours.ByPerson) != 19 || hours.ByPerson[c.members[1]] != 100 {
			t.Errorf("study hours: %+v", hours)
		}
		onlyThose(t, h, c, at)
	})
}

// onlyThose checks who else may see the roll, and hand it in.
func onlyThose(t *testing.T, h *place, c *county, session string) {
	t.Helper()
	may := []string{c.host, c.clerk, c.reviewer, c.office, c.auditor, c.secretary}
	for name := range c.accounts {
		r := h.client(t, name)
		got := r.api("GET", session, nil)
		sees := slices.Contains(may, name) || c.accounts[name].Has(access.Head)
		if sees != (got.StatusCode == 200) {
			t.Errorf("%s reads the roll: %d", name, got.StatusCode)
		}
		if name == c.host || c.accounts[name].Has(access.Head) {
			continue
		}
		got = r.api("POST", session+"/roll", map[string]any{"minutes": 60, "device": "x", "seq": 1, "why": "不该能改"})
		if want := map[bool]int{true: 403, false: 404}[sees]; got.StatusCode != want {
			t.Errorf("%s hands in the roll: %d, want %d", name, got.StatusCode, want)
		}
	}
}

// published makes the course with its video and sends it to the whole township, by the API.
func published(t *testing.T, h *place, c *county) *publisher {
	t.Helper()
	p := &publisher{t: t, h: h, c: c, clerk: h.client(t, c.clerk), reviewer: h.client(t, c.reviewer)}
	p.write()
	p.upload()
	p.review()
	p.plan()
	p.publish(map[string]any{"all": true}, 3)
	return p
}
