package messages

import (
	"testing"
	"time"

	"huotang/models/date"
	"huotang/models/lang"
)

func TestQuietHours(t *testing.T) {
	night, nap, none := Quiet{21 * 60, 7 * 60}, Quiet{12*60 + 30, 14 * 60}, Quiet{60, 60}
	for _, c := range []struct {
		q        Quiet
		at, want string
	}{
		{night, "2026-11-23 20:59", "2026-11-23 20:59"},
		{night, "2026-11-23 21:00", "2026-11-24 07:00"},
		{night, "2026-12-31 23:59", "2027-01-01 07:00"},
		{night, "2026-11-23 00:00", "2026-11-23 07:00"},
		{night, "2026-11-23 06:59", "2026-11-23 07:00"},
		{night, "2026-11-23 07:00", "2026-11-23 07:00"},
		{nap, "2026-11-23 12:29", "2026-11-23 12:29"},
		{nap, "2026-11-23 12:30", "2026-11-23 14:00"},
		{nap, "2026-11-23 14:00", "2026-11-23 14:00"},
		{nap, "2026-11-23 23:00", "2026-11-23 23:00"},
		{none, "2026-11-23 01:00", "2026-11-23 01:00"},
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, date.Zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.q.Next(at.UTC()).In(date.Zone).Format("2006-01-02 15:04"); got != c.want {
			t.Errorf("%v %s: %s, want %s", c.q, c.at, got, c.want)
		}
	}
	q, err := ParseQuiet("21:00", "07:00")
	if err != nil || q != night {
		t.Errorf("%v %v", q, err)
	}
	if _, err := ParseQuiet("9pm", "07:00"); err == nil {
		t.Error("takes 9pm")
	}
}

func TestHoursInWords(t *testing.T) {
	for _, c := range []struct{ hour, written, aloud, english string }{
		{"20:00", "晚上8点", "晚上八点", "8:00 pm"},
		{"14:00", "下午2点", "下午两点", "2:00 pm"},
		{"14:30", "下午2点半", "下午两点半", "2:30 pm"},
		{"12:00", "中午12点", "中午十二点", "12:00 pm"},
		{"08:05", "早上8点5分", "早上八点五分", "8:05 am"},
		{"00:30", "凌晨12点半", "凌晨十二点半", "12:30 am"},
		{"22:20", "晚上10点20分", "晚上十点二十分", "10:20 pm"},
		{"10:45", "上午10点45分", "上午十点四十五分", "10:45 am"},
		{"", "", "", ""},
		{"25:00", "", "", ""},
	} {
		for v, want := range map[voice]string{{lang.Chinese, false}: c.written, {lang.Chinese, true}: c.aloud, {lang.English, true}: c.english} {
			if got := v.hour(c.hour); got != want {
				t.Errorf("%s: %q, want %q", c.hour, got, want)
			}
		}
	}
}

func TestDaysInWords(t *testing.T) {
	d := date.New(2026, 11, 28)
	for v, want := range map[voice]string{
		{lang.Chinese, false}: "11月28日 星期六", {lang.Chinese, true}: "十一月二十八号，星期六", {lang.English, false}: "Saturday 28 November",
	} {
		if got := v.day(d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A village hears the day, the hour, the place and the lesson; each sentence twice, without a figure to stumble over.
func TestWordsOfAMeeting(t *testing.T) {
	m := meeting{about: "day", school: "王家院家庭党校", on: date.New(2026, 11, 28), was: date.New(2026, 11, 26), hour: "20:00", topics: []string{"核桃修剪"}}
	v := m.view(lang.Chinese)
	if want := "【通知】王家院家庭党校活动日\n日子改了，不是原来的11月26日。\n日期：11月28日 星期六（农历十月二十）\n时间：晚上8点\n地点：王家院家庭党校\n学什么：核桃修剪\n请互相转告，按时来。来不了的，提前说一声。"; v.Copy != want {
		t.Errorf("%s", v.Copy)
	}
	want := []string{
		"各位乡亲，请注意！", "王家院家庭党校，要开展活动日了。", "日子改了，不是十一月二十六号。", "日子是，十一月二十八号，星期六。",
		"也就是，农历十月二十。", "时间是，晚上八点。", "地点在，王家院家庭党校。", "这次学的是，核桃修剪。", "请大家互相转告，按时来。",
	}
	for i, line := range want {
		if 2*i+1 >= len(v.Aloud) || v.Aloud[2*i] != line || v.Aloud[2*i+1] != line {
			t.Fatalf("line %d: %q", i, v.Aloud)
		}
	}
	m.off, m.why = true, "road"
	off := m.view(lang.Chinese)
	if !off.Off || off.Copy != "【通知】王家院家庭党校活动日不开展了\n原定11月28日 星期六的活动日不开展了。\n原因：下雨路断。\n什么时候再开展，另外通知。" || len(off.Wall.Facts) != 0 {
		t.Errorf("%+v", off)
	}
	m.over = true
	if over := m.view(lang.Chinese); over.Copy != "" || len(over.Aloud) != 0 {
		t.Errorf("%+v", over)
	}
}
