package videos

import (
	"fmt"
	"time"

	"huotang/models/access"
	"huotang/models/accounts"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/fail"
)

// sweepAfter is the age at which an intent counts as broken off.
const sweepAfter = 24 * time.Hour

// Stale lists videos for the sweeper: intents over a day old, and replaced or failed
// ones whose object may still lie in the store. At most 100, oldest first. Only jobs.
func Stale(tx *db.Tx, by access.Actor) ([]View, error) {
	if err := by.RequireJob(); err != nil {
		return nil, err
	}
	rows, err := db.All[videoRow](tx.Where("(state = ? AND made_at < ?) OR (state IN ? AND object_key <> '')",
		Intended, tx.Now.Add(-sweepAfter), []State{Replaced, Failed}).Order("made_at, id").Limit(100))
	out := make([]View, len(rows))
	for i, r := range rows {
		out[i] = view(r)
	}
	return out, err
}

// Rescue is [Complete] for an upload that broke off after its last byte, in the name of its uploader, who must
// still hold the permission. It is a conflict when the lesson has gone on without it: another video
// became ready since, or the lesson stands reviewed and perhaps published. Locks the course. Only jobs.
func Rescue(tx *db.Tx, by access.Actor, in CompleteInput) (View, error) {
	if err := by.RequireJob(); err != nil {
		return View{}, err
	}
	r, err := find(tx, in.Video)
	if err != nil {
		return View{}, err
	}
	owner, _, err := accounts.Actor(tx, r.AccountID)
	if err != nil {
		return View{}, err
	}
	r, l, err := lock(tx, owner, in.Video)
	if err != nil || r.State == Ready {
		return view(r), err
	}
	later, err := db.All[videoRow](tx.Where("lesson_id = ? AND ready_at >= ?", l.ID, r.MadeAt).Limit(1))
	if err != nil {
		return View{}, err
	}
	if l.Reviewed || len(later) > 0 {
		return View{}, fail.Conflict("videos.overtaken")
	}
	return ready(tx, owner, r, l, in)
}

// Removed notes that the object of a replaced or failed video is gone. Only jobs.
func Removed(tx *db.Tx, by access.Actor, video VideoID) error {
	if err := by.RequireJob(); err != nil {
		return err
	}
	r, err := find(tx, video)
	if err != nil {
		return err
	}
	n, err := db.Set(tx.Model(&videoRow{}).Where("id = ? AND state IN ? AND object_key <> ''", video, []State{Replaced, Failed}),
		map[string]any{"object_key": ""})
	if err != nil || n == 0 {
		return err
	}
	if err := tx.Where("video_id = ?", video).Delete(&addressRow{}).Error; err != nil {
		return fmt.Errorf("videos: %w", err)
	}
	l, err := courses.FindLesson(tx, r.LessonID)
	if err != nil {
		return err
	}
	return note(tx, by, "video.remove", r, r.State, l)
}
