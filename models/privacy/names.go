package privacy

import (
	"encoding/json"
	"fmt"
	"slices"

	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/id"
)

type anyTag struct{}

// anyID is an ID of whatever kind, as it stands in audit rows.
type anyID = id.ID[anyTag]

// namer joins names to the IDs of audit rows, for a page at a time: the rows themselves hold none.
type namer struct {
	wanted map[string]anyID
	names  map[string]string
}

// uuidLength is that of an ID written out.
const uuidLength = 36

// want notes an ID; whatever is none is let alone.
func (n *namer) want(s string) {
	if len(s) != uuidLength {
		return
	}
	v, err := id.Parse[anyTag](s)
	if err != nil || v.IsZero() {
		return
	}
	if n.wanted == nil {
		n.wanted = map[string]anyID{}
	}
	n.wanted[s] = v
}

// sources say where an ID may have its name, each with the columns id, name and on_day.
var sources = []string{
	"SELECT p.id, p.name, NULL AS on_day FROM persons p WHERE p.id IN ?",
	"SELECT a.id, COALESCE(p.name, a.name) AS name, NULL AS on_day FROM accounts a LEFT JOIN persons p ON p.id = a.person_id WHERE a.id IN ?",
	"SELECT u.id, u.name, NULL AS on_day FROM units u WHERE u.id IN ?",
	"SELECT s.id, u.name, s.held_on AS on_day FROM sessions s JOIN units u ON u.id = s.site_id WHERE s.id IN ?",
	"SELECT c.id, c.title AS name, NULL AS on_day FROM courses c WHERE c.id IN ?",
	"SELECT l.id, l.title AS name, NULL AS on_day FROM lessons l WHERE l.id IN ?",
	"SELECT c.id, c.title AS name, NULL AS on_day FROM curricula c WHERE c.id IN ?",
	"SELECT d.id, u.name, d.planned_on AS on_day FROM activity_days d JOIN units u ON u.id = d.site_id WHERE d.id IN ?",
	"SELECT g.id, u.name, g.held_on AS on_day FROM exchange_groups g JOIN units u ON u.id = g.host_id WHERE g.id IN ?",
	"SELECT v.id, l.title AS name, NULL AS on_day FROM videos v JOIN lessons l ON l.id = v.lesson_id WHERE v.id IN ?",
	"SELECT n.id, n.title AS name, NULL AS on_day FROM notices n WHERE n.id IN ?",
	"SELECT f.id, f.code AS name, NULL AS on_day FROM feedback f WHERE f.id IN ?",
	"SELECT h.id, h.name, NULL AS on_day FROM households h WHERE h.id IN ?",
}

// nameChunk bounds the IDs in one query.
const nameChunk = 500

// load finds the names of all that is wanted, each kind in a query.
func (n *namer) load(tx *db.Tx) error {
	n.names = make(map[string]string, len(n.wanted))
	left := make([]anyID, 0, len(n.wanted))
	for _, v := range n.wanted {
		left = append(left, v)
	}
	for _, query := range sources {
		for part := range slices.Chunk(slices.Clone(left), nameChunk) {
			rows, err := db.Ask[struct {
				ID    anyID
				Name  string
				OnDay date.Date
			}](tx, query, part)
			if err != nil {
				return err
			}
			for _, r := range rows {
				n.names[r.ID.String()] = dated(r.Name, r.OnDay)
			}
		}
		left = slices.DeleteFunc(left, func(v anyID) bool { _, found := n.names[v.String()]; return found })
		if len(left) == 0 {
			break
		}
	}
	return nil
}

func dated(name string, on date.Date) string {
	if on.IsZero() {
		return name
	}
	return fmt.Sprintf("%s %s", name, on)
}

// Change is a field of an audit row, before and after; IDs with the names that they have now.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	Kept   bool   `json:"kept"` // the values stand here; false for text that is not kept
}

// changes reads what an audit row says has changed. IDs stand as they are until [namer.put].
func changes(raw []byte) []Change {
	var fields []struct {
		Field  string `json:"field"`
		Before any    `json:"before"`
		After  any    `json:"after"`
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil
	}
	out := make([]Change, len(fields))
	for i, f := range fields {
		out[i] = Change{f.Field, plain(f.Before), plain(f.After), f.Before != nil || f.After != nil}
	}
	return out
}

func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v == (anyID{}).String() {
			return ""
		}
		return v
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprint(v)
}

// put writes the names over the IDs.
func (n *namer) put(c []Change) {
	for i := range c {
		if name, ok := n.names[c[i].Before]; ok {
			c[i].Before = name
		}
		if name, ok := n.names[c[i].After]; ok {
			c[i].After = name
		}
	}
}
