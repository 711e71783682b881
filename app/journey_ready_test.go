package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"huotang/configs"
	"huotang/handlers/web/browsertest"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar"
	"huotang/models/courses"
	"huotang/models/courses/coursestest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/reports"
)

// hostNumbers are those of the hosts of 凤山镇; the third has none.
var hostNumbers = []string{"13812345678", "13923456789"}

// soon is a county two days before its activity day, with numbers of hosts, a talk that was reviewed, and a television that broke.
func soon(t testing.TB, h *place) *county {
	t.Helper()
	h.env.Clock.Add(-48 * time.Hour)
	c := newCounty(t, h, 3, 1)
	coursestest.Reviewed(t, h.env, c.accounts[c.clerk], c.accounts[c.reviewer], c.Township.ID, "冬闲", "核桃修剪")
	clerk := c.accounts[c.clerk]
	for i, p := range []people.PersonID{c.members[0], c.sisters[0]} {
		h.env.Do(t, func(tx *db.Tx) error {
			_, err := h.areas.People.SetPhone(tx, clerk, people.SetPhoneInput{Person: p, Phone: hostNumbers[i]})
			return err
		})
	}
	h.env.Do(t, func(tx *db.Tx) error {
		_, err := org.SetEquipment(tx, clerk, org.SetEquipmentInput{
			Site: c.Neighbour.ID, Network: "broadband", Items: []org.Item{{Kind: "television", Count: 1, State: "broken"}},
		})
		return err
	})
	return c
}

// lists counts how often numbers were opened, as the trace keeps it.
func lists(t testing.TB, h *place) (n int64) {
	t.Helper()
	h.env.See(t, func(tx *db.Tx) error { return tx.Table("audit_rows").Where("act = 'people.call_list'").Count(&n).Error })
	return n
}

// A host says by one tap that the evening takes place, with scripts and without. The clerk sees what each school still wants, plans a
// lesson, telephones, ticks what was settled, and takes the list along on paper.
func TestJourneyReady(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := soon(t, h)
		host, clerk := h.phone(t, c.host), h.desk(t, c.clerk)
		confirmsByOneTap(host)
		seesWhatIsMissing(clerk)
		plansALesson(clerk)
		telephones(t, h, clerk)

		host.Open("/today")
		host.See("户主说好了")
		host.NotSee("还差", "电视机", "要的都有了")
		host.Open("/month/ready")
		host.NotSee("活动日前", "核桃修剪")
		host.Open("/today")

		onPhone := h.phone(t, c.reviewer)
		onPhone.Open("/month/ready")
		onPhone.Tap("看号码，打电话")
		onPhone.In(c.Site.Name).See(hostNumbers[0], "户主自己说好了")
		onPhone.NoSideScroll()
		onPhone.Axe()
		onPhone.Open("/month/ready?days=7")
		onPhone.See("有3个活动日")
		onPhone.Open("/month/calls")
		onPhone.See("没有要问的学校")
		for _, p := range []*browsertest.Person{clerk, host, onPhone} {
			p.NoSideScroll()
			p.Axe()
			h.settled(p)
		}
	})
}

// confirmsByOneTap says that the evening takes place, takes it back, and says it again on a phone without scripts.
func confirmsByOneTap(host *browsertest.Person) {
	host.Open("/today")
	host.See("2026年11月23日")
	host.Tap("说好了，到时候开展")
	host.See("记好了，到时候开展。", "户主说好了")
	host.At("/today?site=*")
	host.Tap("说错了，撤回")
	host.See("撤回了。", "说好了，到时候开展")
	host.NotSee("户主说好了")
	host.WithoutJS()
	host.Open("/today")
	host.Tap("说好了，到时候开展")
	host.See("户主说好了")
	host.Tap("说错了，撤回")
	host.NotSee("户主说好了")
	host.Tap("说好了，到时候开展")
	host.See("户主说好了")
	host.WithJS()
	host.Open("/today")
}

func seesWhatIsMissing(clerk *browsertest.Person) {
	clerk.Open("/month")
	clerk.Tap("近几天：还差什么")
	clerk.See("活动日前：还差什么", "有3个活动日，先打电话的2个，说好了的1个。", "其中户主自己点的1个", "先打这几家", "其他学校")
	clerk.In("安石村王家院家庭党校").See("户主自己说好了", "这个月还没有排课", "138****5678", "名册4人，应到3人")
	clerk.In("安石村李家寨家庭党校").See("这个月还没有排课", "139****6789", "设备还没有登记", "已授牌")
	clerk.In("大寺村街子家庭党校").See("电视机坏了", "没有登记电话", "宽带")
	clerk.NotSee(hostNumbers[0], "古平村犀牛家庭党校")
	clerk.NoSideScroll()
	clerk.Axe()
}

// plansALesson goes from the list to where lessons are planned, and back to a list without that lack.
func plansALesson(clerk *browsertest.Person) {
	clerk.In("安石村李家寨家庭党校").Tap("去办")
	clerk.At("/curricula")
	clerk.Tap("新安排")
	clerk.Tap("存好，接着排课")
	clerk.Tap("加一课")
	clerk.Fill("哪个月学", "11月")
	clerk.Choose("核桃修剪")
	clerk.Tap("加进去")
	clerk.Tap("回到安排")
	clerk.Tap("发给3所")
	clerk.Tap("发给3所")
	clerk.See("发出去了")
	clerk.Open("/month/ready")
	clerk.See("先打电话的1个")
	clerk.In("安石村李家寨家庭党校").See("要的都有了。", "《核桃修剪》讲课 30分钟")
	clerk.NotSee("这个月还没有排课")
}

// telephones ticks a school, takes it back, opens the numbers, ticks among them, and prints the list.
func telephones(t *testing.T, h *place, clerk *browsertest.Person) {
	t.Helper()
	clerk.In("大寺村街子家庭党校").Tap("已电话说好")
	clerk.See("记好了，电话说好了。", "先打电话的0个，说好了的2个")
	clerk.In("大寺村街子家庭党校").Tap("还没说好，撤回")
	clerk.See("撤回了，还没有说好。", "先打电话的1个，说好了的1个")
	if n := lists(t, h); n != 0 {
		t.Errorf("%d lists of numbers before one was opened", n)
	}
	clerk.Tap("看号码，打电话")
	clerk.See(hostNumbers[0], hostNumbers[1], "打开这些号码已记录在案")
	clerk.In("大寺村街子家庭党校").Tap("已电话说好")
	clerk.See(hostNumbers[0], "先打电话的0个，说好了的2个")
	clerk.In("大寺村街子家庭党校").See("已电话说好")
	clerk.Tap("打印电话单")
	clerk.See("第1页/共1页", hostNumbers[0], hostNumbers[1], "电视机坏了", "打开这些号码已记录在案")
	clerk.Paper(true)
	clerk.See(hostNumbers[0], "□")
	clerk.NotSee("提意见", "回到网页")
	clerk.Paper(false)
	if n := pagesOf(clerk.PDF()); n != 1 {
		t.Errorf("%d sheets of paper for three schools", n)
	}
	clerk.Tap("回到网页")
	clerk.NotSee(hostNumbers[0])
	clerk.See("138****5678")
	if n := lists(t, h); n != 3 { // opened, shown again with the tick, printed
		t.Errorf("%d lists of numbers in the trace", n)
	}
}

// The same through the API, with who may not.
func TestJourneyReadyByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := soon(t, h)
		clerk, host, far, auditor := h.client(t, c.clerk), h.client(t, c.host), h.client(t, c.farClerk), h.client(t, c.auditor)
		day := func(s org.School) string {
			return "/calendar/days/" + calendar.IDOf(s.ID, date.NewMonth(2026, 11), 1).String()
		}
		if d := send[calendar.DayView](t, host, "POST", day(c.Site)+"/confirm", map[string]any{}); d.ConfirmedHow != calendar.ByHost {
			t.Errorf("confirmed %+v", d)
		}
		if d := send[calendar.DayView](t, host, "POST", day(c.Site)+"/unconfirm", map[string]any{}); d.ConfirmedHow != "" {
			t.Errorf("taken back %+v", d)
		}
		send[calendar.DayView](t, host, "POST", day(c.Site)+"/confirm", map[string]any{})
		for who, code := range map[*client]int{host: 403, far: 404} {
			for method, path := range map[string]string{"GET": "/reports/ready?unit=" + c.Village.Code, "POST": "/reports/ready/calls"} {
				var in any
				if method == "POST" {
					in = map[string]any{"unit": c.Village.Code}
				}
				if r := who.api(method, path, in); r.StatusCode != code && r.StatusCode != 404 {
					t.Errorf("%s %s: %d, want %d", method, path, r.StatusCode, code)
				}
			}
		}
		refused(t, far, "POST", day(c.Site)+"/unconfirm", map[string]any{}, 404, "access.not_found")
		refused(t, clerk, "GET", "/reports/ready?days=30", nil, 422, "input.invalid")
		refused(t, auditor, "POST", "/reports/ready/calls", map[string]any{}, 403, "access.forbidden")

		v := get[reports.ReadyView](t, clerk, "/reports/ready")
		if v.Counts != (reports.ReadyCounts{Days: 3, First: 2, Confirmed: 1, ByHost: 1}) || v.Items[0].Site != c.Sister.ID || v.Items[2].Host.Phone != "138****5678" {
			t.Errorf("before %+v", v)
		}
		send[any](t, clerk, "PUT", "/sites/"+c.Neighbour.ID.String()+"/equipment", map[string]any{
			"network": "broadband", "items": []any{map[string]any{"kind": "television", "count": 1, "state": "good"}},
		})
		planByAPI(t, clerk, h, c)
		d := send[calendar.DayView](t, clerk, "POST", day(c.Neighbour)+"/confirm", map[string]any{"how": "phone"})
		if d.ConfirmedHow != calendar.ByPhone {
			t.Errorf("ticked %+v", d)
		}
		v = send[reports.ReadyView](t, clerk, "POST", "/reports/ready/calls", map[string]any{"unit": c.Township.Code})
		if v.Counts != (reports.ReadyCounts{Days: 3, Confirmed: 2, ByHost: 1}) || slices.ContainsFunc(v.Items, func(d reports.ReadyDay) bool { return len(d.Lacks) > 0 }) {
			t.Errorf("after %+v", v)
		}
		if v.Items[0].Host.Phone != hostNumbers[0] || v.Items[1].Host.Phone != hostNumbers[1] || v.Items[2].Host.Phone != "" || lists(t, h) != 1 {
			t.Errorf("numbers %+v, %d lists in the trace", v.Items, lists(t, h))
		}
		var kept []string
		h.env.See(t, func(tx *db.Tx) (err error) {
			kept, err = db.Ask[string](tx, "SELECT answer FROM form_keys")
			return err
		})
		if strings.Contains(strings.Join(kept, ""), hostNumbers[0]) {
			t.Error("a number lies in what is kept of forms")
		}
	})
}

// planByAPI plans the reviewed talk for this month.
func planByAPI(t *testing.T, clerk *client, h *place, c *county) {
	t.Helper()
	var lessons []courses.LessonID
	h.env.See(t, func(tx *db.Tx) (err error) {
		lessons, err = db.Ask[courses.LessonID](tx, "SELECT id FROM lessons WHERE title = '核桃修剪'")
		return err
	})
	type plan struct {
		ID       string `json:"id"`
		Revision int    `json:"revision"`
	}
	p := send[plan](t, clerk, "POST", "/curricula", map[string]any{"unit": c.Township.ID, "year": 2026, "title": "冬学"})
	p = send[plan](t, clerk, "PUT", "/curricula/"+p.ID+"/items", map[string]any{
		"revision": p.Revision, "items": []any{map[string]any{"lesson": lessons[0], "month": "2026-11", "required": true}},
	})
	send[any](t, clerk, "POST", "/curricula/"+p.ID+"/publish", map[string]any{"revision": p.Revision})
}

// The numbers of a whole list take the second factor anew, where it is in use; what they were asked for goes on afterwards.
func TestJourneyNumbersTakeTheSecondFactor(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := soon(t, h)
		clerk := browsertest.Desk(t, h.URL())
		enter(clerk, c.clerk, accountstest.Password)
		key := strings.ReplaceAll(clerk.Reads(regexp.MustCompile(`密钥： ?((?:[A-Z2-7]{4} ?){8})`)), " ", "")
		digits := func() string {
			code, err := totp.GenerateCode(key, h.env.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		clerk.Fill("验证码", digits())
		clerk.Tap("设好，进去")
		clerk.Tap("收好了，继续")
		clerk.Open("/month/ready")
		clerk.Tap("看号码，打电话")
		clerk.See(hostNumbers[0]) // asked for just now
		h.env.Clock.Add(11 * time.Minute)
		clerk.In(c.Neighbour.Name).Tap("已电话说好")
		clerk.See("再核对一次是您本人")
		clerk.NotSee(hostNumbers[0])
		clerk.Fill("验证码", digits())
		clerk.Tap("继续")
		clerk.Tap("接着交")
		clerk.See(hostNumbers[0], "说好了的1个")
		h.settled(clerk)
	}, func(cfg *configs.Config) { cfg.SecondFactor = "on" })
}
