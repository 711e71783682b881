package curricula

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/courses"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/org"
)

const (
	mostTitle = 100
	mostItems = 200
	firstYear = 2000
	lastYear  = 2100
)

// CreateInput describes a new curriculum.
type CreateInput struct {
	Unit  org.UnitID `json:"unit" form:"unit"` // a township or the county
	Year  int        `json:"year" form:"year"`
	Title string     `json:"title" form:"title"`
}

// Create makes a curriculum with an empty draft for the whole unit. Without a unit it belongs to the
// one unit that the actor may publish for. Permission: CurriculaPublish on the unit.
func (a *Area) Create(tx *db.Tx, by access.Actor, in CreateInput) (View, error) {
	if !by.SignedIn() {
		return View{}, fail.NoSignIn("access.sign_in_first")
	}
	unit, err := owner(tx, by, in.Unit)
	if err != nil {
		return View{}, err
	}
	row := curriculumRow{
		ID: id.New[curriculumTag](), UnitID: unit.ID, Year: in.Year, Revision: 1, AuthorID: by.Account,
		MadeAt: tx.Now, ChangedAt: tx.Now,
	}
	var c fail.Check
	c.If(unit.Kind != org.Township && unit.Kind != org.County, "unit", "courses.unit_kind")
	c.Range("year", in.Year, firstYear, lastYear)
	row.Title = c.Text("title", in.Title, 1, mostTitle)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	if err := db.Insert(tx, &row); err != nil {
		return View{}, err
	}
	if err := db.Insert(tx, &audienceRow{CurriculumID: row.ID, Version: draft, UnitID: unit.ID}); err != nil {
		return View{}, err
	}
	err = audit.Add(tx, by, audit.Row{
		Act: "curriculum.create", Object: "curriculum", ID: row.ID, Unit: audit.Unit(unit.ID),
		Change: audit.Changes{}.Int("year", 0, row.Year).Field("title"),
	})
	if err != nil {
		return View{}, err
	}
	return readDraft(tx, row.ID)
}

func owner(tx *db.Tx, by access.Actor, unit org.UnitID) (org.Unit, error) {
	if unit.IsZero() {
		own, err := courses.Owners(tx, by, access.CurriculaPublish)
		if err != nil {
			return org.Unit{}, err
		}
		if len(own) == 0 {
			return org.Unit{}, fail.Forbidden("access.forbidden")
		}
		if len(own) > 1 {
			var c fail.Check
			c.Add("unit", "input.required")
			return org.Unit{}, c.Err()
		}
		unit = own[0].ID
	}
	u, err := org.FindUnit(tx, unit)
	if err != nil {
		return org.Unit{}, err
	}
	return u, by.Require(access.CurriculaPublish, u.Path)
}

// EditInput changes the title of a curriculum.
type EditInput struct {
	ID       CurriculumID `path:"id" json:"-"`
	Revision int          `json:"revision" form:"revision"`
	Title    string       `json:"title" form:"title"`
}

// Edit changes the title, which is that of all versions. Permission: CurriculaPublish.
func (a *Area) Edit(tx *db.Tx, by access.Actor, in EditInput) (View, error) {
	r, err := lockToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return View{}, err
	}
	var c fail.Check
	title := c.Text("title", in.Title, 1, mostTitle)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	return setDraft(tx, by, r, "curriculum.edit", audit.Changes{}.Field("title"), map[string]any{"title": title})
}

// setDraft writes columns of a locked curriculum, counts its revision up and keeps the audit.
func setDraft(tx *db.Tx, by access.Actor, r root, act string, change audit.Changes, columns map[string]any) (View, error) {
	columns["revision"], columns["changed_at"] = r.Revision+1, tx.Now
	if _, err := db.Set(tx.Model(&curriculumRow{}).Where("id = ?", r.ID), columns); err != nil {
		return View{}, err
	}
	err := audit.Add(tx, by, audit.Row{
		Act: act, Object: "curriculum", ID: r.ID, Unit: audit.Unit(r.UnitID),
		Change: change.Int("revision", r.Revision, r.Revision+1),
	})
	if err != nil {
		return View{}, err
	}
	return readDraft(tx, r.ID)
}

// ItemInput is a lesson in a month.
type ItemInput struct {
	Lesson   courses.LessonID `json:"lesson" form:"lesson"`
	Month    date.Month       `json:"month" form:"month"` // of the curriculum's year
	Required bool             `json:"required" form:"required"`
}

// SetItemsInput is the whole draft.
type SetItemsInput struct {
	ID       CurriculumID `path:"id" json:"-"`
	Revision int          `json:"revision"`
	Items    []ItemInput  `json:"items"` // put in order by month; within a month as given
}

// SetItems replaces the items of the draft. Lessons may be of the curriculum's unit, of
// the units above and, for the county, of those below; what another unit has not reviewed can only
// stay. Locks the curriculum. Permission: CurriculaPublish.
func (a *Area) SetItems(tx *db.Tx, by access.Actor, in SetItemsInput) (View, error) {
	return editItems(tx, by, in.ID, in.Revision, "items.%d.lesson", func(r root, _ []itemRow, c *fail.Check) ([]itemRow, error) {
		out := make([]itemRow, len(in.Items))
		c.If(len(in.Items) > mostItems, "items", "curricula.items_full", mostItems)
		seen := map[courses.LessonID]bool{}
		for i, item := range in.Items {
			name := fmt.Sprintf("items.%d.", i)
			c.If(seen[item.Lesson], name+"lesson", "curricula.lesson_twice")
			checkMonth(c, name+"month", item.Month, r.Year)
			seen[item.Lesson] = true
			out[i] = itemRow{LessonID: item.Lesson, Month: item.Month, Required: item.Required}
		}
		return out, nil
	})
}

func checkMonth(c *fail.Check, name string, m date.Month, year int) {
	if !c.If(m.IsZero(), name, "input.required") {
		c.If(m.Year() != year, name, "curricula.month_outside", year)
	}
}

// editing changes the items of a draft and notes what is wrong with what was asked.
type editing func(r root, items []itemRow, c *fail.Check) ([]itemRow, error)

// editItems locks a draft, runs change on its items, checks the lessons that it brought in and stores
// the result in order. Faults of a lesson bear the name, with its number where the name has a %d.
func editItems(tx *db.Tx, by access.Actor, c CurriculumID, revision int, name string, change editing) (View, error) {
	r, err := lockToEdit(tx, by, c, revision)
	if err != nil {
		return View{}, err
	}
	old, err := itemsOf(tx, c, draft)
	if err != nil {
		return View{}, err
	}
	var check fail.Check
	items, err := change(r, slices.Clone(old), &check)
	if err != nil {
		return View{}, err
	}
	if err := checkLessons(tx, by, r, old, items, name, &check); err != nil {
		return View{}, err
	}
	if err := check.Err(); err != nil {
		return View{}, err
	}
	sortItems(items)
	if err := storeItems(tx, c, draft, items); err != nil {
		return View{}, err
	}
	return setDraft(tx, by, r, "curriculum.items", audit.Changes{}.Int("items", len(old), len(items)), map[string]any{})
}

// checkLessons notes a fault for each lesson that is new to the draft and may not stand in it.
func checkLessons(tx *db.Tx, by access.Actor, r root, old, items []itemRow, name string, c *fail.Check) error {
	var fresh []courses.LessonID
	had := make(map[courses.LessonID]bool, len(old))
	for _, i := range old {
		had[i.LessonID] = true
	}
	for _, i := range items {
		if !had[i.LessonID] {
			fresh = append(fresh, i.LessonID)
		}
	}
	found, err := courses.FindLessons(tx, fresh)
	if err != nil {
		return err
	}
	for n, i := range items {
		if had[i.LessonID] {
			continue
		}
		l, there := found[i.LessonID]
		fits := there && !l.Removed && !l.Archived && forUnit(l.Path, r.Path) && (l.Reviewed || courses.SeesAll(by, l.Path))
		c.If(!fits, strings.Replace(name, "%d", strconv.Itoa(n), 1), "input.id")
	}
	return nil
}

// storeItems replaces the items of a version.
func storeItems(tx *db.Tx, c CurriculumID, version int, items []itemRow) error {
	if err := tx.Where("curriculum_id = ? AND version = ?", c, version).Delete(&itemRow{}).Error; err != nil {
		return fmt.Errorf("curricula: %w", err)
	}
	if len(items) == 0 {
		return nil
	}
	for i := range items {
		items[i].CurriculumID, items[i].Version = c, version
	}
	return db.Insert(tx, &items)
}

// PutItemInput is one item of the draft.
type PutItemInput struct {
	ID       CurriculumID     `path:"id" json:"-"`
	Revision int              `json:"revision" form:"revision"`
	Lesson   courses.LessonID `json:"lesson" form:"lesson"`
	Month    date.Month       `json:"month" form:"month"`
	Required bool             `json:"required" form:"required"`
}

// PutItem adds a lesson to the draft, at the end of its month, or changes its month and
// whether it is required. Locks the curriculum. Permission: CurriculaPublish.
func (a *Area) PutItem(tx *db.Tx, by access.Actor, in PutItemInput) (View, error) {
	return editItems(tx, by, in.ID, in.Revision, "lesson", func(r root, items []itemRow, c *fail.Check) ([]itemRow, error) {
		checkMonth(c, "month", in.Month, r.Year)
		row := itemRow{LessonID: in.Lesson, Month: in.Month, Required: in.Required}
		at := indexOf(items, in.Lesson)
		switch {
		case at < 0:
			c.If(len(items) >= mostItems, "lesson", "curricula.items_full", mostItems)
			return append(items, row), nil
		case items[at].Month == in.Month:
			items[at] = row
			return items, nil
		}
		return append(slices.Delete(items, at, at+1), row), nil
	})
}

func indexOf(items []itemRow, lesson courses.LessonID) int {
	return slices.IndexFunc(items, func(i itemRow) bool { return i.LessonID == lesson })
}

// RemoveItemInput names an item of the draft.
type RemoveItemInput struct {
	ID       CurriculumID     `path:"id" json:"-"`
	Revision int              `json:"revision" form:"revision"`
	Lesson   courses.LessonID `path:"lesson" json:"-"`
}

// RemoveItem takes a lesson out of the draft. Locks the curriculum. Permission: CurriculaPublish.
func (a *Area) RemoveItem(tx *db.Tx, by access.Actor, in RemoveItemInput) (View, error) {
	return editItems(tx, by, in.ID, in.Revision, "lesson", func(_ root, items []itemRow, _ *fail.Check) ([]itemRow, error) {
		at := indexOf(items, in.Lesson)
		if at < 0 {
			return nil, fail.NotFound("curricula.item_missing")
		}
		return slices.Delete(items, at, at+1), nil
	})
}

// MoveItemInput moves an item among those of its month.
type MoveItemInput struct {
	ID       CurriculumID     `path:"id" json:"-"`
	Revision int              `json:"revision" form:"revision"`
	Lesson   courses.LessonID `path:"lesson" json:"-"`
	Up       bool             `json:"up" form:"up"`
}

// MoveItem changes an item's place with its neighbour's of the same month; at the end of the month
// nothing changes. Locks the curriculum. Permission: CurriculaPublish.
func (a *Area) MoveItem(tx *db.Tx, by access.Actor, in MoveItemInput) (View, error) {
	return editItems(tx, by, in.ID, in.Revision, "lesson", func(_ root, items []itemRow, _ *fail.Check) ([]itemRow, error) {
		at := indexOf(items, in.Lesson)
		if at < 0 {
			return nil, fail.NotFound("curricula.item_missing")
		}
		to := at + 1
		if in.Up {
			to = at - 1
		}
		if to >= 0 && to < len(items) && items[to].Month == items[at].Month {
			items[at], items[to] = items[to], items[at]
		}
		return items, nil
	})
}

// SetAudienceInput says whom a curriculum is for.
type SetAudienceInput struct {
	ID       CurriculumID `path:"id" json:"-"`
	Revision int          `json:"revision" form:"revision"`
	All      bool         `json:"all" form:"all"`     // the whole unit, with schools that are added later
	Sites    []org.SiteID `json:"sites" form:"sites"` // or these
}

// SetAudience sets the draft's audience. Locks the curriculum. Permission: CurriculaPublish.
func (a *Area) SetAudience(tx *db.Tx, by access.Actor, in SetAudienceInput) (View, error) {
	r, err := lockToEdit(tx, by, in.ID, in.Revision)
	if err != nil {
		return View{}, err
	}
	units := []org.UnitID{r.UnitID}
	if !in.All {
		if units, err = siteUnits(tx, r, in.Sites); err != nil {
			return View{}, err
		}
	}
	if err := storeAudience(tx, r.ID, draft, units); err != nil {
		return View{}, err
	}
	return setDraft(tx, by, r, "curriculum.audience", audit.Changes{}.Int("units", 0, len(units)), map[string]any{})
}

// siteUnits checks that the sites are schools of the curriculum's unit.
func siteUnits(tx *db.Tx, r root, sites []org.SiteID) ([]org.UnitID, error) {
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{r.Path}})
	rows, err := db.Ask[struct{ ID org.SiteID }](tx, "SELECT s.id FROM sites s JOIN units u ON u.id = s.id WHERE "+cond, args...)
	if err != nil {
		return nil, err
	}
	known := make(map[org.SiteID]bool, len(rows))
	for _, row := range rows {
		known[row.ID] = true
	}
	var c fail.Check
	c.If(len(sites) == 0, "sites", "curricula.audience_empty")
	units := make([]org.UnitID, 0, len(sites))
	for _, s := range sites {
		if !known[s] {
			c.Add("sites", "input.id")
			break
		}
		units = append(units, org.SiteUnit(s))
	}
	slices.SortFunc(units, func(a, b org.UnitID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(units), c.Err()
}

func storeAudience(tx *db.Tx, c CurriculumID, version int, units []org.UnitID) error {
	if err := tx.Where("curriculum_id = ? AND version = ?", c, version).Delete(&audienceRow{}).Error; err != nil {
		return fmt.Errorf("curricula: %w", err)
	}
	rows := make([]audienceRow, len(units))
	for i, u := range units {
		rows[i] = audienceRow{CurriculumID: c, Version: version, UnitID: u}
	}
	return db.Insert(tx, &rows)
}
