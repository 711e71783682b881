package jobs

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/runs"
)

// metrics are what this process counts itself.
type metrics struct {
	ends *prometheus.CounterVec
	skew prometheus.Gauge
}

func newMetrics() metrics {
	return metrics{
		ends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "huotang_job_runs_total", Help: "Runs of jobs that this process ended, by how they ended: finished, failed, skipped.",
		}, []string{"job", "end"}),
		skew: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "huotang_clock_ahead_seconds", Help: "How far this machine's clock is ahead of the database's.",
		}),
	}
}

func (m metrics) ended(job string, how runs.State) { m.ends.WithLabelValues(job, string(how)).Inc() }

// What the rows say of each job, the same from every replica.
var (
	lastDone = prometheus.NewDesc("huotang_job_last_success_timestamp_seconds", "When a run of the job last ended well.", []string{"job"}, nil)
	lastTook = prometheus.NewDesc("huotang_job_last_duration_seconds", "How long that run took.", []string{"job"}, nil)
	lastBad  = prometheus.NewDesc("huotang_job_failing", "1 when the job's latest run failed.", []string{"job"}, nil)
)

// Describe is of [prometheus.Collector].
func (s *Scheduler) Describe(ch chan<- *prometheus.Desc) {
	s.metrics.ends.Describe(ch)
	s.metrics.skew.Describe(ch)
	ch <- lastDone
	ch <- lastTook
	ch <- lastBad
}

// scrape is how long reading the rows may take.
const scrape = 2 * time.Second

// Collect is of [prometheus.Collector]. Where the rows cannot be read it leaves them out, which alerts can see.
func (s *Scheduler) Collect(ch chan<- prometheus.Metric) {
	s.metrics.ends.Collect(ch)
	s.metrics.skew.Collect(ch)
	ctx, stop := context.WithTimeout(s.base, scrape)
	defer stop()
	var last, done map[string]runs.View
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		by := access.System("jobs")
		if last, err = runs.Latest(tx, by, s.Names()); err == nil {
			done, err = runs.Done(tx, by, s.Names())
		}
		return err
	})
	if err != nil {
		s.log.Warn("jobs not measured", "err", err)
		return
	}
	for job, v := range done {
		ch <- prometheus.MustNewConstMetric(lastDone, prometheus.GaugeValue, float64(v.FinishedAt.Unix()), job)
		ch <- prometheus.MustNewConstMetric(lastTook, prometheus.GaugeValue, v.FinishedAt.Sub(v.StartedAt).Seconds(), job)
	}
	for job, v := range last {
		bad := 0.0
		if v.State == runs.Failed {
			bad = 1
		}
		ch <- prometheus.MustNewConstMetric(lastBad, prometheus.GaugeValue, bad, job)
	}
}
