package curricula

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// GetCourse reads a course with the lessons that the actor can study now; not_found when
// there is none. The rule is [SightOf]'s.
func GetCourse(tx *db.Tx, by access.Actor, in courses.GetInput) (Course, error) {
	return oneCourse(tx, by, SightOf(by), in.ID)
}

// OpenCourse is [GetCourse] for clients: staff also find the courses of their own units, with
// the lessons that are not reviewed yet.
func OpenCourse(tx *db.Tx, by access.Actor, in courses.GetInput) (Course, error) {
	return oneCourse(tx, by, SightOf(by).WithDrafts(), in.ID)
}

func oneCourse(tx *db.Tx, by access.Actor, s Sight, course courses.CourseID) (Course, error) {
	q := s.query(tx.Today().Year())
	q.and("c.id = ?", course)
	found, _, err := q.ask(tx, 1)
	if err != nil {
		return Course{}, err
	}
	if len(found) == 0 {
		if !by.SignedIn() {
			return Course{}, fail.NoSignIn("access.sign_in_first")
		}
		return Course{}, fail.NotFound("access.not_found")
	}
	return found[0], nil
}

// LessonDetail is a lesson with its course, as somebody sees it who studies.
type LessonDetail struct {
	Lesson
	Course      courses.CourseID `json:"course"`
	CourseTitle string           `json:"course_title"`
	Task        courses.Task     `json:"task"`
	Lecturer    string           `json:"lecturer"`
	UnitName    string           `json:"unit_name"`
	Reviewer    string           `json:"reviewer"` // by name
	ReviewedAt  *time.Time       `json:"reviewed_at"`
	Previous    courses.LessonID `json:"-"` // its neighbours in the course that are for the actor, zero for none
	Next        courses.LessonID `json:"-"`
}

// GetLessonInput names a lesson.
type GetLessonInput struct {
	ID courses.LessonID `path:"id"`
}

// GetLesson reads a lesson that the actor may study now; errors as [RequireLesson]'s.
func GetLesson(tx *db.Tx, by access.Actor, in GetLessonInput) (LessonDetail, error) {
	l, err := RequireLesson(tx, by, in.ID)
	if err != nil {
		return LessonDetail{}, err
	}
	c, err := GetCourse(tx, by, courses.GetInput{ID: l.Course})
	if err != nil {
		return LessonDetail{}, err
	}
	return detail(tx, c, l.ID)
}

// OpenLesson is [GetLesson] for clients: staff also find what their units have not reviewed yet.
func OpenLesson(tx *db.Tx, by access.Actor, in GetLessonInput) (LessonDetail, error) {
	l, err := courses.FindLesson(tx, in.ID)
	if err != nil || l.Removed || l.Archived || !courses.SeesAll(by, l.Path) {
		return GetLesson(tx, by, in)
	}
	c, err := OpenCourse(tx, by, courses.GetInput{ID: l.Course})
	if err != nil {
		return LessonDetail{}, err
	}
	return detail(tx, c, l.ID)
}

func detail(tx *db.Tx, c Course, lesson courses.LessonID) (LessonDetail, error) {
	at := slices.IndexFunc(c.Lessons, func(l Lesson) bool { return l.ID == lesson })
	if at < 0 {
		return LessonDetail{}, fail.NotFound("access.not_found")
	}
	d := LessonDetail{Lesson: c.Lessons[at], Course: c.ID, CourseTitle: c.Title, Task: c.Task, Lecturer: c.Lecturer, UnitName: c.UnitName}
	if at > 0 {
		d.Previous = c.Lessons[at-1].ID
	}
	if at+1 < len(c.Lessons) {
		d.Next = c.Lessons[at+1].ID
	}
	var err error
	d.Reviewer, d.ReviewedAt, err = courses.Reviewer(tx, lesson)
	return d, err
}

// PlanItem is a lesson that is to be taught at a school in a month.
type PlanItem struct {
	Lesson      courses.LessonID `json:"lesson"`
	Title       string           `json:"title"`
	Course      courses.CourseID `json:"course"`
	CourseTitle string           `json:"course_title"`
	Task        courses.Task     `json:"task"`
	Medium      courses.Medium   `json:"medium"`
	Minutes     int              `json:"minutes"`
	Language    courses.Language `json:"language"`
	Material    string           `json:"material"`
	Required    bool             `json:"required"`
	Reviewed    bool             `json:"reviewed"` // while it is not, it may not be taught
	UnitName    string           `json:"unit_name"`
	Owner       string           `json:"-"` // path of the unit whose course it is
}

// MonthPlanInput names a school and a month.
type MonthPlanInput struct {
	Site  org.SiteID `path:"id"`
	Month date.Month `query:"month"` // zero means this one
}

// MonthPlan lists what is to be taught at a school in a month, by its current curricula: the county's
// first, then the township's, in their order; nothing while the school has no licence. Permission:
// CurriculaSee on the school.
func MonthPlan(tx *db.Tx, by access.Actor, in MonthPlanInput) (db.Page[PlanItem], error) {
	school, err := org.FindSchool(tx, in.Site)
	if err != nil {
		return db.Page[PlanItem]{}, err
	}
	if err := by.Require(access.CurriculaSee, school.Paths()...); err != nil {
		return db.Page[PlanItem]{}, err
	}
	if in.Month.IsZero() {
		in.Month = tx.Today().Month()
	}
	items, err := PlanOf(tx, school, in.Month)
	return db.Page[PlanItem]{Items: items}, err
}

const planQuery = `SELECT u.path AS audience, i.month, i.lesson_id AS lesson, l.title, l.course_id AS course, c.title AS course_title, c.task, l.medium,
l.minutes, l.language, l.material, i.required, ` + courses.Reviewed + ` AS reviewed, o.name AS unit_name, w.path AS owner
FROM curriculum_items i JOIN curricula k ON k.id = i.curriculum_id AND k.version = i.version
JOIN curriculum_audience a ON a.curriculum_id = k.id AND a.version = k.version
JOIN units u ON u.id = a.unit_id JOIN units o ON o.id = k.unit_id
JOIN lessons l ON l.id = i.lesson_id JOIN courses c ON c.id = l.course_id JOIN units w ON w.id = c.unit_id
WHERE k.version > 0 AND i.month IN ? AND u.path IN ? AND l.removed_at IS NULL ORDER BY o.path, k.id, i.place`

// planned is an item of a plan, with whom it is for.
type planned struct {
	Audience string
	Month    date.Month
	PlanItem `gorm:"embedded"`
	Place    int `gorm:"-"` // among all that is planned
}

// PlanOf is [MonthPlan] of a school that the caller has read; no permission is asked.
func PlanOf(tx *db.Tx, school org.School, month date.Month) ([]PlanItem, error) {
	plans, err := PlansOf(tx, []org.School{school}, month)
	return plans.At(school, month), err
}

// Plans are the plans of some schools for some months.
type Plans struct {
	of map[string]map[date.Month][]planned
} // by the path of the audience

// PlansOf is [PlanOf] of many schools and months in one query.
func PlansOf(tx *db.Tx, schools []org.School, months ...date.Month) (Plans, error) {
	p := Plans{of: map[string]map[date.Month][]planned{}}
	var paths []string
	for _, s := range schools {
		if s.Licence == org.Licensed {
			paths = append(paths, above(s.Path)...)
		}
	}
	if len(paths) == 0 || len(months) == 0 {
		return p, nil
	}
	slices.Sort(paths)
	rows, err := db.Ask[planned](tx, planQuery, months, slices.Compact(paths))
	for n, r := range rows {
		r.Place = n
		if p.of[r.Audience] == nil {
			p.of[r.Audience] = map[date.Month][]planned{}
		}
		p.of[r.Audience][r.Month] = append(p.of[r.Audience][r.Month], r)
	}
	return p, err
}

// At is what is to be taught at one of the schools in one of the months.
func (p Plans) At(school org.School, month date.Month) []PlanItem {
	var all []planned
	if school.Licence == org.Licensed {
		for _, path := range above(school.Path) {
			all = append(all, p.of[path][month]...)
		}
	}
	slices.SortStableFunc(all, func(a, b planned) int { return cmp.Compare(a.Place, b.Place) })
	at := map[courses.LessonID]int{}
	out := make([]PlanItem, 0, len(all))
	for _, r := range all { // county and township may both plan a lesson
		if i, twice := at[r.Lesson]; twice {
			out[i].Required = out[i].Required || r.Required
			continue
		}
		at[r.Lesson] = len(out)
		out = append(out, r.PlanItem)
	}
	return out
}

// above lists a path and those above it.
func above(path string) []string {
	var out []string
	for i := 1; i < len(path); i++ {
		if path[i] == '/' {
			out = append(out, path[:i+1])
		}
	}
	return out
}

// School is a school that a curriculum is for.
type School struct {
	ID   org.SiteID `json:"id"`
	Code string     `json:"code"`
	Name string     `json:"name"`
	Path string     `json:"-"`
}

const schoolsQuery = `SELECT DISTINCT s.id, v.code, v.name, v.path FROM curriculum_audience a JOIN units u ON u.id = a.unit_id
JOIN units v ON v.path >= u.path AND v.path < CONCAT(SUBSTR(u.path, 1, LENGTH(u.path) - 1), '0')
JOIN sites s ON s.id = v.id WHERE a.curriculum_id = ? AND a.version = ? AND s.licence = 'licensed' ORDER BY v.code`

// SchoolsOf lists the licensed schools that the current version of a curriculum is for, in
// code order; none before it is published. No permission is asked.
func SchoolsOf(tx *db.Tx, c CurriculumID) ([]School, error) {
	r, err := find(tx, c)
	if err != nil || r.Version == draft {
		return []School{}, err
	}
	return schools(tx, c, r.Version)
}

func schools(tx *db.Tx, c CurriculumID, version int) ([]School, error) {
	return db.Ask[School](tx, schoolsQuery, c, version)
}

// sortItems puts items in the order of their months, those of a month as they stand, and
// numbers them.
func sortItems(items []itemRow) {
	slices.SortStableFunc(items, func(a, b itemRow) int { return cmp.Compare(a.Month.String(), b.Month.String()) })
	for i := range items {
		items[i].Place = i + 1
	}
}

// forUnit reports whether courses of the unit with path owner may stand in a curriculum of
// the unit with path unit: its own, those of units above, and for the county those below.
func forUnit(owner, unit string) bool {
	return strings.HasPrefix(unit, owner) || strings.HasPrefix(owner, unit)
}
