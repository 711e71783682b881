// Package courses holds courses and their lessons, and who has reviewed them.
//
// A course belongs to a township or to the county and to one of the seven education
// tasks. Its lessons are taught from a video kept here, a disc, a stick, a broadcast,
// a document or by someone who comes. A lesson may be taught and studied only while
// it is reviewed: somebody who is none of its authors has agreed to exactly this
// revision. Whoever adds or changes a lesson, or stores a video for it, is one of its
// authors, and every such change withdraws the review. A change of what is said of the course, its task, title,
// summary or lecturer, is a change of each of its lessons. Which schools are given a lesson is
// said by models/curricula.
//
// Staff with CoursesSee on the course's unit see all of a course; staff of a unit
// below (a township, of the county's courses) see its reviewed lessons.
//
// The root of the aggregate is the course: every change locks it first. A form
// carries the revision that it showed; when another has changed the object since, the op
// is stale and changes nothing.
package courses

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

type (
	courseTag struct{}
	lessonTag struct{}
)

// CourseID identifies a course.
type CourseID = id.ID[courseTag]

// LessonID identifies a lesson.
type LessonID = id.ID[lessonTag]

// Area holds what the ops of this area need besides their unit of work.
type Area struct {
	reviewing []func(tx *db.Tx, by access.Actor, l Lesson) error
}

// New gives the area.
func New() *Area { return &Area{} }

// OnReview registers f to be called before a lesson counts as reviewed, in the same unit
// of work; its error aborts (models/videos: a video lesson needs a video that plays).
func (a *Area) OnReview(f func(tx *db.Tx, by access.Actor, l Lesson) error) {
	a.reviewing = append(a.reviewing, f)
}

type courseRow struct {
	ID         CourseID `gorm:"primaryKey"`
	UnitID     org.UnitID
	Task       Task
	Title      string
	Summary    string
	Lecturer   string
	AuthorID   access.AccountID
	SearchKey  string
	IsPublic   bool
	Revision   int
	ArchivedAt *time.Time
	MadeAt     time.Time
	ChangedAt  time.Time
}

func (courseRow) TableName() string { return "courses" }

type lessonRow struct {
	ID               LessonID `gorm:"primaryKey"`
	CourseID         CourseID
	Place            int
	Title            string
	SearchKey        string
	Medium           Medium
	Minutes          int
	Language         Language
	Material         string
	Revision         int
	ReviewedRevision int
	ReviewedBy       *access.AccountID
	ReviewedAt       *time.Time
	ReviewNote       string
	RemovedAt        *time.Time
	MadeAt           time.Time
	ChangedAt        time.Time
}

func (lessonRow) TableName() string { return "lessons" }

type authorRow struct {
	LessonID  LessonID         `gorm:"primaryKey"`
	AccountID access.AccountID `gorm:"primaryKey"`
	At        time.Time
}

func (authorRow) TableName() string { return "lesson_authors" }

// Course is a course as other areas use it.
type Course struct {
	ID       CourseID
	Unit     org.UnitID
	Path     string // of the owning unit
	Task     Task
	Title    string
	Summary  string
	Lecturer string
	Public   bool
	Archived bool
	Revision int
}

// Lesson is a lesson with its course, as other areas use it.
type Lesson struct {
	ID          LessonID
	Course      CourseID
	CourseTitle string
	Task        Task
	Lecturer    string
	Unit        org.UnitID // that owns the course
	Path        string     // of that unit
	Public      bool       // the county shows the course to everyone
	Archived    bool       // the course is out of use
	Title       string
	Medium      Medium
	Minutes     int
	Language    Language
	Material    string
	Revision    int
	Reviewed    bool
	Removed     bool
}

// Reviewed is the condition in SQL under which a lesson may be taught, for queries of
// other areas; l is the alias of lessons.
const Reviewed = "(l.reviewed_by IS NOT NULL AND l.reviewed_revision = l.revision AND l.removed_at IS NULL)"

const lessonQuery = `SELECT l.id, l.course_id AS course, c.title AS course_title, c.task, c.lecturer, c.unit_id AS unit, u.path,
c.is_public AS public, c.archived_at IS NOT NULL AS archived, l.title, l.medium, l.minutes, l.language, l.material, l.revision,
` + Reviewed + ` AS reviewed, l.removed_at IS NOT NULL AS removed
FROM lessons l JOIN courses c ON c.id = l.course_id JOIN units u ON u.id = c.unit_id `

// FindLesson reads a lesson, also a removed one; not_found when there is none. No
// permission is asked: the caller's op does.
func FindLesson(tx *db.Tx, lesson LessonID) (Lesson, error) {
	rows, err := db.Ask[Lesson](tx, lessonQuery+"WHERE l.id = ?", lesson)
	if err != nil {
		return Lesson{}, err
	}
	if len(rows) == 0 {
		return Lesson{}, fail.NotFound("courses.lesson_missing")
	}
	return rows[0], nil
}

// FindLessons reads those of the lessons that exist, by ID. No permission is asked.
func FindLessons(tx *db.Tx, lessons []LessonID) (map[LessonID]Lesson, error) {
	out := make(map[LessonID]Lesson, len(lessons))
	for part := range slices.Chunk(lessons, 200) {
		rows, err := db.Ask[Lesson](tx, lessonQuery+"WHERE l.id IN ?", part)
		if err != nil {
			return nil, err
		}
		for _, l := range rows {
			out[l.ID] = l
		}
	}
	return out, nil
}

// FindCourse reads a course; not_found when there is none. No permission is asked.
func FindCourse(tx *db.Tx, course CourseID) (Course, error) {
	rows, err := db.Ask[Course](tx, `SELECT c.id, c.unit_id AS unit, u.path, c.task, c.title, c.summary, c.lecturer, c.is_public AS public,
c.archived_at IS NOT NULL AS archived, c.revision FROM courses c JOIN units u ON u.id = c.unit_id WHERE c.id = ?`, course)
	if err != nil {
		return Course{}, err
	}
	if len(rows) == 0 {
		return Course{}, fail.NotFound("courses.course_missing")
	}
	return rows[0], nil
}

// LockCourse locks a course, the root of its lessons, and reads it.
func LockCourse(tx *db.Tx, course CourseID) (Course, error) {
	if _, err := db.One[courseRow](tx.Locked().Where("id = ?", course), "courses.course_missing"); err != nil {
		return Course{}, err
	}
	return FindCourse(tx, course)
}

// LockLesson locks the course of a lesson and reads the lesson.
func LockLesson(tx *db.Tx, lesson LessonID) (Lesson, error) {
	found, err := FindLesson(tx, lesson)
	if err != nil {
		return Lesson{}, err
	}
	if _, err := LockCourse(tx, found.Course); err != nil {
		return Lesson{}, err
	}
	return FindLesson(tx, lesson)
}

// LockLessons locks the courses of the lessons, in the order of their IDs, and reads the
// lessons: what is reviewed then stays so until the end of the unit of work.
func LockLessons(tx *db.Tx, lessons []LessonID) (map[LessonID]Lesson, error) {
	found, err := FindLessons(tx, lessons)
	if err != nil {
		return nil, err
	}
	courses := make([]CourseID, 0, len(found))
	for _, l := range found {
		courses = append(courses, l.Course)
	}
	slices.SortFunc(courses, func(a, b CourseID) int { return slices.Compare(a[:], b[:]) })
	for _, c := range slices.Compact(courses) {
		if _, err := db.One[courseRow](tx.Locked().Where("id = ?", c), "courses.course_missing"); err != nil {
			return nil, err
		}
	}
	return FindLessons(tx, lessons)
}

// require asks for a permission on a course. Staff of a unit below see the course when a
// lesson of it is reviewed, and are then told that they may not do this to it.
func require(tx *db.Tx, by access.Actor, p access.Permission, c Course) error {
	err := by.Require(p, c.Path)
	if fail.KindOf(err) != fail.Missing || !SeesAbove(by, c.Path) {
		return err
	}
	has, err2 := hasReviewed(tx, c.ID)
	if err2 != nil {
		return err2
	}
	if has {
		return fail.Forbidden("access.forbidden")
	}
	return err
}

// SeesAll reports whether the actor sees all courses of the unit with this path, drafts too.
func SeesAll(by access.Actor, path string) bool { return by.Can(access.CoursesSee, path) }

// SeesAbove reports whether the actor is staff of a unit below that with this path, who
// sees what is reviewed of its courses.
func SeesAbove(by access.Actor, path string) bool {
	return slices.ContainsFunc(by.Visible(access.CoursesSee).Paths, func(p string) bool { return strings.HasPrefix(p, path) })
}

func hasReviewed(tx *db.Tx, course CourseID) (bool, error) {
	var n int64
	err := tx.Raw("SELECT COUNT(*) FROM lessons l WHERE l.course_id = ? AND "+Reviewed, course).Scan(&n).Error
	if err != nil {
		return false, fmt.Errorf("courses: %w", err)
	}
	return n > 0, nil
}

// person refuses a job where the record must name who did it.
func person(by access.Actor) error {
	if by.SignedIn() {
		return nil
	}
	return fail.NoSignIn("access.sign_in_first")
}
