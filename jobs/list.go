package jobs

import (
	"time"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/runs"
)

// View is a job as pages and clients see it.
type View struct {
	Name    string     `json:"name"`
	Spec    string     `json:"spec"`
	CatchUp bool       `json:"catch_up"`
	DryRun  bool       `json:"dry_run"` // it can be tried without effect
	Next    time.Time  `json:"next"`
	Last    *runs.View `json:"last"` // null when it never ran
}

// ListInput is empty.
type ListInput struct{}

// List lists the jobs in the order they were added. Permission: JobsSee.
func (s *Scheduler) List(tx *db.Tx, by access.Actor, _ ListInput) (db.Page[View], error) {
	names := make([]string, len(s.jobs))
	for i, j := range s.jobs {
		names[i] = j.Name
	}
	last, err := runs.Latest(tx, by, names)
	if err != nil {
		return db.Page[View]{}, err
	}
	page := db.Page[View]{Items: make([]View, len(s.jobs))}
	for i, j := range s.jobs {
		v := View{Name: j.Name, Spec: j.Spec, CatchUp: j.CatchUp, DryRun: !j.Outside, Next: j.schedule.Next(tx.Now.In(date.Zone)).UTC()}
		if r, ok := last[j.Name]; ok {
			v.Last = &r
		}
		page.Items[i] = v
	}
	return page, nil
}

// Names lists the jobs' names, for the command line.
func (s *Scheduler) Names() []string {
	names := make([]string, len(s.jobs))
	for i, j := range s.jobs {
		names[i] = j.Name
	}
	return names
}
