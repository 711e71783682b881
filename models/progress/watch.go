package progress

import (
	"fmt"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/curricula"
	"huotang/models/db"
	"huotang/models/fail"
)

// PositionView is where somebody stopped in a lesson.
type PositionView struct {
	Lesson     courses.LessonID `json:"lesson"`
	PositionMs int              `json:"position_ms"` // from the start; 0 for somebody who has not begun
}

// PositionInput names a lesson.
type PositionInput struct {
	Lesson courses.LessonID `path:"id"`
}

// Position reads one's own place in a lesson. Permission: being signed in, and the lesson is one that the actor may play.
func Position(tx *db.Tx, by access.Actor, in PositionInput) (PositionView, error) {
	if err := requireWatch(tx, by, in.Lesson); err != nil {
		return PositionView{}, err
	}
	rows, err := db.All[watchRow](tx.Where("account_id = ? AND lesson_id = ?", by.Account, in.Lesson))
	v := PositionView{Lesson: in.Lesson}
	if err == nil && len(rows) > 0 {
		v.PositionMs = rows[0].PositionMs
	}
	return v, err
}

// KeepPositionInput says where the player is.
type KeepPositionInput struct {
	Lesson     courses.LessonID `path:"id" json:"-"`
	PositionMs int              `json:"position_ms" form:"position_ms"`
}

// longest video that a bookmark may lie in, a day.
const longest = 24 * 60 * 60 * 1000

// KeepPosition keeps one's own place in a lesson. It is a bookmark that the client tells and nothing is ever
// derived from it, so the last one wins and no audit row is written. Permission as [Position].
func KeepPosition(tx *db.Tx, by access.Actor, in KeepPositionInput) (PositionView, error) {
	if err := requireWatch(tx, by, in.Lesson); err != nil {
		return PositionView{}, err
	}
	var c fail.Check
	c.Range("position_ms", in.PositionMs, 0, longest)
	if err := c.Err(); err != nil {
		return PositionView{}, err
	}
	row := watchRow{by.Account, in.Lesson, in.PositionMs, tx.Now}
	if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error; err != nil {
		return PositionView{}, fmt.Errorf("progress: position: %w", err)
	}
	return PositionView(in), nil
}

func requireWatch(tx *db.Tx, by access.Actor, lesson courses.LessonID) error {
	if !by.SignedIn() {
		return fail.NoSignIn("access.sign_in_first")
	}
	_, err := curricula.RequirePlay(tx, by, lesson)
	return err
}
