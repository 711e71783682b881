package runs

import (
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

// View is a run as pages and clients see it.
type View struct {
	ID         RunID     `json:"id"`
	Job        string    `json:"job"`
	DueAt      time.Time `json:"due_at"`
	ByHand     bool      `json:"by_hand"`
	Dry        bool      `json:"dry"` // a dry run: what it did was taken back
	State      State     `json:"state"`
	Host       string    `json:"host"`
	StartedAt  time.Time `json:"started_at"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
	Summary    string    `json:"summary"`
	Failure    string    `json:"failure"`
}

// ViewOf gives the run's view.
func ViewOf(r Run) View {
	v := View{
		ID: r.ID, Job: r.Job, DueAt: r.DueAt, ByHand: r.ByHand, Dry: r.Dry, State: r.State, Host: r.Host,
		StartedAt: r.StartedAt, Summary: r.Summary, Failure: r.Failure,
	}
	if r.FinishedAt != nil {
		v.FinishedAt = *r.FinishedAt
	}
	return v
}

// ListInput narrows the list of runs.
type ListInput struct {
	Job   string `query:"job"`
	After string `query:"after"`
	Limit int    `query:"limit"` // 1–200; 0 means 50
}

// List lists runs, the latest first. Permission: JobsSee.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[View], error) {
	if err := by.Require(access.JobsSee); err != nil {
		return db.Page[View]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	q := tx.Order("id DESC").Limit(limit + 1) // version 7: in the order of beginning
	if in.Job != "" {
		q = q.Where("job = ?", in.Job)
	}
	if in.After != "" {
		after, err := id.Parse[runTag](in.After)
		if err != nil {
			return db.Page[View]{}, fail.Invalid("input.id").Because(err)
		}
		q = q.Where("id < ?", after)
	}
	rows, err := db.All[Run](q)
	if err != nil {
		return db.Page[View]{}, err
	}
	page := db.Page[View]{Items: make([]View, 0, len(rows))}
	for _, r := range rows[:min(len(rows), limit)] {
		page.Items = append(page.Items, ViewOf(r))
	}
	if len(rows) > limit {
		page.Next = rows[limit-1].ID.String()
	}
	return page, nil
}

// GetInput names a run.
type GetInput struct {
	ID RunID `path:"id"`
}

// Get reads a run. Permission: JobsSee.
func Get(tx *db.Tx, by access.Actor, in GetInput) (View, error) {
	if err := by.Require(access.JobsSee); err != nil {
		return View{}, err
	}
	r, err := db.One[Run](tx.Where("id = ?", in.ID), "jobs.run_missing")
	return ViewOf(r), err
}

// Latest gives the newest run of each of the jobs that has one, dry and skipped ones left out. Permission: JobsSee.
func Latest(tx *db.Tx, by access.Actor, jobs []string) (map[string]View, error) {
	if err := by.Require(access.JobsSee); err != nil {
		return nil, err
	}
	return newest(tx, jobs, Running, Finished, Failed)
}

// Done gives the newest finished run of each of the jobs that has one. Permission: JobsSee.
func Done(tx *db.Tx, by access.Actor, jobs []string) (map[string]View, error) {
	if err := by.Require(access.JobsSee); err != nil {
		return nil, err
	}
	return newest(tx, jobs, Finished)
}

func newest(tx *db.Tx, jobs []string, states ...State) (map[string]View, error) {
	out := make(map[string]View, len(jobs))
	for _, job := range jobs {
		rows, err := db.All[Run](tx.Where("job = ? AND dry = ? AND state IN ?", job, false, states).Order("id DESC").Limit(1))
		if err != nil {
			return nil, err
		}
		if len(rows) == 1 {
			out[job] = ViewOf(rows[0])
		}
	}
	return out, nil
}
