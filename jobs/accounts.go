package jobs

import (
	"context"
	"fmt"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/db"
)

// AccountsCloseLeft closes the accounts whose owner's last day in office is over.
func AccountsCloseLeft() Job {
	return Job{Name: "accounts.close_left", CatchUp: true, Run: closeLeft}
}

func closeLeft(ctx context.Context, r *Run) (string, error) {
	var n int64
	err := r.Write(ctx, func(tx *db.Tx, by access.Actor) (err error) {
		n, err = accounts.CloseLeft(tx, by)
		return err
	})
	return fmt.Sprintf("closed %d", n), err
}
