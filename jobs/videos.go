package jobs

import (
	"context"
	"fmt"

	"huotang/media"
	"huotang/models/access"
	"huotang/models/db"
)

// VideosSweep settles uploads that broke off and deletes what no lesson shows any more, see
// [media.Library.Sweep]. Every change is fenced; an object is deleted only once its row says for good that
// nothing shows it, so a run that lost its lease does no harm there either.
func VideosSweep(lib *media.Library) Job {
	return Job{Name: "videos.sweep", CatchUp: true, Outside: true, Run: func(ctx context.Context, r *Run) (string, error) {
		s, err := lib.Sweep(ctx, r.By(), func(ctx context.Context, fn func(*db.Tx) error) error {
			return r.Write(ctx, func(tx *db.Tx, _ access.Actor) error { return fn(tx) })
		})
		return fmt.Sprintf("completed %d, failed %d, removed %d, addresses %d", s.Completed, s.Failed, s.Removed, s.Addresses), err
	}}
}
