package courses

import (
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// View is a course as its editors see it.
type View struct {
	ID        CourseID     `json:"id"`
	Unit      org.UnitID   `json:"unit"`
	UnitName  string       `json:"unit_name"`
	Path      string       `json:"-"` // of the unit
	Task      Task         `json:"task"`
	Title     string       `json:"title"`
	Summary   string       `json:"summary"`
	Lecturer  string       `json:"lecturer"`
	Author    string       `json:"author"` // who made it, by name
	Public    bool         `json:"public"`
	Archived  bool         `json:"archived"`
	Revision  int          `json:"revision"`
	ChangedAt time.Time    `json:"changed_at"`
	Lessons   []LessonView `json:"lessons" gorm:"-"`
}

// Minutes is the length of all lessons together.
func (v View) Minutes() int {
	n := 0
	for _, l := range v.Lessons {
		n += l.Minutes
	}
	return n
}

// Waiting is the number of lessons that are not reviewed.
func (v View) Waiting() int {
	n := 0
	for _, l := range v.Lessons {
		if !l.Reviewed {
			n++
		}
	}
	return n
}

// LessonView is a lesson as editors see it.
type LessonView struct {
	ID          LessonID   `json:"id"`
	Course      CourseID   `json:"course"`
	CourseTitle string     `json:"course_title"`
	Place       int        `json:"place"` // within the course, from 1
	Title       string     `json:"title"`
	Medium      Medium     `json:"medium"`
	Minutes     int        `json:"minutes"`
	Language    Language   `json:"language"`
	Material    string     `json:"material"`
	Revision    int        `json:"revision"`
	Reviewed    bool       `json:"reviewed"`
	Reviewer    string     `json:"reviewer"` // by name, "" while not reviewed
	ReviewedAt  *time.Time `json:"reviewed_at"`
	Note        string     `json:"review_note"` // what the reviewer wants changed
	Mine        bool       `json:"mine"`        // the actor is an author and may not review it
	ChangedAt   time.Time  `json:"changed_at"`
}

const courseColumns = `SELECT c.id, c.unit_id AS unit, u.name AS unit_name, u.path, c.task, c.title, c.summary, c.lecturer,
a.name AS author, c.is_public AS public, c.archived_at IS NOT NULL AS archived, c.revision, c.changed_at
FROM courses c JOIN units u ON u.id = c.unit_id JOIN accounts a ON a.id = c.author_id `

const lessonColumns = `SELECT l.id, l.course_id AS course, c.title AS course_title, l.place, l.title, l.medium, l.minutes, l.language,
l.material, l.revision, ` + Reviewed + ` AS reviewed, COALESCE(r.name, '') AS reviewer, l.reviewed_at, l.review_note AS note, l.changed_at,
EXISTS (SELECT 1 FROM lesson_authors x WHERE x.lesson_id = l.id AND x.account_id = ?) AS mine
FROM lessons l JOIN courses c ON c.id = l.course_id LEFT JOIN accounts r ON r.id = l.reviewed_by `

// GetInput names a course.
type GetInput struct {
	ID CourseID `path:"id"`
}

// Get reads a course with its lessons in their order. Permission: CoursesSee on the
// course's unit; staff of a unit below see a course that has reviewed lessons, and those only.
func Get(tx *db.Tx, by access.Actor, in GetInput) (View, error) {
	v, err := read(tx, by, in.ID)
	if err != nil {
		return View{}, err
	}
	if SeesAll(by, v.Path) {
		return v, nil
	}
	if SeesAbove(by, v.Path) {
		reviewed := v.Lessons[:0]
		for _, l := range v.Lessons {
			if l.Reviewed {
				reviewed = append(reviewed, l)
			}
		}
		if v.Lessons = reviewed; len(reviewed) > 0 {
			return v, nil
		}
	}
	return View{}, by.Require(access.CoursesSee, v.Path)
}

// read gives the whole course; no permission is asked.
func read(tx *db.Tx, by access.Actor, course CourseID) (View, error) {
	rows, err := db.Ask[View](tx, courseColumns+"WHERE c.id = ?", course)
	if err != nil {
		return View{}, err
	}
	if len(rows) == 0 {
		return View{}, fail.NotFound("courses.course_missing")
	}
	v := rows[0]
	v.Lessons, err = db.Ask[LessonView](tx, lessonColumns+"WHERE l.course_id = ? AND l.removed_at IS NULL ORDER BY l.place",
		by.Account, course)
	return v, err
}

// GetLessonInput names a lesson.
type GetLessonInput struct {
	ID LessonID `path:"id"`
}

// GetLesson reads a lesson for its editors; not_found once it is removed. Permission: CoursesSee
// on the course's unit; staff of a unit below see it while it is reviewed.
func GetLesson(tx *db.Tx, by access.Actor, in GetLessonInput) (LessonView, error) {
	l, err := FindLesson(tx, in.ID)
	if err != nil {
		return LessonView{}, err
	}
	if !SeesAll(by, l.Path) && !(l.Reviewed && SeesAbove(by, l.Path)) {
		return LessonView{}, by.Require(access.CoursesSee, l.Path)
	}
	return readLesson(tx, by, in.ID)
}

func readLesson(tx *db.Tx, by access.Actor, lesson LessonID) (LessonView, error) {
	rows, err := db.Ask[LessonView](tx, lessonColumns+"WHERE l.id = ? AND l.removed_at IS NULL", by.Account, lesson)
	if err != nil {
		return LessonView{}, err
	}
	if len(rows) == 0 {
		return LessonView{}, fail.NotFound("courses.lesson_missing")
	}
	return rows[0], nil
}
