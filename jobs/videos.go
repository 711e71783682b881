package jobs

import (
	"context"
	"errors"
	"fmt"

	"huotang/media"
	"huotang/models/access"
	"huotang/models/db"
)

// VideosSweep settles uploads that broke off and deletes what no lesson and no session shows any more, see
// [media.Library.Sweep] and [media.Album.Sweep]. Every change is fenced; an object is deleted only once its row says for good that
// nothing shows it, so a run that lost its lease does no harm there either.
func VideosSweep(lib *media.Library, album *media.Album) Job {
	return Job{Name: "videos.sweep", CatchUp: true, Outside: true, Run: func(ctx context.Context, r *Run) (string, error) {
		write := func(ctx context.Context, fn func(*db.Tx) error) error {
			return r.Write(ctx, func(tx *db.Tx, _ access.Actor) error { return fn(tx) })
		}
		s, err := lib.Sweep(ctx, r.By(), write)
		gone, badly := album.Sweep(ctx, r.By(), write)
		return fmt.Sprintf("completed %d, failed %d, removed %d, addresses %d, files %d", s.Completed, s.Failed, s.Removed, s.Addresses, gone), errors.Join(err, badly)
	}}
}
