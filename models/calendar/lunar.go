package calendar

import (
	"sync"

	"github.com/6tail/lunar-go/LunarUtil"
	"github.com/6tail/lunar-go/calendar"

	"huotang/models/date"
)

// lunarDate is a day by the lunar calendar.
type lunarDate struct {
	month, day int // a leap month has the number of the one before
	leap       bool
}

func (l lunarDate) String() string {
	s := LunarMonth(l.month) + LunarDay(l.day)
	if l.leap {
		return "闰" + s
	}
	return s
}

// almanacs are the days of years by the lunar calendar, by year. They never change, and the library reckons a day anew from the moon's
// place each time, which took a third of what the page of a month cost.
var almanacs sync.Map // of year to []lunarDate

// The years that are remembered: more than anybody plans for, and few enough to keep.
const firstAlmanac, lastAlmanac = 1900, 2200

// lunarAt is a day by the lunar calendar.
func lunarAt(day date.Date) lunarDate {
	year := day.Year()
	if year < firstAlmanac || year > lastAlmanac {
		return reckoned(day)
	}
	days, ok := almanacs.Load(year)
	if !ok {
		days, _ = almanacs.LoadOrStore(year, almanacOf(year))
	}
	return days.([]lunarDate)[day.Sub(date.New(year, 1, 1))] //nolint:forcetypeassert // nothing else is stored
}

// almanacOf reckons the first day of each month of the moon and counts on from it.
func almanacOf(year int) []lunarDate {
	days := make([]lunarDate, 0, 366)
	first := date.New(year, 1, 1)
	for next := date.New(year+1, 1, 1); first.AddDays(len(days)).Before(next); {
		l := lunarDay(first.AddDays(len(days)))
		one := lunarDateOf(l)
		last := calendar.NewLunarMonthFromYm(l.GetYear(), l.GetMonth()).GetDayCount()
		for ; one.day <= last && first.AddDays(len(days)).Before(next); one.day++ {
			days = append(days, one)
		}
	}
	return days
}

// reckoned is a day as the library reckons it.
func reckoned(day date.Date) lunarDate { return lunarDateOf(lunarDay(day)) }

func lunarDateOf(l *calendar.Lunar) lunarDate {
	month := l.GetMonth()
	return lunarDate{max(month, -month), l.GetDay(), month < 0}
}

func lunarDay(day date.Date) *calendar.Lunar {
	y, m, d := day.UTC().Date()
	return calendar.NewLunarFromSolar(calendar.NewSolarFromYmd(y, int(m), d))
}

// LunarOf writes a day as the lunar calendar does: 十月初五. "" for the zero date.
func LunarOf(day date.Date) string {
	if day.IsZero() {
		return ""
	}
	return lunarAt(day).String()
}

// lunarOf is a day's month and day by the lunar calendar; a leap month has the number of the one before.
func lunarOf(day date.Date) (month, dayOfMonth int) {
	l := lunarAt(day)
	return l.month, l.day
}

// LunarMonth and LunarDay write a month, 1–12, and a day, 1–30, of the lunar year: 六月, 廿四.
func LunarMonth(n int) string { return LunarUtil.MONTH[n] + "月" }

// LunarDay is described with [LunarMonth].
func LunarDay(n int) string { return LunarUtil.DAY[n] }
