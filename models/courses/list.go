package courses

import (
	"time"

	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/lang"
	"huotang/models/org"
)

// The states by which the list can be narrowed.
const (
	StateWaiting  = "waiting"  // some lesson is not reviewed
	StateArchived = "archived" // out of use; left out otherwise
)

// ListInput narrows the editors' list.
type ListInput struct {
	Q     string   `query:"q"` // title, lecturer or lesson, in Chinese, pinyin or initials
	Task  Task     `query:"task"`
	State string   `query:"state"` // StateWaiting, StateArchived or "" for all in use
	After CourseID `query:"after"`
	Limit int      `query:"limit"` // 1–100; 0 means 20
}

// Item is a course in the editors' list.
type Item struct {
	ID        CourseID   `json:"id"`
	Unit      org.UnitID `json:"unit"`
	UnitName  string     `json:"unit_name"`
	Task      Task       `json:"task"`
	Title     string     `json:"title"`
	Lecturer  string     `json:"lecturer"`
	Public    bool       `json:"public"`
	Archived  bool       `json:"archived"`
	ChangedAt time.Time  `json:"changed_at"`
	Lessons   int        `json:"lessons"`
	Minutes   int        `json:"minutes"`
	Waiting   int        `json:"waiting"` // lessons that are not reviewed
	Editable  bool       `json:"editable" gorm:"-"`
	Path      string     `json:"-"`
}

// List lists the courses that an editor sees, in the order of their titles: those of his units
// with their drafts, and of the units above those with reviewed lessons. Permission: CoursesSee.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[Item], error) {
	limit := in.Limit
	if limit < 1 || limit > 100 {
		limit = 20
	}
	if err := by.RequireAnywhere(access.CoursesSee); err != nil {
		return db.Page[Item]{}, err
	}
	w, err := listed(tx, by, in)
	if err != nil {
		return db.Page[Item]{}, err
	}
	rows, err := db.Ask[Item](tx, `SELECT c.id, c.unit_id AS unit, u.name AS unit_name, u.path, c.task, c.title, c.lecturer,
c.is_public AS public, c.archived_at IS NOT NULL AS archived, c.changed_at,
COUNT(l.id) AS lessons, COALESCE(SUM(l.minutes), 0) AS minutes, COUNT(CASE WHEN `+Reviewed+` THEN NULL ELSE l.id END) AS waiting
FROM courses c JOIN units u ON u.id = c.unit_id LEFT JOIN lessons l ON `+w.lessons+` WHERE `+w.courses+`
GROUP BY c.id, c.unit_id, u.name, u.path, c.task, c.title, c.lecturer, c.is_public, c.archived_at, c.changed_at
`+w.having+` ORDER BY c.title, c.id LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return db.Page[Item]{}, err
	}
	page := db.Page[Item]{Items: rows[:min(len(rows), limit)]}
	for i := range page.Items {
		page.Items[i].Editable = by.Can(access.CoursesEdit, page.Items[i].Path)
	}
	if len(rows) > limit {
		page.Next = rows[limit-1].ID.String()
	}
	return page, nil
}

// where gathers the conditions of a query with their arguments in order.
type where struct {
	lessons, courses, having string
	args                     []any
}

// listed builds the conditions of the list: which lessons count, which courses stand.
func listed(tx *db.Tx, by access.Actor, in ListInput) (where, error) {
	own, ownArgs := db.PathRange("u.path", by.Visible(access.CoursesSee))
	w := where{lessons: "l.course_id = c.id AND l.removed_at IS NULL AND (" + own + " OR " + Reviewed + ")"}
	w.args = append(w.args, ownArgs...)

	above, aboveArgs := db.PathAbove("u.path", by.Visible(access.CoursesSee))
	w.courses = "(" + own + " OR " + above + " AND EXISTS (SELECT 1 FROM lessons l WHERE l.course_id = c.id AND " + Reviewed + "))"
	w.args = append(append(w.args, ownArgs...), aboveArgs...)
	if in.State == StateArchived {
		w.courses += " AND c.archived_at IS NOT NULL"
	} else {
		w.courses += " AND c.archived_at IS NULL"
	}
	if in.Task != "" {
		w.courses, w.args = w.courses+" AND c.task = ?", append(w.args, in.Task)
	}
	if term := lang.SearchTerm(in.Q); term != "" {
		c, a := db.Like("c.search_key", term)
		l, b := db.Like("l.search_key", term)
		w.courses += " AND (" + c + " OR EXISTS (SELECT 1 FROM lessons l WHERE " + w.lessons + " AND " + l + "))"
		w.args = append(append(append(w.args, a), ownArgs...), b)
	}
	cond, args, err := AfterCourse(tx, in.After)
	if err != nil {
		return where{}, err
	}
	w.courses, w.args = w.courses+cond, append(w.args, args...)
	if in.State == StateWaiting {
		w.having = "HAVING COUNT(CASE WHEN " + Reviewed + " THEN NULL ELSE l.id END) > 0"
	}
	return w, nil
}

// AfterCourse is the condition in SQL for the part of a list of courses c, ordered by title and
// ID, that follows a course; "" for the zero ID.
func AfterCourse(tx *db.Tx, after CourseID) (string, []any, error) {
	if after.IsZero() {
		return "", nil, nil
	}
	c, err := FindCourse(tx, after)
	if err != nil {
		return "", nil, err
	}
	return " AND (c.title > ? OR c.title = ? AND c.id > ?)", []any{c.Title, c.Title, c.ID}, nil
}

// PublicLesson is a lesson that everyone may see.
type PublicLesson struct {
	ID          LessonID `json:"id"`
	CourseTitle string   `json:"course_title"`
	Task        Task     `json:"task"`
	Lecturer    string   `json:"lecturer"`
	Title       string   `json:"title"`
	Medium      Medium   `json:"medium"`
	Minutes     int      `json:"minutes"`
	Language    Language `json:"language"`
}

// mostPublic bounds the public page.
const mostPublic = 200

// PublicLessons lists the reviewed lessons of public courses by course title and place, at
// most 200. Everyone may see them.
func PublicLessons(tx *db.Tx) ([]PublicLesson, error) {
	return db.Ask[PublicLesson](tx, `SELECT l.id, c.title AS course_title, c.task, c.lecturer, l.title, l.medium, l.minutes, l.language
FROM courses c JOIN lessons l ON l.course_id = c.id WHERE c.is_public = ? AND c.archived_at IS NULL AND `+Reviewed+`
ORDER BY c.title, c.id, l.place LIMIT ?`, true, mostPublic)
}
