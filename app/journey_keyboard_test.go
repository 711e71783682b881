package main

import (
	"strings"
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/accounts/accountstest"
)

// byKeys signs in without a mouse or a finger, and is all that follows: Tab, Enter, Space, arrows and letters.
func byKeys(t testing.TB, h *place, username string) *typist {
	t.Helper()
	k := &typist{browsertest.Desk(t, h.URL())}
	k.Open("/sign-in")
	k.write("用户名", username)
	k.Press(browsertest.Tab)
	k.Press(accountstest.Password)
	k.Press(browsertest.Enter)
	k.NotSee("密码")
	return k
}

// typist is a person who has a keyboard and nothing else.
type typist struct{ *browsertest.Person }

// enter goes to a link, a button or what can be opened, and presses Enter.
func (k *typist) enter(words string) {
	k.TabTo(words)
	k.Press(browsertest.Enter)
}

// write goes to a field and types in place of what stands there, as Tab marks it.
func (k *typist) write(label, text string) {
	k.TabTo(label)
	k.Press(text)
}

// turn goes to a list and presses the arrow until the entry stands there.
func (k *typist) turn(label, entry string) {
	k.TabTo(label)
	for range 40 {
		if strings.Contains(k.Value(label), entry) {
			return
		}
		k.Press(browsertest.Down)
	}
	k.Fail("the arrows never come to %s in %s", entry, label)
}

// pick goes to a group of which first is chosen, or stands first, and presses the arrow until the words are.
func (k *typist) pick(first, words string) {
	k.TabTo(first)
	k.Press(browsertest.Space)
	for range 40 {
		if at := k.Focus(); at != nil && strings.HasPrefix(at.Name, words) && k.Chosen(words) {
			return
		}
		k.Press(browsertest.Down)
	}
	k.Fail("the arrows never come to %s", words)
}

// Everything of an evening can be done without a mouse or a finger.
func TestJourneyByKeyboard(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 4, 1)
	published(t, h, c)
	p := byKeys(t, h, c.host)
	p.At("/today")
	p.enter("开始今晚的活动")
	p.enter("去点名")
	p.See("点名:应到4人")
	p.enter("应到的都到了")
	p.See("交名单(到4人)")
	p.TabTo("张秀兰到") // a mark has the name of the person, too; the arrows go through the others
	p.Press(browsertest.Right)
	p.See("交名单(到3人)")
	p.enter("交名单(到3人)")
	p.See("核对一下再交", "3人(应到4人)")
	p.enter("没错,交")
	p.See("回执", "请假")
	h.settled(p.Person)
}

// So can everything from the course over the review and the plan to the schools.
func TestJourneyPublishByKeyboard(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 3, 1)
	clerk := byKeys(t, h, c.clerk)
	clerk.Open("/courses")
	clerk.enter("新课程")
	clerk.write("课程名", "春茶管理")
	clerk.turn("属于哪一项", "知识技能")
	clerk.write("一句话说讲什么", "采茶以前要做的三件事。")
	clerk.write("讲师", "茶文光")
	clerk.enter("存好，接着加课")
	clerk.enter("加一节课")
	clerk.write("这节课叫什么", "春茶第一锄")
	clerk.pick("视频(传上来)", "人来讲")
	clerk.write("多少分钟", "30")
	clerk.turn("说什么话", "本地话")
	clerk.enter("存好")
	clerk.See("春茶第一锄", "等审核")

	reviewer := byKeys(t, h, c.reviewer)
	reviewer.Open("/courses")
	reviewer.enter("等我审的")
	reviewer.enter("春茶第一锄")
	reviewer.enter("同意")
	reviewer.See("审好了，可以发布了")

	clerk.Open("/curricula")
	clerk.enter("新安排")
	clerk.enter("存好，接着排课")
	clerk.enter("加一课")
	clerk.turn("哪个月学", "11月")
	clerk.pick("必修", "选修")
	clerk.TabTo("春茶第一锄")
	clerk.Press(browsertest.Space)
	clerk.enter("加进去")
	clerk.enter("回到安排")
	clerk.enter("选学校")
	clerk.pick("凤山镇全部学校", "只发给几所")
	clerk.TabTo("安石村王家院家庭党校")
	clerk.Press(browsertest.Space)
	clerk.enter("存好")
	clerk.enter("发给1所")
	clerk.See("第一次发，都是新的")
	clerk.enter("发给1所")
	clerk.See("发出去了。这是第1版，1所学校看得到。")
	h.settled(clerk.Person)
	h.settled(reviewer.Person)
}

// A member finds a lesson and plays, stops and goes on with its video.
func TestJourneyLearnByKeyboard(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 3, 0)
	published(t, h, c)
	p := byKeys(t, h, c.trainee)
	p.At("/catalogue")
	p.turn("内容", "知识技能")
	p.At("/catalogue") // the arrows pass over entries; only the button goes
	p.enter("找")
	p.At("/catalogue?*")
	p.write("找课程", "ccgl")
	p.Press(browsertest.Enter)
	p.enter("春茶第一锄")
	p.At("/catalogue/lessons/*")
	p.enter("播放")
	p.Watch("play", func(v browsertest.Video) bool { return v.At > 0.3 && v.Error == "" })
	p.toVideo()
	p.Press(browsertest.Space)
	p.Watch("stop", func(v browsertest.Video) bool { return v.Paused })
	p.Press(browsertest.Space)
	p.Watch("go on", func(v browsertest.Video) bool { return !v.Paused })
	h.settled(p.Person)
}

// toVideo goes to the video itself.
func (k *typist) toVideo() {
	for range 60 {
		k.Press(browsertest.Tab)
		if at := k.Focus(); at != nil && strings.HasPrefix(at.What, "<video") {
			return
		}
	}
	k.Fail("Tab never comes to the video")
}

// The county opens its report to the single evening, and takes it away as a file and on paper.
func TestJourneySeeByKeyboard(t *testing.T) {
	h := onDisk(t)
	c := newCounty(t, h, 4, 1)
	aYear(t, h, c, published(t, h, c))
	p := byKeys(t, h, c.office)
	p.At("/county")
	p.TabTo("Excel")
	if name, _ := p.Came(func() { p.Press(browsertest.Enter) }); name != "全县情况-2026-11-24.xlsx" {
		t.Errorf("the file is called %s", name)
	}
	p.enter("图里的数字")
	p.In("2026年11月").See("3", "14")
	p.enter("打印A4")
	p.See("第1页/共1页")
	p.enter("回到网页")
	p.enter("凤山镇")
	p.See("凤山镇情况")
	p.enter("安石村")
	p.enter("安石村王家院家庭党校")
	p.enter("2026年11月23日")
	p.At("/sessions/*")
	p.See("王秀兰", "到会", "春茶第一锄")
	h.settled(p.Person)
}
