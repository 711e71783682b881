package jobs

import (
	"context"
	"fmt"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/messages"
	"huotang/models/org"
)

// Digest tells the clerks of each township once a week what waits for them, a township in a unit of work of its own.
func Digest(area *messages.Area) Job {
	return Job{Name: "digest", CatchUp: true, Run: func(ctx context.Context, r *Run) (string, error) { return tellTownships(ctx, r, area) }}
}

func tellTownships(ctx context.Context, r *Run, area *messages.Area) (string, error) {
	var townships []org.UnitView
	err := r.Read(ctx, func(tx *db.Tx, by access.Actor) error {
		page, err := org.Units(tx, by, org.UnitsInput{Tree: org.Administrative, Kind: org.Township, Limit: 500})
		townships = page.Items
		return err
	})
	if err != nil {
		return "", fmt.Errorf("jobs: digest: %w", err)
	}
	sum := 0
	for _, t := range townships {
		var v messages.DigestView
		err := r.Write(ctx, func(tx *db.Tx, by access.Actor) (err error) {
			v, err = area.Digest(tx, by, messages.DigestInput{Unit: t.ID})
			return err
		})
		if err != nil {
			return "", fmt.Errorf("jobs: digest of %s: %w", t.Code, err)
		}
		sum += v.Messages
	}
	return fmt.Sprintf("townships %d, messages %d", len(townships), sum), nil
}
