package jobs

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// background does work that people wait for, as soon as it is woken, and looks every now and then for what another replica
// left. It is safe for concurrent use.
type background struct {
	wake    chan struct{}
	base    context.Context //nolint:containedctx // of the work, ended by Stop
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// idle is one at rest, which at most so many calls of [background.Wake] reach at once.
func idle(woken int) *background {
	base, cancel := context.WithCancel(context.Background())
	return &background{wake: make(chan struct{}, woken), base: base, cancel: cancel}
}

// Stop ends the work, which another replica, or the next start, goes on with.
func (w *background) Stop(ctx context.Context) error {
	w.cancel()
	done := make(chan struct{})
	go func() { w.running.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("jobs: still at work in the background: %w", ctx.Err())
	}
}

// Wake says that there may be work. It never waits.
func (w *background) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run calls once as long as it did something, and again when it is woken and at every tick, until Stop.
func (w *background) run(every time.Duration, once func(context.Context) bool) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		for w.base.Err() == nil && once(w.base) {
			continue
		}
		select {
		case <-w.base.Done():
			return
		case <-w.wake:
		case <-tick.C:
		}
	}
}
