package media

import (
	"context"
	"errors"
	"fmt"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/videos"
)

// Swept counts what one [Library.Sweep] did.
type Swept struct {
	Completed int   // uploads that were whole
	Failed    int   // uploads that were not
	Removed   int   // objects of failed and replaced videos
	Addresses int64 // signed for a window that is over
}

// Sweep completes uploads that broke off after their last byte, fails the others, deletes the
// objects of failed and replaced videos, and drops signed addresses of the past. by is the job that sweeps, and write its unit of
// work. What the store or the database could not do is left for the next time and told
// in the error; it keeps nothing else from being done.
func (l *Library) Sweep(ctx context.Context, by access.Actor, write func(context.Context, func(*db.Tx) error) error) (Swept, error) {
	s := sweep{Library: l, by: by, write: write}
	var stale []videos.View
	err := l.DB.Read(ctx, func(tx *db.Tx) (err error) {
		stale, err = videos.Stale(tx, by)
		return err
	})
	if err != nil {
		return s.Swept, err
	}
	var errs []error
	for _, v := range stale {
		if err := ctx.Err(); err != nil {
			errs = append(errs, fmt.Errorf("media: sweep: %w", err))
			break
		}
		if err := s.settle(ctx, v); err != nil {
			errs = append(errs, fmt.Errorf("media: sweep video %s: %w", v.ID, err))
		}
	}
	errs = append(errs, write(ctx, func(tx *db.Tx) (err error) {
		s.Addresses, err = videos.ForgetAddresses(tx)
		return err
	}))
	return s.Swept, errors.Join(errs...)
}

type sweep struct {
	*Library
	Swept
	by    access.Actor
	write func(context.Context, func(*db.Tx) error) error
}

// settle brings one video to its end.
func (s *sweep) settle(ctx context.Context, v videos.View) error {
	if v.State == videos.Intended {
		refused, err := s.rescue(ctx, v)
		if err != nil {
			return err
		}
		if refused == nil {
			s.Completed++
			return nil
		}
		if v, err = s.fail(ctx, v, refused); err != nil || v.State != videos.Failed {
			return err // another replica's upload has just completed it
		}
		s.Failed++
	}
	if err := s.Store.Delete(ctx, v.Key); err != nil {
		return err
	}
	if err := s.write(ctx, func(tx *db.Tx) error { return videos.Removed(tx, s.by, v.ID) }); err != nil {
		return err
	}
	s.Removed++
	return nil
}

// rescue completes an upload whose object is whole. refused says why it never can be; err, that
// this could not be found out now.
func (s *sweep) rescue(ctx context.Context, v videos.View) (refused, err error) {
	info, size, err := s.look(ctx, v)
	if err == nil {
		err = s.write(ctx, func(tx *db.Tx) error {
			_, err := videos.Rescue(tx, s.by, about(v, info, size))
			return err
		})
	}
	if _, ok := fail.As(err); ok {
		return err, nil
	}
	return nil, err
}

// look probes the object of an upload.
func (s *sweep) look(ctx context.Context, v videos.View) (Video, int64, error) {
	obj, err := s.Store.Open(ctx, v.Key)
	if errors.Is(err, ErrNotFound) {
		return Video{}, 0, fail.NotFound("videos.broken_off").Because(err)
	}
	if err != nil {
		return Video{}, 0, err
	}
	size := obj.Info().Size
	info, err := Probe(obj, size)
	if err := obj.Close(); err != nil {
		return Video{}, 0, fmt.Errorf("media: close: %w", err)
	}
	return info, size, unplayable(err)
}

func (s *sweep) fail(ctx context.Context, v videos.View, cause error) (now videos.View, err error) {
	err = s.write(ctx, func(tx *db.Tx) (err error) {
		now, err = videos.Fail(tx, s.by, videos.FailInput{Video: v.ID, Code: codeOf(cause)})
		return err
	})
	return now, err
}
