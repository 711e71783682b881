package jobs_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"huotang/configs"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/runs"
)

// A time that comes while the run before is at work is skipped, and the list says so, whoever sees it first.
func TestOverlapIsSkippedAndSaid(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		working, goOn := make(chan struct{}, 1), make(chan struct{})
		job := jobs.Job{Name: "test.long", Spec: "*/5 * * * *", CatchUp: true, Run: func(context.Context, *jobs.Run) (string, error) {
			working <- struct{}{}
			<-goOn
			return "done", nil
		}}
		a, b := replica(t, e, "a", job), replica(t, e, "b", job)
		e.Clock.Set(local(23, 9, 0))
		done := make(chan struct{})
		go func() { a.Tick(); close(done) }()
		<-working
		e.Clock.Set(local(23, 9, 5))
		for range 2 {
			b.Check("test.long")
			a.Check("test.long")
		}
		close(goOn)
		<-done
		e.Clock.Set(local(23, 9, 10))
		b.Tick()
		var got []string
		for _, r := range history(t, e) {
			got = append(got, r.DueAt.In(date.Zone).Format("15:04 ")+string(r.State))
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"09:00 finished", "09:05 skipped", "09:10 finished"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

// After downtime the jobs run one after the other, in the order of the times that were missed.
func TestMissedJobsComeInOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Clock.Set(local(23, 9, 30))
		var order []string // written by one run at a time, which is what is tried
		step := func(name, spec string) jobs.Job {
			return jobs.Job{Name: name, Spec: spec, CatchUp: true, Run: func(context.Context, *jobs.Run) (string, error) {
				time.Sleep(20 * time.Millisecond)
				order = append(order, name)
				return "", nil
			}}
		}
		s := replica(t, e, "a", step("test.third", "0 7 * * *"), step("test.first", "0 8 22 * *"), step("test.second", "10 3 * * *"), step("test.fourth", "0 7 * * *"))
		start(t, s)
		dbtest.Wait(t, "the jobs", func() bool {
			done := 0
			for _, r := range history(t, e) {
				if r.State == runs.Finished {
					done++
				}
			}
			return done == 4
		})
		if diff := cmp.Diff([]string{"test.first", "test.second", "test.third", "test.fourth"}, order); diff != "" {
			t.Error(diff)
		}
	})
}

// A dry run says what would be done, and takes it back.
func TestDryRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		orgtest.County(t, e)
		var files int
		s := replica(t, e, "a", jobs.CalendarPlan(), jobs.Job{Name: "test.files", Spec: "10 3 * * *", Outside: true, Run: func(context.Context, *jobs.Run) (string, error) {
			files++
			return "", nil
		}})
		e.Clock.Set(local(23, 9, 0))
		ctx := context.Background()
		v, err := s.RunNow(ctx, orgtest.By, jobs.LaunchInput{Name: "calendar.plan", Dry: true})
		if err != nil || v.State != runs.Finished || !v.Dry || !v.ByHand || !strings.Contains(v.Summary, "years loaded 1") {
			t.Errorf("%+v %v", v, err)
		}
		if _, err := s.RunNow(ctx, orgtest.By, jobs.LaunchInput{Name: "test.files", Dry: true}); !fail.Is(err, "jobs.no_dry_run") || files != 0 {
			t.Errorf("%v, %d", err, files)
		}
		e.See(t, func(tx *db.Tx) error {
			var years int64
			err := tx.Table("calendar_years").Count(&years).Error
			if years != 0 {
				t.Errorf("%d years loaded", years)
			}
			list, err2 := s.List(tx, orgtest.By, jobs.ListInput{})
			if list.Items[0].Last != nil || !list.Items[0].DryRun || list.Items[1].DryRun {
				t.Errorf("%+v", list.Items)
			}
			return errors.Join(err, err2)
		})
	})
}

// A replica whose clock is wrong says so, and goes by the database's.
func TestWrongClocks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		var c counting
		at := local(23, 3, 10)
		for _, off := range []time.Duration{90 * time.Second, -90 * time.Second} {
			s := replica(t, e, off.String(), c.job(true))
			s.Wall = func() time.Time { return time.Now().Add(off) }
			e.Clock.Set(at.Add(off - 30*time.Second)) // half a minute before the time
			s.Tick()
			if n := len(c.dues); n > 0 && !c.dues[n-1].Equal(at.AddDate(0, 0, -1)) {
				t.Errorf("%s: ran too early: %v", off, c.dues)
			}
			e.Clock.Set(at.Add(off + time.Second)) // the way to the database costs a moment
			s.Tick()
			if n := len(c.dues); n == 0 || !c.dues[n-1].Equal(at) {
				t.Errorf("%s: did not run at its time: %v", off, c.dues)
			}
			s.Beat()
			at = at.AddDate(0, 0, 1)
		}
		e.See(t, func(tx *db.Tx) error {
			page, err := runs.Replicas(tx, orgtest.By, runs.ReplicasInput{})
			if len(page.Items) != 2 || page.Items[0].AheadMS > -85_000 || page.Items[1].AheadMS < 85_000 {
				t.Errorf("%+v", page.Items)
			}
			return err
		})
	})
}

// Whatever the scheduler measures is looked at by an example of an alert, but for how long runs took and how many there were.
func TestMetricsOfJobs(t *testing.T) {
	e := dbtest.SQLite(t)
	whole, err := os.ReadFile("../configs/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := replica(t, e, "a", jobs.At(configs.Default().Schedules, jobs.CalendarPlan(), jobs.AccountsCloseLeft())...)
	e.Clock.Set(local(23, 9, 0))
	for _, name := range []string{"accounts.close_left", "calendar.plan"} {
		if _, err := s.RunNow(context.Background(), access.System("test"), jobs.LaunchInput{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	reg := prometheus.NewPedanticRegistry()
	if err := reg.Register(s); err != nil {
		t.Fatal(err)
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
		if n := len(f.GetMetric()); f.GetName() == "huotang_job_last_success_timestamp_seconds" && n != 2 {
			t.Errorf("%d jobs have ended well", n)
		}
		if !strings.Contains(string(whole), f.GetName()) && f.GetName() != "huotang_job_last_duration_seconds" && f.GetName() != "huotang_job_runs_total" {
			t.Errorf("no alert looks at %s", f.GetName())
		}
	}
	want := []string{"huotang_clock_ahead_seconds", "huotang_job_failing", "huotang_job_last_duration_seconds", "huotang_job_last_success_timestamp_seconds", "huotang_job_runs_total"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}
