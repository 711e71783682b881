package main

import (
	"testing"

	"huotang/handlers/web/browsertest"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/org/orgtest"
)

// A clerk moves a day on the page of the month by the mouse, is told what speaks against a date while he holds it, puts it back,
// and is told why another date is refused. Then the same by keys, and without scripts.
func TestJourneyMonth(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		calendartest.Rule(t, h.env, c.Tree.Township.ID, calendartest.OnDay(9))
		dec := func() string {
			return calendartest.Day(t, h.env, c.Tree.Site.ID, date.NewMonth(2026, 12)).PlannedOn.String()
		}
		clerk := h.desk(t, c.clerk)
		h.env.Do(t, func(tx *db.Tx) error {
			_, err := calendar.SetMarket(tx, orgtest.By, calendar.SetMarketInput{Unit: c.Tree.Township.ID, Market: calendar.MarketDigits, Values: []int{1}})
			return err
		})
		clerk.Open("/calendar?month=2026-12")
		clerk.See("凤山镇 2026年12月活动日", "冬月初一")
		clerk.NoSideScroll()
		clerk.Axe()
		clerk.Lift("安石村王家院", "td[data-date='2026-12-11']")
		clerk.See("改到 2026年12月11日 星期五 冬月初三", "这天是街天", "可以改到")
		clerk.Drop()
		clerk.See("安石村王家院家庭党校改到2026年12月11日", "原定12月9日", "改回12月9日")
		if got := dec(); got != "2026-12-11" {
			t.Errorf("dropped, it is on %s", got)
		}
		clerk.Tap("改回12月9日")
		clerk.See("撤回了")
		if got := dec(); got != "2026-12-09" {
			t.Errorf("put back, it is on %s", got)
		}
		clerk.Lift("安石村王家院", "td[data-date='2027-01-03']")
		clerk.Drop()
		clerk.See("没改成，还是原来的日子：", "不超过15天")
		if got := dec(); got != "2026-12-09" {
			t.Errorf("refused, it is on %s", got)
		}
		clerk.Lift("安石村王家院", "td[data-date='2026-12-11']")
		clerk.Press(browsertest.Escape)
		clerk.Drop()
		clerk.NotSee("改到 2026年12月11日")

		finger := h.phone(t, c.clerk)
		finger.Open("/calendar?month=2026-12")
		finger.See("凤山镇 2026年12月活动日", "按住学校旁边的")
		finger.NoSideScroll()
		finger.LiftByFinger("安石村王家院", ".weeks td[data-date='2026-12-11']")
		finger.See("改到 2026年12月11日 星期五 冬月初三", "这天是街天", "可以改到")
		finger.Screenshot("month-by-finger")
		finger.LetGo()
		finger.See("安石村王家院家庭党校改到2026年12月11日", "原定12月9日", "改回12月9日")
		if got := dec(); got != "2026-12-11" {
			t.Errorf("let go, it is on %s", got)
		}
		finger.Tap("改回12月9日")
		finger.See("撤回了")
		finger.LiftByFinger("安石村王家院", ".weeks td[data-date='2027-01-03']")
		finger.LetGo()
		finger.See("没改成，还是原来的日子：", "不超过15天")
		finger.LiftByFinger("安石村王家院", "h1") // beside the calendar
		finger.See("还是原来的日子")
		finger.LetGo()
		finger.NotSee("还是原来的日子")
		if got := dec(); got != "2026-12-09" {
			t.Errorf("refused and put back, it is on %s", got)
		}
		h.settled(finger)

		keys := byKeys(t, h, c.clerk)
		keys.Open("/calendar?month=2026-12")
		keys.TabTo("安石村王家院")
		keys.Press(browsertest.Right)
		keys.Press(browsertest.Right)
		keys.See("改到 2026年12月11日", "这天是街天")
		keys.Press(browsertest.Escape)
		keys.NotSee("改到 2026年12月11日")
		keys.Press(browsertest.Right)
		keys.Press(browsertest.Down)
		keys.See("改到 2026年12月17日")
		keys.Press(browsertest.Enter)
		keys.See("安石村王家院家庭党校改到2026年12月17日", "改回12月9日")
		if got := dec(); got != "2026-12-17" {
			t.Errorf("carried by keys, it is on %s", got)
		}
		h.settled(keys.Person)
	})
}
