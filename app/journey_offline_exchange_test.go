package main

import (
	"testing"

	"huotang/models/attendance/attendancetest"
	"huotang/models/exchange"
)

// The host of an exchange week's meeting calls the roll of all its schools without a network; the guest's phone says where to go.
func TestJourneyOfflineExchange(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 3, 1)
	clerk := h.client(t, c.clerk)
	at := "/exchange/weeks/" + c.Township.ID.String() + "/2026-Q4"
	send[exchange.WeekView](t, clerk, "PUT", at, map[string]any{"day": "2026-11-25"})
	week := send[exchange.WeekView](t, clerk, "POST", at+"/plan", map[string]any{})
	g := send[exchange.GroupView](t, clerk, "POST", "/exchange/groups/"+week.Groups[0].ID.String()+"/host", map[string]any{"host": c.Site.ID})
	if len(g.Guests) != 2 {
		t.Fatalf("the guests are %+v", g.Guests)
	}
	guest := atHome(t, h, &county{Tree: c.Tree, host: c.neighbour}, t.TempDir())
	folder := t.TempDir()
	atHome(t, h, c, folder).Close()
	h.shut()

	guest.Open("/")
	guest.See("交流周", "你们到安石村王家院家庭党校去。")
	guest.Close()
	p := fromIcon(t, h, folder)
	p.See("交流周", g.Guests[0].Name, g.Guests[1].Name+"到你们家来。")
	p.In("交流周").Tap("开始")
	p.See("应到8人", g.Guests[0].Name, g.Guests[1].Name)
	p.Tap("应到的都到了")
	p.NoSideScroll()
	p.Axe()
	p.Tap("交名单")
	p.See("交流周", "到8人")
	p.Tap("这次先记在纸上")
	p.Tap("没错,交")
	p.See("记在手机里了，还没传上去")
	open := h.again(t, "test")
	p.Open("/roll")
	p.See("都传上去了")
	v := theRoll(t, open, c)
	if v.Due != 8 || v.Present != 8 || v.ID != g.SessionID || !v.OnPaper {
		t.Errorf("the roll is %+v: %+v", v.Tally, v.SessionView)
	}
	if held := get[exchange.GroupView](t, open.client(t, c.host), "/exchange/groups/"+g.ID.String()); held.State != exchange.Held {
		t.Errorf("the meeting is %s", held.State)
	}
	p.In("交流周").Tap("改") // with the guests' names
	p.See("应到8人", g.Guests[0].Name)
	attendancetest.Sound(t, h.env)
	p.Close()
}
