package main

import (
	"strings"
	"testing"

	"huotang/handlers/web/browsertest"
)

// plain opens a browser without scripts and signs in.
func (h *place) plain(t testing.TB, open func(testing.TB, string) *browsertest.Person, username string) *browsertest.Person {
	t.Helper()
	p := open(t, h.URL())
	p.WithoutJS()
	signIn(p, username)
	return p
}

// Without scripts a township sets its rule, a lesson goes from its clerk over the review to a school, the school finds and
// opens it, and the county sees its report and takes it away. The evening is in [TestJourneyTeachWithoutScripts].
func TestJourneysWithoutScripts(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 3, 1)
	clerk := h.plain(t, browsertest.Desk, c.clerk)
	setRule(clerk)
	writeLesson(t, clerk)
	clerk.Attach("视频文件", absolute(t, video))
	clerk.Tap("传上去")
	clerk.See("春茶第一锄", "视频已传", "等审核")

	reviewer := h.plain(t, browsertest.Desk, c.reviewer)
	reviewer.Open("/courses/review")
	reviewer.Tap("春茶第一锄")
	plays(reviewer)
	reviewer.Tap("同意")
	reviewer.See("审好了，可以发布了")
	publishToOne(clerk)

	host := h.plain(t, browsertest.Phone, c.host)
	host.Open("/catalogue")
	host.Fill("找课程", "ccgl")
	host.Tap("找")
	host.Fill("内容", "知识技能")
	host.Tap("找")
	host.Tap("春茶第一锄")
	host.At("/catalogue/lessons/*")
	plays(host)

	office := h.plain(t, browsertest.Desk, c.office)
	office.At("/county")
	office.Tap("图里的数字")
	office.In("2026年11月").See("0")
	office.Tap("加算覆盖率")
	if name, _ := office.Download("Excel"); name != "全县情况-2026-11-23.xlsx" {
		t.Errorf("the file is called %s", name)
	}
	office.Tap("打印A4")
	office.See("请用浏览器菜单里的「打印」", "第1页/共1页")
	office.Open("/county")
	office.Tap("凤山镇")
	office.See("凤山镇情况")
	for _, p := range []*browsertest.Person{clerk, reviewer, host, office} {
		h.settled(p)
	}
}

// plays checks that the page's video stands there with its own controls, and that no button that needs scripts does.
func plays(p *browsertest.Person) {
	p.Watch("have its address", func(v browsertest.Video) bool { return strings.HasSuffix(v.Source, "/play") })
	p.NoDeadControls()
}
