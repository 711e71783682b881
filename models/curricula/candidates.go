package curricula

import (
	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/lang"
)

// CandidatesInput looks for lessons to put into a draft.
type CandidatesInput struct {
	ID    CurriculumID `path:"id"`
	Q     string       `query:"q"` // course, lecturer or lesson, in Chinese, pinyin or initials
	Task  courses.Task `query:"task"`
	Limit int          `query:"limit"` // 1–100; 0 means 20
}

// Candidates lists lessons that may be added to a draft and do not stand in it yet, by course title and
// place: reviewed ones, and those of one's own units that still wait for a review. Permission:
// CurriculaPublish.
func Candidates(tx *db.Tx, by access.Actor, in CandidatesInput) (db.Page[Item], error) {
	r, err := find(tx, in.ID)
	if err != nil {
		return db.Page[Item]{}, err
	}
	if err := require(tx, by, access.CurriculaPublish, r); err != nil {
		return db.Page[Item]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 100 {
		limit = 20
	}
	scope := access.Scope{Paths: []string{r.Path}}
	above, args := db.PathAbove("u.path", scope)
	below, more := db.PathRange("u.path", scope)
	own, mine := db.PathRange("u.path", by.Visible(access.CoursesSee))
	cond := "l.removed_at IS NULL AND c.archived_at IS NULL AND (" + above + " OR " + below + ") AND (" + courses.Reviewed + " OR " + own + ") " +
		"AND NOT EXISTS (SELECT 1 FROM curriculum_items i WHERE i.curriculum_id = ? AND i.version = 0 AND i.lesson_id = l.id)"
	args = append(append(append(args, more...), mine...), in.ID)
	if in.Task != "" {
		cond, args = cond+" AND c.task = ?", append(args, in.Task)
	}
	if term := lang.SearchTerm(in.Q); term != "" {
		title, a := db.Like("c.search_key", term)
		lesson, b := db.Like("l.search_key", term)
		cond, args = cond+" AND ("+title+" OR "+lesson+")", append(args, a, b)
	}
	rows, err := db.Ask[Item](tx, `SELECT l.id AS lesson, l.title, l.course_id AS course, c.title AS course_title, c.task, l.medium, l.minutes,
`+courses.Reviewed+` AS reviewed FROM courses c JOIN units u ON u.id = c.unit_id JOIN lessons l ON l.course_id = c.id
WHERE `+cond+` ORDER BY c.title, c.id, l.place LIMIT ?`, append(args, limit)...)
	return db.Page[Item]{Items: rows}, err
}
