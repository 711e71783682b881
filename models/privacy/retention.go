package privacy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/date"
	"huotang/models/db"
	"huotang/models/fail"
	"huotang/models/imports"
	"huotang/models/org"
	"huotang/models/settings"
)

// Kind is a kind of data that is kept for a time.
type Kind string

// rule says what is dropped of a kind. Each query takes the instant before which it goes, and a number of rows.
type rule struct {
	kind        Kind
	usual       int // days
	least, most int
	table       string
	cond        string   // on the table's rows, with one "?" for the instant
	key         []string // of the table, by which rows are chosen

	set     string // blanks columns of the rows instead of deleting them; the counts stay
	propose bool   // persons, whom the county erases: nothing is dropped by itself, see [Proposed]

	sweep func(tx *db.Tx, before time.Time) (int64, error) // instead, of an area that drops its own
	batch int                                              // the most that sweep drops
}

const year = 365

// rules lists the kinds in the order of the page. Attendance, credits and the register itself are records, and are kept; see
// the erasure of persons. The least of the audit is the law's (six months).
var rules = []rule{
	{kind: "sign_in_failures", usual: 7, least: 1, most: 180, table: "sign_in_failures", cond: "last_at < ?", key: []string{"username", "address"}},
	{kind: "sign_ins", usual: 7, least: 1, most: 180, table: "sign_ins", cond: "expires_at < ?", key: []string{"token"}},
	{kind: "codes", usual: 7, least: 1, most: 180, table: "setup_codes", cond: "expires_at < ?", key: []string{"hash"}},
	{kind: "forms", usual: 30, least: 2, most: 180, table: "form_keys", cond: "made_at < ?", key: []string{"account_id", "form_id"}},
	{kind: "devices", usual: 180, least: 1, most: 180, table: "devices", cond: "used_at < ?", key: []string{"device", "account_id"}},
	{kind: "job_runs", usual: 400, least: 30, most: 3 * year, table: "job_runs", cond: "finished_at < ?", key: []string{"id"}},
	{
		kind: "imports", usual: 30, least: 1, most: 30, table: "imports", sweep: imports.SweepBefore, batch: imports.SweptAtOnce,
		cond: "made_at < ? AND state <> 'applying' AND id IN (SELECT import_id FROM import_files)",
	},
	{kind: "receipts", usual: 2 * year, least: year, most: 5 * year, table: "roll_items", cond: "received_at < ?", key: []string{"device", "seq"}},
	{kind: "watches", usual: year, least: 30, most: 3 * year, table: "watches", cond: "changed_at < ?", key: []string{"account_id", "lesson_id"}},
	{kind: "messages", usual: 180, least: 30, most: 3 * year, table: "messages", cond: "made_at < ?", key: []string{"id"}},
	{kind: "outbox", usual: 30, least: 7, most: year, table: "outbox_rows", cond: "COALESCE(done_at, gave_up_at) < ?", key: []string{"id"}},
	{kind: "feedback", usual: 3 * year, least: 180, most: 10 * year, table: "feedback", cond: "answered_at < ?", key: []string{"id"}},
	{kind: "corrections", usual: 3 * year, least: 180, most: 10 * year, table: "correction_requests", cond: "decided_at < ?", key: []string{"id"}},
	{
		kind: "guests", usual: 3 * year, least: year, most: 10 * year, table: "guests", key: []string{"id"}, set: "name = '" + goneName + "'",
		cond: "person_id IS NULL AND name <> '" + goneName + "' AND at < ?",
	},
	{kind: "reasons", usual: 5 * year, least: year, most: 10 * year, table: "mark_changes", key: []string{"id"}, set: "why = ''", cond: "why <> '' AND received_at < ?"},
	{
		kind: "agreements", usual: 5 * year, least: year, most: 10 * year, table: "roll_corrections", key: []string{"id"}, set: "why = '', answer = ''",
		cond: "(why <> '' OR answer <> '') AND decided_at < ?",
	},
	{kind: "handovers", usual: 5 * year, least: year, most: 10 * year, table: "handovers", key: []string{"id"}, set: "note = ''", cond: "note <> '' AND made_at < ?"},
	{ // their objects go with the next sweep
		kind: "pictures", usual: 3 * year, least: 30, most: 10 * year, table: "session_photos", key: []string{"id"}, set: "state = 'removed', removed_at = made_at",
		cond: "state = 'ready' AND made_at < ?",
	},
	{kind: "people_dead", usual: 5 * year, least: year, most: 30 * year, table: "persons", key: []string{"id"}, propose: true},
	{kind: "people_moved", usual: 5 * year, least: year, most: 30 * year, table: "persons", key: []string{"id"}, propose: true},
	{kind: "audit", usual: 3 * year, least: 183, most: 10 * year, table: "audit_rows", cond: "at < ?", key: []string{"id"}},
	{kind: "reports", usual: 3 * year, least: year, most: 10 * year, table: "retention_reports", cond: "at < ?", key: []string{"id"}},
}

// Kinds lists them.
func Kinds() []Kind {
	out := make([]Kind, len(rules))
	for i, r := range rules {
		out[i] = r.kind
	}
	return out
}

func (r rule) setting() settings.Key[int] {
	return settings.Key[int]{Name: "retention." + string(r.kind), Default: r.usual}
}

// RetentionView is a kind of data with how long it is kept.
type RetentionView struct {
	Kind  Kind      `json:"kind"`
	Days  int       `json:"days"`
	Least int       `json:"least"`
	Most  int       `json:"most"`
	Since date.Date `json:"since,omitzero"` // of the setting; zero for the usual time
	Over  int       `json:"over"`           // rows that would be dropped now, or persons proposed; -1 when it was not asked

	Propose bool `json:"propose"` // persons: the county erases them, one by one or several
}

// RetentionInput asks how much would be dropped.
type RetentionInput struct {
	Try bool `query:"try"` // count what would be dropped now
}

// Retention lists how long each kind of data is kept, and when asked how many rows have outlived it; nothing is dropped.
// Permission: AuditSee.
func Retention(tx *db.Tx, by access.Actor, in RetentionInput) (db.Page[RetentionView], error) {
	page := db.Page[RetentionView]{Items: []RetentionView{}}
	if err := by.RequireAnywhere(access.AuditSee); err != nil {
		return page, err
	}
	for _, r := range rules {
		found, err := settings.Get(tx, r.setting(), tx.Today())
		if err != nil {
			return page, err
		}
		v := RetentionView{Kind: r.kind, Days: found.Value, Least: r.least, Most: r.most, Since: found.ValidFrom, Over: -1, Propose: r.propose}
		if in.Try || r.propose {
			if v.Over, err = r.count(tx, found.Value); err != nil {
				return page, err
			}
		}
		page.Items = append(page.Items, v)
	}
	return page, nil
}

func (r rule) count(tx *db.Tx, days int) (int, error) {
	if r.propose {
		list, err := proposed(tx, access.Scope{All: true}, r, days)
		return len(list), err
	}
	n, err := db.Ask[int](tx, fmt.Sprintf("SELECT COUNT(*) FROM %s WHERE %s", r.table, r.cond), olderThan(tx, days))
	if err != nil {
		return 0, err
	}
	return n[0], nil
}

// olderThan is the beginning of the first day that is kept.
func olderThan(tx *db.Tx, days int) time.Time { return tx.Today().AddDays(-days).At(0, 0).UTC() }

// SetRetentionInput says how long a kind of data is kept from today on.
type SetRetentionInput struct {
	Kind Kind `path:"kind" json:"-"`
	Days int  `json:"days" form:"days"`
}

// SetRetention changes how long a kind of data is kept, within the bounds of the kind. Permission: SettingsEdit on the county.
func SetRetention(tx *db.Tx, by access.Actor, in SetRetentionInput) (RetentionView, error) {
	if _, err := lockCounty(tx, by); err != nil {
		return RetentionView{}, err
	}
	i := slices.IndexFunc(rules, func(r rule) bool { return r.kind == in.Kind })
	if i < 0 {
		return RetentionView{}, fail.NotFound("privacy.no_kind")
	}
	r := rules[i]
	var c fail.Check
	c.Range("days", in.Days, r.least, r.most)
	if err := c.Err(); err != nil {
		return RetentionView{}, err
	}
	err := settings.Put(tx, by, r.setting(), settings.UnitID{}, tx.Today(), in.Days)
	return RetentionView{Kind: r.kind, Days: in.Days, Least: r.least, Most: r.most, Since: tx.Today(), Over: -1, Propose: r.propose}, err
}

// dropBatch is the most rows that one unit of work drops.
const dropBatch = 1000

// Drop drops up to a thousand rows of a kind that have been kept long enough, and says whether there may be more. The job
// "retention" calls it, under its own name, until there are none, and notes each batch by [NoteDropped].
func Drop(tx *db.Tx, kind Kind) (n int, more bool, err error) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.kind == kind })
	if i < 0 {
		return 0, false, fail.NotFound("privacy.no_kind")
	}
	r := rules[i]
	found, err := settings.Get(tx, r.setting(), tx.Today())
	if err != nil {
		return 0, false, err
	}
	if r.propose { // only ever by somebody's hand
		return 0, false, nil
	}
	before := olderThan(tx, max(found.Value, r.least))
	if r.sweep != nil {
		dropped, err := r.sweep(tx, before)
		return int(dropped), int(dropped) == r.batch, err
	}
	n, err = r.drop(tx, before)
	return n, n == dropBatch, err
}

// drop deletes a batch. A server deletes a number of rows by itself; SQLite chooses them by their key.
func (r rule) drop(tx *db.Tx, before time.Time) (int, error) {
	keys, do := strings.Join(r.key, ", "), "DELETE FROM "+r.table
	if r.set != "" {
		do = "UPDATE " + r.table + " SET " + r.set
	}
	query := fmt.Sprintf("%s WHERE %s ORDER BY %s LIMIT %d", do, r.cond, keys, dropBatch)
	if tx.Driver() == db.SQLite {
		query = fmt.Sprintf("%[5]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s WHERE %[3]s LIMIT %[4]d)", r.table, keys, r.cond, dropBatch, do)
	}
	res := tx.Exec(query, before)
	if res.Error != nil {
		return 0, fmt.Errorf("privacy: drop %s: %w", r.kind, res.Error)
	}
	return int(res.RowsAffected), nil
}

// NoteDropped keeps for the county what a batch has dropped of a kind; nothing for none.
func NoteDropped(tx *db.Tx, by access.Actor, kind Kind, n int) error {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.kind == kind })
	if i < 0 || n == 0 {
		return nil
	}
	found, err := settings.Get(tx, rules[i].setting(), tx.Today())
	if err != nil {
		return err
	}
	if err := db.Insert(tx, &reportRow{At: tx.Now, Kind: kind, Days: found.Value, OlderThan: olderThan(tx, found.Value), Dropped: n}); err != nil {
		return err
	}
	root, err := org.Root(tx)
	if err != nil && fail.KindOf(err) != fail.Missing {
		return err
	}
	return audit.Add(tx, by, audit.Row{
		Act: "retention.drop", Object: "retention", ID: word(kind), Unit: audit.Unit(root.ID), Change: audit.Changes{}.Int("dropped", 0, n).Int("days", 0, found.Value),
	})
}

// ReportView is what a run of the job has dropped of a kind.
type ReportView struct {
	At        time.Time `json:"at"`
	Kind      Kind      `json:"kind"`
	Days      int       `json:"days"`
	OlderThan time.Time `json:"older_than"`
	Dropped   int       `json:"dropped"`
}

// ReportsInput is empty.
type ReportsInput struct{}

// Reports lists what was dropped, newest first, a hundred lines at most. Permission: AuditSee.
func Reports(tx *db.Tx, by access.Actor, _ ReportsInput) (db.Page[ReportView], error) {
	page := db.Page[ReportView]{Items: []ReportView{}}
	if err := by.RequireAnywhere(access.AuditSee); err != nil {
		return page, err
	}
	rows, err := db.All[reportRow](tx.Order("id DESC").Limit(100))
	for _, r := range rows {
		page.Items = append(page.Items, ReportView{r.At, r.Kind, r.Days, r.OlderThan, r.Dropped})
	}
	return page, err
}
