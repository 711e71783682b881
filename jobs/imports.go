package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports"
)

// Importer checks and brings in lists in the background (models/imports). It is no [Job]: people wait for it, so it begins as
// soon as it is woken, and looks every now and then for what another replica left. Any number of replicas may do so at once. It
// is safe for concurrent use.
type Importer struct {
	*background

	db   *db.DB
	area *imports.Area
	log  *slog.Logger
}

// NewImporter makes an importer at rest.
func NewImporter(d *db.DB, area *imports.Area, log *slog.Logger) *Importer {
	return &Importer{background: idle(importers), db: d, area: area, log: log}
}

const (
	importers  = 2                // imports that one replica works on at once
	importTick = 15 * time.Second // how often it looks by itself
	pastPause  = time.Second / 10 // the database's clock and ours
)

// Start begins to work.
func (w *Importer) Start() {
	for range importers {
		w.running.Go(func() { w.run(importTick, w.Once) })
	}
}

// Once does the work of one import, if one waits, to its end, and reports whether one did. What goes wrong is logged, and
// told to the account that imports.
func (w *Importer) Once(ctx context.Context) bool {
	var c imports.Claim
	var ok bool
	err := w.db.Write(ctx, func(tx *db.Tx) (err error) {
		c, ok, err = w.area.Next(tx)
		return err
	})
	if err != nil && ctx.Err() == nil {
		w.log.Warn("imports not looked for", "err", err)
	}
	if err != nil || !ok {
		return false
	}
	if err := w.guarded(ctx, c); err != nil {
		w.failed(ctx, c, err)
	}
	return true
}

// guarded does the work; a panic is an error with its stack.
func (w *Importer) guarded(ctx context.Context, c imports.Claim) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("jobs: panic: %v\n%s", p, debug.Stack())
		}
	}()
	ctx = db.WithRequestID(ctx, c.ID.String())
	if c.State == imports.Applying {
		return w.apply(ctx, c)
	}
	return w.check(ctx, c)
}

func (w *Importer) check(ctx context.Context, c imports.Claim) error {
	var k *imports.Check
	err := w.db.Read(ctx, func(tx *db.Tx) (err error) {
		k, err = w.area.Open(tx, c)
		return err
	})
	if err == nil {
		err = k.Read()
	}
	if err == nil {
		err = w.db.Read(ctx, k.Check)
	}
	for done := 0; err == nil; {
		next := done
		err = w.db.Write(ctx, func(tx *db.Tx) (err error) {
			next, err = k.Store(tx, done)
			return err
		})
		if done = next; done == k.Rows() {
			break
		}
	}
	return err
}

func (w *Importer) apply(ctx context.Context, c imports.Claim) error {
	for finished := false; !finished; {
		err := w.db.Write(ctx, func(tx *db.Tx) (err error) {
			finished, err = w.area.Step(tx, c, imports.AppliedAtOnce)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// failed gives the claim back, even while the importer stops.
func (w *Importer) failed(ctx context.Context, c imports.Claim, failure error) {
	if imports.IsLost(failure) {
		return // the account asked for something else meanwhile
	}
	stopping := ctx.Err() != nil
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	err := w.db.Write(ctx, func(tx *db.Tx) error {
		if e, ok := fail.As(failure); ok && !stopping {
			return w.area.Stop(tx, c, reason(e))
		}
		return w.area.Yield(tx, c, !stopping)
	})
	if _, ok := fail.As(failure); !ok && !stopping {
		time.AfterFunc(imports.Pause+pastPause, w.Wake) // somebody waits: longer than that only where another replica takes it
		w.log.Error("import failed", "import", c.ID.String(), "err", failure)
	}
	if err != nil && !imports.IsLost(err) && !errors.Is(err, context.Canceled) {
		w.log.Warn("import not given back", "import", c.ID.String(), "err", err)
	}
}

// reason is the key that says why: that of the first field, or else of the whole.
func reason(e *fail.Error) string {
	for _, f := range e.Fields {
		return f.Code
	}
	return e.Code
}
