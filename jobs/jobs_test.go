package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"huotang/configs"
	"huotang/jobs"
	"huotang/models/access"
	"huotang/models/calendar"
	"huotang/models/calendar/calendartest"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/fail"
	"huotang/models/org/orgtest"
	"huotang/models/people/peopletest"
	"huotang/models/privacy"
	"huotang/models/runs"
)

// replica makes a scheduler on a connection of its own, as another process would have.
func replica(t *testing.T, e *dbtest.Env, host string, js ...jobs.Job) *jobs.Scheduler {
	t.Helper()
	d, err := db.Open(context.Background(), e.Conf, e.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	s := jobs.New(d, slog.New(slog.DiscardHandler), host, e.Clock.Now)
	for i, j := range js {
		if j.Spec == "" {
			js[i] = jobs.At(configs.Default().Schedules, j)[0]
		}
	}
	if err := s.Add(js...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := errors.Join(s.Stop(ctx), d.Close()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func start(t *testing.T, s *jobs.Scheduler) {
	t.Helper()
	if err := s.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// counting counts its runs and keeps the due times.
type counting struct {
	mu   sync.Mutex
	dues []time.Time
}

func (c *counting) run(_ context.Context, r *jobs.Run) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dues = append(c.dues, r.Due())
	return "counted", nil
}

func (c *counting) n() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.dues)
}

func (c *counting) job(catchUp bool) jobs.Job {
	return jobs.Job{Name: "test.count", Spec: "10 3 * * *", CatchUp: catchUp, Run: c.run}
}

func history(t *testing.T, e *dbtest.Env) []runs.View {
	t.Helper()
	var page db.Page[runs.View]
	e.See(t, func(tx *db.Tx) (err error) {
		page, err = runs.List(tx, orgtest.By, runs.ListInput{})
		return err
	})
	return page.Items
}

func local(day, hour, minute int) time.Time { return date.New(2026, 11, day).At(hour, minute) }

func TestLatestDue(t *testing.T) {
	for _, c := range []struct{ spec, now, want string }{
		{"10 3 * * *", "2026-11-23 03:09", "2026-11-22 03:10"},
		{"10 3 * * *", "2026-11-23 03:10", "2026-11-23 03:10"},
		{"*/5 * * * *", "2026-11-23 03:09", "2026-11-23 03:05"},
		{"0 0 1 * *", "2026-11-23 03:09", "2026-11-01 00:00"},
		{"0 0 1 1 *", "2026-11-23 03:09", "2026-01-01 00:00"},
		{"0 6 29 2 *", "2027-11-23 03:09", "2024-02-29 06:00"},
		{"0 20 * * 1", "2026-11-23 19:59", "2026-11-16 20:00"},
	} {
		schedule, err := jobs.Parse(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.ParseInLocation("2006-01-02 15:04", c.now, date.Zone)
		got, ok := jobs.Latest(schedule, now)
		if got := got.In(date.Zone).Format("2006-01-02 15:04"); !ok || got != c.want {
			t.Errorf("%s at %s: %s, want %s", c.spec, c.now, got, c.want)
		}
	}
}

func TestAddRefuses(t *testing.T) {
	s := jobs.New(nil, slog.New(slog.DiscardHandler), "a", time.Now)
	for _, spec := range []string{"", "@every 1s", "70 * * * *", "* * *"} {
		if s.Add(jobs.Job{Name: "x", Spec: spec}) == nil {
			t.Errorf("%q was taken", spec)
		}
	}
	one := jobs.Job{Name: "x", Spec: "1 * * * *"}
	if s.Add(one) != nil || s.Add(one) == nil {
		t.Error("a name can stand twice")
	}
}

// Once a day, however often the minute ticks; and not at all before the start unless it catches up.
func TestOnceADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		var c counting
		s := replica(t, e, "a", c.job(false))
		e.Clock.Set(local(23, 16, 0))
		start(t, s)
		s.Tick()
		if c.n() != 0 {
			t.Fatal("ran what was due before the start")
		}
		for _, at := range []time.Time{local(24, 3, 9), local(24, 3, 10), local(24, 3, 11), local(24, 23, 0)} {
			e.Clock.Set(at)
			s.Tick()
		}
		e.Clock.Set(local(25, 3, 10))
		s.Tick()
		got := history(t, e)
		if c.n() != 2 || len(got) != 2 || !got[0].DueAt.Equal(local(25, 3, 10)) || !got[1].DueAt.Equal(local(24, 3, 10)) {
			t.Errorf("%d runs: %+v", c.n(), got)
		}
		for _, r := range got {
			if r.State != runs.Finished || r.Summary != "counted" || r.FinishedAt.IsZero() || r.Host != "a" {
				t.Errorf("%+v", r)
			}
		}
	})
}

// After two days of downtime a job runs once, for the latest time that was missed.
func TestTwoDaysOfDowntime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		var before, after, plain counting
		e.Clock.Set(local(20, 3, 10))
		first := replica(t, e, "a", before.job(true))
		start(t, first)
		dbtest.Wait(t, "the first run", func() bool { return before.n() == 1 })
		if err := first.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
		e.Clock.Set(local(22, 9, 30))
		other := plain.job(false)
		other.Name = "test.plain"
		second := replica(t, e, "a", after.job(true), other)
		start(t, second)
		dbtest.Wait(t, "the catch-up", func() bool { return len(history(t, e)) == 2 })
		second.Tick()
		if after.n() != 1 || !after.dues[0].Equal(local(22, 3, 10)) || plain.n() != 0 {
			t.Errorf("%v, plain %d", after.dues, plain.n())
		}
	})
}

func TestOfTwoReplicasOneRuns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		var c counting
		var at []*jobs.Scheduler
		for _, host := range []string{"a", "b"} {
			s := replica(t, e, host, c.job(true))
			at = append(at, s)
		}
		for d := 20; d < 26; d++ {
			e.Clock.Set(local(d, 3, 10))
			var wg sync.WaitGroup
			for _, s := range at {
				wg.Go(s.Tick)
				wg.Go(s.Tick)
			}
			wg.Wait()
			if want := d - 19; c.n() != want {
				t.Fatalf("after %d days %d runs", want, c.n())
			}
		}
		if got := len(history(t, e)); got != 6 {
			t.Errorf("%d rows", got)
		}
	})
}

func TestPanicErrorAndTimeout(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		s := replica(t, e, "a",
			jobs.Job{Name: "test.panic", Spec: "10 3 * * *", CatchUp: true, Run: func(context.Context, *jobs.Run) (string, error) { panic("boom") }},
			jobs.Job{Name: "test.error", Spec: "10 3 * * *", CatchUp: true, Run: func(context.Context, *jobs.Run) (string, error) {
				return "", errors.New("no luck")
			}},
			jobs.Job{Name: "test.slow", Spec: "10 3 * * *", CatchUp: true, Timeout: 20 * time.Millisecond, Run: func(ctx context.Context, _ *jobs.Run) (string, error) {
				<-ctx.Done()
				return "", ctx.Err()
			}},
		)
		s.Tick()
		s.Tick()
		got := history(t, e)
		if len(got) != 3 {
			t.Fatalf("%+v", got)
		}
		for _, r := range got {
			want := map[string]string{"test.panic": "boom", "test.error": "no luck", "test.slow": "deadline"}[r.Job]
			if r.State != runs.Failed || !strings.Contains(r.Failure, want) {
				t.Errorf("%+v", r)
			}
			if r.Job == "test.panic" && !strings.Contains(r.Failure, "jobs_test.go") {
				t.Errorf("no stack in %q", r.Failure)
			}
		}
	})
}

func TestRunNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		tree := orgtest.County(t, e)
		var c counting
		wait := make(chan struct{})
		s := replica(t, e, "a", c.job(false), jobs.Job{Name: "test.wait", Spec: "10 3 * * *", Run: func(context.Context, *jobs.Run) (string, error) {
			<-wait
			return "waited", nil
		}})
		ctx := context.Background()
		county := orgtest.As(access.County, tree.County.Path)
		v, err := s.RunNow(ctx, county, jobs.LaunchInput{Name: "test.count"})
		if err != nil || v.State != runs.Finished || !v.ByHand || c.n() != 1 {
			t.Fatalf("%+v %v", v, err)
		}
		again := jobs.LaunchInput{Name: "test.count", ID: runs.NewID()}
		for range 2 { // a form sent twice
			e.Clock.Add(time.Second)
			v, err := s.Launch(ctx, county, again)
			if err != nil || v.ID != again.ID {
				t.Fatalf("%+v %v", v, err)
			}
			dbtest.Wait(t, "the run", func() bool { return history(t, e)[0].State == runs.Finished && c.n() == 2 })
		}
		if _, err := s.RunNow(ctx, county, jobs.LaunchInput{Name: "nothing"}); !fail.Is(err, "jobs.missing") {
			t.Error(err)
		}
		v, err = s.Launch(ctx, county, jobs.LaunchInput{Name: "test.wait"})
		if err != nil || v.State != runs.Running {
			t.Fatalf("%+v %v", v, err)
		}
		other := replica(t, e, "b", jobs.Job{Name: "test.wait", Spec: "10 3 * * *", Run: c.run})
		for _, s := range []*jobs.Scheduler{s, other} {
			if _, err := s.Launch(ctx, county, jobs.LaunchInput{Name: "test.wait"}); !fail.Is(err, "jobs.running") {
				t.Errorf("running twice: %v", err)
			}
		}
		close(wait)
		dbtest.Wait(t, "the end", func() bool { return history(t, e)[0].State == runs.Finished })
		for _, seat := range append(tree.Inside(), orgtest.Seat{Name: "visitor", Actor: access.Visitor()}) {
			e.Clock.Add(time.Second)
			_, err := s.RunNow(ctx, seat.Actor, jobs.LaunchInput{Name: "test.count"})
			if (err == nil) != (seat.Role == access.County) {
				t.Errorf("%s runs: %v", seat.Name, err)
			}
			e.See(t, func(tx *db.Tx) error {
				page, err := s.List(tx, seat.Actor, jobs.ListInput{})
				if may := seat.Role == access.County || seat.Role == access.Auditor; (err == nil) != may || may && (len(page.Items) != 2 || page.Items[0].Last == nil) {
					t.Errorf("%s lists: %+v %v", seat.Name, page, err)
				}
				return nil
			})
		}
		var n int64
		e.See(t, func(tx *db.Tx) error { return tx.Table("audit_rows").Where("act = ?", "job.run").Count(&n).Error })
		if n != 4 {
			t.Errorf("%d audit rows", n)
		}
	})
}

func TestStopWaits(t *testing.T) {
	e := dbtest.SQLite(t)
	for _, patient := range []bool{true, false} {
		var ended, cut atomic.Bool
		begun := make(chan struct{})
		s := replica(t, e, "a", jobs.Job{Name: "test.stop", Spec: "10 3 * * *", Run: func(ctx context.Context, _ *jobs.Run) (string, error) {
			close(begun)
			select {
			case <-time.After(300 * time.Millisecond):
			case <-ctx.Done():
				cut.Store(true)
				return "", ctx.Err()
			}
			ended.Store(true)
			return "", nil
		}})
		if _, err := s.Launch(context.Background(), orgtest.By, jobs.LaunchInput{Name: "test.stop"}); err != nil {
			t.Fatal(err)
		}
		<-begun
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		if !patient {
			cancel()
		}
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
		cancel()
		if ended.Load() != patient || cut.Load() == patient {
			t.Errorf("patient %v: ended %v, cancelled %v", patient, ended.Load(), cut.Load())
		}
		if _, err := s.RunNow(context.Background(), orgtest.By, jobs.LaunchInput{Name: "test.stop"}); !fail.Is(err, "jobs.stopping") {
			t.Error(err)
		}
		e.Clock.Add(time.Second)
	}
	if got := history(t, e); got[0].State != runs.Failed || got[1].State != runs.Finished {
		t.Errorf("%+v", got)
	}
}

func TestCalendarPlanAndCloseLeft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Clock.Set(time.Date(2026, 1, 1, 4, 0, 0, 0, time.UTC))
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, calendar.Rule{Kind: calendar.OnDay, Day: 2, Holiday: calendar.NextWorkingDay})
		s := replica(t, e, "a", jobs.CalendarPlan(), jobs.AccountsCloseLeft(), jobs.Retention(privacy.New(peopletest.Ring(t))))
		s.Tick()
		got := history(t, e)
		for _, r := range got {
			t.Logf("%s: %s %s%s", r.Job, r.State, r.Summary, r.Failure)
			if r.State != runs.Finished {
				t.Error(r.Failure)
			}
		}
		// The rule was set before the year was loaded; the job moved January, May and October.
		for m, want := range map[time.Month]string{1: "2026-01-04", 5: "2026-05-06", 10: "2026-10-08", 12: "2026-12-02"} {
			if d := calendartest.Day(t, e, tree.Site.ID, date.NewMonth(2026, m)); d.PlannedOn.String() != want {
				t.Errorf("%s", d.PlannedOn)
			}
		}
		e.Clock.Add(24 * time.Hour)
		s.Tick()
		for _, r := range history(t, e)[:3] {
			if r.Job == "calendar.plan" && !strings.Contains(r.Summary, "years loaded 0, added 0, moved 0, cancelled 0, restored 0") {
				t.Errorf("the second run changed something: %s", r.Summary)
			}
		}
		e.Clock.Add(500 * 24 * time.Hour)
		s.Tick()
		if got := history(t, e); len(got) > 3 {
			t.Errorf("old runs were not dropped: %d", len(got))
		}
	})
}

// What time makes of activity days: announced, without a record, sealed; done again it changes nothing.
func TestCalendarJobsOfTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.Clock.Set(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))
		tree := orgtest.County(t, e)
		calendartest.Rule(t, e, tree.Township.ID, calendartest.OnDay(25))
		calendartest.Rule(t, e, tree.Township2.ID, calendartest.OnDay(25))
		s := replica(t, e, "a", jobs.CalendarAnnounce(), jobs.CalendarNoRecord(), jobs.CalendarClose())
		say := func(name string) string {
			t.Helper()
			e.Clock.Add(time.Second)
			v, err := s.RunNow(context.Background(), access.System("test"), jobs.LaunchInput{Name: name})
			if err != nil || v.State != runs.Finished {
				t.Fatalf("%s: %+v %v", name, v, err)
			}
			return v.Summary
		}
		expect := func(name, first, again string) {
			t.Helper()
			for _, want := range []string{first, again} {
				if got := say(name); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		}
		expect("calendar.announce", "announced 4", "announced 0")
		expect("calendar.no_record", "without a record 0", "without a record 0")
		e.Clock.Set(date.New(2026, 11, 26).At(0, 20))
		expect("calendar.no_record", "without a record 4", "without a record 0")
		e.Clock.Set(date.New(2026, 12, 10).At(0, 40))
		before := say("calendar.close") // the months before there was anything
		e.Clock.Set(date.New(2026, 12, 11).At(0, 40))
		expect("calendar.close", "months closed 1, schools sealed 4", "months closed 0, schools sealed 0")
		t.Log(before)
	})
}
