// Package curricula holds what is to be taught in which month of a year, for which
// schools, and with that who may study what.
//
// A curriculum belongs to a township or to the county and to one year. Its draft
// (version 0) has items, each a lesson in a month, required or elective, and an audience: the
// whole unit with every school that it has or will have, or some schools. [Area.Publish] makes of the
// draft the next version, which never changes again; the draft goes on from there. A lesson stands
// in a curriculum once.
//
// [Sight] is the heart: an actor with LessonsStudy sees a lesson while it is reviewed and it
// is in the current version of a curriculum whose audience covers a school of his that is licensed
// now, or it is public, or he is staff with CoursesSee on the unit that owns it. Page, API, search and
// playback all ask there.
//
// The root of the aggregate is the curriculum: every change locks it first. A form carries the
// revision that it showed.
package curricula

import (
	"time"

	"huotang/models/access"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

type curriculumTag struct{}

// CurriculumID identifies a curriculum.
type CurriculumID = id.ID[curriculumTag]

// Area holds what the ops of this area need besides their unit of work.
type Area struct {
	published []func(tx *db.Tx, by access.Actor, c CurriculumID, version int) error
}

// New gives the area.
func New() *Area { return &Area{} }

// OnPublished registers f to be called after a version is stored, in the same unit of
// work; its error aborts.
func (a *Area) OnPublished(f func(tx *db.Tx, by access.Actor, c CurriculumID, version int) error) {
	a.published = append(a.published, f)
}

// draft is the version number of what is not published yet.
const draft = 0

type curriculumRow struct {
	ID        CurriculumID `gorm:"primaryKey"`
	UnitID    org.UnitID
	Year      int
	Title     string
	Version   int // the current one, 0 before the first
	Revision  int // of the draft
	AuthorID  access.AccountID
	MadeAt    time.Time
	ChangedAt time.Time
}

func (curriculumRow) TableName() string { return "curricula" }

type versionRow struct {
	CurriculumID CurriculumID `gorm:"primaryKey"`
	Version      int          `gorm:"primaryKey;autoIncrement:false"`
	PublishedAt  time.Time
	PublishedBy  access.AccountID
	Note         string
}

func (versionRow) TableName() string { return "curriculum_versions" }

type itemRow struct {
	CurriculumID CurriculumID `gorm:"primaryKey"`
	Version      int          `gorm:"primaryKey;autoIncrement:false"`
	Place        int          `gorm:"primaryKey;autoIncrement:false"` // from 1, over all months
	Month        date.Month
	LessonID     courses.LessonID
	Required     bool
}

func (itemRow) TableName() string { return "curriculum_items" }

type audienceRow struct {
	CurriculumID CurriculumID `gorm:"primaryKey"`
	Version      int          `gorm:"primaryKey;autoIncrement:false"`
	UnitID       org.UnitID   `gorm:"primaryKey"` // the curriculum's own unit, or schools
}

func (audienceRow) TableName() string { return "curriculum_audience" }

// root is a curriculum with the unit that owns it.
type root struct {
	ID       CurriculumID
	UnitID   org.UnitID
	UnitName string
	Kind     org.Kind
	Code     string
	Path     string
	Year     int
	Title    string
	Version  int
	Revision int
}

func find(tx *db.Tx, c CurriculumID) (root, error) {
	rows, err := db.Ask[root](tx, "SELECT c.id, c.unit_id, u.name AS unit_name, u.kind, u.code, u.path, c.`year`, c.title, c.version, c.revision "+
		"FROM curricula c JOIN units u ON u.id = c.unit_id WHERE c.id = ?", c)
	if err != nil {
		return root{}, err
	}
	if len(rows) == 0 {
		return root{}, fail.NotFound("curricula.missing")
	}
	return rows[0], nil
}

// lock locks a curriculum and reads it.
func lock(tx *db.Tx, c CurriculumID) (root, error) {
	if _, err := db.One[curriculumRow](tx.Locked().Where("id = ?", c), "curricula.missing"); err != nil {
		return root{}, err
	}
	return find(tx, c)
}

// lockToEdit locks a curriculum, asks for CurriculaPublish and for the revision seen.
func lockToEdit(tx *db.Tx, by access.Actor, c CurriculumID, revision int) (root, error) {
	r, err := lock(tx, c)
	if err != nil {
		return root{}, err
	}
	if err := require(tx, by, access.CurriculaPublish, r); err != nil {
		return root{}, err
	}
	if revision != r.Revision {
		return root{}, fail.Stale("curricula.changed")
	}
	return r, nil
}

// require asks for a permission on a curriculum. Whoever sees it because it reaches a school of
// his is told that he may not do this to it.
func require(tx *db.Tx, by access.Actor, p access.Permission, r root) error {
	err := by.Require(p, r.Path)
	if fail.KindOf(err) != fail.Missing {
		return err
	}
	reached, err2 := reaches(tx, by.Visible(access.CurriculaSee), r.ID)
	if err2 != nil {
		return err2
	}
	if reached {
		return fail.Forbidden("access.forbidden")
	}
	return err
}

func itemsOf(tx *db.Tx, c CurriculumID, version int) ([]itemRow, error) {
	return db.All[itemRow](tx.Where("curriculum_id = ? AND version = ?", c, version).Order("place"))
}

func audienceOf(tx *db.Tx, c CurriculumID, version int) ([]org.UnitID, error) {
	rows, err := db.All[audienceRow](tx.Where("curriculum_id = ? AND version = ?", c, version))
	out := make([]org.UnitID, len(rows))
	for i, r := range rows {
		out[i] = r.UnitID
	}
	return out, err
}
