package main

import (
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
)

// Limits of an evening without a network: pointer events with the icon, and what an exception adds.
const (
	mostTaps      = 6
	tapsException = 2
)

// atHome gives a host's own phone that has been at 今天的事 once with a network and keeps the roll from then on.
func atHome(t *testing.T, h *place, c *county, folder string) *browsertest.Person {
	t.Helper()
	p := browsertest.Own(t, h.URL(), folder)
	p.Clock(h.env.Clock.Now())
	signIn(p, c.host)
	p.At("/today")
	p.See("没有网也能点名")
	return p
}

// fromIcon opens the phone's browser again, and the site by its icon.
func fromIcon(t *testing.T, h *place, folder string) *browsertest.Person {
	t.Helper()
	p := browsertest.Own(t, h.URL(), folder)
	p.Clock(h.env.Clock.Now())
	p.Open("/")
	p.At("/roll*")
	return p
}

// An evening with the network really off: from the icon to 「没错,交」 in six taps, the battery dies, and once the site can be reached
// the roll is there, once.
func TestJourneyOffline(t *testing.T) {
	h, c := countyEvening(t, 20, 4)
	folder := t.TempDir()
	atHome(t, h, c, folder).Close()
	h.shut()

	p := fromIcon(t, h, folder)
	before := p.Taps()
	p.See("今天的事", "春茶第一锄")
	p.Tap("开始今晚的活动")
	p.Tap("应到的都到了")
	p.See("交名单(到20人)")
	p.Tap("交名单")
	p.See("核对一下再交")
	if !p.Chosen("春茶第一锄 · 30分钟") {
		t.Error("the lesson of the evening is not ticked")
	}
	p.Tap("没错,交")
	p.See("记在手机里了，还没传上去", "到20人，来听课的群众0人")
	if n := p.Taps() - before + 1; n > mostTaps {
		t.Errorf("%d taps with that on the icon, want at most %d", n, mostTaps)
	}
	p.Kill()

	p = fromIcon(t, h, folder)
	p.See("有1次还没传上去")
	open := h.again(t, "test")
	p.Tap("现在传")
	p.See("都传上去了")
	p.NotSee("还没传上去")
	host := open.client(t, c.host)
	list := get[struct{ Items []attendance.SessionView }](t, host, "/sessions?site="+c.Site.ID.String())
	if len(list.Items) != 1 || list.Items[0].Present != 20 || list.Items[0].State != attendance.HandedIn {
		t.Errorf("the sessions are %+v", list.Items)
	}
	attendancetest.Sound(t, h.env)
	p.Close()
}
