package curricula

import (
	"strings"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/fail"
)

// under is the condition in SQL that path v lies in the unit with path u: the range from its own path
// up to the one that ends in '0', which follows '/'.
const under = "v.path >= u.path AND v.path < CONCAT(SUBSTR(u.path, 1, LENGTH(u.path) - 1), '0')"

// audienceLicensed holds for an audience unit u with a school that is licensed now: u is a school, or the
// township or county that a curriculum belongs to. It goes down by parents and asks each school by itself: MySQL
// would else begin with all the schools.
const audienceLicensed = "(u.kind = 'site' AND EXISTS (SELECT 1 FROM sites s WHERE s.id = u.id AND s.licence = 'licensed') " +
	"OR u.kind = 'township' AND EXISTS (SELECT 1 FROM units w JOIN units v ON v.parent_id = w.id " +
	"WHERE w.parent_id = u.id AND " + licence + ") " +
	"OR u.kind = 'county' AND EXISTS (SELECT 1 FROM units t JOIN units w ON w.parent_id = t.id JOIN units v ON v.parent_id = w.id " +
	"WHERE t.parent_id = u.id AND " + licence + "))"

const licence = "(SELECT s.licence FROM sites s WHERE s.id = v.id) = 'licensed'"

// reached is the condition in SQL that unit u, as an audience, covers a school that lies in the
// scope, by its own place or by the branch that keeps it, and is licensed now.
func reached(scope access.Scope) (string, []any) {
	if scope.All {
		return audienceLicensed, nil
	}
	var ways []string
	var args []any
	for _, root := range scope.Paths {
		way, more := reachedRoot(root)
		ways, args = append(ways, way), append(args, more...)
	}
	if len(ways) == 0 {
		return "1 = 0", nil
	}
	return "(" + strings.Join(ways, " OR ") + ")", args
}

// depth of a school's path: "/a/county/township/village/school/".
const schoolDepth = 6

// reachedRoot is [reached] for one root: the audience lies in the root and has a licensed school, or
// the root lies in the audience and has one.
func reachedRoot(root string) (string, []any) {
	const licensed = "EXISTS (SELECT 1 FROM units v JOIN sites s ON s.id = v.id {b} WHERE s.licence = 'licensed' AND "
	r := access.Scope{Paths: []string{root}}
	above, aboveArgs := db.PathAbove("u.path", r)
	if !administrative(root) {
		kept, args := db.PathRange("b.path", r)
		return strings.Replace(licensed, "{b}", "JOIN units b ON b.id = s.branch_id", 1) + kept + " AND " + under + ")", args
	}
	here := strings.Replace(licensed, "{b} ", "", 1)
	if strings.Count(root, "/") == schoolDepth {
		return above + " AND " + here + "v.path = ?)", append(aboveArgs, root)
	}
	below, belowArgs := db.PathRange("u.path", r)
	inRoot, inArgs := db.PathRange("v.path", r)
	return below + " AND " + audienceLicensed + " OR " + above + " AND " + here + inRoot + ")",
		append(append(belowArgs, aboveArgs...), inArgs...)
}

// current joins the audiences of current versions with their curricula. From a scope with few units
// the way goes by these, from a wide one by the curricula; CROSS JOIN keeps SQLite to it.
func current(scope access.Scope) string {
	narrow := !scope.All && len(scope.Paths) > 0
	for _, p := range scope.Paths {
		narrow = narrow && administrative(p) && strings.Count(p, "/") >= schoolDepth-1 // a village or a school
	}
	if narrow {
		return "units u CROSS JOIN curriculum_audience a ON a.unit_id = u.id " +
			"CROSS JOIN curricula k ON k.id = a.curriculum_id AND k.version = a.version"
	}
	return "curricula k CROSS JOIN curriculum_audience a ON a.curriculum_id = k.id AND a.version = k.version " +
		"CROSS JOIN units u ON u.id = a.unit_id"
}

func administrative(path string) bool { return strings.HasPrefix(path, "/a/") }

// reach lists the curricula whose current version reaches a licensed school of the scope. The
// condition on k narrows them further.
func reach(tx *db.Tx, scope access.Scope, and string, args ...any) ([]CurriculumID, error) {
	if scope.Empty() {
		return nil, nil
	}
	cond, all := reached(scope)
	query := "SELECT DISTINCT k.id FROM " + current(scope) + " WHERE k.version > 0 AND " + cond
	if and != "" {
		query, all = query+" AND "+and, append(all, args...)
	}
	rows, err := db.Ask[struct{ ID CurriculumID }](tx, query, all...)
	out := make([]CurriculumID, len(rows))
	for i, r := range rows {
		out[i] = r.ID
	}
	return out, err
}

// reaches reports whether the current version of the curriculum is for a licensed school of the scope.
func reaches(tx *db.Tx, scope access.Scope, c CurriculumID) (bool, error) {
	found, err := reach(tx, scope, "k.id = ?", c)
	return len(found) > 0, err
}

// Sight is what an actor can study; see the package's contract for the rule. It becomes a table p of
// what is published to him and a condition on lessons l of courses c of units o.
type Sight struct {
	study  access.Scope // where his schools are
	staff  access.Scope // units whose courses are his to care for
	drafts bool         // staff see what is not reviewed, too
	only   bool         // only what the curricula give: neither public nor staff's own
}

// SightOf says what the actor can study: with LessonsStudy what is published to the schools of his scope, with
// CoursesSee the courses of his units, and what is public.
func SightOf(by access.Actor) Sight {
	return Sight{study: by.Visible(access.LessonsStudy), staff: by.Visible(access.CoursesSee)}
}

// WithDrafts is the sight of the same actor where staff also find what they have not yet reviewed.
func (s Sight) WithDrafts() Sight {
	s.drafts = true
	return s
}

// published is a query for the lessons of the current curricula that reach the actor, each with
// what those of the year say of it: duty 1 required, 0 elective, NULL not in the year's plan.
func (s Sight) published(year int) (string, []any) {
	cond, args := reached(s.study)
	return "SELECT i.lesson_id, MAX(CASE WHEN k.`year` = ? THEN i.required END) AS duty FROM " + current(s.study) +
		" CROSS JOIN curriculum_items i ON i.curriculum_id = k.id AND i.version = k.version WHERE k.version > 0 AND " + cond +
		" GROUP BY i.lesson_id", append([]any{year}, args...)
}

// lessons is the condition on l, c, o and p.
func (s Sight) lessons() (string, []any) {
	if s.only {
		return courses.Reviewed + " AND p.lesson_id IS NOT NULL", nil
	}
	if s.staff.Empty() {
		return courses.Reviewed + " AND (p.lesson_id IS NOT NULL OR c.archived_at IS NULL AND c.is_public = ?)", []any{true}
	}
	staff, args := db.PathRange("o.path", s.staff)
	if s.drafts {
		return "(" + courses.Reviewed + " AND p.lesson_id IS NOT NULL OR c.archived_at IS NULL AND (" + staff + " OR " + courses.Reviewed +
			" AND c.is_public = ?))", append(args, true)
	}
	return courses.Reviewed + " AND (p.lesson_id IS NOT NULL OR c.archived_at IS NULL AND (" + staff + " OR c.is_public = ?))",
		append(args, true)
}

// RequireLesson reads a lesson that the actor may study now, on whatever page and by
// whatever address: forbidden with curricula.in_review while it would be his but is not reviewed,
// not_found when it is not for him, unauthenticated for a visitor unless it is public.
func RequireLesson(tx *db.Tx, by access.Actor, lesson courses.LessonID) (courses.Lesson, error) {
	l, err := courses.FindLesson(tx, lesson)
	if err != nil {
		if !by.SignedIn() && by.Job() == "" && fail.KindOf(err) == fail.Missing {
			return courses.Lesson{}, fail.NoSignIn("access.sign_in_first") // tells nothing of what is there
		}
		return courses.Lesson{}, err
	}
	his, err := isFor(tx, by, l)
	switch {
	case err != nil:
		return courses.Lesson{}, err
	case his && l.Reviewed:
		return l, nil
	case his && !l.Removed && by.SignedIn():
		return courses.Lesson{}, fail.Forbidden("curricula.in_review")
	case !by.SignedIn():
		return courses.Lesson{}, fail.NoSignIn("access.sign_in_first")
	}
	return courses.Lesson{}, fail.NotFound("access.not_found")
}

// isFor is the rule for one lesson, but for the review.
func isFor(tx *db.Tx, by access.Actor, l courses.Lesson) (bool, error) {
	if !l.Archived && (l.Public || courses.SeesAll(by, l.Path)) {
		return true, nil
	}
	found, err := reach(tx, by.Visible(access.LessonsStudy),
		"EXISTS (SELECT 1 FROM curriculum_items i WHERE i.curriculum_id = k.id AND i.version = k.version AND i.lesson_id = ?)", l.ID)
	return len(found) > 0, err
}

// RequirePlay is [RequireLesson] for whoever plays a video: staff who see the drafts of
// the owning unit may look at a lesson that is not reviewed, since somebody has to review it.
func RequirePlay(tx *db.Tx, by access.Actor, lesson courses.LessonID) (courses.Lesson, error) {
	l, err := courses.FindLesson(tx, lesson)
	if err == nil && !l.Removed && courses.SeesAll(by, l.Path) {
		return l, nil
	}
	return RequireLesson(tx, by, lesson)
}
