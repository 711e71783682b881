package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"huotang/configs"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/runs"
)

// backroom opens what commands on data need.
func (sh *shell) backroom(ctx context.Context, cfg configs.Config) (*Server, error) {
	return newBackroom(ctx, Options{Config: cfg, Version: buildVersion(), Now: sh.now, Log: newLog(sh.err, cfg.Log), Out: sh.err})
}

func (sh *shell) jobsList(ctx context.Context, args []string) error {
	cfg, _, err := sh.configure("jobs list", args, 0)
	if err != nil {
		return err
	}
	s, err := sh.backroom(ctx, cfg)
	if err != nil {
		return err
	}
	var page db.Page[jobs.View]
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		page, err = s.areas.Jobs.List(tx, access.System("app.jobs"), jobs.ListInput{})
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	return printJobs(sh.out, page.Items)
}

func printJobs(out io.Writer, all []jobs.View) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "任务/job\t时间/when\t下次/next\t上次/last\t")
	for _, j := range all {
		last := "-"
		if j.Last != nil {
			last = local(j.Last.StartedAt) + " " + string(j.Last.State)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t\n", j.Name, j.Spec, local(j.Next), last)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	return nil
}

// local is a time on the county's clock.
func local(t time.Time) string { return t.In(date.Zone).Format("2006-01-02 15:04") }

// jobsRun runs a job once more and waits for its end.
func (sh *shell) jobsRun(ctx context.Context, args []string) error {
	set := sh.flags("jobs run")
	src := configFlags(set)
	dry := set.Bool("dry-run", false, "只说会做什么,不真做 / only say what would be done")
	words, err := sh.parse(set, args, 1)
	if err != nil {
		return err
	}
	cfg, err := sh.load(src)
	if err != nil {
		return err
	}
	s, err := sh.backroom(ctx, cfg)
	if err != nil {
		return err
	}
	run, err := s.areas.Jobs.RunNow(ctx, access.System("app.jobs"), jobs.LaunchInput{Name: words[0], Dry: *dry})
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	if run.State != runs.Finished {
		return fmt.Errorf("jobs run %s: %s: %s", words[0], run.State, run.Failure)
	}
	fmt.Fprintf(sh.out, "%s: %s\n", words[0], run.Summary)
	return nil
}

// jobsHistory prints the last runs, of one job or of all, the latest first.
func (sh *shell) jobsHistory(ctx context.Context, args []string) error {
	set := sh.flags("jobs history")
	src := configFlags(set)
	job := set.String("job", "", "只列这一项 / of this job only, by `name`")
	limit := set.Int("limit", 50, "最多几次 / at most so `many` runs, 1 to 200")
	if _, err := sh.parse(set, args, 0); err != nil {
		return err
	}
	cfg, err := sh.load(src)
	if err != nil {
		return err
	}
	s, err := sh.backroom(ctx, cfg)
	if err != nil {
		return err
	}
	var page db.Page[runs.View]
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) {
		page, err = runs.List(tx, access.System("app.jobs"), runs.ListInput{Job: *job, Limit: *limit})
		return err
	})
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	return printRuns(sh.out, page.Items)
}

func printRuns(out io.Writer, all []runs.View) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "应做/due\t任务/job\t情况/state\t用时/took\t机器/machine\t做了什么/did\t")
	for _, r := range all {
		state, took := string(r.State), "-"
		switch {
		case r.Dry:
			state += " (dry run)"
		case r.ByHand:
			state += " (by hand)"
		}
		if !r.FinishedAt.IsZero() {
			took = r.FinishedAt.Sub(r.StartedAt).Round(time.Millisecond).String()
		}
		did, _, _ := strings.Cut(r.Summary+r.Failure, "\n")
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t\n", local(r.DueAt), r.Job, state, took, r.Host, did)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	return nil
}
