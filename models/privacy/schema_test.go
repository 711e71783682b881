package privacy_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"huotang/models/db"
	"huotang/models/db/dbtest"
	"huotang/models/privacy"
	"huotang/models/privacy/privacytest"
)

type column struct {
	table, name string
	text        bool
	bytes       bool // IDs, and what is sealed; only told of SQLite
}

func (c column) String() string { return c.table + "." + c.name }

// columns lists every column of the migrated schema.
func columns(t *testing.T, tx *db.Tx) []column {
	t.Helper()
	query := "SELECT m.name AS `table`, c.name, UPPER(c.type) LIKE '%TEXT%' AS text, UPPER(c.type) = 'BLOB' AS bytes FROM sqlite_master m JOIN pragma_table_info(m.name) c " +
		"WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'schema%'"
	if tx.Driver() == db.MySQL {
		query = "SELECT table_name AS `table`, column_name AS name, data_type IN ('varchar', 'longtext', 'text', 'char') AS text " +
			"FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name NOT LIKE 'schema%'"
	}
	rows, err := db.Ask[struct {
		Table, Name string
		Text, Bytes bool
	}](tx, query)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]column, len(rows))
	for i, r := range rows {
		out[i] = column{r.Table, r.Name, r.Text, r.Bytes}
	}
	if len(out) < 200 {
		t.Fatalf("only %d columns: is the scan broken?", len(out))
	}
	return out
}

// excepted columns look like forbidden ones and are not, each with its reason.
var excepted = map[string]string{
	"session_photos": "pictures of a session, which nobody has to take and nobody counts",
}

func TestNoForbiddenColumns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, e *dbtest.Env) {
		e.See(t, func(tx *db.Tx) error {
			seen := map[string]bool{}
			for _, c := range columns(t, tx) {
				seen[c.String()] = true
				if word := privacytest.Name(c.name); word != "" && excepted[c.String()] == "" {
					t.Errorf("%s: %q is never collected (or say here why it is something else)", c, word)
				}
				if strings.HasSuffix(c.name, "password") {
					t.Errorf("%s: of a password only its hash is kept", c)
				}
				if word := privacytest.Name(c.table); word != "" && excepted[c.table] == "" {
					t.Errorf("table %s: %q is never collected", c.table, word)
				}
			}
			for name := range excepted {
				if strings.Contains(name, ".") && !seen[name] {
					t.Errorf("%s is excepted and not there", name)
				}
			}
			return nil
		})
	})
}

// personal matches columns that name a person or an account.
var personal = regexp.MustCompile(`^(.*person_id|kept_id|gone_id|other_id|merged_into|account_id|.*_by|author_id|username|(host|head)_(before|after))$`)

// notTaken are such columns that the file of one's own data leaves out, each with its reason.
var notTaken = map[string]string{
	"audit_rows.account_id": "what one did in office is the office's record; what was done to oneself is in the history",
	"settings.set_by":       "work of an office", "licence_events.account_id": "work of an office", "grants.granted_by": "who gave it is told by the history",
	"accounts.made_by": "told by the history", "accounts.username": "in the section accounts", "form_keys.account_id": "keeps a form from counting twice, for some days",
	"setup_codes.account_id": "the hash of a one-time code, for some days", "persons.merged_into": "in the section merges", "activity_days.moved_by": "work of an office", "activity_days.confirmed_by": "work of an office, or of a house",
	"exchange_weeks.set_by":      "work of an office",
	"period_exceptions.given_by": "work of an office", "cancellations.asked_by": "work of an office, or of a house", "cancellations.decided_by": "work of an office",
	"courses.author_id": "work of an author", "lessons.reviewed_by": "work of an office", "lesson_authors.account_id": "work of an author", "videos.account_id": "work of an author",
	"curricula.author_id": "work of an office", "curriculum_versions.published_by": "work of an office", "sessions.opened_by": "work of a recorder",
	"sessions.submitted_by": "work of a recorder", "marks.account_id": "who called the roll: work of a recorder", "mark_changes.account_id": "work of a recorder",
	"mark_conflicts.account_id": "work of a recorder", "mark_conflicts.settled_by": "work of a recorder", "guests.account_id": "work of a recorder",
	"guests.attached_by": "work of a recorder", "roll_items.account_id": "work of a recorder", "feedback.answered_by": "work of an office", "notices.account_id": "work of an office",
	"life_states.noted_by": "work of a recorder", "life_states.confirmed_by": "work of an office", "merges.merged_by": "work of an office", "merges.undone_by": "work of an office",
	"distinct_persons.person_id": "says that two who look alike are two; nothing else", "distinct_persons.other_id": "likewise", "distinct_persons.said_by": "work of an office",
	"exemptions.approved_by": "in the section exemptions, the body that approved", "privacy_texts.account_id": "work of an office", "paper_consents.account_id": "work of an office",
	"correction_requests.account_id": "the request is in the section requests", "correction_requests.decided_by": "work of an office",
	"erasures.asked_by": "work of an office", "erasures.undone_by": "work of an office",
	"accounts.open_person_id": "the same as person_id", "setup_codes.made_by": "work of an office", "factor_codes.account_id": "hashes of codes for the second factor",
	"handovers.made_by": "work of an office", "handovers.undone_by": "work of an office", "handover_grants.account_id": "roles as they were at the handover, told by the history",
	"handover_grants.granted_by": "work of an office",
	"sessions.admitted_by":       "work of an office", "roll_items.entered_by": "work of an office", "roll_corrections.asked_by": "work of a recorder",
	"roll_corrections.decided_by": "work of an office", "mark_disputes.asked_by": "the person himself: in the section disputes", "mark_disputes.settled_by": "work of a recorder",
	"roll_questions.person_id": "asks a school about its roll and says nothing of the person; the marks are in the section marks", "roll_questions.answered_by": "work of a recorder",
	"session_changes.account_id": "work of a recorder",
	"session_photos.account_id":  "work of a recorder", "session_photos.removed_by": "work of a recorder",
	"relay_keys.account_id":  "the id of a key, which is derived",
	"outbox_rows.claimed_by": "a machine", "sessions.merged_into": "a session",
}

// Whatever a table keeps of a person is in what he takes away, or excepted with its reason.
func TestOwnDataIsComplete(t *testing.T) {
	e := dbtest.SQLite(t)
	e.See(t, func(tx *db.Tx) error {
		taken := privacy.Taken()
		var seen []string
		for _, c := range columns(t, tx) {
			if !personal.MatchString(c.name) {
				continue
			}
			seen = append(seen, c.String())
			if !slices.Contains(taken, c.String()) && notTaken[c.String()] == "" {
				t.Errorf("%s is not in what people take away; add it to holdings, or say here why not", c)
			}
		}
		for name := range notTaken {
			if !slices.Contains(seen, name) {
				t.Errorf("%s is excepted and not there", name)
			}
		}
		return nil
	})
}

// telling matches columns that tell of a person without being text.
var telling = regexp.MustCompile(`^(birth_year|household_id)$`)

// isID matches the columns of bytes that are an ID.
var isID = regexp.MustCompile(`(^|_)id$|_by$|_into$|^(host|head)_(before|after)$`)

// notErased are the columns with text, or with bytes, that an erasure leaves, by the reason why no name stands there.
var notErased = map[string]string{
	"codes, chosen among a few words": "units.tree units.kind units.code sites.licence sites.network licence_events.state standings.standing posts.post offices.office roster_acts.way accounts.language accounts.elder " +
		"calendar_days.kind calendar_days.source calendar_years.source activity_days.shift activity_days.state activity_days.reason activity_days.hour activity_days.confirmed_how cancellations.reason cancellations.state sealed_months.state sealed_months.reason exchange_groups.hour exchange_groups.state exchange_groups.reason courses.task session_photos.kind session_photos.state lessons.medium " +
		"lessons.language videos.state sessions.kinds sessions.ways sessions.state session_changes.field marks.list marks.state marks.reason mark_changes.before_state mark_changes.after_state mark_changes.before_reason " +
		"mark_changes.after_reason mark_changes.before_list mark_changes.after_list roll_corrections.state mark_disputes.said mark_disputes.outcome roll_questions.kind roll_questions.answer mark_conflicts.state mark_conflicts.reason mark_conflicts.settled_as credits.rule credits.source life_states.state imports.kind imports.state " +
		"imports.format import_rows.state import_rows.outcome import_mappings.kind consents.answer correction_requests.state erasures.basis retention_reports.kind " +
		"handover_items.kind handover_items.state handover_items.was_state handover_grants.role handover_grants.act site_items.kind site_items.state feedback.code feedback.page job_runs.state job_runs.job " +
		"job_leases.job outbox_rows.kind settings.name audit_rows.system audit_rows.act audit_rows.object imports.failure",
	"IDs, numbers and codes, held to it by the op": "session_changes.before_value session_changes.after_value audit_rows.object_id audit_rows.changed audit_rows.request_id outbox_rows.payload settings.value roll_items.receipt imports.mapping",
	"months and quarters":                          "activity_days.month roll_questions.month period_exceptions.month closed_months.month sealed_months.month curriculum_items.month person_months.month exchange_weeks.quarter exchange_groups.quarter exchange_members.quarter",
	"of a machine, which writes no names": "replicas.host replicas.version job_runs.host job_runs.summary job_runs.failure job_leases.holder outbox_rows.claimed_by outbox_rows.failure videos.object_key " +
		"videos.codecs videos.failure video_addresses.address roll_items.hash session_photos.object_key session_photos.hash",
	"of a device, by a name that it made up itself":                                                       "sessions.device marks.device mark_changes.device mark_conflicts.device roll_items.device",
	"of places; the page of the erasure names schools that are called after the person, to be named anew": "units.name units.search_key units.path unit_aliases.name",
	"numbers of papers":   "sites.plaque licence_events.number households.code",
	"of days of the year": "calendar_days.name",
	"titles of what is published; their writer changes them": "courses.title lessons.title lessons.search_key curricula.title",
	"of the notice itself": "privacy_texts.body",
	"heads of columns":     "import_mappings.heads import_mappings.mapping",
}

// Whatever a table keeps in words is taken away with the person, or stays for a reason: a new column must say which.
func TestErasureIsComplete(t *testing.T) {
	e := dbtest.SQLite(t)
	why := map[string]string{}
	for reason, columns := range notErased {
		for _, c := range strings.Fields(columns) {
			why[c] = reason
		}
	}
	e.See(t, func(tx *db.Tx) error {
		erased := privacy.Erased(tx)
		seen := map[string]bool{}
		for _, c := range columns(t, tx) {
			seen[c.String()], seen[c.table] = true, true
			if !c.text && (!c.bytes || isID.MatchString(c.name)) && !telling.MatchString(c.name) {
				continue
			}
			gone := slices.Contains(erased, c.String()) || slices.Contains(erased, c.table)
			switch {
			case !gone && why[c.String()] == "":
				t.Errorf("%s is not erased; add a step or a free text, or say here why not", c)
			case gone && why[c.String()] != "":
				t.Errorf("%s is erased, and said here to stay", c)
			}
		}
		for _, name := range slices.Concat(slices.Collect(maps.Keys(why)), erased) {
			if !seen[name] {
				t.Errorf("%s is named and not there", name)
			}
		}
		return nil
	})
}

// notSealed are columns with bytes that are no IDs and are not sealed by the ring.
var notSealed = map[string]string{
	"sign_ins.data":    "what a browser's sign-in keeps: no personal data beside the account",
	"setup_codes.seed": "random, of a one-time code", "setup_codes.batch": "an ID", "calendar_feeds.place": "an ID", "factor_codes.seed": "random, of a code on a card",
}

// The rotation of keys forgets no column.
func TestEverySealedColumnIsRotated(t *testing.T) {
	e := dbtest.SQLite(t)
	e.See(t, func(tx *db.Tx) error {
		rows, err := db.Ask[struct{ Table, Name string }](tx, "SELECT m.name AS `table`, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type = 'BLOB'")
		for _, r := range rows {
			c := r.Table + "." + r.Name
			if !isID.MatchString(r.Name) && notSealed[c] == "" && !slices.Contains(privacy.Sealed(), c) {
				t.Errorf("%s is not among the sealed columns; add it, or say here why it is none", c)
			}
		}
		return err
	})
}
