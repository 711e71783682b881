package jobs

import (
	"context"
	"fmt"
	"strings"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/privacy"
)

// Retention drops what has been kept as long as the settings say, a kind after the other in small units of work, and
// erases the persons whose days of waiting are over. What it dropped, the county reads in its reports.
func Retention(area *privacy.Area) Job {
	return Job{Name: "retention", CatchUp: true, Run: func(ctx context.Context, r *Run) (string, error) {
		return retain(ctx, r, area)
	}}
}

func retain(ctx context.Context, r *Run, area *privacy.Area) (string, error) {
	erased, err := eraseDue(ctx, r, area)
	if err != nil {
		return "", fmt.Errorf("jobs: erase: %w", err)
	}
	done := []string{fmt.Sprintf("erased %d", erased)}
	for _, kind := range privacy.Kinds() {
		n, err := dropKind(ctx, r, kind)
		if err != nil {
			return "", fmt.Errorf("jobs: drop %s: %w", kind, err)
		}
		if n > 0 {
			done = append(done, fmt.Sprintf("%s %d", kind, n))
		}
	}
	return strings.Join(done, ", "), nil
}

// eraseDue erases one person in each unit of work.
func eraseDue(ctx context.Context, r *Run, area *privacy.Area) (int, error) {
	for n := 0; ; n++ {
		var more bool
		err := r.Write(ctx, func(tx *db.Tx, by access.Actor) (err error) {
			more, err = area.EraseDue(tx, by)
			return err
		})
		if err != nil || !more {
			return n, err
		}
	}
}

// dropKind drops a kind batch by batch; each batch is in the reports with it, so that a run that was cut off tells the truth.
func dropKind(ctx context.Context, r *Run, kind privacy.Kind) (sum int, err error) {
	for more := true; more; {
		err := r.Write(ctx, func(tx *db.Tx, by access.Actor) error {
			n, again, err := privacy.Drop(tx, kind)
			if err != nil {
				return err
			}
			sum, more = sum+n, again
			return privacy.NoteDropped(tx, by, kind, n)
		})
		if err != nil {
			return sum, err
		}
	}
	return sum, nil
}
