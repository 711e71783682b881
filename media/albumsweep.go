package media

import (
	"context"
	"errors"
	"fmt"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/photos"
)

// Sweep settles pictures whose upload broke off and deletes the objects of those that are removed for good; see [photos.Stale]. by is the
// job that sweeps, and write its unit of work. It gives how many objects went; what could not be done is left for the next time.
func (a *Album) Sweep(ctx context.Context, by access.Actor, write func(context.Context, func(*db.Tx) error) error) (int, error) {
	var stale []photos.View
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		stale, err = photos.Stale(tx, by)
		return err
	})
	gone := 0
	errs := []error{err}
	for _, v := range stale {
		if err := ctx.Err(); err != nil {
			errs = append(errs, fmt.Errorf("media: sweep: %w", err))
			break
		}
		went, err := a.settle(ctx, by, v, write)
		if err != nil {
			errs = append(errs, fmt.Errorf("media: sweep picture %s: %w", v.ID, err))
		}
		if went {
			gone++
		}
	}
	return gone, errors.Join(errs...)
}

func (a *Album) settle(ctx context.Context, by access.Actor, v photos.View, write func(context.Context, func(*db.Tx) error) error) (bool, error) {
	whole := false
	if v.State == photos.Intended {
		info, err := a.Store.Stat(ctx, v.Key)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return false, err
		}
		whole = err == nil && info.Size == v.Bytes
	}
	remove := false
	err := write(ctx, func(tx *db.Tx) (err error) {
		remove, err = photos.Settle(tx, by, v.ID, whole)
		return err
	})
	if err != nil || !remove {
		return false, err
	}
	if err := a.Store.Delete(ctx, v.Key); err != nil {
		return false, err
	}
	return true, write(ctx, func(tx *db.Tx) error { return photos.Forget(tx, by, v.ID) })
}
