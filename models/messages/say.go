package messages

import (
	"fmt"
	"strconv"
	"strings"

	"huotang/models/calendar"
	"huotang/models/date"
	"huotang/models/lang"
)

// voice says dates and hours in a language, as they are written or, aloud, as they are read to a village.
type voice struct {
	lang.Lang
	aloud bool
}

// digits are the Chinese numerals up to ten.
var digits = []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}

// numeral is a whole number below a hundred as it is said: 二十一.
func numeral(n int) string {
	switch {
	case n <= 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n-10]
	case n%10 == 0:
		return digits[n/10] + "十"
	}
	return digits[n/10] + "十" + digits[n%10]
}

func (v voice) number(n int) string {
	if v.aloud && v.Lang == lang.Chinese {
		return numeral(n)
	}
	return strconv.Itoa(n)
}

// day is a date with its weekday: 11月28日 星期六; aloud 十一月二十八号，星期六.
func (v voice) day(d date.Date) string {
	t := d.UTC()
	if v.Lang != lang.Chinese {
		return t.Format("Monday 2 January")
	}
	weekday := v.T("calendar.weekday_" + strconv.Itoa((int(t.Weekday())+6)%7+1))
	if v.aloud {
		return numeral(int(t.Month())) + "月" + numeral(t.Day()) + "号，" + weekday
	}
	return t.Format("1月2日") + " " + weekday
}

// short is a date without its weekday.
func (v voice) short(d date.Date) string {
	t := d.UTC()
	switch {
	case v.Lang != lang.Chinese:
		return t.Format("2 January")
	case v.aloud:
		return numeral(int(t.Month())) + "月" + numeral(t.Day()) + "号"
	}
	return t.Format("1月2日")
}

// lunar is a date by the lunar calendar, 农历十月初九.
func (v voice) lunar(d date.Date) string { return v.T("messages.lunar", calendar.LunarOf(d)) }

// hour says "20:00" as 晚上8点, aloud 晚上八点; "" for none.
func (v voice) hour(hour string) string {
	var h, m int
	if n, err := fmt.Sscanf(hour, "%d:%d", &h, &m); n != 2 || err != nil || h < 0 || h > 23 || m < 0 || m > 59 {
		return ""
	}
	if v.Lang != lang.Chinese {
		half := "am"
		if h >= 12 {
			half = "pm"
		}
		return fmt.Sprintf("%d:%02d %s", (h+11)%12+1, m, half)
	}
	said := v.number((h+11)%12 + 1)
	if v.aloud && said == "二" {
		said = "两"
	}
	said += "点"
	switch {
	case m == 30:
		said += "半"
	case m > 0:
		said += v.number(m) + "分"
	}
	return v.T("messages.part."+part(h)) + said
}

// part names the part of the day that an hour lies in.
func part(h int) string {
	switch {
	case h < 6:
		return "night"
	case h < 9:
		return "early"
	case h < 12:
		return "morning"
	case h == 12:
		return "noon"
	case h < 18:
		return "afternoon"
	}
	return "evening"
}

// when is a date with its hour.
func (v voice) when(d date.Date, hour string) string {
	said := v.hour(hour)
	switch {
	case said == "":
		return v.day(d)
	case v.aloud:
		return v.day(d) + v.T("messages.then") + said
	}
	return v.day(d) + " " + said
}

// why is a reason in brackets, "" for none.
func (v voice) why(r calendar.Reason) string {
	if r == "" {
		return ""
	}
	return v.T("messages.why", lang.Key("calendar.reason."+string(r)))
}

// join writes names one after the other.
func (v voice) join(names []string) string { return strings.Join(names, v.T("messages.and")) }
