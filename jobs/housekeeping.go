package jobs

import (
	"context"
	"fmt"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
	"huotang/models/runs"
)

// Step drops rows of one kind that nobody needs any more and says how many.
type Step struct {
	Name string
	Drop func(tx *db.Tx) (int64, error)
}

const day = 24 * time.Hour

// How long finished runs can be looked up, and answers to forms are kept.
const (
	keepRuns  = 400 * day
	keepForms = 30 * day
)

// Housekeeping drops what has outlived its use: finished runs, answers to forms, sign-ins and codes that expired,
// and what more steps name. Each step is a unit of work of its own.
func Housekeeping(more ...Step) Job {
	steps := append([]Step{
		{"job_runs", func(tx *db.Tx) (int64, error) { return runs.DropBefore(tx, tx.Now.Add(-keepRuns)) }},
		{"form_keys", func(tx *db.Tx) (int64, error) { return db.ForgetForms(tx, tx.Now.Add(-keepForms)) }},
		{"sign_ins", accounts.Sweep},
	}, more...)
	return Job{Name: "housekeeping", Spec: "40 2 * * *", CatchUp: true, Run: func(ctx context.Context, r *Run) (string, error) {
		return keepHouse(ctx, r, steps)
	}}
}

func keepHouse(ctx context.Context, r *Run, steps []Step) (string, error) {
	var done []string
	for _, s := range steps {
		var n int64
		err := r.Write(ctx, func(tx *db.Tx, _ access.Actor) (err error) {
			n, err = s.Drop(tx)
			return err
		})
		if err != nil {
			return "", fmt.Errorf("jobs: drop %s: %w", s.Name, err)
		}
		done = append(done, fmt.Sprintf("%s %d", s.Name, n))
	}
	return strings.Join(done, ", "), nil
}
