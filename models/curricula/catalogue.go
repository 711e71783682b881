package curricula

import (
	"strings"
	"time"

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
	ID         courses.LessonID `json:"id"`
	Place      int              `json:"place"`
	Title      string           `json:"title"`
	Medium     courses.Medium   `json:"medium"`
	Minutes    int              `json:"minutes"`
	Language   courses.Language `json:"language"`
	Material   string           `json:"material"`
	Revision   int              `json:"revision"`
	Reviewed   bool             `json:"reviewed"` // false only for staff, of their own drafts
	ReviewedAt *time.Time       `json:"reviewed_at"`
	Planned    bool             `json:"planned"`  // in a curriculum of this year that is for him
	Required   bool             `json:"required"` // there
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
		return SightOf(tx, by)
	}
	school, err := org.FindSchool(tx, site)
	if err != nil {
		return Sight{}, err
	}
	if err := by.Require(access.LessonsStudy, school.Paths()...); err != nil {
		return Sight{}, err
	}
	found, err := reach(tx, access.Scope{Paths: []string{school.Path}}, "")
	return Sight{curricula: found, only: true}, err
}

// line is a lesson of the catalogue with its course.
type line struct {
	Course   courses.CourseID
	Unit     org.UnitID
	UnitName string
	Task     courses.Task
	Name     string
	Summary  string
	Lecturer string
	Issue    int
	Lesson
	Duty *int // 1 required, 0 elective, nil in no curriculum of the year
}

// catalogueQuery picks the part of the courses first, then their lessons.
const catalogueQuery = "SELECT c.id AS course, c.unit_id AS unit, o.name AS unit_name, c.task, c.title AS name, c.summary, c.lecturer, " +
	"c.revision AS issue, l.id, l.place, l.title, l.medium, l.minutes, l.language, l.material, l.revision, " +
	courses.Reviewed + " AS reviewed, l.reviewed_at, {duty} AS duty " +
	"FROM (SELECT c.id FROM courses c JOIN units o ON o.id = c.unit_id WHERE {courses} ORDER BY c.title, c.id LIMIT ?) p " +
	"JOIN courses c ON c.id = p.id JOIN units o ON o.id = c.unit_id {join} JOIN lessons l ON l.course_id = c.id AND {lessons} " +
	"ORDER BY c.title, c.id, l.place"

// dutyQuery is what this year's curricula that reach the actor say of lesson l.
const dutyQuery = "(SELECT MAX(i.required) FROM curriculum_items i JOIN curricula k ON k.id = i.curriculum_id AND k.version = i.version " +
	"WHERE i.lesson_id = l.id AND k.`year` = ? AND k.id IN ?)"

func catalogue(tx *db.Tx, s Sight, in CatalogueInput) (db.Page[Course], error) {
	limit := in.Limit
	if limit < 1 || limit > 100 {
		limit = 10
	}
	q, err := s.query(tx, in)
	if err != nil {
		return db.Page[Course]{}, err
	}
	rows, err := q.ask(tx, limit+1)
	if err != nil {
		return db.Page[Course]{}, err
	}
	page := db.Page[Course]{Items: gather(rows)}
	if len(page.Items) > limit {
		page.Items = page.Items[:limit]
		page.Next = page.Items[limit-1].ID.String()
	}
	return page, nil
}

// gather puts the lines of a course together; they stand beside each other.
func gather(rows []line) []Course {
	out := []Course{}
	for _, r := range rows {
		if n := len(out); n == 0 || out[n-1].ID != r.Course {
			out = append(out, Course{r.Course, r.Unit, r.UnitName, r.Task, r.Name, r.Summary, r.Lecturer, r.Issue, []Lesson{}})
		}
		if r.ID.IsZero() {
			continue // a course of one's own without lessons
		}
		r.Lesson.Planned, r.Lesson.Required = r.Duty != nil, r.Duty != nil && *r.Duty == 1
		c := &out[len(out)-1]
		c.Lessons = append(c.Lessons, r.Lesson)
	}
	return out
}

// query is the catalogue's, with its arguments in the order of their places.
type query struct {
	duty, courses, join, lessons string
	dutyArgs, args, lessonArgs   []any
}

func (s Sight) query(tx *db.Tx, in CatalogueInput) (query, error) {
	q := query{duty: "NULL"}
	q.lessons, q.lessonArgs = s.lessons()
	if len(s.curricula) > 0 {
		q.duty, q.dutyArgs = dutyQuery, []any{tx.Today().Year(), s.curricula}
	}
	exists, args := q.lessons, q.lessonArgs
	if in.Required {
		exists, args = exists+" AND "+q.duty+" = 1", append(append([]any{}, args...), q.dutyArgs...)
		q.lessons, q.lessonArgs = exists, args
	}
	term := lang.SearchTerm(in.Q)
	title, found := db.Like("c.search_key", term)
	if term != "" {
		cond, arg := db.Like("l.search_key", term)
		exists, args = exists+" AND ("+title+" OR "+cond+")", append(append([]any{}, args...), found, arg)
	}
	q.courses, q.args = "EXISTS (SELECT 1 FROM lessons l WHERE l.course_id = c.id AND "+exists+")", args
	if s.drafts && !in.Required && !s.staff.Empty() {
		own, ownArgs := db.PathRange("o.path", s.staff)
		q.courses, q.args = "("+q.courses+" OR c.archived_at IS NULL AND "+own, append(append([]any{}, q.args...), ownArgs...)
		if term != "" {
			q.courses, q.args = q.courses+" AND "+title, append(q.args, found)
		}
		q.courses, q.join = q.courses+")", "LEFT"
	}
	if in.Task != "" {
		q.courses, q.args = q.courses+" AND c.task = ?", append(append([]any{}, q.args...), in.Task)
	}
	after, afterArgs, err := courses.AfterCourse(tx, in.After)
	q.courses, q.args = q.courses+after, append(append([]any{}, q.args...), afterArgs...)
	return q, err
}

func (q query) ask(tx *db.Tx, limit int) ([]line, error) {
	text := strings.NewReplacer("{duty}", q.duty, "{courses}", q.courses, "{join}", q.join, "{lessons}", q.lessons).Replace(catalogueQuery)
	args := append(append(append(append([]any{}, q.dutyArgs...), q.args...), limit), q.lessonArgs...)
	return db.Ask[line](tx, text, args...)
}
