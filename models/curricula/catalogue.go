package curricula

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/lang"
	"huotang/models/org"
)

// Course is a course as somebody sees it who studies: with the lessons that are for him.
type Course struct {
	ID       courses.CourseID `json:"id"`
	Unit     org.UnitID       `json:"unit"`
	UnitName string           `json:"unit_name"`
	Task     courses.Task     `json:"task"`
	Title    string           `json:"title"`
	Summary  string           `json:"summary"`
	Lecturer string           `json:"lecturer"`
	Revision int              `json:"revision"`
	Lessons  []Lesson         `json:"lessons"`
}

// Minutes is the length of the lessons together.
func (c Course) Minutes() int {
	n := 0
	for _, l := range c.Lessons {
		n += l.Minutes
	}
	return n
}

// Lesson is a lesson as somebody sees it who studies.
type Lesson struct {
	ID       courses.LessonID `json:"id"`
	Place    int              `json:"place"`
	Title    string           `json:"title"`
	Medium   courses.Medium   `json:"medium"`
	Minutes  int              `json:"minutes"`
	Language courses.Language `json:"language"`
	Material string           `json:"material"`
	Revision int              `json:"revision"`
	Reviewed bool             `json:"reviewed"` // false only for staff, of their own drafts
	Planned  bool             `json:"planned"`  // in a curriculum of this year that is for him
	Required bool             `json:"required"` // there
	Bytes    int64            `json:"video_bytes"`
}

// CatalogueInput narrows the catalogue.
type CatalogueInput struct {
	Q        string           `query:"q"` // course, lecturer or lesson, in Chinese, pinyin or initials
	Task     courses.Task     `query:"task"`
	Site     org.SiteID       `query:"site"`     // only what is published to this school
	Required bool             `query:"required"` // only what this year's curricula require
	After    courses.CourseID `query:"after"`
	Limit    int              `query:"limit"` // 1–100; 0 means 10
}

// Catalogue lists the courses with lessons that the actor can study now, in the order of their
// titles, each with those lessons. The rule is [SightOf]'s; with Site it is LessonsStudy on that school.
func Catalogue(tx *db.Tx, by access.Actor, in CatalogueInput) (db.Page[Course], error) {
	s, err := catalogueSight(tx, by, in.Site)
	if err != nil {
		return db.Page[Course]{}, err
	}
	return catalogue(tx, s, in)
}

// Courses is [Catalogue] for clients: staff also find the courses of their own units, with the
// lessons that are not reviewed yet.
func Courses(tx *db.Tx, by access.Actor, in CatalogueInput) (db.Page[Course], error) {
	s, err := catalogueSight(tx, by, in.Site)
	if err != nil {
		return db.Page[Course]{}, err
	}
	return catalogue(tx, s.WithDrafts(), in)
}

func catalogueSight(tx *db.Tx, by access.Actor, site org.SiteID) (Sight, error) {
	if !by.SignedIn() && by.Job() == "" {
		return Sight{}, fail.NoSignIn("access.sign_in_first")
	}
	if site.IsZero() {
		return SightOf(by), nil
	}
	school, err := org.FindSchool(tx, site)
	if err != nil {
		return Sight{}, err
	}
	return Sight{study: access.Scope{Paths: []string{school.Path}}, only: true}, by.Require(access.LessonsStudy, school.Paths()...)
}

func catalogue(tx *db.Tx, s Sight, in CatalogueInput) (db.Page[Course], error) {
	limit := in.Limit
	if limit < 1 || limit > 100 {
		limit = 10
	}
	q := s.query(tx.Today().Year())
	if err := q.narrow(tx, s, in); err != nil {
		return db.Page[Course]{}, err
	}
	items, more, err := q.ask(tx, limit)
	if err != nil {
		return db.Page[Course]{}, err
	}
	page := db.Page[Course]{Items: items}
	if more {
		page.Next = items[limit-1].ID.String()
	}
	return page, nil
}

// query is the catalogue's: the lessons of an actor's sight, course after course.
type query struct {
	published, join string
	where           []string
	args            []any // of published, then of where
}

const (
	queryColumns = "SELECT c.id, c.unit_id, o.name, c.task, c.title, c.summary, c.lecturer, c.revision, l.id, l.place, l.title, " +
		"l.medium, l.minutes, l.language, l.material, l.revision, " + courses.Reviewed + ", p.duty, " +
		"CASE WHEN l.medium = 'video' THEN (SELECT MAX(v.bytes) FROM videos v WHERE v.lesson_id = l.id AND v.state = 'ready') END " +
		"FROM courses c JOIN units o ON o.id = c.unit_id "
	queryOrder = " ORDER BY c.title, c.id, l.place LIMIT ?"
)

// mostLessons is the number that a course can have at most; see models/courses.
const mostLessons = 100

func (s Sight) query(year int) *query {
	var q query
	q.published, q.args = s.published(year)
	cond, args := s.lessons()
	if q.join = "JOIN"; s.drafts && !s.staff.Empty() {
		q.join = "LEFT JOIN" // a course of one's own may have no lesson yet
	}
	q.and(cond, args...)
	return &q
}

func (q *query) and(cond string, args ...any) {
	q.where, q.args = append(q.where, cond), append(q.args, args...)
}

// narrow adds the conditions of the input. A search that finds one lesson of a course shows
// the course with all lessons that are in sight, and a lesson out of sight finds nothing.
func (q *query) narrow(tx *db.Tx, s Sight, in CatalogueInput) error {
	if in.Required {
		q.and("p.duty = 1")
	}
	if in.Task != "" {
		q.and("c.task = ?", in.Task)
	}
	if term := lang.SearchTerm(in.Q); term != "" {
		title, arg := db.Like("c.search_key", term)
		lesson, _ := db.Like("l.search_key", term)
		inSight, args := s.lessons()
		published, more := s.published(tx.Today().Year())
		args = append(append(append([]any{arg}, more...), args...), arg)
		q.and("("+title+" OR c.id IN (SELECT l.course_id FROM lessons l JOIN courses c ON c.id = l.course_id JOIN units o ON o.id = c.unit_id "+
			"LEFT JOIN ("+published+") p ON p.lesson_id = l.id WHERE "+inSight+" AND l.removed_at IS NULL AND "+lesson+"))", args...)
	}
	after, args, err := courses.AfterCourse(tx, in.After)
	if after != "" {
		q.and(strings.TrimPrefix(after, " AND "), args...)
	}
	return err
}

// ask reads limit courses and says whether more follow. It scans the rows itself: this is the page
// that is opened most, and it stops where the part ends.
func (q *query) ask(tx *db.Tx, limit int) (out []Course, more bool, err error) {
	text := queryColumns + q.join + " lessons l ON l.course_id = c.id AND l.removed_at IS NULL LEFT JOIN (" + q.published +
		") p ON p.lesson_id = l.id WHERE " + strings.Join(q.where, " AND ") + queryOrder
	rows, err := tx.Raw(text, append(q.args, (limit+1)*mostLessons)...).Rows()
	if err != nil {
		return nil, false, fmt.Errorf("curricula: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = []Course{}
	for rows.Next() {
		var c Course
		l, err := scan(rows, &c)
		if err != nil {
			return nil, false, err
		}
		if n := len(out); n == 0 || out[n-1].ID != c.ID {
			if n == limit {
				return out, true, nil
			}
			c.Lessons = []Lesson{}
			out = append(out, c)
		}
		if last := &out[len(out)-1]; !l.ID.IsZero() {
			last.Lessons = append(last.Lessons, l)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("curricula: %w", err)
	}
	return out, false, nil
}

// scan reads a row; a course without lessons has NULL for all of its lesson.
func scan(rows *sql.Rows, c *Course) (Lesson, error) {
	var l Lesson
	var place, minutes, revision, duty, bytes sql.NullInt64
	var title, medium, language, material sql.NullString
	err := rows.Scan(&c.ID, &c.Unit, &c.UnitName, &c.Task, &c.Title, &c.Summary, &c.Lecturer, &c.Revision, &l.ID, &place, &title,
		&medium, &minutes, &language, &material, &revision, &l.Reviewed, &duty, &bytes)
	if err != nil {
		return Lesson{}, fmt.Errorf("curricula: %w", err)
	}
	l.Place, l.Minutes, l.Revision = int(place.Int64), int(minutes.Int64), int(revision.Int64)
	l.Title, l.Medium, l.Language, l.Material = title.String, courses.Medium(medium.String), courses.Language(language.String), material.String
	l.Planned, l.Required, l.Bytes = duty.Valid, duty.Int64 == 1, bytes.Int64
	return l, nil
}
