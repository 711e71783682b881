package videos

import (
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"huotang/models/db"
	"huotang/models/fail"
)

// Window is how long a signed address is handed out; it is valid for twice as long, so
// that one taken at the end of a window still plays a whole lesson.
const Window = 6 * time.Hour

// WindowOf is the beginning of the window that t lies in.
func WindowOf(t time.Time) time.Time { return t.UTC().Truncate(Window) }

// Address is the signed address of a video in the present window, "" when none was
// made yet. All replicas hand out the same one, so that caches work. No permission is asked: the
// caller's op has decided that the lesson may be played.
func Address(tx *db.Tx, video VideoID) (string, error) {
	r, err := db.One[addressRow](tx.Where("video_id = ? AND opens_at = ?", video, WindowOf(tx.Now)), "videos.no_address")
	if fail.KindOf(err) == fail.Missing {
		return "", nil
	}
	return r.Address, err
}

// KeepAddress stores an address for the present window, and gives the one that is kept: another
// replica may have been first. No permission is asked, as for [Address]. It is a cache, not a record:
// no audit.
func KeepAddress(tx *db.Tx, video VideoID, address string) (string, error) {
	r := addressRow{VideoID: video, OpensAt: WindowOf(tx.Now), Address: address}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&r).Error; err != nil {
		return "", fmt.Errorf("videos: %w", err)
	}
	return Address(tx, video)
}

// ForgetAddresses drops the addresses of past windows and says how many.
func ForgetAddresses(tx *db.Tx) (int64, error) {
	q := tx.Where("opens_at < ?", WindowOf(tx.Now)).Delete(&addressRow{})
	if q.Error != nil {
		return 0, fmt.Errorf("videos: %w", q.Error)
	}
	return q.RowsAffected, nil
}
