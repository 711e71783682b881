package people

import (
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/fail"
)

// Likely is two records that may be one person's.
type Likely struct {
	Person PersonID `json:"person"`
	Other  PersonID `json:"other"`
	Name   string   `json:"name"`
	Second string   `json:"second"` // the other's name, where only the number is the same
	Why    string   `json:"why"`    // name or phone
	Place  string   `json:"place"`  // of the first: branch or else village
}

// LikelyInput narrows the list.
type LikelyInput struct {
	Person PersonID `query:"person"` // only with this one
	After  string   `query:"after"`
	Limit  int      `query:"limit"` // 1–200; 0 means 50
}

const likelyQuery = `SELECT p.id AS person, q.id AS other, p.name, q.name AS second, CASE WHEN p.name = q.name THEN 'name' ELSE 'phone' END AS why,
COALESCE(b.name, v.name) AS place
FROM persons p JOIN units v ON v.id = p.village_id LEFT JOIN units b ON b.id = p.branch_id LEFT JOIN units g ON g.id = p.group_id
JOIN persons q ON q.id > p.id AND q.merged_into IS NULL AND `

// alike are the reasons for which two records may be one person's, in the order of the list.
var alike = []struct{ mark, cond string }{
	{"n", "q.name = p.name AND (q.branch_id = p.branch_id OR q.branch_id IS NULL AND p.branch_id IS NULL AND q.village_id = p.village_id)"},
	{"p", "q.phone_index = p.phone_index AND q.phone_index <> '' AND q.name <> p.name"},
}

// Likely lists pairs of records with the same name and branch (without a branch: village), then with the same number, that nobody
// has called two, in the order of names. Permission: PeopleMerge on the persons; a pair of which only one is within it is left
// out, so that a part of the list may be short.
func (a *Area) Likely(tx *db.Tx, by access.Actor, in LikelyInput) (db.Page[Likely], error) {
	out := db.Page[Likely]{Items: []Likely{}}
	if err := by.RequireAnywhere(access.PeopleMerge); err != nil {
		return out, err
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	after, err := parseLikely(in.After)
	if err != nil {
		return out, err
	}
	may := home(by.Visible(access.PeopleMerge))
	c := condition{"p.merged_into IS NULL AND " + may.sql + " AND NOT EXISTS (SELECT 1 FROM distinct_persons d WHERE d.person_id = p.id AND d.other_id = q.id)", may.args}
	if !in.Person.IsZero() {
		c = c.and(condition{"(p.id = ? OR q.id = ?)", []any{in.Person, in.Person}})
	}
	var rows []Likely
	for _, reason := range alike {
		if reason.mark < after.mark || len(rows) > limit {
			continue
		}
		part := c
		if reason.mark == after.mark {
			part = c.and(condition{"(p.name > ? OR p.name = ? AND (p.id > ? OR p.id = ? AND q.id > ?))", []any{after.name, after.name, after.person, after.person, after.other}})
		}
		more, err := db.Ask[Likely](tx, likelyQuery+reason.cond+" WHERE "+part.sql+" ORDER BY p.name, p.id, q.id LIMIT ?", append(part.args, limit+1-len(rows))...)
		if err != nil {
			return out, err
		}
		rows = append(rows, more...)
	}
	if len(rows) > limit {
		rows = rows[:limit]
		out.Next = rows[limit-1].place()
	}
	for _, l := range rows {
		other, err := Find(tx, l.Other)
		if err != nil {
			return out, err
		}
		if by.Can(access.PeopleMerge, other.Home()...) {
			out.Items = append(out.Items, l)
		}
	}
	return out, nil
}

// place is where a part of the list ends.
func (l Likely) place() string {
	return l.Why[:1] + l.Person.String() + l.Other.String() + l.Name
}

type likelyPlace struct {
	mark, name    string
	person, other PersonID
}

func parseLikely(s string) (likelyPlace, error) {
	const idLen = 36
	var at likelyPlace
	if s == "" {
		return at, nil
	}
	if len(s) <= 1+2*idLen || s[:1] != alike[0].mark && s[:1] != alike[1].mark ||
		at.person.UnmarshalText([]byte(s[1:1+idLen])) != nil || at.other.UnmarshalText([]byte(s[1+idLen:1+2*idLen])) != nil {
		return at, fail.Invalid("input.malformed")
	}
	at.mark, at.name = s[:1], s[1+2*idLen:]
	return at, nil
}
