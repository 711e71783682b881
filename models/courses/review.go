package courses

import (
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
)

const mostNote = 300

// ReviewInput names a lesson and the revision that was read.
type ReviewInput struct {
	ID       LessonID `path:"id" json:"-"`
	Revision int      `json:"revision" form:"revision"`
}

// Review agrees to exactly this revision of a lesson, so that it may be taught. The
// reviewer must be none of the lesson's authors. Locks the course. Stale when the lesson has changed
// since it was read. Permission: CoursesReview on the course's unit; the county may
// review a township's.
func (a *Area) Review(tx *db.Tx, by access.Actor, in ReviewInput) (LessonView, error) {
	l, err := lockToReview(tx, by, in.ID)
	if err != nil {
		return LessonView{}, err
	}
	if err := person(by); err != nil {
		return LessonView{}, err
	}
	if l.Archived {
		return LessonView{}, fail.Conflict("courses.archived")
	}
	if err := fresh(in.Revision, l.Revision, "courses.lesson_changed"); err != nil {
		return LessonView{}, err
	}
	own, err := isAuthor(tx, by, l.ID)
	if err != nil {
		return LessonView{}, err
	}
	if own {
		return LessonView{}, fail.Forbidden("courses.review_own")
	}
	if l.Reviewed {
		return readLesson(tx, by, l.ID)
	}
	for _, f := range a.reviewing {
		if err := f(tx, by, l); err != nil {
			return LessonView{}, err
		}
	}
	return setReview(tx, by, l, "lesson.review", map[string]any{
		"reviewed_by": by.Account, "reviewed_at": tx.Now, "reviewed_revision": l.Revision, "review_note": "",
	})
}

func lockToReview(tx *db.Tx, by access.Actor, lesson LessonID) (Lesson, error) {
	l, err := LockLesson(tx, lesson)
	if err != nil {
		return Lesson{}, err
	}
	if err := require(tx, by, access.CoursesReview, Course{ID: l.Course, Path: l.Path}); err != nil {
		return Lesson{}, err
	}
	if l.Removed {
		return Lesson{}, fail.NotFound("courses.lesson_missing")
	}
	return l, nil
}

// Reviewer says who reviewed a lesson as it stands, by name, and when; "" and nil while it is not. No
// permission is asked: the caller's op has decided that the lesson may be seen.
func Reviewer(tx *db.Tx, lesson LessonID) (string, *time.Time, error) {
	rows, err := db.Ask[struct {
		Name       string
		ReviewedAt *time.Time
	}](tx, "SELECT a.name, l.reviewed_at FROM lessons l JOIN accounts a ON a.id = l.reviewed_by WHERE l.id = ? AND "+Reviewed, lesson)
	if err != nil || len(rows) == 0 {
		return "", nil, err
	}
	return rows[0].Name, rows[0].ReviewedAt, nil
}

func isAuthor(tx *db.Tx, by access.Actor, lesson LessonID) (bool, error) {
	rows, err := db.All[authorRow](tx.Where("lesson_id = ? AND account_id = ?", lesson, by.Account))
	return len(rows) > 0, err
}

func setReview(tx *db.Tx, by access.Actor, l Lesson, act string, columns map[string]any) (LessonView, error) {
	if _, err := db.Set(tx.Model(&lessonRow{}).Where("id = ?", l.ID), columns); err != nil {
		return LessonView{}, err
	}
	err := audit.Add(tx, by, audit.Row{
		Act: act, Object: "lesson", ID: l.ID, Unit: audit.Unit(l.Unit),
		Change: audit.Changes{}.Code("reviewed", reviewWord(l.Reviewed), reviewWord(columns["reviewed_by"] != nil)).
			Int("revision", 0, l.Revision),
	})
	if err != nil {
		return LessonView{}, err
	}
	return readLesson(tx, by, l.ID)
}

// WithdrawInput says why a lesson may not be taught.
type WithdrawInput struct {
	ID       LessonID `path:"id" json:"-"`
	Revision int      `json:"revision" form:"revision"` // that was read
	Note     string   `json:"note" form:"note"`         // what its authors should change
}

// Withdraw takes back a review, or gives a lesson that waits for one back to its authors with a note. It
// may not be taught until it is reviewed again. Locks the course. Permission: CoursesReview.
func (a *Area) Withdraw(tx *db.Tx, by access.Actor, in WithdrawInput) (LessonView, error) {
	l, err := lockToReview(tx, by, in.ID)
	if err != nil {
		return LessonView{}, err
	}
	if err := fresh(in.Revision, l.Revision, "courses.lesson_changed"); err != nil {
		return LessonView{}, err
	}
	var c fail.Check
	note := c.Prose("note", in.Note, 0, mostNote)
	if err := c.Err(); err != nil {
		return LessonView{}, err
	}
	return setReview(tx, by, l, "lesson.withdraw", map[string]any{
		"reviewed_by": nil, "reviewed_at": nil, "review_note": note,
	})
}

// WaitingInput asks for a part of the list.
type WaitingInput struct {
	After LessonID `query:"after"`
	Limit int      `query:"limit"` // 1–100; 0 means 50
}

// WaitingItem is a lesson that waits for the actor's review.
type WaitingItem struct {
	LessonView
	Task     Task   `json:"task"`
	UnitName string `json:"unit_name"`
	Lecturer string `json:"lecturer"`
	Author   string `json:"author"` // who made the course, by name
}

// Waiting lists the lessons that the actor can review now: neither reviewed nor given back,
// and none of his own; in the order in which they were made; forbidden for who reviews nowhere. Permission: CoursesReview.
func Waiting(tx *db.Tx, by access.Actor, in WaitingInput) (db.Page[WaitingItem], error) {
	if err := by.RequireAnywhere(access.CoursesReview); err != nil {
		return db.Page[WaitingItem]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 100 {
		limit = 50
	}
	cond, args := db.PathRange("u.path", by.Visible(access.CoursesReview))
	query := `SELECT l.id, l.course_id AS course, c.title AS course_title, l.place, l.title, l.medium, l.minutes, l.language, l.material,
l.revision, l.changed_at, c.task, c.lecturer, u.name AS unit_name, a.name AS author
FROM lessons l JOIN courses c ON c.id = l.course_id JOIN units u ON u.id = c.unit_id JOIN accounts a ON a.id = c.author_id
WHERE l.removed_at IS NULL AND c.archived_at IS NULL AND NOT ` + Reviewed + ` AND l.review_note = '' AND l.id > ? AND ` + cond + `
AND NOT EXISTS (SELECT 1 FROM lesson_authors x WHERE x.lesson_id = l.id AND x.account_id = ?) ORDER BY l.id LIMIT ?`
	args = append([]any{in.After}, args...)
	rows, err := db.Ask[WaitingItem](tx, query, append(args, by.Account, limit+1)...)
	if err != nil {
		return db.Page[WaitingItem]{}, err
	}
	page := db.Page[WaitingItem]{Items: rows[:min(len(rows), limit)]}
	if len(rows) > limit {
		page.Next = rows[limit-1].ID.String()
	}
	return page, nil
}
