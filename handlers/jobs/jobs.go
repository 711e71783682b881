// Package jobs serves the list of jobs and of their runs (jobs, models/runs).
package jobs

import (
	"embed"
	"net/http"
	"net/url"
	"slices"
	"time"

	"huotang/handlers/web"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/runs"
)

//go:embed views/*.html
var views embed.FS

// Mount adds the area.
func Mount(p *web.Pages, api *web.API, s *jobs.Scheduler) {
	p.Views("jobs", views)
	p.Get("/jobs", list(s))
	p.Post("/jobs/:name/run", run(s, false))
	p.Post("/jobs/:name/try", run(s, true))
	p.Get("/jobs/runs/:id", show)

	web.Serve(api, http.MethodGet, "/jobs", "jobs.List", func(r *web.Request, in jobs.ListInput) (db.Page[jobs.View], error) {
		return web.Ask(r, s.List, in)
	})
	web.Get(api, "/jobs/replicas", runs.Replicas)
	web.Get(api, "/jobs/runs", runs.List)
	web.Get(api, "/jobs/runs/:id", runs.Get)
	web.Serve(api, http.MethodPost, "/jobs/:name/run", "jobs.Run", func(r *web.Request, in jobs.LaunchInput) (runs.View, error) {
		return launch(r, s, in, r.Request.Header.Get("Idempotency-Key"))
	})
}

type listPage struct {
	web.Base
	Jobs     []jobs.View
	Runs     []runs.View
	Replicas []runs.Replica
	Only     string // the job that the runs are narrowed to
	More     string
	MayRun   bool
}

// off is the difference of a clock that is worth a word, in milliseconds.
const off = 2000

// Off reports a clock that is wrong.
func (p listPage) Off(r runs.Replica) bool { return r.AheadMS >= off || r.AheadMS <= -off }

// AnyOff reports that one of them is.
func (p listPage) AnyOff() bool { return slices.ContainsFunc(p.Replicas, p.Off) }

// Clock says how a replica's clock goes.
func (p listPage) Clock(r runs.Replica) string {
	by := p.T("jobs.seconds", int((max(r.AheadMS, -r.AheadMS)+500)/1000))
	switch {
	case !p.Off(r):
		return p.T("jobs.clock_ok")
	case r.AheadMS > 0:
		return p.T("jobs.clock_ahead", by)
	}
	return p.T("jobs.clock_behind", by)
}

// Name is the job's name in words.
func (p listPage) Name(job string) string { return jobName(p.Base, job) }

// Said is what a run did, in words.
func (p listPage) Said(summary string) string { return said(p.Base, summary) }

func jobName(b web.Base, job string) string {
	if key := "jobs.name." + job; b.Has(key) {
		return b.T(key)
	}
	return job
}

func list(s *jobs.Scheduler) web.PageFunc {
	return func(r *web.Request) error {
		var in runs.ListInput
		if err := r.Bind(&in); err != nil {
			return err
		}
		if _, err := r.Signed(); err != nil {
			return err
		}
		in.Limit = 20
		var page listPage
		err := r.Read(func(tx *db.Tx, by access.Actor) error {
			all, err := s.List(tx, by, jobs.ListInput{})
			if err != nil {
				return err
			}
			replicas, err := runs.Replicas(tx, by, runs.ReplicasInput{})
			if err != nil {
				return err
			}
			found, err := runs.List(tx, by, in)
			page.Jobs, page.Replicas, page.Runs, page.More = all.Items, replicas.Items, found.Items, found.Next
			page.Only, page.MayRun = in.Job, by.Can(access.JobsRun)
			return err
		})
		if err != nil {
			return err
		}
		if page.More != "" {
			page.More = "/jobs?" + url.Values{"job": {in.Job}, "after": {page.More}}.Encode()
		}
		page.Base = r.Base("jobs.title")
		return r.Render("jobs/list", page)
	}
}

// launch runs a job once for a key, which a form or an API client made.
func launch(r *web.Request, s *jobs.Scheduler, in jobs.LaunchInput, key string) (runs.View, error) {
	by, err := r.Signed()
	if err != nil {
		return runs.View{}, err
	}
	if err := in.ID.UnmarshalText([]byte(key)); err != nil {
		in.ID = runs.RunID{}
	}
	return s.Launch(r.Context(), by, in)
}

func run(s *jobs.Scheduler, dry bool) web.PageFunc {
	return func(r *web.Request) error {
		v, err := launch(r, s, jobs.LaunchInput{Name: r.Param("name"), Dry: dry}, r.Form().Get("form_id"))
		if err != nil {
			return err
		}
		return r.See("/jobs/runs/" + v.ID.String())
	}
}

type runPage struct {
	web.Base
	Run  runs.View
	Job  string
	Took time.Duration
}

// Did is what the run did, in words.
func (p runPage) Did() string { return said(p.Base, p.Run.Summary) }

func show(r *web.Request) error {
	var in runs.GetInput
	if err := r.Bind(&in); err != nil {
		return err
	}
	if _, err := r.Signed(); err != nil {
		return err
	}
	v, err := web.Ask(r, runs.Get, in)
	if err != nil {
		return err
	}
	page := runPage{Base: r.Base("jobs.run_title"), Run: v}
	page.Job = jobName(page.Base, v.Job)
	if !v.FinishedAt.IsZero() {
		page.Took = v.FinishedAt.Sub(v.StartedAt)
	}
	return r.Render("jobs/run", page)
}
