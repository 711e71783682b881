package main

import (
	"net/http"
	"strings"
	"testing"

	"huotang/models/access"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/db"
	"huotang/models/people"
)

// A host calls the roll: one is away and leaves it at once, one was noted by mistake and comes back, and a name outside the
// roster turns out to be somebody who is known. The village confirms who is away.
func TestJourneyNoteAway(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 5, 2)
		published(t, h, c)
		village := c.account(t, h, access.Village, c.Village.ID, access.PersonID{})
		host := h.phone(t, c.host)
		host.Tap("开始今晚的活动")
		session, _, _ := strings.Cut(host.Path(), "/teach")
		host.Open(session + "/roll")
		host.See("点名:应到5人")
		host.In("李秀兰").Tap("请假")
		host.Tap("这个人外出了 / 不在了")
		host.Fill("谁外出了、不在了", "杨秀兰")
		host.Tap("外出了，还会回来")
		host.See("点名:应到4人")
		host.Fill("谁外出了、不在了", "张秀兰")
		host.Tap("搬走了，不回来了")
		host.See("点名:应到3人")
		host.NoSideScroll()
		host.Axe()
		host.In("张秀兰").Tap("放回名单")
		host.See("点名:应到4人")
		host.Tap("应到的都到了")
		host.Fill("名单外的人，写名字", "秀兰家的")
		host.Tap("交名单")
		host.See("核对一下再交", "(应到4人)")
		host.Fill("李秀兰", "农忙")
		host.Fill("几点开始", "20:00")
		host.Fill("几点结束", "21:30")
		host.Tap("没错,交")
		host.See("回执")

		host.Open(session + "/guests")
		host.See("名单外的人是谁", "秀兰家的")
		host.Fill("找人：姓名、拼音或首字母", "周秀兰")
		host.Tap("找人")
		host.NoSideScroll()
		host.Axe()
		host.Choose("周秀兰")
		host.Tap("就是这个人")
		host.See("记好了", "是 周秀兰")
		host.Tap("不是他，分开")
		host.See("分开了", "秀兰家的")

		clerk := h.desk(t, village)
		clerk.Open("/people/away")
		clerk.See("杨秀兰", "外出")
		clerk.NotSee("张秀兰")
		clerk.Choose("杨秀兰")
		clerk.Tap("是这样")
		clerk.See("核对好了，共 1 人")
		h.settled(host)
		h.settled(clerk)
		attendancetest.Sound(t, h.env)
	})
}

// The same for a program.
func TestJourneyNoteAwayByAPI(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 5, 2)
	host := h.client(t, c.host)
	type rollView struct {
		DueList []struct {
			Person access.PersonID `json:"person"`
		} `json:"due_list"`
	}
	opened := send[attendance.SessionView](t, host, http.MethodPost, "/sessions", attendance.OpenInput{Site: c.Site.ID})
	at := "/sessions/" + opened.ID.String() + "/roll"
	roster := "/sites/" + c.Site.ID.String() + "/roster/" + c.members[3].String()
	if before := get[rollView](t, host, at); len(before.DueList) != 5 {
		t.Fatalf("%d due", len(before.DueList))
	}
	send[people.View](t, host, http.MethodPost, roster+"/away", map[string]string{"state": "away"})
	if now := get[rollView](t, host, at); len(now.DueList) != 4 {
		t.Errorf("%d due, after one has gone away", len(now.DueList))
	}
	noted := get[db.Page[people.Noted]](t, host, "/people/unconfirmed?site="+c.Site.ID.String())
	if len(noted.Items) != 1 {
		t.Fatalf("%+v", noted.Items)
	}
	send[people.Settled](t, host, http.MethodPost, "/people/undo-life", people.LifeInput{Items: []string{noted.Items[0].Item}})
	if now := get[rollView](t, host, at); len(now.DueList) != 5 {
		t.Errorf("%d due, after he came back", len(now.DueList))
	}
}
