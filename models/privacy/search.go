package privacy

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/org"
)

// SearchInput narrows the list of acts.
type SearchInput struct {
	Account access.AccountID `query:"account"` // who acted
	Who     string           `query:"who"`     // his name or user name, whole or the beginning
	Act     string           `query:"act"`     // "session.submit"
	Object  string           `query:"object"`  // "session"
	ID      string           `query:"id"`      // of the object
	Unit    string           `query:"unit"`    // code of an administrative unit; acts in it and below
	From    date.Date        `query:"from"`    // first day
	To      date.Date        `query:"to"`      // last day
	After   string           `query:"after"`   // Next of the page before
	Limit   int              `query:"limit"`   // 1–200; 0 means 50
}

// Search lists acts, newest first. Permission: AuditSee; acts without a unit are seen by whoever sees any.
func Search(tx *db.Tx, by access.Actor, in SearchInput) (db.Page[Event], error) {
	if err := by.RequireAnywhere(access.AuditSee); err != nil {
		return db.Page[Event]{}, err
	}
	limit := in.Limit
	if limit < 1 || limit > 200 {
		limit = 50
	}
	return search(tx, by, in, limit)
}

func search(tx *db.Tx, by access.Actor, in SearchInput, limit int) (db.Page[Event], error) {
	page := db.Page[Event]{Items: []Event{}}
	w, err := in.where(tx, by)
	if err != nil || w.never {
		return page, err
	}
	lines, err := db.Ask[auditLine](tx, "SELECT "+auditColumns+" FROM audit_rows a WHERE "+strings.Join(w.parts, " AND ")+" ORDER BY a.at DESC, a.id DESC LIMIT ?",
		append(w.args, limit+1)...)
	if err != nil {
		return page, err
	}
	if len(lines) > limit {
		lines = lines[:limit]
		page.Next = place{lines[limit-1].At, lines[limit-1].ID}.String()
	}
	page.Items, err = named(tx, lines)
	return page, err
}

// place is where a page of the list ends. Acts stand in the order of their times, in which they need not have been written.
type place struct {
	at time.Time
	id int64
}

func (p place) String() string { return fmt.Sprintf("%d.%d", p.at.UnixMilli(), p.id) }

func parsePlace(s string) (place, error) {
	at, row, _ := strings.Cut(s, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return place{}, fmt.Errorf("privacy: %w", err)
	}
	n, err := strconv.ParseInt(row, 10, 64)
	if err != nil {
		return place{}, fmt.Errorf("privacy: %w", err)
	}
	return place{time.UnixMilli(ms).UTC(), n}, nil
}

type searched struct {
	parts []string
	args  []any
	never bool // nothing can be found
}

func (w *searched) and(cond string, args ...any) {
	w.parts, w.args = append(w.parts, cond), append(w.args, args...)
}

func (in SearchInput) where(tx *db.Tx, by access.Actor) (searched, error) {
	var w searched
	var c fail.Check
	w.and("1 = 1")
	if in.After != "" {
		last, err := parsePlace(in.After)
		if !c.If(err != nil, "after", "input.type") {
			w.and("a.at <= ? AND (a.at < ? OR a.id < ?)", last.at, last.at, last.id)
		}
	}
	c.If(!in.From.IsZero() && in.To.Before(in.From) && !in.To.IsZero(), "to", "privacy.to_before_from")
	if err := c.Err(); err != nil {
		return w, err
	}
	for column, v := range map[string]string{"a.act": in.Act, "a.object": in.Object, "a.object_id": strings.TrimSpace(in.ID)} {
		if v != "" {
			w.and(column+" = ?", v)
		}
	}
	if !in.From.IsZero() {
		w.and("a.at >= ?", in.From.At(0, 0))
	}
	if !in.To.IsZero() {
		w.and("a.at < ?", in.To.AddDays(1).At(0, 0))
	}
	if err := in.actors(tx, &w); err != nil {
		return w, err
	}
	return w, in.units(tx, by, &w)
}

// mostActors bounds the accounts that a name may mean.
const mostActors = 200

// actors turns a name into the accounts that bear it.
func (in SearchInput) actors(tx *db.Tx, w *searched) error {
	if !in.Account.IsZero() {
		w.and("a.account_id = ?", in.Account)
	}
	who := strings.TrimSpace(in.Who)
	if who == "" {
		return nil
	}
	account, arg := db.Like("a.name", who)
	person, _ := db.Like("p.name", who)
	accounts, err := db.Ask[access.AccountID](tx, "SELECT a.id FROM accounts a LEFT JOIN persons p ON p.id = a.person_id WHERE a.username = ? OR "+
		account+" OR "+person+" ORDER BY a.username LIMIT ?", strings.ToLower(who), arg, arg, mostActors)
	if len(accounts) == 0 {
		w.never = true
		return err
	}
	w.and("a.account_id IN ?", accounts)
	return err
}

// units keeps to what the actor may see, and to the unit asked for.
func (in SearchInput) units(tx *db.Tx, by access.Actor, w *searched) error {
	scope := by.Visible(access.AuditSee)
	root, err := org.Root(tx)
	if err != nil && fail.KindOf(err) != fail.Missing {
		return err
	}
	if err == nil && !scope.All && !scope.Contains(root.Path) {
		cond, args := db.PathRange("u.path", scope)
		w.and("a.unit_id IN (SELECT u.id FROM units u WHERE "+cond+")", args...)
	}
	if in.Unit == "" || in.Unit == root.Code {
		return nil
	}
	unit, err := org.FindCode(tx, org.Administrative, in.Unit)
	if fail.KindOf(err) == fail.Missing {
		unit, err = org.FindCode(tx, org.Party, in.Unit)
	}
	if err != nil {
		return err
	}
	if !scope.Contains(unit.Path) && unit.Tree == org.Administrative {
		return by.Require(access.AuditSee, unit.Path)
	}
	cond, args := db.PathRange("u.path", access.Scope{Paths: []string{unit.Path}})
	w.and("a.unit_id IN (SELECT u.id FROM units u WHERE "+cond+")", args...)
	return nil
}

// exportPart is how many acts an export reads at a time, each in a unit of work of its own: nobody's slow line keeps one open.
const exportPart = 500

// ExportPart reads the part of an export that follows; Limit does not count. Permission: as [Search].
func ExportPart(tx *db.Tx, by access.Actor, in SearchInput) (db.Page[Event], error) {
	if err := by.RequireAnywhere(access.AuditSee); err != nil {
		return db.Page[Event]{}, err
	}
	return search(tx, by, in, exportPart)
}

// ExportStarted is an export that has been noted.
type ExportStarted struct {
	At time.Time `json:"at" kept:"never"` // each file is an act of its own
}

// StartExport notes that the list of acts goes out as a file, narrowed as it is; the rows follow by [ExportPart]. Permission:
// AuditSee.
func StartExport(tx *db.Tx, by access.Actor, in SearchInput) (ExportStarted, error) {
	if err := by.RequireAnywhere(access.AuditSee); err != nil {
		return ExportStarted{}, err
	}
	if _, err := in.where(tx, by); err != nil {
		return ExportStarted{}, err
	}
	change := audit.Changes{}.Code("act", "", code(in.Act)).Code("object", "", code(in.Object)).Code("unit", "", code(in.Unit)).
		Code("from", "", in.From.String()).Code("to", "", in.To.String())
	if in.Who != "" || !in.Account.IsZero() {
		change = change.Field("who")
	}
	return ExportStarted{At: tx.Now}, audit.Add(tx, by, audit.Row{Act: "audit.export", Object: "audit", ID: word("rows"), Change: change})
}

// code leaves out what is no code, since that could be a name.
func code(s string) string {
	for _, r := range s {
		if r > 'z' || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789._-", r) {
			return ""
		}
	}
	if len(s) > 60 {
		return ""
	}
	return s
}
