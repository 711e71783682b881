package privacy

import (
	"fmt"
	"time"
	"unicode/utf8"

	"huotang/models/access"
	"huotang/models/audit"
	"huotang/models/courses"
	"huotang/models/db"
	"huotang/models/imports"
	"huotang/models/lang"
	"huotang/models/org"
	"huotang/models/people"
	"huotang/models/photos"
)

// EraseDue erases the next person whose days of waiting are over, and says whether there was one. The job "retention" calls it.
func (a *Area) EraseDue(tx *db.Tx, by access.Actor) (bool, error) {
	rows, err := db.All[erasureRow](tx.Where("done_at IS NULL AND undone_at IS NULL AND due_on <= ?", tx.Today()).Order("due_on, id").Limit(1))
	if err != nil || len(rows) == 0 {
		return false, err
	}
	person := rows[0].PersonID
	if err := tx.Lock("persons", person); err != nil {
		return false, err
	}
	n, err := db.Set(tx.Model(&erasureRow{}).Where("id = ? AND done_at IS NULL AND undone_at IS NULL", rows[0].ID), map[string]any{"done_at": tx.Now})
	if err != nil || n == 0 { // taken back meanwhile
		return err == nil, err
	}
	if err := a.erase(tx, by, person); err != nil {
		return false, err
	}
	return true, people.AuditOf(tx, by, person, "erasure.done", audit.Changes{})
}

// erase takes everything that says who the person is. What is counted stays: marks, credits, tallies, the roster of past
// days, standing and exemption, under a row without a name.
func (a *Area) erase(tx *db.Tx, by access.Actor, person access.PersonID) error {
	if err := closeAccounts(tx, by, person); err != nil {
		return err
	}
	names, err := db.Ask[string](tx, "SELECT DISTINCT name FROM persons WHERE id = ? OR merged_into = ? ORDER BY name", person, person)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := a.scrub(tx, person, name); err != nil {
			return err
		}
	}
	for _, s := range eraseSteps(tx, person, ErasedName()) {
		if err := tx.Exec(s.sql, s.args...).Error; err != nil {
			return fmt.Errorf("privacy: erase %s: %w", s.what, err)
		}
	}
	return nil
}

// eraseStep is a column or a table from which a person goes.
type eraseStep struct {
	what string // "persons.name"; several parted by spaces
	sql  string
	args []any
}

const ofAccounts = "account_id IN (SELECT id FROM accounts WHERE person_id = ?)"

func eraseSteps(tx *db.Tx, person access.PersonID, name string) []eraseStep {
	today, day := tx.Today(), tx.Today().AddDays(1)
	return []eraseStep{
		{
			"persons.name persons.search_key persons.gender persons.birth_year persons.phone persons.phone_index persons.household_id persons.village_group_id",
			"UPDATE persons SET name = ?, search_key = '', gender = '', birth_year = 0, phone = NULL, phone_index = '', household_id = NULL, village_group_id = NULL, mobile = ?, " +
				"gone_on = COALESCE(gone_on, ?), changed_at = ? WHERE id = ? OR merged_into = ?",
			[]any{name, false, day, tx.Now, person, person},
		},
		{"merges.moved", "UPDATE merges SET moved = '' WHERE kept_id = ? OR gone_id = ?", []any{person, person}},
		{"rosters.until", "UPDATE rosters SET `until` = ? WHERE person_id = ? AND (`until` IS NULL OR `until` > ?)", []any{today, person, today}},
		{"posts.until", "UPDATE posts SET `until` = ? WHERE person_id = ? AND (`until` IS NULL OR `until` > ?)", []any{today, person, today}},
		{"offices.until", "UPDATE offices SET `until` = ? WHERE person_id = ? AND (`until` IS NULL OR `until` > ?)", []any{today, person, today}},
		{"affiliations.village_group_id", "UPDATE affiliations SET village_group_id = NULL WHERE person_id = ?", []any{person}},
		{"guests.name", "UPDATE guests SET name = ? WHERE person_id = ?", []any{name, person}},
		{ // a signed roll bears the name in his own hand; nobody brings it back, its sender's phone neither, and its object goes with the next sweep
			"session_photos.removed_at",
			"UPDATE session_photos SET state = 'removed', removed_at = ?, hash = '' WHERE kind = 'sheet' AND (state <> 'removed' OR object_key <> '') AND " +
				"session_id IN (SELECT session_id FROM marks WHERE person_id = ? UNION SELECT session_id FROM guests WHERE person_id = ?)",
			[]any{tx.Now.Add(-photos.Back - time.Minute), person, person},
		},
		{"mark_changes.why", "UPDATE mark_changes SET why = '' WHERE person_id = ?", []any{person}},
		{"correction_requests.body correction_requests.answer", "UPDATE correction_requests SET body = '', answer = '' WHERE person_id = ?", []any{person}},
		{"sign_in_failures", "DELETE FROM sign_in_failures WHERE username IN (SELECT username FROM accounts WHERE person_id = ?)", []any{person}},
		{"sign_ins", "DELETE FROM sign_ins WHERE " + ofAccounts, []any{person}},
		{"setup_codes", "DELETE FROM setup_codes WHERE " + ofAccounts, []any{person}},
		{"devices", "DELETE FROM devices WHERE " + ofAccounts, []any{person}},
		{"factor_codes", "DELETE FROM factor_codes WHERE " + ofAccounts, []any{person}},
		{"factors", "DELETE FROM factors WHERE " + ofAccounts, []any{person}},
		{"form_keys", "DELETE FROM form_keys WHERE " + ofAccounts, []any{person}},
		{"imports.file_name", "UPDATE imports SET file_name = '' WHERE " + ofAccounts, []any{person}},
		{"relay_keys", "DELETE FROM relay_keys WHERE " + ofAccounts, []any{person}},
		{"calendar_feeds", "DELETE FROM calendar_feeds WHERE " + ofAccounts, []any{person}},
		{"messages", "DELETE FROM messages WHERE " + ofAccounts, []any{person}},
		{"message_prefs", "DELETE FROM message_prefs WHERE " + ofAccounts, []any{person}},
		{"watches", "DELETE FROM watches WHERE " + ofAccounts, []any{person}},
		{"grants", "DELETE FROM grants WHERE " + ofAccounts, []any{person}},
		{
			"accounts.username accounts.name accounts.secret",
			"UPDATE accounts SET username = " + erasedUsername(tx) + ", name = ?, secret = '', language = '', elder = '' WHERE person_id = ?",
			[]any{name, person},
		},
	}
}

// erasedUsername is a user name that nobody can choose.
func erasedUsername(tx *db.Tx) string {
	if tx.Driver() == db.SQLite {
		return "'!' || LOWER(HEX(id))"
	}
	return "CONCAT('!', LOWER(HEX(id)))"
}

// freeText is a column in which somebody may have written a name.
type freeText struct {
	table, column string
	of            string // keeps to the texts of schools, with a mark for their list; "" for texts of no school
}

const (
	ofSchools  = "site_id IN ?"
	ofDays     = "activity_day_id IN (SELECT id FROM activity_days WHERE site_id IN ?)"
	ofSessions = "session_id IN (SELECT id FROM sessions WHERE site_id IN ?)"
)

// freeTexts lists them. A test finds columns that are missing here.
var freeTexts = []freeText{
	{"sessions", "place", ofSchools},
	{"sessions", "chair", ofSchools},
	{"sessions", "recorder", ofSchools},
	{"guests", "name", ofSessions},
	{"mark_changes", "why", ofSessions},
	{"roll_items", "why", ofSessions},
	{"roll_corrections", "input", ofSchools},
	{"roll_corrections", "why", ofSchools},
	{"roll_corrections", "answer", ofSchools},
	{"activity_days", "note", ofSchools},
	{"period_exceptions", "reason", ofSchools},
	{"cancellations", "note", ofDays},
	{"cancellations", "answer", ofDays},
	{"handovers", "note", ofSchools},
	{"handovers", "address_before", ofSchools},
	{"handovers", "address_after", ofSchools},
	{"handover_items", "note", "handover_id IN (SELECT id FROM handovers WHERE site_id IN ?)"},
	{"handover_items", "was_note", "handover_id IN (SELECT id FROM handovers WHERE site_id IN ?)"},
	{"site_items", "note", ofSchools},
	{"sites", "address", "id IN ?"},
	{"sites", "equipment", "id IN ?"},
	{"licence_events", "note", ofSchools},
	{"households", "name", ""},
	{"accounts", "name", ""},
	{"exemptions", "approved_by", ""},
	{"correction_requests", "body", ""},
	{"correction_requests", "answer", ""},
	{"feedback", "body", ""},
	{"feedback", "answer", ""},
	{"notices", "title", ""},
	{"notices", "body", ""},
	{"courses", "summary", ""},
	{"lessons", "material", ""},
	{"lessons", "review_note", ""},
	{"curriculum_versions", "note", ""},
	{"videos", "name", ""},
	{"imports", "file_name", ""},
}

// leastScrubbed is the shortest name, in characters, that is looked for within texts.
const leastScrubbed = 2

// scrub takes a name out of what people have written. Where somebody else's name holds it, only texts of schools are changed that
// none of those others belongs to. Lists that were brought in and hold the name of somebody of the same places are dropped.
func (a *Area) scrub(tx *db.Tx, person access.PersonID, old string) error {
	if utf8.RuneCountInString(old) < leastScrubbed {
		return nil
	}
	shared, err := hasNamesake(tx, person, old)
	if err != nil {
		return err
	}
	schools, err := hisSchools(tx, person, old)
	if err != nil {
		return err
	}
	for _, text := range freeTexts {
		if err := text.scrub(tx, old, shared, schools); err != nil {
			return err
		}
	}
	if err := scrubHouseholds(tx, person, old); err != nil {
		return err
	}
	if err := tx.Exec("DELETE FROM form_keys WHERE INSTR(answer, ?) > 0", old).Error; err != nil {
		return fmt.Errorf("privacy: erase form_keys: %w", err)
	}
	if !shared {
		if err := courses.ForgetLecturer(tx, old, erasedInText()); err != nil {
			return err
		}
	}
	p, err := people.Find(tx, person)
	if err != nil {
		return err
	}
	_, err = imports.Forget(tx, a.phones, old, p.Home())
	return err
}

func erasedInText() string { return lang.Chinese.T("privacy.erased_in_text") }

// scrub puts "somebody" in place of the name; it is no longer than any name that is looked for.
func (f freeText) scrub(tx *db.Tx, old string, shared bool, schools []org.SiteID) error {
	query := fmt.Sprintf("UPDATE %[1]s SET %[2]s = REPLACE(%[2]s, ?, ?) WHERE INSTR(%[2]s, ?) > 0", f.table, f.column)
	args := []any{old, erasedInText(), old}
	switch {
	case !shared:
	case f.of == "" || len(schools) == 0:
		return nil
	default:
		query, args = query+" AND "+f.of, append(args, schools)
	}
	if err := tx.Exec(query, args...).Error; err != nil {
		return fmt.Errorf("privacy: erase %s.%s: %w", f.table, f.column, err)
	}
	return nil
}

// scrubHouseholds names the household anew that was called after the person, and lets nobody find one by a name that is gone.
func scrubHouseholds(tx *db.Tx, person access.PersonID, old string) error {
	err := tx.Exec("UPDATE households SET name = ?, search_key = '' WHERE INSTR(name, ?) > 0 AND id IN (SELECT household_id FROM persons WHERE id = ? AND household_id IS NOT NULL)",
		ErasedName(), old, person).Error
	if err == nil {
		err = tx.Exec("UPDATE households SET search_key = '' WHERE INSTR(search_key, ?) > 0 AND INSTR(name, ?) = 0", lang.SearchTerm(old), old).Error
	}
	if err != nil {
		return fmt.Errorf("privacy: erase households: %w", err)
	}
	return nil
}

// hasNamesake reports whether the name of somebody else holds this one.
func hasNamesake(tx *db.Tx, person access.PersonID, name string) (bool, error) {
	n, err := db.Ask[int](tx, "SELECT COUNT(*) FROM persons WHERE INSTR(name, ?) > 0 AND id <> ? AND (merged_into IS NULL OR merged_into <> ?)", name, person, person)
	return err == nil && n[0] > 0, err
}

// hisSchools lists the schools that the person belonged to or was at, where nobody else's name holds his.
func hisSchools(tx *db.Tx, person access.PersonID, name string) ([]org.SiteID, error) {
	return db.Ask[org.SiteID](tx, "SELECT u.id FROM units u WHERE u.kind = 'site' AND u.id IN (SELECT r.site_id FROM rosters r WHERE r.person_id = ? "+
		"UNION SELECT q.site_id FROM posts q WHERE q.person_id = ? UNION SELECT s.site_id FROM marks m JOIN sessions s ON s.id = m.session_id WHERE m.person_id = ?) "+
		"AND u.id NOT IN (SELECT r.site_id FROM rosters r JOIN persons p ON p.id = r.person_id WHERE INSTR(p.name, ?) > 0 AND p.id <> ? "+
		"UNION SELECT q.site_id FROM posts q JOIN persons p ON p.id = q.person_id WHERE INSTR(p.name, ?) > 0 AND p.id <> ?) ORDER BY u.code",
		person, person, person, name, person, name, person)
}
