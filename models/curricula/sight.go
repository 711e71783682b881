package curricula

import (
	"strings"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/fail"
)

// reachQuery finds curricula whose current version is for a licensed school of a scope. Paths
// under a unit are those from its own path up to the one that ends in '0', which follows '/'.
const reachQuery = `SELECT DISTINCT k.id FROM units u JOIN curriculum_audience a ON a.unit_id = u.id
JOIN curricula k ON k.id = a.curriculum_id AND k.version = a.version
WHERE k.version > 0 AND {near} AND EXISTS (SELECT 1 FROM units v JOIN sites s ON s.id = v.id {branch}
WHERE v.path >= u.path AND v.path < CONCAT(SUBSTR(u.path, 1, LENGTH(u.path) - 1), '0') AND s.licence = 'licensed' AND {within})`

// reach lists the curricula whose current version's audience covers a school that lies
// in the scope, by its own place or by the branch that keeps it, and is licensed now.
// The condition on k narrows them further.
func reach(tx *db.Tx, scope access.Scope, and string, args ...any) ([]CurriculumID, error) {
	if scope.Empty() {
		return nil, nil
	}
	var all []any
	near, branch, within := "1 = 1", "", ""
	if party(scope) {
		branch = "LEFT JOIN units b ON b.id = s.branch_id"
		own, ownArgs := db.PathRange("v.path", scope)
		kept, keptArgs := db.PathRange("b.path", scope)
		within = "(" + own + " OR " + kept + ")"
		all = append(ownArgs, keptArgs...)
	} else {
		below, belowArgs := db.PathRange("u.path", scope)
		above, aboveArgs := db.PathAbove("u.path", scope)
		near = "(" + below + " OR " + above + ")"
		own, ownArgs := db.PathRange("v.path", scope)
		within = own
		all = append(append(append(all, belowArgs...), aboveArgs...), ownArgs...)
	}
	query := strings.NewReplacer("{near}", near, "{branch}", branch, "{within}", within).Replace(reachQuery)
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

// party reports a scope with a part of the party tree, where a school is by its branch.
func party(s access.Scope) bool {
	for _, p := range s.Paths {
		if !strings.HasPrefix(p, "/a/") {
			return true
		}
	}
	return false
}

// reaches reports whether the current version of the curriculum is for a licensed school of the scope.
func reaches(tx *db.Tx, scope access.Scope, c CurriculumID) (bool, error) {
	found, err := reach(tx, scope, "k.id = ?", c)
	return len(found) > 0, err
}

// Sight is what an actor can study, at one moment. It becomes a condition in SQL on
// lessons l of courses c of units o; see the package's contract for the rule.
type Sight struct {
	curricula []CurriculumID // that reach him
	staff     access.Scope   // units whose courses are his to care for
	drafts    bool           // staff see what is not reviewed, too
	only      bool           // only what the curricula give: neither public nor staff's own
}

// SightOf works out what the actor can study. Permission: LessonsStudy for what is
// published to schools, CoursesSee for the courses of one's units; what is public is for everyone.
func SightOf(tx *db.Tx, by access.Actor) (Sight, error) {
	found, err := reach(tx, by.Visible(access.LessonsStudy), "")
	return Sight{curricula: found, staff: by.Visible(access.CoursesSee)}, err
}

// WithDrafts is the sight of the same actor where staff also find what they have not yet reviewed.
func (s Sight) WithDrafts() Sight {
	s.drafts = true
	return s
}

// lessons is the condition and its arguments.
func (s Sight) lessons() (string, []any) {
	var ways []string
	var args []any
	if len(s.curricula) > 0 {
		ways = append(ways, "EXISTS (SELECT 1 FROM curriculum_items i JOIN curricula k ON k.id = i.curriculum_id AND k.version = i.version "+
			"WHERE i.lesson_id = l.id AND k.id IN ?)")
		args = append(args, s.curricula)
	}
	staff, staffArgs := db.PathRange("o.path", s.staff)
	if !s.only {
		ways = append(ways, "c.archived_at IS NULL AND (c.is_public = ? OR "+staff+")")
		args = append(append(args, true), staffArgs...)
	}
	if len(ways) == 0 {
		return "1 = 0", nil
	}
	cond := courses.Reviewed + " AND (" + strings.Join(ways, " OR ") + ")"
	if s.drafts && !s.staff.Empty() {
		cond = "(" + cond + " OR l.removed_at IS NULL AND c.archived_at IS NULL AND " + staff + ")"
		args = append(args, staffArgs...)
	}
	return cond, args
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
