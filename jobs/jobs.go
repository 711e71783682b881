// Package jobs runs what the county's machine does by itself: at its times, once among
// all replicas, and with what was missed made up for.
//
// A [Job] has a name, a cron line in the county's time zone and a function. When it is due, a
// replica takes the job's lease and stores the row of the run, whose identity is (job, due time):
// of two replicas one gets it (models/runs). The function works in units of work of its
// [Run], each of which checks first that the lease is still the run's own; it acts as
// access.System(job's name). So a job must do its work in units that may each be the last, and that do
// no harm when done again.
//
// Every job's latest due time is compared with its last row at the start and every minute; the database's clock says what
// time it is, see [Scheduler.Wall]. After days of downtime a job with CatchUp runs once, for the latest time that was
// missed, one job after the other in the order of these times. A time that comes while the run before is at work is
// skipped, and its row says so. Replicas are listed with how far their clocks are from the database's.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"huotang/configs"
	"huotang/models/date"
	"huotang/models/db"
)

// Job is something to do again and again.
type Job struct {
	Name    string        // "calendar.plan"; texts are "jobs.name." and this
	Spec    string        // minute hour day month weekday, in the county's time zone
	CatchUp bool          // run at the start what was missed while no replica ran
	Timeout time.Duration // 0 means 15 minutes
	Outside bool          // it changes more than the database, so that there is no dry run of it
	// Run does the work and says what it did in a few words and figures, for the list of runs; no names of people.
	Run func(ctx context.Context, r *Run) (summary string, err error)
}

const usualTimeout = 15 * time.Minute

// Scheduler runs jobs. It is safe for concurrent use after the last Add.
type Scheduler struct {
	// LeaseTTL is how long a killed holder keeps others from its job; set before Start.
	LeaseTTL time.Duration
	// Wall is this machine's clock, held against the database's: a difference of two seconds and more is reported, and what
	// is due goes by the database's. Set before Start.
	Wall func() time.Time
	// Version is this program's, for the list of replicas.
	Version string

	db      *db.DB
	log     *slog.Logger
	host    string
	now     func() time.Time
	cron    *cron.Cron
	jobs    []entry
	metrics metrics

	base    context.Context //nolint:containedctx // of every run, ended by Stop
	cancel  context.CancelCauseFunc
	mu      sync.Mutex
	since   time.Time // of Start
	late    bool      // what was missed before is being made up for
	stopped bool
	busy    map[string]bool // jobs that this scheduler works on
	running sync.WaitGroup
}

type entry struct {
	Job
	schedule cron.Schedule
}

// parser takes five fields and no "@every", whose times depend on when it was asked.
var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// New makes a scheduler without jobs. host names this replica in rows and leases, by its first 80 characters; now is the clock
// that says what is due, while leases go by the database's.
func New(d *db.DB, log *slog.Logger, host string, now func() time.Time) *Scheduler {
	base, cancel := context.WithCancelCause(context.Background())
	name := []rune(host)
	host = string(name[:min(len(name), 80)])
	return &Scheduler{
		LeaseTTL: 30 * time.Second,
		Wall:     time.Now, //nolint:forbidigo // held against the database's clock, which no test can set
		metrics:  newMetrics(), db: d, log: log, host: host, now: now, base: base, cancel: cancel, busy: map[string]bool{},
		cron: cron.New(cron.WithLocation(date.Zone), cron.WithLogger(cron.DiscardLogger)),
	}
}

// At gives each job the schedule that the configuration has for it.
func At(times configs.Schedules, jobs ...Job) []Job {
	for i := range jobs {
		jobs[i].Spec = times.Of(jobs[i].Name)
	}
	return jobs
}

// Add registers jobs, before Start.
func (s *Scheduler) Add(jobs ...Job) error {
	for _, j := range jobs {
		if slices.ContainsFunc(s.jobs, func(e entry) bool { return e.Name == j.Name }) {
			return fmt.Errorf("jobs: %s stands twice", j.Name)
		}
		schedule, err := parser.Parse(j.Spec)
		if err != nil {
			return fmt.Errorf("jobs: %s: %w", j.Name, err)
		}
		if j.Timeout == 0 {
			j.Timeout = usualTimeout
		}
		s.jobs = append(s.jobs, entry{j, schedule})
	}
	return nil
}

// Start begins to run jobs at their times, and at once what was missed. It returns
// immediately. The end of ctx does not stop it; [Scheduler.Stop] does.
func (s *Scheduler) Start(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	s.mu.Lock()
	s.since, s.late = s.now(), true
	s.mu.Unlock()
	for _, j := range s.jobs {
		s.cron.Schedule(j.schedule, cron.FuncJob(func() { s.wake(j) }))
	}
	if _, err := s.cron.AddFunc("* * * * *", s.Sweep); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	s.cron.Start()
	go s.makeUp()
	return nil
}

// makeUp runs what was missed, one job after the other in the order of the times they were due at; until it is done
// nothing else begins by the clock.
func (s *Scheduler) makeUp() {
	s.beat()
	now := s.now()
	jobs := slices.SortedStableFunc(slices.Values(s.jobs), func(a, b entry) int {
		at, _ := latest(a.schedule, now)
		bt, _ := latest(b.schedule, now)
		return at.Compare(bt)
	})
	for _, j := range jobs {
		s.check(j)
	}
	s.mu.Lock()
	s.late = false
	s.mu.Unlock()
	s.Sweep()
}

// wake checks a job at its time.
func (s *Scheduler) wake(j entry) {
	s.mu.Lock()
	late := s.late
	s.mu.Unlock()
	if !late {
		s.check(j)
	}
}

// Sweep does what every minute does: it checks each job, in a goroutine of its own, and says that this replica lives.
func (s *Scheduler) Sweep() {
	go s.beat()
	for _, j := range s.jobs {
		go s.wake(j)
	}
}

// grace is how long cancelled jobs have to store that they failed.
const grace = 3 * time.Second

// Stop lets no job begin any more and waits for those that run. When ctx ends first, it cancels them and
// waits a moment longer.
func (s *Scheduler) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.cron.Stop()
	done := make(chan struct{})
	go func() { s.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	s.cancel(fmt.Errorf("jobs: stopped: %w", context.Cause(ctx)))
	select {
	case <-done:
		return nil
	case <-time.After(grace):
		return fmt.Errorf("jobs: still running: %w", ctx.Err())
	}
}

// enter takes the job for this scheduler until leave is called; not ok while it
// works on it already, or is stopping.
func (s *Scheduler) enter(name string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped || s.busy[name] {
		return nil, false
	}
	s.busy[name] = true
	s.running.Add(1)
	return func() {
		s.mu.Lock()
		delete(s.busy, name)
		s.mu.Unlock()
		s.running.Done()
	}, true
}

func (s *Scheduler) stopping() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

func (s *Scheduler) find(name string) (entry, bool) {
	i := slices.IndexFunc(s.jobs, func(e entry) bool { return e.Name == name })
	if i < 0 {
		return entry{}, false
	}
	return s.jobs[i], true
}
