package curricula

import (
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// View is one version of a curriculum, or its draft.
type View struct {
	ID          CurriculumID `json:"id"`
	Unit        org.UnitID   `json:"unit"`
	UnitName    string       `json:"unit_name"`
	UnitCode    string       `json:"unit_code"`
	Path        string       `json:"-"`
	Year        int          `json:"year"`
	Title       string       `json:"title"`
	Current     int          `json:"current"`  // the version that counts, 0 before the first
	Version     int          `json:"version"`  // shown here, 0 for the draft
	Revision    int          `json:"revision"` // of the draft
	PublishedAt *time.Time   `json:"published_at"`
	PublishedBy string       `json:"published_by"` // by name
	Note        string       `json:"note"`
	Items       []Item       `json:"items"`
	Audience    Audience     `json:"audience"`
	Draft       bool         `json:"draft"` // the actor sees drafts and every version of it
}

// Item is a lesson in a month.
type Item struct {
	Lesson      courses.LessonID `json:"lesson"`
	Month       date.Month       `json:"month"`
	Place       int              `json:"place"` // over all months, from 1
	Required    bool             `json:"required"`
	Title       string           `json:"title"`
	Course      courses.CourseID `json:"course"`
	CourseTitle string           `json:"course_title"`
	Task        courses.Task     `json:"task"`
	Medium      courses.Medium   `json:"medium"`
	Minutes     int              `json:"minutes"`
	Reviewed    bool             `json:"reviewed"` // while it is not, it may not be taught
	Removed     bool             `json:"removed"`  // from its course, or the course is out of use
}

// Audience is whom a version is for.
type Audience struct {
	All     bool     `json:"all"`     // the whole unit, with schools that are added later
	Count   int      `json:"count"`   // licensed schools that get it
	Schools []School `json:"schools"` // those, when not all; staff only
}

const itemsQuery = `SELECT i.lesson_id AS lesson, i.month, i.place, i.required, l.title, l.course_id AS course, c.title AS course_title,
c.task, l.medium, l.minutes, ` + courses.Reviewed + ` AS reviewed, (l.removed_at IS NOT NULL OR c.archived_at IS NOT NULL) AS removed
FROM curriculum_items i JOIN lessons l ON l.id = i.lesson_id JOIN courses c ON c.id = l.course_id
WHERE i.curriculum_id = ? AND i.version = ? ORDER BY i.place`

// GetInput names a curriculum and one of its versions.
type GetInput struct {
	ID      CurriculumID `path:"id"`
	Version int          `query:"version"` // 0 means the draft for its staff, the current one for others
}

// Get reads a curriculum. Permission: CurriculaSee on its unit for drafts and all versions;
// whoever has CurriculaSee on a licensed school that the current version is for sees that version.
func Get(tx *db.Tx, by access.Actor, in GetInput) (View, error) {
	r, full, err := see(tx, by, in.ID)
	if err != nil {
		return View{}, err
	}
	version := in.Version
	if !full {
		if version != 0 && version != r.Version {
			return View{}, fail.NotFound("curricula.version_missing")
		}
		version = r.Version
	}
	return read(tx, r, version, full)
}

// see finds a curriculum and says whether the actor sees it with drafts.
func see(tx *db.Tx, by access.Actor, c CurriculumID) (root, bool, error) {
	r, err := find(tx, c)
	if err != nil {
		return root{}, false, err
	}
	if by.Can(access.CurriculaSee, r.Path) {
		return r, true, nil
	}
	reached, err := reaches(tx, by.Visible(access.CurriculaSee), c)
	if err == nil && !reached {
		err = by.Require(access.CurriculaSee, r.Path)
	}
	return r, false, err
}

func readDraft(tx *db.Tx, c CurriculumID) (View, error) {
	r, err := find(tx, c)
	if err != nil {
		return View{}, err
	}
	return read(tx, r, draft, true)
}

func read(tx *db.Tx, r root, version int, full bool) (View, error) {
	v := View{
		ID: r.ID, Unit: r.UnitID, UnitName: r.UnitName, UnitCode: r.Code, Path: r.Path, Year: r.Year, Title: r.Title,
		Current: r.Version, Version: version, Revision: r.Revision, Draft: full,
	}
	if version != draft {
		if err := v.readVersion(tx); err != nil {
			return View{}, err
		}
	}
	var err error
	if v.Items, err = db.Ask[Item](tx, itemsQuery, r.ID, version); err != nil {
		return View{}, err
	}
	v.Audience, err = readAudience(tx, r, version, full)
	return v, err
}

func (v *View) readVersion(tx *db.Tx) error {
	versions, err := versionsOf(tx, v.ID)
	if err != nil {
		return err
	}
	for _, n := range versions {
		if n.Version == v.Version {
			v.PublishedAt, v.PublishedBy, v.Note = &n.PublishedAt, n.PublishedBy, n.Note
			return nil
		}
	}
	return fail.NotFound("curricula.version_missing")
}

func readAudience(tx *db.Tx, r root, version int, full bool) (Audience, error) {
	units, err := audienceOf(tx, r.ID, version)
	if err != nil {
		return Audience{}, err
	}
	found, err := schools(tx, r.ID, version)
	if err != nil {
		return Audience{}, err
	}
	a := Audience{All: len(units) == 1 && units[0] == r.UnitID, Count: len(found), Schools: []School{}}
	if full && !a.All {
		a.Schools = found
	}
	return a, nil
}

// VersionView is one published version.
type VersionView struct {
	Version     int       `json:"version"`
	PublishedAt time.Time `json:"published_at"`
	PublishedBy string    `json:"published_by"` // by name
	Note        string    `json:"note"`
	Items       int       `json:"items"`
}

// HistoryInput names a curriculum.
type HistoryInput struct {
	ID CurriculumID `path:"id"`
}

// History lists the versions of a curriculum, newest first. Permission: CurriculaSee on its unit.
func History(tx *db.Tx, by access.Actor, in HistoryInput) (db.Page[VersionView], error) {
	r, full, err := see(tx, by, in.ID)
	if err != nil {
		return db.Page[VersionView]{}, err
	}
	if !full {
		return db.Page[VersionView]{}, fail.Forbidden("access.forbidden")
	}
	items, err := versionsOf(tx, r.ID)
	return db.Page[VersionView]{Items: items}, err
}

func versionsOf(tx *db.Tx, c CurriculumID) ([]VersionView, error) {
	return db.Ask[VersionView](tx, `SELECT v.version, v.published_at, COALESCE(a.name, '') AS published_by, v.note,
(SELECT COUNT(*) FROM curriculum_items i WHERE i.curriculum_id = v.curriculum_id AND i.version = v.version) AS items
FROM curriculum_versions v LEFT JOIN accounts a ON a.id = v.published_by WHERE v.curriculum_id = ? ORDER BY v.version DESC`, c)
}

// ListInput narrows the list of curricula.
type ListInput struct {
	Year  int          `query:"year"` // 0 means all
	After CurriculumID `query:"after"`
	Limit int          `query:"limit"` // 1–200; 0 means 50
}

// ListItem is a curriculum in the list.
type ListItem struct {
	ID       CurriculumID `json:"id"`
	Unit     org.UnitID   `json:"unit"`
	UnitName string       `json:"unit_name"`
	Code     string       `json:"unit_code"`
	Year     int          `json:"year"`
	Title    string       `json:"title"`
	Current  int          `json:"current"` // the version that counts, 0 before the first
	Items    int          `json:"items"`   // of that version, or of the draft before the first
	Path     string       `json:"-"`
	Editable bool         `json:"editable" gorm:"-"`
}

// List lists curricula by year, the latest first, then by the unit's code: those of the actor's units,
// drafts too, and those whose current version is for a licensed school of his. Permission:
// CurriculaSee.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[ListItem], error) {
	if err := by.RequireAnywhere(access.CurriculaSee); err != nil {
		return db.Page[ListItem]{}, err
	}
	scope := by.Visible(access.CurriculaSee)
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	found, err := reach(tx, scope, "")
	if err != nil {
		return db.Page[ListItem]{}, err
	}
	own, args := db.PathRange("u.path", scope)
	where := []string{own}
	if len(found) > 0 {
		where, args = append(where, "c.id IN ?"), append(args, found)
	}
	cond := "(" + strings.Join(where, " OR ") + ")"
	if in.Year != 0 {
		cond, args = cond+" AND c.`year` = ?", append(args, in.Year)
	}
	if !in.After.IsZero() {
		r, err := find(tx, in.After)
		if err != nil {
			return db.Page[ListItem]{}, err
		}
		cond += " AND (c.`year` < ? OR c.`year` = ? AND (u.code > ? OR u.code = ? AND c.id > ?))"
		args = append(args, r.Year, r.Year, r.Code, r.Code, r.ID)
	}
	rows, err := db.Ask[ListItem](tx, "SELECT c.id, c.unit_id AS unit, u.name AS unit_name, u.code, u.path, c.`year`, c.title, c.version AS current, "+
		"(SELECT COUNT(*) FROM curriculum_items i WHERE i.curriculum_id = c.id AND i.version = c.version) AS items "+
		"FROM curricula c JOIN units u ON u.id = c.unit_id WHERE "+cond+" ORDER BY c.`year` DESC, u.code, c.id LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return db.Page[ListItem]{}, err
	}
	page := db.Page[ListItem]{Items: rows[:min(len(rows), limit)]}
	for i := range page.Items {
		page.Items[i].Editable = by.Can(access.CurriculaPublish, page.Items[i].Path)
	}
	if len(rows) > limit {
		page.Next = rows[limit-1].ID.String()
	}
	return page, nil
}
