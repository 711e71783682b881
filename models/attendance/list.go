package attendance

import (
	"slices"
	"strings"

	"huotang/models/access"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// ListInput narrows the list of sessions.
type ListInput struct {
	Site  org.SiteID   `query:"site"`
	Under string       `query:"under"` // code of an administrative unit
	From  date.Date    `query:"from"`  // by held_on, included
	To    date.Date    `query:"to"`
	Month date.Month   `query:"month"`
	State SessionState `query:"state"` // "" for open and submitted ones
	After string       `query:"after"`
	Limit int          `query:"limit"` // 1–200; 0 means 30
}

type listed struct {
	Session  sessionRow `gorm:"embedded"`
	Code     string
	SiteName string
	Path     string
	Party    string
}

const listQuery = `SELECT s.*, u.code, u.name AS site_name, u.path, COALESCE(b.path, '') AS party
FROM sessions s JOIN units u ON u.id = s.site_id JOIN sites h ON h.id = s.site_id LEFT JOIN units b ON b.id = h.branch_id WHERE `

// List lists the sessions that the actor sees, the newest first. Permission: SessionsSee on the school or its branch.
func List(tx *db.Tx, by access.Actor, in ListInput) (db.Page[SessionView], error) {
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 30
	}
	q, err := in.query(tx, by)
	if err != nil {
		return db.Page[SessionView]{}, err
	}
	rows, err := in.read(tx, q, limit+1)
	if err != nil {
		return db.Page[SessionView]{}, err
	}
	page := db.Page[SessionView]{Items: make([]SessionView, 0, len(rows))}
	for _, r := range rows[:min(len(rows), limit)] {
		school := org.School{ID: r.Session.SiteID, Code: r.Code, Name: r.SiteName, Path: r.Path, Party: r.Party}
		page.Items = append(page.Items, view(r.Session, school, by))
	}
	if len(rows) > limit {
		last := rows[limit-1].Session
		page.Next = last.HeldOn.String() + "." + last.ID.String()
	}
	return page, nil
}

// recent is how far a list looks back at first, in days: two months of activity days.
const recent = 62

// read gives the newest rows. It looks at the last weeks first, by the index of days, so that a county's list costs the same however
// long its history is; where they do not fill the page, at all of it.
func (in ListInput) read(tx *db.Tx, q condition, limit int) ([]listed, error) {
	ask := func(q condition) ([]listed, error) {
		return db.Ask[listed](tx, listQuery+q.text+" ORDER BY s.held_on DESC, s.id DESC LIMIT ?", append(q.args, limit)...)
	}
	if in.Site.IsZero() && in.From.IsZero() && in.Month.IsZero() { // else it is narrow already
		near := condition{q.text, slices.Clone(q.args)}
		near.and("s.held_on >= ?", in.newest(tx).AddDays(-recent))
		if rows, err := ask(near); err != nil || len(rows) == limit {
			return rows, err
		}
	}
	return ask(q)
}

// newest is the day that the page begins with, at the latest.
func (in ListInput) newest(tx *db.Tx) date.Date {
	day := tx.Today()
	if !in.To.IsZero() && in.To.Before(day) {
		day = in.To
	}
	after, _, _ := strings.Cut(in.After, ".")
	if on, err := date.Parse(after); err == nil && on.Before(day) {
		day = on
	}
	return day
}

// condition is a WHERE that grows.
type condition struct {
	text string
	args []any
}

func (c *condition) and(text string, args ...any) {
	if c.text != "" {
		c.text += " AND "
	}
	c.text, c.args = c.text+text, append(c.args, args...)
}

func (in ListInput) query(tx *db.Tx, by access.Actor) (condition, error) {
	var q condition
	if err := in.where(tx, by, &q); err != nil {
		return q, err
	}
	if in.State == "" {
		q.and("s.state <> ?", Withdrawn)
	} else {
		q.and("s.state = ?", in.State)
	}
	if !in.Month.IsZero() {
		q.and("s.held_on >= ? AND s.held_on <= ?", in.Month.First(), in.Month.Last())
	}
	if !in.From.IsZero() {
		q.and("s.held_on >= ?", in.From)
	}
	if !in.To.IsZero() {
		q.and("s.held_on <= ?", in.To)
	}
	if in.After == "" {
		return q, nil
	}
	day, last, _ := strings.Cut(in.After, ".")
	on, err := date.Parse(day)
	var session SessionID
	if err == nil {
		err = session.UnmarshalText([]byte(last))
	}
	if err != nil {
		return q, fail.Invalid("input.malformed").Because(err)
	}
	q.and("(s.held_on < ? OR s.held_on = ? AND s.id < ?)", on, on, session)
	return q, nil
}

// where limits the list to what the actor sees, and to a school or unit.
func (in ListInput) where(tx *db.Tx, by access.Actor, q *condition) error {
	if !in.Site.IsZero() {
		school, err := org.FindSchool(tx, in.Site)
		if err != nil {
			return hide(by, err)
		}
		q.and("s.site_id = ?", in.Site)
		return by.Require(access.SessionsSee, school.Paths()...)
	}
	if err := by.RequireAnywhere(access.SessionsSee); err != nil {
		return err
	}
	seen, args := db.SchoolRange("u.path", "b.path", by.Visible(access.SessionsSee))
	q.and(seen, args...)
	if in.Under == "" {
		return nil
	}
	top, err := org.FindCode(tx, org.Administrative, in.Under)
	if err != nil {
		return err
	}
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{top.Path}})
	q.and(cond, args...)
	return nil
}
