package courses

import (
	"strings"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
)

// EditInput changes what is said of a course.
type EditInput struct {
	ID       CourseID `path:"id" json:"-"`
	Revision int      `json:"revision" form:"revision"` // that was seen
	Task     Task     `json:"task" form:"task"`
	Title    string   `json:"title" form:"title"`
	Summary  string   `json:"summary" form:"summary"`
	Lecturer string   `json:"lecturer" form:"lecturer"`
}

// EditedView is a course after a change of what is said of it.
type EditedView struct {
	View
	Withdrawn int `json:"withdrawn"` // lessons whose review the change has withdrawn
}

// Edit changes a course. Its lessons are shown under what is said here, and that is what their reviewers have agreed
// to: when any of it changes, every lesson changes with it as by [Area.EditLesson], which withdraws its review and
// makes the actor one of its authors; what a reviewer wants changed stays said. Saved as it was, nothing of that
// happens. Locks the course. Stale when another has changed it since. Permission: CoursesEdit.
func (a *Area) Edit(tx *db.Tx, by access.Actor, in EditInput) (EditedView, error) {
	old, err := lockToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return EditedView{}, err
	}
	var c fail.Check
	var row courseRow
	row.fill(&c, in.Task, in.Title, in.Summary, in.Lecturer)
	if err := c.Err(); err != nil {
		return EditedView{}, err
	}
	change := old.edits(row)
	var out EditedView
	if !change.Empty() {
		if out.Withdrawn, err = changeLessons(tx, by, old); err != nil {
			return EditedView{}, err
		}
	}
	out.View, err = setCourse(tx, by, old, "course.edit", change, map[string]any{
		"task": row.Task, "title": row.Title, "summary": row.Summary, "lecturer": row.Lecturer, "search_key": row.SearchKey,
	})
	return out, err
}

// edits lists what differs from how the course is to be.
func (c Course) edits(row courseRow) audit.Changes {
	change := audit.Changes{}.Code("task", string(c.Task), string(row.Task))
	for _, f := range []struct{ name, old, now string }{
		{"title", c.Title, row.Title}, {"summary", c.Summary, row.Summary}, {"lecturer", c.Lecturer, row.Lecturer},
	} {
		if f.old != f.now {
			change = change.Field(f.name)
		}
	}
	return change
}

// changeLessons counts all lessons of a locked course as changed, and tells how many had a review.
func changeLessons(tx *db.Tx, by access.Actor, c Course) (int, error) {
	ids, err := lessonIDs(tx, c.ID)
	if err != nil {
		return 0, err
	}
	lessons, err := FindLessons(tx, ids)
	if err != nil {
		return 0, err
	}
	reviewed := 0
	for _, l := range ids {
		if err := changeLesson(tx, by, lessons[l], "course.edit", audit.Changes{}, map[string]any{}); err != nil {
			return 0, err
		}
		reviewed += index(lessons[l].Reviewed)
	}
	return reviewed, nil
}

// ForgetLecturer puts another word in place of a name among the lecturers of all courses, for somebody who is erased; a course's
// review and revision stay. The caller's op has asked for the permission.
func ForgetLecturer(tx *db.Tx, name, instead string) error {
	rows, err := db.All[courseRow](tx.Where("INSTR(lecturer, ?) > 0", name).Order("id"))
	if err != nil {
		return err
	}
	for _, r := range rows {
		lecturer := strings.ReplaceAll(r.Lecturer, name, instead)
		columns := map[string]any{"lecturer": lecturer, "search_key": searchKey(courseKeyRoom, r.Title, lecturer)}
		if _, err := db.Set(tx.Model(&courseRow{}).Where("id = ?", r.ID), columns); err != nil {
			return err
		}
	}
	return nil
}
