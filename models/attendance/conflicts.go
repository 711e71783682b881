package attendance

import (
	"huotang/models/access"
	"huotang/models/db"
	"huotang/models/org"
)

// OpenConflict is a session of which two phones said different things that nobody has settled.
type OpenConflict struct {
	SessionView
	People int `json:"people"` // whose marks it is about
}

// OpenConflictsInput has nothing to choose.
type OpenConflictsInput struct{}

// OpenConflicts lists them, the oldest day first, at most 200. Permission: SessionsSubmit on the schools.
func OpenConflicts(tx *db.Tx, by access.Actor, _ OpenConflictsInput) (db.Page[OpenConflict], error) {
	out := db.Page[OpenConflict]{Items: []OpenConflict{}}
	if err := by.RequireAnywhere(access.SessionsSubmit); err != nil {
		return out, err
	}
	var q condition
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.SessionsSubmit))
	q.and("s.id IN (SELECT session_id FROM mark_conflicts WHERE settled_at IS NULL)")
	q.and("s.state <> ?", Withdrawn)
	q.and(seen, args...)
	rows, err := db.Ask[listed](tx, listQuery+q.text+" ORDER BY s.held_on, s.id LIMIT 200", q.args...)
	if err != nil || len(rows) == 0 {
		return out, err
	}
	ids := make([]SessionID, len(rows))
	for i, r := range rows {
		ids[i] = r.Session.ID
	}
	counts, err := db.Ask[struct {
		SessionID SessionID
		N         int
	}](tx, "SELECT session_id, COUNT(DISTINCT person_id) AS n FROM mark_conflicts WHERE settled_at IS NULL AND session_id IN ? GROUP BY session_id", ids)
	people := make(map[SessionID]int, len(counts))
	for _, c := range counts {
		people[c.SessionID] = c.N
	}
	for _, r := range rows {
		school := org.School{ID: r.Session.SiteID, Code: r.Code, Name: r.SiteName, Path: r.Path, Party: r.Party}
		out.Items = append(out.Items, OpenConflict{view(r.Session, school, by), people[r.Session.ID]})
	}
	return out, err
}
