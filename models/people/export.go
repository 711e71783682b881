package people

import (
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// exportMost is the most people that one file takes.
const exportMost = 50_000

// ExportInput narrows an export as [ListInput] narrows the list.
type ExportInput struct {
	Site     org.SiteID `json:"site,omitzero" form:"site"`          // on the school's roster today
	Unit     string     `json:"unit,omitempty" form:"unit"`         // code of an administrative unit
	Branch   string     `json:"branch,omitempty" form:"branch"`     // code of a party unit
	Q        string     `json:"q,omitempty" form:"q"`               // name, pinyin or initials, or a whole telephone number
	Standing Standing   `json:"standing,omitempty" form:"standing"` // today's
	Life     Life       `json:"life,omitempty" form:"life"`         // today's
	Office   string     `json:"office,omitempty" form:"office"`     // held today, or [AnyOffice]
	Gone     bool       `json:"gone,omitempty" form:"gone"`         // the departed, too
}

func (in ExportInput) list(a *Area) ListInput {
	out := ListInput{Site: in.Site, Unit: in.Unit, Branch: in.Branch, Q: in.Q, Standing: in.Standing, Life: in.Life, Office: in.Office, Gone: in.Gone}
	return a.byPhone(out)
}

// ExportStarted is an export that has been noted. It is never kept: sent again, the file is noted again.
type ExportStarted struct {
	At     time.Time `json:"at" kept:"never"`
	Rows   int       `json:"rows"`   // people
	Phones int       `json:"phones"` // of whom the whole number is in it
}

// code leaves out what is no code, since that could be a name.
func code(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) || len(s) > 20 {
		return ""
	}
	return s
}

type word string

func (w word) String() string { return string(w) }

// StartExport notes that people go out as a file, narrowed as the list is; they follow by [Area.ExportPart]. One audit row keeps how
// many they are and how many whole numbers go with them. Invalid for more than 50,000. Permission: PeopleSee, for a school's
// roster on the school.
func (a *Area) StartExport(tx *db.Tx, by access.Actor, in ExportInput) (ExportStarted, error) {
	row := audit.Row{Act: "people.export", Object: "people", ID: word("list")}
	if err := requireExport(tx, by, in, &row); err != nil {
		return ExportStarted{}, err
	}
	c, err := narrow(tx, by, in.list(a))
	if err != nil {
		return ExportStarted{}, err
	}
	found, err := find(tx, by, c, exportMost+1)
	if err != nil {
		return ExportStarted{}, err
	}
	var check fail.Check
	check.If(len(found) > exportMost, "unit", "people.export_many", exportMost)
	if err := check.Err(); err != nil {
		return ExportStarted{}, err
	}
	callable, err := a.callable(tx, by, found)
	if err != nil {
		return ExportStarted{}, err
	}
	row.Change = audit.Changes{}.Code("standing", "", code(string(in.Standing))).Code("life", "", code(string(in.Life))).Code("office", "", code(in.Office)).
		Int("rows", 0, len(found)).Int("phones", 0, len(callable))
	if in.Q != "" {
		row.Change = row.Change.Field("name")
	}
	return ExportStarted{tx.Now, len(found), len(callable)}, audit.Add(tx, by, row)
}

// requireExport asks for the permission and says in row where the people are.
func requireExport(tx *db.Tx, by access.Actor, in ExportInput, row *audit.Row) error {
	if !in.Site.IsZero() {
		s, err := org.FindSchool(tx, in.Site)
		row.Object, row.ID, row.Unit = "site", in.Site, audit.Unit(in.Site)
		if err == nil {
			err = by.Require(access.PeopleSee, s.Paths()...)
		}
		return err
	}
	if err := by.RequireAnywhere(access.PeopleSee); err != nil {
		return err
	}
	var path string
	switch scope := by.Visible(access.PeopleSee); {
	case in.Unit != "" || in.Branch != "":
		tree, code := org.Administrative, in.Unit
		if code == "" {
			tree, code = org.Party, in.Branch
		}
		u, err := org.FindCode(tx, tree, code)
		row.Unit = audit.Unit(u.ID)
		return err
	case len(scope.Paths) > 0:
		path = scope.Paths[0]
	default:
		return nil
	}
	units, err := db.Ask[org.UnitID](tx, "SELECT id FROM units WHERE path = ?", path)
	if err == nil && len(units) > 0 {
		row.Unit = audit.Unit(units[0])
	}
	return err
}

// Exported is a person as a file has him.
type Exported struct {
	View
	Schools []string `json:"schools"` // whose roster he stands on today, by code; none for who may know the name only
}

// ExportPart reads the part of an export that follows after, in the order of the list, each person as far as the actor may see him:
// the number is masked, but for who may call him. Permission: as [Area.StartExport].
func (a *Area) ExportPart(tx *db.Tx, by access.Actor, in ExportInput, after string) (db.Page[Exported], error) {
	page := db.Page[Exported]{Items: []Exported{}}
	var row audit.Row
	if err := requireExport(tx, by, in, &row); err != nil {
		return page, err
	}
	list := in.list(a)
	list.After, list.Limit = after, 200
	found, err := List(tx, by, list)
	if err != nil || len(found.Items) == 0 {
		return page, err
	}
	ids := make([]any, len(found.Items))
	for i, v := range found.Items {
		ids[i] = v.ID
	}
	phones, err := a.exportPhones(tx, by, ids)
	if err != nil {
		return page, err
	}
	schools, err := schoolNames(tx, ids)
	for _, v := range found.Items {
		e := Exported{View: v}
		if v.Shown {
			e.Phone, e.Schools = phones[v.ID], schools[v.ID]
		}
		page.Items = append(page.Items, e)
	}
	page.Next = found.Next
	return page, err
}

// some is the condition for persons by their IDs.
func some(ids []any) condition {
	return condition{"p.id IN (?" + strings.Repeat(",?", len(ids)-1) + ")", ids}
}

// callable gives those of the persons who have a number that the actor may see whole.
func (a *Area) callable(tx *db.Tx, by access.Actor, ids []any) (map[PersonID]bool, error) {
	out := map[PersonID]bool{}
	scope := by.Visible(access.PeoplePhone)
	for len(ids) > 0 && !scope.Empty() {
		n := min(len(ids), 500)
		c := some(ids[:n]).and(answered(scope, tx.Today())).and(condition{"p.phone_index <> ''", nil})
		ids = ids[n:]
		rows, err := db.Ask[PersonID](tx, "SELECT p.id FROM persons p WHERE "+c.sql, c.args...)
		if err != nil {
			return nil, err
		}
		for _, p := range rows {
			out[p] = true
		}
	}
	return out, nil
}

func (a *Area) exportPhones(tx *db.Tx, by access.Actor, ids []any) (map[PersonID]string, error) {
	whole, err := a.callable(tx, by, ids)
	if err != nil {
		return nil, err
	}
	rows, err := db.All[personRow](tx.Select("id", "phone").Where("id IN ? AND phone_index <> ''", ids))
	if err != nil {
		return nil, err
	}
	out := make(map[PersonID]string, len(rows))
	for _, r := range rows {
		phone, err := open(a.phones, r.Phone, r.ID)
		if err != nil {
			return nil, err
		}
		if out[r.ID] = phone; !whole[r.ID] {
			out[r.ID] = Mask(phone)
		}
	}
	return out, nil
}

func schoolNames(tx *db.Tx, ids []any) (map[PersonID][]string, error) {
	out := map[PersonID][]string{}
	query := "SELECT r.person_id, u.name FROM rosters r JOIN units u ON u.id = r.site_id WHERE r.person_id IN (?" + strings.Repeat(",?", len(ids)-1) +
		") AND r.since <= ? AND (r.`until` IS NULL OR r.`until` >= ?) ORDER BY u.code"
	args := append(ids[:len(ids):len(ids)], tx.Today(), tx.Today())
	err := db.Each(tx, query, args, func(scan func(...any) error) error {
		var p PersonID
		var name string
		err := scan(&p, &name)
		out[p] = append(out[p], name)
		return err
	})
	return out, err
}

// RosterExportInput names a school.
type RosterExportInput struct {
	Site org.SiteID `path:"id" json:"-"`
}
