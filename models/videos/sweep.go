package videos

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
)

// Window is how long a signed address is handed out; it is valid for twice as long, so
// that one taken at the end of a window still plays a whole lesson.
const Window = 6 * time.Hour

// WindowOf is the beginning of the window that t lies in.
func WindowOf(t time.Time) time.Time { return t.UTC().Truncate(Window) }

// Address is the signed address of a video in the present window, "" when none was
// made yet. All replicas hand out the same one, so that caches work.
func Address(tx *db.Tx, video VideoID) (string, error) {
	r, err := db.One[addressRow](tx.Where("video_id = ? AND opens_at = ?", video, WindowOf(tx.Now)), "videos.no_address")
	if fail.KindOf(err) == fail.Missing {
		return "", nil
	}
	return r.Address, err
}

// KeepAddress stores an address for the present window, and gives the one that is kept: another
// replica may have been first.
func KeepAddress(tx *db.Tx, video VideoID, address string) (string, error) {
	r := addressRow{VideoID: video, OpensAt: WindowOf(tx.Now), Address: address}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&r).Error; err != nil {
		return "", fmt.Errorf("videos: %w", err)
	}
	return Address(tx, video)
}

// sweepAfter is the age at which an intent counts as broken off.
const sweepAfter = 24 * time.Hour

// Stale lists videos for the sweeper: intents over a day old, and replaced or failed
// ones whose object may still lie in the store. At most 100, oldest first. Only jobs.
func Stale(tx *db.Tx, by access.Actor) ([]View, error) {
	if by.Job() == "" {
		return nil, fail.Forbidden("access.forbidden")
	}
	rows, err := db.All[videoRow](tx.Where("(state = ? AND made_at < ?) OR (state IN ? AND object_key <> '')",
		Intended, tx.Now.Add(-sweepAfter), []State{Replaced, Failed}).Order("made_at, id").Limit(100))
	out := make([]View, len(rows))
	for i, r := range rows {
		out[i] = view(r)
	}
	return out, err
}

// Removed notes that the object of a replaced or failed video is gone. Only jobs.
func Removed(tx *db.Tx, by access.Actor, video VideoID) error {
	if by.Job() == "" {
		return fail.Forbidden("access.forbidden")
	}
	if _, err := db.Set(tx.Model(&videoRow{}).Where("id = ? AND state IN ?", video, []State{Replaced, Failed}), map[string]any{"object_key": ""}); err != nil {
		return err
	}
	if err := tx.Where("video_id = ?", video).Delete(&addressRow{}).Error; err != nil {
		return fmt.Errorf("videos: %w", err)
	}
	return nil
}

// Owner is the account that uploaded the video, for completing a broken-off upload in its name.
func Owner(tx *db.Tx, video VideoID) (access.AccountID, error) {
	r, err := find(tx, video)
	return r.AccountID, err
}
