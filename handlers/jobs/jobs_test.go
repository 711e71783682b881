package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	handler "huotang/handlers/jobs"
	"huotang/handlers/web"
	"huotang/handlers/web/webtest"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/accounts/accountstest"
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
			jobs.Job{Name: "housekeeping", Spec: "40 2 * * *", Run: func(context.Context, *jobs.Run) (string, error) {
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
		page := county.Get("/jobs").Want(200, "系统任务", "清理过期数据", "还没有做过", "2026-11-24 02:40")
		values := url.Values{"form_id": {id.Random[struct{}]().String()}}
		begun := county.Submit(page, "form[action='/jobs/housekeeping/run']", values).Want(200, "清理过期数据")
		<-done
		if again := county.Submit(page, "form[action='/jobs/housekeeping/run']", values); again.Path != begun.Path {
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
			want := map[bool]int{true: 200, false: 404}[sees]
			list := b.Get("/jobs").Want(want)
			b.Get(begun.Path).Want(want)
			if r == access.County {
				continue
			}
			if list.Find("main form").Length() != 0 {
				t.Errorf("%s finds a button", r)
			}
			b.Post("/jobs/housekeeping/run", url.Values{}).Want(map[bool]int{true: 403, false: 404}[sees])
			if got := b.API(http.MethodPost, "/jobs/housekeeping/run", nil, nil); got != map[bool]int{true: 403, false: 404}[sees] {
				t.Errorf("%s: %d", r, got)
			}
		}
		var all db.Page[jobs.View]
		if got := county.API(http.MethodGet, "/jobs", nil, &all); got != 200 || len(all.Items) != 2 || all.Items[0].Last == nil {
			t.Errorf("%d %+v", got, all)
		}
		e.Clock.Add(1e9)
		var v runs.View
		if got := county.API(http.MethodPost, "/jobs/housekeeping/run", nil, &v); got != 200 || v.Job != "housekeeping" {
			t.Errorf("%d %+v", got, v)
		}
		<-done
		if n := len(done); n != 0 {
			t.Errorf("%d more runs", n)
		}
		var found db.Page[runs.View]
		if got := county.API(http.MethodGet, "/jobs/runs?job=housekeeping", nil, &found); got != 200 || len(found.Items) != 2 {
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
