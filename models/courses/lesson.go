package courses

import (
	"fmt"

	"gorm.io/gorm/clause"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
)

const (
	mostMinutes  = 600
	mostMaterial = 300
)

// AddLessonInput describes a new lesson.
type AddLessonInput struct {
	Course   CourseID `path:"id" json:"-"`
	Title    string   `json:"title" form:"title"`
	Medium   Medium   `json:"medium" form:"medium"`
	Minutes  int      `json:"minutes" form:"minutes"` // 1–600
	Language Language `json:"language" form:"language"`
	Material string   `json:"material" form:"material"` // where the thing is: "the disc in the cupboard, part 3"
}

// AddLesson adds a lesson at the end of a course; whoever adds it is its author. Locks
// the course. Permission: CoursesEdit.
func (a *Area) AddLesson(tx *db.Tx, by access.Actor, in AddLessonInput) (LessonView, error) {
	if err := person(by); err != nil {
		return LessonView{}, err
	}
	c, err := LockCourse(tx, in.Course)
	if err != nil {
		return LessonView{}, err
	}
	if _, err := lockToEdit(tx, by, c.ID, c.Revision); err != nil {
		return LessonView{}, err
	}
	ids, err := lessonIDs(tx, c.ID)
	if err != nil {
		return LessonView{}, err
	}
	row := lessonRow{ID: id.New[lessonTag](), CourseID: c.ID, Place: len(ids) + 1, Revision: 1, MadeAt: tx.Now, ChangedAt: tx.Now}
	var f fail.Check
	row.fill(&f, in.Title, in.Medium, in.Minutes, in.Language, in.Material)
	if err := f.Err(); err != nil {
		return LessonView{}, err
	}
	if len(ids) >= mostLessons {
		return LessonView{}, fail.Conflict("courses.lessons_full", mostLessons)
	}
	if err := db.Insert(tx, &row); err != nil {
		return LessonView{}, err
	}
	if err := addAuthor(tx, by, row.ID); err != nil {
		return LessonView{}, err
	}
	if _, err := setCourse(tx, by, c, "lesson.add", audit.Changes{}.Code("lesson", "", row.ID.String()), map[string]any{}); err != nil {
		return LessonView{}, err
	}
	return readLesson(tx, by, row.ID)
}

func (r *lessonRow) fill(c *fail.Check, title string, medium Medium, minutes int, language Language, material string) {
	r.Title = c.Text("title", title, 1, mostTitle)
	r.SearchKey = searchKey(lessonKeyRoom, r.Title)
	c.If(!medium.Known(), "medium", "input.choice")
	c.Range("minutes", minutes, 1, mostMinutes)
	c.If(!language.Known(), "language", "input.choice")
	r.Medium, r.Minutes, r.Language = medium, minutes, language
	r.Material = c.Prose("material", material, 0, mostMaterial)
}

// addAuthor keeps that the actor has had a hand in the lesson.
func addAuthor(tx *db.Tx, by access.Actor, lesson LessonID) error {
	if !by.SignedIn() {
		return nil
	}
	row := authorRow{LessonID: lesson, AccountID: by.Account, At: tx.Now}
	if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("courses: %w", err)
	}
	return nil
}

// EditLessonInput changes a lesson.
type EditLessonInput struct {
	ID       LessonID `path:"id" json:"-"`
	Revision int      `json:"revision" form:"revision"` // that was seen
	Title    string   `json:"title" form:"title"`
	Medium   Medium   `json:"medium" form:"medium"`
	Minutes  int      `json:"minutes" form:"minutes"`
	Language Language `json:"language" form:"language"`
	Material string   `json:"material" form:"material"`
}

// EditLesson changes a lesson, which withdraws its review and makes the actor one of its
// authors. Locks the course. Stale when another has changed the lesson since. Permission: CoursesEdit.
func (a *Area) EditLesson(tx *db.Tx, by access.Actor, in EditLessonInput) (LessonView, error) {
	l, err := lockLessonToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return LessonView{}, err
	}
	var f fail.Check
	var row lessonRow
	row.fill(&f, in.Title, in.Medium, in.Minutes, in.Language, in.Material)
	if err := f.Err(); err != nil {
		return LessonView{}, err
	}
	change := audit.Changes{}.Code("medium", string(l.Medium), string(row.Medium)).Int("minutes", l.Minutes, row.Minutes).
		Code("language", string(l.Language), string(row.Language))
	if l.Title != row.Title {
		change = change.Field("title")
	}
	if l.Material != row.Material {
		change = change.Field("material")
	}
	err = changeLesson(tx, by, l, "lesson.edit", change, map[string]any{
		"title": row.Title, "search_key": row.SearchKey, "medium": row.Medium, "minutes": row.Minutes,
		"language": row.Language, "material": row.Material, "review_note": "",
	})
	if err != nil {
		return LessonView{}, err
	}
	return readLesson(tx, by, in.ID)
}

func lockLessonToEdit(tx *db.Tx, by access.Actor, lesson LessonID, revision int) (Lesson, error) {
	l, err := LockLesson(tx, lesson)
	if err != nil {
		return Lesson{}, err
	}
	c, err := FindCourse(tx, l.Course)
	if err != nil {
		return Lesson{}, err
	}
	if _, err := lockToEdit(tx, by, c.ID, c.Revision); err != nil {
		return Lesson{}, err
	}
	if l.Removed {
		return Lesson{}, fail.NotFound("courses.lesson_missing")
	}
	return l, fresh(revision, l.Revision, "courses.lesson_changed")
}

// changeLesson writes columns of a lesson whose course is locked, withdraws its review and
// makes the actor one of its authors.
func changeLesson(tx *db.Tx, by access.Actor, l Lesson, act string, change audit.Changes, columns map[string]any) error {
	columns["revision"], columns["changed_at"] = l.Revision+1, tx.Now
	columns["reviewed_by"], columns["reviewed_at"] = nil, nil
	if _, err := db.Set(tx.Model(&lessonRow{}).Where("id = ?", l.ID), columns); err != nil {
		return err
	}
	if err := addAuthor(tx, by, l.ID); err != nil {
		return err
	}
	return audit.Add(tx, by, audit.Row{
		Act: act, Object: "lesson", ID: l.ID, Unit: audit.Unit(l.Unit),
		Change: change.Int("revision", l.Revision, l.Revision+1).Code("reviewed", reviewWord(l.Reviewed), reviewWord(false)),
	})
}

func reviewWord(reviewed bool) string { return []string{"no", "yes"}[index(reviewed)] }

// Touch tells that a part of the lesson that is kept elsewhere has changed (models/videos: a
// new video): the review is withdrawn and the actor becomes an author. Locks the course. No permission
// is asked: the caller's op does.
func Touch(tx *db.Tx, lesson LessonID, by access.Actor) error {
	l, err := LockLesson(tx, lesson)
	if err != nil {
		return err
	}
	return changeLesson(tx, by, l, "lesson.touch", audit.Changes{}, map[string]any{"review_note": ""})
}

// RemoveLessonInput names a lesson and the revision that was seen.
type RemoveLessonInput struct {
	ID       LessonID `path:"id" json:"-"`
	Revision int      `json:"revision" form:"revision"`
}

// RemoveLesson takes a lesson out of its course; nobody can study it from then on, and records
// that name it keep it. Locks the course. Permission: CoursesEdit.
func (a *Area) RemoveLesson(tx *db.Tx, by access.Actor, in RemoveLessonInput) (View, error) {
	l, err := lockLessonToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return View{}, err
	}
	if err := changeLesson(tx, by, l, "lesson.remove", audit.Changes{}, map[string]any{"removed_at": tx.Now}); err != nil {
		return View{}, err
	}
	ids, err := lessonIDs(tx, l.Course)
	if err != nil {
		return View{}, err
	}
	if err := place(tx, ids); err != nil {
		return View{}, err
	}
	return read(tx, by, l.Course)
}
