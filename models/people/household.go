package people

import (
	"fmt"
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/id"
	"huotang/models/lang"
	"huotang/models/org"
)

// HouseholdView is a household (户).
type HouseholdView struct {
	ID        HouseholdID `json:"id"`
	VillageID org.UnitID  `json:"village_id"`
	Village   string      `json:"village"`
	Code      string      `json:"code"`
	Name      string      `json:"name"`
	Count     int         `json:"count"`            // of members
	Members   []View      `json:"members" gorm:"-"` // only of one that is read by itself
}

const householdQuery = "SELECT h.id, h.village_id, v.name AS village, h.code, h.name, v.path, " +
	"(SELECT COUNT(*) FROM persons p WHERE p.household_id = h.id AND p.merged_into IS NULL) AS count FROM households h JOIN units v ON v.id = h.village_id WHERE "

type householdLine struct {
	HouseholdView `gorm:"embedded"`
	Path          string
}

// HouseholdsInput narrows the list.
type HouseholdsInput struct {
	Unit  string `query:"unit"` // code of an administrative unit
	Q     string `query:"q"`    // name, pinyin, initials or code
	After string `query:"after"`
	Limit int    `query:"limit"` // 1–200; 0 means 50
}

// SeesHouseholds reports whether the actor sees the people of a village: households are of villages, and who answers for a
// branch sees its members alone.
func SeesHouseholds(by access.Actor) bool {
	s := by.Visible(access.PeopleSee)
	return s.All || slices.ContainsFunc(s.Paths, func(p string) bool { return strings.HasPrefix(p, "/a/") })
}

// Households lists households by village and code. Permission: PeopleSee on the village; forbidden for who holds it on
// branches alone.
func Households(tx *db.Tx, by access.Actor, in HouseholdsInput) (db.Page[HouseholdView], error) {
	out := db.Page[HouseholdView]{Items: []HouseholdView{}}
	if err := by.RequireAnywhere(access.PeopleSee); err != nil {
		return out, err
	}
	if !SeesHouseholds(by) {
		return out, fail.Forbidden("access.nowhere")
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	sql, args := db.PathRange("v.path", by.Visible(access.PeopleSee))
	c := condition{sql, args}
	if in.Unit != "" {
		top, err := org.FindCode(tx, org.Administrative, in.Unit)
		if err != nil {
			return out, err
		}
		sql, args := db.PathRange("v.path", access.Scope{Paths: []string{top.Path}})
		c = c.and(condition{sql, args})
	}
	if term := lang.SearchTerm(in.Q); term != "" {
		sql, arg := db.Like("h.search_key", term)
		c = c.and(condition{sql, []any{arg}})
	}
	if in.After != "" {
		var last HouseholdID
		if last.UnmarshalText([]byte(in.After)) != nil {
			return out, fail.Invalid("input.malformed")
		}
		c = c.and(condition{"EXISTS (SELECT 1 FROM households y JOIN units w ON w.id = y.village_id WHERE y.id = ? AND " +
			"(v.path > w.path OR v.path = w.path AND (h.code > y.code OR h.code = y.code AND h.id > y.id)))", []any{last}})
	}
	rows, err := db.Ask[householdLine](tx, householdQuery+c.sql+" ORDER BY v.path, h.code, h.id LIMIT ?", append(c.args, limit+1)...)
	if err != nil {
		return out, err
	}
	for _, r := range rows[:min(len(rows), limit)] {
		out.Items = append(out.Items, r.HouseholdView)
	}
	if len(rows) > limit {
		out.Next = rows[limit-1].ID.String()
	}
	return out, nil
}

// HouseholdInput names a household.
type HouseholdInput struct {
	ID HouseholdID `path:"id"`
}

// GetHousehold reads a household with its members. Permission: PeopleSee on the village.
func GetHousehold(tx *db.Tx, by access.Actor, in HouseholdInput) (HouseholdView, error) {
	h, err := findHousehold(tx, in.ID)
	if err != nil {
		return HouseholdView{}, err
	}
	if err := by.Require(access.PeopleSee, h.Path); err != nil {
		return HouseholdView{}, err
	}
	h.Members, err = views(tx, by, condition{"p.household_id = ? AND p.merged_into IS NULL", []any{in.ID}}, " ORDER BY p.name, p.id LIMIT 200")
	return h.HouseholdView, err
}

func findHousehold(tx *db.Tx, household HouseholdID) (householdLine, error) {
	rows, err := db.Ask[householdLine](tx, householdQuery+"h.id = ?", household)
	if err == nil && len(rows) == 0 {
		err = fail.NotFound("people.household_missing")
	}
	return first(rows), err
}

// lockHousehold locks a household for who may edit its village.
func lockHousehold(tx *db.Tx, by access.Actor, household HouseholdID) (householdLine, error) {
	if err := tx.Lock("households", household); err != nil {
		return householdLine{}, err
	}
	h, err := findHousehold(tx, household)
	if err != nil {
		return h, err
	}
	err = by.Require(access.PeopleEdit, h.Path)
	if fail.KindOf(err) == fail.Missing && by.Can(access.PeopleSee, h.Path) {
		err = fail.Forbidden("access.forbidden")
	}
	return h, err
}

// AddHouseholdInput describes a new household.
type AddHouseholdInput struct {
	Village org.UnitID `json:"village" form:"village"`
	Name    string     `json:"name" form:"name"`
	Code    string     `json:"code" form:"code"`       // "" takes the next free number of the village
	Persons []PersonID `json:"persons" form:"persons"` // first members; may be empty
}

// AddHousehold makes a household. Locks the village, since it may allocate the code, then the persons. Permission: PeopleEdit
// on the village and on the persons.
func AddHousehold(tx *db.Tx, by access.Actor, in AddHouseholdInput) (HouseholdView, error) {
	var c fail.Check
	if !in.Village.IsZero() {
		if err := tx.Lock("units", in.Village); err != nil {
			return HouseholdView{}, err
		}
	}
	if err := village(unitsOf(tx), by, &c, in.Village); err != nil {
		return HouseholdView{}, err
	}
	r := householdRow{ID: id.New[householdTag](), VillageID: in.Village, MadeAt: tx.Now}
	r.named(&c, in.Name, in.Code)
	if err := c.Err(); err != nil {
		return HouseholdView{}, err
	}
	if r.Code == "" {
		if err := r.number(tx); err != nil {
			return HouseholdView{}, err
		}
	}
	if err := db.Insert(tx, &r); err != nil {
		return HouseholdView{}, codeTaken(err, r.Code)
	}
	err := audit.Add(tx, by, audit.Row{
		Act: "household.add", Object: "household", ID: r.ID, Unit: audit.Unit(r.VillageID), Change: audit.Changes{}.Field("name"),
	})
	if err == nil && len(in.Persons) > 0 {
		return JoinHousehold(tx, by, JoinInput{ID: r.ID, Persons: in.Persons})
	}
	if err != nil {
		return HouseholdView{}, err
	}
	return GetHousehold(tx, by, HouseholdInput{r.ID})
}

func (r *householdRow) named(c *fail.Check, name, code string) {
	r.Name, r.Code = c.Text("name", name, 1, 60), c.Text("code", code, 0, 20)
	r.SearchKey = lang.SearchKey(r.Name, r.Code)
}

// number takes the next free number of the village, which is locked.
func (r *householdRow) number(tx *db.Tx) error {
	codes, err := db.Ask[string](tx, "SELECT code FROM households WHERE village_id = ?", r.VillageID)
	most := 0
	for _, code := range codes {
		var n int
		if _, bad := fmt.Sscanf(code, "%d", &n); bad == nil && n < 1e6 {
			most = max(most, n)
		}
	}
	r.Code = fmt.Sprintf("%03d", most+1)
	r.SearchKey = lang.SearchKey(r.Name, r.Code)
	return err
}

func codeTaken(err error, code string) error {
	if !db.IsDuplicate(err) {
		return err
	}
	e := fail.Conflict("people.household_code_taken", code).Because(err)
	e.Fields = []fail.Field{{Name: "code", Code: "people.household_code_taken", Args: []any{code}}}
	return e
}

// EditHouseholdInput corrects a household.
type EditHouseholdInput struct {
	ID   HouseholdID `path:"id" json:"-"`
	Name string      `json:"name" form:"name"`
	Code string      `json:"code" form:"code"`
}

// EditHousehold corrects name and code. Locks the household. Permission: PeopleEdit on the village.
func EditHousehold(tx *db.Tx, by access.Actor, in EditHouseholdInput) (HouseholdView, error) {
	h, err := lockHousehold(tx, by, in.ID)
	if err != nil {
		return HouseholdView{}, err
	}
	var c fail.Check
	r := householdRow{ID: in.ID}
	r.named(&c, in.Name, in.Code)
	c.If(r.Code == "", "code", "input.required")
	if err := c.Err(); err != nil {
		return HouseholdView{}, err
	}
	_, err = db.Set(tx.Model(&householdRow{}).Where("id = ?", in.ID), map[string]any{"name": r.Name, "code": r.Code, "search_key": r.SearchKey})
	if err != nil {
		return HouseholdView{}, codeTaken(err, r.Code)
	}
	var change audit.Changes
	if h.Name != r.Name {
		change = change.Field("name")
	}
	if h.Code != r.Code {
		change = change.Field("code")
	}
	err = audit.Add(tx, by, audit.Row{Act: "household.edit", Object: "household", ID: in.ID, Unit: audit.Unit(h.VillageID), Change: change})
	if err != nil {
		return HouseholdView{}, err
	}
	return GetHousehold(tx, by, HouseholdInput{in.ID})
}

// JoinInput names persons of a household.
type JoinInput struct {
	ID      HouseholdID `path:"id" json:"-"`
	Persons []PersonID  `json:"persons" form:"persons"`
}

// JoinHousehold puts persons into a household; one who was in another one leaves it. Locks the household, then the persons.
// Permission: PeopleEdit on the village and on each person.
func JoinHousehold(tx *db.Tx, by access.Actor, in JoinInput) (HouseholdView, error) {
	return setHousehold(tx, by, in, in.ID.Ptr())
}

// PartHousehold takes persons out of a household; one who is not in it stays as he is. Locks the household, then the persons.
// Permission: PeopleEdit on the village.
func PartHousehold(tx *db.Tx, by access.Actor, in JoinInput) (HouseholdView, error) {
	return setHousehold(tx, by, in, nil)
}

func setHousehold(tx *db.Tx, by access.Actor, in JoinInput, to *HouseholdID) (HouseholdView, error) {
	h, err := lockHousehold(tx, by, in.ID)
	if err != nil {
		return HouseholdView{}, err
	}
	var c fail.Check
	c.If(len(in.Persons) == 0, "persons", "people.choose_some")
	c.If(len(in.Persons) > 100, "persons", "input.range", 1, 100)
	if err := c.Err(); err != nil {
		return HouseholdView{}, err
	}
	for _, person := range inOrder(in.Persons) {
		p, err := lock(tx, person)
		switch {
		case err == nil && to == nil:
			err = partHousehold(tx, by, p, h)
		case err == nil:
			if err = requireEdit(tx, by, p); err == nil {
				err = joinHousehold(tx, by, p, *to, h.VillageID)
			}
		}
		if err != nil {
			return HouseholdView{}, err
		}
	}
	return GetHousehold(tx, by, HouseholdInput{in.ID})
}

// partHousehold takes a locked person out of a locked household; one who is not in it stays as he is.
func partHousehold(tx *db.Tx, by access.Actor, p Person, h householdLine) error {
	n, err := db.Set(tx.Model(&personRow{}).Where("id = ? AND household_id = ?", p.ID, h.ID), map[string]any{"household_id": nil, "changed_at": tx.Now})
	if err != nil || n == 0 {
		return err
	}
	change := audit.Changes{}.ID("household_id", h.ID, HouseholdID{})
	return audit.Add(tx, by, audit.Row{Act: "household.part", Object: "person", ID: p.ID, Unit: audit.Unit(h.VillageID), Change: change})
}

// inOrder gives the persons once each, in the order in which they are locked.
func inOrder(persons []PersonID) []PersonID {
	out := slices.Clone(persons)
	slices.SortFunc(out, func(a, b PersonID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(out)
}

// DropHousehold takes away a household that nobody is in: conflict otherwise. Locks the household. Permission: PeopleEdit on the village.
func DropHousehold(tx *db.Tx, by access.Actor, in HouseholdInput) (Settled, error) {
	h, err := lockHousehold(tx, by, in.ID)
	if err != nil {
		return Settled{}, err
	}
	held, err := db.Ask[int](tx, "SELECT COUNT(*) FROM persons WHERE household_id = ?", in.ID)
	if err != nil {
		return Settled{}, err
	}
	if held[0] > 0 {
		return Settled{}, fail.Conflict("people.household_used")
	}
	if err := tx.Where("id = ?", in.ID).Delete(&householdRow{}).Error; err != nil {
		return Settled{}, fmt.Errorf("people: %w", err)
	}
	return Settled{1}, audit.Add(tx, by, audit.Row{Act: "household.drop", Object: "household", ID: in.ID, Unit: audit.Unit(h.VillageID)})
}
