package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"huotang/configs"
	handler "huotang/handlers/jobs"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
	"huotang/models/calendar/calendartest"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/id"
	"huotang/models/org/orgtest"
	"huotang/models/runs"
)

func TestJobs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		done := make(chan struct{}, 10)
		s := jobs.New(e.DB, slog.New(slog.DiscardHandler), "here", e.Clock.Now)
		err := s.Add(
			jobs.Job{Name: "retention", Spec: "40 2 * * *", Run: func(context.Context, *jobs.Run) (string, error) {
				done <- struct{}{}
				return "swept 3", nil
			}},
			jobs.Job{Name: "calendar.plan", Spec: "10 3 * * *", Run: func(context.Context, *jobs.Run) (string, error) {
				return "", errors.New("no luck")
			}},
		)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Stop(context.Background()) })
		site := webtest.New(t, e, func(p *web.Pages, api *web.API) { handler.Mount(p, api, s) })
		people := accountstest.Everyone(t, e, tree)
		as := func(r access.Role) *webtest.Browser { return site.As(t, people[r].Account) }

		county := as(access.County)
		page := county.Get("/jobs").Want(200, "系统任务", "清掉到期的数据", "还没有做过", "2026-11-24 02:40")
		values := url.Values{"form_id": {id.Random[struct{}]().String()}}
		begun := county.Submit(page, "form[action='/jobs/retention/run']", values).Want(200, "清掉到期的数据")
		<-done
		if again := county.Submit(page, "form[action='/jobs/retention/run']", values); again.Path != begun.Path {
			t.Errorf("the same form ran it again: %s, %s", begun.Path, again.Path)
		}
		dbtest.Wait(t, "the end", func() bool { return county.Get(begun.Path).Find("main").Text() != "" && ended(t, e) == 1 })
		county.Get(begun.Path).Want(200, "做完了", "swept 3", "有人点的", "here")
		e.Clock.Add(1e9)
		if got := county.Post("/jobs/calendar.plan/run", url.Values{}); got.Status != 200 {
			t.Errorf("%d", got.Status)
		}
		dbtest.Wait(t, "the failure", func() bool { return ended(t, e) == 2 })
		county.Get("/jobs").Want(200, "没做成", "swept 3")
		county.Post("/jobs/nothing/run", url.Values{}).Want(404, "没有这项任务")

		for _, r := range access.Roles {
			b := as(r)
			sees := r == access.County || r == access.Auditor
			want := map[bool]int{true: 200, false: 403}[sees]
			list := b.Get("/jobs").Want(want)
			b.Get(begun.Path).Want(want)
			if r == access.County {
				continue
			}
			if list.Find("main form").Length() != 0 {
				t.Errorf("%s finds a button", r)
			}
			b.Post("/jobs/retention/run", url.Values{}).Want(403)
			if got := b.API(http.MethodPost, "/jobs/retention/run", nil, nil); got != 403 {
				t.Errorf("%s: %d", r, got)
			}
		}
		var all db.Page[jobs.View]
		if got := county.API(http.MethodGet, "/jobs", nil, &all); got != 200 || len(all.Items) != 2 || all.Items[0].Last == nil {
			t.Errorf("%d %+v", got, all)
		}
		e.Clock.Add(1e9)
		var v runs.View
		if got := county.API(http.MethodPost, "/jobs/retention/run", nil, &v); got != 200 || v.Job != "retention" {
			t.Errorf("%d %+v", got, v)
		}
		<-done
		if n := len(done); n != 0 {
			t.Errorf("%d more runs", n)
		}
		var found db.Page[runs.View]
		if got := county.API(http.MethodGet, "/jobs/runs?job=retention", nil, &found); got != 200 || len(found.Items) != 2 {
			t.Errorf("%d %+v", got, found)
		}
	})
}

// ended counts the runs that have ended.
func ended(t *testing.T, e *dbtest.Env) int {
	t.Helper()
	var n int64
	e.See(t, func(tx *db.Tx) error { return tx.Table("job_runs").Where("finished_at IS NOT NULL").Count(&n).Error })
	return int(n)
}

// What is tried, by the page or the API, says what it would do and writes nothing but that it was tried.
func TestTryWritesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, calendartest.OnDay(25))
		e.Do(t, func(tx *db.Tx) error { return tx.Exec("DELETE FROM activity_days").Error })
		s := jobs.New(e.DB, slog.New(slog.DiscardHandler), "here", e.Clock.Now)
		if err := s.Add(jobs.At(configs.Default().Schedules, jobs.CalendarPlan())...); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Stop(context.Background()) })
		site := webtest.New(t, e, func(p *web.Pages, api *web.API) { handler.Mount(p, api, s) })
		county := site.As(t, accountstest.Everyone(t, e, tree)[access.County].Account)
		page := county.Get("/jobs")
		before := rowsOf(t, e)
		if page.Find("form[action='/jobs/calendar.plan/run'] button[formaction='/jobs/calendar.plan/try']").Length() != 1 {
			t.Fatal("no button to try the job")
		}
		begun := county.Post("/jobs/calendar.plan/try", url.Values{"form_id": {id.Random[struct{}]().String()}})
		dbtest.Wait(t, "the end", func() bool { return ended(t, e) == 1 })
		county.Get(begun.Path).Want(200, "新排12天", "试做")
		e.Clock.Add(1e9)
		var v runs.View
		if got := county.API(http.MethodPost, "/jobs/calendar.plan/run", map[string]any{"dry": true}, &v); got != 200 || !v.Dry {
			t.Fatalf("%d %+v", got, v)
		}
		dbtest.Wait(t, "the end", func() bool { return ended(t, e) == 2 })
		county.API(http.MethodGet, "/jobs/runs/"+v.ID.String(), nil, &v)
		if v.State != runs.Finished || !strings.Contains(v.Summary, "years loaded 1, added 12,") {
			t.Errorf("%+v", v)
		}
		after := rowsOf(t, e)
		for table, n := range after {
			if said := table == "job_runs" || table == "audit_rows" || table == "leases"; n != before[table] && !said {
				t.Errorf("%s: %d rows, and %d before", table, n, before[table])
			}
		}
		if n := after["audit_rows"] - before["audit_rows"]; n != 2 {
			t.Errorf("%d audit rows, want one for each try", n)
		}
	})
}

// rowsOf counts the rows of every table that the calendar or a run writes to.
func rowsOf(t *testing.T, e *dbtest.Env) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	e.See(t, func(tx *db.Tx) error {
		for _, table := range []string{"activity_days", "calendar_days", "calendar_years", "settings", "audit_rows", "job_runs"} {
			var n int64
			if err := tx.Table(table).Count(&n).Error; err != nil {
				return err
			}
			out[table] = n
		}
		return nil
	})
	return out
}
