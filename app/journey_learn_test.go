package main

import (
	"strings"
	"testing"
	"time"

	"huotang/handlers/web/browsertest"
	"huotang/models/attendance"
	"huotang/models/attendance/attendancetest"
	"huotang/models/curricula"
	"huotang/models/db"
	"huotang/models/people"
	"huotang/models/progress"
)

// A member looks for a lesson, watches it and comes back to where it stopped, and sees own study hours with the rule.
func TestJourneyLearn(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 4, 0)
		pub := published(t, h, c)
		attended(t, h, c, pub, 23, c.members)
		p := h.phone(t, c.trainee)
		p.At("/catalogue")
		for _, words := range []string{"春茶", "chuncha", "ccgl", "第一锄"} {
			p.Fill("找课程", words)
			p.Tap("找")
			p.See("春茶第一锄")
		}
		p.Fill("找课程", "挖掘机")
		p.Tap("找")
		p.See("没有找到「挖掘机」")
		p.Tap("看全部的课")
		p.NoSideScroll()
		p.Axe()
		watches(h, p)

		p.Tap("学时")
		p.See("我的学习", "李秀兰", "今年要学满32学时(党员)", "一课满30分钟记1学时", "同一课一年只记一次")
		p.In("今年要学满32学时").See("1 学时")
		p.See("春茶第一锄：记1学时")
		p.NoSideScroll()
		p.Axe()
		h.settled(p)
	})
}

// watches plays the lesson, seeks, leaves, and comes back to where it stopped. The bytes come from where they should.
func watches(h *place, p *browsertest.Person) {
	mark := p.Mark()
	p.Tap("春茶第一锄")
	p.Tap("播放")
	p.Watch("play", func(v browsertest.Video) bool { return v.At > 0.3 && v.Error == "" })
	p.Seek(12 * time.Second)
	p.Watch("go on there", func(v browsertest.Video) bool { return v.At > 12.3 && !v.Paused })
	here := p.Path()
	p.Tap("回到这门课")
	p.Eventually("the place is kept", func() bool {
		p.Open(here)
		return p.Sees("上次看到0分1")
	})
	p.Tap("播放")
	p.Watch("go on where it stopped", func(v browsertest.Video) bool { return v.At > 11 && !v.Paused })
	p.NotSee("播放(") // its button goes, and what is below moves up
	p.Tap("从头放")
	p.Watch("begin again", func(v browsertest.Video) bool { return v.At < 8 && !v.Paused })
	p.NoSideScroll()
	p.Axe()

	ranges := 0
	for _, r := range p.Since(mark).Requests {
		switch {
		case r.Kind != "Media":
		case h.store != "" && strings.HasPrefix(r.URL, h.URL()) && r.Status != 302:
			p.Fail("the app sent video: %+v", r)
		case r.Status == 206:
			ranges++
			if from := h.store; from != "" && !strings.HasPrefix(r.URL, from+"/") || r.Range == "" {
				p.Fail("not a range from the store: %+v", r)
			}
		}
	}
	if ranges == 0 {
		p.Fail("no range of the video was asked for:\n%s", p.Since(mark))
	}
}

// attended hands in a roll of a day of this November with the published lesson, by the API, and gives the session.
func attended(t testing.TB, h *place, c *county, pub *publisher, day int, who []people.PersonID) attendance.SessionView {
	t.Helper()
	host := h.client(t, c.host)
	open := map[string]any{"site": c.Site.ID, "kinds": []string{"party_class"}, "held_on": time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC).Format("2006-01-02")}
	if day == 23 {
		open = map[string]any{"activity_day": get[attendance.TodayView](t, host, "/sites/"+c.Site.ID.String()+"/today").Day.ID}
	}
	s := send[attendance.SessionView](t, host, "POST", "/sessions", open)
	send[attendance.Receipt](t, host, "POST", "/sessions/"+s.ID.String()+"/roll", map[string]any{
		"minutes": 60, "lessons": []any{pub.lesson.ID}, "marks": attendancetest.All(who, attendance.Present),
		"device": attendancetest.Device(), "seq": 1, "recorder": "王秀兰",
	})
	return get[attendance.SessionView](t, host, "/sessions/"+s.ID.String())
}

// The same through the API: a lesson counts once a year for one person, however often it was taught.
func TestJourneyLearnByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 4, 1)
		pub := published(t, h, c)
		attended(t, h, c, pub, 16, c.members[:2])
		attended(t, h, c, pub, 23, c.members)
		trainee := h.client(t, c.trainee)
		for _, q := range []string{"春茶", "chuncha", "ccgl"} {
			if got := get[db.Page[curricula.Course]](t, trainee, "/catalogue?q="+q); len(got.Items) != 1 {
				t.Errorf("search for %s: %+v", q, got)
			}
		}
		study := get[progress.StudyView](t, trainee, "/me/study")
		if study.CentiHours != 100 || study.Count != 2 || study.Minutes != 120 || study.Threshold != 3200 || study.Rule.Code == "" {
			t.Errorf("own study: %+v", study)
		}
		gave := 0
		for _, s := range study.Sessions {
			for _, credit := range s.Credits {
				if credit.CountedOn.String() != "2026-11-16" || credit.Rule != study.Rule.Code {
					t.Errorf("the credit says %+v", credit)
				}
				if credit.Here {
					gave++
				}
			}
		}
		if gave != 1 {
			t.Errorf("%d sessions gave the hour, want one", gave)
		}
		path := "/lessons/" + pub.lesson.ID.String()
		send[progress.PositionView](t, trainee, "PUT", path+"/position", map[string]any{"position_ms": 12500})
		if got := get[progress.PositionView](t, trainee, path+"/position"); got.PositionMs != 12500 {
			t.Errorf("the bookmark is %+v", got)
		}
		refused(t, trainee, "GET", "/people/"+c.members[2].String()+"/study", nil, 404, "access.not_found")
		refused(t, h.client(t, c.far), "PUT", path+"/position", map[string]any{"position_ms": 1}, 404, "access.not_found")
		pub.plays(trainee, 206)
	})
}
