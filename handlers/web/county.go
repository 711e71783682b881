package web

import (
	"context"
	"time"

	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// countyName is the county's own name, as it was at a time.
type countyName struct {
	name string // "" while there is no county yet
	at   time.Time
}

// countyKept is how long a page may show a name that another replica has changed since.
const countyKept = 10 * time.Second

// county is the county's own name for the header, as last read.
func (w *App) county(l lang.Lang) string {
	if kept := w.countyName.Load(); kept != nil && kept.name != "" {
		return l.T("layout.county_of", kept.name)
	}
	return l.T("layout.county")
}

// readCounty reads the county's name again once what is kept of it is old: one of all requests does so, the others go on with the old
// one, and so do all while the database cannot be asked.
func (w *App) readCounty(ctx context.Context) {
	old, now := w.countyName.Load(), w.DB.Now()
	if old != nil && now.Sub(old.at) < countyKept && !now.Before(old.at) {
		return
	}
	next := &countyName{at: now}
	if old != nil {
		next.name = old.name
	}
	if !w.countyName.CompareAndSwap(old, next) {
		return
	}
	err := w.DB.Read(ctx, func(tx *db.Tx) error {
		root, err := org.Root(tx)
		if err == nil {
			w.countyName.CompareAndSwap(next, &countyName{root.Name, now})
		}
		return err
	})
	if err != nil && fail.KindOf(err) != fail.Missing && ctx.Err() == nil {
		w.Log.WarnContext(ctx, "the county's name is not read", "err", err)
	}
}
