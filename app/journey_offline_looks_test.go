package main

import "testing"

// The views of the kept page hold to what every screen holds to: in each size of type, by keyboard, for a finger, for who hears it.
func TestJourneyOfflineLooks(t *testing.T) {
	h, c := countyEvening(t, 8, 4)
	p := atHome(t, h, c, t.TempDir())
	h.shut()
	look := func(next string) {
		t.Helper()
		for elder := range 3 {
			p.Look(elder)
			p.NoSideScroll()
			if elder < 2 {
				p.Axe()
				p.Targets([]float64{44, 60}[elder])
			}
			if elder == 1 {
				p.Type(18)
			}
		}
		p.Look(1)
		p.KeyboardOrder()
		if mains := p.MainActions(); len(mains) != 1 || mains[0] != next {
			t.Errorf("the next action is %v, want %s", mains, next)
		}
		p.NoKeys()
	}
	p.Open("/")
	p.See("开始今晚的活动")
	look("开始今晚的活动")
	p.Tap("开始今晚的活动")
	p.See("应到8人，到0人")
	look("应到的都到了")
	p.Tap("应到的都到了")
	p.In("李秀兰").Tap("请假")
	p.In("张秀兰").Tap("到")
	p.Tap("段秀兰")
	p.See("群众1人")
	look("交名单(到6人)")
	p.Tap("交名单")
	p.Tap("先不定")
	p.NotSee("怎么记")
	look("没错,交")
	p.Tap("没错,交")
	p.See("记在手机里了，还没传上去")
	look("回到今天的事")
	p.Tap("看还没传上去的")
	p.See("现在没有网")
	look("现在传")
	p.Open("/courses")
	p.See("要有网才能打开")
	p.Close()
}
