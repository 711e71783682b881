package curricula

import (
	"fmt"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

const mostNote = 300

// PublishInput names the draft that was seen.
type PublishInput struct {
	ID       CurriculumID `path:"id" json:"-"`
	Revision int          `json:"revision" form:"revision"`
	Note     string       `json:"note" form:"note"` // what is said of the changes
}

// Published is what a publication came to.
type Published struct {
	Version int `json:"version"`
	Schools int `json:"schools"` // licensed schools that it is for
}

// Publish makes of the draft the next version, which counts from now on and never changes. It wants an
// item, a licensed school, and every lesson reviewed and in use; each lesson that is not is a fault by its title. Locks
// the curriculum, then the courses of its lessons. Stale when another has changed the draft or published it
// since. Permission: CurriculaPublish.
func (a *Area) Publish(tx *db.Tx, by access.Actor, in PublishInput) (Published, error) {
	if !by.SignedIn() {
		return Published{}, fail.NoSignIn("access.sign_in_first")
	}
	r, err := lockToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return Published{}, err
	}
	items, err := itemsOf(tx, r.ID, draft)
	if err != nil {
		return Published{}, err
	}
	found, err := schools(tx, r.ID, draft)
	if err != nil {
		return Published{}, err
	}
	var c fail.Check
	note := c.Prose("note", in.Note, 0, mostNote)
	c.If(len(items) == 0, "items", "curricula.no_items")
	c.If(len(found) == 0, "audience", "curricula.no_schools")
	if err := checkReviewed(tx, items, &c); err != nil {
		return Published{}, err
	}
	if err := c.Err(); err != nil {
		return Published{}, err
	}
	version := r.Version + 1
	if err := freeze(tx, by, r, version, items, note); err != nil {
		return Published{}, err
	}
	for _, f := range a.published {
		if err := f(tx, by, r.ID, version); err != nil {
			return Published{}, err
		}
	}
	return Published{version, len(found)}, nil
}

// checkReviewed locks the courses of the items, so that a review cannot go between this look
// and the commit, and notes each lesson that may not be taught.
func checkReviewed(tx *db.Tx, items []itemRow, c *fail.Check) error {
	ids := make([]courses.LessonID, len(items))
	for i, item := range items {
		ids[i] = item.LessonID
	}
	found, err := courses.LockLessons(tx, ids)
	if err != nil {
		return err
	}
	for i, item := range items {
		l, name := found[item.LessonID], fmt.Sprintf("items.%d", i)
		switch {
		case l.Removed || l.Archived:
			c.Add(name, "curricula.lesson_removed", l.Title)
		case !l.Reviewed:
			c.Add(name, "curricula.lesson_unreviewed", l.Title)
		}
	}
	return nil
}

// freeze stores the draft as a version and makes it the current one.
func freeze(tx *db.Tx, by access.Actor, r root, version int, items []itemRow, note string) error {
	err := db.Insert(tx, &versionRow{CurriculumID: r.ID, Version: version, PublishedAt: tx.Now, PublishedBy: by.Account, Note: note})
	if err != nil {
		return err
	}
	if err := storeItems(tx, r.ID, version, items); err != nil {
		return err
	}
	units, err := audienceOf(tx, r.ID, draft)
	if err != nil {
		return err
	}
	if err := storeAudience(tx, r.ID, version, units); err != nil {
		return err
	}
	_, err = setDraft(tx, by, r, "curriculum.publish", audit.Changes{}.Int("version", r.Version, version).Int("items", 0, len(items)),
		map[string]any{"version": version})
	return err
}

// Diff is what a version, or the draft, changes against the version before it.
type Diff struct {
	Version         int          `json:"version"`  // 0 for the draft
	Previous        int          `json:"previous"` // 0 when there was none
	Added           []DiffItem   `json:"added"`
	Removed         []DiffItem   `json:"removed"`
	Moved           []DiffItem   `json:"moved"`   // to another month
	Changed         []DiffItem   `json:"changed"` // required to elective, or back
	AudienceAdded   []UnitChange `json:"audience_added"`
	AudienceRemoved []UnitChange `json:"audience_removed"`
}

// Empty reports that nothing is different.
func (d Diff) Empty() bool {
	return len(d.Added)+len(d.Removed)+len(d.Moved)+len(d.Changed)+len(d.AudienceAdded)+len(d.AudienceRemoved) == 0
}

// DiffItem is a lesson as it stands now, or as it stood before it was removed, with the month before.
type DiffItem struct {
	Lesson   courses.LessonID `json:"lesson"`
	Title    string           `json:"title"`
	Month    date.Month       `json:"month"`
	Required bool             `json:"required"`
	From     date.Month       `json:"from"` // the month before, where it was moved
}

// UnitChange is a part of the audience.
type UnitChange struct {
	Unit org.UnitID `json:"unit"`
	Code string     `json:"code"`
	Name string     `json:"name"`
	All  bool       `json:"all"` // the whole unit of the curriculum
}

// DiffInput names a version of a curriculum.
type DiffInput struct {
	ID      CurriculumID `path:"id"`
	Version int          `path:"version"` // 0 is the draft, which stands against the current version
}

// Compare says what a version changes against the one before it. Permission: CurriculaSee on the
// unit; whoever the current version reaches sees that of the current version, without the audience.
func Compare(tx *db.Tx, by access.Actor, in DiffInput) (Diff, error) {
	r, full, err := see(tx, by, in.ID)
	if err != nil {
		return Diff{}, err
	}
	if in.Version < 0 || in.Version > r.Version || !full && in.Version != r.Version {
		return Diff{}, fail.NotFound("curricula.version_missing")
	}
	d := Diff{Version: in.Version, Previous: in.Version - 1}
	if in.Version == draft {
		d.Previous = r.Version
	}
	if err := d.compareItems(tx, r.ID); err != nil {
		return Diff{}, err
	}
	if full {
		err = d.compareAudience(tx, r)
	}
	return d, err
}

// versionItems reads the items of a version; version 0 as a predecessor has none.
func versionItems(tx *db.Tx, c CurriculumID, version int, predecessor bool) ([]Item, error) {
	if predecessor && version == draft {
		return nil, nil
	}
	return db.Ask[Item](tx, itemsQuery, c, version)
}

func (d *Diff) compareItems(tx *db.Tx, c CurriculumID) error {
	before, err := versionItems(tx, c, d.Previous, true)
	if err != nil {
		return err
	}
	after, err := versionItems(tx, c, d.Version, false)
	if err != nil {
		return err
	}
	d.Added, d.Removed, d.Moved, d.Changed = []DiffItem{}, []DiffItem{}, []DiffItem{}, []DiffItem{}
	old := make(map[courses.LessonID]Item, len(before))
	for _, i := range before {
		old[i.Lesson] = i
	}
	for _, i := range after {
		was, there := old[i.Lesson]
		delete(old, i.Lesson)
		line := DiffItem{Lesson: i.Lesson, Title: i.Title, Month: i.Month, Required: i.Required}
		if !there {
			d.Added = append(d.Added, line)
			continue
		}
		if was.Required != i.Required {
			d.Changed = append(d.Changed, line)
		}
		if was.Month != i.Month {
			line.From = was.Month
			d.Moved = append(d.Moved, line)
		}
	}
	for _, i := range before {
		if _, gone := old[i.Lesson]; gone {
			d.Removed = append(d.Removed, DiffItem{Lesson: i.Lesson, Title: i.Title, Month: i.Month, Required: i.Required})
		}
	}
	return nil
}

// compareAudience tells the units that only the one or the other version is for.
func (d *Diff) compareAudience(tx *db.Tx, r root) error {
	const only = `SELECT u.id AS unit, u.code, u.name, u.id = ? AS ` + "`all`" + ` FROM curriculum_audience a JOIN units u ON u.id = a.unit_id
WHERE a.curriculum_id = ? AND a.version = ? AND a.unit_id NOT IN (
SELECT x.unit_id FROM curriculum_audience x WHERE x.curriculum_id = a.curriculum_id AND x.version = ?) ORDER BY u.code`
	before := d.Previous
	if before == draft {
		before = -1 // no version has this number
	}
	var err error
	if d.AudienceAdded, err = db.Ask[UnitChange](tx, only, r.UnitID, r.ID, d.Version, before); err != nil {
		return err
	}
	d.AudienceRemoved, err = db.Ask[UnitChange](tx, only, r.UnitID, r.ID, before, d.Version)
	return err
}
