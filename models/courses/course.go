package courses

import (
	"slices"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/org"
)

// Limits of what is typed, in characters; a course has at most mostLessons.
const (
	mostTitle    = 100
	mostSummary  = 1000
	mostLecturer = 60
	mostLessons  = 100
)

// lengths of the search columns.
const (
	courseKeyRoom = 1600
	lessonKeyRoom = 1100
)

// searchKey is [lang.SearchKey] cut to the room of its column.
func searchKey(room int, names ...string) string {
	key := []rune(lang.SearchKey(names...))
	return string(key[:min(len(key), room)])
}

// CreateInput describes a new course.
type CreateInput struct {
	Unit     org.UnitID `json:"unit" form:"unit"` // a township or the county
	Task     Task       `json:"task" form:"task"`
	Title    string     `json:"title" form:"title"`
	Summary  string     `json:"summary" form:"summary"`
	Lecturer string     `json:"lecturer" form:"lecturer"`
}

// Create makes a course without lessons. Without a unit the course belongs to the one unit that the actor
// may write courses for. Permission: CoursesEdit on the unit.
func (a *Area) Create(tx *db.Tx, by access.Actor, in CreateInput) (View, error) {
	if err := person(by); err != nil {
		return View{}, err
	}
	unit, err := owner(tx, by, in.Unit)
	if err != nil {
		return View{}, err
	}
	row := courseRow{
		ID: id.New[courseTag](), UnitID: unit.ID, Task: in.Task, AuthorID: by.Account,
		Revision: 1, MadeAt: tx.Now, ChangedAt: tx.Now,
	}
	var c fail.Check
	c.If(unit.Kind != org.Township && unit.Kind != org.County, "unit", "courses.unit_kind")
	row.fill(&c, in.Task, in.Title, in.Summary, in.Lecturer)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	if err := db.Insert(tx, &row); err != nil {
		return View{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "course.create", Object: "course", ID: row.ID, Unit: audit.Unit(row.UnitID),
		Change: audit.Changes{}.Code("task", "", string(row.Task)).Field("title"),
	})
	if err != nil {
		return View{}, err
	}
	return read(tx, by, row.ID)
}

// owner finds the unit of a new course and asks for the permission on it.
func owner(tx *db.Tx, by access.Actor, unit org.UnitID) (org.Unit, error) {
	if unit.IsZero() {
		own, err := Owners(tx, by, access.CoursesEdit)
		if err != nil {
			return org.Unit{}, err
		}
		if len(own) != 1 {
			if len(own) == 0 {
				return org.Unit{}, fail.Forbidden("access.forbidden")
			}
			var c fail.Check
			c.Add("unit", "input.required")
			return org.Unit{}, c.Err()
		}
		unit = own[0].ID
	}
	u, err := org.FindUnit(tx, unit)
	if err != nil {
		return org.Unit{}, err
	}
	return u, by.Require(access.CoursesEdit, u.Path)
}

// Owners lists the townships and the county for which the actor holds the permission, in
// code order: where a course or a curriculum of his can belong.
func Owners(tx *db.Tx, by access.Actor, p access.Permission) ([]org.UnitView, error) {
	cond, args := db.PathRange("path", by.Visible(p))
	return db.Ask[org.UnitView](tx, "SELECT id, tree, kind, code, name, path FROM units WHERE tree = ? AND kind IN ? AND "+cond+
		" ORDER BY code", append([]any{org.Administrative, []org.Kind{org.County, org.Township}}, args...)...)
}

// fill checks what is typed and sets it, with the search key that follows from it.
func (r *courseRow) fill(c *fail.Check, task Task, title, summary, lecturer string) {
	c.If(!task.Known(), "task", "input.choice")
	r.Task = task
	r.Title = c.Text("title", title, 1, mostTitle)
	r.Summary = c.Prose("summary", summary, 0, mostSummary)
	r.Lecturer = c.Text("lecturer", lecturer, 0, mostLecturer)
	r.SearchKey = searchKey(courseKeyRoom, r.Title, r.Lecturer)
}

// lockToEdit locks a course that is in use and asks for CoursesEdit and the revision seen.
func lockToEdit(tx *db.Tx, by access.Actor, course CourseID, revision int) (Course, error) {
	c, err := LockCourse(tx, course)
	if err != nil {
		return Course{}, err
	}
	if err := require(tx, by, access.CoursesEdit, c); err != nil {
		return Course{}, err
	}
	if c.Archived {
		return Course{}, fail.Conflict("courses.archived")
	}
	return c, fresh(revision, c.Revision, "courses.course_changed")
}

// fresh compares the revision that a form showed with the one that stands.
func fresh(seen, have int, code string) error {
	if seen == have {
		return nil
	}
	return fail.Stale(code)
}

// setCourse writes columns of a locked course, counts its revision up and keeps the audit.
func setCourse(tx *db.Tx, by access.Actor, c Course, act string, change audit.Changes, columns map[string]any) (View, error) {
	columns["revision"], columns["changed_at"] = c.Revision+1, tx.Now
	if _, err := db.Set(tx.Model(&courseRow{}).Where("id = ?", c.ID), columns); err != nil {
		return View{}, err
	}
	err := audit.Add(tx, by, audit.Row{
		Act: act, Object: "course", ID: c.ID, Unit: audit.Unit(c.Unit),
		Change: change.Int("revision", c.Revision, c.Revision+1),
	})
	if err != nil {
		return View{}, err
	}
	return read(tx, by, c.ID)
}

// ArchiveInput names a course and the revision that was seen.
type ArchiveInput struct {
	ID       CourseID `path:"id" json:"-"`
	Revision int      `json:"revision" form:"revision"`
}

// Archive takes a course out of use: it leaves the editors' list and the public page and cannot be
// published again; where it is published it stays. Permission: CoursesEdit.
func (a *Area) Archive(tx *db.Tx, by access.Actor, in ArchiveInput) (View, error) {
	c, err := lockToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return View{}, err
	}
	return setCourse(tx, by, c, "course.archive", audit.Changes{}, map[string]any{"archived_at": tx.Now})
}

// Restore takes an archived course back into use. Permission: CoursesEdit.
func (a *Area) Restore(tx *db.Tx, by access.Actor, in ArchiveInput) (View, error) {
	c, err := LockCourse(tx, in.ID)
	if err != nil {
		return View{}, err
	}
	if err := require(tx, by, access.CoursesEdit, c); err != nil {
		return View{}, err
	}
	if !c.Archived {
		return View{}, fail.Conflict("courses.not_archived")
	}
	if err := fresh(in.Revision, c.Revision, "courses.course_changed"); err != nil {
		return View{}, err
	}
	return setCourse(tx, by, c, "course.restore", audit.Changes{}, map[string]any{"archived_at": nil})
}

// SetPublicInput says whether everyone may see the reviewed lessons of a course.
type SetPublicInput struct {
	ID       CourseID `path:"id" json:"-"`
	Revision int      `json:"revision" form:"revision"`
	Public   bool     `json:"public" form:"public"`
}

// SetPublic shows the reviewed lessons of a course to everyone, without sign-in, or no
// longer. Permission: CoursesReview on the county.
func (a *Area) SetPublic(tx *db.Tx, by access.Actor, in SetPublicInput) (View, error) {
	c, err := LockCourse(tx, in.ID)
	if err != nil {
		return View{}, err
	}
	if err := require(tx, by, access.CoursesReview, c); err != nil {
		return View{}, err
	}
	top, err := org.Root(tx)
	if err != nil {
		return View{}, err
	}
	if !by.Can(access.CoursesReview, top.Path) {
		return View{}, fail.Forbidden("access.forbidden")
	}
	if c.Archived {
		return View{}, fail.Conflict("courses.archived")
	}
	if err := fresh(in.Revision, c.Revision, "courses.course_changed"); err != nil {
		return View{}, err
	}
	word := []string{"no", "yes"}
	change := audit.Changes{}.Code("public", word[index(c.Public)], word[index(in.Public)])
	return setCourse(tx, by, c, "course.public", change, map[string]any{"is_public": in.Public})
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

// OrderInput gives the lessons of a course their order.
type OrderInput struct {
	ID       CourseID   `path:"id" json:"-"`
	Revision int        `json:"revision" form:"revision"` // of the course
	Lessons  []LessonID `json:"lessons" form:"lessons"`   // every lesson of the course, once
}

// Order puts the lessons of a course in order; their reviews stay. Locks the course.
// Permission: CoursesEdit.
func (a *Area) Order(tx *db.Tx, by access.Actor, in OrderInput) (View, error) {
	c, err := lockToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return View{}, err
	}
	have, err := lessonIDs(tx, c.ID)
	if err != nil {
		return View{}, err
	}
	if !sameIDs(have, in.Lessons) {
		var f fail.Check
		f.Add("lessons", "courses.order_incomplete")
		return View{}, f.Err()
	}
	if err := place(tx, in.Lessons); err != nil {
		return View{}, err
	}
	return setCourse(tx, by, c, "course.order", audit.Changes{}, map[string]any{})
}

// MoveInput moves one lesson of a course.
type MoveInput struct {
	ID       CourseID `path:"id" json:"-"`
	Revision int      `json:"revision" form:"revision"` // of the course
	Lesson   LessonID `json:"lesson" form:"lesson"`
	Up       bool     `json:"up" form:"up"`
}

// Move changes a lesson's place with its neighbour's; at the end nothing changes. Locks
// the course. Permission: CoursesEdit.
func (a *Area) Move(tx *db.Tx, by access.Actor, in MoveInput) (View, error) {
	c, err := lockToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return View{}, err
	}
	ids, err := lessonIDs(tx, c.ID)
	if err != nil {
		return View{}, err
	}
	var f fail.Check
	if f.If(in.Lesson.IsZero(), "lesson", "input.required") {
		return View{}, f.Err()
	}
	at := slices.Index(ids, in.Lesson)
	to := at + 1 - 2*index(in.Up)
	switch {
	case at < 0:
		return View{}, fail.NotFound("courses.lesson_missing")
	case to < 0 || to >= len(ids):
		return read(tx, by, c.ID)
	}
	ids[at], ids[to] = ids[to], ids[at]
	if err := place(tx, ids); err != nil {
		return View{}, err
	}
	return setCourse(tx, by, c, "course.order", audit.Changes{}, map[string]any{})
}

func lessonIDs(tx *db.Tx, course CourseID) ([]LessonID, error) {
	rows, err := db.All[lessonRow](tx.Select("id").Where("course_id = ? AND removed_at IS NULL", course).Order("place"))
	out := make([]LessonID, len(rows))
	for i, r := range rows {
		out[i] = r.ID
	}
	return out, err
}

// sameIDs reports whether both hold the same lessons, each once.
func sameIDs(have, want []LessonID) bool {
	seen := make(map[LessonID]bool, len(have))
	for _, l := range want {
		if seen[l] || !slices.Contains(have, l) {
			return false
		}
		seen[l] = true
	}
	return len(have) == len(want)
}

func place(tx *db.Tx, lessons []LessonID) error {
	for i, l := range lessons {
		if _, err := db.Set(tx.Model(&lessonRow{}).Where("id = ?", l), map[string]any{"place": i + 1}); err != nil {
			return err
		}
	}
	return nil
}
