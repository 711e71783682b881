package calendar

import (
	"github.com/6tail/lunar-go/LunarUtil"
	"github.com/6tail/lunar-go/calendar"

	"huotang/models/date"
)

func lunarDay(day date.Date) *calendar.Lunar {
	y, m, d := day.UTC().Date()
	return calendar.NewLunarFromSolar(calendar.NewSolarFromYmd(y, int(m), d))
}

// LunarOf writes a day as the lunar calendar does: 十月初五. "" for the zero date.
func LunarOf(day date.Date) string {
	if day.IsZero() {
		return ""
	}
	l := lunarDay(day)
	return l.GetMonthInChinese() + "月" + l.GetDayInChinese()
}

// lunarOf is a day's month and day by the lunar calendar; a leap month has the number of the one before.
func lunarOf(day date.Date) (month, dayOfMonth int) {
	l := lunarDay(day)
	if month = l.GetMonth(); month < 0 {
		month = -month
	}
	return month, l.GetDay()
}

// LunarMonth and LunarDay write a month, 1–12, and a day, 1–30, of the lunar year: 六月, 廿四.
func LunarMonth(n int) string { return LunarUtil.MONTH[n] + "月" }

// LunarDay is described with [LunarMonth].
func LunarDay(n int) string { return LunarUtil.DAY[n] }

// almanac remembers lunar dates for one list: schools of a township meet on few dates.
type almanac map[date.Date]string

func (a almanac) of(day date.Date) string {
	s, ok := a[day]
	if !ok {
		s = LunarOf(day)
		a[day] = s
	}
	return s
}
