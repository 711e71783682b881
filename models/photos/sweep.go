package photos

import (
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/db"
)

// settleAfter is the age at which an intent counts as broken off.
const settleAfter = 24 * time.Hour

// Stale lists pictures for the sweeper: intents over a day old, removed ones that cannot be brought back any more and whose object may
// still lie in the store, and those that nobody has filed in time. At most 100, the oldest first. Only jobs.
func Stale(tx *db.Tx, by access.Actor) ([]View, error) {
	if err := by.RequireJob(); err != nil {
		return nil, err
	}
	rows, err := db.All[photoRow](tx.Where("(state = ? AND made_at < ?) OR (state = ? AND object_key <> '' AND removed_at < ?) OR (state = ? AND session_id IS NULL AND made_at < ?)",
		Intended, tx.Now.Add(-settleAfter), Removed, tx.Now.Add(-Back), Ready, tx.Now.Add(-Unfiled)).Order("made_at, id").Limit(100))
	out := make([]View, len(rows))
	for i, r := range rows {
		out[i] = view(r)
	}
	return out, err
}

// Settle ends a stale picture: an intent becomes ready when its object is whole, and is forgotten otherwise; an unfiled one is removed.
// It says whether the object is to be deleted now. Only jobs.
func Settle(tx *db.Tx, by access.Actor, photo PhotoID, whole bool) (bool, error) {
	if err := by.RequireJob(); err != nil {
		return false, err
	}
	r, err := locked(tx, photo)
	if err != nil {
		return false, err
	}
	switch {
	case r.State == Intended && whole:
		_, err = db.Set(tx.Model(&photoRow{}).Where("id = ?", photo), map[string]any{"state": Ready})
		return false, err
	case r.State == Removed && r.ObjectKey != "" && tx.Now.Sub(*r.RemovedAt) > Back:
		return true, nil
	case r.State == Intended, r.State == Ready && r.SessionID == nil && tx.Now.Sub(r.MadeAt) > Unfiled:
		_, err = db.Set(tx.Model(&photoRow{}).Where("id = ?", photo), map[string]any{"state": Removed, "removed_at": tx.Now.Add(-Back - time.Minute)})
		return true, err
	}
	return false, nil // brought back, or filed, meanwhile
}

// Forget notes that the object of a removed picture is gone. A row that never was a picture under a session goes with it, so that
// what broke off may be sent again; that of one on which somebody was erased stays. Only jobs.
func Forget(tx *db.Tx, by access.Actor, photo PhotoID) error {
	if err := by.RequireJob(); err != nil {
		return err
	}
	if err := tx.Where("id = ? AND state = ? AND removed_by IS NULL AND hash <> ''", photo, Removed).Delete(&photoRow{}).Error; err != nil {
		return fmt.Errorf("photos: %w", err)
	}
	_, err := db.Set(tx.Model(&photoRow{}).Where("id = ? AND state = ?", photo, Removed), map[string]any{"object_key": ""})
	return err
}
