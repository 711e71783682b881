package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"huotang/configs"
	"huotang/handlers/web/browsertest"
	"huotang/models/calendar"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/org"
	"huotang/models/runs"
)

// A township sets its rule, the job plans by it, and school, township and county see the days.
func TestJourneyPlan(t *testing.T) {
	inBothPlaces(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		clerk := h.desk(t, c.clerk)
		setRule(clerk)

		office := h.desk(t, c.office)
		office.Open("/jobs")
		for range 2 { // the second run changes nothing
			office.In("calendar.plan").Tap("现在做一次")
			office.Eventually("the run ends", func() bool {
				if office.Sees("再看看做完没有") {
					office.Tap("再看看做完没有")
				}
				return office.Sees("做完了")
			})
			office.See("2个乡镇")
			office.Tap("回到系统任务")
			h.env.Clock.Add(time.Minute)
		}
		office.Tap("做完了")
		office.See("照旧")
		office.NotSee("新排", "改期", "撤掉", "恢复")
		office.Open("/calendar?view=list&month=2026-12")
		office.In("安石村王家院家庭党校").See("2026年12月4日 星期五")
		office.In("古平村犀牛家庭党校").See("2026年12月23日")

		clerk.Open("/calendar?view=list&month=2026-12")
		clerk.In("安石村李家寨家庭党校").See("2026年12月4日 星期五")
		clerk.NotSee("古平村犀牛家庭党校")

		host := h.phone(t, c.host)
		host.Open("/calendar")
		host.In("2026年11月").See("就是今天")
		host.In("2026年12月").See("2026年12月4日", "还没到")
		for _, p := range []*browsertest.Person{clerk, office, host} {
			p.NoSideScroll()
			p.Axe()
			h.settled(p)
		}
	})
}

// setRule has the township meet on first Fridays from December on.
func setRule(clerk *browsertest.Person) {
	clerk.Open("/calendar")
	clerk.Tap("活动日规则")
	clerk.See("凤山镇的活动日规则", "每月23日")
	clerk.Fill("从哪个月起", "2026-12")
	clerk.Choose("每月第几个星期几")
	clerk.Fill("第几个", "第一个")
	clerk.Fill("星期几", "星期五")
	clerk.Choose("顺延到下一个工作日")
	clerk.Tap("先看看")
	clerk.See("接下来12个月是这些日子", "2026年12月4日 星期五")
	clerk.Tap("定下来")
	clerk.See("定好了", "2026年12月起")
}

// The same through the API, with what a page cannot show: schools that come and go, other townships, and the licence.
func TestJourneyPlanByAPI(t *testing.T) {
	onEveryDatabase(t, func(t *testing.T, h *place) {
		c := newCounty(t, h, 3, 0)
		clerk, office, host, far := h.client(t, c.clerk), h.client(t, c.office), h.client(t, c.host), h.client(t, c.far)
		rule := map[string]any{"from": "2026-12", "kind": "weekday", "nth": 1, "weekday": 5, "holiday": "next_working_day"}
		at := "/calendar/rules/" + c.Township.ID.String()
		refused(t, clerk, "PUT", at, rule, 409, "calendar.look_first")
		rule["seen"] = send[calendar.PreviewView](t, clerk, "POST", at+"/preview", rule).Fingerprint
		send[calendar.RuleView](t, clerk, "PUT", at, rule)
		refused(t, clerk, "PUT", "/calendar/rules/"+c.Township2.ID.String(), rule, 404, "access.not_found")

		added := send[org.SiteView](t, office, "POST", "/sites", map[string]any{
			"village": c.Village.ID, "name": "安石村新院家庭党校", "licensed_on": "2026-11-01", "address": "新院", "network": "none",
		})
		send[any](t, office, "POST", "/sites/"+c.Neighbour.ID.String()+"/licence", map[string]any{
			"state": "revoked", "on": "2026-11-23", "note": "户主搬走",
		})
		runJob(t, h, office, "calendar.plan")
		first := days(t, office, "month=2026-12")
		h.env.Clock.Add(time.Minute)
		if got := runJob(t, h, office, "calendar.plan"); !slices.Equal(days(t, office, "month=2026-12"), first) {
			t.Errorf("the second run changed something: %s", got.Summary)
		}
		site, sister, fresh, distant := c.Site.Name+" 2026-12-04", c.Sister.Name+" 2026-12-04", added.Name+" 2026-12-04", c.Far.Name+" 2026-12-23"
		for who, want := range map[*client][]string{
			office: {site, sister, fresh, distant}, clerk: {site, sister, fresh}, host: {site}, far: {distant},
		} {
			if diff := cmp.Diff(want, planned(days(t, who, "month=2026-12"))); diff != "" {
				t.Error("days in December (want -, got +)", diff)
			}
		}
	})
}

// After two days of downtime the plan is made up for once, by one of two replicas.
func TestJourneyPlanAfterDowntime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		jobsOn := func(c *configs.Config) { c.Jobs = "on" }
		e.Clock.Add(-48 * time.Hour)
		first := openPlace(t, e, jobsOn)
		c := newCounty(t, first, 2, 0)
		office := first.client(t, c.office)
		waitRuns(t, office, 1)
		first.shut()

		e.Clock.Add(48 * time.Hour)
		one, two := openPlace(t, e, jobsOn), openPlace(t, e, jobsOn)
		office = one.client(t, c.office)
		waitRuns(t, office, 2)
		one.shut() // waits for what runs
		two.shut()
		after := openPlace(t, e, nil)
		if got := len(planRuns(t, after.client(t, c.office))); got != 2 {
			t.Errorf("%d runs, want one for each time of being up", got)
		}
	})
}

func planRuns(t testing.TB, b *client) []runs.View {
	t.Helper()
	return get[db.Page[runs.View]](t, b, "/jobs/runs?job=calendar.plan").Items
}

// waitRuns waits until n runs of the plan have ended well.
func waitRuns(t testing.TB, b *client, n int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; {
		done := 0
		got := planRuns(t, b)
		for _, r := range got {
			if r.State == runs.Finished {
				done++
			}
		}
		if done >= n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("no %d runs within 30 s: %+v", n, got)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// runJob runs a job by the API and waits for its end.
func runJob(t testing.TB, _ *place, b *client, name string) runs.View {
	t.Helper()
	r := send[runs.View](t, b, "POST", "/jobs/"+name+"/run", nil)
	for end := time.Now().Add(30 * time.Second); r.State == runs.Running; {
		if time.Now().After(end) {
			t.Fatalf("job %s still runs", name)
		}
		time.Sleep(20 * time.Millisecond)
		r = get[runs.View](t, b, "/jobs/runs/"+r.ID.String())
	}
	if r.State != runs.Finished {
		t.Fatalf("job %s: %s %s", name, r.State, r.Failure)
	}
	return r
}

func days(t testing.TB, b *client, query string) []calendar.DayView {
	t.Helper()
	return get[db.Page[calendar.DayView]](t, b, "/calendar/days?"+query).Items
}

// planned gives school and date of each day, without the cancelled.
func planned(days []calendar.DayView) []string {
	var out []string
	for _, d := range days {
		if d.State != calendar.Cancelled {
			out = append(out, d.Name+" "+d.PlannedOn.String())
		}
	}
	return out
}
